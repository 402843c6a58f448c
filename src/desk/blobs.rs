//! Texts and files beside the table: who may speak of one, who may have it, and what becomes of one
//! that nothing speaks of.
//!
//! What speaks of a blob is noted in the transaction that says so, and never taken back: a text that
//! was replaced is still in its history. A hash alone gives nobody anything; whoever names one must
//! have sent its bytes to this family or see something that speaks of it.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::writes::put;
use super::{Desk, DeskError};
use crate::model::audience::Audience;
use crate::model::audit::sha256_hex;
use crate::model::change::Change;
use crate::model::content_type::{SNIFFED, sniff};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, UserId};
use crate::model::record::Record;
use crate::table::blobs::{Arrived, BlobError, Piece};
use crate::table::item::{Condition, Query, Write};
use crate::table::keys::{self, Scope};
use crate::table::{patterns, query_all};

/// How long a blob that nothing speaks of is kept.
const UNSPOKEN_OF: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How often it is looked for such.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(24 * 60 * 60);

/// How many records of a log are read at once.
const PAGE: usize = 500;

/// That an entity speaks of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mention {
    entity: EntityKey,
    audience: Audience,
}

/// A blob for somebody who may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// What the file is called where they see it; none for a long text.
    pub file_name: Option<String>,
}

/// What the bytes of a blob say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub bytes: u64,
    /// As [`sniff`] has it.
    pub content_type: &'static str,
}

/// Whose blob.
type Whose = (FamilyId, UserId);

impl Desk {
    /// Whether the blob is here for this person: they have sent it, or see what speaks of it.
    ///
    /// # Errors
    /// A refusal that tells nothing of the family to whoever is not in it.
    pub async fn has_blob(&self, whose: Whose, sha256: &str) -> Result<bool, DeskError> {
        self.let_in(whose.0, whose.1).await?;
        Ok(self.blobs.contains(sha256)? && self.may_name(whose, sha256).await?)
    }

    /// How many bytes of a blob this person has sent that is not whole yet.
    pub async fn begun_blob(&self, whose: Whose, sha256: &str) -> Result<u64, DeskError> {
        self.let_in(whose.0, whose.1).await?;
        Ok(self.blobs.begun(sha256, &sender(whose))?)
    }

    /// Lets go what this person has sent of a blob that is not whole.
    pub async fn forget_begun_blob(&self, whose: Whose, sha256: &str) -> Result<(), DeskError> {
        self.let_in(whose.0, whose.1).await?;
        Ok(self.blobs.forget_begun(sha256, &sender(whose))?)
    }

    /// Takes in a piece of a blob, or all of it.
    pub async fn take_blob(
        &self,
        whose: Whose,
        (sha256, start, total): (&str, u64, u64),
        bytes: bytes::Bytes,
    ) -> Result<Arrived, DeskError> {
        let (family_id, user_id) = whose;
        self.let_in(family_id, user_id).await?;
        let (blobs, name, of) = (self.blobs.clone(), sha256.to_owned(), sender(whose));
        // The last piece brings reading it all with it.
        let taken = tokio::task::spawn_blocking(move || {
            blobs.take_piece(Piece {
                sha256: &name,
                of: &of,
                start,
                total,
                bytes: &bytes,
            })
        });
        let arrived = taken.await.map_err(|_| DeskError::Stopping)??;
        if arrived == Arrived::Whole {
            let key = keys::upload_key(family_id, sha256, user_id);
            let body = serde_json::json!({});
            let note = put(key, 1, &body, Condition::Any)?;
            self.table.transact(vec![note]).await?;
        }
        Ok(arrived)
    }

    /// Takes in all of a blob that has come by another way; gives its name.
    pub async fn keep_blob(&self, whose: Whose, bytes: bytes::Bytes) -> Result<String, DeskError> {
        let (sha256, total) = (sha256_hex(&bytes), bytes.len() as u64);
        self.forget_begun_blob(whose, &sha256).await?;
        self.take_blob(whose, (&sha256, 0, total), bytes).await?;
        Ok(sha256)
    }

    /// What this person may know of a blob before they read it.
    ///
    /// # Errors
    /// [`BlobError::Missing`] also where it is here and not theirs to see.
    pub async fn readable_blob(&self, whose: Whose, sha256: &str) -> Result<Readable, DeskError> {
        self.let_in(whose.0, whose.1).await?;
        // A name that can't be one is told so.
        self.blobs.contains(sha256)?;
        let seen = self.mentions_seen(whose, sha256).await?;
        if seen.is_empty() && !self.was_sent_by(whose, sha256).await? {
            return Err(BlobError::Missing(sha256.to_owned()).into());
        }
        let keys: Vec<EntityKey> = seen.into_iter().map(|it| it.entity).collect();
        let found = self.records(whose.0, &keys).await?;
        let mut names = found.into_iter().flatten().filter_map(|it| match it {
            Record::Attachment(it) => Some(it.file_name),
            _ => None,
        });
        Ok(Readable {
            file_name: names.next(),
        })
    }

    /// Whether a command of this person may name the blob, which is then kept for it.
    pub(super) async fn keep_for(&self, whose: Whose, sha256: &str) -> Result<bool, DeskError> {
        Ok(self.blobs.want(sha256)? && self.may_name(whose, sha256).await?)
    }

    async fn may_name(&self, whose: Whose, sha256: &str) -> Result<bool, DeskError> {
        Ok(self.was_sent_by(whose, sha256).await?
            || !self.mentions_seen(whose, sha256).await?.is_empty())
    }

    async fn was_sent_by(&self, whose: Whose, sha256: &str) -> Result<bool, DeskError> {
        let key = keys::upload_key(whose.0, sha256, whose.1);
        Ok(self.table.get(key).await?.is_some())
    }

    /// What speaks of a blob in a family, as far as this person sees that now. A removed attachment,
    /// or one on something removed, is there for admins alone, as all that was removed is.
    async fn mentions_seen(
        &self,
        (family_id, user_id): Whose,
        sha256: &str,
    ) -> Result<Vec<Mention>, DeskError> {
        self.know_mentions().await?;
        let query = Query::base(keys::blob_pk(family_id, sha256)).prefix(keys::BLOB_REFS);
        let mut found = Vec::new();
        for item in query_all(self.table.as_ref(), query).await? {
            found.push(keys::read::<Mention>(&item)?);
        }
        if found.is_empty() {
            return Ok(found);
        }
        let scope = self.enter(family_id, user_id).await?;
        let mut seen = self
            .visible(&scope, found, |it| it.audience.clone())
            .await?;
        if !scope.viewer.is_admin {
            let mut live = Vec::with_capacity(seen.len());
            for mention in seen {
                if self.is_there(family_id, mention.entity).await? {
                    live.push(mention);
                }
            }
            seen = live;
        }
        Ok(seen)
    }

    /// Whether an attachment hangs where it did; anything else is there as its history is.
    async fn is_there(&self, family_id: FamilyId, entity: EntityKey) -> Result<bool, DeskError> {
        let EntityKey::Attachment(ticket_id, _) = entity else {
            return Ok(true);
        };
        let found = self.record(family_id, &entity).await?;
        let Some(Record::Attachment(attachment)) = found else {
            return Ok(false);
        };
        let comment = attachment.comment_id;
        let comment = comment.map(|comment_id| EntityKey::Comment(ticket_id, comment_id));
        let above: Vec<EntityKey> = comment
            .into_iter()
            .chain([EntityKey::Ticket(ticket_id)])
            .collect();
        let above = self.records(family_id, &above).await?;
        let are_live = above
            .into_iter()
            .all(|it| it.is_some_and(|it| !it.common().deleted));
        Ok(!attachment.common.deleted && are_live)
    }

    /// Sees to it that all that was written before mentions were noted is noted too, once in the life
    /// of a store.
    async fn know_mentions(&self) -> Result<(), DeskError> {
        self.mentions
            .get_or_try_init(|| async {
                let marker = keys::store_blobs_key();
                if self.table.get(marker.clone()).await?.is_some() {
                    return Ok(());
                }
                if !self.blobs.names()?.is_empty() {
                    for family_id in self.families_of_store().await? {
                        self.note_mentions_of(family_id).await?;
                    }
                }
                let done = put(marker, 1, &serde_json::json!({}), Condition::Any)?;
                Ok(self.table.transact(vec![done]).await?)
            })
            .await
            .copied()
    }

    async fn note_mentions_of(&self, family_id: FamilyId) -> Result<(), DeskError> {
        let scope = Scope::Family(family_id);
        let mut after = 0;
        loop {
            let page = patterns::log_after(self.table.as_ref(), scope, after, PAGE).await?;
            let mut writes = Vec::new();
            for record in &page.records {
                after = record.seq;
                let kind = record.entity.entity_type();
                let entity = record.after.clone();
                let entity = entity.and_then(|json| Record::from_json(kind, json).ok());
                let mention = entity
                    .as_ref()
                    .map(|it| mention(family_id, it))
                    .transpose()?;
                writes.extend(mention.flatten());
            }
            writes.dedup_by(|a, b| a.key() == b.key());
            // One at a time: an entity may be in a page twice.
            for write in writes {
                self.table.transact(vec![write]).await?;
            }
            if !page.more {
                return Ok(());
            }
        }
    }

    /// Removes, for as long as it is polled, what nothing has spoken of for a week.
    pub(super) async fn sweep(&self) {
        loop {
            let than = SystemTime::now() - UNSPOKEN_OF;
            match self.sweep_blobs(than).await {
                Ok(0) => {}
                Ok(gone) => tracing::info!("{gone} blobs that nothing spoke of are removed"),
                Err(error) => tracing::error!("old blobs could not be looked through: {error}"),
            }
            tokio::time::sleep(BETWEEN_SWEEPS).await;
        }
    }

    /// Removes the blobs that nothing speaks of and nobody has wanted since a moment, and what was
    /// begun before it; how many blobs are gone.
    pub async fn sweep_blobs(&self, than: SystemTime) -> Result<usize, DeskError> {
        self.blobs.remove_unfinished(than)?;
        let families = self.families_of_store().await?;
        let mut gone = 0;
        for sha256 in self.blobs.names()? {
            if !self.blobs.is_older(&sha256, than)? {
                continue;
            }
            self.know_mentions().await?;
            let mut notes = Vec::new();
            for family_id in &families {
                let query = Query::base(keys::blob_pk(*family_id, &sha256));
                notes.extend(query_all(self.table.as_ref(), query).await?);
            }
            let is_mentioned = |sk: &str| sk.starts_with(keys::BLOB_REFS);
            if notes.iter().any(|it| is_mentioned(&it.key.sk))
                || !self.blobs.remove_if_older(&sha256, than)?
            {
                continue;
            }
            gone += 1;
            for note in notes {
                let (key, condition) = (note.key, Condition::Any);
                self.table
                    .transact(vec![Write::Delete { key, condition }])
                    .await?;
            }
        }
        Ok(gone)
    }

    /// How large a blob that this person may name is, and of what kind.
    ///
    /// # Errors
    /// [`DeskError::NeedsBlob`] where it is not here, or not theirs to name.
    pub async fn facts_of(&self, whose: Whose, sha256: &str) -> Result<Facts, DeskError> {
        if !self.has_blob(whose, sha256).await? {
            let sha256 = sha256.to_owned();
            return Err(DeskError::NeedsBlob { sha256 });
        }
        self.look_at(sha256)
    }

    fn look_at(&self, sha256: &str) -> Result<Facts, DeskError> {
        let (beginning, bytes) = self.blobs.part(sha256, 0, SNIFFED)?;
        let content_type = sniff(&beginning);
        Ok(Facts {
            bytes,
            content_type,
        })
    }

    /// Makes new attachments say of their files what these are, whatever the command said.
    pub(super) fn look_at_files(&self, changes: &mut [Change]) -> Result<(), DeskError> {
        for change in changes {
            if let (None, Record::Attachment(it)) = (&change.before, &mut change.after) {
                let facts = self.look_at(&it.sha256)?;
                it.bytes = facts.bytes;
                it.content_type = facts.content_type.to_owned();
            }
        }
        Ok(())
    }
}

/// The note that an entity speaks of a blob, if it does.
pub(super) fn mention(family_id: FamilyId, of: &Record) -> Result<Option<Write>, DeskError> {
    let Some(sha256) = of.blob() else {
        return Ok(None);
    };
    let entity = of.key();
    let key = keys::blob_ref_key(family_id, sha256, &entity);
    let body = Mention {
        entity,
        audience: of.audience(),
    };
    put(key, 1, &body, Condition::Any).map(Some)
}

/// Whose a blob is until it is whole.
fn sender((family_id, user_id): Whose) -> String {
    format!("{family_id}-{user_id}")
}
