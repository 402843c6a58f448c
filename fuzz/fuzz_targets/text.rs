//! Whatever a text holds, what is shown of it drives no terminal, and cleaning settles it.
#![no_main]

use famdesk::text::{SafeLines, SafeText};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let line = SafeText::new(text);
    assert!(!line.as_str().chars().any(char::is_control));
    assert_eq!(SafeText::new(line.as_str()).as_str(), line.as_str());
    for columns in [0, 1, 2, 7, 40] {
        assert!(line.truncate(columns).width() <= columns);
        assert!(line.pad(columns).width() >= columns);
    }

    let body = SafeLines::new(text);
    assert_eq!(SafeLines::new(body.as_str()).as_str(), body.as_str());
    for columns in [1, 2, 7, 40] {
        for row in body.wrap(columns) {
            assert!(!row.text().chars().any(char::is_control));
        }
    }
});
