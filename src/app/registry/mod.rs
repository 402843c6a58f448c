//! The one table of actions: what can be done, where, by which keys, and how it is run.

/// One action.
#[derive(Debug)]
pub struct ActionRow {
    /// Such as `ticket.resolve`.
    pub name: &'static str,
    /// One line.
    pub help: &'static str,
}
