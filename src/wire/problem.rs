//! Problem documents (RFC 9457): what went wrong, for programs and for people.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::readable::if_known;
use crate::model::refusal::Refusal;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// Stable, one per kind of problem.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What happened, what was kept, what to do next.
    pub detail: String,
    /// The rule that said no, where one did and it is known here.
    #[serde(
        default,
        deserialize_with = "if_known",
        skip_serializing_if = "Option::is_none"
    )]
    pub refusal: Option<Refusal>,
    /// In how many seconds to try again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<i64>,
    /// What of the request can't be taken, where it can be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Pointed>,
    /// The entity as it is now, where the request was about an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
    /// The request that it is about, as the server's log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// One thing in a request's body that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointed {
    /// Where it stands (RFC 6901).
    pub pointer: String,
    pub detail: String,
}

/// The kinds of problems that a program may act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A rule said no; `refusal` says which.
    Refused,
    /// There is no such thing, or it is not yours: nobody can tell which.
    NotFound,
    /// There is such a place, and nothing can be done there in that way.
    MethodNotAllowed,
    /// Nobody is logged in.
    Unauthenticated,
    /// Whoever is logged in may not do that, or not with what they are logged in by.
    Forbidden,
    /// Too many tries or requests; `retry_after` says when to go on.
    TooMany,
    /// The request holds more than the server takes at once.
    TooLarge,
    /// The server has too much to do, or is about to stop.
    Busy,
    /// The request can't be read.
    Malformed,
    /// The device's counter was used for another command.
    DeviceFork,
    /// A counter was left out.
    CseqGap,
    /// The client has seen a history that is not the server's.
    HistoryDiverged,
    /// What one may see has changed as a whole; begin again from a snapshot.
    ScopeChanged,
    /// The command names a blob that the server does not have.
    NeedsBlob,
    /// The request changes something and does not say in `If-Match` what it has seen of it.
    PreconditionRequired,
    /// It is not as the request has seen it; `current` has it as it is.
    PreconditionFailed,
    /// The request makes something and has no `Idempotency-Key`.
    KeyMissing,
    /// The `Idempotency-Key` was used for another request.
    KeyReused,
    /// A `test` of a JSON Patch does not hold.
    TestFailed,
    /// The body is of a kind that is not taken there.
    UnsupportedKind,
    /// Client and server speak different versions of the protocol.
    OtherProtocol,
    /// The server can't store anything: the disk is full, read-only or failing.
    CannotStore,
    /// The server's store is damaged: it takes nothing until a backup is restored, and tells what
    /// of it can be read.
    Damaged,
    /// The server failed; nothing was changed, or the same request finds out. What a newer server
    /// calls otherwise counts as this.
    #[serde(other)]
    Failed,
}

impl ProblemKind {
    fn status(self) -> u16 {
        match self {
            ProblemKind::Refused => 422,
            ProblemKind::NotFound => 404,
            ProblemKind::MethodNotAllowed => 405,
            ProblemKind::Unauthenticated => 401,
            ProblemKind::Forbidden => 403,
            ProblemKind::TooLarge => 413,
            ProblemKind::TooMany => 429,
            ProblemKind::Busy => 503,
            ProblemKind::Malformed => 400,
            ProblemKind::DeviceFork
            | ProblemKind::CseqGap
            | ProblemKind::HistoryDiverged
            | ProblemKind::ScopeChanged => 409,
            ProblemKind::NeedsBlob | ProblemKind::PreconditionFailed => 412,
            ProblemKind::PreconditionRequired => 428,
            ProblemKind::KeyMissing => 400,
            ProblemKind::KeyReused => 422,
            ProblemKind::TestFailed => 409,
            ProblemKind::UnsupportedKind => 415,
            ProblemKind::OtherProtocol => 426,
            ProblemKind::CannotStore => 507,
            ProblemKind::Damaged => 503,
            ProblemKind::Failed => 500,
        }
    }

    fn title(self) -> &'static str {
        match self {
            ProblemKind::Refused => "refused",
            ProblemKind::NotFound => "not found",
            ProblemKind::MethodNotAllowed => "not in that way",
            ProblemKind::Unauthenticated => "not logged in",
            ProblemKind::Forbidden => "not allowed",
            ProblemKind::TooMany => "too many tries",
            ProblemKind::TooLarge => "the request is too large",
            ProblemKind::Busy => "the server is busy",
            ProblemKind::Malformed => "the request can't be read",
            ProblemKind::DeviceFork => "two devices use one name",
            ProblemKind::CseqGap => "a command is missing",
            ProblemKind::HistoryDiverged => "the histories differ",
            ProblemKind::ScopeChanged => "what one may see has changed",
            ProblemKind::NeedsBlob => "a blob is missing",
            ProblemKind::PreconditionRequired => "what was seen must be named",
            ProblemKind::PreconditionFailed => "it was changed meanwhile",
            ProblemKind::KeyMissing => "a key is missing",
            ProblemKind::KeyReused => "the key stood for another request",
            ProblemKind::TestFailed => "a test does not hold",
            ProblemKind::UnsupportedKind => "the body is of another kind",
            ProblemKind::OtherProtocol => "another version of the protocol",
            ProblemKind::CannotStore => "the server can't store anything",
            ProblemKind::Damaged => "the server's store is damaged",
            ProblemKind::Failed => "the server failed",
        }
    }
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem {
            kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            refusal: None,
            retry_after: None,
            errors: Vec::new(),
            current: None,
            instance: None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let kind = match refusal {
            Refusal::NotFound { .. } => ProblemKind::NotFound,
            _ => ProblemKind::Refused,
        };
        Problem {
            refusal: Some(refusal.clone()),
            ..Problem::new(kind, refusal.to_string())
        }
    }
}
