//! Atlassian's document format as plain text: what Jira Cloud writes where its server writes wiki
//! markup.

use serde_json::Value;

/// The text of a document, its blocks on lines of their own.
pub(super) fn plain(document: &Value) -> String {
    let mut out = String::new();
    write_node(document, &mut out);
    out.trim().to_owned()
}

fn write_node(node: &Value, out: &mut String) {
    match node["type"].as_str().unwrap_or_default() {
        "text" => write_text(node, out),
        "hardBreak" => out.push('\n'),
        "mention" | "status" => out.push_str(attr(node, "text")),
        "emoji" => {
            let text = attr(node, "text");
            out.push_str(if text.is_empty() {
                attr(node, "shortName")
            } else {
                text
            });
        }
        "date" => write_date(node, out),
        "inlineCard" | "blockCard" | "embedCard" => out.push_str(attr(node, "url")),
        "media" | "mediaInline" => {
            let alt = attr(node, "alt");
            let name = if alt.is_empty() {
                attr(node, "id")
            } else {
                alt
            };
            out.push_str(&format!("[file: {name}]"));
        }
        "rule" => block(out, |out| out.push_str("---")),
        "bulletList" | "decisionList" => write_list(node, out, |_, _| "- ".to_owned()),
        "orderedList" => write_list(node, out, |place, _| format!("{}. ", place + 1)),
        "taskList" => write_list(node, out, |_, item| {
            let done = attr(item, "state") == "DONE";
            if done { "[x] " } else { "[ ] " }.to_owned()
        }),
        "tableRow" => block(out, |out| {
            let cells = children(node).map(|cell| plain(cell).replace('\n', " "));
            out.push_str(&cells.collect::<Vec<_>>().join(" | "));
        }),
        "heading" | "paragraph" | "codeBlock" => {
            block(out, |out| write_children(node, out));
        }
        "blockquote" => block(out, |out| {
            let mut inside = String::new();
            write_children(node, &mut inside);
            let lines = inside.trim().lines().map(|line| format!("> {line}"));
            out.push_str(&lines.collect::<Vec<_>>().join("\n"));
        }),
        "expand" | "nestedExpand" => {
            block(out, |out| out.push_str(attr(node, "title")));
            write_children(node, out);
        }
        // Panels, tables, layouts and whatever comes later: what is in them counts.
        _ => write_children(node, out),
    }
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["content"].as_array().into_iter().flatten()
}

fn attr<'a>(node: &'a Value, name: &str) -> &'a str {
    node["attrs"][name].as_str().unwrap_or_default()
}

fn write_children(node: &Value, out: &mut String) {
    for child in children(node) {
        write_node(child, out);
    }
}

/// Writes on a line of its own.
fn block(out: &mut String, write: impl FnOnce(&mut String)) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    write(out);
    out.push('\n');
}

fn write_text(node: &Value, out: &mut String) {
    let text = node["text"].as_str().unwrap_or_default();
    out.push_str(text);
    let marks = node["marks"].as_array().into_iter().flatten();
    let link = marks
        .filter(|mark| mark["type"] == "link")
        .find_map(|mark| mark["attrs"]["href"].as_str());
    if let Some(href) = link.filter(|href| *href != text) {
        out.push_str(&format!(" ({href})"));
    }
}

/// Dates stand as milliseconds in a string.
fn write_date(node: &Value, out: &mut String) {
    let text = attr(node, "timestamp");
    let moment = text
        .parse()
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    match moment {
        Some(at) => out.push_str(&at.strftime("%Y-%m-%d").to_string()),
        None => out.push_str(text),
    }
}

fn write_list(list: &Value, out: &mut String, mark: impl Fn(usize, &Value) -> String) {
    for (place, item) in children(list).enumerate() {
        let mut inside = String::new();
        write_children(item, &mut inside);
        let text = inside.trim().replace('\n', "\n  ");
        block(out, |out| {
            out.push_str(&mark(place, item));
            out.push_str(&text);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(text: &str) -> Value {
        json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
    }

    #[test]
    fn a_document_reads_as_lines_of_text() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
            {"type": "orderedList", "content": [
                {"type": "listItem", "content": [words("open"), {"type": "bulletList", "content": [
                    {"type": "listItem", "content": [words("inner")]}]}]},
                {"type": "listItem", "content": [words("close")]}]},
            {"type": "paragraph", "content": [
                {"type": "mention", "attrs": {"id": "1", "text": "@Ana"}},
                {"type": "text", "text": " see "},
                {"type": "text", "text": "here", "marks": [
                    {"type": "link", "attrs": {"href": "https://example.org"}}]},
                {"type": "hardBreak"},
                {"type": "emoji", "attrs": {"shortName": ":tada:", "text": "🎉"}},
                {"type": "date", "attrs": {"timestamp": "1767225600000"}}]},
            {"type": "panel", "content": [words("inside")]},
            {"type": "blockquote", "content": [words("said")]},
            {"type": "taskList", "content": [
                {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "did"}]}]},
            {"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableCell", "content": [words("a")]},
                {"type": "tableCell", "content": [words("b")]}]}]},
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "9", "alt": "shot.png"}}]},
        ]});
        let expected = "Steps\n1. open\n  - inner\n2. close\n@Ana see here (https://example.org)\n\
                        🎉2026-01-01\ninside\n> said\n[x] did\na | b\n[file: shot.png]";
        assert_eq!(plain(&document), expected);
    }
}
