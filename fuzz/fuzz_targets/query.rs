//! Any text is a query: it is read, printed, explained and completed, and printing settles it.
#![no_main]

use famdesk::model::id::{GroupId, QueueId, UserId};
use famdesk::model::source::Timestamp;
use famdesk::query::{self, Context, Names, QueueName, complete, parse};
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fn names() -> Names {
    let (ana, ben) = (UserId::SYSTEM, UserId::SYSTEM);
    let group_id: GroupId = "00000000-0000-0000-0000-000000000011".parse().unwrap();
    let queue_id: QueueId = "00000000-0000-0000-0000-000000000021".parse().unwrap();
    Names {
        people: vec![(ana, "Ana García".to_owned()), (ben, "Ben".to_owned())],
        groups: vec![(group_id, "Home".to_owned())],
        queues: vec![QueueName {
            queue_id,
            queue_name: "IT or \"so\"".to_owned(),
            group_id,
        }],
        tags: vec!["wifi".to_owned(), "-odd:tag".to_owned()],
    }
}

fuzz_target!(|text: &str| {
    let names = names();
    let zone = TimeZone::get("Europe/Madrid").unwrap();
    let context = Context {
        me: UserId::SYSTEM,
        names: &names,
        now: Timestamp(1_790_000_000),
        zone: &zone,
    };
    let reading = query::read(text, &context);
    let printed = reading.query.to_string();
    assert_eq!(parse(&printed).query, reading.query, "{printed}");
    reading.query.explain(&context);
    reading.query.filter(&context);
    for notice in &reading.notices {
        assert!(text.get(notice.at.clone()).is_some(), "{notice:?}");
        notice.columns(text);
    }
    for at in [0, text.len() / 2, text.len()] {
        let completion = complete(text, at, &names);
        assert!(text.get(completion.at).is_some());
    }
});
