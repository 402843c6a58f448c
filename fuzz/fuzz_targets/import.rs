//! Any file is read by any importer, and the account of what was read adds up. The first byte
//! says which.
#![no_main]

use famdesk::intake::csv::Csv;
use famdesk::intake::github::GitHub;
use famdesk::intake::ical::Ical;
use famdesk::intake::jira::Jira;
use famdesk::intake::mail::Mailbox;
use famdesk::intake::plan::Destination;
use famdesk::intake::sumo::Sumo;
use famdesk::intake::tables::MapFile;
use famdesk::intake::taskwarrior::Taskwarrior;
use famdesk::intake::zendesk::Zendesk;
use famdesk::intake::{Format, Intake};
use famdesk::model::id::UserId;
use famdesk::model::source::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fn format(which: u8) -> Option<Box<dyn Format>> {
    let map = MapFile::default();
    Some(match which {
        b'c' => Box::new(Csv::new(map.csv, map.columns, TimeZone::UTC).ok()?),
        b'g' => Box::new(GitHub),
        b'i' => Box::new(Ical::new(TimeZone::UTC)),
        b'j' => Box::new(Jira),
        b'm' => Box::new(Mailbox::default()),
        b's' => Box::new(Sumo::default()),
        b't' => Box::new(Taskwarrior),
        b'z' => Box::new(Zendesk::default()),
        _ => return None,
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, mut rest)) = bytes.split_first() else {
        return;
    };
    let Some(mut format) = format(*which) else {
        return;
    };
    let family_id = "00000000-0000-0000-0000-000000000001".parse().unwrap();
    let destination = Destination::new(family_id, UserId::SYSTEM, Timestamp(1_790_000_000));
    let mut intake = Intake::new(format.as_mut());
    intake.read("fuzz", &mut rest).expect("read from memory");
    let plan = intake.plan(&destination);
    assert!(plan.report.adds_up(), "{:?}", plan.report);
});
