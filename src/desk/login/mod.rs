//! Who is who on a server: passwords, devices that are logged in, API keys, accounts and the
//! one-time codes by which they are claimed. Every deed stands in the log of the user whom it
//! concerns; of what is secret only hashes are kept.

mod accounts;
mod codes;
mod keys;
mod password;
mod record;
mod secret;
mod sessions;
mod throttle;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Desk, DeskError};
use crate::model::id::{FamilyId, KeyId, SessionId, UserId};
use crate::model::login::{ApiKey, DeviceSession, KeyScope};
use crate::model::user::User;
use crate::table::item::{Condition, Write};
use crate::table::keys as places;

pub use password::Passwords;
pub use secret::CODE_PREFIX;
pub(super) use secret::random;
pub use throttle::Throttle;

/// Why somebody is not let in, or something about a login can't be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Nobody can tell which of the two was wrong.
    #[error("the e-mail address or the password is wrong")]
    Wrong,
    /// The password was right.
    #[error("your account waits for approval by whoever runs the server")]
    NotApproved,
    /// The password was right.
    #[error("your account is disabled; ask whoever runs the server")]
    Disabled,
    /// The token is of no device that is logged in, or not any more.
    #[error("you are not signed in here, or not any more; `famdesk login` signs in")]
    NotSignedIn,
    #[error("too many tries; wait {retry_after} seconds and try again")]
    TooMany { retry_after: i64 },
    #[error("the server checks too many passwords at once; try again in a moment")]
    Busy,
    /// Used, expired and unknown ones are told alike.
    #[error("this code does not work, or not any more; ask for a new one")]
    WrongCode,
    #[error("{0}")]
    Password(String),
    #[error("only {0} can do that")]
    NotFor(&'static str),
    #[error("an API key may not do that")]
    KeyTooNarrow,
}

/// Somebody who has shown who they are, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user_id: UserId,
    pub by: Pass,
}

/// How somebody has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    Session(SessionId),
    Key {
        key_id: KeyId,
        family_id: FamilyId,
        scope: KeyScope,
    },
    /// By their login on the server's machine.
    Uid(u32),
}

/// What stands under the hash of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TokenOf {
    Session {
        user_id: UserId,
        session_id: SessionId,
    },
    Key {
        user_id: UserId,
        key_id: KeyId,
    },
    Code {
        user_id: UserId,
    },
}

/// That a user has, or is to have, a login of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Account {
    user_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
}

/// Whose a login of the server's machine is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct UidOf {
    user_id: UserId,
}

impl Desk {
    /// Whoever holds the token of a device or an API key.
    ///
    /// # Errors
    /// [`LoginError::NotSignedIn`] where it is unknown, revoked or expired, or where its person may
    /// not log in any more.
    pub async fn recognise(&self, token: &str) -> Result<Login, DeskError> {
        let hash = secret::hash_of(token).ok_or(LoginError::NotSignedIn)?;
        let found = self.table.get(places::token_key(&hash)).await?;
        let of = match &found {
            Some(item) => places::read(item)?,
            None => return Err(LoginError::NotSignedIn.into()),
        };
        match of {
            TokenOf::Session {
                user_id,
                session_id,
            } => self.recognise_device(user_id, session_id).await,
            TokenOf::Key { user_id, key_id } => self.recognise_key(user_id, key_id).await,
            TokenOf::Code { .. } => Err(LoginError::NotSignedIn.into()),
        }
    }

    /// Whether somebody who was let in would still be.
    ///
    /// # Errors
    /// [`LoginError::NotSignedIn`] where they would not.
    pub async fn still(&self, login: &Login) -> Result<(), DeskError> {
        let user_id = login.user_id;
        let now = match login.by {
            Pass::Session(session_id) => self.recognise_device(user_id, session_id).await?,
            Pass::Key { key_id, .. } => self.recognise_key(user_id, key_id).await?,
            Pass::Uid(uid) => {
                let known = self.recognise_uid(uid).await?;
                known.ok_or(LoginError::NotSignedIn)?
            }
        };
        if now.user_id == user_id {
            Ok(())
        } else {
            Err(LoginError::NotSignedIn.into())
        }
    }

    /// Whoever has this login on the server's machine, if it is somebody's.
    pub async fn recognise_uid(&self, uid: u32) -> Result<Option<Login>, DeskError> {
        let Some(item) = self.table.get(places::uid_key(uid)).await? else {
            return Ok(None);
        };
        let UidOf { user_id } = places::read(&item)?;
        let user = self.account_holder(user_id).await?;
        Ok(user.filter(may_log_in).map(|user| Login {
            user_id: user.user_id,
            by: Pass::Uid(uid),
        }))
    }

    async fn recognise_device(
        &self,
        user_id: UserId,
        session_id: SessionId,
    ) -> Result<Login, DeskError> {
        let key = places::session_key(user_id, session_id);
        let found = self
            .table
            .get_many(vec![key, places::user_key(user_id)])
            .await?;
        let [Some(session), Some(user)] = found.as_slice() else {
            return Err(LoginError::NotSignedIn.into());
        };
        let version = session.version;
        let session: DeviceSession = places::read(session)?;
        let user: User = places::read(user)?;
        let now = self.source.now();
        if !may_log_in(&user) || session.expires() <= now {
            return Err(LoginError::NotSignedIn.into());
        }
        if session.is_due_a_note(now) {
            let noted = DeviceSession {
                last_used: now,
                ..session
            };
            let key = places::session_key(user_id, session_id);
            self.note_use(key, &noted, version).await?;
        }
        Ok(Login {
            user_id,
            by: Pass::Session(session_id),
        })
    }

    async fn recognise_key(&self, user_id: UserId, key_id: KeyId) -> Result<Login, DeskError> {
        let place = places::api_key_key(user_id, key_id);
        let found = self
            .table
            .get_many(vec![place.clone(), places::user_key(user_id)])
            .await?;
        let [Some(key), Some(user)] = found.as_slice() else {
            return Err(LoginError::NotSignedIn.into());
        };
        let version = key.version;
        let key: ApiKey = places::read(key)?;
        let user: User = places::read(user)?;
        let now = self.source.now();
        if !may_log_in(&user) || key.expires <= now {
            return Err(LoginError::NotSignedIn.into());
        }
        let login = Login {
            user_id,
            by: Pass::Key {
                key_id,
                family_id: key.family_id,
                scope: key.scope,
            },
        };
        if key.is_due_a_note(now) {
            let noted = ApiKey {
                last_used: Some(now),
                ..key
            };
            self.note_use(place, &noted, version).await?;
        }
        Ok(login)
    }

    /// Notes a use, unless someone else just did or it was revoked meanwhile. Where nothing can be
    /// written, whoever comes to read is let in all the same.
    async fn note_use(
        &self,
        key: crate::table::item::Key,
        noted: &impl Serialize,
        version: i64,
    ) -> Result<(), DeskError> {
        use crate::table::error::TableError;
        let write: Write =
            super::writes::put(key, version + 1, noted, Condition::Version(version))?;
        match self.table.transact(vec![write]).await {
            Ok(()) | Err(TableError::Cancelled(_)) => {}
            Err(error) => tracing::debug!("a use of a login is not noted ({error})"),
        }
        Ok(())
    }

    /// Whether somebody runs the server.
    pub async fn is_owner(&self, user_id: UserId) -> Result<bool, DeskError> {
        match self.owner().await {
            Ok(owner) => Ok(owner == user_id),
            Err(DeskError::NoOwner) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn account_holder(&self, user_id: UserId) -> Result<Option<User>, DeskError> {
        Ok(crate::table::patterns::user(self.table.as_ref(), user_id).await?)
    }
}

fn may_log_in(user: &User) -> bool {
    user.is_active && user.is_approved && !user.common.deleted
}
