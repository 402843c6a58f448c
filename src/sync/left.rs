//! Families that this person is not in any more: what they did there must not get lost either, should
//! the server go back in time.

use std::collections::HashSet;

use super::pass::{Pass, Passed, SyncError, refusal};
use crate::model::id::{CommandId, FamilyId};
use crate::replica::Replica;
use crate::wire::problem::Problem;
use crate::wire::session::Session;
use crate::wire::sync::Pushed;

/// How many commands, of those that were settled last, are asked after. A server that went back has
/// lost the last ones, whatever else it has lost.
const ASKED_AFTER: usize = 20;

impl Pass<'_> {
    /// Sees to it that the backend still has what was done in families that were left. No log comes
    /// of them that would tell, and they may have been left in a history that is no more.
    pub(super) async fn look_back(
        &self,
        session: &Session,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        let session = session.clone();
        let left = self.read(move |it| it.left_behind(&session)).await?;
        for family_id in left {
            let last = self
                .read(move |it| it.settled_last(family_id, ASKED_AFTER))
                .await?;
            let known = self.known(family_id, &last).await?;
            if last.iter().all(|id| known.contains(id)) {
                continue;
            }
            self.begin_anew().await?;
            self.push(family_id, passed).await?;
            let forget = move |it: &mut Replica| it.forget_family(family_id);
            self.replica.run(forget).await??;
        }
        Ok(())
    }

    /// The backend knows no such family of this person: what it has not decided before it never
    /// will, and goes to what waits for the person.
    pub(super) async fn refused_at_the_door(
        &self,
        family_id: FamilyId,
        batch: &[Pushed],
        problem: &Problem,
    ) -> Result<usize, SyncError> {
        let ids: Vec<CommandId> = batch.iter().map(|it| it.command.command_id).collect();
        let known = self.known(family_id, &ids).await?;
        let unknown = batch
            .iter()
            .filter(|it| !known.contains(&it.command.command_id));
        let refused = unknown.map(|it| refusal(it, problem)).collect();
        let count = self.set_aside(family_id, refused).await?;
        if !known.is_empty() {
            // Numbers are missing in the row now.
            self.begin_anew().await?;
        }
        Ok(count)
    }

    pub(super) async fn known(
        &self,
        family_id: FamilyId,
        ids: &[CommandId],
    ) -> Result<HashSet<CommandId>, SyncError> {
        let known = self.client.known_commands(family_id, ids).await?;
        Ok(known.into_iter().collect())
    }
}
