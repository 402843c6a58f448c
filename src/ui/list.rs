//! Pane 3: tickets as rows in straight columns, and over it the strip of severities.
//!
//! Only the gutter tells where the cursor is: moving it changes two cells here, not two rows.

use ratatui::layout::{Position, Rect};

use crate::app::mouse::Hit;
use crate::app::presence::doing_at;
use crate::app::state::{ListPane, Pane, State};
use crate::app::strip::{BEFORE_NUMBERS, NAMED_FROM, strip_items};
use crate::app::text_field::TextField;
use crate::model::presence::Doing;
use crate::model::status::{Stage, Status};
use crate::query::SortBy;
use crate::replica::view::TicketRow;
use crate::text::age;
use crate::text::plural::grouped;
use crate::text::width;

use super::chrome::{PaneTitle, heading, pane};
use super::empty;
use super::field;
use super::glyphs;
use super::pen::{Pen, Row};
use super::theme::Role;

/// Columns of what every row has, separators not counted.
const GUTTER: usize = 2;
const SEVERITY: usize = 7;
const FLAGS: usize = 3;
const AGE: usize = 4;

/// From how many columns on a further column is shown.
const YEAR_FROM: usize = 54;
const PREFIX_FROM: usize = 72;
const ASSIGNEE_FROM: usize = 54;
const STATE_FROM: usize = 84;
const QUEUE_FROM: usize = 96;
const COMMENTS_FROM: usize = 104;

/// How wide each column is at the present width; 0 where it is left out.
struct Columns {
    number: usize,
    title: usize,
    state: usize,
    queue: usize,
    assignee: usize,
    comments: usize,
    form: NumberForm,
}

/// How much of a ticket's number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberForm {
    /// `0042`
    Count,
    /// `2026-0042`; the family stands in the title line.
    Year,
    /// `RIV-2026-0042`
    Whole,
}

/// The severities of the open tickets, each a filter.
pub fn draw_strip(pen: &mut Pen, area: Rect, state: &State) {
    let role = if matches!(state.desk.focus, Pane::List | Pane::Strip) {
        Role::Focus
    } else {
        Role::Border
    };
    let title = PaneTitle::new("", "Open by severity");
    heading(pen, area, &title, role);
    if area.height < 2 || area.width < 4 {
        return;
    }
    let right = Rect {
        x: area.right() - 1,
        width: 1,
        ..area
    };
    pen.row(right, 1).say(glyphs::VERTICAL, role);
    let left = Rect {
        width: area.width - 1,
        ..area
    };
    let mut row = pen.row(left, 1);
    row.say(glyphs::VERTICAL, role);
    let narrow = area.width < NAMED_FROM;
    if narrow {
        row.say(BEFORE_NUMBERS, Role::Dim);
    }
    let items = strip_items(state, area.width);
    for (index, item) in items.iter().enumerate() {
        if index > 0 && !narrow {
            row.say(" ·", Role::Dim);
        }
        // The blank before it, so that nothing moves along with the cursor.
        row.cursor(item.here);
        let role = match (item.chosen, item.open) {
            (true, _) => Role::Active,
            (false, 0) => Role::Dim,
            (false, _) => Role::Severity(item.severity),
        };
        row.user(&item.text, role);
    }
    for (index, item) in items.iter().enumerate() {
        let at = Rect::new(area.x + item.x, area.y + 1, item.width, 1);
        pen.spot(at, Hit::Strip(index));
    }
}

/// Draws the list, and says where the cursor of a filter that is being typed is.
pub fn draw(pen: &mut Pen, area: Rect, state: &State) -> Option<Position> {
    draw_rows(pen, area, state);
    state
        .desk
        .list
        .filter
        .as_ref()
        .and_then(|filter| draw_filter(pen, area, filter))
}

/// The quick filter stands in the lower border while it is typed.
fn draw_filter(pen: &mut Pen, area: Rect, filter: &TextField) -> Option<Position> {
    if area.width < 12 || area.height < 2 {
        return None;
    }
    let bottom = Rect {
        x: area.x + 1,
        y: area.bottom() - 1,
        width: area.width - 2,
        height: 1,
    };
    pen.clear(bottom);
    pen.row(bottom, 0).skip(1).say("/", Role::Key);
    let typed = Rect {
        x: bottom.x + 3,
        width: bottom.width - 4,
        ..bottom
    };
    field::draw(pen, typed, filter)
}

fn draw_rows(pen: &mut Pen, area: Rect, state: &State) {
    let list = &state.desk.list;
    let right = counter(list);
    let title = PaneTitle {
        key: &state.keys.list,
        name: if list.place_name.is_empty() {
            "Tickets"
        } else {
            &list.place_name
        },
        detail: &list.query_words,
        right: &right,
        focus: state.desk.focus == Pane::List,
        joined: state.layout.strip.is_some(),
    };
    let inner = pane(pen, area, &title);
    if list.window.rows.is_empty() {
        return empty::draw_list(pen, inner, state);
    }
    let columns = Columns::at(usize::from(inner.width), state);
    let rows = list.visible(usize::from(inner.height));
    for ((place, ticket), line) in rows.zip(0..inner.height) {
        let at = Rect {
            y: inner.y + line,
            height: 1,
            ..inner
        };
        pen.spot(at, Hit::Ticket(place));
        let mut row = pen.row(at, 0);
        let here = list
            .selected
            .is_some_and(|selected| selected.place == place);
        let marked = list.marks.contains(&ticket.ticket_id);
        row.cursor(here)
            .say(if marked { glyphs::MARK } else { " " }, Role::Marked);
        draw_row(&mut row, ticket, &columns, state);
    }
}

/// Which row the cursor is on, of how many.
fn counter(list: &ListPane) -> String {
    let total = list.window.total;
    let more = if list.window.more_than_total { "+" } else { "" };
    match list.selected {
        Some(selected) if total > 0 => {
            format!(
                "{} of {}{more}",
                grouped(selected.place + 1),
                grouped(total)
            )
        }
        _ => format!("{}{more}", grouped(total)),
    }
}

fn draw_row(row: &mut Row, ticket: &TicketRow, columns: &Columns, state: &State) {
    let over = ticket.status != Status::Open;
    let text = if over { Role::Dim } else { Role::Text };
    row.user_column(&number(ticket, columns, state), columns.number, text)
        .skip(1)
        .column(
            ticket.severity.as_str(),
            SEVERITY,
            Role::Severity(ticket.severity),
        )
        .skip(1);
    draw_flags(row, ticket, state);
    let title = if ticket.unread { Role::Strong } else { text };
    row.skip(1).user_column(&ticket.title, columns.title, title);
    if columns.state > 0 {
        row.skip(1)
            .column(state_word(ticket), columns.state, Role::Dim);
    }
    if columns.queue > 0 {
        row.skip(1)
            .user_column(queue_name(ticket, state), columns.queue, Role::Dim);
    }
    if columns.assignee > 0 {
        row.skip(1)
            .user_column(&ticket.holder(), columns.assignee, text);
    }
    if columns.comments > 0 {
        draw_comments(row.skip(1), ticket, columns.comments);
    }
    let shown = match state.desk.list.query.order().by {
        SortBy::Updated => ticket.last_activity,
        SortBy::Severity | SortBy::Created | SortBy::Due | SortBy::Number | SortBy::Relevance => {
            ticket.creation_date
        }
    };
    row.skip(1)
        .column_right(&age::compact(shown.0, state.now.0), AGE, text);
}

fn draw_flags(row: &mut Row, ticket: &TicketRow, state: &State) {
    let overdue = ticket.due_date.is_some_and(|due| due <= state.now);
    if overdue && ticket.status == Status::Open {
        row.say(glyphs::OVERDUE, Role::Error);
    } else if ticket.due_date.is_some() || ticket.snoozed_until.is_some() {
        row.say(glyphs::CLOCK, Role::Text);
    } else {
        row.skip(1);
    }
    match doing_at(ticket.ticket_id, state) {
        _ if ticket.unsent => row.say(glyphs::UNSENT, Role::Unsent),
        Some(Doing::Viewing) => row.say(glyphs::VIEWED, Role::Dim),
        Some(Doing::Editing | Doing::Noting | Doing::Replying) => {
            row.say(glyphs::WRITTEN, Role::Warning)
        }
        None => row.skip(1),
    };
    if ticket.unread {
        row.say(glyphs::UNREAD, Role::Strong);
    } else {
        row.skip(1);
    }
}

fn draw_comments(row: &mut Row, ticket: &TicketRow, columns: usize) {
    if ticket.comments == 0 {
        row.skip(columns);
    } else {
        let words = format!("{}{}", glyphs::COMMENTS, grouped(ticket.comments));
        row.column_right(&words, columns, Role::Dim);
    }
}

fn number(ticket: &TicketRow, columns: &Columns, state: &State) -> String {
    match (&ticket.number, columns.form) {
        (Some(number), NumberForm::Count) => format!("{:04}", number.count),
        (Some(number), NumberForm::Year) => format!("{:04}-{:04}", number.year, number.count),
        (Some(number), NumberForm::Whole) => number.to_string(),
        (None, NumberForm::Count | NumberForm::Year) => "new".to_owned(),
        (None, NumberForm::Whole) => match &state.session.family {
            Some(family) => format!("{}-new", family.family.ticket_prefix),
            None => "new".to_owned(),
        },
    }
}

/// Where a ticket is in its life, in one word.
pub fn state_word(ticket: &TicketRow) -> &'static str {
    match (ticket.status, ticket.stage) {
        (Status::Open, Stage::New) => "new",
        (Status::Open, Stage::Active) => "active",
        (Status::Open, Stage::Waiting) => "waiting",
        (Status::Resolved, _) => "resolved",
        (Status::Closed, _) => "closed",
    }
}

fn queue_name<'a>(ticket: &TicketRow, state: &'a State) -> &'a str {
    let family = state.session.family.as_deref();
    family
        .and_then(|family| {
            let mut queues = family.queues.iter();
            queues.find(|row| row.queue.queue_id == ticket.queue_id)
        })
        .map_or("", |row| &row.queue.queue_name)
}

impl Columns {
    fn at(columns: usize, state: &State) -> Columns {
        let list = &state.desk.list;
        let form = NumberForm::at(columns, list.family.is_none());
        let on = |from: usize, wanted: usize| if columns >= from { wanted } else { 0 };
        let only_open = list.query.status() == Some(Status::Open);
        let mut widths = Columns {
            number: widest_number(&list.window.rows, form),
            title: 0,
            state: on(if only_open { STATE_FROM } else { 0 }, 8),
            queue: if list.is_one_queue {
                0
            } else {
                on(QUEUE_FROM, 12)
            },
            assignee: on(ASSIGNEE_FROM, assignee_columns(columns, state)),
            comments: on(COMMENTS_FROM, 5),
            form,
        };
        // A blank before the border, where there is room for one.
        let margin = usize::from(form != NumberForm::Count);
        let fixed = GUTTER + widths.number + SEVERITY + FLAGS + AGE + 4 + margin;
        let further = [widths.state, widths.queue, widths.assignee, widths.comments];
        let further: usize = further.iter().filter(|w| **w > 0).map(|w| w + 1).sum();
        widths.title = columns.saturating_sub(fixed + further);
        widths
    }
}

/// The columns of a list so wide that are for names: as many as the family's longest name takes,
/// and not at the cost of the titles.
pub fn assignee_columns(columns: usize, state: &State) -> usize {
    const FEWEST: usize = 8;
    const MOST: usize = 24;
    let for_names = FEWEST + columns.saturating_sub(STATE_FROM) / 4;
    let people = state.session.family.iter().flat_map(|it| &it.people);
    let longest = people.map(|person| width(&person.display_name)).max();
    longest.unwrap_or(FEWEST).clamp(FEWEST, for_names.min(MOST))
}

impl NumberForm {
    fn at(columns: usize, several_families: bool) -> NumberForm {
        match several_families {
            _ if columns < YEAR_FROM => NumberForm::Count,
            // Tickets of several families are told apart by their prefixes.
            true => NumberForm::Whole,
            false if columns < PREFIX_FROM => NumberForm::Year,
            false => NumberForm::Whole,
        }
    }
}

/// The columns that the longest number takes.
fn widest_number(rows: &[TicketRow], form: NumberForm) -> usize {
    let numbers = rows.iter().filter_map(|row| row.number.as_ref());
    let columns = numbers.map(|number| {
        let before = match form {
            NumberForm::Count => 0,
            NumberForm::Year => "2026-".len(),
            NumberForm::Whole => number.prefix.as_str().len() + "-2026-".len(),
        };
        before + digits(number.count)
    });
    // `RIV-new` has to fit before there is any number.
    let fewest = match form {
        NumberForm::Count | NumberForm::Year => 5,
        NumberForm::Whole => 10,
    };
    columns.max().unwrap_or(0).clamp(fewest, 17)
}

fn digits(count: u32) -> usize {
    let digits = count.checked_ilog10().map_or(1, |log| log as usize + 1);
    digits.max(4)
}
