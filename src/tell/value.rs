//! Attributes and their values, as people call them.

use serde_json::Value;

use super::Teller;
use crate::model::id::{GroupId, QueueId, TicketId, UserId};
use crate::model::source::Timestamp;

/// How much of a value stands in a line, in characters.
const SHORT: usize = 60;

/// Attributes that say who and where, or follow from others.
const SILENT: [&str; 22] = [
    "family_id",
    "ticket_id",
    "created_by",
    "creation_date",
    "comment_id",
    "comment_user",
    "comment_date",
    "author_kind",
    "channel",
    "request_date",
    "source",
    "number",
    "resolved_date",
    "closed_date",
    "reopen_until",
    "external_ref",
    "reply_to",
    "user_id",
    "webhook_id",
    "secret",
    "former_secret",
    "rotated",
];

/// Whether a change of the attribute is worth a word.
pub(super) fn is_told(field: &str) -> bool {
    !SILENT.contains(&field)
}

/// What people call the attribute.
pub(super) fn word_for(field: &str) -> String {
    match field {
        "assigned_to" => "assignee".to_owned(),
        "assigned_group" | "group_id" | "internal" => "group".to_owned(),
        "queue_id" => "queue".to_owned(),
        "requested_by" => "requester".to_owned(),
        "due_date" => "due".to_owned(),
        "waiting_note" => "waits on".to_owned(),
        "parent_ticket" => "parent".to_owned(),
        "comment_body" => "text".to_owned(),
        "display_name" | "group_name" | "queue_name" | "family_name" | "webhook_name" => {
            "name".to_owned()
        }
        "url" => "address".to_owned(),
        "group_description" | "queue_description" | "family_description" => {
            "description".to_owned()
        }
        "is_admin" => "admin".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Whether it is something that somebody writes.
pub(super) fn is_text(field: &str) -> bool {
    field == "title" || field.ends_with("description") || field == "comment_body"
}

/// Text in quotes, on one line, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", short(text))
}

pub(super) fn short(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let mut cut: String = line.chars().take(SHORT).collect();
    if cut.len() < text.trim().len() {
        cut.push('…');
    }
    cut
}

impl Teller<'_> {
    /// A value as a whole; none where there is nothing to tell.
    pub(super) fn value(&self, field: &str, value: &Value) -> Option<String> {
        let text = match value {
            Value::Null => return None,
            Value::String(text) if text.is_empty() => return None,
            Value::Array(all) if all.is_empty() => return None,
            Value::Object(all) if all.is_empty() => return None,
            Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::String(text) => self.named(field, text).unwrap_or_else(|| text.clone()),
            Value::Number(seconds) if field.ends_with("_date") || field.ends_with("_until") => {
                self.moment(Timestamp(seconds.as_i64()?))
            }
            Value::Number(_) => value.to_string(),
            Value::Array(all) => words_of(all).join(", "),
            // A long text: its beginning, where the whole stands elsewhere.
            Value::Object(of) => match of.get("preview").and_then(Value::as_str) {
                Some(preview) => format!("{preview}…"),
                None => of
                    .iter()
                    .map(|(key, value)| format!("{key} {}", value.as_str().unwrap_or_default()))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
        };
        Some(text)
    }

    /// The name behind an id.
    fn named(&self, field: &str, text: &str) -> Option<String> {
        let id = text.parse().ok()?;
        match field {
            "queue_id" => Some(self.queue(QueueId(id))),
            "group_id" | "assigned_group" | "internal" => Some(self.group(GroupId(id))),
            "parent_ticket" | "merged_into" | "origin_ticket" => Some(self.ticket(TicketId(id))),
            "assigned_to" | "requested_by" | "user_id" | "invited_by" | "default_assignee" => {
                Some(self.person(UserId(id)))
            }
            _ => None,
        }
    }

    /// `2026-03-01 16:00` on the clocks of the teller's zone.
    pub fn moment(&self, at: Timestamp) -> String {
        match jiff::Timestamp::from_second(at.0) {
            Ok(moment) => moment
                .to_zoned(self.zone.clone())
                .strftime("%Y-%m-%d %H:%M")
                .to_string(),
            Err(_) => format!("second {}", at.0),
        }
    }
}

/// `+wifi -wait`: of a list only what changed.
pub(super) fn added_and_taken(before: &[Value], after: &[Value]) -> String {
    let added: Vec<Value> = after
        .iter()
        .filter(|it| !before.contains(it))
        .cloned()
        .collect();
    let taken: Vec<Value> = before
        .iter()
        .filter(|it| !after.contains(it))
        .cloned()
        .collect();
    let added = words_of(&added).into_iter().map(|word| format!("+{word}"));
    let taken = words_of(&taken).into_iter().map(|word| format!("-{word}"));
    added.chain(taken).collect::<Vec<_>>().join(" ")
}

fn words_of(all: &[Value]) -> Vec<String> {
    let word = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    all.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_tags_only_what_changed_is_told() {
        let tags = |value: Value| value.as_array().cloned().unwrap_or_default();
        let (before, after) = (tags(json!(["a", "wait"])), tags(json!(["a", "wifi"])));
        assert_eq!(added_and_taken(&before, &after), "+wifi -wait");
    }

    #[test]
    fn a_long_text_is_told_by_its_first_line() {
        assert_eq!(short("\n  Red light\nsince noon"), "Red light…");
        assert_eq!(short("Red light\n"), "Red light");
        assert_eq!(short(&"x".repeat(99)).chars().count(), SHORT + 1);
    }
}
