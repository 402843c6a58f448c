//! Breaking text into rows of a width: at spaces, between wide characters, and within a word
//! only when it fits no row.
//!
//! A row that goes on from the one above repeats its quote marks (`> `) or its indentation. Rows
//! are slices of the text, found one after the other, so the top of a long body costs no more
//! than what is looked at.

use std::fmt::{self, Display};

use crate::text::width::{clusters, first_cluster, width};

/// Spaces that a row under a list item begins with, as many as the bullet is wide.
const HANG: &str = "                        ";

/// These do not begin a row.
const CLOSING: &str = "、。，．：；！？）」』】〉》〕］｝ー々";

/// One row of wrapped text. Outside this room it comes from [`SafeLines`](super::SafeLines)
/// alone, so it is as safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// What is repeated from the line's first row; empty on the first row itself.
    pub(in crate::text) prefix: &'a str,
    /// The slice of the text.
    pub(in crate::text) text: &'a str,
    /// Where `text` starts in the whole, in bytes.
    pub(in crate::text) start: usize,
}

impl<'a> Row<'a> {
    /// What is repeated from the line's first row; empty on the first row itself.
    pub fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// The slice of the text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Where it starts in the whole text, in bytes.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The columns it takes. Never more than it was wrapped to, unless a single cluster is wider.
    pub fn width(&self) -> usize {
        width(self.prefix) + width(self.text)
    }
}

impl Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix, self.text)
    }
}

/// The rows that `text` takes at `columns` columns, at least one for each line of it.
pub(in crate::text) fn wrap(text: &str, columns: usize) -> impl Iterator<Item = Row<'_>> {
    let mut line_start = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let start = line_start;
        line_start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        LineRows::new(line, start, columns.max(1))
    })
}

/// How many rows [`wrap`] gives; nothing is allocated.
pub fn wrapped_height(text: &str, columns: usize) -> usize {
    wrap(text, columns).count()
}

/// The rows of one line.
struct LineRows<'a> {
    line: &'a str,
    /// Where the line starts in the whole text.
    base: usize,
    columns: usize,
    /// What every row but the first begins with.
    prefix: &'a str,
    /// Before this the first row is not broken.
    lead: usize,
    /// Where the first row starts.
    first: usize,
    /// Where the next row starts; none when all are given.
    next: Option<usize>,
}

impl<'a> LineRows<'a> {
    fn new(line: &'a str, base: usize, columns: usize) -> Self {
        let deepest = (columns / 2).min(columns.saturating_sub(2));
        // Half of the columns stay for the words, however deep they are indented.
        let indent = run_of(line, &[" "]);
        let start = indent.saturating_sub(deepest);
        let lead = Lead::of(&line[start..]);
        let fits = lead.len <= deepest;
        Self {
            line,
            base,
            columns,
            prefix: if fits { lead.prefix } else { "" },
            lead: if fits { lead.len } else { 0 },
            first: start,
            next: Some(start),
        }
    }
}

impl<'a> Iterator for LineRows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let start = self.next?;
        let first = start == self.first;
        let rest = &self.line[start..];
        let mut prefix = if first { "" } else { self.prefix };
        let mut room = self.columns - width(prefix);
        if first_cluster(rest).is_some_and(|(_, columns)| columns > room) {
            prefix = "";
            room = self.columns;
        }
        let lead = if first { self.lead } else { 0 };
        let (end, following) = break_row(rest, room, lead);
        self.next = following.map(|offset| start + offset);
        Some(Row {
            prefix,
            text: &rest[..end],
            start: self.base + start,
        })
    }
}

/// How a line begins: quote marks, indentation, a bullet.
struct Lead<'a> {
    /// Its bytes; all ASCII, so its columns too.
    len: usize,
    /// What later rows begin with in its place.
    prefix: &'a str,
}

impl<'a> Lead<'a> {
    fn of(line: &'a str) -> Self {
        let quote = run_of(line, &[" ", ">"]);
        let bullet = bullet_len(&line[quote..]);
        let len = quote + bullet;
        let quoted = line[..quote].contains('>');
        let hang = HANG.get(..len).filter(|_| bullet > 0 && !quoted);
        Self {
            len,
            prefix: hang.unwrap_or(&line[..quote]),
        }
    }
}

/// The bytes at the start of `text` that are nothing but these clusters.
fn run_of(text: &str, these: &[&str]) -> usize {
    clusters(text)
        .take_while(|(cluster, _)| these.contains(cluster))
        .map(|(cluster, _)| cluster.len())
        .sum()
}

/// The bytes of a list item's bullet and the space after it; 0 when there is none.
fn bullet_len(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match digits {
        0 if text.starts_with(['-', '*', '+']) => 1,
        1..=4 if text[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return 0,
    };
    if text[marker..].starts_with(' ') {
        marker + 1
    } else {
        0
    }
}

/// Where the row at the start of `rest` ends, and where the one after it starts.
fn break_row(rest: &str, room: usize, lead: usize) -> (usize, Option<usize>) {
    let mut seen = 0;
    let mut taken = 0;
    let mut before = "";
    let mut last_break = None;
    while let Some((cluster, columns)) = first_cluster(&rest[seen..]) {
        if seen > lead && may_break(before, cluster) {
            last_break = Some(seen);
        }
        // Spaces may hang over the edge, for they are not shown there.
        if taken + columns > room && seen > 0 && cluster != " " {
            return split(rest, last_break.unwrap_or(seen));
        }
        taken += columns;
        seen += cluster.len();
        before = cluster;
    }
    (rest.trim_end_matches(' ').len(), None)
}

fn split(rest: &str, at: usize) -> (usize, Option<usize>) {
    (rest[..at].trim_end_matches(' ').len(), Some(at))
}

/// Whether a row may end between these two clusters.
fn may_break(before: &str, after: &str) -> bool {
    if before == " " {
        return after != " ";
    }
    after != " " && (is_ideograph(before) || is_ideograph(after)) && !CLOSING.contains(after)
}

/// Chinese and Japanese are written without spaces and broken anywhere.
fn is_ideograph(cluster: &str) -> bool {
    cluster.starts_with(|c| {
        matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}'
            | '\u{20000}'..='\u{3ffff}')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::SafeLines;
    use crate::text::awkward::awkward_text;

    fn rows(text: &str, columns: usize) -> Vec<String> {
        wrap(text, columns).map(|row| row.to_string()).collect()
    }

    #[test]
    fn breaks_at_spaces_and_keeps_empty_lines() {
        assert_eq!(rows("the boiler leaks", 10), ["the boiler", "leaks"]);
        assert_eq!(rows("a\n\nb\n", 10), ["a", "", "b"]);
        assert_eq!(rows("one   two", 4), ["one", "two"]);
        assert_eq!(rows("   ", 4), [""]);
        assert!(rows("", 4).is_empty());
    }

    #[test]
    fn a_word_that_fits_no_row_is_split() {
        assert_eq!(rows("see abcdefghij", 4), ["see", "abcd", "efgh", "ij"]);
        assert_eq!(rows("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn wide_characters_break_anywhere_but_never_straddle() {
        assert_eq!(rows("日本語です。", 5), ["日本", "語で", "す。"]);
        assert_eq!(rows("あい。", 4), ["あ", "い。"]);
        assert_eq!(rows("한국어 문장", 7), ["한국어", "문장"]);
        assert_eq!(rows("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3), ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]);
    }

    #[test]
    fn quotes_indents_and_bullets_go_on_below() {
        assert_eq!(rows("> one two three", 9), ["> one two", "> three"]);
        assert_eq!(
            rows(">> a verylongword", 8),
            [">> a", ">> veryl", ">> ongwo", ">> rd"]
        );
        assert_eq!(rows("    let x = 1;", 10), ["    let x", "    = 1;"]);
        assert_eq!(rows("- one two three", 9), ["- one two", "  three"]);
        assert_eq!(rows("12. one two", 8), ["12. one", "    two"]);
        assert_eq!(rows("  - one two three", 11), ["  - one two", "    three"]);
        assert_eq!(rows("> averylongword", 8), ["> averyl", "> ongwor", "> d"]);
    }

    #[test]
    fn a_deep_indent_leaves_room_for_the_words() {
        assert_eq!(
            rows(&format!("{}word other", " ".repeat(40)), 10),
            ["     word", "     other"]
        );
        assert_eq!(rows(&"> ".repeat(12), 10).len(), 3);
    }

    #[test]
    fn rows_say_where_they_start() {
        let text = "ab cd\nefgh";
        let starts: Vec<_> = wrap(text, 2).map(|row| row.start).collect();
        assert_eq!(starts, [0, 3, 6, 8]);
        assert!(wrap(text, 2).all(|row| text[row.start..].starts_with(row.text)));
    }

    #[test]
    fn a_body_of_half_a_megabyte_in_one_line_is_fine() {
        let words = "word and another 日本 ".repeat(25_000);
        assert!(wrapped_height(&words, 80) > 6_000);
        assert_eq!(wrapped_height(&"x".repeat(500_000), 80), 6_250);
        assert_eq!(wrap(&words, 80).take(3).count(), 3);
        let indented = format!("{}{}", " ".repeat(250_000), "x".repeat(250_000));
        assert!(wrapped_height(&indented, 80) > 6_000);
    }

    fn without_spaces(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn rows_fit_and_lose_nothing(raw in awkward_text(), columns in 0usize..30) {
            let body = SafeLines::new(raw);
            for row in body.wrap(columns) {
                let single = clusters(row.text).count() == 1 && row.prefix.is_empty();
                prop_assert!(row.width() <= columns || single, "{row:?}");
            }
            let shown: String = body.wrap(columns).map(|row| row.text).collect();
            prop_assert_eq!(without_spaces(&shown), without_spaces(body.as_str()));
        }

        #[test]
        fn prose_fits(
            lead in "[ >]{0,12}([-*] |[0-9]{1,3}\\. )?",
            words in "([a-z]{1,12} {1,3}){0,20}",
            columns in 1usize..30,
        ) {
            let text = format!("{lead}{words}");
            prop_assert!(wrap(&text, columns).all(|row| row.width() <= columns));
            let shown: String = wrap(&text, columns).map(|row| row.text).collect();
            prop_assert_eq!(without_spaces(&shown), without_spaces(&text));
        }
    }
}
