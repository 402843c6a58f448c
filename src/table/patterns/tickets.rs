//! Tickets, and what hangs on them.

use std::collections::BTreeSet;

use super::{Listed, Window, listed, one, read_all};
use crate::model::attachment::Attachment;
use crate::model::comment::Comment;
use crate::model::id::{FamilyId, QueueId, TicketId, UserId};
use crate::model::number::TicketNumber;
use crate::model::participant::Participant;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::ticket::{Description, Ticket};
use crate::table::error::TableError;
use crate::table::item::{Index, Item, Key, Query};
use crate::table::keys::{self, Locator, Timer};
use crate::table::{Table, query_all};

/// A ticket and everything that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    pub ticket: Ticket,
    pub description: Option<Description>,
    /// In order of creation.
    pub comments: Vec<Comment>,
    pub participants: Vec<Participant>,
    /// The tickets whose parent this is, open or not.
    pub children: Vec<TicketId>,
}

/// A ticket by its id.
pub async fn ticket(
    table: &dyn Table,
    family: FamilyId,
    ticket: TicketId,
) -> Result<Option<Ticket>, TableError> {
    let found: Option<Ticket> = one(table, keys::ticket_key(family, ticket)).await?;
    Ok(found.filter(|it| !it.common.deleted))
}

/// A ticket with its description, comments and participants: one get and one query.
pub async fn thread(
    table: &dyn Table,
    family: FamilyId,
    id: TicketId,
) -> Result<Option<Thread>, TableError> {
    let Some(ticket) = ticket(table, family, id).await? else {
        return Ok(None);
    };
    let mut thread = Thread {
        ticket,
        description: None,
        comments: Vec::new(),
        participants: Vec::new(),
        children: Vec::new(),
    };
    for item in query_all(table, Query::base(keys::ticket_pk(family, id))).await? {
        thread.take(&item)?;
    }
    Ok(Some(thread))
}

impl Thread {
    /// What is of no known kind was written by a newer version, and is none of ours.
    fn take(&mut self, item: &Item) -> Result<(), TableError> {
        let sk = &item.key.sk;
        if *sk == "BODY" {
            let description: Description = keys::read(item)?;
            self.description = Some(description).filter(|it| !it.common.deleted);
        } else if sk.starts_with(keys::COMMENTS) {
            let comment: Comment = keys::read(item)?;
            self.comments
                .extend(Some(comment).filter(|it| !it.common.deleted));
        } else if sk.starts_with(keys::PARTICIPANTS) {
            let participant: Participant = keys::read(item)?;
            self.participants
                .extend(Some(participant).filter(|it| !it.common.deleted));
        } else if sk.starts_with(keys::CHILDREN) {
            self.children.extend(ticket_at(item)?);
        }
        Ok(())
    }
}

/// The ticket with this number.
pub async fn ticket_by_number(
    table: &dyn Table,
    family: FamilyId,
    number: &TicketNumber,
) -> Result<Option<Ticket>, TableError> {
    let found = follow(table, family, keys::number_key(family, number)).await?;
    // A number with another prefix is another family's, or nobody's.
    Ok(found.filter(|it| it.number.as_ref() == Some(number)))
}

/// The ticket that came from another system, by that system's own id.
pub async fn ticket_by_external_id(
    table: &dyn Table,
    family: FamilyId,
    (system, id): (&str, &str),
) -> Result<Option<Ticket>, TableError> {
    follow(table, family, keys::ext_key(family, system, id)).await
}

async fn follow(
    table: &dyn Table,
    family: FamilyId,
    locator: Key,
) -> Result<Option<Ticket>, TableError> {
    let Some(item) = table.get(locator).await? else {
        return Ok(None);
    };
    match ticket_at(&item)? {
        Some(id) => ticket(table, family, id).await,
        None => Ok(None),
    }
}

fn ticket_at(locator: &Item) -> Result<Option<TicketId>, TableError> {
    Ok(match keys::located(locator)? {
        Locator::TicketId(ticket) => Some(ticket),
        Locator::UserId(_) => None,
    })
}

/// The tickets of a queue by creation, whatever their status.
pub async fn tickets_of_queue(
    table: &dyn Table,
    family: FamilyId,
    queue: QueueId,
    window: Window,
) -> Result<Listed<Ticket>, TableError> {
    let query = Query::on(Index::Gsi3, keys::queue_tickets_pk(family, queue));
    listed(table, window.over(query)).await
}

/// The open tickets of a family, gravest first, within a severity by creation.
pub async fn open_tickets(
    table: &dyn Table,
    family: FamilyId,
    window: Window,
) -> Result<Listed<Ticket>, TableError> {
    let query = Query::on(Index::Gsi2, keys::tickets_pk(family));
    listed(
        table,
        window.over(query.prefix(keys::status_prefix(Status::Open))),
    )
    .await
}

/// The open tickets that are assigned to a person, gravest first.
pub async fn open_tickets_of(
    table: &dyn Table,
    family: FamilyId,
    user: UserId,
    window: Window,
) -> Result<Listed<Ticket>, TableError> {
    let query = Query::on(Index::Gsi1, keys::assignee_pk(family, user));
    listed(
        table,
        window.over(query.prefix(keys::status_prefix(Status::Open))),
    )
    .await
}

/// In which tickets a person takes part, and how; oldest ticket first.
pub async fn participations(
    table: &dyn Table,
    family: FamilyId,
    user: UserId,
) -> Result<Vec<Participant>, TableError> {
    let query = Query::on(Index::Gsi1, keys::participations_pk(family, user));
    read_all(&query_all(table, query).await?)
}

/// The tickets that a person takes part in, oldest first.
pub async fn tickets_with(
    table: &dyn Table,
    family: FamilyId,
    user: UserId,
) -> Result<Vec<Ticket>, TableError> {
    let parts = participations(table, family, user).await?;
    let ids: BTreeSet<TicketId> = parts.into_iter().map(|it| it.ticket_id).collect();
    tickets(table, family, ids).await
}

/// The comments of a ticket, oldest first.
pub async fn comments(
    table: &dyn Table,
    family: FamilyId,
    ticket: TicketId,
    window: Window,
) -> Result<Listed<Comment>, TableError> {
    let query = Query::base(keys::ticket_pk(family, ticket)).prefix(keys::COMMENTS);
    let all: Listed<Comment> = listed(table, window.over(query)).await?;
    Ok(all.keep(|it| !it.common.deleted))
}

/// Who takes part in a ticket.
pub async fn participants(
    table: &dyn Table,
    family: FamilyId,
    ticket: TicketId,
) -> Result<Vec<Participant>, TableError> {
    let query = Query::base(keys::ticket_pk(family, ticket)).prefix(keys::PARTICIPANTS);
    let all: Vec<Participant> = read_all(&query_all(table, query).await?)?;
    Ok(all.into_iter().filter(|it| !it.common.deleted).collect())
}

/// The files on a ticket and its comments, oldest first.
pub async fn attachments(
    table: &dyn Table,
    family: FamilyId,
    ticket: TicketId,
) -> Result<Vec<Attachment>, TableError> {
    let query = Query::base(keys::ticket_pk(family, ticket)).prefix(keys::ATTACHMENTS);
    let all: Vec<Attachment> = read_all(&query_all(table, query).await?)?;
    Ok(all.into_iter().filter(|it| !it.common.deleted).collect())
}

/// The open tickets whose parent this is: from the base table, for the rule on resolving.
pub async fn open_children(
    table: &dyn Table,
    family: FamilyId,
    parent: TicketId,
) -> Result<Vec<Ticket>, TableError> {
    let query = Query::base(keys::ticket_pk(family, parent)).prefix(keys::CHILDREN);
    let mut ids = BTreeSet::new();
    for locator in query_all(table, query).await? {
        ids.extend(ticket_at(&locator)?);
    }
    let mut children = tickets(table, family, ids).await?;
    children.retain(|it| it.status == Status::Open && it.parent_ticket == Some(parent));
    Ok(children)
}

/// The live ones among these tickets.
async fn tickets(
    table: &dyn Table,
    family: FamilyId,
    ids: BTreeSet<TicketId>,
) -> Result<Vec<Ticket>, TableError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys = ids.into_iter().map(|id| keys::ticket_key(family, id));
    let found = table.get_many(keys.collect()).await?;
    let items: Vec<Item> = found.into_iter().flatten().collect();
    let all: Vec<Ticket> = read_all(&items)?;
    Ok(all.into_iter().filter(|it| !it.common.deleted).collect())
}

/// What time has made due by the given moment, soonest first.
pub async fn due_timers(
    table: &dyn Table,
    family: FamilyId,
    until: Timestamp,
) -> Result<Vec<Timer>, TableError> {
    let query = Query::base(keys::timer_pk(family)).before(keys::timers_until(until));
    read_all(&query_all(table, query).await?)
}
