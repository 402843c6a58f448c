//! Reading items: by key, and by range of an index.

use std::ops::Bound;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::table::item::{Index, Item, Key, Page, Places, Query, Token};

macro_rules! columns {
    () => {
        "pk, sk, gsi1_pk, gsi1_sk, gsi2_pk, gsi2_sk, gsi3_pk, gsi3_sk, version, ttl, body"
    };
}
pub(super) use columns;

pub(super) fn get(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Item>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            columns!(),
            " FROM items WHERE pk = ?1 AND sk = ?2"
        ))?
        .query_row(params![key.pk, key.sk], item)
        .optional()
}

/// All of them as of one moment.
pub(super) fn get_many(
    connection: &Connection,
    keys: &[Key],
) -> rusqlite::Result<Vec<Option<Item>>> {
    let snapshot = connection.unchecked_transaction()?;
    let found = keys.iter().map(|key| get(&snapshot, key)).collect();
    snapshot.finish()?;
    found
}

pub(super) fn query(connection: &Connection, query: &Query) -> rusqlite::Result<Page> {
    let (sql, values) = select(columns!(), query);
    let items = connection
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), item)?
        .collect::<rusqlite::Result<Vec<Item>>>()?;
    let full = items.len() >= query.limit;
    let last = items.last().filter(|_| full);
    let next = last.and_then(|it| it.token(query.index));
    Ok(Page { items, next })
}

/// Read out of the index alone, which has all of it.
pub(super) fn places(connection: &Connection, query: &Query) -> rusqlite::Result<Places> {
    let (_, sk) = columns_of(query.index);
    let (sql, values) = select(&format!("{sk}, pk, sk"), query);
    let tokens = connection
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), |row| {
            let key = Key {
                pk: row.get(1)?,
                sk: row.get(2)?,
            };
            Ok(Token {
                sk: row.get(0)?,
                key,
            })
        })?
        .collect::<rusqlite::Result<Vec<Token>>>()?;
    let full = tokens.len() >= query.limit;
    let next = tokens.last().filter(|_| full).cloned();
    Ok(Places { tokens, next })
}

/// Where an index, or the table itself, has its partition and its order.
fn columns_of(index: Index) -> (&'static str, &'static str) {
    match index {
        Index::Base => ("pk", "sk"),
        Index::Gsi1 => ("gsi1_pk", "gsi1_sk"),
        Index::Gsi2 => ("gsi2_pk", "gsi2_sk"),
        Index::Gsi3 => ("gsi3_pk", "gsi3_sk"),
    }
}

/// The statement of a query for the given columns, and its values.
fn select(wanted: &str, query: &Query) -> (String, Vec<Value>) {
    let (pk, sk) = columns_of(query.index);
    let order = match query.index {
        Index::Base => vec![sk],
        Index::Gsi1 | Index::Gsi2 | Index::Gsi3 => vec![sk, "pk", "sk"],
    };
    let mut sql = format!("SELECT {wanted} FROM items WHERE {pk} = ?");
    let mut values = vec![Value::from(query.pk.clone())];

    let (mut from, mut to) = query.range.bounds();
    if let Some(token) = &query.start {
        // The token takes the place of the bound it lies behind, so that the index has one
        // bound at either end; a token from outside the range changes nothing.
        let (bound, sign) = if query.descending {
            (&mut to, '<')
        } else {
            (&mut from, '>')
        };
        if lies_within(&token.sk, bound, query.descending) {
            *bound = Bound::Unbounded;
            let marks = vec!["?"; order.len()].join(", ");
            sql += &format!(" AND ({}) {sign} ({marks})", order.join(", "));
            values.push(Value::from(token.sk.clone()));
            if query.index != Index::Base {
                values.push(Value::from(token.key.pk.clone()));
                values.push(Value::from(token.key.sk.clone()));
            }
        }
    }
    for (bound, sign) in [(from, '>'), (to, '<')] {
        match bound {
            Bound::Included(text) => {
                sql += &format!(" AND {sk} {sign}= ?");
                values.push(Value::from(text));
            }
            Bound::Excluded(text) => {
                sql += &format!(" AND {sk} {sign} ?");
                values.push(Value::from(text));
            }
            Bound::Unbounded => {}
        }
    }
    let direction = if query.descending { " DESC" } else { "" };
    let order: Vec<String> = order.iter().map(|it| format!("{it}{direction}")).collect();
    sql += &format!(" ORDER BY {} LIMIT ?", order.join(", "));
    values.push(Value::from(i64::try_from(query.limit).unwrap_or(i64::MAX)));
    (sql, values)
}

/// Whether the text satisfies the bound.
fn lies_within(text: &str, bound: &Bound<String>, upper: bool) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(end) if upper => text <= end.as_str(),
        Bound::Excluded(end) if upper => text < end.as_str(),
        Bound::Included(end) => text >= end.as_str(),
        Bound::Excluded(end) => text > end.as_str(),
    }
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        key: Key {
            pk: row.get(0)?,
            sk: row.get(1)?,
        },
        gsi1: place(row, 2)?,
        gsi2: place(row, 4)?,
        gsi3: place(row, 6)?,
        version: row.get(8)?,
        ttl: row.get(9)?,
        body: row.get(10)?,
    })
}

fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Key>> {
    let pk: Option<String> = row.get(column)?;
    let sk: Option<String> = row.get(column + 1)?;
    Ok(pk.zip(sk).map(|(pk, sk)| Key { pk, sk }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::item::Range;
    use crate::table::sqlite::schema;

    fn shapes() -> impl Iterator<Item = Query> {
        let ranges = [
            Range::All,
            Range::Prefix("a#".to_owned()),
            Range::Between {
                from: "a".to_owned(),
                to: "b".to_owned(),
            },
            Range::After("a".to_owned()),
            Range::Before("b".to_owned()),
        ];
        let token = Token {
            sk: "a#5".to_owned(),
            key: Key::new("p", "s"),
        };
        let indexes = [Index::Base, Index::Gsi1, Index::Gsi2, Index::Gsi3];
        indexes.into_iter().flat_map(move |index| {
            let token = token.clone();
            ranges.clone().into_iter().flat_map(move |range| {
                let plain = Query::on(index, "p").range(range);
                let back = plain.clone().descending();
                let on = plain.clone().start(Some(token.clone()));
                let back_on = back.clone().start(Some(token.clone()));
                [plain, back, on, back_on]
            })
        })
    }

    #[test]
    fn every_query_walks_one_range_of_one_index_and_sorts_nothing() {
        let connection = schema::open_in_memory().expect("a table");
        for query in shapes() {
            let (sql, values) = select(columns!(), &query);
            let plan: Vec<String> = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .and_then(|mut it| {
                    it.query_map(params_from_iter(values), |row| row.get(3))?
                        .collect()
                })
                .expect("a plan");
            let index = match query.index {
                Index::Base => "sqlite_autoindex_items_1 (pk=?",
                Index::Gsi1 => "gsi1 (gsi1_pk=?",
                Index::Gsi2 => "gsi2 (gsi2_pk=?",
                Index::Gsi3 => "gsi3 (gsi3_pk=?",
            };
            assert_eq!(plan.len(), 1, "{sql}: {plan:?}");
            assert!(plan[0].contains(index), "{sql}: {plan:?}");
            let bounded = query.range != Range::All || query.start.is_some();
            let narrowed = plan[0].contains('>') || plan[0].contains('<');
            assert_eq!(bounded, narrowed, "{sql}: {plan:?}");
        }
    }
}
