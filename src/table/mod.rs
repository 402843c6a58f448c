//! The single table: items, keys, the `Table` trait and its engines.
//!
//! One table holds every family. What an item's keys look like is said in [`keys`], and nowhere
//! else; what may be asked of the table is [`Table`]; [`conformance`] holds any engine to it.

pub mod blobs;
pub mod conformance;
pub mod error;
pub mod head;
pub mod item;
pub mod keys;
pub mod metered;
pub mod patterns;
pub mod sqlite;

use std::sync::Arc;

use futures::future::BoxFuture;

pub use error::{Cancelled, TableError};
pub use head::{Counts, Head};
pub use item::{Condition, Index, Item, Key, Page, Places, Query, Range, Token, Write};
pub use keys::Scope;
pub use metered::Metered;
pub use sqlite::{Reads, SqliteTable};

/// One table with a partition key, a sort key and three sparse indexes, whatever engine keeps it.
pub trait Table: Send + Sync {
    /// One item, as it was committed last.
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>>;

    /// Several items, in the order of their keys.
    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>>;

    /// One page of a partition, in the order of its sort keys. Read from the base table it is
    /// consistent; an index may lag behind on some engines.
    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>>;

    /// Where the items of such a page stand, and nothing of what they hold: for whoever has to go
    /// over more than they give.
    fn places(&self, query: Query) -> BoxFuture<'_, Result<Places, TableError>> {
        let index = query.index;
        let page = self.query(query);
        Box::pin(async move { Ok(Places::of(page.await?, index)) })
    }

    /// What of the table was found to be damaged; from then on nothing can be written.
    fn damage(&self) -> Option<TableError> {
        None
    }

    /// Writes all of it or nothing. Once the answer is `Ok` it survives a power cut.
    ///
    /// Enqueues at the moment of the call (before the first await), so that transactions called
    /// in order are committed in order; dropping the future does not take the transaction back.
    ///
    /// All conditions are evaluated before anything is written, and the first answer names every
    /// one that failed: [`TableError::Cancelled`].
    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>>;
}

impl<T: Table + ?Sized> Table for Arc<T> {
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>> {
        (**self).get(key)
    }

    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>> {
        (**self).get_many(keys)
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>> {
        (**self).query(query)
    }

    fn places(&self, query: Query) -> BoxFuture<'_, Result<Places, TableError>> {
        (**self).places(query)
    }

    fn damage(&self) -> Option<TableError> {
        (**self).damage()
    }

    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>> {
        (**self).transact(writes)
    }
}

/// Every item that the query finds, page after page.
pub async fn query_all(table: &dyn Table, mut query: Query) -> Result<Vec<Item>, TableError> {
    let mut found = Vec::new();
    loop {
        let page = table.query(query.clone()).await?;
        found.extend(page.items);
        if page.next.is_none() {
            return Ok(found);
        }
        query.start = page.next;
    }
}
