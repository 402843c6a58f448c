//! What names of things may look like, also those of people and of time zones.

use super::refusal::Refusal;

/// The longest name, in characters.
const NAME: usize = 100;

/// The longest name of a time zone, in bytes.
const ZONE: usize = 64;

/// A name of something: trimmed, one line, neither empty nor too long.
///
/// # Errors
/// [`Refusal::Invalid`] of the named field.
pub fn name(field: &str, text: &str) -> Result<String, Refusal> {
    one_line(field, text, NAME)
}

/// The same with a limit of its own, in characters.
///
/// # Errors
/// [`Refusal::Invalid`] of the named field.
pub fn one_line(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::invalid(field, "it can't be empty"));
    }
    if text.contains(['\n', '\r']) {
        return Err(Refusal::invalid(field, "it must be one line"));
    }
    let length = text.chars().count();
    if length > limit {
        let why = format!("it is {length} characters long; {limit} is the most");
        return Err(Refusal::invalid(field, why));
    }
    Ok(text.to_owned())
}

/// Checks the shape of an IANA zone name; whether the zone exists, the machine's database knows.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `time_zone`.
pub fn zone(text: &str) -> Result<String, Refusal> {
    let may_stand = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    if !text.is_empty() && text.len() <= ZONE && text.chars().all(may_stand) {
        Ok(text.to_owned())
    } else {
        let why = format!("`{text}` is not a time zone; write one such as Europe/Madrid");
        Err(Refusal::invalid("time_zone", why))
    }
}
