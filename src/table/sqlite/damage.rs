//! That the file is damaged, once anybody has come upon it: from then on nothing more is written,
//! so that the damage does not spread and nothing is acknowledged that a backup would take back.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::table::error::TableError;

/// What is known of the file's damage, for all who read and write it.
#[derive(Clone, Default)]
pub(super) struct Damage(Arc<OnceLock<TableError>>);

impl Damage {
    /// What was found first.
    pub(super) fn found(&self) -> Option<TableError> {
        self.0.get().cloned()
    }

    /// Remembers an error of the file's, if it is of that kind, and says so once.
    pub(super) fn noted(&self, path: &Path, error: TableError) -> TableError {
        let error = match error {
            // It was ours when it was opened.
            TableError::NotOurs { .. } => TableError::Corrupt {
                path: path.to_owned(),
                detail: "its beginning can't be read any more".to_owned(),
            },
            error => error,
        };
        if matches!(error, TableError::Corrupt { .. }) && self.0.set(error.clone()).is_ok() {
            tracing::error!("{error}; until then nothing more is written to it");
        }
        error
    }
}
