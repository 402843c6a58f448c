//! Logging in and out, and what belongs to one's own login: devices, password, API keys.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::caller::{Caller, From};
use super::reply::{Asked, Body, Failure, count, json, read};
use crate::desk::Desk;
use crate::wire::login::{CodeShown, LogIn, NewAccount, NewKey, NewPassword, Redeem};

pub async fn log_in(
    State(desk): State<Arc<Desk>>,
    From(place): From,
    Body(body): Body,
) -> Result<Response, Failure> {
    let who: LogIn = read(&body)?;
    Ok(json(&desk.log_in(&who, &place).await?))
}

pub async fn log_out(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<StatusCode, Failure> {
    desk.log_out(caller.login()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether there is such an account already is told by nothing in the answer.
pub async fn sign_up(
    State(desk): State<Arc<Desk>>,
    From(place): From,
    Body(body): Body,
) -> Result<StatusCode, Failure> {
    let who: NewAccount = read(&body)?;
    desk.sign_up(&who, &place).await?;
    Ok(StatusCode::ACCEPTED)
}

pub async fn code_for(
    State(desk): State<Arc<Desk>>,
    From(place): From,
    Body(body): Body,
) -> Result<Response, Failure> {
    let shown: CodeShown = read(&body)?;
    Ok(json(&desk.code_for(&shown.code, &place).await?))
}

pub async fn redeem(
    State(desk): State<Arc<Desk>>,
    From(place): From,
    Body(body): Body,
) -> Result<Response, Failure> {
    let redeem: Redeem = read(&body)?;
    Ok(json(&desk.redeem(&redeem, &place).await?))
}

pub async fn change_password(
    State(desk): State<Arc<Desk>>,
    From(place): From,
    caller: Caller,
    Body(body): Body,
) -> Result<StatusCode, Failure> {
    let change: NewPassword = read(&body)?;
    desk.change_password(caller.login(), &change, &place)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn sessions(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Failure> {
    Ok(json(&desk.sessions_of(caller.login()).await?))
}

#[derive(Deserialize)]
pub struct LogQuery {
    #[serde(default)]
    limit: Option<u32>,
}

/// What was done to one's login.
pub async fn log(
    State(desk): State<Arc<Desk>>,
    Asked(query): Asked<LogQuery>,
    caller: Caller,
) -> Result<Response, Failure> {
    let limit = count(query.limit, 50);
    Ok(json(&desk.login_log(caller.user_id(), limit).await?))
}

pub async fn revoke_session(
    State(desk): State<Arc<Desk>>,
    Path(session): Path<String>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    let me = caller.user_id();
    desk.revoke_session(me, session.parse()?, me).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn keys(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Failure> {
    Ok(json(&desk.keys_of(caller.user_id()).await?))
}

pub async fn create_key(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let new: NewKey = read(&body)?;
    Ok(json(&desk.create_key(caller.user_id(), &new).await?))
}

pub async fn revoke_key(
    State(desk): State<Arc<Desk>>,
    Path(key): Path<String>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    desk.revoke_key(caller.user_id(), key.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
