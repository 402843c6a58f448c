//! Who the person is: their own record, shown and changed.

use serde::Serialize;

use super::args::MeArgs;
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use super::print::{Cell, Grid, Tint};
use super::write::{Part, commit_each};
use crate::config::known_zone;
use crate::model::command::CommandBody;
use crate::model::id::FamilyId;
use crate::model::membership::MembershipStatus;
use crate::model::user::{User, UserField, own_changes};
use crate::replica::view::FamilyRow;

/// The person and the families they are in, for scripts.
#[derive(Serialize)]
struct Me<'a> {
    #[serde(flatten)]
    user: &'a User,
    families: Vec<&'a str>,
}

pub async fn me(errand: &mut Errand, args: MeArgs) -> Result<Exit> {
    let mut families = errand.families().await?;
    families.retain(|family| family.status == MembershipStatus::Member);
    let parts = parts(args, &families)?;
    if !parts.is_empty() {
        for done in commit_each(&errand.station, parts).await? {
            done?;
        }
    }
    // Asked of the backend: what was decided, rather than what waits.
    let user = errand.station.session().await?.user;
    show(errand, &user, &families)
}

fn parts(args: MeArgs, families: &[FamilyRow]) -> Result<Vec<Part>> {
    let mut once = Vec::new();
    if let Some(email) = args.email {
        let none = email.eq_ignore_ascii_case("none");
        once.push(UserField::Email((!none).then_some(email)));
    }
    if let Some(zone) = args.time_zone {
        known_zone(&zone).map_err(Failure::usage)?;
        once.push(UserField::TimeZone(zone));
    }
    let name = args.name.map(UserField::DisplayName);
    let ids: Vec<FamilyId> = families.iter().map(|it| it.family_id).collect();
    if families.is_empty() && (name.is_some() || !once.is_empty()) {
        return Err(Failure::refused(
            "you are in no family yet; `famdesk families create NAME --me NAME` founds one \
             and says what you are called",
        ));
    }
    // By itself, so that what is wrong with it is told of it and not of a family.
    let mut parts: Vec<Part> = Vec::new();
    for (family_id, body) in own_changes(&ids, once, None) {
        match parts.last_mut() {
            Some(part) => part.bodies.push(body),
            None => parts.push(part("your own record", family_id, body)),
        }
    }
    let named = own_changes(&ids, name.into_iter().collect(), None);
    parts.extend(named.into_iter().zip(families).map(|(given, family)| {
        let (family_id, body) = given;
        part(&family.family_name, family_id, body)
    }));
    Ok(parts)
}

fn part(label: &str, family_id: FamilyId, body: CommandBody) -> Part {
    Part {
        label: label.to_owned(),
        family_id,
        bodies: vec![body],
    }
}

fn show(errand: &mut Errand, user: &User, families: &[FamilyRow]) -> Result<Exit> {
    let names: Vec<&str> = families.iter().map(|it| it.family_name.as_str()).collect();
    if errand.out.is_json() {
        let families = names;
        errand.out.json(&Me { user, families })?;
        return Ok(Exit::Done);
    }
    let mut grid = Grid::new(&["you", ""], 1);
    let mut row = |name: &str, value: String| {
        grid.row(vec![Cell::new(name).tint(Tint::Dim), Cell::new(value)]);
    };
    row("name", user.display_name.clone());
    if user.is_active {
        row(
            "e-mail",
            user.email.clone().unwrap_or_else(|| "none".to_owned()),
        );
        row("time zone", user.time_zone.clone());
    }
    row("families", names.join(", "));
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}
