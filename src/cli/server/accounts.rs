//! `famdesk users`: who has a login on the server, for whoever runs it.

use super::moment;
use crate::cli::args::UsersDeed;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::{Cell, Grid, Tint};
use crate::model::id::UserId;
use crate::wire::login::{AccountChange, AccountRow, UidChange};
use crate::wire::problem::ProblemKind;

pub async fn users(errand: &mut Errand, deed: Option<UsersDeed>) -> Result<Exit> {
    let set = match deed {
        None | Some(UsersDeed::List) => {
            let rows = errand.station.client().accounts().await?;
            return show(errand, &rows);
        }
        Some(UsersDeed::Code { who }) => return code(errand, &who).await,
        Some(UsersDeed::Approve { who }) => (
            who,
            AccountChange {
                is_approved: Some(true),
                ..AccountChange::default()
            },
        ),
        Some(UsersDeed::Disable { who }) => (who, activity(false)),
        Some(UsersDeed::Enable { who }) => (who, activity(true)),
        Some(UsersDeed::Uid { who, uid }) => {
            let uid = Some(uid_of(&uid)?);
            let change = AccountChange {
                uid,
                ..AccountChange::default()
            };
            (who, change)
        }
    };
    let (who, change) = set;
    let user_id = named(errand, &who).await?;
    let row = errand
        .station
        .client()
        .change_account(user_id, &change)
        .await?;
    show(errand, &[row])
}

fn activity(is_active: bool) -> AccountChange {
    AccountChange {
        is_active: Some(is_active),
        ..AccountChange::default()
    }
}

fn uid_of(text: &str) -> Result<UidChange> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(UidChange::None);
    }
    text.parse().map(UidChange::Is).map_err(|_| {
        Failure::usage(format!(
            "`{text}` is no user's number; `id -u NAME` on the server's machine tells it"
        ))
    })
}

async fn code(errand: &mut Errand, who: &str) -> Result<Exit> {
    let user_id = named(errand, who).await?;
    let made = errand.station.client().make_code(user_id).await?;
    if errand.out.is_json() {
        errand.out.json(&made)?;
        return Ok(Exit::Done);
    }
    let until = moment(made.expires, errand.now());
    errand.out.line(format!(
        "whoever signs in with this code chooses the password; it works once, until {until}:"
    ))?;
    errand.out.line(format!("  {}", made.code.0))?;
    Ok(Exit::Done)
}

/// Somebody by their address, name or id: of those with a login, or of one's family.
async fn named(errand: &Errand, who: &str) -> Result<UserId> {
    if who.eq_ignore_ascii_case("me") {
        return Ok(errand.station.me());
    }
    if let Ok(user_id) = who.parse() {
        return Ok(user_id);
    }
    let rows = match errand.station.client().accounts().await {
        Ok(rows) => rows,
        // For whoever runs the server alone.
        Err(error) if error.kind() == Some(ProblemKind::Forbidden) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let wanted = who.trim().to_lowercase();
    let is_meant = |row: &&AccountRow| {
        let email = row.user.email.as_deref().map(str::to_lowercase);
        email.as_deref() == Some(&*wanted) || row.user.display_name.to_lowercase() == wanted
    };
    let meant: Vec<UserId> = rows
        .iter()
        .filter(is_meant)
        .map(|it| it.user.user_id)
        .collect();
    match meant.as_slice() {
        [one] => Ok(*one),
        [] => {
            let family_id = errand.family().await?.family_id;
            errand.person(family_id, who).await
        }
        _ => Err(Failure::refused(format!(
            "several people are called {who}; give the e-mail address or the id"
        ))),
    }
}

fn show(errand: &mut Errand, rows: &[AccountRow]) -> Result<Exit> {
    if errand.out.is_json() {
        errand.out.json(&rows)?;
        return Ok(Exit::Done);
    }
    let mut grid = Grid::new(&["name", "e-mail", "login", "devices", "uid", "id"], 5);
    for row in rows {
        let email = row.user.email.clone();
        let uid = row.uid.map(|uid| uid.to_string());
        grid.row(vec![
            Cell::new(row.user.display_name.clone()),
            Cell::new(email.unwrap_or_else(|| "none".to_owned())),
            Cell::new(standing(row)),
            Cell::new(row.sessions.to_string()),
            Cell::new(uid.unwrap_or_else(|| "none".to_owned())),
            Cell::new(row.user.user_id.to_string()).tint(Tint::Dim),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

fn standing(row: &AccountRow) -> &'static str {
    match row {
        _ if !row.user.is_active => "disabled",
        _ if !row.user.is_approved => "waits for approval",
        _ if row.is_owner => "runs the server",
        _ if !row.has_password && row.uid.is_none() => "no password yet",
        _ => "may sign in",
    }
}
