//! Words on screen: width, wrapping, grapheme-safe cutting, and making hostile text safe to draw.
//!
//! Text that somebody typed goes through [`SafeText`] (one line) or [`SafeLines`] (a body)
//! before it reaches a widget, a pipe, a window title or a log; everything else here then
//! counts in terminal columns. No clock and no I/O: times are values.

pub mod age;
#[cfg(test)]
mod awkward;
pub mod bar;
mod clean;
#[cfg(test)]
#[path = "../../tests/corpus/mod.rs"]
pub mod corpus;
pub mod diff;
pub mod fuzzy;
pub mod markdown;
mod marks;
pub mod plural;
pub mod safe;
pub mod size;
mod suggest;
pub mod width;
pub mod wrap;

pub use safe::{SafeLines, SafeText, escape_json_tty};
pub use size::size;
pub use suggest::did_you_mean;
pub use width::{pad, pad_left, truncate, width};
pub use wrap::{Row, wrapped_height};
