//! Single things: an entity, a ticket with all that hangs on it, what it is tied to, counts.

use std::collections::BTreeMap;

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::resource::{reply_with, resource, tag_of};
use super::{Asker, House, Request};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::TicketId;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::replica::view::{Answer, Question};
use crate::server::blobs;
use crate::server::reply::{self, Failure};
use crate::wire::problem::Problem;

/// One entity; nothing of it where whoever asks has it as it is.
pub(super) async fn one(
    house: &House,
    asker: &Asker<'_>,
    kind: EntityType,
    request: &Request,
) -> Result<Response, Failure> {
    let key = request.params.key(asker.family_id, kind)?;
    let user_id = asker.caller.user_id();
    let record = house.desk.show(asker.family_id, user_id, key).await?;
    record_or_nothing(&record, &request.headers)
}

pub(super) fn record_or_nothing(record: &Record, headers: &HeaderMap) -> Result<Response, Failure> {
    let mut response = reply_with(StatusCode::OK, record)?;
    let seen = headers.get(header::IF_NONE_MATCH);
    let seen = seen.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let tag = tag_of(record);
    if seen.split(',').any(|it| it.trim() == tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = axum::body::Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    Ok(response)
}

pub(super) async fn thread(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let ticket_id = ticket_of(request)?;
    let user_id = asker.caller.user_id();
    let rows = house
        .desk
        .thread(asker.family_id, user_id, ticket_id)
        .await?;
    let (mut ticket, mut description) = (Value::Null, Value::Null);
    let (mut comments, mut participants) = (Vec::new(), Vec::new());
    let mut attachments = Vec::new();
    for row in &rows {
        let it = resource(row)?;
        match row {
            Record::Ticket(_) => ticket = it,
            Record::Description(_) => description = it,
            Record::Comment(_) => comments.push(it),
            Record::Participant(_) => participants.push(it),
            Record::Attachment(_) => attachments.push(it),
            _ => {}
        }
    }
    Ok(reply::json(&json!({
        "ticket": ticket,
        "description": description,
        "comments": comments,
        "participants": participants,
        "attachments": attachments,
    })))
}

/// The bytes of a file, as what its entity says that it is.
pub(super) async fn file(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let key = request
        .params
        .key(asker.family_id, EntityType::Attachment)?;
    let user_id = asker.caller.user_id();
    let found = house.desk.show(asker.family_id, user_id, key).await?;
    let Record::Attachment(file) = found else {
        let what = EntityType::Attachment;
        return Err(Problem::from(Refusal::NotFound { what }).into());
    };
    blobs::as_file(
        &house.desk,
        (&file.sha256, &file.file_name),
        &request.headers,
    )
    .await
}

fn ticket_of(request: &Request) -> Result<TicketId, Failure> {
    Ok(request.params.get("ticket").parse()?)
}

/// The tickets that a ticket is tied to, as far as they are seen.
pub(super) async fn links(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let ticket_id = ticket_of(request)?;
    let (desk, user_id) = (&house.desk, asker.caller.user_id());
    let key = EntityKey::Ticket(ticket_id);
    let up = match desk.show(asker.family_id, user_id, key).await? {
        Record::Ticket(ticket) => [ticket.parent_ticket, ticket.merged_into],
        _ => [None, None],
    };
    let [parent, merged_into] = up;
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 0,
    };
    let (parts, merged) = match house.views.ask(asker, question).await? {
        Answer::Thread(Some(thread)) => (thread.parts, thread.merged),
        _ => (Vec::new(), Vec::new()),
    };
    let ids = |of: &[crate::model::ticket::Ticket]| -> Vec<TicketId> {
        of.iter().map(|it| it.ticket_id).collect()
    };
    let (parts, merged) = (ids(&parts), ids(&merged));
    let all = up
        .into_iter()
        .flatten()
        .chain(parts.clone())
        .chain(merged.clone());
    let keys: Vec<EntityKey> = all.map(EntityKey::Ticket).collect();
    let rows = desk.rows(asker.family_id, user_id, &keys).await?;
    let mut found: BTreeMap<EntityKey, Value> = BTreeMap::new();
    for row in rows.iter().filter(|it| !it.common().deleted) {
        found.insert(row.key(), resource(row)?);
    }
    let one = |id: Option<TicketId>| id.and_then(|id| found.get(&EntityKey::Ticket(id)));
    let many = |ids: Vec<TicketId>| -> Vec<&Value> {
        ids.into_iter().filter_map(|id| one(Some(id))).collect()
    };
    Ok(reply::json(&json!({
        "parent": one(parent),
        "merged_into": one(merged_into),
        "parts": many(parts),
        "merged": many(merged),
    })))
}

/// How many open tickets are where.
pub(super) async fn counts(house: &House, asker: &Asker<'_>) -> Result<Response, Failure> {
    let question = Question::Family(asker.family_id);
    let view = match house.views.ask(asker, question).await? {
        Answer::Family(Some(view)) => view,
        _ => return Ok(reply::json(&json!({}))),
    };
    let by_severity: BTreeMap<&str, u64> = Severity::ALL
        .iter()
        .zip(view.open_by_severity)
        .map(|(severity, open)| (severity.as_str(), open))
        .collect();
    let queues = view.queues.iter().map(|row| {
        json!({
            "queue_id": row.queue.queue_id,
            "queue_name": row.queue.queue_name,
            "open": row.open,
            "unread": row.unread,
        })
    });
    Ok(reply::json(&json!({
        "open": view.open_by_severity.iter().sum::<u64>(),
        "mine": view.my_work,
        "unassigned": view.unassigned,
        "by_severity": by_severity,
        "queues": queues.collect::<Vec<_>>(),
    })))
}
