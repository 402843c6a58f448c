//! Which attributes of which entity can be set, and by which command: one row for each kind. The
//! names come from the model, so that an attribute that can be set there can be set here.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::give::{body_of, not_so, pointed};
use crate::model::command::{CommandBody, MembershipField};
use crate::model::entity::EntityType;
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::queue::QueueField;
use crate::model::record::Record;
use crate::model::ticket::TicketField;
use crate::model::user::UserField;
use crate::model::webhook::WebhookField;
use crate::server::reply::Failure;
use crate::wire::problem::Pointed;

/// Attributes of one kind of entity and the way in which they are set.
struct Settable {
    kind: EntityType,
    names: &'static [&'static str],
    /// The entity's attributes that name it among the command's arguments.
    ids: &'static [&'static str],
    by: By,
}

/// The way in which an attribute is set.
#[derive(Clone, Copy)]
enum By {
    /// By a command that takes any attribute as `field` and `value`.
    Field(&'static str),
    /// By a command that takes it under its own name.
    Name(&'static str),
    /// By the commands that lead from one status to another.
    Status,
    /// By a command for each tag that comes and goes.
    Tags,
}

const TICKET: &[&str] = &["ticket_id"];

const SETTABLE: &[Settable] = &[
    row(
        EntityType::User,
        UserField::NAMES,
        &[],
        By::Field("user.set"),
    ),
    row(
        EntityType::Family,
        FamilyField::NAMES,
        &[],
        By::Field("family.set"),
    ),
    row(
        EntityType::Membership,
        MembershipField::NAMES,
        &["user_id"],
        By::Field("membership.set"),
    ),
    row(
        EntityType::Group,
        GroupField::NAMES,
        &["group_id"],
        By::Field("group.set"),
    ),
    row(
        EntityType::GroupMembership,
        &["is_admin"],
        &["group_id", "user_id"],
        By::Name("group_membership.set_admin"),
    ),
    row(
        EntityType::Queue,
        QueueField::NAMES,
        &["queue_id"],
        By::Field("queue.set"),
    ),
    row(
        EntityType::Webhook,
        WebhookField::NAMES,
        &["webhook_id"],
        By::Field("webhook.set"),
    ),
    row(EntityType::Ticket, &["status"], TICKET, By::Status),
    row(EntityType::Ticket, &["tags"], TICKET, By::Tags),
    row(
        EntityType::Ticket,
        TicketField::NAMES,
        TICKET,
        By::Field("ticket.set"),
    ),
    row(
        EntityType::Comment,
        &["comment_body"],
        &["ticket_id", "comment_id"],
        By::Name("comment.edit"),
    ),
];

const fn row(
    kind: EntityType,
    names: &'static [&'static str],
    ids: &'static [&'static str],
    by: By,
) -> Settable {
    Settable {
        kind,
        names,
        ids,
        by,
    }
}

/// The names of all attributes of a kind that can be set.
pub(in crate::server) fn names(kind: EntityType) -> impl Iterator<Item = &'static str> {
    let rows = SETTABLE.iter().filter(move |it| it.kind == kind);
    rows.flat_map(|it| it.names.iter().copied())
}

/// The commands that make of one what the other is, both with every attribute of their kind.
///
/// # Errors
/// Where they differ in what can't be set, or not to that value.
pub(super) fn commands(
    record: &Record,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Vec<CommandBody>, Failure> {
    let kind = record.key().entity_type();
    let rows = || SETTABLE.iter().filter(|it| it.kind == kind);
    let can_be_set = |name: &str| rows().any(|it| it.names.contains(&name));
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |name: &str| before.get(name) != after.get(name);
    let wrong = all
        .into_iter()
        .filter(|name| differs(name) && !can_be_set(name));
    let wrong: Vec<Pointed> = wrong
        .map(|name| match before.contains_key(name) {
            true => pointed(name, "it can't be set"),
            false => pointed(name, "there is no such attribute here"),
        })
        .collect();
    if !wrong.is_empty() {
        return Err(not_so(wrong));
    }
    let (mut commands, mut endings) = (Vec::new(), Vec::new());
    for row in rows() {
        let ids = row.ids.iter().map(|id| {
            let value = before.get(*id).cloned().unwrap_or_default();
            ((*id).to_owned(), value)
        });
        let ids: Map<String, Value> = ids.collect();
        for name in row.names.iter().filter(|name| differs(name)) {
            let value = after.get(*name).cloned().unwrap_or_default();
            let change = Change {
                name,
                ids: &ids,
                before: before.get(*name).cloned().unwrap_or_default(),
                after: value,
            };
            match row.by {
                // What is done is set before it is called done.
                By::Status if change.after != json!("OPEN") => {
                    endings.push(change.of_status(record)?);
                }
                By::Status => commands.push(change.of_status(record)?),
                By::Tags => commands.extend(change.of_tags()?),
                By::Field(command) => {
                    let args = [("field", json!(name)), ("value", change.after.clone())];
                    commands.push(change.by(command, args)?);
                }
                By::Name(command) => {
                    commands.push(change.by(command, [(*name, change.after.clone())])?);
                }
            }
        }
    }
    commands.extend(endings);
    Ok(commands)
}

/// One attribute that is to be another.
struct Change<'a> {
    name: &'a str,
    ids: &'a Map<String, Value>,
    before: Value,
    after: Value,
}

impl Change<'_> {
    fn by<const N: usize>(
        &self,
        command: &str,
        args: [(&str, Value); N],
    ) -> Result<CommandBody, Failure> {
        let mut all = self.ids.clone();
        all.extend(args.into_iter().map(|(name, it)| (name.to_owned(), it)));
        body_of(command, all).map_err(|failure| self.wrong(failure.problem().detail))
    }

    fn of_status(&self, record: &Record) -> Result<CommandBody, Failure> {
        match (self.before.as_str(), self.after.as_str()) {
            (_, Some("RESOLVED")) => self.by("ticket.resolve", []),
            (_, Some("CLOSED")) => self.by("ticket.close", []),
            (Some("CLOSED"), Some("OPEN")) => {
                let version = json!(record.common().version);
                self.by("ticket.unclose", [("closed_version", version)])
            }
            (_, Some("OPEN")) => self.by("ticket.reopen", []),
            _ => Err(self.wrong("take one of OPEN, RESOLVED, CLOSED")),
        }
    }

    fn of_tags(&self) -> Result<Vec<CommandBody>, Failure> {
        let tags = |it: &Value| serde_json::from_value::<BTreeSet<String>>(it.clone());
        let before = tags(&self.before).unwrap_or_default();
        let wrong = |_| self.wrong("give a list of texts");
        let after = match self.after.is_null() {
            true => BTreeSet::new(),
            false => tags(&self.after).map_err(wrong)?,
        };
        let gone = before.difference(&after);
        let gone = gone.map(|tag| self.by("ticket.untag", [("tag", json!(tag))]));
        let new = after.difference(&before);
        let new = new.map(|tag| self.by("ticket.tag", [("tag", json!(tag))]));
        gone.chain(new).collect()
    }

    fn wrong(&self, detail: impl Into<String>) -> Failure {
        not_so(vec![pointed(self.name, detail)])
    }
}
