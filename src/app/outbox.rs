//! The outbox: what waits to be sent, what was refused and why, and what can be done about it.

use std::path::PathBuf;

use super::App;
use super::effect::{Effect, Slot};
use super::forms::NO_FAMILY;
use super::layout::Area;
use super::mouse::On;
use super::panes::{moved, scrolled};
use super::refused::{draft_key, draft_of, ticket_of};
use super::registry::Context;
use super::state::{NoticeKind, View};
use super::target::Target;
use super::views::Behaviour;
use crate::model::command::CommandBody;
use crate::model::id::{CommandId, TicketId};
use crate::query::{Order, Query};
use crate::replica::resolve::can_be_both;
use crate::replica::view::{
    Draft, DraftKey, DraftKind, Fate, Outbox, OutboxEntry, Place, Question, Resolution, Thread,
};
use crate::tell::Teller;
use crate::text::SafeLines;
use crate::text::markdown::Line;
use crate::wire::problem::Problem;

/// The outbox view.
#[derive(Debug, Default)]
pub struct OutboxPane {
    pub outbox: Option<Box<Outbox>>,
    pub cursor: usize,
    /// The first entry that is visible.
    pub top: usize,
    /// How many rows of what is told about the entry are above the screen.
    pub card_top: usize,
    /// What is being done about an entry, in words.
    resolving: Option<String>,
    taking_up: Option<TakingUp>,
}

/// A refused command whose text is on its way to a draft.
#[derive(Debug)]
struct TakingUp {
    refused: CommandId,
    /// The form of this draft is to open; its ticket, where it is about one.
    then: Option<(DraftKey, Option<Target>)>,
}

pub(super) struct OutboxView;

const HINTS: &[&str] = &[
    "outbox.retry",
    "outbox.reopen",
    "outbox.discard",
    "outbox.ticket",
    "outbox.copy",
    "move.back",
    "help",
];
/// The most that is shown of what waits.
const MOST: usize = 500;

impl Behaviour for OutboxView {
    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::Outbox, Context::Global]
    }

    fn hints(&self, _app: &App) -> &'static [&'static str] {
        HINTS
    }

    fn click(&self, app: &mut App, on: On) {
        app.click_outbox(on);
    }

    fn ask(&self, app: &mut App) {
        app.ask(Slot::OutboxEntries, Question::OutboxEntries { limit: MOST });
    }

    fn move_by(&self, app: &mut App, by: i64) {
        let entries = app.entries();
        app.state.outbox.cursor = moved(app.state.outbox.cursor, by, entries);
        app.state.outbox.card_top = 0;
        app.keep_entry_visible();
    }

    fn page(&self, app: &App) -> usize {
        app.entry_rows()
    }

    /// What was written opens as a draft; what can't is told whole by the lower pane already.
    fn open(&self, app: &mut App) {
        match app.on_refused_text() {
            Ok(()) => app.outbox_reopen(),
            Err(why) => app.say(NoticeKind::Warning, why),
        }
    }
}

/// What waits for the person alone: conflicts, and what was refused, merged or parked.
pub(super) struct ConflictsView;

const CONFLICT_HINTS: &[&str] = &[
    "conflict.theirs",
    "conflict.mine",
    "conflict.both",
    "outbox.reopen",
    "outbox.discard",
    "outbox.copy",
    "conflict.back",
    "help",
];

impl Behaviour for ConflictsView {
    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::Conflicts, Context::Global]
    }

    fn hints(&self, _app: &App) -> &'static [&'static str] {
        CONFLICT_HINTS
    }

    fn click(&self, app: &mut App, on: On) {
        app.click_outbox(on);
    }

    fn wheel(&self, app: &mut App, on: Option<On>, by: i64) {
        match on {
            Some(_) => self.move_by(app, by),
            None => self.scroll_by(app, by),
        }
    }

    fn ask(&self, app: &mut App) {
        OutboxView.ask(app);
    }

    fn move_by(&self, app: &mut App, by: i64) {
        OutboxView.move_by(app, by);
    }

    /// What is told about the entry may be longer than its place.
    fn scroll_by(&self, app: &mut App, by: i64) {
        let rows = app.card().len();
        let pane = &mut app.state.outbox;
        pane.card_top = moved(pane.card_top, by, rows);
    }

    fn page(&self, app: &App) -> usize {
        let (_, card) = parts(app.state.layout.body, app.entries());
        usize::from(card.height.saturating_sub(2)).max(1)
    }

    fn open(&self, app: &mut App) {
        app.outbox_ticket();
    }
}

/// The list above, no higher than it needs to be, and below it what there is to say about the
/// entry under the cursor.
pub fn parts(body: Area, entries: usize) -> (Area, Area) {
    let needed = u16::try_from(entries).unwrap_or(u16::MAX).saturating_add(2);
    body.split_top(needed.clamp(4, (body.height / 2).max(4)))
}

impl App {
    /// How many entries the view shows: what waits for the person stands first.
    fn entries(&self) -> usize {
        let outbox = self.state.outbox.outbox.as_ref();
        outbox.map_or(0, |outbox| match self.state.view {
            View::Conflicts => outbox.to_decide(),
            _ => outbox.entries.len(),
        })
    }

    /// What there is to know about the entry under the cursor, in rows.
    fn card(&self) -> Vec<Line> {
        let (_, card) = parts(self.state.layout.body, self.entries());
        let columns = usize::from(card.width).saturating_sub(4).max(1);
        let outbox = self.state.outbox.outbox.as_deref();
        match (outbox, self.entry()) {
            (Some(outbox), Some(entry)) => {
                let zone = &self.state.session.time_zone;
                let names = &outbox.names;
                Teller { names, zone }.card(entry, columns)
            }
            _ => Vec::new(),
        }
    }

    fn entry_rows(&self) -> usize {
        let (list, _) = parts(self.state.layout.body, self.entries());
        usize::from(list.height.saturating_sub(2)).max(1)
    }

    fn keep_entry_visible(&mut self) {
        let rows = self.entry_rows();
        let pane = &mut self.state.outbox;
        pane.top = scrolled(pane.top, pane.cursor, rows);
    }

    /// The entry under the cursor.
    fn entry(&self) -> Option<&OutboxEntry> {
        let outbox = self.state.outbox.outbox.as_ref()?;
        let entries = outbox.entries.get(..self.entries())?;
        entries.get(self.state.outbox.cursor)
    }

    pub(super) fn outbox_came(&mut self, outbox: Box<Outbox>) {
        let under = self.entry().map(|entry| entry.command_id);
        let place = |id| outbox.entries.iter().position(|it| it.command_id == id);
        let place = under.and_then(place);
        let pane = &mut self.state.outbox;
        let before = pane.cursor;
        pane.outbox = Some(outbox);
        let last = self.entries().saturating_sub(1);
        let pane = &mut self.state.outbox;
        pane.cursor = place.unwrap_or(before).min(last);
        if place.is_none() {
            pane.card_top = 0;
        }
        self.keep_entry_visible();
    }

    pub(super) fn on_entry(&self) -> Result<(), String> {
        match self.entry() {
            Some(_) => Ok(()),
            None => Err("nothing waits and nothing was refused".to_owned()),
        }
    }

    pub(super) fn on_refused(&self) -> Result<(), String> {
        self.on_entry()?;
        match self.entry().is_some_and(OutboxEntry::is_to_decide) {
            true => Ok(()),
            false => Err("that waits to be sent; once it is, u undoes it".to_owned()),
        }
    }

    pub(super) fn on_two_sides(&self) -> Result<(), String> {
        self.on_entry()?;
        match self.entry().and_then(OutboxEntry::conflict) {
            Some(_) => Ok(()),
            None => Err("nobody else's change stands against that one".to_owned()),
        }
    }

    pub(super) fn on_two_texts(&self) -> Result<(), String> {
        self.on_two_sides()?;
        match self.entry().is_some_and(can_be_both) {
            true => Ok(()),
            false => {
                Err("only one of them can stand there: t keeps theirs, m takes yours".to_owned())
            }
        }
    }

    pub(super) fn on_refused_text(&self) -> Result<(), String> {
        self.on_refused()?;
        match self.entry().and_then(draft_key) {
            Some(_) => Ok(()),
            None => Err("there is no text in it that a form could open with".to_owned()),
        }
    }

    fn told(&self, entry: &OutboxEntry) -> String {
        let outbox = self.state.outbox.outbox.as_deref();
        outbox.map_or_else(String::new, |outbox| {
            let zone = &self.state.session.time_zone;
            Teller {
                names: &outbox.names,
                zone,
            }
            .entry(entry)
        })
    }

    // Again.

    /// What waits is sent now; what was refused is given once more.
    pub(super) fn outbox_retry(&mut self) {
        let Some(entry) = self.entry() else { return };
        match &entry.fate {
            Fate::Blocked { .. } => self.say(
                NoticeKind::Warning,
                "that leans on the one above; it goes out again with it",
            ),
            fate if fate.is_to_decide() => self.decide(Resolution::Mine),
            _ => self.sync_now(),
        }
    }

    // Deciding.

    /// Theirs stays; where both were merged, mine is taken out again.
    pub(super) fn conflict_theirs(&mut self) {
        self.decide(Resolution::Theirs);
    }

    /// Mine is put in place of theirs; of a ticket that could not be filed, in which queue is asked.
    pub(super) fn conflict_mine(&mut self) {
        let entry = self.entry();
        let is_new_ticket = entry
            .and_then(|it| it.command.as_ref())
            .is_some_and(|it| matches!(it.body, CommandBody::TicketCreate(_)));
        let family = entry.map(|it| it.family_id);
        if !is_new_ticket {
            return self.outbox_retry();
        }
        if self.state.open_family() != family {
            let families = &self.state.keys.families;
            let how = format!("that is of another family; open that family first ({families})");
            return self.say(NoticeKind::Warning, how);
        }
        self.pick_queue_for_refused();
    }

    pub(super) fn conflict_both(&mut self) {
        self.decide(Resolution::Both);
    }

    pub(super) fn decide(&mut self, resolution: Resolution) {
        let Some(entry) = self.entry() else { return };
        let told = self.told(entry);
        let is_merged = matches!(entry.fate, Fate::Merged(_));
        let (words, undoable) = match resolution {
            Resolution::Theirs if is_merged => (format!("took back: {told}"), true),
            Resolution::Theirs => (format!("kept theirs; put away: {told}"), false),
            Resolution::Both => (format!("kept both: {told}"), true),
            Resolution::Mine | Resolution::InQueue(_) => (format!("given again: {told}"), true),
        };
        let deed = undoable.then(|| self.deed(words.clone()));
        self.effects.push(Effect::Resolve {
            refused: entry.command_id,
            resolution,
            deed,
        });
        self.state.outbox.resolving = Some(match undoable {
            true => words,
            false => format!("{words}; {} brings it back", self.state.keys.bring_back),
        });
    }

    pub(super) fn resolved(&mut self, result: Result<bool, Problem>) {
        let words = self.state.outbox.resolving.take().unwrap_or_default();
        match result {
            Ok(true) => self.say(NoticeKind::Done, words),
            Ok(false) => self.say(NoticeKind::Warning, "that is not there any more"),
            Err(problem) => self.say(NoticeKind::Error, format!("refused again: {problem}")),
        }
    }

    /// Brings back what was decided last.
    pub(super) fn conflict_back(&mut self) {
        self.effects.push(Effect::BringBack);
    }

    pub(super) fn brought_back(&mut self, result: Result<bool, String>) {
        match result {
            Ok(true) => self.say(NoticeKind::Done, "brought back what was put away last"),
            Ok(false) => self.say(NoticeKind::Warning, "nothing was put away lately"),
            Err(why) => self.say(
                NoticeKind::Error,
                format!("nothing was brought back: {why}"),
            ),
        }
    }

    // Texts.

    /// Opens the form of what was written, which leaves the outbox for its draft.
    pub(super) fn outbox_reopen(&mut self) {
        let Some(entry) = self.entry() else { return };
        let (Some(key), refused) = (draft_key(entry), entry.command_id) else {
            return;
        };
        let anywhere = key.family_id == NO_FAMILY;
        if !anywhere && self.state.open_family() != Some(key.family_id) {
            let families = &self.state.keys.families;
            let how = format!("that is of another family; open that family first ({families})");
            return self.say(NoticeKind::Warning, how);
        }
        if !self.is_there(&key) {
            return;
        }
        self.state.outbox.taking_up = Some(TakingUp {
            refused,
            then: Some((key, None)),
        });
        match ticket_of(&key) {
            Some(ticket_id) => self.ask_refused_ticket(ticket_id),
            None => self.ask(Slot::RefusedDraft, Question::Draft(key)),
        }
    }

    /// Says that the form can't open where what it is about is gone.
    fn is_there(&mut self, key: &DraftKey) -> bool {
        let family = self.state.session.family.as_deref();
        let what = match (key.kind, key.about, family) {
            (DraftKind::EditGroup, Some(about), Some(family)) => {
                let mut groups = family.groups.iter();
                (!groups.any(|it| it.group_id.0 == about)).then_some("group")
            }
            (DraftKind::EditQueue, Some(about), Some(family)) => {
                let mut queues = family.queues.iter();
                (!queues.any(|it| it.queue.queue_id.0 == about)).then_some("queue")
            }
            (DraftKind::EditWebhook, Some(about), Some(family)) => {
                let mut webhooks = family.webhooks.iter();
                (!webhooks.any(|it| it.webhook_id.0 == about)).then_some("webhook")
            }
            _ => None,
        };
        if let Some(what) = what {
            let text =
                format!("that {what} is gone, or no longer yours to see; yy copies the text");
            self.say(NoticeKind::Warning, text);
        }
        what.is_none()
    }

    fn ask_refused_ticket(&mut self, ticket_id: TicketId) {
        self.ask(
            Slot::RefusedTicket,
            Question::Thread {
                ticket_id,
                first: 0,
                limit: 1,
            },
        );
    }

    pub(super) fn refused_ticket_came(&mut self, thread: Option<Box<Thread>>) {
        let Some(thread) = thread else {
            self.state.outbox.taking_up = None;
            let how = "that ticket is gone, or no longer shared with you; yy copies the text";
            return self.say(NoticeKind::Warning, how);
        };
        if let Some(taking_up) = &mut self.state.outbox.taking_up
            && let Some((_, target)) = &mut taking_up.then
        {
            *target = Some(Target::of_thread(&thread));
        }
        self.ask_refused_draft();
    }

    /// Throws the entry away; what was written in it is kept as a draft.
    pub(super) fn outbox_discard(&mut self) {
        let Some(refused) = self.entry().map(|entry| entry.command_id) else {
            return;
        };
        self.state.outbox.taking_up = Some(TakingUp {
            refused,
            then: None,
        });
        self.ask_refused_draft();
    }

    /// A draft that is there already keeps what it holds.
    fn ask_refused_draft(&mut self) {
        match self.taken_up().and_then(draft_key) {
            Some(key) => self.ask(Slot::RefusedDraft, Question::Draft(key)),
            None => self.refused_draft_came(None),
        }
    }

    fn taken_up(&self) -> Option<&OutboxEntry> {
        let refused = self.state.outbox.taking_up.as_ref()?.refused;
        let outbox = self.state.outbox.outbox.as_ref()?;
        outbox.entries.iter().find(|it| it.command_id == refused)
    }

    pub(super) fn refused_draft_came(&mut self, there: Option<Draft>) {
        let (Some(entry), Some(outbox)) = (self.taken_up(), &self.state.outbox.outbox) else {
            return;
        };
        let keep = draft_of(entry, &outbox.names, (there, self.state.now));
        let effect = Effect::Discard {
            refused: entry.command_id,
            keep,
        };
        self.effects.push(effect);
    }

    pub(super) fn discarded(&mut self, result: Result<bool, String>) {
        let told = self
            .taken_up()
            .map(|entry| (self.told(entry), draft_key(entry)));
        let taking_up = self.state.outbox.taking_up.take();
        match result {
            Ok(true) => {}
            Ok(false) => return self.say(NoticeKind::Warning, "that is not there any more"),
            Err(why) => {
                return self.say(NoticeKind::Error, format!("nothing was thrown away: {why}"));
            }
        }
        let Some((told, key)) = told else { return };
        match taking_up.and_then(|it| it.then) {
            Some((key, target)) => self.open_draft(key, target),
            None if key.is_some() => {
                let text = format!("threw away: {told}; its text is kept as a draft");
                self.say(NoticeKind::Done, text);
            }
            None => self.say(NoticeKind::Done, format!("threw away: {told}")),
        }
    }

    pub(super) fn outbox_copy(&mut self) {
        let Some(entry) = self.entry() else { return };
        let text = entry.text.clone().unwrap_or_else(|| self.told(entry));
        let text = SafeLines::new(text).into_string();
        self.copy(text, "copied what was written");
    }

    // Elsewhere.

    pub(super) fn outbox_ticket(&mut self) {
        let Some(entry) = self.entry() else { return };
        let family_id = entry.family_id;
        match entry.command.as_ref().and_then(|it| it.body.ticket()) {
            Some(ticket_id) => self.show_ticket(Place::Family(family_id), ticket_id),
            None => self.say(NoticeKind::Warning, "that is about no ticket"),
        }
    }

    /// Opens a ticket in the desk, in a list that holds it.
    pub(super) fn show_ticket(&mut self, place: Place, ticket_id: TicketId) {
        self.show_found(place.family(), Query::default().sorted(Order::GRAVEST));
        self.find_in_list(ticket_id);
        self.focus_thread();
    }

    pub(super) fn outbox_export(&mut self, file: &str) {
        let Some(outbox) = self.state.outbox.outbox.as_deref() else {
            return;
        };
        let zone = &self.state.session.time_zone;
        let teller = Teller {
            names: &outbox.names,
            zone,
        };
        let document = teller.document(&outbox.entries);
        self.effects.push(Effect::Export {
            path: PathBuf::from(file),
            text: format!("{document:#}\n"),
        });
    }

    pub(super) fn exported(&mut self, result: Result<String, String>) {
        match result {
            Ok(file) => self.say(NoticeKind::Done, format!("wrote {file}")),
            Err(why) => self.say(NoticeKind::Error, format!("nothing was written: {why}")),
        }
    }
}
