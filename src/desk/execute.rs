//! One command, one transaction.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::line::{Aloft, End, Heads};
use super::writes::{Plan, Prepared, put};
use super::{Desk, DeskError};
use crate::model::audit::AuditRecord;
use crate::model::change::Change;
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{DeviceId, FamilyId, UserId};
use crate::model::known::{Known, Need, Stop};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::rules::attachment::over_quota;
use crate::model::rules::decide;
use crate::model::source::Timestamp;
use crate::table::blobs::BlobError;
use crate::table::error::{Cancelled, TableError};
use crate::table::head::Head;
use crate::table::item::{Condition, check_writes};
use crate::table::keys::{self, Locator, Scope};
use crate::wire::sync::Verdict;

/// How often a command is tried where others are faster.
const TRIES: u32 = 40;

/// The first tries follow each other at once; then other programs are given way.
const TRIES_AT_ONCE: u32 = 4;

/// How the sort keys of locators by an outside name begin.
const EXTERNAL: &str = "EXT#";

/// The place of a command in its device's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From {
    pub device: DeviceId,
    pub cseq: i64,
}

/// What a command that stands for a request insists on, beside the rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// The request, as a hash: the command's id may be given again for the same request alone.
    pub request: Option<&'a str>,
    /// The entity is still at this version.
    pub unchanged: Option<(EntityKey, i64)>,
}

/// A command as it was given.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub family_id: FamilyId,
    pub actor: &'a Actor,
    pub command: &'a Command,
    pub from: Option<From>,
    pub terms: Terms<'a>,
}

/// The receipt of a command, under its id.
#[derive(Serialize, Deserialize)]
pub(super) struct Receipt {
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The request that it stood for, as a hash, where it stood for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What a device has sent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeviceState {
    pub last_cseq: i64,
}

/// What the table says of a command before it is decided, all as of one moment.
struct Standing {
    /// The verdict that it got before, if it was given before.
    seen: Option<Receipt>,
    device: DeviceState,
    /// Read only where it is not known.
    head: Option<Head>,
}

/// What a try has to mind, learnt from the one before.
struct Mind {
    /// Wait until nothing is in flight.
    still: bool,
    /// What only the table could tell.
    refusal: Option<Refusal>,
}

/// How one try to execute a command ended.
enum Try {
    Done(Verdict),
    /// Someone was faster; decide again on what they left.
    Again,
    /// The answer depends on what is still in flight; wait for it and decide again.
    Still,
    /// The table holds something that forbids it; let that be remembered.
    Refuse(Refusal),
}

impl Desk {
    /// Executes a command. The verdict is durable when it is returned, and the same command gets
    /// the same verdict ever after. Whoever stops waiting does not take the command back: it may
    /// or may not happen, and the same command finds out.
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
        self.carry_out(Given {
            family_id,
            actor,
            command,
            from,
            terms: Terms::default(),
        })
        .await
    }

    /// The same for a command that stands for a request.
    ///
    /// # Errors
    /// [`DeskError::OtherRequest`] where its id stood for another request, and
    /// [`DeskError::ChangedMeanwhile`] where the entity is not at its version any more; nothing was
    /// changed then.
    pub async fn execute_on(
        &self,
        family_id: FamilyId,
        actor: &Actor,
        command: &Command,
        terms: Terms<'_>,
    ) -> Result<Verdict, DeskError> {
        self.carry_out(Given {
            family_id,
            actor,
            command,
            from: None,
            terms,
        })
        .await
    }

    async fn carry_out(&self, given: Given<'_>) -> Result<Verdict, DeskError> {
        let command = given.command;
        let mut mind = Mind {
            still: false,
            refusal: self
                .have_blobs((given.family_id, given.actor.user_id), command)
                .await?,
        };
        for turn in 0..TRIES {
            match self.attempt(given, &mind).await? {
                Try::Done(verdict) => return Ok(verdict),
                Try::Again => give_way(command, turn).await,
                Try::Still => mind.still = true,
                Try::Refuse(refusal) => mind.refusal = Some(refusal),
            }
        }
        Err(DeskError::Busy)
    }

    async fn attempt(&self, given: Given<'_>, mind: &Mind) -> Result<Try, DeskError> {
        let line = self.line(given.family_id);
        let mut end = line.hold(mind.still).await;
        let scope = Scope::Family(given.family_id);
        let with_head = !end.heads.contains_key(&scope);
        let standing = self.standing(given, with_head).await?;
        let seen = standing.seen.filter(|_| !mutant!(NoDedupe));
        if let Some(Receipt { verdict, request }) = seen {
            if given.terms.request.is_some() && given.terms.request != request.as_deref() {
                return Err(DeskError::OtherRequest);
            }
            return self.repeated(given, verdict, (standing.device, &end)).await;
        }
        if let Some((key, version)) = given.terms.unchanged
            && !self.is_at(given.family_id, &key, version).await?
        {
            return match end.still {
                true => Err(DeskError::ChangedMeanwhile),
                false => Ok(Try::Still),
            };
        }
        if let Some(from) = given.from
            && from.cseq != standing.device.last_cseq + 1
            && !(mutant!(NoForkCheck) && from.cseq <= standing.device.last_cseq)
        {
            return out_of_order(from, standing.device, &end);
        }
        if with_head {
            let head = standing.head.unwrap_or_else(|| self.fresh_head());
            end.heads.insert(scope, head);
        }
        let plan = Plan {
            given,
            device: standing.device,
            now: self.source.now(),
        };
        let Some(prepared) = self.prepare(&plan, &end, mind).await? else {
            return Ok(Try::Still);
        };
        end.heads.extend(prepared.heads);
        let aloft = line.clone().take_off();
        let committed = self.table.transact(prepared.writes);
        drop(end);
        match self.landed(aloft, committed).await? {
            Ok(()) => Ok(Try::Done(prepared.verdict)),
            Err(TableError::Cancelled(reasons)) => Ok(match taken_elsewhere(given, &reasons)? {
                Some(refusal) => Try::Refuse(refusal),
                None => Try::Again,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Decides the command and puts its transaction together; none where the decision can only be
    /// believed once nothing is in flight.
    async fn prepare(
        &self,
        plan: &Plan<'_>,
        end: &End<'_>,
        mind: &Mind,
    ) -> Result<Option<Prepared>, DeskError> {
        let given = plan.given;
        let mut known = Known::new(given.family_id);
        let mut decision = self.decide(given, plan.now, &mut known).await?;
        if let (Ok(_), Some(refusal)) = (&decision, &mind.refusal) {
            decision = Err(refusal.clone());
        }
        if let Ok(changes) = &mut decision {
            self.look_at_files(changes)?;
            let head = end.heads.get(&Scope::Family(given.family_id));
            let before = head.map_or(0, |head| head.attached);
            if let Some(refusal) = over_quota(before, changes) {
                decision = Err(refusal);
            }
        }
        if !end.still && (decision.is_err() || asked_for_lists(&known)) {
            return Ok(None);
        }
        let prepared = match decision {
            Ok(changes) => {
                let numbering = self.numbering(&changes, &mut known).await?;
                let heads = self.heads_for(given, &changes, &end.heads).await?;
                storable(plan, (heads, &known), |heads| {
                    plan.applied(heads, changes, &known, numbering.as_ref())
                })?
            }
            // For whoever is not in it there is no such family, and nothing is remembered there.
            Err(refusal) if is_outside(given.actor, &known, &refusal) => {
                return Err(refusal.into());
            }
            Err(refusal) => {
                let refusal = self.named(given, refusal).await?;
                let heads = self.heads_for(given, &[], &end.heads).await?;
                plan.rejected(heads, refusal, &known)?
            }
        };
        Ok(Some(prepared))
    }

    /// A refusal that says who overtook it, and when.
    async fn named(&self, given: Given<'_>, refusal: Refusal) -> Result<Refusal, DeskError> {
        let Refusal::Conflict(mut conflict) = refusal else {
            return Ok(refusal);
        };
        let key = match (&given.command.body, conflict.comment) {
            (body, None) => body.overwrites(),
            (body, Some(comment_id)) => body
                .ticket()
                .map(|ticket_id| EntityKey::Comment(ticket_id, comment_id)),
        };
        if let Some(key) = key {
            let changes = self.since(given.family_id, key, 0).await?;
            let is_it = |record: &AuditRecord| {
                let mut fields = record.changes().into_iter();
                conflict.comment.is_some() || fields.any(|it| it.field == conflict.field)
            };
            if let Some(record) = changes.iter().rev().find(|it| is_it(it)) {
                conflict.by = Some(record.in_name_of());
                conflict.at = Some(record.time);
            }
        }
        Ok(Refusal::Conflict(conflict))
    }

    /// The ends of the logs that the changes go to, and of the family's own.
    async fn heads_for(
        &self,
        given: Given<'_>,
        changes: &[Change],
        here: &Heads,
    ) -> Result<Heads, DeskError> {
        let family_id = given.family_id;
        let written = changes
            .iter()
            .map(|change| Scope::of(family_id, &change.after.key()));
        let scopes: BTreeSet<Scope> = written.chain([Scope::Family(family_id)]).collect();
        let (mut heads, mut unread) = (Heads::new(), Vec::new());
        for scope in scopes {
            match here.get(&scope) {
                Some(head) => drop(heads.insert(scope, head.clone())),
                None => unread.push(scope),
            }
        }
        if unread.is_empty() {
            return Ok(heads);
        }
        let places = unread.iter().copied().map(keys::head_key).collect();
        let found = self.table.get_many(places).await?;
        for (scope, item) in unread.into_iter().zip(found) {
            let head = match item {
                Some(item) => keys::head_of(&item)?,
                None => self.fresh_head(),
            };
            heads.insert(scope, head);
        }
        Ok(heads)
    }

    /// Waits for a transaction on a task of its own, so that it lands even if whoever gave the
    /// command stops waiting.
    async fn landed(
        &self,
        aloft: Aloft,
        committed: impl Future<Output = Result<(), TableError>> + Send + 'static,
    ) -> Result<Result<(), TableError>, DeskError> {
        let news = self.news.clone();
        let landing = tokio::spawn(async move {
            let result = committed.await;
            aloft.land(result.is_ok());
            if result.is_ok() {
                news.committed();
            }
            result
        });
        landing.await.map_err(|_| DeskError::Stopping)
    }

    /// What the table says of the command and its device, and, if wanted, the log's end.
    async fn standing(&self, given: Given<'_>, with_head: bool) -> Result<Standing, DeskError> {
        let scope = Scope::Family(given.family_id);
        let device = given
            .from
            .map(|from| keys::device_key(given.family_id, from.device));
        let head = with_head.then(|| keys::head_key(scope));
        let mut wanted = vec![keys::op_key(scope, given.command.command_id)];
        wanted.extend(device.clone());
        wanted.extend(head.clone());
        let mut standing = Standing {
            seen: None,
            device: DeviceState::default(),
            head: None,
        };
        for item in self.table.get_many(wanted).await?.into_iter().flatten() {
            if Some(&item.key) == device.as_ref() {
                standing.device = keys::read(&item)?;
            } else if Some(&item.key) == head.as_ref() {
                standing.head = Some(keys::head_of(&item)?);
            } else {
                standing.seen = Some(keys::read(&item)?);
            }
        }
        Ok(standing)
    }

    /// A command that was given before gets its first verdict. Where it comes from another device
    /// now (one that begins anew, PROTOCOL.md section 1.9), that device's count goes on.
    async fn repeated(
        &self,
        given: Given<'_>,
        mut verdict: Verdict,
        (device, end): (DeviceState, &End<'_>),
    ) -> Result<Try, DeskError> {
        let Some(from) = given.from else {
            return Ok(Try::Done(verdict));
        };
        verdict.cseq = from.cseq;
        if from.cseq <= device.last_cseq {
            return Ok(Try::Done(verdict));
        }
        if from.cseq > device.last_cseq + 1 {
            return out_of_order(from, device, end);
        }
        let key = keys::device_key(given.family_id, from.device);
        let state = DeviceState {
            last_cseq: from.cseq,
        };
        let write = put(key, from.cseq, &state, device.unchanged())?;
        match self.table.transact(vec![write]).await {
            Ok(()) => Ok(Try::Done(verdict)),
            Err(TableError::Cancelled(_)) => Ok(Try::Again),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_at(
        &self,
        family_id: FamilyId,
        key: &EntityKey,
        version: i64,
    ) -> Result<bool, DeskError> {
        let found = self.record(family_id, key).await?;
        Ok(found.is_some_and(|it| it.common().version == version))
    }

    /// Whether the commands, one after the other, would all be taken as things are now. Nothing is
    /// changed.
    pub async fn rehearse(
        &self,
        family_id: FamilyId,
        actor: &Actor,
        commands: &[Command],
    ) -> Result<Result<Vec<usize>, Refusal>, DeskError> {
        let mut known = Known::new(family_id);
        let mut counts = Vec::with_capacity(commands.len());
        for command in commands {
            let given = Given {
                family_id,
                actor,
                command,
                from: None,
                terms: Terms::default(),
            };
            match self.decide(given, self.source.now(), &mut known).await? {
                Ok(changes) => {
                    counts.push(changes.len());
                    for change in changes {
                        known.learn(Need::Entity(change.after.key()), vec![change.after]);
                    }
                }
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(counts))
    }

    /// Decides, fetching what the rules ask for until they ask no more.
    async fn decide(
        &self,
        given: Given<'_>,
        now: Timestamp,
        known: &mut Known,
    ) -> Result<Result<Vec<Change>, Refusal>, DeskError> {
        loop {
            match decide(given.command, given.actor, now, known) {
                Ok(changes) => return Ok(Ok(changes)),
                Err(Stop::Refused(refusal)) => return Ok(Err(refusal)),
                Err(Stop::Need(needs)) => self.learn(known, needs).await?,
            }
        }
    }

    /// Checks that the blobs it names are here, and that whoever names them has sent them or sees
    /// them. A name that can't be one will never be.
    async fn have_blobs(
        &self,
        whose: (FamilyId, UserId),
        command: &Command,
    ) -> Result<Option<Refusal>, DeskError> {
        for sha256 in command.body.blobs() {
            match self.keep_for(whose, sha256).await {
                Ok(true) => {}
                Ok(false) => {
                    let sha256 = sha256.to_owned();
                    return match self.let_in(whose.0, whose.1).await {
                        Ok(()) => Err(DeskError::NeedsBlob { sha256 }),
                        // They can't send it, and are told so by the decision.
                        Err(DeskError::Refused(_)) => Ok(None),
                        Err(error) => Err(error),
                    };
                }
                Err(DeskError::Blob(error @ BlobError::NotAHash(_))) => {
                    return Ok(Some(Refusal::invalid("sha256", error.to_string())));
                }
                Err(DeskError::Refused(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

impl DeviceState {
    /// That the device has sent nothing since.
    pub(super) fn unchanged(self) -> Condition {
        match self.last_cseq {
            0 => Condition::Absent,
            last => Condition::Version(last),
        }
    }
}

/// Waits a little where several programs get in each other's way, each command its own while.
async fn give_way(command: &Command, turn: u32) {
    let Some(late) = turn.checked_sub(TRIES_AT_ONCE) else {
        return tokio::task::yield_now().await;
    };
    let most = 1_u128 << late.min(6);
    let own = command.command_id.0.as_u128().rotate_right(turn) % most;
    let millis = u64::try_from(own).unwrap_or_default() + 1;
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// A command that is not the next of its device; or something in flight may be the one between.
fn out_of_order(from: From, device: DeviceState, end: &End<'_>) -> Result<Try, DeskError> {
    let want = device.last_cseq + 1;
    if !end.still {
        Ok(Try::Still)
    } else if from.cseq < want {
        Err(DeskError::DeviceFork { cseq: from.cseq })
    } else {
        Err(DeskError::CseqGap {
            want,
            got: from.cseq,
        })
    }
}

/// What the table would never take is refused like anything else that can't be done, or it would
/// be sent again for ever.
fn storable(
    plan: &Plan<'_>,
    (heads, known): (Heads, &Known),
    applied: impl FnOnce(Heads) -> Result<Prepared, DeskError>,
) -> Result<Prepared, DeskError> {
    let prepared = applied(heads.clone())?;
    match check_writes(&prepared.writes) {
        Ok(()) => Ok(prepared),
        Err(error @ (TableError::TooLarge { .. } | TableError::TwoWrites { .. })) => {
            let refusal = Refusal::invalid("command", error.to_string());
            plan.rejected(heads, refusal, known)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a decision looked at lists, which no condition of a transaction can guard.
fn asked_for_lists(known: &Known) -> bool {
    known
        .answers()
        .any(|(need, _)| !matches!(need, Need::Entity(_)))
}

/// Whether the refusal says that whoever asks is not in the family.
fn is_outside(actor: &Actor, known: &Known, refusal: &Refusal) -> bool {
    let what = EntityType::Family;
    let is_member = || {
        let me = Need::Entity(EntityKey::Membership(actor.user_id));
        let found = known.list(me).ok().and_then(<[Record]>::first);
        matches!(found, Some(Record::Membership(it)) if it.is_live())
    };
    *refusal == Refusal::NotFound { what } && !is_member()
}

/// Whether it failed because a name that is unique belongs to another already: the outside name
/// of a ticket that is imported, or someone's e-mail address.
fn taken_elsewhere(
    given: Given<'_>,
    reasons: &[Option<Cancelled>],
) -> Result<Option<Refusal>, DeskError> {
    for found in reasons.iter().flatten().filter_map(|it| it.found.as_ref()) {
        let is_name = found.key.sk.starts_with(EXTERNAL) || found.key.pk.starts_with(keys::EMAILS);
        if !is_name {
            continue;
        }
        match keys::located(found)? {
            Locator::TicketId(holder) if !brings(given, EntityKey::Ticket(holder)) => {
                let why = format!("the ticket {holder} stands for it already; leave it out");
                return Ok(Some(Refusal::invalid("external_ref", why)));
            }
            Locator::UserId(holder) if !brings(given, EntityKey::User(holder)) => {
                let why = "someone else has that address already; take another";
                return Ok(Some(Refusal::invalid("email", why)));
            }
            Locator::TicketId(_) | Locator::UserId(_) => {}
        }
    }
    Ok(None)
}

/// Whether the command itself is about the entity: then another try may find it written.
fn brings(given: Given<'_>, key: EntityKey) -> bool {
    match &given.command.body {
        CommandBody::ImportBatch(batch) => batch.entities.iter().any(|it| it.key() == key),
        _ => key == EntityKey::User(given.actor.user_id),
    }
}
