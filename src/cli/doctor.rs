//! `famdesk doctor`: looks at everything a person may have trouble with, changes nothing, and says
//! what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Globals;
use super::backup::{backups_in, folder_beside};
use super::connection::Connection;
use super::engine;
use super::failure::{Exit, Result};
use super::house::Setting;
use super::print::{Out, Tint};
use crate::config::drive::NetworkDrive;
use crate::config::live::LiveSource;
use crate::config::{Capabilities, ColourDepth};
use crate::desk::{Desk, DeskError, FamilyCheckup};
use crate::model::source::Source;
use crate::model::webhook::Off;
use crate::remote::client::Client;
use crate::remote::http::Http;
use crate::replica::view::OutboxSummary;
use crate::replica::{Replica, ReplicaError};
use crate::table::SqliteTable;
use crate::table::blobs::BlobStore;
use crate::table::sqlite;
use crate::text::{age, plural};

/// Less room than this on the store's disk is worth a word, in bytes.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;

/// A newest backup that is older than this is worth a word, in seconds.
const OLD_BACKUP: i64 = 7 * 24 * 3600;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Well,
    /// It works, and may be better.
    Mind,
    /// It does not work, or something is lost.
    Wrong,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    state: State,
    told: String,
}

/// Everything that was looked at.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: impl Into<String>, state: State, told: impl Into<String>) {
        self.0.push(Finding {
            what: what.into(),
            state,
            told: told.into(),
        });
    }
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Well => "well",
            State::Mind => "mind",
            State::Wrong => "wrong",
        }
    }

    fn tint(self) -> Tint {
        match self {
            State::Well => Tint::Dim,
            State::Mind => Tint::Yellow,
            State::Wrong => Tint::Red,
        }
    }
}

pub async fn examine(setting: Setting, globals: &Globals) -> Result<Exit> {
    let mut found = Findings::default();
    found.add(
        "program",
        State::Well,
        concat!("famdesk ", env!("CARGO_PKG_VERSION")),
    );
    settings(&setting, &mut found);
    terminal(&setting, &mut found);
    if setting.connection.is_none() {
        let data = &setting.config.places.data;
        look_at_folder(
            "store folder",
            (data, NetworkDrive::below(data)),
            &mut found,
        );
    }
    let state = &setting.config.places.state;
    look_at_folder(
        "state folder",
        (state, NetworkDrive::below(state)),
        &mut found,
    );
    match &setting.connection {
        Some(connection) => server(connection, &setting, &mut found).await,
        None => {
            store(&setting, &mut found).await;
            backups(&setting, &mut found);
        }
    }
    local_copies(&setting.config.places.state, &mut found);
    tell(&setting, globals, &found.0)
}

fn settings(setting: &Setting, found: &mut Findings) {
    let file = &setting.config.file;
    let told = if file.exists() {
        format!("{} is read", file.display())
    } else {
        format!("the defaults; {} would change them", file.display())
    };
    found.add("settings", State::Well, told);
}

fn terminal(setting: &Setting, found: &mut Findings) {
    let capabilities = Capabilities::of(&setting.env, &setting.config.settings.screen);
    let term = setting
        .env
        .text("TERM")
        .unwrap_or_else(|| "unknown".to_owned());
    let colours = match capabilities.colour {
        ColourDepth::None => "no colour",
        ColourDepth::Sixteen => "16 colours",
        ColourDepth::TwoHundredFiftySix => "256 colours",
        ColourDepth::TrueColour => "true colour",
    };
    if capabilities.unicode {
        found.add("terminal", State::Well, format!("{term}, {colours}, UTF-8"));
    } else {
        let told = format!(
            "{term}, {colours}, and its locale is not UTF-8: frames are drawn in ASCII; set LANG \
             to a locale such as C.UTF-8"
        );
        found.add("terminal", State::Mind, told);
    }
}

fn look_at_folder(
    what: &str,
    (folder, drive): (&Path, Option<NetworkDrive>),
    found: &mut Findings,
) {
    let Ok(about) = fs::metadata(folder) else {
        let told = format!("{} is not there yet", folder.display());
        return found.add(what, State::Mind, told);
    };
    let open_to = about.permissions().mode() & 0o077;
    if open_to != 0 {
        let told = format!(
            "{} can be entered by others on this machine; `chmod 700` it",
            folder.display()
        );
        return found.add(what, State::Mind, told);
    }
    if let Some(drive) = drive {
        let told = format!(
            "{} is on a network drive ({}): it is kept without a write-ahead log, which takes longer; \
             only one machine at a time may work on it, and a disk of this machine is better",
            folder.display(),
            drive.name()
        );
        return found.add(what, State::Mind, told);
    }
    match rustix::fs::statvfs(folder) {
        Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < LITTLE_ROOM => {
            let mib = disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024);
            let told = format!(
                "only {mib} MiB are left on the disk of {}",
                folder.display()
            );
            found.add(what, State::Mind, told);
        }
        _ => found.add(what, State::Well, folder.display().to_string()),
    }
}

/// The server that this machine works on, and whether it knows this device.
async fn server(connection: &Connection, setting: &Setting, found: &mut Findings) {
    let address = &connection.address;
    let token = connection.token(&setting.config.places.state);
    let session = match Http::to(connection.server(), Some(token)) {
        Ok(remote) => Client::new(Arc::new(remote), None).session().await,
        Err(error) => return found.add("server", State::Wrong, error.to_string()),
    };
    match session {
        Ok(session) => {
            let told = format!("{address} answers, to {}", session.user.display_name);
            found.add("server", State::Well, told);
        }
        Err(error) => found.add("server", State::Mind, format!("{address}: {error}")),
    }
}

async fn store(setting: &Setting, found: &mut Findings) {
    let data = &setting.config.places.data;
    let file = data.join("store.db");
    if !file.exists() {
        let told = "none yet; start famdesk and found a family";
        return found.add("store", State::Mind, told);
    }
    let table = match sqlite::check_file(&file).and_then(|()| SqliteTable::open_to_read(&file)) {
        Ok(table) => table,
        Err(error) => {
            let told = format!("{error}; `famdesk backup list` shows what there is");
            return found.add("store", State::Wrong, told);
        }
    };
    let mib = fs::metadata(&file).map_or(0, |about| about.len()) as f64 / (1024.0 * 1024.0);
    found.add(
        "store",
        State::Well,
        match engine::held_by(data) {
            Some(pid) => format!("{mib:.1} MiB, each page is sound; process {pid} keeps it"),
            None => format!("{mib:.1} MiB, each page is sound"),
        },
    );
    let blobs = match BlobStore::open(data.join("blobs")) {
        Ok(blobs) => blobs,
        Err(error) => return found.add("blobs", State::Wrong, error.to_string()),
    };
    let desk = Desk::new(Arc::new(table), blobs, Arc::new(LiveSource));
    match desk.check_up().await {
        Ok(families) => families
            .iter()
            .for_each(|family| tell_family(family, found)),
        Err(error) => found.add("families", State::Wrong, error.to_string()),
    }
    if let Err(error) = webhooks(&desk, found).await {
        found.add("webhooks", State::Wrong, error.to_string());
    }
}

/// Who is to be told of events and is not.
async fn webhooks(desk: &Desk, found: &mut Findings) -> std::result::Result<(), DeskError> {
    let now = desk.source().now();
    let all = desk.webhooks_of_store().await?;
    let count = all.len() as u64;
    let mut is_well = true;
    for webhook in all {
        let row = desk.row(webhook).await?;
        let told = match (row.webhook.off, row.failing_since) {
            (Some(Off::ByHand), _) => continue,
            (Some(Off::Gone), _) => "it answered that it is gone, and is off".to_owned(),
            (Some(Off::Failing), _) => "it had failed for days, and is off".to_owned(),
            (None, Some(since)) => format!(
                "it has failed, first {}; {}, {} waiting",
                age::ago(since.0, now.0),
                plural::count(u64::from(row.failures), "try", "tries"),
                row.waiting
            ),
            (None, None) if !row.has_secret => "it has no secret, so nothing is sent".to_owned(),
            (None, None) => continue,
        };
        is_well = false;
        let name = &row.webhook.webhook_name;
        let told = format!("{told}; `famdesk webhooks show '{name}'` tells more");
        found.add(format!("webhook {name}"), State::Mind, told);
    }
    if is_well && count > 0 {
        let told = format!("{}, each well", plural::count(count, "webhook", "webhooks"));
        found.add("webhooks", State::Well, told);
    }
    Ok(())
}

fn tell_family(checkup: &FamilyCheckup, found: &mut Findings) {
    let what = format!("family {}", checkup.family_name);
    let sizes = format!(
        "{}, {} and {}",
        plural::count(checkup.records.unsigned_abs(), "record", "records"),
        plural::count(checkup.entities as u64, "entity", "entities"),
        plural::count(
            checkup.blobs as u64,
            "long text or file",
            "long texts and files"
        ),
    );
    if checkup.is_well() {
        return found.add(what, State::Well, format!("{sizes}, all as the log says"));
    }
    let faults: Vec<String> = checkup.faults.iter().map(ToString::to_string).collect();
    let more = checkup.faults_in_all.saturating_sub(faults.len());
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let told = format!(
        "{sizes}: {}{more}; keep a copy of the store and `famdesk backup restore` a backup",
        faults.join("; ")
    );
    found.add(what, State::Wrong, told);
}

fn backups(setting: &Setting, found: &mut Findings) {
    let folder = folder_beside(setting);
    let all = backups_in(&folder);
    let made = all
        .last()
        .and_then(|path| fs::metadata(path).ok()?.modified().ok())
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_secs()).ok());
    match made {
        None => found.add(
            "backups",
            State::Mind,
            format!(
                "none in {}; `famdesk backup FOLDER` makes one",
                folder.display()
            ),
        ),
        Some(made) => {
            let days = (LiveSource.now().0 - made).max(0) / (24 * 3600);
            let state = if LiveSource.now().0 - made > OLD_BACKUP {
                State::Mind
            } else {
                State::Well
            };
            let days = plural::count(days.unsigned_abs(), "day", "days");
            let what = plural::count(all.len() as u64, "backup", "backups");
            found.add(
                "backups",
                state,
                format!("{what} in {}, the newest {days} old", folder.display()),
            );
        }
    }
}

/// The local copies: one folder per store and person, two levels below the state folder.
fn local_copies(state: &Path, found: &mut Findings) {
    for folder in folders_in(state).iter().flat_map(|store| folders_in(store)) {
        if !folder.join("replica.db").exists() {
            continue;
        }
        let place = folder.strip_prefix(state).unwrap_or(&folder);
        let what = format!("local copy {}", place.display());
        match look_at_copy(&folder) {
            Ok(copy) => {
                let told = copy.told();
                let state = if told.is_empty() {
                    State::Well
                } else {
                    State::Mind
                };
                let told = if told.is_empty() {
                    "nothing waits".to_owned()
                } else {
                    told
                };
                found.add(what, state, format!("sound; {told}"));
            }
            Err(told) => found.add(what, State::Wrong, told),
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort_unstable();
    folders
}

/// What is worth a word about a local copy that is sound.
struct Copy {
    outbox: OutboxSummary,
}

impl Copy {
    /// Nothing, where nothing is.
    fn told(&self) -> String {
        let (waiting, to_decide) = (self.outbox.waiting, self.outbox.to_decide());
        let mut told = Vec::new();
        if waiting + to_decide > 0 {
            told.push(format!(
                "{waiting} wait to be sent, {to_decide} to be decided; `famdesk outbox` and \
                 `famdesk conflicts` show them"
            ));
        }
        if self.outbox.newer > 0 {
            let changes = plural::count(self.outbox.newer, "change", "changes");
            told.push(format!(
                "{changes} by a newer famdesk can't be shown by this one; update it"
            ));
        }
        told.join("; ")
    }
}

fn look_at_copy(folder: &Path) -> std::result::Result<Copy, String> {
    let advice = "the next start sets it aside, keeps what is yours and fetches the rest again";
    let look = || -> std::result::Result<_, ReplicaError> {
        let replica = Replica::open_reader(folder)?;
        let copy = Copy {
            outbox: replica.outbox_summary()?,
        };
        Ok((replica.check()?, copy))
    };
    let (faults, copy) = look().map_err(|error| format!("{error}; {advice}"))?;
    match faults.first() {
        None => Ok(copy),
        Some(fault) => Err(format!("it is damaged ({fault}); {advice}")),
    }
}

fn tell(setting: &Setting, globals: &Globals, found: &[Finding]) -> Result<Exit> {
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    let worst = found.iter().map(|it| it.state).max().unwrap_or(State::Well);
    if out.is_json() {
        let all: Vec<serde_json::Value> = found
            .iter()
            .map(|it| {
                serde_json::json!({ "what": it.what, "state": it.state.word(), "told": it.told })
            })
            .collect();
        out.json(&all)?;
    } else {
        for finding in found {
            let head = format!("{:<5}  {}", finding.state.word(), finding.what);
            out.tinted(finding.state.tint(), head)?;
            out.body(&finding.told, 7)?;
        }
        out.blank()?;
        out.line(match worst {
            State::Well => "everything is in order",
            State::Mind => "it all works; mind what is said above",
            State::Wrong => "something is wrong; what to do is said above",
        })?;
    }
    out.finish()?;
    Ok(match worst {
        State::Well | State::Mind => Exit::Done,
        State::Wrong => Exit::Store,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_on_a_network_drive_is_worth_a_word() {
        let folder = tempfile::tempdir().expect("a folder");
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder.path(), mode).expect("it is ours");
        for (drive, state) in [(None, State::Well), (Some(NetworkDrive::SMB), State::Mind)] {
            let mut found = Findings::default();
            look_at_folder("state folder", (folder.path(), drive), &mut found);
            assert_eq!(found.0[0].state, state);
            assert_eq!(
                found.0[0].told.contains("network drive (SMB)"),
                drive.is_some()
            );
        }
    }
}
