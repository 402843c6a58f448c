//! A person at their local store: what the screen and the command line both work through. Reads
//! come from the replica; writes go to the replica and its outbox in one transaction; a pass of
//! sync carries them on. There is no other way to the desk.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{MutexGuard, OnceCell, watch};

use crate::config::drive::NetworkDrive;
use crate::config::work::Work;
use crate::model::audit::sha256_hex;
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, FamilyId, UserId};
use crate::model::long_text::{INLINE_LIMIT, LongText};
use crate::model::source::Source;
use crate::remote::client::{CallError, Client};
use crate::replica::resolve::Decider;
use crate::replica::view::{Answer, Deed, Draft, DraftKey, OnDisk, Question, Resolution, Turned};
use crate::replica::worker::{Stopped, Worker};
use crate::replica::{Giver, Replica, ReplicaError, SubmitError, Turn, TurnError};
use crate::table::blobs::{BlobError, BlobStore};
use crate::wire::presence::Present;
use crate::wire::session::{AuditCheck, Introduction, Session};

use super::baton::Baton;
use super::disk::Disk;
use super::elsewhere::Elsewhere;
use super::pass::{Pass, Passed, SyncError};
use super::transfer::Transfer;

/// How long another program's pass is waited for: by whoever has something to send, and by whoever
/// only wants to read.
const TURN_PATIENCE: Duration = Duration::from_secs(10);
const READ_PATIENCE: Duration = Duration::from_millis(300);

/// A person, their replica and the way to their backend.
pub struct Station {
    client: Client,
    /// Writes and follows the log.
    writer: Worker<Replica>,
    /// Answers the screen without waiting for writes.
    reader: Worker<Replica>,
    texts: BlobStore,
    /// Files that wait to be sent.
    pub(super) files: Arc<BlobStore>,
    pub(super) transfers: watch::Sender<Option<Transfer>>,
    /// Who else was at which ticket when the backend was asked last.
    present: watch::Sender<Vec<Present>>,
    /// What passes did that failed in the end, until somebody is told.
    so_far: Mutex<Passed>,
    source: Arc<dyn Source>,
    me: UserId,
    folder: PathBuf,
    drive: Option<NetworkDrive>,
    /// One pass at a time in this program,
    passing: tokio::sync::Mutex<()>,
    /// and among all that share the replica.
    baton: Baton,
    disk: Arc<Disk>,
    /// Listens to the others, once somebody wants to know.
    elsewhere: OnceCell<Option<Elsewhere>>,
    /// Whether this program has noted a session.
    has_noted: AtomicBool,
}

/// What a station is made of.
pub struct Parts {
    pub client: Client,
    /// Opens the replica to write; what is only read never needs it.
    pub writer: Box<dyn FnOnce() -> Result<Replica, ReplicaError> + Send>,
    pub reader: Replica,
    pub texts: BlobStore,
    /// Files that wait to be sent.
    pub files: BlobStore,
    pub source: Arc<dyn Source>,
    pub me: UserId,
    /// Where the replica is,
    pub folder: PathBuf,
    /// and what that is on, if another machine lends it.
    pub drive: Option<NetworkDrive>,
    /// Where the replica is read and written.
    pub work: Work,
}

/// Why commands were not taken. Nothing was written; whoever gave them still has the text.
#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why nothing was undone or done again.
#[derive(Debug, thiserror::Error)]
pub enum TurnFailed {
    #[error(transparent)]
    Turn(#[from] TurnError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Station {
    pub fn new(parts: Parts) -> Station {
        let reader = parts.reader;
        Station {
            client: parts.client,
            writer: Worker::new("replica-writer", parts.work, parts.writer),
            reader: Worker::new("replica-reader", parts.work, || {
                Ok::<_, ReplicaError>(reader)
            }),
            texts: parts.texts,
            files: Arc::new(parts.files),
            transfers: watch::Sender::new(None),
            present: watch::Sender::new(Vec::new()),
            so_far: Mutex::default(),
            source: parts.source,
            me: parts.me,
            passing: tokio::sync::Mutex::new(()),
            baton: Baton::of(&parts.folder),
            disk: Arc::new(Disk::below(&parts.folder)),
            elsewhere: OnceCell::new(),
            folder: parts.folder,
            drive: parts.drive,
            has_noted: AtomicBool::new(false),
        }
    }

    /// Where the replica is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whose station it is.
    pub fn me(&self) -> UserId {
        self.me
    }

    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }

    /// The way to the backend, for what concerns no replica.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The replica for reading; its answers never wait for a write.
    pub fn reader(&self) -> &Worker<Replica> {
        &self.reader
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, AskError> {
        Ok(self.reader.run(move |it| it.answer(&question)).await??)
    }

    /// Reads the replica by a function of its own.
    pub async fn read<R, F>(&self, read: F) -> Result<R, AskError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Replica) -> Result<R, ReplicaError> + Send + 'static,
    {
        Ok(self.reader.run(read).await??)
    }

    /// Says to the backend who is here; the same again changes nothing.
    pub async fn introduce(&self, display_name: &str, time_zone: &str) -> Result<(), CallError> {
        let who = Introduction {
            user_id: self.me,
            display_name: display_name.to_owned(),
            email: None,
            time_zone: time_zone.to_owned(),
        };
        self.client.introduce(&who).await.map(drop)
    }

    /// Gives commands: all of them are applied here and wait in the outbox when this returns, on
    /// disk, or none is.
    ///
    /// # Errors
    /// A refusal by a rule, or that nothing could be saved.
    pub async fn give(
        &self,
        family_id: FamilyId,
        bodies: Vec<CommandBody>,
    ) -> Result<Vec<CommandId>, GiveError> {
        self.submit(family_id, None, bodies).await
    }

    /// Gives commands that can be undone, together with all others of the same deed.
    ///
    /// # Errors
    /// As for [`give`](Station::give).
    pub async fn act(
        &self,
        family_id: FamilyId,
        deed: Deed,
        bodies: Vec<CommandBody>,
    ) -> Result<Vec<CommandId>, GiveError> {
        self.submit(family_id, Some(deed), bodies).await
    }

    /// Undoes what this person did last, or does again what they undid last.
    ///
    /// # Errors
    /// Where there is nothing, or nothing of it can be turned any more.
    pub async fn turn(&self, turn: Turn) -> Result<Turned, TurnFailed> {
        let me = self.me;
        let source = Arc::clone(&self.source);
        let turned = self.writer.run(move |it| {
            let actor = actor(it, me)?;
            it.turn(turn, &actor, source.as_ref())
        });
        Ok(turned.await??)
    }

    async fn submit(
        &self,
        family_id: FamilyId,
        deed: Option<Deed>,
        bodies: Vec<CommandBody>,
    ) -> Result<Vec<CommandId>, GiveError> {
        let now = self.source.now();
        let me = self.me;
        let mut commands = Vec::with_capacity(bodies.len());
        for mut body in bodies {
            for text in body.texts_mut() {
                self.keep_apart_if_long(text)?;
            }
            commands.push(Command {
                command_id: CommandId(self.source.fresh()),
                issued_at: now,
                seen: None,
                body,
            });
        }
        let ids = commands.iter().map(|command| command.command_id).collect();
        let disk = Arc::clone(&self.disk);
        let mut submit = move |it: &mut Replica| -> Result<_, SubmitError> {
            for command in &mut commands {
                command.seen = it.seen(family_id, &command.body)?;
            }
            let giver = Giver {
                actor: &actor(it, me)?,
                now,
                deed: deed.as_ref(),
            };
            it.submit(family_id, giver, &commands)
        };
        self.writer
            .run(move |it| disk.save(it, &mut submit))
            .await??;
        Ok(ids)
    }

    /// Decides about something that was refused, merged or parked; whether it was still there.
    ///
    /// # Errors
    /// A refusal by a rule; it stays where it was.
    pub async fn resolve(
        &self,
        refused: CommandId,
        resolution: Resolution,
        deed: Option<Deed>,
    ) -> Result<bool, GiveError> {
        let me = self.me;
        let source = Arc::clone(&self.source);
        let resolved = self.writer.run(move |it| -> Result<_, SubmitError> {
            let decider = Decider {
                actor: &actor(it, me)?,
                source: source.as_ref(),
                deed: deed.as_ref(),
            };
            it.resolve(refused, resolution, decider)
        });
        Ok(resolved.await??)
    }

    /// Puts away something that was refused; whether there was one. What they wrote in it may be
    /// kept as a draft.
    pub async fn discard(&self, refused: CommandId, keep: Option<Draft>) -> Result<bool, AskError> {
        let now = self.source.now();
        let discard = move |it: &mut Replica| it.discard(refused, keep.as_ref(), now);
        Ok(self.writer.run(discard).await??)
    }

    /// Brings back what was decided last about something that was refused; whether there was
    /// anything.
    pub async fn bring_back(&self) -> Result<bool, AskError> {
        let back = self.writer.run(|it| it.bring_back()).await??;
        Ok(back.is_some())
    }

    /// Pushes what waits and pulls what is new.
    ///
    /// # Errors
    /// The pass's; or [`SyncError::OthersTurn`] where another program on this replica syncs for
    /// long. That one sends what waits here too.
    pub async fn sync(&self) -> Result<Passed, SyncError> {
        self.sync_within(TURN_PATIENCE).await
    }

    /// What the passes before did that failed in the end; told once. Else the next that succeeds
    /// brings their news.
    pub fn so_far(&self) -> Passed {
        std::mem::take(&mut *self.so_far.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same until nothing waits, also where the backend asks to wait in between.
    ///
    /// # Errors
    /// As for [`sync`](Station::sync).
    pub async fn sync_all(&self) -> Result<Passed, SyncError> {
        loop {
            let passed = self.sync().await?;
            match passed.again_in {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(passed),
            }
        }
    }

    /// Pushes what waits in one family while what is new there already is pulled: for whoever has
    /// much to give, one thing after the other. A [`sync`](Station::sync) ends it.
    ///
    /// # Errors
    /// As for `sync`.
    pub async fn send(&self, family_id: FamilyId) -> Result<Passed, SyncError> {
        loop {
            let passed = {
                let _one = self.passing.lock().await;
                let _baton = self.baton.take(TURN_PATIENCE).await?;
                self.pass().send(family_id).await?
            };
            match passed.again_in {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(passed),
            }
        }
    }

    /// Sees to it that what is read now is new: a pass, or the pass that another program on this
    /// replica is in the midst of, as far as it has come. Says whether it has
    /// come to its end.
    pub async fn catch_up(&self) -> Result<bool, SyncError> {
        match self.sync_within(READ_PATIENCE).await {
            Ok(_) => Ok(true),
            Err(SyncError::OthersTurn { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn sync_within(&self, patience: Duration) -> Result<Passed, SyncError> {
        let _one = self.passing.lock().await;
        let _baton = self.baton.take(patience).await?;
        let mut passed = Passed::default();
        let done = self.pass().run(&mut passed).await;
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        match done {
            Ok(()) => {
                passed.news.splice(..0, so_far.news.drain(..));
                *so_far = Passed::default();
                Ok(passed)
            }
            Err(error) => {
                so_far.pulled += passed.pulled;
                so_far.refused += passed.refused;
                so_far.news.append(&mut passed.news);
                Err(error)
            }
        }
    }

    /// Fetches one small part of what happened before the replica began to follow the log, the
    /// newest first; whether there was anything to fetch. Whoever has nothing else to do calls it
    /// until there is not.
    pub async fn fetch_past(&self) -> Result<bool, SyncError> {
        let _one = self.passing.lock().await;
        let _baton = self.baton.take(READ_PATIENCE).await?;
        self.pass().fetch_past().await
    }

    /// Makes the family's replica anew out of what the backend has; the outbox stays.
    pub async fn rebuild(&self, family_id: FamilyId) -> Result<(), SyncError> {
        let _one = self.passing.lock().await;
        let _baton = self.baton.take(TURN_PATIENCE).await?;
        let pass = self.pass();
        pass.fetch_anew(family_id, &mut Passed::default()).await
    }

    /// Waits until nothing is being written or synced here, and keeps it so: a program that is
    /// stopped with something half done would hold up the others.
    pub async fn hold_still(&self) -> MutexGuard<'_, ()> {
        let still = self.passing.lock().await;
        // Where the writer has stopped nothing is being written.
        let _ = self.writer.run(|_| ()).await;
        still
    }

    /// Waits until another program has changed the replica; what it did before the first call is
    /// not told.
    pub async fn changed_elsewhere(&self) {
        let listening = self.elsewhere.get_or_init(|| async {
            let begun = Elsewhere::begin(&self.folder, &self.writer).await;
            begun
                .inspect_err(|error| {
                    tracing::warn!("what other programs write here is seen late ({error})");
                })
                .ok()
        });
        match listening.await {
            Some(elsewhere) => elsewhere.changed(&self.writer).await,
            None => std::future::pending().await,
        }
    }

    /// Whether commands wait to be sent.
    pub async fn has_unsent(&self) -> Result<bool, AskError> {
        let waiting = self.read(|it| it.families_to_push()).await?;
        Ok(!waiting.is_empty())
    }

    fn pass(&self) -> Pass<'_> {
        Pass {
            client: &self.client,
            replica: &self.writer,
            reader: &self.reader,
            texts: &self.texts,
            files: &self.files,
            transfers: &self.transfers,
            present: &self.present,
            source: self.source.as_ref(),
            me: self.me,
            has_noted: &self.has_noted,
            drive: self.drive,
            folder: &self.folder,
        }
    }

    /// Waits until the backend says that something has changed that the last pass may have missed.
    pub async fn poked(&self) {
        self.client.poked().await;
    }

    /// What is to be said of the disk of the state folder; nothing while all is well.
    pub fn disk(&self) -> watch::Receiver<Option<String>> {
        self.disk.told()
    }

    /// Who else is at which ticket, as each pass finds it.
    pub fn present(&self) -> watch::Receiver<Vec<Present>> {
        self.present.subscribe()
    }

    pub async fn session(&self) -> Result<Session, CallError> {
        self.client.session().await
    }

    pub async fn verify_audit(&self, family_id: FamilyId) -> Result<AuditCheck, CallError> {
        self.client.verify_audit(family_id).await
    }

    /// Saves a draft over the one that is known, or beside what another program has made of it.
    pub async fn save_draft(&self, draft: Draft, known: OnDisk) -> Result<OnDisk, AskError> {
        let disk = Arc::clone(&self.disk);
        let save = move |it: &mut Replica| disk.save(it, |it| it.save_draft(&draft, &known));
        Ok(self.writer.run(save).await??)
    }

    /// Drops a draft, unless another program has written there since.
    pub async fn drop_draft(&self, key: DraftKey, known: OnDisk) -> Result<(), AskError> {
        let drop = move |it: &mut Replica| it.drop_draft(key, &known);
        self.writer.run(drop).await??;
        Ok(())
    }

    /// A text that is too long for a command goes to the blob store and is named by its hash.
    fn keep_apart_if_long(&self, text: &mut LongText) -> Result<(), BlobError> {
        if let LongText::Inline(whole) = text
            && whole.len() > INLINE_LIMIT
        {
            // What was fetched keeps its age: it is to go with what it was fetched for.
            let sha256 = match sha256_hex(whole.as_bytes()) {
                known if self.texts.get(&known).is_ok() => known,
                _ => self.texts.put(whole.as_bytes())?,
            };
            *text = LongText::of_blob(whole, sha256);
        }
        Ok(())
    }
}

/// Asked each time: a device may have to go on under another name.
fn actor(replica: &Replica, me: UserId) -> Result<Actor, ReplicaError> {
    Ok(Actor {
        device_id: Some(replica.device_id()?),
        ..Actor::user(me)
    })
}
