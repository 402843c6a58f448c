//! Everything that all formats share, shown on small Jira issues.

use super::*;

#[test]
fn people_group_and_queues_come_once_and_first() {
    let other = json!({"project": {"key": "GARDEN", "name": "Garden"}, "assignee": person("ben")});
    let plan = plan(&[issue("HOME-1", 0, json!({})), issue("GARDEN-1", 1, other)]);
    let kinds: Vec<String> = plan
        .records()
        .map(|it| it.key().entity_type().to_string())
        .collect();
    let expected = "user membership user membership group queue queue ticket description \
                    participant ticket description participant participant";
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

    let mut blobs = plan.entries.iter().filter_map(|it| it.blob.as_ref());
    let blob = blobs.next_back().expect("a long text");
    let text = std::str::from_utf8(&blob.bytes).expect("a text");
    assert!(text.starts_with("long long"));
    assert!(text.contains("end\n\néé"));
    assert!(text.ends_with("\n- label-69\njira: A-1"));
    assert_eq!(plan.report.long_texts, 1);
    assert_eq!(
        plan.report.notes["title cut: the whole stands in the description"],
        1
    );
    assert_eq!(plan.report.notes["Tags: kept as text"], 8);
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
    assert_eq!(
        plan.description(parent.ticket_id),
        "Sub-tickets: C-1 far\njira: A-9"
    );
    let elsewhere = plan.ticket("A-2");
    assert_eq!(elsewhere.parent_ticket, None);
    assert_eq!(
        plan.description(elsewhere.ticket_id),
        "Parent: B-1\njira: A-2"
    );
    // Two that are above each other: one of them stays on top.
    let up = ["A-5", "A-6"].map(|key| plan.ticket(key).parent_ticket.is_some());
    assert_eq!(up, [true, false]);
    taken_in(plan.batches());
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
    assert_eq!(first.entries, second.entries);
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
    assert_eq!(plan.report.entities, 4 + 1 + 1 + 600 * 4);
    let batches = plan.batches().count();
    assert_eq!(batches, plan.report.entities.div_ceil(BATCH_LIMIT));
    let entities = plan.report.entities;
    let batches = || plan.batches();
    assert_eq!(taken_in(batches()).len(), entities);
    // What is there already changes nothing.
    assert_eq!(taken_in(batches().chain(batches())).len(), entities);
}
