//! `famdesk sessions`: the devices that one is signed in on.

use super::moment;
use crate::cli::args::SessionsDeed;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::{Cell, Grid, Tint};

pub async fn sessions(errand: &mut Errand, deed: Option<SessionsDeed>) -> Result<Exit> {
    match deed {
        None | Some(SessionsDeed::List) => list(errand).await,
        Some(SessionsDeed::Revoke { id }) => {
            errand.station.client().revoke_session(&id).await?;
            errand.out.line("that device is signed out")?;
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
    let mut grid = Grid::new(&["device", "last used", "until", "id"], 0);
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
