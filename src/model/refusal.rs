//! Why a command is refused: typed, so that callers can act on it, and in words with a next step.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::{EntityKey, EntityType};
use super::id::{CommentId, UserId};
use super::known::FEW;
use super::source::Timestamp;
use super::status::Status;

/// A refusal. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// It does not exist, or it is not yours to see: nobody can tell which.
    #[error("there is no such {what}; it may have been deleted, or it is not shared with you")]
    NotFound { what: EntityType },
    #[error("only {who} can {deed}; ask one of them")]
    NotAllowed { who: String, deed: String },
    #[error("{field}: {why}")]
    Invalid { field: String, why: String },
    #[error("a ticket that is {status} can't be {deed}")]
    WrongStatus { status: Status, deed: String },
    #[error(
        "it could be reopened until {}; file a follow-up that links to it instead",
        day(*until)
    )]
    ReopenWindowPassed { until: Timestamp },
    #[error("{} still open below it: {}; resolve {} first", count(tickets, "ticket is", "tickets are"), tickets.join(", "), it_or_them(tickets))]
    OpenChildren { tickets: Vec<String> },
    #[error(
        "the queue still holds tickets ({}); move or delete them first",
        few(tickets)
    )]
    QueueNotEmpty { tickets: Vec<String> },
    #[error(
        "the group still owns queues ({}); move or delete them first",
        few(queues)
    )]
    GroupNotEmpty { queues: Vec<String> },
    #[error("a family keeps at least one admin; make someone else an admin first")]
    LastAdmin,
    #[error("that {what} is there already")]
    AlreadyThere { what: EntityType },
    /// Someone else changed the same thing first; theirs stands and yours is kept beside it.
    #[error("{}", overtaken(.0))]
    Conflict(Box<Conflict>),
    #[error("something has happened to the ticket since; look at it again")]
    TouchedSince,
    /// Settings, roles and memberships are never merged.
    #[error("someone else has changed the {what} since you looked; look at it again")]
    Stale { what: EntityType, by: UserId },
    /// It was deleted since; whoever works the ticket may know.
    #[error("the {} was deleted meanwhile; restore it, or ask an admin to", key.entity_type())]
    Deleted { key: EntityKey, by: Option<UserId> },
}

/// Both sides of a conflict, and what they began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub field: String,
    pub base: Value,
    pub mine: Value,
    pub theirs: Value,
    /// Who changed it, and when, as far as the log tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What was said meanwhile and calls for a second look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
}

/// The value alone of an attribute with its name.
pub fn value_of(field: &impl Serialize) -> Value {
    serde_json::to_value(field)
        .ok()
        .and_then(|mut json| json.get_mut("value").map(Value::take))
        .unwrap_or(Value::Null)
}

impl Conflict {
    /// Of a field, with the values of base, mine and theirs.
    pub fn of(field: &str, [base, mine, theirs]: [Value; 3]) -> Conflict {
        Conflict {
            field: field.to_owned(),
            base,
            mine,
            theirs,
            by: None,
            at: None,
            comment: None,
        }
    }
}

impl Refusal {
    /// Whether somebody else's change stands in its way, rather than a rule.
    pub fn is_overtaken(&self) -> bool {
        matches!(
            self,
            Refusal::Conflict(_)
                | Refusal::Deleted { .. }
                | Refusal::Stale { .. }
                | Refusal::TouchedSince
        )
    }

    pub fn invalid(field: &str, why: impl Into<String>) -> Refusal {
        Refusal::Invalid {
            field: field.to_owned(),
            why: why.into(),
        }
    }

    pub fn not_allowed(who: &str, deed: &str) -> Refusal {
        Refusal::NotAllowed {
            who: who.to_owned(),
            deed: deed.to_owned(),
        }
    }
}

fn overtaken(conflict: &Conflict) -> String {
    if conflict.comment.is_some() {
        return "there is a new comment of the requester since you decided; look at it again"
            .to_owned();
    }
    let field = match conflict.field.as_str() {
        "assigned_to" => "assignee".to_owned(),
        "assigned_group" => "group".to_owned(),
        "queue_id" => "queue".to_owned(),
        "comment_body" => "comment".to_owned(),
        other => other.replace('_', " "),
    };
    format!("the {field} was changed meanwhile; theirs was kept, yours is beside it")
}

/// The day of a moment, in UTC.
fn day(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.0)
        .map(|moment| moment.strftime("%Y-%m-%d").to_string())
        .unwrap_or_else(|_| format!("second {}", at.0))
}

fn count(of: &[String], one: &str, many: &str) -> String {
    format!("{} {}", of.len(), if of.len() == 1 { one } else { many })
}

/// Those that are known; where there may be more, it says so.
fn few(of: &[String]) -> String {
    let more = if of.len() < FEW {
        ""
    } else {
        " and perhaps more"
    };
    format!("{}{more}", of.join(", "))
}

fn it_or_them(of: &[String]) -> &'static str {
    if of.len() == 1 { "it" } else { "them" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_next_and_survives_json() {
        let late = Refusal::ReopenWindowPassed {
            until: Timestamp(1_767_225_600),
        };
        assert_eq!(
            late.to_string(),
            "it could be reopened until 2026-01-01; file a follow-up that links to it instead"
        );
        let json = serde_json::to_string(&late).expect("serialises");
        assert_eq!(serde_json::from_str::<Refusal>(&json).ok(), Some(late));
        let children = Refusal::OpenChildren {
            tickets: vec!["RIV-2026-0002".to_owned()],
        };
        assert_eq!(
            children.to_string(),
            "1 ticket is still open below it: RIV-2026-0002; resolve it first"
        );
    }
}
