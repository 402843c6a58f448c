//! What carries out effects: each is a task that ends in an action.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::clipboard;
use super::drafts::{Drafts, Kept};
use super::files::meant;
use super::presence::{Presence, tell_of_presence};
use super::remembered::Remembered;
use super::workers_files::tell_of_transfers;
use crate::app::state::{Connection, Cut, Offline};
use crate::app::{Action, Founding, LineKind, Slot};
use crate::config::{name_of_machine, write_private};
use crate::model::command::{CommandBody, NewFamily};
use crate::model::id::{CommandId, FamilyId, GroupId, QueueId, WebhookId};
use crate::model::membership::Role;
use crate::remote::client::CallError;
use crate::replica::view::{Deed, Draft, Question, Resolution};
use crate::replica::worker::Stopped;
use crate::replica::{Replica, SubmitError, Turn};
use crate::sync::SyncError;
use crate::sync::acquaint::{AcquaintError, Invitee};
use crate::sync::station::{GiveError, Station};
use crate::wire::login::Secret;
use crate::wire::problem::{Problem, ProblemKind};

/// How long a failed pass of sync waits before the next, at first and at most.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LAST: Duration = Duration::from_secs(60);

/// How often it is shown that more of the past has arrived.
const PAST_TOLD: Duration = Duration::from_secs(1);

/// How long another program's commands are left to itself.
const GRACE: Duration = Duration::from_millis(250);

/// The workers of one screen.
pub struct Workers {
    pub station: Arc<Station>,
    pub drafts: Arc<Drafts>,
    pub presence: Presence,
    remembered: Arc<Mutex<Remembered>>,
    pub(super) actions: mpsc::UnboundedSender<Action>,
    /// The newest question of each slot; older ones are not worth an answer.
    newest: Arc<Mutex<HashMap<Slot, u64>>>,
    /// Something waits in the outbox, or the person wants to know what is new.
    sync_now: Arc<Notify>,
    /// Commands on their way into the replica.
    giving: Mutex<JoinSet<()>>,
}

impl Workers {
    /// Starts what runs by itself: saving drafts, and sync, which begins when it is first told to.
    pub fn start(
        station: Arc<Station>,
        remembered: Remembered,
        actions: mpsc::UnboundedSender<Action>,
    ) -> Workers {
        let workers = Workers {
            drafts: Arc::default(),
            presence: Presence::start(Arc::clone(&station)),
            remembered: Arc::new(Mutex::new(remembered)),
            actions,
            newest: Arc::default(),
            sync_now: Arc::default(),
            giving: Mutex::default(),
            station,
        };
        let failed = workers.actions.clone();
        let keeping = Arc::clone(&workers.drafts).keep(Arc::clone(&workers.station), move |kept| {
            let kept = match kept {
                Kept::NotYet(error) => Err(format!(
                    "the draft is not saved yet: {error}; it is tried again by itself"
                )),
                Kept::After => Ok(()),
            };
            tell(&failed, Action::DraftsKept(kept));
        });
        tokio::spawn(keeping);
        tokio::spawn(tell_of_presence(
            Arc::clone(&workers.station),
            workers.actions.clone(),
        ));
        tokio::spawn(tell_of_the_disk(
            Arc::clone(&workers.station),
            workers.actions.clone(),
        ));
        tokio::spawn(tell_of_transfers(
            Arc::clone(&workers.station),
            workers.actions.clone(),
        ));
        tokio::spawn(sync_for_ever(
            Arc::clone(&workers.station),
            workers.actions.clone(),
            Arc::clone(&workers.sync_now),
        ));
        workers.forget_opened();
        workers
    }

    pub fn sync_now(&self) {
        self.sync_now.notify_one();
    }

    /// Keeps what was typed into a line; whoever can't is as well off as before.
    pub fn remember(&self, kind: LineKind, text: String) {
        let remembered = Arc::clone(&self.remembered);
        lock(&self.giving).spawn_blocking(move || {
            if let Err(error) = lock(&remembered).add(kind, &text) {
                tracing::warn!("what was typed is not kept: {error}");
            }
        });
    }

    /// Puts a text into tmux's newest buffer.
    pub fn hand_to_tmux(&self, text: String) {
        let actions = self.actions.clone();
        lock(&self.giving).spawn_blocking(move || {
            if let Err(why) = clipboard::hand_to_tmux(&text) {
                let told = format!("nothing was copied; tmux said: {why}");
                tell(&actions, Action::Failed(told));
            }
        });
    }

    /// Answers a question, unless a newer one of its slot comes first.
    pub fn ask(&self, slot: Slot, number: u64, question: Question) {
        lock(&self.newest).insert(slot, number);
        let newest = Arc::clone(&self.newest);
        let actions = self.actions.clone();
        let drafts = Arc::clone(&self.drafts);
        let on_its_way = match &question {
            Question::Draft(key) => !drafts.is_at_rest(*key),
            _ => false,
        };
        let look = move |replica: &mut Replica| {
            if lock(&newest).get(&slot).is_some_and(|it| *it > number) {
                return;
            }
            // Before the answer: should it change in between, it counts as another's.
            if let Question::Draft(key) = question
                && let Ok(there) = replica.draft_on_disk(key)
            {
                drafts.was_read(key, there);
            }
            let answer = replica.answer(&question).map_err(|error| error.to_string());
            let answered = Action::Answered {
                slot,
                number,
                answer,
            };
            tell(&actions, answered);
        };
        if !on_its_way {
            return told_if_stopped(&self.actions, self.station.reader().send(look));
        }
        let (drafts, station) = (Arc::clone(&self.drafts), Arc::clone(&self.station));
        let actions = self.actions.clone();
        lock(&self.giving).spawn(async move {
            // What was just sent is not to be found once more. Where the disk takes nothing, what is
            // there is still the best answer.
            let _ = drafts.flush(&station).await;
            told_if_stopped(&actions, station.reader().send(look));
        });
    }

    /// Gives commands; they go on to the backend behind.
    pub fn give(&self, number: u64, what: (FamilyId, Option<Deed>), commands: Vec<CommandBody>) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        let mut giving = lock(&self.giving);
        while giving.try_join_next().is_some() {}
        giving.spawn(async move {
            let given = match what {
                (family_id, Some(deed)) => station.act(family_id, deed, commands).await,
                (family_id, None) => station.give(family_id, commands).await,
            };
            let taken = given.is_ok();
            let result = given.map(drop).map_err(problem_of);
            tell(&actions, Action::Given { number, result });
            if taken {
                tell(&actions, Action::Changed);
                sync_now.notify_one();
            }
        });
    }

    /// Finds out who is meant and asks them into the family.
    pub fn invite(&self, number: u64, what: (FamilyId, Deed), (who, role): (Invitee, Role)) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        lock(&self.giving).spawn(async move {
            let result = invite(&station, what, (who, role)).await;
            let taken = result.is_ok();
            tell(&actions, Action::Given { number, result });
            if taken {
                tell(&actions, Action::Changed);
                sync_now.notify_one();
            }
        });
    }

    /// Has a webhook given a new secret.
    pub fn rotate_webhook(&self, family_id: FamilyId, webhook_id: WebhookId) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        tokio::spawn(async move {
            let made = station.client().rotate_webhook(family_id, webhook_id).await;
            let made = made.map_err(|error| error.to_string());
            tell(&actions, Action::SecretMade(made));
            sync_now.notify_one();
        });
    }

    /// Signs this device in again; what waits is sent then.
    pub fn sign_in(&self, who: String, password: Secret) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        tokio::spawn(async move {
            let signed_in = station.sign_in(&who, password, name_of_machine()).await;
            let result = signed_in.map_err(|error| error.to_string());
            tell(&actions, Action::SignedIn(result));
            sync_now.notify_one();
        });
    }

    /// Waits until all that was given is on the disk, or known not to be.
    pub async fn settle(&self) {
        let giving = std::mem::take(&mut *lock(&self.giving));
        giving.join_all().await;
    }

    /// Undoes what was done last, or does it again.
    pub fn turn(&self, turn: Turn) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        tokio::spawn(async move {
            let turned = station.turn(turn).await;
            let turned = turned.map_err(|error| error.to_string());
            tell(&actions, Action::Turned(turn, turned));
            // Also where nothing could be turned: then there is less to undo.
            tell(&actions, Action::Changed);
            sync_now.notify_one();
        });
    }

    /// Does what was decided about something that was refused; it goes on to the backend behind.
    pub fn resolve(&self, refused: CommandId, resolution: Resolution, deed: Option<Deed>) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        tokio::spawn(async move {
            let resolved = station.resolve(refused, resolution, deed).await;
            let result = resolved.map_err(problem_of);
            tell(&actions, Action::Resolved(result));
            tell(&actions, Action::Changed);
            sync_now.notify_one();
        });
    }

    /// Brings back what was put away last.
    pub fn bring_back(&self) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        tokio::spawn(async move {
            let back = station.bring_back().await;
            let result = back.map_err(|error| error.to_string());
            tell(&actions, Action::BroughtBack(result));
            tell(&actions, Action::Changed);
        });
    }

    /// Throws a refused command away, what was written in it kept as a draft.
    pub fn discard(&self, refused: CommandId, keep: Option<Draft>) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        tokio::spawn(async move {
            let discarded = station.discard(refused, keep).await;
            let result = discarded.map_err(|error| error.to_string());
            tell(&actions, Action::Discarded(result));
            tell(&actions, Action::Changed);
        });
    }

    /// Writes a new file.
    pub fn export(&self, path: PathBuf, text: String) {
        let actions = self.actions.clone();
        let path = meant(&path.to_string_lossy());
        tokio::task::spawn_blocking(move || {
            let result = match write_private(&path, text.as_bytes()) {
                Ok(()) => Ok(path.display().to_string()),
                Err(error) => Err(format!("{}: {error}", path.display())),
            };
            tell(&actions, Action::Exported(result));
        });
    }

    /// Founds the family of the first start.
    pub fn found(&self, founding: Founding) {
        let station = Arc::clone(&self.station);
        let actions = self.actions.clone();
        let sync_now = Arc::clone(&self.sync_now);
        tokio::spawn(async move {
            let founded = found(&station, founding).await;
            tell(&actions, Action::Founded(founded));
            // Sync has failed for as long as nobody was introduced, and tries later each time.
            sync_now.notify_one();
        });
    }
}

fn told_if_stopped(actions: &mpsc::UnboundedSender<Action>, sent: Result<(), Stopped>) {
    if let Err(stopped) = sent {
        tell(actions, Action::Failed(stopped.to_string()));
    }
}

async fn invite(
    station: &Station,
    (family_id, deed): (FamilyId, Deed),
    (who, role): (Invitee, Role),
) -> Result<(), Problem> {
    let acquainted = station.acquaint(family_id, &who).await;
    let user_id = acquainted.map_err(|error| match error {
        AcquaintError::Refused(refusal) => Problem::from(refusal),
        AcquaintError::Call(CallError::Problem(problem)) => *problem,
        other => Problem::new(ProblemKind::Refused, other.to_string()),
    })?;
    let body = CommandBody::MembershipInvite {
        user_id,
        display_name: who.display_name,
        role,
    };
    let given = station.act(family_id, deed, vec![body]).await;
    given.map(drop).map_err(problem_of)
}

async fn found(station: &Station, founding: Founding) -> Result<FamilyId, String> {
    station
        .introduce(&founding.display_name, &founding.time_zone)
        .await
        .map_err(|error| error.to_string())?;
    let source = station.source();
    let family_id = FamilyId(source.fresh());
    let group_id = GroupId(source.fresh());
    let commands = vec![
        CommandBody::FamilyCreate(NewFamily {
            family_name: founding.family_name,
            family_description: String::new(),
            ticket_prefix: founding.prefix,
            time_zone: founding.time_zone,
            display_name: founding.display_name,
        }),
        CommandBody::GroupCreate {
            group_id,
            group_name: founding.group_name,
            group_description: String::new(),
        },
        CommandBody::QueueCreate {
            queue_id: QueueId(source.fresh()),
            group_id,
            queue_name: founding.queue_name,
            queue_description: String::new(),
            default_severity: None,
        },
    ];
    station
        .give(family_id, commands)
        .await
        .map_err(|error| error.to_string())?;
    station.sync().await.map_err(|error| error.to_string())?;
    Ok(family_id)
}

async fn tell_of_the_disk(station: Arc<Station>, actions: mpsc::UnboundedSender<Action>) {
    let mut disk = station.disk();
    while disk.changed().await.is_ok() {
        let now = disk.borrow_and_update().clone();
        tell(&actions, Action::Disk(now));
    }
}

/// Passes of sync: one when first told to, one whenever something waits or is new, and after an error
/// another by itself, later each time.
async fn sync_for_ever(
    station: Arc<Station>,
    actions: mpsc::UnboundedSender<Action>,
    sync_now: Arc<Notify>,
) {
    // The first frame comes first.
    sync_now.notified().await;
    tokio::spawn(heed_others(
        Arc::clone(&station),
        actions.clone(),
        Arc::clone(&sync_now),
    ));
    let (mut retry, mut tries) = (RETRY_FIRST, 0);
    let mut said: Option<Connection> = None;
    let mut trouble = None;
    let mut since = None;
    loop {
        let passed = station.sync().await;
        let connection = match &passed {
            Ok(passed) if passed.again_in.is_some() => Connection::Syncing,
            // Another program on this replica does it.
            Ok(_) | Err(SyncError::OthersTurn { .. }) => Connection::Live,
            Err(error) if error.kind() == Some(ProblemKind::Unauthenticated) => {
                Connection::SignedOut
            }
            Err(error) if error.kind() == Some(ProblemKind::OtherProtocol) => Connection::Outdated,
            Err(error) => {
                tries += 1;
                let now = station.source().now();
                let seconds = i64::try_from(retry.as_secs()).unwrap_or(i64::MAX);
                Connection::Offline(Offline {
                    why: error.to_string(),
                    cut: cut_of(error),
                    since: *since.get_or_insert(now),
                    tries,
                    next_try: now.plus(seconds),
                })
            }
        };
        let so_far = station.so_far();
        let done = passed.as_ref().unwrap_or(&so_far);
        for news in &done.news {
            tell(&actions, Action::News(news.clone()));
        }
        if done.changed() {
            tell(&actions, Action::Changed);
        }
        if let Ok(passed) = &passed
            && passed.trouble != trouble
        {
            trouble.clone_from(&passed.trouble);
            tell(&actions, Action::Trouble(trouble.clone()));
        }
        if said.as_ref() != Some(&connection) {
            tell(&actions, Action::Connection(connection.clone()));
            said = Some(connection);
        }
        if let Ok(passed) = &passed
            && let Some(wait) = passed.again_in
        {
            // It takes what waits a part at a time.
            (retry, tries, since) = (RETRY_FIRST, 0, None);
            tokio::time::sleep(wait).await;
        } else if passed.is_ok() {
            (retry, tries, since) = (RETRY_FIRST, 0, None);
            tokio::select! {
                () = sync_now.notified() => {}
                () = station.poked() => {}
                () = fetch_the_past(&station, &actions) => {}
            }
        } else {
            tokio::select! {
                () = sync_now.notified() => {}
                () = tokio::time::sleep(retry) => {}
            }
            retry = (retry * 2).min(RETRY_LAST);
        }
    }
}

fn cut_of(error: &SyncError) -> Cut {
    match error.kind() {
        Some(ProblemKind::CannotStore) => Cut::CannotStore,
        Some(ProblemKind::Damaged) => Cut::Damaged,
        Some(_) => Cut::Failing,
        None => Cut::Away,
    }
}

/// While nothing else is to be done, fetches what happened before this replica began to follow the
/// log. What fails is tried again after the next pass.
async fn fetch_the_past(station: &Station, actions: &mpsc::UnboundedSender<Action>) {
    let mut told = Instant::now();
    let mut is_news = false;
    while station.fetch_past().await.unwrap_or(false) {
        is_news = true;
        if told.elapsed() >= PAST_TOLD {
            tell(actions, Action::Changed);
            (told, is_news) = (Instant::now(), false);
        }
    }
    if is_news {
        tell(actions, Action::Changed);
    }
    std::future::pending().await
}

/// Shows what other programs change here. Whoever gives a command sends it as a rule; what still
/// waits a little later is sent from here, because that program may be gone.
async fn heed_others(
    station: Arc<Station>,
    actions: mpsc::UnboundedSender<Action>,
    sync_now: Arc<Notify>,
) {
    loop {
        station.changed_elsewhere().await;
        tell(&actions, Action::Changed);
        tokio::time::sleep(GRACE).await;
        if station.has_unsent().await.unwrap_or(false) {
            sync_now.notify_one();
        }
    }
}

/// What the form is told when its commands were not taken.
fn problem_of(error: GiveError) -> Problem {
    match error {
        GiveError::Submit(SubmitError::Refused { refusal, .. }) => Problem::from(*refusal),
        other => Problem::new(ProblemKind::CannotStore, other.to_string()),
    }
}

/// The loop may have ended; then nobody needs to know.
pub(super) fn tell(actions: &mpsc::UnboundedSender<Action>, action: Action) {
    let _ = actions.send(action);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
