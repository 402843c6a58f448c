//! What may be said to the subcommands about tickets.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::model::participant::ParticipantRole;
use crate::model::severity::Severity;
use crate::model::status::Stage;

/// One ticket or several.
#[derive(Debug, Args)]
pub struct Numbers {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The queue, as NAME or GROUP/NAME
    #[arg(long, value_name = "Q")]
    pub queue: String,
    /// What it is about, on one line
    #[arg(long, value_name = "T")]
    pub title: String,
    /// SEV_1, SEV_2, SEV_2.5, SEV_3, SEV_4 or SEV_5 (otherwise the queue's)
    #[arg(long, value_name = "SEV")]
    pub severity: Option<Severity>,
    /// The whole story; - reads it from stdin
    #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
    pub description: Option<String>,
    /// me, or a member's name
    #[arg(long, value_name = "WHO")]
    pub assign: Option<String>,
    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "T")]
    pub tags: Vec<String>,
    /// 2026-03-01, '2026-03-01 16:00', today, tomorrow, +3d
    #[arg(long, value_name = "DATE")]
    pub due: Option<String>,
    /// The ticket that this one is part of
    #[arg(long, value_name = "NUMBER")]
    pub parent: Option<String>,
    /// A file to attach; may be given several times
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// A queue, as NAME or GROUP/NAME
    #[arg(long, value_name = "Q")]
    pub queue: Option<String>,
    #[arg(long, value_enum, hide_possible_values = true)]
    #[arg(help = "open (unless the query says), resolved, closed, or any")]
    pub status: Option<ListStatus>,
    /// SEV_1, SEV_2, SEV_2.5, SEV_3, SEV_4 or SEV_5
    #[arg(long, value_name = "SEV")]
    pub severity: Option<Severity>,
    /// me, none, or a member's name
    #[arg(long, value_name = "WHO")]
    pub assignee: Option<String>,
    /// Only those with this tag
    #[arg(long, value_name = "T", hide_short_help = true)]
    pub tag: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub limit: usize,
    #[arg(long, value_enum, hide_possible_values = true)]
    #[arg(help = "severity, created, or updated (newest first)")]
    pub sort: Option<Sort>,
    /// Say what the query means, and list nothing
    #[arg(long)]
    pub explain: bool,
    /// Such as 'is:open sev:<=2 tag:wifi -tag:wait router'; quote it
    pub query: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListStatus {
    Open,
    Resolved,
    Closed,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Gravest first, then oldest first.
    Severity,
    /// Newest first.
    Created,
    /// Latest activity first.
    Updated,
}

#[derive(Debug, Args)]
pub struct CommentArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// What to say; - reads it from stdin, nothing opens your editor
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Answer the ticket's Nth comment, as `famdesk show` counts them
    #[arg(long, value_name = "N")]
    pub reply_to: Option<usize>,
    /// Write your Nth comment anew; the old text stays in its history
    #[arg(long, value_name = "N", conflicts_with = "reply_to")]
    pub edit: Option<usize>,
    /// Delete the Nth comment; an admin can restore it
    #[arg(long, value_name = "N", conflicts_with_all = ["reply_to", "edit", "text"])]
    pub delete: Option<usize>,
    /// A file to attach; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with_all = ["edit", "delete"])]
    pub attach: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AttachArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// Files of 25 MiB at the most; - reads one from stdin
    #[arg(required = true, value_name = "FILE|-")]
    pub files: Vec<PathBuf>,
    /// Attach to your Nth comment, as `famdesk show` counts them
    #[arg(long, value_name = "N")]
    pub comment: Option<usize>,
    /// What to call the file
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct AttachmentsArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// Which, as they are counted here; all where none is named
    #[arg(value_name = "N")]
    pub which: Vec<usize>,
    /// Save them in this folder; - writes one to stdout
    #[arg(long, value_name = "FOLDER|-")]
    pub save: Option<String>,
    /// Remove them from the ticket; an admin can restore them
    #[arg(long, conflicts_with = "save", requires = "which")]
    pub remove: bool,
}

#[derive(Debug, Args)]
pub struct CategoryArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    #[arg(value_name = "TEXT|none")]
    pub category: String,
}

#[derive(Debug, Args)]
pub struct ParticipantsArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// A member's name, or me; may be given several times
    #[arg(long, value_name = "WHO")]
    pub add: Vec<String>,
    #[arg(long, value_name = "WHO")]
    pub remove: Vec<String>,
    /// CC, FOLLOWER or APPROVER; without it, --add is CC and --remove is every role
    #[arg(long, value_name = "ROLE")]
    pub role: Option<ParticipantRole>,
}

#[derive(Debug, Args)]
pub struct NoteArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// What to note; - reads it from stdin, nothing opens your editor
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// A file to attach; may be given several times
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct EditArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    #[arg(long, value_name = "T")]
    pub title: Option<String>,
    /// The new description; - reads it from stdin
    #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
    pub description: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "famdesk assign [OPTIONS] <NUMBER>... <WHO|me|none>\n       \
                            famdesk assign [OPTIONS] <NUMBER>... --group <GROUP|none>"
)]
pub struct AssignArgs {
    /// Tickets, as RIV-2026-0042 or 42; at the end a member's name, me, or none
    #[arg(required = true, value_name = "NUMBER|WHO")]
    words: Vec<String>,
    /// Assign them to a group, or to none; who holds them stays as it is
    #[arg(long, value_name = "GROUP|none")]
    group: Option<String>,
}

/// To whom tickets are to be assigned, as it was typed.
#[derive(Debug, PartialEq, Eq)]
pub enum AssignTo {
    Person(String),
    Group(String),
}

impl AssignArgs {
    /// The tickets, and to whom; none where no ticket or nobody was named.
    pub fn split(mut self) -> Option<(Vec<String>, AssignTo)> {
        let to = match self.group {
            Some(group) => AssignTo::Group(group),
            None => AssignTo::Person(self.words.pop()?),
        };
        (!self.words.is_empty()).then_some((self.words, to))
    }
}

#[derive(Debug, Args)]
pub struct SeverityArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// SEV_1 the whole family, urgent; SEV_2 and SEV_2.5 several groups; SEV_3 one group;
    /// SEV_4 one person; SEV_5 trivial
    #[arg(value_name = "SEV")]
    pub severity: Severity,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    #[arg(value_name = "new|active|waiting")]
    pub stage: Stage,
    /// On whom or what it waits
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub struct DueArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// As below, or none
    #[arg(value_name = "DATE|none")]
    pub date: String,
}

#[derive(Debug, Args)]
pub struct MoveArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// The queue, as NAME or GROUP/NAME
    #[arg(long, value_name = "QUEUE")]
    pub to: String,
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// The ticket that they become a part of
    #[arg(long, value_name = "NUMBER")]
    pub into: String,
}

#[derive(Debug, Args)]
pub struct ParentArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// The ticket that they are parts of, or none
    #[arg(long, value_name = "NUMBER|none")]
    pub of: String,
}

#[derive(Debug, Args)]
pub struct TriageArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// Put them back, to be judged again
    #[arg(long)]
    pub again: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("tags").required(true).multiple(true)))]
pub struct TagArgs {
    /// RIV-2026-0042, or 42
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<String>,
    #[arg(long, value_name = "T", group = "tags")]
    pub add: Vec<String>,
    #[arg(long, value_name = "T", group = "tags")]
    pub remove: Vec<String>,
}

#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// RIV-2026-0042, or 42
    pub number: String,
    /// The number once more, where nobody can be asked to type it
    #[arg(long, value_name = "NUMBER")]
    pub confirm: Option<String>,
}
