//! From foreign tickets to batches of our entities: people, group and queues first, then each
//! ticket in order of creation (in which numbers are given) with all that hangs on it. Nothing
//! refers to what comes later; for that alone, a parent younger than its child goes before it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use jiff::tz::TimeZone;

use super::foreign::{
    ForeignComment, ForeignPerson, ForeignQueue, ForeignTicket, Gathered, Rating,
};
use super::identity::Identity;
use super::mapping::{Mapping, Paths};
use super::preview::Row;
use super::report::Report;
use super::tables::{self, EVERY_OTHER, State, Tables};
use super::{Anonymous, Format, text};
use crate::model::entity::{Common, EntityKey};
use crate::model::group::Group;
use crate::model::id::{FamilyId, GroupId, QueueId, UserId};
use crate::model::import::{BATCH_LIMIT, ImportBatch};
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::queue::Queue;
use crate::model::record::Record;
use crate::model::source::Timestamp;
use crate::model::user::User;

/// Where an import goes and how.
#[derive(Debug, Clone)]
pub struct Destination {
    pub family_id: FamilyId,
    /// Who imports: the creator of the group, the queues and the people.
    pub importer: UserId,
    pub now: Timestamp,
    /// Where the family lives; what is due on a day is due when it ends there.
    pub time_zone: TimeZone,
    /// The group whose queues it fills; a new one where none is given.
    pub group: Option<GroupId>,
    /// Queues here for the source's, by their names or ids there as [`tables::key`] writes them.
    pub queues: BTreeMap<String, QueueHere>,
    /// Members for the source's people, in the same way.
    pub people: BTreeMap<String, UserId>,
    /// Words that mean something else here than usual.
    pub tables: Tables,
}

/// A queue that is here, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueHere {
    pub queue_id: QueueId,
    pub group_id: GroupId,
}

impl Destination {
    /// A family, with everything else as it usually is.
    pub fn new(family_id: FamilyId, importer: UserId, now: Timestamp) -> Destination {
        Destination {
            family_id,
            importer,
            now,
            time_zone: TimeZone::UTC,
            group: None,
            queues: BTreeMap::new(),
            people: BTreeMap::new(),
            tables: Tables::default(),
        }
    }

    /// The member who is meant by the source's name or id for someone.
    fn member(&self, person: &ForeignPerson) -> Option<UserId> {
        [&person.source_id, &person.name]
            .into_iter()
            .find_map(|it| self.people.get(&tables::key(it)).copied())
    }

    /// The queue here that is meant by one of the source's.
    fn queue(&self, queue: &ForeignQueue) -> Option<QueueHere> {
        [&queue.source_id, &queue.name]
            .into_iter()
            .chain(&queue.aliases)
            .map(|it| tables::key(it))
            .chain([EVERY_OTHER.to_owned()])
            .find_map(|it| self.queues.get(&it).copied())
    }
}

/// What is to be done: the entities in order, and what they come to.
#[derive(Debug, Clone)]
pub struct Plan {
    pub entries: Vec<Entry>,
    pub report: Report,
    /// The tickets as a preview shows them, in their order.
    pub rows: Vec<Row>,
    system: String,
}

/// An entity, and the text or file that must be in the blob store before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub record: Record,
    pub blob: Option<Blob>,
}

/// One command of the import, and what must be in the blob store before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub blobs: Vec<Blob>,
    pub batch: ImportBatch,
}

/// A text or file for the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Lower-case hexadecimal SHA-256 of the bytes: its name in the store.
    pub sha256: String,
    pub bytes: Bytes,
    /// Attached, and not read as part of what was said.
    pub is_file: bool,
}

impl Plan {
    /// Leaves out what is here already.
    pub fn without(&mut self, here: &HashSet<EntityKey>) {
        self.entries
            .retain(|entry| !here.contains(&entry.record.key()));
    }

    /// The commands, one after another, each as large as it may be.
    pub fn into_steps(self) -> impl Iterator<Item = Step> {
        let system = self.system;
        let mut entries = self.entries.into_iter();
        std::iter::from_fn(move || {
            let mut step = Step {
                blobs: Vec::new(),
                batch: ImportBatch {
                    system: system.clone(),
                    entities: Vec::new(),
                },
            };
            for entry in entries.by_ref().take(BATCH_LIMIT) {
                step.blobs.extend(entry.blob);
                step.batch.entities.push(entry.record);
            }
            (!step.batch.entities.is_empty()).then_some(step)
        })
    }
}

/// Plans the import of what was gathered.
pub fn make(format: &dyn Format, gathered: Gathered, destination: &Destination) -> Plan {
    let mut gathered = gathered;
    gathered.settle();
    let Gathered {
        tickets,
        mut report,
        ..
    } = gathered;
    report.source = format.name().to_owned();
    let tables = format
        .tables(&severity_words(&tickets))
        .with(&destination.tables);
    let tickets = wanted(tickets, &tables, &mut report);
    let tickets = parents_first(by_creation(tickets));

    let identity = Identity::new(destination.family_id, format.system());
    let ground = Ground {
        destination,
        identity: &identity,
        format,
        common: Common::new(destination.importer, destination.now),
    };
    let (people, persons) = ground.people(&tickets);
    report.people = persons.len() / 2;
    let (queues, new_queues) = ground.queues(&tickets);
    report.queues = queues.len();

    let mut entries: Vec<Entry> = persons
        .into_iter()
        .chain(new_queues)
        .map(|record| Entry { record, blob: None })
        .collect();
    let mut mapping = Mapping {
        destination,
        system: format.system(),
        identity: &identity,
        tables: &tables,
        people: &people,
        queues: &queues,
        paths: Paths::of(&tickets, &identity),
        report: &mut report,
    };
    let rows = tickets
        .iter()
        .map(|ticket| {
            mapping.ticket(ticket, &mut |record, blob| {
                entries.push(Entry { record, blob })
            })
        })
        .collect();
    report
        .skipped
        .sort_by(|a, b| (&a.place.file, a.place.line).cmp(&(&b.place.file, b.place.line)));
    let blobs = || entries.iter().filter_map(|it| it.blob.as_ref());
    report.long_texts = blobs().filter(|it| !it.is_file).count();
    report.attachments = blobs().filter(|it| it.is_file).count();
    report.entities = entries.len();
    Plan {
        entries,
        report,
        rows,
        system: format.system().to_owned(),
    }
}

/// The tickets without those whose status says that they stay away.
fn wanted(tickets: Vec<ForeignTicket>, tables: &Tables, report: &mut Report) -> Vec<ForeignTicket> {
    let comes_in = |ticket: &ForeignTicket| {
        let word = &ticket.state.word;
        let state = tables.status.get(word).or(ticket.state.otherwise);
        if state == Some(State::Skip) {
            let why = format!("its status is `{}`", word.trim());
            Gathered::leave_out(report, ticket, &why);
        }
        state != Some(State::Skip)
    };
    tickets.into_iter().filter(comes_in).collect()
}

fn by_creation(mut tickets: Vec<ForeignTicket>) -> Vec<ForeignTicket> {
    // Of two made in the same moment A-2 goes before A-10. What has no time is made last, now.
    let order = |it: &ForeignTicket| {
        let undated = it.created.is_none();
        (
            undated,
            it.created,
            it.source_id.len(),
            it.source_id.clone(),
        )
    };
    tickets.sort_by_cached_key(order);
    tickets
}

/// The same order, but a parent that was made after its child goes right before it.
fn parents_first(tickets: Vec<ForeignTicket>) -> Vec<ForeignTicket> {
    let places: HashMap<String, usize> = tickets
        .iter()
        .enumerate()
        .map(|(at, ticket)| (ticket.source_id.clone(), at))
        .collect();
    let mut left: Vec<Option<ForeignTicket>> = tickets.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(left.len());
    for at in 0..left.len() {
        let mut above = Vec::new();
        let mut next = Some(at);
        while let Some(ticket) = next.and_then(|at| left[at].take()) {
            next = ticket
                .parent
                .as_ref()
                .and_then(|key| places.get(key))
                .copied();
            above.push(ticket);
        }
        ordered.extend(above.into_iter().rev());
    }
    ordered
}

fn severity_words(tickets: &[ForeignTicket]) -> BTreeSet<String> {
    tickets
        .iter()
        .filter_map(|ticket| match &ticket.rating {
            Rating::Word(word) => Some(tables::key(word)),
            Rating::Unsaid | Rating::AmongTags => None,
        })
        .collect()
}

/// Makes what tickets stand on: people, a group, queues.
struct Ground<'a> {
    destination: &'a Destination,
    identity: &'a Identity,
    format: &'a dyn Format,
    common: Common,
}

impl Ground<'_> {
    /// Everyone who occurs, by the source's id for them, and the records of those who are new.
    fn people(&self, tickets: &[ForeignTicket]) -> (HashMap<String, UserId>, Vec<Record>) {
        let occurring = tickets.iter().flat_map(|ticket| {
            let authors = spoken(ticket).map(|comment| &comment.author);
            [&ticket.requester, &ticket.assignee]
                .into_iter()
                .chain(authors)
                .flatten()
                .chain(&ticket.followers)
        });
        let is_me = self.format.anonymous() == Anonymous::Importer;
        let someone = if is_me {
            self.destination.importer
        } else {
            self.identity.person("")
        };
        let mut people = HashMap::from([(String::new(), someone)]);
        let mut records = Vec::new();
        for person in occurring {
            if people.contains_key(&person.source_id) {
                continue;
            }
            let member = self.destination.member(person);
            let user_id = member.unwrap_or_else(|| self.identity.person(&person.source_id));
            people.insert(person.source_id.clone(), user_id);
            if member.is_none() {
                let name = text::name(&person.name, &person.source_id);
                records.extend(self.person(user_id, name));
            }
        }
        if !is_me && tickets.iter().any(has_someone_unknown) {
            let name = format!("Someone ({})", self.format.name());
            records.extend(self.person(someone, name));
        }
        (people, records)
    }

    /// Someone who is named in the family and can't log in.
    fn person(&self, user_id: UserId, display_name: String) -> [Record; 2] {
        let user = User {
            user_id,
            email: None,
            display_name: display_name.clone(),
            is_active: false,
            is_approved: false,
            time_zone: "UTC".to_owned(),
            common: self.common.clone(),
        };
        let membership = Membership {
            family_id: self.destination.family_id,
            user_id,
            display_name,
            status: MembershipStatus::Member,
            role: Role::Guest,
            is_admin: false,
            request_date: self.destination.now,
            invited_by: None,
            has_left: false,
            common: self.common.clone(),
        };
        [user.into(), membership.into()]
    }

    /// A queue for each of the source's, by its id there, and the records of those that are new,
    /// behind that of the group that owns them.
    fn queues(&self, tickets: &[ForeignTicket]) -> (HashMap<String, QueueHere>, Vec<Record>) {
        let (group_id, group) = self.group();
        let mut queues = HashMap::new();
        let mut records = Vec::new();
        for ForeignTicket { queue, .. } in tickets {
            if queues.contains_key(&queue.source_id) {
                continue;
            }
            if let Some(here) = self.destination.queue(queue) {
                queues.insert(queue.source_id.clone(), here);
                continue;
            }
            let queue_id = self.identity.queue(&queue.source_id);
            let here = QueueHere { queue_id, group_id };
            queues.insert(queue.source_id.clone(), here);
            let new = Queue {
                family_id: self.destination.family_id,
                queue_id,
                group_id,
                queue_name: text::name(&queue.name, &queue.source_id),
                queue_description: format!("{} in {}", queue.source_id, self.format.name()),
                default_severity: None,
                default_assignee: None,
                common: self.common.clone(),
            };
            records.push(new.into());
        }
        if !records.is_empty() {
            records.splice(0..0, group);
        }
        (queues, records)
    }

    /// The group that owns the new queues, and its record where it is new too.
    fn group(&self) -> (GroupId, Option<Record>) {
        if let Some(group_id) = self.destination.group {
            return (group_id, None);
        }
        let group_id = self.identity.group("");
        let name = self.format.name();
        let group = Group {
            family_id: self.destination.family_id,
            group_id,
            group_name: format!("Imported from {name}"),
            group_description: format!("Owns the queues that came from {name}."),
            common: self.common.clone(),
        };
        (group_id, Some(group.into()))
    }
}

/// The comments that say something; the others don't come in.
fn spoken(ticket: &ForeignTicket) -> impl Iterator<Item = &ForeignComment> {
    ticket.comments.iter().filter(|it| it.says_something())
}

/// Whether something on the ticket was done by nobody in particular.
fn has_someone_unknown(ticket: &ForeignTicket) -> bool {
    ticket.requester.is_none() || spoken(ticket).any(|it| it.author.is_none())
}
