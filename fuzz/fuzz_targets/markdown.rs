//! Any body is drawn within its width, and drives no terminal.
#![no_main]

use famdesk::text::SafeText;
use famdesk::text::markdown::{Laid, Manner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for manner in [Manner::Drawn, Manner::AsTyped] {
        for columns in [1, 12, 76] {
            let laid = Laid::whole(text, columns, manner);
            for line in laid.rows() {
                let row = line.to_text();
                assert_eq!(SafeText::new(row.as_str()).as_str(), row);
                assert!(line.width() <= columns || columns < 12, "{columns}: {row:?}");
            }
            let mut beginning = Laid::new(columns, manner);
            beginning.reach(text, 3);
            let rows = laid.rows().len().min(3);
            assert_eq!(beginning.rows()[..rows], laid.rows()[..rows]);
        }
    }
});
