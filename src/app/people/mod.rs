//! The people view: invitations, members, and the groups with who is in them.

mod conditions;
mod deeds;

use super::App;
use super::mouse::On;
use super::registry::Context;
use super::state::{Session, View};
use super::views::Behaviour;
use crate::model::group::GroupMembership;
use crate::model::id::{FamilyId, GroupId, UserId};
use crate::model::membership::MembershipStatus;
use crate::replica::view::{FamilyView, Person};

/// The people view.
#[derive(Debug, Default)]
pub struct PeoplePane {
    pub lines: Vec<PeopleLine>,
    /// The line that the keys act on; what it stands for, so that it stays when others come.
    pub cursor: Option<PeopleLine>,
    /// The first line that is visible, of each column.
    pub top: [usize; 2],
}

/// One line of the people view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleLine {
    Head(Section),
    /// A family that asks me in, or that I asked to join.
    Family(FamilyId),
    /// Someone in the family, or on the way in or out.
    Person(UserId),
    Group(GroupId),
    /// Someone in a group, or who asks to be.
    Place(GroupId, UserId),
    /// There is nothing in this section.
    Nothing(Section),
    Blank,
}

/// What stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What waits for my answer, or for that of others about me.
    Mine,
    /// Who was asked into the family, who asks, who declined.
    Theirs,
    Members,
    Groups,
}

impl Section {
    /// As it stands over its lines.
    pub fn title(self) -> &'static str {
        match self {
            Section::Mine => "Your invitations and requests",
            Section::Theirs => "Invited, asking, declined",
            Section::Members => "Members",
            Section::Groups => "Groups",
        }
    }
}

/// The lists stand side by side from so many columns on.
const WIDE_AT: u16 = 100;

/// The columns that the view has at a width: where the second begins among its lines.
pub fn second_column(lines: &[PeopleLine], width: u16) -> Option<usize> {
    let groups = PeopleLine::Head(Section::Groups);
    let at = lines.iter().position(|line| *line == groups);
    at.filter(|_| width >= WIDE_AT)
}

pub(super) struct PeopleView;

const HINTS: &[&str] = &[
    "person.accept",
    "person.approve",
    "person.decline",
    "person.invite",
    "person.role",
    "group.add",
    "group.ask",
    "people.edit",
    "person.admin",
    "person.remove",
    "help",
];

impl Behaviour for PeopleView {
    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::People, Context::Global]
    }

    fn hints(&self, _app: &App) -> &'static [&'static str] {
        HINTS
    }

    fn click(&self, app: &mut App, on: On) {
        app.click_people(on);
    }

    fn ask(&self, app: &mut App) {
        app.list_people();
    }

    fn move_by(&self, app: &mut App, by: i64) {
        app.move_people(by);
    }

    fn page(&self, app: &App) -> usize {
        app.people_rows()
    }

    fn left(&self, app: &mut App) {
        app.people_column(false);
    }

    fn right(&self, app: &mut App) {
        app.people_column(true);
    }
}

impl App {
    pub(super) fn go_people(&mut self) {
        self.go(View::People);
    }

    fn people_rows(&self) -> usize {
        usize::from(self.state.layout.body.height.saturating_sub(2))
    }

    /// Writes the lines, the cursor staying on what it stands for.
    pub(super) fn list_people(&mut self) {
        let session = &self.state.session;
        let mut lines = Vec::new();
        let mine: Vec<PeopleLine> = session
            .families
            .iter()
            .filter(|row| !Session::is_member(row))
            .map(|row| PeopleLine::Family(row.family_id))
            .collect();
        section(&mut lines, Section::Mine, mine);
        if let Some(family) = session.family.as_deref() {
            let person = |it: &Person| PeopleLine::Person(it.user_id);
            let (members, others): (Vec<&Person>, Vec<&Person>) = family
                .people
                .iter()
                .partition(|it| it.status == MembershipStatus::Member);
            let others = others.into_iter().map(person).collect();
            section(&mut lines, Section::Theirs, others);
            section(
                &mut lines,
                Section::Members,
                members.into_iter().map(person).collect(),
            );
            lines.extend(groups_of(family));
        }
        let pane = &mut self.state.people;
        let kept = pane.cursor.filter(|line| lines.contains(line));
        pane.cursor = kept.or_else(|| lines.iter().copied().find(|line| line.is_row()));
        pane.lines = lines;
        self.keep_people_visible();
    }

    /// The lines of the column that the cursor is in.
    fn people_span(&self) -> std::ops::Range<usize> {
        let pane = &self.state.people;
        let end = pane.lines.len();
        match second_column(&pane.lines, self.state.size.width) {
            Some(split) if self.people_index() >= split => split..end,
            Some(split) => 0..split,
            None => 0..end,
        }
    }

    fn people_index(&self) -> usize {
        let pane = &self.state.people;
        let at = pane
            .cursor
            .and_then(|cursor| pane.lines.iter().position(|line| *line == cursor));
        at.unwrap_or(0)
    }

    fn move_people(&mut self, by: i64) {
        let span = self.people_span();
        let here = self.people_index();
        let pane = &mut self.state.people;
        let rows: Vec<usize> = span.filter(|at| pane.lines[*at].is_row()).collect();
        let at = rows.iter().position(|at| *at == here).unwrap_or(0);
        let to = super::panes::moved(at, by, rows.len());
        if let Some(line) = rows.get(to) {
            pane.cursor = Some(pane.lines[*line]);
        }
        self.keep_people_visible();
    }

    fn people_column(&mut self, right: bool) {
        let pane = &mut self.state.people;
        let Some(split) = second_column(&pane.lines, self.state.size.width) else {
            return;
        };
        let here = pane.cursor.and_then(|cursor| {
            let mut lines = pane.lines.iter();
            lines.position(|line| *line == cursor)
        });
        if (here.unwrap_or(0) >= split) == right {
            return;
        }
        let column = if right {
            &pane.lines[split..]
        } else {
            &pane.lines[..split]
        };
        let first = column.iter().copied().find(|line| line.is_row());
        pane.cursor = first.or(pane.cursor);
        self.keep_people_visible();
    }

    pub(super) fn keep_people_visible(&mut self) {
        let rows = self.people_rows().max(1);
        let span = self.people_span();
        let here = self.people_index().saturating_sub(span.start);
        let top = &mut self.state.people.top[usize::from(span.start > 0)];
        // The head of a section stays with its first line.
        let least = (here + 1).saturating_sub(rows);
        *top = (*top).clamp(least, here.saturating_sub(1).max(least));
    }

    // What the cursor is on.

    fn on_family(&self) -> Option<FamilyId> {
        match self.state.people.cursor {
            Some(PeopleLine::Family(family_id)) => Some(family_id),
            _ => None,
        }
    }

    /// The person under the cursor, and the group where they stand in one.
    fn on_person(&self) -> Option<(&Person, Option<GroupId>)> {
        let (user_id, group_id) = match self.state.people.cursor {
            Some(PeopleLine::Person(user_id)) => (user_id, None),
            Some(PeopleLine::Place(group_id, user_id)) => (user_id, Some(group_id)),
            _ => return None,
        };
        let family = self.state.session.family.as_deref()?;
        let mut people = family.people.iter();
        let person = people.find(|it| it.user_id == user_id)?;
        Some((person, group_id))
    }

    /// The group of the line under the cursor.
    pub(super) fn on_people_group(&self) -> Option<GroupId> {
        match self.state.people.cursor {
            Some(PeopleLine::Group(group_id) | PeopleLine::Place(group_id, _)) => Some(group_id),
            _ => None,
        }
    }

    fn place(&self, group_id: GroupId, user_id: UserId) -> Option<&GroupMembership> {
        let family = self.state.session.family.as_deref()?;
        let mut places = family.places.iter();
        places.find(|it| it.group_id == group_id && it.user_id == user_id)
    }
}

/// The groups, each with who is in it.
fn groups_of(family: &FamilyView) -> Vec<PeopleLine> {
    let mut lines = vec![PeopleLine::Head(Section::Groups)];
    for group in &family.groups {
        let group_id = group.group_id;
        lines.push(PeopleLine::Group(group_id));
        let mut places: Vec<&GroupMembership> = family
            .places
            .iter()
            .filter(|it| it.group_id == group_id)
            .collect();
        let name =
            |it: &GroupMembership| super::panes::name_of(Some(family), it.user_id).to_lowercase();
        places.sort_by_cached_key(|it| (!it.is_live(), name(it)));
        let places = places.into_iter();
        lines.extend(places.map(|it| PeopleLine::Place(group_id, it.user_id)));
    }
    if family.groups.is_empty() {
        lines.push(PeopleLine::Nothing(Section::Groups));
    }
    lines
}

/// A section under its head, with a blank line after it; nothing, where it is empty.
fn section(lines: &mut Vec<PeopleLine>, section: Section, rows: Vec<PeopleLine>) {
    if rows.is_empty() {
        return;
    }
    lines.push(PeopleLine::Head(section));
    lines.extend(rows);
    lines.push(PeopleLine::Blank);
}

impl PeopleLine {
    /// Whether the cursor may stand on it.
    pub fn is_row(self) -> bool {
        match self {
            PeopleLine::Family(_)
            | PeopleLine::Person(_)
            | PeopleLine::Group(_)
            | PeopleLine::Place(..) => true,
            PeopleLine::Head(_) | PeopleLine::Nothing(_) | PeopleLine::Blank => false,
        }
    }
}
