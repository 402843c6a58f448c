//! The shape in which the demo's tickets are written down.

use super::people::{Place, Who};
use crate::model::comment::Channel;
use crate::model::severity::Severity;
use crate::model::source::DAY;

/// One ticket as it is told. Ages and moments are seconds before (due: after) now.
pub(super) struct Told {
    pub at: Place,
    pub by: Who,
    pub to: Option<Who>,
    pub severity: Severity,
    pub age: i64,
    pub state: State,
    pub due: Option<i64>,
    pub tags: &'static [&'static str],
    pub category: Option<&'static str>,
    /// The title of the ticket above this one.
    pub below: Option<&'static str>,
    pub channel: Channel,
    pub title: &'static str,
    pub text: &'static str,
    pub said: &'static [Said],
}

/// How a ticket stands.
pub(super) enum State {
    New,
    Active,
    Waiting(&'static str),
    /// Put off until so many seconds from now.
    Snoozed(i64),
    /// So many seconds ago.
    Resolved(i64),
    Closed(i64),
}

/// What an ordinary ticket is like.
pub(super) const PLAIN: Told = Told {
    at: Place::It,
    by: Who::Ana,
    to: None,
    severity: Severity::Sev3,
    age: DAY,
    state: State::New,
    due: None,
    tags: &[],
    category: None,
    below: None,
    channel: Channel::Screen,
    title: "",
    text: "",
    said: &[],
};

/// One comment as it is told.
pub(super) struct Said {
    pub by: Who,
    pub ago: i64,
    pub text: &'static str,
    /// Which of the comments before, from 0 on, it answers.
    pub answers: Option<usize>,
    pub internal: bool,
}

/// Someone said something so many seconds ago.
pub(super) const fn say(by: Who, ago: i64, text: &'static str) -> Said {
    Said {
        by,
        ago,
        text,
        answers: None,
        internal: false,
    }
}

/// Someone said something to the group that owns the queue alone.
pub(super) const fn note(by: Who, ago: i64, text: &'static str) -> Said {
    Said {
        internal: true,
        ..say(by, ago, text)
    }
}

impl Said {
    pub const fn answering(mut self, which: usize) -> Said {
        self.answers = Some(which);
        self
    }
}
