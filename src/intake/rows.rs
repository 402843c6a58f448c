//! JSON exports as rows: JSON Lines, an array, or an object that holds one array or several. Each
//! row is parsed by itself, so that a broken one costs only itself.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One row: its line in the file (from 1 on), and the object or why it is none.
pub(super) struct Row {
    pub line: usize,
    /// The list that it stood in, where an object held it.
    pub list: Option<&'static str>,
    pub object: Result<Map<String, Value>, String>,
}

/// Names of lists of rows.
pub(super) type Lists = &'static [&'static str];

/// Reads the rows of the input one after another, JSON Lines without holding more than a line.
/// `lists` names the attributes that hold the rows where an object wraps them.
///
/// # Errors
/// Where the input can't be read.
pub(super) fn read(
    input: &mut dyn BufRead,
    lists: Lists,
    on_row: &mut dyn FnMut(Row),
) -> io::Result<()> {
    let mut first = Vec::new();
    let mut line = 0;
    while is_blank(&first) {
        first.clear();
        line += 1;
        if input.read_until(b'\n', &mut first)? == 0 {
            return Ok(());
        }
    }
    if let Some(rest) = first.strip_prefix("\u{feff}".as_bytes()) {
        first = rest.to_vec();
    }
    if serde_json::from_slice::<&RawValue>(&first).is_ok() {
        return lines(input, (line, first), lists, on_row);
    }
    let mut whole = first;
    input.read_to_end(&mut whole)?;
    let error = match std::str::from_utf8(&whole) {
        Ok(text) if document(text, line, lists, on_row) => return Ok(()),
        Ok(text) => row(line, None, text).object.err(),
        Err(err) => Some(not_utf8(err)),
    };
    if !whole.starts_with(b"[") && whole.split(|byte| *byte == b'\n').any(is_object) {
        // Neither one document nor a good first line: lines, of which the first is broken.
        let mut rest = whole.as_slice();
        let mut first = Vec::new();
        rest.read_until(b'\n', &mut first)?;
        return lines(&mut rest, (line, first), lists, on_row);
    }
    let no_rows = || format!("no rows, and no list `{}` of them", lists.join("`, `"));
    let object = Err(error.unwrap_or_else(no_rows));
    on_row(Row::bare(line, object));
    Ok(())
}

fn is_object(line: &[u8]) -> bool {
    serde_json::from_slice::<Outer<'_>>(line).is_ok()
}

fn not_utf8(err: std::str::Utf8Error) -> String {
    format!("not UTF-8 from byte {} on", err.valid_up_to())
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn lines(
    input: &mut dyn BufRead,
    (mut line, mut bytes): (usize, Vec<u8>),
    names: Lists,
    on_row: &mut dyn FnMut(Row),
) -> io::Result<()> {
    loop {
        if !is_blank(&bytes) {
            one_line(line, &bytes, names, on_row);
        }
        bytes.clear();
        line += 1;
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
    }
}

/// A line is a row, or a whole page of them.
fn one_line(line: usize, bytes: &[u8], lists: Lists, on_row: &mut dyn FnMut(Row)) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_end(),
        Err(err) => return on_row(Row::bare(line, Err(not_utf8(err)))),
    };
    match parsed(text) {
        Ok(Value::Array(rows)) => {
            for row in rows {
                on_row(Row::bare(line, as_object(row)));
            }
        }
        Ok(Value::Object(mut outer))
            if lists
                .iter()
                .any(|it| outer.get(*it).is_some_and(Value::is_array)) =>
        {
            for list in lists {
                let Some(Value::Array(rows)) = outer.get_mut(*list).map(Value::take) else {
                    continue;
                };
                for row in rows {
                    let list = Some(*list);
                    let object = as_object(row);
                    on_row(Row { line, list, object });
                }
            }
        }
        found => on_row(Row::bare(line, found.and_then(as_object))),
    }
}

/// The rows of one JSON document; `false`, with nothing done, where it is none.
fn document(text: &str, line: usize, lists: Lists, on_row: &mut dyn FnMut(Row)) -> bool {
    let Some(rows) = rows_of(text, lists) else {
        return false;
    };
    let start = text.as_ptr() as usize;
    let (mut line, mut counted) = (line, 0);
    for (list, raw) in rows {
        let at = raw.get().as_ptr() as usize - start;
        line += text[counted..at].matches('\n').count();
        counted = at;
        on_row(row(line, list, raw.get()));
    }
    true
}

/// The rows, as they follow each other in the text, each with the list that it stands in.
fn rows_of<'a>(text: &'a str, lists: Lists) -> Option<Vec<(Option<&'static str>, &'a RawValue)>> {
    if text.trim_start().starts_with('[') {
        let rows: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        return Some(rows.into_iter().map(|raw| (None, raw)).collect());
    }
    let outer: Outer<'a> = serde_json::from_str(text).ok()?;
    let mut rows = Vec::new();
    for list in lists {
        let Some(held) = outer.0.get(*list) else {
            continue;
        };
        let held: Vec<&RawValue> = serde_json::from_str(held.get()).ok()?;
        rows.extend(held.into_iter().map(|raw| (Some(*list), raw)));
    }
    if !lists.iter().any(|it| outer.0.contains_key(*it)) {
        return Some(vec![(None, serde_json::from_str(text).ok()?)]);
    }
    rows.sort_by_key(|(_, raw)| raw.get().as_ptr() as usize);
    Some(rows)
}

/// An object's attributes, unread.
#[derive(Deserialize)]
struct Outer<'a>(#[serde(borrow)] std::collections::HashMap<String, &'a RawValue>);

impl Row {
    fn bare(line: usize, object: Result<Map<String, Value>, String>) -> Row {
        let list = None;
        Row { line, list, object }
    }
}

fn row(line: usize, list: Option<&'static str>, text: &str) -> Row {
    let object = parsed(text).and_then(as_object);
    Row { line, list, object }
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|err| format!("bad JSON: {}", reason(&err)))
}

fn as_object(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err("not an object".to_owned()),
    }
}

/// What the parser says, without its own count of lines.
fn reason(err: &serde_json::Error) -> String {
    let text = err.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("{what} at column {}", err.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as its line and the value of `k`, or why it is none.
    fn rows(text: &[u8]) -> Vec<(usize, Result<String, String>)> {
        let mut found = Vec::new();
        let mut input = text;
        read(&mut input, &["issues", "more"], &mut |row| {
            let k = row.object.map(|object| object["k"].to_string());
            found.push((row.line, k));
        })
        .expect("memory can be read");
        found
    }

    fn good(all: &[(usize, &str)]) -> Vec<(usize, Result<String, String>)> {
        all.iter()
            .map(|(line, k)| (*line, Ok((*k).to_owned())))
            .collect()
    }

    #[test]
    fn lines_an_array_and_a_page_are_told_apart() {
        let expected = good(&[(1, "1"), (3, "2")]);
        assert_eq!(rows(b"{\"k\":1}\n\n{\"k\":2}"), expected);
        assert_eq!(rows(b"[{\"k\":1},\n\n {\"k\":2}]"), expected);
        let page = b"{\"total\":2,\"issues\":[{\"k\":1},\n\n {\n\"k\":2}]}";
        assert_eq!(rows(page), expected);
        assert_eq!(rows(b"\xef\xbb\xbf[{\"k\":1},\n\n {\"k\":2}]"), expected);
        let two = b"{\"more\":[{\"k\":1}],\n\n\"issues\":[{\"k\":2}]}";
        assert_eq!(rows(two), expected);
        let page_per_line = b"{\"issues\":[{\"k\":1}]}\r\n\r\n{\"issues\":[{\"k\":2}]}\r\n";
        assert_eq!(rows(page_per_line), expected);
        assert_eq!(rows(b"{\n\"k\":1}"), good(&[(1, "1")]));
        assert_eq!(rows(b"\n \n"), vec![]);
    }

    #[test]
    fn a_broken_row_costs_only_itself() {
        for broken in [&b"{\"k\": "[..], b"nonsense", b"7", b"{\"k\":\"\xff\"}"] {
            let first = [broken, b"\n{\"k\":2}\n"].concat();
            let found = rows(&first);
            assert_eq!(found.len(), 2, "{found:?}");
            assert!(found[0].1.is_err());
            assert_eq!(found[1], (2, Ok("2".to_owned())));
        }
        let found = rows(b"[{\"k\":1},\n7]");
        assert_eq!(found[1], (2, Err("not an object".to_owned())));
        for torn in ["[{\"k\":1},\n{\"k\":", "{\n\"issues\": [\n{\"k\":"] {
            let found = rows(torn.as_bytes());
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].1.is_err());
        }
    }
}
