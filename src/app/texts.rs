//! The texts of the open thread as rows, remembered from frame to frame: counting lines, scrolling
//! and drawing all read the same ones, and a long text is laid out once.

use std::cell::{Ref, RefCell};
use std::collections::HashMap;

use crate::text::markdown::{Laid, Line, Manner};

/// Above this many texts the memory is given back; a screen holds far fewer.
const MOST: usize = 256;

/// What is laid out so far, by item of the thread.
///
/// It only remembers: the rows follow from the text, the width and the manner.
#[derive(Debug, Default)]
pub struct Texts {
    manner: Manner,
    laid: RefCell<HashMap<u64, Laid>>,
}

impl Texts {
    pub fn manner(&self) -> Manner {
        self.manner
    }

    pub(super) fn set_manner(&mut self, manner: Manner) {
        self.manner = manner;
        self.forget();
    }

    /// The thread is another, or its texts may have changed.
    pub(super) fn forget(&mut self) {
        self.laid.get_mut().clear();
    }

    /// The first rows of an item's text, at least `rows` of them if it has as many.
    pub fn rows(&self, item: u64, (text, columns): (&str, usize), rows: usize) -> Ref<'_, [Line]> {
        let columns = columns.max(1);
        {
            let mut laid = self.laid.borrow_mut();
            if laid.len() > MOST {
                laid.clear();
            }
            let laid = laid
                .entry(item)
                .and_modify(|laid| {
                    if laid.columns() != columns {
                        *laid = Laid::new(columns, self.manner);
                    }
                })
                .or_insert_with(|| Laid::new(columns, self.manner));
            laid.reach(text, rows);
        }
        Ref::map(self.laid.borrow(), |laid| {
            laid.get(&item).map_or(&[][..], Laid::rows)
        })
    }
}
