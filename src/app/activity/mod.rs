//! Activity: what happened to a ticket, in a queue or in the family, the newest first, with what
//! each change changed. Of a history of any length a window is loaded.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

mod pane;
mod scope;

use self::scope::Rungs;
use super::App;
use super::effect::Slot;
use super::mouse::{Hit, On};
use super::panes::moved;
use super::registry::Context;
use super::state::{NoticeKind, View};
use super::views::Behaviour;
use crate::model::audit::AuditRecord;
use crate::model::id::TicketId;
use crate::model::source::Timestamp;
use crate::replica::view::{History, HistoryFrom, HistoryOf, Question};
use crate::tell::{Teller, Told};
use crate::text::markdown::Line;

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

impl App {
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
