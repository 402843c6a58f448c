//! The query language: what is typed to say which tickets are meant.
//!
//! ```text
//! is:open sev:<=2 queue:it assignee:me tag:wifi -tag:wait created:>-7d "red light" sort:-updated
//! ```
//!
//! [`parse`] makes a [`Query`] of any text whatever; what it could not take as it stands it says in
//! [`Notice`]s, with their places. A query prints as text that parses to itself. [`Query::filter`]
//! puts ids and moments in the place of names and days; what looks for tickets works on that.
//! [`read`] is both at once, with what there is to say about names. No clock, no zone and no names
//! of its own: they come in a [`Context`].

mod ast;
mod complete;
mod explain;
mod field;
mod filter;
mod lex;
mod names;
mod notice;
mod parse;
mod print;
mod resolve;
mod when;

#[cfg(test)]
pub(crate) mod tests;

pub use ast::{Bounds, DateField, Expr, Has, Is, Order, Person, Query, SortBy, Term};
pub use complete::{Candidate, Completion, complete};
pub use field::Field;
pub use filter::{Filter, Found, Test};
pub use names::{Names, QueueName, matching};
pub use notice::Notice;
pub use parse::{Parsed, parse};
pub use resolve::{Context, Reading, read};
pub use when::{Unit, When};
