//! What waits to be sent, what was refused, and making the local copy anew.

use super::args::OutboxDeed;
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use crate::model::command::Command;
use crate::model::id::CommandId;
use crate::replica::Pending;
use crate::replica::view::RefusedCommand;
use crate::text::plural;

pub async fn outbox(errand: &mut Errand, deed: Option<OutboxDeed>) -> Result<Exit> {
    match deed {
        Some(OutboxDeed::Discard { which }) => discard(errand, &which).await,
        None => show(errand).await,
    }
}

async fn show(errand: &mut Errand) -> Result<Exit> {
    let families = errand.families().await?;
    let (waiting, refused) = errand
        .station
        .read(move |it| {
            let mut waiting = Vec::new();
            for family in &families {
                waiting.extend(it.pending(family.family_id)?);
            }
            Ok((waiting, it.tray()?))
        })
        .await?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "waiting": waiting.iter().map(waiting_json).collect::<Vec<_>>(),
            "refused": refused.iter().map(refused_json).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    if waiting.is_empty() && refused.is_empty() {
        errand.out.line("nothing waits and nothing was refused")?;
    }
    for pending in &waiting {
        let command = &pending.command;
        errand.out.line(format!(
            "waits    {}  {}",
            command.command_id,
            command.body.command_type()
        ))?;
        show_text(errand, &as_json(command))?;
    }
    for command in &refused {
        errand.out.line(format!(
            "refused  {}  {}: {}",
            command.command_id, command.command_type, command.refusal
        ))?;
        let json = serde_json::from_str(&command.command).unwrap_or_default();
        show_text(errand, &json)?;
    }
    if !refused.is_empty() {
        errand
            .out
            .line("`famdesk outbox discard ID` throws one away, `discard all` all of them")?;
    }
    Ok(Exit::Done)
}

/// What the person wrote: every attribute of the command, a line each.
fn show_text(errand: &mut Errand, command: &serde_json::Value) -> Result<()> {
    let Some(args) = command.get("args").and_then(serde_json::Value::as_object) else {
        return Ok(());
    };
    for (name, value) in args {
        match value.as_str() {
            Some(text) => errand.out.body(&format!("{name}: {text}"), 9)?,
            None => errand.out.body(&format!("{name}: {value}"), 9)?,
        }
    }
    Ok(())
}

fn as_json(command: &Command) -> serde_json::Value {
    serde_json::to_value(command).unwrap_or_default()
}

fn waiting_json(pending: &Pending) -> serde_json::Value {
    serde_json::json!({
        "command": as_json(&pending.command),
        "submitted_at": pending.submitted_at,
        "doubt": pending.doubt.as_ref().map(ToString::to_string),
    })
}

fn refused_json(refused: &RefusedCommand) -> serde_json::Value {
    let command: serde_json::Value = serde_json::from_str(&refused.command).unwrap_or_default();
    serde_json::json!({
        "family_id": refused.family_id,
        "command": command,
        "refusal": refused.refusal,
        "why": refused.refusal.to_string(),
    })
}

async fn discard(errand: &mut Errand, which: &str) -> Result<Exit> {
    let refused = errand.station.read(|it| it.tray()).await?;
    let ids: Vec<CommandId> = if which.eq_ignore_ascii_case("all") {
        refused.iter().map(|it| it.command_id).collect()
    } else {
        let command_id: CommandId = which.parse().map_err(Failure::usage)?;
        if refused.iter().all(|it| it.command_id != command_id) {
            return Err(Failure::refused(format!(
                "no refused command is called {which}; `famdesk outbox` lists them"
            )));
        }
        vec![command_id]
    };
    let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let mut replica = errand.house.replica_of(errand.station.me())?;
    for command_id in ids {
        replica.discard(command_id)?;
    }
    if errand.out.is_json() {
        errand
            .out
            .json(&serde_json::json!({ "discarded": count }))?;
    } else {
        let what = plural::count(count, "refused command", "refused commands");
        errand.out.line(format!("threw {what} away"))?;
    }
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
    errand.station.sync().await?;
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
