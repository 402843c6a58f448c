//! Files: chosen for a form or a ticket, opened, saved and removed.

use super::App;
use super::composer::{Composer, FieldName, FieldValue};
use super::effect::{Effect, KeepFor};
use super::help::plain_row;
use super::picker::{FileDeed, Pick, PickerFor, PickerRow};
use super::prompt::PromptFor;
use super::state::{NoticeKind, Overlay};
use super::target::Target;
use crate::model::attachment::{FileFacts, NewAttachment};
use crate::model::command::CommandBody;
use crate::model::content_type;
use crate::model::id::{AttachmentId, FamilyId};
use crate::replica::view::{DraftKey, FileRow};
use crate::sync::transfer::Transfer;
use crate::text::{age, size};

/// Where files are saved, unless one says otherwise.
pub(super) const FIRST_FOLDER: &str = "~/";

/// Why a file was not opened, and whether it may be saved instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOpened {
    pub why: String,
    /// The file that is worth saving.
    pub save: Option<Box<FileFacts>>,
}

/// What may follow what was typed of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    pub typed: String,
    /// What was typed, as far on as there is no choice.
    pub path: String,
    /// What it may be, where there is a choice; the first few.
    pub choices: Vec<String>,
}

impl Composer {
    /// The files that go along, if the form takes any.
    pub fn files(&self) -> &[FileFacts] {
        let mut files = self.fields.iter().filter_map(|field| match &field.value {
            FieldValue::Files(files) => Some(files.as_slice()),
            FieldValue::Text(_) | FieldValue::Choice(_) => None,
        });
        files.next().unwrap_or_default()
    }

    fn files_mut(&mut self) -> Option<&mut Vec<FileFacts>> {
        self.fields
            .iter_mut()
            .find_map(|field| match &mut field.value {
                FieldValue::Files(files) => Some(files),
                FieldValue::Text(_) | FieldValue::Choice(_) => None,
            })
    }

    /// The commands that attach its files to what the first command makes.
    pub(super) fn attach(
        &self,
        made: &[CommandBody],
        mut fresh: impl FnMut() -> AttachmentId,
    ) -> Vec<CommandBody> {
        let (ticket_id, comment_id) = match made.first() {
            Some(CommandBody::TicketCreate(new)) => (new.ticket_id, None),
            Some(CommandBody::CommentAdd(new)) => (new.ticket_id, Some(new.comment_id)),
            _ => return Vec::new(),
        };
        let add = |file: &FileFacts| {
            CommandBody::AttachmentAdd(NewAttachment {
                ticket_id,
                attachment_id: fresh(),
                comment_id,
                file: file.clone(),
            })
        };
        self.files().iter().map(add).collect()
    }
}

impl App {
    pub(super) fn has_files(&self) -> Result<(), String> {
        self.has_ticket()?;
        match self.files_here().is_empty() {
            false => Ok(()),
            true => Err("there is no file on this ticket".to_owned()),
        }
    }

    pub(super) fn form_takes_files(&self) -> Result<(), String> {
        let takes = match self.state.overlays.last() {
            Some(Overlay::Composer(form)) => {
                let mut fields = form.fields.iter();
                fields.any(|it| it.name == FieldName::Files)
            }
            _ => false,
        };
        match takes {
            true => Ok(()),
            false => Err("this form takes no files".to_owned()),
        }
    }

    pub(super) fn in_path_prompt(&self) -> Result<(), String> {
        match self.state.overlays.last() {
            Some(Overlay::Prompt(prompt)) if prompt.purpose.is_for_path() => Ok(()),
            _ => Err("there is nothing to complete here".to_owned()),
        }
    }

    // Adding.

    /// Reads the file that was named, for the form below the prompt or for the ticket.
    pub(super) fn keep_file(&mut self, typed: &str, targets: &[Target]) {
        let keep_for = match (self.form(), targets.first()) {
            (Some(form), _) => KeepFor::Form(form.draft_key()),
            (None, Some(target)) => KeepFor::Ticket(Box::new(target.clone())),
            (None, None) => return,
        };
        let path = unquoted(typed).to_owned();
        self.effects.push(Effect::KeepFile { path, keep_for });
    }

    pub(super) fn file_kept(&mut self, keep_for: KeepFor, kept: Result<FileFacts, String>) {
        let file = match kept {
            Ok(file) => file,
            Err(why) => return self.not_kept(keep_for, why),
        };
        match keep_for {
            KeepFor::Form(key) => self.put_into_form(key, file),
            KeepFor::Ticket(target) => {
                let words = format!("attached {} to {}", file.file_name, target.label());
                let attachment_id = AttachmentId(self.source.fresh());
                self.give_each(vec![*target], words, |target| {
                    vec![CommandBody::AttachmentAdd(NewAttachment {
                        ticket_id: target.ticket_id(),
                        attachment_id,
                        comment_id: None,
                        file: file.clone(),
                    })]
                });
            }
        }
    }

    fn not_kept(&mut self, keep_for: KeepFor, why: String) {
        match (keep_for, self.form()) {
            (KeepFor::Form(key), Some(form)) if form.draft_key() == key => {
                form.error = Some(super::composer::FormError::at(FieldName::Files, why));
            }
            _ => self.say(NoticeKind::Error, why),
        }
    }

    fn put_into_form(&mut self, key: DraftKey, file: FileFacts) {
        let form = self.form().filter(|form| form.draft_key() == key);
        let Some(files) = form.and_then(Composer::files_mut) else {
            let told = format!("{} is not attached: its form is closed", file.file_name);
            return self.say(NoticeKind::Warning, told);
        };
        files.push(file);
        self.save_draft();
    }

    /// Completes the path in the prompt, if it is for one.
    pub(super) fn complete_path(&mut self) {
        if let Some(Overlay::Prompt(prompt)) = self.state.overlays.last()
            && prompt.purpose.is_for_path()
        {
            let typed = prompt.input.value();
            self.effects.push(Effect::CompletePath(typed));
        }
    }

    pub(super) fn path_completed(&mut self, completed: Completed) {
        let Some(Overlay::Prompt(prompt)) = self.state.overlays.last_mut() else {
            return;
        };
        // Somebody may have typed on.
        if prompt.purpose.is_for_path() && prompt.input.value() == completed.typed {
            prompt.input.set(&completed.path);
            prompt.error = None;
            prompt.choices = completed.choices;
        }
    }

    // What is there.

    /// The files on the item under the cursor of the thread; where it has none, all of the ticket.
    fn files_here(&self) -> Vec<FileRow> {
        let Some(target) = self.target() else {
            return Vec::new();
        };
        let Some(thread) = self.thread_of(target.ticket_id()) else {
            return Vec::new();
        };
        let here = match self.comment_under_cursor(target.ticket_id()) {
            Some(comment) => &comment.files,
            None => &thread.files,
        };
        if !here.is_empty() {
            return here.clone();
        }
        let on_comments = thread.comments.iter().flat_map(|it| &it.files);
        let all = thread.files.iter().chain(on_comments);
        all.chain(&thread.files_elsewhere).cloned().collect()
    }

    pub(super) fn open_file(&mut self) {
        self.with_files(FileDeed::Open);
    }

    pub(super) fn save_files(&mut self) {
        self.with_files(FileDeed::Save);
    }

    pub(super) fn remove_file(&mut self) {
        self.with_files(FileDeed::Remove);
    }

    /// Does it with the only file there is, or asks with which.
    fn with_files(&mut self, deed: FileDeed) {
        let files = self.files_here();
        if let [only] = files.as_slice() {
            let only = vec![only.clone()];
            return self.do_with(deed, only);
        }
        let now = self.state.now;
        let row = |file: &FileRow| PickerRow {
            detail: format!(
                "{}, {}, {} {}",
                content_type::word(&file.file.content_type),
                size(file.file.bytes),
                file.added_by,
                age::ago(file.added.0, now.0)
            ),
            ..plain_row(&file.file.file_name, Pick::Files(vec![file.clone()]))
        };
        let mut rows: Vec<PickerRow> = files.iter().map(row).collect();
        let title = match deed {
            FileDeed::Open => "Open which file",
            FileDeed::Save => "Save which file",
            FileDeed::Remove => "Remove which file",
        };
        if deed == FileDeed::Save {
            let label = format!("all {} of them", files.len());
            rows.push(plain_row(&label, Pick::Files(files)));
        }
        self.open_picker(PickerFor::File(deed), title.to_owned(), rows);
    }

    pub(super) fn do_with(&mut self, deed: FileDeed, files: Vec<FileRow>) {
        let (Some(target), Some(first)) = (self.target(), files.first()) else {
            return;
        };
        match deed {
            FileDeed::Open => {
                let (family_id, file) = (target.family_id(), first.file.clone());
                self.effects.push(Effect::OpenFile { family_id, file });
            }
            FileDeed::Save => {
                let files = files.into_iter().map(|it| it.file).collect();
                self.ask_where_to_save(files);
            }
            FileDeed::Remove => {
                let words = format!("removed {} from {}", first.file.file_name, target.label());
                let key = first.key();
                self.give_each(vec![target], words, |_| {
                    vec![CommandBody::EntityDelete(key)]
                });
            }
        }
    }

    fn ask_where_to_save(&mut self, files: Vec<FileFacts>) {
        let what = match files.as_slice() {
            [one] => one.file_name.clone(),
            all => format!("{} files", all.len()),
        };
        self.open_prompt(PromptFor::SaveFolder);
        if let Some(Overlay::Prompt(prompt)) = self.state.overlays.last_mut() {
            prompt.title = format!("Save {what} in");
            prompt.files = files;
        }
    }

    pub(super) fn save_in(&mut self, family_id: FamilyId, typed: &str, files: Vec<FileFacts>) {
        let folder = unquoted(typed).to_owned();
        self.last_folder.clone_from(&folder);
        self.effects.push(Effect::SaveFiles {
            family_id,
            files,
            folder,
        });
    }

    pub(super) fn files_saved(&mut self, saved: Result<Vec<String>, String>) {
        match saved {
            Ok(paths) => {
                let words = match paths.as_slice() {
                    [one] => format!("saved {one}"),
                    all => format!(
                        "saved {} files, the last as {}",
                        all.len(),
                        all[all.len() - 1]
                    ),
                };
                self.say(NoticeKind::Done, words);
            }
            Err(why) => self.say(NoticeKind::Error, why),
        }
    }

    pub(super) fn file_opened(&mut self, opened: Result<String, NotOpened>) {
        match opened {
            Ok(name) => self.say(NoticeKind::Done, format!("opened a copy of {name}")),
            Err(NotOpened { why, save }) => {
                self.say(NoticeKind::Warning, why);
                if let (Some(file), true) = (save, self.state.overlays.is_empty()) {
                    self.ask_where_to_save(vec![*file]);
                }
            }
        }
    }

    pub(super) fn transfer(&mut self, now: Option<Transfer>) {
        self.state.status.transfer = now;
    }
}

/// A path without the quotes that a terminal puts around one that was dragged into it.
fn unquoted(typed: &str) -> &str {
    let typed = typed.trim();
    ['\'', '"']
        .into_iter()
        .find_map(|quote| typed.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(typed)
}

/// `photo.png (PNG image, 2 MiB)`.
pub fn file_words(file: &FileFacts) -> String {
    let kind = content_type::word(&file.content_type);
    format!("{} ({kind}, {})", file.file_name, size(file.bytes))
}
