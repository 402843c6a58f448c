//! A ticket's description, which is an item and a version of its own. What two people write beside
//! each other is merged line by line.

use serde::Serialize;
use serde_json::Value;

use super::ticket::worked;
use super::{Ask, Decision, fits, maybe};
use crate::model::change::Change;
use crate::model::command::Base;
use crate::model::id::TicketId;
use crate::model::known::Stop;
use crate::model::long_text::LongText;
use crate::model::merge::{Merge, merge};
use crate::model::refusal::{Conflict, Refusal};
use crate::model::ticket::Description;

/// Writes the description. Where someone else has changed it since the person looked, both are
/// merged if they touched different lines; else theirs stands.
pub(super) fn describe(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    text: &LongText,
    base: Option<&Base<LongText>>,
) -> Decision {
    worked(ask, ticket_id, "change it")?;
    let Some(found) = ask.known.description(ticket_id)? else {
        return Ok(vec![Change::create(described(ask, ticket_id, text))]);
    };
    let nothing = LongText::from("");
    let theirs = if found.common.deleted {
        &nothing
    } else {
        &found.description
    };
    let text = match base {
        Some(base) => on_top_of(theirs, text, base)?,
        None => text.clone(),
    };
    fits(&text)?;
    maybe(Change::update(found, ask.now, |it| {
        it.description = text;
        it.common.deleted = false;
    }))
}

/// What is to stand there, given what stands there now.
fn on_top_of(theirs: &LongText, mine: &LongText, base: &Base<LongText>) -> Result<LongText, Stop> {
    let last_wins = mutant!(LastWriterWins, LastDescriberWins);
    if *theirs == base.value || theirs == mine || last_wins {
        return Ok(mine.clone());
    }
    if let (false, LongText::Inline(base), LongText::Inline(mine), LongText::Inline(theirs)) =
        (base.is_exact(), &base.value, mine, theirs)
        && let Merge::Clean(both) = merge(base, mine, theirs)
    {
        return Ok(LongText::Inline(both));
    }
    Err(overtaken("description", [&base.value, mine, theirs]))
}

/// A conflict of two texts, given as base, mine and theirs; all of them whole.
pub(super) fn overtaken(field: &str, texts: [&LongText; 3]) -> Stop {
    let conflict = Conflict::of(field, texts.map(json));
    Refusal::Conflict(Box::new(conflict)).into()
}

fn json(text: &impl Serialize) -> Value {
    serde_json::to_value(text).unwrap_or_default()
}

pub(super) fn described(ask: &Ask<'_>, ticket_id: TicketId, text: &LongText) -> Description {
    Description {
        family_id: ask.family_id(),
        ticket_id,
        description: text.clone(),
        common: ask.common(),
    }
}
