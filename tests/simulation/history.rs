//! A history: steps chosen by dice beforehand, so that some can be left out and the rest done again.

use std::sync::Arc;

use famdesk::model::command::CommandBody;
use famdesk::model::id::UserId;

use crate::acts::Act;
use crate::dice::Dice;
use crate::promises::{self, Broken};
use crate::world::{Beginning, World};

/// One thing that happens. `dice` decides whatever else there is to decide about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    what: What,
    /// On which client, of as many as there are by then.
    client: usize,
    dice: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Somebody gives a few commands.
    Give,
    /// A pass over a network that is well,
    Sync,
    /// over one that isn't,
    SyncBadly,
    /// or one in the midst of which the program is killed.
    SyncAndDie,
    /// A pass, or a copy fetched anew, in the midst of which somebody else's changes are made.
    SyncMeanwhile,
    /// The program is killed and started while nothing goes on.
    Restart,
    /// The copy of the family is fetched anew.
    Rebuild,
    /// The server is stopped and started.
    RestartServer,
    /// Minutes pass, or days, or a month.
    TimePasses,
    /// The operator keeps a copy of the store.
    Copy,
    /// The operator puts the copy back, by the book or not.
    GoBack,
    /// A machine is copied onto another.
    Clone,
}

/// How often each happens, of a hundred steps.
const OFTEN: [(What, usize); 12] = [
    (What::Give, 40),
    (What::Sync, 19),
    (What::SyncBadly, 14),
    (What::SyncAndDie, 7),
    (What::SyncMeanwhile, 6),
    (What::Restart, 2),
    (What::Rebuild, 2),
    (What::RestartServer, 2),
    (What::TimePasses, 3),
    (What::Copy, 3),
    (What::GoBack, 1),
    (What::Clone, 1),
];

/// The steps of the history with this seed.
pub fn steps(seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let count = 90 + dice.roll(110);
    (0..count)
        .map(|_| Step {
            what: what(&mut dice),
            client: dice.roll(1000),
            dice: dice.next(),
        })
        .collect()
}

fn what(dice: &mut Dice) -> What {
    let mut rolled = dice.roll(OFTEN.iter().map(|(_, often)| often).sum());
    for (what, often) in OFTEN {
        match rolled.checked_sub(often) {
            Some(rest) => rolled = rest,
            None => return what,
        }
    }
    What::Sync
}

/// Lets the steps happen and looks whether every promise was kept.
pub async fn run(beginning: &Beginning, steps: &[Step]) -> Result<(), Broken> {
    let mut world = beginning.world();
    for (at, step) in steps.iter().enumerate() {
        let done = happen(&mut world, *step).await;
        done.map_err(|broken| broken.at(at, step))?;
    }
    promises::at_the_end(&mut world).await
}

async fn happen(world: &mut World, step: Step) -> Result<(), Broken> {
    let mut dice = Dice::new(step.dice);
    let client = step.client % world.clients.len();
    match step.what {
        What::Give => {
            for _ in 0..=dice.roll(3) {
                give(world, client, &mut dice).await;
            }
        }
        What::Sync | What::SyncBadly | What::SyncAndDie => {
            let badly = step.what != What::Sync;
            let at = &mut world.clients[client];
            at.network.fares(badly.then(|| dice.clone()));
            let edge = (step.what == What::SyncAndDie).then(|| 1 + dice.roll(30));
            let passed = at.sync(edge).await;
            at.network.fares(None);
            if !matches!(passed, Some(Ok(_))) {
                promises::nothing_lags(world, client)?;
            }
        }
        What::SyncMeanwhile => meanwhile(world, client, &mut dice).await,
        What::Restart => {
            world.clients[client].kill();
            world.clients[client].start();
        }
        What::Rebuild => {
            let family_id = world.family.id;
            // A family that one isn't in can't be fetched; nothing is lost by asking.
            let _ = world.clients[client].station().rebuild(family_id).await;
        }
        What::RestartServer => world.server.again(),
        What::TimePasses => {
            let seconds = [60, 86_400, 40 * 86_400];
            world.advance(*dice.pick(&seconds).unwrap_or(&60));
            world.desk().fire_timers().await.map_err(Broken::of)?;
        }
        What::Copy => world.server.copy(),
        What::GoBack => {
            let before = promises::without_trace(world).await?;
            world.server.go_back(dice.once_in(2)).await;
            let after = promises::without_trace(world).await?;
            let stands = |seq: &usize| before.log.get(..*seq) == after.log.get(..*seq);
            let stand = before.commands.iter().filter(|(_, seq)| stands(seq));
            world.given.changed_nothing.extend(stand.map(|(id, _)| *id));
        }
        What::Clone if world.clients.len() < 8 => world.clone_client(client),
        What::Clone => {}
    }
    let client = step.client % world.clients.len();
    promises::own_words_stay(world, client).await
}

async fn meanwhile(world: &mut World, client: usize, dice: &mut Dice) {
    // The one who owns the store is an admin for ever.
    let other = match dice.once_in(3) && client != 0 {
        true => 0,
        false => (client + 1 + dice.roll(world.clients.len() - 1)) % world.clients.len(),
    };
    let me = world.clients[client].seat.me;
    for _ in 0..=dice.roll(2) {
        match dice.once_in(3) {
            true => give_around(world, other, me, dice).await,
            false => give(world, other, dice).await,
        }
    }
    let theirs = Arc::clone(world.clients[other].station());
    let deed = async move {
        let _ = theirs.sync().await;
    };
    let at = &mut world.clients[client];
    at.network.meanwhile(dice.roll(9), Some(Box::pin(deed)));
    match dice.once_in(3) {
        true => drop(at.station().rebuild(world.family.id).await),
        false => drop(at.sync(None).await),
    }
    at.network.meanwhile(0, None);
}

/// Somebody gives a command.
async fn give(world: &mut World, client: usize, dice: &mut Dice) {
    if let Some(body) = act(world, client, dice).command().await {
        take(world, client, body).await;
    }
}

/// Somebody changes what somebody else sees.
async fn give_around(world: &mut World, client: usize, person: UserId, dice: &mut Dice) {
    if let Some(body) = act(world, client, dice).around(person).await {
        take(world, client, body).await;
    }
}

fn act<'a>(world: &'a mut World, client: usize, dice: &'a mut Dice) -> Act<'a> {
    Act {
        client: &world.clients[client],
        family: &world.family,
        given: &mut world.given,
        dice,
    }
}

async fn take(world: &mut World, client: usize, body: CommandBody) {
    let at = &world.clients[client];
    let family_id = world.family.id;
    let Some(ids) = at.give(family_id, vec![body.clone()]).await else {
        return;
    };
    // What changes nothing here is not sent.
    let waiting = at.read(move |it| it.pending(family_id)).await;
    let waiting = waiting.expect("readable");
    for command_id in ids {
        if let Some(sent) = waiting
            .iter()
            .find(|it| it.command.command_id == command_id)
        {
            let me = at.seat.me;
            world.given.took(client, me, command_id, &sent.command.body);
        }
    }
}
