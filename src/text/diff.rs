//! What has become of a text: lines and words that came in and that went, told by marks as much as
//! by their looks, so that they are read without colour too.
//!
//! `+` and `-` stand before whole lines, `~` before a line of which only words changed:
//! `~ the light is [-red-]{+green+}`. What stayed the same far from a change is counted.

use similar::{ChangeTag, DiffOp, TextDiff};

use super::markdown::flow::Flow;
use super::markdown::{Kind, Line, Look};
use super::plural::count;
use super::safe::{SafeLines, SafeText};

/// Lines around a change that are shown as they stayed.
const CONTEXT: usize = 1;
/// From how much that stayed, in percent, a line is the same one with other words.
const SAME_LINE: usize = 40;
/// Longer lines, in bytes, are not compared word by word: it takes the square of their length.
const LONGEST_LINE: usize = 8 * 1024;
/// Columns of the mark before each line.
const MARK: usize = 2;

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Compared {
    Same(String),
    Removed(String),
    Added(String),
    /// Words of it changed.
    Changed(Vec<Piece>),
    /// So many lines that stayed the same.
    Left(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    tag: ChangeTag,
    text: String,
}

/// Both texts compared, in rows of at most so many columns.
pub fn drawn(before: &str, after: &str, columns: usize) -> Vec<Line> {
    let (before, after) = (SafeLines::new(before), SafeLines::new(after));
    let mut rows = Vec::new();
    for line in compared(before.as_str(), after.as_str()) {
        draw(&line, columns, &mut rows);
    }
    rows
}

/// An attribute in rows: `severity: SEV_3 -> SEV_2`. Without an arrow where nothing was before.
pub fn attribute(name: &str, before: Option<&str>, after: &str, columns: usize) -> Vec<Line> {
    let clean = |text: &str| SafeText::new(text).into_string();
    let mut flow = Flow::default();
    flow.push(&format!("{}: ", clean(name)), Look::of(Kind::Mark));
    if let Some(before) = before {
        flow.push(&clean(before), Look::of(Kind::Removed));
        flow.push(" -> ", Look::of(Kind::Mark));
        flow.push(&clean(after), Look::of(Kind::Added));
    } else {
        flow.push(&clean(after), Look::default());
    }
    rows_of(&flow.settled(), columns)
}

/// Words beside the matter, in rows.
pub fn remark(text: &str, columns: usize) -> Vec<Line> {
    let mut flow = Flow::default();
    flow.push(SafeText::new(text).as_str(), Look::of(Kind::Mark));
    rows_of(&flow.settled(), columns)
}

fn rows_of(flow: &Flow, columns: usize) -> Vec<Line> {
    let rows = flow.wrap(columns.max(1)).map(|row| {
        let mut line = Line::default();
        flow.write_row(&row, &mut line);
        line
    });
    rows.collect()
}

fn compared(before: &str, after: &str) -> Vec<Compared> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = Vec::new();
    let mut shown = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let begins = group.first().map_or(shown, |op| op.old_range().start);
        leave(begins.saturating_sub(shown), &mut lines);
        for op in &group {
            compare(op, (&old, &new), &mut lines);
            shown = op.old_range().end;
        }
    }
    leave(old.len().saturating_sub(shown), &mut lines);
    lines
}

fn leave(same: usize, lines: &mut Vec<Compared>) {
    if same > 0 {
        lines.push(Compared::Left(same));
    }
}

fn compare(op: &DiffOp, (old, new): (&[&str], &[&str]), lines: &mut Vec<Compared>) {
    let old = old.get(op.old_range()).unwrap_or_default();
    let new = new.get(op.new_range()).unwrap_or_default();
    if matches!(op, DiffOp::Equal { .. }) {
        lines.extend(old.iter().map(|line| Compared::Same((*line).to_owned())));
        return;
    }
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for at in 0..old.len().max(new.len()) {
        let (was, is) = (old.get(at), new.get(at));
        if let (Some(was), Some(is)) = (was, is)
            && let Some(pieces) = words(was, is)
        {
            lines.append(&mut removed);
            lines.append(&mut added);
            lines.push(Compared::Changed(pieces));
            continue;
        }
        removed.extend(was.map(|line| Compared::Removed((*line).to_owned())));
        added.extend(is.map(|line| Compared::Added((*line).to_owned())));
    }
    lines.append(&mut removed);
    lines.append(&mut added);
}

/// Two lines word by word; nothing where they have too little in common.
fn words(was: &str, is: &str) -> Option<Vec<Piece>> {
    if was.len().max(is.len()) > LONGEST_LINE {
        return None;
    }
    let diff = TextDiff::from_unicode_words(was, is);
    let same = diff
        .iter_all_changes()
        .filter(|change| change.tag() == ChangeTag::Equal);
    let same: usize = same.map(|change| change.value().trim().len()).sum();
    let all = was.trim().len().max(is.trim().len()).max(1);
    if same.saturating_mul(100) < all.saturating_mul(SAME_LINE) {
        return None;
    }
    let pieces = diff.iter_all_changes().map(|change| Piece {
        tag: change.tag(),
        text: change.value().to_owned(),
    });
    Some(joined(pieces))
}

/// Runs of one kind as one piece, a gap between two changes counted to both: `[-red light-]`
/// reads better than three marks.
fn joined(pieces: impl Iterator<Item = Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let (mut removed, mut added, mut gap) = (String::new(), String::new(), String::new());
    let flush = |removed: &mut String, added: &mut String, out: &mut Vec<Piece>| {
        for (tag, text) in [(ChangeTag::Delete, removed), (ChangeTag::Insert, added)] {
            if !text.is_empty() {
                let text = std::mem::take(text);
                out.push(Piece { tag, text });
            }
        }
    };
    for piece in pieces {
        let changing = !(removed.is_empty() && added.is_empty());
        match piece.tag {
            ChangeTag::Equal if changing && piece.text.trim().is_empty() => gap += &piece.text,
            ChangeTag::Equal => {
                flush(&mut removed, &mut added, &mut out);
                let text = std::mem::take(&mut gap) + &piece.text;
                match out.last_mut() {
                    Some(last) if last.tag == ChangeTag::Equal => last.text += &text,
                    _ => out.push(Piece {
                        tag: ChangeTag::Equal,
                        text,
                    }),
                }
            }
            ChangeTag::Delete | ChangeTag::Insert => {
                let gap = std::mem::take(&mut gap);
                removed += &gap;
                added += &gap;
                match piece.tag {
                    ChangeTag::Delete => removed += &piece.text,
                    _ => added += &piece.text,
                }
            }
        }
    }
    flush(&mut removed, &mut added, &mut out);
    if !gap.is_empty() {
        out.push(Piece {
            tag: ChangeTag::Equal,
            text: gap,
        });
    }
    out
}

fn draw(line: &Compared, columns: usize, rows: &mut Vec<Line>) {
    let mut flow = Flow::default();
    let mark = match line {
        Compared::Same(text) => {
            flow.push(text, Look::default());
            ("  ", Look::default())
        }
        Compared::Removed(text) => {
            flow.push(text, Look::of(Kind::Removed));
            ("- ", Look::of(Kind::Removed))
        }
        Compared::Added(text) => {
            flow.push(text, Look::of(Kind::Added));
            ("+ ", Look::of(Kind::Added))
        }
        Compared::Changed(pieces) => {
            pieces.iter().for_each(|piece| push(piece, &mut flow));
            ("~ ", Look::of(Kind::Mark))
        }
        Compared::Left(lines) => {
            let lines = count(*lines as u64, "line", "lines");
            let words = format!("({lines} as before)");
            flow.push(&words, Look::of(Kind::Mark));
            ("  ", Look::default())
        }
    };
    let flow = flow.settled();
    for (at, row) in flow.wrap(columns.saturating_sub(MARK).max(1)).enumerate() {
        let mut out = Line::default();
        match at {
            0 => out.push(mark.0, mark.1),
            _ => out.push("  ", Look::default()),
        }
        flow.write_row(&row, &mut out);
        rows.push(out);
    }
}

fn push(piece: &Piece, flow: &mut Flow) {
    let (open, close, look) = match piece.tag {
        ChangeTag::Equal => return flow.push(&piece.text, Look::default()),
        ChangeTag::Delete => ("[-", "-]", Look::of(Kind::Removed)),
        ChangeTag::Insert => ("{+", "+}", Look::of(Kind::Added)),
    };
    flow.push(open, look);
    flow.push(&piece.text, look);
    flow.push(close, look);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::awkward::awkward_text;

    fn told(before: &str, after: &str) -> Vec<String> {
        let rows = drawn(before, after, 60);
        rows.iter().map(Line::to_text).collect()
    }

    #[test]
    fn words_of_a_line_are_told_within_it() {
        assert_eq!(
            told("The light is red.", "The light is green now."),
            ["~ The light is [-red-]{+green now+}."]
        );
        assert_eq!(
            told("Nothing loads.", "Nothing loads, the light is red."),
            ["~ Nothing loads{+, the light is red+}."]
        );
        assert_eq!(told("水道の水漏れ", "水道の水が止まらない").len(), 1);
    }

    #[test]
    fn lines_with_little_in_common_stand_below_each_other() {
        assert_eq!(
            told("Call the plumber\n", "Bought a new router"),
            ["- Call the plumber", "+ Bought a new router"]
        );
        assert_eq!(told("", "one\ntwo"), ["+ one", "+ two"]);
        assert_eq!(told("one", ""), ["- one"]);
    }

    #[test]
    fn what_stayed_is_shown_beside_a_change_and_counted_elsewhere() {
        let before = "a\nb\nc\nd\ne\nf\ng";
        let after = "a\nb\nc\nd\ne\nf\ng\nh";
        assert_eq!(told(before, after), ["  (6 lines as before)", "  g", "+ h"]);
        assert_eq!(told("a\r\nb", "a\nb"), ["  (2 lines as before)"]);
    }

    proptest! {
        /// No row is wider than the screen, and each text can be read out of the comparison.
        #[test]
        fn any_two_texts_are_compared_within_the_width(
            before in awkward_text(), after in awkward_text(), columns in 12usize..90,
        ) {
            for line in drawn(&before, &after, columns) {
                prop_assert!(line.width() <= columns, "{:?}", line.to_text());
            }
            let (was, is) = (SafeLines::new(before.as_str()), SafeLines::new(after.as_str()));
            let mut texts = [String::new(), String::new()];
            let mut shown = [0, 0];
            for line in compared(was.as_str(), is.as_str()) {
                let sides: [Option<String>; 2] = match line {
                    Compared::Same(text) => [Some(text.clone()), Some(text)],
                    Compared::Removed(text) => [Some(text), None],
                    Compared::Added(text) => [None, Some(text)],
                    Compared::Changed(pieces) => [ChangeTag::Insert, ChangeTag::Delete].map(|not| {
                        let of = pieces.iter().filter(|piece| piece.tag != not);
                        Some(of.map(|piece| piece.text.as_str()).collect())
                    }),
                    Compared::Left(lines) => {
                        for (side, text) in [was.as_str(), is.as_str()].into_iter().enumerate() {
                            for line in text.lines().skip(shown[side]).take(lines) {
                                texts[side] += &format!("{line}\n");
                            }
                            shown[side] += lines;
                        }
                        continue;
                    }
                };
                for (side, text) in sides.into_iter().enumerate() {
                    if let Some(text) = text {
                        texts[side] += &format!("{text}\n");
                        shown[side] += 1;
                    }
                }
            }
            let whole = |text: &str| text.lines().map(|it| format!("{it}\n")).collect::<String>();
            prop_assert_eq!(&texts[0], &whole(was.as_str()));
            prop_assert_eq!(&texts[1], &whole(is.as_str()));
        }
    }
}
