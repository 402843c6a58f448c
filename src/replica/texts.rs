//! Every text that something has had: who wrote it, when, and each as it was.

use rusqlite::{Connection, params};
use serde_json::Value;

use super::nouns::{self, membership};
use super::tally::family_number;
use super::view::TextVersion;
use super::{BlobSource, Result, fulltext};
use crate::model::audit::AuditRecord;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, UserId};
use crate::model::long_text::LongText;
use crate::model::record::Record;

/// The texts of a comment, a description, or the titles of a ticket, the oldest first. Of what
/// happened before the history here begins only its outcome is known.
pub(super) fn texts(
    conn: &Connection,
    (family_id, key): (FamilyId, EntityKey),
    blobs: Option<&BlobSource>,
) -> Result<Vec<TextVersion>> {
    let Some(fam) = family_number(conn, family_id)? else {
        return Ok(Vec::new());
    };
    let sql = "SELECT json FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3
               ORDER BY seq";
    let place = params![fam, key.entity_type().as_str(), key.entity_id()];
    let events: Vec<AuditRecord> = nouns::all(conn, sql, place)?;
    let mut told = Told {
        key,
        blobs,
        versions: Vec::new(),
    };
    for (index, event) in events.iter().enumerate() {
        if index == 0 {
            told.snapshot(event.before.as_ref(), None);
        }
        let by = event.on_behalf_of.unwrap_or(event.actor_user_id);
        told.snapshot(event.after.as_ref(), Some(by));
    }
    // What has not been sent yet, or what came without its history.
    if let Some(record) = nouns::get(conn, fam, key)? {
        told.record(&record, None);
    }
    for version in &mut told.versions {
        version.author = membership::name_of(conn, fam, version.user_id)?;
    }
    Ok(told.versions)
}

struct Told<'a> {
    key: EntityKey,
    blobs: Option<&'a BlobSource>,
    versions: Vec<TextVersion>,
}

impl Told<'_> {
    fn snapshot(&mut self, json: Option<&Value>, by: Option<UserId>) {
        let bytes = json.and_then(|json| serde_json::to_vec(json).ok());
        let kind = self.key.entity_type();
        if let Some(Ok(record)) = bytes.map(|bytes| Record::from_bytes(kind, &bytes)) {
            self.record(&record, by);
        }
    }

    /// Notes the text, if it is another than the one before.
    fn record(&mut self, record: &Record, by: Option<UserId>) {
        let common = record.common();
        let (text, author) = match record {
            Record::Comment(it) => (it.comment_body.clone(), it.comment_user),
            Record::Description(it) => (it.description.clone(), common.created_by),
            Record::Ticket(it) => (LongText::Inline(it.title.clone()), common.created_by),
            _ => return,
        };
        let text = fulltext::whole(&text, self.blobs);
        if self.versions.last().is_some_and(|last| last.text == text) {
            return;
        }
        let time = match record {
            Record::Comment(it) if self.versions.is_empty() => it.comment_date,
            _ if self.versions.is_empty() && common.version == 1 => common.creation_date,
            _ => common.last_update,
        };
        self.versions.push(TextVersion {
            version: common.version,
            user_id: by.unwrap_or(author),
            author: String::new(),
            time,
            text,
        });
    }
}
