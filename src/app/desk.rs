//! Moving about: between panes, deeper and back, up and down.

use super::App;
use super::layout::Arrangement;
use super::state::{Pane, QueueLineKind, View};

/// The panes from left to right, as `h`, `l` and Tab go.
const ORDER: [Pane; 4] = [Pane::Families, Pane::Queues, Pane::List, Pane::Thread];

impl App {
    pub(super) fn always(&self) -> Result<(), String> {
        Ok(())
    }

    pub(super) fn has_family(&self) -> Result<(), String> {
        match self.state.desk.families.open {
            Some(_) => Ok(()),
            None => Err("no family is open; pick one (1)".to_owned()),
        }
    }

    pub(super) fn has_notice(&self) -> Result<(), String> {
        match self.last_notice {
            Some(_) => Ok(()),
            None => Err("nothing has been said yet".to_owned()),
        }
    }

    pub(super) fn focus(&mut self, pane: Pane) {
        if pane == Pane::Thread {
            if self.has_ticket().is_err() {
                return;
            }
            self.state.desk.thread_open = true;
            // The thread is on the screen from here on, and is that of the ticket under the
            // cursor.
            let focus = std::mem::replace(&mut self.state.desk.focus, pane);
            self.lay_out();
            self.state.desk.focus = focus;
            self.read_thread_if_shown();
        }
        self.state.desk.focus = pane;
        self.lay_out();
        self.keep_cursors_visible();
        self.read_thread_if_shown();
    }

    pub(super) fn focus_families(&mut self) {
        self.focus(Pane::Families);
    }

    pub(super) fn focus_queues(&mut self) {
        self.focus(Pane::Queues);
    }

    pub(super) fn focus_list(&mut self) {
        self.focus(Pane::List);
    }

    pub(super) fn focus_thread(&mut self) {
        self.focus(Pane::Thread);
    }

    fn step_pane(&mut self, by: isize, round: bool) {
        let here = ORDER.iter().position(|pane| *pane == self.state.desk.focus);
        let here = here.unwrap_or(0);
        let to = match here.checked_add_signed(by) {
            Some(to) if to < ORDER.len() => to,
            _ if !round => return,
            _ if by < 0 => ORDER.len() - 1,
            _ => 0,
        };
        let no_thread = ORDER[to] == Pane::Thread && self.has_ticket().is_err();
        match (no_thread, round) {
            (true, true) if by > 0 => self.focus(Pane::Families),
            (true, true) => self.focus(Pane::List),
            (true, false) => {}
            (false, _) => self.focus(ORDER[to]),
        }
    }

    pub(super) fn next_pane(&mut self) {
        self.step_pane(1, true);
    }

    pub(super) fn previous_pane(&mut self) {
        self.step_pane(-1, true);
    }

    pub(super) fn left(&mut self) {
        match self.state.view {
            View::Desk => self.step_pane(-1, false),
            View::Board => self.board_left(),
        }
    }

    pub(super) fn right(&mut self) {
        match self.state.view {
            View::Desk => self.step_pane(1, false),
            View::Board => self.board_right(),
        }
    }

    fn step_by(&mut self, by: i64) {
        match self.state.view {
            View::Desk => self.move_pane(by),
            View::Board => self.board_move(by),
        }
    }

    pub(super) fn down(&mut self) {
        self.step_by(1);
    }

    pub(super) fn up(&mut self) {
        self.step_by(-1);
    }

    fn page(&self) -> i64 {
        let layout = &self.state.layout;
        let rows = match self.state.desk.focus {
            Pane::Families => layout.family_rows(),
            Pane::Queues => layout.queue_rows(),
            Pane::List => layout.list_rows(),
            Pane::Thread => layout.thread_rows(),
        };
        i64::try_from(rows.max(2)).unwrap_or(i64::MAX)
    }

    fn scroll(&mut self, by: i64) {
        match self.state.desk.focus {
            Pane::Thread => self.scroll_thread(by),
            Pane::Families | Pane::Queues | Pane::List => self.move_pane(by),
        }
    }

    pub(super) fn half_down(&mut self) {
        self.scroll(self.page() / 2);
    }

    pub(super) fn half_up(&mut self) {
        self.scroll(-(self.page() / 2));
    }

    pub(super) fn page_down(&mut self) {
        self.scroll(self.page() - 1);
    }

    pub(super) fn page_up(&mut self) {
        self.scroll(-(self.page() - 1));
    }

    pub(super) fn first(&mut self) {
        match (self.state.view, self.state.desk.focus) {
            (View::Board, _) => self.board_move(i64::MIN),
            (View::Desk, Pane::List) => self.list_first(),
            (View::Desk, Pane::Thread) => self.thread_first(),
            (View::Desk, Pane::Families | Pane::Queues) => self.move_pane(i64::MIN),
        }
    }

    pub(super) fn last(&mut self) {
        match (self.state.view, self.state.desk.focus) {
            (View::Board, _) => self.board_move(i64::MAX),
            (View::Desk, Pane::List) => self.list_last(),
            (View::Desk, Pane::Thread) => self.thread_last(),
            (View::Desk, Pane::Families | Pane::Queues) => self.move_pane(i64::MAX),
        }
    }

    /// Enter: to what is behind the line under the cursor.
    pub(super) fn deeper(&mut self) {
        if self.state.view == View::Board {
            return self.board_enter();
        }
        match self.state.desk.focus {
            Pane::Families => self.focus(Pane::Queues),
            Pane::Queues => {
                let pane = &self.state.desk.queues;
                match pane.lines.get(pane.cursor).map(|line| line.kind) {
                    Some(QueueLineKind::Group { .. }) => self.fold(),
                    _ => self.focus(Pane::List),
                }
            }
            Pane::List => self.focus(Pane::Thread),
            Pane::Thread => {}
        }
    }

    /// Esc: one step back, beginning with what is nearest.
    pub(super) fn back(&mut self) {
        if self.state.view == View::Board {
            return self.go_desk();
        }
        match self.state.desk.focus {
            Pane::Thread => {
                self.state.desk.thread_open = false;
                self.focus(Pane::List);
            }
            Pane::List => {
                if !self.unmark() && !self.widen_list() && self.is_narrow() {
                    self.focus(Pane::Queues);
                }
            }
            Pane::Queues => self.focus(if self.is_narrow() {
                Pane::Families
            } else {
                Pane::List
            }),
            Pane::Families if self.is_narrow() => {}
            Pane::Families => self.focus(Pane::List),
        }
    }

    fn is_narrow(&self) -> bool {
        matches!(self.state.layout.arrangement, Arrangement::Narrow(_))
    }

    /// Closes what is open; the program when nothing is left.
    pub(super) fn close(&mut self) {
        match (self.state.view, self.state.desk.focus) {
            (View::Board, _) => self.go_desk(),
            (View::Desk, Pane::Thread) => self.back(),
            (View::Desk, _) => self.quit(),
        }
    }

    pub(super) fn go_desk(&mut self) {
        self.state.view = View::Desk;
        self.lay_out();
    }

    pub(super) fn go_board(&mut self) {
        self.state.view = View::Board;
        self.ask_board();
    }
}
