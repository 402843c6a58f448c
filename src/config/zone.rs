//! The time zones that this machine knows.

use jiff::tz::{TimeZone, db};

use crate::text::did_you_mean;

/// Checks that a zone of this name is known.
///
/// # Errors
/// Says so in words, with the nearest name there is.
pub fn known_zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        let all: Vec<String> = db().available().map(|it| it.to_string()).collect();
        match did_you_mean(name, all.iter().map(String::as_str)) {
            Some(near) => format!("`{name}` is not a time zone; did you mean {near}?"),
            None => format!("`{name}` is not a time zone; write one such as Europe/Madrid"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_is_not_there_gets_the_nearest() {
        assert!(known_zone("Europe/Madrid").is_ok());
        let near = known_zone("Europe/Madird").expect_err("no such zone");
        assert!(near.ends_with("did you mean Europe/Madrid?"), "{near}");
        assert!(known_zone("Mars").is_err());
    }
}
