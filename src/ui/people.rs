//! The people view: who is in the family, who is to be, and who is in which group.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::people::{PeopleLine, Section, second_column};
use crate::app::state::State;
use crate::model::membership::MembershipStatus;
use crate::replica::view::{FamilyView, Person};
use crate::text::age;
use crate::text::plural::count;

use super::chrome::{PaneTitle, line as one, pane, rect};
use super::empty;
use super::pen::{Pen, Row};
use super::theme::Role;

/// The widest that a column of names is.
const NAME: usize = 24;
/// Columns for a role, and for a standing.
const ROLE: usize = 7;
const STANDING: usize = 7;

pub fn draw(pen: &mut Pen, state: &State) {
    let body = rect(state.layout.body);
    let people = &state.people;
    match second_column(&people.lines, state.size.width) {
        Some(split) => {
            let left = Rect {
                width: body.width / 2,
                ..body
            };
            let right = Rect {
                x: body.x + left.width,
                width: body.width - left.width,
                ..body
            };
            let lines = people.lines.split_at(split);
            draw_column(pen, left, ("People", lines.0, people.top[0]), state);
            // The title of the box says what the head would.
            let groups = lines.1.get(1..).unwrap_or_default();
            let top = people.top[1].saturating_sub(1);
            draw_column(pen, right, ("Groups", groups, top), state);
        }
        None => draw_column(pen, body, ("People", &people.lines, people.top[0]), state),
    }
}

fn draw_column(
    pen: &mut Pen,
    area: Rect,
    (name, lines, top): (&str, &[PeopleLine], usize),
    state: &State,
) {
    let title = PaneTitle {
        focus: lines.iter().any(|line| state.people.cursor == Some(*line)),
        ..PaneTitle::new("", name)
    };
    let inner = pane(pen, area, &title);
    if lines.is_empty() {
        let words = if state.session.families.is_empty() {
            "Nobody is here yet."
        } else {
            "loading"
        };
        return empty::say(pen, inner, &[(words, Role::Dim)]);
    }
    for (line, at) in lines.iter().skip(top).zip(0..inner.height) {
        let here = state.people.cursor == Some(*line);
        pen.spot(one(inner, at), Hit::Person(*line));
        let mut row = pen.row(inner, at);
        draw_line(row.cursor(here), (*line, here), state);
    }
}

fn draw_line(row: &mut Row, (line, here): (PeopleLine, bool), state: &State) {
    let family = state.session.family.as_deref();
    let strong = if here { Role::Selected } else { Role::Text };
    match (line, family) {
        (PeopleLine::Head(section), _) => {
            row.say(section.title(), Role::Dim);
        }
        (PeopleLine::Nothing(Section::Groups), _) => {
            row.skip(1).say("no group yet", Role::Dim);
        }
        (PeopleLine::Nothing(_) | PeopleLine::Blank, _) => {}
        (PeopleLine::Family(family_id), _) => {
            let mut rows = state.session.families.iter();
            let found = rows.find(|it| it.family_id == family_id);
            let name = found.map_or("", |it| &it.family_name);
            let standing = match found {
                Some(it) if it.invited => "invites you",
                _ => "you asked to join",
            };
            let columns = name_columns(row);
            row.skip(1)
                .user_column(name, columns, strong)
                .skip(1)
                .say(standing, Role::Warning);
        }
        (PeopleLine::Person(user_id), Some(family)) => {
            let mut people = family.people.iter();
            if let Some(person) = people.find(|it| it.user_id == user_id) {
                draw_person(row, (person, strong), (family, state));
            }
        }
        (PeopleLine::Group(group_id), Some(family)) => {
            let mut groups = family.groups.iter();
            let Some(group) = groups.find(|it| it.group_id == group_id) else {
                return;
            };
            let role = if here { Role::Selected } else { Role::Strong };
            let queues = family.queues.iter();
            let queues = queues.filter(|it| it.queue.group_id == group_id).count();
            let queues = count(queues as u64, "queue", "queues");
            row.skip(1).user(&group.group_name, role).skip(2);
            row.user(&queues, Role::Dim);
            if !group.group_description.is_empty() {
                row.say("  ", Role::Dim)
                    .user(&group.group_description, Role::Dim);
            }
        }
        (PeopleLine::Place(group_id, user_id), Some(family)) => {
            let mut places = family.places.iter();
            let place = places.find(|it| it.group_id == group_id && it.user_id == user_id);
            let mut people = family.people.iter();
            let person = people.find(|it| it.user_id == user_id);
            let name = person.map_or("", |it| &it.display_name);
            let columns = name_columns(row).saturating_sub(2);
            row.skip(3).user_column(name, columns, strong).skip(1);
            match place {
                Some(it) if it.status == MembershipStatus::Awaiting => {
                    let since = age::ago(it.request_date.0, state.now.0);
                    row.say("asks to be in it, ", Role::Warning)
                        .user(&since, Role::Dim);
                }
                Some(it) if it.is_admin => {
                    row.say("admin", Role::Good);
                }
                _ => {}
            }
        }
        (PeopleLine::Person(_) | PeopleLine::Group(_) | PeopleLine::Place(..), None) => {}
    }
}

fn draw_person(
    row: &mut Row,
    (person, strong): (&Person, Role),
    (family, state): (&FamilyView, &State),
) {
    let columns = name_columns(row);
    row.skip(1)
        .user_column(&person.display_name, columns, strong)
        .skip(1)
        .column(person.role.as_str(), ROLE, Role::Text);
    let since = age::ago(person.request_date.0, state.now.0);
    match (person.status, person.invited_by) {
        (MembershipStatus::Member, _) => {
            let admin = if person.is_admin { "admin" } else { "" };
            let groups: Vec<&str> = family
                .groups
                .iter()
                .filter(|group| person.groups.contains(&group.group_id))
                .map(|group| group.group_name.as_str())
                .collect();
            row.column(admin, STANDING, Role::Good)
                .user(&groups.join(", "), Role::Dim);
        }
        (MembershipStatus::Awaiting, Some(_)) => {
            row.say("invited, ", Role::Warning).user(&since, Role::Dim);
        }
        (MembershipStatus::Awaiting, None) => {
            row.say("asks to join, ", Role::Warning)
                .user(&since, Role::Dim);
        }
        (MembershipStatus::Declined, _) => {
            row.say("declined", Role::Dim);
        }
    }
}

fn name_columns(row: &Row) -> usize {
    (row.room() / 3).clamp(8, NAME)
}
