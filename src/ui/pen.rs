//! Writing into the cells: by plain arithmetic, clipped to where it may.
//!
//! Nothing else in `ui` touches a cell, and only two kinds of words come in: literals of the
//! program, and text that [`SafeText`] made safe. The types see to it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::mouse::{Hit, Spots};
use crate::text::markdown::Line;
use crate::text::{self, SafeText, width};

use super::glyphs;
use super::theme::{Role, Theme};

const ELLIPSIS: char = '…';

/// What is drawn on, and with what.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    pub theme: &'a Theme,
    spots: Spots,
}

/// One row of cells, written from left to right. What doesn't fit is cut and the cut shown.
pub struct Row<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    x: u16,
    end: u16,
    y: u16,
}

impl<'a> Pen<'a> {
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Pen<'a> {
        Pen {
            buffer,
            theme,
            spots: Spots::default(),
        }
    }

    /// Notes what stands in an area, for whoever points at it.
    pub fn spot(&mut self, area: Rect, hit: Hit) {
        let area = area.intersection(self.buffer.area);
        let Rect {
            x,
            y,
            width,
            height,
        } = area;
        let area = Area {
            x,
            y,
            width,
            height,
        };
        self.spots.put(area, hit);
    }

    pub fn into_spots(self) -> Spots {
        self.spots
    }

    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The row of `area` that is `line` rows below its top; of no width where there is none.
    pub fn row(&mut self, area: Rect, line: u16) -> Row<'_> {
        let whole = self.buffer.area;
        let y = area.y.saturating_add(line);
        let inside = line < area.height && y < whole.bottom();
        let end = if inside {
            area.right().min(whole.right())
        } else {
            area.x
        };
        Row {
            buffer: self.buffer,
            theme: self.theme,
            x: area.x,
            end,
            y,
        }
    }

    /// Empties an area, for what is drawn over the rest.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
        self.mend_left_edge(area);
    }

    /// A wide character cut in half by an area would push its row to the right.
    fn mend_left_edge(&mut self, area: Rect) {
        let Some(x) = area.left().checked_sub(1) else {
            return;
        };
        for y in area.top()..area.bottom() {
            let cell = &mut self.buffer[(x, y)];
            if width(cell.symbol()) > 1 {
                cell.set_char(' ');
            }
        }
    }

    /// A vertical line at the left of `area`, as high as it.
    pub fn upright(&mut self, area: Rect, role: Role) {
        for line in 0..area.height {
            self.row(area, line).repeat(glyphs::VERTICAL, 1, role);
        }
    }

    /// A box around `area`.
    pub fn frame(&mut self, area: Rect, role: Role) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let bottom = area.height - 1;
        self.edge(area, 0, (glyphs::TOP_LEFT, glyphs::TOP_RIGHT), role);
        self.edge(
            area,
            bottom,
            (glyphs::BOTTOM_LEFT, glyphs::BOTTOM_RIGHT),
            role,
        );
        let left = Rect::new(area.x, area.y + 1, 1, bottom - 1);
        let right = Rect::new(area.right() - 1, area.y + 1, 1, bottom - 1);
        self.upright(left, role);
        self.upright(right, role);
    }

    /// A horizontal line across `area` with the given ends.
    pub fn edge(
        &mut self,
        area: Rect,
        line: u16,
        (left, right): (&'static str, &'static str),
        role: Role,
    ) {
        let mut row = self.row(area, line);
        row.repeat(left, 1, role)
            .repeat(
                glyphs::HORIZONTAL,
                usize::from(area.width.saturating_sub(2)),
                role,
            )
            .repeat(right, 1, role);
    }
}

impl Row<'_> {
    /// How many columns are left.
    pub fn room(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    pub fn theme(&self) -> &Theme {
        self.theme
    }

    /// The program's own words, as they stand in its source.
    pub fn say(&mut self, text: &'static str, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        self.put(text, self.room(), style);
        self
    }

    /// A character of one column, so many times.
    pub fn repeat(&mut self, glyph: &'static str, times: usize, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        let end = self.after(times);
        for x in self.x..end {
            self.buffer[(x, self.y)].set_symbol(glyph).set_style(style);
        }
        self.x = end;
        self
    }

    /// The mark of the row that the keys act on, or its place. Both have one style, so that moving
    /// the mark sends no change of style.
    pub fn cursor(&mut self, here: bool) -> &mut Self {
        self.repeat(if here { glyphs::CURSOR } else { " " }, 1, Role::Cursor)
    }

    /// Words that somebody typed, or with such in them, on one line.
    pub fn user(&mut self, text: &str, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        self.put(SafeText::new(text).as_str(), self.room(), style);
        self
    }

    /// Words that somebody typed, in exactly so many columns.
    pub fn user_column(&mut self, text: &str, columns: usize, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        let next = self.after(columns);
        self.put(
            SafeText::new(text).as_str(),
            columns.min(self.room()),
            style,
        );
        self.x = next;
        self
    }

    /// The program's own words in exactly so many columns.
    pub fn column(&mut self, text: &'static str, columns: usize, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        let next = self.after(columns);
        self.put(text, columns.min(self.room()), style);
        self.x = next;
        self
    }

    /// Words at the right of so many columns.
    pub fn column_right(&mut self, text: &str, columns: usize, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        let text = SafeText::new(text);
        let next = self.after(columns);
        self.x = self.after(columns.saturating_sub(text.width()));
        self.put(text.as_str(), self.room().min(columns), style);
        self.x = next;
        self
    }

    /// One row of a text that was made safe as a whole.
    pub fn wrapped(&mut self, row: &text::Row, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        self.put(row.prefix(), self.room(), style);
        self.put(row.text(), self.room(), style);
        self
    }

    /// One row of a drawn body.
    pub fn drawn(&mut self, line: &Line) -> &mut Self {
        for span in &line.spans {
            let style = self.theme.look(span.look);
            self.put(span.text.as_str(), self.room(), style);
        }
        self
    }

    pub fn skip(&mut self, columns: usize) -> &mut Self {
        self.x = self.after(columns);
        self
    }

    /// Keeps the last `columns` columns free for what is written from the right.
    pub fn keep(&mut self, columns: usize) -> &mut Self {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.end = self.end.saturating_sub(columns).max(self.x);
        self
    }

    fn after(&self, columns: usize) -> u16 {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x.saturating_add(columns).min(self.end)
    }

    fn put(&mut self, text: &str, columns: usize, style: Style) {
        if columns == 0 {
            return;
        }
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            self.put_ascii(text, columns, style);
        } else {
            self.put_clusters(text, columns, style);
        }
    }

    fn put_ascii(&mut self, text: &str, columns: usize, style: Style) {
        let cut = text.len() > columns;
        let kept = if cut { columns - 1 } else { text.len() };
        for byte in text.bytes().take(kept) {
            self.cell(char::from(byte), style);
        }
        if cut {
            self.cell(ELLIPSIS, style);
        }
    }

    fn put_clusters(&mut self, text: &str, columns: usize, style: Style) {
        let start = self.x;
        let limit = self.after(columns);
        // Where the ellipsis would go.
        let mut cut = start;
        for (cluster, columns) in width::clusters(text) {
            let next = self.after(columns);
            if next > limit || usize::from(next - self.x) < columns {
                return self.cut_at(cut, limit, style);
            }
            if columns == 0 {
                continue;
            }
            self.buffer[(self.x, self.y)]
                .set_symbol(cluster)
                .set_style(style);
            for x in self.x + 1..next {
                // The rest of a wide character.
                self.buffer[(x, self.y)].reset();
            }
            self.x = next;
            if next < limit {
                cut = next;
            }
        }
    }

    fn cut_at(&mut self, cut: u16, limit: u16, style: Style) {
        for x in cut..limit {
            self.buffer[(x, self.y)].set_char(' ').set_style(style);
        }
        self.x = cut;
        self.cell(ELLIPSIS, style);
        self.x = limit;
    }

    fn cell(&mut self, symbol: char, style: Style) {
        self.buffer[(self.x, self.y)]
            .set_char(symbol)
            .set_style(style);
        self.x += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{self, Capabilities, ColourDepth};

    use super::super::text_dump;
    use super::*;

    fn theme() -> Theme {
        let can = Capabilities {
            colour: ColourDepth::None,
            unicode: true,
        };
        Theme::new(config::Theme::Auto, can, false)
    }

    /// What a row of ten columns looks like after some writing, a bar at its end.
    fn written(write: impl FnOnce(&mut Row)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 11, 1));
        let theme = theme();
        let mut pen = Pen::new(&mut buffer, &theme);
        pen.row(Rect::new(10, 0, 1, 1), 0).say("|", Role::Text);
        write(&mut pen.row(Rect::new(0, 0, 10, 1), 0));
        text_dump::text(&buffer).trim_end().to_owned()
    }

    #[test]
    fn what_does_not_fit_is_cut_between_clusters_and_the_cut_is_shown() {
        assert_eq!(
            written(|row| {
                row.say("0123456789", Role::Text);
            }),
            "0123456789|"
        );
        assert_eq!(
            written(|row| {
                row.say("0123456789x", Role::Text);
            }),
            "012345678…|"
        );
        assert_eq!(
            written(|row| {
                row.user("台所の水道", Role::Text);
            }),
            "台所の水道|"
        );
        assert_eq!(
            written(|row| {
                row.user("台所の水道が", Role::Text);
            }),
            "台所の水… |"
        );
        assert_eq!(
            written(|row| {
                row.user("a台所の水道", Role::Text);
            }),
            "a台所の水…|"
        );
        assert_eq!(
            written(|row| {
                row.user("👨\u{200d}👩\u{200d}👧 e\u{301}", Role::Text);
            }),
            "👨\u{200d}👩\u{200d}👧 e\u{301}      |"
        );
    }

    #[test]
    fn columns_are_as_wide_as_asked() {
        let columns = |row: &mut Row| {
            row.user_column("台所の水道", 5, Role::Text)
                .column_right("7", 3, Role::Text)
                .say("|", Role::Text);
        };
        assert_eq!(written(columns), "台所…  7| |");
    }

    #[test]
    fn nothing_is_written_beyond_the_row_or_the_screen() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 2));
        let theme = theme();
        let mut pen = Pen::new(&mut buffer, &theme);
        let beyond = Rect::new(2, 1, 9, 9);
        pen.frame(beyond, Role::Text);
        pen.row(beyond, 0).say("long words", Role::Text);
        pen.row(Rect::new(0, 0, 0, 5), 0).say("x", Role::Text);
        pen.row(Rect::new(9, 9, 5, 5), 3).user("x", Role::Text);
        pen.clear(Rect::new(3, 0, 9, 9));
        assert_eq!(text_dump::text(&buffer), "\n  l\n");
    }

    #[test]
    fn clearing_half_of_a_wide_character_clears_it() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        let theme = theme();
        let mut pen = Pen::new(&mut buffer, &theme);
        pen.row(Rect::new(0, 0, 4, 1), 0).user("台所", Role::Text);
        pen.clear(Rect::new(1, 0, 1, 1));
        assert_eq!(buffer[(0, 0)].symbol(), " ");
        assert_eq!(buffer[(2, 0)].symbol(), "所");
    }
}
