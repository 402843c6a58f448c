//! Invented tickets in any number, the same for the same seed: for measuring and for tests. They
//! come batch by batch, so that a million of them needs no more memory than a thousand.

use std::collections::{BTreeSet, VecDeque};

use uuid::Uuid;

use super::text;
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::entity::Common;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::import::{BATCH_LIMIT, ImportBatch};
use crate::model::long_text::LongText;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::queue::Queue;
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, MINUTE, Timestamp};
use crate::model::status::{REOPEN_WINDOW, Stage, Status};
use crate::model::ticket::{Description, Ticket};
use crate::model::user::User;

mod chance;
mod words;

use chance::Chance;

/// The system that seeded entities say they come from.
const SYSTEM: &str = "seeded";
/// The oldest ticket's age, in seconds: two years.
const SPAN: i64 = 730 * DAY;
/// One ticket in so many is open.
const OPEN_ONE_IN: u64 = 10;

/// What to invent.
#[derive(Debug, Clone)]
pub struct Shape {
    pub seed: u64,
    pub tickets: usize,
    pub comments_each: usize,
    pub family_id: FamilyId,
    /// An admin of the family; some of the tickets are theirs.
    pub viewer: UserId,
    /// All ages are counted back from here.
    pub now: Timestamp,
}

/// The batches, in order.
#[derive(Debug)]
pub struct Seeded {
    shape: Shape,
    chance: Chance,
    people: Vec<UserId>,
    queues: Vec<(QueueId, GroupId)>,
    /// How many tickets have been made.
    made: usize,
    /// What is made and not handed out yet.
    waiting: VecDeque<Record>,
}

/// Begins to invent. A tenth of the tickets are open; ages go over two years, oldest first.
pub fn seeded(shape: Shape) -> Seeded {
    let mut seeded = Seeded {
        chance: Chance::new(shape.seed),
        people: vec![shape.viewer],
        queues: Vec::new(),
        made: 0,
        waiting: VecDeque::new(),
        shape,
    };
    seeded.make_people();
    seeded.make_groups();
    seeded
}

impl Iterator for Seeded {
    type Item = ImportBatch;

    fn next(&mut self) -> Option<ImportBatch> {
        while self.waiting.len() < BATCH_LIMIT && self.made < self.shape.tickets {
            self.make_ticket();
            self.made += 1;
        }
        let size = self.waiting.len().min(BATCH_LIMIT);
        (size > 0).then(|| ImportBatch {
            system: SYSTEM.to_owned(),
            entities: self.waiting.drain(..size).collect(),
        })
    }
}

impl Seeded {
    fn put(&mut self, record: impl Into<Record>) {
        self.waiting.push_back(record.into());
    }

    /// A fresh id that sorts by the moment.
    fn id(&mut self, at: Timestamp) -> Uuid {
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&self.chance.next().to_be_bytes());
        tail[8..].copy_from_slice(&self.chance.next().to_be_bytes()[..2]);
        let millis = u64::try_from(at.0).unwrap_or(0).saturating_mul(1000);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    fn start(&self) -> Timestamp {
        self.shape.now.plus(-SPAN - DAY)
    }

    fn at_start(&self) -> Common {
        Common::new(self.shape.viewer, self.start())
    }

    fn make_people(&mut self) {
        for (place, name) in words::NAMES.iter().enumerate() {
            let user_id = UserId(self.id(self.start()));
            self.people.push(user_id);
            self.put(User {
                user_id,
                email: None,
                display_name: (*name).to_owned(),
                is_active: false,
                is_approved: false,
                time_zone: "UTC".to_owned(),
                common: self.at_start(),
            });
            self.put(Membership {
                family_id: self.shape.family_id,
                user_id,
                display_name: (*name).to_owned(),
                status: MembershipStatus::Member,
                role: match place % 8 {
                    6 => Role::Child,
                    7 => Role::Guest,
                    _ => Role::Adult,
                },
                is_admin: false,
                request_date: self.start(),
                invited_by: None,
                has_left: false,
                common: self.at_start(),
            });
        }
    }

    /// The groups with their queues; the viewer is in the first two, everyone else in one.
    fn make_groups(&mut self) {
        for (place, (name, queues)) in words::GROUPS.iter().enumerate() {
            let group_id = GroupId(self.id(self.start()));
            self.put(Group {
                family_id: self.shape.family_id,
                group_id,
                group_name: (*name).to_owned(),
                group_description: String::new(),
                common: self.at_start(),
            });
            let viewer = self.people.iter().take(1).filter(|_| place < 2);
            let others = self
                .people
                .iter()
                .skip(1 + place)
                .step_by(words::GROUPS.len());
            for user_id in viewer.chain(others).copied().collect::<Vec<_>>() {
                self.put(GroupMembership {
                    family_id: self.shape.family_id,
                    group_id,
                    user_id,
                    status: MembershipStatus::Member,
                    is_admin: false,
                    request_date: self.start(),
                    common: self.at_start(),
                });
            }
            for queue_name in *queues {
                let queue_id = QueueId(self.id(self.start()));
                self.queues.push((queue_id, group_id));
                self.put(Queue {
                    family_id: self.shape.family_id,
                    queue_id,
                    group_id,
                    queue_name: (*queue_name).to_owned(),
                    queue_description: String::new(),
                    default_severity: None,
                    default_assignee: None,
                    common: self.at_start(),
                });
            }
        }
    }

    /// The next ticket, later than the one before, with all that hangs on it.
    fn make_ticket(&mut self) {
        let created = self.next_moment();
        let (queue_id, group_id) = *self.chance.pick(&self.queues);
        let requested_by = *self.chance.pick(&self.people);
        let thing = *self.chance.pick(words::THINGS);
        let common = Common::new(requested_by, created);
        let mut ticket = Ticket {
            family_id: self.shape.family_id,
            ticket_id: TicketId(self.id(created)),
            queue_id,
            number: None,
            title: words::title(&mut self.chance, thing),
            severity: self.severity(),
            status: Status::Open,
            stage: Stage::New,
            waiting_note: None,
            requested_by,
            assigned_to: None,
            assigned_group: None,
            category: None,
            due_date: None,
            resolved_date: None,
            closed_date: None,
            reopen_until: None,
            snoozed_until: None,
            tags: self.tags(thing),
            source: Channel::Import,
            external_ref: Some(format!("{SYSTEM}:{}", self.made)),
            parent_ticket: None,
            merged_into: None,
            triaged: false,
            common: common.clone(),
        };
        self.lead_on(&mut ticket);
        let ticket_id = ticket.ticket_id;
        let assigned_to = ticket.assigned_to;
        self.put(ticket);
        let description = LongText::Inline(words::body(&mut self.chance, thing));
        self.put(Description {
            family_id: self.shape.family_id,
            ticket_id,
            description,
            common: common.clone(),
        });
        let assignee = assigned_to.map(|user_id| (user_id, ParticipantRole::Assignee));
        let roles = [(requested_by, ParticipantRole::Requester)];
        for (user_id, role) in roles.into_iter().chain(assignee) {
            self.put(Participant {
                family_id: self.shape.family_id,
                ticket_id,
                user_id,
                role,
                common: common.clone(),
            });
        }
        self.make_comments(Thread {
            ticket_id,
            group_id,
            created,
            thing,
        });
    }

    /// Moments in even steps over the span, each with a little chance inside its step.
    fn next_moment(&mut self) -> Timestamp {
        let (of, place) = (self.shape.tickets.max(1) as i64, self.made as i64);
        let step = (SPAN / of).max(1);
        let offset = SPAN.saturating_mul(place) / of + self.chance.below(step as u64) as i64;
        self.shape.now.plus(-SPAN + offset)
    }

    fn severity(&mut self) -> Severity {
        match self.chance.below(100) {
            0..2 => Severity::Sev1,
            2..8 => Severity::Sev2,
            8..20 => Severity::Sev2_5,
            20..60 => Severity::Sev3,
            60..85 => Severity::Sev4,
            _ => Severity::Sev5,
        }
    }

    fn tags(&mut self, thing: &str) -> BTreeSet<String> {
        let mut tags = BTreeSet::new();
        if self.chance.one_in(2) {
            tags.extend(text::tag(thing).map(|(tag, _)| tag));
        }
        for _ in 0..self.chance.below(3) {
            tags.insert((*self.chance.pick(words::TAGS)).to_owned());
        }
        tags
    }

    /// What has become of the ticket by now.
    fn lead_on(&mut self, ticket: &mut Ticket) {
        let now = self.shape.now;
        let created = ticket.common.creation_date;
        if !self.chance.one_in(4) {
            ticket.assigned_to = Some(*self.chance.pick(&self.people));
        }
        if self.chance.one_in(OPEN_ONE_IN) {
            ticket.stage = *self
                .chance
                .pick(&[Stage::New, Stage::Active, Stage::Waiting]);
            ticket.waiting_note = (ticket.stage == Stage::Waiting)
                .then(|| (*self.chance.pick(words::WAITING)).to_owned());
            if self.chance.one_in(4) {
                let days = self.chance.below(40) as i64 - 10;
                ticket.due_date = Some(now.plus(days * DAY + 9 * HOUR));
            }
            if self.chance.one_in(20) {
                ticket.snoozed_until = Some(now.plus((1 + self.chance.below(30) as i64) * DAY));
            }
            return;
        }
        let took = HOUR + self.chance.below(20 * DAY as u64) as i64;
        let done = created.plus(took).min(now);
        ticket.stage = Stage::Active;
        ticket.common.last_update = done;
        ticket.resolved_date = Some(done);
        let until = done.plus(REOPEN_WINDOW);
        if until > now {
            ticket.status = Status::Resolved;
            ticket.reopen_until = Some(until);
        } else {
            ticket.status = Status::Closed;
            ticket.closed_date = Some(until);
        }
    }

    fn make_comments(&mut self, on: Thread<'_>) {
        let mut at = on.created;
        let mut before = None;
        for _ in 0..self.shape.comments_each {
            let later = MINUTE + self.chance.below(2 * DAY as u64) as i64;
            at = at.plus(later).min(self.shape.now);
            let comment_id = CommentId(self.id(at));
            let comment_user = *self.chance.pick(&self.people);
            let comment_body = LongText::Inline(words::reply(&mut self.chance, on.thing));
            let reply_to = before.filter(|_| self.chance.one_in(3));
            let internal = self.chance.one_in(8).then_some(on.group_id);
            self.put(Comment {
                family_id: self.shape.family_id,
                comment_id,
                ticket_id: on.ticket_id,
                comment_user,
                author_kind: AuthorKind::User,
                comment_body,
                comment_date: at,
                reply_to,
                internal,
                channel: Channel::Import,
                external_ref: None,
                origin_ticket: None,
                common: Common::new(comment_user, at),
            });
            before = Some(comment_id);
        }
    }
}

/// Where comments go and what they are about.
struct Thread<'a> {
    ticket_id: TicketId,
    group_id: GroupId,
    created: Timestamp,
    thing: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::{ADMIN, FAMILY, NOW, taken_in};

    fn shape(seed: u64, tickets: usize) -> Shape {
        Shape {
            seed,
            tickets,
            comments_each: 3,
            family_id: FAMILY,
            viewer: ADMIN,
            now: NOW,
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_tickets_and_another_seed_others() {
        let batches = |seed| seeded(shape(seed, 200)).collect::<Vec<_>>();
        assert_eq!(batches(1), batches(1));
        assert_ne!(batches(1), batches(2));
    }

    #[test]
    fn the_rules_take_them_and_there_is_something_of_everything() {
        let batches: Vec<ImportBatch> = seeded(shape(7, 2_000)).collect();
        let all_but_last = &batches[..batches.len() - 1];
        assert!(
            all_but_last
                .iter()
                .all(|it| it.entities.len() == BATCH_LIMIT)
        );
        let records = taken_in(batches);
        let mut tickets = Vec::new();
        let mut comments = 0;
        for record in &records {
            match record {
                Record::Ticket(it) => tickets.push(it),
                Record::Comment(_) => comments += 1,
                _ => {}
            }
        }
        assert_eq!((tickets.len(), comments), (2_000, 6_000));
        assert!(tickets.is_sorted_by_key(|it| it.common.creation_date));
        for severity in Severity::ALL {
            assert!(tickets.iter().any(|it| it.severity == severity));
        }
        let count = |status| tickets.iter().filter(|it| it.status == status).count();
        assert!((150..250).contains(&count(Status::Open)));
        assert!(count(Status::Resolved) > 0 && count(Status::Closed) > 1_000);
        assert!(
            tickets
                .iter()
                .any(|it| it.due_date.is_some_and(|at| at < NOW))
        );
        assert!(tickets.iter().all(|it| it.common.creation_date <= NOW));
        let titles: BTreeSet<&str> = tickets.iter().map(|it| it.title.as_str()).collect();
        assert!(titles.len() > 1_000, "{}", titles.len());
    }
}
