//! The manual says what the program does.

use std::fs;
use std::path::Path;

use famdesk::app::key_table;

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
