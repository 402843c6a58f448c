//! Drawing: state in, cells out. It reads the state and changes nothing.
//!
//! Cells are written by plain arithmetic (`pen`), where the screen's layout says; what people
//! typed is made safe on the way. Only `theme` knows colours, only `glyphs` knows what stands
//! for a character that the terminal hasn't got.

mod activity;
mod board;
mod chrome;
mod conflicts;
mod draw;
mod empty;
mod families;
mod field;
mod frugal;
mod glyphs;
mod list;
mod outbox;
mod overlay;
mod pen;
mod people;
mod queues;
pub mod text_dump;
mod theme;
mod thread;
mod triage;

pub use draw::{Painted, draw, paint};
pub use frugal::Frugal;
pub use theme::{Role, Theme, has_light_background};

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod pointing;
#[cfg(test)]
mod session;
#[cfg(test)]
mod tests;
