//! Finding one thing by what a person types for it on the command line.

use super::nouns::{self, group, membership, queue};
use super::sql::Blob;
use super::tally::family_number;
use super::{Replica, Result, family_view};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::Membership;
use crate::model::number::TicketNumber;

/// What a name comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    One(T),
    /// Several things go by it; what each is called in full.
    Several(Vec<String>),
    None,
}

impl Replica {
    /// A ticket by its id, its number, or the last part of its number; in one family or in all.
    pub fn find_ticket(&self, family_id: Option<FamilyId>, text: &str) -> Result<Found<TicketId>> {
        let text = text.trim();
        let number: Option<TicketNumber> = text.parse().ok();
        let whole = number.map(|number| number.to_string());
        let id = text.parse::<TicketId>().ok().map(|id| Blob(id.0));
        let count = text.trim_start_matches('#').parse::<u32>().ok();
        let mut statement = self.conn.prepare_cached(
            "SELECT ticket_id, ifnull(number, title) FROM ticket JOIN family_log USING (fam)
             WHERE deleted = 0 AND (?1 IS NULL OR family_id = ?1)
               AND (ticket_id = ?2 OR (?2 IS NULL AND number_count = ?3
                    AND (?4 IS NULL OR number = ?4)))
             ORDER BY id DESC",
        )?;
        let count = count.or(text.rsplit('-').next().and_then(|part| part.parse().ok()));
        let usable = id.is_some() || whole.is_some() || !text.contains('-');
        let found = statement.query_map(
            rusqlite::params![
                family_id.map(|family| Blob(family.0)),
                id,
                count.filter(|_| usable),
                whole
            ],
            |row| Ok((TicketId(row.get::<_, Blob>(0)?.0), row.get(1)?)),
        )?;
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
        Ok(by_name(all.collect(), text))
    }

    /// A queue of a family by its name or id.
    pub fn find_queue(&self, family_id: FamilyId, text: &str) -> Result<Found<QueueId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = queue::live(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.queue_id, it.queue_name));
        Ok(by_name(all.collect(), text))
    }

    /// A group of a family by its name or id.
    pub fn find_group(&self, family_id: FamilyId, text: &str) -> Result<Found<GroupId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = group::live(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.group_id, it.group_name));
        Ok(by_name(all.collect(), text))
    }

    /// Someone of a family by their name or id.
    pub fn find_person(&self, family_id: FamilyId, text: &str) -> Result<Found<UserId>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(Found::None);
        };
        let all = membership::everybody(&self.conn, fam)?;
        let all = all.into_iter().map(|it| (it.user_id, it.display_name));
        Ok(by_name(all.collect(), text))
    }
}

impl Replica {
    /// Everybody of that name in all families here, whatever their standing; those too who have
    /// left.
    pub fn people_called(&self, name: &str) -> Result<Vec<Membership>> {
        membership::called(&self.conn, name.trim())
    }
}

/// The one with the name; else the one whose name begins so.
fn by_name<T: ToString>(all: Vec<(T, String)>, text: &str) -> Found<T> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Found::None;
    }
    let (exact, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(id, name)| name.to_lowercase() == wanted || id.to_string() == wanted);
    if !exact.is_empty() {
        return one_of(exact);
    }
    let begin = |(_, name): &(T, String)| name.to_lowercase().starts_with(&wanted);
    one_of(others.into_iter().filter(begin).collect())
}

fn one_of<T>(mut found: Vec<(T, String)>) -> Found<T> {
    if found.len() > 1 {
        return Found::Several(found.into_iter().map(|(_, name)| name).collect());
    }
    found.pop().map_or(Found::None, |(id, _)| Found::One(id))
}
