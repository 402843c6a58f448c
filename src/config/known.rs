//! The settings that may stand in the file: where, and how each takes a value.

use toml::de::{DeInteger, DeValue};

use super::settings::{Choice, Settings};
use crate::model::event::{EventPattern, NotAPattern};
use crate::text::did_you_mean;

/// One setting of the file.
pub(super) struct Known {
    /// Empty for the settings at the top of the file.
    pub section: &'static str,
    pub key: &'static str,
    /// Takes the value, or says what is wrong with it.
    pub take: fn(&mut Settings, &DeValue<'_>) -> Result<(), String>,
}

/// Every setting, in the order in which they are told.
pub(super) const SETTINGS: &[Known] = &[
    known("", "start_view", |to, v| word(&mut to.start_view, v)),
    known("store", "folder", |to, v| text(&mut to.store.folder, v)),
    known("screen", "theme", |to, v| word(&mut to.screen.theme, v)),
    known("screen", "colour", |to, v| word(&mut to.screen.colour, v)),
    known("screen", "ascii", |to, v| word(&mut to.screen.ascii, v)),
    known("screen", "mouse", |to, v| switch(&mut to.screen.mouse, v)),
    known("screen", "presence", |to, v| {
        switch(&mut to.screen.presence, v)
    }),
    known("screen", "wide_at", |to, v| {
        columns(&mut to.screen.wide_at, v)
    }),
    known("screen", "narrow_below", |to, v| {
        columns(&mut to.screen.narrow_below, v)
    }),
    known("editor", "command", |to, v| text(&mut to.editor.command, v)),
    known("log", "level", |to, v| word(&mut to.log.level, v)),
    known("webhooks", "allow", |to, v| {
        list(&mut to.webhooks.allow, v, place_of)
    }),
    known("webhooks", "ports", |to, v| {
        list(&mut to.webhooks.ports, v, port)
    }),
    known("mqtt", "host", |to, v| text(&mut to.mqtt.host, v)),
    known("mqtt", "port", |to, v| {
        to.mqtt.port = port(v)?;
        Ok(())
    }),
    known("mqtt", "tls", |to, v| switch(&mut to.mqtt.tls, v)),
    known("mqtt", "ca_file", |to, v| text(&mut to.mqtt.ca_file, v)),
    known("mqtt", "username", |to, v| text(&mut to.mqtt.username, v)),
    known("mqtt", "password_file", |to, v| {
        text(&mut to.mqtt.password_file, v)
    }),
    known("mqtt", "topic", |to, v| topic(&mut to.mqtt.topic, v)),
    known("mqtt", "families", |to, v| {
        list(&mut to.mqtt.families, v, one_text)
    }),
    known("mqtt", "events", |to, v| {
        list(&mut to.mqtt.events, v, pattern)
    }),
    known("mqtt", "titles", |to, v| switch(&mut to.mqtt.titles, v)),
    known("mqtt", "home_assistant", |to, v| {
        topic(&mut to.mqtt.home_assistant, v)
    }),
];

/// The sections of the file; `keys` holds the person's own names.
pub(super) const SECTIONS: &[&str] = &[
    "store", "screen", "editor", "keys", "log", "webhooks", "mqtt",
];

impl Known {
    /// The setting as a person finds it in the file.
    pub(super) fn place(&self) -> String {
        place(self.section, self.key)
    }

    /// The setting as one word: `screen.theme`.
    pub(super) fn dotted(&self) -> String {
        match self.section {
            "" => self.key.to_owned(),
            section => format!("{section}.{}", self.key),
        }
    }
}

/// `[screen] theme`, or `start_view` where there is no section.
pub(super) fn place(section: &str, key: &str) -> String {
    match section {
        "" => key.to_owned(),
        section => format!("[{section}] {key}"),
    }
}

pub(super) fn is_setting(section: &str, key: &str) -> bool {
    SETTINGS
        .iter()
        .any(|known| known.section == section && known.key == key)
}

pub(super) fn unknown_section(name: &str) -> String {
    let guess = match did_you_mean(name, SECTIONS.iter().copied()) {
        Some(section) => format!("; did you mean [{section}]?"),
        None => String::new(),
    };
    format!("unknown section{guess} ({})", SECTIONS.join(", "))
}

pub(super) fn unknown_setting(section: &str, name: &str) -> String {
    let here = || {
        let here = SETTINGS.iter().filter(|known| known.section == section);
        here.map(|known| known.key)
    };
    let guess = match (elsewhere(name), did_you_mean(name, here())) {
        (Some(known), _) if known.section.is_empty() => {
            "; it belongs at the top of the file, before any [section]".into()
        }
        (Some(known), _) => format!("; it belongs in [{}]", known.section),
        (None, Some(key)) => format!("; did you mean {key:?}?"),
        (None, None) => String::new(),
    };
    let all = here().collect::<Vec<_>>().join(", ");
    format!("unknown setting{guess} ({all})")
}

/// The setting of that name in whichever section has it.
fn elsewhere(name: &str) -> Option<&'static Known> {
    SETTINGS.iter().find(|known| known.key == name)
}

/// A value as a person recognises it.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a section".into(),
    }
}

const fn known(
    section: &'static str,
    key: &'static str,
    take: fn(&mut Settings, &DeValue<'_>) -> Result<(), String>,
) -> Known {
    Known { section, key, take }
}

fn word<C: Choice>(to: &mut C, value: &DeValue<'_>) -> Result<(), String> {
    let words = || C::ALL.iter().map(|(word, _)| *word);
    let all = words().collect::<Vec<_>>().join(", ");
    let DeValue::String(text) = value else {
        let (what, found) = (C::WHAT, found(value));
        return Err(format!("expected {what} in quotes, found {found} ({all})"));
    };
    match C::ALL.iter().find(|(word, _)| word == text) {
        Some((_, choice)) => {
            *to = *choice;
            Ok(())
        }
        None => {
            let guess = match did_you_mean(text, words()) {
                Some(word) => format!("; did you mean {word:?}?"),
                None => String::new(),
            };
            Err(format!("{text:?} is not {}{guess} ({all})", C::WHAT))
        }
    }
}

fn text(to: &mut String, value: &DeValue<'_>) -> Result<(), String> {
    match value {
        DeValue::String(text) if text.contains(char::is_control) => Err(format!(
            "{text:?} has a line break or another control character in it"
        )),
        DeValue::String(text) => {
            *to = text.clone().into_owned();
            Ok(())
        }
        other => Err(format!("expected text in quotes, found {}", found(other))),
    }
}

fn switch(to: &mut bool, value: &DeValue<'_>) -> Result<(), String> {
    match value {
        DeValue::Boolean(truth) => {
            *to = *truth;
            Ok(())
        }
        other => Err(format!("expected true or false, found {}", found(other))),
    }
}

fn columns(to: &mut u16, value: &DeValue<'_>) -> Result<(), String> {
    let wrong = || {
        let (most, found) = (u16::MAX, found(value));
        format!("expected a number of columns from 0 to {most}, found {found}")
    };
    let DeValue::Integer(number) = value else {
        return Err(wrong());
    };
    *to = small(number).ok_or_else(wrong)?;
    Ok(())
}

fn list<T>(
    to: &mut Vec<T>,
    value: &DeValue<'_>,
    one: fn(&DeValue<'_>) -> Result<T, String>,
) -> Result<(), String> {
    let DeValue::Array(all) = value else {
        let found = found(value);
        return Err(format!("expected a list in [brackets], found {found}"));
    };
    let all: Result<Vec<T>, String> = all.iter().map(|it| one(it.get_ref())).collect();
    *to = all?;
    Ok(())
}

fn one_text(value: &DeValue<'_>) -> Result<String, String> {
    let mut one = String::new();
    text(&mut one, value)?;
    Ok(one)
}

/// `host:port`.
fn place_of(value: &DeValue<'_>) -> Result<String, String> {
    let place = one_text(value)?;
    match place.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(place.to_ascii_lowercase())
        }
        _ => Err(format!(
            "{place:?} is no host:port, such as homeassistant.lan:8123"
        )),
    }
}

fn port(value: &DeValue<'_>) -> Result<u16, String> {
    let wrong = || format!("expected a port from 1 to 65535, found {}", found(value));
    let DeValue::Integer(number) = value else {
        return Err(wrong());
    };
    small(number).filter(|it| *it > 0).ok_or_else(wrong)
}

fn pattern(value: &DeValue<'_>) -> Result<EventPattern, String> {
    let pattern = one_text(value)?.parse();
    pattern.map_err(|error: NotAPattern| error.to_string())
}

/// The beginning of a topic, which is no filter.
fn topic(to: &mut String, value: &DeValue<'_>) -> Result<(), String> {
    let topic = one_text(value)?;
    let is_odd = topic.contains(['+', '#', '$']) || topic.starts_with('/') || topic.ends_with('/');
    if is_odd {
        return Err(format!("{topic:?} is no topic; write such as home/famdesk"));
    }
    *to = topic;
    Ok(())
}

fn small(number: &DeInteger<'_>) -> Option<u16> {
    u16::from_str_radix(number.as_str(), number.radix()).ok()
}
