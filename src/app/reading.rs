//! What is read by being looked at: at once while the thread has the keys, after a rest beside the
//! list. Nothing is told of it but to the person's own log.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::time::Duration;

use super::App;
use super::effect::{Alarm, Effect};
use super::give::Then;
use super::state::{NoticeKind, Pane, View};
use super::target::{Target, label_of};
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, TicketId};
use crate::model::read_marker::READ_LIMIT;
use crate::replica::view::Thread;

/// How long the cursor of the list rests on a ticket until its thread counts as read.
pub(super) const REST: Duration = Duration::from_secs(2);

/// How long what was read waits for more, to be given as one.
pub(super) const GATHER: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The ticket that is looked at since the last key.
    resting: Option<Resting>,
    /// The ticket was said to be unread while it was looked at: it stays so until another is.
    kept_unread: Option<TicketId>,
    /// Read, and not given yet.
    held: BTreeMap<FamilyId, Read>,
    /// Up to where tickets were read whose markers the replica need not have yet.
    ahead: BTreeMap<TicketId, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Resting {
    ticket_id: TicketId,
    /// It was unread when the rest began; what comes later may find nobody at the screen.
    armed: bool,
}

#[derive(Debug, Default)]
struct Read {
    tickets: BTreeSet<TicketId>,
    seq: i64,
}

impl App {
    /// Notices, at the end of each step, what is looked at.
    pub(super) fn look(&mut self) {
        self.forget_kept_unread();
        let Some((ticket_id, unread)) = self.looked_at().map(|it| (it.ticket.ticket_id, it.unread))
        else {
            self.reading.resting = None;
            return;
        };
        let armed = unread && self.reading.kept_unread != Some(ticket_id);
        if self.state.desk.focus == Pane::Thread {
            self.reading.resting = None;
            if armed {
                self.read_what_is_looked_at();
            }
        } else if self.reading.resting.map(|it| it.ticket_id) != Some(ticket_id) {
            self.reading.resting = Some(Resting { ticket_id, armed });
            if armed {
                self.set_alarm(Alarm::Rested, REST);
            }
        }
    }

    /// A key was pressed: a rest begins anew.
    pub(super) fn stir(&mut self) {
        self.reading.resting = None;
    }

    pub(super) fn woke(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::Rested => {
                let looked_at = self.looked_at().map(|it| it.ticket.ticket_id);
                let rested = self.reading.resting.filter(|it| it.armed);
                if rested.is_some_and(|it| Some(it.ticket_id) == looked_at) {
                    self.read_what_is_looked_at();
                }
            }
            Alarm::Gathered => self.give_reads(),
            Alarm::Settled => self.settled(),
            Alarm::Departed => self.some_departed(),
        }
    }

    /// The thread before the person's eyes, while nothing lies over it.
    fn looked_at(&self) -> Option<&Thread> {
        self.in_sight().filter(|_| self.state.overlays.is_empty())
    }

    /// The desk's thread that is meant: it has the keys, or is that of the ticket under the list's
    /// cursor.
    pub(super) fn in_sight(&self) -> Option<&Thread> {
        let desk = &self.state.desk;
        if !self.shows_thread() {
            return None;
        }
        let thread = desk.thread.thread.as_deref()?;
        let ticket_id = Some(thread.ticket.ticket_id);
        let meant = match desk.focus {
            Pane::Thread => true,
            Pane::List => desk.list.selected.map(|it| it.ticket_id) == ticket_id,
            Pane::Families | Pane::Queues | Pane::Strip => false,
        };
        (meant && desk.thread.ticket_id == ticket_id).then_some(thread)
    }

    fn shows_thread(&self) -> bool {
        self.state.view == View::Desk && self.state.layout.thread.is_some()
    }

    fn forget_kept_unread(&mut self) {
        let shown = self.state.desk.thread.ticket_id;
        if !self.shows_thread() || self.reading.kept_unread != shown {
            self.reading.kept_unread = None;
        }
    }

    fn read_what_is_looked_at(&mut self) {
        let Some(thread) = self.looked_at().filter(|it| it.unread) else {
            return;
        };
        let (ticket, seq) = (&thread.ticket, thread.latest_seq);
        let (family_id, ticket_id) = (ticket.family_id, ticket.ticket_id);
        if self.reading.held.is_empty() {
            self.set_alarm(Alarm::Gathered, GATHER);
        }
        let read = self.reading.held.entry(family_id).or_default();
        read.tickets.insert(ticket_id);
        read.seq = read.seq.max(seq);
        let full = read.tickets.len() >= READ_LIMIT;
        self.reading.ahead.insert(ticket_id, seq);
        self.show_as_read();
        if full {
            self.give_reads();
        }
    }

    fn set_alarm(&mut self, alarm: Alarm, after: Duration) {
        self.effects.push(Effect::Wake { alarm, after });
    }

    /// Gives what was read so far. Also done before another state of the replica is looked at:
    /// what is held was read in one, so that one number holds for all of it.
    pub(super) fn give_reads(&mut self) {
        for (family_id, read) in mem::take(&mut self.reading.held) {
            let tickets: Vec<TicketId> = read.tickets.into_iter().collect();
            if tickets.is_empty() {
                continue;
            }
            let command = CommandBody::TicketRead {
                tickets: tickets.clone(),
                seq: read.seq,
            };
            let then = Then::Read(tickets);
            self.give_for_good((family_id, vec![command]), String::new(), then);
        }
    }

    pub(super) fn reads_were_taken(&mut self, tickets: &[TicketId]) {
        for ticket_id in tickets {
            self.reading.ahead.remove(ticket_id);
        }
    }

    pub(super) fn reads_were_refused(&mut self, tickets: &[TicketId], why: &str) {
        self.reads_were_taken(tickets);
        self.say(
            NoticeKind::Error,
            format!("what you read was not noted: {why}"),
        );
    }

    /// Shows rows that were asked for earlier as what was read since leaves them.
    pub(super) fn show_as_read(&mut self) {
        let ahead = &self.reading.ahead;
        let is_read = |ticket_id, seq| ahead.get(&ticket_id).is_some_and(|read| seq <= *read);
        let desk = &mut self.state.desk;
        for row in &mut desk.list.window.rows {
            row.unread &= !is_read(row.ticket_id, row.latest_seq);
        }
        if let Some(thread) = &mut desk.thread.thread {
            thread.unread &= !is_read(thread.ticket.ticket_id, thread.latest_seq);
        }
    }

    // By the person's own word.

    pub(super) fn mark_as_read(&mut self) {
        let targets = self.only_those(self.targets(), "read", |row| row.unread);
        self.give_markers(&targets, "read", |some| CommandBody::TicketRead {
            tickets: some.iter().map(Target::ticket_id).collect(),
            seq: some.iter().map(|it| it.row.latest_seq).max().unwrap_or(0),
        });
    }

    pub(super) fn mark_as_unread(&mut self) {
        let targets = self.only_those(self.targets(), "unread", |row| !row.unread);
        for target in &targets {
            self.keep_unread(target.ticket_id());
        }
        self.give_markers(&targets, "unread", |some| CommandBody::TicketUnread {
            tickets: some.iter().map(Target::ticket_id).collect(),
        });
    }

    fn keep_unread(&mut self, ticket_id: TicketId) {
        self.reading.ahead.remove(&ticket_id);
        for read in self.reading.held.values_mut() {
            read.tickets.remove(&ticket_id);
        }
        let shown = self.state.desk.thread.ticket_id;
        if self.shows_thread() && shown == Some(ticket_id) {
            self.reading.kept_unread = shown;
        }
    }

    fn give_markers(
        &mut self,
        targets: &[Target],
        word: &str,
        make: impl Fn(&[Target]) -> CommandBody,
    ) {
        let mut by_family: BTreeMap<FamilyId, Vec<Target>> = BTreeMap::new();
        for target in targets {
            let of_family = by_family.entry(target.family_id()).or_default();
            of_family.push(target.clone());
        }
        let words = format!("marked {} as {word}", label_of(targets));
        for (family_id, targets) in by_family {
            let commands = targets.chunks(READ_LIMIT).map(&make).collect();
            self.give_for_good((family_id, commands), words.clone(), Then::Done);
        }
        if !targets.is_empty() {
            self.unmark();
        }
    }
}
