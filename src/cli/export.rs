//! `famdesk export` and `famdesk import famdesk`: a whole family, with its history and its long
//! texts, as a folder that any program can read and another store can take in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::args::TakeInArgs;
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use super::house::House;
use super::import::progress;
use crate::config::create_private_dir;
use crate::model::audit::{AuditRecord, CHAIN_START, verify_link};
use crate::model::id::{DeviceId, FamilyId, UserId};
use crate::model::membership::Membership;
use crate::model::record::Record;
use crate::remote::blobs::There;
use crate::remote::client::Client;
use crate::table::blobs::BlobStore;
use crate::text::plural;
use crate::wire::session::Introduction;
use crate::wire::transfer::{EXPORT_VERSION, ExportHead, ExportLine, ExportPage, TakeIn};

/// The file inside the folder: one JSON document a line.
const FILE: &str = "family.jsonl";

/// The folder of long texts beside it, each named by the SHA-256 of its bytes.
const BLOBS: &str = "blobs";

/// A page that goes in holds this many records, and the rest of the last one's command.
const PAGE: usize = 400;

pub async fn export(errand: &mut Errand, folder: &Path) -> Result<Exit> {
    if folder.exists() {
        return Err(Failure::usage(format!(
            "{} is there already; name a folder that is not",
            folder.display()
        )));
    }
    let family_id = errand.family().await?.family_id;
    let client = errand.station.client();
    let head = client.export_head(family_id).await?;
    let unfinished = folder.with_added_extension("unfinished");
    create_private_dir(&unfinished)?;
    let records = head.records.unsigned_abs();
    let blobs = write_out(client, &head, &unfinished).await?;
    fs::rename(&unfinished, folder).map_err(|error| cannot_write(folder, &error))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "folder": folder.display().to_string(),
            "family_id": family_id,
            "records": records,
            "long_texts": blobs,
        }))?;
    } else {
        errand.out.line(format!(
            "{}: {} and {} are in {}",
            head.family_name,
            plural::count(records, "record", "records"),
            plural::count(blobs as u64, "long text or file", "long texts and files"),
            folder.display()
        ))?;
    }
    Ok(Exit::Done)
}

/// Writes the family's log and the texts that it speaks of; gives how many these are.
async fn write_out(client: &Client, head: &ExportHead, folder: &Path) -> Result<usize> {
    let path = folder.join(FILE);
    let failed = |error: std::io::Error| cannot_write(&path, &error);
    let blobs = BlobStore::open(folder.join(BLOBS))?;
    let mut file = BufWriter::new(File::create(&path).map_err(failed)?);
    let mut devices = BTreeMap::new();
    let mut texts = 0;
    write_line(&mut file, &ExportLine::Export(head.clone()))?;
    let bar = progress(usize::try_from(head.records).unwrap_or(0));
    let mut chain = Chain::new(head);
    while chain.records < head.records {
        let page = client.export_log(head.family_id, chain.records).await?;
        if page.records.is_empty() {
            break;
        }
        devices.extend(page.devices);
        for record in page.records {
            if record.seq > head.records {
                break;
            }
            chain.follow(&record).map_err(Failure::store)?;
            texts += fetch_text(client, head.family_id, (&record, &blobs)).await?;
            write_line(&mut file, &ExportLine::Record(record))?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    chain.end().map_err(Failure::store)?;
    write_line(&mut file, &ExportLine::Devices(devices))?;
    let file = file
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(texts)
}

fn write_line(file: &mut BufWriter<File>, line: &ExportLine) -> Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    Ok(file.write_all(b"\n")?)
}

/// Keeps the long text that a record speaks of; gives how many are new.
async fn fetch_text(
    client: &Client,
    family_id: FamilyId,
    (record, blobs): (&AuditRecord, &BlobStore),
) -> Result<usize> {
    let entity = record
        .after
        .clone()
        .map(|after| Record::from_json(record.entity.entity_type(), after));
    let Some(Ok(entity)) = entity else {
        return Ok(0);
    };
    let Some(sha256) = entity.blob() else {
        return Ok(0);
    };
    if blobs.contains(sha256)? {
        return Ok(0);
    }
    let bytes = client
        .get_blob((family_id, sha256))
        .await
        .map_err(|error| {
            Failure::from(error).about(format!("the long text of record {}", record.seq))
        })?;
    blobs.put(&bytes)?;
    Ok(1)
}

/// A log that is read from its beginning, each record checked against the one before.
struct Chain<'a> {
    head: &'a ExportHead,
    records: i64,
    link: String,
}

impl<'a> Chain<'a> {
    fn new(head: &'a ExportHead) -> Chain<'a> {
        Chain {
            head,
            records: 0,
            link: CHAIN_START.to_owned(),
        }
    }

    fn follow(&mut self, record: &AuditRecord) -> std::result::Result<(), String> {
        verify_link(record, (self.records, &self.link)).map_err(|broken| broken.to_string())?;
        self.records = record.seq;
        self.link.clone_from(&record.hash);
        Ok(())
    }

    fn end(&self) -> std::result::Result<(), String> {
        if (self.records, &self.link) == (self.head.records, &self.head.chain) {
            return Ok(());
        }
        Err(format!(
            "it ends with record {} and should end with record {}",
            self.records, self.head.records
        ))
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::store(format!(
        "{} can't be written ({error}); nothing was changed in the store",
        path.display()
    ))
}

/// Takes in a family that `famdesk export` wrote. Only the store's own state is touched before all
/// of it has been read and found whole.
pub async fn take_in(house: &House, args: &TakeInArgs) -> Result<()> {
    let path = file_of(&args.folder);
    let read = examine(&path)?;
    let me = whose(house, args, &read).await?;
    let client = &house.client;
    if house.owner().await?.is_none() {
        introduce(house, me, &read).await?;
    }
    let family_id = read.head.family_id;
    let here = client.begin_taking_in(&read.head).await?.records;
    send(client, &path, (&read, here)).await?;
    send_texts(client, family_id, &path.with_file_name(BLOBS)).await
}

/// The file itself may be named too.
fn file_of(folder: &Path) -> PathBuf {
    if folder.is_dir() {
        folder.join(FILE)
    } else {
        folder.to_owned()
    }
}

/// What an export holds, read through once.
struct Examined {
    head: ExportHead,
    devices: BTreeMap<DeviceId, i64>,
    /// Everyone who is in the family at its end.
    members: Vec<Membership>,
}

/// The head of an export that this program can read.
fn head_of(
    path: &Path,
    lines: &mut impl Iterator<Item = Result<(usize, ExportLine)>>,
) -> Result<ExportHead> {
    let Some(Ok((_, ExportLine::Export(head)))) = lines.next() else {
        return Err(Failure::refused(format!(
            "{} is not what `famdesk export` wrote; name its folder",
            path.display()
        )));
    };
    if head.version != EXPORT_VERSION {
        return Err(Failure::refused(format!(
            "{} was written by another famdesk (format {}, this one knows {EXPORT_VERSION}); \
             update famdesk",
            path.display(),
            head.version
        )));
    }
    Ok(head)
}

/// Reads it all and checks that it is whole, before anything is taken in.
fn examine(path: &Path) -> Result<Examined> {
    let mut lines = lines_of(path)?;
    let head = head_of(path, &mut lines)?;
    let mut chain = Chain::new(&head);
    let mut members: BTreeMap<UserId, Membership> = BTreeMap::new();
    let mut ending = None;
    for line in lines {
        let (number, line) = line?;
        let broken = |why: String| not_whole(path, number, &why);
        match line {
            ExportLine::Record(record) => {
                chain.follow(&record).map_err(broken)?;
                if let Some(member) = membership_in(record) {
                    members.insert(member.user_id, member);
                }
            }
            ExportLine::Devices(devices) => ending = Some(devices),
            ExportLine::Export(_) => return Err(broken("it begins anew here".to_owned())),
        }
    }
    chain.end().map_err(|why| not_whole(path, 0, &why))?;
    let devices = ending.ok_or_else(|| not_whole(path, 0, "its last line is missing"))?;
    Ok(Examined {
        devices,
        members: members.into_values().filter(Membership::is_live).collect(),
        head,
    })
}

fn membership_in(record: AuditRecord) -> Option<Membership> {
    let after = record.after?;
    match Record::from_json(record.entity.entity_type(), after) {
        Ok(Record::Membership(it)) => Some(it),
        _ => None,
    }
}

fn lines_of(path: &Path) -> Result<impl Iterator<Item = Result<(usize, ExportLine)>>> {
    let file = File::open(path).map_err(|error| {
        Failure::store(format!(
            "{} can't be read ({error}); name the folder of an export",
            path.display()
        ))
    })?;
    let path = path.to_owned();
    Ok(BufReader::new(file)
        .lines()
        .enumerate()
        .map(move |(index, line)| {
            let line = line.map_err(|error| error.to_string());
            let read = line
                .and_then(|line| serde_json::from_str(&line).map_err(|error| error.to_string()));
            read.map(|line| (index + 1, line))
                .map_err(|why| not_whole(&path, index + 1, &why))
        }))
}

/// `line` is 0 where no single line is to blame.
fn not_whole(path: &Path, line: usize, why: &str) -> Failure {
    let place = match line {
        0 => path.display().to_string(),
        line => format!("{}:{line}", path.display()),
    };
    Failure::refused(format!(
        "{place}: the export is not whole ({why}); nothing was taken in; export it again"
    ))
}

/// Who takes it in: the store's owner, who must be in the family; or, in a store that has none,
/// whoever is named, or else whoever exported it.
async fn whose(house: &House, args: &TakeInArgs, read: &Examined) -> Result<UserId> {
    let family = &read.head.family_name;
    if let Some(owner) = house.owner().await? {
        if read.members.iter().any(|it| it.user_id == owner) {
            return Ok(owner);
        }
        return Err(Failure::refused(format!(
            "this store belongs to someone who is not in the family {family}; give it a store of \
             its own: `famdesk --data FOLDER import famdesk {}`",
            args.folder.display()
        )));
    }
    let Some(name) = &args.me else {
        return Ok(read.head.exported_by);
    };
    let names: Vec<&str> = read
        .members
        .iter()
        .map(|it| it.display_name.as_str())
        .collect();
    let found = read
        .members
        .iter()
        .find(|it| it.display_name.eq_ignore_ascii_case(name));
    found.map(|it| it.user_id).ok_or_else(|| {
        Failure::refused(format!(
            "nobody in the family {family} is called `{name}`; there is {}",
            names.join(", ")
        ))
    })
}

async fn introduce(house: &House, me: UserId, read: &Examined) -> Result<()> {
    let user = read.head.users.iter().find(|it| it.user_id == me);
    let member = read.members.iter().find(|it| it.user_id == me);
    let name = user
        .map(|it| &it.display_name)
        .or(member.map(|it| &it.display_name));
    let who = Introduction {
        user_id: me,
        display_name: name.cloned().unwrap_or_default(),
        email: user.and_then(|it| it.email.clone()),
        time_zone: user.map_or_else(super::when::name_of_machines_zone, |it| {
            it.time_zone.clone()
        }),
    };
    house.client.introduce(&who).await?;
    Ok(())
}

/// Sends what is not there yet, cut between commands.
async fn send(client: &Client, path: &Path, (read, here): (&Examined, i64)) -> Result<()> {
    let head = &read.head;
    let bar = progress(usize::try_from(head.records - here).unwrap_or(0));
    let mut records: Vec<AuditRecord> = Vec::with_capacity(PAGE);
    let give = async |records: Vec<AuditRecord>, devices| -> Result<()> {
        let sent = records.len() as u64;
        let page = TakeIn {
            epoch: head.epoch,
            page: ExportPage { records, devices },
        };
        client.take_in(head.family_id, &page).await?;
        bar.inc(sent);
        Ok(())
    };
    for line in lines_of(path)? {
        let (_, ExportLine::Record(record)) = line? else {
            continue;
        };
        if record.seq <= here {
            continue;
        }
        let another = records
            .last()
            .is_some_and(|it| it.command_id != record.command_id);
        if another && records.len() >= PAGE {
            give(std::mem::take(&mut records), BTreeMap::new()).await?;
        }
        records.push(record);
    }
    if !records.is_empty() {
        give(records, read.devices.clone()).await?;
    }
    bar.finish_and_clear();
    Ok(())
}

async fn send_texts(client: &Client, family_id: FamilyId, folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let texts = BlobStore::open(folder)?;
    for sha256 in texts.names()? {
        if client.blob_there((family_id, &sha256)).await? != There::Whole {
            let bytes = texts.get(&sha256)?.into();
            let sent = client.send_blob((family_id, &sha256), &bytes, |_| {});
            sent.await?;
        }
    }
    Ok(())
}

/// Says what is here now.
pub async fn say(errand: &mut Errand, args: &TakeInArgs) -> Result<Exit> {
    let path = file_of(&args.folder);
    let family_id = head_of(&path, &mut lines_of(&path)?)?.family_id;
    let view = errand.view(family_id).await?;
    let check = errand.station.verify_audit(family_id).await?;
    let records = check.records.unsigned_abs();
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "family_id": family_id,
            "family_name": view.family.family_name,
            "records": records,
        }))?;
    } else {
        errand.out.line(format!(
            "{}: {} are here, each fits the one before",
            view.family.family_name,
            plural::count(records, "record", "records"),
        ))?;
    }
    Ok(Exit::Done)
}
