//! The head of a log: its last number, its chain, and the counters that are kept, never counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::audit::CHAIN_START;
use crate::model::id::QueueId;
use crate::model::severity::Severity;
use crate::model::status::Status;
use crate::model::ticket::Ticket;

/// What the SEQ item of a family or of a user holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last record; 0 before the first.
    pub n: i64,
    /// The last record's link of the chain.
    pub chain: String,
    /// The identity of this history; a restored backup begins another.
    pub epoch: Uuid,
    /// The last ticket number given in each year.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<i16, u32>,
    /// The live tickets.
    #[serde(default)]
    pub counts: Counts,
    /// How many bytes the family's attachments have, removed ones included.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attached: u64,
}

/// How many live tickets there are in each queue, of each status and severity. Zeros are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<QueueId, BTreeMap<Status, BTreeMap<Severity, u32>>>);

impl Head {
    /// The head of a log that holds nothing yet.
    pub fn new(epoch: Uuid) -> Head {
        Head {
            n: 0,
            chain: CHAIN_START.to_owned(),
            epoch,
            numbers: BTreeMap::new(),
            counts: Counts::default(),
            attached: 0,
        }
    }

    /// A number that tells this end of the log from any other: the beginning of the chain's hash.
    pub fn mark(&self) -> i64 {
        let beginning = self.chain.get(..15).unwrap_or(&self.chain);
        i64::from_str_radix(beginning, 16).unwrap_or_default()
    }

    /// Takes the year's next ticket number.
    pub fn next_number(&mut self, year: i16) -> u32 {
        let last = self.numbers.entry(year).or_insert(0);
        *last = last.saturating_add(1);
        *last
    }

    /// Knows of a number that was given elsewhere in this history.
    pub fn note_number(&mut self, year: i16, count: u32) {
        let last = self.numbers.entry(year).or_insert(0);
        *last = count.max(*last);
    }

    /// Keeps the counters true to a change of a ticket: as it was, if it was; as it is, if it is.
    pub fn apply(&mut self, before: Option<&Ticket>, after: Option<&Ticket>) {
        self.counts.apply(before, after);
    }

    /// The family's open tickets of each severity, zeros included, gravest first.
    pub fn open_by_severity(&self) -> BTreeMap<Severity, u32> {
        self.counts.open_by_severity()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Counts {
    pub fn apply(&mut self, before: Option<&Ticket>, after: Option<&Ticket>) {
        if let Some(ticket) = before.filter(|it| !it.common.deleted) {
            self.take(ticket);
        }
        if let Some(ticket) = after.filter(|it| !it.common.deleted) {
            *self
                .0
                .entry(ticket.queue_id)
                .or_default()
                .entry(ticket.status)
                .or_default()
                .entry(ticket.severity)
                .or_insert(0) += 1;
        }
    }

    /// The tickets of one queue, status and severity.
    pub fn of(&self, queue: QueueId, status: Status, severity: Severity) -> u32 {
        let by_status = self.0.get(&queue).and_then(|it| it.get(&status));
        by_status.and_then(|it| it.get(&severity)).map_or(0, |n| *n)
    }

    /// All live tickets of one queue.
    pub fn of_queue(&self, queue: QueueId) -> u32 {
        let by_status = self.0.get(&queue).into_iter().flat_map(BTreeMap::values);
        by_status.flat_map(BTreeMap::values).sum()
    }

    /// The open tickets of one queue, by severity, zeros included.
    pub fn open_of_queue(&self, queue: QueueId) -> BTreeMap<Severity, u32> {
        let count = |severity| (severity, self.of(queue, Status::Open, severity));
        Severity::ALL.into_iter().map(count).collect()
    }

    /// All tickets of one status.
    pub fn of_status(&self, status: Status) -> u32 {
        let by_severity = self.0.values().filter_map(|it| it.get(&status));
        by_severity.flat_map(BTreeMap::values).sum()
    }

    /// The open tickets of each severity, zeros included, gravest first.
    pub fn open_by_severity(&self) -> BTreeMap<Severity, u32> {
        let mut sums: BTreeMap<Severity, u32> = Severity::ALL.into_iter().map(|s| (s, 0)).collect();
        for by_status in self.0.values() {
            for (severity, count) in by_status.get(&Status::Open).into_iter().flatten() {
                *sums.entry(*severity).or_insert(0) += count;
            }
        }
        sums
    }

    /// Takes one away, and with the last of a kind its entry.
    fn take(&mut self, ticket: &Ticket) {
        let Some(by_status) = self.0.get_mut(&ticket.queue_id) else {
            return;
        };
        let Some(by_severity) = by_status.get_mut(&ticket.status) else {
            return;
        };
        if let Some(count) = by_severity.get_mut(&ticket.severity) {
            *count = count.saturating_sub(1);
        }
        by_severity.retain(|_, count| *count > 0);
        by_status.retain(|_, it| !it.is_empty());
        self.0.retain(|_, it| !it.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::comment::Channel;
    use crate::model::entity::Common;
    use crate::model::id::{FamilyId, TicketId, UserId};
    use crate::model::source::Timestamp;
    use crate::model::status::Stage;

    fn ticket(queue: u128, severity: Severity, status: Status) -> Ticket {
        Ticket {
            family_id: FamilyId(Uuid::from_u128(1)),
            ticket_id: TicketId(Uuid::from_u128(2)),
            queue_id: QueueId(Uuid::from_u128(queue)),
            number: None,
            title: "Boiler".to_owned(),
            severity,
            status,
            stage: Stage::New,
            waiting_note: None,
            requested_by: UserId(Uuid::from_u128(3)),
            assigned_to: None,
            assigned_group: None,
            category: None,
            due_date: None,
            resolved_date: None,
            closed_date: None,
            reopen_until: None,
            snoozed_until: None,
            tags: Default::default(),
            source: Channel::Screen,
            external_ref: None,
            parent_ticket: None,
            merged_into: None,
            triaged: false,
            common: Common::new(UserId(Uuid::from_u128(3)), Timestamp(5)),
        }
    }

    #[test]
    fn counters_follow_a_ticket_through_its_life() {
        let mut head = Head::new(Uuid::from_u128(9));
        let made = ticket(1, Severity::Sev2, Status::Open);
        let graver = ticket(1, Severity::Sev1, Status::Open);
        let moved = ticket(2, Severity::Sev1, Status::Open);
        let done = ticket(2, Severity::Sev1, Status::Resolved);
        let mut gone = done.clone();
        gone.common.deleted = true;

        head.apply(None, Some(&made));
        assert_eq!(head.open_by_severity()[&Severity::Sev2], 1);
        head.apply(Some(&made), Some(&graver));
        assert_eq!(head.open_by_severity()[&Severity::Sev2], 0);
        assert_eq!(head.counts.of_queue(made.queue_id), 1);
        head.apply(Some(&graver), Some(&moved));
        assert_eq!(head.counts.of_queue(made.queue_id), 0);
        assert_eq!(
            head.counts.open_of_queue(moved.queue_id)[&Severity::Sev1],
            1
        );
        head.apply(Some(&moved), Some(&done));
        assert_eq!(head.open_by_severity().values().sum::<u32>(), 0);
        assert_eq!(head.counts.of_status(Status::Resolved), 1);
        head.apply(Some(&done), Some(&gone));
        assert_eq!(head.counts, Counts::default());
        head.apply(Some(&gone), Some(&done));
        assert_eq!(head.counts.of_queue(done.queue_id), 1);
    }

    #[test]
    fn a_head_survives_its_own_json() {
        let mut head = Head::new(Uuid::from_u128(9));
        assert_eq!([head.next_number(2026), head.next_number(2026)], [1, 2]);
        assert_eq!(head.next_number(2027), 1);
        head.apply(None, Some(&ticket(1, Severity::Sev2_5, Status::Open)));
        let text = serde_json::to_string(&head).expect("serialises");
        assert!(text.contains(r#"{"OPEN":{"SEV_2.5":1}}"#), "{text}");
        assert_eq!(serde_json::from_str::<Head>(&text).ok(), Some(head));
    }
}
