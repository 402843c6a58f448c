//! A check of everything that is kept: that each family's chain holds, that the items say what the
//! log says, that counters count right, and that every blob which is spoken of is there and whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde_json::Value;

use super::{Desk, DeskError};
use crate::model::audit::{AuditRecord, BrokenChain, CHAIN_START, digest, verify_link};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, UserId};
use crate::model::record::Record;
use crate::table::blobs::BlobError;
use crate::table::head::{Counts, Head};
use crate::table::item::{Item, Query};
use crate::table::keys::{self, Scope, Timer};
use crate::table::{patterns, query_all};

/// How many records of the log are read at once.
const PAGE: usize = 500;

/// The most faults that are told one by one.
const TOLD: usize = 20;

/// What a check of one family found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyCheckup {
    pub family_id: FamilyId,
    /// Its id where not even its name can be read.
    pub family_name: String,
    /// How many records its log, its people's own and theirs as users hold.
    pub records: i64,
    /// How many entities it has, deleted ones included.
    pub entities: usize,
    /// How many blobs it speaks of.
    pub blobs: usize,
    /// What is wrong, the first few.
    pub faults: Vec<Fault>,
    /// How many things are wrong in all.
    pub faults_in_all: usize,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    Chain(BrokenChain),
    /// The chain of a person's own log of the family.
    OwnChain(UserId, BrokenChain),
    /// The chain of a user's log, of their record and of how they log in.
    UserChain(UserId, BrokenChain),
    /// The log speaks of it and it is not there.
    Missing(EntityKey),
    /// It is there, and the log does not speak of it.
    Stray(EntityKey),
    /// It is not what the log made it.
    Differs(EntityKey),
    /// Something is there that this program can't read.
    Unreadable(String),
    /// The counts by queue, status and severity are not those of the tickets.
    Counts,
    /// The bytes of all attachments are not what the counter says.
    Attached,
    /// The year's last number is not the highest that a ticket has.
    Numbers(i16),
    Blob {
        sha256: String,
        why: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Chain(broken) => broken.fmt(f),
            Fault::OwnChain(user_id, broken) => write!(f, "the own log of {user_id}: {broken}"),
            Fault::UserChain(user_id, broken) => write!(f, "the log of user {user_id}: {broken}"),
            Fault::Missing(entity) => write!(f, "{} is missing", told(entity)),
            Fault::Stray(entity) => write!(f, "{} is not in the log", told(entity)),
            Fault::Differs(entity) => write!(f, "{} is not what the log says", told(entity)),
            Fault::Unreadable(what) => write!(f, "{what} can't be read"),
            Fault::Counts => write!(f, "the counts of tickets are not right"),
            Fault::Attached => write!(f, "the size of all attachments is not right"),
            Fault::Numbers(year) => write!(f, "the ticket numbers of {year} are not right"),
            Fault::Blob { sha256, why } => write!(f, "blob {sha256}: {why}"),
        }
    }
}

fn told(entity: &EntityKey) -> String {
    format!("{} {}", entity.entity_type(), entity.entity_id())
}

/// What the log says of a family.
#[derive(Default)]
struct Told {
    records: i64,
    /// Each entity's digest after its last change.
    entities: HashMap<EntityKey, String>,
    blobs: BTreeSet<String>,
}

/// What the items say of a family.
#[derive(Default)]
struct Kept {
    counts: Counts,
    attached: u64,
    numbers: BTreeMap<i16, u32>,
}

impl FamilyCheckup {
    pub fn is_well(&self) -> bool {
        self.faults_in_all == 0
    }

    fn fault(&mut self, fault: Fault) {
        self.faults_in_all += 1;
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        }
    }
}

impl Desk {
    /// Checks every family of the store. Nothing is changed; what is written meanwhile may be told
    /// as a fault, so nobody should be writing.
    pub async fn check_up(&self) -> Result<Vec<FamilyCheckup>, DeskError> {
        let mut found = Vec::new();
        for family_id in self.families_of_store().await? {
            found.push(self.check_family(family_id).await?);
        }
        Ok(found)
    }

    /// Checks the chain of every family's log, and nothing else.
    pub async fn check_chains(&self) -> Result<Vec<(FamilyId, BrokenChain)>, DeskError> {
        let mut broken = Vec::new();
        for family_id in self.families_of_store().await? {
            let verified = self.verify_log(Scope::Family(family_id)).await?;
            broken.extend(verified.broken.map(|it| (family_id, it)));
            for person in patterns::members(self.table.as_ref(), family_id).await? {
                let own = Scope::Person(family_id, person.user_id);
                let verified = self.verify_log(own).await?;
                broken.extend(verified.broken.map(|it| (family_id, it)));
            }
        }
        Ok(broken)
    }

    async fn check_family(&self, family_id: FamilyId) -> Result<FamilyCheckup, DeskError> {
        let mut checkup = FamilyCheckup {
            family_id,
            family_name: self.name_of(family_id).await,
            records: 0,
            entities: 0,
            blobs: 0,
            faults: Vec::new(),
            faults_in_all: 0,
        };
        let scope = Scope::Family(family_id);
        let head = self.head(family_id).await?;
        let told = self.read_log(scope, head.as_ref(), &mut checkup).await?;
        checkup.blobs = told.blobs.len();
        // Those who left are among them.
        let people: Vec<UserId> = told.entities.keys().filter_map(person_of).collect();
        let kept = self.read_items(scope, told.entities, &mut checkup).await?;
        self.read_timers(family_id, &mut checkup).await?;
        if let Some(head) = &head {
            compare_counters(head, &kept, &mut checkup);
        }
        for user_id in people {
            for own in [Scope::Person(family_id, user_id), Scope::User(user_id)] {
                let head = patterns::head(self.table.as_ref(), own).await?;
                let told = self.read_log(own, head.as_ref(), &mut checkup).await?;
                self.read_items(own, told.entities, &mut checkup).await?;
            }
        }
        for sha256 in told.blobs {
            if let Err(error) = self.blobs.get(&sha256) {
                let why = match error {
                    BlobError::Missing(_) => "it is missing".to_owned(),
                    BlobError::Damaged { .. } => "it is damaged".to_owned(),
                    other => other.to_string(),
                };
                checkup.fault(Fault::Blob { sha256, why });
            }
        }
        Ok(checkup)
    }

    async fn name_of(&self, family_id: FamilyId) -> String {
        match patterns::family(self.table.as_ref(), family_id).await {
            Ok(Some(family)) => family.family_name,
            _ => family_id.to_string(),
        }
    }

    async fn read_log(
        &self,
        scope: Scope,
        head: Option<&Head>,
        checkup: &mut FamilyCheckup,
    ) -> Result<Told, DeskError> {
        let fault = |broken| match scope {
            Scope::Person(_, user_id) => Fault::OwnChain(user_id, broken),
            Scope::User(user_id) => Fault::UserChain(user_id, broken),
            Scope::Family(_) => Fault::Chain(broken),
        };
        let mut told = Told::default();
        let mut chain = CHAIN_START.to_owned();
        loop {
            let table = self.table.as_ref();
            let page = patterns::log_after(table, scope, told.records, PAGE).await?;
            for record in page.records {
                if let Err(broken) = verify_link(&record, (told.records, &chain)) {
                    checkup.fault(fault(broken));
                }
                told.take(&record);
                chain = record.hash;
            }
            if !page.more {
                break;
            }
        }
        let end = head.map_or((0, CHAIN_START), |head| (head.n, head.chain.as_str()));
        if end.0 > told.records {
            checkup.fault(fault(BrokenChain {
                seq: told.records + 1,
                why: "it is missing, and later ones were written",
            }));
        } else if end.1 != chain {
            checkup.fault(fault(BrokenChain {
                seq: told.records,
                why: "the log's end is noted otherwise",
            }));
        }
        checkup.records += told.records;
        checkup.entities += told.entities.len();
        Ok(told)
    }

    async fn read_items(
        &self,
        scope: Scope,
        mut told: HashMap<EntityKey, String>,
        checkup: &mut FamilyCheckup,
    ) -> Result<Kept, DeskError> {
        let mut kept = Kept::default();
        let mut query = Query::base(scope.pk());
        loop {
            let page = self.table.query(query.clone()).await?;
            for item in &page.items {
                let ticket = kept.take(item, &mut told, checkup);
                if let (Some(EntityKey::Ticket(ticket_id)), Some(family_id)) =
                    (ticket, scope.family())
                {
                    let children = Query::base(keys::ticket_pk(family_id, ticket_id));
                    for child in query_all(self.table.as_ref(), children).await? {
                        kept.take(&child, &mut told, checkup);
                    }
                }
            }
            if page.next.is_none() {
                break;
            }
            query.start = page.next;
        }
        let mut missing: Vec<EntityKey> = told.into_keys().collect();
        missing.sort_unstable();
        for entity in missing {
            checkup.fault(Fault::Missing(entity));
        }
        Ok(kept)
    }

    async fn read_timers(
        &self,
        family_id: FamilyId,
        checkup: &mut FamilyCheckup,
    ) -> Result<(), DeskError> {
        let timers = Query::base(keys::timer_pk(family_id));
        for item in query_all(self.table.as_ref(), timers).await? {
            if keys::read::<Timer>(&item).is_err() {
                checkup.fault(Fault::Unreadable(format!("the timer {}", item.key)));
            }
        }
        Ok(())
    }
}

/// Whoever is or was in the family has a membership.
fn person_of(entity: &EntityKey) -> Option<UserId> {
    match entity {
        EntityKey::Membership(user_id) => Some(*user_id),
        _ => None,
    }
}

impl Told {
    fn take(&mut self, record: &AuditRecord) {
        self.records = record.seq;
        let Some(after) = &record.after else { return };
        let entity = Record::from_json(record.entity.entity_type(), after.clone());
        // What is done to a login stands in the user's log, and is no state of the user.
        if entity.is_err() && matches!(record.entity, EntityKey::User(_)) {
            return;
        }
        // One that can't be read is told of with its item.
        self.entities.insert(record.entity, digest(after));
        if let Ok(Some(sha256)) = entity.as_ref().map(Record::blob) {
            self.blobs.insert(sha256.to_owned());
        }
    }
}

impl Kept {
    /// Compares an item with what the log says; gives which entity it holds.
    fn take(
        &mut self,
        item: &Item,
        told: &mut HashMap<EntityKey, String>,
        checkup: &mut FamilyCheckup,
    ) -> Option<EntityKey> {
        let kind = keys::entity_type_of(&item.key)?;
        let (Ok(record), Ok(json)) = (
            keys::record_of(item, kind),
            serde_json::from_slice::<Value>(&item.body),
        ) else {
            checkup.fault(Fault::Unreadable(item.key.to_string()));
            return None;
        };
        let entity = record.key();
        match told.remove(&entity) {
            None => checkup.fault(Fault::Stray(entity)),
            Some(expected) if expected != digest(&json) => checkup.fault(Fault::Differs(entity)),
            Some(_) => {}
        }
        if let Record::Attachment(attachment) = &record {
            self.attached += attachment.bytes;
        }
        if let Record::Ticket(ticket) = &record {
            self.counts.apply(None, Some(ticket));
            if let Some(number) = &ticket.number {
                let last = self.numbers.entry(number.year).or_insert(0);
                *last = number.count.max(*last);
            }
        }
        Some(entity)
    }
}

fn compare_counters(head: &Head, kept: &Kept, checkup: &mut FamilyCheckup) {
    if head.counts != kept.counts {
        checkup.fault(Fault::Counts);
    }
    if head.attached != kept.attached {
        checkup.fault(Fault::Attached);
    }
    let years: BTreeSet<i16> = head
        .numbers
        .keys()
        .chain(kept.numbers.keys())
        .copied()
        .collect();
    for year in years {
        if head.numbers.get(&year) != kept.numbers.get(&year) {
            checkup.fault(Fault::Numbers(year));
        }
    }
}
