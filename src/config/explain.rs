//! Each setting in use and where it came from, for `famdesk config`.

use std::fmt;
use std::path::PathBuf;

use super::Config;
use super::env::Env;
use super::known::SETTINGS;
use super::settings::Colour;
use super::terminal::NO_COLOR;

/// Who decided a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    /// The variable of that name.
    Environment(&'static str),
}

/// One setting in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Dotted: `screen.theme`.
    pub key: String,
    /// As the settings file would write it.
    pub value: String,
    pub origin: Origin,
    /// The line of the file that gives the setting, even where the environment overrules it.
    pub line: Option<usize>,
}

/// Every setting in use; displayed as lines that the settings file would accept, each with its
/// origin behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub file: PathBuf,
    /// Settings in their order, then the person's own keys.
    pub settings: Vec<Explained>,
    /// This machine's own folder, which no setting names.
    pub state: (PathBuf, Origin),
}

impl Config {
    /// What is in use and why: the environment's overrules are in it.
    pub fn explain(&self, env: &Env) -> Explanation {
        let written = toml::Table::try_from(&self.settings).unwrap_or_default();
        let mut settings: Vec<Explained> = SETTINGS
            .iter()
            .map(|known| {
                let table = match known.section {
                    "" => Some(&written),
                    section => written.get(section).and_then(toml::Value::as_table),
                };
                let value = table.and_then(|table| table.get(known.key));
                self.setting(known.dotted(), value.map(ToString::to_string), env)
            })
            .collect();
        settings.extend(self.settings.keys.iter().map(|binding| Explained {
            key: format!(
                "keys.{}.{}",
                quoted(&binding.context),
                quoted(&binding.action)
            ),
            value: toml::Value::from(binding.keys.clone()).to_string(),
            origin: Origin::File,
            line: Some(binding.line),
        }));
        Explanation {
            file: self.file.clone(),
            settings,
            state: (self.places.state.clone(), self.places.state_from),
        }
    }

    fn setting(&self, key: String, written: Option<String>, env: &Env) -> Explained {
        let line = self.lines.get(&key).copied();
        let (value, origin) = match key.as_str() {
            "store.folder" => {
                let folder = self.places.data.to_string_lossy().into_owned();
                (text(folder), self.places.data_from)
            }
            "editor.command" => {
                let (command, origin) = self.settings.editor.in_use(env);
                (text(command), origin)
            }
            "screen.colour" if env.has(NO_COLOR) => (
                text(Colour::Never.word().into()),
                Origin::Environment(NO_COLOR),
            ),
            _ => (
                written.unwrap_or_default(),
                line.map_or(Origin::Default, |_| Origin::File),
            ),
        };
        Explained {
            key,
            value,
            origin,
            line,
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        writeln!(f, "# settings file: {file}")?;
        let (folder, origin) = &self.state;
        let why = origin_text(*origin, None);
        writeln!(f, "# this machine's folder: {} ({why})", folder.display())?;
        let lines: Vec<_> = self
            .settings
            .iter()
            .map(|one| (format!("{} = {}", one.key, one.value), one))
            .collect();
        let width = lines.iter().map(|(line, _)| line.chars().count()).max();
        let width = width.unwrap_or(0).min(WIDEST);
        for (line, one) in lines {
            writeln!(f, "{line:width$}  # {}", origin_text(one.origin, one.line))?;
        }
        Ok(())
    }
}

/// Longer lines do not push the origins of all others away.
const WIDEST: usize = 60;

fn origin_text(origin: Origin, line: Option<usize>) -> String {
    match (origin, line) {
        (Origin::Default, _) => "default".into(),
        (Origin::File, Some(line)) => format!("line {line}"),
        (Origin::File, None) => "settings file".into(),
        (Origin::Environment(name), Some(line)) => {
            format!("{name} in the environment, before line {line}")
        }
        (Origin::Environment(name), None) => format!("{name} in the environment"),
    }
}

fn text(value: String) -> String {
    toml::Value::String(value).to_string()
}

/// A part of a dotted key, in quotes where TOML needs them.
fn quoted(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => text(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Places, Reading, Settings, StandardDirs, read};
    use super::*;

    fn config(written: &str, env: &Env) -> Config {
        let file = PathBuf::from("/home/kim/config.toml");
        let Reading { settings, lines } = read(&file, written).expect("settings");
        let dirs = StandardDirs {
            home: "/home/kim".into(),
            config: "/home/kim".into(),
            data: "/home/kim/data".into(),
            state: Some("/home/kim/state".into()),
        };
        let places = Places::find(env, Some(&dirs), (&file, &settings)).expect("places");
        Config {
            file,
            settings,
            lines,
            places,
        }
    }

    #[test]
    fn every_setting_tells_where_it_came_from() {
        let env = Env::from_iter([
            ("NO_COLOR", "1"),
            ("FAMDESK_DATA_DIR", "/data"),
            ("EDITOR", "nano"),
        ]);
        let written = "[screen]\ntheme = \"dark\"\ncolour = \"256\"\n\
                       [keys.desk]\nticket.resolve = [\"r\", \"R\"]\n";
        assert_eq!(
            config(written, &env).explain(&env).to_string(),
            r#"# settings file: /home/kim/config.toml
# this machine's folder: /home/kim/state (default)
start_view = "desk"                      # default
store.folder = "/data"                   # FAMDESK_DATA_DIR in the environment
screen.theme = "dark"                    # line 2
screen.colour = "never"                  # NO_COLOR in the environment, before line 3
screen.ascii = "auto"                    # default
screen.mouse = false                     # default
screen.presence = true                   # default
screen.wide_at = 140                     # default
screen.narrow_below = 100                # default
editor.command = "nano"                  # EDITOR in the environment
log.level = "info"                       # default
webhooks.allow = []                      # default
webhooks.ports = [443, 8443]             # default
mqtt.host = ""                           # default
mqtt.port = 8883                         # default
mqtt.tls = true                          # default
mqtt.ca_file = ""                        # default
mqtt.username = ""                       # default
mqtt.password_file = ""                  # default
mqtt.topic = "famdesk"                   # default
mqtt.families = []                       # default
mqtt.events = ["ticket.*"]               # default
mqtt.titles = true                       # default
mqtt.home_assistant = "homeassistant"    # default
keys.desk."ticket.resolve" = ["r", "R"]  # line 5
"#
        );
    }

    #[test]
    fn an_explanation_is_a_settings_file_of_the_same_meaning() {
        let written = "start_view = \"board\"\n[store]\nfolder = \"/a b\"\n[editor]\n\
                       command = \"hx\"\n[keys.\"my desk\"]\n\"a\" = []\n";
        let none = Env::default();
        let first = config(written, &none);
        let told = first.explain(&none).to_string();
        let mut again = config(&told, &none).settings;
        assert_eq!(again.keys.len(), 1);
        again.keys[0].line = first.settings.keys[0].line;
        assert_eq!(again, first.settings);
        assert_eq!(first.places.data, Path::new("/a b"));
        assert_ne!(again, Settings::default());
    }
}
