//! The local state store: a read model of what this person may see, with drafts and the outbox.

pub mod view;
