//! Drafts on their way to disk: of each only the newest text, and none forgotten at the end. What
//! another program writes on the same thing is never written over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::replica::view::{Draft, DraftKey, OnDisk};
use crate::sync::station::{AskError, Station};

/// What is to become of a draft.
enum Fate {
    Save(Draft),
    Drop,
}

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
        let is_saved = self.saving.try_lock().is_ok() && !lock(&self.waiting).contains_key(&key);
        // What is on its way there was written by this program after all.
        if is_saved {
            lock(&self.known).insert(key, there);
        }
    }

    fn put(&self, key: DraftKey, fate: Fate) {
        lock(&self.waiting).insert(key, fate);
        self.more.notify_one();
    }

    /// Saves what waits, for ever; says what could not be saved.
    pub async fn keep(self: Arc<Self>, station: Arc<Station>, failed: impl Fn(AskError)) {
        loop {
            self.more.notified().await;
            if let Err(error) = self.flush(&station).await {
                failed(error);
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

    fn next(&self) -> Option<(DraftKey, Fate)> {
        let mut waiting = lock(&self.waiting);
        let key = *waiting.keys().next()?;
        waiting.remove_entry(&key)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
