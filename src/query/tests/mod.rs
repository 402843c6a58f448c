//! Texts and what they are taken for; random trees and random texts.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::model::id::{GroupId, QueueId, UserId};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;

pub(crate) mod brute;
pub(crate) mod random;

/// 2026-11-21 12:00 in Madrid, a Saturday.
const NOW: Timestamp = Timestamp(1_795_258_800);

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn names() -> Names {
    let queue = |n, queue_name: &str, group| QueueName {
        queue_id: QueueId(id(n)),
        queue_name: queue_name.to_owned(),
        group_id: GroupId(id(group)),
    };
    Names {
        people: vec![
            (UserId(id(1)), "Ana Rivera".to_owned()),
            (UserId(id(2)), "Ben".to_owned()),
            (UserId(id(3)), "Andy".to_owned()),
        ],
        groups: vec![
            (GroupId(id(10)), "Home".to_owned()),
            (GroupId(id(11)), "Book club".to_owned()),
        ],
        queues: vec![
            queue(20, "IT", 10),
            queue(21, "Kitchen", 10),
            queue(22, "Events", 11),
            queue(23, "IT", 11),
        ],
        tags: vec!["wait".to_owned(), "wifi".to_owned(), "Wifi".to_owned()],
    }
}

fn in_madrid<T>(ask: impl FnOnce(&Context<'_>) -> T) -> T {
    let names = names();
    let zone = TimeZone::get("Europe/Madrid").expect("a zone");
    ask(&Context {
        me: UserId(id(1)),
        names: &names,
        now: NOW,
        zone: &zone,
    })
}

/// What a text is taken for, what that means, and what there is to say, with carets.
fn told(text: &str) -> String {
    in_madrid(|context| {
        let reading = read(text, context);
        let mut lines = vec![
            format!("> {text}"),
            format!("= {}", reading.query),
            format!("  {}", reading.query.explain(context)),
        ];
        for notice in &reading.notices {
            let (before, about) = notice.columns(text);
            lines.push(format!("  {text}"));
            let carets = format!("  {}{}", " ".repeat(before), "^".repeat(about));
            lines.push(format!("{carets} {}", notice.line()));
        }
        lines.join("\n")
    })
}

#[test]
fn what_is_typed_and_what_it_means() {
    let texts = [
        "",
        "is:open sev:<=2 queue:kitchen assignee:me tag:wifi -tag:wait created:>-7d \"red light\" router sort:-updated",
        "sev:2.5 or sev:SEV_1",
        "SEV:2..3 sev:>2 sev:>=2.5 sev:<1 sev:..2 sev:4..",
        "is:mine -is:snoozed not is:overdue",
        "assignee:home -assignee:\"book club\"",
        "not (router or modem) wifi",
        "(a or b) c or d -(e f)",
        "queue:home/it group:book assignee:none from:ben",
        "queue:\"Book club / IT\" assignee:\"ana rivera\"",
        "created:today updated:yesterday resolved:2026 due:..+3d",
        "created:2026-03 created:<2026-03-01T16:00 created:2026-01-01..2026-03",
        "created:2026-11-20T00:00:00Z..2026-11-20T23:59:59Z created:>-4h created:-1m",
        "has:comment -has:due has:attachment",
        "number:42 number:#RIV-2026-0042 ALOY-464",
        "sort:-sev sort:number",
        "is:untriaged is:watching is:unread is:waiting sort:due",
    ];
    insta::assert_snapshot!(texts.map(told).join("\n\n"));
}

#[test]
fn any_text_is_a_query_and_what_was_made_of_it_is_said() {
    let texts = [
        "severity:1 stat:open",
        "tga:wifi https://example.com/a?b=c aa:bb:cc:dd:ee:ff 12:30 Subject: hello",
        "is:opne sev:9 created:tuesday created:>todya has:friends",
        "is: sev: queue:",
        "assignee:an queue:it",
        "assignee:bne queue:kitchn group:atic tag:wifo tag:WAIT",
        "\"half a quote",
        "queue:\"kit",
        "\"\" () \" \"",
        "or a or or b (or) or",
        "a (b (c",
        "a) :) b)",
        "- -- --help -",
        "not",
        "was:open changed:sev -changed:-3d..",
        "-sort:sev sort:speed",
        "100% sure_thing 🔥 日本語 e\u{301}",
        "say\"hello foo(bar) C:\\dir\\(x)",
        "a\0b\u{1b}[31mc",
    ];
    insta::assert_snapshot!(texts.map(told).join("\n\n"));
}

#[test]
fn completion_knows_fields_values_and_names() {
    let at_end = |text: &str| {
        let found = complete(text, text.len(), &names());
        let texts: Vec<&str> = found.candidates.iter().map(|it| it.text.as_str()).collect();
        format!("{text:?} {:?} {}", found.at, texts.join(" "))
    };
    let texts = [
        "",
        "s",
        "is:o",
        "is:open -t",
        "-is:",
        "(sev:",
        "assignee:",
        "assignee:an",
        "from:m",
        "queue:",
        "queue:k",
        "queue:\"k",
        "group:b",
        "group:\"Book c",
        "tag:w",
        "created:",
        "created:>t",
        "sort:-",
        "has:",
        "zzz",
        "http://a",
    ];
    insta::assert_snapshot!(texts.map(at_end).join("\n"));
    let inside = complete("is:o assignee:me", 4, &names());
    assert_eq!((inside.at, inside.candidates.len()), (0..4, 5));
}

#[test]
fn names_and_days_come_to_ids_and_moments() {
    in_madrid(|context| {
        let of = |text: &str| parse(text).query.filter(context);
        let it = Test::Queue(vec![QueueId(id(20)), QueueId(id(23))]);
        assert_eq!(of("queue:it"), Filter::from(it));
        let home = Test::Queue(vec![QueueId(id(20)), QueueId(id(21))]);
        assert_eq!(of("group:home"), Filter::from(home));
        let both = Test::Assignee(vec![UserId(id(1)), UserId(id(3))]);
        assert_eq!(of("assignee:an"), Filter::from(both));
        assert_eq!(
            of("assignee:nobody-here"),
            Test::Assignee(Vec::new()).into()
        );
        let stranger = UserId(id(77));
        let by_id = of(&format!("from:{stranger}"));
        assert_eq!(by_id, Test::Requester(vec![stranger]).into());
        let tags = vec!["wifi".to_owned(), "Wifi".to_owned(), "WIFI".to_owned()];
        assert_eq!(of("tag:WIFI"), Test::Tag(tags).into());
        let midnight = 1_795_215_600;
        let day = |from: Option<i64>, until: Option<i64>| {
            let moment = |at: Option<i64>| at.map(|at| Timestamp(midnight + at));
            Filter::from(Test::Within(
                DateField::Created,
                moment(from),
                moment(until),
            ))
        };
        assert_eq!(of("created:today"), day(Some(0), Some(86_400)));
        assert_eq!(of("created:>-1d"), day(Some(0), None));
        assert_eq!(of("created:>=-1d"), day(Some(-86_400), None));
        assert_eq!(of("created:<today"), day(None, Some(0)));
        assert_eq!(of("created:..today"), day(None, Some(86_400)));
        assert_eq!(of("created:>=-2h"), day(Some(36_000), None));
        assert_eq!(of("created:+1d..-1d"), day(Some(-86_400), Some(2 * 86_400)));
    });
}

#[test]
fn a_day_on_which_the_clock_changes_is_as_long_as_it_is() {
    in_madrid(|context| {
        let filter = parse("created:2026-10-25").query.filter(context);
        let Filter::Test(Test::Within(_, Some(from), Some(until))) = filter else {
            panic!("{filter:?}");
        };
        assert_eq!(until.since(from), 25 * 3_600);
    });
}

#[test]
fn narrowing_keeps_what_the_other_does_not_say() {
    let wide = parse("is:open queue:it sort:sev").query;
    let narrow = |typed: &str| wide.clone().narrowed(&parse(typed).query).to_string();
    assert_eq!(narrow("router"), "is:open queue:it router sort:sev");
    assert_eq!(narrow("is:closed"), "queue:it is:closed sort:sev");
    assert_eq!(
        narrow("a or b sort:due"),
        "is:open queue:it (a or b) sort:due"
    );
}

#[test]
fn very_long_texts_are_read_up_to_a_point() {
    let words = "word ".repeat(5_000);
    let reading = parse(&words);
    assert_eq!(reading.query.filter.parts().len(), 200);
    assert_eq!(reading.notices.len(), 1);
    for text in [
        "(".repeat(5_000),
        "-".repeat(5_000),
        "not ".repeat(5_000),
        "(a or ".repeat(5_000),
    ] {
        let printed = parse(&text).query.to_string();
        assert_eq!(parse(&printed).query, parse(&text).query);
    }
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(query in random::query()) {
        let printed = query.to_string();
        let parsed = parse(&printed);
        prop_assert_eq!(&parsed.query, &query, "{}", printed);
        prop_assert!(parsed.notices.is_empty(), "{:?}", parsed.notices);
    }

    #[test]
    fn any_text_is_read_and_printing_settles_it(text in random::text()) {
        in_madrid(|context| {
            let reading = read(&text, context);
            let printed = reading.query.to_string();
            prop_assert_eq!(&parse(&printed).query, &reading.query, "{}", printed);
            reading.query.explain(context);
            for at in 0..=text.len() {
                complete(&text, at, context.names);
            }
            for notice in &reading.notices {
                prop_assert!(text.get(notice.at.clone()).is_some(), "{:?}", notice);
            }
            Ok(())
        })?;
    }
}

#[test]
fn severities_are_compared_in_their_order() {
    in_madrid(|context| {
        let of = |text: &str| match parse(text).query.filter(context) {
            Filter::Test(Test::Severity(all)) => all,
            other => panic!("{other:?}"),
        };
        assert_eq!(of("sev:<2.5"), [Severity::Sev1, Severity::Sev2]);
        assert_eq!(of("sev:>2"), Severity::ALL[2..]);
        assert_eq!(of("sev:3..2"), Severity::ALL[1..4]);
    });
}
