//! One line that is asked for: a day, a tag, a number.

use super::target::Target;
use super::text_field::TextField;

/// A line over the view.
#[derive(Debug)]
pub struct Prompt {
    /// What is asked, such as `Due date of RIV-2026-0042`.
    pub title: String,
    pub purpose: PromptFor,
    pub input: TextField,
    /// What may be typed, in words.
    pub help: &'static str,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// The tickets that it was opened for.
    pub targets: Vec<Target>,
}

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptFor {
    DueDate,
    Snooze,
    TagToAdd,
    WaitingNote,
    /// The ticket's number, typed out.
    Delete,
    /// Words to search all of the family's tickets for.
    Search,
    /// The file that the outbox is written to.
    OutboxFile,
}
