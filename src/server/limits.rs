//! How long a request from outside may take.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};

/// Answers a request that takes too long to come in, or to be answered. What was committed by then
/// stays; the same request again finds out.
pub async fn in_time(
    State(patience): State<Duration>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match timeout(patience, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => {
            let detail = format!(
                "the request took longer than {} seconds; try it again",
                patience.as_secs()
            );
            Err(Problem::new(ProblemKind::Busy, detail).into())
        }
    }
}
