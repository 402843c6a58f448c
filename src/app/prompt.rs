//! One line that is asked for: a day, a tag, a number.

use super::target::Target;
use super::text_field::TextField;
use crate::model::attachment::FileFacts;
use crate::model::entity::EntityKey;

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
    /// What else it is about, and what that is called.
    pub about: Option<(EntityKey, String)>,
    /// The files that it was opened for.
    pub files: Vec<FileFacts>,
    /// How what is typed may go on, where there is a choice.
    pub choices: Vec<String>,
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
    Category,
    /// The name of a queue or group, typed out.
    DeletePlace,
    /// The name of someone who is to be taken out of family or group.
    RemovePerson,
    /// What someone is to be called.
    Rename,
    /// The ticket's number, typed out.
    DeleteComment,
    /// Words to search all of the family's tickets for.
    Search,
    /// The file that the outbox is written to.
    OutboxFile,
    /// The file that what is written in the form goes to.
    TextFile,
    /// The file that is to be attached to the ticket, or to what the form makes.
    FileToAttach,
    /// The folder that files are saved in.
    SaveFolder,
    /// Who signs in again, or their one-time code.
    SignIn,
    /// Their password.
    Password,
}

impl PromptFor {
    /// Whether what is typed is a path that can be completed.
    pub fn is_for_path(self) -> bool {
        matches!(self, PromptFor::FileToAttach | PromptFor::SaveFolder)
    }
}
