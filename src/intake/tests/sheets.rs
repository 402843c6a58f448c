//! What becomes of rows of CSV: questions with their answers, and tables of any kind.

use jiff::tz::TimeZone;

use super::*;
use crate::intake::csv::Csv;
use crate::intake::sumo::Sumo;
use crate::intake::tables::MapFile;

const QUESTIONS: &str = "\
id,created,updated,locale,product,title,is_solved,solution,solved_by,is_spam,topic,tags,creator,content,is_archived,is_locked
11,2025-01-01 01:00:00 +0000,2025-01-09 01:00:00 +0000,en-US,mail,No sound,true,92,ana,false,audio,audio;mail;,ana,\"<p>It is <b>quiet</b>.</p><p>\"\"Why\"\"?</p>\",true,false
12,2025-01-02 01:00:00 +0000,2025-01-02 01:00:00 +0000,ja,mail,音がしない,false,,,false,audio,,健,<p>助けて\u{202e} 🙏</p>,true,true
13,2025-01-03 01:00:00 +0000,2025-01-03 01:00:00 +0000,it,mail,Pills,false,,,true,,,spammer,buy,true,false
14,yesterday,,it,mail,When,false,,,false,,,bo,x,true,false
15,2025-01-03 01:00:00 +0000
";

const ANSWERS: &str = "\
id,question_id,created,updated,content,creator,is_spam
92,11,2025-01-02 01:00:00 +0000,2025-01-03 01:00:00 +0000,<p>Louder</p>,bo,false
91,11,2025-01-01 02:00:00 +0000,2025-01-01 02:00:00 +0000,,bo,false
93,77,2025-01-01 02:00:00 +0000,2025-01-01 02:00:00 +0000,lost,bo,false
94,13,2025-01-01 02:00:00 +0000,2025-01-01 02:00:00 +0000,why,bo,false
95,11,2025-01-01 02:00:00 +0000,2025-01-01 02:00:00 +0000,pills,bo,true
96,77,2025-01-01 02:00:00 +0000,2025-01-01 02:00:00 +0000,pills,bo,true
";

#[test]
fn questions_and_answers_find_each_other_in_any_order() {
    let questions = ("q.csv", QUESTIONS.as_bytes());
    let answers = ("a.csv", ANSWERS.as_bytes());
    let plan = plan_all(&mut Sumo::default(), &[answers, questions], &destination());
    let other = plan_all(&mut Sumo::default(), &[questions, answers], &destination());
    assert_eq!(plan.entries, other.entries);

    let sound = plan.ticket("11");
    // Solved long ago: closed by the time it comes in, but not by the plan.
    assert_eq!(
        (sound.status, sound.severity),
        (Status::Resolved, Severity::Sev3)
    );
    assert_eq!(sound.resolved_date, Some(Timestamp(1_735_779_600)));
    let text = plan.description(sound.ticket_id);
    assert_eq!(text, "It is **quiet**.\n\n\"Why\"?\n\nsumo: 11");
    let tags: Vec<&str> = sound.tags.iter().map(String::as_str).collect();
    assert_eq!(
        tags,
        [
            "audio",
            "import:locale=en-US",
            "import:status=solved",
            "mail"
        ]
    );
    let said: Vec<&str> = plan
        .comments()
        .iter()
        .map(|it| it.comment_body.preview())
        .collect();
    assert_eq!(said, ["Louder\n\nAccepted as the solution: by ana"]);
    let locked = plan.ticket("12");
    assert_eq!(
        (locked.status, locked.title.as_str()),
        (Status::Closed, "音がしない")
    );
    assert!(
        plan.description(locked.ticket_id)
            .starts_with("助けて\u{202e} 🙏")
    );

    let mut skipped: Vec<String> = plan
        .report
        .skipped
        .iter()
        .map(|it| format!("{it}: {}", it.why))
        .collect();
    skipped.sort();
    assert_eq!(
        skipped,
        [
            "a.csv:3 11 comment 91: its body is empty",
            "a.csv:4 77 comment 93: its ticket is not in the input",
            "a.csv:5 13 comment 94: its ticket is skipped",
            "a.csv:6 11 comment 95: it is marked as spam",
            "a.csv:7 77 comment 96: its ticket is not in the input",
            "q.csv:4 13: its status is `spam`",
            "q.csv:5 14: `created` is not a time: `yesterday`",
            "q.csv:6: it has 2 cells and there are 16 columns; is a quote unclosed?",
        ]
    );
    taken_in(plan.batches());
}

#[test]
fn a_grown_file_brings_what_is_new_under_the_same_ids() {
    let first = plan_with(&mut Sumo::default(), QUESTIONS, &destination());
    let files = [
        ("q.csv", QUESTIONS.as_bytes()),
        ("a.csv", ANSWERS.as_bytes()),
    ];
    let mut later = destination();
    later.now = later.now.plus(86_400);
    let mut grown = plan_all(&mut Sumo::default(), &files, &later);
    let here: HashSet<EntityKey> = first.records().map(Record::key).collect();
    grown.without(&here);
    let new: Vec<String> = grown
        .records()
        .map(|it| it.key().entity_type().to_string())
        .collect();
    assert_eq!(new, ["user", "membership", "comment"]);
}

const MAP: &str = r##"
[csv]
name = "Old desk"
time_zone = "Europe/Madrid"
time_format = "%d/%m/%Y %H:%M"
html = true
[columns]
title = "Betreff"
description = "Text"
tags = ["Thema"]
requester = "Von"
[severity]
dringend = "SEV_2"
none = "SEV_4"
[status]
erledigt = "resolved"
weg = "skip"
[people]
"bo@example.org" = "Bo"
"##;

const ROWS: &str = "\
Nr;Betreff;Text;Status;Priority;Created;Von;Thema;Raum\n\
1;Dachrinne;<p>tropft</p>;Erledigt;Dringend;01/07/2026 12:00;bo@example.org;Dach,Regen;Hof\n\
;Ohne Nummer;;offen;;;;;\n\
;Ohne Nummer;;offen;;;;;\n\
4;Weg;;weg;;;;;\n\
5;Wann;;;;gestern;;;\n\
;;x;;;;;;\n";

fn old_desk(columns: &str) -> Csv {
    let map = MapFile::parse(&(MAP.replace("[columns]", &format!("[columns]\n{columns}"))));
    let map = map.expect("reads");
    Csv::new(map.csv, map.columns, TimeZone::UTC).expect("a layout")
}

#[test]
fn a_mapping_file_says_which_column_is_what() {
    let mut to = destination();
    to.tables = MapFile::parse(MAP)
        .and_then(|it| it.tables())
        .expect("reads");
    to.people.insert("bo@example.org".to_owned(), ADMIN);
    let plan = plan_with(&mut old_desk("id = 'Nr'"), ROWS, &to);
    let gutter = plan.ticket("1");
    assert_eq!(gutter.external_ref.as_deref(), Some("olddesk:1"));
    assert_eq!(
        (gutter.severity, gutter.status),
        (Severity::Sev2, Status::Resolved)
    );
    assert_eq!(gutter.requested_by, ADMIN);
    assert_eq!(gutter.common.creation_date, Timestamp(1_782_900_000));
    let tags: Vec<&str> = gutter.tags.iter().map(String::as_str).collect();
    assert_eq!(
        tags,
        [
            "Dach",
            "Regen",
            "import:priority=Dringend",
            "import:status=Erledigt"
        ]
    );
    assert_eq!(
        plan.description(gutter.ticket_id),
        "tropft\n\nRaum: Hof\nolddesk: 1"
    );

    // Two rows that say the same are two, made now, for nobody known.
    let nameless: Vec<&Ticket> = plan
        .tickets()
        .into_iter()
        .filter(|it| it.title == "Ohne Nummer")
        .collect();
    assert_eq!(nameless.len(), 2);
    assert_ne!(nameless[0].ticket_id, nameless[1].ticket_id);
    assert_eq!(nameless[0].severity, Severity::Sev4);
    assert_eq!(nameless[0].common.creation_date, NOW);
    assert_eq!(plan.name_of(nameless[0].requested_by), "Someone (Old desk)");
    assert_eq!(plan.report.notes["unknown status `offen`: open"], 2);
    let skipped: Vec<String> = plan
        .report
        .skipped
        .iter()
        .map(|it| format!("{it}: {}", it.why))
        .collect();
    assert_eq!(
        skipped,
        [
            "a.jsonl:5 4: its status is `weg`",
            "a.jsonl:6 5: `created` is not a time: `gestern`",
            "a.jsonl:7: neither a title nor an id",
        ]
    );
    let again = plan_with(&mut old_desk("id = 'Nr'"), ROWS, &to);
    assert_eq!(plan.entries, again.entries);
    taken_in(plan.batches());
}

#[test]
fn a_file_without_a_title_column_says_what_to_do() {
    let told = |map: &str, text: &str| {
        let map = MapFile::parse(map).expect("reads");
        let mut csv = Csv::new(map.csv, map.columns, TimeZone::UTC).expect("a layout");
        let plan = plan_with(&mut csv, text, &destination());
        plan.report.skipped[0].why.clone()
    };
    let why = told("", "a,b\n1,2\n");
    assert!(
        why.contains("under [columns] as title = ") && why.contains("`a`, `b`"),
        "{why}"
    );
    let why = told("[columns]\ntitle = 'Subjekt'", "Subject\nx\n");
    assert_eq!(
        why,
        "there is no column `Subjekt` for the title; there is `Subject`"
    );
    let zone = MapFile::parse("[csv]\ntime_zone = 'Mars/Base'").expect("reads");
    assert!(Csv::new(zone.csv, zone.columns, TimeZone::UTC).is_err());
}

#[test]
fn an_osticket_export_is_understood_as_it_is() {
    let text = "Ticket Number,Date Created,Subject,From,From Email,Priority,Department,\
                Current Status,Closed Date,Agent Assigned,Thread Count\n\
                123456,2026-01-02 03:04:05,Paper jam,Ana,ana@x.test,Emergency,Support,\
                Resolved,2026-01-03 00:00:00,Bo,3\n";
    let mut csv = Csv::new(Default::default(), Default::default(), TimeZone::UTC).expect("usual");
    let plan = plan_with(&mut csv, text, &destination());
    let jam = plan.ticket("123456");
    assert_eq!(
        (jam.severity, jam.status),
        (Severity::Sev1, Status::Resolved)
    );
    assert_eq!(jam.resolved_date, Some(Timestamp(1_767_398_400)));
    assert_eq!(plan.name_of(jam.requested_by), "ana@x.test");
    let text = plan.description(jam.ticket_id);
    assert_eq!(text, "From: Ana\nThread Count: 3\ncsv: 123456");
}
