//! Who sees what: every record carries its audience, and one pure function decides from it and
//! from who you are now whether you see it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::{GroupId, TicketId, UserId};
use super::membership::Role;

/// Whom a record is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody in the family, guests too: the family itself and the names of its people.
    Everyone,
    /// The family's members, but not its guests: the names of groups and queues.
    Family,
    /// The members of a group.
    Group { group_id: GroupId },
    /// Those who work the ticket's queue, and those who take part in the ticket.
    Ticket { ticket_id: TicketId },
    /// The members of the group it was written for, among those who see the ticket.
    Internal {
        ticket_id: TicketId,
        group_id: GroupId,
    },
    /// One person.
    User { user_id: UserId },
    /// The family's admins.
    Admins,
}

/// Someone in a family, as far as it decides what they may see and do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub user_id: UserId,
    pub role: Role,
    pub is_admin: bool,
    /// The groups they are in, and whether they are an admin of each.
    pub groups: BTreeMap<GroupId, bool>,
}

/// What must be known about tickets to tell who sees them.
pub trait Scene {
    /// The group that owns the queue that the ticket is in now.
    fn group_of(&self, ticket_id: TicketId) -> Option<GroupId>;
    /// Whether the person takes part in the ticket, in whatever role.
    fn takes_part(&self, user_id: UserId, ticket_id: TicketId) -> bool;
}

impl Viewer {
    /// Whether they are in the group. A guest is in none, even where a place in one is left over
    /// from when they were more than that.
    pub fn in_group(&self, group_id: GroupId) -> bool {
        self.role != Role::Guest && self.groups.contains_key(&group_id)
    }

    /// Whether they work every ticket in the group's queues.
    pub fn works_for(&self, group_id: GroupId) -> bool {
        self.is_admin || self.in_group(group_id)
    }

    /// Whether they manage the group's members and queues.
    pub fn manages(&self, group_id: GroupId) -> bool {
        self.is_admin || (self.in_group(group_id) && self.groups.get(&group_id) == Some(&true))
    }

    /// Whether they see the internal comments written for the group.
    pub fn sees_internal(&self, group_id: GroupId) -> bool {
        self.is_admin || (self.role != Role::Child && self.in_group(group_id))
    }
}

/// Whether the viewer, as they are now, sees a record with this audience.
pub fn sees(viewer: &Viewer, audience: &Audience, scene: &impl Scene) -> bool {
    match audience {
        Audience::Everyone => true,
        Audience::User { user_id } => *user_id == viewer.user_id,
        _ if viewer.is_admin => true,
        Audience::Family => viewer.role != Role::Guest,
        Audience::Group { group_id } => viewer.in_group(*group_id),
        Audience::Ticket { ticket_id } => sees_ticket(viewer, *ticket_id, scene),
        Audience::Internal {
            ticket_id,
            group_id,
        } => viewer.sees_internal(*group_id) && sees_ticket(viewer, *ticket_id, scene),
        Audience::Admins => false,
    }
}

fn sees_ticket(viewer: &Viewer, ticket_id: TicketId, scene: &impl Scene) -> bool {
    scene.takes_part(viewer.user_id, ticket_id)
        || scene
            .group_of(ticket_id)
            .is_some_and(|group_id| viewer.works_for(group_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const HOME: GroupId = GroupId(Uuid::from_u128(1));
    const COUSINS: GroupId = GroupId(Uuid::from_u128(2));
    const TICKET: TicketId = TicketId(Uuid::from_u128(3));
    const ANA: UserId = UserId(Uuid::from_u128(4));
    const BEN: UserId = UserId(Uuid::from_u128(5));

    /// A ticket in a queue of HOME in which BEN takes part.
    struct AtHome;

    impl Scene for AtHome {
        fn group_of(&self, _: TicketId) -> Option<GroupId> {
            Some(HOME)
        }

        fn takes_part(&self, user_id: UserId, _: TicketId) -> bool {
            user_id == BEN
        }
    }

    fn viewer(user_id: UserId, role: Role, groups: &[GroupId]) -> Viewer {
        Viewer {
            user_id,
            role,
            is_admin: false,
            groups: groups.iter().map(|group| (*group, false)).collect(),
        }
    }

    const ON_TICKET: Audience = Audience::Ticket { ticket_id: TICKET };
    const NOTE: Audience = Audience::Internal {
        ticket_id: TICKET,
        group_id: HOME,
    };

    #[test]
    fn a_ticket_is_seen_by_its_group_and_by_those_who_take_part() {
        assert!(sees(
            &viewer(ANA, Role::Adult, &[HOME]),
            &ON_TICKET,
            &AtHome
        ));
        assert!(!sees(
            &viewer(ANA, Role::Adult, &[COUSINS]),
            &ON_TICKET,
            &AtHome
        ));
        assert!(sees(&viewer(BEN, Role::Guest, &[]), &ON_TICKET, &AtHome));
        assert!(!sees(&viewer(ANA, Role::Guest, &[]), &ON_TICKET, &AtHome));
    }

    #[test]
    fn an_internal_note_reaches_the_group_alone_and_never_a_child() {
        assert!(sees(&viewer(ANA, Role::Adult, &[HOME]), &NOTE, &AtHome));
        assert!(!sees(&viewer(ANA, Role::Child, &[HOME]), &NOTE, &AtHome));
        assert!(!sees(&viewer(BEN, Role::Adult, &[]), &NOTE, &AtHome));
        assert!(!sees(&viewer(BEN, Role::Adult, &[COUSINS]), &NOTE, &AtHome));
    }

    #[test]
    fn names_of_groups_and_queues_are_for_members_but_not_guests() {
        assert!(sees(
            &viewer(ANA, Role::Child, &[]),
            &Audience::Family,
            &AtHome
        ));
        assert!(!sees(
            &viewer(ANA, Role::Guest, &[]),
            &Audience::Family,
            &AtHome
        ));
        assert!(sees(
            &viewer(ANA, Role::Guest, &[]),
            &Audience::Everyone,
            &AtHome
        ));
    }

    #[test]
    fn an_admin_sees_everything_but_what_is_one_persons_own() {
        let admin = Viewer {
            is_admin: true,
            ..viewer(ANA, Role::Adult, &[])
        };
        for audience in [ON_TICKET, NOTE, Audience::Admins, Audience::Family] {
            assert!(sees(&admin, &audience, &AtHome));
        }
        let bens_own = Audience::User { user_id: BEN };
        assert!(!sees(&admin, &bens_own, &AtHome));
    }
}
