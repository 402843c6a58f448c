//! GitHub issues as JSON: what `gh issue list --json` writes, and what the REST interface answers,
//! issues and comments alike, in whatever order the files are given.
//!
//! | GitHub | here |
//! |---|---|
//! | repository | queue |
//! | the label that a table of severities knows, the gravest of several | severity |
//! | `open`, or why it was closed: `completed`, `not_planned`, `duplicate` | status |
//! | other labels, milestone | tags |
//! | the first of the assignees | assignee; the others follow |
//! | a comment that was hidden there | an internal comment |
//! | pull requests | stay away |

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::foreign::{
    ForeignComment, ForeignPerson, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept,
    Place, Rating,
};
use super::json::{is_nothing, list, name_of, names, text, time};
use super::tables::{State, Tables};
use super::{Format, rows};
use crate::model::severity::Severity;

/// The importer of GitHub issues.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitHub;

impl Format for GitHub {
    fn name(&self) -> &str {
        "GitHub"
    }

    fn system(&self) -> &str {
        "github"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        rows::read(input, &["items"], &mut |row| {
            let place = Place::new(file, row.line);
            match row.object {
                Ok(object) => take(object, &place, into),
                Err(why) => into.skip_ticket(&place, "", why),
            }
        })
    }

    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let severity = [
            ("sev1", Severity::Sev1),
            ("sev_1", Severity::Sev1),
            ("p0", Severity::Sev1),
            ("critical", Severity::Sev1),
            ("sev2", Severity::Sev2),
            ("sev_2", Severity::Sev2),
            ("p1", Severity::Sev2),
            ("sev2.5", Severity::Sev2_5),
            ("sev_2.5", Severity::Sev2_5),
            ("sev3", Severity::Sev3),
            ("sev_3", Severity::Sev3),
            ("p2", Severity::Sev3),
            ("sev4", Severity::Sev4),
            ("sev_4", Severity::Sev4),
            ("p3", Severity::Sev4),
            ("sev5", Severity::Sev5),
            ("sev_5", Severity::Sev5),
            ("p4", Severity::Sev5),
        ];
        let status = [
            ("open", State::New),
            ("closed", State::Resolved),
            ("completed", State::Resolved),
            ("not_planned", State::Closed),
            ("duplicate", State::Closed),
        ];
        Tables::new(severity, status)
    }
}

fn take(object: Map<String, Value>, place: &Place, into: &mut Gathered) {
    let object = Value::Object(object);
    if object.get("number").is_some() {
        return take_issue(&object, place, into);
    }
    let is_event = object.get("event").is_some_and(|it| it != "commented");
    if is_event {
        return into.report.note("event of a timeline: not brought", 1);
    }
    let Some(issue) = text(object.get("issue_url")) else {
        return into.skip_ticket(
            place,
            "",
            "neither an issue (`number`) nor a comment (`issue_url`)",
        );
    };
    let issue = key_of_url(&issue).unwrap_or(issue);
    let id = text(object.get("id")).unwrap_or_default();
    match comment(&object, &id, place) {
        Ok(comment) => into.take_comment(issue, comment),
        Err(why) => into.skip_comment(place, &format!("{issue} comment {id}"), why),
    }
}

fn take_issue(issue: &Value, place: &Place, into: &mut Gathered) {
    let url = text(issue.get("html_url")).or_else(|| text(issue.get("url")));
    let number = text(issue.get("number")).unwrap_or_default();
    let of_url = url.as_deref().and_then(key_of_url);
    let key = of_url.unwrap_or_else(|| format!("#{number}"));
    let is_pull = issue.get("pull_request").is_some_and(|it| !it.is_null())
        || url.is_some_and(|url| url.contains("/pull/"));
    let read = if is_pull {
        Err("it is a pull request".to_owned())
    } else {
        ticket(issue, &key, place, into)
    };
    match read {
        Ok(ticket) => {
            if !key.contains('/') {
                into.report
                    .note("without a url: known by its number alone", 1);
            }
            into.take(ticket);
        }
        Err(why) => {
            for comment in list(&issue["comments"]) {
                let id = text(comment.get("id")).unwrap_or_default();
                let which = format!("{key} comment {id}");
                into.skip_comment(place, which.trim(), "its issue is skipped");
            }
            into.skip_ticket(place, &key, why);
        }
    }
}

fn ticket(
    issue: &Value,
    key: &str,
    place: &Place,
    into: &mut Gathered,
) -> Result<ForeignTicket, String> {
    let either = |one: &str, other: &str| match time(issue, one)? {
        Some(at) => Ok(Some(at)),
        None => time(issue, other),
    };
    let created = either("createdAt", "created_at")?.ok_or("no `createdAt` or `created_at`")?;
    let mut people = list(&issue["assignees"]).filter_map(|it| person(Some(it)));
    let assignee = people.next().or_else(|| person(issue.get("assignee")));
    let followers: Vec<ForeignPerson> = people.collect();
    let comments = comments(issue, key, place, into);
    note_what_is_left(issue, into);
    let milestone = text(issue["milestone"].get("title"));
    Ok(ForeignTicket {
        place: place.clone(),
        source_id: key.to_owned(),
        id_time: Some(created),
        queue: queue(key),
        title: text(issue.get("title")).unwrap_or_default(),
        body: text(issue.get("body")).unwrap_or_default(),
        rating: Rating::AmongTags,
        state: state(issue),
        requester: person(issue.get("author")).or_else(|| person(issue.get("user"))),
        assignee,
        followers,
        created: Some(created),
        updated: either("updatedAt", "updated_at")?,
        resolved: either("closedAt", "closed_at")?,
        tags: names(&issue["labels"]).chain(milestone.clone()).collect(),
        values: values(issue, milestone),
        kept: kept(issue),
        comments,
        ..ForeignTicket::default()
    })
}

/// `https://api.github.com/repos/ana/house/issues/7` is `ana/house#7`.
fn key_of_url(url: &str) -> Option<String> {
    let (_, path) = url.split_once("://")?;
    let mut parts: Vec<&str> = path.split(['/', '#', '?']).collect();
    if let Some(at) = parts
        .iter()
        .position(|it| matches!(*it, "issues" | "pull" | "pulls"))
    {
        parts.truncate(at + 2);
    }
    match parts.as_slice() {
        [.., owner, repository, _, number] if number.parse::<u64>().is_ok() => {
            Some(format!("{owner}/{repository}#{number}"))
        }
        _ => None,
    }
}

fn queue(key: &str) -> ForeignQueue {
    let repository = key
        .rsplit_once('#')
        .map_or("", |(repository, _)| repository);
    let name = repository.rsplit('/').next().unwrap_or_default();
    let name = if name.is_empty() { "Issues" } else { name };
    ForeignQueue {
        name: name.to_owned(),
        ..ForeignQueue::named(if repository.is_empty() {
            "issues"
        } else {
            repository
        })
    }
}

fn person(value: Option<&Value>) -> Option<ForeignPerson> {
    let value = value?;
    let login = text(value.get("login"))?;
    Some(ForeignPerson {
        name: text(value.get("name")).unwrap_or_else(|| login.clone()),
        source_id: login,
    })
}

/// `open`, or why it was closed.
fn state(issue: &Value) -> ForeignState {
    let state = text(issue.get("state")).unwrap_or_default().to_lowercase();
    let reason = text(issue.get("stateReason")).or_else(|| text(issue.get("state_reason")));
    match reason {
        Some(reason) if state == "closed" => ForeignState::word(reason.to_lowercase()),
        _ => ForeignState::word(state),
    }
}

fn values(issue: &Value, milestone: Option<String>) -> Vec<(&'static str, String)> {
    [
        (
            "status",
            Some(state(issue).word).filter(|it| !it.is_empty()),
        ),
        ("milestone", milestone),
        (
            "type",
            name_of(&issue["issueType"]).or_else(|| name_of(&issue["type"])),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn kept(issue: &Value) -> Vec<Kept> {
    let reason = issue.get("active_lock_reason");
    let locked = (issue["locked"] == true).then(|| text(reason).unwrap_or("yes".to_owned()));
    let closer = person(issue.get("closed_by")).map(|it| it.name);
    let pulls = list(&issue["closedByPullRequestsReferences"]);
    let pulls = pulls.filter_map(|it| text(it.get("url")).or_else(|| text(it.get("number"))));
    let address = text(issue.get("html_url")).or_else(|| text(issue.get("url")));
    [
        Kept::some("Closed by", closer),
        Kept::some("Closed by pull requests", pulls),
        Kept::some("Locked", locked),
        Kept::some("Address", address),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn comments(issue: &Value, key: &str, place: &Place, into: &mut Gathered) -> Vec<ForeignComment> {
    let mut read = Vec::new();
    for (nth, value) in list(&issue["comments"]).enumerate() {
        // Without an id of its own it is known by its place.
        let id = text(value.get("id")).or_else(|| text(value.get("url")));
        let id = id.unwrap_or_else(|| format!("{key}/{}", nth + 1));
        match comment(value, &id, place) {
            Ok(comment) => read.push(comment),
            Err(why) => into.skip_comment(place, &format!("{key} comment {id}"), why),
        }
    }
    // The REST interface counts them and tells them elsewhere.
    let elsewhere = issue["comments"].as_u64().unwrap_or(0);
    let elsewhere = usize::try_from(elsewhere).unwrap_or(usize::MAX);
    into.report.note(
        "comment that an issue counts: in the answer of another call",
        elsewhere,
    );
    read
}

fn comment(value: &Value, id: &str, place: &Place) -> Result<ForeignComment, String> {
    let created = match time(value, "createdAt")? {
        Some(at) => Some(at),
        None => time(value, "created_at")?,
    };
    let created = created.ok_or("no `createdAt` or `created_at`")?;
    let updated = time(value, "updated_at")?;
    let author = ["author", "user", "actor"];
    Ok(ForeignComment {
        place: place.clone(),
        source_id: id.to_owned(),
        author: author.iter().find_map(|name| person(value.get(*name))),
        body: text(value.get("body")).unwrap_or_default(),
        created: Some(created),
        edited: updated.filter(|updated| *updated > created),
        internal: value["isMinimized"] == true,
        ..ForeignComment::default()
    })
}

/// Counts what an issue holds beside all that is read above, by name.
fn note_what_is_left(issue: &Value, into: &mut Gathered) {
    const READ: [&str; 45] = [
        "active_lock_reason",
        "assignee",
        "assignees",
        "author",
        "author_association",
        "body",
        "closed",
        "closedAt",
        "closedByPullRequestsReferences",
        "closed_at",
        "closed_by",
        "comments",
        "comments_url",
        "createdAt",
        "created_at",
        "events_url",
        "html_url",
        "id",
        "isPinned",
        "issueType",
        "issue_dependencies_summary",
        "labels",
        "labels_url",
        "locked",
        "milestone",
        "node_id",
        "number",
        "performed_via_github_app",
        "pinned_comment",
        "pull_request",
        "repository_url",
        "score",
        "state",
        "stateReason",
        "state_reason",
        "sub_issues_summary",
        "subIssuesSummary",
        "timeline_url",
        "title",
        "type",
        "updatedAt",
        "updated_at",
        "url",
        "user",
        "draft",
    ];
    for (name, value) in issue.as_object().into_iter().flatten() {
        let nothing = is_nothing(value) || value["total_count"] == 0;
        if !READ.contains(&name.as_str()) && !nothing {
            let what = format!("field `{name}`: not brought, it has no home");
            into.report.note(what, 1);
        }
    }
}
