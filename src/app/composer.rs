//! Forms: a new ticket, a comment, an internal note, an edit; what they hold and come to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::key::{Code, Key};
use super::panes::moved;
use super::target::Target;
use super::text_field::TextField;
use crate::model::attachment::FileFacts;
use crate::model::command::{Base, CommandBody, NewComment};
use crate::model::comment::Channel;
use crate::model::id::{CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::long_text::LongText;
use crate::model::membership::Role;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::ticket::{NewTicket, TicketField};
use crate::model::user::User;
use crate::replica::view::{DraftKey, DraftKind, History, Thread};
use crate::tell::Teller;
use crate::text::fuzzy::rank;
use crate::wire::problem::Problem;

/// A form over the view.
#[derive(Debug)]
pub struct Composer {
    /// What is written; never changes while the form is open.
    pub kind: DraftKind,
    pub family_id: FamilyId,
    /// The ticket it is about, if it is about one that is there.
    pub target: Option<Target>,
    /// What else it is about, as the kind says: a comment, a queue, a group.
    pub about: Option<Uuid>,
    /// For a group alone to see.
    pub internal: bool,
    pub reply_to: Option<CommentId>,
    /// Such as `Comment on RIV-2026-0042  Wi-Fi is down`.
    pub title: String,
    /// Who will see it, in words: `visible to Ana, Ben and 2 more`, `Home group only`.
    pub audience: String,
    pub fields: Vec<FormField>,
    /// Which field has the keyboard.
    pub focus: usize,
    /// Why it was not sent.
    pub error: Option<FormError>,
    /// When what stands here was saved, if it was found as a draft.
    pub restored: Option<Timestamp>,
    pub phase: Phase,
    /// The ticket as it was read for this form; what is overwritten is checked against it.
    pub thread: Option<Box<Thread>>,
    /// What others have done to the ticket since this was begun.
    pub since: Since,
    /// One's own record as it was read for this form.
    pub own: Option<Box<User>>,
    /// What stood in the fields when it was opened, by their names; empty where that is nothing.
    pub seen: BTreeMap<String, String>,
}

/// What others have done to a ticket since something about it was begun.
#[derive(Debug, Default)]
pub struct Since {
    /// How far the log had come then; nothing until it is known.
    begun: Option<i64>,
    /// In words, the newest first.
    pub told: Vec<String>,
}

impl Since {
    /// Takes in the newest part of the ticket's history, told for whoever writes. What is taken up
    /// again was begun when it was saved.
    pub(super) fn came(
        &mut self,
        history: &History,
        restored: Option<Timestamp>,
        (me, zone): (UserId, &TimeZone),
    ) {
        let mut records = history.records.iter();
        let begun = match (self.begun, restored) {
            (Some(begun), _) => begun,
            (None, Some(saved)) => records
                .find(|it| it.time <= saved)
                .map_or(0, |record| record.seq),
            (None, None) => records.next().map_or(0, |record| record.seq),
        };
        self.begun = Some(begun);
        let names = &history.names;
        let teller = Teller { names, zone };
        let others = history.records.iter().filter(|it| {
            it.seq > begun && it.in_name_of() != me && it.in_name_of() != UserId::SYSTEM
        });
        self.told = others
            .map(|record| {
                let told = teller.record(record);
                format!("{} {}", told.who, told.what)
            })
            .collect();
    }
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// In which field; absent where it is the form as a whole.
    pub field: Option<FieldName>,
    /// How many characters of the field stand before what is wrong.
    pub caret: Option<usize>,
    pub why: String,
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
    /// What a family, group or queue is called, or who is asked in.
    Name,
    Prefix,
    TimeZone,
    Hours,
    /// A family's own words for a severity.
    Words(Severity),
    /// What the family calls whoever fills the form in.
    Me,
    FamilyId,
    Group,
    Email,
    Role,
    Url,
    Events,
    /// Whether internal notes too.
    Notes,
    Files,
}

#[derive(Debug)]
pub enum FieldValue {
    Text(TextField),
    Choice(Choice),
    /// Files that go along.
    Files(Vec<FileFacts>),
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
    Group(GroupId),
    AnyGroup,
    Role(Role),
    /// Whether internal notes too.
    Notes(bool),
}

impl Composer {
    /// A form that is about to be opened.
    pub(super) fn new(
        kind: DraftKind,
        family_id: FamilyId,
        title: &str,
        fields: Vec<FormField>,
    ) -> Composer {
        Composer {
            kind,
            family_id,
            target: None,
            about: None,
            internal: kind == DraftKind::InternalNote,
            reply_to: None,
            title: title.to_owned(),
            audience: String::new(),
            fields,
            focus: 0,
            error: None,
            restored: None,
            phase: Phase::Opening,
            thread: None,
            since: Since::default(),
            own: None,
            seen: BTreeMap::new(),
        }
    }

    pub fn draft_key(&self) -> DraftKey {
        DraftKey {
            family_id: self.family_id,
            about: self
                .about
                .or_else(|| self.target.as_ref().map(|it| it.ticket_id().0)),
            kind: self.kind,
        }
    }
}

impl FormError {
    pub(super) fn at(field: FieldName, why: impl Into<String>) -> FormError {
        FormError {
            field: Some(field),
            ..FormError::from(why.into())
        }
    }

    /// Why the rules said no, at the field that they name.
    pub(super) fn of(problem: &Problem) -> FormError {
        match &problem.refusal {
            Some(Refusal::Invalid { field, why }) => FormError {
                field: FieldName::of_attribute(field),
                ..FormError::from(why.clone())
            },
            _ => FormError::from(problem.to_string()),
        }
    }
}

impl From<String> for FormError {
    fn from(why: String) -> FormError {
        FormError {
            field: None,
            caret: None,
            why,
        }
    }
}

impl From<&str> for FormError {
    fn from(why: &str) -> FormError {
        FormError::from(why.to_owned())
    }
}

impl FieldName {
    /// The field of an attribute that a rule names.
    fn of_attribute(attribute: &str) -> Option<FieldName> {
        Some(match attribute {
            "title" => FieldName::Title,
            "tag" | "tags" => FieldName::Tags,
            "assigned_to" | "default_assignee" => FieldName::Assignee,
            "comment_body" => FieldName::Body,
            "family_name" | "group_name" | "queue_name" | "webhook_name" => FieldName::Name,
            "url" => FieldName::Url,
            "events" => FieldName::Events,
            "time_zone" => FieldName::TimeZone,
            "business_hours" => FieldName::Hours,
            "display_name" => FieldName::Me,
            "email" => FieldName::Email,
            "file" | "file_name" => FieldName::Files,
            _ => return None,
        })
    }

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
            FieldName::Name => "Name",
            FieldName::Prefix => "Prefix",
            FieldName::TimeZone => "Time zone",
            FieldName::Hours => "Hours",
            FieldName::Words(severity) => severity.as_str(),
            FieldName::Me => "Your name",
            FieldName::FamilyId => "Family id",
            FieldName::Group => "Group",
            FieldName::Email => "E-mail",
            FieldName::Role => "Role",
            FieldName::Url => "Address",
            FieldName::Events => "Events",
            FieldName::Notes => "Notes",
            FieldName::Files => "Files",
        }
    }
}

/// The name under which a draft keeps what it answers.
pub(super) const REPLY_TO: &str = "reply_to";

/// The name under which a draft keeps what stood there before it was begun.
pub(super) const SEEN: &str = "seen";

/// What a form comes to: what it does in words, and the commands.
pub(super) type Made = Result<(String, Vec<CommandBody>), FormError>;

impl Composer {
    pub(super) fn new_ticket(&self, ticket_id: TicketId) -> Made {
        let title = self.text(FieldName::Title);
        if title.trim().is_empty() {
            return Err(FormError::at(FieldName::Title, "give it a title"));
        }
        let mut new = NewTicket {
            ticket_id,
            queue_id: QueueId(ticket_id.0),
            title: title.trim().to_owned(),
            description: self.long(FieldName::Description),
            severity: None,
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: words(&self.text(FieldName::Tags)),
            parent_ticket: None,
            source: Channel::Screen,
        };
        for field in &self.fields {
            match field.chosen() {
                Some(ChoiceValue::Queue(queue_id)) => new.queue_id = queue_id,
                Some(ChoiceValue::Severity(severity)) => new.severity = severity,
                Some(ChoiceValue::Person(person)) => new.assigned_to = person,
                Some(
                    ChoiceValue::Group(_)
                    | ChoiceValue::AnyGroup
                    | ChoiceValue::Role(_)
                    | ChoiceValue::Notes(_),
                )
                | None => {}
            }
        }
        let deed = format!("filed \"{}\"", new.title);
        Ok((deed, vec![CommandBody::TicketCreate(Box::new(new))]))
    }

    pub(super) fn new_comment(&self, comment_id: CommentId, internal: bool) -> Made {
        let Some(target) = &self.target else {
            return Err("no ticket is selected".into());
        };
        let Some(comment_body) = self.long(FieldName::Body) else {
            return Err("write something first".into());
        };
        let ticket_id = target.ticket_id();
        let what = if internal { "note" } else { "comment" };
        let deed = format!("added a {what} to {}", target.label());
        let new = NewComment {
            ticket_id,
            comment_id,
            comment_body,
            reply_to: self.reply_to,
            internal,
            channel: Channel::Screen,
        };
        Ok((deed, vec![CommandBody::CommentAdd(new)]))
    }

    /// Title and description, each only if it was changed, each checked against what was read.
    pub(super) fn edits(&self) -> Made {
        let (Some(target), Some(thread)) = (&self.target, &self.thread) else {
            return Err("the ticket has not been read yet".into());
        };
        let ticket_id = target.ticket_id();
        let mut commands = Vec::new();
        let title = self.text(FieldName::Title);
        if title.trim().is_empty() {
            return Err(FormError::at(FieldName::Title, "give it a title"));
        }
        let version = thread.ticket.common.version;
        let was = self.before(FieldName::Title);
        if title.trim() != was {
            commands.push(CommandBody::TicketSet {
                ticket_id,
                set: TicketField::Title(title.trim().to_owned()),
                base: Some(Base {
                    version,
                    value: TicketField::Title(was),
                }),
            });
        }
        let was = self.before(FieldName::Description);
        let text = self.text(FieldName::Description);
        if text != was {
            commands.push(CommandBody::TicketDescribe {
                ticket_id,
                description: LongText::Inline(text),
                base: Some(Base {
                    version,
                    value: LongText::Inline(was),
                }),
            });
        }
        if commands.is_empty() {
            return Err("nothing was changed; Esc leaves".into());
        }
        Ok((format!("edited {}", target.label()), commands))
    }

    /// Another text in the place of a comment's.
    pub(super) fn comment_edit(&self) -> Made {
        let (Some(target), Some(comment_id)) = (&self.target, self.about) else {
            return Err("no comment is selected".into());
        };
        let Some(comment_body) = self.long(FieldName::Body) else {
            return Err("a comment can't be empty; Esc leaves it as it was".into());
        };
        if !self.is_changed(FieldName::Body) {
            return Err("nothing was changed; Esc leaves".into());
        }
        let words = format!("edited a comment on {}", target.label());
        let command = CommandBody::CommentEdit {
            ticket_id: target.ticket_id(),
            comment_id: CommentId(comment_id),
            comment_body,
            base: Some(Base::exactly(LongText::Inline(
                self.before(FieldName::Body),
            ))),
        };
        Ok((words, vec![command]))
    }

    /// Whether a field says something else than when the form was opened.
    pub(super) fn is_changed(&self, name: FieldName) -> bool {
        let key = name.label().to_lowercase();
        self.values().get(&key) != self.seen.get(&key)
    }

    /// What stood in a field when what is written now was begun.
    fn before(&self, name: FieldName) -> String {
        let key = name.label().to_lowercase();
        self.seen.get(&key).cloned().unwrap_or_default()
    }

    /// Goes to a field and chooses one of its options; whether it was another.
    pub(super) fn choose(&mut self, field: usize, option: usize) -> bool {
        let Some(FormField {
            value: FieldValue::Choice(choice),
            ..
        }) = self.fields.get_mut(field)
        else {
            return false;
        };
        self.focus = field;
        choice.typed.clear();
        let changed = option < choice.options.len() && choice.chosen != option;
        if changed {
            choice.chosen = option;
        }
        changed
    }

    /// Says what is wrong, at the field if it is one.
    pub(super) fn refuse(&mut self, error: FormError) {
        let at = error.field;
        let place = self.fields.iter().position(|it| Some(it.name) == at);
        self.focus = place.unwrap_or(self.focus);
        self.phase = Phase::Writing;
        self.error = Some(error);
    }

    /// It is on its way; under this key it can be found again.
    pub(super) fn begin_sending(&mut self) -> DraftKey {
        self.phase = Phase::Sending;
        self.error = None;
        self.draft_key()
    }

    pub(super) fn text(&self, name: FieldName) -> String {
        let field = self.fields.iter().find(|field| field.name == name);
        match field.map(|field| &field.value) {
            Some(FieldValue::Text(text)) => text.value(),
            Some(FieldValue::Choice(_) | FieldValue::Files(_)) | None => String::new(),
        }
    }

    /// A field's text, if there is any.
    pub(super) fn long(&self, name: FieldName) -> Option<LongText> {
        let text = self.text(name);
        let text = text.trim_end();
        (!text.trim().is_empty()).then(|| LongText::Inline(text.to_owned()))
    }

    /// All that is written in it, a text below the other.
    pub(super) fn written(&self) -> String {
        let texts = self.fields.iter().filter_map(|field| match &field.value {
            FieldValue::Text(text) => Some(text.value()),
            FieldValue::Choice(_) | FieldValue::Files(_) => None,
        });
        let texts: Vec<String> = texts.filter(|it| !it.trim().is_empty()).collect();
        texts.join("\n\n")
    }

    pub(super) fn set_text(&mut self, name: FieldName, to: &str) {
        let field = self.fields.iter_mut().find(|field| field.name == name);
        if let Some(FieldValue::Text(text)) = field.map(|field| &mut field.value) {
            text.set(to);
        }
    }

    pub(super) fn long_text(&self) -> Option<&TextField> {
        self.fields.iter().find_map(|field| match &field.value {
            FieldValue::Text(text) if text.is_multi_line() => Some(text),
            FieldValue::Text(_) | FieldValue::Choice(_) | FieldValue::Files(_) => None,
        })
    }

    pub(super) fn long_text_mut(&mut self) -> Option<&mut TextField> {
        self.fields
            .iter_mut()
            .find_map(|field| match &mut field.value {
                FieldValue::Text(text) if text.is_multi_line() => Some(text),
                FieldValue::Text(_) | FieldValue::Choice(_) | FieldValue::Files(_) => None,
            })
    }

    /// Whether leaving it loses nothing.
    pub(super) fn is_untouched(&self) -> bool {
        if !self.seen.is_empty() {
            return self.values() == self.seen;
        }
        self.fields.iter().all(|field| match &field.value {
            FieldValue::Text(text) => text.is_blank(),
            FieldValue::Choice(_) => true,
            FieldValue::Files(files) => files.is_empty(),
        })
    }

    /// The fields as JSON.
    pub(super) fn write_draft(&self) -> String {
        let mut values = self.values();
        if let Some(comment_id) = self.reply_to {
            values.insert(REPLY_TO.to_owned(), comment_id.to_string());
        }
        // What others write before this is taken up again is not to be written over.
        if let (DraftKind::Edit | DraftKind::EditComment, Ok(seen)) =
            (self.kind, serde_json::to_string(&self.seen))
        {
            values.insert(SEEN.to_owned(), seen);
        }
        serde_json::to_string(&values).unwrap_or_default()
    }

    /// What stands in the fields, by their names.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        for field in &self.fields {
            let value = match &field.value {
                FieldValue::Text(text) => text.value(),
                FieldValue::Choice(choice) => {
                    let chosen = choice.options.get(choice.chosen);
                    chosen.map_or_else(String::new, |it| it.label.clone())
                }
                FieldValue::Files(files) if files.is_empty() => continue,
                FieldValue::Files(files) => serde_json::to_string(files).unwrap_or_default(),
            };
            values.insert(field.name.label().to_lowercase(), value);
        }
        values
    }

    /// Fills the fields with a draft. What can't be read is shown as text rather than lost.
    pub(super) fn read_draft(&mut self, content: &str) {
        let Ok(values) = serde_json::from_str::<BTreeMap<String, String>>(content) else {
            if let Some(field) = self.long_text_mut() {
                field.set(content);
            }
            return;
        };
        for field in &mut self.fields {
            let Some(value) = values.get(&field.name.label().to_lowercase()) else {
                continue;
            };
            match &mut field.value {
                FieldValue::Text(text) => text.set(value),
                FieldValue::Choice(choice) => {
                    let mut options = choice.options.iter();
                    // What was refused knows a severity without the family's words for it.
                    let found = options.position(|it| {
                        it.label == *value || it.label.starts_with(&format!("{value}  "))
                    });
                    choice.chosen = found.unwrap_or(choice.chosen);
                }
                FieldValue::Files(files) => {
                    *files = serde_json::from_str(value).unwrap_or_default();
                }
            }
        }
        let seen = values.get(SEEN).map(|it| serde_json::from_str(it));
        if let Some(Ok(seen)) = seen {
            self.seen.extend::<BTreeMap<String, String>>(seen);
        }
        let reply_to = values.get(REPLY_TO).and_then(|id| id.parse().ok());
        self.reply_to = reply_to.or(self.reply_to);
    }
}

impl FormField {
    pub(super) fn chosen(&self) -> Option<ChoiceValue> {
        match &self.value {
            FieldValue::Choice(choice) => choice.options.get(choice.chosen).map(|it| it.value),
            FieldValue::Text(_) | FieldValue::Files(_) => None,
        }
    }
}

impl Choice {
    /// Arrows step, letters search; says whether another option is chosen.
    pub(super) fn key(&mut self, key: Key) -> bool {
        let before = self.chosen;
        match (key.code, key.printable()) {
            (Code::Up | Code::Left, _) => self.step(-1),
            (Code::Down | Code::Right, _) => self.step(1),
            (Code::Home, _) => self.step(i64::MIN),
            (Code::End, _) => self.step(i64::MAX),
            (Code::Backspace, _) => {
                self.typed.pop();
                self.search();
            }
            (_, Some(c)) => {
                self.typed.push(c);
                self.search();
            }
            _ => {}
        }
        self.chosen != before
    }

    pub(super) fn step(&mut self, by: i64) {
        self.typed.clear();
        self.chosen = moved(self.chosen, by, self.options.len());
    }

    pub(super) fn search(&mut self) {
        let labels: Vec<String> = self.options.iter().map(|it| it.label.clone()).collect();
        match rank(&self.typed, &labels).first() {
            Some((best, _)) => self.chosen = *best,
            None => {
                self.typed.pop();
            }
        }
    }
}

pub(super) fn text_field(name: FieldName, field: TextField) -> FormField {
    FormField {
        name,
        value: FieldValue::Text(field),
    }
}

pub(super) fn files_field() -> FormField {
    FormField {
        name: FieldName::Files,
        value: FieldValue::Files(Vec::new()),
    }
}

pub(super) fn choice_field(
    name: FieldName,
    options: Vec<ChoiceOption>,
    chosen: usize,
) -> FormField {
    FormField {
        name,
        value: FieldValue::Choice(Choice {
            options,
            chosen,
            typed: String::new(),
        }),
    }
}

pub(super) fn option(label: &str, value: ChoiceValue) -> ChoiceOption {
    ChoiceOption {
        label: label.to_owned(),
        value,
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text
        .split([' ', ','])
        .map(|word| word.trim_start_matches('#'));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
