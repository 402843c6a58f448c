//! Webhooks as their family's admins see them: how each is doing, and what was sent to it.

use serde::{Deserialize, Serialize};

use super::login::Secret;
use crate::model::entity::EntityKey;
use crate::model::source::Timestamp;
use crate::model::webhook::Webhook;
use crate::model::word::words;

words! {
    /// What has become of an event that is to be delivered.
    pub enum DeliveryState: "state of a delivery" {
        Waiting = "WAITING",
        Delivered = "DELIVERED",
        /// Given up after the last try.
        Failed = "FAILED",
        /// When it was to be sent, the endpoint was no longer to see it.
        Withheld = "WITHHELD",
    }
}

/// A list, as scripts find all lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items<T> {
    pub items: Vec<T>,
}

/// A webhook and how it is doing (`GET /v1/families/{family}/webhooks`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// Whether its secret is here; without one nothing is sent.
    pub has_secret: bool,
    pub waiting: usize,
    /// Tries that failed since the last that went well.
    pub failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_delivered: Option<Timestamp>,
}

/// A webhook's new secret, told this once (`POST .../webhooks/{webhook}/secret`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecret {
    pub secret: Secret,
    /// Until when the one before signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_until: Option<Timestamp>,
}

/// One event on its way to one endpoint (`GET .../webhooks/{webhook}/deliveries`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number among the webhook's deliveries.
    pub number: i64,
    /// The `webhook-id`, the same at every try.
    pub message_id: String,
    /// The event's name.
    pub event: String,
    /// The record of the family's log that it tells; 0 for a test.
    pub seq: i64,
    /// What it is about; absent for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntityKey>,
    pub made: Timestamp,
    pub state: DeliveryState,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// How many of the tries that it has were made.
    #[serde(default)]
    pub tries: usize,
    /// The latest tries, oldest first.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: Timestamp,
    pub millis: u64,
    /// The status of the reply, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The reply's beginning.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
}

impl Attempt {
    /// Whether the endpoint has taken it.
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|it| (200..300).contains(&it))
    }

    /// What came of it: `200`, `500`, `no answer within 15 seconds`.
    pub fn outcome(&self) -> String {
        match (self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => String::new(),
        }
    }
}
