//! The content lines of iCalendar (RFC 5545, 3.1): unfolded, and parted into name, parameters and
//! value.

use std::io::{self, BufRead};

use encoding_rs::WINDOWS_1252;

/// One property, as `DUE;VALUE=DATE:20070501`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    /// Where it begins, from 1 on.
    pub line: usize,
    /// In upper case.
    pub name: String,
    params: Vec<(String, String)>,
    /// As it stands, with its escapes.
    pub value: String,
}

impl Property {
    /// A parameter by its name in upper case.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value as text, without escapes.
    pub fn text(&self) -> String {
        unescaped(&self.value)
    }

    /// The texts that commas part.
    pub fn texts(&self) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in self.value.chars() {
            let parts_here = c == ',' && !escaped;
            escaped = c == '\\' && !escaped;
            if parts_here {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(c);
            }
        }
        parts.iter().map(|part| unescaped(part)).collect()
    }
}

/// Reads the lines one after another; a line that is no property comes as its number.
pub(super) fn each_property(
    input: &mut dyn BufRead,
    on_property: &mut dyn FnMut(Result<Property, usize>),
) -> io::Result<()> {
    let mut whole: Vec<u8> = Vec::new();
    let (mut begun, mut number) = (1, 0);
    loop {
        let mut line = Vec::new();
        let ended = input.read_until(b'\n', &mut line)? == 0;
        number += 1;
        let end = line.trim_ascii_end().len();
        // White space before the line's end belongs to the value.
        let kept = line.strip_suffix(b"\n").unwrap_or(&line);
        let kept = kept.strip_suffix(b"\r").unwrap_or(kept);
        match kept.first() {
            Some(b' ' | b'\t') if !ended && !whole.is_empty() => {
                whole.extend(&kept[1..]);
                continue;
            }
            _ => {}
        }
        if !whole.is_empty() {
            on_property(parsed(&whole, begun).ok_or(begun));
        }
        if ended {
            return Ok(());
        }
        whole = if end == 0 { Vec::new() } else { kept.to_vec() };
        begun = number;
    }
}

fn parsed(line: &[u8], number: usize) -> Option<Property> {
    let line = match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252
            .decode_without_bom_handling(line)
            .0
            .into_owned(),
    };
    let line = line.trim_start_matches('\u{feff}');
    let at = outside_quotes(line, ':')?;
    let (head, value) = (line.get(..at)?, line.get(at + 1..)?);
    let mut parts = Vec::new();
    let mut rest = head;
    while let Some(at) = outside_quotes(rest, ';') {
        parts.push(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
    }
    parts.push(rest);
    let (name, params) = parts.split_first()?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    if !is_name(name) {
        return None;
    }
    let param = |text: &&str| {
        let (name, value) = text.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), unquoted(value)))
    };
    Some(Property {
        line: number,
        name: name.to_ascii_uppercase(),
        params: params.iter().filter_map(param).collect(),
        value: value.to_owned(),
    })
}

fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == wanted && !quoted).then_some(at)
    })
}

/// A parameter's value, with the escapes of RFC 6868.
fn unquoted(value: &str) -> String {
    let value = value.trim_matches('"');
    value
        .replace("^n", "\n")
        .replace("^'", "\"")
        .replace("^^", "^")
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(other @ ('\\' | ',' | ';')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(text: &[u8]) -> Vec<Result<Property, usize>> {
        let mut found = Vec::new();
        let mut input = text;
        each_property(&mut input, &mut |it| found.push(it)).expect("memory can be read");
        found
    }

    #[test]
    fn lines_are_unfolded_and_parted() {
        let text = "\u{feff}SUMMARY:caf\r\n \u{e9}\r\n\t\\, bar\\n\\;\\\\\r\n\r\n\
                    attendee;CN=\"Ana: R; x\";X=a^'b:mailto:ana@x.test\r\nnonsense\r\n;x:y\r\n\
                    CATEGORIES:A\\,B,C";
        let found = properties(text.as_bytes());
        let summary = found[0].as_ref().expect("a property");
        assert_eq!(
            (summary.line, summary.text().as_str()),
            (1, "café, bar\n;\\")
        );
        let person = found[1].as_ref().expect("a property");
        assert_eq!((person.line, person.name.as_str()), (5, "ATTENDEE"));
        assert_eq!(person.param("CN"), Some("Ana: R; x"));
        assert_eq!(person.param("X"), Some("a\"b"));
        assert_eq!(person.value, "mailto:ana@x.test");
        assert_eq!((&found[2], &found[3]), (&Err(6), &Err(7)));
        assert_eq!(
            found[4].as_ref().map(Property::texts),
            Ok(vec!["A,B".to_owned(), "C".to_owned()])
        );
        let folded_inside = properties(b"X:\xc3\r\n \xa9 \r\n");
        assert_eq!(
            folded_inside[0].as_ref().map(Property::text),
            Ok("é ".to_owned())
        );
    }
}
