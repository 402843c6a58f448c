//! The time zones that this machine knows. Not by jiff's own search: before it opens one zone it
//! lists the files of all, which takes longer than the first frame should.

use std::env;
use std::fs;
use std::path::Path;

use jiff::tz::{TimeZone, TimeZoneDatabase, db};

use crate::text::did_you_mean;

/// Where a machine keeps its zones, and which of them is its own.
const ZONES: &str = "/usr/share/zoneinfo";
const LOCAL: &str = "/etc/localtime";

/// The zone of an IANA name: as the machine's files have it, or else as it was when this program
/// was made.
pub fn zone(name: &str) -> Option<TimeZone> {
    let Ok(known) = TimeZoneDatabase::bundled().get(name) else {
        // The machine may know newer ones.
        return TimeZone::get(name).ok();
    };
    Some(as_the_machine_has_it(&known).unwrap_or(known))
}

/// The zone that this machine is set to; UTC where it is set to none.
pub fn zone_of_machine() -> TimeZone {
    let is_told = env::var_os("TZ").is_some();
    let link = fs::read_link(LOCAL).ok().filter(|_| !is_told);
    let name = link.as_deref().and_then(Path::to_str);
    name.and_then(|it| it.split_once("zoneinfo/"))
        .and_then(|(_, name)| zone(name))
        .unwrap_or_else(TimeZone::system)
}

/// What this machine calls itself.
pub fn name_of_machine() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

fn as_the_machine_has_it(known: &TimeZone) -> Option<TimeZone> {
    let name = known.iana_name().filter(|_| *known != TimeZone::UTC)?;
    let folder = env::var_os("TZDIR").unwrap_or_else(|| ZONES.into());
    let data = fs::read(Path::new(&folder).join(name)).ok()?;
    TimeZone::tzif(name, &data).ok()
}

/// Checks that a zone of this name is known.
///
/// # Errors
/// Says so in words, with the nearest name there is.
pub fn known_zone(name: &str) -> Result<TimeZone, String> {
    zone(name).ok_or_else(|| {
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

    #[test]
    fn a_zone_is_found_under_its_name_however_that_is_written() {
        let madrid = zone("europe/madrid").expect("a zone");
        assert_eq!(madrid.iana_name(), Some("Europe/Madrid"));
        assert_eq!(zone("UTC"), Some(TimeZone::UTC));
        assert_eq!(zone_of_machine(), TimeZone::system());
    }
}
