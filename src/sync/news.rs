//! What a pass learns that its person is to be told at once, whatever they look at.

use serde_json::Value;

use crate::model::entity::EntityType;
use crate::model::id::UserId;
use crate::model::webhook::Off;
use crate::wire::session::RefusedTries;
use crate::wire::sync::Pull;

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody tried to sign in as this person, and failed.
    RefusedTries(RefusedTries),
    /// A webhook of a family that this person runs was turned off by the server.
    WebhookOff { name: String, why: Off },
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
