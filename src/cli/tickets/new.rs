//! `famdesk new`.

use super::attach::{commands, keep};
use super::words::given;
use super::{again, label};
use crate::cli::args::NewArgs;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::thread::ThreadJson;
use crate::cli::when::{due, zone_of};
use crate::model::command::CommandBody;
use crate::model::comment::Channel;
use crate::model::id::TicketId;
use crate::model::long_text::LongText;
use crate::model::ticket::NewTicket;

/// Files a ticket, and says its number first.
pub async fn file(errand: &mut Errand, args: NewArgs) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    let queue_id = errand.queue(family_id, &args.queue).await?;
    let ticket_id = TicketId(errand.station.source().fresh());
    let mut new = NewTicket {
        ticket_id,
        queue_id,
        title: args.title,
        description: None,
        severity: args.severity,
        requested_by: None,
        assigned_to: None,
        category: None,
        due_date: None,
        tags: args.tags.into_iter().collect(),
        parent_ticket: None,
        source: Channel::CommandLine,
    };
    if let Some(who) = &args.assign {
        new.assigned_to = errand.person_or_none(family_id, who).await?;
    }
    if let Some(date) = &args.due {
        let zone = zone_of(&errand.view(family_id).await?.family);
        new.due_date = due(date, errand.now(), &zone)?;
    }
    if let Some(parent) = &args.parent {
        new.parent_ticket = Some(errand.ticket(parent).await?.ticket.ticket_id);
    }
    let story = args.description.map(given).transpose()?;
    if let Some(story) = &story {
        new.description = Some(LongText::Inline(story.text.clone()));
    }
    let words = format!("filed \"{}\"", new.title);
    let files = keep(errand, &args.attach, None).await?;
    let mut bodies = vec![CommandBody::TicketCreate(Box::new(new))];
    bodies.extend(commands(errand, (ticket_id, None), &files));
    errand
        .act(family_id, &words, bodies)
        .await
        .map_err(|failure| match &story {
            Some(story) => story.kept(errand, failure),
            None => failure,
        })?;

    let made = again(errand, ticket_id).await?;
    if errand.out.is_json() {
        errand.out.json(&ThreadJson::from(&made))?;
    } else {
        let ticket = &made.ticket;
        errand.out.line(format!(
            "{}  {}  {}",
            label(ticket),
            ticket.severity,
            ticket.title
        ))?;
    }
    Ok(Exit::Done)
}
