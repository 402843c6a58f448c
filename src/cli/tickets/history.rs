//! `famdesk history`: every text that a comment, or a ticket's title and description, has had.

use serde::Serialize;

use super::{label, talk};
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Result};
use crate::cli::print::Tint;
use crate::cli::print::thread::moment;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, UserId};
use crate::model::source::Timestamp;
use crate::replica::view::{Answer, Question, TextVersion};

/// A text as it was, for scripts.
#[derive(Serialize)]
struct VersionJson<'a> {
    field: &'static str,
    version: i64,
    user_id: UserId,
    author: &'a str,
    time: Timestamp,
    text: &'a str,
}

pub async fn history(errand: &mut Errand, number: &str, comment: Option<usize>) -> Result<Exit> {
    let thread = errand.ticket(number).await?;
    let (family_id, ticket_id) = (thread.ticket.family_id, thread.ticket.ticket_id);
    let of: Vec<(&'static str, EntityKey)> = match comment {
        Some(place) => {
            let comment_id = talk::nth(errand, &thread, place).await?.comment_id;
            vec![("comment", EntityKey::Comment(ticket_id, comment_id))]
        }
        None => vec![
            ("title", EntityKey::Ticket(ticket_id)),
            ("description", EntityKey::Description(ticket_id)),
        ],
    };
    let mut found = Vec::new();
    for (field, key) in of {
        let versions = texts(errand, family_id, key).await?;
        found.extend(versions.into_iter().map(|version| (field, version)));
    }
    if errand.out.is_json() {
        let all: Vec<VersionJson<'_>> = found.iter().map(json).collect();
        errand.out.json(&all)?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        let line = format!("{}  no history here", label(&thread.ticket));
        errand.out.line(line)?;
    }
    for (field, version) in &found {
        let head = format!(
            "{field} {}  {}  {}",
            version.version,
            moment(version.time),
            version.author
        );
        errand.out.tinted(Tint::Bold, head)?;
        errand.out.body(&version.text, 2)?;
    }
    Ok(Exit::Done)
}

async fn texts(errand: &Errand, family_id: FamilyId, key: EntityKey) -> Result<Vec<TextVersion>> {
    let question = Question::Texts { family_id, key };
    match errand.station.ask(question).await? {
        Answer::Texts(versions) => Ok(versions),
        other => Err(odd(&other)),
    }
}

fn json<'a>((field, version): &'a (&'static str, TextVersion)) -> VersionJson<'a> {
    VersionJson {
        field,
        version: version.version,
        user_id: version.user_id,
        author: &version.author,
        time: version.time,
        text: &version.text,
    }
}
