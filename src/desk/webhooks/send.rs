//! What is to be sent now, and what became of it.

use std::collections::HashSet;

use super::{Desk, DeskError, Endpoint, State, TRIES, item_of};
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, TicketId};
use crate::model::source::{DAY, HOUR, MINUTE, Timestamp};
use crate::model::webhook::{Off, Webhook, WebhookField};
use crate::table::item::{Condition, Write};
use crate::table::keys;
use crate::wire::login::Secret;
use crate::wire::webhook::{Attempt, Delivery, DeliveryState};

/// How long after each failed try the next one comes, in seconds (PROTOCOL.md section 5).
const PAUSES: [i64; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];

/// How many tries are kept with a delivery.
const ATTEMPTS: usize = 12;

/// An endpoint that fails so often, and for so long, is turned off.
const FAILURES: u32 = 20;
const FAILING: i64 = 3 * DAY;

/// What an endpoint is to be sent.
#[derive(Debug, Default)]
pub struct Due {
    /// Now, in this order.
    pub now: Vec<Delivery>,
    /// When the next falls due.
    pub next: Option<Timestamp>,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was tried; so much is added by chance to the pause before the next try, in thousandths.
    Tried { attempt: Attempt, chance: u16 },
    /// The endpoint is not to see it any more.
    Withheld,
}

/// What belongs together keeps its order: a ticket with everything on it, or another entity.
#[derive(PartialEq, Eq, Hash)]
enum Thread {
    Ticket(TicketId),
    Other(EntityKey),
}

impl Desk {
    /// What the endpoint is to be sent. Of the events of one entity the later ones wait until the
    /// earlier one has arrived, or was given up.
    pub async fn due(&self, webhook: &Webhook) -> Result<Due, DeskError> {
        let endpoint = (webhook.family_id, webhook.webhook_id);
        let now = self.source().now();
        let mut held: HashSet<Thread> = HashSet::new();
        let mut due = Due::default();
        for delivery in self.waiting(endpoint).await? {
            // What is off may be tested all the same.
            if !webhook.is_on() && delivery.seq > 0 {
                continue;
            }
            if let Some(about) = &delivery.about
                && !held.insert(thread_of(about))
            {
                continue;
            }
            let at = delivery.next.unwrap_or(now);
            if at <= now {
                due.now.push(delivery);
            } else {
                due.next = due.next.into_iter().chain([at]).min();
            }
        }
        Ok(due)
    }

    /// The secrets that sign what is sent to the endpoint now, the newest first.
    pub async fn signing(&self, webhook: &Webhook) -> Result<Vec<Secret>, DeskError> {
        let endpoint = (webhook.family_id, webhook.webhook_id);
        let mut secrets = Vec::new();
        for secret_id in webhook.secrets(self.source().now()) {
            secrets.extend(self.secret(endpoint, secret_id).await?);
        }
        Ok(secrets)
    }

    /// Notes what became of a delivery, and when it is tried again; turns off an endpoint that is
    /// no more.
    pub async fn settle(
        &self,
        webhook: &Webhook,
        mut delivery: Delivery,
        settled: &Settled,
    ) -> Result<Delivery, DeskError> {
        let endpoint = (webhook.family_id, webhook.webhook_id);
        match settled {
            Settled::Withheld => finish(&mut delivery, DeliveryState::Withheld),
            Settled::Tried { attempt, chance } => tried(&mut delivery, attempt, *chance),
        }
        let mut off = None;
        for _ in 0..TRIES {
            let mut state = self.state(endpoint).await?;
            if let Settled::Tried { attempt, .. } = settled {
                off = state.note(attempt);
            }
            let writes = settling(endpoint, &delivery)?;
            if self.write_state(endpoint, state, writes).await? {
                if let Some(why) = off.filter(|_| webhook.is_on()) {
                    self.turn_off(webhook, why).await?;
                }
                return Ok(delivery);
            }
        }
        Err(DeskError::Busy)
    }

    /// Turns an endpoint off, which the family's admins are told as they are told of everything.
    async fn turn_off(&self, webhook: &Webhook, why: Off) -> Result<(), DeskError> {
        let command = Command {
            command_id: CommandId(self.source().fresh()),
            issued_at: self.source().now(),
            seen: None,
            body: CommandBody::WebhookSet {
                webhook_id: webhook.webhook_id,
                set: WebhookField::Off(Some(why)),
            },
        };
        tracing::warn!(
            webhook = %webhook.webhook_id,
            "a webhook is turned off: {}",
            if why == Off::Gone { "it is gone" } else { "it has failed for days" }
        );
        self.execute(webhook.family_id, &Actor::SYSTEM, &command, None)
            .await
            .map(drop)
    }
}

impl State {
    /// Notes a try; why the endpoint is to be turned off, if it is.
    fn note(&mut self, attempt: &Attempt) -> Option<Off> {
        if attempt.is_taken() {
            self.failures = 0;
            self.failing_since = None;
            self.last_delivered = Some(attempt.at);
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        let since = *self.failing_since.get_or_insert(attempt.at);
        if attempt.status == Some(410) {
            return Some(Off::Gone);
        }
        let is_too_much = self.failures >= FAILURES && attempt.at.since(since) >= FAILING;
        is_too_much.then_some(Off::Failing)
    }
}

fn thread_of(about: &EntityKey) -> Thread {
    match about.ticket() {
        Some(ticket_id) => Thread::Ticket(ticket_id),
        None => Thread::Other(*about),
    }
}

fn tried(delivery: &mut Delivery, attempt: &Attempt, chance: u16) {
    delivery.attempts.push(attempt.clone());
    let surplus = delivery.attempts.len().saturating_sub(ATTEMPTS);
    delivery.attempts.drain(..surplus);
    let pause = PAUSES.get(delivery.tries).copied();
    delivery.tries += 1;
    if attempt.is_taken() {
        return finish(delivery, DeliveryState::Delivered);
    }
    // A test is tried once, for whoever asked for it; what is gone is gone.
    let pause = pause.filter(|_| delivery.seq > 0 && attempt.status != Some(410));
    match pause {
        Some(pause) => {
            let more = pause * i64::from(chance) / 1000;
            delivery.next = Some(attempt.at.plus(pause + more));
        }
        None => finish(delivery, DeliveryState::Failed),
    }
}

fn finish(delivery: &mut Delivery, state: DeliveryState) {
    delivery.state = state;
    delivery.next = None;
}

/// The writes that put a delivery where it belongs.
fn settling(endpoint: Endpoint, delivery: &Delivery) -> Result<Vec<Write>, DeskError> {
    let item = item_of(endpoint, delivery)?;
    let condition = Condition::Any;
    let mut writes = vec![Write::Put { item, condition }];
    if delivery.state != DeliveryState::Waiting {
        let key = keys::delivery_key(endpoint, delivery.number, true);
        writes.push(Write::Delete { key, condition });
    }
    Ok(writes)
}
