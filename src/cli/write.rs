//! Giving commands and seeing what becomes of them: a result is told only once the backend has
//! decided.

use super::failure::{Failure, Result};
use super::print::complain;
use super::watched::Watched;
use crate::model::command::CommandBody;
use crate::model::id::{CommandId, FamilyId};
use crate::model::refusal::Refusal;
use crate::replica::Turn;
use crate::replica::view::{Deed, OutboxEntry, Turned};
use crate::sync::SyncError;
use crate::sync::station::{GiveError, Station};

/// What is to be done to one ticket.
pub struct Part {
    /// What it is called in messages.
    pub label: String,
    pub family_id: FamilyId,
    pub bodies: Vec<CommandBody>,
}

/// What became of a command that the local store has taken.
enum Verdict {
    Done,
    Waiting,
    Refused(Refusal),
}

/// Gives commands that can't be undone, all or none, and waits until the backend has decided.
pub async fn commit(
    station: &Station,
    family_id: FamilyId,
    bodies: Vec<CommandBody>,
) -> Result<()> {
    let ids = station.give(family_id, bodies).await?;
    send(station).await?;
    decided(station, &ids).await
}

/// The same for what can be undone; in words, it is what was done.
pub async fn act(
    station: &Station,
    family_id: FamilyId,
    words: &str,
    bodies: Vec<CommandBody>,
) -> Result<()> {
    let ids = station.act(family_id, deed(station, words), bodies).await?;
    send(station).await?;
    decided(station, &ids).await
}

/// Commands that are given one after the other and can't be undone. While one is sent, what came of
/// those before it is fetched.
pub struct Stream<'a> {
    station: &'a Station,
    family_id: FamilyId,
    /// Those whose fate has not been looked at.
    sent: Vec<CommandId>,
}

impl<'a> Stream<'a> {
    pub fn to(station: &'a Station, family_id: FamilyId) -> Stream<'a> {
        Stream {
            station,
            family_id,
            sent: Vec::new(),
        }
    }

    /// Gives a command; says whether the backend has taken the one before.
    pub async fn give(&mut self, body: CommandBody) -> Result<()> {
        let given = self.station.give(self.family_id, vec![body]).await?;
        let sent = self.station.send(self.family_id).await;
        sent.map_err(still_waits)?;
        let before = std::mem::replace(&mut self.sent, given);
        decided(self.station, &before).await
    }

    /// Waits until the backend has decided the last one too, and all has come back.
    pub async fn finish(self) -> Result<()> {
        send(self.station).await?;
        decided(self.station, &self.sent).await
    }
}

/// Does each part by itself, and says of each what became of it. They are sent together.
pub async fn commit_each(station: &Station, parts: Vec<Part>) -> Result<Vec<Result<()>>> {
    give_each(station, None, parts).await
}

/// The same for what can be undone, which it is together.
pub async fn act_each(station: &Station, words: &str, parts: Vec<Part>) -> Result<Vec<Result<()>>> {
    give_each(station, Some(deed(station, words)), parts).await
}

async fn give_each(
    station: &Station,
    deed: Option<Deed>,
    parts: Vec<Part>,
) -> Result<Vec<Result<()>>> {
    let mut given = Vec::with_capacity(parts.len());
    for part in parts {
        let taken = match &deed {
            Some(deed) => {
                let deed = deed.clone();
                station.act(part.family_id, deed, part.bodies).await
            }
            None => station.give(part.family_id, part.bodies).await,
        };
        let taken = match taken {
            Ok(ids) => Ok(ids),
            Err(error @ GiveError::Submit(_)) => Err(Failure::from(error).about(&part.label)),
            Err(error) => return Err(error.into()),
        };
        given.push((part.label, taken));
    }
    send(station).await?;
    let mut results = Vec::with_capacity(given.len());
    for (label, taken) in given {
        results.push(match taken {
            Ok(ids) => decided(station, &ids)
                .await
                .map_err(|failure| failure.about(label)),
            Err(failure) => Err(failure),
        });
    }
    Ok(results)
}

/// Undoes what was done last, or does it again, and waits until the backend has decided.
pub async fn turn(station: &Station, turn: Turn) -> Result<Turned> {
    let turned = station.turn(turn).await?;
    send(station).await?;
    for (_, ids) in &turned.commands {
        decided(station, ids).await?;
    }
    Ok(turned)
}

pub(super) fn deed(station: &Station, words: &str) -> Deed {
    Deed {
        deed_id: station.source().fresh(),
        words: words.to_owned(),
    }
}

/// Sends what waits. Where a server is out of reach that is no failure: it is sent later.
pub async fn send(station: &Station) -> Result<()> {
    if let Some(words) = &*station.disk().borrow() {
        complain(words);
    }
    let watched = Watched::begin(station);
    let passed = station.sync_all().await;
    watched.end();
    match passed {
        Ok(_) => Ok(()),
        Err(error) if station.client().is_far() && error.is_of_the_way() => {
            complain(&format!(
                "{error}\nyour change is saved here and is sent as soon as it can be; \
                 `famdesk outbox` shows it"
            ));
            Ok(())
        }
        Err(error) => Err(still_waits(error)),
    }
}

fn still_waits(error: SyncError) -> Failure {
    let failure = Failure::from(error);
    let message = format!(
        "{}\nyour change is saved and waits to be sent; `famdesk outbox` shows it",
        failure.message
    );
    Failure { message, ..failure }
}

async fn decided(station: &Station, ids: &[CommandId]) -> Result<()> {
    for command_id in ids {
        match verdict(station, *command_id).await? {
            Verdict::Done => {}
            Verdict::Refused(refusal) => return Err(refusal.into()),
            // It was said when it could not be sent.
            Verdict::Waiting if station.client().is_far() => {}
            Verdict::Waiting => {
                return Err(Failure::store(
                    "your change is saved and still waits to be sent; `famdesk outbox` shows it",
                ));
            }
        }
    }
    Ok(())
}

/// A command that the backend refused stays in the tray, with its text.
async fn verdict(station: &Station, command_id: CommandId) -> Result<Verdict> {
    Ok(station
        .read(move |it| {
            let refused = it
                .tray()?
                .into_iter()
                .find(|it| it.command_id == command_id);
            if let Some(refusal) = refused.as_ref().and_then(OutboxEntry::refusal) {
                return Ok(Verdict::Refused(refusal.clone()));
            }
            let waits = it.is_undecided(command_id)?;
            Ok(if waits {
                Verdict::Waiting
            } else {
                Verdict::Done
            })
        })
        .await?)
}
