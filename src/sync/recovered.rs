//! What others did, and the server has lost by going back in time, as far as this replica still knows
//! it: it is written down for whoever runs the family. The machines of those who did it send it
//! again themselves; not all of them may ever come back.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::pass::{Pass, SyncError};
use crate::config::write_private;
use crate::model::audit::AuditRecord;
use crate::model::id::{CommandId, FamilyId, UserId};
use crate::model::source::Timestamp;
use crate::replica::view::{Answer, HistoryFrom, HistoryOf, Question};
use crate::replica::{Replica, ReplicaError};
use crate::wire::session::Limits;

/// At most so many records are written down.
const MOST: usize = 5_000;

/// Where what the server has lost was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// How many changes that were.
    pub count: u64,
    pub file: PathBuf,
}

/// The file's content.
#[derive(Serialize)]
struct Document<'a> {
    family_id: FamilyId,
    family_name: Option<String>,
    recovered_at: Timestamp,
    /// The newest first, each with what it was about before and after.
    records: &'a [AuditRecord],
}

impl Pass<'_> {
    /// Writes down what of the family's history that is known here the backend has lost, but for
    /// what is sent again from here. To be done before another history takes its place.
    pub(super) async fn recover_of_others(
        &self,
        family_id: FamilyId,
    ) -> Result<Option<Recovered>, SyncError> {
        let (mut lost, mut from) = (Vec::new(), HistoryFrom::Newest);
        while lost.len() < MOST {
            let records = self.read(move |it| part(it, family_id, from)).await?;
            let Some(last) = records.last() else { break };
            from = HistoryFrom::Before(last.seq);
            let by_somebody = records
                .into_iter()
                .filter(|it| it.actor_user_id != UserId::SYSTEM);
            let by_somebody: Vec<AuditRecord> = by_somebody.collect();
            let ids: Vec<CommandId> = by_somebody.iter().map(|it| it.command_id).collect();
            let known = self.known(family_id, &ids).await?;
            // Whatever else it has lost, it has lost the last.
            if !ids.is_empty() && ids.iter().all(|id| known.contains(id)) {
                break;
            }
            let unknown = by_somebody
                .into_iter()
                .filter(|it| !known.contains(&it.command_id));
            lost.extend(unknown.filter(|it| it.in_name_of() != self.me));
        }
        if lost.is_empty() {
            return Ok(None);
        }
        let document = Document {
            family_id,
            family_name: self.read(move |it| it.family_name(family_id)).await?,
            recovered_at: self.source.now(),
            records: &lost,
        };
        match write_new(self.folder, &document) {
            Ok(file) => Ok(Some(Recovered {
                count: lost.len() as u64,
                file,
            })),
            Err(error) => {
                tracing::warn!("what the server has lost could not be written down ({error})");
                Ok(None)
            }
        }
    }
}

fn part(
    replica: &mut Replica,
    family_id: FamilyId,
    from: HistoryFrom,
) -> Result<Vec<AuditRecord>, ReplicaError> {
    let question = Question::History {
        of: HistoryOf::Family(family_id),
        from,
        limit: Limits::default().max_batch,
    };
    Ok(match replica.answer(&question)? {
        Answer::History(history) => history.records,
        _ => Vec::new(),
    })
}

/// Into a file of the day that is not there yet.
fn write_new(folder: &Path, document: &Document<'_>) -> std::io::Result<PathBuf> {
    let day = jiff::Timestamp::from_second(document.recovered_at.0).unwrap_or_default();
    let day = day.strftime("%Y-%m-%d");
    let json = serde_json::to_vec_pretty(document)?;
    for number in 1.. {
        let more = match number {
            1 => String::new(),
            _ => format!("-{number}"),
        };
        let path = folder.join(format!("recovered-{day}{more}.json"));
        match write_private(&path, &json) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            written => return written.map(|()| path),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
