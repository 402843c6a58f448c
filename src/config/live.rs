//! The machine's own clock and random ids.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::model::source::{Source, Timestamp};

/// The real thing.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveSource;

impl Source for LiveSource {
    fn now(&self) -> Timestamp {
        let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            // A clock set before 1970 is wrong, but no reason to stop.
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        };
        Timestamp(seconds)
    }

    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}
