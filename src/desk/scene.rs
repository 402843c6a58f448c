//! What must be known about tickets to tell who sees a record.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Desk, DeskError};
use crate::model::audience::{Audience, Scene, Viewer, sees};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::group::GroupMembership;
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::Membership;
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::table::patterns;

/// Someone who has been let into a family: the only way to read it.
pub(super) struct FamilyScope {
    pub family_id: FamilyId,
    pub viewer: Viewer,
}

/// The tickets that some records speak of: who owns their queues, and whether the viewer takes
/// part.
#[derive(Default)]
struct Tickets {
    groups: HashMap<TicketId, GroupId>,
    taking_part: HashSet<TicketId>,
}

impl Scene for Tickets {
    fn group_of(&self, ticket_id: TicketId) -> Option<GroupId> {
        self.groups.get(&ticket_id).copied()
    }

    fn takes_part(&self, _viewer: UserId, ticket_id: TicketId) -> bool {
        self.taking_part.contains(&ticket_id)
    }
}

impl Desk {
    /// Whether somebody is a member of the family.
    ///
    /// # Errors
    /// A refusal that tells nothing of whether the family exists.
    pub async fn let_in(&self, family_id: FamilyId, user_id: UserId) -> Result<(), DeskError> {
        self.member(family_id, user_id).await.map(drop)
    }

    async fn member(&self, family_id: FamilyId, user_id: UserId) -> Result<Membership, DeskError> {
        let key = EntityKey::Membership(user_id);
        match self.record(family_id, &key).await? {
            Some(Record::Membership(it)) if it.is_live() => Ok(it),
            _ => {
                let what = EntityType::Family;
                Err(Refusal::NotFound { what }.into())
            }
        }
    }

    /// Lets a member into their family. For anyone else there is no such family.
    pub(super) async fn enter(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<FamilyScope, DeskError> {
        let membership = self.member(family_id, user_id).await?;
        // Admins see and do everything, in whatever group they are.
        let places = if membership.is_admin {
            Vec::new()
        } else {
            patterns::groups_of(self.table.as_ref(), family_id, user_id).await?
        };
        let groups: BTreeMap<GroupId, bool> = places
            .into_iter()
            .filter(GroupMembership::is_live)
            .map(|it| (it.group_id, it.is_admin))
            .collect();
        Ok(FamilyScope {
            family_id,
            viewer: Viewer {
                user_id,
                role: membership.role,
                is_admin: membership.is_admin,
                groups,
            },
        })
    }

    /// Keeps what the viewer sees, as things are now.
    pub(super) async fn visible<T>(
        &self,
        scope: &FamilyScope,
        found: Vec<T>,
        audience_of: impl Fn(&T) -> Audience,
    ) -> Result<Vec<T>, DeskError> {
        let tickets = if scope.viewer.is_admin {
            Tickets::default()
        } else {
            let named = found.iter().filter_map(|it| ticket_of(&audience_of(it)));
            self.tickets(scope, named.collect()).await?
        };
        Ok(found
            .into_iter()
            .filter(|it| sees(&scope.viewer, &audience_of(it), &tickets))
            .collect())
    }

    async fn tickets(
        &self,
        scope: &FamilyScope,
        named: HashSet<TicketId>,
    ) -> Result<Tickets, DeskError> {
        let family_id = scope.family_id;
        let keys: Vec<EntityKey> = named.iter().copied().map(EntityKey::Ticket).collect();
        let mut queue_of: HashMap<TicketId, QueueId> = HashMap::new();
        for record in self.records(family_id, &keys).await?.into_iter().flatten() {
            if let Record::Ticket(ticket) = record {
                queue_of.insert(ticket.ticket_id, ticket.queue_id);
            }
        }
        let queues: HashSet<QueueId> = queue_of.values().copied().collect();
        let keys: Vec<EntityKey> = queues.into_iter().map(EntityKey::Queue).collect();
        let mut group_of: HashMap<QueueId, GroupId> = HashMap::new();
        for record in self.records(family_id, &keys).await?.into_iter().flatten() {
            if let Record::Queue(queue) = record {
                group_of.insert(queue.queue_id, queue.group_id);
            }
        }
        let mut tickets = Tickets::default();
        let mut elsewhere = Vec::new();
        for (ticket_id, queue_id) in queue_of {
            let group_id = group_of.get(&queue_id).copied();
            if let Some(group_id) = group_id {
                tickets.groups.insert(ticket_id, group_id);
            }
            if !group_id.is_some_and(|it| scope.viewer.works_for(it)) {
                elsewhere.push(ticket_id);
            }
        }
        tickets.taking_part = self.taking_part(scope, &elsewhere).await?;
        Ok(tickets)
    }

    /// In which of the tickets the viewer takes part, in whatever role.
    async fn taking_part(
        &self,
        scope: &FamilyScope,
        tickets: &[TicketId],
    ) -> Result<HashSet<TicketId>, DeskError> {
        let me = scope.viewer.user_id;
        let keys: Vec<EntityKey> = tickets
            .iter()
            .flat_map(|ticket| {
                ParticipantRole::ALL
                    .iter()
                    .map(|role| EntityKey::Participant(*ticket, *role, me))
            })
            .collect();
        let found = self.records(scope.family_id, &keys).await?;
        let live = found
            .into_iter()
            .flatten()
            .filter(|it| !it.common().deleted);
        Ok(live.filter_map(|it| it.key().ticket()).collect())
    }
}

fn ticket_of(audience: &Audience) -> Option<TicketId> {
    match audience {
        Audience::Ticket { ticket_id } | Audience::Internal { ticket_id, .. } => Some(*ticket_id),
        Audience::Everyone
        | Audience::Family
        | Audience::Group { .. }
        | Audience::User { .. }
        | Audience::Admins => None,
    }
}
