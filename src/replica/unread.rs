//! Which tickets are unread: kept as a column and in the counters, so that neither a list nor a
//! count ever has to find out. What the word means, `model::read_marker` says.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use super::family_view::me;
use super::nouns::{self, ticket};
use super::pen::Pen;
use super::sql::Blob;
use crate::model::entity::{Common, EntityKey};
use crate::model::group::GroupMembership;
use crate::model::id::{QueueId, TicketId, UserId};
use crate::model::membership::Membership;
use crate::model::read_marker::ReadMarker;
use crate::model::record::Record;
use crate::model::source::Timestamp;

/// The last that happened to a ticket, as far as it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latest {
    /// Its number in the family's log; 0 where that is not known.
    pub(super) seq: i64,
    pub(super) by: Option<UserId>,
    pub(super) time: Timestamp,
}

/// Tickets that have to be looked at again before the commit, with what is the last that was put
/// of each. In the order of their ids, and so nearly of their rows.
#[derive(Debug, Default)]
pub(super) struct News(BTreeMap<TicketId, Latest>);

impl Latest {
    pub(super) const UNKNOWN: Latest = Latest {
        seq: 0,
        by: None,
        time: Timestamp(0),
    };

    fn of(common: &Common) -> Latest {
        common.written.map_or(Latest::UNKNOWN, |written| Latest {
            seq: written.seq,
            by: Some(written.by),
            time: common.last_update,
        })
    }

    fn or_later(self, other: Latest) -> Latest {
        if other.seq > self.seq { other } else { self }
    }
}

impl News {
    /// An entity was put.
    pub(super) fn note(&mut self, record: &Record) {
        match record {
            Record::ReadMarker(marker) => self.add(marker.ticket_id, Latest::UNKNOWN),
            _ => {
                if let Some(ticket_id) = record.key().ticket() {
                    self.add(ticket_id, Latest::of(record.common()));
                }
            }
        }
    }

    /// An entity was removed.
    pub(super) fn look_again(&mut self, key: EntityKey) {
        if let EntityKey::ReadMarker(ticket_id, _) = key {
            self.add(ticket_id, Latest::UNKNOWN);
        }
    }

    fn add(&mut self, ticket_id: TicketId, latest: Latest) {
        let known = self.0.entry(ticket_id).or_insert(Latest::UNKNOWN);
        *known = known.or_later(latest);
    }
}

/// Brings the columns and the counters of what was put up to date.
pub(super) fn settle(pen: &mut Pen<'_>) -> Result<()> {
    let news = std::mem::take(&mut pen.news.0);
    if news.is_empty() {
        return Ok(());
    }
    let Some(me) = me(pen.conn)? else {
        return Ok(());
    };
    let mut since = Since::of(pen, me)?;
    for (ticket_id, put) in news {
        let Some(row) = ticket::standing(pen, ticket_id)? else {
            continue;
        };
        let latest = row.latest.or_later(put);
        let unread = match marker(pen, ticket_id, me)? {
            Some(marker) if marker.unread => true,
            _ if latest.seq == 0 || latest.by == Some(me) => false,
            Some(marker) => latest.seq > marker.seq,
            None => latest.time >= since.when(ticket_id, row.queue_id)?,
        };
        if latest != row.latest || unread != row.unread {
            ticket::mark(pen, &row, latest, unread)?;
        }
    }
    Ok(())
}

fn marker(pen: &Pen<'_>, ticket_id: TicketId, me: UserId) -> Result<Option<ReadMarker>> {
    let key = EntityKey::ReadMarker(ticket_id, me);
    Ok(match nouns::get(pen.conn, pen.fam, key)? {
        Some(Record::ReadMarker(marker)) => Some(marker),
        _ => None,
    })
}

/// Since when this person has been able to see tickets: what happened before is no news to them.
struct Since<'a> {
    conn: &'a Connection,
    fam: i64,
    me: UserId,
    /// Since they asked to join the family or were invited; never, while they are not in it.
    in_family: Timestamp,
    /// The same of the groups that own queues.
    in_groups: HashMap<QueueId, Timestamp>,
}

impl<'a> Since<'a> {
    fn of(pen: &Pen<'a>, me: UserId) -> Result<Since<'a>> {
        let membership = nouns::get(pen.conn, pen.fam, EntityKey::Membership(me))?;
        Ok(Since {
            conn: pen.conn,
            fam: pen.fam,
            me,
            in_family: match membership {
                Some(Record::Membership(Membership { request_date, .. })) => request_date,
                _ => Timestamp(i64::MAX),
            },
            in_groups: HashMap::new(),
        })
    }

    fn when(&mut self, ticket_id: TicketId, queue_id: QueueId) -> Result<Timestamp> {
        let in_group = match self.in_groups.get(&queue_id) {
            Some(known) => *known,
            None => {
                let found = self.in_group_of(queue_id)?;
                self.in_groups.insert(queue_id, found);
                found
            }
        };
        // Whoever takes part saw the ticket before they were in its group.
        if in_group > self.in_family && !self.takes_part(ticket_id)? {
            return Ok(in_group);
        }
        Ok(self.in_family)
    }

    /// Since when they are in the group that owns the queue; since ever, if they are not.
    fn in_group_of(&self, queue_id: QueueId) -> Result<Timestamp> {
        let sql = "SELECT p.json FROM queue q
                   JOIN group_membership p ON p.fam = q.fam AND p.group_id = q.group_id
                   WHERE q.fam = ?1 AND q.queue_id = ?2 AND p.user_id = ?3 AND p.live = 1";
        let of = params![self.fam, Blob(queue_id.0), Blob(self.me.0)];
        let found: Vec<GroupMembership> = nouns::all(self.conn, sql, of)?;
        Ok(found.first().map_or(Timestamp(0), |it| it.request_date))
    }

    fn takes_part(&self, ticket_id: TicketId) -> Result<bool> {
        let sql = "SELECT 1 FROM participant
                   WHERE fam = ?1 AND ticket_id = ?2 AND user_id = ?3 AND deleted = 0";
        let mut statement = self.conn.prepare_cached(sql)?;
        let of = params![self.fam, Blob(ticket_id.0), Blob(self.me.0)];
        Ok(statement.query_row(of, |_| Ok(())).optional()?.is_some())
    }
}
