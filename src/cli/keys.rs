//! `famdesk keys`: the screen's actions and the keys that run them, with the person's own.

use super::args::Globals;
use super::failure::Result;
use super::house::Setting;
use super::print::{Cell, Grid, Out};
use super::screen::keys_of;
use crate::app::registry::actions;

pub fn keys(setting: &Setting, globals: &Globals) -> Result<()> {
    let map = keys_of(setting)?;
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    let mut grid = Grid::new(&["keys", "action", "where", "what it does"], 3);
    let mut all = Vec::new();
    for row in actions() {
        let keys = map.keys_of(row, row.contexts);
        let places: Vec<&str> = row.contexts.iter().map(|it| it.word()).collect();
        grid.row(vec![
            Cell::new(keys.join(" or ")),
            Cell::new(row.name),
            Cell::new(places.join(", ")),
            Cell::new(row.help),
        ]);
        all.push(serde_json::json!({
            "action": row.name,
            "keys": keys,
            "contexts": places,
            "help": row.help,
        }));
    }
    if out.is_json() {
        out.json(&all)?;
    } else {
        out.grid(&grid)?;
    }
    out.finish()
}
