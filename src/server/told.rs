//! What requests between famdesk and famdesk, and those about logins, bring along.

use super::openapi::Field;

pub const WITNESS: &[Field] = &[Field::may("witness", "String")];
pub const WAITING: &[Field] = &[Field::may("seen", "String"), Field::may("wait", "Count")];
pub const PUSH: &[Field] = &[
    Field::must("device", "DeviceId"),
    Field::must("commands", "Vec<Object>"),
];
pub const FOLLOWING: &[Field] = &[
    Field::must("device", "DeviceId"),
    Field::may("after", "String"),
    Field::may("own", "String"),
    Field::may("witness", "String"),
    Field::may("limit", "Count"),
];
pub const PAST: &[Field] = &[
    Field::must("epoch", "String"),
    Field::may("ticket", "TicketId"),
    Field::may("page", "String"),
    Field::may("limit", "Count"),
];
pub const SNAPSHOT: &[Field] = &[
    Field::may("page", "String"),
    Field::may("witness", "String"),
];
pub const AFTER: &[Field] = &[Field::may("after", "Count")];
pub const EXPORT_HEAD: &[Field] = &[
    Field::must("version", "Count"),
    Field::must("family_id", "FamilyId"),
    Field::must("family_name", "String"),
    Field::must("epoch", "Uuid"),
    Field::must("records", "i64"),
    Field::must("chain", "String"),
    Field::must("exported_by", "UserId"),
    Field::must("exported_at", "Timestamp"),
    Field::must("users", "Vec<User>"),
];
pub const EXPORT_LOG: &[Field] = &[
    Field::must("epoch", "Uuid"),
    Field::must("records", "Vec<AuditRecord>"),
    Field::must("devices", "BTreeMap<DeviceId, i64>"),
];
pub const LIMITED: &[Field] = &[Field::may("limit", "Count")];
pub const WHEREABOUTS: &[Field] = &[
    Field::must("ticket_id", "TicketId"),
    Field::must("doing", "Doing"),
];
pub const NEW_KEY: &[Field] = &[
    Field::must("key_name", "String"),
    Field::must("family_id", "FamilyId"),
    Field::must("scope", "KeyScope"),
    Field::may("days", "i64"),
];
pub const ACCOUNT: &[Field] = &[
    Field::may("is_approved", "bool"),
    Field::may("is_active", "bool"),
    Field::may("uid", "Uid"),
];
pub const INTRODUCTION: &[Field] = &[
    Field::must("user_id", "UserId"),
    Field::must("display_name", "String"),
    Field::may("email", "String"),
    Field::must("time_zone", "String"),
];
pub const LOG_IN: &[Field] = &[
    Field::must("email", "String"),
    Field::must("password", "String"),
    Field::must("device_name", "String"),
];
pub const REDEEM: &[Field] = &[
    Field::must("code", "String"),
    Field::may("email", "String"),
    Field::must("password", "String"),
    Field::must("device_name", "String"),
];
pub const CODE: &[Field] = &[Field::must("code", "String")];
pub const SIGN_UP: &[Field] = &[
    Field::must("email", "String"),
    Field::must("display_name", "String"),
    Field::must("password", "String"),
    Field::must("time_zone", "String"),
];
pub const PASSWORD: &[Field] = &[Field::must("old", "String"), Field::must("new", "String")];
