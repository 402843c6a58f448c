//! Drafts on their way to disk: of each only the newest text, and none forgotten at the end. What
//! another program writes on the same thing is never written over.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::editor::private_file;
use crate::replica::view::{Draft, DraftKey, OnDisk};
use crate::sync::station::{AskError, Station};

/// What is to become of a draft.
enum Fate {
    Save(Draft),
    Drop,
}

/// What is to be told about the keeping of drafts.
pub enum Kept {
    /// It could not be saved; it is tried again.
    NotYet(AskError),
    /// What could not be saved is on the disk now.
    After,
}

/// How long what could not be saved waits before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Saves drafts as fast as the disk takes them.
#[derive(Default)]
pub struct Drafts {
    waiting: Mutex<HashMap<DraftKey, Fate>>,
    /// How each stands on the disk, as far as this program has read or written it.
    known: Mutex<HashMap<DraftKey, OnDisk>>,
    more: Notify,
    /// Held while one is on its way to the disk: what waits is flushed only once that is there.
    saving: tokio::sync::Mutex<()>,
}

impl Drafts {
    pub fn save(&self, draft: Draft) {
        self.put(draft.key, Fate::Save(draft));
    }

    pub fn discard(&self, key: DraftKey) {
        self.put(key, Fate::Drop);
    }

    /// A draft was read from the disk, to go on with it.
    pub fn was_read(&self, key: DraftKey, there: OnDisk) {
        // What is on its way there was written by this program after all.
        if self.is_at_rest(key) {
            lock(&self.known).insert(key, there);
        }
    }

    /// Whether nothing is on its way to the disk that may concern the draft.
    pub fn is_at_rest(&self, key: DraftKey) -> bool {
        self.saving.try_lock().is_ok() && !lock(&self.waiting).contains_key(&key)
    }

    fn put(&self, key: DraftKey, fate: Fate) {
        lock(&self.waiting).insert(key, fate);
        self.more.notify_one();
    }

    /// Saves what waits, for ever; tells when something can't be saved, and when it is after all:
    /// what could not be saved is tried again by itself.
    pub async fn keep(self: Arc<Self>, station: Arc<Station>, tell: impl Fn(Kept)) {
        let mut failed = false;
        loop {
            if failed {
                tokio::select! {
                    () = self.more.notified() => {}
                    () = tokio::time::sleep(RETRY) => {}
                }
            } else {
                self.more.notified().await;
            }
            match self.flush(&station).await {
                Ok(()) if failed => {
                    failed = false;
                    tell(Kept::After);
                }
                Ok(()) => {}
                // Once: the same over and over would hide what else there is to say.
                Err(_) if failed => {}
                Err(error) => {
                    failed = true;
                    tell(Kept::NotYet(error));
                }
            }
        }
    }

    /// Saves what waits now, and sees to the end what is being saved. What could not be saved
    /// waits for the next time.
    pub async fn flush(&self, station: &Station) -> Result<(), AskError> {
        let _one_at_a_time = self.saving.lock().await;
        while let Some((key, fate)) = self.next() {
            let known = lock(&self.known).get(&key).cloned().unwrap_or_default();
            let saved = match &fate {
                Fate::Save(draft) => station.save_draft(draft.clone(), known).await,
                Fate::Drop => {
                    let dropped = station.drop_draft(key, known).await;
                    dropped.map(|()| OnDisk::default())
                }
            };
            match saved {
                Ok(now) => lock(&self.known).insert(key, now),
                Err(error) => {
                    // Unless something newer has come in the meantime.
                    lock(&self.waiting).entry(key).or_insert(fate);
                    return Err(error);
                }
            };
        }
        Ok(())
    }

    /// The last resort when what waits can't be saved and the program ends: puts the texts into a
    /// private file of another folder; says where.
    pub fn rescue(&self, folder: &Path) -> io::Result<Option<PathBuf>> {
        let mut texts = String::new();
        while let Some((_, fate)) = self.next() {
            if let Fate::Save(draft) = fate {
                texts.push_str(&draft.content);
                texts.push('\n');
            }
        }
        if texts.is_empty() {
            return Ok(None);
        }
        let path = folder.join(format!("famdesk-drafts-{}.json", std::process::id()));
        private_file(&path)?.write_all(texts.as_bytes())?;
        Ok(Some(path))
    }

    fn next(&self) -> Option<(DraftKey, Fate)> {
        let mut waiting = lock(&self.waiting);
        let key = *waiting.keys().next()?;
        waiting.remove_entry(&key)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
