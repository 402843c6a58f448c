//! Two edits of one text made into one, line by line against what both began with; and what is
//! told of a change that went through beside another's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audit::AuditRecord;
use super::command::CommandBody;
use super::refusal::{Conflict, value_of};
use super::ticket::TicketField;

/// Texts of more lines together are not merged: comparing them takes the square of what differs.
const MOST_LINES: usize = 6_000;

/// What two edits of one text come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// They touch different lines.
    Clean(String),
    /// They touch the same lines: both stand there, between marks.
    Overlap(String),
    /// Too long to compare.
    TooLong,
}

/// A change that went through although others had changed the same thing: what was theirs, and
/// what stands there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    pub conflict: Conflict,
    pub now: Value,
}

/// What has to be told of a command that the log shows: it was merged with what someone else had
/// done, or took its place. None where it found what its giver had seen.
pub fn told(body: &CommandBody, record: &AuditRecord) -> Option<Merged> {
    let (field, base, mine) = match body {
        CommandBody::TicketDescribe {
            description,
            base: Some(base),
            ..
        } => ("description", text(&base.value), text(description)),
        CommandBody::TicketSet {
            set,
            base: Some(base),
            ..
        } if set.last_wins() => (set.name(), value_of(&base.value), value_of(set)),
        _ => return None,
    };
    let of = |side: &Option<Value>| {
        let there = side.as_ref().filter(|it| it.get("deleted").is_none());
        let found = there.and_then(|it| it.get(field)).cloned();
        found.unwrap_or(match field {
            "description" => Value::String(String::new()),
            _ => Value::Null,
        })
    };
    let (theirs, now) = (of(&record.before), of(&record.after));
    if theirs == base || theirs == mine {
        return None;
    }
    let conflict = Conflict::of(field, [base, mine, theirs]);
    Some(Merged { conflict, now })
}

fn text(text: &impl Serialize) -> Value {
    serde_json::to_value(text).unwrap_or_default()
}

impl TicketField {
    /// Whether of two changes the one that comes last stands, and the other is told.
    pub fn last_wins(&self) -> bool {
        matches!(
            self,
            TicketField::QueueId(_) | TicketField::SnoozedUntil(_) | TicketField::Category(_)
        )
    }
}

/// Merges two edits of a text. A text that ends without a line break means the same as one that
/// ends with one.
pub fn merge(base: &str, mine: &str, theirs: &str) -> Merge {
    let texts = [base, mine, theirs];
    if texts.iter().map(|it| it.lines().count()).sum::<usize>() > MOST_LINES {
        return Merge::TooLong;
    }
    let [base, mine, theirs] = texts.map(with_end);
    let mut options = diffy::MergeOptions::new();
    options.set_conflict_style(diffy::ConflictStyle::Merge);
    match options.merge(&base, &mine, &theirs) {
        Ok(merged) => Merge::Clean(without_end(&merged)),
        Err(marked) => Merge::Overlap(without_end(&named(&marked))),
    }
}

fn with_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    }
}

fn without_end(text: &str) -> String {
    text.strip_suffix('\n').unwrap_or(text).to_owned()
}

/// The library calls the sides ours and theirs; whoever reads it asks which is mine.
fn named(marked: &str) -> String {
    let line = |line: &str| match line {
        "<<<<<<< ours" => "<<<<<<< mine".to_owned(),
        other => other.to_owned(),
    };
    marked.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "Nothing loads.\nThe light is red.\nSince noon.";

    #[test]
    fn edits_of_different_lines_both_stand() {
        let mine = "Nothing loads at all.\nThe light is red.\nSince noon.";
        let theirs = "Nothing loads.\nThe light is red.\nSince noon.\nIt is the cable.";
        assert_eq!(
            merge(BASE, mine, theirs),
            Merge::Clean(
                "Nothing loads at all.\nThe light is red.\nSince noon.\nIt is the cable."
                    .to_owned()
            )
        );
    }

    #[test]
    fn edits_of_one_line_both_stand_between_marks() {
        let mine = BASE.replace("red", "off");
        let theirs = BASE.replace("red", "green");
        assert_eq!(
            merge(BASE, &mine, &theirs),
            Merge::Overlap(
                "Nothing loads.\n<<<<<<< mine\nThe light is off.\n=======\n\
                 The light is green.\n>>>>>>> theirs\nSince noon."
                    .to_owned()
            )
        );
    }

    #[test]
    fn the_same_edit_on_both_sides_stands_once() {
        let both = BASE.replace("red", "off");
        assert_eq!(merge(BASE, &both, &both), Merge::Clean(both.clone()));
        assert_eq!(merge("", "mine", "mine"), Merge::Clean("mine".to_owned()));
    }

    #[test]
    fn what_would_take_long_to_compare_is_not_merged() {
        let long = "a\n".repeat(MOST_LINES);
        assert_eq!(merge("", &long, "b"), Merge::TooLong);
    }
}
