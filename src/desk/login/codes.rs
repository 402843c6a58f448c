//! One-time codes: whoever has one claims the account that it is for and chooses its password. So
//! the server's first admin comes in, whoever was invited, and whoever forgot their password.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::record::Deed;
use super::secret::{CODE_PREFIX, hash_of, mint};
use super::sessions::{end, no_such_user, own_words};
use super::{Account, LoginError, TokenOf, password};
use crate::desk::writes::put;
use crate::desk::{Desk, DeskError};
use crate::model::id::UserId;
use crate::model::refusal::Refusal;
use crate::model::source::{HOUR, Timestamp};
use crate::model::user::{User, address};
use crate::table::error::TableError;
use crate::table::item::{Condition, Write};
use crate::table::keys::{self, Locator};
use crate::table::patterns;
use crate::wire::login::{CodeFor, CodeMade, LoggedIn, Redeem, Secret};

/// How long a code works that begins an account, and one that replaces a password, in seconds.
const INVITATION: i64 = 72 * HOUR;
const RESET: i64 = HOUR;

/// The code that is open for somebody.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct OpenCode {
    code_hash: String,
    made_by: UserId,
    expires: Timestamp,
}

impl Desk {
    /// Makes a one-time code for somebody; an earlier one works no more. Whoever runs the server
    /// may make one for anybody; an admin of families for someone without a login whom nobody but
    /// those families knows.
    pub async fn make_code(&self, user_id: UserId, by: UserId) -> Result<CodeMade, DeskError> {
        let has_password = self.credential(user_id).await?.is_some();
        if !self.is_owner(by).await?
            && (has_password || !self.runs_all_families_of(user_id, by).await?)
        {
            return Err(no_such_user());
        }
        let user = self.user_to_be(user_id, by).await?;
        let life = if has_password { RESET } else { INVITATION };
        let (code, code_hash) = mint(CODE_PREFIX)?;
        let open = OpenCode {
            code_hash,
            made_by: by,
            expires: self.source.now().plus(life),
        };
        let of = TokenOf::Code { user_id };
        let mut writes = vec![
            put(keys::token_key(&open.code_hash), 1, &of, Condition::Absent)?,
            put(keys::code_key(user_id), 1, &open, Condition::Any)?,
        ];
        if let Some(earlier) = self.open_code(user_id).await? {
            writes.push(Write::Delete {
                key: keys::token_key(&earlier.code_hash),
                condition: Condition::Any,
            });
        }
        if self.account(user_id).await?.is_none() {
            let account = Account { user_id, uid: None };
            let key = keys::account_key(user_id);
            writes.push(put(key, 1, &account, Condition::Any)?);
        }
        let deed = Deed::new("code.create", by, json!({ "expires": open.expires }));
        self.with_record(user.user_id, vec![deed], writes).await?;
        Ok(CodeMade {
            code,
            expires: open.expires,
        })
    }

    /// Whose code it is, for whoever has it.
    ///
    /// # Errors
    /// [`LoginError::WrongCode`], whatever is wrong with it.
    pub async fn code_for(&self, code: &Secret, place: &str) -> Result<CodeFor, DeskError> {
        let (user, _) = self.holder_of(code, place).await?;
        Ok(CodeFor {
            display_name: user.display_name,
            email: user.email,
        })
    }

    /// Claims an account by its code: sets the password, logs every other device out and this one
    /// in.
    pub async fn redeem(&self, redeem: &Redeem, place: &str) -> Result<LoggedIn, DeskError> {
        let (user, open) = self.holder_of(&redeem.code, place).await?;
        let user_id = user.user_id;
        let email = match (&user.email, &redeem.email) {
            (Some(_), _) => None,
            (None, Some(email)) => Some(address(email)?),
            (None, None) => {
                let why = "an account needs an address to log in with";
                return Err(Refusal::invalid("email", why).into());
            }
        };
        let mut after = user.clone();
        after.is_active = true;
        after.is_approved = true;
        if let Some(email) = &email {
            after.email = Some(email.clone());
        }
        password::check(&redeem.password, &own_words(&after))?;
        let credential = self
            .passwords
            .hash(&redeem.password, self.source.now())
            .await?;
        // In this order, for what is answered where one of them does not hold.
        let mut writes = vec![
            Write::Delete {
                key: keys::token_key(&open.code_hash),
                condition: Condition::Present,
            },
            Write::Delete {
                key: keys::code_key(user_id),
                condition: Condition::Present,
            },
        ];
        if let Some(email) = &email {
            writes.push(Write::create(keys::email_item(email, user_id)?));
        }
        let credential_key = keys::credential_key(user_id);
        writes.push(put(credential_key, 1, &credential, Condition::Any)?);
        for session in self.devices_of(user_id).await? {
            writes.extend(end(&session));
        }
        for key in self.api_keys_of(user_id).await? {
            writes.extend(super::keys::end(&key));
        }
        let (logged_in, created) = self.new_session(&after, &redeem.device_name, &mut writes)?;
        let mut deeds = vec![Deed::new(
            "code.redeem",
            user_id,
            json!({ "from": place, "made_by": open.made_by }),
        )];
        deeds.extend(Deed::change("user.claim", user_id, &user, |it| *it = after));
        deeds.push(created);
        match self.with_record(user_id, deeds, writes).await {
            Ok(()) => Ok(logged_in),
            Err(DeskError::Table(TableError::Cancelled(reasons))) => {
                Err(match reasons.iter().position(Option::is_some) {
                    Some(0 | 1) => LoginError::WrongCode.into(),
                    Some(2) if email.is_some() => address_taken(),
                    _ => DeskError::Busy,
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn holder_of(&self, code: &Secret, place: &str) -> Result<(User, OpenCode), DeskError> {
        let admitted = self.guesses().admit_from(place, self.source.now());
        admitted.map_err(|retry_after| LoginError::TooMany { retry_after })?;
        let wrong = || DeskError::from(LoginError::WrongCode);
        let hash = hash_of(code.0.trim()).ok_or_else(wrong)?;
        let found = self.table.get(keys::token_key(&hash)).await?;
        let TokenOf::Code { user_id } = keys::read(&found.ok_or_else(wrong)?)? else {
            return Err(wrong());
        };
        let open = self.open_code(user_id).await?;
        let now = self.source.now();
        let open = open.filter(|it| it.code_hash == hash && it.expires > now);
        let user = self.account_holder(user_id).await?;
        user.zip(open).ok_or_else(wrong)
    }

    async fn open_code(&self, user_id: UserId) -> Result<Option<OpenCode>, DeskError> {
        let item = self.table.get(keys::code_key(user_id)).await?;
        Ok(item.as_ref().map(keys::read).transpose()?)
    }

    /// Whether every family that knows somebody is run by whoever asks: a code would let its
    /// holder into all of them.
    async fn runs_all_families_of(&self, user_id: UserId, by: UserId) -> Result<bool, DeskError> {
        let table = self.table.as_ref();
        let mut known = patterns::families_of(table, user_id).await?;
        known.extend(patterns::invitations_of(table, user_id).await?);
        for membership in &known {
            let mine = patterns::membership(table, membership.family_id, by).await?;
            if !mine.is_some_and(|it| it.is_live() && it.is_admin) {
                return Ok(false);
            }
        }
        Ok(!known.is_empty())
    }

    /// The user, who gets a record of their own where only a family knew them.
    async fn user_to_be(&self, user_id: UserId, by: UserId) -> Result<User, DeskError> {
        if let Some(user) = self.account_holder(user_id).await? {
            return Ok(user);
        }
        let table = self.table.as_ref();
        let mut known = patterns::families_of(table, user_id).await?;
        known.extend(patterns::invitations_of(table, user_id).await?);
        let membership = known.first().ok_or_else(no_such_user)?;
        let family = patterns::family(table, membership.family_id).await?;
        let user = User {
            user_id,
            email: None,
            display_name: membership.display_name.clone(),
            is_active: true,
            is_approved: true,
            time_zone: family.map_or_else(|| "UTC".to_owned(), |it| it.time_zone),
            common: crate::model::entity::Common::new(by, self.source.now()),
        };
        let writes = self.new_user(user.clone(), by)?;
        self.table.transact(writes).await?;
        Ok(user)
    }

    /// Whether an address is somebody's.
    pub(super) async fn is_address_taken(&self, email: &str) -> Result<bool, DeskError> {
        let found = self.table.get(keys::email_key(email)).await?;
        let locator = found.as_ref().map(keys::located).transpose()?;
        Ok(matches!(locator, Some(Locator::UserId(_))))
    }
}

fn address_taken() -> DeskError {
    let why = "someone else has that address already; take another";
    Refusal::invalid("email", why).into()
}
