//! Several programs on one store, two of them screens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::terminal::until;
use super::{Machine, SEND, USUAL};

#[test]
fn a_screen_shows_what_another_does_and_goes_on_when_that_one_is_killed() {
    let machine = Machine::furnished();
    let mut first = machine.start(&[]);
    first.shows("● live");
    let mut second = machine.start(&[]);
    second.shows("● live");

    first
        .keys("n")
        .shows("Title")
        .types("From the first")
        .keys(SEND);
    first.hides("Description").shows("RIV-2026-0001");
    second.shows("From the first");
    second
        .keys("n")
        .shows("Title")
        .types("From the second")
        .keys(SEND);
    second.hides("Description").shows("RIV-2026-0002");
    first.shows("From the second");

    // In the middle of a word: whoever types notices nothing.
    second.keys("n").shows("Title").types("Typed while");
    first.signal(Signal::KILL);
    first.ended();
    second.types(" the other died").keys(SEND);
    second.hides("Description").shows("RIV-2026-0003");

    machine.files("From a cron job");
    second.shows("From a cron job").shows("● live");
    second.quits();
    let all = machine.ok(&["list"]);
    for title in [
        "From the first",
        "From the second",
        "Typed while the other died",
    ] {
        assert_eq!(all.matches(title).count(), 1, "{title}: {all}");
    }
    machine.ok(&["audit", "verify"]);
}

#[test]
fn a_screen_of_someone_else_on_the_store_sees_it_too() {
    let machine = Machine::furnished();
    let mut first = machine.start(&[]);
    first.shows("● live");
    let mut other = machine.shared().start(&[]);
    other.shows("● live");
    first
        .keys("n")
        .shows("Title")
        .types("Seen by all")
        .keys(SEND);
    other.shows("Seen by all");
    first.quits();
    other
        .keys("n")
        .shows("Title")
        .types("After the first")
        .keys(SEND);
    other.hides("Description").shows("RIV-2026-0002");
    other.quits();
}

#[test]
fn a_screen_that_is_suspended_holds_up_nobody() {
    let machine = Machine::furnished();
    // A shell with job control: only there can a program be suspended.
    let shell = format!(
        "set -m; {}; echo suspended; read line; fg; echo over",
        env!("CARGO_BIN_EXE_famdesk")
    );
    let mut first = machine.start_program(USUAL, &["sh", "-c", &shell]);
    first.shows("● live").keys("\x1a").shows("suspended");
    machine.files("While it slept");
    let mut second = machine.start(&[]);
    second.shows("While it slept").shows("● live");
    first.keys("wake up\n").shows("While it slept");
    first
        .keys("n")
        .shows("Title")
        .types("Awake again")
        .keys(SEND);
    first.hides("Description");
    second.shows("Awake again");
    first.keys("Q").shows("over");
    second.quits();
}

/// How often the holder is killed; more on demand: `FAMDESK_KILLS=300 cargo nextest run -E
/// 'test(killed_again_and_again)'`.
fn kills() -> usize {
    let wanted = std::env::var("FAMDESK_KILLS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// What the writers have been told.
#[derive(Default)]
struct Told {
    /// Titles whose `new` came back with a number, with that number.
    done: BTreeMap<String, String>,
    /// Titles whose `new` was killed before it came back.
    doubtful: BTreeSet<String>,
}

#[test]
fn nothing_is_lost_or_doubled_while_programs_are_killed_again_and_again() {
    let machine = Machine::furnished();
    let told = Mutex::new(Told::default());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..3 {
            let (machine, told, over) = (&machine, &told, &over);
            scope.spawn(move || write_on(machine, writer, (told, over)));
        }
        let mut chance = Chance(11);
        for _ in 0..kills() {
            let mut holder = machine.start(&[]);
            holder.shows("● live");
            let enough = count(&told) + chance.below(4);
            until("more is written", || (count(&told) >= enough).then_some(()));
            thread::sleep(Duration::from_micros(chance.below(20_000) as u64));
            holder.signal(Signal::KILL);
            holder.ended();
        }
        over.store(true, Ordering::SeqCst);
    });
    let told = told.into_inner().expect("no writer failed");
    let rows = machine.ok(&["list", "--limit", "10000", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).expect("JSON");
    let of = |row: &serde_json::Value, field: &str| row[field].as_str().map(str::to_owned);
    let titles: Vec<String> = rows.iter().filter_map(|row| of(row, "title")).collect();
    let once: BTreeSet<&String> = titles.iter().collect();
    assert_eq!(once.len(), titles.len(), "something was done twice");
    for row in &rows {
        let (title, number) = (of(row, "title").expect("title"), of(row, "number"));
        match told.done.get(&title) {
            Some(said) => assert_eq!(Some(said), number.as_ref(), "{title}"),
            None => assert!(told.doubtful.contains(&title), "{title} was never written"),
        }
    }
    let lost: Vec<_> = told.done.keys().filter(|it| !once.contains(it)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let counts: BTreeSet<usize> = rows
        .iter()
        .filter_map(|row| of(row, "number"))
        .map(last)
        .collect();
    assert_eq!(counts, (1..=rows.len()).collect(), "a number is missing");
    let verified = machine.ok(&["audit", "verify"]);
    assert!(verified.contains("each fits the one before"), "{verified}");
    assert_eq!(
        machine.ok(&["outbox"]),
        "nothing waits and nothing was refused\n"
    );
}

/// Files one ticket after the other until it is over; some programs are killed at it.
fn write_on(machine: &Machine, writer: u64, (told, over): (&Mutex<Told>, &AtomicBool)) {
    let mut chance = Chance(writer + 1);
    for n in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let title = format!("Writer {writer} ticket {n}");
        let args = ["new", "--queue", "IT", "--title", &title];
        let mut child = machine.command(&args).spawn().expect("famdesk starts");
        let kills = chance.below(4) == 0;
        if kills {
            thread::sleep(Duration::from_micros(chance.below(60_000) as u64));
            child.kill().expect("killed");
        }
        let output = child.wait_with_output().expect("ends");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        let mut told = told.lock().expect("no writer failed");
        match said.split_whitespace().next() {
            Some(number) if output.status.success() => {
                told.done.insert(title, number.to_owned());
            }
            _ if kills => {
                told.doubtful.insert(title);
            }
            _ => panic!("{title}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

fn count(told: &Mutex<Told>) -> usize {
    told.lock().expect("no writer failed").done.len()
}

/// The count at the end of a ticket's number.
fn last(number: String) -> usize {
    let count = number.rsplit('-').next().and_then(|it| it.parse().ok());
    count.expect("a count")
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
