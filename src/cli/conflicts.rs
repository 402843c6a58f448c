//! What needs the person: both sides of what was overtaken, what was refused, and what is decided
//! about it.

use super::args::{ConflictsDeed, Side};
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use super::outbox::{named, read, teller};
use super::write::{deed, send};
use crate::config::zone_of_machine;
use crate::replica::view::{OutboxEntry, Resolution};

/// Columns left of what is told about an entry.
const INDENT: usize = 9;

pub async fn conflicts(errand: &mut Errand, deed: Option<ConflictsDeed>) -> Result<Exit> {
    match deed {
        None | Some(ConflictsDeed::List) => list(errand).await,
        Some(ConflictsDeed::Show { which }) => show(errand, &which).await,
        Some(ConflictsDeed::Take { which, side }) => take(errand, &which, side).await,
        Some(ConflictsDeed::Back) => bring_back(errand).await,
    }
}

async fn list(errand: &mut Errand) -> Result<Exit> {
    let (outbox, zone) = (read(errand).await?, zone_of_machine());
    let teller = teller(&outbox, &zone);
    let entries = outbox.entries.get(..outbox.to_decide()).unwrap_or_default();
    if errand.out.is_json() {
        let told: Vec<_> = entries.iter().map(|it| teller.entry_json(it)).collect();
        errand.out.json(&told)?;
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        errand.out.line("nothing needs you")?;
        return Ok(Exit::Done);
    }
    for entry in entries {
        let (id, words) = (entry.command_id, teller.entry(entry));
        let word = entry.fate.word();
        errand.out.line(format!("{word:<8} {id}  {words}"))?;
        if let Some(why) = entry.fate.why() {
            errand.out.body(&why, INDENT)?;
        }
    }
    errand.out.line(
        "`famdesk conflicts show ID` shows both sides; `take ID mine`, `theirs` or `both` decides",
    )?;
    Ok(Exit::Done)
}

async fn show(errand: &mut Errand, which: &str) -> Result<Exit> {
    let (outbox, zone) = (read(errand).await?, zone_of_machine());
    let teller = teller(&outbox, &zone);
    let entries: Vec<&OutboxEntry> = match which.eq_ignore_ascii_case("all") {
        true => outbox.entries.iter().take(outbox.to_decide()).collect(),
        false => named(&outbox, which)?,
    };
    if errand.out.is_json() {
        let told: Vec<_> = entries.iter().map(|it| teller.entry_json(it)).collect();
        errand.out.json(&told)?;
        return Ok(Exit::Done);
    }
    for entry in entries {
        let (id, words) = (entry.command_id, teller.entry(entry));
        let word = entry.fate.word();
        errand.out.line(format!("{word:<8} {id}  {words}"))?;
        errand
            .out
            .drawn(INDENT, |columns| teller.card(entry, columns))?;
    }
    Ok(Exit::Done)
}

async fn take(errand: &mut Errand, which: &str, side: Side) -> Result<Exit> {
    let (outbox, zone) = (read(errand).await?, zone_of_machine());
    let teller = teller(&outbox, &zone);
    let mut exit = Exit::Done;
    let mut done = Vec::new();
    for entry in named(&outbox, which)? {
        let words = teller.entry(entry);
        check(entry, side).map_err(|failure| failure.about(&words))?;
        let (told, resolution) = match side {
            Side::Mine => ("took yours", Resolution::Mine),
            Side::Theirs => ("kept theirs", Resolution::Theirs),
            Side::Both => ("kept both", Resolution::Both),
        };
        let deed = deed(&errand.station, &format!("{told}: {words}"));
        let resolved = errand
            .station
            .resolve(entry.command_id, resolution, Some(deed));
        match resolved.await {
            Ok(_) => done.push((entry.command_id, format!("{told}: {words}"))),
            Err(error) => {
                let failure = Failure::from(error).about(&words);
                exit = failure.exit;
                errand.out.line(failure.message)?;
            }
        }
    }
    send(&errand.station).await?;
    if errand.out.is_json() {
        let ids: Vec<_> = done.iter().map(|(id, _)| id.to_string()).collect();
        errand.out.json(&serde_json::json!({ "decided": ids }))?;
        return Ok(exit);
    }
    for (_, words) in done {
        errand.out.line(words)?;
    }
    Ok(exit)
}

fn check(entry: &OutboxEntry, side: Side) -> Result<()> {
    let possible = match side {
        Side::Mine => true,
        Side::Theirs => entry.conflict().is_some(),
        Side::Both => crate::replica::resolve::can_be_both(entry),
    };
    if possible {
        return Ok(());
    }
    Err(Failure::refused(match side {
        Side::Both => "only one of them can stand there; take mine or theirs",
        _ => "nobody else's change stands against it; `famdesk outbox discard` throws it away",
    }))
}

async fn bring_back(errand: &mut Errand) -> Result<Exit> {
    let there = errand.station.bring_back().await?;
    if errand.out.is_json() {
        errand
            .out
            .json(&serde_json::json!({ "brought_back": there }))?;
        return Ok(Exit::Done);
    }
    errand.out.line(match there {
        true => "what was decided last waits for you again; `famdesk conflicts` shows it",
        false => "nothing was put away lately",
    })?;
    Ok(Exit::Done)
}
