//! What happened before somebody began to follow the log: a part at a time, as far as they see it
//! now.

use super::feed::epoch_of;
use super::{Desk, DeskError};
use crate::model::audit::AuditRecord;
use crate::model::id::{FamilyId, UserId};
use crate::model::refusal::Refusal;
use crate::table::keys::Scope;
use crate::table::patterns;
use crate::wire::sync::{PastOf, PastPage};

/// The most records that are looked at for one page.
const PAST_LIMIT: usize = 1000;

impl Desk {
    /// A part of the past, the newest first.
    ///
    /// # Errors
    /// [`DeskError::HistoryDiverged`] where it is asked for in another history than this.
    pub async fn past(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        of: &PastOf,
        limit: usize,
    ) -> Result<PastPage, DeskError> {
        self.let_in(family_id, user_id).await?;
        let limit = limit.clamp(1, PAST_LIMIT);
        let (records, next) = match of.ticket_id {
            None => self.before(family_id, of, limit).await?,
            Some(ticket_id) => {
                let table = self.table.as_ref();
                let scope = Scope::Family(family_id);
                let after = of.page.as_deref();
                patterns::audit_of_ticket(table, scope, ticket_id, after, limit).await?
            }
        };
        // Read after the records: what changed who one is meanwhile comes with the log.
        let scope = self.enter(family_id, user_id).await?;
        let head = self.head(family_id).await?;
        if head.is_none_or(|head| epoch_of(&head) != of.epoch) {
            return Err(DeskError::HistoryDiverged);
        }
        let records = self
            .visible(&scope, records, |record: &AuditRecord| {
                record.audience.clone()
            })
            .await?;
        Ok(PastPage {
            records: records.into(),
            next,
        })
    }

    /// The records before one, the newest first. A log has no gaps, so their numbers are known.
    async fn before(
        &self,
        family_id: FamilyId,
        of: &PastOf,
        limit: usize,
    ) -> Result<(Vec<AuditRecord>, Option<String>), DeskError> {
        let page = of.page.as_deref().unwrap_or_default();
        let before: i64 = page.parse().map_err(|_| {
            let why = "say before which record, by its number";
            DeskError::from(Refusal::invalid("page", why))
        })?;
        let before = before.max(1);
        let wanted = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = before.saturating_sub(1).saturating_sub(wanted).max(0);
        let count = usize::try_from(before - 1 - after).unwrap_or(limit);
        if count == 0 {
            return Ok((Vec::new(), None));
        }
        let scope = Scope::Family(family_id);
        let page = patterns::log_after(self.table.as_ref(), scope, after, count).await?;
        let mut records = page.records;
        records.reverse();
        Ok((records, (after > 0).then(|| (after + 1).to_string())))
    }
}
