//! The mouse, where it is switched on: a click puts the keys and the cursor where it is, one on
//! what the cursor is on already opens it, the wheel scrolls what lies below the pointer.
//!
//! Whoever draws a frame notes what stands where; what the pointer is on is read from there, so a
//! click means what the person sees.

use super::App;
use super::board::BoardCursor;
use super::composer::{FieldValue, Phase};
use super::key::{Code, Key, read_sequence};
use super::layout::Area;
use super::people::PeopleLine;
use super::state::{Overlay, Pane};
use super::work::Work;
use crate::model::severity::Severity;

/// What the mouse did, and on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub kind: MouseKind,
    pub on: Option<On>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    Click,
    /// Down by so many lines; up if negative.
    Scroll(i64),
}

/// What the pointer is on, and how many lines below its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    pub hit: Hit,
    pub line: usize,
}

/// Something on the screen that a pointer can mean. Numbers are places, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// A pane of the desk where nothing else stands.
    Pane(Pane),
    Family(usize),
    Queue(usize),
    Ticket(u64),
    /// The text of the thread.
    Thread,
    /// A severity over the list.
    Strip(usize),
    Board(BoardCursor),
    Person(PeopleLine),
    Outbox(usize),
    /// A change of the activity view, and a line of what it changed.
    Change(usize),
    Detail(usize),
    /// A severity of triage.
    Triage(Severity),
    /// What may follow the keys that were typed.
    Next(usize),
    /// A row of a picker, among those that match.
    Match(usize),
    /// What could stand in the query line.
    Candidate(usize),
    Field(usize),
    /// An option of a form's field.
    Choice(usize, usize),
    /// One of the two ways to begin.
    Welcome(usize),
    /// The inside of what lies over the view, where nothing else stands.
    Overlay,
    /// What is covered by what lies over it.
    Covered,
}

/// What stands where on the frame that is shown, the topmost last.
#[derive(Debug, Default)]
pub struct Spots(Vec<(Area, Hit)>);

impl Spots {
    pub fn put(&mut self, area: Area, hit: Hit) {
        self.0.push((area, hit));
    }

    /// What is at a cell.
    pub fn at(&self, x: u16, y: u16) -> Option<On> {
        let mut above = self.0.iter().rev();
        let (area, hit) = above.find(|(area, _)| area.holds(x, y))?;
        Some(On {
            hit: *hit,
            line: usize::from(y - area.y),
        })
    }

    /// Where something is, the topmost first.
    pub fn find(&self, hit: Hit) -> Option<Area> {
        let mut above = self.0.iter().rev();
        above.find(|(_, it)| *it == hit).map(|(area, _)| *area)
    }
}

impl App {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        match mouse.kind {
            MouseKind::Click => self.click(mouse.on),
            MouseKind::Scroll(by) => self.wheel(mouse.on, by),
        }
    }

    fn click(&mut self, on: Option<On>) {
        if let Some(Overlay::Message(_)) = self.state.overlays.last() {
            return self.leave_overlay();
        }
        let Some(on) = on else { return };
        if let Hit::Next(index) = on.hit {
            return self.press_next(index);
        }
        self.forget_typed();
        if !self.state.overlays.is_empty() {
            return self.click_overlay(on.hit);
        }
        self.state.status.notice = None;
        self.keep_filter();
        self.view().click(self, on);
    }

    fn wheel(&mut self, on: Option<On>, by: i64) {
        let page = match by < 0 {
            true => Key::plain(Code::Up),
            false => Key::plain(Code::Down),
        };
        let lines = by.unsigned_abs();
        let size = self.state.size;
        match (self.state.overlays.last_mut(), on.map(|on| on.hit)) {
            (None, _) => self.view().wheel(self, on, by),
            (Some(Overlay::Picker(_)), _) => self.move_picker(by),
            (Some(Overlay::QueryLine(_)), _) => self.move_candidate(by.signum()),
            (Some(Overlay::Message(message)), _) => {
                for _ in 0..lines {
                    message.scroll(page, size);
                }
            }
            (Some(Overlay::Composer(form)), Some(Hit::Field(index) | Hit::Choice(index, _))) => {
                let at_focus = form.focus == index && form.phase == Phase::Writing;
                for _ in 0..lines {
                    match form.fields.get_mut(index).map(|field| &mut field.value) {
                        // Not past its ends, where the key would do nothing either.
                        Some(FieldValue::Text(text)) if at_focus && text.is_multi_line() => {
                            text.key(page);
                        }
                        _ => {}
                    }
                }
            }
            (Some(Overlay::Composer(_) | Overlay::Prompt(_) | Overlay::FirstStart(_)), _) => {}
        }
    }

    /// Does what the keys of an entry in the hint of a sequence do.
    fn press_next(&mut self, index: usize) {
        let next = self.state.pending.as_ref();
        let keys = next.and_then(|pending| read_sequence(&pending.next.get(index)?.keys).ok());
        for key in keys.unwrap_or_default() {
            self.key(key);
        }
    }

    /// Beside what it can mean, a click does nothing.
    fn click_overlay(&mut self, hit: Hit) {
        match (self.state.overlays.last_mut(), hit) {
            (Some(Overlay::Picker(picker)), Hit::Match(index)) => match picker.cursor == index {
                true => self.pick(),
                false => picker.cursor = index,
            },
            (Some(Overlay::QueryLine(line)), Hit::Candidate(index)) => match line.cursor == index {
                true => self.complete_query(),
                false => line.cursor = index,
            },
            (Some(Overlay::Composer(form)), Hit::Field(index))
                if form.phase == Phase::Writing && index < form.fields.len() =>
            {
                form.focus = index;
            }
            (Some(Overlay::Composer(form)), Hit::Choice(field, option))
                if form.phase == Phase::Writing =>
            {
                let changed = form.choose(field, option);
                if changed {
                    self.save_draft();
                }
            }
            (Some(Overlay::FirstStart(wizard)), Hit::Welcome(choice)) => {
                match wizard.choice == choice {
                    true => self.first_next(),
                    false => wizard.choice = choice,
                }
            }
            _ => {}
        }
    }

    // The views.

    pub(super) fn click_desk(&mut self, on: On) {
        let Some(pane) = pane_of(on.hit) else {
            return;
        };
        let was_here = self.state.desk.focus == pane;
        let (cursor, place) = match on.hit {
            Hit::Strip(index) => {
                self.state.desk.strip = index;
                return self.strip_open();
            }
            Hit::Thread => {
                self.focus(pane);
                return self.thread_to_line(on.line);
            }
            Hit::Family(index) => (self.state.desk.families.cursor, index),
            Hit::Queue(index) => (self.state.desk.queues.cursor, index),
            Hit::Ticket(place) => {
                let small = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                let selected = self.state.desk.list.selected;
                (selected.map_or(0, |it| small(it.place)), small(place))
            }
            _ => return self.focus(pane),
        };
        self.focus(pane);
        if place == cursor && was_here {
            return self.deeper();
        }
        let distance =
            i64::try_from(place).unwrap_or(i64::MAX) - i64::try_from(cursor).unwrap_or(i64::MAX);
        self.move_pane(distance);
    }

    pub(super) fn wheel_desk(&mut self, on: Option<On>, by: i64) {
        match on.and_then(|on| pane_of(on.hit)) {
            Some(Pane::Families) => self.move_families(by.signum()),
            Some(Pane::Queues) => self.move_queues(by.signum()),
            Some(Pane::List) => self.move_list(by),
            Some(Pane::Thread) => self.scroll_thread(by),
            Some(Pane::Strip) | None => {}
        }
    }

    pub(super) fn click_board(&mut self, on: On) {
        if let Hit::Board(at) = on.hit {
            match at == self.state.board.cursor {
                true => self.deeper(),
                false => self.state.board.cursor = at,
            }
        }
    }

    pub(super) fn click_people(&mut self, on: On) {
        if let Hit::Person(line) = on.hit
            && line.is_row()
        {
            self.state.people.cursor = Some(line);
            self.keep_people_visible();
        }
    }

    pub(super) fn click_outbox(&mut self, on: On) {
        if let Hit::Outbox(index) = on.hit {
            match index == self.state.outbox.cursor {
                true => self.deeper(),
                false => self.state.outbox.cursor = index,
            }
        }
    }

    pub(super) fn click_triage(&mut self, on: On) {
        match on.hit {
            Hit::Triage(severity) => self.work(Work::Severity(severity), self.targets()),
            Hit::Thread => self.thread_to_line(on.line),
            _ => {}
        }
    }
}

/// The pane of the desk that something is in.
fn pane_of(hit: Hit) -> Option<Pane> {
    match hit {
        Hit::Pane(pane) => Some(pane),
        Hit::Family(_) => Some(Pane::Families),
        Hit::Queue(_) => Some(Pane::Queues),
        Hit::Ticket(_) => Some(Pane::List),
        Hit::Thread => Some(Pane::Thread),
        Hit::Strip(_) => Some(Pane::Strip),
        Hit::Board(_)
        | Hit::Person(_)
        | Hit::Outbox(_)
        | Hit::Change(_)
        | Hit::Detail(_)
        | Hit::Triage(_)
        | Hit::Next(_)
        | Hit::Match(_)
        | Hit::Candidate(_)
        | Hit::Field(_)
        | Hit::Choice(..)
        | Hit::Welcome(_)
        | Hit::Overlay
        | Hit::Covered => None,
    }
}
