//! What the server is, and who one is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::caller::Caller;
use super::presence;
use super::reply::{Body, Failure, json, read};
use crate::desk::Desk;
use crate::wire::session::{Introduction, Limits, Meta, ProtocolRange, Session};

pub async fn meta(State(desk): State<Arc<Desk>>) -> Result<Response, Failure> {
    Ok(json(&Meta {
        server_id: desk.server_id().await?,
        protocol: ProtocolRange::OURS,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: desk.source().now().0,
        limits: Limits::default(),
    }))
}

pub async fn session(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Failure> {
    let session = Session {
        refused: desk.refused_tries(caller.user_id()).await?,
        ..desk.session(caller.user_id()).await?
    };
    let mut session = caller.bounded(session);
    if session.families.iter().any(|it| it.is_admin) {
        let trouble = |damage| format!("the server's store is damaged and takes nothing: {damage}");
        session.trouble = desk.damage().map(trouble);
    }
    session.present = presence::of(&desk, &caller, &session).await?.into();
    Ok(json(&session))
}

/// Nobody has to be known yet to introduce themselves.
pub async fn introduce(
    State(desk): State<Arc<Desk>>,
    Body(body): Body,
) -> Result<Response, Failure> {
    let who: Introduction = read(&body)?;
    Ok(json(&desk.introduce(&who).await?))
}

/// Whoever is at the store may make others known to it.
pub async fn acquaint(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let who: Introduction = read(&body)?;
    Ok(json(&desk.acquaint(&who, caller.user_id()).await?))
}

/// Whoever runs a family may make others known, to ask them in.
pub async fn acquaint_from_outside(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let who: Introduction = read(&body)?;
    let known = desk.acquaint_from_outside(&who, caller.user_id()).await?;
    Ok(json(&known))
}
