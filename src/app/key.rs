//! Keys: as the terminal gives them, as people write them (`G`, `^d`, `C-d`, `Enter`, `gg`).

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key. Shift is part of the character (`G`), so it is never said beside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    /// Shift and Tab.
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// What was meant to be a key and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key; write it like x, G, gg, ctrl-d, Enter or F5")]
pub struct NotAKey(pub String);

/// The named keys: what is written, and what else is understood.
const NAMES: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Return", Code::Enter),
    ("Esc", Code::Esc),
    ("Escape", Code::Esc),
    ("Tab", Code::Tab),
    ("S-Tab", Code::BackTab),
    ("shift-Tab", Code::BackTab),
    ("BackTab", Code::BackTab),
    ("Space", Code::Char(' ')),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Del", Code::Delete),
    ("Insert", Code::Insert),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PageUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("PageDown", Code::PageDown),
];

impl Key {
    pub const fn plain(code: Code) -> Key {
        Key {
            code,
            ctrl: false,
            alt: false,
        }
    }

    pub const fn char(c: char) -> Key {
        Key::plain(Code::Char(c))
    }

    pub const fn ctrl(c: char) -> Key {
        Key {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
        }
    }

    /// The key of a terminal event; none for what is no key of ours (a lone modifier).
    pub fn of_event(event: KeyEvent) -> Option<Key> {
        let code = match event.code {
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::F(n) => Code::F(n),
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
            KeyCode::Tab => Code::Tab,
            KeyCode::BackTab => Code::BackTab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Delete => Code::Delete,
            KeyCode::Insert => Code::Insert,
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => return None,
        };
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match code {
            // Some terminals send the capital with Control.
            Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
            other => other,
        };
        Some(Key {
            code,
            ctrl,
            alt: event.modifiers.contains(KeyModifiers::ALT),
        })
    }

    /// The character that the key types, if it types one.
    pub fn printable(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("^")?;
        }
        if self.alt {
            f.write_str("M-")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            code => match NAMES.iter().find(|(_, named)| *named == code) {
                Some((name, _)) => f.write_str(name),
                None => Ok(()),
            },
        }
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Key, NotAKey> {
        read_key(text)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(key, _)| key)
            .ok_or_else(|| NotAKey(text.to_owned()))
    }
}

/// Reads a sequence such as `gg`, `g/`, `ctrl-d`, `a Space`.
pub fn read_sequence(text: &str) -> Result<Vec<Key>, NotAKey> {
    let mut keys = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = read_key(rest).ok_or_else(|| NotAKey(text.to_owned()))?;
        keys.push(key);
        rest = after.trim_start();
    }
    if keys.is_empty() {
        return Err(NotAKey(text.to_owned()));
    }
    Ok(keys)
}

/// A sequence in the way that [`read_sequence`] reads.
pub fn write_sequence(keys: &[Key]) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for key in keys {
        let word = key.to_string();
        let is_word = word.chars().count() > 1 && !word.starts_with('^');
        if !text.is_empty() && (is_word || after_word) {
            text.push(' ');
        }
        text.push_str(&word);
        after_word = is_word;
    }
    text
}

/// The first key of the text, and what is left.
fn read_key(text: &str) -> Option<(Key, &str)> {
    // As most of them are.
    if let &[only] = text.as_bytes()
        && only.is_ascii_graphic()
    {
        return Some((Key::char(only.into()), ""));
    }
    if let Some((key, rest)) = read_chord(text) {
        return Some((key, rest));
    }
    let named = NAMES
        .iter()
        .filter(|(name, _)| starts_with_word(text, name))
        .max_by_key(|(name, _)| name.len());
    if let Some((name, code)) = named {
        return Some((Key::plain(*code), &text[name.len()..]));
    }
    if let Some((n, rest)) = function_key(text) {
        return Some((Key::plain(Code::F(n)), rest));
    }
    let mut chars = text.chars();
    let first = chars.next().filter(|c| !c.is_whitespace())?;
    Some((Key::char(first), chars.as_str()))
}

/// `^d`, `C-d`, `ctrl-d`, `Ctrl+d`, `M-x`, `alt-x`.
fn read_chord(text: &str) -> Option<(Key, &str)> {
    const CTRL: &[&str] = &["ctrl-", "ctrl+", "c-", "^"];
    const ALT: &[&str] = &["alt-", "alt+", "m-"];
    let (rest, ctrl) = match CTRL.iter().find_map(|p| strip(text, p)) {
        Some(rest) => (rest, true),
        None => (ALT.iter().find_map(|p| strip(text, p))?, false),
    };
    // `^` alone is a key of its own.
    let (inner, after) = read_key(rest)?;
    let code = match inner.code {
        Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        code => code,
    };
    let key = Key {
        code,
        ctrl: inner.ctrl || ctrl,
        alt: inner.alt || !ctrl,
    };
    Some((key, after))
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// Whether the text begins with this name, as a word of its own.
fn starts_with_word(text: &str, name: &str) -> bool {
    strip(text, name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn function_key(text: &str) -> Option<(u8, &str)> {
    let digits = text.strip_prefix('F')?;
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let n = digits[..end]
        .parse()
        .ok()
        .filter(|n| (1..=12).contains(n))?;
    Some((n, &digits[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_written() {
        for text in [
            "x", "G", "gg", "g/", "^d", "Enter", "S-Tab", "F5", "M-x", "+", "a Space", "^",
        ] {
            let keys = read_sequence(text).expect(text);
            assert_eq!(write_sequence(&keys), text);
        }
        for text in ["^d", "C-d", "Ctrl+d", "ctrl-D"] {
            assert_eq!(text.parse(), Ok(Key::ctrl('d')), "{text}");
        }
        assert_ne!("G".parse::<Key>(), "g".parse());
        assert!("".parse::<Key>().is_err());
        assert!("gg".parse::<Key>().is_err());
    }

    #[test]
    fn shift_is_part_of_the_character() {
        let event = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Key::of_event(event), Some(Key::char('G')));
        let tab = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(Key::of_event(tab), Some(Key::plain(Code::BackTab)));
    }
}
