//! The audit of a family, which is also its change feed: append-only, gapless, hash-chained.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::audience::Audience;
use super::entity::{EntityKey, EntityType, NotAKey};
use super::id::{CommandId, DeviceId, FamilyId, UserId};
use super::record::Record;
use super::source::Timestamp;
use super::word::words;

words! {
    /// What was done to the entity.
    pub enum Action: "audit action" {
        Create = "CREATE",
        Update = "UPDATE",
        Delete = "DELETE",
    }
}

/// One change of one entity, as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Flat")]
pub struct AuditRecord {
    /// 1, 2, 3, ... without gaps within the log.
    pub seq: i64,
    /// Absent in the log of a user, who belongs to no family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_id: Option<FamilyId>,
    #[serde(flatten)]
    pub entity: EntityKey,
    /// The entity's version after the change.
    pub version: i64,
    pub action: Action,
    /// The type of the command that did it, such as `ticket.set`.
    #[serde(rename = "type")]
    pub command_type: String,
    pub command_id: CommandId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    pub actor_user_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    pub time: Timestamp,
    /// The whole entity before and after; JSON, so that a newer version's fields survive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    pub audience: Audience,
    /// This record's link of the chain, in lower-case hexadecimal.
    #[serde(default)]
    pub hash: String,
}

/// The record as it is read: serde's `flatten` would take its snapshots apart twice.
#[derive(Deserialize)]
struct Flat {
    seq: i64,
    #[serde(default)]
    family_id: Option<FamilyId>,
    entity_type: EntityType,
    entity_id: String,
    version: i64,
    action: Action,
    #[serde(rename = "type")]
    command_type: String,
    command_id: CommandId,
    #[serde(default)]
    device_id: Option<DeviceId>,
    actor_user_id: UserId,
    #[serde(default)]
    on_behalf_of: Option<UserId>,
    time: Timestamp,
    #[serde(default)]
    before: Option<Value>,
    #[serde(default)]
    after: Option<Value>,
    audience: Audience,
    #[serde(default)]
    hash: String,
}

impl TryFrom<Flat> for AuditRecord {
    type Error = NotAKey;

    fn try_from(flat: Flat) -> Result<AuditRecord, NotAKey> {
        Ok(AuditRecord {
            seq: flat.seq,
            family_id: flat.family_id,
            entity: EntityKey::parse(flat.entity_type, &flat.entity_id)?,
            version: flat.version,
            action: flat.action,
            command_type: flat.command_type,
            command_id: flat.command_id,
            device_id: flat.device_id,
            actor_user_id: flat.actor_user_id,
            on_behalf_of: flat.on_behalf_of,
            time: flat.time,
            before: flat.before,
            after: flat.after,
            audience: flat.audience,
            hash: flat.hash,
        })
    }
}

/// One attribute that a change touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange<'a> {
    pub field: &'a str,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
}

/// Attributes that every change touches and nobody asks about.
const BOOKKEEPING: [&str; 3] = ["version", "last_update", "written"];

/// The link before the first record.
pub const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl AuditRecord {
    /// In whose name it was done, whoever's login was used.
    pub fn in_name_of(&self) -> UserId {
        self.on_behalf_of.unwrap_or(self.actor_user_id)
    }

    /// The attributes that differ between before and after, in the order of their names.
    pub fn changes(&self) -> Vec<FieldChange<'_>> {
        let before = self.before.as_ref().and_then(Value::as_object);
        let after = self.after.as_ref().and_then(Value::as_object);
        let names: BTreeSet<&String> = [before, after]
            .into_iter()
            .flatten()
            .flat_map(serde_json::Map::keys)
            .collect();
        names
            .into_iter()
            .filter(|name| !BOOKKEEPING.contains(&name.as_str()))
            .map(|field| FieldChange {
                field,
                before: before.and_then(|fields| fields.get(field)),
                after: after.and_then(|fields| fields.get(field)),
            })
            .filter(|change| change.before != change.after)
            .collect()
    }

    /// The link that this record must carry if it follows the given one:
    /// `H(previous, record with H(before) and H(after))`, so that a snapshot whose content is one
    /// day purged leaves the chain whole.
    pub fn link(&self, previous: &str) -> String {
        let mut bare = self.without_snapshots();
        bare.before = self.before.as_ref().map(digest).map(Value::String);
        bare.after = self.after.as_ref().map(digest).map(Value::String);
        let mut hasher = Sha256::new();
        hasher.update(previous.as_bytes());
        hasher.update(canonical(&bare));
        hex(&hasher.finalize())
    }

    fn without_snapshots(&self) -> AuditRecord {
        AuditRecord {
            seq: self.seq,
            family_id: self.family_id,
            entity: self.entity,
            version: self.version,
            action: self.action,
            command_type: self.command_type.clone(),
            command_id: self.command_id,
            device_id: self.device_id,
            actor_user_id: self.actor_user_id,
            on_behalf_of: self.on_behalf_of,
            time: self.time,
            before: None,
            after: None,
            audience: self.audience.clone(),
            hash: String::new(),
        }
    }
}

/// What became of a ticket's status in these records of it, in their order: the ticket as it was
/// before the first that changed it, then as it was after each.
pub fn status_changes<'a>(records: impl Iterator<Item = &'a AuditRecord>) -> Vec<Record> {
    let mut found = Vec::new();
    for record in records {
        let (Some(before), Some(after)) = (&record.before, &record.after) else {
            continue;
        };
        if before.get("status") == after.get("status") {
            continue;
        }
        let read = |json: &Value| Record::from_json(EntityType::Ticket, json.clone()).ok();
        let (Some(before), Some(after)) = (read(before), read(after)) else {
            continue;
        };
        if found.is_empty() {
            found.push(before);
        }
        found.push(after);
    }
    found
}

/// The first record that does not fit the chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {seq} does not fit the chain: {why}")]
pub struct BrokenChain {
    pub seq: i64,
    pub why: &'static str,
}

/// Checks that the record is the one that follows `previous` in the chain and the sequence.
pub fn verify_link(record: &AuditRecord, previous: (i64, &str)) -> Result<(), BrokenChain> {
    let broken = |why| {
        Err(BrokenChain {
            seq: record.seq,
            why,
        })
    };
    if record.seq != previous.0 + 1 {
        return broken("its number does not follow the one before");
    }
    if record.link(previous.1) != record.hash {
        return broken("its content or the record before it was changed after it was written");
    }
    Ok(())
}

/// SHA-256 of some bytes, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of a snapshot, the same however it was written, in lower-case hexadecimal.
pub fn digest(snapshot: &Value) -> String {
    sha256_hex(&serde_json::to_vec(snapshot).unwrap_or_default())
}

/// Compact JSON. A [`Value`]'s objects keep their keys sorted, so equal values are equal bytes.
fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_value(value)
        .and_then(|value| serde_json::to_vec(&value))
        .unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(half)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TicketId;
    use serde_json::json;
    use uuid::Uuid;

    fn record(seq: i64, title: &str) -> AuditRecord {
        AuditRecord {
            seq,
            family_id: Some(FamilyId(Uuid::from_u128(1))),
            entity: EntityKey::Ticket(TicketId(Uuid::from_u128(2))),
            version: seq,
            action: Action::Update,
            command_type: "ticket.set".to_owned(),
            command_id: CommandId(Uuid::from_u128(3)),
            device_id: None,
            actor_user_id: UserId(Uuid::from_u128(4)),
            on_behalf_of: None,
            time: Timestamp(5),
            before: Some(json!({"title": "old", "severity": "SEV_3", "version": 1})),
            after: Some(json!({"title": title, "severity": "SEV_3", "version": 2})),
            audience: Audience::Family,
            hash: String::new(),
        }
    }

    #[test]
    fn changes_name_what_differs_and_leave_the_bookkeeping_out() {
        let record = record(1, "new");
        let changes = record.changes();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].field, "title");
        assert_eq!(changes[0].before, Some(&json!("old")));
    }

    #[test]
    fn a_changed_record_or_a_gap_breaks_the_chain_there() {
        let mut first = record(1, "one");
        first.hash = first.link(CHAIN_START);
        let mut second = record(2, "two");
        second.hash = second.link(&first.hash);
        assert_eq!(verify_link(&first, (0, CHAIN_START)), Ok(()));
        assert_eq!(verify_link(&second, (1, &first.hash)), Ok(()));

        let mut forged = second.clone();
        forged.after = Some(json!({"title": "forged"}));
        assert_eq!(
            verify_link(&forged, (1, &first.hash)).map_err(|e| e.seq),
            Err(2)
        );
        assert!(verify_link(&second, (0, CHAIN_START)).is_err());
    }

    #[test]
    fn a_record_keeps_its_link_through_json() {
        let mut first = record(1, "one");
        first.hash = first.link(CHAIN_START);
        let text = serde_json::to_string(&first).expect("serialises");
        let back: AuditRecord = serde_json::from_str(&text).expect("parses");
        assert_eq!(back, first);
        assert_eq!(verify_link(&back, (0, CHAIN_START)), Ok(()));
    }
}
