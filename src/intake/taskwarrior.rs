//! Taskwarrior's `task export`: a JSON array, or one task per line.
//!
//! | there | here |
//! |---|---|
//! | description | title |
//! | project, dots and all | queue |
//! | `pending`, and `started` where it has a start | status |
//! | `completed`, `waiting` | status |
//! | `deleted`, and the template of a `recurring` task | stay away |
//! | priority H, M, L, none | SEV_2, SEV_3, SEV_4, SEV_4 |
//! | annotations | comments of whoever imports |
//! | what users have defined themselves | text in the description |

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::foreign::{
    ForeignComment, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept, Place, Rating,
};
use super::json::{bad_time, is_nothing, list, text, time};
use super::moment::Due;
use super::tables::{State, Tables};
use super::{Anonymous, Format, rows};
use crate::model::severity::Severity;

/// The importer of taskwarrior's tasks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taskwarrior;

impl Format for Taskwarrior {
    fn name(&self) -> &str {
        "Taskwarrior"
    }

    fn system(&self) -> &str {
        "taskwarrior"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        rows::read(input, &["tasks"], &mut |row| {
            let place = Place::new(file, row.line);
            match row.object {
                Ok(task) => take(task, &place, into),
                Err(why) => into.skip_ticket(&place, "", why),
            }
        })
    }

    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let severity = [
            ("h", Severity::Sev2),
            ("m", Severity::Sev3),
            ("l", Severity::Sev4),
            ("none", Severity::Sev4),
        ];
        let status = [
            ("pending", State::New),
            ("started", State::Active),
            ("waiting", State::Waiting),
            ("completed", State::Resolved),
            ("deleted", State::Skip),
            ("recurring", State::Skip),
        ];
        Tables::new(severity, status)
    }

    /// A task list is one person's.
    fn anonymous(&self) -> Anonymous {
        Anonymous::Importer
    }
}

fn take(task: Map<String, Value>, place: &Place, into: &mut Gathered) {
    let task = Value::Object(task);
    let uuid = text(task.get("uuid")).unwrap_or_default();
    match ticket(&task, &uuid, place, into) {
        Ok(ticket) => into.take(ticket),
        Err(why) => {
            for _ in list(&task["annotations"]) {
                into.skip_comment(place, &uuid, "its task could not be read");
            }
            into.skip_ticket(place, &uuid, why);
        }
    }
}

fn ticket(
    task: &Value,
    uuid: &str,
    place: &Place,
    into: &mut Gathered,
) -> Result<ForeignTicket, String> {
    if uuid.is_empty() {
        return Err("no `uuid`".to_owned());
    }
    let created = time(task, "entry")?;
    let due = match text(task.get("due")) {
        Some(due) => Some(Due::parse(&due).ok_or_else(|| bad_time("due", &due))?),
        None => None,
    };
    let resolved = time(task, "end")?;
    let updated = time(task, "modified")?.max(resolved);
    let priority = text(task.get("priority"));
    let comments = annotations(task, uuid, place, into);
    Ok(ForeignTicket {
        place: place.clone(),
        source_id: uuid.to_owned(),
        id_time: created,
        queue: queue(task),
        title: text(task.get("description")).unwrap_or_default(),
        rating: priority.clone().map_or(Rating::Unsaid, Rating::Word),
        state: state(task),
        created,
        updated,
        resolved,
        due,
        tags: list(&task["tags"])
            .filter_map(|it| text(Some(it)))
            .collect(),
        values: [("priority", priority), ("status", text(task.get("status")))]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        kept: kept(task),
        comments,
        ..ForeignTicket::default()
    })
}

fn queue(task: &Value) -> ForeignQueue {
    match text(task.get("project")) {
        Some(project) => ForeignQueue::named(project),
        None => ForeignQueue {
            name: "Tasks".to_owned(),
            ..ForeignQueue::named("(no project)")
        },
    }
}

fn state(task: &Value) -> ForeignState {
    let word = text(task.get("status")).unwrap_or_else(|| "pending".to_owned());
    let started = word == "pending" && text(task.get("start")).is_some();
    let wait = text(task.get("wait"));
    ForeignState {
        word: if started { "started".to_owned() } else { word },
        otherwise: None,
        waits_on: wait.map(|wait| format!("until {wait}")),
    }
}

/// What has no home of its own; also whatever a user has defined.
fn kept(task: &Value) -> Vec<Kept> {
    const READ: [&str; 18] = [
        "annotations",
        "description",
        "due",
        "end",
        "entry",
        "id",
        "imask",
        "mask",
        "modified",
        "parent",
        "priority",
        "project",
        "rtype",
        "start",
        "status",
        "tags",
        "urgency",
        "uuid",
    ];
    const NAMES: [(&str, &str); 5] = [
        ("depends", "Depends on"),
        ("wait", "Waits until"),
        ("scheduled", "Scheduled"),
        ("until", "Until"),
        ("recur", "Recurs"),
    ];
    let fields = task.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| !READ.contains(&name.as_str()) && !is_nothing(value))
        .filter_map(|(name, value)| {
            let label = NAMES.iter().find(|(field, _)| field == name);
            Kept::some(
                label.map_or(name.as_str(), |(_, label)| label),
                items(value),
            )
        })
        .collect()
}

/// A list of texts, or one text whose parts commas separate.
fn items(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        other => vec![one(other)],
    }
}

fn one(value: &Value) -> String {
    text(Some(value)).unwrap_or_else(|| value.to_string())
}

fn annotations(
    task: &Value,
    uuid: &str,
    place: &Place,
    into: &mut Gathered,
) -> Vec<ForeignComment> {
    let mut read = Vec::new();
    let mut times: HashMap<String, usize> = HashMap::new();
    for annotation in list(&task["annotations"]) {
        let entry = text(annotation.get("entry")).unwrap_or_default();
        let nth = times.entry(entry.clone()).or_default();
        *nth += 1;
        // Two of the same second are told apart by their order.
        let id = match *nth {
            1 => format!("{uuid}/{entry}"),
            nth => format!("{uuid}/{entry}-{nth}"),
        };
        match time(annotation, "entry") {
            Ok(created) => read.push(ForeignComment {
                place: place.clone(),
                source_id: id,
                body: text(annotation.get("description")).unwrap_or_default(),
                created,
                ..ForeignComment::default()
            }),
            Err(why) => into.skip_comment(place, &format!("{uuid} comment {entry}"), why),
        }
    }
    read
}
