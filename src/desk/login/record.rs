//! What is done to a login stands in the log of its user, written in the same transaction.

use serde_json::Value;

use crate::desk::owner::NO_FAMILY;
use crate::desk::writes::log;
use crate::desk::{Desk, DeskError, unreadable};
use crate::model::audience::Audience;
use crate::model::audit::{Action, AuditRecord};
use crate::model::id::{CommandId, UserId};
use crate::model::record::Record;
use crate::model::user::User;
use crate::table::error::TableError;
use crate::table::item::{Condition, Write};
use crate::table::keys::{self, Scope};
use crate::table::patterns::{self, Window};
use crate::wire::session::RefusedTries;

/// How often a deed is tried where others write to the same log.
const TRIES: u32 = 8;

/// What stands in the log where a try to sign in failed.
pub(super) const REFUSED: &str = "session.refused";

/// What ends a row of failed tries: after these the person has come in themselves.
const CAME_IN: [&str; 3] = ["session.create", "code.redeem", "password.change"];

/// How far back failed tries are counted.
const LOOKED_AT: usize = 50;

/// The most records that are told at once.
const LONGEST: usize = 500;

/// One thing that is done to a login.
pub(super) struct Deed {
    /// Such as `session.create`.
    pub what: &'static str,
    /// Who did it.
    pub by: UserId,
    /// More about it, without anything secret.
    pub details: Value,
    /// The user's record before and after, where it changes.
    pub change: Option<(User, User)>,
}

impl Deed {
    pub fn new(what: &'static str, by: UserId, details: Value) -> Deed {
        Deed {
            what,
            by,
            details,
            change: None,
        }
    }

    /// A change of the user's record; nothing where nothing changes.
    pub fn change(
        what: &'static str,
        by: UserId,
        user: &User,
        change: impl FnOnce(&mut User),
    ) -> Option<Deed> {
        let mut after = user.clone();
        change(&mut after);
        let changed = after != *user;
        changed.then(|| Deed {
            change: Some((user.clone(), after)),
            ..Deed::new(what, by, Value::Null)
        })
    }
}

impl Desk {
    /// Writes what is done to a user's login, with a record of each deed. A write of which the
    /// condition does not hold is the caller's to interpret.
    pub(super) async fn with_record(
        &self,
        user_id: UserId,
        deeds: Vec<Deed>,
        writes: Vec<Write>,
    ) -> Result<(), DeskError> {
        for _ in 0..TRIES {
            let mut all = writes.clone();
            self.write_records(user_id, &deeds, &mut all).await?;
            match self.table.transact(all).await {
                Ok(()) => {
                    self.told();
                    return Ok(());
                }
                Err(TableError::Cancelled(reasons))
                    if reasons.iter().take(writes.len()).all(Option::is_none) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Busy)
    }

    /// The newest records of what was done to somebody's login and record, newest last.
    pub async fn login_log(
        &self,
        user_id: UserId,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, DeskError> {
        let window = Window::first(limit.clamp(1, LONGEST));
        let table = self.table.as_ref();
        let newest = patterns::log_newest_first(table, Scope::User(user_id), window).await?;
        let mut records = newest.items;
        records.reverse();
        Ok(records)
    }

    /// Failed tries to sign in as somebody since they did it last.
    pub async fn refused_tries(&self, user_id: UserId) -> Result<Option<RefusedTries>, DeskError> {
        let window = Window::first(LOOKED_AT);
        let table = self.table.as_ref();
        let newest = patterns::log_newest_first(table, Scope::User(user_id), window).await?;
        let since = newest.items.iter();
        let since = since.take_while(|it| !CAME_IN.contains(&it.command_type.as_str()));
        let tries: Vec<&AuditRecord> = since.filter(|it| it.command_type == REFUSED).collect();
        let (Some(last), Some(first)) = (tries.first(), tries.last()) else {
            return Ok(None);
        };
        let from = last.after.as_ref().and_then(|it| it["from"].as_str());
        Ok(Some(RefusedTries {
            count: tries.len(),
            since: first.time,
            from: from.unwrap_or_default().to_owned(),
        }))
    }

    async fn write_records(
        &self,
        user_id: UserId,
        deeds: &[Deed],
        writes: &mut Vec<Write>,
    ) -> Result<(), DeskError> {
        let scope = Scope::User(user_id);
        let table = self.table.as_ref();
        let no_log = || unreadable("user", "their log is missing");
        let mut head = patterns::head(table, scope).await?.ok_or_else(no_log)?;
        let user = patterns::user(table, user_id).await?.ok_or_else(no_log)?;
        let before = head.mark();
        let now = self.source().now();
        for deed in deeds {
            let (old, new, version) = match &deed.change {
                Some((old, new)) => {
                    let mut new = new.clone();
                    new.common.version = old.common.version + 1;
                    new.common.last_update = now;
                    let record = Record::User(new);
                    let item = keys::item_of(NO_FAMILY, &record)?;
                    writes.push(Write::update(item, old.common.version));
                    let version = old.common.version + 1;
                    (Some(json(old.clone().into())?), json(record)?, version)
                }
                None => (None, deed.details.clone(), user.common.version),
            };
            head.n += 1;
            let mut record = AuditRecord {
                seq: head.n,
                family_id: None,
                entity: user.key(),
                version,
                action: Action::Update,
                command_type: deed.what.to_owned(),
                command_id: CommandId(self.source().fresh()),
                device_id: None,
                actor_user_id: deed.by,
                on_behalf_of: None,
                time: now,
                before: old,
                after: Some(new),
                audience: Audience::User { user_id },
                hash: String::new(),
            };
            record.hash = record.link(&head.chain);
            head.chain.clone_from(&record.hash);
            writes.push(log(scope, &record)?);
        }
        writes.push(Write::Put {
            item: keys::head_item(scope, &head)?,
            condition: Condition::Version(before),
        });
        Ok(())
    }
}

fn json(record: Record) -> Result<Value, DeskError> {
    record.to_json().map_err(|error| unreadable("user", error))
}
