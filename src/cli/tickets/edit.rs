//! `famdesk edit`: title and description, by options or in the person's editor.

use super::words::{Written, given, in_editor};
use super::{again, label};
use crate::cli::args::EditArgs;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::thread::ThreadJson;
use crate::model::command::{Base, CommandBody};
use crate::model::long_text::LongText;
use crate::model::ticket::TicketField;
use crate::replica::view::Thread;

/// What a ticket is to say; what is absent stays.
struct Edited {
    title: Option<String>,
    description: Option<String>,
    /// As it was written, to be kept should it be refused.
    written: Option<Written>,
}

pub async fn edit(errand: &mut Errand, args: EditArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let edited = edited(errand, &thread, args)?;
    let ticket = &thread.ticket;
    let bodies = bodies(&thread, &edited);
    errand
        .act(
            ticket.family_id,
            &format!("edited {}", label(ticket)),
            bodies,
        )
        .await
        .map_err(|failure| {
            let failure = failure.about(label(ticket));
            match &edited.written {
                Some(written) => written.kept(errand, failure),
                None => failure,
            }
        })?;
    let now = again(errand, ticket.ticket_id).await?;
    if errand.out.is_json() {
        errand.out.json(&ThreadJson::from(&now))?;
    } else {
        let line = format!("{}  {}", label(&now.ticket), now.ticket.title);
        errand.out.line(line)?;
    }
    Ok(Exit::Done)
}

fn edited(errand: &Errand, thread: &Thread, args: EditArgs) -> Result<Edited> {
    if args.title.is_none() && args.description.is_none() {
        return edited_by_hand(errand, thread);
    }
    let written = args.description.map(given).transpose()?;
    Ok(Edited {
        title: args.title,
        description: written.as_ref().map(|it| it.text.clone()),
        written,
    })
}

/// The first line is the title; the description begins after the blank line.
fn edited_by_hand(errand: &Errand, thread: &Thread) -> Result<Edited> {
    let title = &thread.ticket.title;
    let description = thread.description.as_deref().unwrap_or("");
    let written = in_editor(errand, &format!("{title}\n\n{description}"))?;
    let (first, rest) = match written.text.split_once('\n') {
        Some((first, rest)) => (first, rest.strip_prefix('\n').unwrap_or(rest)),
        None => (written.text.as_str(), ""),
    };
    let unless_same = |new: &str, old: &str| (new != old).then(|| new.to_owned());
    Ok(Edited {
        title: unless_same(first.trim(), title.trim()),
        description: unless_same(rest, description.trim_end_matches('\n')),
        written: Some(written),
    })
}

fn bodies(thread: &Thread, edited: &Edited) -> Vec<CommandBody> {
    let ticket = &thread.ticket;
    let title = edited.title.as_ref().map(|title| CommandBody::TicketSet {
        ticket_id: ticket.ticket_id,
        set: TicketField::Title(title.clone()),
        base: Some(Base {
            version: ticket.common.version,
            value: TicketField::Title(ticket.title.clone()),
        }),
    });
    let description = edited
        .description
        .as_ref()
        .map(|text| CommandBody::TicketDescribe {
            ticket_id: ticket.ticket_id,
            description: LongText::Inline(text.clone()),
            base: Some(Base {
                version: ticket.common.version,
                value: LongText::Inline(thread.description.clone().unwrap_or_default()),
            }),
        });
    title.into_iter().chain(description).collect()
}
