//! CSV as rows under heads. A row that does not fit its heads costs only itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

use ::csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use encoding_rs::WINDOWS_1252;

/// What may part the cells of a row, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A CSV file that is being read.
pub(super) struct Sheet<'a> {
    reader: Reader<&'a mut dyn BufRead>,
    heads: Heads,
    record: ByteRecord,
}

/// The heads of a sheet, in their order and by their names in lower case.
pub(super) struct Heads {
    pub names: Vec<String>,
    places: HashMap<String, usize>,
}

/// One row: its line in the file (from 1 on), and its cells or why it has none.
pub(super) struct SheetRow<'a> {
    pub line: usize,
    pub cells: Result<Cells<'a>, String>,
}

/// The cells of one row.
pub(super) struct Cells<'a> {
    heads: &'a Heads,
    record: &'a ByteRecord,
}

impl<'a> Sheet<'a> {
    /// Reads the heads; none where the file is empty. Without a delimiter the first line tells it.
    ///
    /// # Errors
    /// Where the input can't be read.
    pub fn open(
        input: &'a mut dyn BufRead,
        delimiter: Option<u8>,
    ) -> io::Result<Option<Sheet<'a>>> {
        let delimiter = match delimiter {
            Some(it) => it,
            None => likely_delimiter(input.fill_buf()?),
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .has_headers(false)
            .from_reader(input);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(as_io)? {
            return Ok(None);
        }
        let heads = Heads::of(&record);
        Ok(Some(Sheet {
            reader,
            heads,
            record,
        }))
    }

    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// The next row that is not empty.
    ///
    /// # Errors
    /// Where the input can't be read.
    pub fn next_row(&mut self) -> io::Result<Option<SheetRow<'_>>> {
        loop {
            if !self
                .reader
                .read_byte_record(&mut self.record)
                .map_err(as_io)?
            {
                return Ok(None);
            }
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                break;
            }
        }
        let line = self.line();
        let (cells, heads) = (self.record.len(), self.heads.names.len());
        let cells = if cells == heads {
            Ok(Cells {
                heads: &self.heads,
                record: &self.record,
            })
        } else {
            Err(format!(
                "it has {cells} cells and there are {heads} columns; is a quote unclosed?"
            ))
        };
        Ok(Some(SheetRow {
            line: usize::try_from(line).unwrap_or(usize::MAX),
            cells,
        }))
    }

    /// Where the row begins: the reader counts from the blank lines before it on.
    fn line(&self) -> u64 {
        let begun = self.record.position().map_or(0, |it| it.line());
        let passed = self.reader.position().line().saturating_sub(begun);
        let inside = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
        begun + passed.saturating_sub(inside.count() as u64 + 1)
    }
}

impl Heads {
    fn of(record: &ByteRecord) -> Heads {
        let names: Vec<String> = record
            .iter()
            .map(|cell| {
                decoded(cell)
                    .trim_start_matches('\u{feff}')
                    .trim()
                    .to_owned()
            })
            .collect();
        let mut places = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(name.to_lowercase()).or_insert(at);
        }
        Heads { names, places }
    }

    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(&name.trim().to_lowercase())
    }
}

impl Cells<'_> {
    /// The text under a head, as it stands; none where it is blank or there is no such head.
    pub fn get(&self, head: &str) -> Option<Cow<'_, str>> {
        let at = *self.heads.places.get(&head.trim().to_lowercase())?;
        let cell = self.record.get(at)?;
        (!cell.trim_ascii().is_empty()).then(|| decoded(cell))
    }

    /// Whether something in it was no UTF-8.
    pub fn is_of_old_encoding(&self) -> bool {
        self.record
            .iter()
            .any(|cell| std::str::from_utf8(cell).is_err())
    }

    /// All that stands in the row, for telling it from others.
    pub fn bytes(&self) -> &[u8] {
        self.record.as_slice()
    }
}

/// What is not UTF-8 was most likely written by an old spreadsheet.
fn decoded(cell: &[u8]) -> Cow<'_, str> {
    // Rows are parted by `\n`, so the last cell of a row may end in what was before it.
    let cell = cell.strip_suffix(b"\r").unwrap_or(cell);
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

/// What occurs most in the first line, outside quotes.
fn likely_delimiter(beginning: &[u8]) -> u8 {
    let line = beginning
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0usize; DELIMITERS.len()];
    for byte in line {
        quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|it| it == byte && !quoted) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let at = counts.iter().position(|count| *count == most).unwrap_or(0);
    DELIMITERS[at]
}

fn as_io(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &[u8]) -> Vec<(usize, Result<String, String>)> {
        let mut input = text;
        let input: &mut dyn BufRead = &mut input;
        let mut found = Vec::new();
        let Some(mut sheet) = Sheet::open(input, None).expect("memory can be read") else {
            return found;
        };
        while let Some(row) = sheet.next_row().expect("memory can be read") {
            let b = row
                .cells
                .map(|it| it.get("B").unwrap_or_default().into_owned());
            found.push((row.line, b));
        }
        found
    }

    #[test]
    fn rows_are_read_under_their_heads_and_a_broken_one_costs_only_itself() {
        for text in [
            "a,b\n1,2\n",
            "\u{feff}a;b\r\n1;2\r\n",
            "a\tB \n1\t2",
            "\"a,,,\";b\n1;2",
        ] {
            assert_eq!(cells(text.as_bytes()), [(2, Ok("2".to_owned()))], "{text}");
        }
        let found = cells(b"a,b\n1\n1,2,3\n,\"x\ny\"\n\n1,caf\xe9\n");
        let told = "it has 1 cells and there are 2 columns; is a quote unclosed?";
        assert_eq!(found[0], (2, Err(told.to_owned())));
        assert_eq!(found[1].0, 3);
        assert_eq!(found[2], (4, Ok("x\ny".to_owned())));
        assert_eq!(found.last(), Some(&(7, Ok("café".to_owned()))));
        assert_eq!(cells(b""), []);
    }
}
