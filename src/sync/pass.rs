//! One pass: push until nothing waits, pull until nothing is new.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::model::command::Command;
use crate::model::entity::EntityKey;
use crate::model::id::{DeviceId, FamilyId};
use crate::model::membership::MembershipStatus;
use crate::model::record::Record;
use crate::remote::client::{CallError, Client};
use crate::replica::worker::{Stopped, Worker};
use crate::replica::{Replica, ReplicaError};
use crate::table::blobs::{BlobError, BlobStore};
use crate::wire::problem::ProblemKind;
use crate::wire::session::{Limits, Session};
use crate::wire::sync::{Pull, Push, Pushed};

/// How many records of the log are pulled at once.
const PULL_LIMIT: usize = 500;

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Commands that were sent.
    pub pushed: usize,
    /// Records that were pulled.
    pub pulled: usize,
    /// Commands that were refused, and now wait for the person.
    pub refused: usize,
}

impl Passed {
    /// Whether anything is not as it was before the pass.
    pub fn changed(&self) -> bool {
        self.pulled > 0 || self.refused > 0
    }
}

/// Why a pass did not come to its end. Nothing is lost: what waits is still in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The rows that the log leans on could not be had.
    #[error("the local copy of a family is missing rows; run `famdesk rebuild`")]
    MissingRows,
}

/// What a pass works with.
pub(super) struct Pass<'a> {
    pub client: &'a Client,
    pub replica: &'a Worker<Replica>,
    pub texts: &'a BlobStore,
    pub device: DeviceId,
    /// The session as the replica knows it.
    pub noted: &'a Mutex<Option<Session>>,
}

impl Pass<'_> {
    /// Pushes and pulls every family of this person.
    pub(super) async fn run(&self) -> Result<Passed, SyncError> {
        let mut passed = Passed::default();
        let waiting = self.replica.run(|it| it.families_to_push()).await??;
        for family_id in waiting {
            self.push(family_id, &mut passed).await?;
        }
        let session = self.client.session().await?;
        self.note(&session).await?;
        for standing in session.families {
            if standing.status == MembershipStatus::Member {
                self.pull(standing.family_id, &mut passed).await?;
            }
        }
        Ok(passed)
    }

    /// Remembers where this person stands, if that is news: it costs a commit.
    async fn note(&self, session: &Session) -> Result<(), SyncError> {
        let mut still = session.clone();
        for standing in &mut still.families {
            standing.head = None;
        }
        if *self.lock() == Some(still.clone()) {
            return Ok(());
        }
        let noted = still.clone();
        self.replica
            .run(move |it| it.note_session(&noted))
            .await??;
        *self.lock() = Some(still);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn push(&self, family_id: FamilyId, passed: &mut Passed) -> Result<(), SyncError> {
        let limits = Limits::default();
        loop {
            let batch = self
                .replica
                .run(move |it| it.next_batch(family_id, limits.max_batch))
                .await??;
            let batch = few_enough(batch);
            if batch.is_empty() {
                return Ok(());
            }
            self.send_blobs(family_id, &batch).await?;
            let push = Push {
                device: self.device,
                commands: batch,
            };
            let reply = self.client.push(family_id, &push).await?;
            passed.pushed += reply.results.len();
            let problem = reply.problem.clone();
            self.replica
                .run(move |it| it.note_verdicts(family_id, &reply))
                .await??;
            if let Some(problem) = problem {
                return Err(CallError::Problem(Box::new(problem)).into());
            }
        }
    }

    /// A command may only name a blob that the backend has.
    async fn send_blobs(&self, family_id: FamilyId, batch: &[Pushed]) -> Result<(), SyncError> {
        let commands = batch.iter().map(|pushed| &pushed.command);
        for blob in commands.flat_map(|command: &Command| command.body.blobs()) {
            if self.client.has_blob(family_id, &blob.sha256).await? {
                continue;
            }
            let bytes = self.texts.get(&blob.sha256)?;
            self.client
                .put_blob(family_id, &blob.sha256, Bytes::from(bytes))
                .await?;
        }
        Ok(())
    }

    async fn pull(&self, family_id: FamilyId, passed: &mut Passed) -> Result<(), SyncError> {
        loop {
            let place = self.replica.run(move |it| it.place(family_id)).await??;
            let cursor = place.map(|(cursor, _)| cursor);
            let pulled = self
                .client
                .pull(family_id, self.device, cursor.as_ref(), PULL_LIMIT)
                .await;
            let pull = match pulled {
                Err(error) if error.kind() == Some(ProblemKind::HistoryDiverged) => {
                    self.bootstrap(family_id).await?;
                    continue;
                }
                other => other?,
            };
            let more = pull.more;
            passed.pulled += pull.events.len();
            passed.refused += self.take_in(family_id, pull).await?;
            self.fetch_texts(family_id).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Takes a page of the log in; what it leans on and is not here is fetched first.
    async fn take_in(&self, family_id: FamilyId, pull: Pull) -> Result<usize, SyncError> {
        let page = Arc::new(pull);
        let shared = Arc::clone(&page);
        let applied = self
            .replica
            .run(move |it| it.apply_pull(family_id, &shared))
            .await??;
        if applied.missing.is_empty() {
            return Ok(applied.rejected.len());
        }
        let rows = self.client.rows(family_id, &applied.missing).await?;
        let mut pull = Arc::unwrap_or_clone(page);
        let found: HashSet<EntityKey> = rows.iter().map(Record::key).collect();
        pull.shown.extend(rows);
        pull.hidden
            .extend(applied.missing.iter().filter(|key| !found.contains(key)));
        let applied = self
            .replica
            .run(move |it| it.apply_pull(family_id, &pull))
            .await??;
        if applied.missing.is_empty() {
            Ok(applied.rejected.len())
        } else {
            Err(SyncError::MissingRows)
        }
    }

    /// Takes the family as it is now in place of what was here; the outbox stays.
    pub(super) async fn bootstrap(&self, family_id: FamilyId) -> Result<(), SyncError> {
        self.replica
            .run(move |it| it.apply_snapshot_begin(family_id))
            .await??;
        let mut token: Option<String> = None;
        loop {
            let page = self.client.snapshot(family_id, token.as_deref()).await?;
            token = page.next.clone();
            self.replica
                .run(move |it| it.apply_snapshot_page(family_id, &page))
                .await??;
            if token.is_none() {
                self.replica
                    .run(move |it| it.apply_snapshot_finish(family_id))
                    .await??;
                return self.fetch_texts(family_id).await;
            }
        }
    }

    /// Gets the long texts whose rows have arrived, so that they can be read and searched.
    async fn fetch_texts(&self, family_id: FamilyId) -> Result<(), SyncError> {
        let wanted = self.replica.run(|it| it.wanted_blobs()).await??;
        for sha256 in wanted {
            if !self.texts.contains(&sha256)? {
                let bytes = self.client.get_blob(family_id, &sha256).await?;
                self.texts.put(&bytes)?;
            }
            self.replica
                .run(move |it| it.blob_arrived(&sha256))
                .await??;
        }
        Ok(())
    }
}

/// An import is as much as a request should hold, so it goes alone.
fn few_enough(mut batch: Vec<Pushed>) -> Vec<Pushed> {
    let large = |pushed: &Pushed| !pushed.command.body.is_optimistic();
    let few = match batch.iter().position(large) {
        Some(0) => 1,
        Some(first) => first,
        None => batch.len(),
    };
    batch.truncate(few);
    batch
}
