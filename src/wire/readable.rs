//! Reading what a newer version of the program wrote: each item of a list is read by itself, so
//! that one which means nothing here does not take the others with it (PROTOCOL.md, section 1.10).

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The items of a list that can be read, and how many can't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable<T> {
    items: Vec<T>,
    newer: usize,
}

impl<T> Readable<T> {
    /// How many items only a newer version of the program can read. They are still where they came
    /// from.
    pub fn newer(&self) -> usize {
        self.newer
    }

    /// Puts more items after these.
    pub fn append(&mut self, more: Readable<T>) {
        self.items.extend(more.items);
        self.newer += more.newer;
    }
}

impl<T> Default for Readable<T> {
    fn default() -> Readable<T> {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Readable<T> {
    fn from(items: Vec<T>) -> Readable<T> {
        Readable { items, newer: 0 }
    }
}

impl<T> Deref for Readable<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for Readable<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<T> IntoIterator for Readable<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Readable<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Serialize> Serialize for Readable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Readable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Vec::<&RawValue>::deserialize(deserializer)?;
        let all = raw.len();
        let items = raw.into_iter().map(RawValue::get);
        let items: Vec<T> = items
            .filter_map(|json| serde_json::from_str(json).ok())
            .collect();
        let newer = all - items.len();
        Ok(Readable { items, newer })
    }
}

/// A value, or none where it means nothing here.
pub(super) fn if_known<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}
