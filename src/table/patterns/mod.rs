//! Every way in which the table is read: one function per access pattern of the design.
//!
//! Nothing else asks the table for anything but single keys. None reads more than it returns, but
//! for what it has to leave out, and the tests hold each to its cost. What is deleted is in no
//! list.

mod log;
mod people;
mod shelves;
mod tickets;

use serde::de::DeserializeOwned;

use super::error::TableError;
use super::item::{Item, Key, PAGE, Query, Token};
use super::keys::{self, Scope};
use super::{Head, Table};

pub use log::{
    LogPage, TimeSpan, audit_between, audit_of_entity, audit_of_ticket, before, before_of_entity,
    log_after, log_newest_first, ticket_newest_first,
};
pub use people::{
    FamilyGroups, QueueUse, admins, families_of, family, group_members, groups, groups_of,
    invitations_of, members, membership, pending, queue_use, queues, queues_of_group, user,
    user_by_email,
};
pub use shelves::{Shelf, behind, shelf};
pub use tickets::{
    Thread, attachments, comments, due_timers, open_children, open_tickets, open_tickets_of,
    participants, participations, thread, ticket, ticket_by_external_id, ticket_by_number,
    tickets_of_queue, tickets_with,
};

/// Which part of a long list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The most items to read; what is deleted counts too.
    pub limit: usize,
    /// Where the part before ended.
    pub start: Option<Token>,
    /// From the other end of the order.
    pub backwards: bool,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Where the next part begins; absent at the end.
    pub next: Option<Token>,
}

impl Window {
    /// The beginning of the list.
    pub fn first(limit: usize) -> Window {
        Window {
            limit,
            start: None,
            backwards: false,
        }
    }

    /// The end of the list, last first: the newest, where a list is in order of creation.
    pub fn last(limit: usize) -> Window {
        Window {
            backwards: true,
            ..Window::first(limit)
        }
    }

    /// The part that begins where another ended.
    pub fn from(self, start: Option<Token>) -> Window {
        Window { start, ..self }
    }

    fn over(self, query: Query) -> Query {
        let query = query.limit(self.limit).start(self.start);
        if self.backwards {
            query.descending()
        } else {
            query
        }
    }
}

impl Default for Window {
    fn default() -> Window {
        Window::first(PAGE)
    }
}

/// The head of a log, with all counters: one read.
pub async fn head(table: &dyn Table, scope: Scope) -> Result<Option<Head>, TableError> {
    one(table, keys::head_key(scope)).await
}

/// What stands under a key.
async fn one<T: DeserializeOwned>(table: &dyn Table, key: Key) -> Result<Option<T>, TableError> {
    let item = table.get(key).await?;
    item.as_ref().map(keys::read).transpose()
}

/// What the query finds on its page.
async fn listed<T: DeserializeOwned>(
    table: &dyn Table,
    query: Query,
) -> Result<Listed<T>, TableError> {
    let page = table.query(query).await?;
    Ok(Listed {
        items: read_all(&page.items)?,
        next: page.next,
    })
}

fn read_all<T: DeserializeOwned>(items: &[Item]) -> Result<Vec<T>, TableError> {
    items.iter().map(keys::read).collect()
}

impl<T> Listed<T> {
    fn keep(mut self, wanted: impl FnMut(&T) -> bool) -> Listed<T> {
        self.items.retain(wanted);
        self
    }
}

#[cfg(test)]
mod tests;
