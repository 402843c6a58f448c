//! Who is at which ticket just now: screens say where they are, and whoever sees the ticket is told.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::caller::Caller;
use super::reply::{Body, Failure, json, read};
use crate::desk::{Desk, DeskError, Sighting};
use crate::model::id::FamilyId;
use crate::model::membership::MembershipStatus;
use crate::model::presence::Whereabouts;
use crate::wire::presence::Present;
use crate::wire::session::Session;
use crate::wire::webhook::Items;

/// A screen is at a ticket.
pub async fn appear(
    State(desk): State<Arc<Desk>>,
    Path((family, screen)): Path<(String, String)>,
    caller: Caller,
    Body(body): Body,
) -> Result<StatusCode, Failure> {
    let screen = (caller.user_id(), screen.parse()?);
    let at: Whereabouts = read(&body)?;
    desk.appear(family.parse()?, screen, at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A screen is at no ticket any more.
pub async fn disappear(
    State(desk): State<Arc<Desk>>,
    Path((family, screen)): Path<(String, String)>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    let screen = (caller.user_id(), screen.parse()?);
    desk.disappear(family.parse()?, screen).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list(
    State(desk): State<Arc<Desk>>,
    Path(family): Path<String>,
    caller: Caller,
) -> Result<Response, Failure> {
    let family_id: FamilyId = family.parse()?;
    desk.let_in(family_id, caller.user_id()).await?;
    let found = desk.present(family_id, caller.user_id()).await?;
    let items = told(family_id, &found);
    Ok(json(&Items { items }))
}

/// Who else is at the tickets of the families of a session.
pub async fn of(
    desk: &Desk,
    caller: &Caller,
    session: &Session,
) -> Result<Vec<Present>, DeskError> {
    let mut all = Vec::new();
    let families = session.families.iter();
    for family in families.filter(|it| it.status == MembershipStatus::Member) {
        let family_id = family.family_id;
        let found = desk.present(family_id, caller.user_id()).await?;
        all.extend(told(family_id, &found));
    }
    Ok(all)
}

fn told(family_id: FamilyId, found: &[Sighting]) -> Vec<Present> {
    found.iter().map(|it| it.told(family_id)).collect()
}
