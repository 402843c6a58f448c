//! Accounts, for whoever runs the server: who has a login, who asks for one, who may use theirs.

use serde_json::json;

use super::record::Deed;
use super::sessions::{end, no_such_user};
use super::{Account, LoginError, UidOf, password};
use crate::desk::writes::put;
use crate::desk::{Desk, DeskError};
use crate::model::entity::Common;
use crate::model::id::UserId;
use crate::model::name::{name, zone};
use crate::model::refusal::Refusal;
use crate::model::user::{User, address};
use crate::table::error::TableError;
use crate::table::item::{Condition, Query, Write};
use crate::table::{keys, query_all};
use crate::wire::login::{AccountChange, AccountRow, NewAccount, UidChange};

/// So many accounts wait for approval; whoever comes then is turned away until some are seen to.
const MOST_WAITING: usize = 20;

impl Desk {
    /// Makes an account that waits for approval. It is not told whether there is one with that
    /// address already; that one stays as it is.
    pub async fn sign_up(&self, who: &NewAccount, place: &str) -> Result<(), DeskError> {
        let admitted = self.guesses().admit_from(place, self.source.now());
        admitted.map_err(|retry_after| LoginError::TooMany { retry_after })?;
        let email = address(&who.email)?;
        let display_name = name("display_name", &who.display_name)?;
        let time_zone = zone(&who.time_zone)?;
        password::check(&who.password, &[&email, &display_name])?;
        // As long as it takes where the address is new.
        let now = self.source.now();
        let credential = self.passwords.hash(&who.password, now).await?;
        let waiting = self.accounts().await?;
        let waiting = waiting.iter().filter(|it| !it.user.is_approved).count();
        if waiting >= MOST_WAITING {
            let retry_after = crate::model::source::HOUR;
            return Err(LoginError::TooMany { retry_after }.into());
        }
        if self.is_address_taken(&email).await? {
            return Ok(());
        }
        let user_id = UserId(self.source.fresh());
        let user = User {
            user_id,
            email: Some(email),
            display_name,
            is_active: true,
            is_approved: false,
            time_zone,
            common: Common::new(user_id, now),
        };
        let account = Account { user_id, uid: None };
        let mut writes = self.new_user(user, user_id)?;
        let credential_key = keys::credential_key(user_id);
        writes.push(put(credential_key, 1, &credential, Condition::Absent)?);
        let account_key = keys::account_key(user_id);
        writes.push(put(account_key, 1, &account, Condition::Absent)?);
        match self.table.transact(writes).await {
            // Someone took the address a moment ago.
            Ok(()) | Err(TableError::Cancelled(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Everybody who has, or is to have, a login of their own; whoever runs the server first.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, DeskError> {
        let table = self.table.as_ref();
        let query = Query::base(keys::STORE).prefix(keys::ACCOUNTS);
        let items = query_all(table, query).await?;
        let mut accounts = Vec::with_capacity(items.len() + 1);
        for item in &items {
            accounts.push(keys::read::<Account>(item)?);
        }
        let owner = match self.owner().await {
            Ok(owner) => Some(owner),
            Err(DeskError::NoOwner) => None,
            Err(error) => return Err(error),
        };
        let is_owner = |account: &Account| Some(account.user_id) == owner;
        if !accounts.iter().any(is_owner) {
            accounts.extend(owner.map(|user_id| Account { user_id, uid: None }));
        }
        accounts.sort_by_key(|account| !is_owner(account));
        let mut rows = Vec::with_capacity(accounts.len());
        for account in accounts {
            let Some(user) = self.account_holder(account.user_id).await? else {
                continue;
            };
            rows.push(AccountRow {
                is_owner: is_owner(&account),
                has_password: self.credential(account.user_id).await?.is_some(),
                sessions: self.devices_of(account.user_id).await?.len(),
                uid: account.uid,
                user,
            });
        }
        Ok(rows)
    }

    /// Changes what somebody's login may do. Whoever is disabled is logged out everywhere.
    pub async fn change_account(
        &self,
        user_id: UserId,
        change: &AccountChange,
        by: UserId,
    ) -> Result<AccountRow, DeskError> {
        let user = self.account_holder(user_id).await?;
        let user = user.ok_or_else(no_such_user)?;
        if change.is_active == Some(false) && self.is_owner(user_id).await? {
            let why = "whoever runs the server can't be disabled";
            return Err(Refusal::invalid("is_active", why).into());
        }
        let mut writes = Vec::new();
        let mut deeds = Vec::new();
        deeds.extend(Deed::change("user.set", by, &user, |it| {
            it.is_approved = change.is_approved.unwrap_or(it.is_approved);
            it.is_active = change.is_active.unwrap_or(it.is_active);
        }));
        if change.is_active == Some(false) {
            for session in self.devices_of(user_id).await? {
                writes.extend(end(&session));
            }
            for key in self.api_keys_of(user_id).await? {
                writes.extend(super::keys::end(&key));
            }
        }
        if let Some(uid) = change.uid {
            let uid = match uid {
                UidChange::Is(uid) => Some(uid),
                UidChange::None => None,
            };
            self.set_uid(user_id, uid, &mut writes).await?;
            deeds.push(Deed::new("user.uid", by, json!({ "uid": uid })));
        }
        if !deeds.is_empty() {
            self.with_record(user_id, deeds, writes).await?;
        }
        let mut all = self.accounts().await?;
        all.retain(|it| it.user.user_id == user_id);
        all.pop().ok_or_else(no_such_user)
    }

    async fn set_uid(
        &self,
        user_id: UserId,
        uid: Option<u32>,
        writes: &mut Vec<Write>,
    ) -> Result<(), DeskError> {
        let account = self.account(user_id).await?;
        let before = account.and_then(|it| it.uid);
        if before == uid {
            return Ok(());
        }
        if let Some(before) = before {
            writes.push(Write::Delete {
                key: keys::uid_key(before),
                condition: Condition::Any,
            });
        }
        if let Some(uid) = uid {
            if self.table.get(keys::uid_key(uid)).await?.is_some() {
                let why = format!("the login {uid} is somebody else's; take it from them first");
                return Err(Refusal::invalid("uid", why).into());
            }
            let of = UidOf { user_id };
            writes.push(put(keys::uid_key(uid), 1, &of, Condition::Absent)?);
        }
        let account = Account { user_id, uid };
        writes.push(put(
            keys::account_key(user_id),
            1,
            &account,
            Condition::Any,
        )?);
        Ok(())
    }

    /// Whether nobody has a password of whoever runs the server yet.
    pub async fn owner_needs_a_code(&self) -> Result<bool, DeskError> {
        let owner = self.owner().await?;
        Ok(self.credential(owner).await?.is_none())
    }
}
