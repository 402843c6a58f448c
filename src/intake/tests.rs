//! What the room promises as a whole: mapping rules, ids that hold, batches that the rules take,
//! and an account that adds up.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use super::jira::Jira;
use super::plan::{Destination, Plan};
use super::report::What;
use super::scale::Scale;
use super::{Input, convert};
use crate::model::command::{Actor, Command, CommandBody, ImportBatch};
use crate::model::comment::{Channel, Comment};
use crate::model::entity::{Common, EntityKey};
use crate::model::id::{CommandId, FamilyId, GroupId, TicketId, UserId};
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
        for record in decided(batch, &mut known) {
            known.learn(Need::Entity(record.key()), vec![record.clone()]);
            all.push(record);
        }
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
        common: Common::new(ADMIN, NOW),
    }
}

fn decided(batch: ImportBatch, known: &mut Known) -> Vec<Record> {
    let command = Command {
        command_id: CommandId(Uuid::from_u128(3)),
        issued_at: NOW,
        body: CommandBody::ImportBatch(batch),
    };
    loop {
        match rules::decide(&command, &Actor::user(ADMIN), NOW, known) {
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
        Record::User(_) | Record::Family(_) | Record::Group(_) => Vec::new(),
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

fn plan_of(text: &str, destination: &Destination) -> Plan {
    let mut bytes = text.as_bytes();
    let mut inputs = [Input {
        file: "a.jsonl".to_owned(),
        bytes: &mut bytes,
    }];
    convert(&Jira, &mut inputs, destination).expect("memory can be read")
}

/// Issues as JSON Lines, planned.
fn plan(issues: &[Value]) -> Plan {
    let lines: Vec<String> = issues.iter().map(Value::to_string).collect();
    let plan = plan_of(&lines.join("\n"), &destination());
    assert!(plan.report.adds_up(), "{}", plan.report);
    plan
}

impl Plan {
    fn records(&self) -> impl Iterator<Item = &Record> {
        self.steps.iter().flat_map(|step| &step.batch.entities)
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
        let external = format!("jira:{source_id}");
        self.tickets()
            .into_iter()
            .find(|it| it.external_ref.as_ref() == Some(&external))
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

#[test]
fn people_group_and_queues_come_once_and_first() {
    let other = json!({"project": {"key": "GARDEN", "name": "Garden"}, "assignee": person("ben")});
    let plan = plan(&[issue("HOME-1", 0, json!({})), issue("GARDEN-1", 1, other)]);
    let kinds: Vec<String> = plan
        .records()
        .map(|it| it.key().entity_type().to_string())
        .collect();
    let expected = "user membership user membership group queue queue \
                    ticket participant ticket participant participant";
    assert_eq!(kinds.join(" "), expected);
    for record in plan.records() {
        match record {
            Record::User(it) => {
                assert!(!it.is_active && !it.is_approved && it.email.is_none());
                assert!(it.display_name.ends_with(" Rivera"));
            }
            Record::Membership(it) => {
                assert_eq!(
                    (it.status, it.role),
                    (MembershipStatus::Member, Role::Guest)
                );
                assert!(!it.is_admin);
            }
            Record::Group(it) => assert_eq!(it.group_name, "Imported from Jira"),
            Record::Queue(it) => {
                assert!(it.queue_description.contains(&it.queue_name.to_uppercase()));
            }
            _ => {}
        }
    }
    assert_eq!((plan.report.people, plan.report.queues), (2, 2));
}

#[test]
fn a_given_group_and_known_members_are_used_as_they_are() {
    let ana = UserId(Uuid::from_u128(77));
    let mut to = destination();
    to.group = Some(GroupId(Uuid::from_u128(78)));
    to.people.insert("ana".to_owned(), ana);
    let plan = plan_of(&issue("HOME-1", 0, json!({})).to_string(), &to);
    assert_eq!(plan.tickets()[0].requested_by, ana);
    let new = plan
        .records()
        .any(|it| matches!(it, Record::User(_) | Record::Group(_)));
    assert!(!new);
    assert!(
        plan.records()
            .any(|it| matches!(it, Record::Queue(q) if Some(q.group_id) == to.group))
    );
}

#[test]
fn statuses_and_their_dates() {
    let with_date = |name: &str, category: &str| {
        let mut more = status(name, category);
        more["resolutiondate"] = json!("2020-01-15T00:00:00.000+0000");
        more
    };
    let plan = plan(&[
        issue("A-1", 1, status("Open", "new")),
        issue("A-2", 2, status("In Progress", "indeterminate")),
        issue("A-3", 3, with_date("Resolved", "done")),
        issue("A-4", 4, with_date("Closed", "done")),
        issue("A-5", 5, status("Closed", "done")),
        issue("A-6", 6, status("Waiting for customer", "indeterminate")),
    ]);
    let resolved = Timestamp(1_579_046_400);
    let updated = Timestamp(1_580_515_200);
    let state = |key| {
        let it = plan.ticket(key);
        (it.status, it.stage, it.resolved_date, it.closed_date)
    };
    assert_eq!(state("A-1"), (Status::Open, Stage::New, None, None));
    assert_eq!(state("A-2"), (Status::Open, Stage::Active, None, None));
    assert_eq!(
        state("A-3"),
        (Status::Resolved, Stage::Active, Some(resolved), None)
    );
    assert_eq!(
        state("A-4"),
        (
            Status::Closed,
            Stage::Active,
            Some(resolved),
            Some(resolved)
        )
    );
    assert_eq!(
        state("A-5"),
        (Status::Closed, Stage::Active, None, Some(updated))
    );
    assert_eq!(state("A-6"), (Status::Open, Stage::Waiting, None, None));
    let until = Some(resolved.plus(REOPEN_WINDOW));
    assert_eq!(plan.ticket("A-3").reopen_until, until);
    assert_eq!(plan.ticket("A-4").reopen_until, None);
    let note = plan.ticket("A-6").waiting_note.as_deref();
    assert_eq!(note, Some("Waiting for customer"));
    let common = &plan.ticket("A-1").common;
    assert_eq!(
        (common.creation_date, common.last_update),
        (Timestamp(1_577_836_860), updated)
    );
}

#[test]
fn severities_follow_the_table_and_the_familys_own_words() {
    let named = |word: Value| json!({"priority": word});
    let issues = [
        issue("A-1", 1, named(json!({"name": "Critical"}))),
        issue("A-2", 2, named(json!({"name": "Trivial"}))),
        issue("A-3", 3, named(json!({"name": "None"}))),
        issue("A-4", 4, named(Value::Null)),
        issue("A-5", 5, named(json!({"name": "Whenever"}))),
    ];
    let of =
        |plan: &Plan| -> Vec<Severity> { plan.tickets().iter().map(|it| it.severity).collect() };
    let [top, low, default] = [Severity::Sev1, Severity::Sev5, Severity::Sev3];
    let small = plan(&issues);
    assert_eq!(of(&small), [top, low, default, default, default]);
    assert_eq!(small.report.notes["without a severity: SEV_3"], 2);
    assert_eq!(small.report.notes["unknown severity `Whenever`: SEV_3"], 1);
    assert!(
        small
            .ticket("A-1")
            .tags
            .contains("import:priority=Critical")
    );

    // Beside a graver word, `Critical` is second.
    let graver = issue("A-6", 6, named(json!({"name": "Blocker"})));
    let stock = plan(&[issues[0].clone(), graver]);
    assert_eq!(of(&stock), [Severity::Sev2, Severity::Sev1]);

    let mut to = destination();
    to.severities =
        Scale::from_iter([("whenever", Severity::Sev5), ("critical", Severity::Sev2_5)]);
    let lines: Vec<String> = issues.iter().map(Value::to_string).collect();
    let own = plan_of(&lines.join("\n"), &to);
    assert_eq!(of(&own), [Severity::Sev2_5, low, default, default, low]);
}

#[test]
fn a_ticket_carries_people_tags_and_where_it_came_from() {
    let more = json!({
        "assignee": person("ben"),
        "labels": ["wifi", "upper floor"],
        "components": [{"name": "Front End"}, {"name": "wifi"}],
        "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
        "resolution": {"name": "Won't Fix"},
        "duedate": "2020-03-01",
    });
    let plan = plan(&[issue("A-1", 1, more)]);
    let ticket = plan.ticket("A-1");
    let tags: Vec<&str> = ticket.tags.iter().map(String::as_str).collect();
    assert_eq!(
        tags,
        [
            "Front-End",
            "import:priority=Medium",
            "import:resolution=Won't-Fix",
            "import:status=In-Progress",
            "upper-floor",
            "wifi"
        ]
    );
    assert_eq!(plan.name_of(ticket.requested_by), "ana Rivera");
    assert_eq!(ticket.common.created_by, ticket.requested_by);
    assert_eq!(
        ticket.assigned_to.map(|it| plan.name_of(it)),
        Some("ben Rivera")
    );
    assert_eq!(
        (ticket.source, ticket.due_date),
        (Channel::Import, Some(Timestamp(1_583_107_199)))
    );
    let roles: Vec<(ParticipantRole, UserId)> = plan
        .records()
        .filter_map(|it| match it {
            Record::Participant(it) => Some((it.role, it.user_id)),
            _ => None,
        })
        .collect();
    assert_eq!(roles[0], (ParticipantRole::Requester, ticket.requested_by));
    assert_eq!(roles[1].0, ParticipantRole::Assignee);
}

#[test]
fn without_a_reporter_the_creator_asked_and_without_both_someone() {
    let plan = plan(&[
        issue(
            "A-1",
            1,
            json!({"reporter": null, "creator": person("bot")}),
        ),
        issue("A-2", 2, json!({"reporter": null, "creator": null})),
    ]);
    let by = |key| plan.name_of(plan.ticket(key).requested_by);
    assert_eq!((by("A-1"), by("A-2")), ("bot Rivera", "Someone (Jira)"));
}

#[test]
fn what_is_too_long_or_too_much_is_cut_and_kept_whole_elsewhere() {
    let title = format!("{}\nend", "long ".repeat(TITLE_LIMIT));
    let labels: Vec<String> = (0..70).map(|n| format!("label-{n:02}")).collect();
    let body = "é".repeat(INLINE_LIMIT);
    let more = json!({"summary": title, "labels": labels, "description": body});
    let plan = plan(&[
        issue("A-1", 1, more),
        issue("A-2", 2, json!({"summary": " "})),
    ]);
    let ticket = plan.ticket("A-1");
    assert_eq!(ticket.title.chars().count(), TITLE_LIMIT);
    assert_eq!(ticket.tags.len(), TAG_LIMIT);
    assert!(ticket.tags.contains("import:status=Open"));
    assert_eq!(plan.ticket("A-2").title, "A-2");

    let blob = &plan.steps[0].blobs[0];
    assert!(blob.text.starts_with("long long"));
    assert!(blob.text.contains("end\n\néé"));
    assert!(blob.text.ends_with("\n- label-69"));
    assert_eq!(plan.report.long_texts, 1);
    assert_eq!(
        plan.report.notes["title cut: the whole stands in the description"],
        1
    );
    assert_eq!(
        plan.report.notes["Tags: kept as text in the description"],
        8
    );
}

#[test]
fn what_has_no_home_stands_at_the_end_of_the_description() {
    let kind = json!({"name": "Relates", "inward": "relates to", "outward": "relates to"});
    let more = json!({
        "creator": person("bot"),
        "description": "h2. It *breaks*\u{1b}[31m",
        "issuelinks": [{"type": kind, "outwardIssue": {"key": "A-25"}}],
        "attachment": [{"filename": "shot.png", "size": 17, "mimeType": "image/png"}],
        "environment": "macOS\r\nand more",
        "fixVersions": [{"name": "1.0"}, {"name": "1.1"}],
        "customfield_10001": {"value": 3},
        "customfield_10002": null,
    });
    let plan = plan(&[issue("A-1", 1, more)]);
    let expected = "h2. It *breaks*\u{1b}[31m\n\n\
                    Filed by: bot Rivera\n\
                    Links: relates to A-25\n\
                    Attachments (not in the export): shot.png, 17 bytes, image/png\n\
                    Fix versions:\n- 1.0\n- 1.1\n\
                    Environment:\nmacOS\r\nand more";
    assert_eq!(plan.description(plan.ticket("A-1").ticket_id), expected);
    let notes = &plan.report.notes;
    assert_eq!(notes["Fix versions: kept as text in the description"], 2);
    assert_eq!(
        notes["field `customfield_10001`: not brought, it has no home"],
        1
    );
    assert_eq!(
        notes.keys().filter(|it| it.contains("customfield")).count(),
        1
    );
}

#[test]
fn a_cloud_description_is_read_as_text() {
    let doc = json!({"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "Hello"}]}]});
    let plan = plan(&[issue("A-1", 1, json!({"description": doc}))]);
    assert_eq!(plan.description(plan.ticket("A-1").ticket_id), "Hello");
}

#[test]
fn parents_come_before_their_children() {
    let below = |key: &str| json!({"parent": {"key": key}});
    let plan = plan(&[
        issue("A-1", 1, below("A-9")),
        issue("A-2", 2, below("B-1")),
        issue(
            "A-9",
            9,
            json!({"subtasks": [{"key": "A-1"}, {"key": "C-1", "fields": {"summary": "far"}}]}),
        ),
        issue("A-5", 5, below("A-6")),
        issue("A-6", 6, below("A-5")),
    ]);
    let parent = plan.ticket("A-9");
    assert_eq!(plan.ticket("A-1").parent_ticket, Some(parent.ticket_id));
    assert_eq!(plan.description(parent.ticket_id), "Sub-tickets: C-1 far");
    let elsewhere = plan.ticket("A-2");
    assert_eq!(elsewhere.parent_ticket, None);
    assert_eq!(plan.description(elsewhere.ticket_id), "Parent: B-1");
    // Two that are above each other: one of them stays on top.
    let up = ["A-5", "A-6"].map(|key| plan.ticket(key).parent_ticket.is_some());
    assert_eq!(up, [true, false]);
    taken_in(plan.steps.into_iter().map(|step| step.batch));
}

#[test]
fn comments_come_in_order_with_their_authors_and_the_empty_ones_are_counted() {
    let at = |day: u8| format!("2020-01-{day:02}T00:00:00.000+0000");
    let more = json!({"comment": {"total": 7, "comments": [
        {"id": "12", "author": person("ben"), "body": "second", "created": at(3), "updated": at(4)},
        {"id": "11", "author": person("ana"), "body": "first", "created": at(2), "updated": at(2),
         "visibility": {"type": "role", "value": "Developers"}},
        {"id": "13", "author": person("ana"), "created": at(5)},
        {"id": "14", "author": person("ana"), "body": " \n", "created": at(5)},
        {"id": "15", "author": person("ana"), "body": "when?", "created": "yesterday"},
        {"id": "12", "author": person("ana"), "body": "again", "created": at(6)},
    ]}});
    let plan = plan(&[issue("A-1", 1, more)]);
    let said: Vec<(&str, &str, bool)> = plan
        .comments()
        .into_iter()
        .map(|it| {
            (
                it.comment_body.preview(),
                plan.name_of(it.comment_user),
                it.internal.is_some(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("first", "ana Rivera", true),
            ("second", "ben Rivera", false)
        ]
    );
    let edited = &plan.comments()[1].common;
    assert_eq!(edited.last_update.since(edited.creation_date), 86_400);
    assert_eq!(plan.report.comments.read, 6);
    let text = plan.report.to_string();
    for line in [
        "        2  comment: its body is empty",
        "        1  comment: `created` is not a time: `yesterday`",
        "           a.jsonl:1 A-1 comment 15",
        "        1  comment that the export counts but does not hold: export it with all comments",
    ] {
        assert!(text.lines().any(|it| it == line), "{line:?} in\n{text}");
    }
}

#[test]
fn a_broken_row_is_named_and_the_rest_goes_on() {
    let good = issue("A-1", 1, json!({})).to_string();
    let bad_time = issue(
        "A-2",
        2,
        json!({"created": "soon", "comment": {"comments": [{"id": "1"}]}}),
    );
    let text = format!("{good}\n{{\"key\": \n{{\"fields\": {{}}}}\n{bad_time}\n[]\n7\n");
    let plan = plan_of(&text, &destination());
    let report = &plan.report;
    assert!(report.adds_up());
    assert_eq!((report.tickets.read, report.tickets.brought), (5, 1));
    let tickets = report.skipped.iter().filter(|it| it.what == What::Ticket);
    let reasons: Vec<String> = tickets.map(|it| format!("{it}: {}", it.why)).collect();
    assert_eq!(
        reasons,
        [
            "a.jsonl:2: bad JSON: EOF while parsing a value at column 7",
            "a.jsonl:3: no `key`",
            "a.jsonl:4 A-2: `created` is not a time: `soon`",
            "a.jsonl:6: not an object",
        ]
    );
    assert_eq!(report.skipped_of(What::Comment), 1);
}

#[test]
fn an_issue_in_two_exports_comes_in_as_it_was_last() {
    let newer = json!({"summary": "new", "updated": "2021-01-01T00:00:00.000+0000"});
    let plan = plan(&[
        issue(
            "A-1",
            1,
            json!({"comment": {"comments": [{"id": "1", "body": "b", "created": "2020-01-01T00:00:00Z"}]}}),
        ),
        issue("A-1", 1, newer),
    ]);
    assert_eq!(plan.ticket("A-1").title, "new");
    assert_eq!(
        (plan.report.tickets.read, plan.report.tickets.brought),
        (2, 1)
    );
}

#[test]
fn ids_hold_over_runs_and_sort_by_creation() {
    let issues = [
        issue("A-2", 7, json!({})),
        issue("A-1", 8, json!({})),
        issue("A-3", 1, json!({})),
    ];
    let [first, second] = [plan(&issues), plan(&issues)];
    assert_eq!(first.steps, second.steps);
    let ids: Vec<TicketId> = first.tickets().iter().map(|it| it.ticket_id).collect();
    assert!(ids.is_sorted());
    assert_eq!(first.tickets()[0].external_ref.as_deref(), Some("jira:A-3"));
}

#[test]
fn batches_hold_at_most_the_limit_and_the_rules_take_them() {
    let issues: Vec<Value> = (0..600)
        .map(|n| {
            issue(
                &format!("A-{n}"),
                (n % 60) as u8,
                json!({"assignee": person("ben")}),
            )
        })
        .collect();
    let plan = plan(&issues);
    assert_eq!(plan.report.entities, 4 + 1 + 1 + 600 * 3);
    assert_eq!(
        plan.report.batches,
        plan.report.entities.div_ceil(BATCH_LIMIT)
    );
    let entities = plan.report.entities;
    let batches = || plan.steps.iter().map(|step| step.batch.clone());
    assert_eq!(taken_in(batches()).len(), entities);
    // What is there already changes nothing.
    assert_eq!(taken_in(batches().chain(batches())).len(), entities);
}

/// The folder with real data, where there is one.
fn real_data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("FAMDESK_DATA").map_or_else(beside, PathBuf::from);
    let issues = folder.join("jira-issues");
    issues.is_dir().then_some(issues)
}

#[test]
fn the_totals_of_real_issues_add_up() {
    let Some(folder) = real_data() else { return };
    let mut files = ["ALOY.jsonl", "DAEMON.jsonl"].map(|name| {
        let file = std::fs::File::open(folder.join(name)).expect("real data opens");
        (name, std::io::BufReader::new(file))
    });
    let mut inputs = files.each_mut().map(|(name, bytes)| Input {
        file: (*name).to_owned(),
        bytes,
    });
    let plan = convert(&Jira, &mut inputs, &destination()).expect("real data can be read");
    let report = &plan.report;
    assert!(report.adds_up(), "{report}");
    assert_eq!(
        (report.tickets.read, report.tickets.brought),
        (1_499 + 317, 1_499 + 317)
    );
    assert_eq!(report.comments.read, 4_513 + 475);
    assert_eq!(report.skipped_of(What::Comment), 81 + 9);
    assert_eq!(report.queues, 2);
    let escapes = plan.description(plan.ticket("ALOY-464").ticket_id);
    assert!(
        escapes.contains('\u{1b}'),
        "control characters are stored as they are"
    );
    println!("{report}");
    let entities = report.entities;
    assert_eq!(
        taken_in(plan.steps.into_iter().map(|step| step.batch)).len(),
        entities
    );
}
