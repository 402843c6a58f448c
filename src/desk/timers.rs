//! What time does by itself: fired as commands by SYSTEM, exactly once.

use sha2::{Digest, Sha256};

use super::{Desk, DeskError};
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, FamilyId, TicketId};
use crate::model::source::Timestamp;
use crate::model::ticket::TimerKind;
use crate::table::item::{Condition, Item, Write};
use crate::table::keys;
use crate::table::patterns;

/// How many timers are read at once.
const PAGE: usize = 100;

impl Desk {
    /// Fires everything that is due, and says when the next thing will be.
    ///
    /// A timer's command has an id made from the timer, so that two programs that fire it at once
    /// have it done once.
    pub async fn fire_timers(&self) -> Result<Option<Timestamp>, DeskError> {
        let mut next: Option<Timestamp> = None;
        for family_id in patterns::families_of_store(self.table.as_ref()).await? {
            let due = self.fire_timers_of(family_id).await?;
            next = match (next, due) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Ok(next)
    }

    async fn fire_timers_of(&self, family_id: FamilyId) -> Result<Option<Timestamp>, DeskError> {
        loop {
            let query = keys::timers(family_id).limit(PAGE);
            let timers = self.table.query(query).await?.items;
            let Some(first) = timers.first() else {
                return Ok(None);
            };
            if let Some((at, ..)) = keys::parse_timer(&first.key)
                && at > self.source.now()
            {
                return Ok(Some(at));
            }
            for timer in timers {
                match keys::parse_timer(&timer.key) {
                    Some((at, ..)) if at > self.source.now() => return Ok(Some(at)),
                    Some((_, kind, ticket_id)) => {
                        self.fire(family_id, &timer, kind, ticket_id).await?;
                    }
                    None => self.clear(&timer).await?,
                }
            }
        }
    }

    async fn fire(
        &self,
        family_id: FamilyId,
        timer: &Item,
        kind: TimerKind,
        ticket_id: TicketId,
    ) -> Result<(), DeskError> {
        let body = match kind {
            TimerKind::Close => CommandBody::TicketExpire { ticket_id },
            TimerKind::Wake => CommandBody::TicketWake { ticket_id },
        };
        let command = Command {
            command_id: id_of(timer),
            issued_at: self.source.now(),
            body,
        };
        self.execute(family_id, &Actor::SYSTEM, &command, None)
            .await?;
        // What made it due removes it as a rule; a timer without an effect is removed here.
        self.clear(timer).await
    }

    async fn clear(&self, timer: &Item) -> Result<(), DeskError> {
        let write = Write::Delete {
            key: timer.key.clone(),
            condition: Condition::Any,
        };
        Ok(self.table.transact(vec![write]).await?)
    }
}

/// The id of a timer's command: the same for everyone who fires it.
fn id_of(timer: &Item) -> CommandId {
    let mut hasher = Sha256::new();
    hasher.update(timer.key.pk.as_bytes());
    hasher.update([0]);
    hasher.update(timer.key.sk.as_bytes());
    let digest = hasher.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    CommandId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
