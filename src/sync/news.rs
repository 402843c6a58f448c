//! What a pass learns that its person is to be told at once, whatever they look at.

use serde_json::Value;

use super::recovered::Recovered;
use crate::config::drive::NetworkDrive;
use crate::model::entity::EntityType;
use crate::model::id::UserId;
use crate::model::source::{DAY, Timestamp};
use crate::model::webhook::Off;
use crate::wire::session::RefusedTries;
use crate::wire::sync::Pull;

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody tried to sign in as this person, and failed.
    RefusedTries(RefusedTries),
    /// The server went back in time, and so many of this person's changes are sent again.
    WentBack {
        again: u64,
        /// Where that is written down which others did and it has lost.
        recovered: Option<Recovered>,
    },
    /// The server's clock is so many seconds ahead of this machine's.
    OtherTime { ahead: i64 },
    /// What is kept here is on a drive that another machine lends.
    OnNetworkDrive(NetworkDrive),
    /// A webhook of a family that this person runs was turned off by the server.
    WebhookOff { name: String, why: Off },
}

/// By how much two clocks may differ before it is told, in seconds. What is of the server, such as
/// when a token ends, goes by its own.
const SAME_TIME: i64 = DAY;

/// That the server has another time, if it does.
pub(super) fn of_time(server: Timestamp, here: Timestamp) -> Option<News> {
    let ahead = server.since(here);
    (ahead.abs() > SAME_TIME).then_some(News::OtherTime { ahead })
}

/// What a page of a family's log brings of that kind.
pub(super) fn in_page(pull: &Pull) -> Vec<News> {
    let by_itself = pull.events.iter().filter(|it| {
        it.entity.entity_type() == EntityType::Webhook && it.actor_user_id == UserId::SYSTEM
    });
    let off = by_itself.filter_map(|record| {
        let after = record.after.as_ref()?;
        let name = after.get("webhook_name").and_then(Value::as_str)?;
        let why = serde_json::from_value(after.get("off")?.clone()).ok()?;
        let name = name.to_owned();
        Some(News::WebhookOff { name, why })
    });
    off.collect()
}
