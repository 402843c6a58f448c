//! What time does by itself: fired as commands by SYSTEM, exactly once.

use std::sync::PoisonError;
use std::time::Duration;

use super::{Desk, DeskError};
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, FamilyId};
use crate::model::source::Timestamp;
use crate::model::ticket::TimerKind;
use crate::table::error::TableError;
use crate::table::item::{Condition, Item, Query, Write};
use crate::table::keys::{self, Timer};
use crate::table::query_all;

/// How many timers are read at once. The first is read alone: as a rule it is not due yet.
const PAGE: usize = 100;

/// The longest that time is not looked at: a machine that slept wakes with a wrong idea of it.
const LONGEST_SLEEP: u64 = 3600;

/// How long to wait after an error before trying again, in seconds.
const AFTER_ERROR: u64 = 60;

impl Desk {
    /// Lets time act, for as long as it is polled: at once, at the next moment that something is
    /// due, and whenever a commit may have made something due. What nothing speaks of any more is
    /// removed on the side.
    pub async fn tend(&self) {
        futures::future::join(self.fire_on_time(), self.sweep()).await;
    }

    async fn fire_on_time(&self) {
        let mut commits = self.commits();
        loop {
            commits.mark_unchanged();
            let wait = match self.fire_timers().await {
                Ok(None) => LONGEST_SLEEP,
                Ok(Some(next)) => {
                    let seconds = next.since(self.source.now()).max(0);
                    u64::try_from(seconds).unwrap_or(0).min(LONGEST_SLEEP)
                }
                Err(error) => {
                    tracing::error!("timers could not be fired: {error}");
                    AFTER_ERROR
                }
            };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(wait)) => {}
                // The sender lives as long as the desk.
                _ = commits.changed() => {}
            }
        }
    }

    /// Fires everything that is due, and says when the next thing will be.
    ///
    /// Two programs may fire a timer at once: one finds it done, and its command changes nothing.
    ///
    /// # Errors
    /// The first that befell a family; the others' timers were fired all the same.
    pub async fn fire_timers(&self) -> Result<Option<Timestamp>, DeskError> {
        let mut next: Option<Timestamp> = None;
        let mut first_error = None;
        for family_id in self.families_of_store().await? {
            match self.fire_timers_of(family_id).await {
                Ok(due) => next = next.into_iter().chain(due).min(),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        first_error.map_or(Ok(next), Err)
    }

    pub(super) async fn families_of_store(&self) -> Result<Vec<FamilyId>, DeskError> {
        let query = Query::base(keys::STORE).prefix(keys::STORE_FAMILIES);
        let items = query_all(self.table.as_ref(), query).await?;
        Ok(items
            .iter()
            .filter_map(|item| item.key.sk.strip_prefix(keys::STORE_FAMILIES))
            .filter_map(|id| id.parse().ok())
            .collect())
    }

    async fn fire_timers_of(&self, family_id: FamilyId) -> Result<Option<Timestamp>, DeskError> {
        let mut query = Query::base(keys::timer_pk(family_id)).limit(1);
        loop {
            let page = self.table.query(query.clone()).await?;
            for item in page.items {
                let timer: Timer = match keys::read(&item) {
                    Ok(timer) => timer,
                    Err(error) => {
                        self.pass_over(&item, &error);
                        continue;
                    }
                };
                if timer.at > self.source.now() {
                    return Ok(Some(timer.at));
                }
                match self.fire(family_id, &item, &timer).await {
                    // It lies in what the timer is for; the others have nothing to do with that.
                    Err(
                        error @ (DeskError::Unreadable { .. }
                        | DeskError::Table(TableError::Unreadable { .. })),
                    ) => self.pass_over(&item, &error),
                    fired => fired?,
                }
            }
            if page.next.is_none() {
                return Ok(None);
            }
            query = Query {
                start: page.next,
                ..query.limit(PAGE)
            };
        }
    }

    /// Says once that a timer can't be fired; it stays, for a newer program or a repair.
    fn pass_over(&self, item: &Item, why: &dyn std::fmt::Display) {
        let mut passed_over = self
            .passed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if passed_over.insert(item.key.clone()) {
            tracing::error!(
                "the timer {} can't be fired ({why}); `famdesk doctor` tells more",
                item.key
            );
        }
    }

    async fn fire(&self, family_id: FamilyId, item: &Item, timer: &Timer) -> Result<(), DeskError> {
        let ticket_id = timer.ticket_id;
        let body = match timer.kind {
            TimerKind::Close => CommandBody::TicketExpire { ticket_id },
            TimerKind::Wake => CommandBody::TicketWake { ticket_id },
        };
        let command = Command {
            command_id: CommandId(self.source.fresh()),
            issued_at: self.source.now(),
            seen: None,
            body,
        };
        self.execute(family_id, &Actor::SYSTEM, &command, None)
            .await?;
        // What made it due removes it as a rule; a timer without an effect is removed here.
        self.clear(item).await
    }

    async fn clear(&self, item: &Item) -> Result<(), DeskError> {
        let write = Write::Delete {
            key: item.key.clone(),
            condition: Condition::Any,
        };
        Ok(self.table.transact(vec![write]).await?)
    }
}
