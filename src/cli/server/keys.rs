//! `famdesk api-keys`: keys with which programs act for somebody.

use super::{meant, moment};
use crate::cli::args::{ApiKeysDeed, NewKeyArgs};
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::{Cell, Grid, Tint};
use crate::model::login::KeyScope;
use crate::wire::login::{KeyRow, NewKey};

pub async fn keys(errand: &mut Errand, deed: Option<ApiKeysDeed>) -> Result<Exit> {
    match deed {
        None | Some(ApiKeysDeed::List) => list(errand).await,
        Some(ApiKeysDeed::Create(new)) => create(errand, new).await,
        Some(ApiKeysDeed::Revoke { id }) => {
            let client = errand.station.client();
            let rows = client.keys().await?;
            let words = |row: &KeyRow| (row.key_id.to_string(), row.key_name.clone());
            let row = meant(&rows, &id, words, "famdesk api-keys")?;
            client.revoke_key(row.key_id).await?;
            errand.out.line(format!("{} works no more", row.key_name))?;
            Ok(Exit::Done)
        }
    }
}

async fn create(errand: &mut Errand, args: NewKeyArgs) -> Result<Exit> {
    let new = NewKey {
        key_name: args.name,
        family_id: errand.family().await?.family_id,
        scope: args.scope.unwrap_or(KeyScope::Read),
        days: args.days,
    };
    let made = errand.station.client().create_key(&new).await?;
    if errand.out.is_json() {
        errand.out.json(&made)?;
        return Ok(Exit::Done);
    }
    let until = moment(made.row.expires, errand.now());
    errand.out.line(format!(
        "this key works until {until}; it is shown this once:"
    ))?;
    errand.out.line(format!("  {}", made.token.0))?;
    Ok(Exit::Done)
}

async fn list(errand: &mut Errand) -> Result<Exit> {
    let rows = errand.station.client().keys().await?;
    if errand.out.is_json() {
        errand.out.json(&rows)?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let families = errand.families().await?;
    let mut grid = Grid::new(&["key", "family", "may", "last used", "until", "id"], 5);
    for row in &rows {
        let family = families.iter().find(|it| it.family_id == row.family_id);
        let used = row.last_used.map(|at| moment(at, now));
        grid.row(vec![
            Cell::new(row.key_name.clone()),
            Cell::new(family.map_or_else(String::new, |it| it.family_name.clone())),
            Cell::new(row.scope.as_str()),
            Cell::new(used.unwrap_or_else(|| "never".to_owned())),
            Cell::new(moment(row.expires, now)),
            Cell::new(row.key_id.to_string()).tint(Tint::Dim),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}
