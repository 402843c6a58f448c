//! Where the time and fresh ids come from. Handed in as a value, so that tests are exact.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A moment, in whole seconds since 1970-01-01T00:00:00Z. What happens within one second is
/// ordered by its sequence number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// One minute, hour and day, in seconds.
pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// The moment so many seconds later (earlier, if negative).
    pub fn plus(self, seconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(seconds))
    }

    /// How many seconds lie between an earlier moment and this one.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A clock and a mint of ids.
pub trait Source: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// A fresh UUID of version 7, later than every one given before.
    fn fresh(&self) -> Uuid;
}

/// A source that stands still until it is told to move, and whose ids count up from a seed:
/// the same calls give the same values on every run.
#[derive(Debug)]
pub struct FixedSource {
    now: AtomicI64,
    next: AtomicU64,
    seed: u16,
}

impl FixedSource {
    /// A source at the given moment; sources with different seeds never give the same id.
    pub fn new(now: Timestamp, seed: u16) -> FixedSource {
        FixedSource {
            now: AtomicI64::new(now.0),
            next: AtomicU64::new(0),
            seed,
        }
    }

    /// Moves the clock on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.0, Ordering::SeqCst);
    }
}

impl Source for FixedSource {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn fresh(&self) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::SeqCst);
        let mut tail = [0; 10];
        // The version and variant bits overwrite the top bits of bytes 0 and 2.
        tail[3..5].copy_from_slice(&self.seed.to_be_bytes());
        tail[5..].copy_from_slice(&count.to_be_bytes()[3..]);
        let millis = u64::try_from(self.now().0)
            .unwrap_or(0)
            .saturating_mul(1000);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}
