//! A server as its people use it: reached, signed in to, and looked after.

pub mod accounts;
pub mod connect;
pub mod keys;
pub mod login;
pub mod sessions;

use crate::model::source::Timestamp;
use crate::text::age;

/// A moment as a list shows it.
fn moment(at: Timestamp, now: Timestamp) -> String {
    age::moment(at.0, now.0, &jiff::tz::TimeZone::system())
}
