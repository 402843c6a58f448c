//! What becomes of taskwarrior's tasks and of iCalendar's.

use jiff::tz::TimeZone;

use super::*;
use crate::intake::ical::Ical;
use crate::intake::taskwarrior::Taskwarrior;

const TASKS: &str = r#"[
{"id":1,"uuid":"u-1","status":"pending","entry":"20260101T080000Z","modified":"20260104T080000Z",
 "description":"Renew pass","project":"Home.Admin","priority":"H","due":"20260201T000000Z",
 "start":"20260102T080000Z","tags":["ana"],"urgency":9.1,"depends":["u-9","u-8"],"estimate":3,
 "annotations":[{"entry":"20260101T100000Z","description":"called"},
                {"entry":"20260101T100000Z","description":"twice"},
                {"entry":"soon","description":"lost"}]},
{"uuid":"u-2","status":"completed","entry":"20260101T080000Z","end":"20260102T090000Z",
 "description":"Done"},
{"uuid":"u-3","status":"waiting","wait":"20380101T000000Z","description":"Later"},
{"uuid":"u-4","status":"deleted","description":"Gone"},
{"uuid":"u-5","status":"recurring","recur":"weekly","description":"Template"},
{"status":"pending","description":"no uuid"},
{"uuid":"u-6","entry":"never","description":"x"}
]"#;

#[test]
fn taskwarriors_tasks_come_in_as_the_importers_own() {
    let plan = plan_with(&mut Taskwarrior, TASKS, &destination());
    let pass = plan.ticket("u-1");
    assert_eq!(
        (pass.severity, pass.status, pass.stage, pass.requested_by),
        (Severity::Sev2, Status::Open, Stage::Active, ADMIN)
    );
    assert_eq!(pass.due_date, Some(Timestamp(1_769_904_000)));
    let tags: Vec<&str> = pass.tags.iter().map(String::as_str).collect();
    assert_eq!(tags, ["ana", "import:priority=H", "import:status=pending"]);
    assert_eq!(
        plan.description(pass.ticket_id),
        "Depends on:\n- u-9\n- u-8\nestimate: 3\ntaskwarrior: u-1"
    );
    let said: Vec<(&str, UserId)> = plan
        .comments()
        .into_iter()
        .map(|it| (it.comment_body.preview(), it.comment_user))
        .collect();
    assert_eq!(said, [("called", ADMIN), ("twice", ADMIN)]);

    let done = plan.ticket("u-2");
    assert_eq!(done.resolved_date, Some(Timestamp(1_767_344_400)));
    assert_eq!(
        (done.status, done.severity),
        (Status::Resolved, Severity::Sev4)
    );
    let later = plan.ticket("u-3");
    assert_eq!(
        later.waiting_note.as_deref(),
        Some("until 20380101T000000Z")
    );
    assert_eq!(later.common.creation_date, NOW);
    let queues = plan.records().filter_map(|it| match it {
        Record::Queue(it) => Some(it.queue_name.as_str()),
        _ => None,
    });
    assert_eq!(queues.collect::<Vec<_>>(), ["Home.Admin", "Tasks"]);
    let whys: Vec<&str> = plan
        .report
        .skipped
        .iter()
        .map(|it| it.why.as_str())
        .collect();
    assert_eq!(
        whys,
        [
            "`entry` is not a time: `soon`",
            "its status is `deleted`",
            "its status is `recurring`",
            "no `uuid`",
            "`entry` is not a time: `never`",
        ]
    );
    taken_in(plan.batches());
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:House\r\n\
BEGIN:VTIMEZONE\r\nTZID:My zone\r\nX-LIC-LOCATION:Europe/Madrid\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nUID:e\r\nSUMMARY:Party\r\nEND:VEVENT\r\n\
BEGIN:VTODO\r\nUID:a\r\nDTSTAMP:20260101T080000Z\r\nDUE;VALUE=DATE:20260201\r\n\
SUMMARY:Submit the\r\n  tax return\\, soon\r\nDESCRIPTION:one\\ntwo\r\n\
CATEGORIES:FAMILY,FIN\\,ANCE\r\nCLASS:PRIVATE\r\nPRIORITY:4\r\nSTATUS:IN-PROCESS\r\n\
ORGANIZER;CN=Ana:mailto:Ana@x.test\r\nATTENDEE;CN=Bo:mailto:bo@x.test\r\n\
ATTENDEE:mailto:cy@x.test\r\nCOMMENT:by post\r\nLOCATION:Office\r\n\
ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.txt:AAAA\r\n\
X-APPLE:1\r\nBEGIN:VALARM\r\nDESCRIPTION:ring\r\nEND:VALARM\r\nEND:VTODO\r\n\
BEGIN:VTODO\r\nUID:b\r\nRELATED-TO:a\r\nSUMMARY:Paint\r\nPRIORITY:0\r\n\
DTSTART;TZID=My zone:20260701T120000\r\nDURATION:P1D\r\nCOMPLETED:20260702T000000Z\r\nEND:VTODO\r\n\
BEGIN:VTODO\r\nDUE;TZID=Nowhere/Land:20140829T080000\r\nEND:VTODO\r\n\
BEGIN:VTODO\r\nUID:c\r\nDUE:tomorrow\r\nCOMMENT:x\r\nEND:VTODO\r\n\
nonsense\r\n\
BEGIN:VTODO\r\nUID:d\r\nSUMMARY:torn";

fn calendar(text: &str) -> Plan {
    plan_with(&mut Ical::new(TimeZone::UTC), text, &destination())
}

#[test]
fn tasks_of_a_calendar_come_in_with_their_times_and_people() {
    let plan = calendar(CALENDAR);
    let tax = plan.ticket("a");
    assert_eq!(tax.title, "Submit the tax return, soon");
    assert_eq!((tax.severity, tax.stage), (Severity::Sev2_5, Stage::Active));
    assert_eq!(tax.due_date, Some(Timestamp(1_769_990_399)));
    assert_eq!(plan.name_of(tax.requested_by), "Ana");
    assert_eq!(tax.assigned_to.map(|it| plan.name_of(it)), Some("Bo"));
    let tags: Vec<&str> = tax.tags.iter().map(String::as_str).collect();
    let expected = [
        "FAMILY",
        "FIN,ANCE",
        "import:class=PRIVATE",
        "import:priority=4",
        "import:status=IN-PROCESS",
    ];
    assert_eq!(tags, expected);
    assert_eq!(
        plan.description(tax.ticket_id),
        "one\ntwo\n\nLocation: Office\nical: a"
    );
    let files = plan.files();
    let [file] = files.as_slice() else {
        panic!("{files:?}");
    };
    assert_eq!((file.file_name.as_str(), file.bytes), ("a.txt", 3));
    let said = plan.comments();
    assert_eq!(
        (said[0].comment_body.preview(), said[0].comment_user),
        ("by post", ADMIN)
    );
    assert_eq!(said[0].comment_date, tax.common.creation_date);

    let paint = plan.ticket("b");
    assert_eq!(paint.parent_ticket, Some(tax.ticket_id));
    assert_eq!(
        (paint.status, paint.severity),
        (Status::Resolved, Severity::Sev3)
    );
    assert_eq!(paint.due_date, Some(Timestamp(1_782_986_400)));
    let nameless = plan.tickets()[2];
    assert!(nameless.title.starts_with("sha256-"), "{}", nameless.title);
    assert_eq!(nameless.due_date, Some(Timestamp(1_409_299_200)));

    let skipped: Vec<String> = plan
        .report
        .skipped
        .iter()
        .map(|it| format!("{} {}", it.key, it.why))
        .collect();
    assert_eq!(
        skipped,
        [
            "c its task could not be read",
            "c `DUE` is not a time: `tomorrow`",
            " its END:VTODO is missing"
        ]
    );
    for note in [
        "VEVENT: no task, not brought",
        "line that is no property: not brought",
        "property `X-APPLE`: not brought, it has no home",
        "unknown time zone `Nowhere/Land`: the family's stands for it",
    ] {
        assert_eq!(plan.report.notes.get(note), Some(&1), "{note}");
    }
    taken_in(plan.batches());
}

#[test]
fn a_later_export_of_the_same_calendar_brings_nothing_new() {
    let here: HashSet<EntityKey> = calendar(CALENDAR).records().map(Record::key).collect();
    let mut later = calendar(&CALENDAR.replace("DTSTAMP:20260101", "DTSTAMP:20260401"));
    later.without(&here);
    assert_eq!(later.entries, []);
}

proptest::proptest! {
    #[test]
    fn any_lines_are_read(lines in proptest::collection::vec(
        "(BEGIN|END):(VTODO|VALARM)|(UID|DUE|DTSTART|DURATION|COMMENT|ATTACH|ORGANIZER)(;[A-Z]{1,5}=[ -~]{0,6})?:[ -~é]{0,12}|[ -~]{0,8}",
        0..24,
    )) {
        calendar(&lines.join("\r\n"));
    }
}
