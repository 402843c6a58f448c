//! Everything the screen shows, as one tree. Drawing reads it and nothing else.
//!
//! No I/O and no clock: the present moment is [`State::now`], given by events.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::activity::ActivityPane;
use super::board::BoardPane;
use super::composer::Composer;
use super::first_start::FirstStart;
use super::keymap::KeyMap;
use super::layout::{Layout, Size, Widths, lay_out};
use super::message::Message;
use super::outbox::OutboxPane;
use super::people::PeoplePane;
use super::picker::Picker;
use super::presence::Other;
use super::prompt::Prompt;
use super::query_line::QueryLine;
use super::text_field::TextField;
use super::texts::Texts;
use super::triage::TriagePane;
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::MembershipStatus;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::query::{Names, Query};
use crate::replica::view::{FamilyRow, FamilyView, OutboxSummary, Thread, TicketRow, Window};
use crate::sync::transfer::Transfer;

/// The screen's state.
#[derive(Debug)]
pub struct State {
    /// The present moment as the last event told it; ages are counted from here.
    pub now: Timestamp,
    pub size: Size,
    /// What is visible where at this size; recomputed on every change of size, view or focus.
    pub layout: Layout,
    pub session: Session,
    pub view: View,
    pub desk: Desk,
    pub board: BoardPane,
    pub triage: TriagePane,
    pub people: PeoplePane,
    pub outbox: OutboxPane,
    pub activity: ActivityPane,
    /// Who else is at which ticket just now.
    pub others: Vec<Other>,
    /// What lies over the view, the topmost last; the topmost sees a key first.
    pub overlays: Vec<Overlay>,
    /// Keys typed of a sequence that is not complete yet, with what may follow.
    pub pending: Option<Pending>,
    pub status: StatusLine,
    /// What the hint line offers now, most useful first.
    pub hints: Vec<Hint>,
    /// The keys that titles and empty panes name.
    pub keys: KeyNames,
}

/// The keys of what is named on the screen without being a hint, as they are bound.
#[derive(Debug, Clone, Default)]
pub struct KeyNames {
    pub families: String,
    pub queues: String,
    pub list: String,
    pub thread: String,
    pub open: String,
    pub back: String,
    pub new_ticket: String,
    pub new_queue: String,
    pub new_family: String,
    pub people: String,
    pub deleted: String,
    pub outbox: String,
    pub conflicts: String,
    pub bring_back: String,
    /// Those of the severities in triage, gravest first.
    pub severities: [String; 6],
    pub sign_in: String,
    /// Those of a form: send it, copy what is written in it, write that to a file.
    pub form_send: String,
    pub form_copy: String,
    pub form_write: String,
    pub help: String,
}

/// Who sits here, and what they belong to.
#[derive(Debug)]
pub struct Session {
    pub me: UserId,
    /// My name in the open family; empty until it is known.
    pub my_name: String,
    /// The IANA zone in which days and times are read and shown.
    pub time_zone: TimeZone,
    /// The families of the families pane, in its order.
    pub families: Vec<FamilyRow>,
    /// The family that is open, once it has been read.
    pub family: Option<Box<FamilyView>>,
    /// What can be named in a query about the open family, and about all of mine.
    pub names: Names,
    pub all_names: Names,
    /// Where the open family's days begin.
    pub family_zone: TimeZone,
    /// Whether this is the demo family, where nothing is kept.
    pub demo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Desk,
    Board,
    Triage,
    Activity,
    Outbox,
    Conflicts,
    People,
}

/// A pane of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    Families,
    Queues,
    List,
    Thread,
    /// The severities over the list.
    Strip,
}

/// The main view.
#[derive(Debug)]
pub struct Desk {
    pub focus: Pane,
    /// On a screen of middle width: whether the thread stands below the list.
    pub thread_open: bool,
    pub families: FamiliesPane,
    pub queues: QueuesPane,
    pub list: ListPane,
    pub thread: ThreadPane,
    /// Which severity of pane 5 the cursor is on, gravest first.
    pub strip: usize,
}

/// Pane 1. Its rows are [`Session::families`].
#[derive(Debug, Default)]
pub struct FamiliesPane {
    pub cursor: usize,
    /// The first row that is visible.
    pub top: usize,
    /// The family whose queues and tickets are shown.
    pub open: Option<FamilyId>,
}

/// Pane 2: places to look for tickets.
#[derive(Debug, Default)]
pub struct QueuesPane {
    pub lines: Vec<QueueLine>,
    pub cursor: usize,
    /// The first row that is visible.
    pub top: usize,
    pub folded: BTreeSet<GroupId>,
}

/// One line of the queues pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLine {
    pub kind: QueueLineKind,
    /// As it is shown, without indent.
    pub label: String,
    /// How many open tickets it holds.
    pub open: u64,
    /// How many of them are unread, where that is counted.
    pub unread: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueLineKind {
    /// Every ticket of the family.
    Everything,
    MyWork,
    Unassigned,
    /// A group; its queues follow unless it is folded.
    Group {
        group_id: GroupId,
        folded: bool,
    },
    Queue(QueueId),
}

/// Pane 3: a window onto a list of any length.
#[derive(Debug)]
pub struct ListPane {
    /// The one family whose tickets are listed; none for all of mine.
    pub family: Option<FamilyId>,
    /// What the list is of where nothing narrows it.
    pub home: Query,
    /// What it is of now, but for the quick filter.
    pub base: Query,
    /// The quick filter, as it was typed.
    pub typed: String,
    /// Both together: what is listed.
    pub query: Query,
    /// The place in words, such as `Home / IT`.
    pub place_name: String,
    /// The rest of the query in words, such as `is:open sev:1 router`.
    pub query_words: String,
    /// Whether it lists the tickets of a single queue.
    pub is_one_queue: bool,
    /// The rows that are loaded: those on screen and a margin.
    pub window: Window,
    /// The ticket under the cursor, and its place in the whole list, from 0.
    pub selected: Option<Selected>,
    /// The place of the first row on screen.
    pub top: u64,
    pub marks: BTreeSet<TicketId>,
    /// The marked tickets as they were when they were marked.
    pub marked_rows: Vec<TicketRow>,
    /// Where a range of marks began (`v`).
    pub mark_from: Option<u64>,
    /// The quick filter, while it is being typed.
    pub filter: Option<TextField>,
    /// Nothing has been answered for this query yet.
    pub loading: bool,
    /// The list shows what a search or a query found, not a place of the queues pane.
    pub searching: bool,
    /// The list was opened from a number of the board; the way back leads there.
    pub from_board: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    pub ticket_id: TicketId,
    pub place: u64,
}

/// Pane 4: one ticket and what was said about it.
///
/// Its items are counted from 0: the ticket with its description is item 0, comment number `n`
/// (from 0, in the order of the thread) is item `n + 1`. Drawing begins with item `top`, of which
/// `skip` lines are left out; `cursor` is the item that replies and yanks mean.
#[derive(Debug, Default)]
pub struct ThreadPane {
    /// The ticket that is wanted; `thread` may still be the one before it.
    pub ticket_id: Option<TicketId>,
    pub thread: Option<Box<Thread>>,
    pub cursor: u64,
    pub top: u64,
    pub skip: usize,
    pub texts: Texts,
}

/// What lies over the view.
#[derive(Debug)]
pub enum Overlay {
    /// A list that is searched by typing: help, command line, people, queues, menus.
    Picker(Picker),
    /// One line that is asked for.
    Prompt(Prompt),
    /// The whole query of the list.
    QueryLine(Box<QueryLine>),
    /// A form: new ticket, comment, note, edit.
    Composer(Box<Composer>),
    /// A text to read; any key closes it.
    Message(Message),
    /// The wizard of an empty store; fills the screen.
    FirstStart(Box<FirstStart>),
}

/// A sequence of keys under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What was typed, such as `g`.
    pub typed: String,
    pub next: Vec<Hint>,
}

/// A key and what it does, in a word or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub keys: String,
    pub help: String,
}

/// The line that never lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusLine {
    pub connection: Connection,
    pub outbox: OutboxSummary,
    /// The file that is on its way just now.
    pub transfer: Option<Transfer>,
    /// Why what was typed is not on the disk, where it isn't.
    pub unsaved: Option<String>,
    /// What is to be said of the disk of the state folder, where it gives out.
    pub disk: Option<String>,
    /// What is wrong with the backend's store, where it is this person's to see to it.
    pub trouble: Option<String>,
    /// The last thing to say; stays until the next action.
    pub notice: Option<Notice>,
}

/// How it stands with the backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Connection {
    #[default]
    Starting,
    Live,
    Syncing,
    /// Not reached.
    Offline(Offline),
    /// Reached, but the server does not know this device, or not any more.
    SignedOut,
    /// Reached, but it speaks another version of the protocol.
    Outdated,
}

/// Why the backend is not reached, and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offline {
    pub why: String,
    pub cut: Cut,
    /// When it was first not reached.
    pub since: Timestamp,
    /// How often it was tried since it was reached last.
    pub tries: u32,
    pub next_try: Timestamp,
}

/// How the way to the backend is cut off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cut {
    /// Nobody answers.
    #[default]
    Away,
    /// It answers, and has no place for anything.
    CannotStore,
    /// It answers, and its store is damaged.
    Damaged,
    /// It answers, and fails.
    Failing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// It was done.
    Done,
    /// It can't be done now, and why.
    Warning,
    /// It failed.
    Error,
}

impl Connection {
    /// Whether the backend answers, or may.
    pub fn is_there(&self) -> bool {
        match self {
            Connection::Starting | Connection::Live | Connection::Syncing => true,
            Connection::Offline(_) | Connection::SignedOut | Connection::Outdated => false,
        }
    }

    /// In a word or two, for the title line.
    pub fn words(&self) -> &str {
        match self {
            Connection::Starting => "starting",
            Connection::Live => "live",
            Connection::Syncing => "syncing",
            Connection::Offline(offline) => match offline.cut {
                Cut::Away => "offline",
                Cut::CannotStore => "server full",
                Cut::Damaged => "server damaged",
                Cut::Failing => "reconnecting",
            },
            Connection::SignedOut => "signed out",
            Connection::Outdated => "update needed",
        }
    }
}

impl ListPane {
    fn new() -> ListPane {
        ListPane {
            family: None,
            home: Query::open(),
            base: Query::open(),
            typed: String::new(),
            query: Query::open(),
            place_name: String::new(),
            query_words: String::new(),
            is_one_queue: false,
            window: Window::default(),
            selected: None,
            top: 0,
            marks: BTreeSet::new(),
            marked_rows: Vec::new(),
            mark_from: None,
            filter: None,
            loading: true,
            searching: false,
            from_board: false,
        }
    }

    /// The rows to draw, with their places: those of the window from `top` on.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = (u64, &TicketRow)> {
        let skip =
            usize::try_from(self.top.saturating_sub(self.window.first)).unwrap_or(usize::MAX);
        let rows = if self.top < self.window.first {
            &[][..]
        } else {
            &self.window.rows[..]
        };
        (self.top..).zip(rows.iter().skip(skip).take(height))
    }

    /// The row of a place, if it is loaded.
    pub fn row_at(&self, place: u64) -> Option<&TicketRow> {
        let index = place.checked_sub(self.window.first)?;
        self.window.rows.get(usize::try_from(index).ok()?)
    }

    /// The row under the cursor.
    pub fn selected_row(&self) -> Option<&TicketRow> {
        let selected = self.selected?;
        self.row_at(selected.place)
            .filter(|row| row.ticket_id == selected.ticket_id)
    }
}

impl Session {
    /// The name of a family that is mine, or asks me in.
    pub fn family_name(&self, family_id: FamilyId) -> Option<&str> {
        self.families
            .iter()
            .find(|row| row.family_id == family_id)
            .map(|row| row.family_name.as_str())
    }

    /// Open tickets by severity, gravest first, as the strip over the list shows them.
    pub fn severities(&self) -> impl Iterator<Item = (Severity, u64)> {
        let counts = self.family.as_ref().map_or([0; 6], |f| f.open_by_severity);
        Severity::ALL.into_iter().zip(counts)
    }

    /// Whether I am in the family, rather than invited to it.
    pub fn is_member(row: &FamilyRow) -> bool {
        row.status == MembershipStatus::Member
    }
}

impl State {
    /// The state before anything has been answered.
    pub fn new(who: (UserId, TimeZone), now: Timestamp, size: Size, keys: &KeyMap) -> State {
        let (me, time_zone) = who;
        State {
            now,
            size,
            layout: lay_out(size, Widths::default(), (Pane::List, false), 0),
            session: Session {
                me,
                my_name: String::new(),
                families: Vec::new(),
                family: None,
                names: Names::default(),
                all_names: Names::default(),
                family_zone: time_zone.clone(),
                time_zone,
                demo: false,
            },
            view: View::Desk,
            desk: Desk {
                focus: Pane::List,
                thread_open: false,
                families: FamiliesPane::default(),
                queues: QueuesPane::default(),
                list: ListPane::new(),
                thread: ThreadPane::default(),
                strip: 0,
            },
            board: BoardPane::default(),
            triage: TriagePane::default(),
            people: PeoplePane::default(),
            outbox: OutboxPane::default(),
            activity: ActivityPane::default(),
            others: Vec::new(),
            overlays: Vec::new(),
            pending: None,
            status: StatusLine::default(),
            hints: Vec::new(),
            keys: KeyNames::of(keys),
        }
    }

    /// The family that is open.
    pub fn open_family(&self) -> Option<FamilyId> {
        self.desk.families.open
    }

    /// The form, menu or line that has the keyboard, if one has.
    pub fn top_overlay(&self) -> Option<&Overlay> {
        self.overlays.last()
    }
}
