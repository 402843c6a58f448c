//! A family as it moves from one store to another: its whole log, and what goes with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::audit::AuditRecord;
use crate::model::id::{DeviceId, FamilyId, UserId};
use crate::model::source::Timestamp;
use crate::model::user::User;

/// The version of the format.
pub const EXPORT_VERSION: u32 = 1;

/// What stands at the head of an export (`GET /v1/families/{family}/export`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHead {
    /// [`EXPORT_VERSION`].
    pub version: u32,
    pub family_id: FamilyId,
    pub family_name: String,
    /// The identity of the history, which goes on where it is taken in: cursors stay valid.
    pub epoch: Uuid,
    /// How many records the log held when the export began.
    pub records: i64,
    /// The last of these records' link of the chain.
    pub chain: String,
    pub exported_by: UserId,
    pub exported_at: Timestamp,
    /// The members who have a record of their own, without anything secret.
    pub users: Vec<User>,
}

/// Part of a family's log as it is kept
/// (`GET /v1/families/{family}/export/log?after=N`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPage {
    pub records: Vec<AuditRecord>,
    /// The counters of the devices that these records came from.
    pub devices: BTreeMap<DeviceId, i64>,
}

/// Part of a family's log on its way in (`POST /v1/families/{family}/export/log`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeIn {
    pub epoch: Uuid,
    #[serde(flatten)]
    pub page: ExportPage,
}

/// How far a family has been taken in (`PUT /v1/families/{family}/export`, and
/// `POST /v1/families/{family}/export/log`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// The number of the last record that is here.
    pub records: i64,
}

/// One line of an export's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLine {
    /// The first line.
    Export(ExportHead),
    Record(AuditRecord),
    /// The last line.
    Devices(BTreeMap<DeviceId, i64>),
}
