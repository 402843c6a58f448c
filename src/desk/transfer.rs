//! A family leaves with its whole log, or comes in with it and goes on as the same history. The
//! logs of its people (`Scope::Person`) stay: an admin takes the family along, not what others read.

use std::collections::{BTreeMap, BTreeSet};

use super::execute::DeviceState;
use super::writes::{log, put};
use super::{Desk, DeskError, places, unreadable, webhooks};
use crate::model::audit::{AuditRecord, verify_link};
use crate::model::change::Change;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommandId, DeviceId, FamilyId, UserId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::user::User;
use crate::table::head::Head;
use crate::table::item::{Condition, Write};
use crate::table::keys::{self, Scope};
use crate::table::patterns;
use crate::wire::sync::{Outcome, Verdict};
use crate::wire::transfer::{EXPORT_VERSION, ExportHead, ExportPage, TakeIn, TakenIn};

/// How many records of the log leave at once.
const PAGE: usize = 500;

impl Desk {
    /// What stands at the head of a family's export. Only its admins may take a family along.
    pub async fn export_head(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<ExportHead, DeskError> {
        self.admin(family_id, user_id).await?;
        let missing = || unreadable("family", "its record or its log is missing");
        let head = self.head(family_id).await?.ok_or_else(missing)?;
        let table = self.table.as_ref();
        let family = patterns::family(table, family_id).await?;
        let mut users = Vec::new();
        for member in patterns::members(table, family_id).await? {
            users.extend(patterns::user(table, member.user_id).await?);
        }
        Ok(ExportHead {
            version: EXPORT_VERSION,
            family_id,
            family_name: family.ok_or_else(missing)?.family_name,
            epoch: head.epoch,
            records: head.n,
            chain: head.chain,
            exported_by: user_id,
            exported_at: self.source.now(),
            users,
        })
    }

    /// The records after a number as they are kept, whoever may see them.
    pub async fn export_log(
        &self,
        (family_id, user_id): (FamilyId, UserId),
        after: i64,
    ) -> Result<ExportPage, DeskError> {
        self.admin(family_id, user_id).await?;
        let scope = Scope::Family(family_id);
        let page = patterns::log_after(self.table.as_ref(), scope, after, PAGE).await?;
        let ids: BTreeSet<DeviceId> = page.records.iter().filter_map(|it| it.device_id).collect();
        let wanted = ids.iter().map(|id| keys::device_key(family_id, *id));
        let items = self.table.get_many(wanted.collect()).await?;
        let mut devices = BTreeMap::new();
        for (id, item) in ids.into_iter().zip(items) {
            if let Some(item) = item {
                let state: DeviceState = keys::read(&item)?;
                devices.insert(id, state.last_cseq);
            }
        }
        Ok(ExportPage {
            records: page.records,
            devices,
        })
    }

    /// Makes ready to take a family in: brings its people, and says how much of it is here. What
    /// is here already must be the beginning of the same history.
    pub async fn begin_taking_in(&self, export: &ExportHead) -> Result<TakenIn, DeskError> {
        if export.version != EXPORT_VERSION {
            let why = format!(
                "it is of version {}, and this famdesk knows {EXPORT_VERSION}; update famdesk",
                export.version
            );
            return Err(Refusal::invalid("version", why).into());
        }
        let here = self.head(export.family_id).await?;
        let differs = match &here {
            None => false,
            Some(head) if head.epoch != export.epoch => true,
            // Where more is still to come, its first link tells.
            Some(head) if head.n < export.records => false,
            Some(_) => {
                let scope = Scope::Family(export.family_id);
                self.chain_at(scope, export.records).await? != export.chain
            }
        };
        if differs {
            let why = format!(
                "{} is here already and has gone on differently since; take it in elsewhere \
                 (`famdesk --data FOLDER import famdesk ...`)",
                export.family_name
            );
            return Err(Refusal::invalid("family_id", why).into());
        }
        for user in &export.users {
            self.take_in_user(user).await?;
        }
        Ok(TakenIn {
            records: here.map_or(0, |head| head.n),
        })
    }

    /// Takes in the next records of a history. Those of one command must come together.
    ///
    /// # Errors
    /// A refusal where they are not what follows what is here; nothing of them was taken in then.
    pub async fn take_in(
        &self,
        family_id: FamilyId,
        TakeIn { epoch, page }: &TakeIn,
    ) -> Result<TakenIn, DeskError> {
        let line = self.line(family_id);
        let mut end = line.hold(true).await;
        *end.heads = Default::default();
        let mut head = match self.head(family_id).await? {
            Some(head) => head,
            None => Head::new(*epoch),
        };
        let records = page.records.iter().filter(|it| it.seq > head.n);
        let records: Vec<&AuditRecord> = records.collect();
        let mut transactions = Vec::new();
        for of_one_command in records.chunk_by(|a, b| a.command_id == b.command_id) {
            transactions.push(taken_in(family_id, &mut head, of_one_command)?);
        }
        if let Some(last) = transactions.last_mut() {
            for (device, last_cseq) in &page.devices {
                let state = DeviceState {
                    last_cseq: *last_cseq,
                };
                let key = keys::device_key(family_id, *device);
                last.push(put(key, *last_cseq, &state, Condition::Any)?);
            }
        }
        // Handed over in order, so that they wait together for few commits to disk.
        let commits: Vec<_> = transactions
            .into_iter()
            .map(|writes| self.table.transact(writes))
            .collect();
        for commit in commits {
            commit.await?;
        }
        self.told();
        Ok(TakenIn { records: head.n })
    }

    async fn admin(&self, family_id: FamilyId, user_id: UserId) -> Result<(), DeskError> {
        let key = EntityKey::Membership(user_id);
        match self.record(family_id, &key).await? {
            Some(Record::Membership(it)) if it.is_live() && it.is_admin => Ok(()),
            Some(Record::Membership(it)) if it.is_live() => {
                let deed = "export the family";
                Err(Refusal::not_allowed("an admin of the family", deed).into())
            }
            _ => {
                let what = EntityType::Family;
                Err(Refusal::NotFound { what }.into())
            }
        }
    }

    /// Someone of whom nothing is known here gets a record of their own; where their address is
    /// somebody else's here, without it.
    async fn take_in_user(&self, user: &User) -> Result<(), DeskError> {
        let table = self.table.as_ref();
        if patterns::user(table, user.user_id).await?.is_some() {
            return Ok(());
        }
        let mut user = user.clone();
        user.common.version = 1;
        if let Some(email) = &user.email
            && patterns::user_by_email(table, email).await?.is_some()
        {
            user.email = None;
        }
        let writes = self.new_user(user, UserId::SYSTEM)?;
        Ok(table.transact(writes).await?)
    }
}

/// The transaction that stands for what one command did elsewhere.
fn taken_in(
    family_id: FamilyId,
    head: &mut Head,
    records: &[&AuditRecord],
) -> Result<Vec<Write>, DeskError> {
    let mut writes = Vec::with_capacity(records.len() * 2 + 4);
    let (n, mark) = (head.n, head.mark());
    for record in records {
        if let Err(broken) = verify_link(record, (head.n, &head.chain)) {
            let why = format!(
                "{broken}; either the family has gone on differently here, or the export was \
                 changed"
            );
            return Err(Refusal::invalid("records", why).into());
        }
        head.n = record.seq;
        head.chain.clone_from(&record.hash);
        let change = change_of(record)?;
        if let Record::Ticket(ticket) = &change.after
            && let Some(number) = &ticket.number
        {
            head.note_number(number.year, number.count);
        }
        places::write(&mut writes, (family_id, head), &change)?;
        // Its past has been told where it was; its secret stays there.
        writes.retain(|write| !webhooks::is_beginning(write.key()));
        writes.push(log(Scope::Family(family_id), record)?);
    }
    let condition = match n {
        0 => Condition::Absent,
        _ => Condition::Version(mark),
    };
    let item = keys::head_item(Scope::Family(family_id), head)?;
    writes.push(Write::Put { item, condition });
    if let Some(first) = records.first() {
        writes.push(receipt(
            family_id,
            first.command_id,
            (head.n, records.len()),
        )?);
    }
    Ok(writes)
}

/// So that the command, if a device sends it again, gets the verdict that it had.
fn receipt(
    family_id: FamilyId,
    command_id: CommandId,
    (seq, changes): (i64, usize),
) -> Result<Write, DeskError> {
    let verdict = Verdict {
        cseq: 0,
        command_id,
        outcome: Outcome::Applied {
            seq,
            changes,
            own: None,
        },
    };
    let key = keys::op_key(Scope::Family(family_id), command_id);
    put(key, 1, &verdict, Condition::Absent)
}

fn change_of(record: &AuditRecord) -> Result<Change, DeskError> {
    let kind = record.entity.entity_type();
    let read = |json: &serde_json::Value| {
        Record::from_json(kind, json.clone()).map_err(|error| {
            let why = format!("record {} can't be read: {error}", record.seq);
            DeskError::from(Refusal::invalid("records", why))
        })
    };
    let after = record.after.as_ref().ok_or_else(|| {
        let why = format!("record {} says nothing of the entity", record.seq);
        DeskError::from(Refusal::invalid("records", why))
    })?;
    Ok(Change {
        before: record.before.as_ref().map(read).transpose()?,
        after: read(after)?,
    })
}
