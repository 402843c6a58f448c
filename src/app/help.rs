//! What lies over the view and is searched or answered: help, command line, pickers, prompts.

use super::App;
use super::days::{self, Of};
use super::effect::{Effect, Slot};
use super::panes::moved;
use super::picker::{Pick, Picker, PickerFor, PickerRow};
use super::prompt::{Prompt, PromptFor};
use super::recall::LineKind;
use super::registry::{ActionRow, actions};
use super::state::{NoticeKind, Overlay};
use super::target::{Target, label_of};
use super::text_field::TextField;
use super::work::Work;
use crate::config;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::membership::MembershipStatus;
use crate::replica::view::Resolution;
use crate::text::fuzzy::rank;

impl App {
    // Pickers.

    pub(super) fn open_picker(&mut self, purpose: PickerFor, title: String, rows: Vec<PickerRow>) {
        let targets = match purpose {
            PickerFor::Help
            | PickerFor::Palette
            | PickerFor::CommandLine
            | PickerFor::Theme
            | PickerFor::QueueOfRefused
            | PickerFor::RoleOf(_)
            | PickerFor::Newcomer(_)
            | PickerFor::GroupOf(_)
            | PickerFor::Deleted
            | PickerFor::File(_)
            | PickerFor::Webhook(_) => Vec::new(),
            PickerFor::Assignee
            | PickerFor::AssignedGroup
            | PickerFor::Queue
            | PickerFor::MergeInto
            | PickerFor::PartOf
            | PickerFor::Participant(_) => self.targets(),
            PickerFor::TagToRemove | PickerFor::Unmerge | PickerFor::ParticipantToRemove => {
                self.target().into_iter().collect()
            }
        };
        let picker = Picker {
            title,
            purpose,
            input: TextField::line(""),
            matches: (0..rows.len()).collect(),
            rows,
            cursor: 0,
            error: None,
            targets,
        };
        self.state.overlays.push(Overlay::Picker(picker));
    }

    pub(super) fn open_help(&mut self) {
        let rows = self.action_rows(|row| row.help.to_owned(), |row| row.name.to_owned());
        self.open_picker(PickerFor::Help, "Help".to_owned(), rows);
    }

    /// Every action that can be done now.
    pub(super) fn open_palette(&mut self) {
        let mut rows = self.action_rows(|row| row.help.to_owned(), |row| row.name.to_owned());
        rows.retain(|row| row.blocked.is_none());
        self.open_picker(PickerFor::Palette, "Do".to_owned(), rows);
    }

    pub(super) fn open_command_line(&mut self) {
        let rows = self.action_rows(|row| row.name.to_owned(), |row| row.help.to_owned());
        self.open_picker(PickerFor::CommandLine, "Command".to_owned(), rows);
    }

    /// A row for each action, those first that can be done here.
    fn action_rows(
        &self,
        label: impl Fn(&ActionRow) -> String,
        detail: impl Fn(&ActionRow) -> String,
    ) -> Vec<PickerRow> {
        let stack = self.stack();
        let mut rows: Vec<(bool, PickerRow)> = actions()
            .filter(|row| !row.contexts.iter().all(|it| it.is_for_typing()))
            .map(|row| {
                let here = row.contexts.iter().any(|context| stack.contains(context));
                let keys = self.keys.keys_of(row, row.contexts);
                let elsewhere = || {
                    let words: Vec<_> = row.contexts.iter().map(|it| it.word()).collect();
                    Err(format!("only in {}", words.join(", ")))
                };
                let blocked = if here { (row.guard)(self) } else { elsewhere() };
                let row = PickerRow {
                    label: label(row),
                    detail: detail(row),
                    keys: keys.join(" "),
                    blocked: blocked.err(),
                    value: Pick::Action(row),
                };
                (here, row)
            })
            .collect();
        rows.sort_by_key(|(here, _)| !here);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The family whose people and queues may be picked; a ticket of another can't be helped here.
    pub(super) fn family_of_targets(&mut self) -> bool {
        let open = self.state.open_family();
        let foreign = self.targets().iter().any(|it| Some(it.family_id()) != open);
        if foreign || self.state.session.family.is_none() {
            let families = &self.state.keys.families;
            let how =
                format!("that ticket is in another family; open that family first ({families})");
            self.say(NoticeKind::Warning, how);
        }
        !foreign && self.state.session.family.is_some()
    }

    pub(super) fn assign_to_person(&mut self) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("Assign {} to", label_of(&self.targets()));
        let people = self.state.session.family.iter().flat_map(|it| &it.people);
        let members = people.filter(|person| person.status == MembershipStatus::Member);
        let rows = members
            .map(|person| plain_row(&person.display_name, Pick::Person(Some(person.user_id))));
        let rows = rows
            .chain([plain_row("nobody", Pick::Person(None))])
            .collect();
        self.open_picker(PickerFor::Assignee, title, rows);
    }

    pub(super) fn assign_to_group(&mut self) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("Assign {} to the group", label_of(&self.targets()));
        let groups = self.state.session.family.iter().flat_map(|it| &it.groups);
        let rows = groups.map(|it| plain_row(&it.group_name, Pick::Group(Some(it.group_id))));
        let rows = rows
            .chain([plain_row("no group", Pick::Group(None))])
            .collect();
        self.open_picker(PickerFor::AssignedGroup, title, rows);
    }

    pub(super) fn move_to_queue(&mut self) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("Move {} to", label_of(&self.targets()));
        let rows = self.queue_names();
        let rows = rows
            .into_iter()
            .map(|(name, id)| plain_row(&name, Pick::Queue(id)));
        self.open_picker(PickerFor::Queue, title, rows.collect());
    }

    pub(super) fn pick_queue_for_refused(&mut self) {
        let rows = self.queue_names().into_iter();
        let rows = rows.map(|(name, id)| plain_row(&name, Pick::Queue(id)));
        let title = "File it in".to_owned();
        self.open_picker(PickerFor::QueueOfRefused, title, rows.collect());
    }

    pub(super) fn pick_theme(&mut self) {
        let rows = config::Theme::all().map(|theme| plain_row(theme.word(), Pick::Theme(theme)));
        self.open_picker(PickerFor::Theme, "Theme".to_owned(), rows.collect());
    }

    pub(super) fn untag(&mut self) {
        let Some(target) = self.target() else { return };
        let Some(ticket) = &target.ticket else {
            let open = &self.state.keys.open;
            let how = format!("open the ticket first to see its tags ({open})");
            return self.say(NoticeKind::Warning, how);
        };
        let tags = ticket.tags.iter();
        let rows: Vec<_> = tags
            .map(|tag| plain_row(tag, Pick::Tag(tag.clone())))
            .collect();
        if rows.is_empty() {
            let label = target.label();
            return self.say(NoticeKind::Warning, format!("{label} has no tags"));
        }
        let title = format!("Remove a tag of {}", target.label());
        self.open_picker(PickerFor::TagToRemove, title, rows);
    }

    pub(super) fn picker(&mut self) -> Option<&mut Picker> {
        match self.state.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => Some(picker),
            _ => None,
        }
    }

    pub(super) fn picker_typed(&mut self) {
        let Some(picker) = self.picker() else { return };
        let typed = picker.input.value();
        let (sought, texts): (&str, Vec<String>) = match picker.purpose {
            PickerFor::CommandLine => (
                typed.split_whitespace().next().unwrap_or_default(),
                picker.rows.iter().map(|row| row.label.clone()).collect(),
            ),
            // Its rows are found by a question.
            PickerFor::MergeInto | PickerFor::PartOf => return self.ask_merge_rows(),
            PickerFor::Help
            | PickerFor::Palette
            | PickerFor::Assignee
            | PickerFor::AssignedGroup
            | PickerFor::Queue
            | PickerFor::QueueOfRefused
            | PickerFor::TagToRemove
            | PickerFor::Unmerge
            | PickerFor::Theme
            | PickerFor::Participant(_)
            | PickerFor::ParticipantToRemove
            | PickerFor::RoleOf(_)
            | PickerFor::Newcomer(_)
            | PickerFor::GroupOf(_)
            | PickerFor::File(_)
            | PickerFor::Deleted
            | PickerFor::Webhook(_) => {
                let rows = picker.rows.iter();
                (
                    &typed,
                    rows.map(|row| format!("{} {}", row.label, row.detail))
                        .collect(),
                )
            }
        };
        let ranked = rank(sought, &texts).into_iter();
        picker.matches = ranked.map(|(index, _)| index).collect();
        if picker.purpose == PickerFor::CommandLine
            && let Some(meant) = named(&picker.rows, &typed)
        {
            // Enter runs it, so the cursor is on it.
            picker.matches.sort_by_key(|index| *index != meant);
        }
        picker.cursor = 0;
        picker.error = None;
    }

    pub(super) fn move_picker(&mut self, by: i64) {
        if let Some(picker) = self.picker() {
            picker.cursor = moved(picker.cursor, by, picker.matches.len());
        }
    }

    pub(super) fn pick_down(&mut self) {
        if !self.recall_newer() {
            self.move_picker(1);
        }
    }

    pub(super) fn pick_up(&mut self) {
        let at_first = self.picker().is_some_and(|picker| picker.cursor == 0);
        if !self.recall_older(at_first) {
            self.move_picker(-1);
        }
    }

    pub(super) fn pick(&mut self) {
        let Some(picker) = self.picker() else { return };
        let typed = picker.input.value();
        let under = picker.matches.get(picker.cursor);
        let Some(row) = under.map(|index| picker.rows[*index].clone()) else {
            let why = if self.is_asking(Slot::Merge) {
                "still looking"
            } else {
                "nothing matches that"
            };
            if let Some(picker) = self.picker() {
                picker.error = Some(why.to_owned());
            }
            return;
        };
        if let Some(why) = row.blocked {
            picker.error = Some(why);
            return;
        }
        let purpose = picker.purpose;
        let targets = std::mem::take(&mut picker.targets);
        self.state.overlays.pop();
        match row.value {
            Pick::Action(row) if purpose == PickerFor::CommandLine => self.command(row, &typed),
            Pick::Action(row) => self.run(row),
            Pick::Person(to) => match (purpose, to) {
                (PickerFor::Newcomer(group_id), Some(user_id)) => self.take_into(group_id, user_id),
                (PickerFor::Participant(role), Some(user_id)) => {
                    self.work(Work::TakeIn(user_id, role), targets);
                }
                _ => self.work(Work::Assign(to), targets),
            },
            Pick::Party(user_id, role) => self.work(Work::TakeOut(user_id, role), targets),
            Pick::Role(role) => {
                if let PickerFor::RoleOf(user_id) = purpose {
                    self.set_role(user_id, role);
                }
            }
            Pick::Group(to) => match (purpose, to) {
                (PickerFor::GroupOf(user_id), Some(group_id)) => self.take_into(group_id, user_id),
                _ => self.work(Work::AssignGroup(to), targets),
            },
            Pick::Webhook(webhook_id) => {
                if let PickerFor::Webhook(deed) = purpose {
                    self.with_webhook(deed, webhook_id);
                }
            }
            Pick::Deleted(key) => self.restore(key, &row.label),
            Pick::Files(files) => {
                if let PickerFor::File(deed) = purpose {
                    self.do_with(deed, files);
                }
            }
            Pick::Queue(queue_id) if purpose == PickerFor::QueueOfRefused => {
                self.decide(Resolution::InQueue(queue_id));
            }
            Pick::Queue(queue_id) => self.work(Work::MoveTo(queue_id), targets),
            Pick::Tag(tag) => self.work(Work::Untag(tag), targets),
            Pick::Ticket(whole, label) if purpose == PickerFor::PartOf => {
                self.work(Work::PartOf(Some((whole, label))), targets);
            }
            Pick::NoTicket => self.work(Work::PartOf(None), targets),
            Pick::Ticket(into, label) => self.work(Work::MergeInto(into, label), targets),
            Pick::Merged(target) => self.work(Work::Unmerge, vec![*target]),
            Pick::Theme(theme) => self.effects.push(Effect::Theme(theme)),
        }
    }

    /// Runs an action with what the command line says after its name.
    fn command(&mut self, row: &'static ActionRow, typed: &str) {
        let (_, rest) = typed.trim().split_once(' ').unwrap_or_default();
        if !typed.starts_with(' ') {
            let line = format!("{} {rest}", row.name);
            self.remember(LineKind::Command, line.trim_end());
        }
        self.run(row);
        match (self.state.overlays.last_mut(), rest.trim()) {
            (_, "") => {}
            (Some(Overlay::Prompt(prompt)), rest) => {
                prompt.input.set(rest);
                self.answer_prompt();
            }
            (Some(Overlay::Picker(picker)), rest) => {
                picker.input.set(rest);
                self.picker_typed();
                self.pick_if_plain();
            }
            (_, rest) => {
                let what = format!(
                    "{} takes nothing after its name; `{rest}` was left out",
                    row.name
                );
                self.say(NoticeKind::Warning, what);
            }
        }
    }

    /// Picks what the typed words can only mean; leaves the choice where they leave one.
    fn pick_if_plain(&mut self) {
        let Some(picker) = self.picker() else { return };
        let typed = picker.input.value().to_lowercase();
        let is_typed = |index: &usize| picker.rows[*index].label.to_lowercase() == typed;
        if let Some(at) = picker.matches.iter().position(is_typed) {
            picker.cursor = at;
            self.pick();
        } else if picker.matches.len() == 1 {
            self.pick();
        }
    }

    // Prompts.

    pub(super) fn open_prompt(&mut self, purpose: PromptFor) {
        let targets = match purpose {
            PromptFor::Search
            | PromptFor::OutboxFile
            | PromptFor::TextFile
            | PromptFor::DeletePlace
            | PromptFor::RemovePerson
            | PromptFor::SignIn
            | PromptFor::Password
            | PromptFor::Rename => Vec::new(),
            PromptFor::Delete
            | PromptFor::DeleteComment
            | PromptFor::FileToAttach
            | PromptFor::SaveFolder => self.target().into_iter().collect(),
            PromptFor::DueDate
            | PromptFor::Snooze
            | PromptFor::TagToAdd
            | PromptFor::Category
            | PromptFor::WaitingNote => self.targets(),
        };
        let label = label_of(&targets);
        let about = self.about_of(purpose);
        let name = about.as_ref().map_or("", |(_, name)| name);
        let password = self.password_words();
        let (title, help) = match purpose {
            PromptFor::SignIn => (
                "Sign in".to_owned(),
                "your e-mail address, or a one-time code",
            ),
            PromptFor::Password => password,
            PromptFor::Category => (
                format!("Category of {label}"),
                "such as warranty; empty for none",
            ),
            PromptFor::DeletePlace => (format!("Delete {name}"), "its name, typed out"),
            PromptFor::RemovePerson => (format!("Take out {name}"), "the name, typed out"),
            PromptFor::Rename => (format!("Rename {name}"), "what the family is to call them"),
            PromptFor::DeleteComment => (
                format!("Delete {name}'s comment"),
                "the ticket's number, typed out",
            ),
            PromptFor::DueDate => (format!("Due date of {label}"), days::HELP),
            PromptFor::Snooze => (format!("Snooze {label} until"), days::HELP),
            PromptFor::TagToAdd => (format!("Tag {label}"), "one word, such as wifi"),
            PromptFor::WaitingNote => (
                format!("{label} waits on"),
                "whom or what, such as the provider",
            ),
            PromptFor::Delete => (format!("Delete {label}"), "its number, typed out"),
            PromptFor::Search => ("Search all tickets".to_owned(), "any words"),
            PromptFor::TextFile => (
                "Write the text to".to_owned(),
                "a new file, such as ~/text.txt",
            ),
            PromptFor::OutboxFile => ("Export the outbox to".to_owned(), "a new file"),
            PromptFor::FileToAttach => (
                match self.form_takes_files() {
                    Ok(()) => "Attach".to_owned(),
                    Err(_) => format!("Attach to {label}"),
                },
                "a file, such as ~/Pictures/boiler.jpg",
            ),
            PromptFor::SaveFolder => ("Save in".to_owned(), "a folder, such as ~/Downloads"),
        };
        let typed = match purpose {
            PromptFor::OutboxFile => "famdesk-outbox.json",
            PromptFor::TextFile => "~/famdesk-text.txt",
            PromptFor::SaveFolder => &self.last_folder.clone(),
            PromptFor::Rename => name,
            PromptFor::SignIn => &self.signed_in_before(),
            _ => "",
        };
        self.state.overlays.push(Overlay::Prompt(Prompt {
            title,
            purpose,
            input: match purpose {
                PromptFor::Password => TextField::secret(),
                _ => TextField::line(typed),
            },
            help,
            error: None,
            targets,
            about,
            files: Vec::new(),
            choices: Vec::new(),
        }));
    }

    pub(super) fn prompt_up(&mut self) {
        self.recall_older(true);
    }

    pub(super) fn prompt_down(&mut self) {
        self.recall_newer();
    }

    /// Does what the prompt is for, or says in it what is wrong with the answer.
    pub(super) fn answer_prompt(&mut self) {
        let Some(Overlay::Prompt(mut prompt)) = self.state.overlays.pop() else {
            return;
        };
        let typed = prompt.input.value();
        let typed = typed.trim();
        let done = match prompt.purpose {
            PromptFor::DueDate => self.set_due(&prompt.targets, typed),
            PromptFor::Snooze => self.snooze(&prompt.targets, typed),
            PromptFor::Delete => self.delete_typed(&prompt.targets, typed),
            PromptFor::Category => {
                let none = typed.is_empty() || typed.eq_ignore_ascii_case("none");
                let category = (!none).then(|| typed.to_owned());
                self.work(Work::Category(category), prompt.targets.clone());
                Ok(())
            }
            PromptFor::DeleteComment => self.delete_comment_typed(&prompt, typed),
            PromptFor::DeletePlace | PromptFor::RemovePerson => {
                self.delete_named(prompt.about.as_ref(), typed)
            }
            PromptFor::Password if typed.is_empty() => Err("type the password".to_owned()),
            _ if typed.is_empty() => Err(format!("type {}", prompt.help)),
            PromptFor::TagToAdd => {
                self.work(Work::Tag(typed.to_owned()), prompt.targets.clone());
                Ok(())
            }
            PromptFor::WaitingNote => {
                self.work(Work::WaitOn(typed.to_owned()), prompt.targets.clone());
                Ok(())
            }
            PromptFor::Search => {
                self.remember(LineKind::Search, &prompt.input.value());
                self.search(typed);
                Ok(())
            }
            PromptFor::Rename => {
                if let Some((EntityKey::Membership(user_id), _)) = prompt.about {
                    self.rename(user_id, typed);
                }
                Ok(())
            }
            PromptFor::OutboxFile => {
                self.outbox_export(typed);
                Ok(())
            }
            PromptFor::TextFile => {
                self.write_form_to(typed);
                Ok(())
            }
            PromptFor::FileToAttach => {
                self.keep_file(typed, &prompt.targets);
                Ok(())
            }
            PromptFor::SignIn => {
                self.sign_in_as(typed);
                Ok(())
            }
            PromptFor::Password => {
                self.send_password(prompt.input.value());
                Ok(())
            }
            PromptFor::SaveFolder => {
                if let Some(target) = prompt.targets.first() {
                    let files = std::mem::take(&mut prompt.files);
                    self.save_in(target.family_id(), typed, files);
                }
                Ok(())
            }
        };
        if let Err(why) = done {
            prompt.error = Some(why);
            self.state.overlays.push(Overlay::Prompt(prompt));
        }
    }

    fn set_due(&mut self, targets: &[Target], typed: &str) -> Result<(), String> {
        let zone = &self.state.session.time_zone;
        let due = days::read(typed, self.state.now, zone, Of::End)?;
        self.work(Work::Due(due), targets.to_vec());
        Ok(())
    }

    fn snooze(&mut self, targets: &[Target], typed: &str) -> Result<(), String> {
        let zone = &self.state.session.time_zone;
        let until = days::read(typed, self.state.now, zone, Of::Begin)?;
        if until.is_some_and(|until| until <= self.state.now) {
            return Err("that moment has passed; take a later one".to_owned());
        }
        self.work(Work::Snooze(until), targets.to_vec());
        Ok(())
    }

    /// What a prompt about no ticket is about, and what that is called.
    fn about_of(&self, purpose: PromptFor) -> Option<(EntityKey, String)> {
        match purpose {
            PromptFor::DeletePlace => self.place_under_cursor(),
            PromptFor::RemovePerson => self.membership_under_cursor(),
            PromptFor::Rename => {
                let (key, name) = self.membership_under_cursor()?;
                match key {
                    EntityKey::GroupMembership(_, user_id) => {
                        Some((EntityKey::Membership(user_id), name))
                    }
                    key => Some((key, name)),
                }
            }
            PromptFor::DeleteComment => {
                let ticket_id = self.target()?.ticket_id();
                let comment = self.comment_under_cursor(ticket_id)?;
                let key = EntityKey::Comment(ticket_id, comment.comment_id);
                Some((key, comment.author.clone()))
            }
            PromptFor::DueDate
            | PromptFor::Snooze
            | PromptFor::TagToAdd
            | PromptFor::WaitingNote
            | PromptFor::Category
            | PromptFor::Delete
            | PromptFor::OutboxFile
            | PromptFor::TextFile
            | PromptFor::FileToAttach
            | PromptFor::SaveFolder
            | PromptFor::SignIn
            | PromptFor::Password
            | PromptFor::Search => None,
        }
    }

    fn delete_comment_typed(&mut self, prompt: &Prompt, typed: &str) -> Result<(), String> {
        let (Some(target), Some((key, _))) = (prompt.targets.first(), &prompt.about) else {
            return Err("no comment is selected".to_owned());
        };
        is_number_of(target, typed)?;
        let words = format!("deleted a comment on {}", target.label());
        let key = *key;
        self.give_each(vec![target.clone()], words, |_| {
            vec![CommandBody::EntityDelete(key)]
        });
        Ok(())
    }

    /// Deletes a queue or group, or takes someone out, once the name was typed.
    fn delete_named(
        &mut self,
        about: Option<&(EntityKey, String)>,
        typed: &str,
    ) -> Result<(), String> {
        let Some((key, name)) = about else {
            return Err("nothing is selected".to_owned());
        };
        if typed.to_lowercase() != name.to_lowercase() {
            return Err(format!("that is not `{name}`, which is selected"));
        }
        match key {
            EntityKey::Queue(_) | EntityKey::Group(_) => {
                let words = format!("deleted {name}; {} brings it back", self.state.keys.deleted);
                self.give_family(words, vec![CommandBody::EntityDelete(*key)]);
            }
            key => self.remove_person(*key, name),
        }
        Ok(())
    }

    fn delete_typed(&mut self, targets: &[Target], typed: &str) -> Result<(), String> {
        let Some(target) = targets.first() else {
            return Err("no ticket is selected".to_owned());
        };
        is_number_of(target, typed)?;
        self.delete(target.clone());
        Ok(())
    }

    /// Hands text to `$EDITOR`.
    pub(super) fn edit_text(&mut self, text: String) {
        self.effects.push(Effect::Edit(text));
    }
}

fn is_number_of(target: &Target, typed: &str) -> Result<(), String> {
    let Some(number) = &target.row.number else {
        return Err("it has no number yet; it gets one when it has been sent".to_owned());
    };
    if typed.parse().as_ref() != Ok(number) {
        return Err(format!("that is not {number}, the ticket that is selected"));
    }
    Ok(())
}

/// The place of the action whose name the command line begins with, or else whose name's last word.
fn named(rows: &[PickerRow], typed: &str) -> Option<usize> {
    let word = typed.split_whitespace().next()?;
    let last_word = |row: &PickerRow| row.label.rsplit('.').next() == Some(word);
    let exact = rows.iter().position(|row| row.label == word);
    exact.or_else(|| rows.iter().position(last_word))
}

pub(super) fn plain_row(label: &str, value: Pick) -> PickerRow {
    PickerRow {
        label: label.to_owned(),
        detail: String::new(),
        keys: String::new(),
        blocked: None,
        value,
    }
}
