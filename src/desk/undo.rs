//! What takes a command back, out of what the log has of it; for whoever gave it and asks over HTTP.

use super::execute::Receipt;
use super::{Desk, DeskError, unreadable};
use crate::model::audit::AuditRecord;
use crate::model::change::Change;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, FamilyId, UserId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::undo::{Since, gives_way, inverse, since, target};
use crate::table::keys::{self, Scope};
use crate::table::patterns::{self, Window};

/// How far back it is looked who has changed something since.
const LOOK_BACK: usize = 200;

/// What takes a command back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// The one that matters first; none where nothing takes it back.
    pub commands: Vec<CommandBody>,
    /// Where the log has the last of what the command changed.
    seq: i64,
}

impl Desk {
    /// What takes back a command that the person gave; nothing where the log shows them none.
    pub async fn way_back(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        command_id: CommandId,
    ) -> Result<Option<WayBack>, DeskError> {
        let scope = self.enter(family_id, user_id).await?;
        let place = keys::op_key(Scope::Family(family_id), command_id);
        let Some(item) = self.table.get(place).await? else {
            return Ok(None);
        };
        let receipt: Receipt = keys::read(&item)?;
        let records = self.written_by(family_id, &receipt.verdict).await?;
        let given = records.len();
        let records = self.audible(&scope, records).await?;
        let is_theirs = records.iter().all(|it| it.in_name_of() == user_id);
        let Some(first) = records.first().filter(|_| is_theirs) else {
            return Ok(None);
        };
        if records.len() < given {
            // Part of it they may not see any more.
            return Ok(None);
        }
        let changes = records.iter().map(change);
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        Ok(Some(WayBack {
            commands: inverse(&first.command_type, &changes),
            seq: records.last().map_or(first.seq, |it| it.seq),
        }))
    }

    /// A command of a way back, as it is to be given now; a refusal where someone else has changed
    /// since what it would turn over.
    pub async fn still_turning(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        (way, body): (&WayBack, &CommandBody),
    ) -> Result<Result<CommandBody, Refusal>, DeskError> {
        let target = target(body, || Ok::<_, DeskError>(family_id))?;
        let Some(key) = target else {
            return Ok(Ok(body.clone()));
        };
        let later = self.after(family_id, (way, body), key).await?;
        let overtaken = since(body, &later, user_id);
        if let Some(Since { by, .. }) = overtaken
            && gives_way(body, key)
        {
            let what = key.entity_type();
            return Ok(Err(match key.ticket() {
                Some(_) => Refusal::TouchedSince,
                None => Refusal::Stale { what, by },
            }));
        }
        let mut body = body.clone();
        // What names a version names the one that is here now, as long as nobody else has made it.
        if let CommandBody::TicketUnclose { closed_version, .. } = &mut body
            && overtaken.is_none()
        {
            let found = self.records(family_id, &[key]).await?;
            let found = found.into_iter().flatten().next();
            *closed_version = found.map_or(*closed_version, |it| it.common().version);
        }
        Ok(Ok(body))
    }

    /// What happened to it after the command, the newest first; where a ticket would go, what
    /// happened to anything of it.
    async fn after(
        &self,
        family_id: FamilyId,
        (way, body): (&WayBack, &CommandBody),
        key: EntityKey,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let (table, log) = (self.table.as_ref(), Scope::of(family_id, &key));
        let window = Window::last(LOOK_BACK);
        let found = match (body, key) {
            (CommandBody::EntityDelete(_), EntityKey::Ticket(ticket_id)) => {
                patterns::ticket_newest_first(table, log, ticket_id, window).await?
            }
            _ => patterns::audit_of_entity(table, log, &key, window).await?,
        };
        let mut records = found.items;
        records.retain(|it| it.seq > way.seq);
        Ok(records)
    }
}

/// The change that a record of the log tells of.
fn change(record: &AuditRecord) -> Result<Change, DeskError> {
    let kind = record.entity.entity_type();
    let read = |json: &serde_json::Value| {
        Record::from_json(kind, json.clone()).map_err(|error| unreadable("record", error))
    };
    let after = record.after.as_ref().map(read).transpose()?;
    Ok(Change {
        before: record.before.as_ref().map(read).transpose()?,
        after: after.ok_or_else(|| unreadable("record", "it does not say what has become"))?,
    })
}
