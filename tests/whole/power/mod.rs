//! Power cuts: what was acknowledged, here or by the server, is there in whatever the disk may hold
//! afterwards.
//!
//! An evening of a family is written down as SQLite carries it to the disk. Then the power fails at
//! any moment of it, any number of times, and everything is opened again. `FAMDESK_IMAGES` says how
//! many times.

use std::fs;
use std::path::{Path, PathBuf};

use famdesk::model::id::CommandId;
use famdesk::table::keys::{Scope, op_key};
use rusqlite::Connection;

use super::*;
use disk::{Dice, Disk, Honesty};
use vfs::Log;

mod disk;
mod vfs;

/// So many times the power fails where nobody says how many.
const IMAGES: usize = 100;

/// After each so many power cuts it is looked closer: at the chain of the audit, and whether all goes
/// on.
const CLOSER: usize = 20;

/// What happened.
struct Evening {
    log: Log,
    /// Where the first file was whole.
    begun: usize,
    family: FamilyId,
    me: UserId,
    /// The commands that were saved here, and those that the server took: how much had been done
    /// when that was said.
    saved: Vec<(usize, CommandId)>,
    taken: Vec<(usize, CommandId)>,
    store: PathBuf,
    replica: PathBuf,
}

async fn evening(root: &Path) -> Evening {
    vfs::record(root);
    let store = root.join("store.db");
    let table = SqliteTable::open(&store).expect("opens");
    let folder = tempfile::tempdir_in(root).expect("a folder");
    let house = House::within(folder, table).await;
    let me = house.station.me();
    let replica = house.folder.path().join(me.to_string()).join("replica.db");
    let begun = vfs::position();
    let (mut saved, mut taken) = (Vec::new(), Vec::new());
    let (first, filed) = house.new_ticket("Boiler leaks", Severity::Sev2);
    let mut waiting = vec![filed];
    for step in 0..60 {
        waiting.push(match step % 3 {
            0 => house.new_ticket(&format!("Leak {step}"), Severity::Sev3).1,
            _ => house.comment(first, &format!("{step} drops ").repeat(1 + step * 3), false),
        });
        let given = house.station.give(house.family, waiting.split_off(0)).await;
        let given = given.expect("saved");
        saved.extend(given.iter().map(|id| (vfs::position(), *id)));
        if step % 4 == 3 {
            house.sync().await;
            let known = taken.len();
            let all = saved
                .iter()
                .skip(known)
                .map(|(_, id)| (vfs::position(), *id));
            taken.extend(all.collect::<Vec<_>>());
        }
        // Sooner than a long evening would bring it about.
        let mode = ["PASSIVE", "RESTART", "TRUNCATE"][step % 3];
        let file = [&store, &replica][step % 2];
        if step % 7 == 6 {
            let beside = Connection::open(file).expect("opens");
            let pragma = format!("PRAGMA wal_checkpoint({mode})");
            beside
                .query_row(&pragma, [], |_| Ok(()))
                .expect("carried over");
        }
    }
    let family = house.family;
    drop(house);
    Evening {
        log: vfs::stop(),
        begun,
        family,
        me,
        saved,
        taken,
        store,
        replica,
    }
}

/// What was lost or damaged in each of so many power cuts, spread over the whole evening.
async fn power_cuts(evening: &Evening, times: usize, honesty: Honesty) -> Vec<String> {
    let mut dice = Dice(1);
    let moments = evening.log.len() - evening.begun;
    let mut moments: Vec<usize> = (0..times)
        .map(|_| evening.begun + dice.roll(moments))
        .collect();
    moments.sort_unstable();
    let (mut disk, mut at, mut harm) = (Disk::default(), 0, Vec::new());
    for (time, moment) in moments.into_iter().enumerate() {
        for (path, op) in &evening.log[at..moment] {
            disk.follow(path, op, honesty);
        }
        at = moment;
        let image = tempfile::tempdir().expect("a folder");
        let placed = [
            (&evening.store, image.path().join("store.db")),
            (
                &evening.replica,
                image.path().join(evening.me.to_string()).join("replica.db"),
            ),
        ];
        fs::create_dir(image.path().join(evening.me.to_string())).expect("a folder");
        for (path, bytes) in disk.image(&mut dice) {
            for (from, to) in &placed {
                let name = path.as_os_str().to_string_lossy();
                if let Some(end) = name.strip_prefix(&*from.to_string_lossy()) {
                    fs::write(format!("{}{end}", to.display()), &bytes).expect("written");
                }
            }
        }
        let found = look(evening, &image, (moment, time % CLOSER == 0)).await;
        harm.extend(found.map(|it| format!("power cut {time} at {moment}: {it}")));
    }
    harm
}

/// The first thing that is wrong with what a power cut at the moment has left.
async fn look(
    evening: &Evening,
    image: &TempDir,
    (moment, closer): (usize, bool),
) -> Option<String> {
    let until = |acknowledged: &[(usize, CommandId)]| -> Vec<CommandId> {
        let before = acknowledged.iter().take_while(|(at, _)| *at <= moment);
        before.map(|(_, id)| *id).collect()
    };
    let (saved, taken) = (until(&evening.saved), until(&evening.taken));
    let (family, me) = (evening.family, evening.me);
    let path = image.path().join("store.db");
    let table = match SqliteTable::open(&path) {
        Ok(table) => table,
        Err(error) => return Some(format!("the table does not open: {error}")),
    };
    if let Err(error) = famdesk::table::sqlite::check_file(&path) {
        return Some(error.to_string());
    }
    for id in &taken {
        let receipt = table.get(op_key(Scope::Family(family), *id)).await;
        if !matches!(receipt, Ok(Some(_))) {
            return Some(format!("the server has lost {id}: {receipt:?}"));
        }
    }
    let source = Arc::new(FixedSource::new(NOW, 9));
    let clock = Arc::clone(&source) as Arc<dyn Source>;
    let blobs = BlobStore::open(image.path().join("blobs")).expect("blobs");
    let table: Arc<dyn Table> = Arc::new(table);
    let desk = Arc::new(Desk::new(Arc::clone(&table), blobs, clock));
    let replica = match Replica::open(&image.path().join(me.to_string())) {
        Ok(replica) => replica,
        Err(error) => return Some(format!("the replica does not open: {error}")),
    };
    if replica.salvaged().is_some() || !matches!(replica.check().as_deref(), Ok([])) {
        return Some("the replica is damaged".to_owned());
    }
    let pending = replica.pending(family).expect("readable");
    let settled = replica.settled_last(family, usize::MAX).expect("readable");
    let is_here = |id: &CommandId| {
        settled.contains(id) || pending.iter().any(|it| it.command.command_id == *id)
    };
    if let Some(id) = saved.iter().find(|id| !is_here(id)) {
        return Some(format!("this machine has lost {id}"));
    }
    drop(replica);
    if closer {
        match desk.verify(family, me).await {
            Ok(verified) if verified.broken.is_none() => {}
            other => return Some(format!("the audit is broken: {other:?}")),
        }
        let station = station(&desk, &source, image, me, None);
        for _ in 0..2 {
            if let Err(error) = station.sync().await {
                return Some(format!("it does not go on: {error}"));
            }
        }
        for id in &saved {
            let receipt = table.get(op_key(Scope::Family(family), *id)).await;
            if !matches!(receipt, Ok(Some(_))) {
                return Some(format!("{id} never came to the server: {receipt:?}"));
            }
        }
    }
    None
}

#[tokio::test]
async fn no_power_cut_takes_what_was_acknowledged() {
    let root = tempfile::tempdir().expect("a folder");
    let evening = evening(root.path()).await;
    assert!(evening.saved.len() > 60 && evening.taken.len() > 50);
    let times = std::env::var("FAMDESK_IMAGES").map_or(IMAGES, |it| it.parse().expect("a number"));
    let harm = power_cuts(&evening, times, Honesty::Honest).await;
    assert_eq!(harm, [] as [String; 0]);
    // On a disk that only says that it has brought things to safety, the same must find harm.
    let harm = power_cuts(&evening, 20, Honesty::Lies).await;
    assert!(!harm.is_empty());
}
