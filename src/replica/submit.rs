//! Own writes: shown here at once, decided by the backend later.

use super::pen::Pen;
use super::view::Deed;
use super::{Replica, ReplicaError, Verdict, files, known, number_family, outbox, shadow, undo};
use crate::model::change::Change;
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, FamilyId};
use crate::model::refusal::Refusal;
use crate::model::rules::attachment;
use crate::model::source::Timestamp;

/// A command that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    pub command_id: CommandId,
    /// Its place in this device's order; absent if it had been given before.
    pub cseq: Option<i64>,
    /// How many entities it changed here; 0 where it asked for what was so already, or where only
    /// the backend can tell.
    pub changes: usize,
}

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no to one of the commands, and so to all of them.
    #[error("{refusal}")]
    Refused {
        command_id: CommandId,
        refusal: Box<Refusal>,
    },
    #[error(transparent)]
    Store(#[from] ReplicaError),
}

/// Who gives commands, and when.
#[derive(Debug, Clone, Copy)]
pub struct Giver<'a> {
    pub actor: &'a Actor,
    pub now: Timestamp,
    /// What they do together, so that it can be undone; absent for what can't be.
    pub deed: Option<&'a Deed>,
}

/// A command that was taken, with what it changed here.
pub(super) struct Took<'a> {
    pub(super) command: &'a Command,
    /// Its place in this device's order; absent if it had been given before.
    cseq: Option<i64>,
    pub(super) changes: Vec<Change>,
}

impl Replica {
    /// How far the log has come here, where a rule will ask what whoever gives the command had
    /// seen.
    pub fn seen(&self, family_id: FamilyId, body: &CommandBody) -> super::Result<Option<i64>> {
        if !body.is_of_what_was_seen() {
            return Ok(None);
        }
        Ok(self.place(family_id)?.map(|(cursor, _)| cursor.seq))
    }

    /// Takes commands: all of them, shown and safe on the disk when this returns, or none. With
    /// them it is kept what undoes them.
    pub fn submit(
        &mut self,
        family_id: FamilyId,
        giver: Giver<'_>,
        commands: &[Command],
    ) -> Result<Vec<Submitted>, SubmitError> {
        let taken = self.write(|conn, blobs| {
            let fam = number_family(conn, family_id)?;
            let mut pen = Pen::new(conn, fam, blobs);
            let mut taken = Vec::with_capacity(commands.len());
            for command in commands {
                let took = match take(&mut pen, (command, giver.actor, giver.now))? {
                    Ok(took) => took,
                    Err(refusal) => return Ok(Verdict::Drop(Err((command.command_id, refusal)))),
                };
                if let Some(deed) = giver.deed {
                    undo::note(&pen, (deed, giver.now), &took)?;
                }
                taken.push(took.into());
            }
            pen.finish()?;
            Ok(Verdict::Keep(Ok(taken)))
        })?;
        taken.map_err(|(command_id, refusal)| SubmitError::Refused {
            command_id,
            refusal: Box::new(refusal),
        })
    }
}

impl From<Took<'_>> for Submitted {
    fn from(took: Took<'_>) -> Submitted {
        Submitted {
            command_id: took.command.command_id,
            cseq: took.cseq,
            changes: took.changes.len(),
        }
    }
}

/// Decides a command over what is here, shows its effect and appends it to the outbox.
pub(super) fn take<'a>(
    pen: &mut Pen<'_>,
    given: (&'a Command, &Actor, Timestamp),
) -> super::Result<Result<Took<'a>, Refusal>> {
    let command = given.0;
    let mut took = Took {
        command,
        cseq: None,
        changes: Vec::new(),
    };
    if outbox::is_known(pen.conn, command.command_id)? {
        return Ok(Ok(took));
    }
    if command.body.is_optimistic() {
        match known::decide(pen.conn, pen.fam, given)? {
            Ok(changes) => {
                if let Some(refusal) = over_quota(pen, &changes)? {
                    return Ok(Err(refusal));
                }
                shadow::apply(pen, &changes)?;
                took.changes = changes;
            }
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    took.cseq = Some(outbox::append(pen.conn, pen.fam, given)?);
    Ok(Ok(took))
}

/// That the family has no room for new files, if that is known here: before their bytes go out.
fn over_quota(pen: &Pen<'_>, changes: &[Change]) -> super::Result<Option<Refusal>> {
    if !changes.iter().any(|it| attachment::new_file(it).is_some()) {
        return Ok(None);
    }
    let before = files::attached(pen.conn, pen.fam)?;
    Ok(attachment::over_quota(before, changes))
}
