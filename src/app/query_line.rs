//! The query line: the whole query of the list, with what it means, what is odd about it, and what
//! could stand where one is typing.

use super::App;
use super::panes::moved;
use super::recall::LineKind;
use super::state::{Overlay, View};
use super::text_field::TextField;
use crate::model::id::FamilyId;
use crate::query::{Completion, Order, Query, Reading, complete, read};

/// The line over the view.
#[derive(Debug)]
pub struct QueryLine {
    pub input: TextField,
    /// The one family that is asked about; none for all of mine.
    pub family: Option<FamilyId>,
    /// What the line is taken for.
    pub reading: Reading,
    /// What that means, in a sentence.
    pub meaning: String,
    pub completion: Completion,
    /// Which candidate the cursor is on.
    pub cursor: usize,
}

impl App {
    pub(super) fn open_query_line(&mut self) {
        let list = &self.state.desk.list;
        let (family, text) = match self.state.view {
            View::Board => (self.board_family(), Query::open().to_string()),
            _ => (list.family, list.query.to_string()),
        };
        self.state
            .overlays
            .push(Overlay::QueryLine(Box::new(QueryLine {
                input: TextField::line(&format!("{text} ")),
                family,
                reading: Reading::default(),
                meaning: String::new(),
                completion: Completion::default(),
                cursor: 0,
            })));
        self.query_typed();
    }

    /// The line or its cursor is not what it was: it is read again.
    pub(super) fn query_typed(&mut self) {
        let Some(Overlay::QueryLine(mut line)) = self.state.overlays.pop() else {
            return;
        };
        let text = line.input.value();
        let context = self.context(line.family);
        line.reading = read(&text, &context);
        line.meaning = line.reading.query.explain(&context);
        line.completion = complete(&text, line.input.cursor_byte(), context.names);
        line.cursor = 0;
        self.state.overlays.push(Overlay::QueryLine(line));
    }

    pub(super) fn query_down(&mut self) {
        if !self.recall_newer() {
            self.move_candidate(1);
        }
    }

    pub(super) fn query_up(&mut self) {
        let top = self.state.overlays.last();
        let at_first = matches!(top, Some(Overlay::QueryLine(line)) if line.cursor == 0);
        if !self.recall_older(at_first) {
            self.move_candidate(-1);
        }
    }

    pub(super) fn move_candidate(&mut self, by: i64) {
        if let Some(Overlay::QueryLine(line)) = self.state.overlays.last_mut() {
            line.cursor = moved(line.cursor, by, line.completion.candidates.len());
        }
    }

    /// Puts the candidate under the cursor into the line. Behind a whole term there is room for the
    /// next.
    pub(super) fn complete_query(&mut self) {
        let Some(Overlay::QueryLine(line)) = self.state.overlays.last_mut() else {
            return;
        };
        let Some(candidate) = line.completion.candidates.get(line.cursor) else {
            return;
        };
        let at = line.completion.at.clone();
        let is_whole = !candidate.text.ends_with(':');
        let at_end = line.input.value().len() == at.end;
        let blank = if is_whole && at_end { " " } else { "" };
        let text = format!("{}{blank}", candidate.text);
        line.input.replace(at, &text);
        self.query_typed();
    }

    /// Shows, in the desk, what the line finds.
    pub(super) fn show_query(&mut self) {
        let Some(Overlay::QueryLine(line)) = self.state.overlays.pop() else {
            return;
        };
        self.remember(LineKind::Query, &line.input.value());
        let query = line.reading.query;
        let home = &self.state.desk.list.home;
        let is_home = query.filter == home.filter && line.family == self.state.open_family();
        match is_home && query.order() == Order::GRAVEST {
            true => {
                self.go_desk();
                self.focus_list();
                self.show_queue_line();
            }
            false => self.show_found(line.family, query),
        }
        if let Some(notice) = line.reading.notices.first() {
            self.say(super::state::NoticeKind::Warning, notice.line());
        }
    }
}
