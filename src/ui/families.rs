//! Pane 1: the families of this person.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::state::{Connection, Pane, State};
use crate::model::membership::MembershipStatus;
use crate::replica::view::FamilyRow;
use crate::text::width;

use super::chrome::{PaneTitle, pane};
use super::glyphs::counted;
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
        let at = Rect {
            y: inner.y + line,
            height: 1,
            ..inner
        };
        pen.spot(at, Hit::Family(index));
        draw_row(pen, at, (family, here, open));
    }
    if state.session.families.is_empty() {
        let starting = state.status.connection == Connection::Starting;
        let words = if starting { " loading" } else { " none yet" };
        pen.row(inner, 0).say(words, Role::Dim);
    }
}

fn draw_row(pen: &mut Pen, line: Rect, (family, here, open): (&FamilyRow, bool, bool)) {
    let right = match family.status {
        MembershipStatus::Member => counted(family.open, family.unread),
        MembershipStatus::Awaiting if family.invited => "invited".to_owned(),
        MembershipStatus::Awaiting => "asked".to_owned(),
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
