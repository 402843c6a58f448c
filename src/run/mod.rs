//! The live program: terminal guard, event loop, workers.
