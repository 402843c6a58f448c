//! What a live program does for the store it works on, beside what its person does.

use futures::future::BoxFuture;

/// A program's part in keeping the store. One program at a time keeps it for all.
pub trait Keeper: Send + Sync {
    /// The first frame is shown: from now on time acts, whenever it is this program that keeps
    /// the store.
    fn let_time_act(&self);

    /// Leaves the store to the others, because this program is about to be stopped for a while.
    /// It finds its way back by itself.
    fn step_aside(&self) -> BoxFuture<'_, ()>;
}
