//! Devices: logged in by a password, listed, and logged out.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::password::Credential;
use super::record::{Deed, REFUSED};
use super::secret::{SESSION_PREFIX, mint};
use super::{Account, Login, LoginError, Pass, TokenOf, may_log_in, password};
use crate::desk::writes::put;
use crate::desk::{Desk, DeskError};
use crate::model::entity::EntityType;
use crate::model::id::{SessionId, UserId};
use crate::model::login::DeviceSession;
use crate::model::refusal::Refusal;
use crate::model::user::User;
use crate::table::item::{Condition, Query, Write};
use crate::table::{keys, patterns, query_all};
use crate::wire::login::{LogIn, LoggedIn, NewPassword, SessionRow};

/// How long it takes, at the least, to say that a password is wrong.
const REFUSAL: Duration = Duration::from_millis(250);

/// The longest name of a device, in characters.
const NAME: usize = 80;

impl Desk {
    /// Logs a device in; the place is where the try comes from, such as an address.
    ///
    /// # Errors
    /// A [`LoginError`] that does not tell whether there is such an account, unless the password
    /// was right.
    pub async fn log_in(&self, who: &LogIn, place: &str) -> Result<LoggedIn, DeskError> {
        let account = who.email.trim().to_lowercase();
        self.admit(&account, place)?;
        let begun = Instant::now();
        let user = patterns::user_by_email(self.table.as_ref(), &account).await?;
        let credential = match &user {
            Some(user) => self.credential(user.user_id).await?,
            None => None,
        };
        let right = self
            .passwords
            .is(&who.password, credential.as_ref())
            .await?;
        let (Some(user), Some(credential), true) = (&user, credential, right) else {
            self.guesses().failed(&account, self.source.now());
            if let Some(user) = &user {
                let deed = Deed::new(REFUSED, user.user_id, json!({ "from": place }));
                self.with_record(user.user_id, vec![deed], Vec::new())
                    .await?;
            }
            // What was noted, and so whether there is such an account, is not to be told by time.
            sleep_until(begun + REFUSAL).await;
            return Err(LoginError::Wrong.into());
        };
        self.guesses().succeeded(&account);
        if !may_log_in(user) {
            return Err(match user.is_approved {
                true => LoginError::Disabled,
                false => LoginError::NotApproved,
            }
            .into());
        }
        let mut writes = Vec::new();
        if credential.is_outdated() {
            let fresh = self
                .passwords
                .hash(&who.password, credential.changed)
                .await?;
            let key = keys::credential_key(user.user_id);
            writes.push(put(key, 1, &fresh, Condition::Present)?);
        }
        let refused = self.refused_tries(user.user_id).await?;
        let (logged_in, deed) = self.new_session(user, &who.device_name, &mut writes)?;
        self.with_record(user.user_id, vec![deed], writes).await?;
        Ok(LoggedIn {
            refused,
            ..logged_in
        })
    }

    /// Logs out the device that asks.
    pub async fn log_out(&self, login: &Login) -> Result<(), DeskError> {
        match login.by {
            Pass::Session(session_id) => {
                self.revoke_session(login.user_id, session_id, login.user_id)
                    .await
            }
            Pass::Key { .. } | Pass::Uid(_) => Err(LoginError::NotSignedIn.into()),
        }
    }

    /// The devices that somebody is logged in on, the newest first.
    pub async fn sessions_of(&self, login: &Login) -> Result<Vec<SessionRow>, DeskError> {
        let now = self.source.now();
        let sessions = self.devices_of(login.user_id).await?;
        let mut rows: Vec<SessionRow> = sessions
            .into_iter()
            .filter(|it| it.expires() > now)
            .map(|it| SessionRow {
                session_id: it.session_id,
                expires: it.expires(),
                is_this: login.by == Pass::Session(it.session_id),
                device_name: it.device_name,
                created: it.created,
                last_used: it.last_used,
            })
            .collect();
        rows.reverse();
        Ok(rows)
    }

    /// Logs a device out.
    pub async fn revoke_session(
        &self,
        user_id: UserId,
        session_id: SessionId,
        by: UserId,
    ) -> Result<(), DeskError> {
        let key = keys::session_key(user_id, session_id);
        let Some(item) = self.table.get(key).await? else {
            return Err(no_such_session());
        };
        let session: DeviceSession = keys::read(&item)?;
        let deed = Deed::new("session.revoke", by, about(&session));
        self.with_record(user_id, vec![deed], end(&session).into())
            .await
    }

    /// Changes one's own password; every other device is logged out.
    pub async fn change_password(
        &self,
        login: &Login,
        change: &NewPassword,
        place: &str,
    ) -> Result<(), DeskError> {
        let user_id = login.user_id;
        let account = user_id.to_string();
        self.admit(&account, place)?;
        let user = self.account_holder(user_id).await?;
        let user = user.ok_or(LoginError::NotSignedIn)?;
        let old = self.credential(user_id).await?;
        if !self.passwords.is(&change.old, old.as_ref()).await? {
            self.guesses().failed(&account, self.source.now());
            let why = "the old password is wrong; a one-time code by whoever runs the server \
                       replaces a forgotten one";
            return Err(LoginError::Password(why.to_owned()).into());
        }
        self.guesses().succeeded(&account);
        password::check(&change.new, &own_words(&user))?;
        let fresh = self.passwords.hash(&change.new, self.source.now()).await?;
        let mut writes = vec![put(
            keys::credential_key(user_id),
            1,
            &fresh,
            Condition::Present,
        )?];
        for session in self.devices_of(user_id).await? {
            if login.by != Pass::Session(session.session_id) {
                writes.extend(end(&session));
            }
        }
        let deed = Deed::new("password.change", user_id, json!({}));
        self.with_record(user_id, vec![deed], writes).await
    }

    /// The writes that log a device in, what to tell it, and what to note of it.
    pub(super) fn new_session(
        &self,
        user: &User,
        device_name: &str,
        writes: &mut Vec<Write>,
    ) -> Result<(LoggedIn, Deed), DeskError> {
        let (token, token_hash) = mint(SESSION_PREFIX)?;
        let now = self.source.now();
        let session = DeviceSession {
            session_id: SessionId(self.source.fresh()),
            user_id: user.user_id,
            device_name: device_name.chars().take(NAME).collect(),
            created: now,
            last_used: now,
            token_hash,
        };
        let of = TokenOf::Session {
            user_id: user.user_id,
            session_id: session.session_id,
        };
        let token_key = keys::token_key(&session.token_hash);
        let session_key = keys::session_key(user.user_id, session.session_id);
        writes.push(put(token_key, 1, &of, Condition::Absent)?);
        writes.push(put(session_key, 1, &session, Condition::Absent)?);
        let deed = Deed::new("session.create", user.user_id, about(&session));
        let logged_in = LoggedIn {
            token,
            session_id: session.session_id,
            user: user.clone(),
            expires: session.expires(),
            refused: None,
        };
        Ok((logged_in, deed))
    }

    pub(super) async fn devices_of(
        &self,
        user_id: UserId,
    ) -> Result<Vec<DeviceSession>, DeskError> {
        let query = Query::base(keys::user_pk(user_id)).prefix(keys::SESSIONS);
        let items = query_all(self.table.as_ref(), query).await?;
        let sessions: Result<Vec<DeviceSession>, _> = items.iter().map(keys::read).collect();
        Ok(sessions?)
    }

    pub(super) async fn credential(
        &self,
        user_id: UserId,
    ) -> Result<Option<Credential>, DeskError> {
        let item = self.table.get(keys::credential_key(user_id)).await?;
        Ok(item.as_ref().map(keys::read).transpose()?)
    }

    pub(super) async fn account(&self, user_id: UserId) -> Result<Option<Account>, DeskError> {
        let item = self.table.get(keys::account_key(user_id)).await?;
        Ok(item.as_ref().map(keys::read).transpose()?)
    }

    /// Counts a try at an account.
    pub(super) fn admit(&self, account: &str, place: &str) -> Result<(), LoginError> {
        let admitted = self.guesses().admit(account, place, self.source.now());
        admitted.map_err(|retry_after| LoginError::TooMany { retry_after })
    }
}

/// The writes that end a session.
pub(super) fn end(session: &DeviceSession) -> [Write; 2] {
    [
        Write::Delete {
            key: keys::session_key(session.user_id, session.session_id),
            condition: Condition::Any,
        },
        Write::Delete {
            key: keys::token_key(&session.token_hash),
            condition: Condition::Any,
        },
    ]
}

/// Words of somebody's that their password can't be made of.
pub(super) fn own_words(user: &User) -> Vec<&str> {
    let email = user.email.as_deref();
    email
        .into_iter()
        .chain([user.display_name.as_str()])
        .collect()
}

fn about(session: &DeviceSession) -> serde_json::Value {
    json!({ "session_id": session.session_id, "device_name": session.device_name })
}

fn no_such_session() -> DeskError {
    let why = "no device is logged in under that id; `famdesk sessions list` lists them";
    Refusal::invalid("session", why).into()
}

/// Nothing stands for whoever is not there.
pub(super) fn no_such_user() -> DeskError {
    let what = EntityType::User;
    Refusal::NotFound { what }.into()
}
