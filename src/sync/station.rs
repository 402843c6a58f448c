//! A person at their local store: what the screen and the command line both work through. Reads
//! come from the replica; writes go to the replica and its outbox in one transaction; a pass of
//! sync carries them on. There is no other way to the desk.

use std::sync::{Arc, Mutex};

use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, FamilyId, UserId};
use crate::model::long_text::{INLINE_LIMIT, LongText};
use crate::model::source::Source;
use crate::remote::client::{CallError, Client};
use crate::replica::view::{Answer, Deed, Draft, DraftKey, Question, Turned};
use crate::replica::worker::{Stopped, Worker};
use crate::replica::{Giver, Replica, ReplicaError, SubmitError, Turn, TurnError};
use crate::table::blobs::{BlobError, BlobStore};
use crate::wire::session::{AuditCheck, Introduction, Session};

use super::pass::{Pass, Passed, SyncError};

/// A person, their replica and the way to their backend.
pub struct Station {
    client: Client,
    /// Writes and follows the log.
    writer: Worker<Replica>,
    /// Answers the screen without waiting for writes.
    reader: Worker<Replica>,
    texts: BlobStore,
    source: Arc<dyn Source>,
    me: UserId,
    /// One pass at a time.
    passing: tokio::sync::Mutex<()>,
    /// The session as the replica knows it.
    noted: Mutex<Option<Session>>,
}

/// What a station is made of.
pub struct Parts {
    pub client: Client,
    pub writer: Replica,
    pub reader: Replica,
    pub texts: BlobStore,
    pub source: Arc<dyn Source>,
    pub me: UserId,
}

/// Why there is no station.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    #[error("no thread could be started ({0}); close some programs and try again")]
    Thread(#[from] std::io::Error),
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
    /// # Errors
    /// Where the system gives no thread.
    pub fn new(parts: Parts) -> Result<Station, OpenError> {
        Ok(Station {
            client: parts.client,
            writer: Worker::spawn("replica-writer", parts.writer)?,
            reader: Worker::spawn("replica-reader", parts.reader)?,
            texts: parts.texts,
            source: parts.source,
            me: parts.me,
            passing: tokio::sync::Mutex::new(()),
            noted: Mutex::new(None),
        })
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
                body,
            });
        }
        let ids = commands.iter().map(|command| command.command_id).collect();
        self.writer
            .run(move |it| {
                let giver = Giver {
                    actor: &actor(it, me)?,
                    now,
                    deed: deed.as_ref(),
                };
                it.submit(family_id, giver, &commands)
            })
            .await??;
        Ok(ids)
    }

    /// Pushes what waits and pulls what is new.
    pub async fn sync(&self) -> Result<Passed, SyncError> {
        let _one = self.passing.lock().await;
        self.pass().run().await
    }

    /// Makes the family's replica anew out of what the backend has; the outbox stays.
    pub async fn rebuild(&self, family_id: FamilyId) -> Result<(), SyncError> {
        let _one = self.passing.lock().await;
        self.pass().bootstrap(family_id).await
    }

    fn pass(&self) -> Pass<'_> {
        Pass {
            client: &self.client,
            replica: &self.writer,
            texts: &self.texts,
            source: self.source.as_ref(),
            noted: &self.noted,
        }
    }

    /// Waits until the backend says that something has changed that the last pass may have missed.
    pub async fn poked(&self) {
        self.client.poked().await;
    }

    pub async fn session(&self) -> Result<Session, CallError> {
        self.client.session().await
    }

    pub async fn verify_audit(&self, family_id: FamilyId) -> Result<AuditCheck, CallError> {
        self.client.verify_audit(family_id).await
    }

    pub async fn save_draft(&self, draft: Draft) -> Result<(), AskError> {
        Ok(self.writer.run(move |it| it.save_draft(&draft)).await??)
    }

    pub async fn drop_draft(&self, key: DraftKey) -> Result<(), AskError> {
        self.writer.run(move |it| it.drop_draft(key)).await??;
        Ok(())
    }

    /// A text that is too long for a command goes to the blob store and is named by its hash.
    fn keep_apart_if_long(&self, text: &mut LongText) -> Result<(), BlobError> {
        if let LongText::Inline(whole) = text
            && whole.len() > INLINE_LIMIT
        {
            let sha256 = self.texts.put(whole.as_bytes())?;
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
