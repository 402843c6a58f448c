//! What there is to say about a query that was typed.

use std::ops::Range;

use crate::text::width;

/// Something that was not taken as it may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The bytes of the text that it is about.
    pub at: Range<usize>,
    /// What is the matter and what was made of it; lower-case, no full stop.
    pub said: String,
    /// What could stand there instead.
    pub instead: Option<String>,
}

impl Notice {
    pub(super) fn new(at: Range<usize>, said: impl Into<String>) -> Notice {
        Notice {
            at,
            said: said.into(),
            instead: None,
        }
    }

    pub(super) fn or(mut self, instead: Option<String>) -> Notice {
        self.instead = instead;
        self
    }

    /// The whole of it in one line.
    pub fn line(&self) -> String {
        match &self.instead {
            Some(instead) => format!("{}; did you mean {instead}?", self.said),
            None => self.said.clone(),
        }
    }

    /// How many columns of the text stand before what it is about, and how many that takes.
    pub fn columns(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.at.start).unwrap_or_default();
        let about = text.get(self.at.clone()).unwrap_or_default();
        (width(before), width(about).max(1))
    }
}
