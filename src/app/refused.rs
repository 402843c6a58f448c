//! What was written in a refused command, as the draft that opens again: nothing typed is lost.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::composer::{FieldName, REPLY_TO, SEEN};
use super::forms::NO_FAMILY;
use crate::model::command::CommandBody;
use crate::model::event::EventPattern;
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::id::{FamilyId, GroupId, TicketId};
use crate::model::merge::{Merge, merge};
use crate::model::queue::QueueField;
use crate::model::refusal::Conflict;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::ticket::TicketField;
use crate::model::user::UserField;
use crate::model::webhook::WebhookField;
use crate::replica::view::{Draft, DraftKey, DraftKind, Fate, Names, OutboxEntry};

/// A form's fields as they stand in a draft.
type Fields = BTreeMap<String, String>;

/// The draft that what was written in the command belongs to; none where nothing was.
pub fn draft_key(entry: &OutboxEntry) -> Option<DraftKey> {
    if let Fate::Merged(_) = entry.fate {
        // It stands already.
        return None;
    }
    let family_id = entry.family_id;
    let key = |about: Option<Uuid>, kind| {
        Some(DraftKey {
            family_id,
            about,
            kind,
        })
    };
    let key_of_none = |kind| {
        Some(DraftKey {
            family_id: NO_FAMILY,
            about: None,
            kind,
        })
    };
    let of = |ticket_id: TicketId, kind| key(Some(ticket_id.0), kind);
    match &entry.command.as_ref()?.body {
        CommandBody::TicketCreate(_) => key(None, DraftKind::NewTicket),
        CommandBody::CommentAdd(new) if new.internal => of(new.ticket_id, DraftKind::InternalNote),
        CommandBody::CommentAdd(new) => of(new.ticket_id, DraftKind::Comment),
        CommandBody::CommentEdit { ticket_id, .. } => of(*ticket_id, DraftKind::Comment),
        CommandBody::TicketDescribe { ticket_id, .. }
        | CommandBody::TicketSet {
            ticket_id,
            set: TicketField::Title(_),
            ..
        } => of(*ticket_id, DraftKind::Edit),
        CommandBody::FamilyCreate(_) => key_of_none(DraftKind::NewFamily),
        CommandBody::FamilySet(_) => key(None, DraftKind::EditFamily),
        CommandBody::MembershipRequest { .. } => key_of_none(DraftKind::JoinFamily),
        CommandBody::MembershipInvite { .. } => key(None, DraftKind::Invite),
        CommandBody::GroupCreate { .. } => key(None, DraftKind::NewGroup),
        CommandBody::GroupSet { group_id, .. } => key(Some(group_id.0), DraftKind::EditGroup),
        CommandBody::QueueCreate { .. } => key(None, DraftKind::NewQueue),
        CommandBody::QueueSet { queue_id, .. } => key(Some(queue_id.0), DraftKind::EditQueue),
        CommandBody::WebhookCreate(_) => key(None, DraftKind::NewWebhook),
        CommandBody::WebhookSet {
            webhook_id, set, ..
        } if !matches!(set, WebhookField::Off(_)) => {
            key(Some(webhook_id.0), DraftKind::EditWebhook)
        }
        CommandBody::UserSet { .. } => key_of_none(DraftKind::EditMe),
        _ => None,
    }
}

/// The ticket that the draft's form is about, where it is about one.
pub fn ticket_of(key: &DraftKey) -> Option<TicketId> {
    match key.kind {
        DraftKind::Comment | DraftKind::InternalNote | DraftKind::Edit => key.about.map(TicketId),
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
            fields.insert(key_of(name), value.to_owned());
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
        CommandBody::TicketDescribe { .. } => match entry.conflict() {
            Some(conflict) => beside_theirs(&mut fields, (FieldName::Description, whole), conflict),
            None => put(FieldName::Description, whole),
        },
        CommandBody::TicketSet { .. } => match entry.conflict() {
            Some(conflict) => beside_theirs(&mut fields, (FieldName::Title, whole), conflict),
            None => put(FieldName::Title, whole),
        },
        house => return fields_of_house(house, (entry.family_id, names)),
    }
    if let Some(comment_id) = reply_to {
        fields.insert(REPLY_TO.to_owned(), comment_id.to_string());
    }
    Some(fields)
}

/// Mine and theirs to be made into one: it stands on theirs, which was seen.
fn beside_theirs(fields: &mut Fields, (name, mine): (FieldName, &str), conflict: &Conflict) {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let (Some(base), Some(theirs)) = (
        text(&conflict.base).or_else(|| conflict.base.is_null().then(String::new)),
        text(&conflict.theirs),
    ) else {
        fields.insert(key_of(name), mine.to_owned());
        return;
    };
    let both = match (name, merge(&base, mine, &theirs)) {
        (FieldName::Description, Merge::Clean(both) | Merge::Overlap(both)) => both,
        _ => mine.to_owned(),
    };
    let seen = BTreeMap::from([(key_of(name), theirs)]);
    fields.insert(key_of(name), both);
    if let Ok(seen) = serde_json::to_string(&seen) {
        fields.insert(SEEN.to_owned(), seen);
    }
}

/// What a form about families, groups, queues or people said.
fn fields_of_house(body: &CommandBody, (family_id, names): (FamilyId, &Names)) -> Option<Fields> {
    let name = |text: &str| (FieldName::Name, text.to_owned());
    let description = |text: &str| (FieldName::Description, text.to_owned());
    let group = |id: &GroupId| (FieldName::Group, called(names.groups.get(id)));
    let fields = match body {
        CommandBody::FamilyCreate(new) => vec![
            name(&new.family_name),
            description(&new.family_description),
            (FieldName::Prefix, new.ticket_prefix.to_string()),
            (FieldName::TimeZone, new.time_zone.clone()),
            (FieldName::Me, new.display_name.clone()),
        ],
        CommandBody::FamilySet(set) => match set {
            FamilyField::FamilyName(text) => vec![name(text)],
            FamilyField::FamilyDescription(text) => vec![description(text)],
            FamilyField::TicketPrefix(prefix) => vec![(FieldName::Prefix, prefix.to_string())],
            FamilyField::TimeZone(zone) => vec![(FieldName::TimeZone, zone.clone())],
            FamilyField::BusinessHours(hours) => vec![(FieldName::Hours, hours.clone())],
            FamilyField::SeverityWords(words) => {
                let words = words.iter();
                words
                    .map(|(severity, word)| (FieldName::Words(*severity), word.clone()))
                    .collect()
            }
        },
        CommandBody::MembershipRequest { display_name } => vec![
            (FieldName::FamilyId, family_id.to_string()),
            (FieldName::Me, display_name.clone()),
        ],
        CommandBody::MembershipInvite {
            display_name, role, ..
        } => vec![name(display_name), (FieldName::Role, role.to_string())],
        CommandBody::GroupCreate {
            group_name,
            group_description,
            ..
        } => vec![name(group_name), description(group_description)],
        CommandBody::GroupSet { set, .. } => match set {
            GroupField::GroupName(text) => vec![name(text)],
            GroupField::GroupDescription(text) => vec![description(text)],
        },
        CommandBody::QueueCreate {
            group_id,
            queue_name,
            queue_description,
            default_severity,
            ..
        } => vec![
            name(queue_name),
            description(queue_description),
            group(group_id),
            (FieldName::Severity, severity(default_severity.as_ref())),
        ],
        CommandBody::QueueSet { set, .. } => match set {
            QueueField::QueueName(text) => vec![name(text)],
            QueueField::QueueDescription(text) => vec![description(text)],
            QueueField::GroupId(id) => vec![group(id)],
            QueueField::DefaultSeverity(it) => vec![(FieldName::Severity, severity(it.as_ref()))],
            QueueField::DefaultAssignee(it) => {
                let person = it.and_then(|id| names.people.get(&id));
                vec![(FieldName::Assignee, called(person))]
            }
        },
        CommandBody::WebhookCreate(new) => vec![
            name(&new.webhook_name),
            (FieldName::Url, new.url.clone()),
            (FieldName::Events, patterns(&new.events)),
        ],
        CommandBody::WebhookSet { set, .. } => match set {
            WebhookField::WebhookName(text) => vec![name(text)],
            WebhookField::Url(url) => vec![(FieldName::Url, url.clone())],
            WebhookField::Events(events) => vec![(FieldName::Events, patterns(events))],
            WebhookField::GroupId(it) => it.iter().map(group).collect(),
            WebhookField::Internal(_) | WebhookField::Off(_) => Vec::new(),
        },
        CommandBody::UserSet { set, .. } => match set {
            UserField::DisplayName(text) => vec![(FieldName::Me, text.clone())],
            UserField::Email(email) => vec![(FieldName::Email, email.clone().unwrap_or_default())],
            UserField::TimeZone(zone) => vec![(FieldName::TimeZone, zone.clone())],
        },
        _ => return None,
    };
    let fields = fields.into_iter();
    Some(fields.map(|(name, text)| (key_of(name), text)).collect())
}

fn patterns(events: &BTreeSet<EventPattern>) -> String {
    let all: Vec<String> = events.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn called(name: Option<&String>) -> String {
    name.cloned().unwrap_or_default()
}

fn severity(severity: Option<&Severity>) -> String {
    severity.map_or_else(String::new, ToString::to_string)
}

fn key_of(name: FieldName) -> String {
    name.label().to_lowercase()
}

/// What the draft holds, with the texts below its own; of all else its own counts.
fn joined(there: &str, mut new: Fields) -> Fields {
    let texts = [FieldName::Body, FieldName::Description].map(key_of);
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
