//! What an import would make of each ticket, as a table shows it.

use super::foreign::Place;
use super::tables::State;
use crate::model::id::{QueueId, UserId};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;

/// A ticket as it would come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub place: Place,
    pub source_id: String,
    pub severity: Severity,
    pub state: State,
    pub queue_id: QueueId,
    pub requester: UserId,
    pub assignee: Option<UserId>,
    pub created: Timestamp,
    pub title: String,
    /// How many comments come in with it.
    pub comments: usize,
}
