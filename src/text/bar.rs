//! Small graphics made of characters: a bar, a sparkline. Always exactly as wide as asked.

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    Blocks,
    /// For a locale that is not UTF-8.
    Ascii,
}

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const BLOCK_LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_LEVELS: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// `value` against `max` as a bar from the left, filled with spaces to `columns`.
///
/// What is not zero is visible, and only what reaches `max` is full.
pub fn bar(value: u64, max: u64, columns: usize, glyphs: Glyphs) -> String {
    let steps = match glyphs {
        Glyphs::Blocks => 8,
        Glyphs::Ascii => 1,
    };
    let filled = scaled(value, max, columns * steps);
    let mut out = String::with_capacity(columns * 3);
    match glyphs {
        Glyphs::Blocks => {
            out.extend(std::iter::repeat_n('█', filled / 8));
            if let Some(part) = (filled % 8).checked_sub(1) {
                out.push(EIGHTHS[part]);
            }
        }
        Glyphs::Ascii => out.extend(std::iter::repeat_n('#', filled)),
    }
    let drawn = filled.div_ceil(steps);
    out.extend(std::iter::repeat_n(' ', columns - drawn));
    out
}

/// The newest values, one column each, the last at the right edge; spaces where there are fewer
/// values than `columns`. The highest that is shown is full height, and only zero lies flat.
pub fn sparkline(values: &[u64], columns: usize, glyphs: Glyphs) -> String {
    let shown = &values[values.len().saturating_sub(columns)..];
    let max = shown.iter().copied().max().unwrap_or(0);
    let levels = match glyphs {
        Glyphs::Blocks => BLOCK_LEVELS,
        Glyphs::Ascii => ASCII_LEVELS,
    };
    let mut out = " ".repeat(columns - shown.len());
    out.extend(
        shown
            .iter()
            .map(|value| levels[scaled(*value, max, levels.len() - 1)]),
    );
    out
}

/// `value` of `max` in `steps`, rounded down but not to nothing.
fn scaled(value: u64, max: u64, steps: usize) -> usize {
    if value == 0 || max == 0 || steps == 0 {
        return 0;
    }
    if value >= max {
        return steps;
    }
    let scaled = u128::from(value) * steps as u128 / u128::from(max);
    usize::try_from(scaled).unwrap_or(steps).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::width;

    #[test]
    fn a_bar_fills_by_eighths() {
        let bar = |value| bar(value, 32, 4, Glyphs::Blocks);
        assert_eq!(bar(0), "    ");
        assert_eq!(bar(1), "▏   ");
        assert_eq!(bar(12), "█▌  ");
        assert_eq!(bar(31), "███▉");
        assert_eq!(bar(32), "████");
        assert_eq!(bar(99), "████");
    }

    #[test]
    fn what_is_not_zero_shows_and_only_all_is_full() {
        assert_eq!(bar(1, 1_000_000, 4, Glyphs::Blocks), "▏   ");
        assert_eq!(bar(1, 1_000_000, 4, Glyphs::Ascii), "#   ");
        assert_eq!(bar(999_999, 1_000_000, 4, Glyphs::Ascii), "### ");
        assert_eq!(bar(5, 0, 4, Glyphs::Ascii), "    ");
    }

    #[test]
    fn a_sparkline_shows_the_newest() {
        assert_eq!(sparkline(&[0, 1, 4, 8], 4, Glyphs::Blocks), "▁▂▄█");
        assert_eq!(sparkline(&[0, 1, 4, 8], 4, Glyphs::Ascii), "_.-#");
        assert_eq!(sparkline(&[9, 0, 2], 2, Glyphs::Ascii), "_#");
        assert_eq!(sparkline(&[2], 3, Glyphs::Ascii), "  #");
        assert_eq!(sparkline(&[0, 0], 2, Glyphs::Blocks), "▁▁");
        assert_eq!(sparkline(&[], 2, Glyphs::Blocks), "  ");
    }

    proptest! {
        #[test]
        fn graphics_are_exactly_as_wide_as_asked(
            values in prop::collection::vec(any::<u64>(), 0..20),
            max in any::<u64>(),
            columns in 0usize..40,
            ascii in any::<bool>(),
        ) {
            let glyphs = if ascii { Glyphs::Ascii } else { Glyphs::Blocks };
            prop_assert_eq!(width(&sparkline(&values, columns, glyphs)), columns);
            for value in values {
                prop_assert_eq!(width(&bar(value, max, columns, glyphs)), columns);
            }
        }
    }
}
