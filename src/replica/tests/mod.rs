//! The store against a small backend of its own: a map of entities, the model's rules and a log.

use std::collections::{BTreeMap, HashSet};

use super::resolve::Decider;
use super::view::*;
use super::*;
use crate::model::audit::{AuditRecord, status_changes};
use crate::model::change::Change;
use crate::model::command::{Actor, Command, CommandBody, NewComment, NewFamily};
use crate::model::comment::Channel;
use crate::model::entity::EntityKey;
use crate::model::id::*;
use crate::model::known::{Known, Need, Stop};
use crate::model::long_text::LongText;
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::rules;
use crate::model::severity::Severity;
use crate::model::source::{FixedSource, Source, Timestamp};
use crate::model::status::{Stage, Status};
use crate::model::ticket::{NewTicket, Ticket, TicketField};
use crate::query::Order;
use crate::wire::cursor::Cursor;
use crate::wire::problem::Problem;
use crate::wire::sync::{Outcome, Pull, Pushed, SnapshotPage, Verdict as Told};

mod counters;
mod files;
mod lists;
mod own_writes;
mod pulling;
mod searching;
mod threads;
mod walks;

/// The moment at which every test begins.
const START: Timestamp = Timestamp(1_700_000_000);

/// Someone who gives commands that are not to be undone.
fn by(actor: &Actor, now: Timestamp) -> Giver<'_> {
    Giver {
        actor,
        now,
        deed: None,
    }
}

/// A backend: decides by the model's rules and keeps a log.
struct Backend {
    family_id: FamilyId,
    entities: BTreeMap<EntityKey, Record>,
    log: Vec<AuditRecord>,
    results: Vec<Told>,
    seen: HashSet<CommandId>,
    epoch: String,
    now: Timestamp,
    numbers: u32,
}

impl Backend {
    fn head(&self) -> Cursor {
        Cursor::new(&self.epoch, self.log.len() as i64, "")
    }

    fn answer(&self, need: Need) -> Vec<Record> {
        let live = |record: &&Record| !record.common().deleted;
        let all = self.entities.values();
        match need {
            Need::Entity(key) => self.entities.get(&key).cloned().into_iter().collect(),
            Need::Admins => all
                .filter(live)
                .filter(|it| matches!(it, Record::Membership(it) if it.is_live() && it.is_admin))
                .cloned()
                .collect(),
            Need::GroupsOf(user) => all
                .filter(|it| {
                    matches!(it, Record::GroupMembership(it) if it.is_live() && it.user_id == user)
                })
                .cloned()
                .collect(),
            Need::Participants(ticket) => all
                .filter(live)
                .filter(|it| matches!(it, Record::Participant(it) if it.ticket_id == ticket))
                .cloned()
                .collect(),
            Need::Attachments(ticket) => all
                .filter(live)
                .filter(|it| matches!(it, Record::Attachment(it) if it.ticket_id == ticket))
                .cloned()
                .collect(),
            Need::OpenChildren(parent) => all
                .filter(live)
                .filter(|it| {
                    matches!(it, Record::Ticket(it)
                        if it.parent_ticket == Some(parent) && it.status == Status::Open)
                })
                .cloned()
                .collect(),
            Need::LiveTickets(queue) => all
                .filter(live)
                .filter(|it| matches!(it, Record::Ticket(it) if it.queue_id == queue))
                .cloned()
                .collect(),
            Need::LiveQueues(group) => all
                .filter(live)
                .filter(|it| matches!(it, Record::Queue(it) if it.group_id == group))
                .cloned()
                .collect(),
            Need::OpenInvitations => all
                .filter(live)
                .filter(|it| matches!(it, Record::Membership(it) if it.is_open_invitation()))
                .cloned()
                .collect(),
            Need::Webhooks => all
                .filter(live)
                .filter(|it| matches!(it, Record::Webhook(_)))
                .cloned()
                .collect(),
            Need::StatusSince(ticket, seen) => {
                let key = EntityKey::Ticket(ticket);
                let since = self.log.iter().filter(|it| it.entity == key);
                status_changes(since.filter(|it| it.seq > seen))
            }
            Need::LastComments(ticket) => all
                .filter(live)
                .filter(|it| matches!(it, Record::Comment(it) if it.ticket_id == ticket))
                .cloned()
                .collect(),
        }
    }

    fn take(&mut self, command: &Command, actor: &Actor) -> Outcome {
        let mut known = Known::new(self.family_id);
        loop {
            match rules::decide(command, actor, self.now, &known) {
                Ok(changes) => {
                    let count = changes.len();
                    for change in changes {
                        self.record(
                            change,
                            (command.body.command_type(), command.command_id),
                            actor,
                        );
                    }
                    return Outcome::Applied {
                        seq: self.log.len() as i64,
                        changes: count,
                        own: None,
                    };
                }
                Err(Stop::Refused(refusal)) => {
                    return Outcome::Rejected {
                        head: self.log.len() as i64,
                        problem: Problem::from(refusal),
                    };
                }
                Err(Stop::Need(needs)) => {
                    for need in needs {
                        known.learn(need, self.answer(need));
                    }
                }
            }
        }
    }

    fn record(&mut self, mut change: Change, by: (&str, CommandId), actor: &Actor) {
        if let (None, Record::Ticket(ticket)) = (&change.before, &mut change.after) {
            self.numbers += 1;
            ticket.number = Some(TicketNumber {
                prefix: "RIV".parse().expect("a prefix"),
                year: 2026,
                count: self.numbers,
            });
        }
        let key = change.after.key();
        self.log.push(AuditRecord {
            seq: self.log.len() as i64 + 1,
            family_id: Some(self.family_id),
            entity: key,
            version: change.after.common().version,
            action: change.action(),
            command_type: by.0.to_owned(),
            command_id: by.1,
            device_id: None,
            actor_user_id: actor.user_id,
            on_behalf_of: None,
            time: self.now,
            before: change.before.as_ref().map(|it| it.to_json().expect("json")),
            after: Some(change.after.to_json().expect("json")),
            audience: change.after.audience(),
            hash: String::new(),
        });
        self.entities.insert(key, change.after);
    }

    fn push(&mut self, batch: &[Pushed], actor: &Actor) -> Vec<Told> {
        let mut told = Vec::new();
        for pushed in batch {
            let command_id = pushed.command.command_id;
            if let Some(known) = self.results.iter().find(|it| it.command_id == command_id) {
                told.push(known.clone());
                continue;
            }
            assert!(self.seen.insert(command_id));
            let outcome = self.take(&pushed.command, actor);
            let verdict = Told {
                cseq: pushed.cseq,
                command_id,
                outcome,
            };
            self.results.push(verdict.clone());
            told.push(verdict);
        }
        told
    }

    fn pull(&self, after: i64, limit: usize) -> Pull {
        let from = after as usize;
        let events: Vec<AuditRecord> = self.log.iter().skip(from).take(limit).cloned().collect();
        let to = after + events.len() as i64;
        Pull {
            from: after,
            to,
            cursor: Cursor::new(&self.epoch, to, ""),
            head: self.head(),
            more: to < self.log.len() as i64,
            events: events.into(),
            shown: Vec::new().into(),
            hidden: Vec::new().into(),
            results: self
                .results
                .iter()
                .filter(|it| match &it.outcome {
                    Outcome::Applied { seq, .. } => *seq <= to,
                    Outcome::Rejected { head, .. } => *head <= to,
                })
                .cloned()
                .collect(),
            own: None,
        }
    }

    fn pages(&self, size: usize) -> Vec<SnapshotPage> {
        let all: Vec<Record> = self.entities.values().cloned().collect();
        let count = all.chunks(size).len();
        all.chunks(size)
            .enumerate()
            .map(|(n, rows)| SnapshotPage {
                start: self.head(),
                rows: rows.to_vec().into(),
                next: (n + 1 < count).then(|| n.to_string()),
                head: self.head(),
                own: None,
                tickets: None,
            })
            .collect()
    }
}

/// A backend, a store, and someone who uses them.
struct House {
    backend: Backend,
    replica: Replica,
    source: FixedSource,
    family_id: FamilyId,
    me: UserId,
    group_id: GroupId,
    queues: Vec<QueueId>,
    people: Vec<UserId>,
}

impl House {
    /// What the backend says of whose replica it is: an admin of the one family.
    fn session(&self) -> crate::wire::session::Session {
        let user = crate::model::user::User {
            user_id: self.me,
            email: None,
            display_name: "Ana".to_owned(),
            is_active: true,
            is_approved: true,
            time_zone: "UTC".to_owned(),
            common: crate::model::entity::Common::new(self.me, START),
        };
        let standing = crate::wire::session::FamilyStanding {
            invited: true,
            family_id: self.family_id,
            family_name: "Rivera".to_owned(),
            status: crate::model::membership::MembershipStatus::Member,
            role: crate::model::membership::Role::Adult,
            is_admin: true,
            head: None,
            own: None,
            attached: 0,
        };
        crate::wire::session::Session {
            user,
            trouble: None,
            present: Default::default(),
            families: vec![standing],
            refused: None,
            time: None,
        }
    }

    /// A family with a group, three queues, and three people; all of it pulled.
    fn new() -> House {
        House::over(Replica::in_memory().expect("a store"))
    }

    fn over(replica: Replica) -> House {
        let source = FixedSource::new(START, 7);
        let family_id = FamilyId(source.fresh());
        let me = UserId(source.fresh());
        let mut house = House {
            backend: Backend {
                family_id,
                entities: BTreeMap::new(),
                log: Vec::new(),
                results: Vec::new(),
                seen: HashSet::new(),
                epoch: "e1".to_owned(),
                now: START,
                numbers: 0,
            },
            replica,
            family_id,
            me,
            group_id: GroupId(source.fresh()),
            queues: (0..3).map(|_| QueueId(source.fresh())).collect(),
            people: vec![me, UserId(source.fresh()), UserId(source.fresh())],
            source,
        };
        house.found();
        house.pull();
        house
    }

    fn found(&mut self) {
        self.remote(CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "Europe/Madrid".to_owned(),
            display_name: "Ana".to_owned(),
        }));
        for (user_id, name) in [(self.people[1], "Ben"), (self.people[2], "Mia")] {
            self.remote(CommandBody::MembershipInvite {
                user_id,
                display_name: name.to_owned(),
                role: crate::model::membership::Role::Adult,
            });
            self.remote_as(user_id, CommandBody::MembershipAccept {});
        }
        self.remote(CommandBody::GroupCreate {
            group_id: self.group_id,
            group_name: "Household".to_owned(),
            group_description: String::new(),
        });
        for (n, queue_id) in self.queues.clone().into_iter().enumerate() {
            self.remote(CommandBody::QueueCreate {
                queue_id,
                group_id: self.group_id,
                queue_name: ["Repairs", "Shopping", "Reading"][n].to_owned(),
                queue_description: String::new(),
                default_severity: None,
            });
        }
    }

    fn command(&self, body: CommandBody) -> Command {
        Command {
            command_id: CommandId(self.source.fresh()),
            issued_at: self.backend.now,
            seen: None,
            body,
        }
    }

    /// Decides about something that waits in the tray.
    fn decide(&mut self, refused: CommandId, resolution: Resolution) -> bool {
        let decider = Decider {
            actor: &Actor::user(self.me),
            source: &self.source,
            deed: None,
        };
        let decided = self.replica.resolve(refused, resolution, decider);
        decided.expect("taken")
    }

    /// Something that happens elsewhere.
    fn remote(&mut self, body: CommandBody) {
        self.remote_as(self.me, body);
    }

    fn remote_as(&mut self, user_id: UserId, body: CommandBody) {
        let command = self.command(body);
        let outcome = self.backend.take(&command, &Actor::user(user_id));
        assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    }

    /// Something done here.
    fn local(&mut self, body: CommandBody) -> std::result::Result<Vec<Submitted>, SubmitError> {
        let command = self.command(body);
        let now = self.backend.now;
        let me = Actor::user(self.me);
        self.replica
            .submit(self.family_id, by(&me, now), &[command])
    }

    fn push(&mut self) {
        let batch = self.replica.next_batch(self.family_id, 100).expect("batch");
        let results = self.backend.push(&batch, &Actor::user(self.me));
        let reply = crate::wire::sync::PushReply {
            results,
            problem: None,
            head: self.backend.head(),
        };
        self.replica
            .note_verdicts(self.family_id, &reply)
            .expect("noted");
    }

    fn pull(&mut self) -> Applied {
        let after = self.replica.place(self.family_id).expect("place");
        let after = after.map_or(0, |(cursor, _)| cursor.seq);
        let page = self.backend.pull(after, usize::MAX);
        self.replica
            .apply_pull(self.family_id, &page)
            .expect("applied")
    }

    fn bootstrap(&self, replica: &mut Replica) {
        replica.drop_snapshot(self.family_id).expect("begun");
        for page in self.backend.pages(7) {
            replica
                .apply_snapshot_page(self.family_id, &page)
                .expect("a page");
        }
        replica
            .apply_snapshot_finish(self.family_id, LogHere::Stays)
            .expect("finished");
    }

    fn new_ticket(&self, title: &str) -> NewTicket {
        NewTicket {
            ticket_id: TicketId(self.source.fresh()),
            queue_id: self.queues[0],
            title: title.to_owned(),
            description: None,
            severity: None,
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: Default::default(),
            parent_ticket: None,
            source: Channel::Screen,
        }
    }

    fn comment(&self, ticket_id: TicketId, body: &str) -> NewComment {
        NewComment {
            ticket_id,
            comment_id: CommentId(self.source.fresh()),
            comment_body: LongText::from(body),
            reply_to: None,
            internal: false,
            channel: Channel::Screen,
        }
    }

    /// Files a ticket elsewhere.
    fn filed(&mut self, title: &str) -> TicketId {
        let new = self.new_ticket(title);
        let ticket_id = new.ticket_id;
        self.remote(CommandBody::TicketCreate(Box::new(new)));
        ticket_id
    }

    fn advance(&mut self, seconds: i64) {
        self.source.advance(seconds);
        self.backend.now = self.source.now();
    }

    fn list(&self, query: &ListQuery) -> Window {
        self.around(query, Anchor::Top, 0, 10_000)
    }

    fn around(&self, query: &ListQuery, anchor: Anchor, before: usize, after: usize) -> Window {
        let question = Question::List {
            query: query.clone(),
            anchor,
            before,
            after,
        };
        match self.replica.answer(&question).expect("an answer") {
            Answer::List(window) => window,
            other => panic!("not a list: {other:?}"),
        }
    }

    fn thread(&self, ticket_id: TicketId) -> Option<Box<Thread>> {
        let question = Question::Thread {
            ticket_id,
            first: 0,
            limit: 1_000,
        };
        match self.replica.answer(&question).expect("an answer") {
            Answer::Thread(thread) => thread,
            other => panic!("not a thread: {other:?}"),
        }
    }

    fn titles(&self, query: &ListQuery) -> Vec<String> {
        let rows = self.list(query).rows;
        rows.into_iter().map(|row| row.title).collect()
    }

    fn all(&self) -> ListQuery {
        ListQuery::all(Place::Family(self.family_id))
    }

    /// What is typed, as the list is asked for it.
    fn typed(&self, text: &str) -> ListQuery {
        let names = crate::query::Names::default();
        let context = crate::query::Context {
            me: self.me,
            names: &names,
            now: self.backend.now,
            zone: &jiff::tz::TimeZone::UTC,
        };
        let query = crate::query::parse(text).query;
        self.all().and(query.filter(&context)).sorted(query.order())
    }

    fn search(&self, text: &str) -> Vec<String> {
        let mut titles = self.titles(&self.typed(text).sorted(Order::NEWEST));
        titles.sort();
        titles
    }

    /// The view is what the backend has, entity by entity.
    fn assert_same_as_backend(&self) {
        let fam = tally::family_number(&self.replica.conn, self.family_id)
            .expect("number")
            .expect("known");
        for (key, record) in &self.backend.entities {
            let here = nouns::get(&self.replica.conn, fam, *key).expect("read");
            assert_eq!(here.as_ref(), Some(record));
        }
        let mut fresh = Replica::in_memory().expect("a store");
        self.bootstrap(&mut fresh);
        assert_eq!(
            fresh.fingerprint(self.family_id).expect("hash"),
            self.replica.fingerprint(self.family_id).expect("hash")
        );
    }
}

/// A small generator of numbers: the same seed gives the same sequence.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

impl House {
    /// What people might do next, given what there is.
    fn random_body(&self, dice: &mut Dice) -> CommandBody {
        let tickets: Vec<&Ticket> = self
            .backend
            .entities
            .values()
            .filter_map(|record| match record {
                Record::Ticket(ticket) => Some(ticket),
                _ => None,
            })
            .collect();
        if tickets.len() < 5 || dice.roll(4) == 0 {
            let mut new = self.new_ticket(&format!("Thing {}", dice.roll(1_000)));
            new.queue_id = dice.pick(&self.queues);
            new.severity = Some(dice.pick(&Severity::ALL));
            new.requested_by = (dice.roll(3) == 0).then(|| dice.pick(&self.people));
            new.assigned_to = (dice.roll(2) == 0).then(|| dice.pick(&self.people));
            if dice.roll(3) == 0 {
                new.tags.insert("garden".to_owned());
            }
            return CommandBody::TicketCreate(Box::new(new));
        }
        let ticket_id = tickets[dice.roll(tickets.len())].ticket_id;
        let other = tickets[dice.roll(tickets.len())].ticket_id;
        let set = |set| CommandBody::TicketSet {
            ticket_id,
            set,
            base: None,
        };
        match dice.roll(18) {
            0 => set(TicketField::Severity(dice.pick(&Severity::ALL))),
            1 => set(TicketField::AssignedTo(Some(dice.pick(&self.people)))),
            2 => set(TicketField::AssignedTo(None)),
            3 => set(TicketField::QueueId(dice.pick(&self.queues))),
            4 => set(TicketField::MergedInto(Some(other))),
            5 => set(TicketField::SnoozedUntil(Some(
                self.backend.now.plus(3_600),
            ))),
            6 => CommandBody::TicketResolve { ticket_id },
            7 => CommandBody::TicketReopen { ticket_id },
            8 => CommandBody::TicketClose { ticket_id },
            9 => CommandBody::EntityDelete(EntityKey::Ticket(ticket_id)),
            10 => CommandBody::EntityRestore(EntityKey::Ticket(ticket_id)),
            11 => set(TicketField::MergedInto(None)),
            12 => {
                let days = dice.roll(40) as i64 - 20;
                set(TicketField::DueDate(Some(
                    self.backend.now.plus(days * 86_400),
                )))
            }
            13 => set(TicketField::Stage(dice.pick(Stage::ALL))),
            14 => CommandBody::ParticipantAdd {
                ticket_id,
                user_id: dice.pick(&self.people),
                role: dice.pick(ParticipantRole::ALL),
            },
            15 => CommandBody::CommentAdd(self.comment(ticket_id, "the Wi-Fi said something")),
            16 => set(TicketField::AssignedGroup(
                dice.pick(&[None, Some(self.group_id)]),
            )),
            _ => CommandBody::CommentAdd(self.comment(ticket_id, "something said")),
        }
    }

    /// Lets so many things happen elsewhere; what the rules refuse does not.
    fn live(&mut self, dice: &mut Dice, things: usize) {
        for _ in 0..things {
            let step = dice.roll(20_000) as i64;
            self.advance(step);
            let command = self.command(self.random_body(dice));
            self.backend.take(&command, &Actor::user(self.me));
        }
    }
}
