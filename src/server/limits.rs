//! How much of the server one sign-in, one person, one family and all together may have, and how
//! long a request from outside may take.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::access::family_in;
use super::caller::Caller;
use super::pace::Pace;
use super::places::{Place, Places};
use super::reply::Failure;
use super::routes::Cost;
use crate::desk::Desk;
use crate::model::id::{FamilyId, NotAnId};
use crate::model::source::Timestamp;
use crate::wire::problem::{Problem, ProblemKind};

/// How many requests a second one sign-in or key may make, unless told otherwise, and how many
/// seconds' worth at once after a rest.
pub const USUAL_PACE: u32 = 20;
const REST: u32 = 3;

/// How many commands a second one device may give, and at once: a laptop that was away for long.
const COMMANDS: (u32, u32) = (50, 500);

/// The same for all of a family together, so that none starves another.
const COMMANDS_OF_FAMILY: (u32, u32) = (200, 2_000);

/// Every limit, with what is used up of each.
#[derive(Debug)]
pub struct Limits {
    requests: Pace,
    commands: Pace,
    of_family: Pace,
    places: Arc<Places>,
}

impl Limits {
    /// With so many requests a second; as many requests and commands as come where it is 0.
    pub fn of(pace: u32) -> Limits {
        let unless_off = |(rate, most)| match pace {
            0 => Pace::of(0, 0),
            _ => Pace::of(rate, most),
        };
        Limits {
            requests: Pace::of(pace, pace.saturating_mul(REST)),
            commands: unless_off(COMMANDS),
            of_family: unless_off(COMMANDS_OF_FAMILY),
            places: Arc::default(),
        }
    }

    /// How many of so many commands may be given now; they count as given.
    ///
    /// # Errors
    /// [`ProblemKind::TooMany`] where that is none, with when to go on.
    pub(super) fn commands(
        &self,
        caller: &Caller,
        (family_id, wanted): (FamilyId, usize),
        now: Timestamp,
    ) -> Result<usize, Failure> {
        let (who, family) = (caller.credential(), family_id.to_string());
        let left = [
            self.commands.left(&who, now),
            self.of_family.left(&family, now),
        ];
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let count = left.into_iter().min().unwrap_or_default().min(wanted);
        if count == 0 && wanted > 0 {
            return Err(self.too_many_commands().into());
        }
        self.commands.spend(&who, count, now);
        self.of_family.spend(&family, count, now);
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// What is said of the commands that were too many.
    pub(super) fn too_many_commands(&self) -> Problem {
        let (rate, most) = (self.commands.rate, self.commands.most);
        later(format!(
            "at most {rate} changes a second, and {most} at once after a rest; the others are \
             sent by themselves in a moment"
        ))
    }

    fn request(
        &self,
        caller: &Caller,
        changes: Option<FamilyId>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let who = caller.credential();
        if self.requests.left(&who, now) == 0 {
            let (rate, most) = (self.requests.rate, self.requests.most);
            return Err(later(format!(
                "at most {rate} requests a second, and {most} at once after a rest; wait a second"
            ))
            .into());
        }
        self.requests.spend(&who, 1, now);
        if let Some(family_id) = changes {
            self.commands(caller, (family_id, 1), now)?;
        }
        Ok(())
    }

    fn place(&self, cost: Cost, caller: &Caller, path: &str) -> Result<Option<Place>, Failure> {
        let caps = caps(cost, caller, family_in(path));
        if caps.is_empty() {
            return Ok(None);
        }
        match self.places.take(caps) {
            Some(place) => Ok(Some(place)),
            None => Err(later("too many of these at once; wait a second".to_owned()).into()),
        }
    }
}

/// Lets a request through if it keeps within the limits, where there are any.
pub(super) async fn admit(
    State((desk, cost)): State<(Arc<Desk>, Cost)>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let known = request.extensions();
    let (Some(limits), Some(caller)) = (known.get::<Arc<Limits>>(), known.get::<Caller>()) else {
        return Ok(next.run(request).await);
    };
    let path = request.uri().path();
    if cost == Cost::Request {
        let changes = match request.method().is_safe() {
            true => None,
            false => family_in(path).and_then(Result::ok),
        };
        limits.request(caller, changes, desk.source().now())?;
    }
    let place = limits.place(cost, caller, path)?;
    let response = next.run(request).await;
    Ok(match place {
        Some(place) => place.until_sent(response),
        None => response,
    })
}

/// How many of a kind there may be at once: of one sign-in, of one person, of one family and in all.
/// Whoever listens keeps a connection, of which there are not many.
fn caps(
    cost: Cost,
    caller: &Caller,
    family: Option<Result<FamilyId, NotAnId>>,
) -> Vec<(String, usize)> {
    let (kind, of_sign_in, of_person, of_family, of_all) = match cost {
        Cost::Request | Cost::Sync | Cost::Commands => return Vec::new(),
        Cost::Stream => ("streams", 1, 8, None, ("listeners", 160)),
        Cost::Wait => ("waits", 4, 16, None, ("listeners", 160)),
        Cost::Snapshot => ("snapshots", 2, 4, Some(8), ("snapshots", 16)),
        Cost::Blob => ("blobs", 4, 8, Some(8), ("blobs", 16)),
    };
    let mut caps = vec![
        (format!("{kind} of {}", caller.credential()), of_sign_in),
        (format!("{kind} of person {}", caller.user_id()), of_person),
        (format!("all {}", of_all.0), of_all.1),
    ];
    if let (Some(most), Some(Ok(family_id))) = (of_family, family) {
        caps.push((format!("{kind} of family {family_id}"), most));
    }
    caps
}

fn later(detail: String) -> Problem {
    Problem {
        retry_after: Some(1),
        ..Problem::new(ProblemKind::TooMany, detail)
    }
}

/// Answers a request that takes too long to come in, or to be answered. What was committed by then
/// stays; the same request again finds out.
pub async fn in_time(
    State(patience): State<Duration>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match timeout(patience, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => {
            let detail = format!(
                "the request took longer than {} seconds; try it again",
                patience.as_secs()
            );
            Err(Problem::new(ProblemKind::Busy, detail).into())
        }
    }
}
