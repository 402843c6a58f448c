//! From a decision to one transaction: items, audit, sequence, numbers, receipts.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::execute::{DeviceState, Given, Receipt};
use super::line::Heads;
use super::{Desk, DeskError, places, unreadable};
use crate::config::zone;
use crate::model::audit::{AuditRecord, CHAIN_START};
use crate::model::change::Change;
use crate::model::command::CommandBody;
use crate::model::entity::{EntityKey, Written};
use crate::model::id::UserId;
use crate::model::known::{Known, Need};
use crate::model::number::{Prefix, TicketNumber};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::Timestamp;
use crate::model::ticket::Ticket;
use crate::table::head::Head;
use crate::table::item::{Condition, Key, Write};
use crate::table::keys::{self, Scope};
use crate::wire::problem::Problem;
use crate::wire::sync::{Outcome, Verdict};

/// Everything about one command that its transaction needs.
pub(super) struct Plan<'a> {
    pub given: Given<'a>,
    pub device: DeviceState,
    pub now: Timestamp,
}

/// A transaction, the ends of the logs after it, and the verdict that it stands for.
pub(super) struct Prepared {
    pub writes: Writes,
    pub heads: Heads,
    pub verdict: Verdict,
}

/// A verdict that has no event, for whoever gave the command.
#[derive(Serialize, Deserialize)]
pub(super) struct Remembered {
    #[serde(default)]
    pub user_id: Option<UserId>,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// The writes of a transaction.
type Writes = Vec<Write>;

/// How a family numbers its tickets.
pub(super) struct Numbering {
    prefix: Prefix,
    zone: jiff::tz::TimeZone,
}

impl Desk {
    /// How the family numbers tickets; read only where a ticket is about to be made, and then
    /// part of what the decision rests on.
    pub(super) async fn numbering(
        &self,
        changes: &[Change],
        known: &mut Known,
    ) -> Result<Option<Numbering>, DeskError> {
        let files_a_ticket = changes
            .iter()
            .any(|change| change.before.is_none() && matches!(change.after, Record::Ticket(_)));
        if !files_a_ticket {
            return Ok(None);
        }
        let key = EntityKey::Family(known.family_id);
        if known.entity(key).is_err() {
            self.learn(known, vec![Need::Entity(key)]).await?;
        }
        let Ok(Some(Record::Family(family))) = known.entity(key) else {
            return Err(unreadable("family", "its record is missing"));
        };
        // A zone that this machine does not know counts years as UTC does.
        let zone = zone(&family.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(Some(Numbering {
            prefix: family.ticket_prefix.clone(),
            zone,
        }))
    }
}

impl Numbering {
    fn year(&self, at: Timestamp) -> i16 {
        jiff::Timestamp::from_second(at.0)
            .map(|moment| moment.to_zoned(self.zone.clone()).year())
            .unwrap_or(1970)
    }

    fn next(&self, head: &mut Head, ticket: &Ticket) -> TicketNumber {
        let year = self.year(ticket.common.creation_date);
        TicketNumber {
            prefix: self.prefix.clone(),
            year,
            count: head.next_number(year),
        }
    }
}

impl Plan<'_> {
    /// The transaction that makes the changes.
    pub(super) fn applied(
        &self,
        heads: Heads,
        changes: Vec<Change>,
        known: &Known,
        numbering: Option<&Numbering>,
    ) -> Result<Prepared, DeskError> {
        let family = Scope::Family(self.given.family_id);
        let mut next = heads.clone();
        let mut writes = Writes::with_capacity(changes.len() * 2 + 8);
        let count = changes.len();
        for mut change in changes {
            if let (Record::Ticket(ticket), Some(numbering)) = (&mut change.after, numbering)
                && ticket.number.is_none()
                && change.before.is_none()
            {
                let head = end_of(&mut next, family)?;
                ticket.number = Some(numbering.next(head, ticket));
            }
            self.write_change(&mut writes, &mut next, &mut change)?;
        }
        self.guard(&mut writes, known);
        let mut has_events = false;
        for (scope, after) in &next {
            let before = heads.get(scope).filter(|before| before.n < after.n);
            let Some(before) = before else { continue };
            has_events |= *scope == family;
            let condition = match before.n {
                0 => Condition::Absent,
                _ => Condition::Version(before.mark()),
            };
            let item = keys::head_item(*scope, after)?;
            writes.push(Write::Put { item, condition });
        }
        let mut own = None;
        let me = Scope::Person(self.given.family_id, self.given.actor.user_id);
        if let Some(head) = next.get(&me) {
            own = Some(head.n);
        }
        let outcome = Outcome::Applied {
            seq: end_of(&mut next, family)?.n,
            changes: count,
            own,
        };
        let verdict = self.verdict(outcome);
        self.receipt(&mut writes, &verdict, has_events)?;
        // A user's log is written to from other families too: its end is read each time.
        next.retain(|scope, _| !matches!(scope, Scope::User(_)));
        Ok(Prepared {
            writes,
            heads: next,
            verdict,
        })
    }

    /// The transaction that remembers a refusal, as long as what it rests on is still so.
    pub(super) fn rejected(
        &self,
        mut heads: Heads,
        refusal: Refusal,
        known: &Known,
    ) -> Result<Prepared, DeskError> {
        let outcome = Outcome::Rejected {
            head: end_of(&mut heads, Scope::Family(self.given.family_id))?.n,
            problem: Problem::from(refusal),
        };
        let verdict = self.verdict(outcome);
        let mut writes = Writes::new();
        self.guard(&mut writes, known);
        self.receipt(&mut writes, &verdict, false)?;
        Ok(Prepared {
            writes,
            heads,
            verdict,
        })
    }

    fn verdict(&self, outcome: Outcome) -> Verdict {
        Verdict {
            cseq: self.given.from.map_or(0, |from| from.cseq),
            command_id: self.given.command.command_id,
            outcome,
        }
    }

    fn write_change(
        &self,
        writes: &mut Writes,
        heads: &mut Heads,
        change: &mut Change,
    ) -> Result<(), DeskError> {
        let scope = Scope::of(self.given.family_id, &change.after.key());
        let head = end_of(heads, scope)?;
        head.n += 1;
        if !matches!(self.given.command.body, CommandBody::ImportBatch(_)) {
            change.after.common_mut().written = Some(Written {
                seq: head.n,
                by: self.given.actor.user_id,
            });
        }
        places::write(writes, (self.given.family_id, head), change)?;
        let mut record = self.audit(change, scope, head.n)?;
        record.hash = record.link(&head.chain);
        head.chain.clone_from(&record.hash);
        writes.push(log(scope, &record)?);
        Ok(())
    }

    fn audit(&self, change: &Change, scope: Scope, seq: i64) -> Result<AuditRecord, DeskError> {
        let json = |record: &Record| {
            record
                .to_json()
                .map_err(|error| unreadable("record", error))
        };
        // Someone at another's login acts in their own name; the login is what is audited as the
        // actor, so that both can be told.
        let (actor_user_id, on_behalf_of) = match self.given.actor.login {
            Some(login) => (login, Some(self.given.actor.user_id)),
            None => (self.given.actor.user_id, None),
        };
        Ok(AuditRecord {
            seq,
            family_id: scope.family(),
            entity: change.after.key(),
            version: change.after.common().version,
            action: change.action(),
            command_type: self.given.command.body.command_type().to_owned(),
            command_id: self.given.command.command_id,
            device_id: self.given.actor.device_id,
            actor_user_id,
            on_behalf_of,
            time: self.now,
            before: change.before.as_ref().map(json).transpose()?,
            after: Some(json(&change.after)?),
            audience: change.after.audience(),
            hash: String::new(),
        })
    }

    /// Makes sure that everything the decision looked at is still so when it is written.
    fn guard(&self, writes: &mut Writes, known: &Known) {
        let written: HashSet<Key> = writes.iter().map(|write| write.key().clone()).collect();
        for (need, found) in known.answers() {
            let Need::Entity(entity) = need else { continue };
            let key = keys::key_of(self.given.family_id, entity);
            if written.contains(&key) {
                continue;
            }
            let condition = match found.first() {
                Some(record) => Condition::Version(record.common().version),
                None => Condition::Absent,
            };
            writes.push(Write::Check { key, condition });
        }
    }

    /// The command's receipt: by its id for ever, and in its device's order.
    fn receipt(
        &self,
        writes: &mut Writes,
        verdict: &Verdict,
        has_events: bool,
    ) -> Result<(), DeskError> {
        let seen = keys::op_key(
            Scope::Family(self.given.family_id),
            self.given.command.command_id,
        );
        let receipt = Receipt {
            verdict: verdict.clone(),
            request: self.given.terms.request.map(str::to_owned),
        };
        writes.push(put(seen, 1, &receipt, Condition::Absent)?);
        let Some(from) = self.given.from else {
            return Ok(());
        };
        let condition = self.device.unchanged();
        let state = DeviceState {
            last_cseq: from.cseq,
        };
        let device = keys::device_key(self.given.family_id, from.device);
        writes.push(put(device, from.cseq, &state, condition)?);
        if !has_events {
            let key = keys::result_key(self.given.family_id, from.device, from.cseq);
            let remembered = Remembered {
                user_id: Some(self.given.actor.user_id),
                verdict: verdict.clone(),
            };
            writes.push(put(key, 1, &remembered, Condition::Absent)?);
        }
        Ok(())
    }
}

/// The first record of a user's own log, and the log's end after it.
pub(super) fn first_of_user(
    user_id: UserId,
    mut record: AuditRecord,
) -> Result<[Write; 2], DeskError> {
    record.hash = record.link(CHAIN_START);
    let head = Head {
        n: 1,
        chain: record.hash.clone(),
        // A user's history goes with the user; it is told from another by its first record.
        ..Head::new(record.command_id.0)
    };
    Ok([
        log(Scope::User(user_id), &record)?,
        Write::create(keys::head_item(Scope::User(user_id), &head)?),
    ])
}

/// The end of a log that the plan writes to.
fn end_of(heads: &mut Heads, scope: Scope) -> Result<&mut Head, DeskError> {
    heads
        .get_mut(&scope)
        .ok_or_else(|| unreadable("log", "its end was not read"))
}

/// The write of a log's record.
pub(super) fn log(scope: Scope, record: &AuditRecord) -> Result<Write, DeskError> {
    Ok(Write::Put {
        item: keys::log_item(scope, record)?,
        condition: Condition::Absent,
    })
}

/// A write of something that is no entity.
pub(super) fn put(
    key: Key,
    version: i64,
    body: &impl Serialize,
    condition: Condition,
) -> Result<Write, DeskError> {
    let mut item = keys::written(key, body)?;
    item.version = version;
    Ok(Write::Put { item, condition })
}
