//! How raw text becomes safe: single characters first, then what one grapheme cluster may carry,
//! then tabs, whose width depends on all before them.

use crate::text::marks::{self, Fate, REPLACEMENT};
use crate::text::width;

const TAB_STOP: usize = 4;

/// Stands for a tab until its column is known. Unlike a tab, marks may stand on it, as they do
/// on the spaces that take its place. Never in the text itself: noncharacters are replaced.
const TAB: char = '\u{fdd0}';

/// Enough for every living script; more is made to climb out of the cell.
pub const MOST_MARKS: usize = 4;

/// A sequence of eight parts; the largest in use, a kiss or a family, has four.
pub const MOST_JOINERS: usize = 7;

/// The columns after which a cluster is broken, so that one "character" can't fill a line.
pub const WIDEST_CLUSTER: usize = 8;

/// The safe form of `raw` with `line_break` for each line break; none when nothing changes.
pub fn clean(raw: &str, line_break: char) -> Option<String> {
    let ends_line = |c| c == '\n' && line_break == '\n';
    if raw.chars().all(|c| marks::is_plain(c) || ends_line(c)) {
        return None;
    }
    let clean = expand_tabs(cap_clusters(&mark_characters(raw, line_break)));
    (clean != raw).then_some(clean)
}

/// Replaces what is unsafe by itself, and tabs by [`TAB`].
fn mark_characters(raw: &str, line_break: char) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    let mut before = None;
    for c in raw.chars() {
        let fate = match c {
            '\n' if before == Some('\r') => Fate::Drop,
            '\t' => Fate::Show(TAB),
            _ if marks::is_line_break(c) => Fate::Show(line_break),
            _ => marks::fate(before, c),
        };
        match fate {
            Fate::Keep => out.push(c),
            Fate::Show(mark) => out.push(mark),
            Fate::Drop => {}
        }
        before = Some(c);
    }
    out
}

/// Bounds each grapheme cluster.
fn cap_clusters(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (cluster, _) in width::clusters(text) {
        match cluster {
            "\n" => out.push('\n'),
            _ => push_cluster(&mut out, cluster),
        }
    }
    out
}

/// Appends the cluster within its bounds.
fn push_cluster(out: &mut String, cluster: &str) {
    let mut part = out.len();
    let mut bounds = Bounds::default();
    for c in cluster.chars() {
        match bounds.admit(c) {
            Fate::Keep => out.push(c),
            Fate::Show(mark) => {
                drop_unseen(out, part);
                part = out.len();
                out.push(mark);
            }
            Fate::Drop => {}
        }
    }
    // Marks with nothing to stand on would be drawn onto whatever is beside them.
    if drop_unseen(out, part) {
        out.push(REPLACEMENT);
    }
}

/// Takes back what stands from `start` when it has no width; says whether it did.
fn drop_unseen(out: &mut String, start: usize) -> bool {
    let unseen = width::width(&out[start..]) == 0;
    if unseen {
        out.truncate(start);
    }
    unseen
}

/// Fills each [`TAB`] with spaces to the next stop.
fn expand_tabs(text: String) -> String {
    if !text.contains(TAB) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let mut column = 0;
        for (i, piece) in line.split(TAB).enumerate() {
            if i > 0 {
                let spaces = TAB_STOP - column % TAB_STOP;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            out.push_str(piece);
            column += width::width(piece);
        }
    }
    out
}

/// What one cluster has used up so far.
#[derive(Default)]
struct Bounds {
    marks: usize,
    joiners: usize,
    columns: usize,
    before: Option<char>,
    /// `before` carries no mark yet: a selector or skin tone may follow it.
    bare: bool,
}

impl Bounds {
    fn admit(&mut self, c: char) -> Fate {
        let fate = if marks::is_joiner(c) {
            self.admit_joiner()
        } else if marks::is_selector(c) {
            self.admit_selector()
        } else {
            self.admit_other(c)
        };
        match fate {
            Fate::Keep => self.before = Some(c),
            // The mark begins a cluster of its own.
            Fate::Show(mark) => {
                *self = Self {
                    columns: 1,
                    before: Some(mark),
                    ..Self::default()
                };
            }
            Fate::Drop => {}
        }
        fate
    }

    fn admit_joiner(&mut self) -> Fate {
        if !self.before.is_some_and(marks::may_join) {
            return Fate::Show(REPLACEMENT);
        }
        self.bare = false;
        keep_up_to(MOST_JOINERS, &mut self.joiners)
    }

    fn admit_selector(&mut self) -> Fate {
        let useful = self.bare && self.before.is_some_and(marks::may_select);
        self.bare = false;
        if useful { Fate::Keep } else { Fate::Drop }
    }

    fn admit_other(&mut self, c: char) -> Fate {
        let columns = width::width(c.encode_utf8(&mut [0; 4]));
        let is_tone = marks::is_emoji_modifier(c) && self.before.is_some();
        if columns == 0 || is_tone {
            let first_tone = is_tone && self.bare;
            self.bare = false;
            return if first_tone {
                Fate::Keep
            } else {
                keep_up_to(MOST_MARKS, &mut self.marks)
            };
        }
        self.bare = true;
        // Joined emoji share the cells of the first.
        let joined = columns == 2 && self.before.is_some_and(marks::is_joiner);
        self.columns += if joined { 0 } else { columns };
        if self.columns > WIDEST_CLUSTER {
            Fate::Show(REPLACEMENT)
        } else {
            Fate::Keep
        }
    }
}

fn keep_up_to(most: usize, used: &mut usize) -> Fate {
    if *used == most {
        return Fate::Drop;
    }
    *used += 1;
    Fate::Keep
}
