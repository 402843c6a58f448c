//! The manual says what the program does.

use std::fs;
use std::path::Path;

use famdesk::app::key_table;
use famdesk::query::parse;

#[test]
fn the_table_of_keys_is_the_one_the_program_uses() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/KEYS.md");
    let manual = fs::read_to_string(&file).expect("docs/KEYS.md");
    let table = key_table();
    assert!(
        manual.ends_with(&table),
        "docs/KEYS.md is out of date; its table should be:\n\n{table}"
    );
}

#[test]
fn every_query_of_the_manual_is_understood_as_it_stands() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/QUERY.md");
    let manual = fs::read_to_string(&file).expect("docs/QUERY.md");
    let blocks = manual.split("```query\n").skip(1);
    let shown = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let queries: Vec<&str> = shown.collect();
    assert!(queries.len() >= 4);
    for query in queries {
        let parsed = parse(query);
        assert!(parsed.notices.is_empty(), "{query}: {:?}", parsed.notices);
        assert_eq!(parsed.query.to_string(), query);
    }
}
