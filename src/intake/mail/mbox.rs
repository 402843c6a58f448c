//! Messages out of an mbox, one after another without holding more than one. A line that begins
//! with `From ` parts them only where it reads as a separator and headers follow, for some
//! programs never quoted such lines. What begins otherwise is one single message.

use std::io::{self, BufRead};

/// One message: the line where it begins (from 1 on), and its bytes.
pub(super) struct Raw {
    pub line: usize,
    pub bytes: Vec<u8>,
}

pub(super) fn each_message(
    input: &mut dyn BufRead,
    on_message: &mut dyn FnMut(Raw),
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    let mut message: Option<Raw> = None;
    let mut is_mbox = false;
    let mut after_blank = true;
    while let Some(line) = lines.next_line()? {
        let at = lines.line;
        if message.is_none() && line.trim_ascii().is_empty() {
            continue;
        }
        let may_part = is_mbox || message.is_none();
        if may_part && lines.is_separator(&line, after_blank)? {
            is_mbox = true;
            if let Some(done) = message.take() {
                on_message(done);
            }
            let bytes = Vec::new();
            message = Some(Raw { line: at, bytes });
            after_blank = false;
            continue;
        }
        after_blank = line.trim_ascii().is_empty();
        let bytes = Vec::new();
        let message = message.get_or_insert(Raw { line: at, bytes });
        message
            .bytes
            .extend(if is_mbox { unquoted(&line) } else { &line });
    }
    if let Some(last) = message {
        on_message(last);
    }
    Ok(())
}

/// Lines with their ends, and a look at the one that follows.
struct Lines<'a> {
    input: &'a mut dyn BufRead,
    line: usize,
    ahead: Option<Vec<u8>>,
}

impl Lines<'_> {
    fn new(input: &mut dyn BufRead) -> Lines<'_> {
        Lines {
            input,
            line: 0,
            ahead: None,
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = match self.ahead.take() {
            Some(line) => line,
            None => self.read()?,
        };
        if line.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        if self.line == 1 {
            let bare = line.strip_prefix("\u{feff}".as_bytes());
            return Ok(Some(bare.unwrap_or(&line).to_vec()));
        }
        Ok(Some(line))
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.input.read_until(b'\n', &mut line)?;
        Ok(line)
    }

    fn is_separator(&mut self, line: &[u8], after_blank: bool) -> io::Result<bool> {
        let Some(rest) = line.strip_prefix(b"From ") else {
            return Ok(false);
        };
        let rest = rest.trim_ascii();
        let is_one_word = !rest.iter().any(u8::is_ascii_whitespace);
        let is_bare = is_one_word && (after_blank || rest == b"-" || rest.contains(&b'@'));
        if !is_bare && !has_time(rest) {
            return Ok(false);
        }
        if self.ahead.is_none() {
            self.ahead = Some(self.read()?);
        }
        let next = self.ahead.as_deref().unwrap_or_default();
        Ok(is_header(next) || (after_blank && next.trim_ascii().is_empty()))
    }
}

/// Whether `12:34` stands in it, as in every date of a separator.
fn has_time(rest: &[u8]) -> bool {
    rest.windows(5).any(|it| {
        let digits = [it[0], it[1], it[3], it[4]];
        it[2] == b':' && digits.iter().all(u8::is_ascii_digit)
    })
}

/// `Subject: …`, or another separator that was quoted by mistake.
fn is_header(line: &[u8]) -> bool {
    if line.starts_with(b">From ") {
        return true;
    }
    let name = line
        .iter()
        .position(|byte| *byte == b':')
        .map(|at| &line[..at]);
    name.is_some_and(|name| !name.is_empty() && name.iter().all(u8::is_ascii_graphic))
}

/// `>From ` and `>>From ` stand for the same with one `>` less.
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    match (line.get(quotes..), line.get(1..)) {
        (Some(rest), Some(unquoted)) if quotes > 0 && rest.starts_with(b"From ") => unquoted,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(text: &[u8]) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut input = text;
        each_message(&mut input, &mut |raw| {
            found.push((raw.line, String::from_utf8_lossy(&raw.bytes).into_owned()));
        })
        .expect("memory can be read");
        found
    }

    #[test]
    fn a_line_parts_messages_only_where_it_reads_as_a_separator() {
        let text = "\u{feff}From ana@x.test Thu Jan  1 08:00:00 2026\n\
                    Subject: a\n\nFrom Russia with love\nYear: 1963\n>From here\n>>From there\n\n\
                    From -\r\nSubject: b\r\n\r\nFrom the: start\r\nFrom 17@xxx\r\nSubject: c\r\n\r\nend";
        let found = messages(text.as_bytes());
        let first = "Subject: a\n\nFrom Russia with love\nYear: 1963\nFrom here\n>From there\n\n";
        assert_eq!(found[0], (1, first.to_owned()));
        assert_eq!(
            found[1],
            (9, "Subject: b\r\n\r\nFrom the: start\r\n".to_owned())
        );
        assert_eq!(found[2], (13, "Subject: c\r\n\r\nend".to_owned()));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_begins_otherwise_is_one_message() {
        let text =
            "\n\nSubject: a\n\nFrom ana@x.test Thu Jan  1 08:00:00 2026\nSubject: b\n>From c\n";
        let found = messages(text.as_bytes());
        assert_eq!(found, [(3, text.trim_start().to_owned())]);
        assert_eq!(messages(b"\n \n"), []);
    }

    proptest! {
        #[test]
        fn no_line_is_lost(parts in prop::collection::vec(prop::sample::select(vec![
            "From a@b 12:34\n", "From -\n", "From ", "x: y\n", "\n", ">From x\n", "text", "\r\n", "é\n",
        ]), 0..24)) {
            let text = parts.concat();
            let found = messages(text.as_bytes());
            let kept: usize = found.iter().map(|it| it.1.len()).sum();
            prop_assert!(kept <= text.len());
        }
    }
}
