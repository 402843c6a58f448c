//! The settings, what each may be, and its default.

use serde::Serialize;

use super::env::Env;
use super::error::Problem;
use super::explain::Origin;
use crate::model::entity::EntityType;
use crate::model::event::EventPattern;

/// What the settings file can say. `config.example.toml` tells each setting to its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    pub start_view: StartView,
    pub store: Store,
    pub screen: Screen,
    pub editor: Editor,
    pub log: Log,
    pub webhooks: Webhooks,
    pub mqtt: Mqtt,
    /// As written, in the order of the file; the actions' registry knows whether they make sense.
    #[serde(skip)]
    pub keys: Vec<KeyBinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Store {
    /// Empty: the machine's custom. [`super::Places`] holds the folder in use.
    pub folder: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Screen {
    pub theme: Theme,
    pub colour: Colour,
    pub ascii: Ascii,
    pub mouse: bool,
    /// Whether others may know which ticket this screen is at.
    pub presence: bool,
    /// Columns from which the screen shows everything side by side.
    pub wide_at: u16,
    /// Columns under which the screen shows one thing at a time; at most `wide_at`.
    pub narrow_below: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Editor {
    /// Empty: as the environment says, see [`Editor::in_use`].
    pub command: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Log {
    pub level: LogLevel,
}

/// What webhooks may reach; whoever runs the server says so, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhooks {
    /// As `host:port`: what may be reached inside, and without encryption.
    pub allow: Vec<String>,
    /// Ports that may be reached outside.
    pub ports: Vec<u16>,
}

/// The broker at which `famdesk serve` publishes, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mqtt {
    /// Empty: nothing is published.
    pub host: String,
    pub port: u16,
    pub tls: bool,
    /// Certificates in PEM to know the broker by; empty: those that this machine trusts.
    pub ca_file: String,
    pub username: String,
    /// For whoever runs the server alone to read; empty: no password, or FAMDESK_MQTT_PASSWORD.
    pub password_file: String,
    /// What every topic begins with.
    pub topic: String,
    /// Families by name or id; empty: all.
    pub families: Vec<String>,
    pub events: Vec<EventPattern>,
    /// Whether events carry the tickets' titles.
    pub titles: bool,
    /// Where Home Assistant looks for what there is; empty: it is told nothing.
    pub home_assistant: String,
}

/// One line under `[keys.<context>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    pub context: String,
    pub action: String,
    /// None at all takes the action's keys away.
    pub keys: Vec<String>,
    /// Where it stands in the file, counted from 1.
    pub line: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start_view: StartView::Desk,
            store: Store {
                folder: String::new(),
            },
            screen: Screen {
                theme: Theme::Auto,
                colour: Colour::Auto,
                ascii: Ascii::Auto,
                mouse: false,
                presence: true,
                wide_at: 140,
                narrow_below: 100,
            },
            editor: Editor {
                command: String::new(),
            },
            log: Log {
                level: LogLevel::Info,
            },
            webhooks: Webhooks {
                allow: Vec::new(),
                ports: vec![443, 8443],
            },
            mqtt: Mqtt {
                host: String::new(),
                port: 8883,
                tls: true,
                ca_file: String::new(),
                username: String::new(),
                password_file: String::new(),
                topic: "famdesk".to_owned(),
                families: Vec::new(),
                events: vec![EventPattern::of_kind(EntityType::Ticket)],
                titles: true,
                home_assistant: "homeassistant".to_owned(),
            },
            keys: Vec::new(),
        }
    }
}

impl Editor {
    /// The command line to edit with: the setting, `$VISUAL`, `$EDITOR`, then `vi`. A setting of
    /// blanks is no command.
    pub fn in_use(&self, env: &Env) -> (String, Origin) {
        if !self.command.trim().is_empty() {
            return (self.command.clone(), Origin::File);
        }
        ["VISUAL", "EDITOR"]
            .into_iter()
            .find_map(|name| Some((env.text(name)?, Origin::Environment(name))))
            .unwrap_or_else(|| ("vi".into(), Origin::Default))
    }
}

impl KeyBinding {
    /// Something wrong with this line, for the one who knows the actions to report.
    pub fn problem(&self, what: impl Into<String>) -> Problem {
        let key = format!("[keys.{}] {}", self.context, self.action);
        Problem::new(Some(self.line), key, what)
    }
}

/// A setting that is one of a few words.
pub(super) trait Choice: Sized + Copy + 'static {
    /// With its article, for messages.
    const WHAT: &'static str;
    const ALL: &'static [(&'static str, Self)];
}

/// An enum whose variants are written as words in the settings file.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident, $what:literal, {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub fn all() -> impl Iterator<Item = Self> {
                <Self as Choice>::ALL.iter().map(|(_, it)| *it)
            }

            /// The word the settings file uses.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Choice for $name {
            const WHAT: &'static str = $what;
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];
        }
    };
}

choice!(
    /// What the program opens with.
    StartView, "a view", {
        Desk = "desk",
        Board = "board",
    }
);

choice!(
    /// The look of the screen.
    Theme, "a theme", {
        /// As the terminal asks for.
        Auto = "auto",
        Dark = "dark",
        Light = "light",
        HighContrast = "high-contrast",
        /// In hues that colour-blind people tell apart.
        ColourBlind = "colour-blind",
        Monochrome = "monochrome",
    }
);

choice!(
    /// How many colours to use.
    Colour, "a number of colours", {
        /// As many as the terminal says it has.
        Auto = "auto",
        Never = "never",
        Sixteen = "16",
        TwoHundredFiftySix = "256",
        TrueColour = "truecolor",
    }
);

choice!(
    /// Whether to draw with plain ASCII.
    Ascii, "a choice", {
        /// Where the locale is not UTF-8.
        Auto = "auto",
        Always = "always",
        Never = "never",
    }
);

choice!(
    /// How much the log tells.
    LogLevel, "a log level", {
        Off = "off",
        Error = "error",
        Warn = "warn",
        Info = "info",
        Debug = "debug",
        Trace = "trace",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_is_the_setting_then_the_environments_then_vi() {
        let both = Env::from_iter([("VISUAL", "code --wait"), ("EDITOR", "nano")]);
        let one = Env::from_iter([("VISUAL", ""), ("EDITOR", "nano")]);
        let unset = Editor {
            command: " ".into(),
        };
        let set = Editor {
            command: "hx".into(),
        };
        assert_eq!(set.in_use(&both), ("hx".into(), Origin::File));
        assert_eq!(
            unset.in_use(&both),
            ("code --wait".into(), Origin::Environment("VISUAL"))
        );
        assert_eq!(
            unset.in_use(&one),
            ("nano".into(), Origin::Environment("EDITOR"))
        );
        assert_eq!(
            unset.in_use(&Env::default()),
            ("vi".into(), Origin::Default)
        );
    }
}
