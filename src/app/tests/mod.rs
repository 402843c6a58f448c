//! The screen as a whole: keys in, state and effects out.

mod harness;
mod keys;
mod moving;
mod outbox;
mod triage;
mod working;
mod writing;
