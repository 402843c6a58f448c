//! The state of the screen and the pure step from action to effects.
