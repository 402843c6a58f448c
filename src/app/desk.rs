//! The desk: moving between its panes, deeper and back, up and down.

use super::App;
use super::layout::Arrangement;
use super::mouse::On;
use super::registry::Context;
use super::state::{Connection, Pane, QueueLineKind};
use super::target::Target;
use super::views::Behaviour;
use crate::replica::view::TicketRow;

pub(super) struct DeskView;

/// The panes from left to right, as `h` and `l` go; Tab also comes by the strip, last.
const ORDER: [Pane; 5] = [
    Pane::Families,
    Pane::Queues,
    Pane::List,
    Pane::Thread,
    Pane::Strip,
];

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
        let offline = matches!(
            self.state.status.connection,
            Connection::Offline(_) | Connection::SignedOut | Connection::Outdated
        );
        match self.last_notice {
            Some(_) => Ok(()),
            None if offline => Ok(()),
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
        let panes = if round { ORDER.len() } else { ORDER.len() - 1 };
        let to = match here.checked_add_signed(by) {
            Some(to) if to < panes => to,
            _ if !round => return,
            _ if by < 0 => panes - 1,
            _ => 0,
        };
        let no_thread = ORDER[to] == Pane::Thread && self.has_ticket().is_err();
        match (no_thread, round) {
            (true, true) if by > 0 => self.focus(Pane::Strip),
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

    fn is_narrow(&self) -> bool {
        matches!(self.state.layout.arrangement, Arrangement::Narrow(_))
    }
}

const LIST_HINTS: &[&str] = &[
    "ticket.comment",
    "ticket.note",
    "ticket.assign.me",
    "ticket.resolve",
    "ticket.new",
    "list.filter",
    "ticket.undo",
    "help",
];
const THREAD_HINTS: &[&str] = &[
    "ticket.comment",
    "ticket.reply",
    "ticket.note",
    "ticket.resolve",
    "move.back",
    "help",
];
const SIDE_HINTS: &[&str] = &[
    "move.in",
    "family.edit",
    "queue.edit",
    "ticket.new",
    "view.people",
    "view.board",
    "list.search",
    "help",
];

const STRIP_HINTS: &[&str] = &["move.left", "move.right", "move.in", "move.back", "help"];

impl Behaviour for DeskView {
    fn click(&self, app: &mut App, on: On) {
        app.click_desk(on);
    }

    fn wheel(&self, app: &mut App, on: Option<On>, by: i64) {
        app.wheel_desk(on, by);
    }

    fn contexts(&self, app: &App) -> &'static [Context] {
        match app.state.desk.focus {
            Pane::Families => &[Context::Families, Context::Desk, Context::Global],
            Pane::Queues => &[Context::Queues, Context::Desk, Context::Global],
            Pane::List => &[Context::List, Context::Desk, Context::Global],
            Pane::Thread => &[Context::Thread, Context::Desk, Context::Global],
            Pane::Strip => &[Context::Strip, Context::Desk, Context::Global],
        }
    }

    fn hints(&self, app: &App) -> &'static [&'static str] {
        match app.state.desk.focus {
            Pane::List => LIST_HINTS,
            Pane::Thread => THREAD_HINTS,
            Pane::Families | Pane::Queues => SIDE_HINTS,
            Pane::Strip => STRIP_HINTS,
        }
    }

    /// What it shows is asked again whatever view is shown.
    fn ask(&self, app: &mut App) {
        app.read_thread_if_shown();
    }

    fn move_by(&self, app: &mut App, by: i64) {
        match (app.state.desk.focus, by) {
            (Pane::List, i64::MIN) => app.list_first(),
            (Pane::List, i64::MAX) => app.list_last(),
            (Pane::Thread, i64::MIN) => app.thread_first(),
            (Pane::Thread, i64::MAX) => app.thread_last(),
            // The list lies below it.
            (Pane::Strip, 1) => app.focus(Pane::List),
            _ => app.move_pane(by),
        }
    }

    fn scroll_by(&self, app: &mut App, by: i64) {
        match app.state.desk.focus {
            Pane::Thread => app.scroll_thread(by),
            Pane::Families | Pane::Queues | Pane::List => app.move_pane(by),
            Pane::Strip => {}
        }
    }

    fn page(&self, app: &App) -> usize {
        let layout = &app.state.layout;
        match app.state.desk.focus {
            Pane::Families => layout.family_rows(),
            Pane::Queues => layout.queue_rows(),
            Pane::List => layout.list_rows(),
            Pane::Thread => layout.thread_rows(),
            Pane::Strip => 1,
        }
    }

    fn left(&self, app: &mut App) {
        match app.state.desk.focus {
            Pane::Strip => app.strip_move(-1),
            _ => app.step_pane(-1, false),
        }
    }

    fn right(&self, app: &mut App) {
        match app.state.desk.focus {
            Pane::Strip => app.strip_move(1),
            _ => app.step_pane(1, false),
        }
    }

    /// To what is behind the line under the cursor.
    fn open(&self, app: &mut App) {
        match app.state.desk.focus {
            Pane::Families => app.focus(Pane::Queues),
            Pane::Queues => {
                let pane = &app.state.desk.queues;
                match pane.lines.get(pane.cursor).map(|line| line.kind) {
                    Some(QueueLineKind::Group { .. }) => app.fold(),
                    _ => app.focus(Pane::List),
                }
            }
            Pane::List => app.focus(Pane::Thread),
            Pane::Strip => app.strip_open(),
            Pane::Thread => {}
        }
    }

    fn back(&self, app: &mut App) {
        match app.state.desk.focus {
            Pane::Thread => {
                app.state.desk.thread_open = false;
                app.focus(Pane::List);
            }
            Pane::List => {
                if !app.unmark() && !app.widen_list() && app.is_narrow() {
                    app.focus(Pane::Queues);
                }
            }
            Pane::Strip => app.focus(Pane::List),
            Pane::Queues => app.focus(if app.is_narrow() {
                Pane::Families
            } else {
                Pane::List
            }),
            Pane::Families if app.is_narrow() => {}
            Pane::Families => app.focus(Pane::List),
        }
    }

    fn close(&self, app: &mut App) {
        match app.state.desk.focus {
            Pane::Thread => self.back(app),
            Pane::Families | Pane::Queues | Pane::List | Pane::Strip => app.quit(),
        }
    }

    fn ticket(&self, app: &App) -> Option<Target> {
        match app.state.desk.focus {
            Pane::Thread => {
                let thread = app.state.desk.thread.thread.as_deref();
                let wanted = app.state.desk.thread.ticket_id;
                thread
                    .filter(|thread| Some(thread.ticket.ticket_id) == wanted)
                    .map(Target::of_thread)
            }
            Pane::Families | Pane::Queues | Pane::List | Pane::Strip => {
                let row = app.state.desk.list.selected_row()?;
                Some(app.target_of(row.clone()))
            }
        }
    }

    fn has_tickets(&self, app: &App) -> bool {
        !app.state.desk.list.marked_rows.is_empty() || self.ticket(app).is_some()
    }

    /// The marked tickets, or the one under the cursor.
    fn tickets(&self, app: &App) -> Vec<Target> {
        let list = &app.state.desk.list;
        if list.marked_rows.is_empty() {
            return self.ticket(app).into_iter().collect();
        }
        let newest = |row: &TicketRow| {
            let found = list
                .window
                .rows
                .iter()
                .find(|it| it.ticket_id == row.ticket_id);
            found.unwrap_or(row).clone()
        };
        let rows = list.marked_rows.iter().map(newest);
        rows.map(|row| app.target_of(row)).collect()
    }
}
