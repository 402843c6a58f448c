//! What is done in the view of people: commands, and the questions that come before them.

use crate::app::App;
use crate::app::effect::Slot;
use crate::app::give::Then;
use crate::app::picker::{Pick, PickerFor};
use crate::app::state::{NoticeKind, QueueLineKind, View};
use crate::model::command::{CommandBody, MembershipField};
use crate::model::entity::EntityKey;
use crate::model::id::{GroupId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::replica::view::{DeletedRow, Question};

/// How many deleted things are listed at most.
const DELETED: usize = 500;

impl App {
    /// Gives commands of the open family.
    pub(in crate::app) fn give_family(&mut self, words: String, commands: Vec<CommandBody>) {
        if let Some(family_id) = self.state.open_family() {
            let deed = self.deed(words);
            self.give((family_id, commands), deed, Then::Done);
        }
    }

    pub(in crate::app) fn own_answer(&mut self, words: &str, command: CommandBody) {
        let Some(family_id) = self.on_family() else {
            return;
        };
        let name = self.state.session.family_name(family_id);
        let words = format!("{words} {}", name.unwrap_or_default());
        let deed = self.deed(words);
        self.give((family_id, vec![command]), deed, Then::Done);
    }

    pub(in crate::app) fn accept_invitation(&mut self) {
        self.own_answer("you said yes to", CommandBody::MembershipAccept {});
    }

    pub(in crate::app) fn approve(&mut self) {
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

    pub(in crate::app) fn decline(&mut self) {
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
    pub(in crate::app) fn toggle_admin(&mut self) {
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

    pub(in crate::app) fn pick_role(&mut self) {
        let Some((person, _)) = self.on_person() else {
            return;
        };
        let (user_id, title) = (person.user_id, format!("{} is", person.display_name));
        let rows = Role::ALL.iter().map(|role| {
            let mut row = crate::app::help::plain_row(role.as_str(), Pick::Role(*role));
            row.detail = role.meaning().to_owned();
            row
        });
        let rows = rows.collect();
        self.open_picker(PickerFor::RoleOf(user_id), title, rows);
    }

    pub(in crate::app) fn set_role(&mut self, user_id: UserId, role: Role) {
        let name = self.person_name(user_id);
        let set = MembershipField::Role(role);
        let command = CommandBody::MembershipSet { user_id, set };
        self.give_family(format!("{name} is {role}"), vec![command]);
    }

    pub(in crate::app) fn rename(&mut self, user_id: UserId, to: &str) {
        let name = self.person_name(user_id);
        let set = MembershipField::DisplayName(to.to_owned());
        let command = CommandBody::MembershipSet { user_id, set };
        self.give_family(format!("{name} is called {to}"), vec![command]);
    }

    /// On a group: whom to take in. On a person: into which group.
    pub(in crate::app) fn pick_for_group(&mut self) {
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
                .map(|it| {
                    crate::app::help::plain_row(&it.display_name, Pick::Person(Some(it.user_id)))
                })
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
            .map(|it| crate::app::help::plain_row(&it.group_name, Pick::Group(Some(it.group_id))))
            .collect();
        if rows.is_empty() {
            return self.say(NoticeKind::Warning, "there is no other group to be in");
        }
        self.open_picker(PickerFor::GroupOf(user_id), title, rows);
    }

    pub(in crate::app) fn take_into(&mut self, group_id: GroupId, user_id: UserId) {
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

    pub(in crate::app) fn ask_for_group(&mut self) {
        if let Some(group_id) = self.on_people_group() {
            let words = format!("asked to be in {}", self.group_name(group_id));
            let command = CommandBody::GroupMembershipRequest { group_id };
            self.give_family(words, vec![command]);
        }
    }

    /// Takes someone out of the group they stand in, or out of the family.
    pub(in crate::app) fn remove_person(&mut self, key: EntityKey, name: &str) {
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
    pub(in crate::app) fn membership_under_cursor(&self) -> Option<(EntityKey, String)> {
        let (person, group) = self.on_person()?;
        let key = match group {
            None => EntityKey::Membership(person.user_id),
            Some(group_id) => EntityKey::GroupMembership(group_id, person.user_id),
        };
        Some((key, person.display_name.clone()))
    }

    /// The queue or group under the cursor, and what it is called.
    pub(in crate::app) fn place_under_cursor(&self) -> Option<(EntityKey, String)> {
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

    pub(in crate::app) fn group_name(&self, group_id: GroupId) -> String {
        let groups = self.state.session.family.iter().flat_map(|it| &it.groups);
        let mut found = groups.filter(|it| it.group_id == group_id);
        found
            .next()
            .map_or_else(String::new, |it| it.group_name.clone())
    }

    pub(in crate::app) fn person_name(&self, user_id: UserId) -> String {
        crate::app::panes::name_of(self.state.session.family.as_deref(), user_id)
    }

    // What was deleted.

    pub(in crate::app) fn ask_deleted(&mut self) {
        if let Some(family_id) = self.state.open_family() {
            let question = Question::Deleted {
                family_id,
                after: None,
                limit: DELETED,
            };
            self.ask(Slot::Deleted, question);
        }
    }

    pub(in crate::app) fn deleted_came(&mut self, found: Vec<DeletedRow>) {
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
            let mut row = crate::app::help::plain_row(&it.label, Pick::Deleted(it.key));
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

    pub(in crate::app) fn restore(&mut self, key: EntityKey, label: &str) {
        let command = CommandBody::EntityRestore(key);
        self.give_family(format!("restored {label}"), vec![command]);
    }
}
