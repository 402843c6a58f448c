//! What was typed into a line before: Up and Down bring it back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::App;
use super::effect::Effect;
use super::picker::PickerFor;
use super::prompt::PromptFor;
use super::state::Overlay;
use super::text_field::TextField;

/// A line whose texts are kept, each kind by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Command,
    Filter,
    Query,
    Search,
}

/// How many texts of a kind are kept.
pub const MOST: usize = 200;

/// The longest text that is kept, in bytes; beyond it was pasted rather than typed.
const LONGEST: usize = 1_000;

/// The texts of each kind, and which of them stands in the line.
#[derive(Debug, Default)]
pub struct Recall {
    /// The newest last.
    texts: BTreeMap<LineKind, Vec<String>>,
    going: Option<Going>,
}

/// A walk through the past.
#[derive(Debug)]
struct Going {
    kind: LineKind,
    /// The place of the text that stands in the line.
    at: usize,
    /// What was being typed before.
    typed: String,
}

impl Recall {
    /// What was kept, the newest last.
    pub fn of(kept: impl IntoIterator<Item = (LineKind, String)>) -> Recall {
        let mut recall = Recall::default();
        for (kind, text) in kept {
            recall.put(kind, text);
        }
        recall
    }

    /// Takes a text in; whether it is to be kept. As in a shell, what begins with a blank is not.
    fn remember(&mut self, kind: LineKind, text: &str) -> bool {
        let worth = !text.trim().is_empty() && !text.starts_with(' ') && text.len() <= LONGEST;
        if worth {
            self.put(kind, text.trim_end().to_owned());
        }
        worth
    }

    fn put(&mut self, kind: LineKind, text: String) {
        let texts = self.texts.entry(kind).or_default();
        texts.retain(|it| *it != text);
        texts.push(text);
        let over = texts.len().saturating_sub(MOST);
        texts.drain(..over);
    }

    /// The text before the one that stands in the line, if there is one.
    fn older(&mut self, kind: LineKind, typed: &str) -> Option<String> {
        let texts = self.texts.get(&kind)?;
        let going = self.going.take().filter(|it| it.kind == kind);
        let going = match going {
            Some(going) => Going {
                at: going.at.saturating_sub(1),
                ..going
            },
            None => Going {
                kind,
                // What stands there already is not brought back once more.
                at: texts.iter().rposition(|it| it.trim() != typed.trim())?,
                typed: typed.to_owned(),
            },
        };
        let text = texts.get(going.at).cloned();
        self.going = Some(going);
        text
    }

    /// The text after it; behind the newest, what was being typed. None where there is no walk.
    fn newer(&mut self, kind: LineKind) -> Option<String> {
        let going = self.going.take().filter(|it| it.kind == kind)?;
        let at = going.at + 1;
        match self.texts.get(&kind).and_then(|texts| texts.get(at)) {
            Some(text) => {
                let text = text.clone();
                self.going = Some(Going { at, ..going });
                Some(text)
            }
            None => Some(going.typed),
        }
    }

    /// What stands in the line is being edited, or the line is gone.
    pub(super) fn stop(&mut self) {
        self.going = None;
    }
}

impl App {
    /// Keeps what was typed into a line.
    pub(super) fn remember(&mut self, kind: LineKind, text: &str) {
        self.recall.stop();
        if self.recall.remember(kind, text) {
            self.effects.push(Effect::Remember {
                kind,
                text: text.trim_end().to_owned(),
            });
        }
    }

    /// Brings back what was typed before, where the cursor has nowhere else to go: it is at the
    /// first row, nothing is typed, or the walk has begun. Says whether it did.
    pub(super) fn recall_older(&mut self, at_first: bool) -> bool {
        let Some((kind, typed)) = self.line_of().map(|(kind, line)| (kind, line.value())) else {
            return false;
        };
        if !at_first && !typed.is_empty() && self.recall.going.is_none() {
            return false;
        }
        let text = self.recall.older(kind, &typed);
        self.put_back(text)
    }

    /// The other way; says whether there was anything to come back to.
    pub(super) fn recall_newer(&mut self) -> bool {
        let Some(kind) = self.line_of().map(|(kind, _)| kind) else {
            return false;
        };
        let text = self.recall.newer(kind);
        self.put_back(text)
    }

    fn put_back(&mut self, text: Option<String>) -> bool {
        let (Some(text), Some((_, line))) = (text, self.line_of()) else {
            return false;
        };
        line.set(&text);
        match self.state.overlays.last() {
            Some(Overlay::Picker(_)) => self.picker_typed(),
            Some(Overlay::QueryLine(_)) => self.query_typed(),
            Some(_) => {}
            None => self.filter_typed(),
        }
        true
    }

    /// The line that has the keys, if its texts are kept.
    fn line_of(&mut self) -> Option<(LineKind, &mut TextField)> {
        match self.state.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => match picker.purpose {
                PickerFor::CommandLine => Some((LineKind::Command, &mut picker.input)),
                _ => None,
            },
            Some(Overlay::Prompt(prompt)) => match prompt.purpose {
                PromptFor::Search => Some((LineKind::Search, &mut prompt.input)),
                _ => None,
            },
            Some(Overlay::QueryLine(line)) => Some((LineKind::Query, &mut line.input)),
            Some(_) => None,
            None => {
                let filter = self.state.desk.list.filter.as_mut();
                filter.map(|filter| (LineKind::Filter, filter))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_walked_and_what_was_being_typed_comes_back() {
        let mut recall = Recall::default();
        for text in ["one", "two", "one", " secret", "  ", "three"] {
            recall.remember(LineKind::Query, text);
        }
        recall.remember(LineKind::Search, "elsewhere");
        let older = |recall: &mut Recall| recall.older(LineKind::Query, "thr");
        for expected in ["three", "one", "two", "two"] {
            assert_eq!(older(&mut recall).as_deref(), Some(expected));
        }
        for expected in [Some("one"), Some("three"), Some("thr"), None] {
            assert_eq!(recall.newer(LineKind::Query).as_deref(), expected);
        }
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let all = (0..MOST + 50).map(|n| (LineKind::Filter, n.to_string()));
        let recall = Recall::of(all);
        let texts = &recall.texts[&LineKind::Filter];
        assert_eq!((texts.len(), texts[0].as_str()), (MOST, "50"));
    }
}
