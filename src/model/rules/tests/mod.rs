//! The rules by name, over a small family that is kept in memory.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use uuid::Uuid;

use super::decide;
use crate::model::audience::{Scene, Viewer};
use crate::model::change::Change;
use crate::model::command::{Actor, Command, CommandBody, NewComment, NewFamily};
use crate::model::comment::{Channel, Comment};
use crate::model::entity::{EntityKey, Written};
use crate::model::id::{CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::known::{FEW, Known, Need, Stop};
use crate::model::long_text::LongText;
use crate::model::membership::{Membership, Role};
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::ticket::{NewTicket, Ticket, TicketField};

mod access;
mod attachment;
mod comment;
mod conflict;
mod family;
mod group;
mod import;
mod lifecycle;
mod membership;
mod merge;
mod participant;
mod queue;
mod random;
mod read_marker;
mod status;
mod ticket;
mod user;

const FAMILY: FamilyId = FamilyId(Uuid::from_u128(0xFA));

/// Founded the family; in no group but those that they made.
const ADMIN: UserId = UserId(Uuid::from_u128(1));
/// Manages the group Home, and is no admin of the family.
const GROUP_ADMIN: UserId = UserId(Uuid::from_u128(2));
/// An adult in Home.
const ADULT: UserId = UserId(Uuid::from_u128(3));
/// A child in Home.
const CHILD: UserId = UserId(Uuid::from_u128(4));
/// An adult in Cousins, who files the tap ticket and so takes part in it.
const UNCLE: UserId = UserId(Uuid::from_u128(5));
/// Another adult in Cousins, who has no part in the tap ticket.
const COUSIN: UserId = UserId(Uuid::from_u128(6));
/// A guest in copy on the tap ticket.
const FRIEND: UserId = UserId(Uuid::from_u128(7));
/// A guest who takes part in nothing.
const GUEST: UserId = UserId(Uuid::from_u128(8));
/// Invited, and has not said yes.
const INVITEE: UserId = UserId(Uuid::from_u128(9));
/// Nothing to do with the family.
const STRANGER: UserId = UserId(Uuid::from_u128(10));

const HOME: GroupId = GroupId(Uuid::from_u128(21));
const COUSINS: GroupId = GroupId(Uuid::from_u128(22));
/// A group that has neither members (but the admin) nor queues.
const BAND: GroupId = GroupId(Uuid::from_u128(23));
/// A queue of Home.
const CHORES: QueueId = QueueId(Uuid::from_u128(31));
/// A queue of Cousins.
const TRIPS: QueueId = QueueId(Uuid::from_u128(32));
/// A queue of Home that holds nothing.
const SPARE: QueueId = QueueId(Uuid::from_u128(33));
/// The ticket about the tap, in Chores.
const TAP: TicketId = TicketId(Uuid::from_u128(41));

const START: Timestamp = Timestamp(1_750_000_000);

/// One family in memory.
#[derive(Debug, Clone, PartialEq)]
struct House {
    records: BTreeMap<EntityKey, Record>,
    now: Timestamp,
    /// How many tickets have been numbered.
    numbered: u32,
    /// How many ids have been handed out.
    fresh: u128,
    /// Every change of something that was there, with its number.
    log: Vec<(i64, Change)>,
    log_end: i64,
}

impl House {
    /// No family at all.
    fn empty() -> House {
        House {
            records: BTreeMap::new(),
            now: START,
            numbered: 0,
            fresh: 0x1000,
            log: Vec::new(),
            log_end: 0,
        }
    }

    /// The family as the constants above describe it.
    fn new() -> House {
        let mut house = House::empty();
        house.ok(ADMIN, CommandBody::FamilyCreate(new_family()));
        for (user_id, role) in [
            (GROUP_ADMIN, Role::Adult),
            (ADULT, Role::Adult),
            (CHILD, Role::Child),
            (UNCLE, Role::Adult),
            (COUSIN, Role::Adult),
            (FRIEND, Role::Guest),
            (GUEST, Role::Guest),
            (INVITEE, Role::Adult),
        ] {
            house.ok(ADMIN, invite(user_id, role));
            if user_id != INVITEE {
                house.ok(user_id, CommandBody::MembershipAccept {});
            }
        }
        for (group_id, name) in [(HOME, "Home"), (COUSINS, "Cousins"), (BAND, "Band")] {
            house.ok(ADMIN, new_group(group_id, name));
        }
        for (group_id, user_id, is_admin) in [
            (HOME, GROUP_ADMIN, true),
            (HOME, ADULT, false),
            (HOME, CHILD, false),
            (COUSINS, UNCLE, false),
            (COUSINS, COUSIN, false),
        ] {
            house.ok(ADMIN, group_add(group_id, user_id, is_admin));
        }
        for (queue_id, group_id) in [(CHORES, HOME), (TRIPS, COUSINS), (SPARE, HOME)] {
            house.ok(ADMIN, new_queue(queue_id, group_id));
        }
        house.ok(UNCLE, file(TAP, CHORES, "The tap drips"));
        house.ok(ADULT, take_part(TAP, FRIEND, ParticipantRole::Cc));
        house
    }

    /// Gives a command and applies what it comes to.
    fn give(&mut self, actor: UserId, body: CommandBody) -> Result<Vec<Change>, Refusal> {
        self.give_seen(actor, None, body)
    }

    /// The same, of someone who has seen the log as far as that.
    fn give_seen(
        &mut self,
        actor: UserId,
        seen: Option<i64>,
        body: CommandBody,
    ) -> Result<Vec<Change>, Refusal> {
        let command = Command {
            command_id: CommandId(Uuid::from_u128(0xC0)),
            issued_at: self.now,
            seen,
            body,
        };
        let mut known = Known::new(FAMILY);
        let mut asked = HashSet::new();
        let before = self.clone();
        let changes = loop {
            match decide(&command, &Actor::user(actor), self.now, &known) {
                Ok(changes) => break changes,
                Err(Stop::Refused(refusal)) => {
                    assert_eq!(*self, before, "a refusal changed something");
                    return Err(refusal);
                }
                Err(Stop::Need(needs)) => {
                    assert!(!needs.is_empty(), "stopped for nothing");
                    for need in needs {
                        assert!(asked.insert(need), "asked twice for {need:?}");
                        known.learn(need, self.answer(need));
                    }
                }
            }
        };
        for change in &changes {
            self.apply(change, actor);
        }
        Ok(changes)
    }

    /// Gives a command that must succeed.
    fn ok(&mut self, actor: UserId, body: CommandBody) -> Vec<Change> {
        let told = format!("{body:?}");
        self.give(actor, body)
            .unwrap_or_else(|refusal| panic!("{told} was refused: {refusal}"))
    }

    /// Gives a command that must be refused.
    fn no(&mut self, actor: UserId, body: CommandBody) -> Refusal {
        let told = format!("{body:?}");
        match self.give(actor, body) {
            Ok(changes) => panic!("{told} came to {changes:?}"),
            Err(refusal) => refusal,
        }
    }

    fn answer(&self, need: Need) -> Vec<Record> {
        let live = self.records.values().filter(|it| !it.common().deleted);
        match need {
            Need::Entity(key) => self.records.get(&key).cloned().into_iter().collect(),
            Need::Admins => live
                .filter(|it| matches!(it, Record::Membership(it) if it.is_live() && it.is_admin))
                .cloned()
                .collect(),
            Need::GroupsOf(user_id) => live
                .filter(|it| {
                    matches!(it, Record::GroupMembership(it) if it.is_live() && it.user_id == user_id)
                })
                .cloned()
                .collect(),
            Need::Participants(ticket_id) => live
                .filter(|it| matches!(it, Record::Participant(it) if it.ticket_id == ticket_id))
                .cloned()
                .collect(),
            Need::Attachments(ticket_id) => live
                .filter(|it| matches!(it, Record::Attachment(it) if it.ticket_id == ticket_id))
                .cloned()
                .collect(),
            Need::OpenChildren(ticket_id) => live
                .filter(|it| {
                    matches!(it, Record::Ticket(it)
                        if it.parent_ticket == Some(ticket_id) && it.status == Status::Open)
                })
                .cloned()
                .collect(),
            Need::LiveTickets(queue_id) => live
                .filter(|it| matches!(it, Record::Ticket(it) if it.queue_id == queue_id))
                .take(FEW)
                .cloned()
                .collect(),
            Need::LiveQueues(group_id) => live
                .filter(|it| matches!(it, Record::Queue(it) if it.group_id == group_id))
                .take(FEW)
                .cloned()
                .collect(),
            Need::OpenInvitations => live
                .filter(|it| matches!(it, Record::Membership(it) if it.is_open_invitation()))
                .cloned()
                .collect(),
            Need::Webhooks => live
                .filter(|it| matches!(it, Record::Webhook(_)))
                .cloned()
                .collect(),
            Need::StatusSince(ticket_id, seen) => self.statuses(ticket_id, seen),
            Need::LastComments(ticket_id) => live
                .filter(|it| matches!(it, Record::Comment(it) if it.ticket_id == ticket_id))
                .cloned()
                .collect(),
        }
    }

    fn statuses(&self, of: TicketId, seen: i64) -> Vec<Record> {
        let mut found = Vec::new();
        for (_, change) in self.log.iter().filter(|(seq, _)| *seq > seen) {
            if let (Some(Record::Ticket(before)), Record::Ticket(after)) =
                (&change.before, &change.after)
                && (before.ticket_id, before.status) != (of, after.status)
                && after.ticket_id == of
            {
                if found.is_empty() {
                    found.push(before.clone().into());
                }
                found.push(after.clone().into());
            }
        }
        found
    }

    /// Applies a change, which must fit what is there and count one version on.
    fn apply(&mut self, change: &Change, by: UserId) {
        let key = change.after.key();
        assert_eq!(self.records.get(&key), change.before.as_ref(), "{key:?}");
        let after = change.after.common();
        match &change.before {
            None => assert_eq!(after.version, 1, "{key:?}"),
            Some(before) => {
                assert_eq!(before.key(), key);
                assert_eq!(after.version, before.common().version + 1, "{key:?}");
                assert_eq!(after.created_by, before.common().created_by);
                assert_eq!(after.creation_date, before.common().creation_date);
                assert_eq!(after.last_update, self.now);
            }
        }
        let mut record = change.after.clone();
        if let Record::Ticket(ticket) = &mut record
            && change.before.is_none()
        {
            // As the backend does in the creating transaction.
            self.numbered += 1;
            ticket.number = Some(TicketNumber {
                prefix: "RIV".parse().expect("a prefix"),
                year: 2025,
                count: self.numbered,
            });
        }
        self.log_end += 1;
        let seq = self.log_end;
        record.common_mut().written = Some(Written { seq, by });
        let change = Change {
            before: change.before.clone(),
            after: record.clone(),
        };
        self.log.push((seq, change));
        self.records.insert(key, record);
    }

    fn fresh(&mut self) -> Uuid {
        self.fresh += 1;
        Uuid::from_u128(self.fresh)
    }

    /// Lets so many seconds pass.
    fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus(seconds);
    }

    /// Files another ticket.
    fn ticket(&mut self, by: UserId, queue_id: QueueId) -> TicketId {
        let ticket_id = TicketId(self.fresh());
        self.ok(by, file(ticket_id, queue_id, "Another thing"));
        ticket_id
    }

    /// Writes a comment.
    fn comment(&mut self, by: UserId, ticket_id: TicketId, internal: bool) -> CommentId {
        let comment_id = CommentId(self.fresh());
        let mut new = said(ticket_id, comment_id);
        new.internal = internal;
        self.ok(by, CommandBody::CommentAdd(new));
        comment_id
    }

    fn get(&self, key: EntityKey) -> &Record {
        self.records
            .get(&key)
            .unwrap_or_else(|| panic!("{key:?} is not there"))
    }

    fn at(&self, ticket_id: TicketId) -> &Ticket {
        match self.get(EntityKey::Ticket(ticket_id)) {
            Record::Ticket(ticket) => ticket,
            other => panic!("{other:?} is no ticket"),
        }
    }

    fn member(&self, user_id: UserId) -> &Membership {
        match self.get(EntityKey::Membership(user_id)) {
            Record::Membership(membership) => membership,
            other => panic!("{other:?} is no membership"),
        }
    }

    fn thread(&self, ticket_id: TicketId) -> Vec<&Comment> {
        let comments = self.records.values().filter_map(|record| match record {
            Record::Comment(comment) if comment.ticket_id == ticket_id => Some(comment),
            _ => None,
        });
        comments.collect()
    }

    /// The live parts that people have in a ticket.
    fn parts(&self, ticket_id: TicketId) -> BTreeSet<(ParticipantRole, UserId)> {
        let parts = self.answer(Need::Participants(ticket_id));
        let parts = parts.iter().filter_map(|record| match record {
            Record::Participant(it) => Some((it.role, it.user_id)),
            _ => None,
        });
        parts.collect()
    }

    /// Someone as they are now, with every group they are in; none outside the family.
    fn viewer(&self, user_id: UserId) -> Option<Viewer> {
        let membership = match self.records.get(&EntityKey::Membership(user_id)) {
            Some(Record::Membership(it)) if it.is_live() => it,
            _ => return None,
        };
        let places = self.answer(Need::GroupsOf(user_id));
        let groups = places.iter().filter_map(|record| match record {
            Record::GroupMembership(it) => Some((it.group_id, it.is_admin)),
            _ => None,
        });
        Some(Viewer {
            user_id,
            role: membership.role,
            is_admin: membership.is_admin,
            groups: groups.collect(),
        })
    }
}

impl Scene for House {
    fn group_of(&self, ticket_id: TicketId) -> Option<GroupId> {
        let queue_id = match self.records.get(&EntityKey::Ticket(ticket_id)) {
            Some(Record::Ticket(ticket)) => ticket.queue_id,
            _ => return None,
        };
        match self.records.get(&EntityKey::Queue(queue_id)) {
            Some(Record::Queue(queue)) => Some(queue.group_id),
            _ => None,
        }
    }

    fn takes_part(&self, user_id: UserId, ticket_id: TicketId) -> bool {
        self.parts(ticket_id).iter().any(|(_, who)| *who == user_id)
    }
}

fn new_family() -> NewFamily {
    NewFamily {
        family_name: "Rivera".to_owned(),
        family_description: String::new(),
        ticket_prefix: "RIV".parse().expect("a prefix"),
        time_zone: "Europe/Madrid".to_owned(),
        display_name: "Ada".to_owned(),
    }
}

fn invite(user_id: UserId, role: Role) -> CommandBody {
    CommandBody::MembershipInvite {
        user_id,
        display_name: "Somebody".to_owned(),
        role,
    }
}

fn new_group(group_id: GroupId, name: &str) -> CommandBody {
    CommandBody::GroupCreate {
        group_id,
        group_name: name.to_owned(),
        group_description: String::new(),
    }
}

fn group_add(group_id: GroupId, user_id: UserId, is_admin: bool) -> CommandBody {
    CommandBody::GroupMembershipAdd {
        group_id,
        user_id,
        is_admin,
    }
}

fn new_queue(queue_id: QueueId, group_id: GroupId) -> CommandBody {
    CommandBody::QueueCreate {
        queue_id,
        group_id,
        queue_name: "Queue".to_owned(),
        queue_description: String::new(),
        default_severity: None,
    }
}

fn new_ticket(ticket_id: TicketId, queue_id: QueueId) -> NewTicket {
    NewTicket {
        ticket_id,
        queue_id,
        title: "A thing".to_owned(),
        description: None,
        severity: None,
        requested_by: None,
        assigned_to: None,
        category: None,
        due_date: None,
        tags: BTreeSet::new(),
        parent_ticket: None,
        source: Channel::Screen,
    }
}

fn file(ticket_id: TicketId, queue_id: QueueId, title: &str) -> CommandBody {
    let mut new = new_ticket(ticket_id, queue_id);
    new.title = title.to_owned();
    CommandBody::TicketCreate(Box::new(new))
}

fn set(ticket_id: TicketId, set: TicketField) -> CommandBody {
    CommandBody::TicketSet {
        ticket_id,
        set,
        base: None,
    }
}

fn take_part(ticket_id: TicketId, user_id: UserId, role: ParticipantRole) -> CommandBody {
    CommandBody::ParticipantAdd {
        ticket_id,
        user_id,
        role,
    }
}

fn said(ticket_id: TicketId, comment_id: CommentId) -> NewComment {
    NewComment {
        ticket_id,
        comment_id,
        comment_body: LongText::from("I see"),
        reply_to: None,
        internal: false,
        channel: Channel::Screen,
    }
}

fn delete(key: EntityKey) -> CommandBody {
    CommandBody::EntityDelete(key)
}

fn restore(key: EntityKey) -> CommandBody {
    CommandBody::EntityRestore(key)
}

fn resolve(ticket_id: TicketId) -> CommandBody {
    CommandBody::TicketResolve { ticket_id }
}

fn reopen(ticket_id: TicketId) -> CommandBody {
    CommandBody::TicketReopen { ticket_id }
}

fn close(ticket_id: TicketId) -> CommandBody {
    CommandBody::TicketClose { ticket_id }
}

fn expire(ticket_id: TicketId) -> CommandBody {
    CommandBody::TicketExpire { ticket_id }
}

fn is_invalid(refusal: &Refusal, of: &str) -> bool {
    matches!(refusal, Refusal::Invalid { field, .. } if field == of)
}

fn is_not_allowed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotAllowed { .. })
}

fn is_not_found(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotFound { .. })
}
