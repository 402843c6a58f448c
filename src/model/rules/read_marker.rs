//! What somebody has read. Nothing is asked of the tickets: a marker tells nobody anything, and one
//! in a ticket that was deleted or moved out of sight meanwhile is no reason to bother anyone.

use std::collections::BTreeSet;

use super::{Ask, Decision};
use crate::model::change::Change;
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::known::{Need, Stop};
use crate::model::read_marker::{READ_LIMIT, ReadMarker};
use crate::model::record::Record;
use crate::model::refusal::Refusal;

/// Moves one's markers on to the given number; none goes back.
pub(super) fn read(ask: &Ask<'_>, tickets: &[TicketId], seq: i64) -> Decision {
    each(ask, tickets, |marker| {
        marker.seq = marker.seq.max(seq);
        marker.unread = false;
    })
}

/// Says that tickets are to count as unread, until they are read again.
pub(super) fn unread(ask: &Ask<'_>, tickets: &[TicketId]) -> Decision {
    each(ask, tickets, |marker| marker.unread = true)
}

fn each(ask: &Ask<'_>, tickets: &[TicketId], edit: impl Fn(&mut ReadMarker)) -> Decision {
    let me = ask.viewer()?.user_id;
    let tickets: BTreeSet<TicketId> = tickets.iter().copied().collect();
    if tickets.len() > READ_LIMIT {
        let why = format!("{READ_LIMIT} are the most in one command");
        return Err(Refusal::invalid("tickets", why).into());
    }
    let needs = tickets
        .iter()
        .map(|ticket| Need::Entity(EntityKey::ReadMarker(*ticket, me)));
    ask.known.require(needs)?;
    let mut changes = Vec::new();
    for ticket_id in tickets {
        changes.extend(mark(ask, ticket_id, &edit)?);
    }
    Ok(changes)
}

fn mark(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    edit: impl Fn(&mut ReadMarker),
) -> Result<Option<Change>, Stop> {
    let blank = ReadMarker {
        family_id: ask.family_id(),
        user_id: ask.user(),
        ticket_id,
        seq: 0,
        unread: false,
        common: ask.common(),
    };
    if let Some(Record::ReadMarker(marker)) = ask.known.entity(blank.key())? {
        return Ok(Change::update(marker, ask.now, edit));
    }
    let mut first = blank.clone();
    edit(&mut first);
    Ok((first != blank).then(|| Change::create(first)))
}
