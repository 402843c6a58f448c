//! Files on their way: kept here from the moment that somebody chooses one until the backend has it
//! with the command that names it, and fetched when somebody wants one.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::pass::{Pass, SyncError};
use super::station::Station;
use super::transfer::{Freight, Telling, Transfer};
use crate::model::attachment::{FILE_LIMIT, FileFacts, file_name};
use crate::model::content_type::{SNIFFED, sniff};
use crate::model::id::FamilyId;
use crate::remote::client::CallError;
use crate::replica::worker::Stopped;
use crate::table::blobs::{BlobError, BlobStore};
use crate::text::size;

/// How long a file is kept that nothing here speaks of yet: a form may be about to.
pub(super) const GRACE: Duration = Duration::from_secs(10 * 60);

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("{0} is empty; there is nothing to attach")]
    Empty(String),
    #[error("{name} is {} large; {} is the most", size(*bytes), size(FILE_LIMIT))]
    TooLarge { name: String, bytes: u64 },
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a file could not be had. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{0} can't be fetched while the server is out of reach; try again once it is back")]
    Unreachable(String),
    #[error("what came is not {0} whole; tell whoever keeps the server to run `famdesk doctor`")]
    Damaged(String),
    #[error(transparent)]
    Call(CallError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Station {
    /// What is on its way just now.
    pub fn transfers(&self) -> watch::Receiver<Option<Transfer>> {
        self.transfers.subscribe()
    }

    /// Keeps a file's bytes here, on disk, for a command that is about to name them.
    ///
    /// # Errors
    /// Where it is too large or empty, or can't be kept; nothing was kept then.
    pub async fn keep_file(&self, name: &str, bytes: Vec<u8>) -> Result<FileFacts, KeepError> {
        let file_name = file_name(name);
        if bytes.is_empty() {
            return Err(KeepError::Empty(file_name));
        }
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(KeepError::TooLarge {
                name: file_name,
                bytes: bytes.len() as u64,
            });
        }
        let beginning = bytes.get(..SNIFFED).unwrap_or(&bytes);
        let facts = FileFacts {
            file_name,
            sha256: String::new(),
            bytes: bytes.len() as u64,
            content_type: sniff(beginning).to_owned(),
        };
        let files = self.files.clone();
        let kept = tokio::task::spawn_blocking(move || files.put(&bytes));
        let sha256 = kept.await.map_err(|_| Stopped)??;
        Ok(FileFacts { sha256, ..facts })
    }

    /// A file's bytes, checked against their name: from here where it waits to be sent, else from
    /// the backend.
    pub async fn fetch_file(
        &self,
        family_id: FamilyId,
        file: &FileFacts,
    ) -> Result<Vec<u8>, FetchError> {
        let name = &file.file_name;
        let (files, sha256) = (self.files.clone(), file.sha256.clone());
        let here = tokio::task::spawn_blocking(move || files.get(&sha256));
        if let Ok(bytes) = here.await.map_err(|_| Stopped)? {
            return Ok(bytes);
        }
        let mut telling = Telling::to(&self.transfers);
        let told = |done, total| telling.tell(Freight::FileIn(name.clone()), done, total);
        let fetched = self
            .client()
            .fetch_blob((family_id, &file.sha256), told)
            .await;
        drop(telling);
        let bytes = fetched.map_err(|error| match error {
            CallError::Unreachable(_) => FetchError::Unreachable(name.clone()),
            other => FetchError::Call(other),
        })?;
        match crate::model::audit::sha256_hex(&bytes) == file.sha256 {
            true => Ok(bytes),
            false => Err(FetchError::Damaged(name.clone())),
        }
    }
}

impl Pass<'_> {
    /// Removes the files that the backend has with the commands that named them.
    pub(super) async fn let_files_go(&self) -> Result<(), SyncError> {
        let kept = self.files.names()?;
        if kept.is_empty() {
            return Ok(());
        }
        let names = kept.clone();
        let wanted = self.read(move |it| it.files_wanted(&names)).await?;
        let wanted: HashSet<String> = wanted.into_iter().collect();
        let than = SystemTime::now() - GRACE;
        for sha256 in kept.iter().filter(|it| !wanted.contains(*it)) {
            self.files.remove_if_older(sha256, than)?;
        }
        Ok(())
    }

    /// The bytes of a text or file that a command names, from where they are kept until it is sent.
    pub(super) fn kept_here(&self, sha256: &str) -> Result<Vec<u8>, BlobError> {
        let of = |store: &BlobStore| store.get(sha256);
        match of(self.texts) {
            Err(BlobError::Missing(_)) => of(self.files),
            other => other,
        }
    }
}
