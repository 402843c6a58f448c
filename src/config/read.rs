//! Reads the settings file: every setting it gives over the defaults, or everything wrong with it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::broken::{self, line_of};
use super::error::{ConfigError, Problem};
use super::known::{
    SECTIONS, SETTINGS, found, is_setting, place, unknown_section, unknown_setting,
};
use super::settings::{KeyBinding, Settings};

/// The line of each setting that a file gives, counted from 1, by its dotted name:
/// `screen.theme`.
pub type Lines = BTreeMap<String, usize>;

/// What a settings file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub settings: Settings,
    pub lines: Lines,
}

/// Reads the file; a missing one gives the defaults.
///
/// # Errors
/// All problems at once; a file that cannot be read is one problem.
pub fn read_file(file: &Path) -> Result<Reading, ConfigError> {
    let failed = |problem| ConfigError {
        file: file.to_owned(),
        problems: vec![problem],
    };
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Reading::default()),
        Err(error) => {
            let what = format!(
                "cannot be read: {error}; make it readable or name another file in FAMDESK_CONFIG"
            );
            return Err(failed(Problem::new(None, "", what)));
        }
    };
    match str::from_utf8(&bytes) {
        Ok(text) => read(file, text),
        Err(error) => {
            let line = line_of(&bytes, error.valid_up_to());
            let what = "not UTF-8 text; save the file as UTF-8";
            Err(failed(Problem::new(Some(line), "", what)))
        }
    }
}

/// Reads the text of the file, which is named only for the messages.
///
/// # Errors
/// All problems at once.
pub fn read(file: &Path, text: &str) -> Result<Reading, ConfigError> {
    let (tree, broken) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        text,
        reading: Reading::default(),
        problems: Vec::new(),
    };
    reader.top(tree.get_ref());
    reader.widths();
    let Reader {
        mut reading,
        problems,
        ..
    } = reader;
    let mut problems = broken::beside(&broken, problems, text);
    if problems.is_empty() {
        reading.settings.keys.sort_by_key(|binding| binding.line);
        return Ok(reading);
    }
    problems.sort_by_key(|problem| problem.line);
    Err(ConfigError {
        file: file.to_owned(),
        problems,
    })
}

struct Reader<'t> {
    text: &'t str,
    reading: Reading,
    problems: Vec<Problem>,
}

type Key<'t> = Spanned<Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

impl Reader<'_> {
    fn top(&mut self, tree: &DeTable<'_>) {
        for (key, value) in tree {
            let name = key.get_ref().as_ref();
            match (SECTIONS.contains(&name), value.get_ref()) {
                (true, DeValue::Table(keys)) if name == "keys" => self.contexts(keys),
                (true, DeValue::Table(section)) => {
                    for (key, value) in section {
                        self.setting(name, key, value);
                    }
                }
                (true, other) => {
                    let what = format!(
                        "expected a section, found {}; write [{name}] on a line of its own",
                        found(other)
                    );
                    self.wrong(key, format!("[{name}]"), what);
                }
                (false, DeValue::Table(_)) if !is_setting("", name) => {
                    self.wrong(key, format!("[{name}]"), unknown_section(name));
                }
                (false, _) => self.setting("", key, value),
            }
        }
    }

    fn setting(&mut self, section: &str, key: &Key<'_>, value: &Value<'_>) {
        let name = key.get_ref().as_ref();
        let known = SETTINGS
            .iter()
            .find(|known| known.section == section && known.key == name);
        let Some(known) = known else {
            self.wrong(key, place(section, name), unknown_setting(section, name));
            return;
        };
        match (known.take)(&mut self.reading.settings, value.get_ref()) {
            Ok(()) => {
                let line = self.line(key);
                self.reading.lines.insert(known.dotted(), line);
            }
            Err(what) => self.wrong(key, known.place(), what),
        }
    }

    /// The two widths make sense only together, and only where both could be read.
    fn widths(&mut self) {
        let screen = &self.reading.settings.screen;
        let widths = ["[screen] wide_at", "[screen] narrow_below"];
        let mut problems = self.problems.iter();
        let unread = problems.any(|problem| widths.contains(&problem.key.as_str()));
        if unread || screen.narrow_below <= screen.wide_at {
            return;
        }
        let lines = &self.reading.lines;
        let (narrow, wide) = (
            lines.get("screen.narrow_below"),
            lines.get("screen.wide_at"),
        );
        let (line, key) = match narrow {
            Some(line) => (Some(*line), "[screen] narrow_below"),
            None => (wide.copied(), "[screen] wide_at"),
        };
        let what = format!(
            "narrow_below ({}) must not be more than wide_at ({})",
            screen.narrow_below, screen.wide_at
        );
        self.problems.push(Problem::new(line, key, what));
    }

    fn contexts(&mut self, contexts: &DeTable<'_>) {
        for (context, value) in contexts {
            let name = context.get_ref();
            match value.get_ref() {
                DeValue::Table(actions) => {
                    let mut bound = BTreeSet::new();
                    self.actions((name, ""), actions, &mut bound);
                }
                other => {
                    let what = format!(
                        "expected a section [keys.{name}] of actions and their keys, found {}",
                        found(other)
                    );
                    self.wrong(context, place("keys", name), what);
                }
            }
        }
    }

    /// Actions have dots in their names, which TOML reads as tables within tables unless they
    /// are quoted; both spellings mean the action.
    fn actions(
        &mut self,
        (context, before): (&str, &str),
        actions: &DeTable<'_>,
        bound: &mut BTreeSet<String>,
    ) {
        for (key, value) in actions {
            let action = format!("{before}{}", key.get_ref());
            if let DeValue::Table(inner) = value.get_ref() {
                self.actions((context, &format!("{action}.")), inner, bound);
                continue;
            }
            let place = place(&format!("keys.{context}"), &action);
            match keys_of(value.get_ref()) {
                Err(what) => self.wrong(key, place, what),
                Ok(_) if bound.contains(&action) => {
                    self.wrong(key, place, "given twice in this section".into());
                }
                Ok(keys) => {
                    bound.insert(action.clone());
                    let line = self.line(key);
                    self.reading.settings.keys.push(KeyBinding {
                        context: context.to_owned(),
                        action,
                        keys,
                        line,
                    });
                }
            }
        }
    }

    fn wrong(&mut self, key: &Key<'_>, place: String, what: String) {
        let line = self.line(key);
        self.problems.push(Problem::new(Some(line), place, what));
    }

    fn line(&self, key: &Key<'_>) -> usize {
        line_of(self.text.as_bytes(), key.span().start)
    }
}

fn keys_of(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let key = |value: &DeValue<'_>| match value {
        DeValue::String(key) if key.trim().is_empty() => {
            Err("a key has no name; to take all keys away write []".to_owned())
        }
        DeValue::String(key) => Ok(key.clone().into_owned()),
        other => Err(format!(
            "expected a key in quotes or a list of them, found {}",
            found(other)
        )),
    };
    match value {
        DeValue::Array(list) => list.iter().map(|value| key(value.get_ref())).collect(),
        one => Ok(vec![key(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::known::Known;
    use super::super::settings::{Colour, StartView, Theme};
    use super::*;

    const EXAMPLE: &str = include_str!("../../config.example.toml");

    fn settings(text: &str) -> Settings {
        let reading = read(Path::new("config.toml"), text);
        reading.expect("good settings").settings
    }

    fn problems(text: &str) -> String {
        let error = read(Path::new("config.toml"), text).expect_err("wrong settings");
        error.to_string()
    }

    fn dotted(table: &toml::Table, before: &str) -> BTreeSet<String> {
        let names = table.iter().map(|(key, value)| match value {
            toml::Value::Table(inner) => dotted(inner, &format!("{before}{key}.")),
            _ => BTreeSet::from([format!("{before}{key}")]),
        });
        names.flatten().collect()
    }

    #[test]
    fn the_example_is_the_defaults_and_leaves_none_out() {
        assert_eq!(settings(EXAMPLE), Settings::default());
        let written: toml::Table = toml::from_str(EXAMPLE).expect("toml");
        let default = toml::Table::try_from(Settings::default()).expect("table");
        let known: BTreeSet<String> = SETTINGS.iter().map(Known::dotted).collect();
        assert_eq!(dotted(&written, ""), dotted(&default, ""));
        assert_eq!(known, dotted(&default, ""));
    }

    #[test]
    fn the_examples_keys_can_be_used_as_they_stand() {
        let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
            Some(example) if !example.starts_with(' ') => example,
            _ => line,
        });
        let keys = settings(&lines.collect::<Vec<_>>().join("\n")).keys;
        let actions: Vec<&str> = keys.iter().map(|key| key.action.as_str()).collect();
        assert_eq!(actions, ["ticket.resolve", "ticket.reply", "ticket.close"]);
    }

    #[test]
    fn a_setting_goes_over_its_default_and_its_line_is_known() {
        let text = "\u{feff}start_view = \"board\"\r\n\r\n[screen]\r\ntheme = 'high-contrast'\r\n\
                    colour = \"16\"\r\nmouse = true\r\nwide_at = 0xA0\r\nnarrow_below = 1_20\r\n";
        let reading = read(Path::new("config.toml"), text).expect("good settings");
        assert_eq!(reading.settings.start_view, StartView::Board);
        assert_eq!(reading.settings.screen.theme, Theme::HighContrast);
        assert_eq!(reading.settings.screen.colour, Colour::Sixteen);
        assert!(reading.settings.screen.mouse);
        assert_eq!(reading.settings.screen.wide_at, 160);
        assert_eq!(reading.settings.screen.narrow_below, 120);
        assert_eq!(reading.settings.log, Settings::default().log);
        assert_eq!(reading.lines.get("start_view"), Some(&1));
        assert_eq!(reading.lines.get("screen.mouse"), Some(&6));
        assert_eq!(reading.lines.get("log.level"), None);
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_right_ones() {
        assert_eq!(
            problems("[screen]\ntheme = \"drak\""),
            "config.toml:2: [screen] theme: \"drak\" is not a theme; did you mean \"dark\"? \
             (auto, dark, light, high-contrast, colour-blind, monochrome)"
        );
        assert_eq!(
            problems("start_view = \"calendar\""),
            "config.toml:1: start_view: \"calendar\" is not a view (desk, board)"
        );
        assert_eq!(
            problems("screen.colour = 256"),
            "config.toml:1: [screen] colour: expected a number of colours in quotes, found 256 \
             (auto, never, 16, 256, truecolor)"
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_from_the_right_one() {
        assert_eq!(
            problems(
                "[store]\nfolder = [1]\n[editor]\ncommand = \"a\\nb\"\n[screen]\nmouse = \"yes\""
            ),
            "config.toml:2: [store] folder: expected text in quotes, found a list\n\
             config.toml:4: [editor] command: \"a\\nb\" has a line break or another control \
             character in it\n\
             config.toml:6: [screen] mouse: expected true or false, found \"yes\""
        );
        for (value, found) in [
            ("70000", "70000"),
            ("-1", "-1"),
            ("1.5", "1.5"),
            ("'9'", "\"9\""),
        ] {
            assert_eq!(
                problems(&format!("screen.wide_at = {value}")),
                format!(
                    "config.toml:1: [screen] wide_at: expected a number of columns from 0 to \
                     65535, found {found}"
                )
            );
        }
    }

    #[test]
    fn the_widths_must_be_in_order() {
        assert_eq!(
            problems("[screen]\nwide_at = 80\nnarrow_below = 90"),
            "config.toml:3: [screen] narrow_below: narrow_below (90) must not be more than \
             wide_at (80)"
        );
        assert_eq!(
            problems("[screen]\nwide_at = 80"),
            "config.toml:2: [screen] wide_at: narrow_below (100) must not be more than wide_at (80)"
        );
        assert_eq!(
            problems("[screen]\nwide_at = true\nnarrow_below = 150"),
            "config.toml:2: [screen] wide_at: expected a number of columns from 0 to 65535, \
             found true"
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        assert_eq!(
            problems("[scren]\ntheme = 1"),
            "config.toml:1: [scren]: unknown section; did you mean [screen]? \
             (store, screen, editor, keys, log, webhooks, mqtt)"
        );
        assert_eq!(
            problems("[log]\nlevle = \"info\""),
            "config.toml:2: [log] levle: unknown setting; did you mean \"level\"? (level)"
        );
        assert_eq!(
            problems("[log]\ncolour = \"never\"\nstart_view = \"desk\"\nvolume = 3"),
            "config.toml:2: [log] colour: unknown setting; it belongs in [screen] (level)\n\
             config.toml:3: [log] start_view: unknown setting; it belongs at the top of the file, \
             before any [section] (level)\n\
             config.toml:4: [log] volume: unknown setting (level)"
        );
        assert_eq!(
            problems("theme = \"dark\""),
            "config.toml:1: theme: unknown setting; it belongs in [screen] (start_view)"
        );
    }

    #[test]
    fn a_section_and_a_setting_are_not_taken_for_each_other() {
        assert_eq!(
            problems("screen = 3"),
            "config.toml:1: [screen]: expected a section, found 3; write [screen] on a line of \
             its own"
        );
        assert_eq!(
            problems("[start_view]"),
            "config.toml:1: start_view: expected a view in quotes, found a section (desk, board)"
        );
    }

    #[test]
    fn keys_are_kept_as_written_with_their_lines() {
        let keys = settings(
            "[keys.ticket]\nresolve = \"r\"\n\"note.add\" = [\"n\", \"ctrl-n\"]\n\
             [keys.desk]\nview.open = []\n",
        )
        .keys;
        let told: Vec<String> = keys
            .iter()
            .map(|key| {
                let KeyBinding {
                    context,
                    action,
                    keys,
                    line,
                } = key;
                format!("{line} {context} {action} {keys:?}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "2 ticket resolve [\"r\"]",
                "3 ticket note.add [\"n\", \"ctrl-n\"]",
                "5 desk view.open []",
            ]
        );
        let unknown = ConfigError {
            file: "config.toml".into(),
            problems: vec![keys[1].problem("unknown action")],
        };
        assert_eq!(
            unknown.to_string(),
            "config.toml:3: [keys.ticket] note.add: unknown action"
        );
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        assert_eq!(
            problems(
                "[keys]\nquit = \"q\"\n[keys.desk]\na = 3\nb = [\"x\", true]\nc = \" \"\n\
                      d.e = \"1\"\n\"d.e\" = \"2\""
            ),
            "config.toml:2: [keys] quit: expected a section [keys.quit] of actions and their \
             keys, found \"q\"\n\
             config.toml:4: [keys.desk] a: expected a key in quotes or a list of them, found 3\n\
             config.toml:5: [keys.desk] b: expected a key in quotes or a list of them, found true\n\
             config.toml:6: [keys.desk] c: a key has no name; to take all keys away write []\n\
             config.toml:8: [keys.desk] d.e: given twice in this section"
        );
    }

    #[test]
    fn a_missing_file_is_the_defaults_and_an_unreadable_one_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("config.toml");
        assert_eq!(read_file(&file), Ok(Reading::default()));

        fs::write(&file, b"# caf\xc3\xa9\nstart_view = \"\xff\"\n").expect("write");
        assert_eq!(
            read_file(&file).expect_err("not UTF-8").to_string(),
            format!(
                "{}:2: not UTF-8 text; save the file as UTF-8",
                file.display()
            )
        );

        let text = read_file(folder.path()).expect_err("a folder").to_string();
        let start = format!("{}: cannot be read: ", folder.path().display());
        assert!(text.starts_with(&start), "{text}");
        assert!(
            text.ends_with("; make it readable or name another file in FAMDESK_CONFIG"),
            "{text}"
        );
    }

    #[test]
    fn depth_without_end_is_refused_calmly() {
        for deep in [
            format!("keys.{}z = 1", "a.".repeat(20_000)),
            format!("[{}z]", "keys.".repeat(20_000)),
            format!("keys.a.b = {}", "[".repeat(20_000)),
            format!("keys.a = {}", "{a=".repeat(20_000)),
        ] {
            assert!(read(Path::new("config.toml"), &deep).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(Path::new("config.toml"), &text);
        }

        #[test]
        fn any_mixture_of_toml_is_read_or_refused_with_lines_of_the_file(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "\n", " ",
                    "#", "\\u0000", "keys", "screen", "theme", "start_view", "dark", "1", "-",
                    "true", "é", "\r", "0x", "1979-05-27", "nan", "\u{feff}", "wide_at",
                ]),
                0..40,
            )
        ) {
            let text = parts.concat();
            if let Err(error) = read(Path::new("config.toml"), &text) {
                prop_assert!(!error.problems.is_empty());
                let lines = 1 + text.matches('\n').count();
                for problem in &error.problems {
                    prop_assert!(problem.line.is_some_and(|line| (1..=lines).contains(&line)));
                }
                prop_assert_eq!(error.to_string().lines().count(), error.problems.len());
            }
        }
    }
}
