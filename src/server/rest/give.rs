//! Requests that give a command. Each becomes one command on the one way that all commands go.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use super::condition::{Once, as_seen, changed_meanwhile};
use super::deeds::{Answer, Give, Takes};
use super::resource::{nothing, reply_with};
use super::table::Row;
use super::{Asker, House, Request};
use crate::desk::{DeskError, Terms};
use crate::model::command::{Command, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::CommandId;
use crate::model::long_text::{INLINE_LIMIT, LongText};
use crate::server::push::Decided;
use crate::server::reply::{self, Failure, read};
use crate::server::routes::Verb;
use crate::wire::problem::{Pointed, Problem, ProblemKind};
use crate::wire::sync::{Outcome, Verdict};

/// The header that names the commands that a request became, in their order.
pub(super) const COMMAND: &str = "famdesk-command";

/// Gives the command of a row and answers what has become of it.
pub(super) async fn give(
    house: &House,
    asker: &Asker<'_>,
    (give, row): (&'static Give, &'static Row),
    request: &Request,
) -> Result<Response, Failure> {
    let once = match row.verb {
        Verb::Post => Some(Once::of(asker.caller, request, row.verb.as_str())?),
        _ => None,
    };
    let args = arguments(house, asker, give, request).await?;
    let body = body_of(give.command, args)?;
    let seen = match give.guarded {
        true => seen(house, asker, give, request).await?,
        false => None,
    };
    let verdict = execute(house, asker, body, (once.as_ref(), seen)).await?;
    let mut response = match give.answer {
        Answer::Nothing => nothing(),
        Answer::Made => made(house, asker, give, (&verdict, request)).await?,
        Answer::Entity => {
            let key = request.params.key(asker.family_id, give.about)?;
            let user_id = asker.caller.user_id();
            let record = house.desk.show(asker.family_id, user_id, key).await?;
            reply_with(StatusCode::OK, &record)?
        }
    };
    mark(&mut response, &[verdict.command_id]);
    Ok(response)
}

/// Which version of what it is about a request has seen. What is not there yet nobody has seen.
async fn seen(
    house: &House,
    asker: &Asker<'_>,
    give: &Give,
    request: &Request,
) -> Result<Option<(EntityKey, i64)>, Failure> {
    let key = request.params.key(asker.family_id, give.about)?;
    let found = as_seen(house, asker, key, &request.headers).await;
    match found {
        Ok(record) => Ok(Some((key, record.common().version))),
        Err(failure) if give.answer == Answer::Entity && failure.is(ProblemKind::NotFound) => {
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// The arguments of a command, out of the path and the body.
async fn arguments(
    house: &House,
    asker: &Asker<'_>,
    give: &Give,
    request: &Request,
) -> Result<Map<String, Value>, Failure> {
    let mut args = body_args(give, &request.body)?;
    match give.takes {
        Takes::Entity => {
            let key = request.params.key(asker.family_id, give.about)?;
            args.insert("entity_type".to_owned(), json!(key.entity_type()));
            args.insert("entity_id".to_owned(), json!(key.entity_id()));
        }
        Takes::Tickets => {
            args.insert("tickets".to_owned(), json!([request.params.get("ticket")]));
            if give.command == "ticket.read" && !args.contains_key("seq") {
                let head = house.desk.position(asker.family_id).await?;
                args.insert("seq".to_owned(), json!(head.seq));
            }
        }
        Takes::Parts => {
            for (name, value) in request.params.iter().filter(|(name, _)| *name != "family") {
                args.insert(argument(name).to_owned(), json!(value));
            }
        }
    }
    if give.command == "attachment.add" {
        file_facts(house, asker, &mut args).await?;
    }
    for (name, value) in give.fixed {
        args.insert((*name).to_owned(), json!(value));
    }
    if let Some(name) = give.mint
        && !args.contains_key(name)
    {
        let fresh = house.desk.source().fresh();
        args.insert(name.to_owned(), json!(fresh));
    }
    Ok(args)
}

/// What a file is, its bytes say; they must have been sent.
async fn file_facts(
    house: &House,
    asker: &Asker<'_>,
    args: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let sha256 = args.get("sha256").and_then(Value::as_str);
    let sha256 = sha256.unwrap_or_default().to_owned();
    let whose = (asker.family_id, asker.caller.user_id());
    let on = args.get("ticket_id").and_then(Value::as_str);
    let on = EntityKey::Ticket(on.unwrap_or_default().parse()?);
    // Whoever does not see the ticket learns nothing else.
    house.desk.show(whose.0, whose.1, on).await?;
    let facts = house.desk.facts_of(whose, &sha256).await?;
    args.insert("bytes".to_owned(), json!(facts.bytes));
    args.insert("content_type".to_owned(), json!(facts.content_type));
    Ok(())
}

/// What a part of a path is called as an argument.
fn argument(param: &str) -> &str {
    match param {
        "user" => "user_id",
        "group" => "group_id",
        "queue" => "queue_id",
        "ticket" => "ticket_id",
        "comment" => "comment_id",
        "attachment" => "attachment_id",
        other => other,
    }
}

/// What stands in a body, if that is what may stand there.
pub(super) fn body_args(give: &Give, body: &[u8]) -> Result<Map<String, Value>, Failure> {
    let args: Map<String, Value> = match body.is_empty() {
        true => Map::new(),
        false => read(body)?,
    };
    let known = |name: &String| give.body.iter().any(|field| field.name == *name);
    let unknown = args.keys().filter(|name| !known(name));
    let unknown = unknown.map(|name| pointed(name, "there is no such attribute here"));
    let is_there = |name: &str| args.get(name).is_some_and(|it| !it.is_null());
    let missing = give
        .body
        .iter()
        .filter(|it| it.required && !is_there(it.name));
    let missing = missing.map(|field| pointed(field.name, "it is missing"));
    let errors: Vec<Pointed> = unknown.chain(missing).collect();
    if errors.is_empty() {
        // What is null is left out.
        Ok(args.into_iter().filter(|(_, it)| !it.is_null()).collect())
    } else {
        Err(not_so(errors))
    }
}

pub(super) fn pointed(name: &str, detail: impl Into<String>) -> Pointed {
    let name = name.replace('~', "~0").replace('/', "~1");
    Pointed {
        pointer: format!("/{name}"),
        detail: detail.into(),
    }
}

/// The problem that a body's attributes can't be taken.
pub(super) fn not_so(errors: Vec<Pointed>) -> Failure {
    let words = errors.iter().map(|it| {
        let name = it.pointer.trim_start_matches('/');
        format!("{name}: {}", it.detail)
    });
    let detail = words.collect::<Vec<_>>().join("; ");
    let problem = Problem {
        errors,
        ..Problem::new(ProblemKind::Refused, detail)
    };
    problem.into()
}

/// A command by its type and its arguments.
pub(super) fn body_of(command: &str, args: Map<String, Value>) -> Result<CommandBody, Failure> {
    let raw = to_raw_value(&Value::Object(args)).map_err(reply::unwritable)?;
    CommandBody::from_parts(command, Some(&raw)).map_err(|error| {
        // Where in the text it stood says nothing: nobody wrote that text.
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        Problem::new(ProblemKind::Refused, why).into()
    })
}

/// Gives a command; what it asks for holds then.
pub(super) async fn execute(
    house: &House,
    asker: &Asker<'_>,
    mut body: CommandBody,
    (once, unchanged): (Option<&Once>, Option<(EntityKey, i64)>),
) -> Result<Verdict, Failure> {
    let desk = &house.desk;
    for text in body.texts_mut() {
        if let LongText::Inline(whole) = text
            && whole.len() > INLINE_LIMIT
        {
            let whose = (asker.family_id, asker.caller.user_id());
            let hash = desk.keep_blob(whose, whole.clone().into()).await?;
            *text = LongText::of_blob(whole, hash);
        }
    }
    let fresh = || CommandId(desk.source().fresh());
    let command = Command {
        command_id: once.map_or_else(fresh, |it| it.command_id),
        issued_at: desk.source().now(),
        // What was seen, the terms say.
        seen: None,
        body,
    };
    let terms = Terms {
        request: once.map(|it| it.request.as_str()),
        unchanged,
    };
    let actor = asker.caller.actor(None);
    let given = desk.execute_on(asker.family_id, &actor, &command, terms);
    let verdict = match (given.await, unchanged) {
        (Err(DeskError::ChangedMeanwhile), Some((key, _))) => {
            let user_id = asker.caller.user_id();
            let current = desk.show(asker.family_id, user_id, key).await?;
            return Err(changed_meanwhile(&current));
        }
        (verdict, _) => verdict?,
    };
    match verdict.outcome {
        Outcome::Rejected { problem, .. } => Err(problem.into()),
        Outcome::Applied { .. } => Ok(verdict),
    }
}

/// A failure behind what was done already: somebody else came between.
pub(super) fn in_part(failure: Failure, applied: u64) -> Failure {
    let mut problem = failure.problem();
    if applied > 0 {
        problem.detail = format!(
            "{}; {applied} of the changes had been made before",
            problem.detail
        );
    }
    problem.into()
}

/// What was made, where it is, and that it was.
async fn made(
    house: &House,
    asker: &Asker<'_>,
    give: &Give,
    (verdict, request): (&Verdict, &Request),
) -> Result<Response, Failure> {
    let desk = &house.desk;
    let found = desk
        .changed_by(asker.family_id, verdict, give.about)
        .await?;
    let Some(key) = found else {
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    let user_id = asker.caller.user_id();
    let record = desk.show(asker.family_id, user_id, key).await?;
    let mut response = reply_with(StatusCode::CREATED, &record)?;
    let place = format!("{}/{}", request.uri.path(), own_id(key));
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// The last part of an entity's id, by which it stands in its list.
fn own_id(key: EntityKey) -> String {
    let id = key.entity_id();
    id.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Says which commands a request became, to whom asked and to whoever counts.
pub(super) fn mark(response: &mut Response, commands: &[CommandId]) {
    if commands.is_empty() {
        return;
    }
    let ids: Vec<String> = commands.iter().map(ToString::to_string).collect();
    if let Ok(value) = HeaderValue::from_str(&ids.join(", ")) {
        response.headers_mut().insert(COMMAND, value);
    }
    let (applied, rejected) = (commands.len() as u64, 0);
    response
        .extensions_mut()
        .insert(Decided { applied, rejected });
}
