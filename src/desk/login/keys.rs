//! API keys: with one, a program acts for its person in one family.

use serde_json::json;

use super::record::Deed;
use super::secret::{KEY_PREFIX, mint};
use super::{LoginError, TokenOf};
use crate::desk::writes::put;
use crate::desk::{Desk, DeskError};
use crate::model::id::{KeyId, UserId};
use crate::model::login::{ApiKey, KEY_LIFE};
use crate::model::refusal::Refusal;
use crate::model::source::DAY;
use crate::table::item::{Condition, Query, Write};
use crate::table::{keys, query_all};
use crate::wire::login::{KeyMade, KeyRow, NewKey};

/// The most keys that one person has, and the longest that one works, in days.
const MOST: usize = 50;
const MOST_DAYS: u16 = 366;

/// The longest name of a key, in characters.
const NAME: usize = 80;

impl Desk {
    /// Makes a key for a family that its person is in.
    pub async fn create_key(&self, user_id: UserId, new: &NewKey) -> Result<KeyMade, DeskError> {
        self.let_in(new.family_id, user_id).await?;
        let key_name = new.key_name.trim();
        if key_name.is_empty() || key_name.chars().count() > NAME {
            let why = "a key has a name of 1 to 80 characters, such as what uses it";
            return Err(Refusal::invalid("key_name", why).into());
        }
        let life = match new.days {
            None => KEY_LIFE,
            Some(days @ 1..=MOST_DAYS) => i64::from(days) * DAY,
            Some(_) => {
                let why = format!("a key works for 1 to {MOST_DAYS} days");
                return Err(Refusal::invalid("days", why).into());
            }
        };
        if self.api_keys_of(user_id).await?.len() >= MOST {
            let why = format!("you have {MOST} keys; revoke those that nothing uses any more");
            return Err(Refusal::invalid("keys", why).into());
        }
        // Only who has a log of their own can be held to what the key does.
        if self.account_holder(user_id).await?.is_none() {
            return Err(LoginError::NotFor("people with a login of their own").into());
        }
        let (token, token_hash) = mint(KEY_PREFIX)?;
        let now = self.source.now();
        let key = ApiKey {
            key_id: KeyId(self.source.fresh()),
            user_id,
            key_name: key_name.to_owned(),
            family_id: new.family_id,
            scope: new.scope,
            created: now,
            last_used: None,
            expires: now.plus(life),
            token_hash,
        };
        let of = TokenOf::Key {
            user_id,
            key_id: key.key_id,
        };
        let writes = vec![
            put(keys::token_key(&key.token_hash), 1, &of, Condition::Absent)?,
            put(
                keys::api_key_key(user_id, key.key_id),
                1,
                &key,
                Condition::Absent,
            )?,
        ];
        let deed = Deed::new("key.create", user_id, about(&key));
        self.with_record(user_id, vec![deed], writes).await?;
        Ok(KeyMade {
            token,
            row: row(key),
        })
    }

    /// Somebody's keys, the oldest first.
    pub async fn keys_of(&self, user_id: UserId) -> Result<Vec<KeyRow>, DeskError> {
        Ok(self
            .api_keys_of(user_id)
            .await?
            .into_iter()
            .map(row)
            .collect())
    }

    pub async fn revoke_key(&self, user_id: UserId, key_id: KeyId) -> Result<(), DeskError> {
        let place = keys::api_key_key(user_id, key_id);
        let Some(item) = self.table.get(place).await? else {
            let why = "there is no key with that id; `famdesk api-keys list` lists them";
            return Err(Refusal::invalid("key", why).into());
        };
        let key: ApiKey = keys::read(&item)?;
        let deed = Deed::new("key.revoke", user_id, about(&key));
        self.with_record(user_id, vec![deed], end(&key).into())
            .await
    }

    pub(super) async fn api_keys_of(&self, user_id: UserId) -> Result<Vec<ApiKey>, DeskError> {
        let query = Query::base(keys::user_pk(user_id)).prefix(keys::API_KEYS);
        let items = query_all(self.table.as_ref(), query).await?;
        let found: Result<Vec<ApiKey>, _> = items.iter().map(keys::read).collect();
        Ok(found?)
    }
}

/// The writes that end a key.
pub(super) fn end(key: &ApiKey) -> [Write; 2] {
    [
        Write::Delete {
            key: keys::api_key_key(key.user_id, key.key_id),
            condition: Condition::Any,
        },
        Write::Delete {
            key: keys::token_key(&key.token_hash),
            condition: Condition::Any,
        },
    ]
}

fn about(key: &ApiKey) -> serde_json::Value {
    json!({
        "key_id": key.key_id,
        "key_name": key.key_name,
        "family_id": key.family_id,
        "scope": key.scope,
        "expires": key.expires,
    })
}

fn row(key: ApiKey) -> KeyRow {
    KeyRow {
        key_id: key.key_id,
        key_name: key.key_name,
        family_id: key.family_id,
        scope: key.scope,
        created: key.created,
        last_used: key.last_used,
        expires: key.expires,
    }
}
