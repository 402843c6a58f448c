//! Log, snapshot and rows out.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::caller::Caller;
use super::reply::{Asked, Body, Failure, count, json, read};
use crate::desk::Desk;
use crate::model::entity::EntityKey;
use crate::model::id::{DeviceId, FamilyId};
use crate::wire::cursor::{Cursor, NotACursor};
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::AuditCheck;
use crate::wire::sync::PastOf;

/// The most keys in one request for rows.
const ROWS_LIMIT: usize = 200;

#[derive(Deserialize)]
pub struct LogQuery {
    device: String,
    #[serde(default)]
    after: Option<String>,
    /// The same in the caller's own log of the family.
    #[serde(default)]
    own: Option<String>,
    /// The newest position that the caller has ever been told of.
    #[serde(default)]
    witness: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
}

pub async fn log(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Asked(query): Asked<LogQuery>,
    caller: Caller,
) -> Result<Response, Failure> {
    let device: DeviceId = query.device.parse()?;
    let after: Option<Cursor> = query.after.map(|text| text.parse()).transpose()?;
    let own: Option<Cursor> = query.own.map(|text| text.parse()).transpose()?;
    let limit = count(query.limit, 500);
    let family_id = family.parse()?;
    let mut pull = desk
        .pull(family_id, caller.user_id(), device, after.as_ref(), limit)
        .await?;
    vouch(&desk, family_id, query.witness).await?;
    let own = desk
        .pull_own(family_id, caller.user_id(), own.as_ref(), limit)
        .await?;
    if let Some((own, more)) = own {
        pull.own = Some(own);
        pull.more |= more;
    }
    Ok(json(&pull))
}

/// Where a server has gone back in time, whoever has seen more learns of it. What they were let
/// read before this tells them nothing else.
pub(super) async fn vouch(
    desk: &Desk,
    family_id: FamilyId,
    witness: Option<String>,
) -> Result<(), Failure> {
    if let Some(text) = witness {
        desk.vouch(family_id, &text.parse()?).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct PastQuery {
    epoch: String,
    #[serde(default)]
    ticket: Option<String>,
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
}

pub async fn history(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Asked(query): Asked<PastQuery>,
    caller: Caller,
) -> Result<Response, Failure> {
    let of = PastOf {
        epoch: query.epoch,
        ticket_id: query.ticket.map(|text| text.parse()).transpose()?,
        page: query.page,
    };
    let limit = count(query.limit, 200);
    let page = desk
        .past(family.parse()?, caller.user_id(), &of, limit)
        .await?;
    Ok(json(&page))
}

#[derive(Deserialize)]
pub struct SnapshotQuery {
    #[serde(default)]
    page: Option<String>,
    /// The newest position that the caller has ever been told of.
    #[serde(default)]
    witness: Option<String>,
}

pub async fn snapshot(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Asked(query): Asked<SnapshotQuery>,
    caller: Caller,
) -> Result<Response, Failure> {
    let family_id = family.parse()?;
    let page = desk
        .snapshot(family_id, caller.user_id(), query.page.as_deref())
        .await?;
    vouch(&desk, family_id, query.witness).await?;
    Ok(json(&page))
}

pub async fn rows(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let keys: Vec<EntityKey> = read(&body)?;
    if keys.len() > ROWS_LIMIT {
        let detail = format!("at most {ROWS_LIMIT} rows at once; ask for the rest after");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    let rows = desk.rows(family.parse()?, caller.user_id(), &keys).await?;
    Ok(json(&rows))
}

pub async fn verify(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
) -> Result<Response, Failure> {
    let verified = desk.verify(family.parse()?, caller.user_id()).await?;
    Ok(json(&AuditCheck {
        records: verified.records,
        broken_at: verified.broken.as_ref().map(|broken| broken.seq),
        why: verified.broken.map(|broken| broken.why.to_owned()),
    }))
}

impl From<NotACursor> for Failure {
    fn from(error: NotACursor) -> Failure {
        Problem::new(ProblemKind::Malformed, error.to_string()).into()
    }
}
