//! Jira issues as JSON: a page of a search (`{"issues": [...]}`), an array of issues, or JSON
//! Lines. Server (wiki markup, stored as it is) and Cloud (document objects, read as text).
//!
//! | Jira | here |
//! |---|---|
//! | project | queue |
//! | status category `new` | OPEN, NEW: whoever it is assigned to has not taken it up |
//! | status category `indeterminate` | OPEN, ACTIVE |
//! | an open status called waiting, pending, blocked or on hold | OPEN, WAITING on that |
//! | status category `done` | RESOLVED where the status says so, else CLOSED |
//! | labels, components | tags |
//! | priority, status, resolution, type | tags `import:priority=High` |
//! | a comment's visibility | an internal comment |
//! | links, attachments, versions, sprints, epic, environment | text in the description |

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::foreign::{
    ForeignComment, ForeignPerson, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept,
    Place, Rating,
};
use super::json::{bad_time, is_nothing, list, name_of, names, text, time};
use super::moment::Due;
use super::tables::{State, Tables};
use super::{Format, adf, rows};
use crate::model::severity::Severity;

/// The importer of Jira issues.
#[derive(Debug, Clone, Copy, Default)]
pub struct Jira;

impl Format for Jira {
    fn name(&self) -> &str {
        "Jira"
    }

    fn system(&self) -> &str {
        "jira"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        rows::read(input, &["issues"], &mut |row| {
            let place = Place::new(file, row.line);
            match row.object {
                Ok(issue) => take(&issue, place, into),
                Err(why) => into.skip_ticket(&place, "", why),
            }
        })
    }

    /// Jira's two stock schemes and the common one of four words. `Critical` is second where a
    /// graver word occurs beside it, and first where it is itself the gravest. Statuses go by
    /// their categories.
    fn tables(&self, occurring: &BTreeSet<String>) -> Tables {
        let has_graver = ["highest", "blocker"]
            .iter()
            .any(|it| occurring.contains(*it));
        let critical = if has_graver {
            Severity::Sev2
        } else {
            Severity::Sev1
        };
        let severity = [
            ("highest", Severity::Sev1),
            ("blocker", Severity::Sev1),
            ("critical", critical),
            ("high", Severity::Sev2),
            ("medium", Severity::Sev3),
            ("major", Severity::Sev3),
            ("low", Severity::Sev4),
            ("minor", Severity::Sev4),
            ("lowest", Severity::Sev5),
            ("trivial", Severity::Sev5),
        ];
        Tables::new(severity, [])
    }
}

fn take(issue: &Map<String, Value>, place: Place, into: &mut Gathered) {
    let key = text(issue.get("key")).unwrap_or_default();
    match ticket(issue, &key, &place, into) {
        Ok(ticket) => into.take(ticket),
        Err(why) => {
            for comment in comment_list(issue.get("fields").unwrap_or(&Value::Null)) {
                let which = format!(
                    "{key} comment {}",
                    text(comment.get("id")).unwrap_or_default()
                );
                into.skip_comment(&place, which.trim(), "its issue could not be read");
            }
            into.skip_ticket(&place, &key, why);
        }
    }
}

/// Reads one issue, or says why it is none.
fn ticket(
    issue: &Map<String, Value>,
    key: &str,
    place: &Place,
    into: &mut Gathered,
) -> Result<ForeignTicket, String> {
    if key.is_empty() {
        return Err("no `key`".to_owned());
    }
    let fields = &issue.get("fields").ok_or("no `fields`")?;
    if !fields.is_object() {
        return Err("`fields` is not an object".to_owned());
    }
    let created = time(fields, "created")?.ok_or("no `fields.created`")?;
    let updated = time(fields, "updated")?.unwrap_or(created);
    let resolved = time(fields, "resolutiondate")?;
    let due = match text(fields.get("duedate")) {
        Some(day) => Some(Due::parse(&day).ok_or_else(|| bad_time("duedate", &day))?),
        None => None,
    };
    let comments = comments(fields, key, place, into);
    note_what_is_left(issue, fields, into);
    Ok(ForeignTicket {
        place: place.clone(),
        source_id: key.to_owned(),
        id_time: Some(created),
        queue: queue(&fields["project"], key),
        title: text(fields.get("summary")).unwrap_or_default(),
        body: prose(fields.get("description")),
        rating: name_of(&fields["priority"]).map_or(Rating::Unsaid, Rating::Word),
        state: state(&fields["status"]),
        requester: person(fields.get("reporter")).or_else(|| person(fields.get("creator"))),
        assignee: person(fields.get("assignee")),
        followers: Vec::new(),
        created: Some(created),
        updated: Some(updated),
        resolved,
        due,
        tags: names(&fields["labels"])
            .chain(names(&fields["components"]))
            .collect(),
        values: values(fields),
        parent: text(fields["parent"].get("key")),
        children: children(&fields["subtasks"]),
        kept: kept(issue, fields),
        files: Vec::new(),
        comments,
    })
}

/// Where the issue is in its life: by the category of its status, unless a table knows the word.
fn state(status: &Value) -> ForeignState {
    let name = name_of(status).unwrap_or_default();
    let lower = name.to_lowercase();
    let category = status["statusCategory"]["key"].as_str();
    // Old servers have no categories; their stock workflow has these two ends.
    let is_done = category.map_or_else(
        || ["closed", "resolved", "done"].contains(&lower.as_str()),
        |category| category == "done",
    );
    let waits = ["waiting", "pending", "blocked", "on hold"];
    let state = if is_done && lower == "resolved" {
        State::Resolved
    } else if is_done {
        State::Closed
    } else if waits.iter().any(|word| lower.starts_with(word)) {
        State::Waiting
    } else if category == Some("indeterminate") || lower == "in progress" {
        State::Active
    } else {
        State::New
    };
    ForeignState {
        word: name,
        otherwise: Some(state),
        waits_on: None,
    }
}

/// The issue's project, or what its key says of it.
fn queue(project: &Value, key: &str) -> ForeignQueue {
    let of_key = key.rsplit_once('-').map_or(key, |(project, _)| project);
    let source_id = text(project.get("key")).unwrap_or_else(|| of_key.to_owned());
    let name = name_of(project).unwrap_or_else(|| source_id.clone());
    ForeignQueue {
        source_id,
        name,
        aliases: Vec::new(),
    }
}

/// Someone, known by the most lasting of their names.
fn person(value: Option<&Value>) -> Option<ForeignPerson> {
    let value = value?;
    let source_id = ["accountId", "key", "name", "emailAddress", "displayName"]
        .iter()
        .find_map(|name| text(value.get(name)))?;
    let name = ["displayName", "name"]
        .iter()
        .find_map(|name| text(value.get(name)));
    Some(ForeignPerson {
        name: name.unwrap_or_else(|| source_id.clone()),
        source_id,
    })
}

fn values(fields: &Value) -> Vec<(&'static str, String)> {
    let mut values: Vec<(&'static str, String)> = [
        ("priority", "priority"),
        ("status", "status"),
        ("resolution", "resolution"),
        ("type", "issuetype"),
    ]
    .into_iter()
    .filter_map(|(name, field)| Some((name, name_of(&fields[field])?)))
    .collect();
    if fields["flagged"] == true {
        values.push(("flagged", "true".to_owned()));
    }
    values
}

fn children(subtasks: &Value) -> Vec<(String, String)> {
    list(subtasks)
        .filter_map(|child| {
            let key = text(child.get("key"))?;
            let summary = text(child["fields"].get("summary"));
            Some((key, summary.unwrap_or_default()))
        })
        .collect()
}

/// What has no home of its own yet.
fn kept(issue: &Map<String, Value>, fields: &Value) -> Vec<Kept> {
    let sprints = ["sprint", "closedSprints"]
        .into_iter()
        .flat_map(|name| match &fields[name] {
            one @ Value::Object(_) => name_of(one).into_iter().collect(),
            several => names(several).collect::<Vec<_>>(),
        });
    let environment = prose(fields.get("environment"));
    let epic = &fields["epic"];
    let epic = [text(epic.get("key")), name_of(epic)];
    let epic = epic.into_iter().flatten().collect::<Vec<_>>().join(" ");
    [
        ("Filed by", filed_by(fields).into_iter().collect()),
        (
            "Links",
            list(&fields["issuelinks"]).filter_map(link).collect(),
        ),
        (
            "Attachments (not brought)",
            list(&fields["attachment"]).map(attachment).collect(),
        ),
        ("Fix versions", names(&fields["fixVersions"]).collect()),
        ("Affects versions", names(&fields["versions"]).collect()),
        ("Sprints", sprints.collect()),
        ("Epic", Vec::from_iter([epic])),
        (
            "GitHub issue",
            text(issue.get("ghissue")).into_iter().collect(),
        ),
        ("Environment", vec![environment]),
    ]
    .into_iter()
    .filter_map(|(label, items): (_, Vec<String>)| Kept::some(label, items))
    .collect()
}

/// Who filed the issue, where that is not who asked for it.
fn filed_by(fields: &Value) -> Option<String> {
    let creator = person(fields.get("creator"))?;
    let reporter = person(fields.get("reporter"))?;
    (creator.source_id != reporter.source_id).then_some(creator.name)
}

/// `relates to A-25`.
fn link(link: &Value) -> Option<String> {
    let kind = &link["type"];
    [("outwardIssue", "outward"), ("inwardIssue", "inward")]
        .into_iter()
        .find_map(|(end, way)| {
            let key = text(link[end].get("key"))?;
            let word = text(kind.get(way)).or_else(|| name_of(kind));
            Some(
                format!("{} {key}", word.unwrap_or_default())
                    .trim()
                    .to_owned(),
            )
        })
}

/// `name, 17231 bytes, image/png`, and where it lies if that is known.
fn attachment(attachment: &Value) -> String {
    let size = attachment["size"]
        .as_u64()
        .map(|size| format!("{size} bytes"));
    let name = text(attachment.get("filename")).unwrap_or_else(|| "(no name)".to_owned());
    [
        Some(name),
        size,
        text(attachment.get("mimeType")),
        text(attachment.get("content")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

fn comment_list(fields: &Value) -> impl Iterator<Item = &Value> {
    let comment = &fields["comment"];
    list(if comment.is_array() {
        comment
    } else {
        &comment["comments"]
    })
}

fn comments(fields: &Value, key: &str, place: &Place, into: &mut Gathered) -> Vec<ForeignComment> {
    let mut read = Vec::new();
    let mut listed = 0;
    for (nth, value) in comment_list(fields).enumerate() {
        listed += 1;
        // Without an id of its own it is known by its place.
        let id = text(value.get("id")).unwrap_or_else(|| format!("{key}#{}", nth + 1));
        match comment(value, &id, place) {
            Ok(comment) => {
                let editor = person(value.get("updateAuthor"));
                let by_other = comment.edited.is_some() && editor != comment.author;
                into.report.note(
                    "comment edited by someone else: stands under its author",
                    usize::from(by_other && editor.is_some()),
                );
                read.push(comment);
            }
            Err(why) => into.skip_comment(place, &format!("{key} comment {id}"), why),
        }
    }
    let total = fields["comment"]["total"].as_u64().unwrap_or(0);
    let missing = usize::try_from(total).unwrap_or(0).saturating_sub(listed);
    into.report.note(
        "comment that Jira counts and the export does not hold",
        missing,
    );
    read
}

fn comment(value: &Value, id: &str, place: &Place) -> Result<ForeignComment, String> {
    let created = time(value, "created")?.ok_or("no `created`")?;
    let updated = time(value, "updated")?;
    Ok(ForeignComment {
        place: place.clone(),
        source_id: id.to_owned(),
        author: person(value.get("author")),
        body: prose(value.get("body")),
        created: Some(created),
        edited: updated.filter(|updated| *updated > created),
        internal: value.get("visibility").is_some_and(|it| !it.is_null())
            || value["jsdPublic"] == false,
        reply_to: text(value.get("parentId")),
        ..ForeignComment::default()
    })
}

/// Counts what an issue holds beside all that is read above, by name.
fn note_what_is_left(issue: &Map<String, Value>, fields: &Value, into: &mut Gathered) {
    const OF_ISSUE: [&str; 6] = ["id", "key", "self", "expand", "fields", "ghissue"];
    const OF_FIELDS: [&str; 31] = [
        "assignee",
        "attachment",
        "closedSprints",
        "comment",
        "components",
        "created",
        "creator",
        "description",
        "duedate",
        "environment",
        "epic",
        "fixVersions",
        "flagged",
        "issuelinks",
        "issuetype",
        "labels",
        "lastViewed",
        "parent",
        "priority",
        "project",
        "reporter",
        "resolution",
        "resolutiondate",
        "sprint",
        "status",
        "statuscategorychangedate",
        "subtasks",
        "summary",
        "updated",
        "versions",
        "workratio",
    ];
    let of_issue = issue
        .iter()
        .filter(|(name, _)| !OF_ISSUE.contains(&name.as_str()));
    let of_fields = fields.as_object().into_iter().flatten();
    let of_fields = of_fields.filter(|(name, _)| !OF_FIELDS.contains(&name.as_str()));
    for (name, value) in of_issue.chain(of_fields) {
        if !is_nothing(value) {
            into.report
                .note(format!("field `{name}`: not brought, it has no home"), 1);
        }
    }
}

/// Wiki markup as it is, a document object as text.
fn prose(value: Option<&Value>) -> String {
    match value {
        Some(document @ Value::Object(_)) => adf::plain(document),
        other => text(other).unwrap_or_default(),
    }
}
