//! Accounts, for whoever runs the server; and the codes by which accounts are claimed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::caller::Caller;
use super::reply::{Body, Failure, json, read};
use crate::desk::Desk;
use crate::wire::login::AccountChange;

pub async fn accounts(State(desk): State<Arc<Desk>>) -> Result<Response, Failure> {
    Ok(json(&desk.accounts().await?))
}

pub async fn change(
    State(desk): State<Arc<Desk>>,
    Path(user): Path<String>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let change: AccountChange = match body.is_empty() {
        true => AccountChange::default(),
        false => read(&body)?,
    };
    let user_id = user.parse()?;
    let row = desk.change_account(user_id, &change, caller.user_id());
    Ok(json(&row.await?))
}

/// Also for admins of families, about people whom nobody but these families knows.
pub async fn make_code(
    State(desk): State<Arc<Desk>>,
    Path(user): Path<String>,
    caller: Caller,
) -> Result<Response, Failure> {
    let made = desk.make_code(user.parse()?, caller.user_id()).await?;
    Ok(json(&made))
}
