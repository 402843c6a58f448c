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
use crate::table::keys::Scope;
use crate::table::patterns::{self, Listed, Shelf, Window};
use crate::wire::sync::{Outcome, Verdict};

/// How much is looked at for one part, at the most, where little of it may be seen.
const LOOKED_AT: usize = if cfg!(test) { 20 } else { 5_000 };

/// Whose history is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audited {
    Family,
    /// A ticket's is that of everything that belongs to it.
    Entity(EntityKey),
    /// Of what happened to a comment, that which changed its text.
    Texts(EntityKey),
}

/// Part of what happened, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    pub records: Vec<AuditRecord>,
    /// The number before which it goes on; absent at the beginning of everything.
    pub before: Option<i64>,
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
    /// may be seen, a part may hold fewer, or nothing, and still not be the last.
    pub async fn audit(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        of: Audited,
        (before, limit): (Option<i64>, usize),
    ) -> Result<History, DeskError> {
        if let Audited::Entity(key) | Audited::Texts(key) = of {
            self.show(family_id, user_id, key).await?;
        }
        let scope = self.enter(family_id, user_id).await?;
        let log = match of {
            Audited::Family => Scope::Family(family_id),
            Audited::Entity(key) | Audited::Texts(key) => Scope::of(family_id, &key),
        };
        let table = self.table.as_ref();
        let start = match (of, before) {
            (_, None) => None,
            (Audited::Family | Audited::Entity(EntityKey::Ticket(_)), Some(seq)) => {
                Some(patterns::before(log, seq))
            }
            (Audited::Entity(key) | Audited::Texts(key), Some(seq)) => {
                match patterns::before_of_entity(table, log, &key, seq).await? {
                    Some(start) => Some(start),
                    None => return Ok(History::default()),
                }
            }
        };
        let part = (&scope, start, limit);
        match of {
            Audited::Family => {
                let read = |window| patterns::log_newest_first(table, log, window);
                self.audible_part(part, |_| true, read).await
            }
            Audited::Entity(EntityKey::Ticket(ticket_id)) => {
                let read = |window| patterns::ticket_newest_first(table, log, ticket_id, window);
                self.audible_part(part, |_| true, read).await
            }
            Audited::Entity(key) => {
                let read = |window| patterns::audit_of_entity(table, log, &key, window);
                self.audible_part(part, |_| true, read).await
            }
            Audited::Texts(key) => {
                let read = |window| patterns::audit_of_entity(table, log, &key, window);
                self.audible_part(part, tells_a_text, read).await
            }
        }
    }

    /// Reads a log from its end until there is enough that is wanted and that the person sees, or
    /// enough was looked at.
    async fn audible_part<F>(
        &self,
        (scope, mut start, limit): (&FamilyScope, Option<Token>, usize),
        wanted: impl Fn(&AuditRecord) -> bool,
        read: impl Fn(Window) -> F,
    ) -> Result<History, DeskError>
    where
        F: Future<Output = Result<Listed<AuditRecord>, TableError>>,
    {
        let mut history = History::default();
        let mut looked_at = 0;
        // One more than is wanted tells whether there is more.
        while history.records.len() <= limit && looked_at < LOOKED_AT {
            let page = read(Window::last(limit + 1).from(start)).await?;
            looked_at += page.items.len();
            history.before = page.items.last().map(|it| it.seq).or(history.before);
            let found = self.audible(scope, page.items).await?;
            history.records.extend(found.into_iter().filter(&wanted));
            start = page.next;
            if start.is_none() {
                history.before = None;
                break;
            }
        }
        if history.records.len() > limit {
            history.records.truncate(limit);
            history.before = history.records.last().map(|it| it.seq);
        }
        Ok(history)
    }

    pub(super) async fn audible(
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
    pub(super) async fn written_by(
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

fn tells_a_text(record: &AuditRecord) -> bool {
    let changes = record.changes();
    changes.iter().any(|it| it.field == "comment_body")
}

impl<T> Listing<T> {
    /// The first so many, where one more may have been read.
    fn of(mut items: Vec<T>, limit: usize) -> Listing<T> {
        let more = items.len() > limit;
        items.truncate(limit);
        Listing { items, more }
    }
}
