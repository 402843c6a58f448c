//! Own writes: shown here at once, decided by the backend later.

use super::pen::Pen;
use super::{Replica, ReplicaError, Verdict, known, number_family, outbox, shadow};
use crate::model::command::{Actor, Command};
use crate::model::id::{CommandId, FamilyId};
use crate::model::refusal::Refusal;
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

impl Replica {
    /// Takes commands: all of them, shown and safe on the disk when this returns, or none.
    pub fn submit(
        &mut self,
        family_id: FamilyId,
        actor: &Actor,
        commands: &[Command],
        now: Timestamp,
    ) -> Result<Vec<Submitted>, SubmitError> {
        let taken = self.write(|conn, blobs| {
            let fam = number_family(conn, family_id)?;
            let mut pen = Pen::new(conn, fam, blobs);
            let mut taken = Vec::with_capacity(commands.len());
            for command in commands {
                match take(&mut pen, (command, actor, now))? {
                    Ok(submitted) => taken.push(submitted),
                    Err(refusal) => return Ok(Verdict::Drop(Err((command.command_id, refusal)))),
                }
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

pub(super) fn take(
    pen: &mut Pen<'_>,
    given: (&Command, &Actor, Timestamp),
) -> super::Result<Result<Submitted, Refusal>> {
    let command = given.0;
    let mut submitted = Submitted {
        command_id: command.command_id,
        cseq: None,
        changes: 0,
    };
    if outbox::is_known(pen.conn, command.command_id)? {
        return Ok(Ok(submitted));
    }
    if command.body.is_optimistic() {
        match known::decide(pen.conn, pen.fam, given)? {
            Ok(changes) => {
                shadow::apply(pen, &changes)?;
                submitted.changes = changes.len();
            }
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    submitted.cseq = Some(outbox::append(pen.conn, pen.fam, given)?);
    Ok(Ok(submitted))
}
