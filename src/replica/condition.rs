//! What a query asks, as SQL over a ticket's row `t`. No condition is ever NULL, so each can be
//! negated.

use rusqlite::types::Value;

use super::rows::Piece;
use super::sql::{severity_number, stage_number, status_number};
use crate::model::number::TicketNumber;
use crate::model::source::Timestamp;
use crate::query::{DateField, Filter, Found, Test};

/// That a file `a` is there: neither it was deleted, nor what it came with.
pub(super) const ATTACHED: &str = "a.deleted = 0 AND NOT EXISTS (SELECT 1 FROM comment c
     WHERE c.fam = a.fam AND c.ticket_id = a.ticket_id AND c.comment_id = a.comment_id
     AND c.deleted = 1)";

/// A filter as a condition.
pub(super) fn condition(filter: &Filter) -> Piece {
    match filter {
        Filter::All(parts) if parts.is_empty() => plain("(1)"),
        Filter::All(parts) => joined(parts.iter().map(condition).collect(), " AND "),
        Filter::Any(parts) => match only_words(filter) {
            Some(words) => worded(words),
            None => joined(parts.iter().map(condition).collect(), " OR "),
        },
        Filter::Not(part) => {
            let asked = condition(part);
            Piece {
                sql: format!("NOT {}", asked.sql),
                values: asked.values,
            }
        }
        Filter::Test(test) => tested(test),
    }
}

fn tested(test: &Test) -> Piece {
    match test {
        Test::Status(status) => one("(t.status = ?)", status_number(*status)),
        Test::Stage(stage) => one("(t.stage = ?)", stage_number(*stage)),
        Test::Severity(all) => {
            let numbers = all.iter().map(|it| Value::from(severity_number(*it)));
            among("t.severity", numbers)
        }
        Test::Queue(queues) => among("t.queue_id", queues.iter().map(|it| blob(it.0))),
        Test::Assignee(users) => among("t.assigned_to", users.iter().map(|it| blob(it.0))),
        Test::AssignedGroup(groups) => {
            among("t.assigned_group", groups.iter().map(|it| blob(it.0)))
        }
        Test::Unassigned => plain("(t.assigned_to IS NULL)"),
        Test::Untriaged => plain("(t.untriaged = 1)"),
        Test::Requester(users) => among("t.requested_by", users.iter().map(|it| blob(it.0))),
        Test::FollowedBy(user) => one(
            "EXISTS (SELECT 1 FROM participant p WHERE p.fam = t.fam AND p.ticket_id = t.ticket_id
             AND p.role IN ('CC', 'FOLLOWER') AND p.user_id = ? AND p.deleted = 0)",
            blob(user.0),
        ),
        Test::Unread => plain("(t.unread = 1)"),
        Test::Tag(tags) => {
            let tags = among("g.tag", tags.iter().map(|tag| Value::from(tag.clone())));
            Piece {
                sql: format!(
                    "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.id = t.id AND {})",
                    tags.sql
                ),
                values: tags.values,
            }
        }
        Test::Within(field, from, until) => {
            within(&format!("t.{}", date_column(*field)), (*from, *until))
        }
        Test::SnoozedAt(now) => one("ifnull(t.snoozed > ?, 0)", now.0),
        Test::HasComment => plain("(t.comments > 0)"),
        Test::HasAttachment => Piece {
            sql: format!(
                "EXISTS (SELECT 1 FROM attachment a WHERE a.fam = t.fam
                 AND a.ticket_id = t.ticket_id AND {ATTACHED})"
            ),
            values: Vec::new(),
        },
        Test::Number(number) => numbered(number),
        Test::Text(found) if !holds_words(&found.text) => titled(&found.text),
        Test::Text(found) => match number_in(found) {
            None => worded(match_of(found)),
            Some(number) => worded_or_numbered(match_of(found), &number),
        },
    }
}

/// The column of a date.
pub(super) fn date_column(field: DateField) -> &'static str {
    match field {
        DateField::Created => "created",
        DateField::Updated => "activity",
        DateField::Resolved => "resolved",
        DateField::Due => "due",
    }
}

/// A date that is there, lies at the first moment or later and before the second.
pub(super) fn within(column: &str, (from, until): (Option<Timestamp>, Option<Timestamp>)) -> Piece {
    let mut piece = plain(&format!("({column} IS NOT NULL"));
    if let Some(from) = from {
        piece.and(&format!("{column} >= ?"), [Value::from(from.0)]);
    }
    if let Some(until) = until {
        piece.and(&format!("{column} < ?"), [Value::from(until.0)]);
    }
    piece.sql.push(')');
    piece
}

/// A ticket that holds words, given as a full-text query.
pub(super) fn worded(words: String) -> Piece {
    let sql = "(t.id IN (SELECT rowid FROM ticket_text WHERE ticket_text MATCH ?))";
    one(sql, words)
}

/// A ticket that holds the words, or has the number.
pub(super) fn worded_or_numbered(words: String, number: &str) -> Piece {
    joined(vec![worded(words), numbered(number)], " OR ")
}

/// A ticket whose title holds the text as it stands.
pub(super) fn titled(text: &str) -> Piece {
    one("(t.title LIKE ? ESCAPE '\\')", like(text))
}

/// A pattern for what holds the text as it stands.
pub(super) fn like(text: &str) -> String {
    let plain = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
        .replace('\0', "");
    format!("%{plain}%")
}

/// A ticket with the number, whole (`RIV-2026-0042`) or its last part (`42`), or with the key that
/// it had where it came from.
fn numbered(text: &str) -> Piece {
    let ways = number_ways("t", text).into_iter().map(|way| Piece {
        sql: format!("ifnull({}, 0)", way.sql),
        values: way.values,
    });
    joined(ways.collect(), " OR ")
}

/// In which ways a ticket's row can have the number; each is NULL where the row has none.
pub(super) fn number_ways(row: &str, text: &str) -> Vec<Piece> {
    let text = text.trim().trim_start_matches('#');
    let mut ways = vec![one(&format!("{row}.old_key = ?"), text.to_uppercase())];
    if let Ok(whole) = text.parse::<TicketNumber>() {
        let count = i64::from(whole.count);
        let mut same = one(&format!("({row}.number_count = ?"), count);
        let number = Value::from(whole.to_string());
        same.and(&format!("{row}.number = ?)"), [number]);
        ways.push(same);
    } else if let Ok(count) = text.parse::<u32>() {
        ways.push(one(&format!("{row}.number_count = ?"), i64::from(count)));
    }
    ways
}

/// The number that a word may be; phrases are none.
pub(super) fn number_in(found: &Found) -> Option<String> {
    let text = found.text.trim_start_matches('#');
    let is_key = || {
        let (letters, digits) = text.rsplit_once('-')?;
        let all_digits = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        let begins = letters.starts_with(|c: char| c.is_ascii_alphabetic());
        (all_digits && begins && !letters.contains('-')).then_some(())
    };
    let is_number =
        text.parse::<u32>().is_ok() || text.parse::<TicketNumber>().is_ok() || is_key().is_some();
    (!found.is_phrase && is_number).then(|| text.to_owned())
}

/// Whether there is a letter or a digit in it.
pub(super) fn holds_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// A filter as one full-text query; none where it asks anything but words.
pub(super) fn only_words(filter: &Filter) -> Option<String> {
    let each = |parts: &[Filter], between: &str| -> Option<String> {
        let all: Option<Vec<String>> = parts.iter().map(only_words).collect();
        let all = all.filter(|all| !all.is_empty())?;
        Some(format!("({})", all.join(between)))
    };
    match filter {
        Filter::Test(Test::Text(found)) => {
            let is_plain = holds_words(&found.text) && number_in(found).is_none();
            is_plain.then(|| match_of(found))
        }
        Filter::All(parts) => each(parts, " AND "),
        Filter::Any(parts) => each(parts, " OR "),
        Filter::Not(_) | Filter::Test(_) => None,
    }
}

/// A word or a phrase as a full-text query. Everything is quoted, so no text is a syntax error. A
/// word may go on, and is found in its other spellings too.
pub(super) fn match_of(found: &Found) -> String {
    let quote = |text: &str| {
        let plain = text.replace(char::is_control, " ").replace('"', "\"\"");
        format!("\"{plain}\"")
    };
    if found.is_phrase {
        return quote(&found.text);
    }
    let others = super::fulltext::other_spellings(&found.text);
    let all = std::iter::once(found.text.clone()).chain(others);
    let words: Vec<String> = all.map(|word| format!("{}*", quote(&word))).collect();
    match words.len() {
        1 => words.concat(),
        _ => format!("({})", words.join(" OR ")),
    }
}

/// `column IN (...)`, false where the column is empty.
pub(super) fn among(column: &str, values: impl Iterator<Item = Value>) -> Piece {
    let values: Vec<Value> = values.collect();
    match values.len() {
        0 => nothing(),
        1 => Piece {
            sql: format!("({column} IS ?)"),
            values,
        },
        many => Piece {
            sql: format!("ifnull({column} IN (?{}), 0)", ", ?".repeat(many - 1)),
            values,
        },
    }
}

/// Pieces with a word between; no row passes where there is none.
pub(super) fn joined(pieces: Vec<Piece>, between: &str) -> Piece {
    let mut all = Piece::default();
    for piece in pieces {
        all.sql.push_str(match all.sql.is_empty() {
            true => "(",
            false => between,
        });
        all.sql.push_str(&piece.sql);
        all.values.extend(piece.values);
    }
    match all.sql.is_empty() {
        true => nothing(),
        false => {
            all.sql.push(')');
            all
        }
    }
}

pub(super) fn blob(id: uuid::Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

/// What no row passes. Said with a value, because SQLite gives up on an index by name where it sees
/// that no row can pass.
fn nothing() -> Piece {
    one("(? = 1)", 0)
}

fn plain(sql: &str) -> Piece {
    Piece {
        sql: sql.to_owned(),
        values: Vec::new(),
    }
}

fn one(sql: &str, value: impl Into<Value>) -> Piece {
    Piece {
        sql: sql.to_owned(),
        values: vec![value.into()],
    }
}
