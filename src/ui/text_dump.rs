//! What was drawn, as text and as a list of styles, for tests and bug reports.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::text::width;

/// The cells as lines of text, without the blanks at their ends.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let line: String = cells(row).map(Cell::symbol).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// What is not in the terminal's own style: a line of text, a line of runs such as
/// `"ana" bold cyan`.
pub fn styles(buffer: &Buffer) -> String {
    let mut out = String::new();
    for (number, row) in rows(buffer).enumerate() {
        let mut runs: Vec<(String, String)> = Vec::new();
        for cell in cells(row) {
            let style = style_words(cell);
            match runs.last_mut() {
                Some((last, text)) if *last == style => text.push_str(cell.symbol()),
                _ => runs.push((style, cell.symbol().to_owned())),
            }
        }
        for (style, text) in runs {
            if !style.is_empty() && !text.trim().is_empty() {
                out.push_str(&format!("{number:>3} {:?} {style}\n", text.trim_end()));
            }
        }
    }
    out
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width).max(1))
}

/// The cells that are shown; those that a wide one covers are not.
fn cells(row: &[Cell]) -> impl Iterator<Item = &Cell> {
    let mut covered = 0;
    row.iter().filter(move |cell| {
        if covered > 0 {
            covered -= 1;
            return false;
        }
        covered = width(cell.symbol()).saturating_sub(1);
        true
    })
}

fn style_words(cell: &Cell) -> String {
    let mut words = Vec::new();
    let modifiers = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::CROSSED_OUT, "struck"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ];
    for (modifier, word) in modifiers {
        if cell.modifier.contains(modifier) {
            words.push(word.to_owned());
        }
    }
    if cell.fg != Color::Reset {
        words.push(cell.fg.to_string().to_lowercase());
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg.to_string().to_lowercase()));
    }
    words.join(" ")
}
