//! Commands in.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::caller::Caller;
use super::reply::{Body, Failure, json, read};
use crate::desk::{CommandFrom, Desk};
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::Limits;
use crate::wire::sync::{Push, PushReply};

/// Executes the commands in order, up to the first that can't be decided now.
pub async fn push(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let family_id = family.parse()?;
    let push: Push = read(&body)?;
    let most = Limits::default().max_batch;
    if push.commands.len() > most {
        let detail = format!("a push holds at most {most} commands; send the rest after");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    let actor = caller.actor(push.device);
    let mut results = Vec::with_capacity(push.commands.len());
    let mut problem = None;
    for pushed in &push.commands {
        let from = CommandFrom {
            device: push.device,
            cseq: pushed.cseq,
        };
        let executed = desk
            .execute(family_id, &actor, &pushed.command, Some(from))
            .await;
        match executed {
            Ok(verdict) => results.push(verdict),
            Err(error) if results.is_empty() => return Err(error.into()),
            Err(error) => {
                problem = Some(Failure::from(error).0);
                break;
            }
        }
    }
    Ok(json(&PushReply {
        results,
        problem,
        head: desk.position(family_id).await?,
    }))
}
