//! What somebody is about on a ticket just now. It keeps nobody from anything, is noted nowhere
//! and ends by itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::id::TicketId;
use super::word::words;

words! {
    /// What somebody does with a ticket; what concerns others most comes last.
    pub enum Doing: "way of being at a ticket" {
        /// It is before their eyes.
        Viewing = "viewing",
        /// They write another title, description or comment in the place of one.
        Editing = "editing",
        /// They write an internal note; who may not read it is told that they view the ticket.
        Noting = "noting",
        /// They write a comment.
        Replying = "replying",
    }
}

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whereabouts {
    pub ticket_id: TicketId,
    pub doing: Doing,
}

impl Doing {
    /// How long somebody is taken to be at it who has said so. Whoever does something there says it
    /// again; of one who has left the keyboard, or whose program was killed, nothing is heard. Who
    /// writes may think for longer.
    pub fn lasts(self) -> Duration {
        Duration::from_secs(match self {
            Doing::Viewing => 5 * 60,
            Doing::Editing | Doing::Noting | Doing::Replying => 15 * 60,
        })
    }

    /// As it is said of somebody: `Ben is viewing`.
    pub fn words(self) -> &'static str {
        match self {
            Doing::Viewing => "viewing",
            Doing::Editing => "editing",
            Doing::Noting => "writing an internal note",
            Doing::Replying => "replying",
        }
    }
}
