//! One command, one transaction.

use serde::{Deserialize, Serialize};

use super::line::End;
use super::writes::Plan;
use super::{Desk, DeskError};
use crate::model::change::Change;
use crate::model::command::{Actor, Command};
use crate::model::entity::EntityType;
use crate::model::id::{DeviceId, FamilyId};
use crate::model::known::{Known, Need, Stop};
use crate::model::refusal::Refusal;
use crate::model::rules::decide;
use crate::model::source::Timestamp;
use crate::table::error::TableError;
use crate::table::item::Write;
use crate::table::keys::{self, Scope};
use crate::wire::sync::{Outcome, Verdict};

/// How often a command is tried where others are faster.
const TRIES: usize = 40;

/// The place of a command in its device's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From {
    pub device: DeviceId,
    pub cseq: i64,
}

/// What a device has sent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeviceState {
    pub last_cseq: i64,
}

/// How one try to execute a command ended.
enum Try {
    Done(Verdict),
    /// Someone was faster; decide again on what they left.
    Again,
    /// The answer depends on what is still in flight; wait for it and decide again.
    Still,
}

impl Desk {
    /// Executes a command. The verdict is durable when it is returned, and the same command gets
    /// the same verdict ever after.
    ///
    /// # Errors
    /// Where nothing could be decided, and nothing was changed; or, for a storage error at the
    /// commit, nobody knows: the same command may safely be given again and finds out.
    pub async fn execute(
        &self,
        family_id: FamilyId,
        actor: &Actor,
        command: &Command,
        from: Option<From>,
    ) -> Result<Verdict, DeskError> {
        self.have_blobs(command)?;
        let mut still = false;
        for _ in 0..TRIES {
            match self.attempt(family_id, actor, command, from, still).await? {
                Try::Done(verdict) => return Ok(verdict),
                Try::Again => tokio::task::yield_now().await,
                Try::Still => still = true,
            }
        }
        Err(DeskError::Busy)
    }

    async fn attempt(
        &self,
        family_id: FamilyId,
        actor: &Actor,
        command: &Command,
        from: Option<From>,
        still: bool,
    ) -> Result<Try, DeskError> {
        let line = self.line(family_id);
        let mut end = if still {
            line.hold_still().await
        } else {
            line.hold().await
        };
        // Asked before the command's own verdict: another program may be giving the same command,
        // and its counter must not be seen without its verdict.
        let device = match from {
            Some(from) => self.next_of_device(family_id, from, &end).await,
            None => Ok(DeviceCheck::Fits(DeviceState::default())),
        };
        if let Some(verdict) = self.seen(family_id, command).await? {
            return Ok(Try::Done(verdict));
        }
        let DeviceCheck::Fits(device) = device? else {
            return Ok(Try::Still);
        };
        if end.head.is_none() {
            end.head = self.head(family_id).await?;
        }

        let head = end.head.clone().unwrap_or_else(|| self.fresh_head());
        let now = self.source.now();
        let mut known = Known::new(family_id);
        let decision = self.decide(command, actor, now, &mut known).await?;
        let unsure = end.in_flight > 0 && (decision.is_err() || asked_for_lists(&known));
        if unsure {
            return Ok(Try::Still);
        }
        let plan = Plan {
            family_id,
            actor,
            command,
            from,
            device,
            now,
        };
        let (writes, next, verdict) = match decision {
            Ok(changes) => {
                let numbering = self.numbering(family_id, &changes).await?;
                plan.applied(head, changes, &known, numbering.as_ref())?
            }
            // For whoever is not in it there is no such family, and nothing is remembered there.
            Err(refusal) if is_no_family(&refusal) => return Err(refusal.into()),
            Err(refusal) => plan.rejected(head, refusal)?,
        };
        end.head = Some(next);
        end.in_flight += 1;
        let committed = self.table.transact(writes);
        drop(end);
        let result = committed.await;
        line.land(result.is_ok()).await;
        match result {
            Ok(()) => {
                self.commits.send_modify(|count| *count += 1);
                Ok(Try::Done(verdict))
            }
            Err(TableError::Cancelled(_)) => Ok(Try::Again),
            Err(error) => Err(error.into()),
        }
    }

    /// Decides, fetching what the rules ask for until they ask no more.
    async fn decide(
        &self,
        command: &Command,
        actor: &Actor,
        now: Timestamp,
        known: &mut Known,
    ) -> Result<Result<Vec<Change>, Refusal>, DeskError> {
        loop {
            match decide(command, actor, now, known) {
                Ok(changes) => return Ok(Ok(changes)),
                Err(Stop::Refused(refusal)) => return Ok(Err(refusal)),
                Err(Stop::Need(needs)) => self.learn(known, needs).await?,
            }
        }
    }

    /// The verdict that a command got before, if it was given before.
    async fn seen(
        &self,
        family_id: FamilyId,
        command: &Command,
    ) -> Result<Option<Verdict>, DeskError> {
        let key = keys::op_key(Scope::Family(family_id), command.command_id);
        Ok(match self.table.get(key).await? {
            Some(item) => Some(keys::read(&item)?),
            None => None,
        })
    }

    /// Checks that a command not seen before is the next of its device.
    async fn next_of_device(
        &self,
        family_id: FamilyId,
        from: From,
        end: &End,
    ) -> Result<DeviceCheck, DeskError> {
        let key = keys::device_key(family_id, from.device);
        let state: DeviceState = match self.table.get(key).await? {
            Some(item) => keys::read(&item)?,
            None => DeviceState::default(),
        };
        let want = state.last_cseq + 1;
        if from.cseq == want {
            Ok(DeviceCheck::Fits(state))
        } else if end.in_flight > 0 {
            Ok(DeviceCheck::Unsure)
        } else if from.cseq < want {
            Err(DeskError::DeviceFork { cseq: from.cseq })
        } else {
            Err(DeskError::CseqGap {
                want,
                got: from.cseq,
            })
        }
    }

    fn have_blobs(&self, command: &Command) -> Result<(), DeskError> {
        for blob in command.body.blobs() {
            if !self.blobs.contains(&blob.sha256)? {
                return Err(DeskError::NeedsBlob {
                    sha256: blob.sha256.clone(),
                });
            }
        }
        Ok(())
    }
}

/// What the device's record says of a command's place.
enum DeviceCheck {
    Fits(DeviceState),
    /// It does not fit yet, and something in flight may change that.
    Unsure,
}

/// Whether a decision looked at lists, which no condition of a transaction can guard.
fn asked_for_lists(known: &Known) -> bool {
    known
        .answers()
        .any(|(need, _)| !matches!(need, Need::Entity(_)))
}

fn is_no_family(refusal: &Refusal) -> bool {
    let what = EntityType::Family;
    *refusal == Refusal::NotFound { what }
}

/// A verdict on a command from the given place.
pub(super) fn verdict(command: &Command, from: Option<From>, outcome: Outcome) -> Verdict {
    Verdict {
        cseq: from.map_or(0, |from| from.cseq),
        command_id: command.command_id,
        outcome,
    }
}

/// The writes of a transaction.
pub(super) type Writes = Vec<Write>;
