//! What to say of the parts of a settings file that are not TOML.

use std::collections::BTreeMap;

use super::error::Problem;

/// The problems of the parts that are TOML, beside those of the parts that are not. What follows
/// a broken `[section]` line is in no section that could be judged, so it waits for the next look.
pub(super) fn beside(
    broken: &[toml::de::Error],
    problems: Vec<Problem>,
    text: &str,
) -> Vec<Problem> {
    let mut all: BTreeMap<usize, Problem> = BTreeMap::new();
    let mut judged_to = usize::MAX;
    for error in broken {
        let at = error.span().map_or(text.len(), |span| span.start);
        let line = line_of(text.as_bytes(), at);
        let written = text.lines().nth(line - 1).unwrap_or("");
        if written.trim_start().starts_with('[') {
            judged_to = judged_to.min(line);
        }
        // One slip breaks a line in several ways; the first says it.
        all.entry(line)
            .or_insert_with(|| Problem::new(Some(line), "", broken_text(error, written)));
    }
    let whole = problems.into_iter().filter(|problem| match problem.line {
        Some(line) => line < judged_to && !all.contains_key(&line),
        None => true,
    });
    let mut whole: Vec<Problem> = whole.collect();
    whole.extend(all.into_values());
    whole
}

/// What is wrong with the line, in the parser's words or, where those leave a person alone, ours.
fn broken_text(error: &toml::de::Error, written: &str) -> String {
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    if message == "duplicate key" {
        return "given a second time; keep one of the two".into();
    }
    let in_quotes = message.contains("escape") || message.contains("unicode");
    let hint = match in_quotes && written.contains('\\') {
        true => "; write text with \\ in it in single quotes",
        false => "",
    };
    format!("not TOML: {message}{hint}")
}

/// The line of the byte, counted from 1.
pub(super) fn line_of(text: &[u8], at: usize) -> usize {
    let before = &text[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::read;

    fn problems(text: &str) -> String {
        let error = read(Path::new("config.toml"), text).expect_err("wrong settings");
        error.to_string()
    }

    #[test]
    fn text_that_is_not_toml_is_told_beside_the_other_problems() {
        assert_eq!(
            problems("start_view = desk\n[log]\nlevel = \"loud\"\nlevel = \"info\"\n"),
            "config.toml:1: not TOML: string values must be quoted, expected literal string\n\
             config.toml:3: [log] level: \"loud\" is not a log level \
             (off, error, warn, info, debug, trace)\n\
             config.toml:4: given a second time; keep one of the two"
        );
    }

    #[test]
    fn what_follows_a_broken_section_is_not_judged() {
        assert_eq!(
            problems("start_view = 1\n[log\nlevel = \"loud\"\n"),
            "config.toml:1: start_view: expected a view in quotes, found 1 (desk, board)\n\
             config.toml:2: not TOML: unclosed table, expected `]`"
        );
    }

    #[test]
    fn a_backslash_in_quotes_is_explained() {
        for text in ["folder = \"C:\\Users\\kim\"", "folder = \"C:\\data\\kim\""] {
            let told = problems(&format!("[store]\n{text}\n"));
            assert!(told.starts_with("config.toml:2: not TOML: "), "{told}");
            assert!(
                told.ends_with("; write text with \\ in it in single quotes"),
                "{told}"
            );
        }
    }
}
