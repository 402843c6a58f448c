//! Triage: one untriaged ticket at a time, until none is left.

use super::App;
use super::effect::Slot;
use super::layout::{Area, Layout};
use super::mouse::On;
use super::registry::Context;
use super::state::NoticeKind;
use super::target::Target;
use super::views::Behaviour;
use crate::model::id::TicketId;
use crate::model::ticket::TicketField;
use crate::replica::view::{Question, Triage};

/// The triage view. Its ticket is shown in the thread pane.
#[derive(Debug, Default)]
pub struct TriagePane {
    /// The ticket that is looked at.
    pub ticket_id: Option<TicketId>,
    /// What was looked at before it in this sitting, in that order.
    pub passed: Vec<Passed>,
    /// How many are left besides the one that is looked at.
    pub left: u64,
    /// It has been asked what there is, and answered.
    pub loaded: bool,
}

/// A ticket that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub ticket_id: TicketId,
    /// It was left untriaged.
    pub skipped: bool,
}

pub(super) struct TriageView;

const HINTS: &[&str] = &[
    "triage.next",
    "triage.skip",
    "ticket.assign.me",
    "ticket.move",
    "ticket.resolve",
    "ticket.comment",
    "ticket.undo",
    "help",
];
const DONE_HINTS: &[&str] = &["triage.next", "ticket.undo", "view.desk", "help"];

/// From how many rows of the body on each severity has a row of its own.
const ROOMY: u16 = 18;

impl Behaviour for TriageView {
    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::Triage, Context::Global]
    }

    fn hints(&self, app: &App) -> &'static [&'static str] {
        match app.state.triage.ticket_id {
            Some(_) => HINTS,
            None => DONE_HINTS,
        }
    }

    fn arrange(&self, layout: &mut Layout) {
        let (_, text) = parts(layout.body);
        *layout = Layout {
            breadcrumb: None,
            families: None,
            queues: None,
            strip: None,
            list: None,
            thread: Some(text),
            ..*layout
        };
    }

    fn click(&self, app: &mut App, on: On) {
        app.click_triage(on);
    }

    fn ask(&self, app: &mut App) {
        app.ask_triage();
    }

    fn leave(&self, app: &mut App) {
        app.state.triage = TriagePane::default();
        app.show_in_thread(None);
    }

    fn move_by(&self, app: &mut App, by: i64) {
        match by {
            i64::MIN => app.thread_first(),
            i64::MAX => app.thread_last(),
            by => app.move_thread(by),
        }
    }

    fn scroll_by(&self, app: &mut App, by: i64) {
        app.scroll_thread(by);
    }

    fn page(&self, app: &App) -> usize {
        app.state.layout.thread_rows()
    }

    /// The one before.
    fn left(&self, app: &mut App) {
        app.triage_previous();
    }

    fn right(&self, app: &mut App) {
        app.triage_skip();
    }

    /// It is triaged as it stands; the next.
    fn open(&self, app: &mut App) {
        app.triage_next();
    }

    fn ticket(&self, app: &App) -> Option<Target> {
        let thread = app.thread_of(app.state.triage.ticket_id?)?;
        Some(Target::of_thread(thread))
    }
}

/// The severities above, the ticket below.
pub fn parts(body: Area) -> (Area, Area) {
    let rows = if body.height >= ROOMY { 7 } else { 4 };
    body.split_top(rows)
}

impl TriagePane {
    /// Which ticket of how many this is, those that were passed included.
    pub fn progress(&self) -> (u64, u64) {
        let passed = self.passed.len() as u64;
        let here = passed + u64::from(self.ticket_id.is_some());
        (here, here + self.left)
    }

    pub fn skipped(&self) -> u64 {
        self.passed.iter().filter(|it| it.skipped).count() as u64
    }
}

impl App {
    fn ask_triage(&mut self) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let pane = &self.state.triage;
        let passed = pane.passed.iter().map(|it| it.ticket_id);
        let passed = passed.chain(pane.ticket_id).collect();
        self.ask(Slot::Triage, Question::Triage { family_id, passed });
    }

    pub(super) fn triage_came(&mut self, triage: Triage) {
        let pane = &mut self.state.triage;
        pane.loaded = true;
        pane.left = triage.left;
        if pane.ticket_id.is_none()
            && let Some(ticket_id) = triage.next
        {
            pane.left = triage.left.saturating_sub(1);
            self.triage_show(Some(ticket_id));
        }
    }

    fn triage_show(&mut self, ticket_id: Option<TicketId>) {
        self.state.triage.ticket_id = ticket_id;
        self.show_in_thread(ticket_id);
    }

    pub(super) fn in_triage(&self) -> Result<(), String> {
        match self.state.triage.ticket_id {
            Some(_) => Ok(()),
            None => Err("nothing is left to triage".to_owned()),
        }
    }

    /// Says that the ticket is triaged, unless what was done to it has said so, and goes on. At
    /// the end, begins again with what was skipped.
    fn triage_next(&mut self) {
        let Some(ticket_id) = self.state.triage.ticket_id else {
            self.state.triage.passed.retain(|it| !it.skipped);
            return self.ask_triage();
        };
        let target = self.target();
        let open = target.as_ref().and_then(|it| it.ticket.as_deref());
        if open.is_some_and(|ticket| ticket.is_untriaged()) {
            let targets: Vec<Target> = target.into_iter().collect();
            let deed = format!("triaged {}", super::target::label_of(&targets));
            self.give_each(targets, deed, |target| {
                vec![target.set(TicketField::Triaged(true))]
            });
        }
        self.triage_pass(ticket_id, false);
    }

    /// Goes on and leaves the ticket as it is.
    pub(super) fn triage_skip(&mut self) {
        let Some(ticket_id) = self.state.triage.ticket_id else {
            return;
        };
        let open = self.thread_of(ticket_id).map(|it| &it.ticket);
        let skipped = open.is_some_and(|ticket| ticket.is_untriaged());
        self.triage_pass(ticket_id, skipped);
    }

    fn triage_pass(&mut self, ticket_id: TicketId, skipped: bool) {
        self.state.triage.passed.push(Passed { ticket_id, skipped });
        self.triage_show(None);
        self.ask_triage();
    }

    fn triage_previous(&mut self) {
        match self.state.triage.passed.pop() {
            Some(passed) => {
                self.triage_show(Some(passed.ticket_id));
                self.ask_triage();
            }
            None => self.say(NoticeKind::Warning, "this is the first of this sitting"),
        }
    }

    /// What was done to a ticket was undone: it is looked at again.
    pub(super) fn triage_undone(&mut self, tickets: &[TicketId]) {
        let pane = &mut self.state.triage;
        let place = pane
            .passed
            .iter()
            .rposition(|it| tickets.contains(&it.ticket_id));
        if let Some(place) = place {
            let ticket_id = pane.passed.remove(place).ticket_id;
            self.triage_show(Some(ticket_id));
            self.ask_triage();
        }
    }
}
