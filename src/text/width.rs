//! How many terminal columns text takes, and cutting it to fit.
//!
//! Counted by grapheme cluster with ratatui's own [`CellWidth`], so that what is measured here
//! is what lands in the cells. Control characters count as nothing, as ratatui drops them.

use std::borrow::Cow;
use std::iter;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// Stands at the end of a text that was cut; one column.
pub const ELLIPSIS: &str = "…";

/// The columns that `text` takes on one line.
pub fn width(text: &str) -> usize {
    if is_printable_ascii(text) {
        return text.len();
    }
    clusters(text).map(|(_, columns)| columns).sum()
}

/// The grapheme clusters of `text`, each with the columns it takes.
pub fn clusters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    iter::from_fn(move || {
        let (cluster, columns) = first_cluster(rest)?;
        rest = &rest[cluster.len()..];
        Some((cluster, columns))
    })
}

/// The grapheme cluster that `text` begins with, and the columns it takes; none when empty.
pub fn first_cluster(text: &str) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    // Two printable ASCII characters never share a cluster.
    if is_printable(first) && bytes.get(1).is_none_or(|next| is_printable(*next)) {
        return Some((&text[..1], 1));
    }
    let cluster = text.graphemes(true).next()?;
    Some((cluster, cluster_width(cluster)))
}

/// `text` in at most `columns` columns: cut between clusters, the cut shown by [`ELLIPSIS`].
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    // No cluster takes more columns than it has bytes.
    if text.len() <= columns {
        return Cow::Borrowed(text);
    }
    let mut taken = 0;
    let mut end = 0;
    let mut cut = 0;
    for (cluster, more) in clusters(text) {
        if taken + more > columns {
            return Cow::Owned(cut_at(&text[..cut], columns));
        }
        taken += more;
        end += cluster.len();
        if taken < columns {
            cut = end;
        }
    }
    Cow::Borrowed(text)
}

/// `text` in exactly `columns` columns, cut or filled with spaces on the right.
pub fn pad(text: &str, columns: usize) -> Cow<'_, str> {
    let cut = truncate(text, columns);
    match missing(&cut, columns) {
        0 => cut,
        spaces => Cow::Owned(format!("{cut}{:spaces$}", "")),
    }
}

/// `text` in exactly `columns` columns, cut or filled with spaces on the left.
pub fn pad_left(text: &str, columns: usize) -> Cow<'_, str> {
    let cut = truncate(text, columns);
    match missing(&cut, columns) {
        0 => cut,
        spaces => Cow::Owned(format!("{:spaces$}{cut}", "")),
    }
}

fn cluster_width(cluster: &str) -> usize {
    if cluster.contains(char::is_control) {
        return 0;
    }
    cluster.cell_width().into()
}

fn cut_at(kept: &str, columns: usize) -> String {
    match columns {
        0 => String::new(),
        _ => format!("{kept}{ELLIPSIS}"),
    }
}

fn missing(text: &str, columns: usize) -> usize {
    columns.saturating_sub(width(text))
}

fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(is_printable)
}

fn is_printable(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::text::awkward::awkward_text;

    #[test]
    fn counts_columns_by_cluster() {
        let cases = [
            ("", 0),
            ("boiler", 6),
            ("über", 4),
            ("e\u{301}", 1),
            ("日本", 4),
            ("👨‍👩‍👧‍👦", 2),
            ("👍🏽", 2),
            ("🇩🇪", 2),
            ("❤\u{fe0f}", 2),
            ("❤", 1),
            ("a\u{1b}b\r\n", 2),
        ];
        for (text, columns) in cases {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn short_text_is_borrowed_and_long_text_shows_the_cut() {
        assert!(matches!(truncate("boiler", 6), Cow::Borrowed("boiler")));
        assert_eq!(truncate("boiler", 5), "boil…");
        assert_eq!(truncate("boiler", 1), "…");
        assert_eq!(truncate("boiler", 0), "");
    }

    #[test]
    fn a_wide_cluster_is_never_halved() {
        assert_eq!(truncate("日本語", 5), "日本…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(pad("日本語", 4), "日… ");
        assert_eq!(truncate("👨‍👩‍👧‍👦 family", 3), "👨‍👩‍👧‍👦…");
    }

    #[test]
    fn pads_on_either_side() {
        assert_eq!(pad("ana", 5), "ana  ");
        assert_eq!(pad_left("7", 3), "  7");
        assert_eq!(pad_left("12345", 3), "12…");
        assert!(matches!(pad("ana", 3), Cow::Borrowed("ana")));
    }

    /// Where ratatui's cursor stands after drawing `text`.
    fn drawn_columns(text: &str) -> usize {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2_000, 1));
        let (x, _) = buffer.set_stringn(0, 0, text, 2_000, Style::new());
        x.into()
    }

    proptest! {
        #[test]
        fn measures_what_ratatui_draws(text in awkward_text()) {
            prop_assert_eq!(width(&text), drawn_columns(&text));
        }

        #[test]
        fn a_cut_text_fits_and_a_padded_one_is_exact(text in awkward_text(), columns in 0usize..40) {
            prop_assert!(width(&truncate(&text, columns)) <= columns);
            prop_assert_eq!(width(&pad(&text, columns)), columns);
            prop_assert_eq!(width(&pad_left(&text, columns)), columns);
        }

        #[test]
        fn what_fits_is_left_alone(text in awkward_text()) {
            prop_assert_eq!(truncate(&text, width(&text)), text.as_str());
        }
    }
}
