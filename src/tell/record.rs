//! Records of the audit: who did what, and what changed from what to what.

use serde_json::Value;

use super::Teller;
use super::value::{added_and_taken, is_text, is_told, quoted, short, word_for};
use crate::model::audit::{Action, AuditRecord, FieldChange};
use crate::model::content_type;
use crate::model::entity::EntityKey;
use crate::model::id::{GroupId, UserId};
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::webhook::Off;
use crate::text::size;

/// A record in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who did it: `ana`, `ana for mia`, `time`.
    pub who: String,
    /// To what: `RIV-2026-0042`, `queue Home / IT`.
    pub on: String,
    /// What: `severity SEV_3 -> SEV_2`, `removed ben as a follower`. One line.
    pub what: String,
    /// Every attribute that changed, whole.
    pub changes: Vec<Change>,
    /// What it is about had not been there before.
    pub is_new: bool,
}

/// An attribute, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What people call it.
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// It is something that was written, and is compared by its words.
    pub is_text: bool,
}

impl Teller<'_> {
    /// The record in words.
    pub fn record(&self, record: &AuditRecord) -> Told {
        let changes = record.changes();
        let what = match is_of_a_newer_version(record) {
            true => "changed by a newer version of famdesk".to_owned(),
            false => self.what(record, &changes),
        };
        Told {
            who: self.actor(record),
            on: self.entity(&record.entity),
            what,
            is_new: record.before.is_none(),
            changes: changes
                .iter()
                .filter(|change| is_told(change.field))
                .filter_map(|change| self.change(change))
                .collect(),
        }
    }

    fn entity(&self, key: &EntityKey) -> String {
        match key {
            EntityKey::Ticket(ticket_id)
            | EntityKey::Description(ticket_id)
            | EntityKey::Comment(ticket_id, _)
            | EntityKey::Attachment(ticket_id, _)
            | EntityKey::Participant(ticket_id, ..)
            | EntityKey::ReadMarker(ticket_id, _) => self.ticket(*ticket_id),
            EntityKey::Queue(queue_id) => format!("queue {}", self.queue(*queue_id)),
            EntityKey::Group(group_id) => format!("group {}", self.group(*group_id)),
            EntityKey::GroupMembership(group_id, _) => format!("group {}", self.group(*group_id)),
            EntityKey::Membership(user_id) | EntityKey::User(user_id) => self.person(*user_id),
            EntityKey::Family(_) => "the family".to_owned(),
            EntityKey::Webhook(webhook_id) => format!("webhook {}", self.webhook(*webhook_id)),
        }
    }

    fn change(&self, change: &FieldChange<'_>) -> Option<Change> {
        let told = |value: Option<&Value>| value.and_then(|it| self.value(change.field, it));
        let (before, after) = (told(change.before), told(change.after));
        (before != after).then(|| Change {
            name: word_for(change.field),
            before,
            after,
            is_text: is_text(change.field),
        })
    }

    fn what(&self, record: &AuditRecord, changes: &[FieldChange<'_>]) -> String {
        if let Some(deleted) = turned_deleted(changes) {
            return self.gone_or_back(record, deleted);
        }
        let create = record.action == Action::Create;
        match (record.entity, create) {
            (EntityKey::Ticket(_), true) => self.filed(record),
            (EntityKey::Description(_), true) => {
                format!(
                    "described it: {}",
                    quoted(&self.text(record, "description"))
                )
            }
            (EntityKey::Description(_), false) => self.edited("the description", changes),
            (EntityKey::Participant(_, role, user_id), true) => {
                self.takes_part(record, (role, user_id))
            }
            (EntityKey::Comment(..), true) => self.commented(record),
            (EntityKey::Comment(..), false) => {
                self.edited(&format!("a comment of {}", self.author(record)), changes)
            }
            (EntityKey::Attachment(..), true) => self.attached(record),
            (EntityKey::Membership(user_id), _) => self.membership(record, user_id, changes),
            (EntityKey::GroupMembership(group_id, user_id), _) => {
                self.group_membership(record, (group_id, user_id), changes)
            }
            (EntityKey::Group(_), true) => {
                format!("made the group {}", self.text(record, "group_name"))
            }
            (EntityKey::Queue(_), true) => {
                format!("made the queue {}", self.text(record, "queue_name"))
            }
            (EntityKey::Family(_), true) => {
                format!("founded {}", self.text(record, "family_name"))
            }
            (EntityKey::User(_), true) => "came in".to_owned(),
            (EntityKey::Webhook(_), true) => format!(
                "made the webhook {} to {}",
                self.text(record, "webhook_name"),
                self.text(record, "url")
            ),
            (EntityKey::Webhook(_), false) => {
                webhook(changes).unwrap_or_else(|| self.set(record, changes))
            }
            _ => self.set(record, changes),
        }
    }

    /// An attribute as the record left it.
    fn text(&self, record: &AuditRecord, field: &str) -> String {
        let of = |value: &Option<Value>| {
            let found = value.as_ref().and_then(|it| it.get(field)).cloned();
            found.and_then(|it| self.value(field, &it))
        };
        of(&record.after)
            .or_else(|| of(&record.before))
            .unwrap_or_default()
    }

    fn author(&self, record: &AuditRecord) -> String {
        let of = record.after.as_ref().or(record.before.as_ref());
        let id = of.and_then(|it| it.get("comment_user")?.as_str()?.parse().ok());
        id.map_or_else(|| "someone".to_owned(), |id| self.person(UserId(id)))
    }

    fn filed(&self, record: &AuditRecord) -> String {
        let verb = if is_import(record) {
            "imported"
        } else {
            "filed"
        };
        let title = quoted(&self.text(record, "title"));
        let (queue, severity) = (self.text(record, "queue_id"), self.text(record, "severity"));
        let mut said = format!("{verb} {title} in {queue} as {severity}");
        let assignee = self.text(record, "assigned_to");
        if !assignee.is_empty() {
            said.push_str(&format!(", for {assignee} to do"));
        }
        said
    }

    fn commented(&self, record: &AuditRecord) -> String {
        let text = quoted(&self.text(record, "comment_body"));
        let group = self.text(record, "internal");
        let author = self.author(record);
        let by = if is_import(record) {
            format!("imported {author}'s ")
        } else {
            "wrote a ".to_owned()
        };
        match group.as_str() {
            "" => format!("{by}comment: {text}"),
            group => format!("{by}note for {group} alone: {text}"),
        }
    }

    fn attached(&self, record: &AuditRecord) -> String {
        let verb = if is_import(record) {
            "imported the file"
        } else {
            "attached"
        };
        let name = quoted(&self.text(record, "file_name"));
        let kind = content_type::word(&self.text(record, "content_type"));
        let bytes = record
            .after
            .as_ref()
            .and_then(|it| it.get("bytes")?.as_u64());
        let group = match self.text(record, "internal").as_str() {
            "" => String::new(),
            group => format!(" for {group} alone"),
        };
        format!(
            "{verb} {name} ({kind}, {}){group}",
            size(bytes.unwrap_or(0))
        )
    }

    fn takes_part(&self, record: &AuditRecord, who: (ParticipantRole, UserId)) -> String {
        let (role, user_id) = who;
        match role {
            ParticipantRole::Follower if user_id == actor(record) => "follows it".to_owned(),
            _ => format!("added {} as {}", self.person(user_id), role_words(role)),
        }
    }

    fn gone_or_back(&self, record: &AuditRecord, deleted: bool) -> String {
        let verb = if deleted { "deleted" } else { "restored" };
        match record.entity {
            EntityKey::Participant(_, role, user_id) if !deleted => {
                self.takes_part(record, (role, user_id))
            }
            EntityKey::Participant(_, ParticipantRole::Follower, user_id)
                if user_id == actor(record) =>
            {
                "follows it no more".to_owned()
            }
            EntityKey::Participant(_, role, user_id) => {
                format!("removed {} as {}", self.person(user_id), role_words(role))
            }
            EntityKey::Comment(..) => format!(
                "{verb} a comment of {}: {}",
                self.author(record),
                quoted(&self.text(record, "comment_body"))
            ),
            EntityKey::Attachment(..) => {
                let verb = if deleted { "removed" } else { verb };
                format!(
                    "{verb} the file {}",
                    quoted(&self.text(record, "file_name"))
                )
            }
            EntityKey::Ticket(_) => format!("{verb} {}", quoted(&self.text(record, "title"))),
            EntityKey::Membership(user_id) if user_id == actor(record) && deleted => {
                "left the family".to_owned()
            }
            EntityKey::Membership(user_id) if deleted => {
                format!("removed {} from the family", self.person(user_id))
            }
            EntityKey::GroupMembership(group_id, user_id) if deleted => {
                let group = self.group(group_id);
                if user_id == actor(record) {
                    format!("left {group}")
                } else {
                    format!("took {} out of {group}", self.person(user_id))
                }
            }
            EntityKey::Membership(user_id) => self.membership(record, user_id, &[]),
            EntityKey::GroupMembership(group_id, user_id) => {
                self.group_membership(record, (group_id, user_id), &[])
            }
            _ => verb.to_owned(),
        }
    }

    fn membership(
        &self,
        record: &AuditRecord,
        user_id: UserId,
        changes: &[FieldChange<'_>],
    ) -> String {
        let name = self.person(user_id);
        let role = self.text(record, "role");
        match record.command_type.as_str() {
            "membership.invite" => format!("invited {name} as {role}"),
            "membership.request" => "asked to join".to_owned(),
            "membership.accept" => "accepted the invitation".to_owned(),
            "membership.approve" => format!("let {name} in"),
            "membership.decline" if user_id == actor(record) => {
                "declined the invitation".to_owned()
            }
            "membership.decline" => format!("declined {name}"),
            _ if record.action == Action::Create => format!("{name} is in the family as {role}"),
            _ => format!("{name}: {}", self.set(record, changes)),
        }
    }

    fn group_membership(
        &self,
        record: &AuditRecord,
        (group_id, user_id): (GroupId, UserId),
        changes: &[FieldChange<'_>],
    ) -> String {
        let (group, name) = (self.group(group_id), self.person(user_id));
        match record.command_type.as_str() {
            "group_membership.request" => format!("asked to join {group}"),
            "group_membership.decline" => format!("declined {name} for {group}"),
            "group_membership.set_admin" => match self.text(record, "is_admin").as_str() {
                "yes" => format!("made {name} an admin of {group}"),
                _ => format!("made {name} an admin of {group} no more"),
            },
            _ if record.action == Action::Update && !changes.is_empty() => {
                format!("{name} in {group}: {}", self.set(record, changes))
            }
            _ => format!("put {name} into {group}"),
        }
    }

    fn edited(&self, what: &str, changes: &[FieldChange<'_>]) -> String {
        let long = changes
            .iter()
            .filter(|change| is_told(change.field))
            .find_map(|change| self.change(change));
        let Some(change) = long else {
            return format!("edited {what}");
        };
        let after = change.after.unwrap_or_default();
        match after.is_empty() {
            true => format!("emptied {what}"),
            false => format!("edited {what}: {}", quoted(&after)),
        }
    }

    /// What changed, attribute by attribute, with a verb where a command has one.
    fn set(&self, record: &AuditRecord, changes: &[FieldChange<'_>]) -> String {
        let verb = match record.command_type.as_str() {
            "ticket.resolve" => Some("resolved it"),
            "ticket.reopen" => Some("reopened it"),
            "ticket.close" => Some("closed it for good"),
            "ticket.unclose" => Some("took the closing back"),
            "ticket.expire" => Some("closed it: the time to reopen it has passed"),
            "ticket.wake" => Some("woke it"),
            _ => None,
        };
        let verb = match changes {
            [one] if one.field == "triaged" => Some(match one.after.and_then(Value::as_bool) {
                Some(true) => "triaged it",
                _ => "put it back into triage",
            }),
            _ => verb,
        };
        let said = changes
            .iter()
            .filter(|change| is_told(change.field) && change.field != "triaged")
            .filter(|change| {
                !(verb.is_some() && matches!(change.field, "status" | "snoozed_until"))
            })
            .filter_map(|change| self.set_one(change));
        let said: Vec<String> = verb.map(str::to_owned).into_iter().chain(said).collect();
        match said.is_empty() {
            true => format!("touched it ({})", record.command_type),
            false => said.join("; "),
        }
    }

    /// `severity SEV_3 -> SEV_2`, `tags +wifi -wait`, `due none -> 2026-03-01 16:00`.
    fn set_one(&self, change: &FieldChange<'_>) -> Option<String> {
        if let (Some(Value::Array(_)), _) | (_, Some(Value::Array(_))) =
            (change.before, change.after)
        {
            let list = |value: Option<&Value>| {
                let all = value.and_then(Value::as_array);
                all.cloned().unwrap_or_default()
            };
            let said = added_and_taken(&list(change.before), &list(change.after));
            return Some(format!("{} {said}", word_for(change.field)));
        }
        let Change {
            name,
            before,
            after,
            ..
        } = self.change(change)?;
        let short = |text: Option<String>| {
            let text = text.map(|text| match change.field {
                "title" => quoted(&text),
                _ => short(&text),
            });
            text.unwrap_or_else(|| "none".to_owned())
        };
        Some(format!("{name} {} -> {}", short(before), short(after)))
    }
}

/// Whether this version of the program knows no such entity.
fn is_of_a_newer_version(record: &AuditRecord) -> bool {
    let kind = record.entity.entity_type();
    let after = record.after.clone();
    after.is_some_and(|json| Record::from_json(kind, json).is_err())
}

/// Whose deed it was.
fn actor(record: &AuditRecord) -> UserId {
    record.on_behalf_of.unwrap_or(record.actor_user_id)
}

fn is_import(record: &AuditRecord) -> bool {
    record.command_type == "import.batch"
}

fn turned_deleted(changes: &[FieldChange<'_>]) -> Option<bool> {
    let change = changes.iter().find(|change| change.field == "deleted")?;
    let is = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
    let (before, after) = (is(change.before), is(change.after));
    (before != after).then_some(after)
}

fn role_words(role: ParticipantRole) -> &'static str {
    match role {
        ParticipantRole::Requester => "the requester",
        ParticipantRole::Assignee => "the assignee",
        ParticipantRole::Cc => "one in copy",
        ParticipantRole::Follower => "a follower",
        ParticipantRole::Approver => "an approver",
    }
}
/// What happened to a webhook, where that is more than an attribute set.
fn webhook(changes: &[FieldChange<'_>]) -> Option<String> {
    let changed = |field: &str| changes.iter().find(|it| it.field == field);
    if changed("secret").is_some() {
        return Some("gave it another secret".to_owned());
    }
    let why = changed("off")?.after.and_then(Value::as_str);
    let words = match why.map(str::parse) {
        None => "turned it on",
        Some(Ok(Off::Gone)) => "turned it off: it answered that it is gone",
        Some(Ok(Off::Failing)) => "turned it off: it had failed for days",
        Some(Ok(Off::ByHand) | Err(_)) => "turned it off",
    };
    Some(words.to_owned())
}
