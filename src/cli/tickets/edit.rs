//! `famdesk edit`: title and description.

use super::{again, label, text};
use crate::cli::args::EditArgs;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::thread::ThreadJson;
use crate::model::command::{Base, CommandBody};
use crate::model::long_text::LongText;
use crate::model::ticket::TicketField;

pub async fn edit(errand: &mut Errand, args: EditArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let ticket = &thread.ticket;
    let mut bodies = Vec::new();
    if let Some(title) = args.title {
        bodies.push(CommandBody::TicketSet {
            ticket_id: ticket.ticket_id,
            base: Some(Base {
                version: ticket.common.version,
                value: TicketField::Title(ticket.title.clone()),
            }),
            set: TicketField::Title(title),
        });
    }
    if let Some(given) = args.description {
        bodies.push(CommandBody::TicketDescribe {
            ticket_id: ticket.ticket_id,
            description: LongText::Inline(text(given)?),
            base_version: Some(thread.description_version),
        });
    }
    if bodies.is_empty() {
        return Err(Failure::usage(
            "say what to change: --title T, --description TEXT, or --description - to read stdin",
        ));
    }
    errand
        .commit(ticket.family_id, bodies)
        .await
        .map_err(|failure| failure.about(label(ticket)))?;
    let now = again(errand, ticket.ticket_id).await?;
    if errand.out.is_json() {
        errand.out.json(&ThreadJson::from(&now))?;
    } else {
        let line = format!("{}  {}", label(&now.ticket), now.ticket.title);
        errand.out.line(line)?;
    }
    Ok(Exit::Done)
}
