//! Zendesk as JSON: answers of its interface (`tickets`, `ticket`, `audits`, `comments`, `users`,
//! `groups`) and exports of one ticket per line, in whatever order the files are given.
//!
//! | there | here |
//! |---|---|
//! | group | queue |
//! | priority urgent, high, normal, low | SEV_1, SEV_2, SEV_3, SEV_4 |
//! | new, open, pending and hold, solved, closed | new, active, waiting, resolved, closed |
//! | requester, assignee, collaborators and followers | the same, by the names in `users` |
//! | a comment that is not public | an internal comment |
//! | the comment that repeats the description | nothing |
//! | when an audit says that it was solved | when it was resolved |

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use jiff::Timestamp as Moment;
use serde_json::{Map, Value};

use super::foreign::{
    ForeignComment, ForeignPerson, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept,
    Place, Rating,
};
use super::json::{bad_time, is_nothing, list, name_of, names, text, time};
use super::moment::Due;
use super::report::What;
use super::tables::{State, Tables};
use super::{Format, html, rows};
use crate::model::severity::Severity;

/// The importer of Zendesk's tickets.
#[derive(Debug, Clone, Default)]
pub struct Zendesk {
    people: HashMap<String, String>,
    groups: HashMap<String, String>,
    /// When a ticket was solved last, by its id.
    solved: HashMap<String, Moment>,
}

impl Format for Zendesk {
    fn name(&self) -> &str {
        "Zendesk"
    }

    fn system(&self) -> &str {
        "zendesk"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        const LISTS: rows::Lists = &[
            "tickets",
            "results",
            "audits",
            "users",
            "groups",
            "organizations",
        ];
        rows::read(input, LISTS, &mut |row| {
            let place = Place::new(file, row.line);
            match row.object {
                Ok(object) => self.take(object, row.list, &place, into),
                Err(why) => into.skip_ticket(&place, "", why),
            }
        })
    }

    fn finish(&mut self, into: &mut Gathered) {
        into.settle();
        let Gathered {
            tickets, report, ..
        } = into;
        for ticket in tickets {
            let solved = self.solved.get(&ticket.source_id).copied();
            ticket.resolved = ticket.resolved.or(solved);
            if let Some(name) = self.groups.get(&ticket.queue.source_id) {
                ticket.queue.name = name.clone();
            }
            if let Some(repeated) = without_repetition(ticket) {
                let key = format!("{} comment {}", ticket.source_id, repeated.source_id);
                let why = "it repeats the description";
                report.skip(What::Comment, &repeated.place, &key, why);
            }
            self.name_people(ticket);
        }
    }

    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let severity = [
            ("urgent", Severity::Sev1),
            ("high", Severity::Sev2),
            ("normal", Severity::Sev3),
            ("low", Severity::Sev4),
        ];
        let status = [
            ("new", State::New),
            ("open", State::Active),
            ("pending", State::Waiting),
            ("hold", State::Waiting),
            ("solved", State::Resolved),
            ("closed", State::Closed),
            ("deleted", State::Skip),
        ];
        Tables::new(severity, status)
    }
}

impl Zendesk {
    fn take(
        &mut self,
        object: Map<String, Value>,
        list: Option<&str>,
        place: &Place,
        into: &mut Gathered,
    ) {
        let object = Value::Object(object);
        match list {
            Some("users") => note_name(&mut self.people, &object),
            Some("groups") => note_name(&mut self.groups, &object),
            Some("organizations") => into.report.note("organization: not brought", 1),
            Some("audits") => self.audit(&object, place, into),
            Some(_) => take_ticket(&object, place, into),
            None => self.take_bare(&object, place, into),
        }
    }

    /// One thing by itself: what it is shows in its attributes.
    fn take_bare(&mut self, object: &Value, place: &Place, into: &mut Gathered) {
        let has = |name: &str| object.get(name).is_some();
        if has("comments") && !has("id") {
            for comment in list(&object["comments"]) {
                loose_comment(comment, place, into);
            }
        } else if has("ticket") || has("audit") {
            if has("ticket") {
                take_ticket(&object["ticket"], place, into);
            }
            if has("audit") {
                self.audit(&object["audit"], place, into);
            }
        } else if has("events") && has("ticket_id") {
            self.audit(object, place, into);
        } else if has("requester_id") || has("subject") || has("raw_subject") {
            take_ticket(object, place, into);
        } else if has("ticket_id") && (has("body") || has("html_body")) {
            loose_comment(object, place, into);
        } else if has("user") {
            note_name(&mut self.people, &object["user"]);
        } else if has("email") && has("name") {
            note_name(&mut self.people, object);
        } else {
            into.skip_ticket(
                place,
                "",
                "neither a ticket, an audit, a comment nor a user",
            );
        }
    }

    /// The comments among an audit's events, and whether it solved its ticket.
    fn audit(&mut self, audit: &Value, place: &Place, into: &mut Gathered) {
        let ticket = text(audit.get("ticket_id")).unwrap_or_default();
        let at = time(audit, "created_at").ok().flatten();
        for event in list(&audit["events"]) {
            match text(event.get("type")).unwrap_or_default().as_str() {
                "Comment" => {
                    let id = text(event.get("id")).unwrap_or_default();
                    match comment(event, at, place) {
                        Ok(comment) => into.take_comment(ticket.clone(), comment),
                        Err(why) => {
                            into.skip_comment(place, &format!("{ticket} comment {id}"), why);
                        }
                    }
                }
                "Create" | "Change" if event["field_name"] == "status" => {
                    if event["value"] == "solved"
                        && let Some(at) = at
                    {
                        let last = self.solved.entry(ticket.clone()).or_insert(at);
                        *last = at.max(*last);
                    }
                }
                _ => into.report.note("event of an audit: not brought", 1),
            }
        }
    }

    /// Puts names where the tickets have ids alone.
    fn name_people(&self, ticket: &mut ForeignTicket) {
        let authors = ticket
            .comments
            .iter_mut()
            .filter_map(|it| it.author.as_mut());
        let people = [&mut ticket.requester, &mut ticket.assignee];
        let people = people.into_iter().filter_map(Option::as_mut);
        for person in people.chain(authors).chain(&mut ticket.followers) {
            if let Some(name) = self.people.get(&person.source_id) {
                person.name = name.clone();
            }
        }
    }
}

fn note_name(names: &mut HashMap<String, String>, object: &Value) {
    let id = text(object.get("id"));
    let name = text(object.get("name")).or_else(|| text(object.get("email")));
    names.extend(id.zip(name));
}

/// Takes the first comment off the ticket where it says what the description says; its files stay.
fn without_repetition(ticket: &mut ForeignTicket) -> Option<ForeignComment> {
    let earliest = ticket.comments.iter().enumerate();
    let (at, first) = earliest.min_by_key(|(at, it)| (it.created, *at))?;
    if first.body.trim() != ticket.body.trim() {
        return None;
    }
    let repeated = ticket.comments.remove(at);
    ticket.kept.extend(repeated.kept.iter().cloned());
    Some(repeated)
}

fn take_ticket(object: &Value, place: &Place, into: &mut Gathered) {
    let id = text(object.get("id")).unwrap_or_default();
    match ticket(object, &id, place, into) {
        Ok(ticket) => into.take(ticket),
        Err(why) => {
            for _ in list(&object["comments"]) {
                into.skip_comment(place, &id, "its ticket could not be read");
            }
            into.skip_ticket(place, &id, why);
        }
    }
}

fn ticket(
    object: &Value,
    id: &str,
    place: &Place,
    into: &mut Gathered,
) -> Result<ForeignTicket, String> {
    if id.is_empty() {
        return Err("no `id`".to_owned());
    }
    let created = time(object, "created_at")?.ok_or("no `created_at`")?;
    let due = match text(object.get("due_at")) {
        Some(due) => Some(Due::parse(&due).ok_or_else(|| bad_time("due_at", &due))?),
        None => None,
    };
    let updated = time(object, "updated_at")?;
    let resolved = time(&object["metric_set"], "solved_at")?;
    note_what_is_left(object, into);
    let mut comments = Vec::new();
    for value in list(&object["comments"]) {
        match comment(value, None, place) {
            Ok(comment) => comments.push(comment),
            Err(why) => into.skip_comment(place, id, why),
        }
    }
    let group = text(object.get("group_id"));
    let priority = text(object.get("priority"));
    let status = text(object.get("status")).unwrap_or_default();
    let subject = text(object.get("subject")).or_else(|| text(object.get("raw_subject")));
    Ok(ForeignTicket {
        place: place.clone(),
        source_id: id.to_owned(),
        id_time: Some(created),
        queue: ForeignQueue {
            name: group
                .as_ref()
                .map_or("Tickets".to_owned(), |id| format!("Group {id}")),
            ..ForeignQueue::named(group.unwrap_or_else(|| "(no group)".to_owned()))
        },
        title: subject.unwrap_or_default(),
        body: text(object.get("description")).unwrap_or_default(),
        rating: priority.clone().map_or(Rating::Unsaid, Rating::Word),
        state: ForeignState {
            waits_on: (status == "hold").then(|| "on hold".to_owned()),
            ..ForeignState::word(&status)
        },
        requester: person(object.get("requester_id"))
            .or_else(|| person(object.get("submitter_id"))),
        assignee: person(object.get("assignee_id")),
        followers: followers(object),
        created: Some(created),
        updated,
        resolved,
        due,
        tags: names(&object["tags"]).collect(),
        values: values(object, priority, status),
        kept: kept(object),
        comments,
        ..ForeignTicket::default()
    })
}

/// Someone by their id; the system itself is -1.
fn person(id: Option<&Value>) -> Option<ForeignPerson> {
    let id = text(id).filter(|it| it != "0" && it != "-1")?;
    Some(ForeignPerson {
        name: format!("Zendesk user {id}"),
        source_id: id,
    })
}

fn followers(object: &Value) -> Vec<ForeignPerson> {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for name in ["collaborator_ids", "follower_ids", "email_cc_ids"] {
        ids.extend(list(&object[name]).filter_map(|it| text(Some(it))));
    }
    let ids = ids.into_iter().map(Value::from);
    ids.filter_map(|it| person(Some(&it))).collect()
}

fn values(object: &Value, priority: Option<String>, status: String) -> Vec<(&'static str, String)> {
    [
        ("priority", priority),
        ("status", Some(status).filter(|it| !it.is_empty())),
        ("type", text(object.get("type"))),
        ("channel", text(object["via"].get("channel"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn kept(object: &Value) -> Vec<Kept> {
    let mut fields: Vec<Kept> = Vec::new();
    for field in list(&object["custom_fields"]) {
        let id = name_of(&field["id"]).unwrap_or_default();
        let value = &field["value"];
        if !is_nothing(value) {
            let value = text(Some(value)).unwrap_or_else(|| value.to_string());
            fields.extend(Kept::some(format!("Field {id}"), [value]));
        }
    }
    let rating = &object["satisfaction_rating"];
    let score = text(rating.get("score")).filter(|it| it != "unoffered");
    let words = [score, text(rating.get("comment"))];
    let of = |label: &str, name: &str| Kept::some(label, text(object.get(name)));
    [
        of("Known there as", "external_id"),
        of("Sent to", "recipient"),
        of("Problem", "problem_id"),
        Kept::some("Satisfaction", words.into_iter().flatten()),
    ]
    .into_iter()
    .flatten()
    .chain(fields)
    .collect()
}

fn loose_comment(object: &Value, place: &Place, into: &mut Gathered) {
    let id = text(object.get("id")).unwrap_or_default();
    let read = match text(object.get("ticket_id")) {
        Some(ticket) => comment(object, None, place).map(|comment| (ticket, comment)),
        None => Err("it does not say on which ticket (`ticket_id`); give the audits".to_owned()),
    };
    match read {
        Ok((ticket, comment)) => into.take_comment(ticket, comment),
        Err(why) => into.skip_comment(place, &id, why),
    }
}

/// A comment, which may have its time from its audit.
fn comment(object: &Value, at: Option<Moment>, place: &Place) -> Result<ForeignComment, String> {
    let id = text(object.get("id")).ok_or("no `id`")?;
    let created = time(object, "created_at")?
        .or(at)
        .ok_or("no `created_at`")?;
    let plain = text(object.get("plain_body")).or_else(|| text(object.get("body")));
    let html = || text(object.get("html_body")).map(|it| html::to_text(&it));
    let files = list(&object["attachments"]).map(attachment);
    Ok(ForeignComment {
        place: place.clone(),
        source_id: id,
        author: person(object.get("author_id")),
        body: plain.or_else(html).unwrap_or_default(),
        created: Some(created),
        internal: object["public"] == false,
        kept: Kept::attachments(files).into_iter().collect(),
        ..ForeignComment::default()
    })
}

/// `name, 17231 bytes, image/png, where it lies`.
fn attachment(file: &Value) -> String {
    let size = file["size"].as_u64().map(|size| format!("{size} bytes"));
    let name = text(file.get("file_name")).unwrap_or_else(|| "(no name)".to_owned());
    let parts = [
        Some(name),
        size,
        text(file.get("content_type")),
        text(file.get("content_url")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Counts what a ticket holds beside all that is read above, by name.
fn note_what_is_left(object: &Value, into: &mut Gathered) {
    const READ: [&str; 37] = [
        "assignee_id",
        "collaborator_ids",
        "comments",
        "created_at",
        "custom_fields",
        "description",
        "due_at",
        "email_cc_ids",
        "external_id",
        "fields",
        "follower_ids",
        "forum_topic_id",
        "from_messaging_channel",
        "allow_attachments",
        "allow_channelback",
        "group_id",
        "has_incidents",
        "id",
        "is_public",
        "metric_set",
        "priority",
        "problem_id",
        "raw_subject",
        "recipient",
        "requester_id",
        "result_type",
        "satisfaction_rating",
        "status",
        "subject",
        "submitter_id",
        "tags",
        "type",
        "updated_at",
        "generated_timestamp",
        "encoded_id",
        "url",
        "via",
    ];
    for (name, value) in object.as_object().into_iter().flatten() {
        if !READ.contains(&name.as_str()) && !is_nothing(value) {
            let what = format!("field `{name}`: not brought, it has no home");
            into.report.note(what, 1);
        }
    }
}
