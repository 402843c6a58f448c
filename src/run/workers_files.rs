//! What carries out effects about files.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;

use super::files::{self, FileError};
use super::workers::{Workers, tell};
use crate::app::Action;
use crate::app::attach::{Completed, NotOpened};
use crate::app::effect::KeepFor;
use crate::model::attachment::FileFacts;
use crate::model::id::FamilyId;
use crate::sync::station::Station;

/// How often it is shown how far a file is.
const SHOWN: Duration = Duration::from_millis(100);

/// How long a copy is kept that was opened.
const OPENED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

impl Workers {
    /// Removes the copies that were opened long ago.
    pub(super) fn forget_opened(&self) {
        let place = self.station.folder().to_owned();
        tokio::task::spawn_blocking(move || {
            files::forget_opened(&place, SystemTime::now() - OPENED_FOR);
        });
    }

    /// Reads a file and keeps it for being sent.
    pub fn keep_file(&self, path: String, keep_for: KeepFor) {
        let (station, actions) = (Arc::clone(&self.station), self.actions.clone());
        tokio::spawn(async move {
            let kept = keep(&station, &path).await;
            tell(&actions, Action::FileKept(keep_for, kept));
        });
    }

    /// Sees how a path may go on.
    pub fn complete_path(&self, typed: String) {
        let actions = self.actions.clone();
        tokio::task::spawn_blocking(move || {
            let (path, choices) = files::complete(&typed);
            let completed = Completed {
                typed,
                path,
                choices,
            };
            tell(&actions, Action::PathCompleted(completed));
        });
    }

    /// Fetches files and writes them into a folder.
    pub fn save_files(&self, family_id: FamilyId, files: Vec<FileFacts>, folder: String) {
        let (station, actions) = (Arc::clone(&self.station), self.actions.clone());
        tokio::spawn(async move {
            let mut saved = Ok(Vec::with_capacity(files.len()));
            for file in &files {
                let (Ok(paths), one) =
                    (&mut saved, save(&station, family_id, (file, &folder)).await)
                else {
                    break;
                };
                match one {
                    Ok(path) => paths.push(path),
                    Err(why) => saved = Err(why),
                }
            }
            tell(&actions, Action::FilesSaved(saved));
        });
    }

    /// Fetches a file and lets the desktop open a copy.
    pub fn open_file(&self, family_id: FamilyId, file: FileFacts) {
        let (station, actions) = (Arc::clone(&self.station), self.actions.clone());
        tokio::spawn(async move {
            let opened = open(&station, family_id, &file).await;
            tell(&actions, Action::FileOpened(opened));
        });
    }
}

async fn keep(station: &Station, path: &str) -> Result<FileFacts, String> {
    let path = files::meant(path);
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let read = tokio::task::spawn_blocking(move || files::read(&path)).await;
    let bytes = read.map_err(|error| error.to_string())?;
    let bytes = bytes.map_err(|error| error.to_string())?;
    let kept = station.keep_file(&name, bytes).await;
    kept.map_err(|error| error.to_string())
}

async fn save(
    station: &Station,
    family_id: FamilyId,
    (file, folder): (&FileFacts, &str),
) -> Result<String, String> {
    let bytes = station.fetch_file(family_id, file).await;
    let bytes = bytes.map_err(|error| error.to_string())?;
    let (folder, name) = (files::meant(folder), file.file_name.clone());
    let saved = tokio::task::spawn_blocking(move || files::save(&folder, &name, &bytes)).await;
    let path = saved.map_err(|error| error.to_string())?;
    let path = path.map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

async fn open(
    station: &Station,
    family_id: FamilyId,
    file: &FileFacts,
) -> Result<String, NotOpened> {
    let not_opened = |why: String| NotOpened { why, save: None };
    let instead = |error: FileError| NotOpened {
        why: error.to_string(),
        save: Some(Box::new(file.clone())),
    };
    let Some(opener) = files::opener(|name| std::env::var_os(name)) else {
        return Err(instead(FileError::NoDesktop));
    };
    if crate::model::content_type::known(&file.content_type).is_none() {
        return Err(instead(FileError::Unknown(file.file_name.clone())));
    }
    let bytes = station.fetch_file(family_id, file).await;
    let bytes = bytes.map_err(|error| not_opened(error.to_string()))?;
    let place = station.folder().to_owned();
    let (name, kind) = (file.file_name.clone(), file.content_type.clone());
    let opened =
        tokio::task::spawn_blocking(move || files::open(opener, &place, (&name, &kind, &bytes)));
    let opened = opened
        .await
        .map_err(|error| not_opened(error.to_string()))?;
    opened.map(|_| file.file_name.clone()).map_err(instead)
}

/// Shows how far the file is that is on its way, now and then.
pub(super) async fn tell_of_transfers(
    station: Arc<Station>,
    actions: mpsc::UnboundedSender<Action>,
) {
    let mut transfers = station.transfers();
    while transfers.changed().await.is_ok() {
        let now = transfers.borrow_and_update().clone();
        tell(&actions, Action::Transfer(now));
        tokio::time::sleep(SHOWN).await;
    }
}
