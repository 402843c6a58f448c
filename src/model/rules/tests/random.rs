//! Whatever people do, in whatever order, some things stay true.

use proptest::prelude::*;

use super::*;
use crate::model::audience::{Audience, sees};
use crate::model::command::{ImportBatch, MembershipField};
use crate::model::participant::ParticipantRole;
use crate::model::queue::QueueField;
use crate::model::severity::Severity;
use crate::model::source::DAY;
use crate::model::status::Stage;
use crate::model::user::UserField;

/// Everybody who may act, time included.
const ACTORS: [UserId; 11] = [
    ADMIN,
    GROUP_ADMIN,
    ADULT,
    CHILD,
    UNCLE,
    COUSIN,
    FRIEND,
    GUEST,
    INVITEE,
    STRANGER,
    UserId::SYSTEM,
];

const ROLES: [Role; 3] = [Role::Adult, Role::Child, Role::Guest];

/// How many kinds of command [`Step::body`] gives.
const KINDS: usize = 40;

/// One thing done: by whom, what kind of thing, and which of a few things it is done to.
#[derive(Debug, Clone)]
struct Step {
    actor: usize,
    kind: usize,
    a: usize,
    b: usize,
    /// How long after the step before.
    days: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // An admin acts half of the time, so that the house changes under everyone else.
    let actor = prop_oneof![Just(0), 0..ACTORS.len()];
    let days = prop_oneof![4 => Just(0), 1 => 0..40_i64];
    let step = (actor, 0..KINDS, 0..1000_usize, 0..1000_usize, days);
    let step = step.prop_map(|(actor, kind, a, b, days)| Step {
        actor,
        kind,
        a,
        b,
        days,
    });
    proptest::collection::vec(step, 1..120)
}

fn one<T: Copy>(of: &[T], at: usize) -> T {
    of[at % of.len()]
}

fn ticket_id(at: usize) -> TicketId {
    TicketId(Uuid::from_u128(41 + at as u128 % 3))
}

fn comment_id(at: usize) -> CommentId {
    CommentId(Uuid::from_u128(51 + at as u128 % 4))
}

fn queue_id(at: usize) -> QueueId {
    QueueId(Uuid::from_u128(31 + at as u128 % 4))
}

fn group_id(at: usize) -> GroupId {
    GroupId(Uuid::from_u128(21 + at as u128 % 4))
}

impl Step {
    fn user(&self) -> UserId {
        one(&ACTORS, self.b)
    }

    /// Time gives what time alone may.
    fn actor(&self) -> UserId {
        if self.kind == 30 {
            UserId::SYSTEM
        } else {
            one(&ACTORS, self.actor)
        }
    }

    /// The version of the ticket as it is now.
    fn version(&self, house: &House) -> i64 {
        let key = EntityKey::Ticket(ticket_id(self.a));
        house.records.get(&key).map_or(0, |it| it.common().version)
    }

    fn yes(&self) -> bool {
        self.b.is_multiple_of(2)
    }

    fn body(&self, house: &House) -> CommandBody {
        match self.kind {
            0 => invite(self.user(), one(&ROLES, self.a)),
            1 => CommandBody::MembershipRequest {
                display_name: "Sam".to_owned(),
            },
            2 => CommandBody::MembershipAccept {},
            3 => CommandBody::MembershipApprove {
                user_id: self.user(),
            },
            4 => CommandBody::MembershipDecline {
                user_id: self.user(),
            },
            5 => self.membership_set(MembershipField::Role(one(&ROLES, self.a))),
            6 => self.membership_set(MembershipField::IsAdmin(self.a.is_multiple_of(2))),
            7 => CommandBody::MembershipRemove {
                user_id: self.user(),
            },
            8 => new_group(group_id(self.a), "Group"),
            9 => group_add(group_id(self.a), self.user(), self.a.is_multiple_of(2)),
            10 => CommandBody::GroupMembershipRequest {
                group_id: group_id(self.a),
            },
            11 => CommandBody::GroupMembershipRemove {
                group_id: group_id(self.a),
                user_id: self.user(),
            },
            12 => new_queue(queue_id(self.a), group_id(self.b)),
            13 => CommandBody::QueueSet {
                queue_id: queue_id(self.a),
                set: QueueField::GroupId(group_id(self.b)),
            },
            14 => CommandBody::QueueSet {
                queue_id: queue_id(self.a),
                set: QueueField::DefaultAssignee(Some(self.user())),
            },
            15..=17 => self.file(),
            18..=25 => set(ticket_id(self.a), self.field(house)),
            26 => resolve(ticket_id(self.a)),
            27 => reopen(ticket_id(self.a)),
            28 => close(ticket_id(self.a)),
            29 => CommandBody::TicketUnclose {
                ticket_id: ticket_id(self.a),
                closed_version: self.version(house),
            },
            30 => expire(ticket_id(self.a)),
            31 => CommandBody::TicketWake {
                ticket_id: ticket_id(self.a),
            },
            32 => take_part(
                ticket_id(self.a),
                self.user(),
                one(ParticipantRole::ALL, self.b / 11),
            ),
            33 => self.say(),
            34 => delete(self.key()),
            35 => restore(self.key()),
            36 => CommandBody::TicketRead {
                tickets: vec![ticket_id(self.a), ticket_id(self.b)],
                seq: self.b as i64,
            },
            37 => CommandBody::TicketUnread {
                tickets: vec![ticket_id(self.a)],
            },
            38 => CommandBody::UserSet {
                set: self.own_field(),
                base: None,
            },
            _ => self.import(house),
        }
    }

    fn membership_set(&self, set: MembershipField) -> CommandBody {
        CommandBody::MembershipSet {
            user_id: self.user(),
            set,
        }
    }

    fn file(&self) -> CommandBody {
        let mut new = new_ticket(ticket_id(self.a), queue_id(self.b));
        new.assigned_to = self.a.is_multiple_of(4).then(|| self.user());
        new.parent_ticket = self.b.is_multiple_of(3).then(|| ticket_id(self.b));
        CommandBody::TicketCreate(Box::new(new))
    }

    fn field(&self, house: &House) -> TicketField {
        match self.kind {
            18 => TicketField::Severity(one(&Severity::ALL, self.b)),
            19 => TicketField::Stage(one(Stage::ALL, self.b)),
            20 => TicketField::AssignedTo(self.yes().then(|| self.user())),
            21 => TicketField::SnoozedUntil(Some(house.now.plus(DAY))),
            22 => TicketField::QueueId(queue_id(self.b)),
            23 => TicketField::ParentTicket(Some(ticket_id(self.b))),
            24 => TicketField::MergedInto(self.yes().then(|| ticket_id(self.b / 2))),
            _ => TicketField::Title(format!("Title {}", self.b)),
        }
    }

    fn own_field(&self) -> UserField {
        match self.b % 3 {
            0 => UserField::DisplayName(format!("Name {}", self.a)),
            1 => UserField::Email(Some(format!("{}@example.org", self.a))),
            _ => UserField::TimeZone("Europe/Madrid".to_owned()),
        }
    }

    /// Something is said, or said differently.
    fn say(&self) -> CommandBody {
        let mut new = said(ticket_id(self.a), comment_id(self.b));
        new.internal = self.a.is_multiple_of(2);
        if self.b.is_multiple_of(3) {
            return CommandBody::CommentEdit {
                ticket_id: new.ticket_id,
                comment_id: new.comment_id,
                comment_body: LongText::from("Changed"),
                base: None,
            };
        }
        CommandBody::CommentAdd(new)
    }

    fn key(&self) -> EntityKey {
        match self.b % 5 {
            0 => EntityKey::Queue(queue_id(self.a)),
            1 => EntityKey::Group(group_id(self.a)),
            2 => EntityKey::Comment(ticket_id(self.a), comment_id(self.b / 5)),
            _ => EntityKey::Ticket(ticket_id(self.a)),
        }
    }

    fn import(&self, house: &House) -> CommandBody {
        let mut ticket = house.at(TAP).clone();
        ticket.ticket_id = ticket_id(self.a);
        ticket.queue_id = queue_id(self.b);
        ticket.status = one(Status::ALL, self.b);
        (ticket.parent_ticket, ticket.merged_into) = (None, None);
        CommandBody::ImportBatch(ImportBatch {
            system: "jira".to_owned(),
            entities: vec![ticket.into()],
        })
    }
}

/// What must hold in every house.
fn holds_together(house: &House) {
    assert!(!house.answer(Need::Admins).is_empty(), "no admin is left");
    for record in house.records.values().filter(|it| !it.common().deleted) {
        match record {
            Record::Ticket(ticket) => {
                dates_fit(ticket);
                assert!(
                    !house
                        .get(EntityKey::Queue(ticket.queue_id))
                        .common()
                        .deleted
                );
                not_in_a_ring(house, ticket);
            }
            Record::Queue(queue) => {
                assert!(!house.get(EntityKey::Group(queue.group_id)).common().deleted);
            }
            Record::GroupMembership(place) if place.is_live() => {
                let member = house.member(place.user_id);
                assert!(member.is_live(), "in a group but not in the family");
            }
            Record::User(_)
            | Record::Family(_)
            | Record::Membership(_)
            | Record::Group(_)
            | Record::GroupMembership(_)
            | Record::Description(_)
            | Record::Participant(_)
            | Record::Comment(_)
            | Record::Attachment(_)
            | Record::ReadMarker(_)
            | Record::Webhook(_) => {}
        }
    }
}

fn dates_fit(ticket: &Ticket) {
    let dates = (ticket.resolved_date, ticket.reopen_until);
    match ticket.status {
        Status::Open => {
            assert_eq!(dates, (None, None));
            assert_eq!(ticket.closed_date, None);
        }
        Status::Resolved => {
            assert!(dates.0.is_some() && dates.1.is_some(), "{ticket:?}");
            assert_eq!(ticket.closed_date, None);
        }
        Status::Closed => assert!(ticket.closed_date.is_some(), "{ticket:?}"),
    }
}

fn not_in_a_ring(house: &House, ticket: &Ticket) {
    for up in [|it: &Ticket| it.parent_ticket, |it: &Ticket| it.merged_into] {
        let mut passed = BTreeSet::new();
        let mut next = Some(ticket.ticket_id);
        while let Some(at) = next {
            assert!(passed.insert(at), "a ring");
            next = up(house.at(at));
        }
    }
}

/// Markers and records of people are changed by those alone whose they are; a marker never goes back.
fn their_own(actor: UserId, changes: &[Change]) {
    for change in changes {
        match (&change.before, &change.after) {
            (before, Record::ReadMarker(marker)) => {
                assert_eq!(marker.user_id, actor);
                if let Some(Record::ReadMarker(before)) = before {
                    assert!(marker.seq >= before.seq);
                }
            }
            (Some(_), Record::User(user)) => assert_eq!(user.user_id, actor),
            _ => {}
        }
    }
}

/// Whoever changed a ticket, or what belongs to it, saw it just before. Speaking on a merged
/// ticket is the exception: what is said goes to the target.
fn seen_before(before: &House, step: &Step, changes: &[Change]) {
    let actor = step.actor();
    if actor == UserId::SYSTEM {
        return;
    }
    for change in changes {
        let key = change.after.key();
        let was = key.ticket().filter(|id| before.group_of(*id).is_some());
        let Some(ticket_id) = was else { continue };
        let viewer = before
            .viewer(actor)
            .expect("only family members change tickets");
        let redirected = matches!(&change.after, Record::Comment(it) if it.origin_ticket.is_some());
        let audience = Audience::Ticket { ticket_id };
        assert!(redirected || sees(&viewer, &audience, before), "{step:?}");
        if let Some(record) = &change.before {
            assert!(sees(&viewer, &record.audience(), before), "{step:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Versions, questions asked once and refusals without effect are checked by the house itself.
    #[test]
    fn whatever_people_do_the_family_holds_together(steps in steps()) {
        let mut house = House::new();
        for step in &steps {
            house.wait(step.days * DAY);
            let before = house.clone();
            let body = step.body(&house);
            if let Ok(changes) = house.give(step.actor(), body) {
                their_own(step.actor(), &changes);
                seen_before(&before, step, &changes);
                holds_together(&house);
            }
        }
    }
}
