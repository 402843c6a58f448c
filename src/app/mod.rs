//! The state of the screen, and the pure step from an action to effects. No I/O, no clock.

pub mod board;
pub mod composer;
pub mod first_start;
pub mod key;
pub mod layout;
pub mod picker;
pub mod prompt;
pub mod registry;
pub mod state;
pub mod target;
pub mod text_field;
