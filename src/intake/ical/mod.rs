//! Tasks out of iCalendar files: the VTODO components of RFC 5545.
//!
//! | there | here |
//! |---|---|
//! | SUMMARY, DESCRIPTION | title, description |
//! | STATUS, else whether it has a COMPLETED | status |
//! | PRIORITY 1, 2-3, 4, 5, 6-7, 8-9 | SEV_1, SEV_2, SEV_2.5, SEV_3, SEV_4, SEV_5 |
//! | ORGANIZER, the first ATTENDEE, the others | requester, assignee, followers |
//! | the calendar's name | queue |
//! | CATEGORIES | tags |
//! | CLASS | tag `import:class=PRIVATE` |
//! | RELATED-TO | the ticket above |
//! | ATTACH with the bytes inside | files; of others the address, as text |
//! | COMMENT | comments of whoever imports |

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Moment};
use sha2::{Digest, Sha256};

use super::foreign::{
    ForeignComment, ForeignFile, ForeignPerson, ForeignQueue, ForeignState, ForeignTicket,
    Gathered, Kept, Place, Rating,
};
use super::json::bad_time;
use super::moment::Due;
use super::tables::{State, Tables};
use super::text::hex;
use super::{Anonymous, Format};
use crate::config::zone;
use crate::model::attachment::FILES_PER_COMMENT;
use crate::model::severity::Severity;
use lines::Property;

mod lines;

/// The importer of iCalendar tasks.
#[derive(Debug, Clone)]
pub struct Ical {
    /// Where times lie that name no zone.
    zone: TimeZone,
}

impl Ical {
    pub fn new(family_zone: TimeZone) -> Ical {
        Ical { zone: family_zone }
    }
}

impl Format for Ical {
    fn name(&self) -> &str {
        "iCalendar"
    }

    fn system(&self) -> &str {
        "ical"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        let mut calendar = Calendar {
            file,
            home: &self.zone,
            open: Vec::new(),
            todo: None,
            name: None,
            zones: HashMap::new(),
            zone_id: String::new(),
        };
        lines::each_property(input, &mut |read| match read {
            Ok(property) => calendar.property(property, into),
            Err(_) => into.report.note("line that is no property: not brought", 1),
        })?;
        if let Some(todo) = calendar.todo {
            into.skip_ticket(&Place::new(file, todo.line), "", "its END:VTODO is missing");
        }
        Ok(())
    }

    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let severity = [
            ("1", Severity::Sev1),
            ("2", Severity::Sev2),
            ("3", Severity::Sev2),
            ("4", Severity::Sev2_5),
            ("5", Severity::Sev3),
            ("6", Severity::Sev4),
            ("7", Severity::Sev4),
            ("8", Severity::Sev5),
            ("9", Severity::Sev5),
        ];
        let status = [
            ("needs-action", State::New),
            ("in-process", State::Active),
            ("completed", State::Resolved),
            ("cancelled", State::Closed),
        ];
        Tables::new(severity, status)
    }

    /// What has no organizer is the owner's.
    fn anonymous(&self) -> Anonymous {
        Anonymous::Importer
    }
}

/// A file as far as it was read.
struct Calendar<'a> {
    file: &'a str,
    home: &'a TimeZone,
    /// The components that are open, outermost first.
    open: Vec<String>,
    todo: Option<Todo>,
    name: Option<String>,
    /// The file's own names for zones.
    zones: HashMap<String, String>,
    /// The name of the zone that is being read.
    zone_id: String,
}

/// A task's properties.
struct Todo {
    line: usize,
    properties: Vec<Property>,
}

impl Calendar<'_> {
    fn property(&mut self, property: Property, into: &mut Gathered) {
        match property.name.as_str() {
            "BEGIN" => self.begin(&property, into),
            "END" => self.end(&property, into),
            _ => match self.open.last().map(String::as_str) {
                Some("VTODO") => {
                    if let Some(todo) = &mut self.todo {
                        todo.properties.push(property);
                    }
                }
                Some("VTIMEZONE") if property.name == "TZID" => self.zone_id = property.value,
                Some("VTIMEZONE") if property.name == "X-LIC-LOCATION" => {
                    self.zones.insert(self.zone_id.clone(), property.value);
                }
                Some("VCALENDAR") if matches!(property.name.as_str(), "X-WR-CALNAME" | "NAME") => {
                    self.name = Some(property.text()).filter(|it| !it.trim().is_empty());
                }
                _ => {}
            },
        }
    }

    fn begin(&mut self, property: &Property, into: &mut Gathered) {
        let kind = property.value.trim().to_ascii_uppercase();
        match kind.as_str() {
            "VTODO" => {
                if let Some(torn) = self.todo.take() {
                    let place = Place::new(self.file, torn.line);
                    into.skip_ticket(&place, "", "its END:VTODO is missing");
                    self.open.retain(|it| it != "VTODO");
                }
                self.todo = Some(Todo {
                    line: property.line,
                    properties: Vec::new(),
                });
            }
            "VEVENT" | "VJOURNAL" | "VALARM" => {
                into.report.note(format!("{kind}: no task, not brought"), 1);
            }
            _ => {}
        }
        self.open.push(kind);
    }

    fn end(&mut self, property: &Property, into: &mut Gathered) {
        let kind = property.value.trim().to_ascii_uppercase();
        if let Some(at) = self.open.iter().rposition(|it| *it == kind) {
            self.open.truncate(at);
        }
        if kind == "VTODO"
            && let Some(todo) = self.todo.take()
        {
            let place = Place::new(self.file, todo.line);
            let key = todo.key();
            match self.ticket(&todo, &key, &place, into) {
                Ok(ticket) => into.take(ticket),
                Err(why) => {
                    for _ in todo.all("COMMENT") {
                        into.skip_comment(&place, &key, "its task could not be read");
                    }
                    into.skip_ticket(&place, &key, why);
                }
            }
        }
    }

    fn ticket(
        &self,
        todo: &Todo,
        key: &str,
        place: &Place,
        into: &mut Gathered,
    ) -> Result<ForeignTicket, String> {
        let mut time = |name| self.time(todo, name, into);
        let stamp = time("DTSTAMP")?;
        let created = time("CREATED")?.or(stamp);
        let updated = time("LAST-MODIFIED")?.or(stamp);
        let resolved = time("COMPLETED")?;
        let due = self.due(todo, into)?;
        todo.note_what_is_left(into);
        let mut attendees = todo.all("ATTENDEE").filter_map(person);
        let priority = todo.text("PRIORITY").filter(|it| it.trim() != "0");
        let queue = self.name.clone().unwrap_or_else(|| "Tasks".to_owned());
        let (files, left) = todo.attached();
        Ok(ForeignTicket {
            place: place.clone(),
            source_id: key.to_owned(),
            queue: ForeignQueue::named(queue),
            title: todo.text("SUMMARY").unwrap_or_default(),
            body: todo.text("DESCRIPTION").unwrap_or_default(),
            rating: priority.map_or(Rating::Unsaid, Rating::Word),
            state: todo.state(),
            requester: todo.all("ORGANIZER").find_map(person),
            assignee: attendees.next(),
            followers: attendees.collect(),
            created,
            updated,
            resolved,
            due,
            tags: todo.all("CATEGORIES").flat_map(Property::texts).collect(),
            values: todo.values(),
            parent: todo.related(true).next(),
            kept: todo.kept(left),
            files,
            comments: todo.comments(key, place),
            ..ForeignTicket::default()
        })
    }

    fn time(
        &self,
        todo: &Todo,
        name: &'static str,
        into: &mut Gathered,
    ) -> Result<Option<Moment>, String> {
        let Some(property) = todo.one(name) else {
            return Ok(None);
        };
        let read = match self.when(property, into) {
            Some(Due::At(at)) => Some(at),
            Some(Due::Day(day)) => self.in_zone(self.home, day.at(0, 0, 0, 0)),
            None => None,
        };
        read.map(Some)
            .ok_or_else(|| bad_time(name, &property.value))
    }

    /// When it is due: by name, or so long after its start.
    fn due(&self, todo: &Todo, into: &mut Gathered) -> Result<Option<Due>, String> {
        if let Some(due) = todo.one("DUE") {
            let read = self.when(due, into);
            return read.map(Some).ok_or_else(|| bad_time("DUE", &due.value));
        }
        let (Some(start), Some(duration)) = (todo.one("DTSTART"), todo.one("DURATION")) else {
            return Ok(None);
        };
        let starts = self
            .when(start, into)
            .ok_or_else(|| bad_time("DTSTART", &start.value))?;
        let span: Option<Span> = duration.value.trim().parse().ok();
        let span = span.ok_or_else(|| format!("`DURATION` is none: `{}`", duration.value))?;
        let ends = match starts {
            Due::Day(day) => day.checked_add(span).ok().map(Due::Day),
            Due::At(at) => {
                let zoned = at.to_zoned(self.home.clone()).checked_add(span).ok();
                zoned.map(|it| Due::At(it.timestamp()))
            }
        };
        Ok(ends)
    }

    /// A day, or a moment: in UTC, in the zone that is named, or where the family lives.
    fn when(&self, property: &Property, into: &mut Gathered) -> Option<Due> {
        let text = property.value.trim();
        if !text.contains('T') {
            let day: Date = text.parse().ok()?;
            return Some(Due::Day(day));
        }
        if text.ends_with('Z') {
            return text.parse().ok().map(Due::At);
        }
        let at: DateTime = text.parse().ok()?;
        let zone = match property.param("TZID") {
            Some(name) => self.zone_named(name).unwrap_or_else(|| {
                let what = format!("unknown time zone `{name}`: the family's stands for it");
                into.report.note(what, 1);
                self.home.clone()
            }),
            None => self.home.clone(),
        };
        self.in_zone(&zone, at).map(Due::At)
    }

    fn in_zone(&self, zone: &TimeZone, at: DateTime) -> Option<Moment> {
        zone.to_ambiguous_timestamp(at).compatible().ok()
    }

    /// A zone by its name in the world, or by the file's own name for it, which often ends in the
    /// other, as `/example.org/Europe/Madrid`.
    fn zone_named(&self, name: &str) -> Option<TimeZone> {
        let of_file = self.zones.get(name).map(String::as_str);
        let after_slashes = name.match_indices('/').map(|(at, _)| &name[at + 1..]);
        [Some(name), of_file]
            .into_iter()
            .flatten()
            .chain(after_slashes)
            .find_map(|it| zone(it.trim()))
    }
}

impl Todo {
    fn all(&self, name: &'static str) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(move |it| it.name == name)
    }

    fn one(&self, name: &'static str) -> Option<&Property> {
        self.all(name).find(|it| !it.value.trim().is_empty())
    }

    fn text(&self, name: &'static str) -> Option<String> {
        self.one(name).map(Property::text)
    }

    /// Its UID; an instance of a series has also the time of that. Without a UID all that it says
    /// tells it from others, but for the time of the export.
    fn key(&self) -> String {
        let Some(uid) = self.text("UID") else {
            let mut hash = Sha256::new();
            for property in self.properties.iter().filter(|it| it.name != "DTSTAMP") {
                hash.update(&property.name);
                hash.update([0]);
                hash.update(&property.value);
                hash.update([0]);
            }
            return format!("sha256-{}", hex(&hash.finalize()[..8]));
        };
        match self.text("RECURRENCE-ID") {
            Some(instance) => format!("{uid}/{instance}"),
            None => uid,
        }
    }

    fn state(&self) -> ForeignState {
        let status = self.text("STATUS").map(|it| it.to_lowercase());
        let by_dates = || match self.one("COMPLETED") {
            Some(_) => "completed".to_owned(),
            None => "needs-action".to_owned(),
        };
        ForeignState::word(status.unwrap_or_else(by_dates))
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let values = [
            ("priority", "PRIORITY"),
            ("status", "STATUS"),
            ("class", "CLASS"),
        ];
        let values = values.into_iter();
        values
            .filter_map(|(name, property)| Some((name, self.text(property)?)))
            .collect()
    }

    /// The ids of what it relates to, as a child or otherwise.
    fn related(&self, as_child: bool) -> impl Iterator<Item = String> {
        self.all("RELATED-TO")
            .filter(move |it| {
                let kind = it.param("RELTYPE").unwrap_or("PARENT");
                kind.eq_ignore_ascii_case("PARENT") == as_child
            })
            .map(Property::text)
    }

    /// The files whose bytes stand inside, and what is known of the others.
    fn attached(&self) -> (Vec<ForeignFile>, Vec<String>) {
        let (mut files, mut left) = (Vec::new(), Vec::new());
        for property in self.all("ATTACH") {
            match file(property).filter(|_| files.len() < FILES_PER_COMMENT) {
                Some(file) => files.push(file),
                None => left.push(attachment(property)),
            }
        }
        (files, left)
    }

    fn kept(&self, attachments: Vec<String>) -> Vec<Kept> {
        let of = |label, name| Kept::some(label, self.all(name).map(Property::text));
        [
            of("Location", "LOCATION"),
            of("Address", "URL"),
            of("Coordinates", "GEO"),
            of("Contact", "CONTACT"),
            of("Resources", "RESOURCES"),
            of("Starts", "DTSTART"),
            of("Lasts", "DURATION"),
            of("Percent done", "PERCENT-COMPLETE"),
            of("Recurs", "RRULE"),
            Kept::some("Related to", self.related(false)),
            Kept::attachments(attachments),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The comments, which have neither author nor time; what they say tells them apart.
    fn comments(&self, key: &str, place: &Place) -> Vec<ForeignComment> {
        self.all("COMMENT")
            .map(|it| {
                let hash = hex(&Sha256::digest(it.value.as_bytes())[..4]);
                ForeignComment {
                    place: place.clone(),
                    source_id: format!("{key}/{hash}"),
                    body: it.text(),
                    ..ForeignComment::default()
                }
            })
            .collect()
    }

    fn note_what_is_left(&self, into: &mut Gathered) {
        const READ: [&str; 27] = [
            "ATTACH",
            "ATTENDEE",
            "CATEGORIES",
            "CLASS",
            "COMMENT",
            "COMPLETED",
            "CONTACT",
            "CREATED",
            "DESCRIPTION",
            "DTSTAMP",
            "DTSTART",
            "DUE",
            "DURATION",
            "GEO",
            "LAST-MODIFIED",
            "LOCATION",
            "ORGANIZER",
            "PERCENT-COMPLETE",
            "PRIORITY",
            "RECURRENCE-ID",
            "RELATED-TO",
            "RESOURCES",
            "RRULE",
            "SEQUENCE",
            "STATUS",
            "SUMMARY",
            "URL",
        ];
        for Property { name, value, .. } in &self.properties {
            if name != "UID" && !READ.contains(&name.as_str()) && !value.trim().is_empty() {
                let what = format!("property `{name}`: not brought, it has no home");
                into.report.note(what, 1);
            }
        }
    }
}

/// `ORGANIZER;CN=Ana:mailto:ana@x.test`.
fn person(property: &Property) -> Option<ForeignPerson> {
    let value = property.value.trim();
    let scheme = value
        .get(.."mailto:".len())
        .filter(|it| it.eq_ignore_ascii_case("mailto:"));
    let mail = scheme
        .map_or(value, |scheme| &value[scheme.len()..])
        .to_lowercase();
    let name = property
        .param("CN")
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let source_id = if mail.is_empty() {
        name?.to_owned()
    } else {
        mail
    };
    Some(ForeignPerson {
        name: name.map_or_else(|| source_id.clone(), str::to_owned),
        source_id,
    })
}

/// The file that stands inside, unless it is damaged, empty or larger than an attachment may be.
fn file(property: &Property) -> Option<ForeignFile> {
    if !is_inside(property) {
        return None;
    }
    let bytes = STANDARD.decode(property.value.trim()).ok()?;
    ForeignFile::new(file_name(property).unwrap_or_default(), bytes)
}

fn is_inside(property: &Property) -> bool {
    let encoding = property.param("ENCODING");
    encoding.is_some_and(|it| it.eq_ignore_ascii_case("BASE64"))
}

fn file_name(property: &Property) -> Option<&str> {
    property.param("FILENAME").or(property.param("X-FILENAME"))
}

/// An address, or how much stands inside.
fn attachment(property: &Property) -> String {
    let what = if is_inside(property) {
        let inside = property.value.trim().trim_end_matches('=').len();
        format!("{} bytes", inside * 3 / 4)
    } else {
        property.value.trim().to_owned()
    };
    let parts = [
        file_name(property).map(str::to_owned),
        Some(what),
        property.param("FMTTYPE").map(str::to_owned),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
