//! What waits to be sent, what was refused, and making the local copy anew.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::args::OutboxDeed;
use super::errand::{Errand, odd};
use super::failure::{Exit, Failure, Result};
use super::print::thread::moment;
use super::write::{deed, send};
use crate::app::refused;
use crate::config::{write_private, zone_of_machine};
use crate::model::id::CommandId;
use crate::replica::Replica;
use crate::replica::view::{Answer, Fate, Outbox, OutboxEntry, Question, Resolution};
use crate::tell::Teller;
use crate::text::plural;

pub async fn outbox(errand: &mut Errand, deed: Option<OutboxDeed>) -> Result<Exit> {
    match deed {
        None | Some(OutboxDeed::List) => show(errand).await,
        Some(OutboxDeed::Export { to, text }) => export(errand, to, text).await,
        Some(OutboxDeed::Retry { which }) => retry(errand, &which).await,
        Some(OutboxDeed::Discard { which }) => discard(errand, &which).await,
    }
}

pub(super) async fn read(errand: &Errand) -> Result<Outbox> {
    let question = Question::OutboxEntries { limit: usize::MAX };
    match errand.station.ask(question).await? {
        Answer::OutboxEntries(outbox) => Ok(*outbox),
        other => Err(odd(&other)),
    }
}

pub(super) fn teller<'a>(outbox: &'a Outbox, zone: &'a TimeZone) -> Teller<'a> {
    Teller {
        names: &outbox.names,
        zone,
    }
}

async fn show(errand: &mut Errand) -> Result<Exit> {
    let (outbox, zone) = (read(errand).await?, zone_of_machine());
    let teller = teller(&outbox, &zone);
    if errand.out.is_json() {
        errand.out.json(&teller.document(&outbox.entries))?;
        return Ok(Exit::Done);
    }
    if outbox.entries.is_empty() {
        errand.out.line("nothing waits and nothing was refused")?;
    }
    for entry in &outbox.entries {
        let (id, words) = (entry.command_id, teller.entry(entry));
        errand
            .out
            .line(format!("{:<8} {id}  {words}", entry.fate.word()))?;
        if let Some(command) = &entry.command {
            let given = format!("given {}", moment(command.issued_at));
            errand.out.body(&given, 9)?;
        }
        if let Some(why) = entry.fate.why() {
            errand.out.body(&why, 9)?;
        }
        if let Some(text) = &entry.text {
            errand.out.body(text, 11)?;
        }
    }
    if outbox.summary.to_decide() > 0 {
        errand.out.line(
            "`famdesk outbox retry ID` gives one again; `discard ID` throws it away, what was \
             written in it is kept as a draft; `all` means all that were refused; \
             `famdesk conflicts` shows both sides",
        )?;
    }
    Ok(Exit::Done)
}

/// Writes all of it, as JSON unless it is asked for as text.
async fn export(errand: &mut Errand, to: Option<PathBuf>, as_text: bool) -> Result<Exit> {
    let (mut outbox, zone) = (read(errand).await?, zone_of_machine());
    for entry in &mut outbox.entries {
        if let Some(body) = entry.command.as_ref().map(|it| it.body.clone()) {
            let whole = move |it: &mut Replica| Ok(it.whole_text(&body));
            entry.text = errand.station.read(whole).await?;
        }
    }
    let teller = teller(&outbox, &zone);
    let document = teller.document(&outbox.entries);
    let written = match as_text {
        true => teller.page(&outbox.entries),
        false => format!("{document:#}\n"),
    };
    let Some(path) = to else {
        match as_text {
            true => errand.out.bytes(written.as_bytes())?,
            false => errand.out.json(&document)?,
        }
        return Ok(Exit::Done);
    };
    write_private(&path, written.as_bytes())
        .map_err(|error| Failure::store(format!("{}: {error}", path.display())))?;
    let entries = u64::try_from(outbox.entries.len()).unwrap_or(u64::MAX);
    let what = plural::count(entries, "command", "commands");
    errand
        .out
        .line(format!("wrote {what} to {}", path.display()))?;
    Ok(Exit::Done)
}

/// The refused commands that are meant.
pub(super) fn named<'a>(outbox: &'a Outbox, which: &str) -> Result<Vec<&'a OutboxEntry>> {
    let mut waiting = outbox.entries.iter().filter(|it| it.is_to_decide());
    if which.eq_ignore_ascii_case("all") {
        // What is merged has happened, and what is blocked follows what it leans on.
        let asks = |it: &&OutboxEntry| !matches!(it.fate, Fate::Merged(_) | Fate::Blocked { .. });
        return Ok(waiting.filter(asks).collect());
    }
    let command_id: CommandId = which.parse().map_err(Failure::usage)?;
    let found = waiting.find(|it| it.command_id == command_id);
    found.map(|entry| vec![entry]).ok_or_else(|| {
        Failure::refused(format!(
            "nothing that waits for you is called {which}; `famdesk conflicts` lists it"
        ))
    })
}

async fn retry(errand: &mut Errand, which: &str) -> Result<Exit> {
    let (outbox, zone) = (read(errand).await?, zone_of_machine());
    let teller = teller(&outbox, &zone);
    let mut exit = Exit::Done;
    for entry in named(&outbox, which)? {
        let words = teller.entry(entry);
        let deed = deed(&errand.station, &words);
        let resolved = errand
            .station
            .resolve(entry.command_id, Resolution::Mine, Some(deed));
        match resolved.await {
            Ok(_) => errand.out.line(format!("given again: {words}"))?,
            Err(error) => {
                let failure = Failure::from(error).about(&words);
                exit = failure.exit;
                errand.out.line(failure.message)?;
            }
        }
    }
    send(&errand.station).await?;
    Ok(exit)
}

async fn discard(errand: &mut Errand, which: &str) -> Result<Exit> {
    let outbox = read(errand).await?;
    let (mut discarded, mut kept) = (0, 0);
    for entry in named(&outbox, which)? {
        let there = match refused::draft_key(entry) {
            Some(key) => errand.station.read(move |it| it.draft(key)).await?,
            None => None,
        };
        let draft = refused::draft_of(entry, &outbox.names, (there, errand.now()));
        kept += u64::from(draft.is_some());
        discarded += u64::from(errand.station.discard(entry.command_id, draft).await?);
    }
    if errand.out.is_json() {
        let told = serde_json::json!({ "discarded": discarded, "kept_as_drafts": kept });
        errand.out.json(&told)?;
        return Ok(Exit::Done);
    }
    let what = plural::count(discarded, "refused command", "refused commands");
    let kept = match kept {
        0 => String::new(),
        kept => format!(
            "; {} in the screen's forms",
            plural::count(kept, "text is kept as a draft", "texts are kept as drafts")
        ),
    };
    errand.out.line(format!("threw {what} away{kept}"))?;
    Ok(Exit::Done)
}

/// Makes the local copy anew out of what the backend has.
pub async fn rebuild(errand: &mut Errand) -> Result<Exit> {
    let families = match errand.family_if_clear().await? {
        Some(family) => vec![family],
        None => errand.families().await?,
    };
    let mut names = Vec::new();
    for family in families {
        errand.station.rebuild(family.family_id).await?;
        names.push(family.family_name);
    }
    errand.station.sync_all().await?;
    while errand.station.fetch_past().await? {}
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({ "rebuilt": names }))?;
    } else {
        let names = names.join(", ");
        errand
            .out
            .line(format!("the local copy of {names} is made anew"))?;
    }
    Ok(Exit::Done)
}
