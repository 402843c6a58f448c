//! Forms: a new ticket, an edit, and the two that must not be taken for each other, a comment
//! and an internal note: another colour, another word, another gutter.

use ratatui::layout::{Position, Rect};

use crate::app::attach::file_words;
use crate::app::composer::{Choice, Composer, FieldName, FieldValue, FormError, FormField, Phase};
use crate::app::mouse::Hit;
use crate::app::presence::writers;
use crate::app::state::State;
use crate::model::attachment::FileFacts;
use crate::replica::view::DraftKind;
use crate::text::age;

use super::super::chrome::{inside, line};
use super::super::field;
use super::super::glyphs::{self, BETWEEN};
use super::super::pen::Pen;
use super::super::theme::Role;
use super::{Over, beside, centred};

const WIDTH: u16 = 84;
/// Columns for the names of fields.
const NAMES: u16 = 13;
/// How many options of the field that has the keys are shown below it.
const OPTIONS: u16 = 6;
/// The fewest rows for a long text.
const LEAST_TEXT: u16 = 3;

pub fn draw(pen: &mut Pen, over: Over, (form, state): (&Composer, &State)) -> Option<Position> {
    let area = place(over.body, form);
    pen.clear(beside(area));
    pen.spot(area, Hit::Overlay);
    let role = role(form);
    pen.frame(area, role);
    let mut row = pen.row(line(area, 0), 0);
    row.keep(2)
        .skip(2)
        .say(" ", role)
        .user(&form.title, role)
        .say(" ", role);
    let inner = inside(area);
    pen.row(inner, 0).skip(1).user(&form.audience, role);
    draw_standing(pen, inner, (form, state));
    let fields = Rect {
        y: inner.y + 2.min(inner.height),
        height: inner.height.saturating_sub(4),
        ..inner
    };
    let cursor = draw_fields(pen, fields, form);
    over.keys(pen, inner);
    cursor
}

/// A comment stands below, so that what it answers stays in sight; other forms in the middle.
fn place(body: Rect, form: &Composer) -> Rect {
    match form.kind {
        DraftKind::Comment | DraftKind::InternalNote | DraftKind::EditComment => {
            let height = (body.height / 2).max(10).min(body.height);
            Rect {
                y: body.bottom() - height,
                height,
                ..body
            }
        }
        DraftKind::Invite | DraftKind::JoinFamily | DraftKind::EditMe => centred(body, WIDTH, 14),
        DraftKind::NewGroup
        | DraftKind::EditGroup
        | DraftKind::NewWebhook
        | DraftKind::EditWebhook => centred(body, WIDTH, 16),
        DraftKind::NewTicket
        | DraftKind::Edit
        | DraftKind::NewFamily
        | DraftKind::EditFamily
        | DraftKind::NewQueue
        | DraftKind::EditQueue => centred(body, WIDTH, 26),
    }
}

fn role(form: &Composer) -> Role {
    if form.internal {
        Role::Internal
    } else {
        Role::Reply
    }
}

/// What is wrong, or how far it is.
fn draw_standing(pen: &mut Pen, inner: Rect, (form, state): (&Composer, &State)) {
    let mut row = pen.row(inner, 1);
    row.skip(1);
    if let Some(error) = form.error.as_ref().filter(|it| it.field.is_none()) {
        row.user(&error.why, Role::Error);
        return;
    }
    if let Some(why) = &state.status.unsaved {
        row.user(why, Role::Error);
        return;
    }
    let target = form
        .target
        .as_ref()
        .filter(|_| form.phase == Phase::Writing);
    if let Some(words) = target.and_then(|it| writers(it.ticket_id(), state)) {
        row.user(&words, Role::Good);
        if form.restored.is_some() || !form.since.told.is_empty() {
            row.say(BETWEEN, Role::Dim);
        }
    }
    if form.phase == Phase::Writing && !form.since.told.is_empty() {
        let told = form.since.told.join("; ");
        let since = match form.restored {
            Some(_) => "since your draft: ",
            None => "since you began: ",
        };
        row.say(since, Role::Warning).user(&told, Role::Warning);
        return;
    }
    match (form.phase, form.restored) {
        (Phase::Opening, _) => row.say("looking for a draft", Role::Dim),
        (Phase::Sending, _) => row.say("sending", Role::Dim),
        (Phase::InEditor, _) => row.say("open in your editor", Role::Dim),
        (Phase::Writing, Some(saved)) => {
            let when = age::ago(saved.0, state.now.0);
            row.say("your draft, saved ", Role::Good)
                .user(&when, Role::Good)
        }
        (Phase::Writing, None) => &mut row,
    };
}

fn draw_fields(pen: &mut Pen, area: Rect, form: &Composer) -> Option<Position> {
    let rows = field_rows(area.height, form);
    // On a low screen the fields before the one with the keys make room for it.
    let mut first = 0;
    while first < form.focus && rows[first..=form.focus].iter().sum::<u16>() > area.height {
        first += 1;
    }
    let mut cursor = None;
    let mut top = 0;
    for (index, field) in form.fields.iter().enumerate().skip(first) {
        let place = Rect {
            y: area.y.saturating_add(top),
            height: rows[index].min(area.height.saturating_sub(top)),
            ..area
        };
        if place.height == 0 {
            break;
        }
        let here = index == form.focus;
        pen.spot(place, Hit::Field(index));
        let at = draw_field(pen, place, (field, here, form));
        if here && let FieldValue::Choice(choice) = &field.value {
            spot_options(pen, place, (index, choice));
        }
        if let Some(error) = error_at(form, field) {
            draw_error(pen, place, error);
        }
        if here {
            cursor = at;
        }
        top = top.saturating_add(rows[index]);
    }
    cursor
}

/// How many rows each field takes: a long text whatever the others leave.
fn field_rows(height: u16, form: &Composer) -> Vec<u16> {
    let fixed = |field: &FormField| match fixed_rows(field, form) {
        0 => 0,
        rows => rows + error_rows(form, field),
    };
    let taken: u16 = form.fields.iter().map(fixed).sum();
    let left = height.saturating_sub(taken).max(LEAST_TEXT);
    let rows = form.fields.iter().map(|field| match fixed(field) {
        0 => left,
        rows => rows,
    });
    rows.collect()
}

fn error_at<'f>(form: &'f Composer, field: &FormField) -> Option<&'f FormError> {
    let error = form.error.as_ref();
    error.filter(|error| error.field == Some(field.name))
}

/// The rows for what is wrong with a field: a mark below the place, and the words.
fn error_rows(form: &Composer, field: &FormField) -> u16 {
    match error_at(form, field) {
        Some(error) if error.caret.is_some() => 2,
        Some(_) => 1,
        None => 0,
    }
}

/// Says below a field what is wrong with it, and where.
fn draw_error(pen: &mut Pen, area: Rect, error: &FormError) {
    let below = Rect {
        x: area.x + NAMES.min(area.width),
        width: area.width.saturating_sub(NAMES + 1),
        ..area
    };
    let last = area.height.saturating_sub(1);
    if let Some(caret) = error.caret {
        pen.row(below, last.saturating_sub(1))
            .skip(caret)
            .say("^", Role::Error);
    }
    pen.row(below, last).user(&error.why, Role::Error);
}

/// The rows of a field; 0 for a text that takes what is left.
fn fixed_rows(field: &FormField, form: &Composer) -> u16 {
    let here = form
        .fields
        .get(form.focus)
        .is_some_and(|focused| focused.name == field.name);
    match &field.value {
        FieldValue::Text(text) if text.is_multi_line() => 0,
        FieldValue::Text(_) => 1,
        FieldValue::Choice(choice) if here => {
            1 + u16::try_from(choice.options.len())
                .unwrap_or(OPTIONS)
                .min(OPTIONS)
        }
        FieldValue::Choice(_) | FieldValue::Files(_) => 1,
    }
}

fn draw_field(
    pen: &mut Pen,
    area: Rect,
    (field, here, form): (&FormField, bool, &Composer),
) -> Option<Position> {
    let role = role(form);
    let label = if here { Role::Selected } else { Role::Dim };
    let names = if field.name == FieldName::Body {
        2
    } else {
        NAMES
    };
    if field.name == FieldName::Body {
        for at in 0..area.height {
            pen.row(area, at).say(gutter(role), role);
        }
    } else {
        pen.row(area, 0)
            .cursor(here)
            .column(field.name.label(), usize::from(NAMES) - 2, label);
    }
    let value = Rect {
        x: area.x + names.min(area.width),
        width: area.width.saturating_sub(names + 1),
        ..area
    };
    match &field.value {
        FieldValue::Text(text) => {
            let cursor = field::draw(pen, value, text);
            if text.is_blank() && !here {
                pen.row(value, 0)
                    .say(hint(field.name, form.kind), Role::Dim);
            }
            cursor
        }
        FieldValue::Choice(choice) => {
            draw_choice(pen, value, (choice, here));
            None
        }
        FieldValue::Files(files) => {
            draw_files(pen, value, (files, here));
            None
        }
    }
}

fn draw_files(pen: &mut Pen, area: Rect, (files, here): (&[FileFacts], bool)) {
    let mut row = pen.row(area, 0);
    if files.is_empty() {
        row.say("none", if here { Role::Selected } else { Role::Dim });
        return;
    }
    let words: Vec<String> = files.iter().map(file_words).collect();
    if here {
        row.user(&words.join(", "), Role::Selected)
            .say("  Backspace takes the last out", Role::Dim);
    } else {
        row.user(&words.join(", "), Role::Text);
    }
}

fn gutter(role: Role) -> &'static str {
    if role == Role::Internal {
        glyphs::INTERNAL
    } else {
        " "
    }
}

fn hint(name: FieldName, kind: DraftKind) -> &'static str {
    let of_ticket = matches!(kind, DraftKind::NewTicket | DraftKind::Edit);
    match name {
        FieldName::Prefix => "made of the name",
        FieldName::Hours => "such as Mon-Fri 17:00-21:00, Sat 10:00-18:00",
        FieldName::Words(severity) => severity.meaning(),
        FieldName::Email if kind == DraftKind::EditMe => "where mail reaches you",
        FieldName::Email => "where you know it; it tells who is meant",
        FieldName::FamilyId => "as its members see it in the family's settings",
        FieldName::Name | FieldName::TimeZone | FieldName::Me => "",
        FieldName::Title => "in a few words",
        FieldName::Description if of_ticket => "what happened, and where",
        FieldName::Description => "what it is for",
        FieldName::Tags => "parted by spaces",
        FieldName::Url => "https://host/path",
        FieldName::Events => "such as ticket.created comment.*",
        FieldName::Queue
        | FieldName::Severity
        | FieldName::Assignee
        | FieldName::Group
        | FieldName::Role
        | FieldName::Notes
        | FieldName::Files
        | FieldName::Body => "",
    }
}

/// The options of a choice, as they are shown below the one that is chosen.
fn shown_options(area: Rect, choice: &Choice) -> impl Iterator<Item = (usize, u16)> {
    let shown = usize::from(area.height.saturating_sub(1));
    let top = (choice.chosen + 1).saturating_sub(shown);
    (top..choice.options.len()).take(shown).zip(1..)
}

fn spot_options(pen: &mut Pen, area: Rect, (field, choice): (usize, &Choice)) {
    for (option, at) in shown_options(area, choice) {
        pen.spot(line(area, at), Hit::Choice(field, option));
    }
}

fn draw_choice(pen: &mut Pen, area: Rect, (choice, here): (&Choice, bool)) {
    let chosen = choice.options.get(choice.chosen);
    let label = chosen.map_or("none to choose", |option| option.label.as_str());
    let mut row = pen.row(area, 0);
    row.user(label, if here { Role::Selected } else { Role::Text });
    if !here {
        return;
    }
    if !choice.typed.is_empty() {
        row.say("  typed: ", Role::Dim)
            .user(&choice.typed, Role::Match);
    }
    for (index, at) in shown_options(area, choice) {
        let chosen = index == choice.chosen;
        let label = &choice.options[index].label;
        pen.row(area, at)
            .cursor(chosen)
            .skip(1)
            .user(label, if chosen { Role::Strong } else { Role::Dim });
    }
}
