//! Webhooks, for the admins of a family: how they are doing, their secrets, what was sent. What
//! they are is changed by commands, like everything.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::caller::Caller;
use super::reply::{Failure, json};
use crate::desk::Desk;
use crate::model::refusal::Refusal;
use crate::wire::problem::Problem;
use crate::wire::webhook::Items;

pub async fn list(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
) -> Result<Response, Failure> {
    let rows = desk.webhooks(family.parse()?, caller.user_id()).await?;
    Ok(json(&Items { items: rows }))
}

pub async fn rotate(
    State(desk): State<Arc<Desk>>,
    Path((family, webhook)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let (family_id, webhook_id) = (family.parse()?, webhook.parse()?);
    let actor = caller.actor(None);
    let secret = desk.rotate_webhook(family_id, &actor, webhook_id).await?;
    Ok(json(&secret))
}

pub async fn test(
    State(desk): State<Arc<Desk>>,
    Path((family, webhook)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let (family_id, webhook_id) = (family.parse()?, webhook.parse()?);
    let sent = desk.test_webhook(family_id, caller.user_id(), webhook_id);
    Ok(json(&sent.await?))
}

pub async fn deliveries(
    State(desk): State<Arc<Desk>>,
    Path((family, webhook)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let (family_id, webhook_id) = (family.parse()?, webhook.parse()?);
    let found = desk.deliveries(family_id, caller.user_id(), webhook_id);
    let items = found.await?;
    Ok(json(&Items { items }))
}

pub async fn resend(
    State(desk): State<Arc<Desk>>,
    Path((family, webhook, number)): Path<(String, String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let endpoint = (family.parse()?, webhook.parse()?);
    let number = number.parse().map_err(|_| {
        let why = "deliveries have numbers, such as 12";
        Failure::from(Problem::from(Refusal::invalid("number", why)))
    })?;
    let delivery = desk.resend(endpoint, caller.user_id(), number).await?;
    Ok(json(&delivery))
}
