//! What a help desk is: one file per noun, its states, the commands that may happen to it
//! ([`command`]) and the rules by which they happen ([`rules`]).
//!
//! Pure: no clock, no I/O. Time and fresh ids enter as values.

pub mod attachment;
pub mod audience;
pub mod audit;
pub mod business_hours;
pub mod change;
pub mod command;
pub mod comment;
pub mod content_type;
pub mod entity;
pub mod event;
pub mod family;
pub mod group;
pub mod id;
pub mod import;
pub mod known;
pub mod login;
pub mod long_text;
pub mod membership;
pub mod merge;
pub mod name;
pub mod number;
pub mod participant;
pub mod presence;
pub mod queue;
pub mod read_marker;
pub mod record;
pub mod refusal;
pub mod rules;
pub mod severity;
pub mod source;
pub mod status;
pub mod ticket;
pub mod undo;
pub mod user;
pub mod webhook;
pub(crate) mod word;
