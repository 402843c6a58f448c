//! Records of the audit as lines: when, who, on what, and what changed.

use std::collections::HashMap;

use serde_json::Value;

use super::grid::{Cell, Grid, Tint};
use super::thread::moment;
use crate::model::audit::{AuditRecord, FieldChange};
use crate::model::entity::EntityKey;
use crate::model::id::{TicketId, UserId};
use crate::model::source::Timestamp;

/// Attributes that say who and where, not what.
const KEYS: [&str; 12] = [
    "family_id",
    "ticket_id",
    "created_by",
    "creation_date",
    "comment_id",
    "comment_user",
    "comment_date",
    "author_kind",
    "channel",
    "reply_to",
    "request_date",
    "source",
];
/// How much of a value is shown, in characters.
const VALUE: usize = 60;

/// What the lines take names from.
pub struct Names {
    pub people: HashMap<UserId, String>,
    pub tickets: HashMap<TicketId, String>,
    /// Names of queues and groups by their ids.
    pub places: HashMap<String, String>,
}

/// The records, one a row; of one ticket alone, it need not be named on each.
pub fn records(records: &[AuditRecord], names: &Names, of_ticket: bool) -> Grid {
    let mut grid = if of_ticket {
        Grid::new(&["seq", "time", "who", "what", "changed"], 4)
    } else {
        Grid::new(&["seq", "time", "who", "what", "on", "changed"], 5)
    };
    for record in records {
        let changed: Vec<String> = record
            .changes()
            .iter()
            .filter(|change| !KEYS.contains(&change.field))
            .filter_map(|change| names.change(change))
            .collect();
        let mut row = vec![
            Cell::new(record.seq).tint(Tint::Dim),
            Cell::new(moment(record.time)),
            Cell::new(names.actor(record)),
            Cell::new(&record.command_type),
        ];
        if !of_ticket {
            row.push(Cell::new(names.entity(&record.entity)));
        }
        row.push(Cell::new(changed.join("; ")));
        grid.row(row);
    }
    grid
}

impl Names {
    fn actor(&self, record: &AuditRecord) -> String {
        match record.on_behalf_of {
            Some(user_id) => format!(
                "{} for {}",
                self.person(record.actor_user_id),
                self.person(user_id)
            ),
            None => self.person(record.actor_user_id),
        }
    }

    fn person(&self, user_id: UserId) -> String {
        match self.people.get(&user_id) {
            Some(name) => name.clone(),
            None if user_id == UserId::SYSTEM => "time".to_owned(),
            None => user_id.to_string(),
        }
    }

    fn entity(&self, key: &EntityKey) -> String {
        let entity_type = key.entity_type();
        match key.ticket() {
            Some(ticket_id) => self
                .tickets
                .get(&ticket_id)
                .cloned()
                .unwrap_or_else(|| ticket_id.to_string()),
            None => entity_type.to_string(),
        }
    }

    /// `severity SEV_3 -> SEV_2`, `queue IT -> Kitchen`; none where there is nothing to tell.
    fn change(&self, change: &FieldChange<'_>) -> Option<String> {
        let before = change
            .before
            .and_then(|value| self.value(change.field, value));
        let after = change
            .after
            .and_then(|value| self.value(change.field, value));
        let field = change.field.strip_suffix("_id").unwrap_or(change.field);
        if let (Some(Value::Array(before)), Some(Value::Array(after))) =
            (change.before, change.after)
        {
            return Some(format!("{field} {}", added_and_taken(before, after)));
        }
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(format!("{field} {after}")),
            (Some(before), None) => Some(format!("{field} {before} -> none")),
            (Some(before), Some(after)) => Some(format!("{field} {before} -> {after}")),
        }
    }

    fn value(&self, field: &str, value: &Value) -> Option<String> {
        let text = match value {
            Value::Null => return None,
            Value::String(text) if text.is_empty() => return None,
            Value::Array(all) if all.is_empty() => return None,
            Value::String(text) => self.named(text).unwrap_or_else(|| text.clone()),
            Value::Array(all) => all
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
                .collect::<Vec<String>>()
                .join(", "),
            Value::Number(seconds) if field.ends_with("_date") || field.ends_with("_until") => {
                moment(Timestamp(seconds.as_i64()?))
            }
            // A long text: its beginning and where the whole is.
            Value::Object(long) => long.get("preview").and_then(Value::as_str)?.to_owned(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
        };
        let mut short: String = text.chars().take(VALUE).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        Some(short)
    }

    /// The name behind an id.
    fn named(&self, text: &str) -> Option<String> {
        if let Some(name) = self.places.get(text) {
            return Some(name.clone());
        }
        let user_id: UserId = text.parse().ok()?;
        if let Some(name) = self.people.get(&user_id) {
            return Some(name.clone());
        }
        self.tickets.get(&TicketId(user_id.0)).cloned()
    }
}

/// `+wifi -wait`: of a long list only what changed.
fn added_and_taken(before: &[Value], after: &[Value]) -> String {
    let word = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let added = after.iter().filter(|it| !before.contains(it));
    let taken = before.iter().filter(|it| !after.contains(it));
    let added = added.map(|it| format!("+{}", word(it)));
    let all: Vec<String> = added
        .chain(taken.map(|it| format!("-{}", word(it))))
        .collect();
    all.join(" ")
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
}
