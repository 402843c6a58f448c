//! The screen as a whole: keys in, state and effects out.
