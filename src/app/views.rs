//! The views, and what each does with the keys that mean the same everywhere. A further view is a
//! variant of [`View`], a file beside this one that behaves, and a file in `ui` that draws it.

use super::App;
use super::activity::ActivityView;
use super::board::BoardView;
use super::desk::DeskView;
use super::layout::Layout;
use super::mouse::On;
use super::outbox::{ConflictsView, OutboxView};
use super::people::PeopleView;
use super::registry::Context;
use super::state::View;
use super::target::Target;
use super::triage::TriageView;

/// How a view answers what the whole screen may ask of it.
pub(super) trait Behaviour {
    /// Where its keys are looked for, nearest first.
    fn contexts(&self, app: &App) -> &'static [Context];

    /// The actions that the hint line offers, most useful first.
    fn hints(&self, app: &App) -> &'static [&'static str];

    /// Where its parts stand, if the keys or the thread pane need to know.
    fn arrange(&self, _layout: &mut Layout) {}

    /// Asks for everything it shows: it was entered, the replica changed, or another family was
    /// opened.
    fn ask(&self, app: &mut App);

    /// It gives way to another view.
    fn leave(&self, _app: &mut App) {}

    /// The cursor, by so many lines; `i64::MIN` and `i64::MAX` are the first and the last.
    fn move_by(&self, app: &mut App, by: i64);

    /// What is looked at, by so many lines.
    fn scroll_by(&self, app: &mut App, by: i64) {
        self.move_by(app, by);
    }

    /// How many lines are looked at at once.
    fn page(&self, app: &App) -> usize;

    /// A click, while nothing lies over the view.
    fn click(&self, _app: &mut App, _on: On) {}

    /// The wheel, by so many lines.
    fn wheel(&self, app: &mut App, _on: Option<On>, by: i64) {
        self.scroll_by(app, by);
    }

    fn left(&self, _app: &mut App) {}

    fn right(&self, _app: &mut App) {}

    /// Enter.
    fn open(&self, _app: &mut App) {}

    /// Esc: one step back, beginning with what is nearest.
    fn back(&self, app: &mut App) {
        app.go(View::Desk);
    }

    /// `q`: closes what is open.
    fn close(&self, app: &mut App) {
        self.back(app);
    }

    /// The ticket under the cursor.
    fn ticket(&self, _app: &App) -> Option<Target> {
        None
    }

    /// Whether there is a ticket that an action on many works on.
    fn has_tickets(&self, app: &App) -> bool {
        self.ticket(app).is_some()
    }

    /// The tickets that an action on many works on.
    fn tickets(&self, app: &App) -> Vec<Target> {
        self.ticket(app).into_iter().collect()
    }
}

impl View {
    fn behaviour(self) -> &'static dyn Behaviour {
        match self {
            View::Desk => &DeskView,
            View::Board => &BoardView,
            View::Triage => &TriageView,
            View::People => &PeopleView,
            View::Activity => &ActivityView,
            View::Outbox => &OutboxView,
            View::Conflicts => &ConflictsView,
        }
    }

    /// As the title line calls it; the desk needs no name.
    pub fn name(self) -> &'static str {
        match self {
            View::Desk => "",
            View::Board => "Board",
            View::Triage => "Triage",
            View::People => "People",
            View::Activity => "Activity",
            View::Outbox => "Outbox",
            View::Conflicts => "Conflicts",
        }
    }
}

impl App {
    pub(super) fn view(&self) -> &'static dyn Behaviour {
        self.state.view.behaviour()
    }

    /// Shows another view.
    pub(super) fn go(&mut self, view: View) {
        if self.state.view != view {
            self.view().leave(self);
            self.state.view = view;
        }
        self.lay_out();
        self.view().ask(self);
    }

    pub(super) fn go_desk(&mut self) {
        self.go(View::Desk);
    }

    pub(super) fn go_board(&mut self) {
        self.go(View::Board);
    }

    pub(super) fn go_triage(&mut self) {
        self.go(View::Triage);
    }

    pub(super) fn go_outbox(&mut self) {
        self.go(View::Outbox);
    }

    pub(super) fn go_conflicts(&mut self) {
        self.go(View::Conflicts);
    }

    pub(super) fn left(&mut self) {
        self.view().left(self);
    }

    pub(super) fn right(&mut self) {
        self.view().right(self);
    }

    pub(super) fn down(&mut self) {
        self.view().move_by(self, 1);
    }

    pub(super) fn up(&mut self) {
        self.view().move_by(self, -1);
    }

    pub(super) fn first(&mut self) {
        self.view().move_by(self, i64::MIN);
    }

    pub(super) fn last(&mut self) {
        self.view().move_by(self, i64::MAX);
    }

    fn page(&self) -> i64 {
        let rows = self.view().page(self).max(2);
        i64::try_from(rows).unwrap_or(i64::MAX)
    }

    pub(super) fn half_down(&mut self) {
        self.view().scroll_by(self, self.page() / 2);
    }

    pub(super) fn half_up(&mut self) {
        self.view().scroll_by(self, -(self.page() / 2));
    }

    pub(super) fn page_down(&mut self) {
        self.view().scroll_by(self, self.page() - 1);
    }

    pub(super) fn page_up(&mut self) {
        self.view().scroll_by(self, -(self.page() - 1));
    }

    pub(super) fn deeper(&mut self) {
        self.view().open(self);
    }

    pub(super) fn back(&mut self) {
        self.view().back(self);
    }

    /// Closes what is open; the program when nothing is left.
    pub(super) fn close(&mut self) {
        self.view().close(self);
    }
}
