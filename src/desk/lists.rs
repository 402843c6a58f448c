//! What stands in lists beside tickets, and what happened, for whoever asks over HTTP: a part at a
//! time, as far as they see it now.

use super::scene::FamilyScope;
use super::{Desk, DeskError};
use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::number::TicketNumber;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::table::error::TableError;
use crate::table::item::Token;
use crate::table::keys::{self, Scope};
use crate::table::patterns::{self, Listed, Shelf, Window};
use crate::wire::sync::{Outcome, Verdict};

/// How much is looked at for one part, at the most, where little of it may be seen.
const LOOKED_AT: usize = 5_000;

/// Whose history is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audited {
    Family,
    /// A ticket's is that of everything that belongs to it.
    Entity(EntityKey),
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// Whether there is more behind the last of them.
    pub more: bool,
}

impl Desk {
    /// One entity that is there and that the person sees.
    ///
    /// # Errors
    /// A refusal that tells nothing of which of both is not so.
    pub async fn show(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        key: EntityKey,
    ) -> Result<Record, DeskError> {
        let found = self.rows(family_id, user_id, &[key]).await?;
        let live = found.into_iter().find(|it| !it.common().deleted);
        let what = key.entity_type();
        live.ok_or_else(|| Refusal::NotFound { what }.into())
    }

    /// The ticket with this number, if the person sees it.
    pub async fn ticket_numbered(
        &self,
        family_id: FamilyId,
        number: &TicketNumber,
    ) -> Result<TicketId, DeskError> {
        let table = self.table.as_ref();
        let found = patterns::ticket_by_number(table, family_id, number).await?;
        let what = EntityType::Ticket;
        let found = found.map(|it| it.ticket_id);
        found.ok_or_else(|| Refusal::NotFound { what }.into())
    }

    /// What stands on the shelf behind the given entity, up to so many.
    pub async fn listed(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        shelf: Shelf,
        (after, limit): (Option<EntityKey>, usize),
    ) -> Result<Listing<Record>, DeskError> {
        if let Some(key) = shelf.hangs_on() {
            self.show(family_id, user_id, key).await?;
        }
        let scope = self.enter(family_id, user_id).await?;
        let mut start = after.map(|key| patterns::behind(family_id, &key));
        let mut items = Vec::new();
        // One more than is wanted tells whether there is more; what is not seen is not counted.
        while items.len() <= limit {
            let window = Window::first(limit + 1).from(start);
            let table = self.table.as_ref();
            let page = patterns::shelf(table, family_id, shelf, window).await?;
            items.extend(self.visible(&scope, page.items, Record::audience).await?);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        Ok(Listing::of(items, limit))
    }

    /// A ticket with its description, its comments and who takes part in it, as far as the person
    /// sees it: the ticket first.
    pub async fn thread(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        ticket_id: TicketId,
    ) -> Result<Vec<Record>, DeskError> {
        let ticket = self
            .show(family_id, user_id, EntityKey::Ticket(ticket_id))
            .await?;
        let scope = self.enter(family_id, user_id).await?;
        let mut rows = vec![ticket];
        self.children_of(family_id, ticket_id, &mut rows).await?;
        rows.retain(|it| !it.common().deleted);
        self.visible(&scope, rows, Record::audience).await
    }

    /// What happened, the newest first, before the given number, up to so many. Where little of it
    /// may be seen, a part may hold fewer and still not be the last.
    pub async fn audit(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        of: Audited,
        (before, limit): (Option<i64>, usize),
    ) -> Result<Listing<AuditRecord>, DeskError> {
        if let Audited::Entity(key) = of {
            self.show(family_id, user_id, key).await?;
        }
        let scope = self.enter(family_id, user_id).await?;
        match of {
            Audited::Family => self.audit_of_family(&scope, (before, limit)).await,
            Audited::Entity(EntityKey::Ticket(ticket_id)) => {
                let records = self.whole_audit_of(family_id, ticket_id).await?;
                let mut records = self.audible(&scope, records).await?;
                records.retain(|it| before.is_none_or(|before| it.seq < before));
                records.sort_by_key(|it| std::cmp::Reverse(it.seq));
                Ok(Listing::of(records, limit))
            }
            Audited::Entity(key) => self.audit_of_entity(&scope, key, (before, limit)).await,
        }
    }

    async fn audit_of_family(
        &self,
        scope: &FamilyScope,
        (before, limit): (Option<i64>, usize),
    ) -> Result<Listing<AuditRecord>, DeskError> {
        let log = Scope::Family(scope.family_id);
        let start = before.map(|seq| Token {
            sk: keys::log_sk(seq),
            key: keys::log_key(log, seq),
        });
        let table = self.table.as_ref();
        let read = |window| patterns::log_newest_first(table, log, window);
        self.audible_part(scope, (start, limit), read).await
    }

    async fn audit_of_entity(
        &self,
        scope: &FamilyScope,
        key: EntityKey,
        (before, limit): (Option<i64>, usize),
    ) -> Result<Listing<AuditRecord>, DeskError> {
        let (table, log) = (self.table.as_ref(), Scope::of(scope.family_id, &key));
        let start = match before {
            Some(seq) => match patterns::before(table, log, seq).await? {
                Some(start) => Some(start),
                None => return Ok(Listing::of(Vec::new(), limit)),
            },
            None => None,
        };
        let read = |window| patterns::audit_of_entity(table, log, &key, window);
        self.audible_part(scope, (start, limit), read).await
    }

    /// Reads a log from its end until there is enough that the person sees, or enough was looked at.
    async fn audible_part<F>(
        &self,
        scope: &FamilyScope,
        (mut start, limit): (Option<Token>, usize),
        read: impl Fn(Window) -> F,
    ) -> Result<Listing<AuditRecord>, DeskError>
    where
        F: Future<Output = Result<Listed<AuditRecord>, TableError>>,
    {
        let (mut items, mut looked_at) = (Vec::new(), 0);
        while items.len() <= limit && looked_at < LOOKED_AT {
            let page = read(Window::last(limit + 1).from(start)).await?;
            looked_at += page.items.len();
            items.extend(self.audible(scope, page.items).await?);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        let goes_on = start.is_some() && !items.is_empty();
        let listing = Listing::of(items, limit);
        Ok(Listing {
            more: listing.more || goes_on,
            ..listing
        })
    }

    /// A ticket's history is that of many entities, each of which has its own place in the index;
    /// only all of it can be put in order.
    async fn whole_audit_of(
        &self,
        family_id: FamilyId,
        ticket_id: TicketId,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let (table, log) = (self.table.as_ref(), Scope::Family(family_id));
        let (mut records, mut after) = (Vec::new(), None);
        loop {
            let part = (after.as_deref(), LOOKED_AT);
            let (found, next) =
                patterns::audit_of_ticket(table, log, ticket_id, part.0, part.1).await?;
            records.extend(found);
            match next {
                Some(next) => after = Some(next),
                None => return Ok(records),
            }
        }
    }

    async fn audible(
        &self,
        scope: &FamilyScope,
        records: Vec<AuditRecord>,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let audience = |record: &AuditRecord| record.audience.clone();
        self.visible(scope, records, audience).await
    }

    /// The entity of a kind that the command made or changed, if the log has one.
    pub async fn changed_by(
        &self,
        family_id: FamilyId,
        verdict: &Verdict,
        kind: EntityType,
    ) -> Result<Option<EntityKey>, DeskError> {
        let records = self.written_by(family_id, verdict).await?;
        let mut keys = records.into_iter().map(|it| it.entity);
        Ok(keys.find(|key| key.entity_type() == kind))
    }

    /// What the log holds of a command that was taken.
    async fn written_by(
        &self,
        family_id: FamilyId,
        verdict: &Verdict,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let Outcome::Applied { seq, changes, .. } = verdict.outcome else {
            return Ok(Vec::new());
        };
        let first = seq - i64::try_from(changes).unwrap_or(0);
        let (table, log) = (self.table.as_ref(), Scope::Family(family_id));
        let mut page = patterns::log_after(table, log, first.max(0), changes.max(1)).await?;
        page.records
            .retain(|it| it.command_id == verdict.command_id);
        Ok(page.records)
    }
}

impl<T> Listing<T> {
    /// The first so many, where one more may have been read.
    fn of(mut items: Vec<T>, limit: usize) -> Listing<T> {
        let more = items.len() > limit;
        items.truncate(limit);
        Listing { items, more }
    }
}
