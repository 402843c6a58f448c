//! A line or a text that is being typed, with the keys of a readline: `^a ^e ^b ^f M-b M-f` move,
//! `^h ^d ^w M-d ^u ^k` cut, `^y` puts back what was cut last, `^t` exchanges two letters, `^_`
//! undoes and `M-_` does again.

use std::ops::Range;

use ratatui_textarea::{CursorMove, DataCursor, Input, Key as AreaKey, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use super::key::{Code, Key};

/// How many edits can be undone.
const UNDONE: usize = 200;

/// Text under the cursor. [`area`](TextField::area) is the widget that draws it.
#[derive(Debug, Clone)]
pub struct TextField {
    area: Box<TextArea<'static>>,
    many_lines: bool,
    is_secret: bool,
}

impl TextField {
    /// A field of one line.
    pub fn line(text: &str) -> TextField {
        TextField::with(text, false)
    }

    /// A field of one line that shows nothing of what stands in it but how much.
    pub fn secret() -> TextField {
        TextField {
            is_secret: true,
            ..TextField::line("")
        }
    }

    /// A field of any number of lines.
    pub fn text(text: &str) -> TextField {
        TextField::with(text, true)
    }

    fn with(text: &str, many_lines: bool) -> TextField {
        let mut field = TextField {
            area: Box::default(),
            many_lines,
            is_secret: false,
        };
        field.set(text);
        field
    }

    /// The widget, for drawing.
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// The widget, for drawing that wants its own styles.
    pub fn area_mut(&mut self) -> &mut TextArea<'static> {
        &mut self.area
    }

    pub fn is_secret(&self) -> bool {
        self.is_secret
    }

    pub fn is_multi_line(&self) -> bool {
        self.many_lines
    }

    /// What stands in it.
    pub fn value(&self) -> String {
        self.area.lines().join("\n")
    }

    /// How many bytes of a single line stand before the cursor.
    pub fn cursor_byte(&self) -> usize {
        let DataCursor(_, column) = self.area.cursor();
        let line = self.area.lines().first().map_or("", String::as_str);
        let mut chars = line.char_indices();
        chars.nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// Puts text in the place of the bytes of a single line; the cursor goes behind it.
    pub fn replace(&mut self, at: Range<usize>, with: &str) {
        let line = self.value();
        let before = line.get(..at.start).unwrap_or_default();
        let after = line.get(at.end..).unwrap_or_default();
        let column = before.chars().count() + with.chars().count();
        self.set(&format!("{before}{with}{after}"));
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(0, column));
    }

    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Replaces what stands in it, which no undo brings back; the cursor goes to the end.
    pub fn set(&mut self, text: &str) {
        let cut = self.area.yank_text();
        *self.area = TextArea::default();
        self.area.set_yank_text(cut);
        self.area
            .set_cursor_line_style(ratatui::style::Style::new());
        self.area.set_max_histories(0);
        self.insert(text);
        self.area.set_max_histories(UNDONE);
    }

    /// Inserts text at the cursor, as a paste does. A field of one line takes line breaks as
    /// spaces.
    pub fn insert(&mut self, text: &str) {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n");
        if self.many_lines {
            self.area.insert_str(plain);
        } else {
            self.area
                .insert_str(plain.trim_end_matches('\n').replace('\n', " "));
        }
    }

    /// Gives the field a key; says whether the text changed. Enter is text only where there may
    /// be many lines.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (Code::Enter, _, _) | (Code::Char('m' | 'j'), true, false) if !self.many_lines => false,
            // A line feed, as some terminals send for a line end.
            (Code::Char('j'), true, false) => {
                self.insert("\n");
                true
            }
            (Code::Char('u'), true, false) => self.area.delete_line_by_head(),
            (Code::Char('k'), true, false) => self.area.delete_line_by_end(),
            (Code::Char('w'), true, false) => self.area.delete_word(),
            (Code::Char('t'), true, false) => self.transpose(),
            // What terminals send for ^_ goes by any of these names.
            (Code::Char('_' | '/' | '7'), true, false) => self.area.undo(),
            (Code::Char('_'), false, true) => self.area.redo(),
            (Code::Char('r'), true, false) => false,
            (Code::Left, true, _) => self.moved(CursorMove::WordBack),
            (Code::Right, true, _) => self.moved(CursorMove::WordForward),
            _ => match input_of(key) {
                Some(input) => self.area.input(input),
                None => false,
            },
        }
    }

    /// Exchanges the letters around the cursor, at the end of a line the last two, and goes behind
    /// them.
    fn transpose(&mut self) -> bool {
        let DataCursor(row, column) = self.area.cursor();
        let line = self.area.lines().get(row).cloned().unwrap_or_default();
        let split = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |it| it.0);
        let (before, after) = line.split_at(split);
        let mut left = before.graphemes(true);
        let (first, second) = match (left.next_back(), after.graphemes(true).next()) {
            (Some(first), Some(second)) => (first, second),
            (Some(last), None) => match left.next_back() {
                Some(first) => (first, last),
                None => return false,
            },
            (None, _) => return false,
        };
        let at_end = after.is_empty();
        let back = first.chars().count() + if at_end { second.chars().count() } else { 0 };
        for _ in 0..back {
            self.area.move_cursor(CursorMove::Back);
        }
        let both = first.chars().count() + second.chars().count();
        self.area.delete_str(both);
        self.area.insert_str(format!("{second}{first}"))
    }

    fn moved(&mut self, to: CursorMove) -> bool {
        self.area.move_cursor(to);
        false
    }
}

fn input_of(key: Key) -> Option<Input> {
    let code = match key.code {
        Code::Char(c) => AreaKey::Char(c),
        Code::Enter => AreaKey::Enter,
        Code::Tab | Code::BackTab | Code::Esc | Code::F(_) | Code::Insert => return None,
        Code::Backspace => AreaKey::Backspace,
        Code::Delete => AreaKey::Delete,
        Code::Left => AreaKey::Left,
        Code::Right => AreaKey::Right,
        Code::Up => AreaKey::Up,
        Code::Down => AreaKey::Down,
        Code::Home => AreaKey::Home,
        Code::End => AreaKey::End,
        Code::PageUp => AreaKey::PageUp,
        Code::PageDown => AreaKey::PageDown,
    };
    Some(Input {
        key: code,
        ctrl: key.ctrl,
        alt: key.alt,
        shift: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readline_keys_edit_a_line() {
        let mut field = TextField::line("one two three");
        assert!(field.key(Key::ctrl('w')));
        assert_eq!(field.value(), "one two ");
        field.key(Key::ctrl('a'));
        assert!(field.key(Key::char('x')));
        assert_eq!(field.value(), "xone two ");
        assert!(field.key(Key::ctrl('k')));
        assert_eq!(field.value(), "x");
        assert!(field.key(Key::ctrl('u')));
        assert!(field.is_blank());
        assert!(!field.key(Key::plain(Code::Enter)));
        for end in ['m', 'j'] {
            field.key(Key::ctrl(end));
        }
        assert_eq!(field.area.lines().len(), 1);
    }

    #[test]
    fn words_are_passed_and_cut_and_what_was_cut_comes_back() {
        let alt = |c| Key {
            alt: true,
            ..Key::char(c)
        };
        let mut field = TextField::line("one two three");
        field.key(alt('b'));
        field.key(alt('b'));
        field.key(alt('d'));
        assert_eq!(field.value(), "one  three");
        field.key(Key::ctrl('e'));
        field.key(Key::ctrl('y'));
        assert_eq!(field.value(), "one  threetwo");
        field.key(Key::ctrl('a'));
        field.key(alt('f'));
        field.key(Key::ctrl('k'));
        field.key(Key::ctrl('a'));
        field.key(Key::ctrl('y'));
        assert_eq!(field.value(), "threetwoone  ");
        for chord in ['b', 'f', 'd', 'h'] {
            field.key(Key::ctrl(chord));
        }
        assert!(!field.is_blank());
    }

    #[test]
    fn letters_are_exchanged_and_edits_undone() {
        let mut field = TextField::line("teh e\u{301}n");
        field.key(Key::ctrl('t'));
        assert_eq!(field.value(), "teh ne\u{301}");
        field.key(Key::ctrl('a'));
        assert!(!field.key(Key::ctrl('t')));
        for _ in 0..2 {
            field.key(Key::ctrl('f'));
        }
        assert!(field.key(Key::ctrl('t')));
        field.key(Key::char('!'));
        assert_eq!(field.value(), "the! ne\u{301}");
        field.key(Key::ctrl('7'));
        assert_eq!(field.value(), "the ne\u{301}");
        field.key(Key::ctrl('w'));
        assert_eq!(field.value(), " ne\u{301}");
        field.key(Key::ctrl('_'));
        field.key(Key {
            alt: true,
            ..Key::char('_')
        });
        assert_eq!(field.value(), " ne\u{301}");
        // What was there when the field was filled stays.
        for _ in 0..20 {
            field.key(Key::ctrl('_'));
        }
        assert_eq!(field.value(), "teh e\u{301}n");
        assert!(!field.key(Key::ctrl('r')));
    }

    #[test]
    fn a_line_takes_a_paste_without_its_line_breaks() {
        let mut line = TextField::line("");
        line.insert("a\r\nb\n");
        assert_eq!(line.value(), "a b");
        let mut text = TextField::text("");
        text.insert("a\r\nb\n");
        assert_eq!(text.value(), "a\nb\n");
    }
}
