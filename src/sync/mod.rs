//! Between replica and remote: push, pull, rebase.
