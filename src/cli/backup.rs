//! `famdesk backup`: whole copies of the store, made while it is in use, and put back.
//!
//! A folder of backups holds one file per backup and, shared by all of them, the blobs. These work
//! on the store's file itself and so need nobody to be introduced, nor the store to be sound.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{BackupArgs, BackupDeed, Globals, MakeBackup};
use super::engine;
use super::failure::{Exit, Failure, Result};
use super::house::Setting;
use super::print::{Cell, Grid, Out};
use crate::config::create_private_dir;
use crate::config::live::LiveSource;
use crate::desk::Desk;
use crate::model::source::{Source, Timestamp};
use crate::table::SqliteTable;
use crate::table::blobs::BlobStore;
use crate::table::sqlite;
use crate::text::plural;

/// How the names of backups begin and end; between them stands when they were made.
const BEGIN: &str = "famdesk-";
const END: &str = ".db";

/// Where blobs are, in the store's folder and in a folder of backups.
const BLOBS: &str = "blobs";

pub async fn backup(setting: Setting, globals: &Globals, args: BackupArgs) -> Result<Exit> {
    if let Some(connection) = &setting.connection {
        return Err(Failure::refused(format!(
            "this machine works on {}, and backups are made where that runs; --data names a store \
             on this machine",
            connection.address
        )));
    }
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    let exit = match args.deed {
        None => make(&setting, &mut out, &args.make).await,
        Some(BackupDeed::List { folder }) => list(&setting, &mut out, folder),
        Some(BackupDeed::Restore { file }) => restore(&setting, &mut out, &file).await,
    };
    out.finish()?;
    exit
}

/// Where backups are kept when nobody says.
pub fn folder_beside(setting: &Setting) -> PathBuf {
    setting.config.places.data.join("backups")
}

/// The backups in the folder, oldest first.
pub fn backups_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(BEGIN) && name.ends_with(END)
        })
        .collect();
    // The names tell the moment in an order of their own.
    found.sort_unstable();
    found
}

async fn make(setting: &Setting, out: &mut Out, args: &MakeBackup) -> Result<Exit> {
    let data = &setting.config.places.data;
    let store = data.join("store.db");
    if !store.exists() {
        return Err(Failure::store(format!(
            "there is no store in {} yet; start famdesk and found a family",
            data.display()
        )));
    }
    let folder = args
        .folder
        .clone()
        .unwrap_or_else(|| folder_beside(setting));
    create_private_dir(&folder)?;
    let file = free_name(&folder, LiveSource.now());
    sqlite::back_up(&store, &file)?;
    // After the copy, so that every blob it speaks of is there by now.
    let taken =
        BlobStore::open(folder.join(BLOBS))?.take_over(&BlobStore::open(data.join(BLOBS))?)?;
    let faults = faults_of(&file).await?;
    let removed = match args.keep {
        Some(keep) => prune(&folder, keep.into()),
        None => 0,
    };
    if out.is_json() {
        out.json(&serde_json::json!({
            "file": file.display().to_string(),
            "new_blobs": taken.new,
            "damaged_blobs": taken.damaged,
            "faults": faults,
            "removed": removed,
        }))?;
    } else {
        out.line(format!("{} is made and checked", file.display()))?;
        if args.folder.is_none() {
            out.line("it is on the same disk as the store; name a folder on another one")?;
        }
        if removed > 0 {
            let what = plural::count(removed as u64, "older backup is", "older backups are");
            out.line(format!("{what} removed"))?;
        }
    }
    if let Some(sha256) = taken.damaged.first() {
        return Err(Failure::store(format!(
            "blob {sha256} of the store is damaged and not in the backup; look into older \
             backups for it, and run `famdesk doctor`"
        )));
    }
    match faults.first() {
        None => Ok(Exit::Done),
        Some(fault) => Err(Failure::store(format!(
            "the backup is made, but the store it was made of is not sound: {fault}; run \
             `famdesk doctor`, and keep your older backups"
        ))),
    }
}

/// What is wrong with the chains of a copy, in words.
async fn faults_of(file: &Path) -> Result<Vec<String>> {
    let folder = file.parent().unwrap_or(Path::new("")).join(BLOBS);
    let table = SqliteTable::open_to_read(file)?;
    let desk = Desk::new(
        Arc::new(table),
        BlobStore::open(folder)?,
        Arc::new(LiveSource),
    );
    let broken = desk.check_chains().await?;
    Ok(broken
        .into_iter()
        .map(|(family_id, broken)| format!("family {family_id}: {broken}"))
        .collect())
}

/// A name that tells the moment and that no backup has yet.
fn free_name(folder: &Path, now: Timestamp) -> PathBuf {
    let moment = jiff::Timestamp::from_second(now.0).unwrap_or_default();
    let moment = moment.strftime("%Y%m%dT%H%M%SZ").to_string();
    (1..)
        .map(|turn| match turn {
            1 => folder.join(format!("{BEGIN}{moment}{END}")),
            turn => folder.join(format!("{BEGIN}{moment}-{turn}{END}")),
        })
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{BEGIN}{moment}{END}")))
}

/// Removes all but the newest so many; gives how many are gone.
fn prune(folder: &Path, keep: usize) -> usize {
    let all = backups_in(folder);
    let older = &all[..all.len().saturating_sub(keep)];
    older
        .iter()
        .filter(|path| fs::remove_file(path).is_ok())
        .count()
}

fn list(setting: &Setting, out: &mut Out, folder: Option<PathBuf>) -> Result<Exit> {
    let folder = folder.unwrap_or_else(|| folder_beside(setting));
    let found = backups_in(&folder);
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |about| about.len());
    if out.is_json() {
        let all: Vec<serde_json::Value> = found
            .iter()
            .map(|path| {
                serde_json::json!({ "file": path.display().to_string(), "bytes": size(path) })
            })
            .collect();
        out.json(&all)?;
    } else if found.is_empty() {
        out.line(format!(
            "no backup in {}; `famdesk backup` makes one",
            folder.display()
        ))?;
    } else {
        let mut grid = Grid::new(&["backup", "MiB"], 0);
        for path in &found {
            let mib = size(path) as f64 / (1024.0 * 1024.0);
            grid.row(vec![
                Cell::new(path.display()),
                Cell::new(format!("{mib:.1}")),
            ]);
        }
        out.grid(&grid)?;
    }
    Ok(Exit::Done)
}

async fn restore(setting: &Setting, out: &mut Out, file: &Path) -> Result<Exit> {
    let data = &setting.config.places.data;
    create_private_dir(data)?;
    let _alone = engine::alone_on(data)?;
    let store = data.join("store.db");
    let incoming = data.join("store.db.incoming");
    let _ = fs::remove_file(&incoming);
    sqlite::back_up(file, &incoming).map_err(|error| {
        Failure::from(error).about("the backup can't be used, and the store is as it was")
    })?;
    let families = renew(file, &incoming).await.inspect_err(|_| {
        // The reason counts, not whether the rest could be tidied away.
        let _ = fs::remove_file(&incoming);
    })?;
    let blobs = BlobStore::open(data.join(BLOBS))?;
    let kept_blobs = file.parent().unwrap_or(Path::new("")).join(BLOBS);
    if kept_blobs.is_dir() {
        blobs.take_over(&BlobStore::open(kept_blobs)?)?;
    }
    let aside = free_name(data, LiveSource.now()).with_extension("replaced.db");
    let replaced = store.exists();
    sqlite::put_back(&incoming, &store, &aside)?;
    if out.is_json() {
        out.json(&serde_json::json!({
            "restored": file.display().to_string(),
            "families": families,
            "replaced": replaced.then(|| aside.display().to_string()),
        }))?;
    } else {
        let what = plural::count(families as u64, "family is", "families are");
        out.line(format!("{what} as the backup has them"))?;
        if replaced {
            out.line(format!(
                "the store until now is kept as {}",
                aside.display()
            ))?;
        }
        out.line("local copies notice at their next start and send again what is their own")?;
    }
    Ok(Exit::Done)
}

/// Brings the copy up to date and gives its families new histories.
async fn renew(file: &Path, incoming: &Path) -> Result<usize> {
    let faults = faults_of(incoming).await?;
    if let Some(fault) = faults.first() {
        return Err(Failure::store(format!(
            "{} is not sound: {fault}; the store is as it was; try another backup",
            file.display()
        )));
    }
    let table = SqliteTable::open(incoming)?;
    let folder = incoming.parent().unwrap_or(Path::new("")).join(BLOBS);
    let desk = Desk::new(
        Arc::new(table),
        BlobStore::open(folder)?,
        Arc::new(LiveSource),
    );
    Ok(desk.begin_new_histories().await?)
}
