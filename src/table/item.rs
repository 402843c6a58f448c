//! What the table holds and what may be asked of it: items, writes and their conditions, queries.

use std::collections::HashSet;
use std::fmt;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

use super::error::TableError;

/// The largest item, in bytes of its keys and body: 400 KB.
pub const ITEM_LIMIT: usize = 400 * 1024;

/// How many items a page holds where the query doesn't say.
pub const PAGE: usize = 1000;

/// Where the log partitions end: their items are written once and never again.
pub const LOG_END: &str = "#LOG";

/// A partition and a place in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub key: Key,
    /// Where the item stands in each index; absent where it doesn't.
    pub gsi1: Option<Key>,
    pub gsi2: Option<Key>,
    pub gsi3: Option<Key>,
    /// What [`Condition::Version`] compares.
    pub version: i64,
    /// Epoch seconds from which an engine may remove the item by itself.
    pub ttl: Option<i64>,
    /// A compact JSON object.
    pub body: Vec<u8>,
}

/// What must hold of the item that stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Any,
    Absent,
    Present,
    /// Present, and of this version.
    Version(i64),
}

/// One part of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Puts the item, whole, in the place of whatever stood there.
    Put { item: Item, condition: Condition },
    /// Removes what stands there, if anything does.
    Delete { key: Key, condition: Condition },
    /// Changes nothing, but holds the transaction to the condition.
    Check { key: Key, condition: Condition },
}

/// The table's own order, or one of its three indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    Base,
    Gsi1,
    Gsi2,
    Gsi3,
}

/// Which sort keys of a partition are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    All,
    /// Those that begin with this text.
    Prefix(String),
    /// Both ends included.
    Between {
        from: String,
        to: String,
    },
    /// The text itself excluded.
    After(String),
    /// The text itself excluded.
    Before(String),
}

/// Where a page ended. Holds sort keys only: the partition always comes from the query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The sort key in the index that was read.
    pub sk: String,
    /// The item's own key, which tells items with equal sort keys apart.
    pub key: Key,
}

/// Where some items stand, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The place of each.
    pub tokens: Vec<Token>,
    /// Where to go on, as for a [`Page`].
    pub next: Option<Token>,
}

/// A question for one partition of the table or of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub index: Index,
    pub pk: String,
    pub range: Range,
    pub descending: bool,
    /// The most items on one page, at least 1.
    pub limit: usize,
    pub start: Option<Token>,
}

/// Some items in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub items: Vec<Item>,
    /// Where to go on. There whenever the limit was reached, even if nothing follows; an engine
    /// may also end a page early and say so by a token.
    pub next: Option<Token>,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Key {
        Key {
            pk: pk.into(),
            sk: sk.into(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pk, self.sk)
    }
}

impl Item {
    /// An item of version 1 that stands in no index.
    pub fn new(key: Key, body: Vec<u8>) -> Item {
        Item {
            key,
            gsi1: None,
            gsi2: None,
            gsi3: None,
            version: 1,
            ttl: None,
            body,
        }
    }

    /// The item's place in an index.
    pub fn place(&self, index: Index) -> Option<&Key> {
        match index {
            Index::Base => Some(&self.key),
            Index::Gsi1 => self.gsi1.as_ref(),
            Index::Gsi2 => self.gsi2.as_ref(),
            Index::Gsi3 => self.gsi3.as_ref(),
        }
    }

    /// Where what follows it in an index begins; nowhere where it does not stand there.
    pub fn token(&self, index: Index) -> Option<Token> {
        self.place(index).map(|place| Token {
            sk: place.sk.clone(),
            key: self.key.clone(),
        })
    }

    /// What counts against [`ITEM_LIMIT`].
    pub fn bytes(&self) -> usize {
        [Index::Base, Index::Gsi1, Index::Gsi2, Index::Gsi3]
            .into_iter()
            .filter_map(|index| self.place(index))
            .map(|key| key.pk.len() + key.sk.len())
            .sum::<usize>()
            + self.body.len()
    }
}

impl Condition {
    /// Whether it holds, given the version of the item that stands there.
    pub fn holds(self, found: Option<i64>) -> bool {
        match self {
            Condition::Any => true,
            Condition::Absent => found.is_none(),
            Condition::Present => found.is_some(),
            Condition::Version(version) => found == Some(version),
        }
    }
}

impl Write {
    /// Puts an item where none stands.
    pub fn create(item: Item) -> Write {
        Write::Put {
            item,
            condition: Condition::Absent,
        }
    }

    /// Puts an item in the place of one of the given version.
    pub fn update(item: Item, from_version: i64) -> Write {
        Write::Put {
            item,
            condition: Condition::Version(from_version),
        }
    }

    pub fn key(&self) -> &Key {
        match self {
            Write::Put { item, .. } => &item.key,
            Write::Delete { key, .. } | Write::Check { key, .. } => key,
        }
    }

    pub fn condition(&self) -> Condition {
        match self {
            Write::Put { condition, .. }
            | Write::Delete { condition, .. }
            | Write::Check { condition, .. } => *condition,
        }
    }
}

/// What every engine refuses before it looks at any condition: two writes to one key, items that
/// are too large, and whatever could change the log.
pub fn check_writes(writes: &[Write]) -> Result<(), TableError> {
    let mut keys = HashSet::with_capacity(writes.len());
    for write in writes {
        let key = write.key();
        if !keys.insert(key) {
            return Err(TableError::TwoWrites { key: key.clone() });
        }
        let in_log = key.pk.ends_with(LOG_END);
        match write {
            Write::Put { item, .. } if item.bytes() > ITEM_LIMIT => {
                return Err(TableError::TooLarge {
                    key: key.clone(),
                    bytes: item.bytes(),
                });
            }
            Write::Put { condition, .. } if in_log && *condition != Condition::Absent => {
                return Err(TableError::AppendOnly { key: key.clone() });
            }
            Write::Delete { .. } if in_log => {
                return Err(TableError::AppendOnly { key: key.clone() });
            }
            Write::Put { .. } | Write::Delete { .. } | Write::Check { .. } => {}
        }
    }
    Ok(())
}

impl Places {
    /// Those of the items on a page of an index.
    pub fn of(page: Page, index: Index) -> Places {
        let tokens = page.items.iter().filter_map(|item| item.token(index));
        Places {
            tokens: tokens.collect(),
            next: page.next,
        }
    }
}

impl Query {
    /// The whole partition in the table's own order.
    pub fn base(pk: impl Into<String>) -> Query {
        Query::on(Index::Base, pk)
    }

    /// The whole partition of an index.
    pub fn on(index: Index, pk: impl Into<String>) -> Query {
        Query {
            index,
            pk: pk.into(),
            range: Range::All,
            descending: false,
            limit: PAGE,
            start: None,
        }
    }

    pub fn range(mut self, range: Range) -> Query {
        self.range = range;
        self
    }

    pub fn prefix(self, prefix: impl Into<String>) -> Query {
        self.range(Range::Prefix(prefix.into()))
    }

    pub fn between(self, from: impl Into<String>, to: impl Into<String>) -> Query {
        self.range(Range::Between {
            from: from.into(),
            to: to.into(),
        })
    }

    pub fn after(self, sk: impl Into<String>) -> Query {
        self.range(Range::After(sk.into()))
    }

    pub fn before(self, sk: impl Into<String>) -> Query {
        self.range(Range::Before(sk.into()))
    }

    pub fn descending(mut self) -> Query {
        self.descending = true;
        self
    }

    pub fn limit(mut self, limit: usize) -> Query {
        self.limit = limit.max(1);
        self
    }

    pub fn start(mut self, start: Option<Token>) -> Query {
        self.start = start;
        self
    }
}

impl Range {
    /// The same range as a lower and an upper bound.
    pub fn bounds(&self) -> (Bound<String>, Bound<String>) {
        match self {
            Range::All => (Bound::Unbounded, Bound::Unbounded),
            Range::Prefix(prefix) => (
                Bound::Included(prefix.clone()),
                past(prefix).map_or(Bound::Unbounded, Bound::Excluded),
            ),
            Range::Between { from, to } => {
                (Bound::Included(from.clone()), Bound::Included(to.clone()))
            }
            Range::After(sk) => (Bound::Excluded(sk.clone()), Bound::Unbounded),
            Range::Before(sk) => (Bound::Unbounded, Bound::Excluded(sk.clone())),
        }
    }
}

/// The least text that is greater than every text with this prefix, if there is one.
fn past(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // The range steps over the surrogates, which no text can hold.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_past_everything_that_begins_with_it() {
        assert_eq!(past("SEV_2#").as_deref(), Some("SEV_2$"));
        assert_eq!(past("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(past("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(past("\u{10ffff}"), None);
        assert_eq!(past(""), None);
    }
}
