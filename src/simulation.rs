//! Where `tests/simulation` reaches into the house: edges at which a program can be killed, and
//! seeded mistakes, each of which the simulation must find. Nothing else is built with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use tokio::sync::Notify;

tokio::task_local! {
    static FUSE: Fuse;
}

#[derive(Clone)]
struct Fuse {
    left: Arc<AtomicUsize>,
    blown: Arc<Notify>,
}

/// A mistake that sync could make, of those that others have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mutant {
    /// A command counts as done when the push is answered, not when the log shows it.
    AckOnPush = 1,
    /// The place in the log is kept before what leads to it.
    CursorFirst,
    /// A command that comes again is decided again.
    NoDedupe,
    /// A command counts as done before the log has come that far.
    AckAhead,
    /// Whoever comes last overwrites what they have not seen.
    LastWriterWins,
    /// The same for descriptions alone.
    LastDescriberWins,
    /// Fetching a family anew drops what waits.
    SnapshotDropsOutbox,
    /// A place in another history is taken for one in this.
    NoChainCheck,
    /// What is told of one command of a device counts for all before it.
    HighWaterAck,
    /// What one may not see any more stays.
    HiddenStays,
    /// The same in the gaps of the file alone.
    HiddenStaysInGaps,
    /// What was settled is not sent again to a server that went back.
    NoResend,
    /// A family is fetched anew without asking whether the server went back.
    BootstrapUnchecked,
    /// What moves into sight is shown from its next change on.
    MoveInWithoutRow,
    /// A change of what is not here is passed over.
    NoMissingRowFetch,
    /// The log is followed from where it was when the snapshot ended.
    SnapshotCursorAtEnd,
    /// Only the place that was read up to is compared with the server's history.
    NoWitness,
    /// What was refused is forgotten.
    RefusedInSilence,
    /// A family that no session has named is never forgotten.
    StrayFamilyStays,
    /// A page that lies before what is here is taken in again.
    StalePage,
    /// A number that a device has used before may be used again.
    NoForkCheck,
}

impl Mutant {
    pub const ALL: [Mutant; 21] = [
        Mutant::AckOnPush,
        Mutant::CursorFirst,
        Mutant::NoDedupe,
        Mutant::AckAhead,
        Mutant::LastWriterWins,
        Mutant::LastDescriberWins,
        Mutant::SnapshotDropsOutbox,
        Mutant::NoChainCheck,
        Mutant::HighWaterAck,
        Mutant::HiddenStays,
        Mutant::HiddenStaysInGaps,
        Mutant::NoResend,
        Mutant::BootstrapUnchecked,
        Mutant::MoveInWithoutRow,
        Mutant::NoMissingRowFetch,
        Mutant::SnapshotCursorAtEnd,
        Mutant::NoWitness,
        Mutant::RefusedInSilence,
        Mutant::StrayFamilyStays,
        Mutant::StalePage,
        Mutant::NoForkCheck,
    ];
}

static MUTANT: AtomicU8 = AtomicU8::new(0);

/// From here on this mistake is made everywhere in the program, or none.
pub fn make(mutant: Option<Mutant>) {
    MUTANT.store(mutant.map_or(0, |it| it as u8), Ordering::SeqCst);
}

/// Whether this mistake is to be made.
pub fn makes(mutant: Mutant) -> bool {
    MUTANT.load(Ordering::Relaxed) == mutant as u8
}

/// Passes one edge; never comes back from the one at which the program is killed.
pub async fn pass() {
    let Ok(fuse) = FUSE.try_with(Fuse::clone) else {
        return;
    };
    let burn = |left: usize| left.checked_sub(1);
    let before = fuse
        .left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, burn);
    if before == Ok(1) {
        fuse.blown.notify_one();
        std::future::pending::<()>().await;
    }
}

/// Does the work until it is done, or until it comes to the edge of the given number (1 is the
/// first); then it is dropped where it stands.
pub async fn until<F: Future>(edge: usize, work: F) -> Option<F::Output> {
    let fuse = Fuse {
        left: Arc::new(AtomicUsize::new(edge)),
        blown: Arc::default(),
    };
    let blown = Arc::clone(&fuse.blown);
    tokio::select! {
        biased;
        done = FUSE.scope(fuse, work) => Some(done),
        () = blown.notified() => None,
    }
}
