//! The screen as a whole: keys in, state and effects out.

mod activity;
mod attaching;
mod harness;
mod household;
mod keys;
mod moving;
mod outbox;
mod presence;
mod reading;
mod recall;
mod triage;
mod working;
mod writing;
