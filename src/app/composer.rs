//! Forms: a new ticket, a comment, an internal note, an edit.

use super::target::Target;
use super::text_field::TextField;
use crate::model::id::{CommentId, FamilyId, QueueId, UserId};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::replica::view::{DraftKey, DraftKind, Thread};

/// A form over the view.
#[derive(Debug)]
pub struct Composer {
    /// What is written; never changes while the form is open.
    pub kind: DraftKind,
    pub family_id: FamilyId,
    /// The ticket it is about; absent for a new one.
    pub target: Option<Target>,
    pub reply_to: Option<CommentId>,
    /// Such as `Comment on RIV-2026-0042  Wi-Fi is down`.
    pub title: String,
    /// Who will see it, in words: `visible to Ana, Ben and 2 more`, `Home group only`.
    pub audience: String,
    pub fields: Vec<FormField>,
    /// Which field has the keyboard.
    pub focus: usize,
    /// Why it was not sent.
    pub error: Option<String>,
    /// When what stands here was saved, if it was found as a draft.
    pub restored: Option<Timestamp>,
    pub phase: Phase,
    /// The ticket as it was read for this form; what is overwritten is checked against it.
    pub thread: Option<Box<Thread>>,
}

/// How far a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is being looked whether there is a draft; keys are held back for that moment.
    Opening,
    Writing,
    /// Given, and not answered yet.
    Sending,
    /// The text is in `$EDITOR`.
    InEditor,
}

/// A field of a form.
#[derive(Debug)]
pub struct FormField {
    pub name: FieldName,
    pub value: FieldValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldName {
    Queue,
    Severity,
    Title,
    Description,
    Assignee,
    Tags,
    /// The text of a comment or note.
    Body,
}

#[derive(Debug)]
pub enum FieldValue {
    Text(TextField),
    Choice(Choice),
}

/// One of a few, chosen by arrows or by typing its beginning.
#[derive(Debug)]
pub struct Choice {
    pub options: Vec<ChoiceOption>,
    pub chosen: usize,
    /// What was typed to find it.
    pub typed: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    pub label: String,
    pub value: ChoiceValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceValue {
    Queue(QueueId),
    /// None: as the queue says.
    Severity(Option<Severity>),
    /// None: nobody, or as the queue says.
    Person(Option<UserId>),
}

impl Composer {
    pub fn draft_key(&self) -> DraftKey {
        DraftKey {
            family_id: self.family_id,
            ticket_id: self.target.as_ref().map(Target::ticket_id),
            kind: self.kind,
        }
    }
}

impl FieldName {
    /// As it stands before the field.
    pub fn label(self) -> &'static str {
        match self {
            FieldName::Queue => "Queue",
            FieldName::Severity => "Severity",
            FieldName::Title => "Title",
            FieldName::Description => "Description",
            FieldName::Assignee => "Assignee",
            FieldName::Tags => "Tags",
            FieldName::Body => "Text",
        }
    }
}
