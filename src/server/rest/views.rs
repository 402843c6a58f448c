//! What each caller may see, as a store that can be searched: the replica that their own machine
//! would hold, fed by the desk as it would feed that one. So full text, order and counts come from
//! the one place that knows them, and nothing that somebody may not see is ever where it could be
//! counted. A store is a cache: it is made when it is first asked for, follows the log before each
//! answer, and may be thrown away at any time.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex as Turn;
use tokio::time::timeout;

use super::Asker;
use crate::desk::{Desk, DeskError};
use crate::model::entity::EntityKey;
use crate::model::id::{DeviceId, FamilyId, UserId};
use crate::model::record::Record;
use crate::replica::view::{Answer, Question};
use crate::replica::worker::{Stopped, Worker};
use crate::replica::{LogHere, Replica, ReplicaError};
use crate::server::caller::Caller;
use crate::server::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::sync::Pull;

/// How many are open at once; each takes some MB of memory.
const OPEN: usize = 8;

/// How many records of the log are taken in at once.
const PULL: usize = 500;

/// How often a view begins anew within one answer, at the most.
const TRIES: usize = 3;

/// How long an answer waits for its view: unless told otherwise 20 seconds, for what asks gives up
/// after half a minute, and making the view of a large family takes longer.
#[derive(Debug, Clone, Copy)]
pub struct SearchPatience(pub Duration);

impl Default for SearchPatience {
    fn default() -> SearchPatience {
        SearchPatience(Duration::from_secs(20))
    }
}

/// In how many seconds it is worth asking again.
const SOON: i64 = 5;

/// After how long without use one is thrown away.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// All views of one desk.
pub(super) struct Views {
    desk: Arc<Desk>,
    /// Beside the texts, a folder for each family with one for each person.
    folder: PathBuf,
    open: Mutex<HashMap<Whose, Arc<View>>>,
    uses: AtomicU64,
}

/// Whose view, of which family.
type Whose = (FamilyId, UserId);

struct View {
    replica: Worker<Replica>,
    /// Whoever brings it up to date.
    turn: Turn<()>,
    last_use: AtomicU64,
}

/// Why a view does not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ViewError {
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error("too much happens at once; ask again")]
    NoEnd,
    #[error("the search of this family is being made ready; ask again in {SOON} seconds")]
    NotReady,
}

impl Views {
    pub fn new(desk: &Arc<Desk>) -> Views {
        Views {
            desk: Arc::clone(desk),
            folder: desk.blobs().folder().with_file_name("views"),
            open: Mutex::default(),
            uses: AtomicU64::new(0),
        }
    }

    /// An answer out of the view of whoever asks, as of now.
    pub async fn ask(&self, asker: &Asker<'_>, question: Question) -> Result<Answer, Failure> {
        let answer = self.run(asker, move |it| it.answer(&question)).await?;
        Ok(answer?)
    }

    /// Looks into the view of whoever asks, as of now.
    pub async fn run<R: Send + 'static>(
        &self,
        asker: &Asker<'_>,
        look: impl FnOnce(&mut Replica) -> R + Send + 'static,
    ) -> Result<R, Failure> {
        let whose = (asker.family_id, asker.caller.user_id());
        let view = self.of(whose);
        let follower = Follower {
            desk: Arc::clone(&self.desk),
            view: Arc::clone(&view),
            caller: asker.caller.clone(),
            family_id: asker.family_id,
        };
        let looked = match follower.look_if_current(look).await {
            Ok(Ok(seen)) => Ok(seen),
            // Something has happened since, as a rule not much.
            Ok(Err(look)) => match follower.catch_up_within(asker.patience).await {
                Ok(()) => view.replica.run(look).await.map_err(ViewError::from),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        if let Err(ViewError::Stopped(_)) = looked {
            // The next who asks tries to open it anew.
            self.opened().remove(&whose);
        }
        Ok(looked?)
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<Whose, Arc<View>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, whose: Whose) -> Arc<View> {
        let use_number = self.uses.fetch_add(1, Ordering::Relaxed);
        let (view, gone) = {
            let mut open = self.opened();
            let gone = match open.contains_key(&whose) {
                false if open.len() >= OPEN => {
                    let oldest = open
                        .iter()
                        .min_by_key(|(_, it)| it.last_use.load(Ordering::Relaxed))
                        .map(|(whose, _)| *whose);
                    oldest.and_then(|whose| open.remove(&whose))
                }
                _ => None,
            };
            let view = open.entry(whose).or_insert_with(|| self.make(whose));
            (Arc::clone(view), gone)
        };
        view.last_use.store(use_number, Ordering::Relaxed);
        if let Some(gone) = gone {
            // Closing waits for what it still does.
            tokio::task::spawn_blocking(move || drop(gone));
        }
        view
    }

    fn make(&self, (family_id, user_id): Whose) -> Arc<View> {
        let views = self.folder.clone();
        let folder = views.join(family_id.to_string()).join(user_id.to_string());
        let desk = Arc::clone(&self.desk);
        let replica = Worker::new("view", move || {
            throw_away_unused(&views);
            let texts = move |hash: &str| {
                let bytes = desk.blobs().get(hash).ok()?;
                String::from_utf8(bytes).ok()
            };
            Ok::<_, ReplicaError>(Replica::open(&folder)?.with_blobs(Box::new(texts)))
        });
        Arc::new(View {
            replica,
            turn: Turn::new(()),
            last_use: AtomicU64::new(0),
        })
    }
}

/// Brings a view up to what the desk holds now.
struct Follower {
    desk: Arc<Desk>,
    view: Arc<View>,
    caller: Caller,
    family_id: FamilyId,
}

impl Follower {
    /// Goes on with it also when whoever asked has left, so that the next finds it done.
    async fn catch_up_within(self, patience: SearchPatience) -> Result<(), ViewError> {
        let caught_up = tokio::spawn(async move { self.catch_up().await });
        match timeout(patience.0, caught_up).await {
            Ok(Ok(caught_up)) => caught_up,
            Ok(Err(_)) => Err(ViewError::Stopped(Stopped)),
            Err(_) => Err(ViewError::NotReady),
        }
    }

    async fn catch_up(&self) -> Result<(), ViewError> {
        if self.is_current().await? {
            return Ok(());
        }
        let _turn = self.view.turn.lock().await;
        for _ in 0..TRIES {
            match self.follow().await {
                Err(ViewError::Desk(DeskError::HistoryDiverged | DeskError::ScopeChanged)) => {
                    self.begin().await?;
                }
                Ok(true) => return Ok(()),
                Ok(false) => self.begin().await?,
                Err(error) => return Err(error),
            }
        }
        Err(ViewError::NoEnd)
    }

    fn whose(&self) -> Whose {
        (self.family_id, self.caller.user_id())
    }

    /// Whether nothing has happened since it was brought up to date. What changes who somebody is
    /// stands in the log too.
    async fn is_current(&self) -> Result<bool, ViewError> {
        Ok(self.look_if_current(|_| ()).await?.is_ok())
    }

    /// Looks, unless something has happened; then whoever looks may still do so.
    async fn look_if_current<R: Send + 'static, L>(
        &self,
        look: L,
    ) -> Result<Result<R, L>, ViewError>
    where
        L: FnOnce(&mut Replica) -> R + Send + 'static,
    {
        let (family_id, user_id) = self.whose();
        let head = self.desk.position(family_id).await?;
        let own = self.desk.own_position(family_id, user_id).await?;
        let looked = self.view.replica.run(move |it| {
            let place = it.place(family_id)?.map(|(cursor, _)| cursor);
            let is_current = place == Some(head) && it.own_place(family_id)? == own;
            Ok::<_, ReplicaError>(match is_current {
                true => Ok(look(it)),
                false => Err(look),
            })
        });
        Ok(looked.await??)
    }

    /// Takes in what has happened; false where there is nothing yet to follow on from.
    async fn follow(&self) -> Result<bool, ViewError> {
        let (family_id, user_id) = self.whose();
        loop {
            let here = self.view.replica.run(move |it| {
                let place = it.place(family_id)?.map(|(cursor, _)| cursor);
                Ok::<_, ReplicaError>((place, it.own_place(family_id)?, it.device_id()?))
            });
            let (place, own, device): (_, _, DeviceId) = here.await??;
            let Some(place) = place else {
                return Ok(false);
            };
            let pull = self
                .desk
                .pull(family_id, user_id, device, Some(&place), PULL);
            let mut pull = pull.await?;
            let own = self.desk.pull_own(family_id, user_id, own.as_ref(), PULL);
            if let Some((own, more)) = own.await? {
                pull.own = Some(own);
                pull.more |= more;
            }
            let more = pull.more;
            self.take_in(pull).await?;
            if !more {
                return Ok(true);
            }
        }
    }

    async fn take_in(&self, mut pull: Pull) -> Result<(), ViewError> {
        let (family_id, user_id) = self.whose();
        for _ in 0..TRIES {
            let page = pull.clone();
            let applied = self
                .view
                .replica
                .run(move |it| it.apply_pull(family_id, &page));
            let missing = applied.await??.missing;
            if missing.is_empty() {
                return Ok(());
            }
            let rows = self.desk.rows(family_id, user_id, &missing).await?;
            let found: Vec<EntityKey> = rows.iter().map(Record::key).collect();
            pull.shown.extend(rows);
            let gone = missing.into_iter().filter(|key| !found.contains(key));
            pull.hidden.extend(gone);
        }
        Err(ViewError::NoEnd)
    }

    /// Whether what the view holds of the log is of the desk's history; else it goes.
    async fn log_here(&self) -> Result<LogHere, ViewError> {
        let (family_id, _) = self.whose();
        let here = self.view.replica.run(move |it| it.place(family_id));
        let Some((_, witness)) = here.await?? else {
            return Ok(LogHere::Goes);
        };
        match self.desk.vouch(family_id, &witness).await {
            Ok(()) => Ok(LogHere::Stays),
            Err(DeskError::HistoryDiverged) => Ok(LogHere::Goes),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the family in as it is now.
    async fn begin(&self) -> Result<(), ViewError> {
        let (family_id, user_id) = self.whose();
        let log = self.log_here().await?;
        let mut session = self.desk.session(user_id).await?;
        session.families.retain(|it| it.family_id == family_id);
        self.view
            .replica
            .run(move |it| {
                it.note_session(&session)?;
                it.drop_snapshot(family_id)
            })
            .await??;
        let mut token: Option<String> = None;
        loop {
            let page = self.desk.snapshot(family_id, user_id, token.as_deref());
            let page = page.await?;
            token = page.next.clone();
            self.view
                .replica
                .run(move |it| it.apply_snapshot_page(family_id, &page))
                .await??;
            if token.is_none() {
                let done = self
                    .view
                    .replica
                    .run(move |it| it.apply_snapshot_finish(family_id, log));
                return Ok(done.await??);
            }
        }
    }
}

/// Removes the views that nobody has asked for in a long time. They can be made again.
fn throw_away_unused(views: &Path) {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let now = SystemTime::now();
    for view in entries(views).flat_map(|family| entries(&family.path()).collect::<Vec<_>>()) {
        let used = fs::metadata(view.path().join(crate::replica::WAL));
        let used = used
            .or_else(|_| view.metadata())
            .and_then(|it| it.modified());
        let age = used.ok().and_then(|it| now.duration_since(it).ok());
        if age.is_some_and(|it| it > KEPT) {
            // It is only room on the disk.
            let _ = fs::remove_dir_all(view.path());
        }
    }
}

impl From<ViewError> for Failure {
    fn from(error: ViewError) -> Failure {
        match error {
            ViewError::Desk(error) => error.into(),
            ViewError::NoEnd => Problem::new(ProblemKind::Busy, error.to_string()).into(),
            ViewError::NotReady => Failure::from(Problem {
                retry_after: Some(SOON),
                ..Problem::new(ProblemKind::Busy, error.to_string())
            }),
            ViewError::Replica(_) | ViewError::Stopped(_) => {
                tracing::error!("a view does not answer: {error}");
                let detail = "the search does not answer; the server's log says why";
                Problem::new(ProblemKind::Failed, detail).into()
            }
        }
    }
}

impl From<ReplicaError> for Failure {
    fn from(error: ReplicaError) -> Failure {
        ViewError::from(error).into()
    }
}
