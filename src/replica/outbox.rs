//! Own commands on their way out, and those that came back refused.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::pen::Pen;
use super::pull::newest;
use super::sql::{Blob, count, limit};
use super::tally::family_number;
use super::view::OutboxSummary;
use super::{
    Replica, ReplicaError, Result, Verdict as Change, nouns, number_family, pull, shadow, tray,
};
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, DeviceId, FamilyId};
use crate::model::refusal::Refusal;
use crate::model::source::{DAY, Timestamp};
use crate::wire::sync::{Outcome, PushReply, Pushed, Verdict};

/// How long a settled command is kept, and how many at least: they are sent again should the
/// backend have gone back in time.
const SETTLED_DAYS: i64 = 30;
const SETTLED_LEAST: i64 = 5_000;

/// A command that waits to be sent, or to be seen in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub(super) position: i64,
    /// Its place in this device's order.
    pub cseq: i64,
    pub command: Command,
    pub actor: Actor,
    pub submitted_at: Timestamp,
    /// What a push was told, where the log has not come that far yet.
    pub outcome: Option<Outcome>,
    /// Why the rules refuse it here, as things are now; the backend decides.
    pub doubt: Option<Refusal>,
}

const COLUMNS: &str = "position, cseq, command, actor, submitted_at, verdict, doubt";

/// All of a family's waiting commands, in their order.
pub(super) fn all(conn: &Connection, fam: i64) -> Result<Vec<Pending>> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE fam = ?1 ORDER BY cseq");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([fam])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// A family's waiting commands whose effect is shown at once, in their order. Of the others, which
/// may be whole imports, only the type is read.
pub(super) fn optimistic(conn: &Connection, fam: i64) -> Result<Vec<Pending>> {
    #[derive(serde::Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        command_type: Cow<'a, str>,
    }
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE fam = ?1 ORDER BY cseq");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([fam])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let command = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let kind: Kind<'_> = serde_json::from_str(command)?;
        if CommandBody::is_of_optimistic_type(&kind.command_type) {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// A waiting command without what it asks for, which may be a whole import.
pub(super) struct Waiting {
    position: i64,
    pub(super) command_id: CommandId,
    pub(super) outcome: Option<Outcome>,
}

/// The same of all of them, as far as their fate is known.
pub(super) fn fates(conn: &Connection, fam: i64) -> Result<Vec<Waiting>> {
    let sql = "SELECT position, command_id, verdict FROM outbox WHERE fam = ?1 ORDER BY cseq";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([fam])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let outcome: Option<String> = row.get(2)?;
        found.push(Waiting {
            position: row.get(0)?,
            command_id: CommandId(row.get::<_, Blob>(1)?.0),
            outcome: outcome
                .map(|text| serde_json::from_str(&text))
                .transpose()?,
        });
    }
    Ok(found)
}

/// The whole of a waiting command.
pub(super) fn whole(conn: &Connection, waiting: &Waiting) -> Result<Pending> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE position = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([waiting.position])?;
    match rows.next()? {
        Some(row) => read(row),
        None => Err(rusqlite::Error::QueryReturnedNoRows.into()),
    }
}

fn read(row: &Row<'_>) -> Result<Pending> {
    let json = |column| -> Result<Option<String>> { Ok(row.get(column)?) };
    Ok(Pending {
        position: row.get(0)?,
        cseq: row.get(1)?,
        command: serde_json::from_str(&row.get::<_, String>(2)?)?,
        actor: serde_json::from_str(&row.get::<_, String>(3)?)?,
        submitted_at: Timestamp(row.get(4)?),
        outcome: json(5)?
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
        doubt: json(6)?
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
    })
}

/// Appends a command under the next number; says which.
pub(super) fn append(
    conn: &Connection,
    fam: i64,
    given: (&Command, &Actor, Timestamp),
) -> Result<i64> {
    let (command, actor, now) = given;
    let cseq: i64 = conn
        .prepare_cached(
            "UPDATE family_log SET last_cseq = last_cseq + 1 WHERE fam = ?1 RETURNING last_cseq",
        )?
        .query_row([fam], |row| row.get(0))?;
    conn.prepare_cached(
        "INSERT INTO outbox (fam, cseq, command_id, actor, command, submitted_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        fam,
        cseq,
        Blob(command.command_id.0),
        serde_json::to_string(actor)?,
        serde_json::to_string(command)?,
        now.0
    ])?;
    Ok(cseq)
}

/// Whether a command has been given here before.
pub(super) fn is_known(conn: &Connection, command_id: CommandId) -> Result<bool> {
    let sql = "SELECT 1 FROM outbox WHERE command_id = ?1
               UNION ALL SELECT 1 FROM settled WHERE command_id = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.exists([Blob(command_id.0)])?)
}

/// Whether one of the commands has not been seen in the log yet.
pub(super) fn is_waiting(conn: &Connection, ids: &[CommandId]) -> Result<bool> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM outbox WHERE command_id = ?1")?;
    for id in ids {
        if statement.exists([Blob(id.0)])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes what was decided about a waiting command.
pub(super) fn note(conn: &Connection, verdicts: &[Verdict]) -> Result<()> {
    let sql = "UPDATE outbox SET verdict = ?2 WHERE command_id = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    for verdict in verdicts {
        let outcome = serde_json::to_string(&verdict.outcome)?;
        statement.execute(params![Blob(verdict.command_id.0), outcome])?;
        if mutant!(HighWaterAck) {
            let all = "UPDATE outbox SET verdict = ?2 WHERE cseq <= ?1";
            conn.execute(all, params![verdict.cseq, outcome])?;
        }
    }
    Ok(())
}

/// A command is done: the log has shown what came of it.
pub(super) fn settle(conn: &Connection, done: &Waiting) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO settled (fam, command_id, actor, command, submitted_at)
         SELECT fam, command_id, actor, command, submitted_at FROM outbox WHERE position = ?1",
    )?
    .execute([done.position])?;
    forget(conn, done.position)?;
    drop_oldest(conn)
}

/// Lets go of what was settled too long ago. Of the oldest two, for each that comes: so what is
/// kept gets no more, and the rest, whole imports among it, need not be read.
fn drop_oldest(conn: &Connection) -> Result<()> {
    let sql = "DELETE FROM settled WHERE position IN
                   (SELECT position FROM settled
                    WHERE position <= (SELECT max(position) FROM settled) - ?1
                    ORDER BY position LIMIT 2)
               AND submitted_at <
                   (SELECT submitted_at FROM settled ORDER BY position DESC LIMIT 1) - ?2";
    let mut statement = conn.prepare_cached(sql)?;
    statement.execute([SETTLED_LEAST, SETTLED_DAYS * DAY])?;
    Ok(())
}

/// Of what others wrote nothing is kept in one's own commands about tickets that are out of sight.
/// Call it where something was hidden.
pub(super) fn conceal(conn: &Connection, fam: i64) -> Result<()> {
    for table in ["outbox", "settled", "tray"] {
        let sql = format!(
            "SELECT position, command FROM {table}
             WHERE fam = ?1 AND instr(command, '\"base\":') > 0"
        );
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query([fam])?;
        let mut concealed = Vec::new();
        while let Some(row) = rows.next()? {
            let json: String = row.get(1)?;
            // What a newer program wrote stays as it is.
            let Ok(mut command) = serde_json::from_str::<Command>(&json) else {
                continue;
            };
            let is_here = match command.body.ticket() {
                Some(id) => nouns::version(conn, fam, EntityKey::Ticket(id))?.is_some(),
                None => true,
            };
            if !is_here && command.body.forget_base() {
                concealed.push((row.get::<_, i64>(0)?, serde_json::to_string(&command)?));
            }
        }
        drop(rows);
        let sql = format!("UPDATE {table} SET command = ?2 WHERE position = ?1");
        for (position, json) in concealed {
            conn.execute(&sql, params![position, json])?;
        }
    }
    Ok(())
}

pub(super) fn forget(conn: &Connection, position: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM outbox WHERE position = ?1")?
        .execute([position])?;
    Ok(())
}

impl Replica {
    /// This installation's name among those that send commands.
    pub fn device_id(&self) -> Result<DeviceId> {
        let sql = "SELECT value FROM meta WHERE key = 'device'";
        let text: String = self
            .conn
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?;
        // What was written as an id reads as one.
        text.parse()
            .map_err(|_| ReplicaError::Sqlite(rusqlite::Error::InvalidQuery))
    }

    /// The number of the newest command of this device in the family; 0 for none.
    pub fn last_cseq(&self, family_id: FamilyId) -> Result<i64> {
        let sql = "SELECT last_cseq FROM family_log WHERE family_id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row([Blob(family_id.0)], |row| row.get(0));
        Ok(found.optional()?.unwrap_or(0))
    }

    /// The next commands to send: the oldest that nothing has been decided about.
    pub fn next_batch(&self, family_id: FamilyId, max: usize) -> Result<Vec<Pushed>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT cseq, command FROM outbox JOIN family_log USING (fam)
             WHERE family_id = ?1 AND verdict IS NULL ORDER BY cseq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![Blob(family_id.0), limit(max)])?;
        let mut batch = Vec::new();
        while let Some(row) = rows.next()? {
            batch.push(Pushed {
                cseq: row.get(0)?,
                command: serde_json::from_str(&row.get::<_, String>(1)?)?,
            });
        }
        Ok(batch)
    }

    /// All of a family's commands that the log has not shown yet, in their order.
    pub fn pending(&self, family_id: FamilyId) -> Result<Vec<Pending>> {
        match family_number(&self.conn, family_id)? {
            Some(fam) => all(&self.conn, fam),
            None => Ok(Vec::new()),
        }
    }

    /// Whether the log has not shown all of a family's commands yet.
    pub fn has_pending(&self, family_id: FamilyId) -> Result<bool> {
        let sql = "SELECT 1 FROM outbox JOIN family_log USING (fam) WHERE family_id = ?1";
        Ok(self.conn.prepare_cached(sql)?.exists([Blob(family_id.0)])?)
    }

    /// Whether the log has shown everything that was given here.
    pub fn owes_nothing(&self) -> Result<bool> {
        let sql = "SELECT 1 FROM outbox";
        Ok(!self.conn.prepare_cached(sql)?.exists([])?)
    }

    /// What was settled last of this person's commands in a family, the newest first.
    pub fn settled_last(&self, family_id: FamilyId, most: usize) -> Result<Vec<CommandId>> {
        let sql = "SELECT command_id FROM settled JOIN family_log USING (fam)
                   WHERE family_id = ?1 ORDER BY position DESC LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(params![Blob(family_id.0), limit(most)], |row| {
            Ok(CommandId(row.get::<_, Blob>(0)?.0))
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether nothing has been decided yet about a command.
    pub fn is_undecided(&self, command_id: CommandId) -> Result<bool> {
        let sql = "SELECT 1 FROM outbox WHERE command_id = ?1 AND verdict IS NULL";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .exists([Blob(command_id.0)])?)
    }

    /// The families that have commands to send.
    pub fn families_to_push(&self) -> Result<Vec<FamilyId>> {
        let sql = "SELECT DISTINCT family_id FROM outbox JOIN family_log USING (fam)
                   WHERE verdict IS NULL ORDER BY fam";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map([], |row| Ok(FamilyId(row.get::<_, Blob>(0)?.0)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Remembers what a push was told. The commands stay until the log has come that far, so that
    /// nothing vanishes from the screen in between; should it go back to before them, the head that
    /// was told with them is the witness.
    pub fn note_verdicts(&mut self, family_id: FamilyId, reply: &PushReply) -> Result<()> {
        self.take_in(|conn, _| {
            note(conn, &reply.results)?;
            let fam = number_family(conn, family_id)?;
            if mutant!(AckOnPush) {
                let mut pen = Pen::new(conn, fam, None);
                shadow::put_back(&mut pen)?;
                pull::settle_decided(conn, fam)?;
                shadow::rebase(&mut pen)?;
                pen.finish()?;
            }
            let head = newest(conn, fam, &reply.head)?;
            conn.prepare_cached("UPDATE family_log SET witness = ?2 WHERE fam = ?1")?
                .execute(params![fam, head.to_string()])?;
            Ok(Change::Keep(()))
        })
    }

    /// How much waits to be sent and how much was refused.
    pub fn outbox_summary(&self) -> Result<OutboxSummary> {
        let sql = "SELECT count(*) FROM outbox WHERE verdict IS NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut summary = OutboxSummary {
            waiting: count(statement.query_row([], |row| row.get(0))?),
            newer: self.passed_over_in_all()?,
            ..OutboxSummary::default()
        };
        tray::sum_up(&self.conn, &mut summary)?;
        Ok(summary)
    }

    /// Begins anew as another device: what was settled lately and what waits is sent again, in
    /// order. The backend knows the commands it has by their ids. For a backend that went back in
    /// time and for a store that was copied (PROTOCOL.md section 1.9). Says how many commands wait
    /// now.
    pub fn heal(&mut self, device_id: DeviceId) -> Result<u64> {
        self.write(|conn, _| {
            let sql = "REPLACE INTO meta VALUES ('device', ?1)";
            conn.execute(sql, [device_id.to_string()])?;
            if mutant!(NoResend) {
                conn.execute_batch("DELETE FROM settled")?;
            }
            conn.execute_batch(
                "CREATE TEMP TABLE again AS
                     SELECT 0 AS sent, position, fam, command_id, actor, command, submitted_at
                     FROM settled
                     UNION ALL
                     SELECT 1, cseq, fam, command_id, actor, command, submitted_at FROM outbox;
                 DELETE FROM settled;
                 DELETE FROM outbox;
                 INSERT INTO outbox (fam, cseq, command_id, actor, command, submitted_at)
                     SELECT fam, row_number() OVER (PARTITION BY fam ORDER BY sent, position),
                         command_id, actor, command, submitted_at
                     FROM again ORDER BY sent, position;
                 UPDATE family_log SET last_cseq = ifnull(
                     (SELECT max(cseq) FROM outbox WHERE outbox.fam = family_log.fam), 0);
                 DROP TABLE again;",
            )?;
            let waiting = conn.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))?;
            Ok(Change::Keep(count(waiting)))
        })
    }

    /// How often the backend has failed at a command since another was in its place.
    pub fn failed_tries(&self, command_id: CommandId) -> Result<u32> {
        let sql = "SELECT value FROM meta WHERE key = 'stuck'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
        let found = found.and_then(|it| serde_json::from_str::<(CommandId, u32)>(&it).ok());
        Ok(found.map_or(0, |(it, tries)| if it == command_id { tries } else { 0 }))
    }

    /// Notes that the backend failed at a command once more; how often that makes it.
    pub fn note_failed_try(&mut self, command_id: CommandId) -> Result<u32> {
        let tries = self.failed_tries(command_id)? + 1;
        let noted = serde_json::to_string(&(command_id, tries))?;
        self.conn
            .prepare_cached("REPLACE INTO meta VALUES ('stuck', ?1)")?
            .execute([noted])?;
        Ok(tries)
    }

    /// Sets a command aside that the backend fails at: it goes to what waits for the person, and
    /// nothing takes its place in the order, so that the others can pass. Whether it still waited.
    pub fn park(&mut self, command_id: CommandId, void: CommandId, why: &str) -> Result<bool> {
        self.write(|conn, blobs| {
            let sql = "SELECT fam, position FROM outbox
                       WHERE command_id = ?1 AND verdict IS NULL";
            let found = conn
                .query_row(sql, [Blob(command_id.0)], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                })
                .optional()?;
            let Some((fam, position)) = found else {
                return Ok(Change::Keep(false));
            };
            let waiting = Waiting {
                position,
                command_id,
                outcome: None,
            };
            let parked = whole(conn, &waiting)?;
            tray::park(conn, fam, &parked, why)?;
            let nothing = Command {
                command_id: void,
                issued_at: parked.command.issued_at,
                seen: None,
                body: CommandBody::Void {},
            };
            conn.execute(
                "UPDATE outbox SET command_id = ?2, command = ?3, doubt = NULL WHERE position = ?1",
                params![position, Blob(void.0), serde_json::to_string(&nothing)?],
            )?;
            let mut pen = Pen::new(conn, fam, blobs);
            shadow::put_back(&mut pen)?;
            shadow::rebase(&mut pen)?;
            pen.finish()?;
            Ok(Change::Keep(true))
        })
    }

    /// Puts a command back that was saved from a damaged store.
    pub(super) fn requeue(
        conn: &Connection,
        family_id: FamilyId,
        given: (&Command, &Actor, Timestamp),
    ) -> Result<()> {
        let fam = number_family(conn, family_id)?;
        append(conn, fam, given).map(drop)
    }
}
