//! Fewer bytes for a frame: where a few unchanged cells stand between changed ones, writing them
//! again takes less than moving the cursor over them.
//!
//! Over a slow line this is a fifth of a scrolled page. What is written again is what is known to
//! stand there, so that the screen is the same with and without.
//!
//! And a few more where terminals don't agree how wide a cluster is: one that draws a family of
//! four as four people writes over its neighbours, one that draws it narrow leaves what stood
//! there. Either way the cells beside it are made to be what they should.

use std::borrow::Cow;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthChar;

use crate::text::width;

/// A backend that writes short gaps again instead of jumping over them.
#[derive(Debug)]
pub struct Frugal<B> {
    inner: B,
    /// The screen as it was drawn, row by row; none where that is not known.
    shown: Vec<Vec<Option<Cell>>>,
    /// The first column that nothing was drawn in, right of all that was.
    right: u16,
}

impl<B> Frugal<B> {
    pub fn new(inner: B) -> Frugal<B> {
        Frugal {
            inner,
            shown: Vec::new(),
            right: 0,
        }
    }

    fn at(&self, x: u16, y: u16) -> Option<&Cell> {
        let row = self.shown.get(usize::from(y))?;
        row.get(usize::from(x))?.as_ref()
    }

    fn forget(&mut self) {
        self.shown.clear();
        self.right = 0;
    }

    fn note(&mut self, x: u16, y: u16, cell: Option<Cell>) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.shown.len() <= y {
            self.shown.resize_with(y + 1, Vec::new);
        }
        let row = &mut self.shown[y];
        if row.len() <= x {
            row.resize(x + 1, None);
        }
        row[x] = cell;
    }

    /// Draws again what a terminal that takes more columns for these has written over.
    fn mend(&mut self, doubtful: &[(u16, u16, u16)]) -> Result<(), B::Error>
    where
        B: Backend,
    {
        let mut again: Vec<(u16, u16, Cow<Cell>)> = Vec::new();
        for (x, y, columns) in doubtful {
            let mut end = x.saturating_add(*columns);
            let mut x = x.saturating_add(self.at(*x, *y).map_or(1, columns_of));
            while x < end.min(self.right) {
                let cell = self.at(x, *y).cloned().unwrap_or_default();
                let next = x.saturating_add(columns_of(&cell));
                // What is drawn again may reach over its neighbours too.
                end = end.max(x.saturating_add(disputed(&cell).unwrap_or(0)));
                again.push((x, *y, Cow::Owned(cell)));
                x = next;
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        self.send(&again)
    }

    fn send(&mut self, cells: &[(u16, u16, Cow<Cell>)]) -> Result<(), B::Error>
    where
        B: Backend,
    {
        let cells = cells.iter().map(|(x, y, cell)| (*x, *y, cell.as_ref()));
        self.inner.draw(cells)
    }

    /// The cells between two that are drawn, if they can be written and take no more than a jump.
    fn between(&self, left: (u16, u16, &Cell), right: (u16, u16, &Cell)) -> Vec<(u16, u16, Cell)> {
        let ((from, y, before), (to, row, after)) = (left, right);
        let same_row = y == row && is_narrow(before);
        if !same_row || to <= from + 1 || usize::from(to - from - 1) > jump_bytes(to, y) {
            return Vec::new();
        }
        let mut in_new_style = false;
        let mut cells = Vec::new();
        for x in from + 1..to {
            let known = self.at(x, y).filter(|cell| is_narrow(cell));
            let like = |style_of| known.and_then(|cell| in_style_of(cell, style_of));
            let old = if in_new_style { None } else { like(before) };
            in_new_style |= old.is_none();
            match old.or_else(|| like(after)) {
                Some(cell) => cells.push((x, y, cell)),
                None => return Vec::new(),
            }
        }
        cells
    }
}

/// A symbol of one column for sure.
fn is_narrow(cell: &Cell) -> bool {
    matches!(cell.symbol().as_bytes(), [0x20..=0x7e])
}

/// The columns that a terminal may take for a symbol when it goes by single characters; none where
/// all agree.
fn disputed(cell: &Cell) -> Option<u16> {
    let symbol = cell.symbol();
    if is_narrow(cell) || symbol.chars().nth(1).is_none() {
        return None;
    }
    let one_by_one = symbol.chars().map(|c| match c {
        '\u{1f1e6}'..='\u{1f1ff}' => 2,
        c => c.width().unwrap_or(0),
    });
    let one_by_one = one_by_one.sum::<usize>();
    let agreed = one_by_one == width(symbol) && !symbol.contains('\u{fe0f}');
    (!agreed).then_some(u16::try_from(one_by_one).unwrap_or(u16::MAX))
}

/// The cell with the first character of its cluster alone.
fn first_of(cell: &Cell) -> Cow<'_, Cell> {
    let mut first = cell.clone();
    first.set_char(cell.symbol().chars().next().unwrap_or(' '));
    Cow::Owned(first)
}

fn columns_of(cell: &Cell) -> u16 {
    u16::try_from(width(cell.symbol())).unwrap_or(1).max(1)
}

/// How many bytes it takes to put the cursor there.
fn jump_bytes(x: u16, y: u16) -> usize {
    let digits = |number: u16| (number + 1).ilog10() as usize + 1;
    "\x1b[;H".len() + digits(x) + digits(y)
}

/// The cell as it can be written without a change of style: as it is, or a blank that looks the
/// same.
fn in_style_of(cell: &Cell, other: &Cell) -> Option<Cell> {
    if cell.style() == other.style() {
        return Some(cell.clone());
    }
    let marks = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    let unmarked = !(cell.modifier | other.modifier).intersects(marks);
    let blank = cell.symbol() == " " && cell.bg == other.bg && unmarked;
    blank.then(|| {
        let mut blank = other.clone();
        blank.set_symbol(" ");
        blank
    })
}

impl<B: Backend> Backend for Frugal<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), B::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let content: Vec<(u16, u16, &'a Cell)> = content.collect();
        let ends = content
            .iter()
            .map(|(x, _, cell)| x.saturating_add(columns_of(cell)));
        self.right = ends.max().unwrap_or(0).max(self.right);
        let mut drawn: Vec<(u16, u16, Cow<'a, Cell>)> = Vec::new();
        let mut doubtful: Vec<(u16, u16, u16)> = Vec::new();
        let mut last: Option<(u16, u16, &'a Cell)> = None;
        // Terminals don't agree on how wide every character is; a jump sets that right again.
        let mut certain = true;
        // The place that the last cluster reaches to.
        let mut reach = (0, 0);
        for cell in content {
            // Some clusters come with blanks for what they cover, which would push the rest aside
            // where they do cover it; they are blanked before they are drawn.
            if cell.1 == reach.1 && cell.0 < reach.0 {
                continue;
            }
            reach = (cell.0.saturating_add(columns_of(cell.2)), cell.1);
            let adjacent = last.is_some_and(|it| it.1 == cell.1 && it.0 + 1 == cell.0);
            if let Some(last) = last.filter(|_| certain && !adjacent) {
                let again = self.between(last, cell);
                drawn.extend(
                    again
                        .into_iter()
                        .map(|(x, y, cell)| (x, y, Cow::Owned(cell))),
                );
            }
            certain = (certain || !adjacent) && is_narrow(cell.2);
            let mut plain = false;
            if let Some(columns) = disputed(cell.2) {
                doubtful.push((cell.0, cell.1, columns));
                // Over the edge of the screen it would go on in the next row, or scroll.
                plain = cell.0.saturating_add(columns) > self.right;
                for x in cell.0 + 1..cell.0.saturating_add(columns_of(cell.2)) {
                    drawn.push((x, cell.1, Cow::Owned(Cell::default())));
                }
            }
            drawn.push((
                cell.0,
                cell.1,
                if plain {
                    first_of(cell.2)
                } else {
                    Cow::Borrowed(cell.2)
                },
            ));
            last = Some(cell);
        }
        let result = self.send(&drawn);
        for (x, y, cell) in drawn {
            if columns_of(&cell) > 1 {
                // It reaches over the next one.
                self.note(x.saturating_add(1), y, None);
            }
            self.note(x, y, Some(cell.into_owned()));
        }
        let result = result.and_then(|()| self.mend(&doubtful));
        if result.is_err() {
            self.forget();
        }
        result
    }

    fn hide_cursor(&mut self) -> Result<(), B::Error> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), B::Error> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, B::Error> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), B::Error> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), B::Error> {
        self.forget();
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), B::Error> {
        self.forget();
        self.inner.clear_region(clear_type)
    }

    fn append_lines(&mut self, lines: u16) -> Result<(), B::Error> {
        self.forget();
        self.inner.append_lines(lines)
    }

    fn size(&self) -> Result<Size, B::Error> {
        self.inner.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, B::Error> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> Result<(), B::Error> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use ratatui::backend::CrosstermBackend;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    use super::*;

    const AREA: Rect = Rect {
        x: 0,
        y: 0,
        width: 40,
        height: 2,
    };

    fn frames() -> Vec<Buffer> {
        let red = Style::new().fg(Color::Red).bold();
        let turned = Style::new().reversed();
        let lines = [
            ("0041 SEV_2  Wi-Fi is down everywhere", red, 0),
            ("0042 SEV_3  Wi-Fu is down somewhere", red, 0),
            ("0142 SEV_3  台所 is a kitchen x", turned, 3),
            ("0143 SEV_4  台帳 as a kitchen y", red, 7),
            ("0143 SEV_4  ab c  as a kitchen    y", turned, 1),
        ];
        let frame = |(text, style, at): (&str, Style, u16)| {
            let mut buffer = Buffer::empty(AREA);
            buffer.set_string(0, 0, text, Style::reset());
            buffer.set_string(at, 1, text, style);
            buffer.set_style(Rect::new(5, 0, 5, 1), style);
            buffer
        };
        lines.map(frame).into()
    }

    /// Draws every frame after the other.
    fn draw_all(backend: &mut impl Backend) {
        let mut before = Buffer::empty(AREA);
        for frame in frames() {
            let changed = before.diff(&frame);
            let drawn = backend.draw(changed.into_iter());
            assert!(drawn.is_ok());
            before = frame;
        }
    }

    /// What a terminal shows after these bytes.
    fn shown(bytes: &[u8]) -> String {
        let size = |cells| NonZeroU16::new(cells).expect("a screen has cells");
        let mut terminal = vt100::Parser::new(size(AREA.height), size(AREA.width), 0);
        terminal.process(bytes);
        terminal.screen().contents_formatted()
    }

    #[test]
    fn a_screen_is_the_same_for_fewer_bytes() {
        let (mut plain, mut frugal) = (Vec::new(), Vec::new());
        draw_all(&mut CrosstermBackend::new(&mut plain));
        draw_all(&mut Frugal::new(CrosstermBackend::new(&mut frugal)));
        assert_eq!(shown(&frugal), shown(&plain));
        assert!(
            frugal.len() < plain.len(),
            "{} of {}",
            frugal.len(),
            plain.len()
        );
    }
}
