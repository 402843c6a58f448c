//! What was written in a refused command, as the draft that opens again: nothing typed is lost.

use std::collections::BTreeMap;

use super::composer::{FieldName, REPLY_TO};
use crate::model::command::CommandBody;
use crate::model::id::TicketId;
use crate::model::source::Timestamp;
use crate::model::ticket::TicketField;
use crate::replica::view::{Draft, DraftKey, DraftKind, Names, OutboxEntry};

/// A form's fields as they stand in a draft.
type Fields = BTreeMap<String, String>;

/// The draft that what was written in the command belongs to; none where nothing was.
pub fn draft_key(entry: &OutboxEntry) -> Option<DraftKey> {
    let key = |ticket_id: Option<TicketId>, kind| {
        Some(DraftKey {
            family_id: entry.family_id,
            about: ticket_id.map(|it| it.0),
            kind,
        })
    };
    match &entry.command.as_ref()?.body {
        CommandBody::TicketCreate(_) => key(None, DraftKind::NewTicket),
        CommandBody::CommentAdd(new) if new.internal => {
            key(Some(new.ticket_id), DraftKind::InternalNote)
        }
        CommandBody::CommentAdd(new) => key(Some(new.ticket_id), DraftKind::Comment),
        CommandBody::CommentEdit { ticket_id, .. } => key(Some(*ticket_id), DraftKind::Comment),
        CommandBody::TicketDescribe { ticket_id, .. }
        | CommandBody::TicketSet {
            ticket_id,
            set: TicketField::Title(_),
            ..
        } => key(Some(*ticket_id), DraftKind::Edit),
        _ => None,
    }
}

/// What was written in the command as a draft; below what the draft holds already, if it does.
pub fn draft_of(
    entry: &OutboxEntry,
    names: &Names,
    (there, saved_at): (Option<Draft>, Timestamp),
) -> Option<Draft> {
    let key = draft_key(entry)?;
    let mut fields = fields_of(entry, names)?;
    if let Some(draft) = there {
        fields = joined(&draft.content, fields);
    }
    Some(Draft {
        key,
        content: serde_json::to_string(&fields).ok()?,
        saved_at,
    })
}

fn fields_of(entry: &OutboxEntry, names: &Names) -> Option<Fields> {
    let mut fields = Fields::new();
    let mut put = |name: FieldName, value: &str| {
        if !value.is_empty() {
            fields.insert(name.label().to_lowercase(), value.to_owned());
        }
    };
    let whole = entry.text.as_deref().unwrap_or_default();
    let mut reply_to = None;
    match &entry.command.as_ref()?.body {
        CommandBody::TicketCreate(new) => {
            put(FieldName::Title, &new.title);
            if new.description.is_some() {
                put(FieldName::Description, whole);
            }
            let queue = names.queues.get(&new.queue_id);
            put(FieldName::Queue, queue.map_or("", String::as_str));
            put(
                FieldName::Severity,
                new.severity.map_or("", |severity| severity.as_str()),
            );
            let person = new.assigned_to.and_then(|id| names.people.get(&id));
            put(FieldName::Assignee, person.map_or("", String::as_str));
            let tags: Vec<&str> = new.tags.iter().map(String::as_str).collect();
            put(FieldName::Tags, &tags.join(" "));
        }
        CommandBody::CommentAdd(new) => {
            put(FieldName::Body, whole);
            reply_to = new.reply_to;
        }
        CommandBody::CommentEdit { .. } => put(FieldName::Body, whole),
        CommandBody::TicketDescribe { .. } => put(FieldName::Description, whole),
        CommandBody::TicketSet { .. } => put(FieldName::Title, whole),
        _ => return None,
    }
    if let Some(comment_id) = reply_to {
        fields.insert(REPLY_TO.to_owned(), comment_id.to_string());
    }
    Some(fields)
}

/// What the draft holds, with the texts below its own; of all else its own counts.
fn joined(there: &str, mut new: Fields) -> Fields {
    let texts = [FieldName::Body, FieldName::Description].map(|it| it.label().to_lowercase());
    let Ok(there) = serde_json::from_str::<Fields>(there) else {
        return new;
    };
    for (name, value) in there {
        let below = new.get(&name).filter(|it| **it != value).cloned();
        let text = match below {
            Some(below) if texts.contains(&name) && !value.trim().is_empty() => {
                format!("{value}\n\n{below}")
            }
            Some(below) if value.trim().is_empty() => below,
            _ => value,
        };
        new.insert(name, text);
    }
    new
}
