//! Records of the audit as lines: when, who, on what, and what changed.

use super::Out;
use super::grid::{Cell, Grid, Tint};
use crate::cli::failure::Result;
use crate::model::audit::AuditRecord;
use crate::tell::Teller;

/// Columns left of what a record changed.
const INDENT: usize = 4;

/// The records, one a row; of one ticket alone, it need not be named on each.
pub fn records(records: &[AuditRecord], teller: &Teller<'_>, of_ticket: bool) -> Grid {
    let mut grid = if of_ticket {
        Grid::new(&["seq", "time", "who", "what"], 3)
    } else {
        Grid::new(&["seq", "time", "who", "on", "what"], 4)
    };
    for record in records {
        let told = teller.record(record);
        let mut row = vec![
            Cell::new(record.seq).tint(Tint::Dim),
            Cell::new(teller.moment(record.time)),
            Cell::new(told.who),
        ];
        if !of_ticket {
            row.push(Cell::new(told.on));
        }
        row.push(Cell::new(told.what));
        grid.row(row);
    }
    grid
}

/// The same with what each changed below it, before and after.
pub fn with_changes(
    out: &mut Out,
    (records, teller): (&[AuditRecord], &Teller<'_>),
    of_ticket: bool,
) -> Result<()> {
    for record in records {
        let told = teller.record(record);
        let moment = teller.moment(record.time);
        let on = match of_ticket {
            true => String::new(),
            false => format!("{}  ", told.on),
        };
        let head = format!("{}  {moment}  {}  {on}{}", record.seq, told.who, told.what);
        out.tinted(Tint::Bold, head)?;
        out.drawn(INDENT, |columns| told.details(columns))?;
    }
    Ok(())
}
