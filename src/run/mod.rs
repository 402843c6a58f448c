//! The live program.
