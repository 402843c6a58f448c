//! Writing: forms open with their draft, keep every keystroke as a draft, and close only when
//! what they say has been taken.

use uuid::Uuid;

use super::App;
use super::composer::{
    ChoiceOption, ChoiceValue, Composer, FieldName, FieldValue, FormError, FormField, Phase,
    choice_field, files_field, option, text_field,
};
use super::effect::{Action, Effect, Slot};
use super::give::Then;
use super::key::{Code, Key};
use super::prompt::PromptFor;
use super::state::{NoticeKind, Overlay};
use super::target::Target;
use super::text_field::TextField;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{
    AttachmentId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId, WebhookId,
};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::severity::Severity;
use crate::replica::view::{
    Draft, DraftKey, DraftKind, History, HistoryFrom, HistoryOf, Question, Thread,
};
use crate::text::plural::some_of;
use crate::wire::problem::Problem;

/// Stands in the draft of a form that is about no family, or none yet.
pub(super) const NO_FAMILY: FamilyId = FamilyId(Uuid::nil());

/// What waits for a form that is opening.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What was typed before the form could take it.
    typed: Vec<Action>,
    /// The draft has been looked for.
    draft_came: bool,
    /// The ticket has been read, or there is none to read.
    subject_came: bool,
    /// What was found as a draft.
    draft: Option<Draft>,
    /// Text to begin with where there is no draft.
    quote: String,
    /// The same is the description, once the ticket has been read.
    quote_description: bool,
    /// Hand the text to `$EDITOR` as soon as it is there.
    to_editor: bool,
}

/// How many of the newest changes of a ticket are looked through for those of others.
const LOOKED_AT: usize = 50;

impl App {
    pub(super) fn new_ticket(&mut self) {
        let Some(family) = self.state.session.family.as_deref() else {
            return self.say(NoticeKind::Warning, "the family is still being read");
        };
        let family_id = family.family.family_id;
        let queues = self.queue_names();
        if queues.is_empty() {
            return self.say(
                NoticeKind::Warning,
                format!(
                    "this family has no queue yet; an admin makes one with {}",
                    self.state.keys.new_queue
                ),
            );
        }
        let here = self.queue_of_list();
        let here = queues.iter().position(|(_, id)| Some(*id) == here);
        let queue = queues
            .into_iter()
            .map(|(label, id)| option(&label, ChoiceValue::Queue(id)));
        let severity = self.severity_options();
        let default = option("as the queue says", ChoiceValue::Severity(None));
        let people = self.members();
        let people = people
            .into_iter()
            .map(|(name, id)| option(&name, ChoiceValue::Person(Some(id))));
        let nobody = option("nobody, or as the queue says", ChoiceValue::Person(None));
        let fields = vec![
            text_field(FieldName::Title, TextField::line("")),
            text_field(FieldName::Description, TextField::text("")),
            choice_field(FieldName::Queue, queue.collect(), here.unwrap_or(0)),
            choice_field(
                FieldName::Severity,
                [default].into_iter().chain(severity).collect(),
                0,
            ),
            choice_field(
                FieldName::Assignee,
                [nobody].into_iter().chain(people).collect(),
                0,
            ),
            text_field(FieldName::Tags, TextField::line("")),
            files_field(),
        ];
        let kind = DraftKind::NewTicket;
        self.open_form(Composer::new(kind, family_id, "New ticket", fields));
    }

    /// Each severity with the family's words.
    pub(super) fn severity_options(&self) -> Vec<ChoiceOption> {
        let family = self.state.session.family.as_deref();
        let options = Severity::ALL.into_iter().map(|severity| {
            let words = family.map_or(severity.meaning(), |it| it.family.words_for(severity));
            let label = format!("{severity}  {words}");
            option(&label, ChoiceValue::Severity(Some(severity)))
        });
        options.collect()
    }

    pub(super) fn comment(&mut self) {
        self.comment_here(DraftKind::Comment, None);
    }

    /// Answers the comment under the cursor of the thread, quoting it; an internal one is
    /// answered by a note, never by a comment that others see.
    pub(super) fn reply(&mut self) {
        let Some(target) = self.target() else { return };
        let comment = self.comment_under_cursor(target.ticket_id());
        let quoted = comment.map(|it| {
            (
                it.comment_id,
                it.internal.is_some(),
                quote(&it.author, &it.body),
            )
        });
        match quoted {
            Some((_, true, _)) => self.say(
                NoticeKind::Warning,
                "that is an internal note; i writes another, a reply would be seen by more people",
            ),
            Some((comment_id, false, quote)) => {
                self.comment_here(DraftKind::Comment, Some((comment_id, quote)));
            }
            None => {
                self.comment_here(DraftKind::Comment, None);
                self.held.quote_description = true;
                if let Some(form) = self.form() {
                    form.title = form.title.replacen("Comment", "Reply", 1);
                }
            }
        }
    }

    pub(super) fn note(&mut self) {
        self.comment_here(DraftKind::InternalNote, None);
    }

    fn comment_here(&mut self, kind: DraftKind, answering: Option<(CommentId, String)>) {
        if let Some(target) = self.target() {
            self.open_comment(kind, target, answering);
        }
    }

    /// Opens the form that a draft belongs to, about the ticket where it is about one.
    pub(super) fn open_draft(&mut self, key: DraftKey, target: Option<Target>) {
        let about = key.about.unwrap_or_default();
        match (key.kind, target) {
            (DraftKind::NewTicket, _) => self.new_ticket(),
            (DraftKind::Comment | DraftKind::InternalNote, Some(target)) => {
                self.open_comment(key.kind, target, None);
            }
            (DraftKind::Edit, Some(target)) => self.open_edit(target),
            (DraftKind::NewFamily, _) => self.new_family(),
            (DraftKind::EditFamily, _) => self.edit_family(),
            (DraftKind::JoinFamily, _) => self.join_family(),
            (DraftKind::NewGroup, _) => self.new_group(),
            (DraftKind::EditGroup, _) => self.edit_group(GroupId(about)),
            (DraftKind::NewQueue, _) => self.new_queue(),
            (DraftKind::EditQueue, _) => self.edit_queue(QueueId(about)),
            (DraftKind::NewWebhook, _) => self.new_webhook(),
            (DraftKind::EditWebhook, _) => self.edit_webhook(WebhookId(about)),
            (DraftKind::Invite, _) => self.invite(),
            (DraftKind::EditMe, _) => self.edit_me(),
            // No refused text is kept under these.
            (DraftKind::Comment | DraftKind::InternalNote | DraftKind::Edit, None)
            | (DraftKind::EditComment, _) => {}
        }
    }

    fn open_comment(
        &mut self,
        kind: DraftKind,
        target: Target,
        answering: Option<(CommentId, String)>,
    ) {
        let what = match kind {
            DraftKind::InternalNote => "Internal note",
            _ if answering.is_some() => "Reply",
            _ => "Comment",
        };
        let (reply_to, quote) = answering.unzip();
        let title = format!("{what} on {}  {}", target.label(), target.row.title);
        let fields = vec![
            text_field(FieldName::Body, TextField::text("")),
            files_field(),
        ];
        let mut form = Composer::new(kind, target.family_id(), &title, fields);
        form.target = Some(target);
        form.reply_to = reply_to;
        self.open_form(form);
        self.held.quote = quote.unwrap_or_default();
    }

    /// In the thread: the comment under the cursor, if it is mine, or the ticket.
    pub(super) fn edit_here(&mut self) {
        let Some(target) = self.target() else { return };
        let Some(comment) = self.comment_under_cursor(target.ticket_id()) else {
            return self.edit();
        };
        if comment.author_id != self.state.session.me {
            let author = &comment.author;
            let text = format!("only {author} edits that comment; the ticket itself is above it");
            return self.say(NoticeKind::Warning, text);
        }
        let (comment_id, body) = (comment.comment_id, comment.body.clone());
        let internal = comment.internal.is_some();
        let what = if internal { "note" } else { "comment" };
        let title = format!("Edit your {what} on {}", target.label());
        let fields = vec![text_field(FieldName::Body, TextField::text(&body))];
        let mut form = Composer::new(DraftKind::EditComment, target.family_id(), &title, fields);
        form.target = Some(target);
        form.about = Some(comment_id.0);
        form.internal = internal;
        form.seen = form.values();
        self.open_form(form);
        self.held.quote = body;
    }

    pub(super) fn edit(&mut self) {
        if let Some(target) = self.target() {
            self.open_edit(target);
        }
    }

    fn open_edit(&mut self, target: Target) {
        let title = format!("Edit {}", target.label());
        let fields = vec![
            text_field(FieldName::Title, TextField::line("")),
            text_field(FieldName::Description, TextField::text("")),
        ];
        let mut form = Composer::new(DraftKind::Edit, target.family_id(), &title, fields);
        form.target = Some(target);
        self.open_form(form);
    }

    pub(super) fn edit_outside(&mut self) {
        self.edit();
        if let Some(form) = self.form() {
            form.focus = 1;
            self.held.to_editor = true;
        }
    }

    // Opening.

    pub(super) fn open_form(&mut self, form: Composer) {
        let key = form.draft_key();
        let ticket_id = form.target.as_ref().map(Target::ticket_id);
        self.held = Held {
            subject_came: true,
            ..Held::default()
        };
        self.state.overlays.push(Overlay::Composer(Box::new(form)));
        self.ask(Slot::Draft, Question::Draft(key));
        if let Some(ticket_id) = ticket_id {
            self.wait_for_subject(Question::Thread {
                ticket_id,
                first: 0,
                limit: 1,
            });
        }
    }

    /// Lets no key into the form before what it is about has been read.
    pub(super) fn wait_for_subject(&mut self, question: Question) {
        self.held.subject_came = false;
        self.ask(Slot::Subject, question);
    }

    pub(super) fn subject_is_there(&mut self) {
        self.held.subject_came = true;
        self.begin_writing();
    }

    pub(super) fn draft_came(&mut self, draft: Option<Draft>) {
        self.held.draft = draft;
        self.held.draft_came = true;
        self.begin_writing();
    }

    pub(super) fn subject_came(&mut self, thread: Option<Box<Thread>>) {
        let Some(thread) = thread else {
            self.state
                .overlays
                .retain(|it| !matches!(it, Overlay::Composer(_)));
            return self.say(
                NoticeKind::Warning,
                "that ticket is gone, or no longer shared with you",
            );
        };
        let audience = self.audience(&thread);
        if let Some(form) = self.form() {
            form.audience = if form.internal {
                format!("{} group only", thread.group_name)
            } else {
                audience
            };
            form.thread = Some(thread);
        }
        self.subject_is_there();
    }

    /// Asks what has happened to the ticket that is being written about.
    pub(super) fn ask_since(&mut self) {
        let Some(form) = self.form() else { return };
        let Some(target) = &form.target else { return };
        let of = HistoryOf::Ticket(target.family_id(), target.ticket_id());
        self.ask(
            Slot::Since,
            Question::History {
                of,
                from: HistoryFrom::Newest,
                limit: LOOKED_AT,
            },
        );
    }

    pub(super) fn since_came(&mut self, history: &History) {
        let me = self.state.session.me;
        let zone = self.state.session.time_zone.clone();
        if let Some(form) = self.form() {
            form.since.came(history, form.restored, (me, &zone));
        }
    }

    /// Once draft and ticket are there: fills the form and lets the keys in that were typed.
    fn begin_writing(&mut self) {
        if !self.held.draft_came || !self.held.subject_came {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let Some(form) = self.form() else { return };
        form.phase = Phase::Writing;
        if form.kind == DraftKind::Edit
            && let Some(thread) = form.thread.clone()
        {
            form.set_text(FieldName::Title, &thread.ticket.title);
            let text = thread.description.unwrap_or_default();
            form.set_text(FieldName::Description, &text);
            form.seen = form.values();
        }
        match &held.draft {
            Some(draft) => {
                form.restored = Some(draft.saved_at);
                form.read_draft(&draft.content);
            }
            None if held.quote_description => {
                let text = form.thread.as_deref().and_then(quoted_description);
                form.set_text(FieldName::Body, &text.unwrap_or_default());
            }
            None => form.set_text(FieldName::Body, &held.quote),
        }
        self.ask_since();
        if held.to_editor {
            self.hand_to_editor();
        }
        self.held.typed = held.typed;
        self.let_in();
    }

    /// Whether a key has to wait: the form is opening, or what it says is under way.
    pub(super) fn holds_back(&self, key: Key) -> bool {
        match self.state.overlays.last() {
            Some(Overlay::Composer(form)) => form.phase != Phase::Writing && key.code != Code::Esc,
            _ => false,
        }
    }

    /// Keeps what was typed until the form that is opening can take it, or until it is known what
    /// became of what was sent.
    pub(super) fn hold_back(&mut self, action: Action) {
        self.held.typed.push(action);
    }

    /// Lets in what was held back.
    pub(super) fn let_in(&mut self) {
        for action in std::mem::take(&mut self.held.typed) {
            self.step(action);
        }
    }

    pub(super) fn form(&mut self) -> Option<&mut Composer> {
        match self.state.overlays.last_mut() {
            Some(Overlay::Composer(form)) => Some(form),
            _ => None,
        }
    }

    /// Who sees a comment, in words.
    fn audience(&self, thread: &Thread) -> String {
        let family = self.state.session.family.as_deref();
        let mine = &self.state.session.my_name;
        let mut names: Vec<&str> = thread
            .participants
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let same = family.filter(|it| it.family.family_id == thread.ticket.family_id);
        for person in same.into_iter().flat_map(|it| &it.people) {
            let in_group = thread
                .group_id
                .is_some_and(|it| person.groups.contains(&it));
            let sees = person.status == MembershipStatus::Member && (in_group || person.is_admin);
            if sees && !names.contains(&person.display_name.as_str()) {
                names.push(&person.display_name);
            }
        }
        names.retain(|name| *name != mine);
        match names.as_slice() {
            [] => "visible to you alone".to_owned(),
            some => format!("visible to {}", some_of(some)),
        }
    }

    /// The queues of the open family, as `Group / Queue`.
    pub(super) fn queue_names(&self) -> Vec<(String, QueueId)> {
        let Some(family) = self.state.session.family.as_deref() else {
            return Vec::new();
        };
        let named = family.queues.iter().map(|row| {
            let mut groups = family.groups.iter();
            let group = groups.find(|group| group.group_id == row.queue.group_id);
            let name = match group {
                Some(group) => format!("{} / {}", group.group_name, row.queue.queue_name),
                None => row.queue.queue_name.clone(),
            };
            (name, row.queue.queue_id)
        });
        named.collect()
    }

    pub(super) fn members(&self) -> Vec<(String, UserId)> {
        let people = self.state.session.family.iter().flat_map(|it| &it.people);
        people
            .filter(|it| it.status == MembershipStatus::Member && it.role != Role::Guest)
            .map(|it| (it.display_name.clone(), it.user_id))
            .collect()
    }

    // Typing.

    pub(super) fn form_key(&mut self, key: Key) {
        let Some(form) = self.form() else { return };
        form.error = None;
        let Some(field) = form.fields.get_mut(form.focus) else {
            return;
        };
        let changed = match &mut field.value {
            FieldValue::Text(text) if key.code == Code::Enter && !text.is_multi_line() => {
                return self.next_field();
            }
            FieldValue::Text(text) => text.key(key),
            FieldValue::Choice(_) if key.code == Code::Enter => return self.next_field(),
            FieldValue::Choice(choice) => choice.key(key),
            FieldValue::Files(_) if key.code == Code::Enter => {
                return self.open_prompt(PromptFor::FileToAttach);
            }
            FieldValue::Files(files) => {
                let takes_out = matches!(key.code, Code::Backspace | Code::Delete);
                takes_out && files.pop().is_some()
            }
        };
        if changed {
            self.save_draft();
        }
    }

    pub(super) fn form_pasted(&mut self, text: &str) {
        let Some(form) = self.form() else { return };
        if form.phase != Phase::Writing {
            return self.hold_back(Action::Pasted(text.to_owned()));
        }
        if let Some(FormField {
            value: FieldValue::Text(field),
            ..
        }) = form.fields.get_mut(form.focus)
        {
            field.insert(text);
            self.save_draft();
        }
    }

    pub(super) fn save_draft(&mut self) {
        let saved_at = self.state.now;
        if let Some(form) = self.form() {
            let draft = Draft {
                key: form.draft_key(),
                content: form.write_draft(),
                saved_at,
            };
            self.effects.push(Effect::SaveDraft(draft));
        }
    }

    /// Whether what was typed is safe stands in the status line, and in the form above it.
    pub(super) fn drafts_kept(&mut self, kept: Result<(), String>) {
        if kept.is_ok() {
            self.say(NoticeKind::Done, "the draft is saved now");
        }
        self.state.status.unsaved = kept.err();
    }

    fn move_field(&mut self, by: i64) {
        if let Some(form) = self.form() {
            let count = i64::try_from(form.fields.len()).unwrap_or(1);
            let here = i64::try_from(form.focus).unwrap_or(0);
            form.focus = usize::try_from((here + by).rem_euclid(count)).unwrap_or(0);
        }
    }

    pub(super) fn next_field(&mut self) {
        self.move_field(1);
    }

    pub(super) fn previous_field(&mut self) {
        self.move_field(-1);
    }

    /// Leaves the form. What was typed stays a draft; an empty one is dropped.
    pub(super) fn leave_form(&mut self) {
        let Some(Overlay::Composer(form)) = self.state.overlays.pop() else {
            return;
        };
        let opening = form.phase == Phase::Opening;
        self.held = Held::default();
        self.asked.remove(&Slot::Draft);
        self.asked.remove(&Slot::Subject);
        self.asked.remove(&Slot::Since);
        if opening || form.is_untouched() {
            if !opening {
                self.effects.push(Effect::DropDraft(form.draft_key()));
            }
            return;
        }
        if self.state.status.unsaved.is_some() {
            // The status line says why it is not on the disk.
            return self.say(NoticeKind::Warning, "the same key opens the draft again");
        }
        self.say(
            NoticeKind::Done,
            "the draft is kept; the same key opens it again",
        );
    }

    pub(super) fn hand_to_editor(&mut self) {
        let Some(form) = self.form() else { return };
        let text = form.long_text().map(|field| field.value());
        match text {
            Some(text) => {
                form.phase = Phase::InEditor;
                self.edit_text(text);
            }
            None => form.error = Some("this form has no longer text".into()),
        }
    }

    pub(super) fn edited(&mut self, result: Result<String, String>) {
        let Some(form) = self.form() else { return };
        if form.phase != Phase::InEditor {
            return;
        }
        form.phase = Phase::Writing;
        match result {
            Ok(text) => {
                if let Some(field) = form.long_text_mut() {
                    field.set(text.trim_end_matches('\n'));
                }
                self.save_draft();
            }
            Err(why) => form.error = Some(why.into()),
        }
    }

    // Sending.

    pub(super) fn send(&mut self) {
        let fresh = self.source.fresh();
        let files = self.form().map_or(0, |form| form.files().len());
        let ids: Vec<Uuid> = (0..files).map(|_| self.source.fresh()).collect();
        let Some(form) = self.form() else { return };
        let mut family_id = form.family_id;
        let made = match form.kind {
            DraftKind::NewTicket => form.new_ticket(TicketId(fresh)),
            DraftKind::Comment => form.new_comment(CommentId(fresh), false),
            DraftKind::InternalNote => form.new_comment(CommentId(fresh), true),
            DraftKind::Edit => form.edits(),
            DraftKind::EditComment => form.comment_edit(),
            DraftKind::NewFamily => {
                family_id = FamilyId(fresh);
                form.found_family()
            }
            DraftKind::EditFamily => form.set_family(),
            DraftKind::JoinFamily => form.join().map(|(asked, words, command)| {
                family_id = asked;
                (words, vec![command])
            }),
            DraftKind::NewGroup => form.make_group(GroupId(fresh)),
            DraftKind::EditGroup => form.set_group(),
            DraftKind::NewQueue => form.make_queue(QueueId(fresh)),
            DraftKind::EditQueue => form.set_queue(),
            DraftKind::NewWebhook => form.make_webhook(WebhookId(fresh)),
            DraftKind::EditWebhook => form.set_webhook(),
            DraftKind::Invite => return self.send_invitation(),
            DraftKind::EditMe => return self.send_me(),
        };
        let (words, mut commands) = match made {
            Ok(made) => made,
            Err(error) => return form.refuse(error),
        };
        let mut ids = ids.into_iter();
        let attached = form.attach(&commands, || AttachmentId(ids.next().unwrap_or_default()));
        commands.extend(attached);
        let draft = form.begin_sending();
        // What is sent is on disk first.
        self.save_draft();
        let made = match commands.first() {
            Some(CommandBody::TicketCreate(new)) => Some(EntityKey::Ticket(new.ticket_id)),
            Some(CommandBody::FamilyCreate(_)) => Some(EntityKey::Family(family_id)),
            _ => None,
        };
        let deed = self.deed(words);
        let then = Then::Sent {
            draft,
            made,
            elsewhere: Vec::new(),
        };
        self.give((family_id, commands), deed, then);
    }

    /// Shows in the form why it was refused; says whether it is still open.
    pub(super) fn reopen_form(&mut self, key: DraftKey, problem: &Problem) -> bool {
        let mut forms = self.state.overlays.iter_mut().filter_map(|it| match it {
            Overlay::Composer(form) => Some(form),
            _ => None,
        });
        let Some(form) = forms.find(|form| form.draft_key() == key) else {
            return false;
        };
        form.refuse(FormError::of(problem));
        true
    }
}

fn quoted_description(thread: &Thread) -> Option<String> {
    let text = thread.description.as_deref()?;
    (!text.trim().is_empty()).then(|| quote(&thread.requester, text))
}

fn quote(author: &str, words: &str) -> String {
    let mut text = format!("{author} wrote:\n");
    for line in words.lines() {
        text.push_str("> ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text
}
