//! A family on its way to another store, and in.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::caller::Caller;
use super::reply::{Asked, Body, Failure, json, read};
use crate::desk::Desk;
use crate::model::id::FamilyId;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::transfer::{ExportHead, TakeIn};

pub async fn head(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
) -> Result<Response, Failure> {
    let head = desk.export_head(family.parse()?, caller.user_id()).await?;
    Ok(json(&head))
}

#[derive(Deserialize)]
pub struct LogQuery {
    #[serde(default)]
    after: u32,
}

pub async fn log(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Asked(query): Asked<LogQuery>,
    caller: Caller,
) -> Result<Response, Failure> {
    let whose = (family.parse()?, caller.user_id());
    Ok(json(&desk.export_log(whose, query.after.into()).await?))
}

/// Whoever owns the store takes in what they like: it comes into their own house.
pub async fn begin(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    _owner: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let export: ExportHead = read(&body)?;
    let family_id: FamilyId = family.parse()?;
    if export.family_id != family_id {
        let detail = format!("the export is of the family {}", export.family_id);
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    Ok(json(&desk.begin_taking_in(&export).await?))
}

pub async fn take_in(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    _owner: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let page: TakeIn = read(&body)?;
    Ok(json(&desk.take_in(family.parse()?, &page).await?))
}
