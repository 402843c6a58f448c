//! Answers, out of the table, what a decision has to know.

use super::{Desk, DeskError};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, TicketId};
use crate::model::known::{FEW, Known, Need};
use crate::model::record::Record;
use crate::model::status::Status;
use crate::table::item::Query;
use crate::table::keys;
use crate::table::patterns;

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
            Need::Admins => {
                let members = patterns::members(table, family_id).await?;
                members
                    .into_iter()
                    .filter(|it| it.is_live() && it.is_admin)
                    .map(Record::from)
                    .collect()
            }
            Need::GroupsOf(user_id) => {
                let places = patterns::group_memberships(table, family_id).await?;
                places
                    .into_iter()
                    .filter(|it| it.user_id == user_id && !it.common.deleted)
                    .map(Record::from)
                    .collect()
            }
            Need::Participants(ticket_id) => {
                let found = patterns::participants(table, family_id, ticket_id).await?;
                found.into_iter().map(Record::from).collect()
            }
            Need::OpenChildren(ticket_id) => self.open_children(family_id, ticket_id).await?,
            Need::LiveTickets(queue_id) => {
                let first =
                    patterns::tickets_of_queue(table, family_id, queue_id, FEW, None).await?;
                first.0.into_iter().map(Record::from).collect()
            }
            Need::LiveQueues(group_id) => {
                let queues = patterns::queues(table, family_id).await?;
                queues
                    .into_iter()
                    .filter(|queue| queue.group_id == group_id)
                    .take(FEW)
                    .map(Record::from)
                    .collect()
            }
        })
    }

    async fn open_children(
        &self,
        family_id: FamilyId,
        parent: TicketId,
    ) -> Result<Vec<Record>, DeskError> {
        let locators = self
            .table
            .query_all(Query::prefix(keys::children_of(family_id, parent)))
            .await?;
        let children: Vec<EntityKey> = locators
            .iter()
            .filter_map(|item| item.key.sk.rsplit('#').next())
            .filter_map(|id| EntityKey::parse(EntityType::Ticket, id).ok())
            .collect();
        let found = self.records(family_id, &children).await?;
        Ok(found
            .into_iter()
            .flatten()
            .filter(|record| match record {
                Record::Ticket(ticket) => ticket.status == Status::Open && !ticket.common.deleted,
                _ => false,
            })
            .collect())
    }
}
