//! Both sides of a conflict, in rows within a width: the same for screen and pipe.

use serde_json::Value;

use super::Teller;
use super::value::{is_text, word_for};
use crate::model::merge::{Merge, Merged, merge};
use crate::model::refusal::{Conflict, Refusal};
use crate::replica::view::{Fate, OutboxEntry};
use crate::text::diff;
use crate::text::markdown::{Laid, Line, Manner};

impl Teller<'_> {
    /// What there is to know before one decides about an entry, in rows of at most so many columns.
    pub fn card(&self, entry: &OutboxEntry, columns: usize) -> Vec<Line> {
        match &entry.fate {
            Fate::Refused(Refusal::Conflict(conflict)) => self.conflict(conflict, columns),
            Fate::Merged(merged) => self.merged(merged, columns),
            _ => self.refused(entry, columns),
        }
    }

    fn refused(&self, entry: &OutboxEntry, columns: usize) -> Vec<Line> {
        let mut rows = Vec::new();
        let by = match &entry.fate {
            Fate::Refused(Refusal::Deleted { by, .. }) => *by,
            Fate::Refused(Refusal::Stale { by, .. }) => Some(*by),
            _ => None,
        };
        if let Some(by) = by {
            rows.extend(diff::attribute("by", None, &self.person(by), columns));
        }
        if let Some(why) = entry.fate.why() {
            rows.extend(diff::remark(&why, columns));
        }
        if let Fate::Refused(Refusal::Deleted { .. }) = &entry.fate {
            let how = "taking yours restores it first, where you may do that";
            rows.extend(diff::remark(how, columns));
        }
        if let Some(text) = &entry.text {
            rows.push(Line::default());
            rows.extend(whole(text, columns));
        }
        rows
    }

    fn conflict(&self, conflict: &Conflict, columns: usize) -> Vec<Line> {
        let mut rows = diff::remark(&self.what_happened(conflict), columns);
        rows.push(Line::default());
        let sides = [&conflict.base, &conflict.theirs, &conflict.mine];
        let [base, theirs, mine] = sides.map(|it| self.side(&conflict.field, it));
        if conflict.comment.is_some() || !is_long(&conflict.field, [&base, &theirs, &mine]) {
            for (name, value) in [("you saw", &base), ("theirs", &theirs), ("yours", &mine)] {
                rows.extend(diff::attribute(name, None, value, columns));
            }
            return rows;
        }
        for (name, value) in [("theirs", &theirs), ("yours", &mine)] {
            let what = format!("{name}, against what you saw:");
            rows.extend(diff::remark(&what, columns));
            rows.extend(diff::drawn(&base, value, columns));
            rows.push(Line::default());
        }
        if let Merge::Overlap(both) = merge(&base, &mine, &theirs) {
            rows.extend(diff::remark("both, as far as they fit together:", columns));
            rows.extend(whole(&both, columns));
        }
        rows
    }

    fn merged(&self, merged: &Merged, columns: usize) -> Vec<Line> {
        let conflict = &merged.conflict;
        let mut rows = diff::remark(&self.what_happened(conflict), columns);
        rows.push(Line::default());
        let sides = [&conflict.theirs, &conflict.mine, &merged.now];
        let [theirs, mine, now] = sides.map(|it| self.side(&conflict.field, it));
        if !is_long(&conflict.field, [&theirs, &mine, &now]) {
            rows.extend(diff::attribute("theirs was", None, &theirs, columns));
            rows.extend(diff::attribute("yours stands", None, &now, columns));
            return rows;
        }
        rows.extend(diff::remark(
            "both stand now; against yours alone:",
            columns,
        ));
        rows.extend(diff::drawn(&mine, &now, columns));
        rows
    }

    /// Who changed it too, and when.
    fn what_happened(&self, conflict: &Conflict) -> String {
        let who = conflict
            .by
            .map_or_else(|| "someone else".to_owned(), |user_id| self.person(user_id));
        let when = conflict
            .at
            .map_or_else(String::new, |at| format!(", {}", self.moment(at)));
        if conflict.comment.is_some() {
            return format!("{who} wrote a comment since you decided{when}");
        }
        let claimed = conflict.field == "assigned_to"
            && conflict.base.is_null()
            && !conflict.theirs.is_null();
        if claimed {
            let holder = self.side(&conflict.field, &conflict.theirs);
            return format!("{holder} took it first{when}");
        }
        let field = word_for(&conflict.field);
        format!("{who} changed the {field} meanwhile{when}")
    }

    fn side(&self, field: &str, value: &Value) -> String {
        let told = self.value(field, value);
        told.unwrap_or_else(|| if is_text(field) { "" } else { "none" }.to_owned())
    }
}

/// Texts of more characters are compared line by line.
const SHORT: usize = 60;

fn is_long(field: &str, sides: [&String; 3]) -> bool {
    let long = |side: &&String| side.contains('\n') || side.chars().count() > SHORT;
    is_text(field) && sides.iter().any(long)
}

fn whole(text: &str, columns: usize) -> Vec<Line> {
    let laid = Laid::whole(text, columns, Manner::AsTyped);
    laid.rows().to_vec()
}
