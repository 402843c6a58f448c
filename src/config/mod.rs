//! Settings: file, paths and environment; read, checked, defaulted and explained.
