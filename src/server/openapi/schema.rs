//! What stands in bodies and answers, as JSON Schema. Entities come from the model's own list of
//! their attributes, whose types are read here as the code writes them.

use serde_json::{Map, Value, json};

use super::Field;
use crate::model::audit::Action;
use crate::model::comment::{AuthorKind, Channel};
use crate::model::entity::EntityType;
use crate::model::login::KeyScope;
use crate::model::membership::{MembershipStatus, Role};
use crate::model::participant::ParticipantRole;
use crate::model::presence::Doing;
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::status::{Stage, Status};
use crate::model::webhook::Off;
use crate::server::rest::settable_names;
use crate::wire::webhook::DeliveryState;

/// What is no entity and has a name: its attributes and their types.
const NAMED: &[(&str, &[Field])] = &[
    (
        "FamilyStanding",
        &[
            Field::must("family_id", "FamilyId"),
            Field::must("family_name", "String"),
            Field::must("status", "MembershipStatus"),
            Field::must("role", "Role"),
            Field::must("invited", "bool"),
            Field::must("is_admin", "bool"),
            Field::may("head", "String"),
            Field::may("own", "String"),
            Field::must("attached", "i64"),
        ],
    ),
    (
        "AuditRecord",
        &[
            Field::must("seq", "i64"),
            Field::may("family_id", "FamilyId"),
            Field::must("entity_type", "EntityType"),
            Field::must("entity_id", "String"),
            Field::must("version", "i64"),
            Field::must("action", "Action"),
            Field::must("type", "String"),
            Field::must("command_id", "CommandId"),
            Field::may("device_id", "DeviceId"),
            Field::must("actor_user_id", "UserId"),
            Field::may("on_behalf_of", "UserId"),
            Field::must("time", "Timestamp"),
            Field::may("before", "Object"),
            Field::may("after", "Object"),
            Field::must("audience", "Object"),
            Field::must("hash", "String"),
            Field::must("changed", "Vec<String>"),
        ],
    ),
    (
        "TextVersion",
        &[
            Field::must("version", "i64"),
            Field::must("time", "Timestamp"),
            Field::must("by", "UserId"),
            Field::must("comment_body", "LongText"),
        ],
    ),
    (
        "Deleted",
        &[
            Field::must("entity_type", "EntityType"),
            Field::must("entity_id", "String"),
            Field::must("label", "String"),
            Field::may("detail", "String"),
            Field::must("deleted", "Timestamp"),
            Field::may("by", "String"),
        ],
    ),
    ("Undone", &[Field::must("commands", "Vec<CommandId>")]),
    (
        "Thread",
        &[
            Field::must("ticket", "Ticket"),
            Field::must("description", "Option<Description>"),
            Field::must("comments", "Vec<Comment>"),
            Field::must("participants", "Vec<Participant>"),
            Field::must("attachments", "Vec<Attachment>"),
        ],
    ),
    (
        "Links",
        &[
            Field::must("parent", "Option<Ticket>"),
            Field::must("merged_into", "Option<Ticket>"),
            Field::must("parts", "Vec<Ticket>"),
            Field::must("merged", "Vec<Ticket>"),
        ],
    ),
    (
        "Counts",
        &[
            Field::must("open", "i64"),
            Field::must("mine", "i64"),
            Field::must("unassigned", "i64"),
            Field::must("by_severity", "BTreeMap<Severity, i64>"),
            Field::must("queues", "Vec<QueueCount>"),
        ],
    ),
    (
        "QueueCount",
        &[
            Field::must("queue_id", "QueueId"),
            Field::must("queue_name", "String"),
            Field::must("open", "i64"),
            Field::must("unread", "i64"),
        ],
    ),
    (
        "WebhookRow",
        &[
            Field::must("family_id", "FamilyId"),
            Field::must("webhook_id", "WebhookId"),
            Field::must("webhook_name", "String"),
            Field::must("url", "String"),
            Field::must("events", "Vec<EventPattern>"),
            Field::may("group_id", "GroupId"),
            Field::may("internal", "bool"),
            Field::may("off", "Off"),
            Field::may("secret", "SecretId"),
            Field::may("former_secret", "SecretId"),
            Field::may("rotated", "Timestamp"),
            Field::must("version", "i64"),
            Field::must("created_by", "UserId"),
            Field::must("creation_date", "Timestamp"),
            Field::must("last_update", "Timestamp"),
            Field::may("written", "Object"),
            Field::must("has_secret", "bool"),
            Field::must("waiting", "i64"),
            Field::must("failures", "i64"),
            Field::may("failing_since", "Timestamp"),
            Field::may("last_delivered", "Timestamp"),
        ],
    ),
    (
        "WebhookSecret",
        &[
            Field::must("secret", "String"),
            Field::may("former_until", "Timestamp"),
        ],
    ),
    (
        "Delivery",
        &[
            Field::must("number", "i64"),
            Field::must("message_id", "String"),
            Field::must("event", "String"),
            Field::must("seq", "i64"),
            Field::may("about", "Object"),
            Field::must("made", "Timestamp"),
            Field::must("state", "DeliveryState"),
            Field::may("next", "Timestamp"),
            Field::must("tries", "i64"),
            Field::must("attempts", "Vec<Attempt>"),
        ],
    ),
    (
        "Attempt",
        &[
            Field::must("at", "Timestamp"),
            Field::must("millis", "i64"),
            Field::may("status", "i64"),
            Field::may("error", "String"),
            Field::may("reply", "String"),
        ],
    ),
    (
        "Present",
        &[
            Field::must("family_id", "FamilyId"),
            Field::must("ticket_id", "TicketId"),
            Field::must("user_id", "UserId"),
            Field::must("doing", "Doing"),
            Field::must("left", "u64"),
        ],
    ),
    (
        "Problem",
        &[
            Field::must("type", "String"),
            Field::must("title", "String"),
            Field::must("status", "i64"),
            Field::must("detail", "String"),
            Field::may("refusal", "Object"),
            Field::may("retry_after", "i64"),
            Field::may("errors", "Vec<Pointed>"),
            Field::may("current", "Object"),
            Field::may("instance", "String"),
        ],
    ),
    (
        "EntityKey",
        &[
            Field::must("entity_type", "EntityType"),
            Field::must("entity_id", "String"),
        ],
    ),
    (
        "Pointed",
        &[
            Field::must("pointer", "String"),
            Field::must("detail", "String"),
        ],
    ),
];

/// What a list of tickets tells of each beside its own attributes.
const OF_A_ROW: &[Field] = &[
    Field::may("last_activity", "Timestamp"),
    Field::may("comments", "i64"),
    Field::may("unread", "bool"),
];

/// Every schema that has a name.
pub(super) fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    for kind in EntityType::ALL {
        all.insert(name(*kind), entity(*kind));
    }
    for (name, fields) in NAMED {
        let mut schema = object(fields);
        schema["additionalProperties"] = json!(false);
        all.insert((*name).to_owned(), schema);
    }
    all.insert("JsonPatch".to_owned(), json_patch());
    all
}

/// The name of an entity's schema.
pub(super) fn name(kind: EntityType) -> String {
    let words = kind.as_str().split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

fn entity(kind: EntityType) -> Value {
    let fields = Record::fields(kind);
    let mut properties = Map::new();
    for (name, kind) in fields {
        properties.insert((*name).to_owned(), of(kind));
    }
    if kind == EntityType::Ticket {
        for field in OF_A_ROW {
            properties.insert(field.name.to_owned(), of(field.kind));
        }
    }
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// An object of these attributes.
pub(super) fn object(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let schema = match (field.required, field.kind) {
            (true, "String") => json!({ "type": "string", "minLength": 1 }),
            (true, kind) => of(kind),
            (false, kind) => of(&format!("Option<{kind}>")),
        };
        properties.insert(field.name.to_owned(), schema);
    }
    let required = fields.iter().filter(|it| it.required).map(|it| it.name);
    json!({
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

/// Those attributes of an entity that can be set, each of which may be left out.
pub(super) fn settable(kind: EntityType) -> Value {
    let mut properties = Map::new();
    for name in settable_names(kind) {
        let field = Record::fields(kind).iter().find(|(it, _)| *it == name);
        let schema = field.map_or_else(|| json!({}), |(_, kind)| of(kind));
        properties.insert(name.to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A list, as all lists are.
pub(super) fn list(items: Value, is_paged: bool, is_searched: bool) -> Value {
    let mut properties = json!({ "items": { "type": "array", "items": items } });
    let mut required = vec!["items"];
    if is_paged {
        properties["next"] = json!({
            "type": "string",
            "description": "the cursor of the page behind this one; absent on the last",
        });
    }
    if is_searched {
        properties["total"] = json!({ "type": "integer", "minimum": 0 });
        properties["more_than_total"] = json!({ "type": "boolean" });
        properties["meaning"] = json!({
            "type": "string",
            "description": "what the query was taken to mean",
        });
        properties["notices"] = json!({ "type": "array", "items": { "type": "string" } });
        required.push("total");
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn json_patch() -> Value {
    let pointer = json!({ "type": "string", "pattern": "^(/|$)" });
    let operation = |ops: &[&str], with: Option<(&str, Value)>| {
        let mut properties = json!({ "op": { "enum": ops }, "path": pointer });
        let mut required = vec!["op", "path"];
        if let Some((name, schema)) = with {
            properties[name] = schema;
            required.push(name);
        }
        json!({ "type": "object", "properties": properties, "required": required })
    };
    let operations = [
        operation(&["add", "replace", "test"], Some(("value", json!({})))),
        operation(&["move", "copy"], Some(("from", pointer.clone()))),
        operation(&["remove"], None),
    ];
    json!({ "type": "array", "maxItems": 100, "items": { "oneOf": operations } })
}

/// What stands in a path under a name.
pub(super) fn of_param(name: &str) -> Value {
    match name {
        "role" => of("ParticipantRole"),
        "tag" => json!({ "type": "string", "pattern": "^\\S{1,64}$" }),
        "number" => json!({ "type": "integer" }),
        "sha256" => of("Sha256"),
        "ticket" => json!({
            "type": "string",
            "minLength": 1,
            "description": "a ticket's id, or its number",
        }),
        _ => uuid(),
    }
}

/// A type, as the code writes it.
pub(super) fn of(kind: &str) -> Value {
    let kind = kind.trim();
    if let Some((outer, inner)) = kind.strip_suffix('>').and_then(|it| it.split_once('<')) {
        let inner = inner.trim();
        return match outer.trim() {
            "Option" => json!({ "anyOf": [of(inner), { "type": "null" }] }),
            "BTreeSet" | "Vec" => json!({ "type": "array", "items": of(inner) }),
            "BTreeMap" => {
                let (_, value) = inner.split_once(',').unwrap_or_default();
                json!({ "type": "object", "additionalProperties": of(value) })
            }
            other => unknown(other),
        };
    }
    match kind {
        "bool" => json!({ "type": "boolean" }),
        "i64" => json!({ "type": "integer" }),
        "u64" => json!({ "type": "integer", "minimum": 0 }),
        "Count" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        "String" | "Text" | "Prefix" | "TicketNumber" => json!({ "type": "string" }),
        "Sha256" => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        "Timestamp" => json!({ "type": "integer", "description": "seconds since 1970, UTC" }),
        "Object" => json!({ "type": "object" }),
        "LongText" => json!({
            "anyOf": [{ "type": "string" }, {
                "type": "object",
                "description": "a long text: its beginning, and the blob that holds the whole",
                "properties": {
                    "preview": { "type": "string" },
                    "sha256": { "type": "string" },
                    "bytes": { "type": "integer" },
                },
                "required": ["preview", "sha256", "bytes"],
            }],
        }),
        "Severity" => words(Severity::ALL.iter().map(|it| it.as_str())),
        "Status" => words(Status::ALL.iter().map(|it| it.as_str())),
        "Stage" => words(Stage::ALL.iter().map(|it| it.as_str())),
        "Role" => words(Role::ALL.iter().map(|it| it.as_str())),
        "MembershipStatus" => words(MembershipStatus::ALL.iter().map(|it| it.as_str())),
        "ParticipantRole" => words(ParticipantRole::ALL.iter().map(|it| it.as_str())),
        "Channel" => words(Channel::ALL.iter().map(|it| it.as_str())),
        "AuthorKind" => words(AuthorKind::ALL.iter().map(|it| it.as_str())),
        "EntityType" => words(EntityType::ALL.iter().map(|it| it.as_str())),
        "Doing" => words(Doing::ALL.iter().map(|it| it.as_str())),
        "KeyScope" => words(KeyScope::ALL.iter().map(|it| it.as_str())),
        "Off" => words(Off::ALL.iter().map(|it| it.as_str())),
        "DeliveryState" => words(DeliveryState::ALL.iter().map(|it| it.as_str())),
        "EventPattern" => json!({
            "type": "string",
            "description": "such as ticket.created, ticket.*, *.deleted, *",
        }),
        "Uid" => json!({
            "anyOf": [{ "const": "none" }, {
                "type": "object",
                "properties": { "is": { "type": "integer", "minimum": 0 } },
                "required": ["is"],
            }],
        }),
        "Action" => words(Action::ALL.iter().map(|it| it.as_str())),
        id if id.ends_with("Id") || id == "Uuid" => uuid(),
        named if is_named(named) => {
            json!({ "$ref": format!("#/components/schemas/{named}") })
        }
        other => unknown(other),
    }
}

fn is_named(kind: &str) -> bool {
    NAMED.iter().any(|(name, _)| *name == kind)
        || EntityType::ALL.iter().any(|it| name(*it) == kind)
}

/// A test sees to it that there is none.
fn unknown(kind: &str) -> Value {
    json!({ "x-unknown": kind })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> Value {
    json!({ "enum": all.collect::<Vec<_>>() })
}
