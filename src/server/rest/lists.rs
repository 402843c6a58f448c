//! Lists: what stands on a shelf, what happened, what was deleted.

use axum::response::Response;
use serde_json::{Value, json};

use super::cursor::{Page, Paging, cursor, reply_with};
use super::resource::resource;
use super::table::ListOf;
use super::{Asker, House, Request};
use crate::desk::{Audited, Shelf};
use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::source::Timestamp;
use crate::replica::view::{Answer, DeletedPlace, Question};
use crate::server::reply::{self, Failure};

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
        ListOf::Replies => Shelf::Replies(id("ticket").parse()?, id("comment").parse()?),
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

/// What happened, to an entity or in the family, the newest first.
pub(super) async fn audit(
    house: &House,
    asker: &Asker<'_>,
    of: Option<EntityType>,
    request: &Request,
) -> Result<Response, Failure> {
    let of = match of {
        Some(kind) => Audited::Entity(request.params.key(asker.family_id, kind)?),
        None => Audited::Family,
    };
    history(house, asker, of, request, |record| {
        let changes = record.changes();
        let fields: Vec<String> = changes.iter().map(|it| it.field.to_owned()).collect();
        let mut json = serde_json::to_value(record).map_err(reply::unwritable)?;
        if let Some(attributes) = json.as_object_mut() {
            attributes.insert("changed".to_owned(), json!(fields));
        }
        Ok(json)
    })
    .await
}

/// Every text that a comment has had, as the log has them.
pub(super) async fn versions(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let key = request.params.key(asker.family_id, EntityType::Comment)?;
    history(house, asker, Audited::Texts(key), request, |record| {
        Ok(json!({
            "version": record.version,
            "time": record.time,
            "by": record.in_name_of(),
            "comment_body": record.after.as_ref().map(|it| it["comment_body"].clone()),
        }))
    })
    .await
}

/// A page of what happened, each record as `told` has it.
async fn history(
    house: &House,
    asker: &Asker<'_>,
    of: Audited,
    request: &Request,
    told: impl Fn(&AuditRecord) -> Result<Value, Failure>,
) -> Result<Response, Failure> {
    let paging = Paging::of(&request.uri, false)?;
    let list = format!("{} {}", asker.caller.user_id(), request.uri.path());
    let before = paging.after(&list)?.and_then(|(seq, _)| seq.parse().ok());
    let user_id = asker.caller.user_id();
    let part = (before, paging.limit());
    let history = house.desk.audit(asker.family_id, user_id, of, part).await?;
    let next = history
        .before
        .map(|seq| cursor(&list, seq, 0))
        .transpose()?;
    let page = Page {
        items: history.records.iter().map(told).collect::<Result<_, _>>()?,
        next,
    };
    Ok(reply_with(&page, &request.uri, page.next.as_deref()))
}

/// What was deleted and can be restored, the latest first.
pub(super) async fn deleted(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let paging = Paging::of(&request.uri, false)?;
    let list = format!("{} {}", asker.caller.user_id(), request.uri.path());
    let after = paging.after(&list)?;
    let question = Question::Deleted {
        family_id: asker.family_id,
        after: after.and_then(|(place, _)| deleted_place(&place)),
        // One more than is wanted tells whether there is more.
        limit: paging.limit() + 1,
    };
    let mut rows = match house.views.ask(asker, question).await? {
        Answer::Deleted(rows) => rows,
        _ => Vec::new(),
    };
    let more = rows.len() > paging.limit();
    rows.truncate(paging.limit());
    let next = match rows.last() {
        Some(last) if more => {
            let (kind, id) = (last.key.entity_type(), last.key.entity_id());
            Some(cursor(&list, format!("{} {kind} {id}", last.deleted.0), 0)?)
        }
        _ => None,
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
        next,
    };
    Ok(reply_with(&page, &request.uri, page.next.as_deref()))
}

/// When something was deleted, of which kind it is and its id, as a cursor has them.
fn deleted_place(text: &str) -> Option<DeletedPlace> {
    let (deleted, key) = text.split_once(' ')?;
    let (kind, id) = key.split_once(' ')?;
    Some(DeletedPlace {
        deleted: Timestamp(deleted.parse().ok()?),
        key: EntityKey::parse(kind.parse().ok()?, id).ok()?,
    })
}
