//! Fetching a family as it is now: for the first time, where following its log does not do any more,
//! and where the backend has gone back in time. What came of one that was interrupted is kept.

use super::news::News;
use super::pass::{Pass, Passed, SyncError, is_to_begin_again, places};
use super::transfer::{Freight, Telling};
use crate::model::id::FamilyId;
use crate::remote::client::Places;
use crate::replica::{Begun, LogHere, Replica, ReplicaError};
use crate::wire::cursor::Cursor;
use crate::wire::problem::ProblemKind;
use crate::wire::sync::SnapshotPage;

impl Pass<'_> {
    /// Fetches the family as it is now, and recovers where it turns out that the backend went back
    /// in time. Looked at before anything is put in place: afterwards nobody could tell.
    pub(super) async fn fetch_anew(
        &self,
        family_id: FamilyId,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        let read = move |it: &mut Replica| places(it, family_id);
        let witness = self.replica.run(read).await??.witness;
        let witness = witness.filter(|_| !mutant!(BootstrapUnchecked));
        match self.bootstrap(family_id, witness.as_ref()).await {
            Err(error) if error.kind() == Some(ProblemKind::HistoryDiverged) => {
                self.recover(family_id, passed).await
            }
            other => other,
        }
    }

    /// The backend's history is another than the one that was seen: what it may not have is sent
    /// once more, over the family as it is there.
    pub(super) async fn recover(
        &self,
        family_id: FamilyId,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        self.start_over(family_id, passed).await?;
        self.push(family_id, passed).await
    }

    pub(super) async fn start_over(
        &self,
        family_id: FamilyId,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        // First, so that it is done again should this be interrupted.
        let again = self.begin_anew().await?;
        let recovered = self.recover_of_others(family_id).await?;
        passed.news.push(News::WentBack { again, recovered });
        self.bootstrap(family_id, None).await
    }

    /// Takes the family as it is now in place of what was here; the outbox stays. The witness, if
    /// there is one, must be of the backend's history; else what is here of the log goes too.
    async fn bootstrap(
        &self,
        family_id: FamilyId,
        witness: Option<&Cursor>,
    ) -> Result<(), SyncError> {
        let name = self.read(move |it| it.family_name(family_id)).await?;
        let mut told = Told {
            telling: Telling::to(self.transfers),
            name: name.unwrap_or_default(),
        };
        let mut begun = match self.begun(family_id, witness).await? {
            Some(begun) => begun,
            None => self.begin(family_id, witness).await?,
        };
        told.tell(&begun);
        while let Some(token) = &begun.next {
            let page = self.client.snapshot(family_id, Some(token), witness);
            begun = self.put_aside(family_id, page.await?).await?;
            told.tell(&begun);
        }
        let log = match witness {
            Some(_) => LogHere::Stays,
            None => LogHere::Goes,
        };
        self.replica
            .run(move |it| it.apply_snapshot_finish(family_id, log))
            .await??;
        self.fetch_all_texts(family_id).await
    }

    /// What came before an interruption, if the backend still leads on from it.
    async fn begun(
        &self,
        family_id: FamilyId,
        witness: Option<&Cursor>,
    ) -> Result<Option<Begun>, SyncError> {
        let read = move |it: &mut Replica| -> Result<_, ReplicaError> {
            Ok((it.device_id()?, it.snapshot_begun(family_id)?))
        };
        let (device, Some(begun)) = self.read(read).await? else {
            return Ok(None);
        };
        let places = Places {
            after: Some(begun.start.clone()),
            own: None,
            witness: witness.cloned(),
        };
        match self.client.pull(family_id, device, &places, 1).await {
            Ok(_) => Ok(Some(begun)),
            Err(error) if is_to_begin_again(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn begin(
        &self,
        family_id: FamilyId,
        witness: Option<&Cursor>,
    ) -> Result<Begun, SyncError> {
        let page = self.client.snapshot(family_id, None, witness).await?;
        self.replica
            .run(move |it| it.drop_snapshot(family_id))
            .await??;
        self.put_aside(family_id, page).await
    }

    async fn put_aside(&self, family_id: FamilyId, page: SnapshotPage) -> Result<Begun, SyncError> {
        let put = move |it: &mut Replica| it.apply_snapshot_page(family_id, &page);
        Ok(self.replica.run(put).await??)
    }
}

/// Says how far a family has come, as long as it is on its way.
struct Told<'a> {
    telling: Telling<'a>,
    name: String,
}

impl Told<'_> {
    fn tell(&mut self, begun: &Begun) {
        let what = match begun.next {
            Some(_) => Freight::Family(self.name.clone()),
            None => Freight::FamilyWhole(self.name.clone()),
        };
        let (done, total) = begun.tickets;
        self.telling.tell(what, done, total);
    }
}
