//! What happened and what was asked for, in words: the same on the screen and on a pipe.

mod command;
mod conflict;
mod detail;
mod outbox;
mod record;
mod value;

use jiff::tz::TimeZone;

pub use record::{Change, Told};

use crate::model::audit::AuditRecord;
use crate::model::id::{GroupId, QueueId, TicketId, UserId, WebhookId};
use crate::replica::view::Names;

/// Tells records and commands, with names in place of ids.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    pub names: &'a Names,
    /// On whose clocks moments are told.
    pub zone: &'a TimeZone,
}

impl Teller<'_> {
    /// Who did it: `ana`, `ana for mia`, `time`.
    pub fn actor(&self, record: &AuditRecord) -> String {
        let name = self.person(record.actor_user_id);
        match record.on_behalf_of {
            Some(user_id) => format!("{name} for {}", self.person(user_id)),
            None => name,
        }
    }

    fn person(&self, user_id: UserId) -> String {
        match self.names.people.get(&user_id) {
            Some(name) if !name.is_empty() => name.clone(),
            _ if user_id == UserId::SYSTEM => "time".to_owned(),
            _ => "someone".to_owned(),
        }
    }

    fn ticket(&self, ticket_id: TicketId) -> String {
        let known = self.names.tickets.get(&ticket_id);
        known.cloned().unwrap_or_else(|| "a ticket".to_owned())
    }

    fn queue(&self, queue_id: QueueId) -> String {
        let known = self.names.queues.get(&queue_id);
        known.cloned().unwrap_or_else(|| "a queue".to_owned())
    }

    fn webhook(&self, webhook_id: WebhookId) -> String {
        let known = self.names.webhooks.get(&webhook_id);
        known.cloned().unwrap_or_else(|| "a webhook".to_owned())
    }

    fn group(&self, group_id: GroupId) -> String {
        let known = self.names.groups.get(&group_id);
        known.cloned().unwrap_or_else(|| "a group".to_owned())
    }
}
