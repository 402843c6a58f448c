//! What waits and what was refused, in words.

use serde_json::Value;

use super::Teller;
use crate::replica::view::{Fate, OutboxEntry};

impl Fate {
    /// How far the command has come, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Fate::Waiting | Fate::Doubtful(_) => "waits",
            Fate::Decided => "sent",
            Fate::Refused(_) => "refused",
        }
    }

    /// Why it was refused, or may be.
    pub fn why(&self) -> Option<String> {
        match self {
            Fate::Waiting | Fate::Decided => None,
            Fate::Doubtful(refusal) => Some(format!("may be refused: {refusal}")),
            Fate::Refused(refusal) => Some(format!("refused: {refusal}")),
        }
    }
}

impl Teller<'_> {
    /// The command in one line.
    pub fn entry(&self, entry: &OutboxEntry) -> String {
        match &entry.command {
            Some(command) => self.command(&command.body),
            None => format!("{} of a newer famdesk", entry.command_type),
        }
    }

    /// Everything, in words and as it would be sent: for a file that outlives the store.
    pub fn document(&self, entries: &[OutboxEntry]) -> Value {
        let told = |entry: &OutboxEntry| {
            let command: Value = serde_json::from_str(&entry.json).unwrap_or_default();
            serde_json::json!({
                "words": self.entry(entry),
                "given": entry.command.as_ref().map(|it| self.moment(it.issued_at)),
                "text": entry.text,
                "why": entry.fate.why(),
                "family_id": entry.family_id,
                "command": command,
                "refusal": entry.refusal(),
            })
        };
        let (refused, waiting): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.refusal().is_some());
        serde_json::json!({
            "waiting": waiting.into_iter().map(told).collect::<Vec<_>>(),
            "refused": refused.into_iter().map(told).collect::<Vec<_>>(),
        })
    }
}
