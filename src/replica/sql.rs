//! Small words between Rust's types and SQLite's.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::model::severity::Severity;
use crate::model::status::{Stage, Status};

/// An id as 16 bytes. An absent id is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blob(pub Uuid);

impl ToSql for Blob {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_bytes().as_slice()))
    }
}

impl FromSql for Blob {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| FromSqlError::InvalidBlobSize {
            expected_size: 16,
            blob_size: bytes.len(),
        })?;
        Ok(Blob(Uuid::from_bytes(bytes)))
    }
}

/// A place in a small list, as an integer column.
pub(super) fn status_number(status: Status) -> i64 {
    place_in(Status::ALL, &status)
}

pub(super) fn stage_number(stage: Stage) -> i64 {
    place_in(Stage::ALL, &stage)
}

pub(super) fn severity_number(severity: Severity) -> i64 {
    i64::from(severity.tenths())
}

pub(super) fn status_at(number: i64) -> Status {
    at(Status::ALL, number)
}

pub(super) fn stage_at(number: i64) -> Stage {
    at(Stage::ALL, number)
}

pub(super) fn severity_at(number: i64) -> Severity {
    u8::try_from(number)
        .ok()
        .and_then(Severity::from_tenths)
        .unwrap_or(Severity::DEFAULT)
}

fn place_in<T: PartialEq>(all: &[T], it: &T) -> i64 {
    let place = all.iter().position(|other| other == it).unwrap_or(0);
    i64::try_from(place).unwrap_or(0)
}

fn at<T: Copy>(all: &[T], number: i64) -> T {
    let place = usize::try_from(number).unwrap_or(0);
    all[place.min(all.len() - 1)]
}

/// A count out of an integer column.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A limit as an integer parameter.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
