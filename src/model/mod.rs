//! What a help desk is: one file per noun, its states and rules, the commands that may happen to it
//! and who may give them.
//!
//! Pure: no clock, no I/O. Time and fresh ids enter as values.
