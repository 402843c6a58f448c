//! Several programs on one store at once.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};

use super::{Place, text};

#[test]
fn programs_that_write_at_once_all_succeed_and_numbers_have_no_gap() {
    let place = Place::furnished();
    let children: Vec<Child> = (0..4)
        .map(|n| {
            let title = format!("At once {n}");
            place
                .command(&["new", "--queue", "IT", "--title", &title])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("starts")
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().expect("ends");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{err}");
        let number = out.split_whitespace().next().expect("a number").to_owned();
        numbers.insert(number.rsplit('-').next().expect("a count").to_owned());
    }
    let expected = ["0001", "0002", "0003", "0004"].map(str::to_owned);
    assert_eq!(numbers, BTreeSet::from(expected));
    assert_eq!(place.json(&["list"]).as_array().map(Vec::len), Some(4));
    let out = place.ok(&["audit", "verify"]);
    assert!(out.contains("each fits the one before"), "{out}");
    assert_eq!(
        place.ok(&["outbox"]),
        "nothing waits and nothing was refused\n"
    );
}
