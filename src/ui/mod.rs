//! Drawing: state in, cells out.
