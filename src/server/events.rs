//! The stream of events: that something has happened in a family, and nothing of what. Whoever
//! hears it pulls.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header;
use tokio::sync::watch;

use super::caller::Caller;
use super::reply::Failure;
use crate::desk::{Desk, DeskError};
use crate::model::id::{FamilyId, UserId};
use crate::wire::cursor::Cursor;
use crate::wire::session::HeadEvent;

/// Server-sent events: one per family of the caller whose log has grown, and at first one for
/// each. Nothing is sent while nothing happens; that a listener is gone, its socket tells.
pub async fn events(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Failure> {
    let telling = Telling {
        commits: desk.commits(),
        user_id: caller.user_id(),
        desk,
        told: None,
    };
    let stream = stream::unfold(telling, |mut telling| async move {
        let news = telling.next().await?;
        Some((Ok::<_, std::convert::Infallible>(news), telling))
    });
    let head = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

/// What one listener has been told.
struct Telling {
    desk: Arc<Desk>,
    commits: watch::Receiver<u64>,
    user_id: UserId,
    /// Nothing before the first words.
    told: Option<BTreeMap<FamilyId, Option<Cursor>>>,
}

impl Telling {
    /// The next words; none where it can't be known any more what happens.
    async fn next(&mut self) -> Option<Bytes> {
        if self.told.is_none() {
            self.commits.mark_unchanged();
            let heads = self.heads().await.ok()?;
            // Even where there is nothing to tell, so that the listener knows it is heard.
            let words = format!(": listening\n\n{}", words(&BTreeMap::new(), &heads));
            self.told = Some(heads);
            return Some(words.into());
        }
        loop {
            self.commits.changed().await.ok()?;
            let heads = self.heads().await.ok()?;
            let told = self.told.replace(heads.clone()).unwrap_or_default();
            let words = words(&told, &heads);
            if !words.is_empty() {
                return Some(words.into());
            }
        }
    }

    async fn heads(&self) -> Result<BTreeMap<FamilyId, Option<Cursor>>, DeskError> {
        let session = self.desk.session(self.user_id).await?;
        let heads = session.families.into_iter();
        Ok(heads.map(|it| (it.family_id, it.head)).collect())
    }
}

/// An event for each family that stands otherwise than it was told.
fn words(
    told: &BTreeMap<FamilyId, Option<Cursor>>,
    heads: &BTreeMap<FamilyId, Option<Cursor>>,
) -> String {
    let mut words = String::new();
    let gone = told.keys().filter(|it| !heads.contains_key(it));
    let news = heads.iter().filter(|(it, head)| told.get(it) != Some(head));
    let gone = gone.map(|family| (*family, None));
    for (family, head) in news.map(|(it, head)| (*it, head.clone())).chain(gone) {
        if let Ok(data) = serde_json::to_string(&HeadEvent { family, head }) {
            // Writing to a text can't fail.
            let _ = write!(words, "event: head\ndata: {data}\n\n");
        }
    }
    words
}
