//! CSV of any kind: a row is a ticket, and a mapping file says which column is what.
//!
//! ```toml
//! [csv]
//! name = "osTicket"                 # where it comes from; ids are told apart by it
//! delimiter = ";"                   # otherwise the first line tells
//! time_zone = "Europe/Madrid"       # of times without an offset; otherwise the family's
//! time_format = "%d/%m/%Y %H:%M"    # tried before the usual ones
//! html = true                       # descriptions are HTML
//!
//! [columns]
//! id = "Ticket Number"
//! title = "Subject"
//! tags = ["Help Topic", "Source"]
//! ```
//!
//! Columns that are not named are found by their usual heads; what no field takes stays as text in
//! the description.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use jiff::Timestamp as Moment;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::foreign::{
    ForeignPerson, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept, Place, Rating,
};
use super::json::bad_time;
use super::moment::{Due, local_moment};
use super::sheet::{Cells, Heads, Sheet};
use super::tables::{State, Tables};
use super::text::hex;
use super::{Anonymous, Format, html};
use crate::config::zone;
use crate::model::severity::Severity;

/// How a CSV file is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// The system it comes from.
    name: Option<String>,
    /// One character between the cells.
    delimiter: Option<char>,
    /// The IANA zone of times without an offset.
    time_zone: Option<String>,
    /// How times are written, in the words of `strftime`.
    time_format: Option<String>,
    /// Whether descriptions are HTML.
    html: bool,
}

/// Which column is what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    id: Option<String>,
    title: Option<String>,
    description: Option<String>,
    status: Option<String>,
    severity: Option<String>,
    queue: Option<String>,
    requester: Option<String>,
    assignee: Option<String>,
    created: Option<String>,
    updated: Option<String>,
    resolved: Option<String>,
    due: Option<String>,
    parent: Option<String>,
    tags: Option<Vec<String>>,
}

/// The importer of CSV.
pub struct Csv {
    name: String,
    system: String,
    delimiter: Option<u8>,
    zone: TimeZone,
    time_format: Option<String>,
    html: bool,
    columns: Columns,
    /// Whether the file says who asks.
    knows_requesters: bool,
    /// How often rows without an id said the same.
    seen: HashMap<String, usize>,
}

/// The heads by which a column is found that no mapping names, in lower case.
const USUAL: [(&str, &[&str]); 13] = [
    (
        "id",
        &[
            "id",
            "number",
            "ticket number",
            "ticket id",
            "ticket",
            "key",
            "issue key",
            "uuid",
        ],
    ),
    (
        "title",
        &[
            "title",
            "subject",
            "summary",
            "name",
            "short description",
            "content",
        ],
    ),
    (
        "description",
        &["description", "body", "details", "text", "notes"],
    ),
    (
        "status",
        &["status", "state", "current status", "incident_state"],
    ),
    ("severity", &["severity", "priority", "urgency"]),
    (
        "queue",
        &[
            "queue",
            "department",
            "group",
            "project",
            "category",
            "team",
            "list",
        ],
    ),
    (
        "requester",
        &[
            "requester",
            "from email",
            "from",
            "reporter",
            "creator",
            "author",
            "requester email",
            "caller",
            "opened_by",
        ],
    ),
    (
        "assignee",
        &[
            "assignee",
            "agent assigned",
            "assigned to",
            "assigned_to",
            "owner",
            "responsible",
            "agent",
        ],
    ),
    (
        "created",
        &[
            "created",
            "date created",
            "created at",
            "created_at",
            "opened",
            "opened_at",
            "date",
            "created time",
        ],
    ),
    (
        "updated",
        &[
            "updated",
            "last updated",
            "updated at",
            "updated_at",
            "modified",
            "last modified",
        ],
    ),
    (
        "resolved",
        &[
            "resolved",
            "resolved at",
            "resolved_at",
            "closed date",
            "closed at",
            "closed_at",
            "closed",
            "completed",
            "resolved time",
        ],
    ),
    ("due", &["due", "due date", "due by", "due_at", "deadline"]),
    ("parent", &["parent", "parent id", "parent ticket"]),
];

/// The heads that make tags where no mapping names others.
const USUAL_TAGS: [&str; 5] = ["tags", "labels", "keywords", "help topic", "topic"];

impl Csv {
    /// # Errors
    /// Where the layout names no zone that there is, or a delimiter that is none.
    pub fn new(layout: Layout, columns: Columns, family_zone: TimeZone) -> Result<Csv, String> {
        let zone = match &layout.time_zone {
            Some(name) => zone(name)
                .ok_or_else(|| format!("[csv] time_zone: there is no time zone `{name}`"))?,
            None => family_zone,
        };
        let one_byte = |c| {
            u8::try_from(c).map_err(|_| format!("[csv] delimiter: `{c}` is not an ASCII character"))
        };
        let name = layout.name.unwrap_or_else(|| "CSV".to_owned());
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        Ok(Csv {
            system: letters.flat_map(char::to_lowercase).collect(),
            name,
            delimiter: layout.delimiter.map(one_byte).transpose()?,
            zone,
            time_format: layout.time_format,
            html: layout.html,
            columns,
            knows_requesters: false,
            seen: HashMap::new(),
        })
    }
}

impl Format for Csv {
    fn name(&self) -> &str {
        &self.name
    }

    fn system(&self) -> &str {
        &self.system
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        let Some(mut sheet) = Sheet::open(input, self.delimiter)? else {
            return Ok(());
        };
        let found = match Found::of(sheet.heads(), &self.columns) {
            Ok(found) => found,
            Err(why) => {
                into.skip_ticket(&Place::new(file, 1), "", why);
                return Ok(());
            }
        };
        self.knows_requesters |= found.has("requester");
        while let Some(row) = sheet.next_row()? {
            let place = Place::new(file, row.line);
            match row.cells {
                Ok(cells) => self.row(
                    &Named {
                        cells,
                        found: &found,
                    },
                    place,
                    into,
                ),
                Err(why) => into.skip_ticket(&place, "", why),
            }
        }
        Ok(())
    }

    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        Tables::new(SEVERITIES, STATES)
    }

    fn anonymous(&self) -> Anonymous {
        if self.knows_requesters {
            Anonymous::Someone
        } else {
            Anonymous::Importer
        }
    }
}

const SEVERITIES: [(&str, Severity); 26] = [
    ("sev_1", Severity::Sev1),
    ("sev1", Severity::Sev1),
    ("emergency", Severity::Sev1),
    ("urgent", Severity::Sev1),
    ("critical", Severity::Sev1),
    ("1 - critical", Severity::Sev1),
    ("sev_2", Severity::Sev2),
    ("sev2", Severity::Sev2),
    ("high", Severity::Sev2),
    ("3 high", Severity::Sev2),
    ("2 - high", Severity::Sev2),
    ("sev_2.5", Severity::Sev2_5),
    ("sev2.5", Severity::Sev2_5),
    ("sev_3", Severity::Sev3),
    ("sev3", Severity::Sev3),
    ("normal", Severity::Sev3),
    ("medium", Severity::Sev3),
    ("2 normal", Severity::Sev3),
    ("3 - moderate", Severity::Sev3),
    ("sev_4", Severity::Sev4),
    ("sev4", Severity::Sev4),
    ("low", Severity::Sev4),
    ("1 low", Severity::Sev4),
    ("4 - low", Severity::Sev4),
    ("sev_5", Severity::Sev5),
    ("sev5", Severity::Sev5),
];

const STATES: [(&str, State); 26] = [
    ("open", State::New),
    ("new", State::New),
    ("todo", State::New),
    ("to do", State::New),
    ("needs-action", State::New),
    ("active", State::Active),
    ("in progress", State::Active),
    ("in-process", State::Active),
    ("assigned", State::Active),
    ("waiting", State::Waiting),
    ("pending", State::Waiting),
    ("on hold", State::Waiting),
    ("hold", State::Waiting),
    ("blocked", State::Waiting),
    ("resolved", State::Resolved),
    ("solved", State::Resolved),
    ("done", State::Resolved),
    ("completed", State::Resolved),
    ("fixed", State::Resolved),
    ("closed", State::Closed),
    ("archived", State::Closed),
    ("cancelled", State::Closed),
    ("canceled", State::Closed),
    ("rejected", State::Closed),
    ("deleted", State::Skip),
    ("spam", State::Skip),
];

/// The columns of one file by the fields they fill.
struct Found {
    fields: HashMap<&'static str, String>,
    tags: Vec<String>,
    /// Those that no field takes.
    others: Vec<String>,
}

impl Found {
    fn of(heads: &Heads, columns: &Columns) -> Result<Found, String> {
        let there = || heads.names.join("`, `");
        let mut fields = HashMap::new();
        for (field, usual) in USUAL {
            let column = match columns.of(field) {
                Some(named) if heads.has(named) => Some(named.to_owned()),
                Some(named) => {
                    return Err(format!(
                        "there is no column `{named}` for the {field}; there is `{}`",
                        there()
                    ));
                }
                None => usual
                    .iter()
                    .find(|it| heads.has(it))
                    .map(|it| (*it).to_owned()),
            };
            let taken = |column: &String| fields.values().any(|it| it == column);
            if let Some(column) = column.filter(|it| !taken(it) || columns.of(field).is_some()) {
                fields.insert(field, column);
            }
        }
        if !fields.contains_key("title") {
            return Err(format!(
                "no column is the title; name it in a file for --map, under [columns] as \
                 title = \"…\"; there is `{}`",
                there()
            ));
        }
        let tags: Vec<String> = match &columns.tags {
            Some(named) => named.clone(),
            None => USUAL_TAGS.iter().map(|it| (*it).to_owned()).collect(),
        };
        let tags: Vec<String> = tags.into_iter().filter(|it| heads.has(it)).collect();
        let lower: BTreeSet<String> = fields
            .values()
            .chain(&tags)
            .map(|it| it.trim().to_lowercase())
            .collect();
        let others = heads
            .names
            .iter()
            .filter(|it| !lower.contains(&it.to_lowercase()));
        let others = others.cloned().collect();
        Ok(Found {
            fields,
            tags,
            others,
        })
    }

    fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }
}

impl Columns {
    fn of(&self, field: &str) -> Option<&str> {
        match field {
            "id" => &self.id,
            "title" => &self.title,
            "description" => &self.description,
            "status" => &self.status,
            "severity" => &self.severity,
            "queue" => &self.queue,
            "requester" => &self.requester,
            "assignee" => &self.assignee,
            "created" => &self.created,
            "updated" => &self.updated,
            "resolved" => &self.resolved,
            "due" => &self.due,
            _ => &self.parent,
        }
        .as_deref()
    }
}

/// The cells of a row by the fields they fill.
struct Named<'a> {
    cells: Cells<'a>,
    found: &'a Found,
}

impl Named<'_> {
    fn get(&self, field: &str) -> Option<String> {
        let column = self.found.fields.get(field)?;
        self.cells.get(column).map(|it| it.trim().to_owned())
    }

    /// The text as it stands, for what is not a word but a text.
    fn whole(&self, field: &str) -> Option<String> {
        let column = self.found.fields.get(field)?;
        self.cells.get(column).map(|it| it.into_owned())
    }

    fn tags(&self) -> Vec<String> {
        let cells = self.found.tags.iter().filter_map(|it| self.cells.get(it));
        let split = |cell: std::borrow::Cow<'_, str>| {
            let parts = cell.split([',', ';']).map(str::to_owned);
            parts.collect::<Vec<_>>()
        };
        cells.flat_map(split).collect()
    }

    fn others(&self) -> impl Iterator<Item = Kept> {
        self.found.others.iter().filter_map(|head| {
            let label = if head.is_empty() { "(no head)" } else { head };
            Kept::some(label, self.cells.get(head).map(|it| it.into_owned()))
        })
    }
}

impl Csv {
    fn row(&mut self, row: &Named<'_>, place: Place, into: &mut Gathered) {
        let id = row.get("id");
        match self.ticket(row, id.clone(), &place) {
            Ok(ticket) => {
                let old = usize::from(row.cells.is_of_old_encoding());
                into.report.note("not UTF-8: read as Windows-1252", old);
                into.take(ticket);
            }
            Err(why) => into.skip_ticket(&place, &id.unwrap_or_default(), why),
        }
    }

    fn ticket(
        &mut self,
        row: &Named<'_>,
        id: Option<String>,
        place: &Place,
    ) -> Result<ForeignTicket, String> {
        let created = self.time(row, "created")?;
        let due = match row.get("due") {
            Some(text) => Some(self.due(&text).ok_or_else(|| bad_time("due", &text))?),
            None => None,
        };
        let title = row.get("title").unwrap_or_default();
        if title.is_empty() && id.is_none() {
            return Err("neither a title nor an id".to_owned());
        }
        let body = row.whole("description").unwrap_or_default();
        let values = [
            ("status", row.get("status")),
            ("priority", row.get("severity")),
        ];
        Ok(ForeignTicket {
            place: place.clone(),
            source_id: id.unwrap_or_else(|| self.key_of(row)),
            queue: ForeignQueue::named(row.get("queue").unwrap_or_else(|| self.name.clone())),
            body: if self.html {
                html::to_text(&body)
            } else {
                body
            },
            title,
            rating: row.get("severity").map_or(Rating::Unsaid, Rating::Word),
            state: ForeignState::word(row.get("status").unwrap_or_default()),
            requester: row.get("requester").map(ForeignPerson::named),
            assignee: row.get("assignee").map(ForeignPerson::named),
            created,
            updated: self.time(row, "updated")?,
            resolved: self.time(row, "resolved")?,
            due,
            tags: row.tags(),
            values: values
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            parent: row.get("parent"),
            kept: row.others().collect(),
            ..ForeignTicket::default()
        })
    }

    /// What tells a row without an id from others: all that it says, and how often that was said
    /// before.
    fn key_of(&mut self, row: &Named<'_>) -> String {
        let mut key = hex(&Sha256::digest(row.cells.bytes())[..8]);
        let times = self.seen.entry(key.clone()).or_default();
        *times += 1;
        if *times > 1 {
            key = format!("{key}-{times}");
        }
        key
    }

    fn time(&self, row: &Named<'_>, field: &str) -> Result<Option<Moment>, String> {
        let Some(text) = row.get(field) else {
            return Ok(None);
        };
        let read = local_moment(&text, &self.zone, self.time_format.as_deref());
        read.map(Some).ok_or_else(|| bad_time(field, &text))
    }

    fn due(&self, text: &str) -> Option<Due> {
        match Due::parse(text) {
            Some(due) => Some(due),
            None => local_moment(text, &self.zone, self.time_format.as_deref()).map(Due::At),
        }
    }
}
