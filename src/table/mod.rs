//! The single table: items, keys, the `Table` trait and its engines.
