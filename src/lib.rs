//! Fam Help Desk: a help desk for families, in the terminal.
//!
//! The rooms, lowest first; a room uses only rooms of a lower row (a test holds this).
//! `docs/ARCHITECTURE.md` tells the house in one page.

#![forbid(unsafe_code)]

#[macro_use]
mod seams;
#[cfg(feature = "simulation")]
pub mod simulation;

pub mod model;
pub mod text;

pub mod config;
pub mod publish;
pub mod query;
pub mod wire;

pub mod remote;
pub mod replica;
pub mod table;

pub mod desk;
pub mod sync;
pub mod tell;

pub mod intake;
pub mod server;

pub mod app;

pub mod ui;

pub mod run;

pub mod cli;
