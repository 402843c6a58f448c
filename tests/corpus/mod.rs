//! Awkward strings of our own: what breaks widths, drives terminals, or fools who reads.

/// Every string of the corpus.
pub fn strings() -> Vec<String> {
    include_str!("strings.txt")
        .lines()
        .filter_map(|line| line.strip_prefix('>'))
        .map(unescaped)
        .collect()
}

/// With `\u{1b}` for what is not seen, and `\\` for a backslash.
fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, escaped)) = rest.split_once('\\') {
        text.push_str(before);
        rest = match escaped.strip_prefix("u{").and_then(|it| it.split_once('}')) {
            Some((code, after)) => {
                let code = u32::from_str_radix(code, 16).expect("a hexadecimal code");
                text.push(char::from_u32(code).expect("a character"));
                after
            }
            None => {
                text.push('\\');
                escaped.strip_prefix('\\').expect("a backslash is doubled")
            }
        };
    }
    text + rest
}

/// What in the output is not a sequence that this program sends.
pub fn foreign(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut foreign = Vec::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\x1b' {
            let end = rest
                .get(1..)
                .and_then(|rest| rest.find(|c: char| c.is_ascii_alphabetic()));
            let Some((sequence, after)) = end.and_then(|end| rest.split_at_checked(end + 2)) else {
                foreign.push(rest.escape_debug().to_string());
                break;
            };
            if !is_ours(sequence) {
                foreign.push(sequence.escape_debug().to_string());
            }
            rest = after;
        } else if c.is_control() || turns_text(c) {
            foreign.push(c.escape_unicode().to_string());
        }
    }
    foreign
}

/// The sequences that are our own: final bytes, and the private modes that may be set.
const FINALS: &[u8] = b"HmJKhl";
const MODES: [&str; 9] = [
    "?25", "?1000", "?1002", "?1003", "?1006", "?1015", "?1049", "?2004", "?2026",
];

fn is_ours(sequence: &str) -> bool {
    let Some(body) = sequence.strip_prefix('[') else {
        return false;
    };
    let (parameters, last) = body.split_at(body.len() - 1);
    let last = last.as_bytes()[0];
    let plain = parameters.chars().all(|c| c.is_ascii_digit() || c == ';');
    match last {
        b'h' | b'l' => MODES.contains(&parameters),
        last => FINALS.contains(&last) && plain,
    }
}

/// Bidirectional controls.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}
