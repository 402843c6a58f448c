//! The one thread that writes: it takes what waits, and commits it together. In a simulation each
//! job is done where it is given.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::oneshot;

use super::damage::Damage;
use super::read::{self, columns};
use super::{Read, fault, schema};
use crate::config::drive::NetworkDrive;
use crate::table::error::{Cancelled, TableError};
use crate::table::item::{Condition, Item, Key, Write};

/// The most transactions in one commit, so that the first does not wait for ever.
const GROUP: usize = 256;

/// A transaction that waits, and where its answer goes.
pub(super) struct Transaction {
    pub(super) writes: Vec<Write>,
    pub(super) answer: oneshot::Sender<Result<(), TableError>>,
}

/// What the writing thread is asked to do.
pub(super) enum Job {
    Write(Transaction),
    /// Where no other connection can read, because the table is in memory.
    Read(Read),
}

/// The writing connection and where it leads.
pub(super) struct Writer {
    path: PathBuf,
    pub(super) connection: Connection,
    drive: Option<NetworkDrive>,
    damage: Damage,
    /// No other connection leads there, or none is to be opened.
    alone: bool,
}

impl Writer {
    pub(super) fn open(path: &Path, drive: Option<NetworkDrive>) -> Result<Writer, TableError> {
        Ok(Writer {
            path: path.to_owned(),
            connection: schema::open_writer(path, drive, schema::STEPS)?,
            drive,
            damage: Damage::default(),
            alone: false,
        })
    }

    /// Its connection serves the reads alone; a write would be refused as on a read-only disk.
    pub(super) fn that_reads(path: &Path) -> Result<Writer, TableError> {
        Ok(Writer {
            path: path.to_owned(),
            connection: schema::open_existing(path)?,
            drive: None,
            damage: Damage::default(),
            alone: true,
        })
    }

    pub(super) fn in_memory() -> Result<Writer, TableError> {
        let path = PathBuf::from("memory");
        Ok(Writer {
            connection: schema::open_in_memory().map_err(|e| fault::of(&path, &e))?,
            damage: Damage::default(),
            drive: None,
            path,
            alone: true,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it finds the file damaged by, together with whoever reads it.
    pub(super) fn damage(&self) -> Damage {
        self.damage.clone()
    }

    /// Works until nobody can ask any more and everything that waited is done.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut held = None;
        while let Some(job) = held.take().or_else(|| jobs.recv().ok()) {
            match job {
                Job::Read(read) => read(Ok(&self.connection))(),
                Job::Write(first) => {
                    let mut group = vec![first];
                    while group.len() < GROUP && held.is_none() {
                        match jobs.try_recv() {
                            Ok(Job::Write(next)) => group.push(next),
                            Ok(read @ Job::Read(_)) => held = Some(read),
                            Err(_) => break,
                        }
                    }
                    self.commit(group);
                }
            }
        }
    }

    /// Does one job alone.
    pub(super) fn work(&mut self, job: Job) {
        match job {
            Job::Read(read) => read(Ok(&self.connection))(),
            Job::Write(transaction) => self.commit(vec![transaction]),
        }
    }

    /// Commits the transactions, in order, in one; answers each after that.
    pub(super) fn commit(&mut self, group: Vec<Transaction>) {
        let attempt = match self.damage.found() {
            Some(damage) => Err(damage),
            None => self.attempt(&group),
        };
        let attempt = attempt.map_err(|error| self.damage.noted(&self.path, error));
        if !self.connection.is_autocommit() {
            // Should even this fail, the next BEGIN says so.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        if matches!(attempt, Err(TableError::OutcomeUnknown { .. })) {
            self.reopen();
        }
        match attempt {
            Ok(outcomes) => {
                for (transaction, outcome) in group.into_iter().zip(outcomes) {
                    // Whoever asked may have stopped waiting.
                    let _ = transaction.answer.send(outcome);
                }
            }
            Err(error) => {
                for transaction in group {
                    let _ = transaction.answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// Each transaction's outcome once all are committed, or the one error that befell them all.
    fn attempt(&self, group: &[Transaction]) -> Result<Vec<Result<(), TableError>>, TableError> {
        let fault = |error: rusqlite::Error| fault::of(&self.path, &error);
        self.step("BEGIN IMMEDIATE").map_err(fault)?;
        let mut outcomes = Vec::with_capacity(group.len());
        for transaction in group {
            let outcome = self.apply(&transaction.writes);
            if let Err(error) = &outcome
                && (self.connection.is_autocommit() || is_damage(error))
            {
                // Some errors make SQLite give up the whole transaction, and with it the others;
                // and into a damaged file nothing is to be written.
                return Err(error.clone());
            }
            outcomes.push(outcome);
        }
        match self.step("COMMIT") {
            Ok(()) => Ok(outcomes),
            Err(error) => Err(fault::of_commit(&self.path, &error)),
        }
    }

    /// One transaction inside the common one.
    fn apply(&self, writes: &[Write]) -> Result<(), TableError> {
        let fault = |error: rusqlite::Error| fault::of(&self.path, &error);
        let reasons = self.failed_conditions(writes).map_err(fault)?;
        if reasons.iter().any(Option::is_some) {
            return Err(TableError::Cancelled(reasons));
        }
        self.step("SAVEPOINT one").map_err(fault)?;
        let written = writes.iter().try_for_each(|write| self.write(write));
        if written.is_err() && !self.connection.is_autocommit() {
            self.step("ROLLBACK TO one").map_err(fault)?;
        }
        if !self.connection.is_autocommit() {
            self.step("RELEASE one").map_err(fault)?;
        }
        written.map_err(fault)
    }

    fn failed_conditions(&self, writes: &[Write]) -> rusqlite::Result<Vec<Option<Cancelled>>> {
        writes
            .iter()
            .map(|write| {
                let (key, condition) = (write.key(), write.condition());
                if condition == Condition::Any || condition.holds(self.version_at(key)?) {
                    return Ok(None);
                }
                let found = read::get(&self.connection, key)?;
                Ok(Some(Cancelled { found }))
            })
            .collect()
    }

    fn version_at(&self, key: &Key) -> rusqlite::Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT version FROM items WHERE pk = ?1 AND sk = ?2")?
            .query_row(params![key.pk, key.sk], |row| row.get(0))
            .optional()
    }

    fn write(&self, write: &Write) -> rusqlite::Result<()> {
        match write {
            Write::Put {
                item,
                condition: Condition::Absent,
            } => self.put(INSERT, item),
            Write::Put { item, .. } => self.put(UPSERT, item),
            Write::Delete { key, .. } => self
                .connection
                .prepare_cached("DELETE FROM items WHERE pk = ?1 AND sk = ?2")?
                .execute(params![key.pk, key.sk])
                .map(drop),
            Write::Check { .. } => Ok(()),
        }
    }

    fn put(&self, sql: &str, item: &Item) -> rusqlite::Result<()> {
        let pk = |place: &Option<Key>| place.as_ref().map(|key| key.pk.clone());
        let sk = |place: &Option<Key>| place.as_ref().map(|key| key.sk.clone());
        self.connection
            .prepare_cached(sql)?
            .execute(params![
                item.key.pk,
                item.key.sk,
                pk(&item.gsi1),
                sk(&item.gsi1),
                pk(&item.gsi2),
                sk(&item.gsi2),
                pk(&item.gsi3),
                sk(&item.gsi3),
                item.version,
                item.ttl,
                item.body,
            ])
            .map(drop)
    }

    fn step(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// A connection whose commit failed is not to be trusted. Where no other is to be had it is
    /// kept, and the next transaction tells.
    fn reopen(&mut self) {
        if self.alone {
            return;
        }
        if let Ok(fresh) = schema::open_writer(&self.path, self.drive, schema::STEPS) {
            self.connection = fresh;
        }
    }
}

fn is_damage(error: &TableError) -> bool {
    matches!(
        error,
        TableError::Corrupt { .. } | TableError::NotOurs { .. }
    )
}

const INSERT: &str = concat!(
    "INSERT INTO items (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
);

const UPSERT: &str = concat!(
    "INSERT INTO items (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
     ON CONFLICT (pk, sk) DO UPDATE SET
       gsi1_pk = excluded.gsi1_pk, gsi1_sk = excluded.gsi1_sk,
       gsi2_pk = excluded.gsi2_pk, gsi2_sk = excluded.gsi2_sk,
       gsi3_pk = excluded.gsi3_pk, gsi3_sk = excluded.gsi3_sk,
       version = excluded.version, ttl = excluded.ttl, body = excluded.body"
);
