//! From another system's words for how much something matters to a severity.

use std::collections::BTreeMap;

use crate::model::severity::Severity;

/// Words and the severities they stand for. Upper and lower case are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scale(BTreeMap<String, Severity>);

impl Scale {
    /// What the word stands for; none where the scale does not know it.
    pub fn severity(&self, word: &str) -> Option<Severity> {
        self.0.get(&word.trim().to_lowercase()).copied()
    }

    /// The scale with some of its words given another meaning, and new ones added.
    pub fn with(mut self, words: &Scale) -> Scale {
        self.0.extend(words.0.clone());
        self
    }
}

impl<W: AsRef<str>> FromIterator<(W, Severity)> for Scale {
    fn from_iter<I: IntoIterator<Item = (W, Severity)>>(words: I) -> Scale {
        let lower =
            |(word, severity): (W, Severity)| (word.as_ref().trim().to_lowercase(), severity);
        Scale(words.into_iter().map(lower).collect())
    }
}
