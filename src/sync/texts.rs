//! Texts too long for a command: fetched when something names them, and let go with what named them.

use std::collections::HashSet;
use std::time::SystemTime;

use super::files::GRACE;
use super::pass::{Pass, SyncError};
use crate::model::id::FamilyId;

impl Pass<'_> {
    /// Gets long texts, so that they can be read and searched.
    pub(super) async fn fetch_texts(
        &self,
        family_id: FamilyId,
        wanted: Vec<String>,
    ) -> Result<(), SyncError> {
        if wanted.is_empty() {
            return Ok(());
        }
        for sha256 in wanted {
            if self.texts.contains(&sha256)? {
                continue;
            }
            let bytes = self.client.get_blob((family_id, &sha256)).await?;
            self.texts.put_copy(&bytes)?;
            self.replica
                .run(move |it| it.blob_arrived(&sha256))
                .await??;
        }
        Ok(self.replica.run(|it| it.blobs_are_here()).await??)
    }

    /// The same for all that may be wanted.
    pub(super) async fn fetch_all_texts(&self, family_id: FamilyId) -> Result<(), SyncError> {
        let wanted = self.read(|it| it.wanted_blobs()).await?;
        self.fetch_texts(family_id, wanted).await
    }

    /// Of what was hidden nothing may be left in the files. It happens seldom, and not each page
    /// needs to wait for it.
    pub(super) async fn tidy(&self) -> Result<(), SyncError> {
        if mutant!(HiddenStaysInGaps) {
            return Ok(());
        }
        if self.replica.run(|it| it.is_untidy()).await?? {
            self.let_texts_go().await?;
            self.replica.run(|it| it.tidy()).await??;
        }
        Ok(())
    }

    /// Removes the texts that nothing here names any more. What somebody has just written may be
    /// about to be named.
    async fn let_texts_go(&self) -> Result<(), SyncError> {
        let kept = self.texts.names()?;
        if kept.is_empty() {
            return Ok(());
        }
        let names = kept.clone();
        let named = self.read(move |it| it.texts_named(&names)).await?;
        let named: HashSet<String> = named.into_iter().collect();
        let than = SystemTime::now() - GRACE;
        for sha256 in kept.iter().filter(|it| !named.contains(*it)) {
            self.texts.remove_if_older(sha256, than)?;
        }
        Ok(())
    }
}
