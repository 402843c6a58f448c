//! Forms about the family itself: families, groups, queues, and who is asked in.

use std::collections::BTreeMap;

use super::App;
use super::composer::{
    ChoiceOption, ChoiceValue, Composer, FieldName, FormError, FormField, Made, choice_field,
    option, text_field,
};
use super::effect::Effect;
use super::forms::NO_FAMILY;
use super::give::Then;
use super::people::PeopleLine;
use super::prompt::PromptFor;
use super::state::{NoticeKind, QueueLineKind};
use super::text_field::TextField;
use crate::config::known_zone;
use crate::model::business_hours::{BusinessHours, NotHours};
use crate::model::command::{CommandBody, NewFamily};
use crate::model::family::{Family, FamilyField};
use crate::model::group::GroupField;
use crate::model::id::{FamilyId, GroupId, QueueId, UserId};
use crate::model::membership::Role;
use crate::model::number::{NotAPrefix, Prefix};
use crate::model::queue::QueueField;
use crate::model::severity::Severity;
use crate::replica::view::DraftKind;
use crate::sync::acquaint::Invitee;

impl App {
    pub(super) fn new_family(&mut self) {
        let session = &self.state.session;
        let zone = session.time_zone.iana_name().unwrap_or("UTC").to_owned();
        let me = session.my_name.clone();
        let mut fields = family_fields(None, &zone);
        fields.push(line(FieldName::Me, &me));
        let mut form = Composer::new(DraftKind::NewFamily, NO_FAMILY, "New family", fields);
        form.audience =
            "you become its first admin; nobody else sees it until you ask them in".to_owned();
        self.open_house_form(form);
    }

    /// The settings of the family under the cursor, which is the open one.
    pub(super) fn edit_family(&mut self) {
        let Some(family) = self.state.session.family.as_deref() else {
            return self.say(NoticeKind::Warning, "the family is still being read");
        };
        let family = &family.family;
        let title = format!("Settings of {}", family.family_name);
        let fields = family_fields(Some(family), "");
        let mut form = Composer::new(DraftKind::EditFamily, family.family_id, &title, fields);
        form.audience = format!("others ask to join by its id: {}", family.family_id);
        self.open_house_form(form);
    }

    pub(super) fn join_family(&mut self) {
        let me = self.state.session.my_name.clone();
        let fields = vec![line(FieldName::FamilyId, ""), line(FieldName::Me, &me)];
        let title = "Ask to join a family";
        let mut form = Composer::new(DraftKind::JoinFamily, NO_FAMILY, title, fields);
        form.audience = "its admins see your name and decide".to_owned();
        self.open_house_form(form);
    }

    pub(super) fn new_group(&mut self) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let fields = vec![line(FieldName::Name, ""), text(FieldName::Description, "")];
        let mut form = Composer::new(DraftKind::NewGroup, family_id, "New group", fields);
        form.audience = "you become its first member and admin".to_owned();
        self.open_house_form(form);
    }

    pub(super) fn edit_group(&mut self, group_id: GroupId) {
        let Some(family) = self.state.session.family.as_deref() else {
            return;
        };
        let mut groups = family.groups.iter();
        let Some(group) = groups.find(|it| it.group_id == group_id) else {
            return;
        };
        let title = format!("Edit the group {}", group.group_name);
        let fields = vec![
            line(FieldName::Name, &group.group_name),
            text(FieldName::Description, &group.group_description),
        ];
        let family_id = family.family.family_id;
        let mut form = Composer::new(DraftKind::EditGroup, family_id, &title, fields);
        form.about = Some(group_id.0);
        self.open_house_form(form);
    }

    pub(super) fn new_queue(&mut self) {
        let Some(family) = self.state.session.family.as_deref() else {
            return self.say(NoticeKind::Warning, "the family is still being read");
        };
        if family.groups.is_empty() {
            let text = "a queue belongs to a group, and there is none yet; make a group first";
            return self.say(NoticeKind::Warning, text);
        }
        let family_id = family.family.family_id;
        let here = self.group_of_line();
        let mut fields = vec![line(FieldName::Name, ""), text(FieldName::Description, "")];
        fields.extend(self.queue_choices((here, None, None)));
        let form = Composer::new(DraftKind::NewQueue, family_id, "New queue", fields);
        self.open_house_form(form);
    }

    pub(super) fn edit_queue(&mut self, queue_id: QueueId) {
        let Some(family) = self.state.session.family.as_deref() else {
            return;
        };
        let mut queues = family.queues.iter();
        let Some(row) = queues.find(|it| it.queue.queue_id == queue_id) else {
            return;
        };
        let queue = row.queue.clone();
        let family_id = family.family.family_id;
        let title = format!("Edit the queue {}", queue.queue_name);
        let mut fields = vec![
            line(FieldName::Name, &queue.queue_name),
            text(FieldName::Description, &queue.queue_description),
        ];
        let chosen = (
            Some(queue.group_id),
            queue.default_severity,
            queue.default_assignee,
        );
        fields.extend(self.queue_choices(chosen));
        let mut form = Composer::new(DraftKind::EditQueue, family_id, &title, fields);
        form.about = Some(queue_id.0);
        form.audience = "another group takes its tickets along".to_owned();
        self.open_house_form(form);
    }

    /// Group, severity and assignee of a queue, with what is chosen now.
    fn queue_choices(
        &self,
        chosen: (Option<GroupId>, Option<Severity>, Option<UserId>),
    ) -> Vec<FormField> {
        let (group, severity, assignee) = chosen;
        let groups = self.state.session.family.iter().flat_map(|it| &it.groups);
        let groups = groups.map(|it| option(&it.group_name, ChoiceValue::Group(it.group_id)));
        let none = option("none of its own", ChoiceValue::Severity(None));
        let severities = self.severity_options();
        let nobody = option("nobody", ChoiceValue::Person(None));
        let people = self.members().into_iter();
        let people = people.map(|(name, id)| option(&name, ChoiceValue::Person(Some(id))));
        vec![
            choose(
                FieldName::Group,
                groups.collect(),
                group.map(ChoiceValue::Group),
            ),
            choose(
                FieldName::Severity,
                [none].into_iter().chain(severities).collect(),
                Some(ChoiceValue::Severity(severity)),
            ),
            choose(
                FieldName::Assignee,
                [nobody].into_iter().chain(people).collect(),
                Some(ChoiceValue::Person(assignee)),
            ),
        ]
    }

    pub(super) fn invite(&mut self) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let roles = Role::ALL.iter().map(|role| {
            let label = format!("{role}  {}", role.meaning());
            option(&label, ChoiceValue::Role(*role))
        });
        let fields = vec![
            line(FieldName::Name, ""),
            line(FieldName::Email, ""),
            choice_field(FieldName::Role, roles.collect(), 0),
        ];
        let mut form = Composer::new(DraftKind::Invite, family_id, "Invite someone", fields);
        form.audience = "they are in the family once they accept".to_owned();
        self.open_house_form(form);
    }

    pub(super) fn open_house_form(&mut self, mut form: Composer) {
        form.seen = form.values();
        self.open_form(form);
    }

    // What the queues pane and the people view edit: what their cursor is on.

    /// The group of the line under the cursor of the queues pane.
    fn group_of_line(&self) -> Option<GroupId> {
        match self.line_kind()? {
            QueueLineKind::Group { group_id, .. } => Some(group_id),
            QueueLineKind::Queue(queue_id) => {
                let family = self.state.session.family.as_deref()?;
                let mut queues = family.queues.iter();
                let row = queues.find(|it| it.queue.queue_id == queue_id)?;
                Some(row.queue.group_id)
            }
            QueueLineKind::Everything | QueueLineKind::MyWork | QueueLineKind::Unassigned => None,
        }
    }

    pub(super) fn line_kind(&self) -> Option<QueueLineKind> {
        let pane = &self.state.desk.queues;
        Some(pane.lines.get(pane.cursor)?.kind)
    }

    pub(super) fn edit_place(&mut self) {
        match self.line_kind() {
            Some(QueueLineKind::Group { group_id, .. }) => self.edit_group(group_id),
            Some(QueueLineKind::Queue(queue_id)) => self.edit_queue(queue_id),
            _ => {}
        }
    }

    pub(super) fn edit_people(&mut self) {
        match self.state.people.cursor {
            Some(PeopleLine::Group(group_id)) => self.edit_group(group_id),
            Some(PeopleLine::Person(user_id) | PeopleLine::Place(_, user_id)) => {
                match user_id == self.state.session.me {
                    true => self.edit_me(),
                    false => self.open_prompt(PromptFor::Rename),
                }
            }
            _ => {}
        }
    }

    // Sending.

    /// Asks somebody in; who they are is found out on the way.
    pub(super) fn send_invitation(&mut self) {
        let Some(form) = self.form() else { return };
        let who = Invitee {
            display_name: form.text(FieldName::Name).trim().to_owned(),
            email: Some(form.text(FieldName::Email).trim().to_owned()).filter(|it| !it.is_empty()),
            anew: false,
        };
        if who.display_name.is_empty() {
            let why = FormError::at(FieldName::Name, "say whom");
            return form.refuse(why);
        }
        let role = form.fields.iter().find_map(|field| match field.chosen() {
            Some(ChoiceValue::Role(role)) => Some(role),
            _ => None,
        });
        let family_id = form.family_id;
        let draft = form.begin_sending();
        self.save_draft();
        let deed = self.deed(format!("invited {}", who.display_name));
        let number = self.begin_giving(&deed, Then::sent(draft));
        self.effects.push(Effect::Invite {
            number,
            family_id,
            deed,
            who,
            role: role.unwrap_or(Role::Adult),
        });
    }
}

/// What a new family, or one as it is, has set.
fn family_fields(family: Option<&Family>, zone: &str) -> Vec<FormField> {
    let of = |get: fn(&Family) -> &str| family.map_or("", get);
    let prefix = family.map(|it| it.ticket_prefix.to_string());
    let zone = family.map_or(zone, |it| &it.time_zone);
    let mut fields = vec![
        line(FieldName::Name, of(|it| &it.family_name)),
        text(FieldName::Description, of(|it| &it.family_description)),
        line(FieldName::Prefix, &prefix.unwrap_or_default()),
        line(FieldName::TimeZone, zone),
        line(FieldName::Hours, of(|it| &it.business_hours)),
    ];
    for severity in Severity::ALL {
        let word = family.and_then(|it| it.severity_words.get(&severity));
        let word = word.map_or("", String::as_str);
        fields.push(line(FieldName::Words(severity), word));
    }
    fields
}

fn line(name: FieldName, value: &str) -> FormField {
    text_field(name, TextField::line(value))
}

fn text(name: FieldName, value: &str) -> FormField {
    text_field(name, TextField::text(value))
}

fn choose(name: FieldName, options: Vec<ChoiceOption>, value: Option<ChoiceValue>) -> FormField {
    let chosen = options.iter().position(|it| Some(it.value) == value);
    choice_field(name, options, chosen.unwrap_or(0))
}

impl Composer {
    pub(super) fn found_family(&self) -> Made {
        let name = self.required(FieldName::Name, "give it a name")?;
        let prefix = match self.text(FieldName::Prefix).trim() {
            "" => Prefix::suggest(&name),
            text => prefix_of(text)?,
        };
        let new = NewFamily {
            family_description: self.text(FieldName::Description).trim_end().to_owned(),
            ticket_prefix: prefix,
            time_zone: self.zone()?,
            display_name: self.required(FieldName::Me, "say what the family calls you")?,
            family_name: name,
        };
        let words = format!("founded {}", new.family_name);
        let mut commands = vec![CommandBody::FamilyCreate(new)];
        let hours = self.hours()?;
        if !hours.is_empty() {
            commands.push(CommandBody::FamilySet(FamilyField::BusinessHours(hours)));
        }
        let own = self.severity_words();
        if !own.is_empty() {
            commands.push(CommandBody::FamilySet(FamilyField::SeverityWords(own)));
        }
        Ok((words, commands))
    }

    /// Each setting only if it was changed.
    pub(super) fn set_family(&self) -> Made {
        let mut changes = Vec::new();
        if self.is_changed(FieldName::Name) {
            let name = self.required(FieldName::Name, "give it a name")?;
            changes.push(FamilyField::FamilyName(name));
        }
        if self.is_changed(FieldName::Description) {
            let text = self.text(FieldName::Description).trim_end().to_owned();
            changes.push(FamilyField::FamilyDescription(text));
        }
        if self.is_changed(FieldName::Prefix) {
            let prefix = prefix_of(self.text(FieldName::Prefix).trim())?;
            changes.push(FamilyField::TicketPrefix(prefix));
        }
        if self.is_changed(FieldName::TimeZone) {
            changes.push(FamilyField::TimeZone(self.zone()?));
        }
        if self.is_changed(FieldName::Hours) {
            changes.push(FamilyField::BusinessHours(self.hours()?));
        }
        let words = Severity::ALL.map(FieldName::Words);
        if words.into_iter().any(|name| self.is_changed(name)) {
            changes.push(FamilyField::SeverityWords(self.severity_words()));
        }
        let commands = changes.into_iter().map(CommandBody::FamilySet);
        self.made("changed the family's settings", commands)
    }

    pub(super) fn zone(&self) -> Result<String, FormError> {
        let zone = self.text(FieldName::TimeZone).trim().to_owned();
        match known_zone(&zone) {
            Ok(_) => Ok(zone),
            Err(why) => Err(FormError::at(FieldName::TimeZone, why)),
        }
    }

    fn hours(&self) -> Result<String, FormError> {
        let text = self.text(FieldName::Hours);
        let hours: Result<BusinessHours, NotHours> = text.parse();
        hours
            .map(|hours| hours.to_string())
            .map_err(|error| FormError {
                caret: Some(error.at),
                ..FormError::at(FieldName::Hours, error.why)
            })
    }

    fn severity_words(&self) -> BTreeMap<Severity, String> {
        let all = Severity::ALL.into_iter();
        let said = all.map(|it| (it, self.text(FieldName::Words(it)).trim().to_owned()));
        said.filter(|(_, word)| !word.is_empty()).collect()
    }

    /// The family that is asked, and the question.
    pub(super) fn join(&self) -> Result<(FamilyId, String, CommandBody), FormError> {
        let text = self.text(FieldName::FamilyId);
        let family_id: FamilyId = text.trim().parse().map_err(|_| {
            let why = "that is no family's id; its members see it in its settings";
            FormError::at(FieldName::FamilyId, why)
        })?;
        let display_name = self.required(FieldName::Me, "say what the family is to call you")?;
        let words = "asked to join; one of the family's admins decides".to_owned();
        let command = CommandBody::MembershipRequest { display_name };
        Ok((family_id, words, command))
    }

    pub(super) fn make_group(&self, group_id: GroupId) -> Made {
        let name = self.required(FieldName::Name, "give it a name")?;
        let words = format!("made the group {name}");
        let command = CommandBody::GroupCreate {
            group_id,
            group_name: name,
            group_description: self.text(FieldName::Description).trim_end().to_owned(),
        };
        Ok((words, vec![command]))
    }

    pub(super) fn set_group(&self) -> Made {
        let group_id = GroupId(self.about.unwrap_or_default());
        let mut changes = Vec::new();
        if self.is_changed(FieldName::Name) {
            let name = self.required(FieldName::Name, "give it a name")?;
            changes.push(GroupField::GroupName(name));
        }
        if self.is_changed(FieldName::Description) {
            let text = self.text(FieldName::Description).trim_end().to_owned();
            changes.push(GroupField::GroupDescription(text));
        }
        let commands = changes
            .into_iter()
            .map(|set| CommandBody::GroupSet { group_id, set });
        self.made("changed the group", commands)
    }

    pub(super) fn make_queue(&self, queue_id: QueueId) -> Made {
        let name = self.required(FieldName::Name, "give it a name")?;
        let words = format!("made the queue {name}");
        let mut group = None;
        let mut default_severity = None;
        let mut assignee = None;
        for field in &self.fields {
            match field.chosen() {
                Some(ChoiceValue::Group(group_id)) => group = Some(group_id),
                Some(ChoiceValue::Severity(severity)) => default_severity = severity,
                Some(ChoiceValue::Person(person)) => assignee = person,
                _ => {}
            }
        }
        let mut commands = vec![CommandBody::QueueCreate {
            queue_id,
            group_id: group.ok_or_else(|| FormError::at(FieldName::Group, "choose a group"))?,
            queue_name: name,
            queue_description: self.text(FieldName::Description).trim_end().to_owned(),
            default_severity,
        }];
        if assignee.is_some() {
            commands.push(CommandBody::QueueSet {
                queue_id,
                set: QueueField::DefaultAssignee(assignee),
            });
        }
        Ok((words, commands))
    }

    pub(super) fn set_queue(&self) -> Made {
        let queue_id = QueueId(self.about.unwrap_or_default());
        let mut changes = Vec::new();
        if self.is_changed(FieldName::Name) {
            let name = self.required(FieldName::Name, "give it a name")?;
            changes.push(QueueField::QueueName(name));
        }
        if self.is_changed(FieldName::Description) {
            let text = self.text(FieldName::Description).trim_end().to_owned();
            changes.push(QueueField::QueueDescription(text));
        }
        for field in self.fields.iter().filter(|it| self.is_changed(it.name)) {
            changes.extend(match field.chosen() {
                Some(ChoiceValue::Group(group_id)) => Some(QueueField::GroupId(group_id)),
                Some(ChoiceValue::Severity(severity)) => {
                    Some(QueueField::DefaultSeverity(severity))
                }
                Some(ChoiceValue::Person(person)) => Some(QueueField::DefaultAssignee(person)),
                _ => None,
            });
        }
        let commands = changes
            .into_iter()
            .map(|set| CommandBody::QueueSet { queue_id, set });
        self.made("changed the queue", commands)
    }

    pub(super) fn made(&self, words: &str, commands: impl Iterator<Item = CommandBody>) -> Made {
        let commands: Vec<CommandBody> = commands.collect();
        if commands.is_empty() {
            return Err("nothing was changed; Esc leaves".into());
        }
        Ok((words.to_owned(), commands))
    }

    pub(super) fn required(&self, name: FieldName, why: &str) -> Result<String, FormError> {
        let text = self.text(name).trim().to_owned();
        if text.is_empty() {
            return Err(FormError::at(name, why));
        }
        Ok(text)
    }
}

fn prefix_of(text: &str) -> Result<Prefix, FormError> {
    text.parse()
        .map_err(|error: NotAPrefix| FormError::at(FieldName::Prefix, error.to_string()))
}
