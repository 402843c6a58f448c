//! `famdesk import`: reads exports, plans their batches, and gives them through the outbox like
//! everything else, with a progress bar on a terminal.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{ImportFrom, JiraArgs};
use super::errand::{Errand, odd};
use super::failure::{Exit, Failure, Result};
use super::when::zone_of;
use crate::intake::jira::Jira;
use crate::intake::plan::{Destination, Plan};
use crate::intake::report::{Report, Tally, What};
use crate::intake::scale::Scale;
use crate::intake::{Input, convert};
use crate::model::command::CommandBody;
use crate::model::id::FamilyId;
use crate::replica::view::{Anchor, Answer, ListQuery, Place, Question};
use crate::text::plural;

pub async fn import(errand: &mut Errand, from: ImportFrom) -> Result<Exit> {
    match from {
        ImportFrom::Famdesk(args) => super::export::say(errand, &args).await,
        ImportFrom::Jira(args) => jira(errand, args).await,
    }
}

async fn jira(errand: &mut Errand, args: JiraArgs) -> Result<Exit> {
    let family = errand.family().await?;
    let family_id = family.family_id;
    let view = errand.view(family_id).await?;
    let mut destination = Destination::new(family_id, errand.station.me(), errand.now());
    destination.time_zone = zone_of(&view.family);
    destination.severities = Scale::from_iter(args.severity);
    if let Some(name) = &args.group {
        destination.group = Some(errand.group(family_id, name).await?);
    }

    let plan = read(&args.files, &destination)?;
    if plan.report.tickets.read == 0 {
        return Err(Failure::refused(format!(
            "no issue was found in {}; give a page of a search, an array of issues, or JSON Lines",
            plan.report.files.join(", ")
        )));
    }
    if args.dry_run {
        say(errand, &plan.report, None)?;
        return Ok(exit_of(&plan.report));
    }
    let before = tickets_of(errand, family_id).await?;
    let report = bring(errand, family_id, plan).await?;
    let new = tickets_of(errand, family_id).await?.saturating_sub(before);
    say(errand, &report, Some(new))?;
    Ok(exit_of(&report))
}

fn read(files: &[PathBuf], destination: &Destination) -> Result<Plan> {
    let mut opened = Vec::with_capacity(files.len());
    for path in files {
        let file = File::open(path).map_err(|error| {
            Failure::store(format!(
                "{} can't be read ({error}); name a file of issues",
                path.display()
            ))
        })?;
        opened.push((path.display().to_string(), BufReader::new(file)));
    }
    let mut inputs: Vec<Input<'_>> = opened
        .iter_mut()
        .map(|(file, bytes)| Input {
            file: file.clone(),
            bytes: bytes as &mut dyn BufRead,
        })
        .collect();
    convert(&Jira, &mut inputs, destination)
        .map_err(|error| Failure::store(format!("{error}; name a file of issues")))
}

async fn bring(errand: &Errand, family_id: FamilyId, plan: Plan) -> Result<Report> {
    let texts = errand.house.texts_of(errand.station.me())?;
    let bar = progress(plan.report.entities);
    for step in plan.steps {
        for blob in &step.blobs {
            texts.put(blob.text.as_bytes())?;
        }
        let entities = u64::try_from(step.batch.entities.len()).unwrap_or(0);
        let body = CommandBody::ImportBatch(step.batch);
        errand
            .commit(family_id, vec![body])
            .await
            .map_err(|failure| {
                failure.about("the import stopped; what came in stays, and it may be repeated")
            })?;
        bar.inc(entities);
    }
    bar.finish_and_clear();
    Ok(plan.report)
}

/// A bar on a terminal, and nothing on a pipe.
pub fn progress(entities: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(entities).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len}  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn tickets_of(errand: &Errand, family_id: FamilyId) -> Result<u64> {
    let question = Question::List {
        query: ListQuery::all(Place::Family(family_id)),
        anchor: Anchor::Top,
        before: 0,
        after: 1,
    };
    match errand.station.ask(question).await? {
        Answer::List(window) => Ok(window.total),
        other => Err(odd(&other)),
    }
}

/// Something must have come in, or have been there; what was skipped stands in the summary.
fn exit_of(report: &Report) -> Exit {
    match report.tickets.brought {
        0 => Exit::Refused,
        _ => Exit::Done,
    }
}

fn say(errand: &mut Errand, report: &Report, new: Option<u64>) -> Result<()> {
    if errand.out.is_json() {
        return errand.out.json(&report_json(report, new));
    }
    for line in report.to_string().lines() {
        errand.out.line(line)?;
    }
    match new {
        None => errand.out.line("a dry run: nothing was brought"),
        Some(_) if report.tickets.brought == 0 => errand.out.line("no ticket came in"),
        Some(0) => errand
            .out
            .line("no ticket is new here: all of them were here already"),
        Some(new) => {
            let is_are = if new == 1 { "is" } else { "are" };
            let tickets = plural::count(new, "ticket", "tickets");
            errand.out.line(format!("{tickets} {is_are} new here"))
        }
    }
}

fn report_json(report: &Report, new: Option<u64>) -> serde_json::Value {
    let tally = |tally: Tally, what| {
        serde_json::json!({
            "read": tally.read,
            "brought": tally.brought,
            "skipped": report.skipped_of(what),
        })
    };
    let skipped: Vec<serde_json::Value> = report
        .skipped
        .iter()
        .map(|it| {
            serde_json::json!({
                "what": it.what.to_string(),
                "file": it.place.file,
                "line": it.place.line,
                "key": it.key,
                "why": it.why,
            })
        })
        .collect();
    serde_json::json!({
        "source": report.source,
        "files": report.files,
        "tickets": tally(report.tickets, What::Ticket),
        "comments": tally(report.comments, What::Comment),
        "people": report.people,
        "queues": report.queues,
        "tags": report.tags.len(),
        "long_texts": report.long_texts,
        "entities": report.entities,
        "batches": report.batches,
        "new_tickets": new,
        "skipped": skipped,
        "notes": report.notes,
    })
}
