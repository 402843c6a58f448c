//! Lists: what stands on a shelf, what happened, what was deleted.

use axum::response::Response;
use serde_json::{Value, json};

use super::cursor::{Page, Paging, cursor, reply_with};
use super::resource::resource;
use super::table::ListOf;
use super::{Asker, House, Request};
use crate::desk::{Audited, Shelf};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::record::Record;
use crate::replica::view::{Answer, Question};
use crate::server::reply::Failure;

/// How many of a comment's texts, and of what was deleted, are told at the most.
const MOST: usize = 200;

pub(super) async fn list(
    house: &House,
    asker: &Asker<'_>,
    of: ListOf,
    request: &Request,
) -> Result<Response, Failure> {
    let paging = Paging::of(&request.uri, false)?;
    let list = format!("{} {}", asker.caller.user_id(), request.uri.path());
    let id = |name: &str| request.params.get(name);
    let shelf = match of {
        ListOf::Members => Shelf::Members,
        ListOf::Groups => Shelf::Groups,
        ListOf::GroupMembers => Shelf::GroupMembers(id("group").parse()?),
        ListOf::Queues => Shelf::Queues,
        ListOf::Participants => Shelf::Participants(id("ticket").parse()?),
        ListOf::Comments => Shelf::Comments(id("ticket").parse()?),
        ListOf::Attachments => Shelf::Attachments(id("ticket").parse()?),
        ListOf::Replies => return replies(house, asker, request).await,
    };
    let user_id = asker.caller.user_id();
    let after = paging.after(&list)?;
    let after = after.and_then(|(id, _)| EntityKey::parse(shelf.kind(), &id).ok());
    let part = (after, paging.limit());
    let listing = house
        .desk
        .listed(asker.family_id, user_id, shelf, part)
        .await?;
    let next = match listing.items.last() {
        Some(last) if listing.more => Some(cursor(&list, last.key().entity_id(), 0)?),
        _ => None,
    };
    let page = Page {
        items: listing
            .items
            .iter()
            .map(resource)
            .collect::<Result<_, _>>()?,
        next,
    };
    Ok(reply_with(&page, &request.uri, page.next.as_deref()))
}

/// The answers to a comment; there are as many as there are, like in a thread.
async fn replies(house: &House, asker: &Asker<'_>, request: &Request) -> Result<Response, Failure> {
    let key = request.params.key(asker.family_id, EntityType::Comment)?;
    let user_id = asker.caller.user_id();
    house.desk.show(asker.family_id, user_id, key).await?;
    let EntityKey::Comment(ticket_id, comment_id) = key else {
        return Ok(reply_with(&none(), &request.uri, None));
    };
    let rows = house
        .desk
        .thread(asker.family_id, user_id, ticket_id)
        .await?;
    let answers = rows
        .iter()
        .filter(|row| matches!(row, Record::Comment(it) if it.reply_to == Some(comment_id)));
    let page = Page {
        items: answers.map(resource).collect::<Result<_, _>>()?,
        next: None,
    };
    Ok(reply_with(&page, &request.uri, None))
}

fn none() -> Page {
    Page {
        items: Vec::new(),
        next: None,
    }
}

pub(super) async fn audit(
    house: &House,
    asker: &Asker<'_>,
    of: Option<EntityType>,
    request: &Request,
) -> Result<Response, Failure> {
    let paging = Paging::of(&request.uri, false)?;
    let list = format!("{} {}", asker.caller.user_id(), request.uri.path());
    let before = paging.after(&list)?.and_then(|(seq, _)| seq.parse().ok());
    let of = match of {
        Some(kind) => Audited::Entity(request.params.key(asker.family_id, kind)?),
        None => Audited::Family,
    };
    let user_id = asker.caller.user_id();
    let part = (before, paging.limit());
    let listing = house.desk.audit(asker.family_id, user_id, of, part).await?;
    let next = match listing.items.last() {
        Some(last) if listing.more => Some(cursor(&list, last.seq, 0)?),
        _ => None,
    };
    let items = listing.items.into_iter().map(|record| {
        let fields: Vec<String> = record
            .changes()
            .iter()
            .map(|it| it.field.to_owned())
            .collect();
        let mut json = serde_json::to_value(&record).map_err(crate::server::reply::unwritable)?;
        if let Some(attributes) = json.as_object_mut() {
            attributes.insert("changed".to_owned(), json!(fields));
        }
        Ok(json)
    });
    let page = Page {
        items: items.collect::<Result<_, Failure>>()?,
        next,
    };
    Ok(reply_with(&page, &request.uri, page.next.as_deref()))
}

/// Every text that a comment has had, as the log has them.
pub(super) async fn versions(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let key = request.params.key(asker.family_id, EntityType::Comment)?;
    let user_id = asker.caller.user_id();
    let of = Audited::Entity(key);
    let listing = house
        .desk
        .audit(asker.family_id, user_id, of, (None, MOST))
        .await?;
    let texts = listing.items.iter().filter(|record| {
        let changes = record.changes();
        changes.iter().any(|it| it.field == "comment_body")
    });
    let items = texts.map(|record| {
        json!({
            "version": record.version,
            "time": record.time,
            "by": record.in_name_of(),
            "comment_body": record.after.as_ref().map(|it| it["comment_body"].clone()),
        })
    });
    let page = Page {
        items: items.collect(),
        next: None,
    };
    Ok(reply_with(&page, &request.uri, None))
}

pub(super) async fn deleted(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let question = Question::Deleted {
        family_id: asker.family_id,
        limit: MOST,
    };
    let rows = match house.views.ask(asker, question).await? {
        Answer::Deleted(rows) => rows,
        _ => Vec::new(),
    };
    let items = rows.iter().map(|row| -> Value {
        json!({
            "entity_type": row.key.entity_type(),
            "entity_id": row.key.entity_id(),
            "label": row.label,
            "detail": row.detail,
            "deleted": row.deleted,
            "by": row.by,
        })
    });
    let page = Page {
        items: items.collect(),
        next: None,
    };
    Ok(reply_with(&page, &request.uri, None))
}
