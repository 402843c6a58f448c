//! What an importer hands over: entities made elsewhere, up to 500 in one command.

use serde::{Deserialize, Serialize};

use super::record::Record;

/// The most entities in one batch, and so in one transaction.
pub const BATCH_LIMIT: usize = 500;

/// Entities from another system, whole, with their original authors and times. Their ids are
/// made from the source's own ids, so that a second import brings the same ids and changes
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportBatch {
    /// The system they come from, such as `jira`.
    pub system: String,
    pub entities: Vec<Record>,
}
