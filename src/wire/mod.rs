//! What travels between client and server: request and reply shapes, problems, cursors.
//! See the design's PROTOCOL, sections 1.1 to 1.3.

pub mod blob;
pub mod cursor;
pub mod login;
pub mod pin;
pub mod presence;
pub mod problem;
pub mod readable;
pub mod session;
pub mod socket;
pub mod sync;
pub mod transfer;
pub mod webhook;
