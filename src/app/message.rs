//! A text to read over the view. What is longer than the screen scrolls; any other key closes it.

use super::key::{Code, Key};
use super::layout::Size;
use crate::text::SafeLines;

/// The widest that its box is.
pub const WIDTH: u16 = 68;
/// The lines of the screen around the box's inside, and the last line inside, which says the keys.
const AROUND: u16 = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub title: String,
    pub text: String,
    /// The first line that is visible.
    pub top: usize,
}

impl Message {
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Message {
        Message {
            title: title.into(),
            text: text.into(),
            top: 0,
        }
    }

    /// How many lines it can be scrolled by on a screen of this size.
    pub fn beyond(&self, size: Size) -> usize {
        let columns = usize::from(WIDTH.min(size.width)).saturating_sub(4).max(1);
        let text = SafeLines::new(self.text.as_str());
        text.wrap(columns).count().saturating_sub(shown(size))
    }

    /// Scrolls, if the key does that here.
    pub(super) fn scroll(&mut self, key: Key, size: Size) -> bool {
        let beyond = self.beyond(size);
        let page = isize::try_from(shown(size)).unwrap_or(1).max(1);
        let by = match key.code {
            Code::Down | Code::Char('j') => 1,
            Code::Up | Code::Char('k') => -1,
            Code::PageDown | Code::Char(' ') => page,
            Code::PageUp => -page,
            _ => return false,
        };
        self.top = self.top.saturating_add_signed(by).min(beyond);
        beyond > 0
    }
}

/// How many lines of a text are visible at once.
fn shown(size: Size) -> usize {
    usize::from(size.height.saturating_sub(AROUND))
}
