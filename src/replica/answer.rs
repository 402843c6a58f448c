//! The one way in for those who read.

use super::board::{self, Size};
use super::deleted;
use super::list::{List, Reach};
use super::thread::{self, Slice};
use super::view::{Answer, Question};
use super::{Replica, Result, family_view, history, texts, triage};
use crate::model::id::FamilyId;

impl Replica {
    /// Answers a question from what is here, as of one moment.
    pub fn answer(&self, question: &Question) -> Result<Answer> {
        // A filter asks of thousands of hits: SQLite locks and unlocks once, not for each of them.
        let moment = self.conn.unchecked_transaction()?;
        let answer = self.find(question)?;
        moment.finish()?;
        Ok(answer)
    }

    fn find(&self, question: &Question) -> Result<Answer> {
        let conn = &self.conn;
        Ok(match question {
            Question::Families => Answer::Families(family_view::families(conn)?),
            Question::Family(family_id) => {
                let is_it = |(of, _): &(FamilyId, _)| of == family_id;
                let read = |conn: &_| Ok((*family_id, family_view::family_view(conn, *family_id)?));
                let view = self
                    .family
                    .look(conn, is_it, read, |(_, view)| view.clone())?;
                Answer::Family(view.map(Box::new))
            }
            Question::Login(family_id) => {
                Answer::Login(family_view::login(conn, *family_id)?.map(Box::new))
            }
            Question::Names => Answer::Names(Box::new(family_view::names(conn)?)),
            Question::List {
                query,
                anchor,
                before,
                after,
            } => {
                let (before, after) = (*before, *after);
                let reach = Reach { before, after };
                let list = List::of(conn, query)?;
                Answer::List(list.around(&self.open_rows, *anchor, reach)?)
            }
            Question::Thread {
                ticket_id,
                first,
                limit,
            } => {
                let (first, limit) = (*first, *limit);
                let slice = Slice { first, limit };
                let found = thread::thread(conn, *ticket_id, slice, self.blobs.as_ref())?;
                Answer::Thread(found.map(Box::new))
            }
            Question::Board {
                place,
                now,
                per_band,
                days,
            } => {
                let (per_band, days) = (*per_band, *days);
                let board = board::board(conn, *place, *now, Size { per_band, days })?;
                Answer::Board(Box::new(board))
            }
            Question::Triage { family_id, passed } => {
                Answer::Triage(triage::triage(conn, *family_id, passed)?)
            }
            Question::Draft(key) => Answer::Draft(self.draft(*key)?),
            Question::Outbox => Answer::Outbox(self.outbox_summary()?),
            Question::Deleted {
                family_id,
                after,
                limit,
            } => Answer::Deleted(deleted::deleted(conn, *family_id, (*after, *limit))?),
            Question::Texts { family_id, key } => {
                let of = (*family_id, *key);
                Answer::Texts(texts::texts(conn, of, self.blobs.as_ref())?)
            }
            Question::OutboxEntries { limit } => {
                Answer::OutboxEntries(Box::new(self.outbox(*limit)?))
            }
            Question::Deeds => Answer::Deeds(self.deeds()?),
            Question::History { of, from, limit } => {
                Answer::History(Box::new(history::history(conn, *of, *from, *limit)?))
            }
        })
    }
}
