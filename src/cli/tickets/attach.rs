//! `famdesk attach` and `famdesk attachments`: files on tickets and comments.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::label;
use super::show::whole;
use super::talk::nth;
use crate::cli::args::{AttachArgs, AttachmentsArgs};
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::thread::{FileJson, file_line};
use crate::cli::print::{Cell, Grid};
use crate::cli::watched::Watched;
use crate::model::attachment::{FILE_LIMIT, FileFacts, NewAttachment};
use crate::model::command::CommandBody;
use crate::model::content_type;
use crate::model::id::{AttachmentId, CommentId, TicketId};
use crate::replica::view::{FileRow, Thread};
use crate::run::files;
use crate::sync::files::FetchError;
use crate::text::{age, plural, size};

/// A file of a ticket, and the number of the comment that it came with.
type Placed = (FileRow, Option<u64>);

/// Puts files on a ticket, or on one's own comment.
pub async fn attach(errand: &mut Errand, args: AttachArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let comment_id = match args.comment {
        Some(place) => Some(nth(errand, &thread, place).await?.comment_id),
        None => None,
    };
    if args.name.is_some() && args.files.len() > 1 {
        return Err(Failure::usage(
            "one name is for one file; attach them one by one",
        ));
    }
    let kept = keep(errand, &args.files, args.name.as_deref()).await?;
    let ticket = &thread.ticket;
    let on = (ticket.ticket_id, comment_id);
    let commands = commands(errand, on, &kept);
    let names: Vec<&str> = kept.iter().map(|it| it.file_name.as_str()).collect();
    let words = format!("attached {} to {}", names.join(", "), label(ticket));
    errand
        .act(ticket.family_id, &words, commands)
        .await
        .map_err(|failure| failure.about(label(ticket)))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "ticket_id": ticket.ticket_id,
            "number": ticket.number,
            "attached": kept,
        }))?;
    } else {
        for file in &kept {
            let number = label(ticket);
            let line = format!("{number}  attached {}", file_line(file));
            errand.out.line(line)?;
        }
    }
    Ok(Exit::Done)
}

/// The commands that attach what is kept.
pub(super) fn commands(
    errand: &Errand,
    (ticket_id, comment_id): (TicketId, Option<CommentId>),
    kept: &[FileFacts],
) -> Vec<CommandBody> {
    let source = errand.station.source();
    let add = |file: &FileFacts| {
        CommandBody::AttachmentAdd(NewAttachment {
            ticket_id,
            attachment_id: AttachmentId(source.fresh()),
            comment_id,
            file: file.clone(),
        })
    };
    kept.iter().map(add).collect()
}

/// Keeps the files for being sent; `-` is stdin, under the name that is given for it.
pub(super) async fn keep(
    errand: &Errand,
    paths: &[PathBuf],
    name: Option<&str>,
) -> Result<Vec<FileFacts>> {
    let mut kept = Vec::with_capacity(paths.len());
    for path in paths {
        let is_stdin = path.as_os_str() == "-";
        let (own, bytes) = if is_stdin {
            ("stdin".to_owned(), from_stdin()?)
        } else {
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = files::read(path).map_err(Failure::refused)?;
            (last.into_owned(), bytes)
        };
        let facts = errand.station.keep_file(name.unwrap_or(&own), bytes).await;
        kept.push(facts.map_err(Failure::refused)?);
    }
    Ok(kept)
}

fn from_stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = FILE_LIMIT + 1;
    io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == most {
        let told = format!(
            "what comes in is larger than {}, the most",
            size(FILE_LIMIT)
        );
        return Err(Failure::refused(told));
    }
    Ok(bytes)
}

/// Lists a ticket's files, saves them, or removes some.
pub async fn attachments(errand: &mut Errand, args: AttachmentsArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let thread = whole(errand, thread).await?;
    let all = placed(&thread);
    let meant = meant(&all, &args.which, &label(&thread.ticket))?;
    match (&args.save, args.remove) {
        (Some(to), _) if to == "-" => print(errand, &thread, &meant).await,
        (Some(to), _) => save(errand, &thread, (&meant, Path::new(to))).await,
        (None, true) => remove(errand, &thread, &meant).await,
        (None, false) => list(errand, &meant),
    }
}

/// Every file of a ticket in the order of its thread.
fn placed(thread: &Thread) -> Vec<Placed> {
    let on_ticket = thread.files.iter().map(|file| (file.clone(), None));
    let comments = (thread.first + 1..).zip(&thread.comments);
    let on_comments = comments.flat_map(|(at, comment)| {
        let files = comment.files.iter();
        files.map(move |file| (file.clone(), Some(at)))
    });
    on_ticket.chain(on_comments).collect()
}

/// Those that were named by their numbers; all of them where none was. Each with its number.
fn meant<'a>(all: &'a [Placed], which: &[usize], label: &str) -> Result<Vec<(usize, &'a Placed)>> {
    let counted = || (1..).zip(all);
    if which.is_empty() {
        return Ok(counted().collect());
    }
    let find = |place: &usize| {
        let found = counted().find(|(at, _)| at == place);
        found.ok_or_else(|| {
            let has = plural::count(all.len() as u64, "file", "files");
            Failure::refused(format!("{label} has no file {place}; it has {has}"))
        })
    };
    which.iter().map(find).collect()
}

fn list(errand: &mut Errand, meant: &[(usize, &Placed)]) -> Result<Exit> {
    if errand.out.is_json() {
        let all = meant.iter().map(|(place, (row, comment))| {
            let mut json = serde_json::to_value(FileJson::from(row))?;
            json["place"] = (*place).into();
            json["comment"] = (*comment).into();
            Ok(json)
        });
        let all: Vec<serde_json::Value> = all.collect::<Result<_>>()?;
        errand.out.json(&all)?;
        return Ok(Exit::Done);
    }
    if meant.is_empty() {
        errand.out.line("no files; `famdesk attach` adds one")?;
        return Ok(Exit::Done);
    }
    let mut grid = Grid::new(&["#", "name", "kind", "size", "by", "when", "on"], 1);
    let now = errand.now();
    for (place, (row, comment)) in meant {
        let on = match comment {
            Some(at) => format!("comment #{at}"),
            None => "the ticket".to_owned(),
        };
        let when = match row.unsent {
            true => "waits to be sent".to_owned(),
            false => age::ago(row.added.0, now.0),
        };
        grid.row(vec![
            Cell::new(place),
            Cell::new(&row.file.file_name),
            Cell::new(content_type::word(&row.file.content_type)),
            Cell::new(size(row.file.bytes)),
            Cell::new(&row.added_by),
            Cell::new(when),
            Cell::new(on),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

/// Writes the files into a folder, under new names where theirs are taken.
async fn save(
    errand: &mut Errand,
    thread: &Thread,
    (meant, folder): (&[(usize, &Placed)], &Path),
) -> Result<Exit> {
    let mut saved = Vec::with_capacity(meant.len());
    for (_, (row, _)) in meant {
        let bytes = fetch(errand, thread, row).await?;
        let name = &row.file.file_name;
        let path = files::save(folder, name, &bytes).map_err(Failure::store)?;
        if !errand.out.is_json() {
            errand.out.line(format!("{} saved", path.display()))?;
        }
        saved.push(path.display().to_string());
    }
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({ "saved": saved }))?;
    } else if saved.is_empty() {
        errand.out.line("no files; nothing was saved")?;
    }
    Ok(Exit::Done)
}

/// Writes one file's bytes as they are.
async fn print(errand: &mut Errand, thread: &Thread, meant: &[(usize, &Placed)]) -> Result<Exit> {
    let [(_, (row, _))] = meant else {
        let told = "only one file can be written to stdout; say which, by its number";
        return Err(Failure::usage(told));
    };
    if errand.out.columns().is_some() {
        let told = "a file may hold what upsets a terminal; pipe it somewhere, or name a folder";
        return Err(Failure::usage(told));
    }
    let bytes = fetch(errand, thread, row).await?;
    errand.out.bytes(&bytes)?;
    Ok(Exit::Done)
}

async fn fetch(errand: &Errand, thread: &Thread, row: &FileRow) -> Result<Vec<u8>> {
    let bar = Watched::begin(&errand.station);
    let family_id = thread.ticket.family_id;
    let fetched = errand.station.fetch_file(family_id, &row.file).await;
    bar.end();
    fetched.map_err(|error| match error {
        FetchError::Call(error) => Failure::from(error).about(&row.file.file_name),
        other => Failure::store(other),
    })
}

async fn remove(errand: &mut Errand, thread: &Thread, meant: &[(usize, &Placed)]) -> Result<Exit> {
    let ticket = &thread.ticket;
    let names: Vec<&str> = meant
        .iter()
        .map(|it| it.1.0.file.file_name.as_str())
        .collect();
    let words = format!("removed {} from {}", names.join(", "), label(ticket));
    let bodies = meant
        .iter()
        .map(|it| CommandBody::EntityDelete(it.1.0.key()));
    errand
        .act(ticket.family_id, &words, bodies.collect())
        .await
        .map_err(|failure| failure.about(label(ticket)))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({ "removed": names }))?;
    } else {
        for name in names {
            let line = format!(
                "{}  removed {name}; `famdesk undo` brings it back",
                label(ticket)
            );
            errand.out.line(line)?;
        }
    }
    Ok(Exit::Done)
}
