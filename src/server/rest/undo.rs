//! Taking back what was done: the commands that an answer's `Famdesk-Command` named, or that the
//! audit names. Each is taken back by ordinary commands, all of them or none.

use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::condition::{Once, named};
use super::give::{execute, in_part, mark, not_so, pointed};
use super::table::Row;
use super::{Asker, House, Request};
use crate::desk::WayBack;
use crate::model::command::{Command, CommandBody};
use crate::model::id::CommandId;
use crate::server::reply::{self, Failure, read};
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::sync::Outcome;

/// The most commands that are taken back at once; a patch of everything that a ticket has comes to
/// fewer.
const MOST: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    /// In the order in which they were given.
    commands: Vec<CommandId>,
}

/// A command that takes back one of those that were named.
struct Step<'a> {
    /// Always the same for the same request.
    command_id: CommandId,
    /// Which of those it takes back.
    of: CommandId,
    way: &'a WayBack,
    body: &'a CommandBody,
    /// Whether all depends on it; the others put right what came along.
    decides: bool,
}

pub(super) async fn undo(
    house: &House,
    asker: &Asker<'_>,
    row: &Row,
    request: &Request,
) -> Result<Response, Failure> {
    let once = Once::of(asker.caller, request, row.verb.as_str())?;
    let asked: Undo = read(&request.body)?;
    if !(1..=MOST).contains(&asked.commands.len()) {
        let detail = format!("name 1 to {MOST} of them");
        return Err(not_so(vec![pointed("commands", detail)]));
    }
    let ways = ways_back(house, asker, &asked.commands).await?;
    let given = to_give(house, asker, steps(&once, &ways)).await?;
    let mut done = Vec::with_capacity(given.len());
    for (command_id, body) in given {
        let once = Once {
            command_id,
            request: once.request.clone(),
        };
        let verdict = execute(house, asker, body, (Some(&once), None)).await;
        let verdict = verdict.map_err(|failure| in_part(failure, done.len() as u64))?;
        if matches!(verdict.outcome, Outcome::Applied { changes, .. } if changes > 0) {
            done.push(command_id);
        }
    }
    let mut response = reply::json(&json!({ "commands": done }));
    mark(&mut response, &done);
    Ok(response)
}

/// What takes each of them back, the last first.
async fn ways_back(
    house: &House,
    asker: &Asker<'_>,
    commands: &[CommandId],
) -> Result<Vec<(CommandId, WayBack)>, Failure> {
    let user_id = asker.caller.user_id();
    let mut ways = Vec::with_capacity(commands.len());
    for command_id in commands.iter().rev() {
        let way = house.desk.way_back(asker.family_id, user_id, *command_id);
        let Some(way) = way.await? else {
            let detail = format!(
                "you gave no command {command_id} that changed something here; a change of yours \
                 has its `command_id` in the audit"
            );
            return Err(Problem::new(ProblemKind::NotFound, detail).into());
        };
        if way.commands.is_empty() {
            let detail = format!("nothing takes back the command {command_id}");
            return Err(Problem::new(ProblemKind::Refused, detail).into());
        }
        ways.push((*command_id, way));
    }
    Ok(ways)
}

fn steps<'a>(once: &Once, ways: &'a [(CommandId, WayBack)]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    for (of, way) in ways {
        for (place, body) in way.commands.iter().enumerate() {
            let command_id = match steps.is_empty() {
                // Another request under the same key is known by this.
                true => once.command_id,
                false => CommandId(named(&format!("{} {of} {place}", once.command_id))),
            };
            steps.push(Step {
                command_id,
                of: *of,
                way,
                body,
                decides: place == 0,
            });
        }
    }
    steps
}

/// What of the steps is to be given: what was given before once more, for its answer; of the rest
/// what is possible now.
///
/// # Errors
/// Where one on which all depends is not possible.
async fn to_give(
    house: &House,
    asker: &Asker<'_>,
    steps: Vec<Step<'_>>,
) -> Result<Vec<(CommandId, CommandBody)>, Failure> {
    let (desk, family_id) = (&house.desk, asker.family_id);
    let user_id = asker.caller.user_id();
    let ids: Vec<CommandId> = steps.iter().map(|it| it.command_id).collect();
    let known = desk.known_commands(family_id, &ids).await?;
    let actor = asker.caller.actor(None);
    let mut rehearsed: Vec<Command> = Vec::new();
    let mut given = Vec::with_capacity(steps.len());
    for step in steps {
        if known.contains(&step.command_id) {
            given.push((step.command_id, step.body.clone()));
            continue;
        }
        let turning = desk.still_turning(family_id, user_id, (step.way, step.body));
        let problem = match turning.await? {
            Err(refusal) => Problem::from(refusal),
            Ok(body) => {
                rehearsed.push(Command {
                    command_id: step.command_id,
                    issued_at: desk.source().now(),
                    seen: None,
                    body: body.clone(),
                });
                match desk.rehearse(family_id, &actor, &rehearsed).await? {
                    Ok(changes) if changes.last().is_some_and(|it| *it > 0) => {
                        given.push((step.command_id, body));
                        continue;
                    }
                    Ok(_) => {
                        let detail = format!(
                            "what the command {} did is not so any more; nothing is left to take \
                             back",
                            step.of
                        );
                        Problem::new(ProblemKind::Refused, detail)
                    }
                    Err(refusal) => Problem::from(refusal),
                }
            }
        };
        if step.decides {
            return Err(problem.into());
        }
        rehearsed.retain(|it| it.command_id != step.command_id);
    }
    Ok(given)
}
