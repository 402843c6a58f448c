//! The routes over the desk.
