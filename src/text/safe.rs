//! The one door for text that somebody typed, on its way to a screen, a pipe, a title or a log.
//!
//! Nothing that passes here can move the cursor, reorder its neighbours, hide, or pile up in one
//! cell: what can't be drawn as it is becomes a visible mark. The stored bytes stay as they are;
//! only what is shown is cleaned.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use crate::text::clean::clean;
use crate::text::marks::{self, LINE_BREAK};
use crate::text::width;
use crate::text::wrap::{self, Row};

/// One line of text that is safe to draw, print or log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText<'a>(Cow<'a, str>);

/// A body of text that is safe to draw or print; its only control character is `\n`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeLines<'a>(Cow<'a, str>);

impl<'a> SafeText<'a> {
    /// Makes `raw` safe. Line breaks become visible marks, tabs become spaces.
    pub fn new(raw: impl Into<Cow<'a, str>>) -> Self {
        let raw = raw.into();
        Self(clean(&raw, LINE_BREAK).map_or(raw, Cow::Owned))
    }

    /// A part of what was made safe before, or the like that holds nothing of anybody's.
    pub(super) fn already(clean: &str) -> SafeText<'static> {
        SafeText(Cow::Owned(clean.to_owned()))
    }

    /// The words of an error, a number or the like, made safe.
    pub fn of(value: impl Display) -> SafeText<'static> {
        SafeText::new(value.to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    pub fn into_owned(self) -> SafeText<'static> {
        SafeText(Cow::Owned(self.into_string()))
    }

    /// The columns it takes.
    pub fn width(&self) -> usize {
        width::width(&self.0)
    }

    /// At most `columns` columns of it, as [`width::truncate`].
    pub fn truncate(&self, columns: usize) -> SafeText<'_> {
        SafeText(width::truncate(&self.0, columns))
    }

    /// Exactly `columns` columns, as [`width::pad`].
    pub fn pad(&self, columns: usize) -> SafeText<'_> {
        SafeText(width::pad(&self.0, columns))
    }

    /// Exactly `columns` columns, at the right edge of them, as [`width::pad_left`].
    pub fn pad_left(&self, columns: usize) -> SafeText<'_> {
        SafeText(width::pad_left(&self.0, columns))
    }
}

impl<'a> SafeLines<'a> {
    /// Makes `raw` safe; every way of ending a line becomes `\n`, tabs become spaces.
    pub fn new(raw: impl Into<Cow<'a, str>>) -> Self {
        let raw = raw.into();
        Self(clean(&raw, '\n').map_or(raw, Cow::Owned))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// Its lines; a line break at the end begins no further line.
    pub fn lines(&self) -> impl Iterator<Item = SafeText<'_>> {
        self.0.lines().map(|line| SafeText(Cow::Borrowed(line)))
    }

    /// The rows it takes when wrapped, found as they are asked for.
    pub fn wrap(&self, columns: usize) -> impl Iterator<Item = Row<'_>> {
        wrap::wrap(&self.0, columns)
    }
}

impl Display for SafeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Display for SafeLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> From<SafeText<'a>> for Cow<'a, str> {
    fn from(text: SafeText<'a>) -> Self {
        text.0
    }
}

/// Serialised JSON for a terminal: what could act on the terminal is written as `\u` escapes.
///
/// The value stays the same; outside its strings JSON has none of these characters, except a
/// bare carriage return, which becomes a space.
pub fn escape_json_tty(json: &str) -> Cow<'_, str> {
    if json.chars().all(|c| marks::is_plain(c) || c == '\n') {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            _ if c.is_control() || marks::is_hidden(c) => push_json_escape(&mut out, c),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn push_json_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string can't fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::{env, fs};

    use proptest::prelude::*;

    use super::*;
    use crate::text::awkward::awkward_text;
    use crate::text::clean::{MOST_JOINERS, MOST_MARKS, WIDEST_CLUSTER};

    fn line(raw: &str) -> String {
        SafeText::new(raw).into_string()
    }

    fn body(raw: &str) -> String {
        SafeLines::new(raw).into_string()
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        for text in [
            "Boiler is leaking",
            "Überlauf",
            "Кран течёт",
            "給湯器の水漏れ",
            "보일러",
            "",
        ] {
            assert!(matches!(SafeText::new(text).0, Cow::Borrowed(_)), "{text}");
        }
        assert!(matches!(SafeLines::new("a\nb\n").0, Cow::Borrowed(_)));
    }

    #[test]
    fn what_living_scripts_and_emoji_need_is_kept() {
        let texts = [
            "e\u{301}",
            "می\u{200c}خواهم",
            "क्ष\u{200d}",
            "ที่นี่",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏽",
            "1\u{fe0f}\u{20e3}",
            "🇩🇪🇫🇷",
            "葛\u{e0100}",
            "A\u{a0}B",
        ];
        for text in texts {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn controls_are_shown_as_pictures() {
        assert_eq!(line("\0a\u{1b}[31m\u{7}"), "␀a␛[31m␇");
        assert_eq!(line("a\u{7f}"), "a␡");
        assert_eq!(line("\u{9b}31m\u{85}"), "\u{fffd}31m\u{fffd}");
    }

    #[test]
    fn what_reorders_or_hides_is_replaced() {
        for c in [
            '\u{202e}', '\u{2066}', '\u{200e}', '\u{61c}', '\u{fff9}', '\u{3164}', '\u{feff}',
        ] {
            assert_eq!(line(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
        for c in ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}'] {
            assert_eq!(line(&format!("ad{c}min")), "ad\u{fffd}min", "{c:?}");
        }
    }

    #[test]
    fn a_message_hidden_in_tags_is_one_mark() {
        assert_eq!(line("hi\u{e0041}\u{e0042}\u{e0043}!"), "hi\u{fffd}!");
    }

    #[test]
    fn selectors_can_carry_no_message() {
        assert_eq!(line("x\u{fe01}\u{fe02}y"), "xy");
        assert_eq!(line("👍\u{fe0f}\u{fe01}\u{e0101}"), "👍\u{fe0f}");
    }

    #[test]
    fn tabs_reach_the_next_stop_by_column() {
        assert_eq!(line("a\tb"), "a   b");
        assert_eq!(line("日本\tb"), "日本    b");
        assert_eq!(body("ab\tc\nabc\td"), "ab  c\nabc d");
    }

    #[test]
    fn line_breaks_are_marks_in_a_line_and_breaks_in_a_body() {
        let raw = "a\r\nb\nc\rd\u{2028}e\u{2029}f";
        assert_eq!(line(raw), "a␤b␤c␤d␤e␤f");
        assert_eq!(body(raw), "a\nb\nc\nd\ne\nf");
        let lines = SafeLines::new("one\r\n\r\ntwo\r\n");
        let lines: Vec<_> = lines.lines().map(SafeText::into_string).collect();
        assert_eq!(lines, ["one", "", "two"]);
    }

    #[test]
    fn marks_can_not_climb_out_of_their_cell() {
        let zalgo = format!("Z{}a", "\u{301}".repeat(60));
        assert_eq!(line(&zalgo), format!("Z{}a", "\u{301}".repeat(4)));
        assert_eq!(line("\u{301}a"), "\u{fffd}a");
        assert_eq!(body("a\n\u{301}"), "a\n\u{fffd}");
    }

    #[test]
    fn a_joined_sequence_has_eight_parts_at_most() {
        let parts = |n| vec!["👩"; n].join("\u{200d}");
        assert_eq!(line(&parts(8)), parts(8));
        assert_eq!(line(&parts(10)), format!("{}👩👩", parts(8)));
    }

    #[test]
    fn no_cluster_fills_a_line() {
        let text = line(&"\u{600}".repeat(100));
        assert!(width::clusters(&text).all(|(_, columns)| columns <= WIDEST_CLUSTER + 1));
    }

    #[test]
    fn json_keeps_its_value_and_loses_its_teeth() {
        let value = serde_json::json!({"title": "a\u{1b}b\u{9b}c\u{202e}d\u{e0041}e\u{7f}ü日"});
        let json = serde_json::to_string_pretty(&value).expect("serialises");
        let escaped = escape_json_tty(&json);
        assert!(
            escaped.contains(r"b\u009bc\u202ed\udb40\udc41e\u007fü日"),
            "{escaped}"
        );
        let back: serde_json::Value = serde_json::from_str(&escaped).expect("still JSON");
        assert_eq!(back, value);
        assert!(matches!(
            escape_json_tty("{\n  \"a\": 1\n}"),
            Cow::Borrowed(_)
        ));
        assert_eq!(escape_json_tty("[1,\r2]"), "[1, 2]");
    }

    fn zero_width_marks(cluster: &str) -> usize {
        let counts = |c: &char| !marks::is_joiner(*c) && !marks::is_selector(*c);
        let mut bytes = [0; 4];
        cluster
            .chars()
            .filter(counts)
            .filter(|c| width::width(c.encode_utf8(&mut bytes)) == 0)
            .count()
    }

    /// Nothing in it acts on a terminal, hides, or takes no column.
    fn assert_harmless(text: &str) {
        for c in text.chars() {
            assert!(!marks::is_hidden(c) && !c.is_control(), "{c:?} in {text:?}");
        }
        for (cluster, columns) in width::clusters(text) {
            assert!(columns > 0, "{cluster:?} in {text:?}");
            let joiners = cluster.chars().filter(|c| marks::is_joiner(*c)).count();
            assert!(joiners <= MOST_JOINERS, "{cluster:?}");
            assert!(zero_width_marks(cluster) <= MOST_MARKS, "{cluster:?}");
            assert!(columns <= 2 * WIDEST_CLUSTER, "{cluster:?}");
        }
    }

    proptest! {
        #[test]
        fn any_line_becomes_harmless_and_stays_as_it_is(raw in awkward_text()) {
            let once = line(&raw);
            assert_harmless(&once);
            prop_assert_eq!(line(&once), once);
        }

        #[test]
        fn any_body_becomes_harmless_and_stays_as_it_is(raw in awkward_text()) {
            let once = body(&raw);
            once.lines().for_each(assert_harmless);
            prop_assert_eq!(body(&once), once);
        }

        #[test]
        fn zero_width_marks_are_bounded(count in 0usize..40, mark in prop::sample::select(vec![
            '\u{301}', '\u{489}', '\u{20e3}', '\u{e49}', '\u{94d}', '\u{1161}',
        ])) {
            let text = line(&format!("\u{1100}{}", String::from_iter(vec![mark; count])));
            let kept = text.chars().filter(|c| *c == mark).count();
            prop_assert!(kept <= MOST_MARKS);
        }

        #[test]
        fn json_is_harmless_and_keeps_its_value(raw in awkward_text()) {
            let json = serde_json::to_string(&raw).expect("serialises");
            let escaped = escape_json_tty(&json);
            prop_assert!(!escaped.chars().any(|c| c.is_control() || marks::is_hidden(c)));
            prop_assert_eq!(serde_json::from_str::<String>(&escaped).expect("still JSON"), raw);
        }
    }

    /// A file of the shared text data; none where it isn't laid out.
    fn data(file: &str) -> Option<Vec<u8>> {
        let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        let folder = env::var_os("FAMDESK_DATA").map_or_else(beside, PathBuf::from);
        fs::read(folder.join("text").join(file)).ok()
    }

    #[test]
    fn known_naughty_strings_become_harmless() {
        let Some(json) = data("blns/blns.json") else {
            return;
        };
        let naughty: Vec<String> = serde_json::from_slice(&json).expect("a list of strings");
        assert!(naughty.len() > 400);
        for raw in naughty {
            let once = line(&raw);
            assert_harmless(&once);
            assert_eq!(line(&once), once);
        }
    }

    #[test]
    fn broken_encodings_become_harmless() {
        let Some(bytes) = data("UTF-8-test.txt") else {
            return;
        };
        let text = body(&String::from_utf8_lossy(&bytes));
        text.lines().for_each(assert_harmless);
        assert_eq!(body(&text), text);
    }

    #[test]
    fn every_standard_emoji_but_tagged_flags_is_kept() {
        let Some(list) = data("unicode/17.0.0/emoji-test.txt") else {
            return;
        };
        let list = String::from_utf8(list).expect("UTF-8");
        for row in list.lines().filter(|row| row.contains("; fully-qualified")) {
            let codes = row.split(';').next().unwrap_or_default().split_whitespace();
            let emoji: String = codes
                .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
                .collect();
            if !emoji.contains('\u{e007f}') {
                assert_eq!(line(&emoji), emoji, "{row}");
                assert_eq!(width::width(&emoji), 2, "{row}");
            }
        }
    }
}
