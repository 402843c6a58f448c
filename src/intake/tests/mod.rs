//! What the room promises as a whole: mapping rules, ids that hold, batches that the rules take,
//! and an account that adds up.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::jira::Jira;
use super::plan::{Destination, Plan, QueueHere};
use super::report::What;
use super::tables::{State, Table};
use super::{Format, Intake};
use crate::model::attachment::Attachment;
use crate::model::command::{Actor, Command, CommandBody, ImportBatch};
use crate::model::comment::{Channel, Comment};
use crate::model::entity::{Common, EntityKey};
use crate::model::id::{CommandId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::import::BATCH_LIMIT;
use crate::model::known::{Known, Need, Stop};
use crate::model::long_text::INLINE_LIMIT;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::rules;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{REOPEN_WINDOW, Stage, Status};
use crate::model::ticket::{TAG_LIMIT, TITLE_LIMIT, Ticket};

mod github;
mod jira;
mod mail;

mod plan;
mod sheets;
mod tasks;
mod zendesk;

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);
pub(super) const FAMILY: FamilyId = FamilyId(Uuid::from_u128(1));
pub(super) const ADMIN: UserId = UserId(Uuid::from_u128(2));

/// Lets the rules decide on the batches one after another, and gives what they come to. Fails
/// where they refuse, or where anything leans on what comes later.
pub(super) fn taken_in(batches: impl IntoIterator<Item = ImportBatch>) -> Vec<Record> {
    let mut known = Known::new(FAMILY);
    let admin = admin();
    let mut there = HashSet::from([admin.key()]);
    known.learn(Need::Entity(admin.key()), vec![admin.into()]);
    let mut all = Vec::new();
    for batch in batches {
        assert!(batch.entities.len() <= BATCH_LIMIT);
        for record in &batch.entities {
            for needed in leans_on(record) {
                assert!(there.contains(&needed), "{record:?} leans on {needed:?}");
            }
            there.insert(record.key());
        }
        all.extend(decided([CommandBody::ImportBatch(batch)], &mut known));
    }
    all
}

fn admin() -> Membership {
    Membership {
        family_id: FAMILY,
        user_id: ADMIN,
        display_name: "Ana".to_owned(),
        status: MembershipStatus::Member,
        role: Role::Adult,
        is_admin: true,
        request_date: NOW,
        invited_by: None,
        has_left: false,
        common: Common::new(ADMIN, NOW),
    }
}

/// What the rules make of commands of the admin, one after another; all of it is known after.
pub(super) fn decided(
    commands: impl IntoIterator<Item = CommandBody>,
    known: &mut Known,
) -> Vec<Record> {
    let mut all = Vec::new();
    for body in commands {
        let command = Command {
            command_id: CommandId(Uuid::from_u128(3)),
            issued_at: NOW,
            seen: None,
            body,
        };
        let records = decided_one(&command, known);
        for record in &records {
            known.learn(Need::Entity(record.key()), vec![record.clone()]);
        }
        all.extend(records);
    }
    all
}

fn decided_one(command: &Command, known: &mut Known) -> Vec<Record> {
    loop {
        match rules::decide(command, &Actor::user(ADMIN), NOW, known) {
            Ok(changes) => return changes.into_iter().map(|it| it.after).collect(),
            Err(Stop::Need(needs)) => {
                for need in needs {
                    known.learn(need, Vec::new());
                }
            }
            Err(Stop::Refused(refusal)) => panic!("refused: {refusal}"),
        }
    }
}

/// All that must have come before the record.
fn leans_on(record: &Record) -> Vec<EntityKey> {
    let people = |people: &[Option<UserId>]| -> Vec<EntityKey> {
        let people = people.iter().flatten();
        people.map(|user| EntityKey::Membership(*user)).collect()
    };
    match record {
        Record::User(_)
        | Record::Family(_)
        | Record::Group(_)
        | Record::ReadMarker(_)
        | Record::Webhook(_) => Vec::new(),
        Record::Membership(it) => vec![EntityKey::User(it.user_id)],
        Record::GroupMembership(it) => {
            let mut all = people(&[Some(it.user_id)]);
            all.push(EntityKey::Group(it.group_id));
            all
        }
        Record::Queue(it) => vec![EntityKey::Group(it.group_id)],
        Record::Ticket(it) => {
            let mut all = people(&[Some(it.requested_by), it.assigned_to]);
            all.push(EntityKey::Queue(it.queue_id));
            all.extend(it.parent_ticket.map(EntityKey::Ticket));
            all
        }
        Record::Description(it) => vec![EntityKey::Ticket(it.ticket_id)],
        Record::Participant(it) => {
            let mut all = people(&[Some(it.user_id)]);
            all.push(EntityKey::Ticket(it.ticket_id));
            all
        }
        Record::Attachment(it) => {
            let comment = it.comment_id;
            let comment = comment.map(|comment_id| EntityKey::Comment(it.ticket_id, comment_id));
            comment
                .into_iter()
                .chain([EntityKey::Ticket(it.ticket_id)])
                .collect()
        }
        Record::Comment(it) => {
            let mut all = people(&[Some(it.comment_user)]);
            all.push(EntityKey::Ticket(it.ticket_id));
            let reply_to = it.reply_to.map(|to| EntityKey::Comment(it.ticket_id, to));
            all.extend(
                reply_to
                    .into_iter()
                    .chain(it.internal.map(EntityKey::Group)),
            );
            all
        }
    }
}

fn destination() -> Destination {
    Destination::new(FAMILY, ADMIN, NOW)
}

/// The plan of what one file holds.
fn plan_with(format: &mut dyn Format, text: impl AsRef<[u8]>, destination: &Destination) -> Plan {
    plan_all(format, &[("a.jsonl", text.as_ref())], destination)
}

/// The plan of what several files hold.
fn plan_all(format: &mut dyn Format, files: &[(&str, &[u8])], destination: &Destination) -> Plan {
    let mut intake = Intake::new(format);
    for (file, text) in files {
        let mut bytes = *text;
        intake.read(file, &mut bytes).expect("memory can be read");
    }
    let plan = intake.plan(destination);
    assert!(plan.report.adds_up(), "{}", plan.report.to_text(9));
    plan
}

fn plan_of(text: &str, destination: &Destination) -> Plan {
    plan_with(&mut Jira, text, destination)
}

/// Issues as JSON Lines, planned.
fn plan(issues: &[Value]) -> Plan {
    let lines: Vec<String> = issues.iter().map(Value::to_string).collect();
    plan_of(&lines.join("\n"), &destination())
}

impl Plan {
    fn batches(&self) -> impl Iterator<Item = ImportBatch> + use<> {
        self.clone().into_steps().map(|step| step.batch)
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.entries.iter().map(|entry| &entry.record)
    }

    fn tickets(&self) -> Vec<&Ticket> {
        self.records()
            .filter_map(|it| match it {
                Record::Ticket(ticket) => Some(ticket),
                _ => None,
            })
            .collect()
    }

    fn ticket(&self, source_id: &str) -> &Ticket {
        let ends = format!(":{source_id}");
        let is_meant = |it: &&Ticket| {
            let external = it.external_ref.as_deref().unwrap_or_default();
            external.ends_with(&ends)
        };
        self.tickets()
            .into_iter()
            .find(is_meant)
            .expect("the ticket comes in")
    }

    fn comments(&self) -> Vec<&Comment> {
        self.records()
            .filter_map(|it| match it {
                Record::Comment(comment) => Some(comment),
                _ => None,
            })
            .collect()
    }

    fn files(&self) -> Vec<&Attachment> {
        self.records()
            .filter_map(|it| match it {
                Record::Attachment(file) => Some(file),
                _ => None,
            })
            .collect()
    }

    fn description(&self, of: TicketId) -> &str {
        self.records()
            .find_map(|it| match it {
                Record::Description(it) if it.ticket_id == of => Some(it.description.preview()),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn name_of(&self, user_id: UserId) -> &str {
        self.records()
            .find_map(|it| match it {
                Record::User(it) if it.user_id == user_id => Some(it.display_name.as_str()),
                _ => None,
            })
            .expect("the person comes along")
    }
}

fn person(key: &str) -> Value {
    json!({"key": key, "name": key, "displayName": format!("{key} Rivera")})
}

/// An issue of two minutes past `minute` in 2020, with more fields laid over it.
fn issue(key: &str, minute: u8, more: Value) -> Value {
    let mut fields = json!({
        "project": {"key": "HOME", "name": "Home"},
        "created": format!("2020-01-01T00:{minute:02}:00.000+0000"),
        "updated": "2020-02-01T00:00:00.000+0000",
        "summary": format!("Summary of {key}"),
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "priority": {"name": "Medium"},
        "reporter": person("ana"),
        "creator": person("ana"),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        fields[name] = value.clone();
    }
    json!({"id": "1", "key": key, "fields": fields})
}

fn status(name: &str, category: &str) -> Value {
    json!({"status": {"name": name, "statusCategory": {"key": category}}})
}
