//! Whoever asks: their families, the family they found, their own record.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::condition::{Once, must_match, named};
use super::deeds::Give;
use super::give::{body_args, body_of, execute, mark};
use super::patch::changes;
use super::resource::reply_with;
use super::table::Row;
use super::{Asker, House, Request};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::FamilyId;
use crate::model::membership::MembershipStatus;
use crate::model::record::Record;
use crate::model::user::{User, UserField, own_changes};
use crate::server::caller::Caller;
use crate::server::reply::{self, Failure};
use crate::wire::problem::{Problem, ProblemKind};

/// The families of whoever asks, as far as they may be told here.
pub(super) async fn families(
    house: &House,
    caller: &Caller,
    request: &Request,
) -> Result<Response, Failure> {
    super::cursor::Paging::of(&request.uri, false)?;
    let session = house.desk.session(caller.user_id()).await?;
    let session = caller.bounded(session);
    Ok(reply::json(&json!({ "items": session.families })))
}

/// Founds a family: its id belongs to the request, so that it is founded once.
pub(super) async fn found(
    house: &House,
    caller: &Caller,
    (give, row): (&'static Give, &'static Row),
    request: &Request,
) -> Result<Response, Failure> {
    let once = Once::of(caller, request, row.verb.as_str())?;
    let body = body_of(give.command, body_args(give, &request.body)?)?;
    let family_id = FamilyId(named(&format!("the family of {}", once.command_id)));
    let asker = Asker {
        family_id,
        caller,
        patience: request.patience,
    };
    let verdict = execute(house, &asker, body, (Some(&once), None)).await?;
    let key = EntityKey::Family(family_id);
    let record = house.desk.show(family_id, caller.user_id(), key).await?;
    let mut response = reply_with(StatusCode::CREATED, &record)?;
    if let Ok(place) = HeaderValue::from_str(&format!("/v1/families/{family_id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    mark(&mut response, &[verdict.command_id]);
    Ok(response)
}

pub(super) async fn show(house: &House, caller: &Caller) -> Result<Response, Failure> {
    let user = house.desk.session(caller.user_id()).await?.user;
    reply_with(StatusCode::OK, &user.into())
}

/// Changes one's own record. It is the same in every family, and is changed by way of those that
/// one is in.
pub(super) async fn patch(
    house: &House,
    caller: &Caller,
    request: &Request,
) -> Result<Response, Failure> {
    let session = house.desk.session(caller.user_id()).await?;
    let is_in = |status| status == MembershipStatus::Member;
    let mine = session.families.iter().filter(|it| is_in(it.status));
    let families: Vec<FamilyId> = mine.map(|it| it.family_id).collect();
    let current = Record::from(session.user.clone());
    must_match(&request.headers, &current)?;
    let sets: Vec<UserField> = changes(&current, request)?
        .into_iter()
        .filter_map(|body| match body {
            CommandBody::UserSet { set, .. } => Some(set),
            _ => None,
        })
        .collect();
    if families.is_empty() && !sets.is_empty() {
        let detail = "you are in no family yet, and your record is changed by way of one; found a \
                      family, or let one ask you in";
        return Err(Problem::new(ProblemKind::Refused, detail).into());
    }
    let mut given = Vec::new();
    let mut seen: User = session.user;
    for set in sets {
        for (family_id, body) in own_changes(&families, vec![set], Some(&seen)) {
            let asker = Asker {
                family_id,
                caller,
                patience: request.patience,
            };
            given.push(execute(house, &asker, body, (None, None)).await?.command_id);
        }
        seen = house.desk.session(caller.user_id()).await?.user;
    }
    let mut response = reply_with(StatusCode::OK, &seen.into())?;
    mark(&mut response, &given);
    Ok(response)
}
