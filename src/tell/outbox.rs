//! What waits and what was refused, in words.

use serde_json::Value;

use super::Teller;
use super::value::word_for;
use crate::replica::view::{Fate, OutboxEntry};
use crate::text::SafeText;

/// How wide what is written to be read may be.
const COLUMNS: usize = 100;

impl Fate {
    /// How far the command has come, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Fate::Waiting | Fate::Doubtful(_) => "waits",
            Fate::Decided => "sent",
            Fate::Refused(refusal) if refusal.is_overtaken() => "conflict",
            Fate::Refused(_) => "refused",
            Fate::Blocked { .. } => "blocked",
            Fate::Merged(_) => "merged",
            Fate::Parked(_) => "parked",
        }
    }

    /// Why it was refused, or may be.
    pub fn why(&self) -> Option<String> {
        match self {
            Fate::Waiting | Fate::Decided => None,
            Fate::Doubtful(refusal) => Some(format!("may be refused: {refusal}")),
            Fate::Refused(refusal) if refusal.is_overtaken() => Some(refusal.to_string()),
            Fate::Refused(refusal) => Some(format!("refused: {refusal}")),
            Fate::Blocked { .. } => {
                Some("what it leans on was refused; it goes out again with that".to_owned())
            }
            Fate::Merged(merged) => {
                let field = word_for(&merged.conflict.field);
                Some(format!(
                    "someone else had changed the {field} too; look at both"
                ))
            }
            Fate::Parked(why) => Some(format!(
                "the server failed at it time and again, so it was set aside: {why}"
            )),
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

    /// An entry in words and as it would be sent.
    pub fn entry_json(&self, entry: &OutboxEntry) -> Value {
        let command: Value = serde_json::from_str(&entry.json).unwrap_or_default();
        serde_json::json!({
            "id": entry.command_id,
            "state": entry.fate.word(),
            "words": self.entry(entry),
            "given": entry.command.as_ref().map(|it| self.moment(it.issued_at)),
            "text": entry.text,
            "why": entry.fate.why(),
            "family_id": entry.family_id,
            "command": command,
            "refusal": entry.refusal(),
            "conflict": entry.conflict(),
        })
    }

    /// Everything, in words and as it would be sent: for a file that outlives the store.
    pub fn document(&self, entries: &[OutboxEntry]) -> Value {
        let (refused, waiting): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.is_to_decide());
        let told = |entries: Vec<&OutboxEntry>| -> Vec<Value> {
            entries.into_iter().map(|it| self.entry_json(it)).collect()
        };
        serde_json::json!({
            "waiting": told(waiting),
            "refused": told(refused),
        })
    }

    /// The same to be read: what waits for somebody first, each with all that there is to know.
    pub fn page(&self, entries: &[OutboxEntry]) -> String {
        let (to_decide, waiting): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.is_to_decide());
        let parts = [("needs you", to_decide), ("waits to be sent", waiting)];
        let mut page = String::new();
        for (what, entries) in parts.iter().filter(|(_, entries)| !entries.is_empty()) {
            page.push_str(&format!("{}: {what}\n\n", entries.len()));
            for entry in entries {
                self.entry_on_page(entry, &mut page);
            }
        }
        page
    }

    fn entry_on_page(&self, entry: &OutboxEntry, page: &mut String) {
        let words = SafeText::of(self.entry(entry));
        page.push_str(&format!("{:<8}  {words}\n", entry.fate.word()));
        if let Some(command) = &entry.command {
            let when = self.moment(command.issued_at);
            page.push_str(&format!("{:10}given {when}\n", ""));
        }
        for row in self.card(entry, COLUMNS) {
            let row: String = row.spans.iter().map(|it| it.text.to_string()).collect();
            page.push_str(format!("{:10}{row}", "").trim_end());
            page.push('\n');
        }
        page.push_str(&format!("{:10}({})\n\n", "", entry.command_id));
    }
}
