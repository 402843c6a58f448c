//! What stands around the panes: borders with titles, the title line, the breadcrumb, the status
//! line with its hints.

use ratatui::layout::Rect;

use crate::app::layout::Area;
use crate::app::state::{Connection, Cut, Hint, Notice, NoticeKind, Pane, State, View};
use crate::text::plural::{count, grouped};
use crate::text::{age, width};

use super::glyphs::{self, BETWEEN};
use super::pen::Pen;
use super::theme::Role;

/// What is written into the upper border of a pane.
pub struct PaneTitle<'a> {
    /// The key that goes there; empty for none.
    pub key: &'a str,
    /// The pane's name; may be what somebody typed.
    pub name: &'a str,
    /// More about it, dimmed; may be what somebody typed.
    pub detail: &'a str,
    /// At the right end.
    pub right: &'a str,
    /// Whether the pane has the keys.
    pub focus: bool,
    /// Whether it hangs on what stands above it.
    pub joined: bool,
}

impl<'a> PaneTitle<'a> {
    pub fn new(key: &'a str, name: &'a str) -> PaneTitle<'a> {
        PaneTitle {
            key,
            name,
            detail: "",
            right: "",
            focus: false,
            joined: false,
        }
    }
}

pub fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

/// What is inside a border.
pub fn inside(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// Draws the border of a pane with its title, and says what is inside.
pub fn pane(pen: &mut Pen, area: Rect, title: &PaneTitle) -> Rect {
    let role = if title.focus {
        Role::Focus
    } else {
        Role::Border
    };
    pen.frame(area, role);
    if title.joined {
        let ends = (glyphs::TEE_LEFT, glyphs::TEE_RIGHT);
        pen.edge(area, 0, ends, role);
    }
    if area.width > 4 {
        write_title(pen, area, title);
    }
    inside(area)
}

/// One line of an area, counted from its top.
pub fn line(area: Rect, line: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(line),
        height: u16::from(line < area.height),
        ..area
    }
}

/// Draws the upper border alone.
pub fn heading(pen: &mut Pen, area: Rect, title: &PaneTitle, role: Role) {
    pen.edge(area, 0, (glyphs::TOP_LEFT, glyphs::TOP_RIGHT), role);
    if area.width > 4 {
        write_title(pen, area, title);
    }
}

fn write_title(pen: &mut Pen, area: Rect, title: &PaneTitle) {
    let right_columns = if title.right.is_empty() {
        0
    } else {
        width(title.right) + 2
    };
    let line = Rect::new(area.x + 1, area.y, area.width - 2, 1);
    let role = if title.focus {
        Role::Strong
    } else {
        Role::Text
    };
    let mut row = pen.row(line, 0);
    row.keep(right_columns + 1);
    row.user(title.key, Role::Key).say(" ", role);
    row.user(title.name, role);
    if !title.detail.is_empty() && row.room() > BETWEEN.len() {
        row.say(BETWEEN, Role::Dim).user(title.detail, Role::Dim);
    }
    if !title.name.is_empty() {
        row.say(" ", role);
    }
    if right_columns > 0 && usize::from(line.width) > right_columns + 1 {
        let mut row = pen.row(line, 0);
        row.skip(usize::from(line.width) - right_columns - 1);
        row.say(" ", Role::Text)
            .user(title.right, Role::Text)
            .say(" ", Role::Text);
    }
}

/// The first line: whose desk this is, and how it stands with the backend.
pub fn title_line(pen: &mut Pen, state: &State) {
    let area = rect(state.layout.title);
    let name = family_name(state);
    let connection = &state.status.connection;
    let me = &state.session.my_name;
    let live = format!("{} {}", connection_mark(connection), connection.words());
    let whole = usize::from(area.width);
    // A narrow screen has no room for what everybody knows.
    let all = whole >= 60;
    let more = if all {
        3 + width(me) + 3 + width(&state.keys.help) + " help".len()
    } else {
        0
    };
    let right = width(&live) + more + 1;

    let mut row = pen.row(area, 0);
    row.keep(right + 1);
    row.say(" ", Role::Text).user(name, Role::Strong);
    let view = state.view.name();
    if !view.is_empty() {
        row.say(BETWEEN, Role::Dim).say(view, Role::Strong);
    }
    if state.session.demo {
        row.say(BETWEEN, Role::Dim)
            .say("demo, nothing is kept", Role::Warning);
    }
    let mut row = pen.row(area, 0);
    row.skip(whole.saturating_sub(right))
        .user(&live, connection_role(connection));
    if all {
        row.say("   ", Role::Text)
            .user(me, Role::Text)
            .say("   ", Role::Text)
            .user(&state.keys.help, Role::Key)
            .say(" help", Role::Dim);
    }
}

fn family_name(state: &State) -> &str {
    state
        .open_family()
        .and_then(|family| state.session.family_name(family))
        .unwrap_or("Fam Help Desk")
}

fn connection_mark(connection: &Connection) -> &'static str {
    match connection {
        Connection::Live | Connection::Syncing => glyphs::LIVE,
        Connection::Starting
        | Connection::Offline(_)
        | Connection::SignedOut
        | Connection::Outdated => glyphs::OFFLINE,
    }
}

fn connection_role(connection: &Connection) -> Role {
    match connection {
        Connection::Live => Role::Good,
        Connection::Starting | Connection::Syncing => Role::Dim,
        Connection::Offline(_) | Connection::SignedOut | Connection::Outdated => Role::Warning,
    }
}

/// On a narrow screen: which pane this is, and what stands above it.
pub fn breadcrumb(pen: &mut Pen, state: &State) {
    let Some(area) = state.layout.breadcrumb else {
        return;
    };
    let family = family_name(state);
    let place = state.desk.list.place_name.as_str();
    let ticket = ticket_name(state);
    let steps = [
        (Pane::Families, "Families"),
        (Pane::Queues, family),
        (Pane::List, if place == family { "" } else { place }),
        (Pane::Thread, ticket.as_str()),
    ];
    let focus = match state.desk.focus {
        Pane::Strip => Pane::List,
        other => other,
    };
    let here = steps.iter().position(|(pane, _)| *pane == focus);
    let steps: Vec<&str> = steps[..=here.unwrap_or(0)]
        .iter()
        .map(|(_, name)| *name)
        .filter(|name| !name.is_empty())
        .collect();
    let first = first_step_that_fits(&steps, usize::from(area.width));
    let mut row = pen.row(rect(area), 0);
    row.say(if first > 0 { " … > " } else { " " }, Role::Dim);
    for (index, name) in steps.iter().enumerate().skip(first) {
        if index > first {
            row.say(" > ", Role::Dim);
        }
        let last = index + 1 == steps.len();
        row.user(name, if last { Role::Strong } else { Role::Dim });
    }
}

/// The nearest steps matter most.
fn first_step_that_fits(steps: &[&str], columns: usize) -> usize {
    let mut taken = 6;
    let fitting = steps.iter().rev().take_while(|name| {
        taken += width(name) + 3;
        taken <= columns + 3
    });
    let fitting = fitting.count().max(1);
    steps.len().saturating_sub(fitting)
}

fn ticket_name(state: &State) -> String {
    let thread = state.desk.thread.thread.as_deref();
    let number = thread.and_then(|thread| thread.ticket.number.as_ref());
    number.map_or_else(|| "new ticket".to_owned(), ToString::to_string)
}

/// The last line: what is wrong or waiting, what was just done, and what can be done now.
pub fn status_line(pen: &mut Pen, state: &State) {
    let area = rect(state.layout.status);
    let whole = usize::from(area.width);
    let standing = standing(state);
    let said: usize = standing.iter().map(|(words, _)| width(words) + 3).sum();
    // What stands comes first, what could be done next takes the rest.
    // Those of what lies over the view stand there.
    let hints: &[Hint] = if state.overlays.is_empty() {
        &state.hints
    } else {
        &[]
    };
    let hints = fitting_hints(hints, whole.saturating_sub(said + 1));
    let hint_columns: usize = hints.iter().map(hint_columns).sum();

    let mut row = pen.row(area, 0);
    row.say(" ", Role::Text);
    for (index, (words, role)) in standing.iter().enumerate() {
        if index > 0 {
            row.say(BETWEEN, Role::Dim);
        }
        row.user(words, *role);
    }
    let mut row = pen.row(area, 0);
    row.skip(whole.saturating_sub(hint_columns + 1));
    for hint in hints {
        row.say("  ", Role::Text)
            .user(&hint.keys, Role::Key)
            .say(" ", Role::Text)
            .user(&hint.help, Role::Dim);
    }
}

/// What the status line says, most pressing first.
fn standing(state: &State) -> Vec<(String, Role)> {
    let status = &state.status;
    let mut said = Vec::new();
    if let Some(Notice { kind, text }) = &status.notice {
        let role = match kind {
            NoticeKind::Done => Role::Good,
            NoticeKind::Warning => Role::Warning,
            NoticeKind::Error => Role::Error,
        };
        said.push((text.clone(), role));
    }
    if let Some(transfer) = &status.transfer {
        said.push((transfer.to_string(), Role::Unsent));
    }
    if let Some(why) = &status.unsaved {
        said.push((why.clone(), Role::Error));
    }
    if let (Some(words), None) = (&status.disk, &status.unsaved) {
        said.push((words.clone(), Role::Error));
    }
    // Where nothing can be sent either, that says why.
    if let (Some(trouble), None) = (&status.trouble, cut_off(state)) {
        said.push((trouble.clone(), Role::Error));
    }
    let outbox = &status.outbox;
    let to_decide = match state.view {
        View::Outbox | View::Conflicts => String::new(),
        _ => format!(" ({})", state.keys.conflicts),
    };
    let kinds = [
        (outbox.refused, "refused", "refused", Role::Error),
        (outbox.conflicts, "conflict", "conflicts", Role::Error),
        (
            outbox.parked,
            "change parked",
            "changes parked",
            Role::Error,
        ),
        (outbox.merged, "merged", "merged", Role::Warning),
    ];
    for (many, one_word, many_words, role) in kinds {
        if many > 0 {
            said.push((
                format!("{}{to_decide}", count(many, one_word, many_words)),
                role,
            ));
        }
    }
    if outbox.newer > 0 {
        let changes = count(outbox.newer, "newer change", "newer changes");
        let words = format!("{changes} not shown; update famdesk");
        said.push((words, Role::Warning));
    }
    let key = match state.view {
        View::Outbox => String::new(),
        _ => format!(" ({})", state.keys.outbox),
    };
    // Why it waits is said with it, where there is a reason.
    if outbox.waiting > 0 && cut_off(state).is_none() {
        let words = format!("{} waiting to send{key}", grouped(outbox.waiting));
        said.push((words, Role::Unsent));
    }
    said.extend(cut_off(state).map(|words| (words, Role::Warning)));
    if state.desk.list.mark_from.is_some() {
        said.push(("marking a range".to_owned(), Role::Marked));
    }
    let marks = state.desk.list.marks.len() as u64;
    if marks > 0 {
        said.push((
            count(marks, "ticket marked", "tickets marked"),
            Role::Marked,
        ));
    }
    said
}

/// Why nothing is sent or fetched, where that is so, and what to do.
fn cut_off(state: &State) -> Option<String> {
    let waiting = state.status.outbox.waiting;
    let changes = count(waiting, "change", "changes");
    let to_send = match waiting {
        0 => String::new(),
        _ => format!(" to send {changes}"),
    };
    let safe = match waiting {
        0 => String::new(),
        _ => format!(", {changes} safe here ({})", state.keys.outbox),
    };
    match &state.status.connection {
        Connection::Offline(offline) => {
            let zone = &state.session.time_zone;
            let length = age::compact(offline.since.0, state.now.0);
            let next = age::moment(offline.next_try.0, state.now.0, zone);
            Some(match offline.cut {
                Cut::Away => format!("offline {length}{safe}; next try {next}: {}", offline.why),
                Cut::CannotStore => {
                    format!("server cannot store, retrying{safe}: {}", offline.why)
                }
                Cut::Damaged => {
                    format!("server's store is damaged, retrying{safe}: {}", offline.why)
                }
                Cut::Failing => format!("reconnecting{safe}: {}", offline.why),
            })
        }
        Connection::SignedOut => Some(format!("sign in{to_send} ({})", state.keys.sign_in)),
        Connection::Outdated => Some(format!(
            "update famdesk{to_send}; everything here still works"
        )),
        Connection::Starting | Connection::Live | Connection::Syncing => None,
    }
}

fn fitting_hints(hints: &[Hint], columns: usize) -> &[Hint] {
    let mut taken = 0;
    let fitting = hints
        .iter()
        .take_while(|hint| {
            taken += hint_columns(hint);
            taken <= columns
        })
        .count();
    &hints[..fitting]
}

fn hint_columns(hint: &Hint) -> usize {
    2 + width(&hint.keys) + 1 + width(&hint.help)
}
