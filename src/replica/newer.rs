//! What a newer version of the program wrote and this one passed over. It is still with the
//! backend; once another version of the program runs, the family is fetched anew.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::sql::count;
use super::{Replica, Result, tally};
use crate::model::id::FamilyId;

/// What was passed over of a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The version of the program that could not read it.
    by: String,
    /// How many records and entities.
    pub items: usize,
}

impl PassedOver {
    /// Whether the program that runs is another than the one that could not read it.
    pub fn may_be_read_now(&self) -> bool {
        self.by != THIS
    }
}

const THIS: &str = env!("CARGO_PKG_VERSION");

impl Replica {
    /// What of the family is not here because this program or one before it could not read it.
    pub fn passed_over(&self, family_id: FamilyId) -> Result<Option<PassedOver>> {
        match tally::family_number(&self.conn, family_id)? {
            Some(fam) => passed_over(&self.conn, fam),
            None => Ok(None),
        }
    }

    /// How much was passed over of all families.
    pub(super) fn passed_over_in_all(&self) -> Result<u64> {
        let sql = "SELECT ifnull(sum(json_extract(value, '$.items')), 0)
                   FROM meta WHERE key LIKE 'newer %'";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| Ok(count(row.get(0)?)))?)
    }
}

fn passed_over(conn: &Connection, fam: i64) -> Result<Option<PassedOver>> {
    let sql = "SELECT value FROM meta WHERE key = 'newer ' || ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let found: Option<String> = statement.query_row([fam], |row| row.get(0)).optional()?;
    Ok(found.and_then(|json| serde_json::from_str(&json).ok()))
}

/// So much more was passed over.
pub(super) fn add(conn: &Connection, fam: i64, items: usize) -> Result<()> {
    if items == 0 {
        return Ok(());
    }
    let before = passed_over(conn, fam)?.map_or(0, |it| it.items);
    set(conn, fam, before + items)
}

/// So much was passed over of all that there is.
pub(super) fn set(conn: &Connection, fam: i64, items: usize) -> Result<()> {
    if items == 0 {
        conn.prepare_cached("DELETE FROM meta WHERE key = 'newer ' || ?1")?
            .execute([fam])?;
        return Ok(());
    }
    let here = PassedOver {
        by: THIS.to_owned(),
        items,
    };
    conn.prepare_cached("REPLACE INTO meta VALUES ('newer ' || ?1, ?2)")?
        .execute(params![fam, serde_json::to_string(&here)?])?;
    Ok(())
}
