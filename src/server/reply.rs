//! Replies: JSON where it went well, a problem document where it did not.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::desk::DeskError;
use crate::desk::login::LoginError;
use crate::model::id::NotAnId;
use crate::table::blobs::BlobError;
use crate::table::error::TableError;
use crate::wire::problem::{Problem, ProblemKind};

/// How deep the JSON of a request may be nested. Nothing that is asked for comes near.
const DEPTH: usize = 32;

/// A reply that is a problem document.
pub struct Failure(Box<Problem>);

impl Failure {
    pub fn problem(self) -> Problem {
        *self.0
    }

    pub fn is(&self, kind: ProblemKind) -> bool {
        self.0.kind == kind
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json(&self.0);
        *response.status_mut() = status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.0.retry_after {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        // For whoever gives the request its name.
        response.extensions_mut().insert(*self.0);
        response
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure(Box::new(problem))
    }
}

impl From<NotAnId> for Failure {
    fn from(error: NotAnId) -> Failure {
        Problem::new(ProblemKind::Malformed, error.to_string()).into()
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Failure {
        let kind = match &error {
            DeskError::Refused(refusal) => return Problem::from(refusal.clone()).into(),
            DeskError::Login(error) => return login_problem(error).into(),
            DeskError::NoOwner => ProblemKind::Unauthenticated,
            DeskError::OwnerThere => ProblemKind::Refused,
            DeskError::HistoryDiverged => ProblemKind::HistoryDiverged,
            DeskError::ScopeChanged => ProblemKind::ScopeChanged,
            DeskError::CseqGap { .. } => ProblemKind::CseqGap,
            DeskError::DeviceFork { .. } => ProblemKind::DeviceFork,
            DeskError::NeedsBlob { .. } => ProblemKind::NeedsBlob,
            DeskError::OtherRequest => ProblemKind::KeyReused,
            DeskError::ChangedMeanwhile => ProblemKind::PreconditionFailed,
            DeskError::Table(
                TableError::DiskFull { .. }
                | TableError::ReadOnly { .. }
                | TableError::Failing { .. }
                | TableError::OutcomeUnknown { .. },
            )
            | DeskError::Blob(BlobError::Io { .. }) => ProblemKind::CannotStore,
            DeskError::Table(TableError::Corrupt { .. }) => ProblemKind::Damaged,
            DeskError::Blob(BlobError::Missing(_)) => ProblemKind::NotFound,
            DeskError::Blob(BlobError::NotAHash(_) | BlobError::WrongHash { .. }) => {
                ProblemKind::Malformed
            }
            DeskError::Blob(BlobError::Damaged { .. })
            | DeskError::Table(_)
            | DeskError::Unreadable { .. }
            | DeskError::Stopping
            | DeskError::Busy => ProblemKind::Failed,
        };
        Problem::new(kind, error.to_string()).into()
    }
}

fn login_problem(error: &LoginError) -> Problem {
    let (kind, retry_after) = match error {
        LoginError::Wrong | LoginError::NotSignedIn => (ProblemKind::Unauthenticated, None),
        LoginError::NotApproved
        | LoginError::Disabled
        | LoginError::NotFor(_)
        | LoginError::KeyTooNarrow => (ProblemKind::Forbidden, None),
        LoginError::TooMany { retry_after } => (ProblemKind::TooMany, Some(*retry_after)),
        LoginError::Busy => (ProblemKind::Busy, Some(1)),
        LoginError::WrongCode | LoginError::Password(_) => (ProblemKind::Refused, None),
    };
    Problem {
        retry_after,
        ..Problem::new(kind, error.to_string())
    }
}

/// A JSON reply that nobody may keep.
pub fn json(what: &impl Serialize) -> Response {
    match serde_json::to_vec(what) {
        Ok(body) => (
            [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ],
            body,
        )
            .into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Something that can't be told as JSON.
pub fn unwritable(error: serde_json::Error) -> Failure {
    Problem::new(ProblemKind::Failed, error.to_string()).into()
}

/// Reads a request's JSON; the error says where it can't be read.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    if is_deeper_than(DEPTH, body) {
        let detail = format!("the request's body is nested deeper than {DEPTH}");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    serde_json::from_slice(body).map_err(|error| {
        let detail = format!("the request's body can't be read: {error}");
        Problem::new(ProblemKind::Malformed, detail).into()
    })
}

/// Whether brackets stand in each other deeper than that.
fn is_deeper_than(most: usize, json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The query of a request's address; what can't be read is a problem like any other.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(error) => Err(Problem::new(ProblemKind::Malformed, error.body_text()).into()),
        }
    }
}

/// How many are asked for by a number in a query; the routes' description says how large that may be.
pub fn count(asked: Option<u32>, usual: usize) -> usize {
    asked.map_or(usual, |it| usize::try_from(it).unwrap_or(usize::MAX))
}

/// The body of a request, whole.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Body, Failure> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Body(bytes)),
            Err(error) => {
                let kind = match error.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::TooLarge,
                    _ => ProblemKind::Malformed,
                };
                Err(Problem::new(kind, error.body_text()).into())
            }
        }
    }
}

pub async fn no_such_method() -> Failure {
    Problem::new(
        ProblemKind::MethodNotAllowed,
        "nothing here can be done that way",
    )
    .into()
}

pub async fn no_such_route() -> Failure {
    Problem::new(ProblemKind::NotFound, "there is no such route").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_texts() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_deeper_than(DEPTH, nested(DEPTH).as_bytes()));
        assert!(is_deeper_than(DEPTH, nested(DEPTH + 1).as_bytes()));
        let text = format!("[\"\\\"{}\"]", "[".repeat(100));
        assert!(!is_deeper_than(DEPTH, text.as_bytes()));
        assert!(read::<serde_json::Value>(text.as_bytes()).is_ok());
    }
}
