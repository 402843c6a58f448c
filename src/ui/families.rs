//! Pane 1: the families of this person.

use ratatui::layout::Rect;

use crate::app::state::{Connection, Pane, State};
use crate::model::membership::MembershipStatus;
use crate::replica::view::FamilyRow;
use crate::text::plural::grouped;
use crate::text::width;

use super::chrome::{PaneTitle, pane};
use super::pen::Pen;
use super::theme::Role;

pub fn draw(pen: &mut Pen, area: Rect, state: &State) {
    let desk = &state.desk;
    let title = PaneTitle {
        focus: desk.focus == Pane::Families,
        ..PaneTitle::new(&state.keys.families, "Families")
    };
    let inner = pane(pen, area, &title);
    let rows = state.session.families.iter().enumerate();
    for ((index, family), line) in rows.skip(desk.families.top).zip(0..inner.height) {
        let here = index == desk.families.cursor;
        let open = desk.families.open == Some(family.family_id);
        draw_row(
            pen,
            Rect {
                y: inner.y + line,
                height: 1,
                ..inner
            },
            (family, here, open),
        );
    }
    if state.session.families.is_empty() {
        let starting = state.status.connection == Connection::Starting;
        let words = if starting { " loading" } else { " none yet" };
        pen.row(inner, 0).say(words, Role::Dim);
    }
}

fn draw_row(pen: &mut Pen, line: Rect, (family, here, open): (&FamilyRow, bool, bool)) {
    let right = match family.status {
        MembershipStatus::Member => grouped(family.open),
        MembershipStatus::Awaiting => "invited".to_owned(),
        MembershipStatus::Declined => "declined".to_owned(),
    };
    let role = if open { Role::Strong } else { Role::Text };
    let name_columns = usize::from(line.width).saturating_sub(width(&right) + 3);
    let mut row = pen.row(line, 0);
    row.cursor(here)
        .user_column(&family.family_name, name_columns, role)
        .skip(1)
        .user(&right, Role::Dim);
}
