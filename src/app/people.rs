//! The people view: invitations, members, and the groups with who is in them.

use super::App;
use super::effect::Slot;
use super::give::Then;
use super::mouse::On;
use super::picker::{Pick, PickerFor};
use super::registry::Context;
use super::state::{NoticeKind, QueueLineKind, Session, View};
use super::views::Behaviour;
use crate::model::command::{CommandBody, MembershipField};
use crate::model::entity::EntityKey;
use crate::model::group::GroupMembership;
use crate::model::id::{FamilyId, GroupId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::replica::view::{DeletedRow, FamilyView, Person, Question};

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

    pub(super) fn is_admin(&self) -> Result<(), String> {
        self.has_family()?;
        let family = self.state.session.family.as_deref();
        match family {
            Some(family) if family.me.is_admin => Ok(()),
            _ => Err("only the family's admins can do that; ask one of them".to_owned()),
        }
    }

    pub(super) fn can_accept(&self) -> Result<(), String> {
        let families = &self.state.session.families;
        let invited = self.on_family().is_some_and(|family_id| {
            let mut rows = families.iter();
            rows.any(|row| row.family_id == family_id && row.invited)
        });
        if invited {
            return Ok(());
        }
        Err("move to an invitation of yours first".to_owned())
    }

    pub(super) fn can_approve(&self) -> Result<(), String> {
        let asks = match self.on_person() {
            Some((person, None)) => {
                person.status == MembershipStatus::Awaiting && person.invited_by.is_none()
            }
            Some((person, Some(group_id))) => self
                .place(group_id, person.user_id)
                .is_some_and(|it| it.status == MembershipStatus::Awaiting),
            None => false,
        };
        if asks {
            return Ok(());
        }
        Err("move to someone who asks first".to_owned())
    }

    pub(super) fn can_decline(&self) -> Result<(), String> {
        let invited = self
            .on_person()
            .is_some_and(|(it, group)| group.is_none() && it.status == MembershipStatus::Awaiting);
        if invited || self.on_family().is_some() || self.can_approve().is_ok() {
            return Ok(());
        }
        Err("move to an invitation or a request first".to_owned())
    }

    /// Someone who is in the family, or in the group, under the cursor.
    pub(super) fn on_member(&self) -> Result<(), String> {
        let member = match self.on_person() {
            Some((person, None)) => person.status == MembershipStatus::Member,
            Some((person, Some(group_id))) => self
                .place(group_id, person.user_id)
                .is_some_and(GroupMembership::is_live),
            None => false,
        };
        if member {
            return Ok(());
        }
        Err("move to a member first".to_owned())
    }

    pub(super) fn on_family_member(&self) -> Result<(), String> {
        match self.on_person() {
            Some((person, None)) if person.status == MembershipStatus::Member => Ok(()),
            _ => Err("move to a member of the family first".to_owned()),
        }
    }

    pub(super) fn on_group_line(&self) -> Result<(), String> {
        match self.on_people_group() {
            Some(_) => Ok(()),
            None => Err("move to a group first".to_owned()),
        }
    }

    pub(super) fn can_remove(&self) -> Result<(), String> {
        match self.on_person() {
            Some(_) => Ok(()),
            None => Err("move to a person first".to_owned()),
        }
    }

    /// A group that I am not in.
    pub(super) fn can_ask_for_group(&self) -> Result<(), String> {
        let family = self.state.session.family.as_deref();
        match (self.on_people_group(), family) {
            (Some(group_id), Some(family)) if !family.me.groups.contains(&group_id) => Ok(()),
            _ => Err("move to a group that you are not in first".to_owned()),
        }
    }

    pub(super) fn can_edit_people(&self) -> Result<(), String> {
        match (self.on_person(), self.on_people_group()) {
            (None, None) => Err("move to a person or a group first".to_owned()),
            _ => Ok(()),
        }
    }

    // What is done.

    /// Gives commands of the open family.
    pub(super) fn give_family(&mut self, words: String, commands: Vec<CommandBody>) {
        if let Some(family_id) = self.state.open_family() {
            let deed = self.deed(words);
            self.give((family_id, commands), deed, Then::Done);
        }
    }

    fn own_answer(&mut self, words: &str, command: CommandBody) {
        let Some(family_id) = self.on_family() else {
            return;
        };
        let name = self.state.session.family_name(family_id);
        let words = format!("{words} {}", name.unwrap_or_default());
        let deed = self.deed(words);
        self.give((family_id, vec![command]), deed, Then::Done);
    }

    pub(super) fn accept_invitation(&mut self) {
        self.own_answer("you said yes to", CommandBody::MembershipAccept {});
    }

    pub(super) fn approve(&mut self) {
        let Some((person, group)) = self.on_person() else {
            return;
        };
        let (user_id, name) = (person.user_id, person.display_name.clone());
        match group {
            None => {
                let command = CommandBody::MembershipApprove { user_id };
                self.give_family(format!("{name} is in the family"), vec![command]);
            }
            Some(group_id) => self.take_into(group_id, user_id),
        }
    }

    pub(super) fn decline(&mut self) {
        if self.on_family().is_some() {
            let user_id = self.state.session.me;
            return self.own_answer("you said no to", CommandBody::MembershipDecline { user_id });
        }
        let Some((person, group)) = self.on_person() else {
            return;
        };
        let (user_id, name) = (person.user_id, person.display_name.clone());
        let command = match group {
            None => CommandBody::MembershipDecline { user_id },
            Some(group_id) => CommandBody::GroupMembershipDecline { group_id, user_id },
        };
        self.give_family(format!("declined {name}"), vec![command]);
    }

    /// Makes someone an admin of the family, or of the group they stand in; or no longer.
    pub(super) fn toggle_admin(&mut self) {
        let Some((person, group)) = self.on_person() else {
            return;
        };
        let (user_id, name) = (person.user_id, person.display_name.clone());
        let (was, command, of) = match group {
            None => {
                let was = person.is_admin;
                let set = MembershipField::IsAdmin(!was);
                let command = CommandBody::MembershipSet { user_id, set };
                (was, command, "the family".to_owned())
            }
            Some(group_id) => {
                let place = self.place(group_id, user_id);
                let was = place.is_some_and(|it| it.is_admin);
                let command = CommandBody::GroupMembershipSetAdmin {
                    group_id,
                    user_id,
                    is_admin: !was,
                };
                (was, command, self.group_name(group_id))
            }
        };
        let words = if was {
            format!("{name} is no admin of {of} any more")
        } else {
            format!("{name} is an admin of {of}")
        };
        self.give_family(words, vec![command]);
    }

    pub(super) fn pick_role(&mut self) {
        let Some((person, _)) = self.on_person() else {
            return;
        };
        let (user_id, title) = (person.user_id, format!("{} is", person.display_name));
        let rows = Role::ALL.iter().map(|role| {
            let mut row = super::help::plain_row(role.as_str(), Pick::Role(*role));
            row.detail = role.meaning().to_owned();
            row
        });
        let rows = rows.collect();
        self.open_picker(PickerFor::RoleOf(user_id), title, rows);
    }

    pub(super) fn set_role(&mut self, user_id: UserId, role: Role) {
        let name = self.person_name(user_id);
        let set = MembershipField::Role(role);
        let command = CommandBody::MembershipSet { user_id, set };
        self.give_family(format!("{name} is {role}"), vec![command]);
    }

    pub(super) fn rename(&mut self, user_id: UserId, to: &str) {
        let name = self.person_name(user_id);
        let set = MembershipField::DisplayName(to.to_owned());
        let command = CommandBody::MembershipSet { user_id, set };
        self.give_family(format!("{name} is called {to}"), vec![command]);
    }

    /// On a group: whom to take in. On a person: into which group.
    pub(super) fn pick_for_group(&mut self) {
        let Some(family) = self.state.session.family.as_deref() else {
            return;
        };
        if let Some(group_id) = self.on_people_group() {
            let title = format!("Take into {}", self.group_name(group_id));
            let people = family.people.iter().filter(|it| {
                it.status == MembershipStatus::Member
                    && it.role != Role::Guest
                    && !it.groups.contains(&group_id)
            });
            let rows: Vec<_> = people
                .map(|it| super::help::plain_row(&it.display_name, Pick::Person(Some(it.user_id))))
                .collect();
            if rows.is_empty() {
                let text = "everybody who may be is in it; a guest can't be in a group";
                return self.say(NoticeKind::Warning, text);
            }
            return self.open_picker(PickerFor::Newcomer(group_id), title, rows);
        }
        let Some((person, _)) = self.on_person() else {
            return self.say(NoticeKind::Warning, "move to a person or a group first");
        };
        let (user_id, title) = (person.user_id, format!("Take {} into", person.display_name));
        let groups = family.groups.iter();
        let rows: Vec<_> = groups
            .filter(|it| !person.groups.contains(&it.group_id))
            .map(|it| super::help::plain_row(&it.group_name, Pick::Group(Some(it.group_id))))
            .collect();
        if rows.is_empty() {
            return self.say(NoticeKind::Warning, "there is no other group to be in");
        }
        self.open_picker(PickerFor::GroupOf(user_id), title, rows);
    }

    pub(super) fn take_into(&mut self, group_id: GroupId, user_id: UserId) {
        let words = format!(
            "{} is in {}",
            self.person_name(user_id),
            self.group_name(group_id)
        );
        let command = CommandBody::GroupMembershipAdd {
            group_id,
            user_id,
            is_admin: false,
        };
        self.give_family(words, vec![command]);
    }

    pub(super) fn ask_for_group(&mut self) {
        if let Some(group_id) = self.on_people_group() {
            let words = format!("asked to be in {}", self.group_name(group_id));
            let command = CommandBody::GroupMembershipRequest { group_id };
            self.give_family(words, vec![command]);
        }
    }

    /// Takes someone out of the group they stand in, or out of the family.
    pub(super) fn remove_person(&mut self, key: EntityKey, name: &str) {
        match key {
            EntityKey::GroupMembership(group_id, user_id) => {
                let words = format!("{name} is out of {}", self.group_name(group_id));
                let command = CommandBody::GroupMembershipRemove { group_id, user_id };
                self.give_family(words, vec![command]);
            }
            EntityKey::Membership(user_id) => {
                let command = CommandBody::MembershipRemove { user_id };
                self.give_family(format!("{name} is out of the family"), vec![command]);
            }
            _ => {}
        }
    }

    /// The membership under the cursor, and whose it is.
    pub(super) fn membership_under_cursor(&self) -> Option<(EntityKey, String)> {
        let (person, group) = self.on_person()?;
        let key = match group {
            None => EntityKey::Membership(person.user_id),
            Some(group_id) => EntityKey::GroupMembership(group_id, person.user_id),
        };
        Some((key, person.display_name.clone()))
    }

    /// The queue or group under the cursor, and what it is called.
    pub(super) fn place_under_cursor(&self) -> Option<(EntityKey, String)> {
        let family = self.state.session.family.as_deref()?;
        if self.state.view == View::People {
            let group_id = self.on_people_group()?;
            return Some((EntityKey::Group(group_id), self.group_name(group_id)));
        }
        match self.line_kind()? {
            QueueLineKind::Group { group_id, .. } => {
                Some((EntityKey::Group(group_id), self.group_name(group_id)))
            }
            QueueLineKind::Queue(queue_id) => {
                let mut queues = family.queues.iter();
                let row = queues.find(|it| it.queue.queue_id == queue_id)?;
                Some((EntityKey::Queue(queue_id), row.queue.queue_name.clone()))
            }
            QueueLineKind::Everything | QueueLineKind::MyWork | QueueLineKind::Unassigned => None,
        }
    }

    pub(super) fn group_name(&self, group_id: GroupId) -> String {
        let groups = self.state.session.family.iter().flat_map(|it| &it.groups);
        let mut found = groups.filter(|it| it.group_id == group_id);
        found
            .next()
            .map_or_else(String::new, |it| it.group_name.clone())
    }

    pub(super) fn person_name(&self, user_id: UserId) -> String {
        super::panes::name_of(self.state.session.family.as_deref(), user_id)
    }

    // What was deleted.

    pub(super) fn ask_deleted(&mut self) {
        if let Some(family_id) = self.state.open_family() {
            let question = Question::Deleted {
                family_id,
                limit: DELETED,
            };
            self.ask(Slot::Deleted, question);
        }
    }

    pub(super) fn deleted_came(&mut self, found: Vec<DeletedRow>) {
        if found.is_empty() {
            return self.say(NoticeKind::Warning, "nothing is deleted");
        }
        let now = self.state.now;
        let rows = found.into_iter().map(|it| {
            let kind = it.key.entity_type();
            let when = crate::text::age::ago(it.deleted.0, now.0);
            let by = if it.by.is_empty() {
                String::new()
            } else {
                format!(" by {}", it.by)
            };
            let mut row = super::help::plain_row(&it.label, Pick::Deleted(it.key));
            let of = if it.detail.is_empty() {
                String::new()
            } else {
                format!(" of {}", it.detail)
            };
            row.detail = format!("{kind}{of}, {when}{by}");
            row
        });
        let rows = rows.collect();
        let title = "Deleted; picking restores".to_owned();
        self.open_picker(PickerFor::Deleted, title, rows);
    }

    pub(super) fn restore(&mut self, key: EntityKey, label: &str) {
        let command = CommandBody::EntityRestore(key);
        self.give_family(format!("restored {label}"), vec![command]);
    }
}

/// How many deleted things are listed at most.
const DELETED: usize = 500;

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
