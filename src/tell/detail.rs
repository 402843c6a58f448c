//! What a record changed, attribute by attribute, in rows within a width: the same for screen and
//! pipe.

use super::record::{Change, Told};
use crate::text::diff;
use crate::text::markdown::{Laid, Line, Manner};

/// Values of more characters stand on lines of their own.
const SHORT: usize = 60;

impl Told {
    /// Every attribute that changed, before and after, in rows of at most so many columns.
    pub fn details(&self, columns: usize) -> Vec<Line> {
        if self.changes.is_empty() {
            return diff::remark("nothing else changed", columns);
        }
        let changes = self.changes.iter();
        changes
            .flat_map(|change| change.rows(self.is_new, columns))
            .collect()
    }
}

impl Change {
    fn rows(&self, is_new: bool, columns: usize) -> Vec<Line> {
        let was = self.before.as_deref();
        let is = self.after.as_deref();
        if is_new && !self.is_long() {
            return diff::attribute(&self.name, None, is.unwrap_or_default(), columns);
        }
        let compares = self.is_text && was.is_some() && is.is_some();
        if !compares && !self.is_long() {
            let is = is.unwrap_or("none");
            return diff::attribute(&self.name, Some(was.unwrap_or("none")), is, columns);
        }
        let mut rows = diff::remark(&format!("{}:", self.name), columns);
        match is_new {
            // All of it came in: a mark on each line would say nothing.
            true => {
                let text = is.unwrap_or_default();
                let laid = Laid::whole(text, columns, Manner::AsTyped);
                rows.extend_from_slice(laid.rows());
            }
            false => {
                let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
                rows.extend(diff::drawn(was, is, columns));
            }
        }
        rows
    }

    /// Whether it is told by lines rather than in one.
    fn is_long(&self) -> bool {
        let texts = [&self.before, &self.after];
        texts
            .into_iter()
            .flatten()
            .any(|text| text.contains('\n') || text.chars().count() > SHORT)
    }
}
