//! What becomes of GitHub's issues, from `gh` and from the REST interface.

use super::*;
use crate::intake::github::GitHub;

const GH: &str = r#"[
 {"number": 7, "url": "https://github.com/ana/house/issues/7", "title": "Gutter leaks",
  "body": "Drips\r\non the *door*.", "state": "OPEN", "stateReason": "",
  "author": {"login": "ana", "name": "Ana R"}, "assignees": [{"login": "bo"}, {"login": "cy"}],
  "labels": [{"name": "P3"}, {"name": "sev2"}, {"name": "roof work"}],
  "milestone": {"title": "Spring"}, "createdAt": "2026-07-01T00:00:00Z",
  "updatedAt": "2026-07-03T00:00:00Z", "blockedBy": [{"number": 5}],
  "comments": [
   {"id": "IC_1", "author": {"login": "bo"}, "body": "Ladder?", "createdAt": "2026-07-02T00:00:00Z"},
   {"id": "IC_2", "author": null, "body": "buy my pills", "createdAt": "2026-07-02T01:00:00Z",
    "isMinimized": true}]},
 {"number": 8, "url": "https://github.com/ana/house/issues/8", "title": "Paint", "author": null,
  "state": "CLOSED", "stateReason": "NOT_PLANNED", "createdAt": "2026-07-02T00:00:00Z",
  "closedAt": "2026-07-05T00:00:00Z", "comments": []},
 {"number": 9, "title": "No date"},
 7
]"#;

#[test]
fn issues_of_gh_come_in_with_their_labels_people_and_comments() {
    let plan = plan_with(&mut GitHub, GH, &destination());
    let gutter = plan.ticket("ana/house#7");
    assert_eq!(
        (gutter.severity, gutter.status),
        (Severity::Sev2, Status::Open)
    );
    let tags: Vec<&str> = gutter.tags.iter().map(String::as_str).collect();
    let expected = [
        "P3",
        "Spring",
        "import:label=sev2",
        "import:milestone=Spring",
        "import:status=open",
        "roof-work",
    ];
    assert_eq!(tags, expected);
    assert_eq!(plan.name_of(gutter.requested_by), "Ana R");
    assert_eq!(gutter.assigned_to.map(|it| plan.name_of(it)), Some("bo"));
    let followers = plan.records().filter_map(|it| match it {
        Record::Participant(it) if it.role == ParticipantRole::Follower => Some(it.user_id),
        _ => None,
    });
    let followers: Vec<&str> = followers.map(|it| plan.name_of(it)).collect();
    assert_eq!(followers, ["cy"]);
    assert!(
        plan.description(gutter.ticket_id)
            .starts_with("Drips\r\non the *door*.\n\n")
    );
    let said: Vec<(&str, bool)> = plan
        .comments()
        .into_iter()
        .map(|it| (it.comment_body.preview(), it.internal.is_some()))
        .collect();
    assert_eq!(said, [("Ladder?", false), ("buy my pills", true)]);

    let paint = plan.ticket("ana/house#8");
    assert_eq!(
        (paint.status, paint.severity),
        (Status::Closed, Severity::Sev3)
    );
    assert_eq!(paint.closed_date, Some(Timestamp(1_783_209_600)));
    assert_eq!(plan.name_of(paint.requested_by), "Someone (GitHub)");

    assert_eq!(
        (plan.report.tickets.read, plan.report.tickets.brought),
        (4, 2)
    );
    let text = plan.report.to_text(3);
    assert!(
        text.contains("ticket: no `createdAt` or `created_at`\n           a.jsonl:15 #9"),
        "{text}"
    );
    assert!(text.contains("field `blockedBy`: not brought"), "{text}");
    taken_in(plan.batches());
}

#[test]
fn comments_of_the_rest_interface_find_their_issues_in_any_order() {
    let api = "https://api.github.com/repos/ana/house/issues";
    let comment = |id: u8, issue: u8| {
        json!({"id": id, "issue_url": format!("{api}/{issue}"), "user": {"login": "bo"},
            "body": format!("said {id}"), "created_at": "2026-07-02T00:00:00Z",
            "updated_at": "2026-07-02T00:00:00Z"})
    };
    let issue = |number: u8, more: Value| {
        let mut issue = json!({"number": number, "title": "T", "state": "closed",
            "html_url": format!("https://github.com/ana/house/issues/{number}"),
            "user": {"login": "ana"}, "created_at": "2026-07-01T00:00:00Z", "comments": 1,
            "reactions": {"total_count": 0}, "closed_at": "2026-07-04T00:00:00Z"});
        for (name, value) in more.as_object().into_iter().flatten() {
            issue[name] = value.clone();
        }
        issue
    };
    let comments = json!([comment(1, 7), comment(2, 99), {"event": "labeled"}]).to_string();
    let pull = issue(8, json!({"pull_request": {"url": "x"}}));
    let issues = json!([issue(7, json!({"state_reason": "completed"})), pull]).to_string();
    let files = [
        ("c.json", comments.as_bytes()),
        ("i.json", issues.as_bytes()),
    ];
    let plan = plan_all(&mut GitHub, &files, &destination());
    assert_eq!(plan.ticket("ana/house#7").status, Status::Resolved);
    assert_eq!(plan.comments()[0].comment_body.preview(), "said 1");
    let skipped: Vec<String> = plan
        .report
        .skipped
        .iter()
        .map(|it| format!("{it}: {}", it.why))
        .collect();
    assert_eq!(
        skipped,
        [
            "c.json:1 ana/house#99 comment 2: its ticket is not in the input",
            "i.json:1 ana/house#8: it is a pull request",
        ]
    );
    assert!(
        plan.report
            .notes
            .contains_key("event of a timeline: not brought")
    );
}

#[test]
fn a_familys_own_tables_say_what_labels_and_states_stand_for() {
    let mut to = destination();
    to.tables.severity = Table::from_iter([("p3", Severity::Sev1), ("sev2", Severity::Sev5)]);
    to.tables.status = Table::from_iter([("not_planned", State::Skip), ("open", State::Active)]);
    to.people.insert("ana".to_owned(), ADMIN);
    let plan = plan_with(&mut GitHub, GH, &to);
    let gutter = plan.ticket("ana/house#7");
    assert_eq!(
        (gutter.severity, gutter.stage),
        (Severity::Sev1, Stage::Active)
    );
    assert_eq!(gutter.requested_by, ADMIN);
    assert!(gutter.tags.contains("import:label=P3") && gutter.tags.contains("sev2"));
    assert_eq!(plan.report.tickets.brought, 1);
    let out = plan
        .report
        .skipped
        .iter()
        .find(|it| it.key == "ana/house#8");
    assert_eq!(
        out.map(|it| it.why.as_str()),
        Some("its status is `not_planned`")
    );
}
