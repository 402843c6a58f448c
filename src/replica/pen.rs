//! The one hand that writes entities. Within one transaction it collects what follows from them
//! (what is unread, counters, documents of the full-text index) and writes that once, at the end.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Params};

use super::fulltext;
use super::nouns::{self, ticket};
use super::tally::Tally;
use super::unread::{self, News};
use super::{BlobSource, Result};
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::record::Record;

/// Writes entities of one family inside an open transaction.
pub(super) struct Pen<'a> {
    pub(super) conn: &'a Connection,
    pub(super) fam: i64,
    pub(super) tally: Tally,
    pub(super) news: News,
    /// Tickets whose document has to be written anew.
    pub(super) stale: BTreeSet<TicketId>,
    /// By how much tickets have more comments than their rows say.
    pub(super) comments: BTreeMap<TicketId, i64>,
    /// The blobs that texts which were put stand in.
    pub(super) wanted: Vec<String>,
    blobs: Option<&'a BlobSource>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(conn: &'a Connection, fam: i64, blobs: Option<&'a BlobSource>) -> Pen<'a> {
        Pen {
            conn,
            fam,
            tally: Tally::default(),
            news: News::default(),
            stale: BTreeSet::new(),
            comments: BTreeMap::new(),
            wanted: Vec::new(),
            blobs,
        }
    }

    /// Puts an entity as it is now, over whatever was there.
    pub(super) fn put(&mut self, record: &Record) -> Result<()> {
        nouns::put(self, record)
    }

    /// Removes every trace of an entity from the tables of entities.
    pub(super) fn remove(&mut self, key: EntityKey) -> Result<()> {
        nouns::remove(self, key)
    }

    /// The entity as it is now, deleted or not.
    pub(super) fn get(&self, key: EntityKey) -> Result<Option<Record>> {
        nouns::get(self.conn, self.fam, key)
    }

    /// Runs one cached statement and says how many rows it touched.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.conn.prepare_cached(sql)?.execute(params)?)
    }

    /// Writes what follows from everything that was put and removed. Call it before the commit.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        unread::settle(&mut self)?;
        self.tally.write(self.conn, self.fam)
    }

    /// Writes what follows from each ticket by itself.
    pub(super) fn flush(&mut self) -> Result<()> {
        ticket::count_comments(self)?;
        for ticket_id in std::mem::take(&mut self.stale) {
            fulltext::index(self.conn, self.fam, ticket_id, self.blobs)?;
        }
        Ok(())
    }
}
