//! A ticket with its thread, as text and as JSON.

use serde::Serialize;

use super::grid::Tint;
use super::rows::{number, status};
use super::{Out, Result};
use crate::config::zone_of_machine;
use crate::model::attachment::FileFacts;
use crate::model::comment::AuthorKind;
use crate::model::content_type;
use crate::model::family::Family;
use crate::model::id::{AttachmentId, CommentId, UserId};
use crate::model::participant::ParticipantRole;
use crate::model::source::Timestamp;
use crate::model::ticket::Ticket;
use crate::replica::view::{CommentRow, FileRow, Party, Thread};
use crate::text::{age, plural, size};

/// A ticket with everything that `famdesk show` knows of it.
#[derive(Debug, Serialize)]
pub struct ThreadJson<'a> {
    #[serde(flatten)]
    ticket: &'a Ticket,
    description: Option<&'a str>,
    queue_name: &'a str,
    group_name: &'a str,
    requester: &'a str,
    assignee: &'a str,
    assignee_group: &'a str,
    participants: Vec<PartyJson<'a>>,
    files: Vec<FileJson<'a>>,
    comments: Vec<CommentJson<'a>>,
}

/// Someone who takes part.
#[derive(Debug, Serialize)]
pub struct PartyJson<'a> {
    user_id: UserId,
    name: &'a str,
    roles: &'a [ParticipantRole],
}

impl<'a> From<&'a Party> for PartyJson<'a> {
    fn from(party: &'a Party) -> PartyJson<'a> {
        PartyJson {
            user_id: party.user_id,
            name: &party.name,
            roles: &party.roles,
        }
    }
}

/// A comment of a thread.
#[derive(Debug, Serialize)]
pub struct CommentJson<'a> {
    comment_id: CommentId,
    comment_user: UserId,
    author: &'a str,
    author_kind: AuthorKind,
    comment_body: &'a str,
    comment_date: Timestamp,
    edited: bool,
    /// How deep it stands below the comment that it answers.
    depth: usize,
    /// The name of the group that alone sees it.
    internal: Option<&'a str>,
    files: Vec<FileJson<'a>>,
}

/// A file on a ticket or a comment.
#[derive(Debug, Serialize)]
pub struct FileJson<'a> {
    attachment_id: AttachmentId,
    #[serde(flatten)]
    file: &'a FileFacts,
    added_by: UserId,
    added_by_name: &'a str,
    added: Timestamp,
    unsent: bool,
}

impl<'a> From<&'a FileRow> for FileJson<'a> {
    fn from(row: &'a FileRow) -> FileJson<'a> {
        FileJson {
            attachment_id: row.attachment_id,
            file: &row.file,
            added_by: row.added_by_id,
            added_by_name: &row.added_by,
            added: row.added,
            unsent: row.unsent,
        }
    }
}

impl<'a> From<&'a Thread> for ThreadJson<'a> {
    fn from(thread: &'a Thread) -> ThreadJson<'a> {
        ThreadJson {
            ticket: &thread.ticket,
            description: thread.description.as_deref(),
            queue_name: &thread.queue_name,
            group_name: &thread.group_name,
            requester: &thread.requester,
            assignee: &thread.assignee,
            assignee_group: &thread.assignee_group,
            participants: thread.participants.iter().map(PartyJson::from).collect(),
            files: thread.files.iter().map(FileJson::from).collect(),
            comments: thread.comments.iter().map(CommentJson::from).collect(),
        }
    }
}

impl<'a> From<&'a CommentRow> for CommentJson<'a> {
    fn from(row: &'a CommentRow) -> CommentJson<'a> {
        CommentJson {
            comment_id: row.comment_id,
            comment_user: row.author_id,
            author: &row.author,
            author_kind: row.author_kind,
            comment_body: &row.body,
            comment_date: row.comment_date,
            edited: row.edited,
            depth: row.depth,
            internal: row.internal.as_deref(),
            files: row.files.iter().map(FileJson::from).collect(),
        }
    }
}

/// The ticket, its description and what was said, each comment with its number.
pub fn show(out: &mut Out, thread: &Thread, family: Option<&Family>, now: Timestamp) -> Result<()> {
    let ticket = &thread.ticket;
    let number = number(ticket.number.as_ref(), ticket.ticket_id);
    out.tinted(Tint::Bold, format!("{number}  {}", ticket.title))?;
    for line in facts(thread, family, now) {
        out.line(line)?;
    }
    if let Some(text) = thread.description.as_ref().filter(|text| !text.is_empty()) {
        out.blank()?;
        out.body(text, 0)?;
    }
    show_files(out, &thread.files, 0)?;
    for (at, comment) in (thread.first + 1..).zip(&thread.comments) {
        out.blank()?;
        show_comment(out, comment, (at, now))?;
    }
    Ok(())
}

fn facts(thread: &Thread, family: Option<&Family>, now: Timestamp) -> Vec<String> {
    let ticket = &thread.ticket;
    let meaning = match family {
        Some(family) => family.words_for(ticket.severity),
        None => ticket.severity.meaning(),
    };
    let mut lines = vec![
        format!("{} ({meaning})", ticket.severity),
        status(ticket.status, ticket.stage),
        format!("in {} / {}", thread.group_name, thread.queue_name),
    ];
    if let Some(note) = &ticket.waiting_note {
        lines[1].push_str(&format!(" on {note}"));
    }
    if let Some(until) = ticket.reopen_until {
        lines[1].push_str(&format!(", may be reopened until {}", moment(until)));
    }
    let filed = age::ago(ticket.common.creation_date.0, now.0);
    let holder = holder(thread);
    lines.push(format!("filed by {} {filed}, {holder}", thread.requester));
    if let Some(due) = ticket.due_date {
        let left = age::until(due.0, now.0);
        lines.push(format!("due {} ({left})", moment(due)));
    }
    if !ticket.tags.is_empty() {
        let tags: Vec<&str> = ticket.tags.iter().map(String::as_str).collect();
        lines.push(format!("tags: {}", tags.join(", ")));
    }
    if !thread.participants.is_empty() {
        let parties: Vec<String> = thread.participants.iter().map(party).collect();
        lines.push(format!("takes part: {}", parties.join(", ")));
    }
    if let Some(whole) = &thread.part_of {
        lines.push(format!("part of {whole}"));
    }
    if !thread.parts.is_empty() {
        let parts = thread.parts.iter();
        let parts: Vec<String> = parts
            .map(|it| {
                format!(
                    "{} ({})",
                    number(it.number.as_ref(), it.ticket_id),
                    it.status
                )
            })
            .collect();
        lines.push(format!("its parts: {}", parts.join(", ")));
    }
    if let Some(into) = &thread.merged_into {
        lines.push(format!("merged into {into}"));
    }
    if !thread.merged.is_empty() {
        let merged = thread.merged.iter();
        let merged: Vec<String> = merged
            .map(|it| number(it.number.as_ref(), it.ticket_id))
            .collect();
        lines.push(format!("merged into it: {}", merged.join(", ")));
    }
    if let Some(from) = &ticket.external_ref {
        lines.push(format!("from {from}"));
    }
    lines.push(plural::count(thread.total, "comment", "comments"));
    lines
}

/// To whom a ticket is assigned: a person, a group, both or nobody.
pub fn holder(thread: &Thread) -> String {
    match (thread.assignee.as_str(), thread.assignee_group.as_str()) {
        ("", "") => "assigned to nobody".to_owned(),
        (name, "") => format!("assigned to {name}"),
        ("", group) => format!("assigned to the group {group}"),
        (name, group) => format!("assigned to {name} and the group {group}"),
    }
}

/// `Ben (CC)`: someone and their roles, as `famdesk participants` takes them.
pub fn party(party: &Party) -> String {
    let roles: Vec<&str> = party.roles.iter().map(|role| role.as_str()).collect();
    if roles.is_empty() {
        party.name.clone()
    } else {
        format!("{} ({})", party.name, roles.join(", "))
    }
}

fn show_comment(out: &mut Out, comment: &CommentRow, at: (u64, Timestamp)) -> Result<()> {
    let (at, now) = at;
    let indent = 2 * comment.depth.min(6);
    let mut head = format!(
        "{:indent$}#{at} {}  {}",
        "",
        comment.author,
        age::ago(comment.comment_date.0, now.0)
    );
    if comment.edited {
        head.push_str(", edited");
    }
    if let Some(group) = &comment.internal {
        head.push_str(&format!("  [internal: {group} only]"));
    }
    if let Some(origin) = &comment.origin {
        head.push_str(&format!("  [on {origin}]"));
    }
    out.tinted(Tint::Bold, head)?;
    out.body(&comment.body, indent + 2)?;
    show_files(out, &comment.files, indent + 2)
}

fn show_files(out: &mut Out, files: &[FileRow], indent: usize) -> Result<()> {
    for row in files {
        let sent = if row.unsent { ", waits to be sent" } else { "" };
        let line = file_line(&row.file);
        out.line(format!("{:indent$}[file] {line}{sent}", ""))?;
    }
    Ok(())
}

/// `photo.png (PNG image, 2 MiB)`.
pub fn file_line(file: &FileFacts) -> String {
    let kind = content_type::word(&file.content_type);
    format!("{} ({kind}, {})", file.file_name, size(file.bytes))
}

/// A moment on the clocks of this machine: `2026-03-01 16:00`.
pub fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.0) {
        Ok(moment) => moment
            .to_zoned(zone_of_machine())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        Err(_) => format!("second {}", at.0),
    }
}
