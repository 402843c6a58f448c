//! Commands in.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::caller::Caller;
use super::feed::vouch;
use super::limits::Limits as Allowed;
use super::reply::{Asked, Body, Failure, json, read};
use crate::desk::{CommandFrom, Desk};
use crate::model::id::CommandId;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::Limits;
use crate::wire::sync::{Outcome, Push, PushReply};

/// What became of commands, for whoever counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decided {
    pub applied: u64,
    pub rejected: u64,
}

#[derive(Deserialize)]
pub struct PushQuery {
    /// The newest position that the caller has ever been told of.
    #[serde(default)]
    witness: Option<String>,
}

/// Executes the commands in order, up to the first that can't be decided now.
pub async fn push(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Asked(query): Asked<PushQuery>,
    caller: Caller,
    allowed: Option<Extension<Arc<Allowed>>>,
    Body(body): Body,
) -> Result<Response, Failure> {
    let family_id = family.parse()?;
    // Who is not in the family is told nothing of its history.
    if desk.let_in(family_id, caller.user_id()).await.is_ok() {
        vouch(&desk, family_id, query.witness).await?;
    }
    let push: Push = read(&body)?;
    let most = Limits::default().max_batch;
    if push.commands.len() > most {
        let detail = format!("a push holds at most {most} commands; send the rest after");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    if push.commands.is_empty() {
        // The reply says where the family stands, and that is for its members.
        desk.let_in(family_id, caller.user_id()).await?;
    }
    let (wanted, now) = (push.commands.len(), desk.source().now());
    let count = match &allowed {
        Some(Extension(allowed)) => allowed.commands(&caller, (family_id, wanted), now)?,
        None => wanted,
    };
    let actor = caller.actor(Some(push.device));
    let mut results = Vec::with_capacity(push.commands.len());
    let mut problem = None;
    for pushed in push.commands.iter().take(count) {
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
                problem = Some(Failure::from(error).problem());
                break;
            }
        }
    }
    if let (Some(Extension(allowed)), None, true) = (&allowed, &problem, count < wanted) {
        problem = Some(allowed.too_many_commands());
    }
    let mut decided = Decided::default();
    for verdict in &results {
        match verdict.outcome {
            Outcome::Applied { .. } => decided.applied += 1,
            Outcome::Rejected { .. } => decided.rejected += 1,
        }
    }
    let mut response = json(&PushReply {
        results,
        problem,
        head: desk.position(family_id).await?,
    });
    response.extensions_mut().insert(decided);
    Ok(response)
}

/// Which of these commands have been decided here. Whoever knows a command's id gave it or saw what
/// came of it, so one need not be in the family to ask: a server that went back in time may have
/// lost what somebody did who is not in it any more.
pub async fn known(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    Body(body): Body,
) -> Result<Response, Failure> {
    let ids: Vec<CommandId> = read(&body)?;
    let most = Limits::default().max_batch;
    if ids.len() > most {
        let detail = format!("at most {most} commands at once; ask for the rest after");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    Ok(json(&desk.known_commands(family.parse()?, &ids).await?))
}
