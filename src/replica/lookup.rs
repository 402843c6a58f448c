//! Finding one thing by what a person types for it on the command line.

use rusqlite::params_from_iter;

use super::condition::{blob, joined, number_ways};
use super::nouns::{self, group, membership, queue};
use super::rows::Piece;
use super::sql::Blob;
use super::tally::family_number;
use super::{Replica, Result, family_view};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::Membership;
use crate::query::matching;

/// What a name comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    One(T),
    /// Several things go by it; what each is called in full.
    Several(Vec<String>),
    None,
}

impl Replica {
    /// A ticket by its id, its number, the last part of its number, or the key that it had where it
    /// came from; in one family or in all.
    pub fn find_ticket(&self, family_id: Option<FamilyId>, text: &str) -> Result<Found<TicketId>> {
        let text = text.trim();
        let meant = match text.parse::<TicketId>() {
            Ok(id) => Piece {
                sql: "t.ticket_id = ?".to_owned(),
                values: vec![blob(id.0)],
            },
            Err(_) => joined(number_ways("t", text), " OR "),
        };
        let mut piece = Piece {
            sql: format!(
                "SELECT t.ticket_id, ifnull(t.number, t.title) FROM ticket t
                 JOIN family_log USING (fam) WHERE t.deleted = 0 AND {}",
                meant.sql
            ),
            values: meant.values,
        };
        if let Some(family_id) = family_id {
            piece.and("family_id = ?", [blob(family_id.0)]);
        }
        piece.sql.push_str(" ORDER BY t.id DESC");
        let mut statement = self.conn.prepare_cached(&piece.sql)?;
        let found = statement.query_map(params_from_iter(piece.values), |row| {
            Ok((TicketId(row.get::<_, Blob>(0)?.0), row.get(1)?))
        })?;
        let found: Vec<(TicketId, String)> = found.collect::<rusqlite::Result<_>>()?;
        Ok(one_of(found))
    }

    /// Those of the entities of a family that are here, deleted or not.
    pub fn here(&self, family_id: FamilyId, keys: &[EntityKey]) -> Result<Vec<EntityKey>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Vec::new());
        };
        let mut here = Vec::new();
        for key in keys {
            if nouns::version(&self.conn, fam, *key)?.is_some() {
                here.push(*key);
            }
        }
        Ok(here)
    }

    /// A family by its name or id.
    pub fn find_family(&self, text: &str) -> Result<Found<FamilyId>> {
        let all = family_view::families(&self.conn)?;
        let all = all.into_iter().map(|it| (it.family_id, it.family_name));
        Ok(one_of(matching(all, text)))
    }

    /// Whether there is anything here to look at.
    pub fn holds_a_family(&self) -> Result<bool> {
        let sql = "SELECT 1 FROM family_log WHERE cursor IS NOT NULL";
        Ok(self.conn.prepare_cached(sql)?.exists([])?)
    }

    /// What a family of this person is called.
    pub fn family_name(&self, family_id: FamilyId) -> Result<Option<String>> {
        let all = family_view::families(&self.conn)?;
        let named = all.into_iter().find(|it| it.family_id == family_id);
        Ok(named.map(|it| it.family_name))
    }

    /// A queue of a family by its name or id.
    pub fn find_queue(&self, family_id: FamilyId, text: &str) -> Result<Found<QueueId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = queue::live(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.queue_id, it.queue_name));
        Ok(one_of(matching(all, text)))
    }

    /// A group of a family by its name or id.
    pub fn find_group(&self, family_id: FamilyId, text: &str) -> Result<Found<GroupId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = group::live(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.group_id, it.group_name));
        Ok(one_of(matching(all, text)))
    }

    /// Someone of a family by their name or id.
    pub fn find_person(&self, family_id: FamilyId, text: &str) -> Result<Found<UserId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = membership::everybody(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.user_id, it.display_name));
        Ok(one_of(matching(all, text)))
    }
}

impl Replica {
    /// Everybody of that name in all families here, whatever their standing; those too who have
    /// left.
    pub fn people_called(&self, name: &str) -> Result<Vec<Membership>> {
        membership::called(&self.conn, name.trim())
    }
}

fn one_of<T>(mut found: Vec<(T, String)>) -> Found<T> {
    if found.len() > 1 {
        return Found::Several(found.into_iter().map(|(_, name)| name).collect());
    }
    found.pop().map_or(Found::None, |(id, _)| Found::One(id))
}
