//! Webhooks: the log of a family is the outbox of each of its endpoints. Every command writes its
//! records there in its own transaction; what an endpoint is to be told is gathered from it
//! ([`gather`](Desk::gather)), and sent by whoever sends ([`due`](Desk::due),
//! [`settle`](Desk::settle)). So no event is lost, whenever the program ends.

mod gather;
mod keep;
mod send;

use serde::{Deserialize, Serialize};

use super::writes::put;
use super::{Desk, DeskError};
use crate::model::id::{FamilyId, SecretId, WebhookId};
use crate::model::source::Timestamp;
use crate::model::webhook::Webhook;
use crate::table::error::TableError;
use crate::table::item::{Condition, Item, Key, Query, Write};
use crate::table::keys;
use crate::table::query_all;
use crate::wire::login::Secret;
use crate::wire::webhook::Delivery;

pub use send::{Due, Settled};

/// The name of an event that says nothing and is sent on request.
pub const TEST: &str = "fam-help-desk.webhook.test";

/// How often a state is written anew where somebody else was faster.
const TRIES: usize = 10;

/// One endpoint of one family.
pub type Endpoint = (FamilyId, WebhookId);

/// How an endpoint is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Counts up with each time that this is written.
    written: i64,
    /// Up to which record the log has been gone through.
    cursor: i64,
    /// The last number that a delivery got.
    count: i64,
    /// Tries that failed since the last that went well.
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    failing_since: Option<Timestamp>,
    #[serde(default)]
    last_delivered: Option<Timestamp>,
}

/// Where in the log an endpoint was turned on last.
#[derive(Serialize, Deserialize)]
struct Start {
    seq: i64,
}

/// A secret where it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    secret: Secret,
}

/// The write that notes where in the log an endpoint was turned on.
pub(super) fn begins(
    family_id: FamilyId,
    webhook_id: WebhookId,
    seq: i64,
) -> Result<Write, DeskError> {
    let key = keys::webhook_start_key(family_id, webhook_id);
    put(key, 1, &Start { seq }, Condition::Any)
}

/// Whether the key is one of where an endpoint was turned on.
pub(super) fn is_beginning(key: &Key) -> bool {
    key.sk == keys::START && key.pk.contains("#WEBHOOK#")
}

impl Desk {
    /// The family's webhooks, those that are off too; deleted ones are in no list.
    pub(super) async fn webhooks_of(&self, family_id: FamilyId) -> Result<Vec<Webhook>, DeskError> {
        let query = Query::base(keys::family_pk(family_id)).prefix(keys::WEBHOOKS);
        let mut found = Vec::new();
        for item in query_all(self.table.as_ref(), query).await? {
            let webhook: Webhook = keys::read(&item)?;
            if !webhook.common.deleted {
                found.push(webhook);
            }
        }
        Ok(found)
    }

    /// Every webhook of every family of the store.
    pub async fn webhooks_of_store(&self) -> Result<Vec<Webhook>, DeskError> {
        let mut found = Vec::new();
        for family_id in self.families_of_store().await? {
            found.extend(self.webhooks_of(family_id).await?);
        }
        Ok(found)
    }

    async fn state(&self, (family_id, webhook_id): Endpoint) -> Result<State, DeskError> {
        let key = keys::webhook_state_key(family_id, webhook_id);
        let item = self.table.get(key).await?;
        Ok(item
            .as_ref()
            .map(keys::read)
            .transpose()?
            .unwrap_or_default())
    }

    /// Writes the state with what goes along with it, if nobody else has written it meanwhile;
    /// whether it was written.
    async fn write_state(
        &self,
        (family_id, webhook_id): Endpoint,
        mut state: State,
        mut writes: Vec<Write>,
    ) -> Result<bool, DeskError> {
        let condition = match state.written {
            0 => Condition::Absent,
            written => Condition::Version(written),
        };
        state.written += 1;
        let key = keys::webhook_state_key(family_id, webhook_id);
        writes.push(put(key, state.written, &state, condition)?);
        match self.table.transact(writes).await {
            Ok(()) => Ok(true),
            Err(TableError::Cancelled(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What waits to be delivered to an endpoint, oldest first.
    async fn waiting(&self, (family_id, webhook_id): Endpoint) -> Result<Vec<Delivery>, DeskError> {
        let query = Query::base(keys::webhook_pk(family_id, webhook_id)).prefix(keys::WAITING);
        let items = query_all(self.table.as_ref(), query).await?;
        Ok(items.iter().map(keys::read).collect::<Result<_, _>>()?)
    }

    async fn secret(
        &self,
        endpoint: Endpoint,
        secret_id: SecretId,
    ) -> Result<Option<Secret>, DeskError> {
        let item = self
            .table
            .get(keys::webhook_secret_key(endpoint, secret_id))
            .await?;
        let kept: Option<Kept> = item.as_ref().map(keys::read).transpose()?;
        Ok(kept.map(|it| it.secret))
    }
}

/// A delivery as an item under its number.
fn item_of((family_id, webhook_id): Endpoint, it: &Delivery) -> Result<Item, TableError> {
    let is_waiting = it.state == crate::wire::webhook::DeliveryState::Waiting;
    let key = keys::delivery_key((family_id, webhook_id), it.number, is_waiting);
    keys::written(key, it)
}
