//! What stands in lists beside tickets, and what happened, for whoever asks over HTTP: a part at a
//! time, as far as they see it now.

use super::needs::as_records;
use super::scene::FamilyScope;
use super::{Desk, DeskError};
use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommentId, FamilyId, GroupId, TicketId, UserId};
use crate::model::number::TicketNumber;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::table::item::Token;
use crate::table::keys::{self, Scope};
use crate::table::patterns::{self, Window};
use crate::wire::sync::{Outcome, Verdict};

/// How much is looked at for one part, at the most, where little of it may be seen.
const LOOKED_AT: usize = 5_000;

/// What stands in one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Whoever is in the family, was asked in, or asks to be.
    Members,
    Groups,
    GroupMembers(GroupId),
    Queues,
    Participants(TicketId),
    /// Oldest first.
    Comments(TicketId),
}

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

    /// What stands on the shelf behind the given place, up to so many.
    pub async fn listed(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        shelf: Shelf,
        (after, limit): (Option<CommentId>, usize),
    ) -> Result<Listing<Record>, DeskError> {
        let table = self.table.as_ref();
        if let Shelf::Comments(ticket_id) | Shelf::Participants(ticket_id) = shelf {
            let ticket = EntityKey::Ticket(ticket_id);
            self.show(family_id, user_id, ticket).await?;
        }
        if let Shelf::GroupMembers(group_id) = shelf {
            let group = EntityKey::Group(group_id);
            self.show(family_id, user_id, group).await?;
        }
        let scope = self.enter(family_id, user_id).await?;
        let all = match shelf {
            Shelf::Comments(ticket_id) => {
                return self.comments(&scope, ticket_id, (after, limit)).await;
            }
            Shelf::Members => {
                let mut all = patterns::members(table, family_id).await?;
                all.extend(patterns::pending(table, family_id).await?);
                as_records(all)
            }
            Shelf::Groups => as_records(patterns::groups(table, family_id).await?.groups),
            Shelf::GroupMembers(group_id) => {
                as_records(patterns::places_in(table, family_id, group_id).await?)
            }
            Shelf::Queues => as_records(patterns::queues(table, family_id).await?),
            Shelf::Participants(ticket_id) => {
                as_records(patterns::participants(table, family_id, ticket_id).await?)
            }
        };
        let items = self.visible(&scope, all, Record::audience).await?;
        Ok(Listing { items, more: false })
    }

    async fn comments(
        &self,
        scope: &FamilyScope,
        ticket_id: TicketId,
        (after, limit): (Option<CommentId>, usize),
    ) -> Result<Listing<Record>, DeskError> {
        let family_id = scope.family_id;
        let mut start = after.map(|comment_id| {
            let key = keys::comment_key(family_id, ticket_id, comment_id);
            let sk = key.sk.clone();
            Token { sk, key }
        });
        let mut items = Vec::new();
        // One more than is wanted tells whether there is more; what is not seen is not counted.
        while items.len() <= limit {
            let window = Window::first(limit + 1).from(start);
            let table = self.table.as_ref();
            let page = patterns::comments(table, family_id, ticket_id, window).await?;
            let found = as_records(page.items);
            items.extend(self.visible(scope, found, Record::audience).await?);
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
        let records = match of {
            Audited::Family => return self.audit_of_family(&scope, (before, limit)).await,
            Audited::Entity(key) => self.whole_audit_of(family_id, key).await?,
        };
        let mut records = self.audible(&scope, records).await?;
        records.retain(|it| before.is_none_or(|before| it.seq < before));
        records.sort_by_key(|it| std::cmp::Reverse(it.seq));
        Ok(Listing::of(records, limit))
    }

    async fn audit_of_family(
        &self,
        scope: &FamilyScope,
        (before, limit): (Option<i64>, usize),
    ) -> Result<Listing<AuditRecord>, DeskError> {
        let log = Scope::Family(scope.family_id);
        let mut start = before.map(|seq| Token {
            sk: keys::log_sk(seq),
            key: keys::log_key(log, seq),
        });
        let (mut items, mut looked_at) = (Vec::new(), 0);
        while items.len() <= limit && looked_at < LOOKED_AT {
            let window = Window::last(limit + 1).from(start);
            let page = patterns::log_newest_first(self.table.as_ref(), log, window).await?;
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

    async fn whole_audit_of(
        &self,
        family_id: FamilyId,
        key: EntityKey,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let (table, log) = (self.table.as_ref(), Scope::Family(family_id));
        let mut records = Vec::new();
        if let EntityKey::Ticket(ticket_id) = key {
            let mut after = None;
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
        let mut window = Window::first(LOOKED_AT);
        loop {
            let page = patterns::audit_of_entity(table, log, &key, window.clone()).await?;
            records.extend(page.items);
            match page.next {
                Some(next) => window = window.from(Some(next)),
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
