//! Text into tokens. Every text has some: what is no operator and no field is a word.

use std::ops::Range;

use super::field::Field;
use super::notice::Notice;

/// How deep brackets may nest; deeper ones are text.
const DEEPEST: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    /// The bytes it was read from.
    pub at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Open,
    Close,
    Or,
    And,
    Not,
    /// A known field, and what stands after its colon.
    Field(Field, String),
    Word(String),
    Phrase(String),
}

/// The tokens of a text, and what there is to say about quotes.
pub fn tokens(text: &str) -> (Vec<Token>, Vec<Notice>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        depth: 0,
        tokens: Vec::new(),
        notices: Vec::new(),
    };
    while lexer.skip_blank() {
        lexer.token();
    }
    (lexer.tokens, lexer.notices)
}

/// Whether a text is read as one word that means itself.
pub fn is_plain_word(text: &str) -> bool {
    let odd = |c: char| is_blank(c) || matches!(c, '"' | '(' | ')' | '\\');
    !text.is_empty()
        && !text.contains(odd)
        && !text.starts_with('-')
        && keyword(text).is_none()
        && field_of(text).is_none()
}

/// Whether a text can stand after a colon as it is.
pub fn is_plain_value(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| is_blank(c) || matches!(c, '"' | '(' | ')'))
}

/// The text between quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    tokens: Vec<Token>,
    notices: Vec<Notice>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes to the next token; says whether there is one.
    fn skip_blank(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
        self.at < self.text.len()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let from = self.at;
        self.at += length;
        let at = from..self.at;
        self.tokens.push(Token { kind, at });
    }

    fn token(&mut self) {
        let mut chars = self.rest().chars();
        let first = chars.next();
        let second = chars.next();
        match first {
            Some('(') if self.depth < DEEPEST => {
                self.depth += 1;
                self.push(Kind::Open, 1);
            }
            Some(')') if self.depth > 0 => {
                self.depth -= 1;
                self.push(Kind::Close, 1);
            }
            Some('"') => self.phrase(),
            Some('-') if second.is_some_and(|c| !is_blank(c) && !matches!(c, '-' | ')')) => {
                self.push(Kind::Not, 1);
            }
            _ => self.word(),
        }
    }

    fn phrase(&mut self) {
        match unquoted(self.rest()) {
            Some((inside, length)) if inside.trim().is_empty() => {
                let at = self.at..self.at + length;
                let said = "nothing stands between these quotes";
                self.notices.push(Notice::new(at, said));
                self.at += length;
            }
            Some((inside, length)) => self.push(Kind::Phrase(inside.trim().to_owned()), length),
            None => {
                let said = "this quote is never closed; its words are searched one by one";
                self.notices.push(Notice::new(self.at..self.at + 1, said));
                self.at += 1;
            }
        }
    }

    fn word(&mut self) {
        let length = self.word_length();
        let word = &self.rest()[..length];
        if let Some(keyword) = keyword(word) {
            return self.push(keyword, length);
        }
        let Some((field, value)) = field_of(word) else {
            let word = word.to_owned();
            return self.push(Kind::Word(word), length);
        };
        if !self.rest()[value..].starts_with('"') {
            let value = word[value..].to_owned();
            return self.push(Kind::Field(field, value), length);
        }
        match unquoted(&self.rest()[value..]) {
            Some((inside, length)) => {
                let inside = inside.trim().to_owned();
                self.push(Kind::Field(field, inside), value + length);
            }
            None => {
                let quote = self.at + value;
                let said = "this quote is never closed";
                self.notices.push(Notice::new(quote..quote + 1, said));
                let inside = self.rest()[value + 1..].trim().to_owned();
                self.push(Kind::Field(field, inside), self.rest().len());
            }
        }
    }

    /// How many bytes belong to the word that begins here. A bracket that the word itself opened
    /// belongs to it.
    fn word_length(&self) -> usize {
        let mut inside = 0_usize;
        for (at, c) in self.rest().char_indices() {
            match c {
                c if is_blank(c) => return at,
                '(' => inside += 1,
                ')' if inside > 0 => inside -= 1,
                ')' if self.depth > 0 && at > 0 => return at,
                _ => {}
            }
        }
        self.rest().len()
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn keyword(word: &str) -> Option<Kind> {
    match word.to_ascii_lowercase().as_str() {
        "or" => Some(Kind::Or),
        "and" => Some(Kind::And),
        "not" => Some(Kind::Not),
        _ => None,
    }
}

/// The known field that a word begins with, and where its value begins.
fn field_of(word: &str) -> Option<(Field, usize)> {
    let (name, _) = word.split_once(':')?;
    Some((Field::of(name)?, name.len() + 1))
}

/// What stands between the quote that the text begins with and the next, and how many bytes that
/// takes, quotes included.
fn unquoted(text: &str) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((inside, at + 1)),
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => inside.push(escaped),
                None => inside.push(c),
            },
            _ => inside.push(c),
        }
    }
    None
}
