//! Texts and files too long for the table, by the hash of their content.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::caller::Caller;
use super::reply::{Body, Failure};
use crate::desk::{Desk, DeskError};
use crate::wire::problem::{Problem, ProblemKind};

/// A family's blob, named by its hash.
type Name = Path<(String, String)>;

pub async fn has(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    desk.let_in(family.parse()?, caller.user_id()).await?;
    let there = desk.blobs().contains(&sha256).map_err(DeskError::from)?;
    Ok(if there {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    })
}

pub async fn get(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
) -> Result<Response, Failure> {
    desk.let_in(family.parse()?, caller.user_id()).await?;
    let bytes = desk.blobs().get(&sha256).map_err(DeskError::from)?;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, bytes).into_response())
}

pub async fn put(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
    Body(body): Body,
) -> Result<StatusCode, Failure> {
    desk.let_in(family.parse()?, caller.user_id()).await?;
    let stored = desk.blobs().put(&body).map_err(DeskError::from)?;
    if stored == sha256 {
        Ok(StatusCode::NO_CONTENT)
    } else {
        let detail = format!("the bytes hash to {stored}, not to {sha256}; send them again");
        Err(Problem::new(ProblemKind::Malformed, detail).into())
    }
}
