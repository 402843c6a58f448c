//! What is on its way and takes a while, for whoever watches.

use std::fmt;

use crate::text::plural::grouped;
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
    /// The same, of which all has come.
    FamilyWhole(String),
}

impl Transfer {
    /// The family that is being fetched, by its name.
    pub fn family(&self) -> Option<&str> {
        match &self.what {
            Freight::Family(name) | Freight::FamilyWhole(name) => Some(name),
            Freight::FileOut(_) | Freight::FileIn(_) => None,
        }
    }
}

/// `sending film.mp4: 12 MiB of 20 MiB`.
impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, total) = (self.done, self.total);
        let (verb, what) = match &self.what {
            Freight::FileOut(name) if name.is_empty() => ("sending", "a long text"),
            Freight::FileOut(name) => ("sending", name.as_str()),
            Freight::FileIn(name) => ("fetching", name.as_str()),
            Freight::Family(name) => {
                write!(f, "fetching {name}: {}", grouped(done))?;
                // What one takes part in elsewhere was not counted before.
                if done < total {
                    write!(f, " of {}", grouped(total))?;
                }
                return f.write_str(" tickets");
            }
            Freight::FamilyWhole(name) => {
                return write!(f, "putting {name} in place: {} tickets", grouped(done));
            }
        };
        write!(f, "{verb} {what}: {} of {}", size(done), size(total))
    }
}
