//! The stream of events: that something has happened in a family, and nothing of what. Whoever
//! hears it pulls.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures::stream;
use http::header;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::access::{Connection, Door};
use super::caller::Caller;
use super::reply::{Asked, Failure, json};
use crate::desk::{Desk, DeskError, Sighting};
use crate::model::id::FamilyId;
use crate::model::membership::MembershipStatus;
use crate::wire::cursor::Cursor;
use crate::wire::presence::PresenceEvent;
use crate::wire::session::{HeadEvent, NextEvents};

/// How often a listener from outside is told that the line is alive: what is silent for longer is
/// taken for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// The longest that a listener may ask to wait.
const LONGEST: u64 = 25;

/// Server-sent events: one per family of the caller whose log has grown, and at first one for
/// each; one per family where others have come to a ticket or left it. Beside the store nothing is sent while nothing happens; that a listener is gone, its
/// socket tells.
pub async fn events(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    line: Line,
) -> Result<Response, Failure> {
    let telling = Telling::new(desk, caller, line);
    let stream = stream::unfold(telling, |mut telling| async move {
        let news = telling.next().await?;
        Some((Ok::<_, Infallible>(news), telling))
    });
    let head = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

#[derive(Deserialize)]
pub struct NextQuery {
    /// What the answer before this one said.
    #[serde(default)]
    seen: String,
    /// How long to wait for something to happen, in seconds.
    #[serde(default)]
    wait: u32,
}

/// The same for whom a stream does not reach: an answer once something has happened that was not
/// seen, or after a while.
pub async fn next(
    State(desk): State<Arc<Desk>>,
    Asked(query): Asked<NextQuery>,
    caller: Caller,
    line: Line,
) -> Result<Response, Failure> {
    let mut telling = Telling::new(desk, caller, line);
    let until = Instant::now() + Duration::from_secs(u64::from(query.wait).min(LONGEST));
    loop {
        telling.stirs.mark_unchanged();
        let mark = mark(&telling.heads().await?);
        if mark != query.seen || Instant::now() >= until {
            return Ok(json(&NextEvents { mark }));
        }
        tokio::select! {
            changed = telling.stirs.changed() => if changed.is_err() {
                return Err(DeskError::Stopping.into());
            },
            () = sleep_until(until) => {}
            () = telling.line.ends() => return Err(DeskError::Stopping.into()),
        }
    }
}

/// The line that a listener is at.
pub struct Line {
    /// Absent beside the store.
    stopping: Option<watch::Receiver<bool>>,
    is_outside: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Line {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Line, Infallible> {
        let connection = parts.extensions.get::<Connection>();
        Ok(Line {
            stopping: connection.map(|it| it.stopping.clone()),
            is_outside: matches!(parts.extensions.get(), Some(Door::Network)),
        })
    }
}

impl Line {
    /// Waits until the server is about to stop.
    async fn ends(&mut self) {
        match &mut self.stopping {
            Some(stopping) => {
                // Whoever could say so being gone says the same.
                let _ = stopping.wait_for(|it| *it).await;
            }
            None => std::future::pending().await,
        }
    }
}

/// Waits until it is time to say that the line is alive.
async fn silence(is_outside: bool) {
    if is_outside {
        sleep(ALIVE).await;
    } else {
        std::future::pending().await
    }
}

/// What one listener has been told.
struct Telling {
    desk: Arc<Desk>,
    stirs: watch::Receiver<u64>,
    caller: Caller,
    line: Line,
    /// Nothing before the first words.
    told: Option<Heads>,
}

/// How each family stands for a person.
type Heads = BTreeMap<FamilyId, Standing>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Standing {
    /// The ends of the logs that they pull: the family's and their own.
    head: Option<Cursor>,
    own: Option<Cursor>,
    /// Who else is at its tickets.
    present: Vec<Sighting>,
}

impl Telling {
    fn new(desk: Arc<Desk>, caller: Caller, line: Line) -> Telling {
        Telling {
            stirs: desk.stirs(),
            desk,
            caller,
            line,
            told: None,
        }
    }

    /// The next words; none where it can't be known any more what happens, or is not for the
    /// caller any more.
    async fn next(&mut self) -> Option<Bytes> {
        if self.told.is_none() {
            self.stirs.mark_unchanged();
            let heads = self.heads().await.ok()?;
            // Even where there is nothing to tell, so that the listener knows it is heard.
            let words = format!(": listening\n\n{}", words(&BTreeMap::new(), &heads));
            self.told = Some(heads);
            return Some(words.into());
        }
        loop {
            let is_outside = self.line.is_outside;
            let silent = tokio::select! {
                changed = self.stirs.changed() => {
                    changed.ok()?;
                    false
                }
                () = self.line.ends() => return None,
                () = silence(is_outside) => true,
            };
            let heads = self.heads().await.ok()?;
            let told = self.told.replace(heads.clone()).unwrap_or_default();
            let words = words(&told, &heads);
            if !words.is_empty() {
                return Some(words.into());
            }
            if silent {
                return Some(Bytes::from_static(b": ka\n\n"));
            }
        }
    }

    /// Asked each time, for whoever was logged out hears no more.
    async fn heads(&self) -> Result<Heads, DeskError> {
        if self.line.is_outside {
            self.desk.still(self.caller.login()).await?;
        }
        let session = self.desk.session(self.caller.user_id()).await?;
        let mut heads = Heads::new();
        for family in self.caller.bounded(session).families {
            let present = match family.status {
                MembershipStatus::Member => {
                    let me = self.caller.user_id();
                    self.desk.present(family.family_id, me).await?
                }
                MembershipStatus::Awaiting | MembershipStatus::Declined => Vec::new(),
            };
            let standing = Standing {
                head: family.head,
                own: family.own,
                present,
            };
            heads.insert(family.family_id, standing);
        }
        Ok(heads)
    }
}

/// What tells one state of the heads from another.
fn mark(heads: &Heads) -> String {
    let mut hasher = Sha256::new();
    for (family, Standing { head, own, present }) in heads {
        let cursor = |it: &Option<Cursor>| it.as_ref().map_or_else(String::new, Cursor::to_string);
        hasher.update(format!("{family} {} {}\n", cursor(head), cursor(own)));
        for it in present {
            hasher.update(format!("{} {} {}\n", it.ticket_id, it.user_id, it.number));
        }
    }
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}

/// The events for each family that stands otherwise than it was told.
fn words(told: &Heads, heads: &Heads) -> String {
    let (mut words, nowhere) = (String::new(), Standing::default());
    for (family, standing) in heads {
        let before = told.get(family);
        let ends = |it: &Standing| (it.head.clone(), it.own.clone());
        if before.map(ends) != Some(ends(standing)) {
            let (family, head) = (*family, standing.head.clone());
            words.push_str(&event("head", &HeadEvent { family, head }));
        }
        if before.unwrap_or(&nowhere).present != standing.present {
            words.push_str(&event("presence", &PresenceEvent { family: *family }));
        }
    }
    for family in told.keys().filter(|it| !heads.contains_key(it)) {
        let (family, head) = (*family, None);
        words.push_str(&event("head", &HeadEvent { family, head }));
    }
    words
}

fn event(name: &str, data: &impl Serialize) -> String {
    // What can't be written is nothing that could be told.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}
