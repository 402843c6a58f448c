//! Activity: what happened to a ticket, in a queue or in the family, the newest first, with what
//! each change changed. Of a history of any length a window is loaded.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::App;
use super::effect::Slot;
use super::mouse::{Hit, On};
use super::panes::moved;
use super::registry::Context;
use super::state::{NoticeKind, Pane, QueueLineKind, View};
use super::views::Behaviour;
use crate::model::audit::AuditRecord;
use crate::model::id::{FamilyId, QueueId, TicketId};
use crate::model::source::Timestamp;
use crate::replica::view::{COUNTED, History, HistoryFrom, HistoryOf, Place, Question};
use crate::tell::{Teller, Told};
use crate::text::markdown::Line;
use crate::text::{age, diff};

/// The activity view.
#[derive(Debug, Default)]
pub struct ActivityPane {
    /// Whose history is shown.
    pub of: Option<HistoryOf>,
    /// The part of it that is loaded, once something has been answered.
    pub history: Option<Box<History>>,
    /// Its records in words, the newest first.
    pub entries: Vec<Entry>,
    /// The same with its days and what is unfolded, as it stands on the screen.
    pub lines: Vec<ActivityLine>,
    /// The entry that the keys act on.
    pub cursor: usize,
    /// The first line that is visible.
    pub top: usize,
    rungs: Rungs,
    came_from: Option<View>,
    /// The changes that are not folded, by sequence; with `all_open` those that are.
    turned: BTreeSet<i64>,
    all_open: bool,
    /// The change that stepping through time opened; the next step folds it.
    stepped: Option<i64>,
    jump: Option<End>,
}

/// A record, told.
#[derive(Debug)]
pub struct Entry {
    pub seq: i64,
    pub time: Timestamp,
    pub ticket_id: Option<TicketId>,
    /// The ticket's title; empty where it is about none.
    pub title: String,
    pub told: Told,
    pub is_open: bool,
}

/// One line of the view.
#[derive(Debug)]
pub enum ActivityLine {
    /// What follows happened on the day of this moment.
    Day(Timestamp),
    Entry(usize),
    /// A row of what an entry changed.
    Detail(usize, Line),
    /// Older changes have still to arrive.
    Incomplete,
}

/// What widening and narrowing lead through.
#[derive(Debug, Clone, Copy, Default)]
struct Rungs {
    ticket: Option<TicketId>,
    queue: Option<QueueId>,
    family: Option<FamilyId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

pub(super) struct ActivityView;

const HINTS: &[&str] = &[
    "activity.unfold",
    "activity.older",
    "activity.newer",
    "activity.wider",
    "activity.narrower",
    "activity.ticket",
    "move.back",
    "help",
];
/// How many records are loaded at once.
const WINDOW: usize = 200;
/// How near to the end of the window the cursor comes before more is asked for.
const MARGIN: usize = 30;
/// Columns left of what a change changed.
pub const INDENT: usize = 4;

impl Behaviour for ActivityView {
    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::Activity, Context::Global]
    }

    fn hints(&self, _app: &App) -> &'static [&'static str] {
        HINTS
    }

    fn ask(&self, app: &mut App) {
        app.ask_activity();
    }

    fn leave(&self, app: &mut App) {
        app.state.activity = ActivityPane::default();
    }

    fn move_by(&self, app: &mut App, by: i64) {
        match by {
            i64::MIN => app.activity_end(End::First),
            i64::MAX => app.activity_end(End::Last),
            by => app.activity_move(by),
        }
    }

    fn scroll_by(&self, app: &mut App, by: i64) {
        app.activity_scroll(by);
    }

    fn page(&self, app: &App) -> usize {
        app.activity_rows()
    }

    fn click(&self, app: &mut App, on: On) {
        match on.hit {
            Hit::Change(entry) if entry == app.state.activity.cursor => app.activity_unfold(),
            Hit::Change(entry) | Hit::Detail(entry) => app.state.activity.cursor = entry,
            _ => {}
        }
    }

    fn back(&self, app: &mut App) {
        let to = app.state.activity.came_from.unwrap_or(View::Desk);
        app.go(to);
    }
}

impl ActivityPane {
    /// Which change of how many the cursor is on; a number that was not counted to its end has a
    /// plus.
    pub fn position(&self) -> Option<(u64, u64, bool)> {
        let history = self.history.as_ref().filter(|_| !self.entries.is_empty())?;
        let here = history.newer + self.cursor as u64 + 1;
        let all = history.newer + self.entries.len() as u64 + history.older;
        let more = history.newer >= COUNTED || history.older >= COUNTED;
        Some((here, all, more))
    }

    /// Whether it is of one ticket, which need not be named on each line.
    pub fn is_of_ticket(&self) -> bool {
        matches!(self.of, Some(HistoryOf::Ticket(..)))
    }

    fn under_cursor(&self) -> Option<&Entry> {
        self.entries.get(self.cursor)
    }

    fn is_open(&self, seq: i64) -> bool {
        self.all_open != self.turned.contains(&seq)
    }

    fn set_open(&mut self, seq: i64, open: bool) {
        if open == self.all_open {
            self.turned.remove(&seq);
        } else {
            self.turned.insert(seq);
        }
    }

    /// Writes the lines anew, for so many columns inside the border.
    fn lay(&mut self, columns: usize, zone: &TimeZone) {
        let mut lines = Vec::with_capacity(self.entries.len() + 16);
        let mut day: Option<Timestamp> = None;
        let of_ticket = self.is_of_ticket();
        let columns = columns.saturating_sub(INDENT + 1).max(1);
        for index in 0..self.entries.len() {
            let is_open = self.is_open(self.entries[index].seq);
            let entry = &mut self.entries[index];
            entry.is_open = is_open;
            if day.is_none_or(|day| !age::same_day(day.0, entry.time.0, zone)) {
                lines.push(ActivityLine::Day(entry.time));
                day = Some(entry.time);
            }
            lines.push(ActivityLine::Entry(index));
            if is_open {
                let rows = entry.details(columns, (zone, of_ticket)).into_iter();
                lines.extend(rows.map(|row| ActivityLine::Detail(index, row)));
            }
        }
        let history = self.history.as_ref();
        if history.is_some_and(|it| it.incomplete && it.older == 0) {
            lines.push(ActivityLine::Incomplete);
        }
        self.lines = lines;
    }

    /// The lines of an entry: its own and one behind its last.
    fn lines_of(&self, entry: usize) -> Option<(usize, usize)> {
        let is_own = |line: &ActivityLine| matches!(line, ActivityLine::Entry(at) if *at == entry);
        let first = self.lines.iter().position(is_own)?;
        let details = self.lines.iter().skip(first + 1);
        let details = details.take_while(|line| matches!(line, ActivityLine::Detail(..)));
        Some((first, first + 1 + details.count()))
    }

    /// The entry that a line belongs to, or the next one below.
    fn entry_at(&self, line: usize) -> Option<usize> {
        self.lines.iter().skip(line).find_map(|line| match line {
            ActivityLine::Entry(entry) | ActivityLine::Detail(entry, _) => Some(*entry),
            ActivityLine::Day(_) | ActivityLine::Incomplete => None,
        })
    }

    /// Scrolls so that the entry under the cursor is on the screen with what it changed, as far as
    /// there is room, and with its day where that stands right above.
    fn show_cursor(&mut self, rows: usize) {
        let Some((first, end)) = self.lines_of(self.cursor) else {
            return;
        };
        let above = first.checked_sub(1).and_then(|above| self.lines.get(above));
        let begin = match above {
            Some(ActivityLine::Day(_)) => first - 1,
            _ => first,
        };
        if end > self.top + rows {
            self.top = end.saturating_sub(rows).min(first);
        }
        if begin < self.top {
            self.top = begin;
            // A day's name does not push out what is to be read.
            if end > self.top + rows {
                self.top = first;
            }
        }
        self.top = self.top.min(self.lines.len().saturating_sub(1));
    }
}

impl Entry {
    fn details(&self, columns: usize, (zone, of_ticket): (&TimeZone, bool)) -> Vec<Line> {
        let mut words = format!("{}, record {}", age::exactly(self.time.0, zone), self.seq);
        if !of_ticket {
            words.push_str(&format!(", {} {}", self.told.on, self.title));
        }
        let mut rows = diff::remark(words.trim_end(), columns);
        rows.extend(self.told.details(columns));
        rows
    }
}

impl App {
    /// Shows what happened to what one is on. In Activity itself: to the ticket of the change
    /// under the cursor.
    pub(super) fn go_activity(&mut self) {
        if self.state.view == View::Activity {
            return match self.of_entry() {
                Ok(of) => self.show_activity(of),
                Err(why) => self.say(NoticeKind::Warning, why),
            };
        }
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let (rungs, of) = self.rungs_here(family_id);
        self.state.activity = ActivityPane {
            of: Some(of),
            rungs,
            came_from: Some(self.state.view),
            ..ActivityPane::default()
        };
        self.go(View::Activity);
    }

    fn rungs_here(&self, family_id: FamilyId) -> (Rungs, HistoryOf) {
        let desk = &self.state.desk;
        let in_desk = self.state.view == View::Desk;
        let family = Rungs {
            family: Some(family_id),
            ..Rungs::default()
        };
        match desk.focus {
            Pane::Families | Pane::Strip if in_desk => {
                return (family, HistoryOf::Family(family_id));
            }
            Pane::Queues if in_desk => {
                let line = desk.queues.lines.get(desk.queues.cursor);
                let Some(QueueLineKind::Queue(queue_id)) = line.map(|line| line.kind) else {
                    return (family, HistoryOf::Family(family_id));
                };
                let rungs = Rungs {
                    queue: Some(queue_id),
                    ..family
                };
                return (rungs, HistoryOf::Queue(family_id, queue_id));
            }
            _ => {}
        }
        let Some(target) = self.target() else {
            return (family, HistoryOf::Family(family_id));
        };
        let (family_id, ticket_id) = (target.family_id(), target.ticket_id());
        let rungs = Rungs {
            ticket: Some(ticket_id),
            queue: Some(target.row.queue_id),
            family: Some(family_id),
        };
        (rungs, HistoryOf::Ticket(family_id, ticket_id))
    }

    // What is loaded.

    fn ask_activity(&mut self) {
        let pane = &self.state.activity;
        let Some(of) = pane.of else { return };
        let from = match (pane.jump, pane.under_cursor()) {
            (Some(End::Last), _) => HistoryFrom::Oldest,
            (None, Some(entry)) => HistoryFrom::Around(entry.seq),
            (Some(End::First), _) | (None, None) => HistoryFrom::Newest,
        };
        self.ask(
            Slot::Activity,
            Question::History {
                of,
                from,
                limit: WINDOW,
            },
        );
    }

    pub(super) fn activity_came(&mut self, history: Box<History>) {
        let rows = self.activity_rows();
        let zone = self.state.session.time_zone.clone();
        let pane = &mut self.state.activity;
        let under = pane.under_cursor().map(|entry| entry.seq);
        let line = pane.lines_of(pane.cursor).map_or(0, |(first, _)| first);
        let offset = line.saturating_sub(pane.top);
        let at_the_top = pane.top == 0 && pane.history.as_ref().is_none_or(|it| it.newer == 0);
        pane.entries = entries(&history, &zone);
        let last = pane.entries.len().saturating_sub(1);
        let jump = pane.jump.take();
        pane.cursor = match (jump, under) {
            (Some(End::First), _) | (None, None) => 0,
            (Some(End::Last), _) => last,
            // The same, or what came before it where it is gone.
            (None, Some(seq)) => {
                let place = pane.entries.iter().position(|entry| entry.seq <= seq);
                place.unwrap_or(last)
            }
        };
        pane.history = Some(history);
        self.lay_activity();
        let pane = &mut self.state.activity;
        let line = pane.lines_of(pane.cursor).map_or(0, |(first, _)| first);
        pane.top = match jump {
            // What is new comes into sight above, and the cursor stays on its change.
            None if at_the_top => 0,
            None => line.saturating_sub(offset),
            Some(_) => 0,
        };
        if jump.is_some() || line >= pane.top + rows {
            pane.show_cursor(rows);
        }
    }

    /// Asks for what lies beyond the window where the cursor comes near to its end.
    fn read_more_activity(&mut self) {
        let pane = &self.state.activity;
        let Some(history) = &pane.history else { return };
        let above = pane.cursor < MARGIN && history.newer > 0;
        let below = pane.cursor + MARGIN >= pane.entries.len() && history.older > 0;
        if (above || below) && !self.is_asking(Slot::Activity) {
            self.ask_activity();
        }
    }

    /// Writes the lines anew: what is unfolded, or the width, has changed.
    pub(super) fn lay_activity(&mut self) {
        let columns = usize::from(self.state.layout.body.width.saturating_sub(2));
        let rows = self.activity_rows();
        let zone = &self.state.session.time_zone;
        self.state.activity.lay(columns, zone);
        self.state.activity.show_cursor(rows);
    }

    fn activity_rows(&self) -> usize {
        usize::from(self.state.layout.body.height.saturating_sub(2)).max(1)
    }

    // Moving.

    /// To the next entry; one that reaches below the screen is read to its end first.
    fn activity_move(&mut self, by: i64) {
        let rows = self.activity_rows();
        let half = (rows / 2).max(1);
        let pane = &mut self.state.activity;
        if let Some((first, end)) = pane.lines_of(pane.cursor) {
            if by == 1 && end > pane.top + rows {
                pane.top = (pane.top + half).min(end - rows);
                return;
            }
            if by == -1 && first < pane.top {
                pane.top = pane.top.saturating_sub(half).max(first);
                return;
            }
        }
        pane.cursor = moved(pane.cursor, by, pane.entries.len());
        pane.show_cursor(rows);
        self.read_more_activity();
    }

    fn activity_scroll(&mut self, by: i64) {
        let rows = self.activity_rows();
        let pane = &mut self.state.activity;
        let most = pane.lines.len().saturating_sub(rows);
        let by = isize::try_from(by).unwrap_or(if by < 0 { isize::MIN } else { isize::MAX });
        let (at_top, at_end) = (pane.top == 0, pane.top >= most);
        pane.top = pane.top.saturating_add_signed(by).min(most);
        if (at_top && by < 0) || (at_end && by > 0) {
            let end = if by < 0 { 0 } else { usize::MAX };
            pane.cursor = end.min(pane.entries.len().saturating_sub(1));
        } else if let Some((first, end)) = pane.lines_of(pane.cursor) {
            let last = (pane.top + rows).saturating_sub(1);
            if end <= pane.top {
                pane.cursor = pane.entry_at(pane.top).unwrap_or(pane.cursor);
            } else if first > last {
                let lines = pane.lines.iter().take(last + 1).rev();
                let mut entries = lines.filter_map(|line| match line {
                    ActivityLine::Entry(entry) => Some(*entry),
                    _ => None,
                });
                pane.cursor = entries.next().unwrap_or(pane.cursor);
            }
        }
        self.read_more_activity();
    }

    fn activity_end(&mut self, end: End) {
        let rows = self.activity_rows();
        let pane = &mut self.state.activity;
        let Some(history) = &pane.history else { return };
        let beyond = match end {
            End::First => history.newer,
            End::Last => history.older,
        };
        if beyond > 0 {
            pane.jump = Some(end);
            return self.ask_activity();
        }
        pane.cursor = match end {
            End::First => 0,
            End::Last => pane.entries.len().saturating_sub(1),
        };
        pane.show_cursor(rows);
    }

    // What changed.

    pub(super) fn on_change(&self) -> Result<(), String> {
        match self.state.activity.under_cursor() {
            Some(_) => Ok(()),
            None => Err("nothing has happened here yet".to_owned()),
        }
    }

    pub(super) fn activity_unfold(&mut self) {
        let pane = &mut self.state.activity;
        let Some(seq) = pane.under_cursor().map(|entry| entry.seq) else {
            return;
        };
        pane.stepped = None;
        let open = pane.is_open(seq);
        pane.set_open(seq, !open);
        self.lay_activity();
    }

    pub(super) fn activity_unfold_all(&mut self) {
        self.activity_turn_all(true);
    }

    pub(super) fn activity_fold_all(&mut self) {
        self.activity_turn_all(false);
    }

    fn activity_turn_all(&mut self, open: bool) {
        let pane = &mut self.state.activity;
        (pane.all_open, pane.stepped) = (open, None);
        pane.turned.clear();
        self.lay_activity();
    }

    pub(super) fn activity_older(&mut self) {
        self.activity_step(1);
    }

    pub(super) fn activity_newer(&mut self) {
        self.activity_step(-1);
    }

    /// A step through time: the next change in that direction with what it changed, and only that.
    fn activity_step(&mut self, by: i64) {
        let pane = &mut self.state.activity;
        let Some(here) = pane.under_cursor().map(|entry| entry.seq) else {
            return;
        };
        // The first step opens the change that one is on already.
        let begins = pane.stepped.is_none() && !pane.is_open(here);
        let next = match begins {
            true => pane.cursor,
            false => moved(pane.cursor, by, pane.entries.len()),
        };
        if next == pane.cursor && !begins {
            let end = if by > 0 { "oldest" } else { "newest" };
            return self.say(NoticeKind::Warning, format!("this is the {end} change"));
        }
        if let Some(seq) = pane.stepped.take() {
            pane.set_open(seq, false);
        }
        pane.cursor = next;
        if let Some(seq) = pane.under_cursor().map(|entry| entry.seq)
            && !pane.is_open(seq)
        {
            pane.set_open(seq, true);
            pane.stepped = Some(seq);
        }
        self.lay_activity();
        self.read_more_activity();
    }

    // Wider, narrower, elsewhere.

    pub(super) fn can_widen(&self) -> Result<(), String> {
        self.wider().map(drop)
    }

    pub(super) fn can_narrow(&self) -> Result<(), String> {
        self.narrower().map(drop)
    }

    pub(super) fn activity_wider(&mut self) {
        if let Ok(of) = self.wider() {
            self.show_activity(of);
        }
    }

    pub(super) fn activity_narrower(&mut self) {
        if let Ok(of) = self.narrower() {
            self.show_activity(of);
        }
    }

    /// From the ticket to its queue, from there to the family.
    fn wider(&self) -> Result<HistoryOf, String> {
        let Rungs { queue, family, .. } = self.state.activity.rungs;
        match (self.state.activity.of, family, queue) {
            (Some(HistoryOf::Ticket(..)), Some(family_id), Some(queue_id)) => {
                Ok(HistoryOf::Queue(family_id, queue_id))
            }
            (Some(HistoryOf::Ticket(..) | HistoryOf::Queue(..)), Some(family_id), _) => {
                Ok(HistoryOf::Family(family_id))
            }
            _ => Err("this is all of the family".to_owned()),
        }
    }

    /// The same back; where one did not come from there, to the ticket under the cursor.
    fn narrower(&self) -> Result<HistoryOf, String> {
        let Rungs {
            ticket,
            queue,
            family,
        } = self.state.activity.rungs;
        match (self.state.activity.of, family) {
            (Some(HistoryOf::Ticket(..)), _) | (_, None) => {
                Err("this is one ticket already".to_owned())
            }
            (of, Some(family_id)) => match (of, queue, ticket) {
                (Some(HistoryOf::Family(_)), Some(queue_id), _) => {
                    Ok(HistoryOf::Queue(family_id, queue_id))
                }
                (_, _, Some(ticket_id)) => Ok(HistoryOf::Ticket(family_id, ticket_id)),
                (_, _, None) => self.of_entry(),
            },
        }
    }

    /// The ticket of the change under the cursor.
    fn of_entry(&self) -> Result<HistoryOf, String> {
        self.on_change()?;
        let entry = self.state.activity.under_cursor();
        let ticket = entry.and_then(|entry| entry.ticket_id);
        match (ticket, self.state.activity.rungs.family) {
            (Some(ticket_id), Some(family_id)) => Ok(HistoryOf::Ticket(family_id, ticket_id)),
            _ => Err("that change is about no ticket".to_owned()),
        }
    }

    /// Shows another history, the cursor staying on its change where that is in both.
    fn show_activity(&mut self, of: HistoryOf) {
        let pane = &mut self.state.activity;
        pane.of = Some(of);
        if let HistoryOf::Ticket(_, ticket_id) = of {
            pane.rungs.ticket = Some(ticket_id);
        }
        self.ask_activity();
    }

    pub(super) fn on_ticket_change(&self) -> Result<(), String> {
        self.of_entry().map(drop)
    }

    pub(super) fn activity_ticket(&mut self) {
        if let Ok(HistoryOf::Ticket(family_id, ticket_id)) = self.of_entry() {
            self.show_ticket(Place::Family(family_id), ticket_id);
        }
    }
}

fn entries(history: &History, zone: &TimeZone) -> Vec<Entry> {
    let teller = Teller {
        names: &history.names,
        zone,
    };
    let entry = |record: &AuditRecord| {
        let ticket_id = record.entity.ticket();
        let title = ticket_id.and_then(|ticket_id| history.names.titles.get(&ticket_id));
        Entry {
            seq: record.seq,
            time: record.time,
            ticket_id,
            title: title.cloned().unwrap_or_default(),
            told: teller.record(record),
            is_open: false,
        }
    };
    history.records.iter().map(entry).collect()
}
