//! One pass: push until nothing waits, pull until nothing is new.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use super::news::{self, News};
use super::transfer::{Freight, Telling, Transfer};
use crate::config::drive::NetworkDrive;
use crate::config::write_private;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommandId, DeviceId, FamilyId, UserId};
use crate::model::membership::MembershipStatus;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::Source;
use crate::remote::blobs::There;
use crate::remote::client::{CallError, Client, Places};
use crate::replica::worker::{Stopped, Worker};
use crate::replica::{Applied, Replica, ReplicaError};
use crate::table::blobs::{BlobError, BlobStore};
use crate::wire::cursor::Cursor;
use crate::wire::presence::Present;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::{FamilyStanding, Limits, Session};
use crate::wire::sync::{Outcome, Pull, Push, Pushed, Verdict};

/// How many records of the log are pulled at once.
const PULL_LIMIT: usize = if cfg!(feature = "simulation") { 9 } else { 500 };

/// How many records of the past are fetched at once: few, so that nothing waits for them.
const PAST_LIMIT: usize = 200;

/// How often the backend may fail at one command before it is set aside.
const TRIES: u32 = 8;

/// How long a backend that asks to wait is waited for, at the least and at the most.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Commands that were sent.
    pub pushed: usize,
    /// Records that were pulled.
    pub pulled: usize,
    /// Commands that were refused, and now wait for the person.
    pub refused: usize,
    /// The backend asks to wait so long before it takes or gives more.
    pub again_in: Option<Duration>,
    /// What is wrong with the backend's store, for whoever is to see to it.
    pub trouble: Option<String>,
    /// What the person is to be told.
    pub news: Vec<News>,
}

impl Passed {
    /// Whether anything is not as it was before the pass.
    pub fn changed(&self) -> bool {
        self.pulled > 0 || self.refused > 0
    }
}

/// Why a pass did not come to its end. Nothing is lost: what waits is still in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The rows that the log leans on could not be had.
    #[error("the local copy of a family is missing rows; run `famdesk rebuild`")]
    MissingRows,
    /// Another program that shares the replica pushes and pulls for long.
    #[error(
        "another famdesk (process {pid}) is sending and fetching, and takes long; it sends what waits here too"
    )]
    OthersTurn { pid: u32 },
    #[error("{} can't be locked ({why}); check its folder and the disk", path.display())]
    NoTurn { path: PathBuf, why: std::io::Error },
}

impl SyncError {
    /// Whether the way to the backend is closed for now: it does not answer, or not to this person
    /// or program, or it fails. What waits stays in the outbox, and what is here can be read.
    pub fn is_of_the_way(&self) -> bool {
        match self {
            SyncError::Call(CallError::Unreachable(_)) => true,
            _ => matches!(
                self.kind(),
                Some(
                    ProblemKind::Unauthenticated
                        | ProblemKind::OtherProtocol
                        | ProblemKind::TooMany
                        | ProblemKind::Busy
                        | ProblemKind::CannotStore
                        | ProblemKind::Damaged
                        | ProblemKind::Failed
                )
            ),
        }
    }

    /// Whether the disk here does not take what is new; what is here already can be read.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, SyncError::Replica(error)
            if error.is_of_a_full_disk() || error.is_of_a_failing_disk())
    }

    /// The kind of problem, if the backend named one.
    pub fn kind(&self) -> Option<ProblemKind> {
        match self {
            SyncError::Call(error) => error.kind(),
            _ => None,
        }
    }

    /// Whether it concerns one family alone, so that the others may go on.
    fn is_of_one_family(&self) -> bool {
        match self {
            SyncError::Call(CallError::Unreachable(_))
            | SyncError::Stopped(_)
            | SyncError::OthersTurn { .. }
            | SyncError::NoTurn { .. } => false,
            SyncError::Call(
                CallError::Problem(_) | CallError::Stale { .. } | CallError::Unreadable { .. },
            )
            | SyncError::Replica(_)
            | SyncError::Blob(_)
            | SyncError::MissingRows => true,
        }
    }
}

/// What a pass works with.
pub(super) struct Pass<'a> {
    pub client: &'a Client,
    pub replica: &'a Worker<Replica>,
    /// Looks into the replica where nothing is to be written.
    pub reader: &'a Worker<Replica>,
    pub texts: &'a BlobStore,
    /// Files that wait to be sent.
    pub files: &'a BlobStore,
    pub transfers: &'a watch::Sender<Option<Transfer>>,
    pub present: &'a watch::Sender<Vec<Present>>,
    pub source: &'a dyn Source,
    pub me: UserId,
    /// Whether this program has noted a session.
    pub has_noted: &'a AtomicBool,
    /// What the folder is on, if another machine lends that.
    pub drive: Option<NetworkDrive>,
    /// Where what is set aside is reported.
    pub folder: &'a Path,
}

impl Pass<'_> {
    /// Pushes and pulls every family of this person. What goes wrong with one family does not
    /// hold up the others; what was done stands in `passed` in any case.
    pub(super) async fn run(&self, passed: &mut Passed) -> Result<(), SyncError> {
        let mut first_error = Ok(());
        let waiting = self.read(|it| it.families_to_push()).await?;
        for family_id in waiting {
            let pushed = self.push(family_id, passed).await;
            keep_first(&mut first_error, or_later(pushed, passed))?;
        }
        // Whatever is committed from here on is told by a poke, if the pulls don't bring it.
        self.client.listen();
        let session = self.client.session().await?;
        self.note_tries(&session, passed).await?;
        passed.trouble.clone_from(&session.trouble);
        self.meet(&session.present);
        let is_first = self.note(&session).await?;
        if is_first {
            passed.news.extend(self.drive.map(News::OnNetworkDrive));
        }
        if is_first && let Some(time) = session.time {
            passed.news.extend(news::of_time(time, self.source.now()));
        }
        for standing in &session.families {
            if standing.status != MembershipStatus::Member {
                continue;
            }
            let family_id = standing.family_id;
            if is_first {
                // A program that was killed may have left texts behind.
                let fetched = self.fetch_all_texts(family_id).await;
                keep_first(&mut first_error, or_later(fetched, passed))?;
                let caught_up = self.catch_up(family_id, passed).await;
                keep_first(&mut first_error, or_later(caught_up, passed))?;
            }
            if !self.is_up_to_date(standing).await? {
                let pulled = self.bring_up(standing, passed).await;
                keep_first(&mut first_error, or_later(pulled, passed))?;
            }
        }
        let looked_back = self.look_back(&session, passed).await;
        keep_first(&mut first_error, looked_back)?;
        // A device that began anew has more to send, to other families too.
        let waiting = self.read(|it| it.families_to_push()).await?;
        for family_id in waiting {
            if first_error.is_ok() && passed.again_in.is_none() {
                let pushed = self.push(family_id, passed).await;
                first_error = or_later(pushed, passed);
            }
        }
        self.tidy().await?;
        self.let_files_go().await?;
        first_error
    }

    /// Shows who else is there. Each time that anybody is: for how much longer is news too.
    fn meet(&self, now: &[Present]) {
        self.present.send_if_modified(|before| {
            let is_news = !(before.is_empty() && now.is_empty());
            *before = now.to_vec();
            is_news
        });
    }

    /// What an older version of the program could not read is fetched by the one that may.
    async fn catch_up(&self, family_id: FamilyId, passed: &mut Passed) -> Result<(), SyncError> {
        let passed_over = self.read(move |it| it.passed_over(family_id)).await?;
        if passed_over.is_some_and(|it| it.may_be_read_now()) {
            passed.pulled += 1;
            self.fetch_anew(family_id, passed).await?;
        }
        Ok(())
    }

    /// Whether the family's log and one's own of it end where they have been taken in, and no own
    /// command waits to be seen in them.
    async fn is_up_to_date(&self, standing: &FamilyStanding) -> Result<bool, SyncError> {
        let family_id = standing.family_id;
        let (head, own) = (standing.head.clone(), standing.own.clone());
        let look = move |it: &mut Replica| -> Result<_, ReplicaError> {
            let here = it.place(family_id)?.map(|(cursor, _)| cursor);
            Ok(head.is_some()
                && here == head
                && it.own_place(family_id)? == own
                && !it.has_pending(family_id)?)
        };
        self.read(look).await
    }

    async fn bring_up(
        &self,
        standing: &FamilyStanding,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        if self.is_to_begin(standing).await? {
            passed.pulled += 1;
            self.fetch_anew(standing.family_id, passed).await?;
        }
        self.pull(standing.family_id, passed).await
    }

    /// Whether nothing is here of the family, and its history is too long to be told from its
    /// beginning: then the family is fetched as it is now, and its history afterwards.
    async fn is_to_begin(&self, standing: &FamilyStanding) -> Result<bool, SyncError> {
        let family_id = standing.family_id;
        let length = standing.head.as_ref().map_or(0, |head| head.seq);
        let is_new = self
            .read(move |it| Ok(it.place(family_id)?.is_none()))
            .await?;
        Ok(is_new && usize::try_from(length).is_ok_and(|length| length > PULL_LIMIT))
    }

    pub(super) async fn read<R: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Replica) -> Result<R, ReplicaError> + Send + 'static,
    ) -> Result<R, SyncError> {
        Ok(self.reader.run(read).await??)
    }

    /// Remembers where this person stands, if that is news: it costs a commit. Whether it is the
    /// first time that it is looked at.
    async fn note(&self, session: &Session) -> Result<bool, SyncError> {
        let mut still = session.clone();
        for standing in &mut still.families {
            (standing.head, standing.own) = (None, None);
        }
        let noted = still.clone();
        if !self.read(move |it| it.knows_session(&noted)).await? {
            self.replica
                .run(move |it| it.note_session(&still))
                .await??;
        }
        Ok(!self.has_noted.swap(true, Ordering::Relaxed))
    }

    /// Tells of failed tries to sign in as this person, once.
    async fn note_tries(&self, session: &Session, passed: &mut Passed) -> Result<(), SyncError> {
        let Some(tries) = session.refused.clone() else {
            return Ok(());
        };
        let known = tries.clone();
        if !self.read(move |it| it.knows_of_tries(&known)).await? {
            passed.news.push(News::RefusedTries(tries.clone()));
            self.replica.run(move |it| it.note_tries(&tries)).await??;
        }
        Ok(())
    }

    /// Sends what waits. Where the backend counts this device's commands differently, or has another
    /// history than the one that was seen, the device begins anew, once.
    pub(super) async fn push(
        &self,
        family_id: FamilyId,
        passed: &mut Passed,
    ) -> Result<(), SyncError> {
        let sent = self.send_all(family_id, passed).await;
        match sent.as_ref().err().and_then(SyncError::kind) {
            Some(ProblemKind::CseqGap | ProblemKind::DeviceFork) => {
                self.begin_anew().await?;
            }
            Some(ProblemKind::HistoryDiverged) => self.start_over(family_id, passed).await?,
            _ => return sent,
        }
        self.send_all(family_id, passed).await
    }

    /// Goes on as another device, which sends what was settled lately and what waits. The backend
    /// knows the commands that it has.
    pub(super) async fn begin_anew(&self) -> Result<u64, SyncError> {
        let device = DeviceId(self.source.fresh());
        let waiting = self.replica.run(move |it| it.heal(device)).await??;
        tracing::warn!("this device goes on under a new name and sends {waiting} commands again");
        Ok(waiting)
    }

    async fn send_all(&self, family_id: FamilyId, passed: &mut Passed) -> Result<(), SyncError> {
        let limits = Limits::default();
        loop {
            let read = move |it: &mut Replica| -> Result<_, ReplicaError> {
                let batch = it.next_batch(family_id, limits.max_batch)?;
                let tries = match batch.first() {
                    Some(first) => it.failed_tries(first.command.command_id)?,
                    None => 0,
                };
                Ok((it.device_id()?, it.witness(family_id)?, (batch, tries)))
            };
            let (device, witness, (batch, tries)) = self.replica.run(read).await??;
            let mut batch = few_enough(batch);
            if batch.is_empty() {
                return Ok(());
            }
            // The one that the backend fails at is found by sending fewer each time.
            batch.truncate((batch.len() >> tries).max(1));
            if let Some(lost) = self.send_blobs(family_id, &batch).await? {
                passed.refused += self.set_aside(family_id, vec![lost]).await?;
                // Its number is missing in the row now.
                self.begin_anew().await?;
                continue;
            }
            let push = Push {
                device,
                commands: batch,
            };
            let reply = self.client.push(family_id, &push, witness.as_ref());
            let reply = match reply.await {
                Err(CallError::Problem(problem)) if is_no_family(&problem) => {
                    let refused = self.refused_at_the_door(family_id, &push.commands, &problem);
                    match refused.await? {
                        0 => return Err(CallError::Problem(problem).into()),
                        count => passed.refused += count,
                    }
                    continue;
                }
                Err(CallError::Problem(problem)) if problem.kind == ProblemKind::Failed => {
                    let first = push.commands.first();
                    if let Some(pushed) = first
                        && self.park_if_stuck(pushed, &problem).await?
                    {
                        passed.refused += 1;
                        continue;
                    }
                    return Err(CallError::Problem(problem).into());
                }
                other => other?,
            };
            passed.pushed += reply.results.len();
            let (problem, decided) = (reply.problem.clone(), reply.results.len());
            self.replica
                .run(move |it| it.note_verdicts(family_id, &reply))
                .await??;
            let Some(problem) = problem.filter(|it| !is_no_family(it)) else {
                continue;
            };
            let undecided = push.commands.get(decided);
            if let (ProblemKind::Failed, Some(pushed)) = (problem.kind, undecided)
                && self.park_if_stuck(pushed, &problem).await?
            {
                passed.refused += 1;
                continue;
            }
            return Err(CallError::Problem(Box::new(problem)).into());
        }
    }

    /// The backend failed at a command once more. After a while it is set aside with a report, so
    /// that those behind it can pass; whether it was.
    async fn park_if_stuck(&self, pushed: &Pushed, problem: &Problem) -> Result<bool, SyncError> {
        let command_id = pushed.command.command_id;
        // On the disk: a program that ends after one try is to come to an end with it too.
        let note = move |it: &mut Replica| it.note_failed_try(command_id);
        let times = self.replica.run(note).await??;
        if times < TRIES {
            return Ok(false);
        }
        let report = serde_json::json!({
            "famdesk": env!("CARGO_PKG_VERSION"),
            "tries": times,
            "problem": problem,
            "command": pushed,
        });
        let path = self.folder.join(format!("parked-{command_id}.json"));
        let told = match write_private(&path, format!("{report:#}\n").as_bytes()) {
            Ok(()) => format!("{problem}; a report is in {}", path.display()),
            // What matters is in the tray.
            Err(_) => problem.to_string(),
        };
        let void = CommandId(self.source.fresh());
        let park = move |it: &mut Replica| it.park(command_id, void, &told);
        Ok(self.replica.run(park).await??)
    }

    /// Puts commands that can't be sent any more, with their texts, to what waits for the person.
    pub(super) async fn set_aside(
        &self,
        family_id: FamilyId,
        refused: Vec<Verdict>,
    ) -> Result<usize, SyncError> {
        let set_aside = move |it: &mut Replica| -> Result<_, ReplicaError> {
            let place = it.place(family_id)?;
            let (cursor, head) = place.clone().unwrap_or_else(nowhere);
            let page = Pull {
                from: cursor.seq,
                to: cursor.seq,
                cursor,
                head,
                more: false,
                events: Vec::new().into(),
                shown: Vec::new().into(),
                hidden: Vec::new().into(),
                results: refused,
                own: None,
            };
            let applied = it.apply_pull(family_id, &page)?;
            if place.is_none() {
                it.forget_family(family_id)?;
            }
            Ok(applied.rejected.len())
        };
        Ok(self.replica.run(set_aside).await??)
    }

    /// A command may only name a blob that the backend has. Gives the refusal of the first one
    /// whose text is neither there nor here.
    async fn send_blobs(
        &self,
        family_id: FamilyId,
        batch: &[Pushed],
    ) -> Result<Option<Verdict>, SyncError> {
        for pushed in batch {
            for sha256 in pushed.command.body.blobs() {
                if self.client.blob_there((family_id, sha256)).await? == There::Whole {
                    continue;
                }
                let bytes = match self.kept_here(sha256) {
                    Err(error @ (BlobError::Missing(_) | BlobError::Damaged { .. })) => {
                        let problem = Problem::new(ProblemKind::NeedsBlob, error.to_string());
                        return Ok(Some(refusal(pushed, &problem)));
                    }
                    other => other?,
                };
                let (total, bytes) = (bytes.len() as u64, Bytes::from(bytes));
                let mut telling = Telling::to(self.transfers);
                let told = |done| {
                    let name = pushed.command.body.file_name().unwrap_or_default();
                    telling.tell(Freight::FileOut(name.to_owned()), done, total);
                };
                let sent = self
                    .client
                    .send_blob((family_id, sha256), &bytes, told)
                    .await;
                drop(telling);
                match sent {
                    // The push that follows finds out the same, and deals with it.
                    Err(CallError::Problem(problem)) if is_no_family(&problem) => return Ok(None),
                    other => other?,
                }
            }
        }
        Ok(None)
    }

    async fn pull(&self, family_id: FamilyId, passed: &mut Passed) -> Result<(), SyncError> {
        let mut begun_again = false;
        loop {
            let pull = match self.next_page(family_id).await? {
                // Once: a backend that contradicts its own snapshot is not to be asked for ever.
                Err(error) if !begun_again && is_to_begin_again(&error) => {
                    begun_again = true;
                    passed.pulled += 1;
                    match error.kind() {
                        Some(ProblemKind::HistoryDiverged) => self.recover(family_id, passed).await,
                        _ => self.fetch_anew(family_id, passed).await,
                    }?;
                    continue;
                }
                other => other?,
            };
            if !self.follow(family_id, pull, passed).await? {
                return Ok(());
            }
        }
    }

    /// Pushes what waits in one family while what is new there already is pulled. Where following
    /// the log does not do, the pass that comes next finds out, and sees to it.
    pub(super) async fn send(&self, family_id: FamilyId) -> Result<Passed, SyncError> {
        let (mut passed, mut followed) = (Passed::default(), Passed::default());
        let following = async {
            while let Ok(pull) = self.next_page(family_id).await? {
                if !self.follow(family_id, pull, &mut followed).await? {
                    break;
                }
            }
            Ok::<_, SyncError>(())
        };
        let (pushed, pulled) = tokio::join!(self.push(family_id, &mut passed), following);
        or_later(pushed.and(pulled), &mut passed)?;
        passed.pulled += followed.pulled;
        passed.refused += followed.refused;
        passed.news.extend(followed.news);
        Ok(passed)
    }

    /// The log from where it has been taken in, as far as the backend gives it.
    async fn next_page(&self, family_id: FamilyId) -> Result<Result<Pull, CallError>, SyncError> {
        let read = move |it: &mut Replica| -> Result<_, ReplicaError> {
            Ok((it.device_id()?, places(it, family_id)?))
        };
        let (device, places) = self.read(read).await?;
        let pulled = self.client.pull(family_id, device, &places, PULL_LIMIT);
        Ok(pulled.await)
    }

    /// Takes a page in with the texts that it names; whether there is more.
    async fn follow(
        &self,
        family_id: FamilyId,
        pull: Pull,
        passed: &mut Passed,
    ) -> Result<bool, SyncError> {
        let more = pull.more;
        let own = pull.own.as_ref().map_or(0, |own| own.events.len());
        passed.news.extend(news::in_page(&pull));
        let told = pull.events.len() + pull.shown.len() + pull.hidden.len() + own;
        // What can't be read here yet is told of.
        passed.pulled += told + pull.newer();
        let applied = self.take_in(family_id, pull).await?;
        passed.refused += applied.rejected.len();
        self.fetch_texts(family_id, applied.blobs).await?;
        Ok(more)
    }

    /// Takes a page of the log in; what it leans on and is not here is fetched first.
    async fn take_in(&self, family_id: FamilyId, pull: Pull) -> Result<Applied, SyncError> {
        if mutant!(CursorFirst) {
            let events = Vec::new().into();
            let place = Pull {
                events,
                ..pull.clone()
            };
            self.replica
                .run(move |it| it.apply_pull(family_id, &place))
                .await??;
        }
        let page = Arc::new(pull);
        let shared = Arc::clone(&page);
        let applied = self
            .replica
            .run(move |it| it.apply_pull(family_id, &shared))
            .await??;
        if applied.missing.is_empty() {
            return Ok(applied);
        }
        let rows = self.client.rows(family_id, &applied.missing).await?;
        let mut pull = Arc::unwrap_or_clone(page);
        let found: HashSet<EntityKey> = rows.iter().map(Record::key).collect();
        pull.shown.append(rows);
        // Also what this version of the program can't read: a row that has stopped would mislead.
        pull.hidden
            .extend(applied.missing.iter().filter(|key| !found.contains(key)));
        let applied = self
            .replica
            .run(move |it| it.apply_pull(family_id, &pull))
            .await??;
        if applied.missing.is_empty() {
            Ok(applied)
        } else {
            Err(SyncError::MissingRows)
        }
    }

    /// Fetches one small part of the past that is not here yet; whether there was anything to fetch.
    pub(super) async fn fetch_past(&self) -> Result<bool, SyncError> {
        let Some((family_id, of)) = self.replica.run(|it| it.past_wanted()).await?? else {
            return Ok(false);
        };
        let page = self.client.past(family_id, &of, PAST_LIMIT).await?;
        self.replica
            .run(move |it| it.add_past(family_id, &of, &page))
            .await??;
        Ok(true)
    }
}

/// That the backend asks to wait is no failure: what could not be done is done in the next pass.
fn or_later(done: Result<(), SyncError>, passed: &mut Passed) -> Result<(), SyncError> {
    match done {
        Err(SyncError::Call(CallError::Problem(problem)))
            if problem.kind == ProblemKind::TooMany =>
        {
            let asked = problem.retry_after.and_then(|it| u64::try_from(it).ok());
            let wait = Duration::from_secs(asked.unwrap_or(1)).clamp(SHORTEST_WAIT, LONGEST_WAIT);
            passed.again_in = passed.again_in.max(Some(wait));
            Ok(())
        }
        other => other,
    }
}

/// Keeps the first error of several families; one that concerns them all ends the pass.
fn keep_first(
    first: &mut Result<(), SyncError>,
    next: Result<(), SyncError>,
) -> Result<(), SyncError> {
    match next {
        Err(error) if !error.is_of_one_family() => Err(error),
        Err(error) => {
            if first.is_ok() {
                *first = Err(error);
            }
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether what is here is no longer to be had by following the log.
pub(super) fn is_to_begin_again(error: &CallError) -> bool {
    matches!(
        error.kind(),
        Some(ProblemKind::HistoryDiverged | ProblemKind::ScopeChanged)
    )
}

/// What the replica has seen of a family.
pub(super) fn places(replica: &mut Replica, family_id: FamilyId) -> Result<Places, ReplicaError> {
    Ok(Places {
        after: replica.place(family_id)?.map(|(cursor, _)| cursor),
        own: replica.own_place(family_id)?,
        witness: replica.witness(family_id)?,
    })
}

/// Whether this person is not in the family, or not any more.
fn is_no_family(problem: &Problem) -> bool {
    let what = EntityType::Family;
    problem.refusal == Some(Refusal::NotFound { what })
}

/// The verdict on a command that no backend will decide.
pub(super) fn refusal(pushed: &Pushed, problem: &Problem) -> Verdict {
    Verdict {
        cseq: pushed.cseq,
        command_id: pushed.command.command_id,
        outcome: Outcome::Rejected {
            head: 0,
            problem: problem.clone(),
        },
    }
}

/// A place in no history, for a family that nothing was ever pulled of.
fn nowhere() -> (Cursor, Cursor) {
    let cursor = Cursor::new("", 0, "");
    (cursor.clone(), cursor)
}

/// As many commands as a request should hold. An import is that much by itself, so it goes alone.
fn few_enough(mut batch: Vec<Pushed>) -> Vec<Pushed> {
    let large = |pushed: &Pushed| !pushed.command.body.is_optimistic();
    let mut bytes = 0;
    let too_much = |pushed: &Pushed| {
        let texts = pushed.command.body.texts().into_iter();
        bytes += texts.map(|text| text.preview().len()).sum::<usize>();
        bytes > Limits::default().max_batch_bytes
    };
    let small = batch.iter().position(large).unwrap_or(batch.len());
    let light = batch.iter().position(too_much).unwrap_or(batch.len());
    batch.truncate(small.min(light).max(1));
    batch
}
