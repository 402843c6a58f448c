//! The live program: terminal guard, event loop, and the workers that carry out effects.

mod editor;
mod guard;
