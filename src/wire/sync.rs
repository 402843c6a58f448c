//! Push, pull and bootstrap.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::cursor::Cursor;
use super::problem::Problem;
use super::readable::Readable;
use crate::model::audit::AuditRecord;
use crate::model::command::{Command, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, DeviceId, TicketId};
use crate::model::record::Record;
use crate::model::source::Timestamp;

/// Commands of one device, in its order (`POST /v1/families/{family}/commands`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    pub device: DeviceId,
    pub commands: Vec<Pushed>,
}

/// One command and its place in the device's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Flat")]
pub struct Pushed {
    /// 1, 2, 3, ... per device and family.
    pub cseq: i64,
    #[serde(flatten)]
    pub command: Command,
}

/// A pushed command as it is read, for the same reason as [`Command`] is read so.
#[derive(Deserialize)]
struct Flat {
    cseq: i64,
    command_id: CommandId,
    issued_at: Timestamp,
    #[serde(default)]
    seen: Option<i64>,
    #[serde(rename = "type")]
    command_type: String,
    #[serde(default)]
    args: Option<Box<RawValue>>,
}

impl TryFrom<Flat> for Pushed {
    type Error = serde_json::Error;

    fn try_from(flat: Flat) -> Result<Pushed, serde_json::Error> {
        Ok(Pushed {
            cseq: flat.cseq,
            command: Command {
                command_id: flat.command_id,
                issued_at: flat.issued_at,
                seen: flat.seen,
                body: CommandBody::from_parts(&flat.command_type, flat.args.as_deref())?,
            },
        })
    }
}

/// The answers, in order. They stop before the first command that could not be decided; `problem`
/// says why, and the rest is to be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    pub results: Vec<Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The family's newest position.
    pub head: Cursor,
}

/// What became of one command. It never changes: a second push of it gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub cseq: i64,
    pub command_id: CommandId,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The final outcome of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// It holds, written up to `seq`; `changes` may be 0 where it asked for what was so already.
    Applied {
        seq: i64,
        changes: usize,
        /// Up to where it is written in the person's own log of the family, if anything is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<i64>,
    },
    /// A rule said no; nothing was changed. `head` is the log's end when it was decided.
    Rejected { head: i64, problem: Problem },
}

/// What happened after a cursor (`GET /v1/families/{family}/log`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// The range that is covered: `from` exclusive, `to` inclusive, with what one may not see
    /// left out.
    pub from: i64,
    pub to: i64,
    /// Where to go on.
    pub cursor: Cursor,
    pub head: Cursor,
    pub more: bool,
    pub events: Readable<AuditRecord>,
    /// Entities that one may see now and could not before, whole.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub shown: Readable<Record>,
    /// Entities that one may not see any more.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub hidden: Readable<EntityKey>,
    /// This device's verdicts that the range covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Verdict>,
    /// What is new in the person's own log of the family; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnLog>,
}

impl Pull {
    /// How much of it only a newer version of the program can read.
    pub fn newer(&self) -> usize {
        let own = self.own.as_ref().map_or(0, |own| own.events.newer());
        self.events.newer() + self.shown.newer() + self.hidden.newer() + own
    }
}

fn is_empty<T>(items: &Readable<T>) -> bool {
    items.is_empty()
}

/// What happened after a cursor in the log of one person in a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLog {
    /// Where to go on.
    pub cursor: Cursor,
    pub events: Readable<AuditRecord>,
}

/// One page of a family as it is now (`GET /v1/families/{family}/snapshot`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPage {
    /// Where the log stood when the first page was read; pull from there after the last page.
    pub start: Cursor,
    pub rows: Readable<Record>,
    /// The next page's token; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The family's newest position when this page was read.
    pub head: Cursor,
    /// Where the person's own log stood when this page was read; pull it from that of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Cursor>,
    /// How many live tickets there are to come in all, as far as that is known without reading
    /// them; on the first page alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<u64>,
}

/// A part of what happened before a replica began to follow the log, the newest first
/// (`GET /v1/families/{family}/history`). What one may not see is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPage {
    pub records: Readable<AuditRecord>,
    /// Where the part before this one is asked for; absent at the beginning of history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which past is asked for: the family's, or that of a ticket which came into sight later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOf {
    /// The history it is of; a store that was restored since has another.
    pub epoch: String,
    pub ticket_id: Option<TicketId>,
    /// Of the family: before which record. Of a ticket: what the page before said, if there was one.
    pub page: Option<String>,
}
