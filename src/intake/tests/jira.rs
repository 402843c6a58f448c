//! What becomes of each attribute of a Jira issue.

use proptest::prelude::*;

use super::*;

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
    assert_eq!(small.report.severities[&(default, String::new())], 2);
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
    to.tables.severity =
        Table::from_iter([("whenever", Severity::Sev5), ("critical", Severity::Sev2_5)]);
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
                    Attachments (not brought): shot.png, 17 bytes, image/png\n\
                    Fix versions:\n- 1.0\n- 1.1\n\
                    Environment:\nmacOS\r\nand more\njira: A-1";
    assert_eq!(plan.description(plan.ticket("A-1").ticket_id), expected);
    let notes = &plan.report.notes;
    assert_eq!(notes["Fix versions: kept as text"], 2);
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
    assert_eq!(
        plan.description(plan.ticket("A-1").ticket_id),
        "Hello\n\njira: A-1"
    );
}

#[test]
fn comments_come_in_order_with_their_authors_and_the_empty_ones_are_counted() {
    let at = |day: u8| format!("2020-01-{day:02}T00:00:00.000+0000");
    let more = json!({"comment": {"total": 7, "comments": [
        {"id": "12", "author": person("ben"), "body": "second", "created": at(3), "updated": at(4),
         "updateAuthor": person("ana")},
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
    let text = plan.report.to_text(3);
    for line in [
        "        2  comment: its body is empty",
        "        1  comment: `created` is not a time: `yesterday`",
        "           a.jsonl:1 A-1 comment 15",
        "        1  comment edited by someone else: stands under its author",
        "        1  comment that Jira counts and the export does not hold",
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

/// Any JSON at all, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2020-01-01T00:00:00.000+0000")),
        Just(json!("A-1")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let names = prop::sample::select(vec![
            "name",
            "key",
            "id",
            "type",
            "content",
            "comments",
            "created",
            "author",
            "body",
            "outwardIssue",
            "fields",
            "total",
            "text",
            "attrs",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(names.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stands_in_a_field_the_account_adds_up(
        field in prop::sample::select(vec![
            "assignee", "attachment", "comment", "components", "created", "creator", "description",
            "duedate", "environment", "epic", "fixVersions", "flagged", "issuelinks", "labels",
            "parent", "priority", "project", "reporter", "resolution", "resolutiondate", "status",
            "subtasks", "summary", "updated", "other",
        ]),
        value in any_json(),
    ) {
        let plan = plan(&[issue("A-1", 1, json!({})), issue("A-2", 2, json!({field: value}))]);
        prop_assert_eq!(plan.report.tickets.read, 2);
        taken_in(plan.batches());
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[\\[\\]{}\":,a-z0-9\n ]{0,60}") {
        prop_assert!(plan_of(&text, &destination()).report.adds_up());
    }
}
