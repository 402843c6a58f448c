//! Random histories of a family: real machines, real sync, the real desk; a network that loses,
//! doubles and delays, programs that are killed between any two transactions, a server that goes
//! back in time, machines that are copied. After each history every promise must have been kept.
//!
//! `FAMDESK_HISTORIES` says how many (1,000 unless told), `FAMDESK_SEED` with which one to begin.

mod acts;
mod client;
mod dice;
mod given;
mod history;
mod network;
mod promises;
mod server;
mod world;

use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use famdesk::simulation::{self, Mutant};
use history::Step;
use world::Beginning;

fn number(name: &str, usual: u64) -> u64 {
    let set = env::var(name).ok().and_then(|text| text.parse().ok());
    set.unwrap_or(usual)
}

fn runtime() -> tokio::runtime::Runtime {
    let built = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    built.expect("a runtime")
}

/// What is wrong after these steps, if anything is; a panic is.
fn outcome(beginning: &Beginning, steps: &[Step]) -> Result<(), String> {
    let run = || runtime().block_on(history::run(beginning, steps));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(kept) => kept.map_err(|broken| broken.0),
        Err(_) => Err("it panicked".to_owned()),
    }
}

/// Leaves out what the failure does not need.
fn shrunk(beginning: &Beginning, mut steps: Vec<Step>) -> (Vec<Step>, String) {
    let mut said = outcome(beginning, &steps).err().unwrap_or_default();
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut from = 0;
        while from < steps.len() {
            let until = (from + piece).min(steps.len());
            let mut fewer = steps.clone();
            fewer.drain(from..until);
            match outcome(beginning, &fewer) {
                Err(why) => (steps, said) = (fewer, why),
                Ok(()) => from = until,
            }
        }
        piece /= 2;
    }
    (steps, said)
}

/// The first of these seeds whose history breaks a promise.
fn first_broken(beginning: &Beginning, seeds: Range<u64>) -> Option<(u64, String)> {
    let next = AtomicU64::new(seeds.start);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::SeqCst);
                        if seed >= seeds.end {
                            return None;
                        }
                        if let Err(why) = outcome(beginning, &history::steps(seed)) {
                            next.store(seeds.end, Ordering::SeqCst);
                            return Some((seed, why));
                        }
                    }
                })
            })
            .collect();
        let found = workers
            .into_iter()
            .filter_map(|it| it.join().ok().flatten());
        found.min_by_key(|(seed, _)| *seed)
    })
}

/// The first seeds, as the environment says.
fn seeds(usual: u64) -> Range<u64> {
    let first = number("FAMDESK_SEED", 1);
    first..first + number("FAMDESK_HISTORIES", usual)
}

/// A mistake is made everywhere in the process, so nothing else may go on.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn every_history_keeps_the_promises() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let beginning = runtime().block_on(Beginning::make());
    let seeds = seeds(1000);
    if let Some((seed, why)) = first_broken(&beginning, seeds) {
        let (steps, said) = shrunk(&beginning, history::steps(seed));
        let lines: Vec<String> = steps.iter().map(|it| format!("{it:?}")).collect();
        let (count, lines) = (steps.len(), lines.join("\n"));
        panic!("seed {seed}: {why}\nwith {count} steps: {said}\n{lines}");
    }
}

/// Mistakes that do no harm here; `docs/WORKINGS.md` says why.
const HARMLESS: [Mutant; 2] = [Mutant::StalePage, Mutant::NoForkCheck];

/// Says of each seeded mistake by which history it was first found.
#[test]
#[ignore = "takes long; run it by hand"]
fn every_mutant_is_caught() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let beginning = runtime().block_on(Beginning::make());
    let only = env::var("FAMDESK_MUTANT").ok();
    let mut survivors = Vec::new();
    for mutant in Mutant::ALL {
        let name = format!("{mutant:?}");
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let seeds = seeds(2000);
        let first = seeds.start;
        simulation::make(Some(mutant));
        let caught = first_broken(&beginning, seeds);
        simulation::make(None);
        match caught {
            Some((seed, why)) => {
                let why: String = why.chars().take(300).collect();
                println!("{name}: caught by history {}: {why}", seed - first + 1);
            }
            None if HARMLESS.contains(&mutant) => println!("{name}: never caught, as expected"),
            None => survivors.push(name),
        }
    }
    assert!(survivors.is_empty(), "not caught: {survivors:?}");
}
