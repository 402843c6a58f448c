//! Between replica and remote: what was done here is pushed, what happened there is pulled, and
//! what one sees is always the second with the first on top.

pub mod acquaint;
mod anew;
mod baton;
mod disk;
mod elsewhere;
pub mod files;
mod left;
mod news;
mod pass;
pub mod sign_in;
pub mod station;
mod texts;
pub mod transfer;

pub use news::News;
pub use pass::{Passed, SyncError};
