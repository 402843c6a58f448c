//! Answers, out of the table, what a decision has to know.

use super::{Desk, DeskError};
use crate::model::audit::{AuditRecord, status_changes};
use crate::model::entity::EntityKey;
use crate::model::id::FamilyId;
use crate::model::known::{FEW, Known, LAST_COMMENTS, Need};
use crate::model::membership::Membership;
use crate::model::record::Record;
use crate::table::keys::{self, Scope};
use crate::table::patterns::{self, Window};

/// How many changes of one entity are looked through for those that someone had not seen.
const LOOK_BACK: usize = 100;

impl Desk {
    /// Answers the needs; those that are single entities in one go.
    pub(super) async fn learn(&self, known: &mut Known, needs: Vec<Need>) -> Result<(), DeskError> {
        let family_id = known.family_id;
        let mut entities = Vec::new();
        for need in needs {
            match need {
                Need::Entity(key) => entities.push(key),
                list => {
                    let found = self.list(family_id, list).await?;
                    known.learn(list, found);
                }
            }
        }
        let found = self.records(family_id, &entities).await?;
        for (key, found) in entities.into_iter().zip(found) {
            known.learn(Need::Entity(key), found.into_iter().collect());
        }
        Ok(())
    }

    /// One entity, deleted or not.
    pub(super) async fn record(
        &self,
        family_id: FamilyId,
        key: &EntityKey,
    ) -> Result<Option<Record>, DeskError> {
        let found = self.records(family_id, std::slice::from_ref(key)).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// Entities by key, deleted or not, each where it is.
    pub(super) async fn records(
        &self,
        family_id: FamilyId,
        keys: &[EntityKey],
    ) -> Result<Vec<Option<Record>>, DeskError> {
        let places = keys
            .iter()
            .map(|key| keys::key_of(family_id, key))
            .collect();
        let items = self.table.get_many(places).await?;
        let mut records = Vec::with_capacity(items.len());
        for (key, item) in keys.iter().zip(items) {
            let record = match item {
                Some(item) => Some(keys::record_of(&item, key.entity_type())?),
                None => None,
            };
            records.push(record);
        }
        Ok(records)
    }

    async fn list(&self, family_id: FamilyId, need: Need) -> Result<Vec<Record>, DeskError> {
        let table = self.table.as_ref();
        Ok(match need {
            Need::Entity(key) => self.record(family_id, &key).await?.into_iter().collect(),
            Need::Admins => as_records(patterns::admins(table, family_id).await?),
            Need::GroupsOf(user_id) => {
                as_records(patterns::groups_of(table, family_id, user_id).await?)
            }
            Need::Participants(ticket_id) => {
                as_records(patterns::participants(table, family_id, ticket_id).await?)
            }
            Need::Attachments(ticket_id) => {
                as_records(patterns::attachments(table, family_id, ticket_id).await?)
            }
            Need::OpenChildren(ticket_id) => {
                as_records(patterns::open_children(table, family_id, ticket_id).await?)
            }
            Need::LiveTickets(queue_id) => {
                let few = Window::first(FEW);
                as_records(
                    patterns::tickets_of_queue(table, family_id, queue_id, few)
                        .await?
                        .items,
                )
            }
            Need::LiveQueues(group_id) => {
                as_records(patterns::queues_of_group(table, family_id, group_id).await?)
            }
            Need::OpenInvitations => {
                let mut open = patterns::pending(table, family_id).await?;
                open.retain(Membership::is_open_invitation);
                as_records(open)
            }
            Need::Webhooks => as_records(self.webhooks_of(family_id).await?),
            Need::StatusSince(ticket_id, seen) => {
                let records = self
                    .since(family_id, EntityKey::Ticket(ticket_id), seen)
                    .await?;
                status_changes(records.iter())
            }
            Need::LastComments(ticket_id) => {
                let last = Window::last(LAST_COMMENTS);
                as_records(
                    patterns::comments(table, family_id, ticket_id, last)
                        .await?
                        .items,
                )
            }
        })
    }
}

impl Desk {
    /// What happened to one entity after that number of the log, the oldest first, as far back as
    /// a while.
    pub(super) async fn since(
        &self,
        family_id: FamilyId,
        key: EntityKey,
        seen: i64,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let table = self.table.as_ref();
        let scope = Scope::of(family_id, &key);
        let last = Window::last(LOOK_BACK);
        let found = patterns::audit_of_entity(table, scope, &key, last).await?;
        let mut records = found.items;
        records.retain(|it| it.seq > seen);
        records.sort_unstable_by_key(|it| it.seq);
        Ok(records)
    }
}

pub(super) fn as_records<T: Into<Record>>(found: Vec<T>) -> Vec<Record> {
    found.into_iter().map(Into::into).collect()
}
