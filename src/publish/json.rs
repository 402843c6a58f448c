//! An event as JSON: for a webhook whole, as far as that is not too much; for a broker only the
//! head of the ticket.

use serde_json::{Value, json};

use crate::desk::Event;
use crate::desk::webhooks::TEST;
use crate::model::entity::EntityKey;
use crate::model::source::Timestamp;
use crate::model::ticket::Ticket;
use crate::model::webhook::Webhook;

/// The most bytes of a message (Standard Webhooks asks for less than 20 KB).
pub const LIMIT: usize = 20_000;

/// How long texts may be, in bytes, where the message is too long; the first that does is taken.
const CUTS: [usize; 5] = [4096, 1024, 256, 64, 16];

/// The message for a webhook.
pub fn message(event: &Event) -> Value {
    let record = &event.record;
    let changes: Vec<Value> = record
        .changes()
        .iter()
        .map(|it| json!({"field": it.field, "before": it.before, "after": it.after}))
        .collect();
    let message = json!({
        "type": event.name.to_string(),
        "timestamp": moment(record.time),
        "data": {
            "seq": record.seq,
            "family": {"family_id": event.family_id, "family_name": event.family_name},
            "actor": {"user_id": record.in_name_of(), "display_name": event.actor_name},
            "entity_type": record.entity.entity_type(),
            "entity_id": record.entity.entity_id(),
            "version": record.version,
            "ticket": event.ticket.as_ref().filter(|_| !is_ticket(event)).map(|it| head(it, true)),
            "entity": record.after,
            "changes": changes,
        },
    });
    within(LIMIT, message)
}

/// What is sent on request, to see whether anything arrives.
pub fn test_message(webhook: &Webhook, now: Timestamp) -> Value {
    json!({
        "type": TEST,
        "timestamp": moment(now),
        "data": {"family": {"family_id": webhook.family_id}, "webhook_id": webhook.webhook_id},
    })
}

/// What a broker is told of an event: that it happened, to which ticket, by whom.
pub fn brief(event: &Event, titles: bool) -> Value {
    let record = &event.record;
    json!({
        "type": event.name.to_string(),
        "timestamp": moment(record.time),
        "seq": record.seq,
        "family_id": event.family_id,
        "actor": event.actor_name,
        "entity_type": record.entity.entity_type(),
        "entity_id": record.entity.entity_id(),
        "ticket": event.ticket.as_ref().map(|it| head(it, titles)),
    })
}

/// The head of a ticket as it is now.
fn head(ticket: &Ticket, titles: bool) -> Value {
    let mut head = json!({
        "ticket_id": ticket.ticket_id,
        "number": ticket.number,
        "severity": ticket.severity,
        "status": ticket.status,
        "queue_id": ticket.queue_id,
    });
    if titles {
        head["title"] = json!(ticket.title);
    }
    head
}

fn is_ticket(event: &Event) -> bool {
    matches!(event.record.entity, EntityKey::Ticket(_))
}

/// The message with its texts cut until it is short enough; where it was cut, it says so.
fn within(limit: usize, message: Value) -> Value {
    if length(&message) <= limit {
        return message;
    }
    for most in CUTS {
        let mut short = message.clone();
        let mut places = Vec::new();
        cut(&mut short["data"], most, ("/data", &mut places));
        short["data"]["cut"] = json!(places);
        if length(&short) <= limit {
            return short;
        }
    }
    // So many small things that none of them can be sent.
    let mut bare = message;
    for field in ["entity", "changes", "ticket"] {
        bare["data"][field] = Value::Null;
    }
    bare["data"]["cut"] = json!(["/data/entity", "/data/changes", "/data/ticket"]);
    bare
}

fn length(message: &Value) -> usize {
    serde_json::to_vec(message).map_or(usize::MAX, |it| it.len())
}

/// Cuts every longer text, and notes where.
fn cut(value: &mut Value, most: usize, (place, places): (&str, &mut Vec<String>)) {
    match value {
        Value::String(text) if text.len() > most => {
            let whole = text.len();
            text.truncate(text.floor_char_boundary(most));
            text.push_str(&format!("… [cut; {whole} bytes in all]"));
            places.push(place.to_owned());
        }
        Value::Array(all) => {
            for (index, one) in all.iter_mut().enumerate() {
                cut(one, most, (&format!("{place}/{index}"), places));
            }
        }
        Value::Object(all) => {
            for (name, one) in all.iter_mut() {
                cut(one, most, (&format!("{place}/{name}"), places));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `2026-11-21T09:00:00Z`.
fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.0) {
        Ok(moment) => moment.to_string(),
        Err(_) => at.0.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character_and_where_is_said() {
        let text = "é".repeat(30_000);
        let message = json!({"type": "x", "data": {
            "entity": {"description": text, "title": "short"},
            "changes": [{"field": "description", "before": text, "after": "\u{1}".repeat(9000)}],
        }});
        let short = within(LIMIT, message);
        assert!(length(&short) <= LIMIT, "{}", length(&short));
        assert_eq!(short["data"]["entity"]["title"], "short");
        let cut = short["data"]["entity"]["description"]
            .as_str()
            .expect("text");
        assert!(cut.ends_with("é… [cut; 60000 bytes in all]"), "{cut}");
        let places = [
            "/data/changes/0/after",
            "/data/changes/0/before",
            "/data/entity/description",
        ];
        assert_eq!(short["data"]["cut"], json!(places));

        let many = json!({"type": "x", "data": {"entity": vec!["a"; 9000], "seq": 1}});
        let bare = within(LIMIT, many);
        assert_eq!(
            (&bare["data"]["entity"], &bare["data"]["seq"]),
            (&Value::Null, &json!(1))
        );
    }
}
