//! From the family's log to what each endpoint is to be told.

use super::{Desk, DeskError, Endpoint, Start, State, TRIES, item_of};
use crate::model::audit::AuditRecord;
use crate::model::event::EventName;
use crate::model::webhook::Webhook;
use crate::table::head::Head;
use crate::table::item::{Condition, Query, Write};
use crate::table::keys;
use crate::wire::webhook::{Delivery, DeliveryState};

/// How many deliveries are written at once; some engines take no more than a hundred.
const AT_ONCE: usize = 40;

/// How many deliveries that are done with are kept, for admins to look at.
pub(super) const KEPT: i64 = 100;

impl Desk {
    /// Goes through what happened since last time, and notes what the endpoint is to be told.
    ///
    /// An endpoint that is off is told of nothing that happens meanwhile.
    pub async fn gather(&self, webhook: &Webhook) -> Result<(), DeskError> {
        if !webhook.is_on() {
            return Ok(());
        }
        let endpoint = (webhook.family_id, webhook.webhook_id);
        let start = keys::webhook_start_key(webhook.family_id, webhook.webhook_id);
        let Some(start) = self.table.get(start).await? else {
            return Ok(());
        };
        let start: Start = keys::read(&start)?;
        let Some(head) = self.head(webhook.family_id).await? else {
            return Ok(());
        };
        for _ in 0..TRIES {
            let mut state = self.state(endpoint).await?;
            // What lies beyond the end was lost with a restored backup.
            state.cursor = state.cursor.max(start.seq).min(head.n);
            if self.gather_from(webhook, state, &head).await? {
                return Ok(());
            }
        }
        Err(DeskError::Busy)
    }

    /// Whether all was noted; not where somebody else was faster.
    async fn gather_from(
        &self,
        webhook: &Webhook,
        mut state: State,
        head: &Head,
    ) -> Result<bool, DeskError> {
        let endpoint = (webhook.family_id, webhook.webhook_id);
        while state.cursor < head.n {
            let reach = webhook.reach();
            let (records, to) = self
                .events_after(webhook.family_id, reach, state.cursor)
                .await?;
            if to == state.cursor {
                return Ok(true);
            }
            let wanted = |it: &&AuditRecord| EventName::of(it).is_some_and(|it| webhook.wants(it));
            let wanted: Vec<&AuditRecord> = records.iter().filter(wanted).collect();
            let mut parts = wanted.chunks(AT_ONCE).peekable();
            if parts.peek().is_none() {
                state.cursor = to;
                if !self
                    .write_state(endpoint, state.clone(), Vec::new())
                    .await?
                {
                    return Ok(false);
                }
                state.written += 1;
            }
            while let Some(part) = parts.next() {
                let writes = self.noted(endpoint, &mut state, (part, head))?;
                state.cursor = match (parts.peek(), part.last()) {
                    (Some(_), Some(last)) => last.seq,
                    _ => to,
                };
                if !self.write_state(endpoint, state.clone(), writes).await? {
                    return Ok(false);
                }
                state.written += 1;
            }
            self.forget_old(endpoint, state.count).await?;
        }
        Ok(true)
    }

    fn noted(
        &self,
        endpoint: Endpoint,
        state: &mut State,
        (records, head): (&[&AuditRecord], &Head),
    ) -> Result<Vec<Write>, DeskError> {
        let mut writes = Vec::with_capacity(records.len() + 1);
        let now = self.source().now();
        for record in records {
            let Some(name) = EventName::of(record) else {
                continue;
            };
            state.count += 1;
            let epoch = head.epoch.simple().to_string();
            let delivery = Delivery {
                number: state.count,
                // The same number may come again after a backup was restored, in another epoch.
                message_id: format!("evt_{}_{}", epoch.get(..12).unwrap_or(&epoch), record.seq),
                event: name.to_string(),
                seq: record.seq,
                about: Some(record.entity),
                made: now,
                state: DeliveryState::Waiting,
                next: Some(now),
                tries: 0,
                attempts: Vec::new(),
            };
            writes.push(Write::create(item_of(endpoint, &delivery)?));
        }
        Ok(writes)
    }

    /// Forgets the oldest deliveries that are done with.
    async fn forget_old(&self, endpoint: Endpoint, count: i64) -> Result<(), DeskError> {
        let until = keys::delivery_sk(count - KEPT, false);
        let query = Query::base(keys::webhook_pk(endpoint.0, endpoint.1))
            .between(keys::DONE, until)
            .limit(AT_ONCE);
        let old = self.table.query(query).await?.items;
        if old.is_empty() {
            return Ok(());
        }
        let forget = old.into_iter().map(|item| Write::Delete {
            key: item.key,
            condition: Condition::Any,
        });
        Ok(self.table.transact(forget.collect()).await?)
    }
}
