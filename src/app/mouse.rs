//! The mouse, where it is switched on: a click puts the keys and the cursor where it is, one on
//! what the cursor is on already opens it, the wheel scrolls what lies below the pointer.

use super::App;
use super::board::{BoardCursor, heat_columns, side_columns};
use super::layout::Area;
use super::state::{Overlay, Pane};
use super::strip::strip_items;
use crate::model::severity::Severity;

/// What the mouse did, and where: column and row from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub kind: MouseKind,
    pub x: u16,
    pub y: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    Click,
    /// Down by so many lines; up if negative.
    Scroll(i64),
}

impl App {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        match (self.state.overlays.last(), mouse.kind) {
            (None, MouseKind::Click) => {
                self.state.status.notice = None;
                self.view().click(self, mouse);
            }
            (None, MouseKind::Scroll(by)) => self.view().wheel(self, mouse, by),
            (Some(Overlay::Picker(_)), MouseKind::Scroll(by)) => self.move_picker(by),
            (Some(Overlay::Message(_)), MouseKind::Click) => self.leave_overlay(),
            (Some(_), _) => {}
        }
    }

    /// The pane of the desk below the pointer.
    fn pane_at(&self, mouse: Mouse) -> Option<(Pane, Area)> {
        let layout = &self.state.layout;
        let panes = [
            (Pane::Families, layout.families),
            (Pane::Queues, layout.queues),
            (Pane::Strip, layout.strip),
            (Pane::List, layout.list),
            (Pane::Thread, layout.thread),
        ];
        let areas = panes
            .into_iter()
            .filter_map(|(pane, area)| Some((pane, area?)));
        let mut below = areas.filter(|(_, area)| area.holds(mouse.x, mouse.y));
        below.next()
    }

    pub(super) fn click_desk(&mut self, mouse: Mouse) {
        let Some((pane, area)) = self.pane_at(mouse) else {
            return;
        };
        let line = usize::from(mouse.y.saturating_sub(area.y + 1));
        let inside = mouse.y > area.y && mouse.y + 1 < area.y + area.height;
        let was_here = self.state.desk.focus == pane;
        match pane {
            Pane::Strip => return self.click_strip(mouse.x.saturating_sub(area.x)),
            Pane::Thread => {
                self.focus(pane);
                if inside {
                    self.thread_to_line(line);
                }
                return;
            }
            Pane::Families | Pane::Queues | Pane::List => {}
        }
        if !inside {
            return self.focus(pane);
        }
        let (cursor, place, count) = match pane {
            Pane::Families => {
                let at = &self.state.desk.families;
                (at.cursor, at.top + line, self.state.session.families.len())
            }
            Pane::Queues => {
                let at = &self.state.desk.queues;
                (at.cursor, at.top + line, at.lines.len())
            }
            _ => {
                let list = &self.state.desk.list;
                let small = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                let cursor = list.selected.map_or(0, |it| small(it.place));
                (cursor, small(list.top) + line, small(list.window.total))
            }
        };
        self.focus(pane);
        if place >= count {
            return;
        }
        if place == cursor && was_here {
            return self.deeper();
        }
        let distance =
            i64::try_from(place).unwrap_or(i64::MAX) - i64::try_from(cursor).unwrap_or(i64::MAX);
        self.move_pane(distance);
    }

    fn click_strip(&mut self, x: u16) {
        let columns = self.state.layout.strip.map_or(0, |area| area.width);
        let items = strip_items(&self.state, columns);
        let hit = items.iter().position(|it| x >= it.x && x < it.x + it.width);
        match hit {
            Some(index) => {
                self.state.desk.strip = index;
                self.strip_open();
            }
            None => self.focus(Pane::Strip),
        }
    }

    pub(super) fn wheel_desk(&mut self, mouse: Mouse, by: i64) {
        match self.pane_at(mouse) {
            Some((Pane::Families, _)) => self.move_families(by.signum()),
            Some((Pane::Queues, _)) => self.move_queues(by.signum()),
            Some((Pane::List, _)) => self.move_list(by),
            Some((Pane::Thread, _)) => self.scroll_thread(by),
            Some((Pane::Strip, _)) | None => {}
        }
    }

    pub(super) fn click_board(&mut self, mouse: Mouse) {
        let body = self.state.layout.body;
        let Some(line) = mouse.y.checked_sub(body.y + 1) else {
            return;
        };
        let side = side_columns(body.width);
        let bands = body.width - side.unwrap_or(0);
        let at = if mouse.x < bands {
            let lines = self.band_lines();
            lines.get(self.state.board.top + usize::from(line)).copied()
        } else {
            let inner = side.unwrap_or(0).saturating_sub(2);
            let column = mouse.x.saturating_sub(bands + 1);
            let severity = line.checked_sub(1).map(usize::from);
            let severity = severity.and_then(|at| Severity::ALL.get(at));
            severity
                .zip(heat_columns(inner, column))
                .map(|(severity, age)| BoardCursor::Heat(*severity, age))
        };
        match at {
            Some(at) if at == self.state.board.cursor => self.deeper(),
            Some(at) => self.state.board.cursor = at,
            None => {}
        }
    }
}
