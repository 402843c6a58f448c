//! The families of this person, and what stands beside the lists of one.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use super::nouns::{self, family, group, group_membership, membership, queue, webhook};
use super::pen::Pen;
use super::snapshot::save_standing;
use super::sql::{Blob, limit};
use super::view::{FamilyRow, FamilyView, Person, Place, QueueRow};
use super::{Replica, Result, Verdict, shadow, tally};
use crate::model::entity::EntityKey;
use crate::model::group::GroupMembership;
use crate::model::id::{FamilyId, UserId};
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::record::Record;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::user::User;
use crate::query::Names;
use crate::wire::session::RefusedTries;
use crate::wire::session::{FamilyStanding, Session};

/// How many tags are offered at the most.
const MOST_TAGS: usize = 2_000;

const OPEN: Option<Status> = Some(Status::Open);

impl Replica {
    /// Notes who this person is and which families are theirs. What is here of a family that they
    /// are not in any more is removed; those families are given back.
    pub fn note_session(&mut self, session: &Session) -> Result<Vec<FamilyId>> {
        let known = standings(&self.conn)?.into_iter().map(|it| it.family_id);
        let mut gone: BTreeSet<FamilyId> = known.chain(held(&self.conn)?).collect();
        gone.retain(|family_id| !is_in(session, *family_id));
        for family_id in &gone {
            self.forget_family(*family_id)?;
        }
        self.write(|conn, blobs| {
            conn.prepare_cached("REPLACE INTO meta VALUES ('me', ?1)")?
                .execute([session.user.user_id.to_string()])?;
            for standing in &session.families {
                let json = serde_json::to_string(standing)?;
                let fam = save_standing(conn, standing.family_id, &json)?;
                if session.user.is_active && standing.status == MembershipStatus::Member {
                    keep_login(Pen::new(conn, fam, blobs), &session.user)?;
                }
            }
            Ok(Verdict::Keep(()))
        })?;
        Ok(gone.into_iter().collect())
    }

    /// Whether noting a session would change nothing.
    pub fn knows_session(&self, session: &Session) -> Result<bool> {
        let user = &session.user;
        let by_id = |mut standings: Vec<FamilyStanding>| {
            standings.sort_by_key(|it| it.family_id);
            standings
        };
        let same = by_id(standings(&self.conn)?) == by_id(session.families.clone());
        if !same || me(&self.conn)? != Some(user.user_id) {
            return Ok(false);
        }
        // One may have been put out while the family was being fetched anew.
        if !held(&self.conn)?.into_iter().all(|it| is_in(session, it)) {
            return Ok(false);
        }
        for standing in &session.families {
            if !user.is_active || standing.status != MembershipStatus::Member {
                continue;
            }
            let here = match tally::family_number(&self.conn, standing.family_id)? {
                Some(fam) => nouns::version(&self.conn, fam, user.key())?,
                None => None,
            };
            if here.is_none_or(|version| version < user.common.version) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether this person was told of these tries to sign in as them.
    pub fn knows_of_tries(&self, tries: &RefusedTries) -> Result<bool> {
        let sql = "SELECT value FROM meta WHERE key = 'tries'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let noted: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
        let noted = noted.and_then(|json| serde_json::from_str::<RefusedTries>(&json).ok());
        Ok(noted.as_ref() == Some(tries))
    }

    /// Notes that they are told of them.
    pub fn note_tries(&mut self, tries: &RefusedTries) -> Result<()> {
        let json = serde_json::to_string(tries)?;
        self.write(|conn, _| {
            conn.prepare_cached("REPLACE INTO meta VALUES ('tries', ?1)")?
                .execute([&json])?;
            Ok(Verdict::Keep(()))
        })
    }

    /// The families that this person did something in and is not in any more.
    pub fn left_behind(&self, session: &Session) -> Result<Vec<FamilyId>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT fam, family_id FROM family_log")?;
        let found = statement.query_map([], |row| {
            Ok((row.get(0)?, FamilyId(row.get::<_, Blob>(1)?.0)))
        })?;
        let families = found.collect::<rusqlite::Result<Vec<(i64, _)>>>()?;
        // Everything that was ever done is looked through for those alone.
        let did = "SELECT 1 FROM settled WHERE fam = ?1";
        let mut did = self.conn.prepare_cached(did)?;
        let mut left = Vec::new();
        for (fam, family_id) in families {
            if !is_in(session, family_id) && did.exists([fam])? {
                left.push(family_id);
            }
        }
        Ok(left)
    }

    /// Who this person is, once a session has said so.
    pub fn me(&self) -> Result<Option<UserId>> {
        me(&self.conn)
    }
}

/// Takes in the record of one's own login, where the rules look for it. It comes with no family's
/// log, so what waits is put on top of it again here.
fn keep_login(mut pen: Pen<'_>, user: &User) -> Result<()> {
    shadow::put_back(&mut pen)?;
    let here = nouns::version(pen.conn, pen.fam, user.key())?;
    if here.is_none_or(|version| version < user.common.version) {
        pen.put(&user.clone().into())?;
    }
    shadow::rebase(&mut pen)?;
    pen.finish()
}

/// The record of one's own login, with what waits to be sent.
pub(super) fn login(conn: &Connection, family_id: FamilyId) -> Result<Option<User>> {
    let (Some(me), Some(fam)) = (me(conn)?, tally::family_number(conn, family_id)?) else {
        return Ok(None);
    };
    Ok(match nouns::get(conn, fam, EntityKey::User(me))? {
        Some(Record::User(user)) if user.is_active => Some(user),
        _ => None,
    })
}

pub(super) fn me(conn: &Connection) -> Result<Option<UserId>> {
    let sql = "SELECT value FROM meta WHERE key = 'me'";
    let mut statement = conn.prepare_cached(sql)?;
    let found: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(found.and_then(|text| text.parse().ok()))
}

fn standings(conn: &Connection) -> Result<Vec<FamilyStanding>> {
    let sql = "SELECT standing FROM family_log WHERE standing IS NOT NULL ORDER BY fam";
    super::nouns::all(conn, sql, [])
}

fn is_in(session: &Session, family_id: FamilyId) -> bool {
    let mut families = session.families.iter();
    families.any(|it| it.family_id == family_id && it.status == MembershipStatus::Member)
}

/// The families of which anything is here that waits for their logs: their copies, and commands
/// that were decided.
fn held(conn: &Connection) -> Result<Vec<FamilyId>> {
    if mutant!(StrayFamilyStays) {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(
        "SELECT family_id FROM family_log WHERE cursor IS NOT NULL
         OR fam IN (SELECT fam FROM outbox WHERE verdict IS NOT NULL)",
    )?;
    let found = statement.query_map([], |row| Ok(FamilyId(row.get::<_, Blob>(0)?.0)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The families of this person, by name.
pub(super) fn families(conn: &Connection) -> Result<Vec<FamilyRow>> {
    let me = me(conn)?;
    let mut rows = Vec::new();
    let mut statement =
        conn.prepare_cached("SELECT fam, family_id, standing FROM family_log ORDER BY fam")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let fam = row.get(0)?;
        let family_id = FamilyId(row.get::<_, Blob>(1)?.0);
        let standing: Option<FamilyStanding> = row
            .get::<_, Option<String>>(2)?
            .map(|json| serde_json::from_str(&json))
            .transpose()?;
        let here = family::of(conn, fam)?;
        let mine = match me {
            Some(user_id) => mine(conn, fam, user_id)?,
            None => None,
        };
        let invited = match &mine {
            Some(mine) => mine.invited_by.is_some(),
            None => standing.as_ref().is_some_and(|it| it.invited),
        };
        let status = mine.map(|it| it.status);
        let status = status.or(standing.as_ref().map(|it| it.status));
        let name = here.map(|it| it.family_name);
        let Some(family_name) = name.or(standing.map(|it| it.family_name)) else {
            continue;
        };
        let open = tally::by_severity(conn, Place::Family(family_id), OPEN)?;
        rows.push(FamilyRow {
            family_id,
            family_name,
            status: status.unwrap_or(MembershipStatus::Member),
            invited,
            open: open.iter().sum(),
            unread: tally::unread(conn, Place::Family(family_id))?,
        });
    }
    rows.sort_by_cached_key(|row| (row.family_name.to_lowercase(), row.family_id));
    Ok(rows)
}

fn mine(conn: &Connection, fam: i64, user_id: UserId) -> Result<Option<Membership>> {
    let key = EntityKey::Membership(user_id);
    Ok(match nouns::get(conn, fam, key)? {
        Some(Record::Membership(it)) if !it.common.deleted => Some(it),
        _ => None,
    })
}

/// What stands beside the lists of a family; nothing, if it is not here.
pub(super) fn family_view(conn: &Connection, family_id: FamilyId) -> Result<Option<FamilyView>> {
    let Some(fam) = tally::family_number(conn, family_id)? else {
        return Ok(None);
    };
    let Some(family) = family::of(conn, fam)? else {
        return Ok(None);
    };
    let places = group_membership::standing(conn, fam)?;
    let people: Vec<Person> = membership::everybody(conn, fam)?
        .into_iter()
        .map(|it| person(it, &places))
        .collect();
    let me = me(conn)?;
    let myself = people.iter().find(|person| Some(person.user_id) == me);
    let open = |place| -> Result<u64> { Ok(tally::by_severity(conn, place, OPEN)?.iter().sum()) };
    let mut queues = Vec::new();
    for queue in queue::live(conn, fam)? {
        let place = Place::Queue(family_id, queue.queue_id);
        let (open, unread) = (open(place)?, tally::unread(conn, place)?);
        queues.push(QueueRow {
            queue,
            open,
            unread,
        });
    }
    Ok(Some(FamilyView {
        family,
        me: myself.cloned().unwrap_or_else(|| stranger(me)),
        groups: group::live(conn, fam)?,
        queues,
        my_work: match me {
            Some(me) => open(Place::AssignedTo(family_id, me))?,
            None => 0,
        },
        unassigned: open(Place::Unassigned(family_id))?,
        open_by_severity: tally::by_severity(conn, Place::Family(family_id), OPEN)?,
        people,
        webhooks: webhook::live(conn, fam)?,
        tags: tags(conn)?,
        places,
    }))
}

/// What can be named in a query about every family. Who and what is in several is there once.
pub(super) fn names(conn: &Connection) -> Result<Names> {
    let mut all = Names::default();
    for (_, family_id) in tally::families(conn)? {
        let Some(view) = family_view(conn, family_id)? else {
            continue;
        };
        let names = view.names();
        all.groups.extend(names.groups);
        all.queues.extend(names.queues);
        all.tags = names.tags;
        for person in names.people {
            if all.person_name(person.0).is_none() {
                all.people.push(person);
            }
        }
    }
    Ok(all)
}

/// The tags in use, read along their index from one to the next.
fn tags(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE used (tag) AS (
             SELECT min(tag) FROM ticket_tag
             UNION ALL
             SELECT (SELECT min(tag) FROM ticket_tag WHERE tag > used.tag)
             FROM used WHERE used.tag IS NOT NULL)
         SELECT tag FROM used WHERE tag IS NOT NULL LIMIT ?1",
    )?;
    let found = statement.query_map([limit(MOST_TAGS)], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn person(it: Membership, places: &[GroupMembership]) -> Person {
    Person {
        user_id: it.user_id,
        display_name: it.display_name,
        status: it.status,
        role: it.role,
        is_admin: it.is_admin,
        invited_by: it.invited_by,
        request_date: it.request_date,
        groups: places
            .iter()
            .filter(|place| place.user_id == it.user_id && place.is_live())
            .map(|place| place.group_id)
            .collect(),
    }
}

/// Someone whose membership has not arrived.
fn stranger(me: Option<UserId>) -> Person {
    Person {
        user_id: me.unwrap_or(UserId::SYSTEM),
        display_name: String::new(),
        status: MembershipStatus::Awaiting,
        role: Role::Guest,
        is_admin: false,
        invited_by: None,
        request_date: Timestamp(0),
        groups: Vec::new(),
    }
}
