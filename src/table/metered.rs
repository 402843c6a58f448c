//! A table that counts what is read from it, for tests that hold a reading to its cost.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Table;
use super::error::TableError;
use super::item::{Item, Key, Page, Places, Query, Write};

/// Any table, with a meter.
#[derive(Debug, Default)]
pub struct Metered<T> {
    inner: T,
    calls: AtomicUsize,
    items: AtomicUsize,
}

/// What was read since the meter was last taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// How often the table was asked.
    pub calls: usize,
    /// How many items came back, whole.
    pub items: usize,
}

impl<T> Metered<T> {
    pub fn new(inner: T) -> Metered<T> {
        Metered {
            inner,
            calls: AtomicUsize::new(0),
            items: AtomicUsize::new(0),
        }
    }

    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// Reads the meter and sets it back.
    pub fn take(&self) -> Cost {
        Cost {
            calls: self.calls.swap(0, Ordering::SeqCst),
            items: self.items.swap(0, Ordering::SeqCst),
        }
    }

    fn count(&self, items: usize) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.items.fetch_add(items, Ordering::SeqCst);
    }
}

impl<T: Table> Table for Metered<T> {
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>> {
        let read = self.inner.get(key);
        read.inspect(|found| self.count(found.iter().flatten().count()))
            .boxed()
    }

    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>> {
        let read = self.inner.get_many(keys);
        read.inspect(|found| self.count(found.iter().flatten().flatten().count()))
            .boxed()
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>> {
        let read = self.inner.query(query);
        read.inspect(|found| self.count(found.as_ref().map_or(0, |page| page.items.len())))
            .boxed()
    }

    fn places(&self, query: Query) -> BoxFuture<'_, Result<Places, TableError>> {
        let read = self.inner.places(query);
        read.inspect(|_| self.count(0)).boxed()
    }

    fn damage(&self) -> Option<TableError> {
        self.inner.damage()
    }

    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>> {
        self.inner.transact(writes)
    }
}
