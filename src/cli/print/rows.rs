//! Tickets, families, queues and people as rows and as JSON.

use serde::Serialize;

use super::grid::{Cell, Grid, Tint};
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::number::TicketNumber;
use crate::model::queue::Queue;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::replica::view::{DeletedRow, FamilyRow, FamilyView, Party, Person, QueueRow, TicketRow};
use crate::text::age;

/// A ticket of a list.
#[derive(Debug, Serialize)]
pub struct TicketJson<'a> {
    ticket_id: TicketId,
    family_id: FamilyId,
    queue_id: QueueId,
    number: Option<&'a TicketNumber>,
    title: &'a str,
    severity: Severity,
    status: Status,
    stage: Stage,
    assigned_to: Option<UserId>,
    assignee: &'a str,
    assigned_group: Option<GroupId>,
    assignee_group: &'a str,
    creation_date: Timestamp,
    last_activity: Timestamp,
    due_date: Option<Timestamp>,
    snoozed_until: Option<Timestamp>,
    comments: u64,
}

/// A family of a list.
#[derive(Debug, Serialize)]
pub struct FamilyJson<'a> {
    family_id: FamilyId,
    family_name: &'a str,
    status: MembershipStatus,
    invited: bool,
    open: u64,
}

/// A queue of a list.
#[derive(Debug, Serialize)]
pub struct QueueJson<'a> {
    #[serde(flatten)]
    queue: &'a Queue,
    group_name: &'a str,
    open: u64,
}

/// A group with who is in it.
#[derive(Debug, Serialize)]
pub struct GroupJson<'a> {
    #[serde(flatten)]
    group: &'a Group,
    members: Vec<PlaceJson<'a>>,
}

/// Someone in a group.
#[derive(Debug, Serialize)]
struct PlaceJson<'a> {
    user_id: UserId,
    display_name: &'a str,
    status: MembershipStatus,
    is_admin: bool,
}

/// A member of a family.
#[derive(Debug, Serialize)]
pub struct PersonJson<'a> {
    user_id: UserId,
    display_name: &'a str,
    status: MembershipStatus,
    role: Role,
    is_admin: bool,
    invited_by: Option<UserId>,
    request_date: Timestamp,
    groups: &'a [GroupId],
}

impl<'a> From<&'a TicketRow> for TicketJson<'a> {
    fn from(row: &'a TicketRow) -> TicketJson<'a> {
        TicketJson {
            ticket_id: row.ticket_id,
            family_id: row.family_id,
            queue_id: row.queue_id,
            number: row.number.as_ref(),
            title: &row.title,
            severity: row.severity,
            status: row.status,
            stage: row.stage,
            assigned_to: row.assigned_to,
            assignee: &row.assignee,
            assigned_group: row.assigned_group,
            assignee_group: &row.assignee_group,
            creation_date: row.creation_date,
            last_activity: row.last_activity,
            due_date: row.due_date,
            snoozed_until: row.snoozed_until,
            comments: row.comments,
        }
    }
}

impl<'a> From<&'a FamilyRow> for FamilyJson<'a> {
    fn from(row: &'a FamilyRow) -> FamilyJson<'a> {
        FamilyJson {
            family_id: row.family_id,
            family_name: &row.family_name,
            status: row.status,
            invited: row.invited,
            open: row.open,
        }
    }
}

impl<'a> From<&'a Person> for PersonJson<'a> {
    fn from(person: &'a Person) -> PersonJson<'a> {
        PersonJson {
            user_id: person.user_id,
            display_name: &person.display_name,
            status: person.status,
            role: person.role,
            is_admin: person.is_admin,
            invited_by: person.invited_by,
            request_date: person.request_date,
            groups: &person.groups,
        }
    }
}

/// A queue with its group's name.
pub fn queue_json<'a>(row: &'a QueueRow, view: &'a FamilyView) -> QueueJson<'a> {
    QueueJson {
        queue: &row.queue,
        group_name: group_name(view, row.queue.group_id),
        open: row.open,
    }
}

/// The tickets, one a row: number, severity, status, age, assignee, title.
pub fn tickets(rows: &[TicketRow], now: Timestamp) -> Grid {
    let heads = &["number", "severity", "status", "age", "assignee", "title"];
    let mut grid = Grid::new(heads, 5);
    for row in rows {
        let whole = match row.status {
            Status::Open => Tint::Plain,
            Status::Resolved | Status::Closed => Tint::Dim,
        };
        grid.row(vec![
            Cell::new(number(row.number.as_ref(), row.ticket_id)),
            Cell::new(row.severity).tint(severity_tint(row.severity, row.status)),
            Cell::new(status(row.status, row.stage)).tint(whole),
            Cell::new(age::compact(row.creation_date.0, now.0)),
            Cell::new(row.holder()),
            Cell::new(&row.title).tint(whole),
        ]);
    }
    grid
}

pub fn families(rows: &[FamilyRow]) -> Grid {
    let mut grid = Grid::new(&["family", "standing", "open"], 0);
    for row in rows {
        grid.row(vec![
            Cell::new(&row.family_name),
            Cell::new(match (row.status, row.invited) {
                (MembershipStatus::Awaiting, true) => "invited",
                (MembershipStatus::Awaiting, false) => "asked to join",
                (status, _) => status.as_str(),
            }),
            Cell::new(row.open),
        ]);
    }
    grid
}

/// A family's settings, one a row.
pub fn settings(family: &Family) -> Grid {
    let mut grid = Grid::new(&["setting", "value"], 1);
    let or_none = |text: &str| if text.is_empty() { "none" } else { text }.to_owned();
    let prefix = &family.ticket_prefix;
    let mut all = vec![
        ("name", family.family_name.clone()),
        ("description", or_none(&family.family_description)),
        ("prefix", prefix.to_string()),
        ("time zone", family.time_zone.clone()),
        ("hours", or_none(&family.business_hours)),
    ];
    for severity in Severity::ALL {
        all.push((severity.as_str(), family.words_for(severity).to_owned()));
    }
    all.push(("id", family.family_id.to_string()));
    for (name, value) in all {
        grid.row(vec![Cell::new(name).tint(Tint::Dim), Cell::new(value)]);
    }
    grid
}

/// A group with who is in it.
pub fn group_json<'a>(group: &'a Group, view: &'a FamilyView) -> GroupJson<'a> {
    let members = places_of(view, group.group_id).map(|place| PlaceJson {
        user_id: place.user_id,
        display_name: person_name(view, place.user_id),
        status: place.status,
        is_admin: place.is_admin,
    });
    GroupJson {
        group,
        members: members.collect(),
    }
}

fn places_of(view: &FamilyView, group_id: GroupId) -> impl Iterator<Item = &GroupMembership> {
    view.places
        .iter()
        .filter(move |place| place.group_id == group_id)
}

fn person_name(view: &FamilyView, user_id: UserId) -> &str {
    let mut people = view.people.iter();
    people
        .find(|person| person.user_id == user_id)
        .map_or("", |person| &person.display_name)
}

pub fn groups(view: &FamilyView) -> Grid {
    let mut grid = Grid::new(&["group", "members", "description"], 2);
    for group in &view.groups {
        let members: Vec<String> = places_of(view, group.group_id)
            .map(|place| {
                let name = person_name(view, place.user_id);
                match (place.status, place.is_admin) {
                    (MembershipStatus::Member, true) => format!("{name} (admin)"),
                    (MembershipStatus::Member, false) => name.to_owned(),
                    _ => format!("{name} (asks)"),
                }
            })
            .collect();
        grid.row(vec![
            Cell::new(&group.group_name),
            Cell::new(members.join(", ")),
            Cell::new(&group.group_description),
        ]);
    }
    grid
}

pub fn queues(view: &FamilyView) -> Grid {
    let heads = &[
        "group",
        "queue",
        "open",
        "severity",
        "assignee",
        "description",
    ];
    let mut grid = Grid::new(heads, 5);
    for row in &view.queues {
        let severity = row.queue.default_severity.map_or("-", Severity::as_str);
        let assignee = row.queue.default_assignee;
        let assignee = assignee.map_or("-", |user_id| person_name(view, user_id));
        grid.row(vec![
            Cell::new(group_name(view, row.queue.group_id)),
            Cell::new(&row.queue.queue_name),
            Cell::new(row.open),
            Cell::new(severity),
            Cell::new(assignee),
            Cell::new(&row.queue.queue_description),
        ]);
    }
    grid
}

pub fn people(view: &FamilyView) -> Grid {
    let mut grid = Grid::new(&["name", "role", "standing", "groups"], 3);
    for person in &view.people {
        let standing = match (person.is_admin, person.status, person.invited_by) {
            (true, MembershipStatus::Member, _) => "ADMIN",
            (_, MembershipStatus::Awaiting, Some(_)) => "invited",
            (_, MembershipStatus::Awaiting, None) => "asks to join",
            (_, status, _) => status.as_str(),
        };
        let groups: Vec<&str> = person
            .groups
            .iter()
            .map(|group_id| group_name(view, *group_id))
            .collect();
        grid.row(vec![
            Cell::new(&person.display_name),
            Cell::new(person.role),
            Cell::new(standing),
            Cell::new(groups.join(", ")),
        ]);
    }
    grid
}

/// Who takes part, and how.
pub fn participants(parties: &[Party]) -> Grid {
    let mut grid = Grid::new(&["name", "roles"], 1);
    for party in parties {
        let roles: Vec<&str> = party.roles.iter().map(|role| role.as_str()).collect();
        grid.row(vec![Cell::new(&party.name), Cell::new(roles.join(", "))]);
    }
    grid
}

/// What was deleted, one a row.
pub fn deleted(rows: &[DeletedRow]) -> Grid {
    let heads = &["deleted", "by", "what", "called", "of", "id"];
    let mut grid = Grid::new(heads, 4);
    for row in rows {
        grid.row(vec![
            Cell::new(super::thread::moment(row.deleted)),
            Cell::new(if row.by.is_empty() { "-" } else { &row.by }),
            Cell::new(row.key.entity_type()),
            Cell::new(&row.label),
            Cell::new(&row.detail),
            Cell::new(row.key.entity_id()).tint(Tint::Dim),
        ]);
    }
    grid
}

/// The ticket's number, or its id until it has one.
pub fn number(number: Option<&TicketNumber>, ticket_id: TicketId) -> String {
    match number {
        Some(number) => number.to_string(),
        None => ticket_id.to_string(),
    }
}

/// Status, and the stage of what is open: `OPEN NEW`, `RESOLVED`.
pub fn status(status: Status, stage: Stage) -> String {
    match status {
        Status::Open => format!("{status} {stage}"),
        Status::Resolved | Status::Closed => status.to_string(),
    }
}

/// The name of a group of the family; empty where it is not to be seen.
pub fn group_name(view: &FamilyView, group_id: GroupId) -> &str {
    view.groups
        .iter()
        .find(|group| group.group_id == group_id)
        .map_or("", |group| &group.group_name)
}

fn severity_tint(severity: Severity, status: Status) -> Tint {
    match (status, severity) {
        (Status::Resolved | Status::Closed, _) => Tint::Dim,
        (Status::Open, Severity::Sev1 | Severity::Sev2) => Tint::Red,
        (Status::Open, Severity::Sev2_5) => Tint::Yellow,
        (Status::Open, Severity::Sev3 | Severity::Sev4 | Severity::Sev5) => Tint::Plain,
    }
}
