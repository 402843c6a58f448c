//! Drafts on their way to disk: of each only the newest text, and none forgotten at the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::replica::view::{Draft, DraftKey};
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

    fn put(&self, key: DraftKey, fate: Fate) {
        self.lock().insert(key, fate);
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
            let saved = match &fate {
                Fate::Save(draft) => station.save_draft(draft.clone()).await,
                Fate::Drop => station.drop_draft(key).await.map(drop),
            };
            if let Err(error) = saved {
                // Unless something newer has come in the meantime.
                self.lock().entry(key).or_insert(fate);
                return Err(error);
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<(DraftKey, Fate)> {
        let mut waiting = self.lock();
        let key = *waiting.keys().next()?;
        waiting.remove_entry(&key)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<DraftKey, Fate>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
