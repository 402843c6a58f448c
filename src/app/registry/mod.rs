//! The one table of actions: what can be done, where, by which keys, and how it is run.
//!
//! Keys, hints, help, the command line and the manual's key table are all read from it.

mod rows;

use std::fmt;
use std::str::FromStr;

use super::App;
use super::prompt::PromptFor;

/// One action.
pub struct ActionRow {
    /// Such as `ticket.resolve`.
    pub name: &'static str,
    /// Where it can be done.
    pub contexts: &'static [Context],
    /// Its default keys, each a sequence.
    pub keys: &'static [&'static str],
    /// One line, sentence case.
    pub help: &'static str,
    /// Says why it can't be done now.
    pub guard: fn(&App) -> Result<(), String>,
    pub run: Run,
}

/// How an action is run.
pub enum Run {
    Now(fn(&mut App)),
    /// Asks for a line first; the command line may give it at once.
    Ask(PromptFor),
}

/// Where keys mean something. In the desk a key is looked for in the focused pane, then in
/// `Desk`, then in `Global`; in any other view in its own context, then in `Global`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    Global,
    Desk,
    Families,
    Queues,
    List,
    Thread,
    Strip,
    Board,
    Triage,
    Activity,
    Outbox,
    Conflicts,
    People,
    /// The quick filter, while it is typed.
    Filter,
    /// The query line, while it is edited.
    Query,
    /// New ticket, comment, note, edit.
    Form,
    Picker,
    Prompt,
    FirstStart,
}

impl Context {
    pub const ALL: [Context; 19] = [
        Context::Global,
        Context::Desk,
        Context::Families,
        Context::Queues,
        Context::List,
        Context::Thread,
        Context::Strip,
        Context::Board,
        Context::Triage,
        Context::Activity,
        Context::Outbox,
        Context::Conflicts,
        Context::People,
        Context::Filter,
        Context::Query,
        Context::Form,
        Context::Picker,
        Context::Prompt,
        Context::FirstStart,
    ];

    /// The word in `[keys.<context>]`.
    pub fn word(self) -> &'static str {
        match self {
            Context::Global => "global",
            Context::Desk => "desk",
            Context::Families => "families",
            Context::Queues => "queues",
            Context::List => "list",
            Context::Thread => "thread",
            Context::Strip => "strip",
            Context::Board => "board",
            Context::Triage => "triage",
            Context::Activity => "activity",
            Context::Outbox => "outbox",
            Context::Conflicts => "conflicts",
            Context::People => "people",
            Context::Filter => "filter",
            Context::Query => "query",
            Context::Form => "form",
            Context::Picker => "picker",
            Context::Prompt => "prompt",
            Context::FirstStart => "first_start",
        }
    }

    /// Whether its actions mean something only while something is typed.
    pub fn is_for_typing(self) -> bool {
        match self {
            Context::Form
            | Context::Picker
            | Context::Prompt
            | Context::Filter
            | Context::Query
            | Context::FirstStart => true,
            Context::Global
            | Context::Desk
            | Context::Families
            | Context::Queues
            | Context::List
            | Context::Thread
            | Context::Strip
            | Context::Board
            | Context::Triage
            | Context::Activity
            | Context::People
            | Context::Outbox
            | Context::Conflicts => false,
        }
    }

    /// Every set of contexts that is looked through for one key, nearest first.
    pub const STACKS: [&'static [Context]; 17] = [
        &[Context::Families, Context::Desk, Context::Global],
        &[Context::Queues, Context::Desk, Context::Global],
        &[Context::List, Context::Desk, Context::Global],
        &[Context::Thread, Context::Desk, Context::Global],
        &[Context::Strip, Context::Desk, Context::Global],
        &[Context::Board, Context::Global],
        &[Context::Triage, Context::Global],
        &[Context::Activity, Context::Global],
        &[Context::Outbox, Context::Global],
        &[Context::Conflicts, Context::Global],
        &[Context::People, Context::Global],
        &[Context::Filter],
        &[Context::Query],
        &[Context::Form],
        &[Context::Picker],
        &[Context::Prompt],
        &[Context::FirstStart],
    ];
}

impl FromStr for Context {
    type Err = ();

    fn from_str(word: &str) -> Result<Context, ()> {
        Context::ALL
            .into_iter()
            .find(|context| context.word() == word)
            .ok_or(())
    }
}

impl fmt::Debug for ActionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Every action, in the order in which help shows them.
pub fn actions() -> impl Iterator<Item = &'static ActionRow> {
    rows::TABLES.iter().copied().flatten()
}

/// The action of a name.
pub fn action(name: &str) -> Option<&'static ActionRow> {
    actions().find(|row| row.name == name)
}
