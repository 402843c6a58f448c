//! The live program: terminal guard, event loop, and the workers that carry out effects.

mod clipboard;
mod drafts;
pub mod editor;
mod events;
pub mod files;
mod guard;
mod keeper;
mod live;
mod output;
mod presence;
mod remembered;
mod rest;
mod suspend;
mod workers;
mod workers_files;

pub use keeper::Keeper;
pub use live::{Ended, Screen, show};
