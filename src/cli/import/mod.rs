//! `famdesk import`: reads exports, plans their batches, and gives them through the outbox like
//! everything else, with a progress bar on a terminal.
//!
//! It may be interrupted at any moment: each batch comes in whole or waits in the outbox, and the
//! same import again goes on where this one was.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;

use super::args::{Elsewhere, FromArgs, ImportFrom};
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use super::print::Out;
use super::when::zone_of;
use crate::intake::csv::Csv;
use crate::intake::github::GitHub;
use crate::intake::ical::Ical;
use crate::intake::jira::Jira;
use crate::intake::mail::Mailbox;
use crate::intake::plan::{Destination, Plan, QueueHere};
use crate::intake::report::Report;
use crate::intake::sumo::Sumo;
use crate::intake::tables::{self, MapFile, Table, Tables};
use crate::intake::taskwarrior::Taskwarrior;
use crate::intake::zendesk::Zendesk;
use crate::intake::{Format, Intake};
use crate::model::command::CommandBody;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::FamilyId;
use crate::replica::view::FamilyView;

mod told;

/// How much of a file is read at once, in bytes.
const CHUNK: usize = 256 * 1024;

/// What of a plan is not here yet.
struct New {
    tickets: usize,
    comments: usize,
    entities: usize,
}

pub async fn import(errand: &mut Errand, from: ImportFrom) -> Result<Exit> {
    match from {
        ImportFrom::Famdesk(args) => super::export::say(errand, &args).await,
        ImportFrom::Elsewhere(from) => from_elsewhere(errand, &from).await,
    }
}

async fn from_elsewhere(errand: &mut Errand, from: &Elsewhere) -> Result<Exit> {
    let args = from.args();
    let map = read_map(args.map.as_deref())?;
    let family_id = errand.family().await?.family_id;
    let view = errand.view(family_id).await?;
    let destination = destination(errand, &view, (args, &map)).await?;
    let mut format = format_of(from, &map, &destination.time_zone)?;

    let mut plan = read(format.as_mut(), args, &destination)?;
    if plan.report.tickets.read + plan.report.comments.read == 0 {
        return Err(Failure::refused(format!(
            "no ticket was found in {}; `famdesk import {} --help` says what is read",
            plan.report.files.join(", "),
            format.system(),
        )));
    }
    let new = leave_out_what_is_here(errand, family_id, &mut plan).await?;
    if args.dry_run {
        told::dry_run(&mut errand.out, &view, &plan, (&new, args))?;
        return Ok(exit_of(&plan.report));
    }
    let report = bring(errand, family_id, plan).await?;
    told::outcome(&mut errand.out, &report, (&new, args))?;
    Ok(exit_of(&report))
}

/// Prints the usual tables of a format; this needs no store.
pub fn show_map(from: &Elsewhere, out: &mut Out) -> Result<()> {
    let format = format_of(from, &MapFile::default(), &TimeZone::UTC)?;
    let tables = format.tables(&BTreeSet::new());
    told::map(out, from, (format.name(), &tables))
}

fn read_map(path: Option<&Path>) -> Result<MapFile> {
    let Some(path) = path else {
        return Ok(MapFile::default());
    };
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::store(format!("{shown} can't be read ({error})")))?;
    MapFile::parse(&text).map_err(|error| Failure::usage(format!("{shown}: {error}")))
}

fn format_of(from: &Elsewhere, map: &MapFile, family_zone: &TimeZone) -> Result<Box<dyn Format>> {
    Ok(match from {
        Elsewhere::Csv(_) => {
            let (layout, columns) = (map.csv.clone(), map.columns.clone());
            let csv = Csv::new(layout, columns, family_zone.clone());
            Box::new(csv.map_err(Failure::usage)?)
        }
        Elsewhere::GitHub(_) => Box::new(GitHub),
        Elsewhere::Ical(_) => Box::new(Ical::new(family_zone.clone())),
        Elsewhere::Jira(_) => Box::new(Jira),
        Elsewhere::Mail(_) => Box::new(Mailbox::default()),
        Elsewhere::Sumo(_) => Box::new(Sumo::default()),
        Elsewhere::Taskwarrior(_) => Box::new(Taskwarrior),
        Elsewhere::Zendesk(_) => Box::new(Zendesk::default()),
    })
}

/// Where everything goes, with the names of the tables found in the family.
async fn destination(
    errand: &Errand,
    view: &FamilyView,
    (args, map): (&FromArgs, &MapFile),
) -> Result<Destination> {
    let family_id = view.family.family_id;
    let mut destination = Destination::new(family_id, errand.station.me(), errand.now());
    destination.time_zone = zone_of(&view.family);
    let of_line = Tables {
        severity: Table::from_iter(args.severity.iter().cloned()),
        ..Tables::default()
    };
    destination.tables = map.tables().map_err(Failure::usage)?.with(&of_line);
    if let Some(name) = &args.group {
        destination.group = Some(errand.group(family_id, name).await?);
    }
    for (there, here) in &map.queue {
        let found = errand.queue(family_id, here).await;
        let queue_id = found.map_err(|it| it.about(format!("[queue] {there}")))?;
        let row = view.queues.iter().find(|it| it.queue.queue_id == queue_id);
        let group_id = row.map(|it| it.queue.group_id);
        destination.queues.extend(group_id.map(|group_id| {
            let here = QueueHere { queue_id, group_id };
            (tables::key(there), here)
        }));
    }
    for (there, here) in &map.people {
        let found = errand.person(family_id, here).await;
        let user_id = found.map_err(|it| it.about(format!("[people] {there}")))?;
        destination.people.insert(tables::key(there), user_id);
    }
    Ok(destination)
}

fn read(format: &mut dyn Format, args: &FromArgs, destination: &Destination) -> Result<Plan> {
    let mut intake = Intake::new(format);
    for path in &args.files {
        let unreadable = |path: &Path, error: io::Error| {
            let shown = path.display();
            Failure::store(format!(
                "{shown} can't be read ({error}); name a file of tickets"
            ))
        };
        if path.as_os_str() == "-" {
            let mut bytes = io::stdin().lock();
            let read = intake.read("stdin", &mut bytes);
            read.map_err(|error| unreadable(path, error))?;
            continue;
        }
        for path in files_below(path).map_err(|error| unreadable(path, error))? {
            let read = read_file(&mut intake, &path);
            read.map_err(|error| unreadable(&path, error))?;
        }
    }
    Ok(intake.plan(destination))
}

fn read_file(intake: &mut Intake<'_>, path: &Path) -> io::Result<()> {
    let mut bytes = BufReader::with_capacity(CHUNK, File::open(path)?);
    intake.read(&path.display().to_string(), &mut bytes)
}

/// A file, or the files of a folder and all folders in it, such as a Maildir, by name.
fn files_below(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            // A link may lead back to where it stands.
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Takes out of the plan what is here already, and counts the rest.
async fn leave_out_what_is_here(
    errand: &Errand,
    family_id: FamilyId,
    plan: &mut Plan,
) -> Result<New> {
    let keys: Vec<EntityKey> = plan.entries.iter().map(|it| it.record.key()).collect();
    let here = errand
        .station
        .read(move |replica| replica.here(family_id, &keys))
        .await?;
    let here: HashSet<EntityKey> = here.into_iter().collect();
    plan.without(&here);
    let count = |kind| {
        let of_kind = |it: &&crate::intake::plan::Entry| it.record.key().entity_type() == kind;
        plan.entries.iter().filter(of_kind).count()
    };
    Ok(New {
        tickets: count(EntityType::Ticket),
        comments: count(EntityType::Comment),
        entities: plan.entries.len(),
    })
}

async fn bring(errand: &Errand, family_id: FamilyId, plan: Plan) -> Result<Report> {
    let me = errand.station.me();
    let (texts, files) = (errand.house.texts_of(me)?, errand.house.files_of(me)?);
    let bar = progress(plan.entries.len());
    let report = plan.report.clone();
    let stopped = |failure: Failure| {
        failure.about("the import stopped; what came in stays, and it may be repeated")
    };
    let mut stream = errand.stream(family_id);
    for step in plan.into_steps() {
        for blob in &step.blobs {
            let place = if blob.is_file { &files } else { &texts };
            place.put(&blob.bytes)?;
        }
        let entities = u64::try_from(step.batch.entities.len()).unwrap_or(0);
        let body = CommandBody::ImportBatch(step.batch);
        stream.give(body).await.map_err(stopped)?;
        bar.inc(entities);
    }
    stream.finish().await.map_err(stopped)?;
    bar.finish_and_clear();
    Ok(report)
}

/// A bar on a terminal, and nothing on a pipe.
pub fn progress(entities: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(entities).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len}  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Something must have come in, or have been there; what was skipped stands in the summary.
fn exit_of(report: &Report) -> Exit {
    match report.tickets.brought {
        0 => Exit::Refused,
        _ => Exit::Done,
    }
}
