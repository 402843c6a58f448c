//! From foreign tickets to batches of our entities: people, group and queues first, then each
//! ticket in order of creation (in which numbers are given) with all that hangs on it. Nothing
//! refers to what comes later; for that alone, a parent younger than its child goes before it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::Format;
use super::foreign::{ForeignComment, ForeignTicket, Gathered};
use super::identity::Identity;
use super::mapping::{Mapping, Paths};
use super::report::{Report, Skipped, What};
use super::scale::Scale;
use super::text;
use crate::model::entity::Common;
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
    /// Members whom the source knows by another name: its id for them, and ours.
    pub people: BTreeMap<String, UserId>,
    /// Words for severity that mean something else here than usual.
    pub severities: Scale,
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
            people: BTreeMap::new(),
            severities: Scale::default(),
        }
    }
}

/// What is to be done: the steps, in order, and what they come to.
#[derive(Debug, Clone)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub report: Report,
}

/// One command of the import, and what must be in the blob store before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub blobs: Vec<Blob>,
    pub batch: ImportBatch,
}

/// A text for the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Lower-case hexadecimal SHA-256 of the text: its name in the store.
    pub sha256: String,
    pub text: String,
}

/// Plans the import of what was gathered.
pub fn make(format: &dyn Format, gathered: Gathered, destination: &Destination) -> Plan {
    let Gathered {
        tickets,
        mut report,
    } = gathered;
    report.source = format.name().to_owned();
    let tickets = parents_first(by_creation(only_once(tickets, &mut report)));
    let scale = format
        .scale(&severity_words(&tickets))
        .with(&destination.severities);

    let identity = Identity::new(destination.family_id, format.system());
    let ground = Ground {
        destination,
        identity: &identity,
        name: format.name(),
        common: Common::new(destination.importer, destination.now),
    };
    let (people, persons) = ground.people(&tickets);
    report.people = persons.len() / 2;
    let (group_id, group) = ground.group();
    let (queues, new_queues) = ground.queues(&tickets, group_id);
    report.queues = queues.len();

    let mut steps = Steps::new(format.system());
    for record in persons.into_iter().chain(group).chain(new_queues) {
        steps.push(record, None);
    }
    let mut mapping = Mapping {
        destination,
        system: format.system(),
        identity: &identity,
        scale: &scale,
        people: &people,
        group_id,
        queues: &queues,
        paths: Paths::of(&tickets, &identity),
        report: &mut report,
    };
    for ticket in &tickets {
        mapping.ticket(ticket, &mut |record, blob| steps.push(record, blob));
    }
    let steps = steps.finish();
    report
        .skipped
        .sort_by(|a, b| (&a.place.file, a.place.line).cmp(&(&b.place.file, b.place.line)));
    report.long_texts = steps.iter().map(|step| step.blobs.len()).sum();
    report.entities = steps.iter().map(|step| step.batch.entities.len()).sum();
    report.batches = steps.len();
    Plan { steps, report }
}

/// Each ticket once: where exports overlap, as it was last.
fn only_once(tickets: Vec<ForeignTicket>, report: &mut Report) -> Vec<ForeignTicket> {
    let mut kept: Vec<ForeignTicket> = Vec::with_capacity(tickets.len());
    let mut places: HashMap<String, usize> = HashMap::new();
    for ticket in tickets {
        let Some(&at) = places.get(&ticket.source_id) else {
            places.insert(ticket.source_id.clone(), kept.len());
            kept.push(ticket);
            continue;
        };
        let older = if ticket.updated > kept[at].updated {
            std::mem::replace(&mut kept[at], ticket)
        } else {
            ticket
        };
        skip_as_double(&older, report);
    }
    kept
}

fn skip_as_double(ticket: &ForeignTicket, report: &mut Report) {
    let mut skip = |what, why: &str| {
        report.skipped.push(Skipped {
            what,
            place: ticket.place.clone(),
            key: ticket.source_id.clone(),
            why: why.to_owned(),
        });
    };
    skip(
        What::Ticket,
        "it stands twice in the input; the one changed last comes in",
    );
    for _ in &ticket.comments {
        skip(What::Comment, "its ticket stands twice in the input");
    }
}

fn by_creation(mut tickets: Vec<ForeignTicket>) -> Vec<ForeignTicket> {
    // Of two made in the same moment A-2 goes before A-10.
    let order = |it: &ForeignTicket| (it.created, it.source_id.len(), it.source_id.clone());
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
        .filter_map(|ticket| ticket.severity_word.as_deref())
        .map(|word| word.trim().to_lowercase())
        .collect()
}

/// Makes what tickets stand on: people, a group, queues.
struct Ground<'a> {
    destination: &'a Destination,
    identity: &'a Identity,
    name: &'a str,
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
        });
        let mut people = HashMap::from([(String::new(), self.identity.person(""))]);
        let mut records = Vec::new();
        for person in occurring {
            if people.contains_key(&person.source_id) {
                continue;
            }
            let member = self.destination.people.get(&person.source_id).copied();
            let user_id = member.unwrap_or_else(|| self.identity.person(&person.source_id));
            people.insert(person.source_id.clone(), user_id);
            if member.is_none() {
                let name = text::name(&person.name, &person.source_id);
                records.extend(self.person(user_id, name));
            }
        }
        if tickets.iter().any(has_someone_unknown) {
            let name = format!("Someone ({})", self.name);
            records.extend(self.person(self.identity.person(""), name));
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
            common: self.common.clone(),
        };
        [user.into(), membership.into()]
    }

    /// The group that owns the queues, and its record where it is new.
    fn group(&self) -> (GroupId, Option<Record>) {
        if let Some(group_id) = self.destination.group {
            return (group_id, None);
        }
        let group_id = self.identity.group("");
        let group = Group {
            family_id: self.destination.family_id,
            group_id,
            group_name: format!("Imported from {}", self.name),
            group_description: format!("Owns the queues that came from {}.", self.name),
            common: self.common.clone(),
        };
        (group_id, Some(group.into()))
    }

    /// A queue for each of the source's, by its id there.
    fn queues(
        &self,
        tickets: &[ForeignTicket],
        group_id: GroupId,
    ) -> (HashMap<String, QueueId>, Vec<Record>) {
        let mut queues = HashMap::new();
        let mut records = Vec::new();
        for ForeignTicket { queue, .. } in tickets {
            if queues.contains_key(&queue.source_id) {
                continue;
            }
            let queue_id = self.identity.queue(&queue.source_id);
            queues.insert(queue.source_id.clone(), queue_id);
            let new = Queue {
                family_id: self.destination.family_id,
                queue_id,
                group_id,
                queue_name: text::name(&queue.name, &queue.source_id),
                queue_description: format!("{} in {}", queue.source_id, self.name),
                default_severity: None,
                default_assignee: None,
                common: self.common.clone(),
            };
            records.push(new.into());
        }
        (queues, records)
    }
}

/// The comments that say something; the others don't come in.
fn spoken(ticket: &ForeignTicket) -> impl Iterator<Item = &ForeignComment> {
    ticket
        .comments
        .iter()
        .filter(|it| !it.body.trim().is_empty())
}

/// Whether something on the ticket was done by nobody in particular.
fn has_someone_unknown(ticket: &ForeignTicket) -> bool {
    ticket.requester.is_none() || spoken(ticket).any(|it| it.author.is_none())
}

/// Cuts the entities into batches as they come.
struct Steps<'a> {
    system: &'a str,
    full: Vec<Step>,
    blobs: Vec<Blob>,
    entities: Vec<Record>,
}

impl Steps<'_> {
    fn new(system: &str) -> Steps<'_> {
        Steps {
            system,
            full: Vec::new(),
            blobs: Vec::new(),
            entities: Vec::new(),
        }
    }

    fn push(&mut self, record: Record, blob: Option<Blob>) {
        if self.entities.len() == BATCH_LIMIT {
            self.cut();
        }
        self.entities.push(record);
        self.blobs.extend(blob);
    }

    fn cut(&mut self) {
        self.full.push(Step {
            blobs: std::mem::take(&mut self.blobs),
            batch: ImportBatch {
                system: self.system.to_owned(),
                entities: std::mem::take(&mut self.entities),
            },
        });
    }

    fn finish(mut self) -> Vec<Step> {
        if !self.entities.is_empty() {
            self.cut();
        }
        self.full
    }
}
