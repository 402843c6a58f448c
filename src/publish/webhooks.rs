//! Sends to every webhook of the store what it is due.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::json;
use super::post::{NoReply, Sender};
use super::sign::signatures;
use crate::desk::webhooks::Settled;
use crate::desk::{Desk, DeskError};
use crate::model::source::Timestamp;
use crate::model::webhook::{Target, Webhook};
use crate::wire::login::Secret;
use crate::wire::webhook::{Attempt, Delivery};

/// So many endpoints are served at once.
const AT_ONCE: usize = 8;

/// How long an endpoint that is slow is served before the others are looked at again.
const TURN: Duration = Duration::from_secs(15);

/// The longest that nothing is looked at, and how long to wait after an error, in seconds.
const LONGEST_SLEEP: i64 = 3600;
const AFTER_ERROR: i64 = 60;

/// How long to let commits gather.
const GATHER: Duration = Duration::from_millis(50);

/// At most so much is added to a pause by chance, in thousandths: whoever failed together need
/// not come back together.
const CHANCE: u16 = 200;

/// Sends what the desk's webhooks are due.
pub struct Publisher {
    desk: Arc<Desk>,
    sender: Sender,
}

impl Publisher {
    pub fn new(desk: Arc<Desk>, sender: Sender) -> Publisher {
        Publisher { desk, sender }
    }

    /// Sends for as long as it is polled: after every commit, and whenever a try is due.
    pub async fn run(&self) {
        let mut commits = self.desk.commits();
        loop {
            commits.mark_unchanged();
            let wait = match self.pass().await {
                Ok(None) => LONGEST_SLEEP,
                Ok(Some(next)) => next.since(self.desk.source().now()).clamp(0, LONGEST_SLEEP),
                Err(error) => {
                    tracing::error!("webhooks could not be looked after: {error}");
                    AFTER_ERROR
                }
            };
            let wait = Duration::from_secs(u64::try_from(wait).unwrap_or_default());
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // The sender lives as long as the desk.
                _ = commits.changed() => tokio::time::sleep(GATHER).await,
            }
        }
    }

    /// Sends everything that is due, and says when the next thing will be.
    ///
    /// # Errors
    /// Where the store does not tell which webhooks there are.
    pub async fn pass(&self) -> Result<Option<Timestamp>, DeskError> {
        let webhooks = self.desk.webhooks_of_store().await?;
        let served = stream::iter(webhooks).map(|webhook| async move {
            match self.serve(&webhook).await {
                Ok(next) => next,
                Err(error) => {
                    let webhook = webhook.webhook_id;
                    tracing::error!(%webhook, "a webhook could not be served: {error}");
                    Some(self.desk.source().now().plus(AFTER_ERROR))
                }
            }
        });
        let next: Vec<Option<Timestamp>> = served.buffer_unordered(AT_ONCE).collect().await;
        Ok(next.into_iter().flatten().min())
    }

    async fn serve(&self, webhook: &Webhook) -> Result<Option<Timestamp>, DeskError> {
        let begun = Instant::now();
        self.desk.gather(webhook).await?;
        let secrets = self.desk.signing(webhook).await?;
        loop {
            let due = self.desk.due(webhook).await?;
            let mut now = due.now;
            if secrets.is_empty() {
                now.retain(|it| it.seq == 0);
            }
            if now.is_empty() {
                return Ok(due.next);
            }
            for delivery in now {
                if begun.elapsed() > TURN {
                    return Ok(Some(self.desk.source().now()));
                }
                if !self.send(webhook, &secrets, delivery).await? {
                    // Turned off, or changed: whoever looks next sees what it is now.
                    return Ok(Some(self.desk.source().now()));
                }
            }
        }
    }

    /// Sends one message and notes what came of it; whether the endpoint may be sent another now.
    async fn send(
        &self,
        webhook: &Webhook,
        secrets: &[Secret],
        delivery: Delivery,
    ) -> Result<bool, DeskError> {
        let Some(message) = self.message(webhook, &delivery).await? else {
            self.desk
                .settle(webhook, delivery, &Settled::Withheld)
                .await?;
            return Ok(true);
        };
        let begun = Instant::now();
        let at = self.desk.source().now();
        let reply = if secrets.is_empty() {
            Err("it has no secret yet".to_owned())
        } else {
            let posted = self.post(webhook, secrets, (&delivery, at, &message)).await;
            posted.map_err(|error| error.to_string())
        };
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let attempt = match reply {
            Ok(reply) => Attempt {
                at,
                millis,
                status: Some(reply.status),
                error: None,
                reply: reply.text,
            },
            Err(error) => Attempt {
                at,
                millis,
                status: None,
                error: Some(error),
                reply: String::new(),
            },
        };
        self.tell(webhook, &delivery, &attempt);
        let is_gone = attempt.status == Some(410);
        let chance = chance();
        let settled = Settled::Tried { attempt, chance };
        self.desk.settle(webhook, delivery, &settled).await?;
        Ok(!is_gone)
    }

    /// The message of a delivery; none where the endpoint is not to see it any more.
    async fn message(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
    ) -> Result<Option<Value>, DeskError> {
        if delivery.seq == 0 {
            return Ok(Some(json::test_message(webhook, delivery.made)));
        }
        let reach = webhook.reach();
        let event = self.desk.event(webhook.family_id, reach, delivery.seq);
        let event = event.await?;
        Ok(event
            .filter(|it| webhook.wants(it.name))
            .map(|it| json::message(&it)))
    }

    async fn post(
        &self,
        webhook: &Webhook,
        secrets: &[Secret],
        (delivery, at, message): (&Delivery, Timestamp, &Value),
    ) -> Result<super::post::Reply, NoReply> {
        let body = serde_json::to_vec(message).unwrap_or_default();
        let signed = signatures(secrets, &delivery.message_id, at, &body);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", delivery.message_id.clone()),
            ("webhook-timestamp", at.0.to_string()),
            ("webhook-signature", signed),
        ] {
            let value = HeaderValue::from_str(&value);
            let value = value.map_err(|_| NoReply::Address("its headers can't be written"))?;
            headers.insert(name, value);
        }
        self.sender
            .post(&webhook.url, headers, Bytes::from(body))
            .await
    }

    /// A line in the log, without what was sent, and without the path, which may be a secret.
    fn tell(&self, webhook: &Webhook, delivery: &Delivery, attempt: &Attempt) {
        let to = Target::parse(&webhook.url).map_or_else(|_| String::new(), |it| it.place());
        let (webhook, number) = (webhook.webhook_id, delivery.number);
        let (event, millis) = (delivery.event.as_str(), attempt.millis);
        let outcome = attempt.outcome();
        let sent = self.desk.sent();
        if attempt.is_taken() {
            sent.delivered.fetch_add(1, Ordering::Relaxed);
            tracing::info!(%webhook, number, event, to, millis, outcome, "webhook delivered");
        } else {
            sent.failed.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%webhook, number, event, to, millis, outcome, "webhook failed");
        }
    }
}

/// How much is added to a pause, in thousandths.
fn chance() -> u16 {
    let mut bytes = [0; 2];
    // Where chance fails, the middle will do.
    match getrandom::fill(&mut bytes) {
        Ok(()) => u16::from_le_bytes(bytes) % CHANCE,
        Err(_) => CHANCE / 2,
    }
}
