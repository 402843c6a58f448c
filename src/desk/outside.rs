//! What of a family may be told outside, and what is told of it.

use std::sync::atomic::{AtomicBool, AtomicU64};

use super::scene::FamilyScope;
use super::{Desk, DeskError};
use crate::model::audit::AuditRecord;
use crate::model::entity::EntityKey;
use crate::model::event::{EventName, Reach};
use crate::model::id::{FamilyId, UserId};
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::ticket::Ticket;
use crate::table::keys::{self, Scope};
use crate::table::patterns;

/// How many records are looked at for one page of events.
const PAGE: usize = 200;

/// A record of the log with what it needs to be understood outside.
#[derive(Debug, Clone)]
pub struct Event {
    pub name: EventName,
    pub record: AuditRecord,
    pub family_id: FamilyId,
    pub family_name: String,
    /// In whose name it was done.
    pub actor_name: String,
    /// The ticket that the entity is, or belongs to, as it is now.
    pub ticket: Option<Ticket>,
}

/// A family as it is told of outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub family_id: FamilyId,
    pub family_name: String,
    /// The family's open tickets, as far as the eyes see them, gravest first.
    pub open: [(Severity, u32); 6],
    /// The last record of its log.
    pub seq: i64,
}

/// What was sent out since the program began; counted here, so that whoever is asked can tell.
#[derive(Debug, Default)]
pub struct Sent {
    pub delivered: AtomicU64,
    pub failed: AtomicU64,
    pub published: AtomicU64,
    /// Whether there is a broker to publish at, and whether it is reached.
    pub has_broker: AtomicBool,
    pub broker_reached: AtomicBool,
}

impl Desk {
    /// What was sent out since the program began.
    pub fn sent(&self) -> &Sent {
        &self.sent
    }

    /// The records after a number of the log that are events, as far as these eyes see them now,
    /// and the number up to which was looked.
    pub async fn events_after(
        &self,
        family_id: FamilyId,
        reach: Reach,
        seq: i64,
    ) -> Result<(Vec<AuditRecord>, i64), DeskError> {
        let scope = Scope::Family(family_id);
        let page = patterns::log_after(self.table.as_ref(), scope, seq, PAGE).await?;
        let to = page.records.last().map_or(seq, |last| last.seq);
        let mut records = page.records;
        records.retain(|record| EventName::of(record).is_some());
        Ok((self.seen_by(family_id, reach, records).await?, to))
    }

    /// One record as an event; none where these eyes don't see it, or no longer.
    pub async fn event(
        &self,
        family_id: FamilyId,
        reach: Reach,
        seq: i64,
    ) -> Result<Option<Event>, DeskError> {
        let key = keys::log_key(Scope::Family(family_id), seq);
        let Some(item) = self.table.get(key).await? else {
            return Ok(None);
        };
        let records = vec![keys::audit_of(&item)?];
        match self.seen_by(family_id, reach, records).await?.pop() {
            Some(record) => self.told_outside(family_id, record).await,
            None => Ok(None),
        }
    }

    async fn seen_by(
        &self,
        family_id: FamilyId,
        reach: Reach,
        records: Vec<AuditRecord>,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        if records.is_empty() {
            return Ok(records);
        }
        let scope = self.eyes(family_id, reach).await?;
        self.visible(&scope, records, |it: &AuditRecord| it.audience.clone())
            .await
    }

    /// The record with the names that it needs.
    pub async fn told_outside(
        &self,
        family_id: FamilyId,
        record: AuditRecord,
    ) -> Result<Option<Event>, DeskError> {
        let Some(name) = EventName::of(&record) else {
            return Ok(None);
        };
        let actor = record.in_name_of();
        let ticket = record.entity.ticket().map(EntityKey::Ticket);
        let wanted = [EntityKey::Family(family_id), EntityKey::Membership(actor)];
        let wanted: Vec<EntityKey> = wanted.into_iter().chain(ticket).collect();
        let (mut family_name, mut actor_name, mut ticket) = Default::default();
        for found in self
            .records(family_id, &wanted)
            .await?
            .into_iter()
            .flatten()
        {
            match found {
                Record::Family(it) => family_name = it.family_name,
                Record::Membership(it) => actor_name = it.display_name,
                Record::Ticket(it) => ticket = Some(it),
                _ => {}
            }
        }
        if actor == UserId::SYSTEM {
            actor_name = "time".to_owned();
        }
        Ok(Some(Event {
            name,
            record,
            family_id,
            family_name,
            actor_name,
            ticket,
        }))
    }

    /// Every family of the store, with what these eyes see open in it.
    pub async fn outlines(&self, reach: Reach) -> Result<Vec<Outline>, DeskError> {
        let table = self.table.as_ref();
        let mut outlines = Vec::new();
        for family_id in self.families_of_store().await? {
            let found = patterns::family(table, family_id).await?;
            let (Some(family), Some(head)) = (found, self.head(family_id).await?) else {
                continue;
            };
            let eyes = self.eyes(family_id, reach).await?;
            let mut open = Severity::ALL.map(|it| (it, 0));
            for queue in patterns::queues(table, family_id).await? {
                if !eyes.viewer.works_for(queue.group_id) {
                    continue;
                }
                let of_queue = head.counts.open_of_queue(queue.queue_id);
                for (severity, sum) in &mut open {
                    *sum += of_queue.get(severity).copied().unwrap_or_default();
                }
            }
            outlines.push(Outline {
                family_id,
                family_name: family.family_name,
                open,
                seq: head.n,
            });
        }
        Ok(outlines)
    }

    /// Lets eyes from outside into a family. Nobody is behind them, so nothing else is asked.
    pub(super) async fn eyes(
        &self,
        family_id: FamilyId,
        reach: Reach,
    ) -> Result<FamilyScope, DeskError> {
        let groups = patterns::groups(self.table.as_ref(), family_id).await?;
        let groups = groups.groups.into_iter().map(|it| it.group_id);
        Ok(FamilyScope {
            family_id,
            viewer: reach.viewer(groups),
        })
    }
}
