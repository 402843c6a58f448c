//! `famdesk participants`: who takes part in a ticket, and how.

use super::{again, label};
use crate::cli::args::ParticipantsArgs;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::rows;
use crate::cli::print::thread::PartyJson;
use crate::model::command::CommandBody;
use crate::model::participant::ParticipantRole;
use crate::replica::view::Thread;

/// The roles that are given and taken by themselves; the others follow from the ticket.
const GIVEN: [ParticipantRole; 3] = [
    ParticipantRole::Cc,
    ParticipantRole::Follower,
    ParticipantRole::Approver,
];

pub async fn participants(errand: &mut Errand, args: ParticipantsArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let bodies = bodies(errand, &thread, &args).await?;
    let ticket = &thread.ticket;
    if !bodies.is_empty() {
        let words = format!("changed who takes part in {}", label(ticket));
        errand
            .act(ticket.family_id, &words, bodies)
            .await
            .map_err(|failure| failure.about(label(ticket)))?;
    }
    let now = again(errand, ticket.ticket_id).await?;
    if errand.out.is_json() {
        let all: Vec<PartyJson<'_>> = now.participants.iter().map(PartyJson::from).collect();
        errand.out.json(&all)?;
    } else {
        errand.out.grid(&rows::participants(&now.participants))?;
    }
    Ok(Exit::Done)
}

async fn bodies(
    errand: &Errand,
    thread: &Thread,
    args: &ParticipantsArgs,
) -> Result<Vec<CommandBody>> {
    let ticket_id = thread.ticket.ticket_id;
    let family_id = thread.ticket.family_id;
    let mut bodies = Vec::new();
    for name in &args.add {
        bodies.push(CommandBody::ParticipantAdd {
            ticket_id,
            user_id: errand.person(family_id, name).await?,
            role: args.role.unwrap_or(ParticipantRole::Cc),
        });
    }
    for name in &args.remove {
        let user_id = errand.person(family_id, name).await?;
        let mut parties = thread.participants.iter();
        let party = parties.find(|it| it.user_id == user_id);
        let roles = party.map_or(&[][..], |it| &it.roles);
        let meant = roles
            .iter()
            .filter(|role| args.role.map_or(GIVEN.contains(role), |it| it == **role));
        let before = bodies.len();
        bodies.extend(meant.map(|role| CommandBody::ParticipantRemove {
            ticket_id,
            user_id,
            role: *role,
        }));
        if bodies.len() == before {
            return Err(Failure::refused(not_taken_out(name, roles)));
        }
    }
    Ok(bodies)
}

fn not_taken_out(name: &str, roles: &[ParticipantRole]) -> String {
    if roles.is_empty() {
        return format!("{name} does not take part in it");
    }
    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    format!(
        "{name} takes part as {}; who asked and who does it follow from the ticket",
        roles.join(", ")
    )
}
