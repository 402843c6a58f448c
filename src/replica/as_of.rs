//! What is kept at hand between one question and the next, for as long as nothing has changed.

use std::cell::RefCell;

use rusqlite::Connection;

use super::Result;

/// What changes with every commit: of others, and of this connection.
type Moment = (i64, u64);

/// Something read when it is first needed, and anew after every change.
#[derive(Debug)]
pub(super) struct AsOf<T>(RefCell<Option<(Moment, T)>>);

impl<T> Default for AsOf<T> {
    fn default() -> AsOf<T> {
        AsOf(RefCell::default())
    }
}

impl<T> AsOf<T> {
    /// Looks at it as it is now. What is there may be no use to who looks; then it is read anew.
    pub(super) fn look<R>(
        &self,
        conn: &Connection,
        serves: impl Fn(&T) -> bool,
        read: impl FnOnce(&Connection) -> Result<T>,
        look: impl FnOnce(&T) -> R,
    ) -> Result<R> {
        let mut known = self.0.borrow_mut();
        let now = moment(conn)?;
        if let Some((as_of, value)) = &*known
            && *as_of == now
            && serves(value)
        {
            return Ok(look(value));
        }
        let (_, value) = known.insert((now, read(conn)?));
        Ok(look(value))
    }
}

fn moment(conn: &Connection) -> Result<Moment> {
    let others = conn.pragma_query_value(None, "data_version", |row| row.get(0))?;
    Ok((others, conn.total_changes()))
}
