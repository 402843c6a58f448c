//! What a person sees now, or no longer, because of what happened: the log itself is shown as far
//! as one sees it now, so it does not tell.

use std::collections::HashSet;

use serde_json::Value;

use super::scene::FamilyScope;
use super::{Desk, DeskError};
use crate::model::audience::Viewer;
use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{QueueId, TicketId};
use crate::model::record::Record;

/// Attributes that decide what somebody sees, by the kind of entity.
const DECISIVE: &[(EntityType, &[&str])] = &[
    (
        EntityType::Membership,
        &["status", "role", "is_admin", "deleted"],
    ),
    (EntityType::GroupMembership, &["status", "deleted"]),
    (EntityType::Group, &["deleted"]),
    (EntityType::Queue, &["group_id"]),
    (EntityType::Ticket, &["queue_id"]),
    (EntityType::Participant, &["deleted"]),
];

/// Whether something happened that changes what the viewer sees as a whole: their role, their
/// groups, or what belongs to a group.
pub(super) fn changes_scope(viewer: &Viewer, records: &[AuditRecord]) -> bool {
    records.iter().any(|record| match record.entity {
        EntityKey::Membership(user) => user == viewer.user_id && is_decisive(record),
        // Admins see everything, whatever group it belongs to.
        _ if viewer.is_admin => false,
        EntityKey::GroupMembership(_, user) => user == viewer.user_id && is_decisive(record),
        EntityKey::Group(_) | EntityKey::Queue(_) => record.before.is_some() && is_decisive(record),
        EntityKey::User(_)
        | EntityKey::Family(_)
        | EntityKey::Ticket(_)
        | EntityKey::Description(_)
        | EntityKey::Participant(..)
        | EntityKey::Comment(..)
        | EntityKey::Webhook(_)
        | EntityKey::Attachment(..)
        | EntityKey::ReadMarker(..) => false,
    })
}

/// Whether the record changes, or begins, an attribute that decides what somebody sees.
fn is_decisive(record: &AuditRecord) -> bool {
    let kind = record.entity.entity_type();
    let decisive = DECISIVE.iter().find(|(of, _)| *of == kind);
    let Some((_, fields)) = decisive else {
        return false;
    };
    record.before.is_none() || fields.iter().any(|field| has_changed(record, field))
}

fn has_changed(record: &AuditRecord, field: &str) -> bool {
    attribute(record.before.as_ref(), field) != attribute(record.after.as_ref(), field)
}

fn attribute<'a>(snapshot: Option<&'a Value>, field: &str) -> Option<&'a Value> {
    snapshot.and_then(|json| json.get(field))
}

impl Desk {
    /// The tickets that moved into the viewer's sight, whole, and those that moved out of it.
    pub(super) async fn moved(
        &self,
        scope: &FamilyScope,
        records: &[AuditRecord],
    ) -> Result<(Vec<Record>, Vec<EntityKey>), DeskError> {
        if scope.viewer.is_admin {
            return Ok((Vec::new(), Vec::new()));
        }
        let touched = self.touched(scope, records).await?;
        let keys: Vec<EntityKey> = touched.iter().copied().map(EntityKey::Ticket).collect();
        let found = self.records(scope.family_id, &keys).await?;
        let found = found.into_iter().flatten().collect();
        let mut shown = self.visible(scope, found, Record::audience).await?;
        let seen: HashSet<EntityKey> = shown.iter().map(Record::key).collect();
        let mut below = Vec::new();
        for key in &seen {
            if let EntityKey::Ticket(ticket_id) = key {
                self.children_of(scope.family_id, *ticket_id, &mut below)
                    .await?;
            }
        }
        shown.extend(self.visible(scope, below, Record::audience).await?);
        let hidden = keys.into_iter().filter(|key| !seen.contains(key)).collect();
        Ok((shown, hidden))
    }

    /// The tickets that the viewer began or ceased to take part in, and those that came to or left
    /// a queue that they work. Of tickets that were never theirs nothing is told.
    async fn touched(
        &self,
        scope: &FamilyScope,
        records: &[AuditRecord],
    ) -> Result<Vec<TicketId>, DeskError> {
        let mut touched = Vec::new();
        for record in records.iter().filter(|record| is_decisive(record)) {
            let (ticket_id, concerns) = match record.entity {
                EntityKey::Participant(ticket_id, _, user) => {
                    (ticket_id, user == scope.viewer.user_id)
                }
                EntityKey::Ticket(ticket_id) => {
                    let moved = record.before.is_some();
                    let works = moved && self.works_either_queue(scope, record).await?;
                    (ticket_id, works)
                }
                _ => continue,
            };
            if concerns {
                touched.push(ticket_id);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        Ok(touched)
    }

    async fn works_either_queue(
        &self,
        scope: &FamilyScope,
        record: &AuditRecord,
    ) -> Result<bool, DeskError> {
        let queues: Vec<EntityKey> = [&record.before, &record.after]
            .into_iter()
            .filter_map(|snapshot| attribute(snapshot.as_ref(), "queue_id"))
            .filter_map(|id| serde_json::from_value::<QueueId>(id.clone()).ok())
            .map(EntityKey::Queue)
            .collect();
        let found = self.records(scope.family_id, &queues).await?;
        Ok(found.into_iter().flatten().any(
            |queue| matches!(queue, Record::Queue(queue) if scope.viewer.works_for(queue.group_id)),
        ))
    }
}
