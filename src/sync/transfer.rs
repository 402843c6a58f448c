//! What is on its way and takes a while, for whoever watches.

use std::fmt;

use crate::text::size;

/// How far something has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub what: Freight,
    /// So much of so much: bytes of files, tickets of families.
    pub done: u64,
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freight {
    /// A file, by its name; a long text has none.
    FileOut(String),
    FileIn(String),
    /// A family as it is now, by its name.
    Family(String),
}

/// `sending film.mp4: 12 MiB of 20 MiB`.
impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, total) = (self.done, self.total);
        let (verb, what) = match &self.what {
            Freight::FileOut(name) if name.is_empty() => ("sending", "a long text"),
            Freight::FileOut(name) => ("sending", name.as_str()),
            Freight::FileIn(name) => ("fetching", name.as_str()),
            Freight::Family(name) if done < total => {
                return write!(f, "fetching {name}: {done} of {total} tickets");
            }
            // What one takes part in elsewhere was not counted before.
            Freight::Family(name) => return write!(f, "fetching {name}: {done} tickets"),
        };
        write!(f, "{verb} {what}: {} of {}", size(done), size(total))
    }
}
