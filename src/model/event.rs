//! What the world outside is told: each change of an entity is an event with a name, such as
//! `fam-help-desk.ticket.created`, and whoever listens says which names and whose eyes.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audience::Viewer;
use super::audit::{Action, AuditRecord};
use super::entity::EntityType;
use super::id::{GroupId, UserId};
use super::membership::Role;
use super::word::words;

/// What every name begins with.
pub const DOMAIN: &str = "fam-help-desk";

words! {
    /// What happened to an entity, as its event's name says it.
    pub enum Deed: "deed of an event" {
        Created = "created",
        Updated = "updated",
        Deleted = "deleted",
        Restored = "restored",
        /// Of a ticket, as are all that follow.
        Resolved = "resolved",
        Reopened = "reopened",
        Closed = "closed",
        Assigned = "assigned",
        Moved = "moved",
        Merged = "merged",
    }
}

/// An event's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventName {
    pub kind: EntityType,
    pub deed: Deed,
}

/// Names of events: one, those of a kind (`ticket.*`), of a deed (`*.deleted`), or all (`*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventPattern {
    kind: Option<EntityType>,
    deed: Option<Deed>,
}

/// What was meant to name events and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no events; write such as ticket.created, ticket.*, *.deleted or *")]
pub struct NotAPattern(String);

/// With whose eyes an endpoint sees a family.
///
/// It sees what a grown-up member of the group does who takes part in nothing, and without a group
/// what one does who is in every group. What is for admins alone, or for one person, it never sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    pub group_id: Option<GroupId>,
    /// Internal notes too.
    pub internal: bool,
}

impl Reach {
    /// These eyes in a family that has these groups. Nobody is behind them, so they are in no
    /// ticket's list of those who take part; a child sees no internal notes, and neither do they
    /// unless it was asked for.
    pub fn viewer(self, groups: impl IntoIterator<Item = GroupId>) -> Viewer {
        let is_seen = |it: &GroupId| self.group_id.is_none_or(|only| only == *it);
        let groups: BTreeMap<GroupId, bool> = groups
            .into_iter()
            .filter(is_seen)
            .map(|it| (it, false))
            .collect();
        Viewer {
            user_id: UserId::SYSTEM,
            role: if self.internal {
                Role::Adult
            } else {
                Role::Child
            },
            is_admin: false,
            groups,
        }
    }
}

impl EventName {
    /// The name of what the record tells. What an import brought is the past and no event.
    pub fn of(record: &AuditRecord) -> Option<EventName> {
        if record.command_type == "import.batch" {
            return None;
        }
        let kind = record.entity.entity_type();
        let deed = match record.action {
            Action::Create => Deed::Created,
            Action::Delete => Deed::Deleted,
            Action::Update => updated(kind, record),
        };
        Some(EventName { kind, deed })
    }
}

fn updated(kind: EntityType, record: &AuditRecord) -> Deed {
    let changes = record.changes();
    let changed = |field: &str| changes.iter().find(|it| it.field == field);
    if let Some(deleted) = changed("deleted")
        && deleted.after.and_then(Value::as_bool) != Some(true)
    {
        return Deed::Restored;
    }
    if kind != EntityType::Ticket {
        return Deed::Updated;
    }
    if let Some(status) = changed("status") {
        return match status.after.and_then(Value::as_str) {
            Some("RESOLVED") => Deed::Resolved,
            Some("CLOSED") => Deed::Closed,
            _ => Deed::Reopened,
        };
    }
    if changed("merged_into").is_some_and(|it| it.after.is_some_and(|to| !to.is_null())) {
        return Deed::Merged;
    }
    if changed("queue_id").is_some() {
        return Deed::Moved;
    }
    if changed("assigned_to").is_some() || changed("assigned_group").is_some() {
        return Deed::Assigned;
    }
    Deed::Updated
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{DOMAIN}.{}.{}", self.kind, self.deed)
    }
}

impl EventPattern {
    /// Every event there is.
    pub const ALL: EventPattern = EventPattern {
        kind: None,
        deed: None,
    };

    /// Every event of a kind of entity.
    pub fn of_kind(kind: EntityType) -> EventPattern {
        EventPattern {
            kind: Some(kind),
            deed: None,
        }
    }

    pub fn matches(&self, name: EventName) -> bool {
        self.kind.is_none_or(|kind| kind == name.kind)
            && self.deed.is_none_or(|deed| deed == name.deed)
    }
}

impl FromStr for EventPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<EventPattern, NotAPattern> {
        let no = || NotAPattern(text.to_owned());
        let bare = text.trim();
        let bare = bare
            .strip_prefix(DOMAIN)
            .map_or(bare, |rest| rest.strip_prefix('.').unwrap_or(bare));
        if bare == "*" {
            return Ok(EventPattern::ALL);
        }
        let (kind, deed) = bare.split_once('.').ok_or_else(no)?;
        let kind = match kind {
            "*" => None,
            kind => Some(kind.parse().map_err(|_| no())?),
        };
        let deed = match deed {
            "*" => None,
            deed => Some(deed.parse().map_err(|_| no())?),
        };
        // What is a person's own goes to nobody, and an endpoint hears nothing of endpoints.
        match kind {
            Some(EntityType::User | EntityType::ReadMarker | EntityType::Webhook) => Err(no()),
            _ => Ok(EventPattern { kind, deed }),
        }
    }
}

impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.deed) {
            (None, None) => f.pad("*"),
            (Some(kind), None) => write!(f, "{kind}.*"),
            (None, Some(deed)) => write!(f, "*.{deed}"),
            (Some(kind), Some(deed)) => write!(f, "{kind}.{deed}"),
        }
    }
}

impl TryFrom<String> for EventPattern {
    type Error = NotAPattern;

    fn try_from(text: String) -> Result<EventPattern, NotAPattern> {
        text.parse()
    }
}

impl From<EventPattern> for String {
    fn from(pattern: EventPattern) -> String {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::audience::Audience;
    use crate::model::entity::EntityKey;
    use crate::model::id::{CommandId, TicketId};
    use crate::model::source::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    fn name(action: Action, before: Value, after: Value) -> String {
        let record = AuditRecord {
            seq: 1,
            family_id: None,
            entity: EntityKey::Ticket(TicketId(Uuid::nil())),
            version: 1,
            action,
            command_type: "ticket.set".to_owned(),
            command_id: CommandId(Uuid::nil()),
            device_id: None,
            actor_user_id: UserId::SYSTEM,
            on_behalf_of: None,
            time: Timestamp(0),
            before: Some(before),
            after: Some(after),
            audience: Audience::Family,
            hash: String::new(),
        };
        EventName::of(&record).expect("an event").to_string()
    }

    #[test]
    fn a_ticket_tells_what_happened_to_it() {
        let update = |before, after| name(Action::Update, before, after);
        let cases = [
            (json!({"title": "a"}), json!({"title": "b"}), "updated"),
            (
                json!({"status": "OPEN"}),
                json!({"status": "RESOLVED"}),
                "resolved",
            ),
            (
                json!({"status": "RESOLVED"}),
                json!({"status": "OPEN"}),
                "reopened",
            ),
            (
                json!({"status": "RESOLVED"}),
                json!({"status": "CLOSED"}),
                "closed",
            ),
            (json!({"queue_id": "a"}), json!({"queue_id": "b"}), "moved"),
            (json!({}), json!({"assigned_to": "a"}), "assigned"),
            (json!({}), json!({"merged_into": "a"}), "merged"),
            (json!({"merged_into": "a"}), json!({}), "updated"),
            (json!({"deleted": true}), json!({}), "restored"),
        ];
        for (before, after, deed) in cases {
            let told = update(before.clone(), after.clone());
            assert_eq!(
                told,
                format!("fam-help-desk.ticket.{deed}"),
                "{before} {after}"
            );
        }
    }

    #[test]
    fn patterns_name_one_a_kind_a_deed_or_all_and_survive_their_text() {
        let resolved = EventName {
            kind: EntityType::Ticket,
            deed: Deed::Resolved,
        };
        for (text, fits) in [
            ("*", true),
            ("ticket.*", true),
            ("*.resolved", true),
            ("fam-help-desk.ticket.resolved", true),
            ("ticket.created", false),
            ("comment.*", false),
        ] {
            let pattern: EventPattern = text.parse().expect("a pattern");
            assert_eq!(pattern.matches(resolved), fits, "{text}");
            assert_eq!(pattern.to_string().parse(), Ok(pattern));
        }
        for wrong in [
            "",
            "ticket",
            "ticket.eaten",
            "read_marker.*",
            "user.updated",
            "webhook.*",
        ] {
            assert!(wrong.parse::<EventPattern>().is_err(), "{wrong}");
        }
    }
}
