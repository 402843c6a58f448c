//! A server as its people use it: reached, signed in to, and looked after.

pub mod accounts;
pub mod connect;
pub mod keys;
pub mod login;
pub mod sessions;

use super::failure::{Failure, Result};
use crate::config::zone_of_machine;
use crate::model::source::Timestamp;
use crate::text::age;

/// A moment as a list shows it.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    age::moment(at.0, now.0, &zone_of_machine())
}

/// The one of a list that is meant: by its id, the beginning of it, or its name.
pub fn meant<'a, T>(
    rows: &'a [T],
    wanted: &str,
    words: impl Fn(&T) -> (String, String),
    list: &str,
) -> Result<&'a T> {
    let wanted = wanted.trim().to_lowercase();
    let wanted = wanted.trim_end_matches('…');
    let is_meant = |row: &&T| {
        let (id, name) = words(row);
        id.starts_with(wanted) || name.to_lowercase() == wanted
    };
    let found: Vec<&T> = rows.iter().filter(is_meant).collect();
    match found.as_slice() {
        [one] if !wanted.is_empty() => Ok(*one),
        [] => Err(Failure::refused(format!(
            "nothing there is called `{wanted}`; `{list}` lists them"
        ))),
        _ => Err(Failure::refused(format!(
            "several are called `{wanted}`; give more of the id that `{list}` shows"
        ))),
    }
}
