//! `famdesk deleted` and `famdesk restore`: what was deleted, and how it comes back.

use serde::Serialize;

use super::errand::{Errand, odd};
use super::failure::{Exit, Failure, Result};
use super::print::complain;
use super::print::rows;
use super::write::{Part, act_each};
use crate::model::command::CommandBody;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::FamilyId;
use crate::model::source::Timestamp;
use crate::replica::view::{Answer, DeletedRow, Question};

/// Something that was deleted, for scripts.
#[derive(Serialize)]
struct DeletedJson<'a> {
    #[serde(flatten)]
    key: EntityKey,
    label: &'a str,
    detail: &'a str,
    deleted_date: Timestamp,
    deleted_by: &'a str,
}

/// Lists what was deleted, the latest first.
pub async fn deleted(errand: &mut Errand, limit: usize) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    for_admins(errand, family_id).await?;
    let found = all(errand, family_id, limit).await?;
    if errand.out.is_json() {
        let found = found.iter().map(|row| DeletedJson {
            key: row.key,
            label: &row.label,
            detail: &row.detail,
            deleted_date: row.deleted,
            deleted_by: &row.by,
        });
        let found: Vec<DeletedJson<'_>> = found.collect();
        errand.out.json(&found)?;
    } else if found.is_empty() {
        errand.out.line("nothing is deleted")?;
    } else {
        errand.out.grid(&rows::deleted(&found))?;
    }
    Ok(Exit::Done)
}

/// Restores what was named: tickets by number, queues and groups by name, anything by its id.
pub async fn restore(errand: &mut Errand, what: Vec<String>) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    for_admins(errand, family_id).await?;
    let found = all(errand, family_id, usize::MAX).await?;
    let mut rows = Vec::with_capacity(what.len());
    for text in &what {
        rows.push(the_one(&found, text)?);
    }
    carry_out(errand, family_id, rows).await
}

/// Says that something was deleted and how it comes back.
pub fn say_deleted(
    errand: &mut Errand,
    key: EntityKey,
    (label, back): (&str, &str),
) -> Result<Exit> {
    if errand.out.is_json() {
        let mut json = serde_json::to_value(key)?;
        json["deleted"] = true.into();
        errand.out.json(&json)?;
    } else {
        let line = format!("{label}  deleted; `famdesk {back}` brings it back");
        errand.out.line(line)?;
    }
    Ok(Exit::Done)
}

async fn for_admins(errand: &Errand, family_id: FamilyId) -> Result<()> {
    if errand.view(family_id).await?.me.is_admin {
        return Ok(());
    }
    Err(Failure::refused(
        "only the family's admins see and restore what was deleted; ask one of them",
    ))
}

async fn all(errand: &Errand, family_id: FamilyId, limit: usize) -> Result<Vec<DeletedRow>> {
    let question = Question::Deleted {
        family_id,
        after: None,
        limit,
    };
    match errand.station.ask(question).await? {
        Answer::Deleted(rows) => Ok(rows),
        other => Err(odd(&other)),
    }
}

fn the_one(found: &[DeletedRow], text: &str) -> Result<DeletedRow> {
    let meant: Vec<&DeletedRow> = found.iter().filter(|row| is_meant(row, text)).collect();
    match meant.as_slice() {
        [] => Err(nothing(text)),
        [row] => Ok((*row).clone()),
        several => {
            let ids: Vec<String> = several.iter().map(|row| row.key.entity_id()).collect();
            Err(Failure::refused(format!(
                "several things that are called `{text}` were deleted; take one of the ids {}",
                ids.join(", ")
            )))
        }
    }
}

/// By what it is called, but for a comment, which has no name; or by the id or its last part.
fn is_meant(row: &DeletedRow, text: &str) -> bool {
    let text = text.trim();
    let id = row.key.entity_id();
    let named = row.key.entity_type() != EntityType::Comment;
    (named && row.label.to_lowercase() == text.to_lowercase())
        || id == text
        || id.rsplit('/').next() == Some(text)
}

fn nothing(text: &str) -> Failure {
    Failure::refused(format!(
        "nothing that is called `{text}` is deleted; `famdesk deleted` lists what is"
    ))
}

async fn carry_out(
    errand: &mut Errand,
    family_id: FamilyId,
    rows: Vec<DeletedRow>,
) -> Result<Exit> {
    let parts = rows.iter().map(|row| Part {
        label: row.label.clone(),
        family_id,
        bodies: vec![CommandBody::EntityRestore(row.key)],
    });
    let names: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let words = format!("restored {}", names.join(", "));
    let results = act_each(&errand.station, &words, parts.collect()).await?;
    let mut exit = Exit::Done;
    let mut restored = Vec::new();
    for (row, result) in rows.into_iter().zip(results) {
        match result {
            Ok(()) => restored.push(row),
            Err(failure) => {
                complain(&failure.message);
                exit = failure.exit;
            }
        }
    }
    if errand.out.is_json() {
        let labels: Vec<&str> = restored.iter().map(|row| row.label.as_str()).collect();
        errand
            .out
            .json(&serde_json::json!({ "restored": labels }))?;
    } else {
        for row in restored {
            errand.out.line(format!("{}  restored", row.label))?;
        }
    }
    Ok(exit)
}
