//! What a pane says when there is nothing in it: why, and what to do next.

use ratatui::layout::Rect;

use crate::app::state::{Connection, State};
use crate::model::membership::MembershipStatus;
use crate::text::{SafeLines, width};

use super::pen::Pen;
use super::theme::Role;

/// Words in the middle of an area; the first paragraph stands out.
pub fn say(pen: &mut Pen, area: Rect, lines: &[(&str, Role)]) {
    let columns = usize::from(area.width.saturating_sub(4)).max(1);
    let safe: Vec<(SafeLines, Role)> = lines
        .iter()
        .map(|(text, role)| (SafeLines::new(*text), *role))
        .collect();
    let rows: usize = safe
        .iter()
        .map(|(text, _)| text.wrap(columns).count())
        .sum();
    let rows = u16::try_from(rows).unwrap_or(area.height);
    let mut line = area.height.saturating_sub(rows) / 3;
    for (text, role) in &safe {
        for wrapped in text.wrap(columns) {
            let left = usize::from(area.width).saturating_sub(width(wrapped.text())) / 2;
            pen.row(area, line).skip(left).wrapped(&wrapped, *role);
            line = line.saturating_add(1);
        }
    }
}

pub fn draw_list(pen: &mut Pen, area: Rect, state: &State) {
    let list = &state.desk.list;
    if list.loading && state.open_family().is_some() {
        return say(pen, area, &[("loading", Role::Dim)]);
    }
    if let Some(transfer) = &state.status.transfer
        && let Some(name) = transfer.family()
    {
        let what = match transfer.left_words() {
            Some(left) => format!("{name} is being fetched: {left}."),
            None => format!("{name} is being fetched."),
        };
        let lines = [
            (what.as_str(), Role::Text),
            (
                "What came is kept if the line breaks, and it goes on from there.",
                Role::Dim,
            ),
        ];
        return say(pen, area, &lines);
    }
    let starting = state.status.connection == Connection::Starting;
    if starting && state.session.families.is_empty() {
        return say(pen, area, &[("opening your desk", Role::Dim)]);
    }
    let Some(open) = state.open_family() else {
        let invited = state.session.families.iter().find(|row| row.invited);
        if let Some(row) = invited {
            let asked = format!("You are invited to {}.", row.family_name);
            let how = format!("{} is where you answer.", state.keys.people);
            let lines = [(asked.as_str(), Role::Text), (how.as_str(), Role::Dim)];
            return say(pen, area, &lines);
        }
        let (families, open) = (&state.keys.families, &state.keys.open);
        let how = format!("Choose one in the first pane: {families}, then {open}.");
        let lines = [
            ("No family is open.", Role::Text),
            (how.as_str(), Role::Dim),
        ];
        return say(pen, area, &lines);
    };
    let families = &state.session.families;
    let membership = families.iter().find(|row| row.family_id == open);
    if membership.is_some_and(|row| row.status == MembershipStatus::Awaiting) {
        let lines = [
            ("You are invited here and not a member yet.", Role::Text),
            ("Nothing of the family is shown before that.", Role::Dim),
        ];
        return say(pen, area, &lines);
    }
    if list.searching || list.query != list.home {
        let found = format!("Nothing matches {}.", list.query);
        let back = format!("Press {} to see the whole list again.", state.keys.back);
        let lines = [(found.as_str(), Role::Text), (back.as_str(), Role::Dim)];
        return say(pen, area, &lines);
    }
    let new = &state.keys.new_ticket;
    let file_one = format!("No tickets here yet: press {new} to file one.");
    let lines = [
        (file_one.as_str(), Role::Text),
        ("What is resolved is not listed.", Role::Dim),
    ];
    say(pen, area, &lines);
}

pub fn draw_thread(pen: &mut Pen, area: Rect, state: &State) {
    let words = match (state.desk.thread.ticket_id, state.desk.list.selected) {
        (Some(_), _) => "loading",
        (None, Some(_)) => &format!("Press {} to open the ticket here.", state.keys.open),
        (None, None) => "No ticket is chosen.",
    };
    say(pen, area, &[(words, Role::Dim)]);
}
