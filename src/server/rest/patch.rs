//! Changes of an entity's attributes, as what they are to be: each that differs is a command.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use json_patch::{Patch, PatchErrorKind};
use serde_json::{Map, Value};

use super::condition::as_seen;
use super::give::{execute, in_part, mark};
use super::resource::{reply_with, resource};
use super::settable::commands;
use super::{Asker, House, Request};
use crate::model::command::{Command, CommandBody};
use crate::model::entity::EntityType;
use crate::model::id::CommandId;
use crate::model::record::Record;
use crate::server::reply::{Failure, read};
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::sync::Outcome;

/// The most operations in one JSON Patch.
const OPERATIONS: usize = 100;

/// The kinds of patches that are taken.
const KINDS: [&str; 4] = [
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/json",
    // What curl says where nobody said anything.
    "application/x-www-form-urlencoded",
];

pub(super) async fn patch(
    house: &House,
    asker: &Asker<'_>,
    kind: EntityType,
    request: &Request,
) -> Result<Response, Failure> {
    let key = request.params.key(asker.family_id, kind)?;
    let current = as_seen(house, asker, key, &request.headers).await?;
    let bodies = changes(&current, request)?;
    give_all(house, asker, bodies, current).await
}

/// The commands that a patch of an entity comes to.
pub(super) fn changes(current: &Record, request: &Request) -> Result<Vec<CommandBody>, Failure> {
    let before = resource(current)?;
    let after = patched(before.clone(), &request.headers, &request.body)?;
    match (&before, &after) {
        (Value::Object(before), Value::Object(after)) => commands(current, before, after),
        _ => Err(malformed("a patch leaves an object of attributes")),
    }
}

/// The attributes as the patch leaves them.
fn patched(mut entity: Value, headers: &HeaderMap, body: &[u8]) -> Result<Value, Failure> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    let kind = kind
        .unwrap_or(KINDS[0])
        .split(';')
        .next()
        .unwrap_or_default();
    match kind.trim() {
        "application/json-patch+json" => {
            let patch: Patch = read(body)?;
            if patch.len() > OPERATIONS {
                return Err(malformed(&format!(
                    "at most {OPERATIONS} operations at once"
                )));
            }
            json_patch::patch(&mut entity, &patch).map_err(|error| {
                let kind = match error.kind {
                    PatchErrorKind::TestFailed => ProblemKind::TestFailed,
                    _ => ProblemKind::Refused,
                };
                Failure::from(Problem::new(kind, error.to_string()))
            })?;
        }
        it if KINDS.contains(&it) => {
            let changes: Map<String, Value> = read(body)?;
            // What is null is left without a value, not without the attribute.
            let Value::Object(attributes) = &mut entity else {
                return Ok(entity);
            };
            for (name, value) in changes {
                let place = attributes.entry(name).or_insert(Value::Null);
                match value.is_object() {
                    true => json_patch::merge(place, &value),
                    false => *place = value,
                }
            }
        }
        other => {
            let detail = format!(
                "`{other}` is not taken here; take one of {}",
                KINDS[..3].join(", ")
            );
            return Err(Problem::new(ProblemKind::UnsupportedKind, detail).into());
        }
    }
    Ok(entity)
}

/// Gives commands that are meant as one: none of them, if one would be refused.
pub(super) async fn give_all(
    house: &House,
    asker: &Asker<'_>,
    bodies: Vec<CommandBody>,
    current: Record,
) -> Result<Response, Failure> {
    let (desk, key) = (&house.desk, current.key());
    if bodies.len() > 1 {
        let given = bodies.iter().map(|body| Command {
            command_id: CommandId(desk.source().fresh()),
            issued_at: desk.source().now(),
            seen: None,
            body: body.clone(),
        });
        let given: Vec<Command> = given.collect();
        let actor = asker.caller.actor(None);
        desk.rehearse(asker.family_id, &actor, &given)
            .await?
            .map_err(Problem::from)?;
    }
    let mut version = current.common().version;
    let mut given = Vec::with_capacity(bodies.len());
    for body in bodies {
        let done = execute(house, asker, body, (None, Some((key, version)))).await;
        let verdict = done.map_err(|failure| in_part(failure, given.len() as u64))?;
        if let Outcome::Applied { changes, .. } = verdict.outcome {
            version += i64::from(changes > 0);
        }
        given.push(verdict.command_id);
    }
    let user_id = asker.caller.user_id();
    let record = desk.show(asker.family_id, user_id, key).await;
    let mut response = match record {
        Ok(record) => reply_with(StatusCode::OK, &record)?,
        // They have put it out of their own sight.
        Err(_) if !given.is_empty() => super::resource::nothing(),
        Err(error) => return Err(error.into()),
    };
    mark(&mut response, &given);
    Ok(response)
}

fn malformed(detail: &str) -> Failure {
    Problem::new(ProblemKind::Malformed, detail).into()
}
