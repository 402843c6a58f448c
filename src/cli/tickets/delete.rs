//! `famdesk delete`: a ticket, once its number has been written twice.

use super::label;
use crate::cli::args::DeleteArgs;
use crate::cli::confirm::confirmed;
use crate::cli::deleted::say_deleted;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;

pub async fn delete(errand: &mut Errand, args: DeleteArgs) -> Result<Exit> {
    let ticket = errand.ticket(&args.number).await?.ticket;
    let number = label(&ticket);
    confirmed(args.confirm, &number, &ticket.title)?;
    let key = EntityKey::Ticket(ticket.ticket_id);
    errand
        .act(
            ticket.family_id,
            &format!("deleted {number}"),
            vec![CommandBody::EntityDelete(key)],
        )
        .await
        .map_err(|failure| failure.about(&number))?;
    say_deleted(errand, key, (&number, &format!("restore {number}")))
}
