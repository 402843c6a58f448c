//! The state of the screen, and the pure step from what happened to what is to be done.
//!
//! No I/O, no clock: reads are questions among the effects, answers come back as actions, time
//! and ids enter as values. [`App::update`] is the step; [`state`] is what drawing reads;
//! [`registry`] is the one table of what can be done.

pub mod activity;
pub mod attach;
pub mod board;
mod cannot_save;
pub mod composer;
pub mod days;
mod desk;
pub mod effect;
pub mod first_start;
mod forms;
mod give;
mod help;
mod hints;
mod house_forms;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod legend;
mod list;
mod marks;
mod merge;
pub mod message;
pub mod mouse;
mod narrow;
pub mod outbox;
mod own_record;
mod panes;
mod participants;
pub mod people;
pub mod picker;
pub mod presence;
pub mod prompt;
pub mod query_line;
mod reading;
mod recall;
pub mod refused;
pub mod registry;
mod sign_in;
pub mod state;
mod step;
pub mod strip;
pub mod target;
pub mod text_field;
pub mod texts;
pub mod thread;
mod ticket;
pub mod triage;
mod undo;
mod views;
pub mod webhooks;
mod work;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

pub use effect::{Action, Alarm, Effect, Effects, Founding, Slot};
pub use keymap::{KeyMap, key_table};
pub use recall::{LineKind, MOST as RECALLED, Recall};
pub use state::State;

use self::forms::Held;
use self::give::Given;
use self::key::Key;
use self::layout::{Size, Widths};
use self::list::Jump;
use self::presence::Said;
use self::reading::Reading;
use self::work::Work;
use crate::config::StartView;
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::source::{Source, Timestamp};
use crate::replica::view::Deeds;

/// The screen's state and what it takes to step it.
pub struct App {
    state: State,
    keys: KeyMap,
    source: Box<dyn Source>,
    widths: Widths,
    /// What this step asks to be done so far.
    effects: Vec<Effect>,
    /// The last number given to a request.
    number: u64,
    /// The newest question of each slot.
    asked: BTreeMap<Slot, u64>,
    /// Commands that are not answered yet, by number.
    given: BTreeMap<u64, Given>,
    /// What can be undone and done again.
    deeds: Deeds,
    /// Keys of a sequence that is not complete.
    typed: Vec<Key>,
    jump: Option<Jump>,
    /// A family to be opened as soon as it is there.
    wanted_family: Option<FamilyId>,
    held: Held,
    reading: Reading,
    /// What others were told of where this screen is.
    said: Said,
    /// The ticket that the cursor was on when the quick filter was opened.
    before_filter: Option<TicketId>,
    /// What was typed into lines before.
    recall: Recall,
    /// What was said last, also after it has left the status line.
    last_notice: Option<String>,
    /// The command line twin of what was done last, and the tickets that it names.
    twin: Option<(Vec<TicketId>, String)>,
    /// What was done to tickets last, to be repeated.
    last_work: Option<Work>,
    /// Where files were saved last.
    last_folder: String,
    /// Who signs in again, or their code, as it was typed last.
    signing_in: String,
}

/// How a screen begins.
pub struct Setup {
    pub me: UserId,
    pub now: Timestamp,
    pub size: Size,
    pub time_zone: TimeZone,
    pub widths: Widths,
    pub start_view: StartView,
    pub keys: KeyMap,
    /// Mints the ids of what is made here; its clock is not asked.
    pub source: Box<dyn Source>,
    /// The store is the demo family, where nothing is kept.
    pub demo: bool,
    /// What was typed into lines before.
    pub recall: Recall,
    /// Whether others may know which ticket the screen is at.
    pub presence: bool,
}

impl App {
    pub fn new(setup: Setup) -> App {
        let view = match setup.start_view {
            StartView::Desk => state::View::Desk,
            StartView::Board => state::View::Board,
        };
        let who = (setup.me, setup.time_zone);
        let mut state = State::new(who, setup.now, setup.size, &setup.keys);
        state.view = view;
        state.session.demo = setup.demo;
        let mut app = App {
            state,
            keys: setup.keys,
            source: setup.source,
            widths: setup.widths,
            effects: Vec::new(),
            number: 0,
            asked: BTreeMap::new(),
            given: BTreeMap::new(),
            deeds: Deeds::default(),
            typed: Vec::new(),
            jump: None,
            wanted_family: None,
            held: Held::default(),
            reading: Reading::default(),
            said: Said::new(setup.presence),
            before_filter: None,
            recall: setup.recall,
            last_notice: None,
            twin: None,
            last_work: None,
            last_folder: attach::FIRST_FOLDER.to_owned(),
            signing_in: String::new(),
        };
        app.lay_out();
        app
    }

    /// The first questions.
    pub fn start(&mut self) -> Effects {
        self.ask_families();
        self.ask_outbox();
        self.ask_deeds();
        self.finish()
    }

    /// Begins with the wizard of an empty store instead of with questions.
    pub fn start_first(&mut self) -> Effects {
        self.open_first_start();
        self.finish()
    }

    /// One step: what happened, into what is to be done.
    pub fn update(&mut self, action: Action) -> Effects {
        self.step(action);
        self.finish()
    }

    /// What is still to be done before the screen goes.
    pub fn leave(&mut self) -> Effects {
        self.give_reads();
        self.say_farewell();
        Effects(std::mem::take(&mut self.effects))
    }

    /// What the screen shows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether a question is open whose answer the next frame would show.
    pub fn is_waiting(&self) -> bool {
        !self.asked.is_empty()
    }

    fn finish(&mut self) -> Effects {
        self.look();
        self.say_where();
        self.refresh_hints();
        Effects(std::mem::take(&mut self.effects))
    }
}
