//! What comes in, and what is to be done: both plain values.

use std::path::PathBuf;
use std::time::Duration;

use super::attach::{Completed, NotOpened};
use super::key::Key;
use super::layout::Size;
use super::mouse::Mouse;
use super::recall::LineKind;
use super::state::Connection;
use super::target::Target;
use crate::config;
use crate::model::attachment::FileFacts;
use crate::model::command::CommandBody;
use crate::model::id::{CommandId, FamilyId, WebhookId};
use crate::model::membership::Role;
use crate::model::number::Prefix;
use crate::model::presence::Whereabouts;
use crate::model::source::Timestamp;
use crate::replica::Turn;
use crate::replica::view::{Answer, Deed, Draft, DraftKey, Question, Resolution, Turned};
use crate::sync::News;
use crate::sync::acquaint::Invitee;
use crate::sync::transfer::Transfer;
use crate::wire::login::Secret;
use crate::wire::presence::Present;
use crate::wire::problem::Problem;
use crate::wire::webhook::WebhookSecret;

/// Something that happened.
#[derive(Debug)]
pub enum Action {
    Key(Key),
    /// Text that was pasted; it only ever goes into text fields.
    Pasted(String),
    Resized(Size),
    Mouse(Mouse),
    /// The present moment. Comes before whatever else an event brings.
    Tick(Timestamp),
    /// A question's answer, or why there is none.
    Answered {
        slot: Slot,
        number: u64,
        answer: Result<Answer, String>,
    },
    /// Commands were taken into the replica and the outbox, or refused as a whole.
    Given {
        number: u64,
        result: Result<(), Problem>,
    },
    /// What was done last was undone, or what was undone last was done again; or why not.
    Turned(Turn, Result<Turned, String>),
    /// The replica changed, by us or by sync.
    Changed,
    Connection(Connection),
    /// What is to be said of the disk of the state folder.
    Disk(Option<String>),
    /// What is wrong with the backend's store, where it is this person's to see to it.
    Trouble(Option<String>),
    /// Who else is at which ticket just now; all of them.
    Present(Vec<Present>),
    /// The time of an alarm has come.
    Woke(Alarm),
    /// What the person decided about something that was refused was done, or refused again; whether
    /// it was still there.
    Resolved(Result<bool, Problem>),
    /// What was put away last is back; whether there was anything.
    BroughtBack(Result<bool, String>),
    /// A refused command was thrown away; whether it was still there.
    Discarded(Result<bool, String>),
    /// The file was written, by its name.
    Exported(Result<String, String>),
    /// `$EDITOR` is done: the text, or why there is none.
    Edited(Result<String, String>),
    /// The family of the first start is there, or why not.
    Founded(Result<FamilyId, String>),
    /// Drafts that could not be saved are saved now; or why they can't be.
    DraftsKept(Result<(), String>),
    /// A webhook's new secret, or why there is none.
    SecretMade(Result<WebhookSecret, String>),
    /// A file is kept for what it is to be attached to; or why not.
    FileKept(KeepFor, Result<FileFacts, String>),
    /// A path goes on so.
    PathCompleted(Completed),
    /// Files were saved, by their paths; or why not.
    FilesSaved(Result<Vec<String>, String>),
    /// A copy of a file was opened, by its name; or why not.
    FileOpened(Result<String, NotOpened>),
    /// A file is on its way, or none is any more.
    Transfer(Option<Transfer>),
    /// This device is signed in again, or why not.
    SignedIn(Result<(), String>),
    /// Something to be told whatever is looked at.
    News(News),
    /// Something that could not be done elsewhere, for the status line.
    Failed(String),
}

/// Where an answer goes. Of the questions of one slot only the newest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    Families,
    Family,
    List,
    Thread,
    Board,
    /// What can be named in a query about all my families.
    Names,
    /// The tickets that are about to be marked.
    Marks,
    Outbox,
    Triage,
    Activity,
    OutboxEntries,
    /// The ticket, and the draft, of a refused command that is taken up again.
    RefusedTicket,
    RefusedDraft,
    /// The draft, and the ticket, of the form that is opening.
    Draft,
    Subject,
    /// What others do to the ticket while something is written about it.
    Since,
    /// What was deleted.
    Deleted,
    /// Each text that something has had.
    Texts,
    Deeds,
    /// The tickets that one may merge into.
    Merge,
}

/// Something that happens only once some time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alarm {
    /// The cursor has rested on a ticket.
    Rested,
    /// What was read meanwhile is given.
    Gathered,
    /// The screen has been at a ticket, or at none, for a while.
    Settled,
    /// Of somebody else nothing has been heard for long enough.
    Departed,
}

/// Something to be done by a worker.
#[must_use]
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Answer with [`Action::Answered`].
    Ask {
        slot: Slot,
        number: u64,
        question: Question,
    },
    /// Apply to the replica and append to the outbox, all or nothing, in this order; answer with
    /// [`Action::Given`].
    Give {
        number: u64,
        family_id: FamilyId,
        /// What is done, for undo; absent where nothing undoes it.
        deed: Option<Deed>,
        commands: Vec<CommandBody>,
    },
    /// Find out who is meant, ask them into the family; answer with [`Action::Given`].
    Invite {
        number: u64,
        family_id: FamilyId,
        deed: Deed,
        who: Invitee,
        role: Role,
    },
    /// Give a webhook a new secret; answer with [`Action::SecretMade`].
    RotateWebhook {
        family_id: FamilyId,
        webhook_id: WebhookId,
    },
    /// Undo what was done last, or do again what was undone last; answer with [`Action::Turned`].
    Turn(Turn),
    SaveDraft(Draft),
    DropDraft(DraftKey),
    /// Decide about something that was refused, merged or parked; answer with [`Action::Resolved`].
    Resolve {
        refused: CommandId,
        resolution: Resolution,
        /// What is done, for undo; absent where nothing is given.
        deed: Option<Deed>,
    },
    /// Bring back what was put away last; answer with [`Action::BroughtBack`].
    BringBack,
    /// Throw a refused command away, what was written in it kept as a draft; answer with
    /// [`Action::Discarded`].
    Discard {
        refused: CommandId,
        keep: Option<Draft>,
    },
    /// Read a file and keep it for being sent; answer with [`Action::FileKept`].
    KeepFile {
        path: String,
        keep_for: KeepFor,
    },
    /// See how a path may go on; answer with [`Action::PathCompleted`].
    CompletePath(String),
    /// Fetch files and write them into a folder; answer with [`Action::FilesSaved`].
    SaveFiles {
        family_id: FamilyId,
        files: Vec<FileFacts>,
        folder: String,
    },
    /// Fetch a file and let the desktop open a copy; answer with [`Action::FileOpened`].
    OpenFile {
        family_id: FamilyId,
        file: FileFacts,
    },
    /// Write a new file; answer with [`Action::Exported`].
    Export {
        path: PathBuf,
        text: String,
    },
    /// Hand the text to `$EDITOR`; answer with [`Action::Edited`].
    Edit(String),
    /// Keep what was typed into a line.
    Remember {
        kind: LineKind,
        text: String,
    },
    /// Put into the clipboard, what is safe to paste.
    Yank(String),
    /// Stop the program until the shell brings it back.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Draw in another theme from now on.
    Theme(config::Theme),
    SyncNow,
    /// Say to others which ticket this screen is at, or that it is at none.
    Appear(Option<(FamilyId, Whereabouts)>),
    /// Tell [`Action::Woke`] after that time; the same alarm rings once, at the time asked last.
    Wake {
        alarm: Alarm,
        after: Duration,
    },
    /// Sign this device in again; answer with [`Action::SignedIn`].
    SignIn {
        /// An address, or a one-time code.
        who: String,
        password: Secret,
    },
    /// Found the family of the first start; answer with [`Action::Founded`].
    FirstStart(Founding),
    /// Open the demo family instead.
    OpenDemo,
    Quit,
}

/// What a file is kept for.
#[derive(Debug, Clone, PartialEq)]
pub enum KeepFor {
    /// The form with this draft.
    Form(DraftKey),
    Ticket(Box<Target>),
}

/// What the first start asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    pub display_name: String,
    pub family_name: String,
    pub prefix: Prefix,
    pub time_zone: String,
    pub group_name: String,
    pub queue_name: String,
}

/// What is to be done, in order.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects(pub Vec<Effect>);

impl Effects {
    /// Keeps, of the questions of each slot, only the newest, and of each draft the newest text:
    /// what a burst of keys comes to.
    pub fn newest(self) -> Effects {
        let mut kept: Vec<Effect> = Vec::with_capacity(self.0.len());
        for effect in self.0 {
            kept.retain(|earlier| !replaces(&effect, earlier));
            kept.push(effect);
        }
        Effects(kept)
    }
}

fn replaces(later: &Effect, earlier: &Effect) -> bool {
    match (later, earlier) {
        (Effect::Ask { slot: a, .. }, Effect::Ask { slot: b, .. }) => a == b,
        (Effect::SaveDraft(a), Effect::SaveDraft(b)) => a.key == b.key,
        (Effect::DropDraft(a), Effect::SaveDraft(b)) => *a == b.key,
        (Effect::Appear(_), Effect::Appear(_)) => true,
        _ => false,
    }
}
