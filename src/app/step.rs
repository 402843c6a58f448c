//! The step: each kind of event to the part that knows what to do with it.

use super::effect::{Action, Effect, Slot};
use super::key::{Code, Key, write_sequence};
use super::keymap::Found;
use super::layout::lay_out;
use super::message::Message;
use super::registry::{ActionRow, Context, Run};
use super::state::{Connection, Hint, Notice, NoticeKind, Overlay, Pending};
use super::{App, Effects};
use crate::model::source::Timestamp;
use crate::model::webhook::Off;
use crate::replica::view::{Answer, Question};
use crate::sync::News;
use crate::text::age;
use crate::text::plural::count;

/// What holds where the server is reached and does not answer this device or program.
const GO_ON: &str = "You can go on working: what you do is kept and sent then.";

impl App {
    pub(super) fn step(&mut self, action: Action) {
        match action {
            Action::Key(key) => {
                self.stir();
                self.stir_presence();
                self.key(key);
            }
            Action::Pasted(text) => {
                self.stir_presence();
                self.pasted(&text);
            }
            Action::Resized(size) => {
                self.state.size = size;
                self.lay_out();
                self.keep_cursors_visible();
                self.lay_activity();
                self.read_thread_if_shown();
                self.read_more_if_near_the_edge();
            }
            Action::Mouse(mouse) => {
                self.stir_presence();
                self.mouse(mouse);
            }
            Action::Tick(now) => self.tick(now),
            Action::Answered {
                slot,
                number,
                answer,
            } => self.answered((slot, number), answer),
            Action::Given { number, result } => self.was_given(number, result),
            Action::Turned(turn, result) => self.turned(turn, result),
            Action::Changed => self.changed(),
            Action::Connection(connection) => {
                if !connection.is_there() {
                    self.forget_others();
                }
                self.state.status.connection = connection;
                self.ask_outbox();
            }
            Action::Disk(words) => self.state.status.disk = words,
            Action::Trouble(trouble) => self.state.status.trouble = trouble,
            Action::Present(present) => self.others_came(present),
            Action::Woke(alarm) => self.woke(alarm),
            Action::Resolved(result) => self.resolved(result),
            Action::BroughtBack(result) => self.brought_back(result),
            Action::Discarded(result) => self.discarded(result),
            Action::Exported(result) => self.exported(result),
            Action::Edited(result) => self.edited(result),
            Action::Founded(result) => self.founded(result),
            Action::DraftsKept(kept) => self.drafts_kept(kept),
            Action::SecretMade(made) => self.secret_came(made),
            Action::FileKept(keep_for, kept) => self.file_kept(keep_for, kept),
            Action::PathCompleted(completed) => self.path_completed(completed),
            Action::FilesSaved(saved) => self.files_saved(saved),
            Action::FileOpened(opened) => self.file_opened(opened),
            Action::Transfer(now) => self.transfer(now),
            Action::SignedIn(result) => self.signed_in(result),
            Action::News(news) => self.tell_news(&news),
            Action::Failed(why) => self.say(NoticeKind::Error, why),
        }
    }

    /// Several steps in one, with what a burst of keys comes to.
    pub fn update_all(&mut self, actions: impl IntoIterator<Item = Action>) -> Effects {
        for action in actions {
            self.step(action);
        }
        self.finish().newest()
    }

    fn tick(&mut self, now: Timestamp) {
        self.state.now = now;
    }

    /// The replica is not what it was: whatever is shown is asked again.
    fn changed(&mut self) {
        self.give_reads();
        self.ask_families();
        self.ask_outbox();
        self.ask_deeds();
        self.ask_since();
        if self.state.desk.families.open.is_some() {
            self.ask_family();
            self.ask_list_again();
            self.read_thread_again();
        }
        self.view().ask(self);
    }

    fn answered(&mut self, of: (Slot, u64), answer: Result<Answer, String>) {
        let (slot, number) = of;
        if self.asked.get(&slot) != Some(&number) {
            return; // a newer question has been asked since
        }
        self.asked.remove(&slot);
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => return self.unanswered(slot, why),
        };
        match (slot, answer) {
            (Slot::Families, Answer::Families(rows)) => self.families_came(rows),
            (Slot::Family, Answer::Family(family)) => self.family_came(family),
            (Slot::List, Answer::List(window)) => self.list_came(window),
            (Slot::Thread, Answer::Thread(thread)) => self.thread_came(thread),
            (Slot::Board, Answer::Board(board)) => self.board_came(board),
            (Slot::Names, Answer::Names(names)) => self.state.session.all_names = *names,
            (Slot::Marks, Answer::List(window)) => self.matching_came(window),
            (Slot::Outbox, Answer::Outbox(summary)) => self.state.status.outbox = summary,
            (Slot::Triage, Answer::Triage(triage)) => self.triage_came(triage),
            (Slot::Activity, Answer::History(part)) => self.activity_came(part),
            (Slot::OutboxEntries, Answer::OutboxEntries(outbox)) => self.outbox_came(outbox),
            (Slot::RefusedTicket, Answer::Thread(thread)) => self.refused_ticket_came(thread),
            (Slot::RefusedDraft, Answer::Draft(draft)) => self.refused_draft_came(draft),
            (Slot::Deleted, Answer::Deleted(found)) => self.deleted_came(found),
            (Slot::Texts, Answer::Texts(versions)) => self.texts_came(versions),
            (Slot::Draft, Answer::Draft(draft)) => self.draft_came(draft),
            (Slot::Subject, Answer::Thread(thread)) => self.subject_came(thread),
            (Slot::Since, Answer::History(history)) => self.since_came(&history),
            (Slot::Subject, Answer::Login(user)) => self.login_came(user),
            (Slot::Merge, Answer::List(window)) => self.merge_rows_came(window),
            (Slot::Deeds, Answer::Deeds(deeds)) => self.deeds = deeds,
            (slot, _) => self.say(
                NoticeKind::Error,
                format!("the store answered something else than was asked ({slot:?})"),
            ),
        }
    }

    /// A question could not be answered: whatever waits for it goes on without.
    fn unanswered(&mut self, slot: Slot, why: String) {
        match slot {
            Slot::List => self.give_up_jump(),
            Slot::Draft => self.draft_came(None),
            Slot::Subject => self.leave_form(),
            Slot::Families
            | Slot::Family
            | Slot::Thread
            | Slot::Board
            | Slot::Names
            | Slot::Marks
            | Slot::Outbox
            | Slot::Triage
            | Slot::Activity
            | Slot::Deleted
            | Slot::Texts
            | Slot::OutboxEntries
            | Slot::RefusedTicket
            | Slot::RefusedDraft
            | Slot::Deeds
            | Slot::Since
            | Slot::Merge => {}
        }
        self.say(NoticeKind::Error, why);
    }

    /// Asks, and forgets the question of that slot that is still open.
    pub(super) fn ask(&mut self, slot: Slot, question: Question) {
        let number = self.next_number();
        self.asked.insert(slot, number);
        self.effects.push(Effect::Ask {
            slot,
            number,
            question,
        });
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    pub(super) fn is_asking(&self, slot: Slot) -> bool {
        self.asked.contains_key(&slot)
    }

    pub(super) fn ask_outbox(&mut self) {
        self.ask(Slot::Outbox, Question::Outbox);
    }

    pub(super) fn say(&mut self, kind: NoticeKind, text: impl Into<String>) {
        let text = text.into();
        self.last_notice = Some(text.clone());
        self.state.status.notice = Some(Notice { kind, text });
    }

    pub(super) fn lay_out(&mut self) {
        let desk = &self.state.desk;
        self.state.layout = lay_out(
            self.state.size,
            self.widths,
            (desk.focus, desk.thread_open),
            self.state.session.families.len(),
        );
        self.view().arrange(&mut self.state.layout);
    }

    // Keys.

    /// The contexts that a key is looked for in now, nearest first.
    pub(super) fn stack(&self) -> &'static [Context] {
        match self.state.overlays.last() {
            Some(Overlay::Picker(_)) => &[Context::Picker],
            Some(Overlay::Prompt(_)) => &[Context::Prompt],
            Some(Overlay::QueryLine(_)) => &[Context::Query],
            Some(Overlay::Composer(_)) => &[Context::Form],
            Some(Overlay::FirstStart(_)) => &[Context::FirstStart],
            Some(Overlay::Message(_)) => &[],
            None => self.view_stack(),
        }
    }

    fn view_stack(&self) -> &'static [Context] {
        if self.state.desk.list.filter.is_some() {
            return &[Context::Filter];
        }
        self.view().contexts(self)
    }

    pub(super) fn key(&mut self, key: Key) {
        if let Some(Overlay::Message(message)) = self.state.overlays.last_mut() {
            if !message.scroll(key, self.state.size) {
                self.state.overlays.pop();
            }
            return;
        }
        if self.holds_back(key) {
            return self.hold_back(Action::Key(key));
        }
        if self.typed.is_empty() && key.printable().is_some() && self.type_key(key) {
            return;
        }
        if key.code == Code::Esc && !self.typed.is_empty() {
            return self.forget_typed();
        }
        self.typed.push(key);
        match self.keys.find(self.stack(), &self.typed) {
            Found::Action(row) => {
                self.forget_typed();
                self.run(row);
            }
            Found::Prefix(next) => {
                let next = next.into_iter().map(|(keys, row)| Hint {
                    keys: write_sequence(&keys),
                    help: row.help.to_owned(),
                });
                self.state.pending = Some(Pending {
                    typed: write_sequence(&self.typed),
                    next: next.collect(),
                });
            }
            Found::Nothing => {
                let typed = write_sequence(&self.typed);
                let alone = self.typed.len() == 1;
                self.forget_typed();
                let taken = alone && self.type_key(key);
                if !taken && !self.is_typing() {
                    self.say(
                        NoticeKind::Warning,
                        format!("{typed} does nothing here; ? shows the keys"),
                    );
                }
            }
        }
    }

    pub(super) fn forget_typed(&mut self) {
        self.typed.clear();
        self.state.pending = None;
    }

    /// Runs an action, or says why it can't be done now.
    pub(super) fn run(&mut self, row: &'static ActionRow) {
        self.state.status.notice = None;
        if let Err(why) = (row.guard)(self) {
            return self.say(NoticeKind::Warning, why);
        }
        match row.run {
            Run::Now(run) => run(self),
            Run::Ask(purpose) => self.open_prompt(purpose),
        }
    }

    /// Whether what is on top takes text.
    pub(super) fn is_typing(&self) -> bool {
        match self.state.overlays.last() {
            Some(
                Overlay::Picker(_)
                | Overlay::Prompt(_)
                | Overlay::QueryLine(_)
                | Overlay::Composer(_)
                | Overlay::FirstStart(_),
            ) => true,
            Some(Overlay::Message(_)) => false,
            None => self.state.desk.list.filter.is_some(),
        }
    }

    /// Gives a key to the text field that has the keyboard; says whether one took it.
    fn type_key(&mut self, key: Key) -> bool {
        self.recall.stop();
        match self.state.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => {
                if picker.input.key(key) {
                    self.picker_typed();
                }
                true
            }
            Some(Overlay::Prompt(prompt)) => {
                prompt.error = None;
                prompt.input.key(key);
                true
            }
            Some(Overlay::QueryLine(line)) => {
                line.input.key(key);
                self.query_typed();
                true
            }
            Some(Overlay::Composer(_)) => {
                self.form_key(key);
                true
            }
            Some(Overlay::FirstStart(_)) => {
                self.first_key(key);
                true
            }
            Some(Overlay::Message(_)) => false,
            None => match &mut self.state.desk.list.filter {
                Some(filter) => {
                    if filter.key(key) {
                        self.filter_typed();
                    }
                    true
                }
                None => false,
            },
        }
    }

    /// Puts pasted text into the field that has the keyboard. It never runs anything.
    fn pasted(&mut self, text: &str) {
        self.forget_typed();
        self.recall.stop();
        match self.state.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => {
                picker.input.insert(text);
                self.picker_typed();
            }
            Some(Overlay::Prompt(prompt)) => prompt.input.insert(text),
            Some(Overlay::QueryLine(line)) => {
                line.input.insert(text);
                self.query_typed();
            }
            Some(Overlay::Composer(_)) => self.form_pasted(text),
            Some(Overlay::FirstStart(_)) => self.first_pasted(text),
            Some(Overlay::Message(_)) => {}
            None => match &mut self.state.desk.list.filter {
                Some(filter) => {
                    filter.insert(text);
                    self.filter_typed();
                }
                None => self.say(
                    NoticeKind::Warning,
                    "a paste goes into text only; open a filter (/), a comment (c) or a new ticket (n) first",
                ),
            },
        }
    }

    // What the whole screen can do.

    pub(super) fn sync_now(&mut self) {
        self.effects.push(Effect::SyncNow);
        self.say(NoticeKind::Done, "syncing");
    }

    pub(super) fn redraw(&mut self) {
        self.effects.push(Effect::Redraw);
    }

    fn tell_news(&mut self, news: &News) {
        let words = match news {
            News::RefusedTries(tries) => {
                let (now, zone) = (self.state.now, &self.state.session.time_zone);
                tries.words(&age::moment(tries.since.0, now.0, zone))
            }
            News::WentBack { again, recovered } => {
                let changes = count(*again, "change", "changes");
                let conflicts = &self.state.keys.conflicts;
                let of_others = recovered.as_ref().map_or_else(String::new, |it| {
                    let changes = count(it.count, "change", "changes");
                    let file = it.file.display();
                    format!(
                        "; {changes} of others that it lost: {file}, for whoever runs the family"
                    )
                });
                format!(
                    "the server went back to an older state; {changes} of yours sent again; what \
                     needs you is in {conflicts}{of_others}"
                )
            }
            News::OtherTime { ahead } => {
                let length = age::compact(0, ahead.abs());
                let side = if *ahead > 0 { "behind" } else { "ahead of" };
                format!(
                    "this machine's clock is {length} {side} the server's; set it right, for what \
                     is done offline carries its time"
                )
            }
            News::OnNetworkDrive(drive) => format!(
                "your local copy is on a network drive ({}), where all takes longer; work on it \
                 from one machine at a time, for several are what `famdesk serve` is for",
                drive.name()
            ),
            News::WebhookOff { name, why } => {
                let why = match why {
                    Off::Gone => "it answered that it is gone",
                    Off::Failing => "it had failed for days",
                    Off::ByHand => "somebody turned it off",
                };
                format!("the webhook {name} is off: {why}; :webhook.turn turns it on again")
            }
        };
        self.say(NoticeKind::Warning, words);
    }

    pub(super) fn suspend(&mut self) {
        self.effects.push(Effect::Suspend);
    }

    pub(super) fn quit(&mut self) {
        self.effects.push(Effect::Quit);
    }

    pub(super) fn leave_overlay(&mut self) {
        self.recall.stop();
        self.state.overlays.pop();
    }

    /// What was said last, and why the backend is not reached, whole.
    pub(super) fn show_notice(&mut self) {
        let offline = match &self.state.status.connection {
            Connection::Offline(offline) => Some(format!("offline: {}", offline.why)),
            Connection::SignedOut => Some(format!(
                "the server does not know this device any more; {} signs in again. {GO_ON}",
                self.state.keys.sign_in
            )),
            Connection::Outdated => Some(format!(
                "the server speaks another version of the protocol; update famdesk. {GO_ON}"
            )),
            Connection::Starting | Connection::Live | Connection::Syncing => None,
        };
        let unsaved = self.state.status.unsaved.clone();
        let said = self.last_notice.iter().cloned();
        let trouble = self.state.status.trouble.clone();
        let disk = self.state.status.disk.clone();
        let standing = unsaved
            .into_iter()
            .chain(disk)
            .chain(trouble)
            .chain(offline);
        let said: Vec<String> = said.chain(standing).collect();
        if !said.is_empty() {
            let text = said.join("\n\n");
            let message = Message::new("Last message", text);
            self.state.overlays.push(Overlay::Message(message));
        }
    }
}
