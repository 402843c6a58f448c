//! The characters that are not letters, and what stands for them where only ASCII is shown.

use ratatui::buffer::Buffer;

use crate::text::plural::grouped;

pub const HORIZONTAL: &str = "─";
pub const VERTICAL: &str = "│";
pub const TOP_LEFT: &str = "┌";
pub const TOP_RIGHT: &str = "┐";
pub const BOTTOM_LEFT: &str = "└";
pub const BOTTOM_RIGHT: &str = "┘";
pub const TEE_LEFT: &str = "├";
pub const TEE_RIGHT: &str = "┤";
/// Beside the row that the keys act on.
pub const CURSOR: &str = "▌";
pub use crate::app::legend::MARK;
/// The gutter of what only one group sees.
pub const INTERNAL: &str = "▒";
/// Before an answer to what stands above.
pub const ANSWER: &str = "└";
pub const OPEN_FOLD: &str = "▾";
pub const CLOSED_FOLD: &str = "▸";
pub use crate::app::legend::{CLOCK, OVERDUE, UNREAD, UNSENT, VIEWED, WRITTEN};
/// Before a file.
pub const FILE: &str = "▤";
pub const LIVE: &str = "●";
pub const OFFLINE: &str = "○";
pub const BETWEEN: &str = " · ";
/// Before how many comments a ticket has.
pub const COMMENTS: &str = "↳";
pub const MORE_ABOVE: &str = "↑";
pub const MORE_BELOW: &str = "↓";

/// How many are open, after a mark where some of them are unread.
pub fn counted(open: u64, unread: u64) -> String {
    match unread {
        0 => grouped(open),
        _ => format!("{UNREAD} {}", grouped(open)),
    }
}

/// Turns everything that is drawn into ASCII, one character a column, so that a terminal that
/// doesn't know UTF-8 still shows straight columns.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let stand_in = stand_in(cell.symbol());
            cell.set_char(stand_in);
        }
    }
}

fn stand_in(symbol: &str) -> char {
    match symbol {
        HORIZONTAL => '-',
        VERTICAL => '|',
        TOP_LEFT | TOP_RIGHT | BOTTOM_RIGHT | TEE_LEFT | TEE_RIGHT | "┼" => '+',
        // A corner below; an answer's branch looks well enough.
        BOTTOM_LEFT => '+',
        CURSOR => '>',
        INTERNAL => '#',
        OPEN_FOLD => 'v',
        CLOSED_FOLD => '>',
        CLOCK => 'z',
        OVERDUE => '!',
        UNSENT => '+',
        UNREAD => 'N',
        VIEWED => '@',
        WRITTEN => 'w',
        FILE => '=',
        LIVE => '*',
        OFFLINE => 'o',
        COMMENTS => '>',
        MORE_ABOVE => '^',
        MORE_BELOW => 'v',
        "·" => '-',
        "…" => '~',
        "◂" => '<',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn ascii_keeps_every_column() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "┌▌山田 é…│x", Style::new());
        to_ascii(&mut buffer);
        let line: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(line, "+>? ?  ?~|x ");
    }
}
