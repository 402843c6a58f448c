//! `famdesk sessions`: the devices that one is signed in on.

use super::{meant, moment};
use crate::cli::args::SessionsDeed;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::{Cell, Grid, Tint};
use crate::model::audit::AuditRecord;
use crate::wire::login::SessionRow;

pub async fn sessions(errand: &mut Errand, deed: Option<SessionsDeed>) -> Result<Exit> {
    match deed {
        None | Some(SessionsDeed::List) => list(errand).await,
        Some(SessionsDeed::Log { limit }) => log(errand, limit).await,
        Some(SessionsDeed::Revoke { id }) => {
            let client = errand.station.client();
            let rows = client.sessions().await?;
            let words = |row: &SessionRow| (row.session_id.to_string(), row.device_name.clone());
            let row = meant(&rows, &id, words, "famdesk sessions")?;
            client.revoke_session(row.session_id).await?;
            errand
                .out
                .line(format!("{} is signed out", row.device_name))?;
            Ok(Exit::Done)
        }
    }
}

async fn list(errand: &mut Errand) -> Result<Exit> {
    let rows = errand.station.client().sessions().await?;
    if errand.out.is_json() {
        errand.out.json(&rows)?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let mut grid = Grid::new(&["device", "last used", "until", "id"], 3);
    for row in &rows {
        let name = &row.device_name;
        grid.row(vec![
            Cell::new(if row.is_this {
                format!("{name} (this one)")
            } else {
                name.clone()
            }),
            Cell::new(moment(row.last_used, now)),
            Cell::new(moment(row.expires, now)),
            Cell::new(row.session_id.to_string()).tint(Tint::Dim),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

/// What was done to one's login, newest last.
async fn log(errand: &mut Errand, limit: usize) -> Result<Exit> {
    let records = errand.station.client().login_log(limit).await?;
    if errand.out.is_json() {
        errand.out.json(&records)?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let me = errand.station.me();
    let mut grid = Grid::new(&["when", "what", "by", "more"], 3);
    for record in &records {
        let by = if record.actor_user_id == me {
            "you".to_owned()
        } else {
            record.actor_user_id.to_string()
        };
        grid.row(vec![
            Cell::new(moment(record.time, now)),
            Cell::new(words(&record.command_type)),
            Cell::new(by).tint(Tint::Dim),
            Cell::new(more(record)),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

fn words(deed: &str) -> &str {
    match deed {
        "session.create" => "signed in",
        "session.refused" => "wrong password",
        "session.revoke" => "signed out",
        "password.change" => "password changed",
        "code.create" => "code made",
        "code.redeem" => "code used",
        "key.create" => "key made",
        "key.revoke" => "key revoked",
        "user.create" => "account made",
        "user.claim" => "account claimed",
        "user.set" => "account changed",
        "user.uid" => "machine login set",
        other => other,
    }
}

/// The device, the key or the place that it is about.
fn more(record: &AuditRecord) -> String {
    let after = record.after.as_ref();
    let named = ["device_name", "key_name", "from"]
        .into_iter()
        .find_map(|field| {
            let value = after.and_then(|it| it.get(field));
            value.and_then(|it| it.as_str())
        });
    named.unwrap_or_default().to_owned()
}
