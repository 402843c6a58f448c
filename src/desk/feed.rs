//! What a replica is fed: the log after a cursor, single rows.

use crate::model::audit::{AuditRecord, CHAIN_START};
use crate::model::entity::EntityKey;
use crate::model::entity::EntityType;
use crate::model::id::{DeviceId, FamilyId, TicketId, UserId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::table::head::Head;
use crate::table::item::Query;
use crate::table::keys::{self, Scope};
use crate::table::patterns;
use crate::wire::cursor::Cursor;
use crate::wire::sync::{Outcome, OwnLog, Pull, Verdict};

use super::scene::FamilyScope;
use super::writes::Remembered;
use super::{Desk, DeskError, moved};

/// The most records of the log in one page.
const PULL_LIMIT: usize = 1000;

/// How many of a device's verdicts are read at once; most pulls find none.
const VERDICTS: usize = 10;

impl Desk {
    /// What happened in a family after the cursor, as far as the person sees it, and what they see
    /// now, or no longer, because of it.
    ///
    /// # Errors
    /// [`DeskError::HistoryDiverged`] where the cursor is of another history;
    /// [`DeskError::ScopeChanged`] where something happened that changes what the person sees as
    /// a whole.
    pub async fn pull(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        device: DeviceId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Pull, DeskError> {
        self.let_in(family_id, user_id).await?;
        let head = self.head(family_id).await?.ok_or_else(no_family)?;
        let from = match after {
            Some(cursor) => {
                let scope = Scope::Family(family_id);
                self.check_cursor(scope, cursor, &head).await?
            }
            None => (0, CHAIN_START.to_owned()),
        };
        let limit = limit.clamp(1, PULL_LIMIT);
        let table = self.table.as_ref();
        let page = patterns::log_after(table, Scope::Family(family_id), from.0, limit).await?;
        // Read after the page: what changed who one is meanwhile comes with a later one.
        let scope = self.enter(family_id, user_id).await?;
        let (to, chain) = match page.records.last() {
            Some(last) => (last.seq, last.hash.clone()),
            None => from.clone(),
        };
        if after.is_some() && moved::changes_scope(&scope.viewer, &page.records) {
            return Err(DeskError::ScopeChanged);
        }
        let (mut shown, hidden) = self.moved(&scope, &page.records).await?;
        if mutant!(MoveInWithoutRow) {
            shown.clear();
        }
        let events = self
            .visible(&scope, page.records, |record: &AuditRecord| {
                record.audience.clone()
            })
            .await?;
        Ok(Pull {
            from: from.0,
            to,
            cursor: Cursor::new(&epoch_of(&head), to, &chain),
            more: page.more && to < head.n,
            head: cursor_of(&head),
            events: events.into(),
            shown: shown.into(),
            hidden: hidden.into(),
            results: self.verdicts(&scope, device, (from.0, to)).await?,
            own: None,
        })
    }

    /// What happened after the cursor in the person's own log of the family, and whether there is
    /// more; nothing where nothing is new. The log is of nobody else's business, so nothing is
    /// left out.
    ///
    /// # Errors
    /// [`DeskError::HistoryDiverged`] where the cursor is of another history.
    pub async fn pull_own(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Option<(OwnLog, bool)>, DeskError> {
        self.let_in(family_id, user_id).await?;
        let scope = Scope::Person(family_id, user_id);
        let table = self.table.as_ref();
        let Some(head) = patterns::head(table, scope).await? else {
            return match after {
                Some(_) => Err(DeskError::HistoryDiverged),
                None => Ok(None),
            };
        };
        let from = match after {
            Some(cursor) => self.check_cursor(scope, cursor, &head).await?,
            None => (0, CHAIN_START.to_owned()),
        };
        if from.0 == head.n {
            return Ok(None);
        }
        let limit = limit.clamp(1, PULL_LIMIT);
        let page = patterns::log_after(table, scope, from.0, limit).await?;
        let (to, chain) = match page.records.last() {
            Some(last) => (last.seq, last.hash.clone()),
            None => from,
        };
        let own = OwnLog {
            cursor: Cursor::new(&epoch_of(&head), to, &chain),
            events: page.records.into(),
        };
        Ok(Some((own, page.more && to < head.n)))
    }

    /// Sees to it that the family's history holds this place, the newest that somebody has seen.
    /// Also where their cursor is older than what was lost (PROTOCOL.md, "witness").
    ///
    /// # Errors
    /// [`DeskError::HistoryDiverged`] where it does not.
    pub async fn vouch(&self, family_id: FamilyId, witness: &Cursor) -> Result<(), DeskError> {
        if mutant!(NoWitness) {
            return Ok(());
        }
        let head = self.head(family_id).await?.ok_or_else(no_family)?;
        let scope = Scope::Family(family_id);
        self.check_cursor(scope, witness, &head).await.map(drop)
    }

    /// The family's newest position.
    pub async fn position(&self, family_id: FamilyId) -> Result<Cursor, DeskError> {
        let head = self.head(family_id).await?;
        head.as_ref().map(cursor_of).ok_or_else(no_family)
    }

    /// The newest position of the person's own log of the family; absent while it holds nothing.
    pub async fn own_position(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<Option<Cursor>, DeskError> {
        let scope = Scope::Person(family_id, user_id);
        let head = patterns::head(self.table.as_ref(), scope).await?;
        Ok(head.as_ref().map(cursor_of))
    }

    /// The entities as they are now; those that are not there or that the person does not see are
    /// left out.
    pub async fn rows(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        keys: &[EntityKey],
    ) -> Result<Vec<Record>, DeskError> {
        let scope = self.enter(family_id, user_id).await?;
        let found = self.records(family_id, keys).await?;
        let found = found.into_iter().flatten().collect();
        self.visible(&scope, found, Record::audience).await
    }

    /// All that belongs to a ticket.
    pub(super) async fn children_of(
        &self,
        family_id: FamilyId,
        ticket_id: TicketId,
        rows: &mut Vec<Record>,
    ) -> Result<(), DeskError> {
        let query = Query::base(keys::ticket_pk(family_id, ticket_id));
        for item in crate::table::query_all(self.table.as_ref(), query).await? {
            if let Some(kind) = keys::entity_type_of(&item.key) {
                rows.push(keys::record_of(&item, kind)?);
            }
        }
        Ok(())
    }

    /// The end of a family's log as the table has it; absent where there is no such family.
    pub(super) async fn head(&self, family_id: FamilyId) -> Result<Option<Head>, DeskError> {
        Ok(patterns::head(self.table.as_ref(), Scope::Family(family_id)).await?)
    }

    /// The place to go on from, with its link of the chain, if the cursor is of this history.
    async fn check_cursor(
        &self,
        scope: Scope,
        cursor: &Cursor,
        head: &Head,
    ) -> Result<(i64, String), DeskError> {
        if mutant!(NoChainCheck) {
            let seq = cursor.seq.clamp(0, head.n);
            return Ok((seq, self.chain_at(scope, seq).await?));
        }
        if cursor.epoch != epoch_of(head) || !(0..=head.n).contains(&cursor.seq) {
            return Err(DeskError::HistoryDiverged);
        }
        let chain = if cursor.seq == head.n {
            head.chain.clone()
        } else {
            self.chain_at(scope, cursor.seq).await?
        };
        if cursor.fits(&chain) {
            Ok((cursor.seq, chain))
        } else {
            Err(DeskError::HistoryDiverged)
        }
    }

    pub(super) async fn chain_at(&self, scope: Scope, seq: i64) -> Result<String, DeskError> {
        if seq == 0 {
            return Ok(CHAIN_START.to_owned());
        }
        let key = keys::log_key(scope, seq);
        let item = self
            .table
            .get(key)
            .await?
            .ok_or(DeskError::HistoryDiverged)?;
        Ok(keys::audit_of(&item)?.hash)
    }

    /// The person's verdicts from the device that left no trace in the log and fall into the range,
    /// both ends included. Anyone may name a device: the log tells which there are.
    async fn verdicts(
        &self,
        scope: &FamilyScope,
        device: DeviceId,
        (from, to): (i64, i64),
    ) -> Result<Vec<Verdict>, DeskError> {
        let mut query = Query::base(keys::device_pk(scope.family_id, device))
            .prefix(keys::RESULTS)
            .limit(VERDICTS)
            .descending();
        let mut verdicts = Vec::new();
        'newest_first: loop {
            let page = self.table.query(query.clone()).await?;
            for item in &page.items {
                let Remembered { user_id, verdict } = keys::read(item)?;
                let at = match &verdict.outcome {
                    Outcome::Applied { seq, .. } => *seq,
                    Outcome::Rejected { head, .. } => *head,
                };
                if at < from {
                    break 'newest_first;
                }
                if at <= to && user_id == Some(scope.viewer.user_id) {
                    verdicts.push(verdict);
                }
            }
            if page.next.is_none() {
                break;
            }
            query.start = page.next;
        }
        verdicts.reverse();
        Ok(verdicts)
    }
}

pub(super) fn cursor_of(head: &Head) -> Cursor {
    Cursor::new(&epoch_of(head), head.n, &head.chain)
}

pub(super) fn epoch_of(head: &Head) -> String {
    head.epoch.simple().to_string()
}

pub(super) fn no_family() -> DeskError {
    Refusal::NotFound {
        what: EntityType::Family,
    }
    .into()
}
