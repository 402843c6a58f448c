//! What becomes of Zendesk's tickets.

use super::*;
use crate::intake::zendesk::Zendesk;

fn ticket(id: u8, more: Value) -> Value {
    let mut ticket = json!({"id": id, "subject": format!("Subject {id}"), "description": "It broke.",
        "priority": "high", "status": "open", "requester_id": 20, "assignee_id": null,
        "group_id": 5, "tags": ["sample"], "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-09T00:00:00Z", "via": {"channel": "web"}});
    for (name, value) in more.as_object().into_iter().flatten() {
        ticket[name] = value.clone();
    }
    ticket
}

fn event(id: u8, body: &str, public: bool) -> Value {
    json!({"id": id, "type": "Comment", "author_id": 20, "body": body, "public": public,
        "attachments": []})
}

fn read(files: &[Value]) -> Plan {
    let texts: Vec<String> = files.iter().map(Value::to_string).collect();
    let files: Vec<(&str, &[u8])> = texts.iter().map(|it| ("z.json", it.as_bytes())).collect();
    plan_all(&mut Zendesk::default(), &files, &destination())
}

#[test]
fn tickets_find_their_audits_people_and_groups_in_any_order() {
    let mut first = event(1, "It broke.", true);
    first["attachments"] = json!([{"file_name": "a.gif", "size": 9, "content_type": "image/gif"}]);
    let audits = json!({"audits": [
        {"ticket_id": 1, "created_at": "2026-01-01T00:00:00Z", "events": [first,
            {"id": 7, "type": "Create", "field_name": "status", "value": "open"}]},
        {"ticket_id": 1, "created_at": "2026-01-02T00:00:00Z", "events": [
            event(2, "Try this.", true), event(3, "Rude!", false)]},
        {"ticket_id": 1, "created_at": "2026-01-03T00:00:00Z", "events": [
            {"id": 8, "type": "Change", "field_name": "status", "value": "solved"}]},
        {"ticket_id": 9, "created_at": "2026-01-03T00:00:00Z", "events": [event(4, "lost", true)]},
    ]});
    let more = json!({"status": "solved", "collaborator_ids": [21], "problem_id": 3,
        "custom_fields": [{"id": 77, "value": "blue"}, {"id": 78, "value": null}]});
    let tickets = json!({"tickets": [ticket(1, more)], "users": [
        {"id": 20, "name": "Ana"}, {"id": 21, "name": "Bo"}], "groups": [{"id": 5, "name": "Kitchen"}]});
    let plan = read(&[audits.clone(), tickets.clone()]);
    assert_eq!(plan.entries, read(&[tickets, audits]).entries);

    let it = plan.ticket("1");
    assert_eq!((it.severity, it.status), (Severity::Sev2, Status::Resolved));
    assert_eq!(it.resolved_date, Some(Timestamp(1_767_398_400)));
    assert_eq!(plan.name_of(it.requested_by), "Ana");
    let tags: Vec<&str> = it.tags.iter().map(String::as_str).collect();
    let expected = [
        "import:channel=web",
        "import:priority=high",
        "import:status=solved",
        "sample",
    ];
    assert_eq!(tags, expected);
    assert_eq!(
        plan.description(it.ticket_id),
        "It broke.\n\nProblem: 3\nField 77: blue\n\
         Attachments (not brought): a.gif, 9 bytes, image/gif\nzendesk: 1"
    );
    let said: Vec<(&str, bool)> = plan
        .comments()
        .into_iter()
        .map(|it| (it.comment_body.preview(), it.internal.is_some()))
        .collect();
    assert_eq!(said, [("Try this.", false), ("Rude!", true)]);
    let queue = plan.records().find_map(|it| match it {
        Record::Queue(it) => Some(it.queue_name.as_str()),
        _ => None,
    });
    assert_eq!(queue, Some("Kitchen"));
    let whys: Vec<&str> = plan
        .report
        .skipped
        .iter()
        .map(|it| it.why.as_str())
        .collect();
    assert_eq!(
        whys,
        [
            "its ticket is not in the input",
            "it repeats the description"
        ]
    );
    taken_in(plan.batches());
}

#[test]
fn an_export_of_one_ticket_per_line_and_its_malformed_lines() {
    let comment = json!({"id": 2, "author_id": -1, "html_body": "<p>Hello <b>you</b></p>",
        "public": true, "created_at": "2026-01-02T00:00:00Z"});
    let lines = [
        ticket(
            1,
            json!({"status": "hold", "comments": [comment, {"id": 3}]}),
        )
        .to_string(),
        "{\"id\": 2,".to_owned(),
        ticket(3, json!({"created_at": "x", "comments": [{}]})).to_string(),
        json!({"upload": {}}).to_string(),
        json!({"ticket": ticket(4, json!({"priority": null, "group_id": null}))}).to_string(),
        json!({"comments": [{"id": 9, "body": "whose"}]}).to_string(),
    ];
    let plan = plan_with(&mut Zendesk::default(), lines.join("\n"), &destination());
    let held = plan.ticket("1");
    assert_eq!(
        (held.stage, held.waiting_note.as_deref()),
        (Stage::Waiting, Some("on hold"))
    );
    assert_eq!(plan.comments()[0].comment_body.preview(), "Hello **you**");
    assert_eq!(plan.ticket("4").severity, Severity::Sev3);
    let skipped: Vec<String> = plan
        .report
        .skipped
        .iter()
        .map(|it| format!("{it}: {}", it.why))
        .collect();
    assert_eq!(
        skipped,
        [
            "a.jsonl:1 1: no `created_at`",
            "a.jsonl:2: bad JSON: EOF while parsing a value at column 9",
            "a.jsonl:3 3: its ticket could not be read",
            "a.jsonl:3 3: `created_at` is not a time: `x`",
            "a.jsonl:4: neither a ticket, an audit, a comment nor a user",
            "a.jsonl:6 9: it does not say on which ticket (`ticket_id`); give the audits",
        ]
    );
}
