//! What a store that was put back from a copy needs before anybody works with it.

use super::{Desk, DeskError};
use crate::model::id::{CommandId, FamilyId};
use crate::table::item::{Condition, Write};
use crate::table::keys::{self, Scope};

impl Desk {
    /// Gives every family's history a new identity, so that a replica which has seen more than the
    /// copy holds notices, and sends again what is its own (PROTOCOL.md section 1.9). Gives how
    /// many families there are.
    ///
    /// A person's own log keeps its identity: it is only ever pulled together with the family's,
    /// whose new one leads to a snapshot, and that begins both cursors anew. A user's log has no
    /// cursor; the record comes with the family.
    pub async fn begin_new_histories(&self) -> Result<usize, DeskError> {
        let families = self.families_of_store().await?;
        for family_id in &families {
            let Some(mut head) = self.head(*family_id).await? else {
                continue;
            };
            head.epoch = self.source.fresh();
            let write = Write::Put {
                item: keys::head_item(Scope::Family(*family_id), &head)?,
                condition: Condition::Version(head.mark()),
            };
            self.table.transact(vec![write]).await?;
        }
        Ok(families.len())
    }

    /// Those of the commands that have been decided here, in any history of the family.
    pub async fn known_commands(
        &self,
        family_id: FamilyId,
        ids: &[CommandId],
    ) -> Result<Vec<CommandId>, DeskError> {
        let scope = Scope::Family(family_id);
        let receipts = ids.iter().map(|id| keys::op_key(scope, *id)).collect();
        let found = self.table.get_many(receipts).await?;
        let known = ids
            .iter()
            .zip(found)
            .filter(|(_, receipt)| receipt.is_some());
        Ok(known.map(|(id, _)| *id).collect())
    }
}
