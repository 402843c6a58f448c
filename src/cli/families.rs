//! Families, groups, queues, members, and the check of a family's audit.

use std::path::Path;

use super::args::{GroupsDeed, NewFamilyArgs, NewQueueArgs, QueuesDeed};
use super::errand::{Errand, prefix};
use super::failure::{Exit, Failure, Result};
use super::house::House;
use super::print::rows;
use super::when;
use crate::config::Env;
use crate::model::command::{CommandBody, NewFamily};
use crate::model::group::Group;
use crate::model::id::{FamilyId, GroupId, QueueId};
use crate::model::number::Prefix;
use crate::replica::view::FamilyRow;
use crate::text::plural;

/// Who founds the first family is the store's owner.
pub async fn introduce_if_new(house: &House, new: &NewFamilyArgs) -> Result<()> {
    // Nobody is introduced by a command line that makes no sense.
    if let Some(text) = &new.prefix {
        prefix(text)?;
    }
    introduce(house, new.me.as_deref(), new.time_zone.as_deref()).await
}

/// Introduces the store's owner, if nobody is yet.
pub async fn introduce(house: &House, me: Option<&str>, time_zone: Option<&str>) -> Result<()> {
    if house.owner().await?.is_some() {
        return Ok(());
    }
    let name = me.map_or_else(|| name_of_account(&house.setting.env), str::to_owned);
    let zone = time_zone.map_or_else(when::zone_of_machine, str::to_owned);
    house.introduce(&name, &zone).await?;
    Ok(())
}

/// What the machine calls whoever runs this; the name can be changed later.
fn name_of_account(env: &Env) -> String {
    let home = env.path("HOME");
    let folder = home.as_deref().and_then(Path::file_name);
    env.text("USER")
        .or_else(|| env.text("LOGNAME"))
        .or_else(|| folder.map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "Me".to_owned())
}

pub async fn list(errand: &mut Errand) -> Result<Exit> {
    let rows = errand.families().await?;
    if errand.out.is_json() {
        let all: Vec<rows::FamilyJson<'_>> = rows.iter().map(rows::FamilyJson::from).collect();
        errand.out.json(&all)?;
    } else if rows.is_empty() {
        errand
            .out
            .line("no family yet; `famdesk families create NAME` founds one")?;
    } else {
        errand.out.grid(&rows::families(&rows))?;
    }
    Ok(Exit::Done)
}

pub async fn create(errand: &mut Errand, new: &NewFamilyArgs) -> Result<Exit> {
    let ticket_prefix = match &new.prefix {
        Some(text) => prefix(text)?,
        None => Prefix::suggest(&new.name),
    };
    let time_zone = match &new.time_zone {
        Some(zone) => zone.clone(),
        None => when::zone_of_machine(),
    };
    if jiff::tz::TimeZone::get(&time_zone).is_err() {
        return Err(Failure::usage(format!(
            "`{time_zone}` is not a time zone; write one such as Europe/Madrid"
        )));
    }
    let display_name = match &new.me {
        Some(name) => name.clone(),
        None => errand.station.session().await?.user.display_name,
    };
    let mine = errand.families().await?;
    if mine.iter().any(|it| it.family_name == new.name) {
        return Err(Failure::refused(format!(
            "you are in a family called `{}` already, and --family could not tell them apart; \
             take another name",
            new.name
        )));
    }
    let family_id = FamilyId(errand.station.source().fresh());
    let body = CommandBody::FamilyCreate(NewFamily {
        family_name: new.name.clone(),
        family_description: String::new(),
        ticket_prefix,
        time_zone,
        display_name,
    });
    errand.commit(family_id, vec![body]).await?;
    let view = errand.view(family_id).await?;
    if errand.out.is_json() {
        errand.out.json(&view.family)?;
    } else {
        errand.out.line(format!(
            "{}: its tickets are {}-{}-0001 and so on; \
             `famdesk groups create NAME` makes its first group",
            view.family.family_name,
            view.family.ticket_prefix,
            when::year(errand.now(), &when::zone_of(&view.family)),
        ))?;
    }
    Ok(Exit::Done)
}

pub async fn groups(errand: &mut Errand, deed: Option<GroupsDeed>) -> Result<Exit> {
    let family = errand.family().await?;
    match deed {
        Some(GroupsDeed::Create { name, description }) => {
            let group_id = GroupId(errand.station.source().fresh());
            let body = CommandBody::GroupCreate {
                group_id,
                group_name: name,
                group_description: description,
            };
            errand.commit(family.family_id, vec![body]).await?;
            let view = errand.view(family.family_id).await?;
            let made = view.groups.iter().find(|it| it.group_id == group_id);
            say_group(errand, made)
        }
        None => {
            let view = errand.view(family.family_id).await?;
            if errand.out.is_json() {
                errand.out.json(&view.groups)?;
            } else if view.groups.is_empty() {
                errand
                    .out
                    .line("no group yet; `famdesk groups create NAME` makes one")?;
            } else {
                errand.out.grid(&rows::groups(&view.groups))?;
            }
            Ok(Exit::Done)
        }
    }
}

fn say_group(errand: &mut Errand, made: Option<&Group>) -> Result<Exit> {
    match made {
        Some(group) if errand.out.is_json() => errand.out.json(group)?,
        Some(group) => errand.out.line(format!(
            "{}: `famdesk queues create NAME --group '{}'` makes its first queue",
            group.group_name, group.group_name
        ))?,
        None => {}
    }
    Ok(Exit::Done)
}

pub async fn queues(errand: &mut Errand, deed: Option<QueuesDeed>) -> Result<Exit> {
    let family = errand.family().await?;
    match deed {
        Some(QueuesDeed::Create(new)) => create_queue(errand, &family, new).await,
        None => {
            let view = errand.view(family.family_id).await?;
            if errand.out.is_json() {
                let all: Vec<rows::QueueJson<'_>> = view
                    .queues
                    .iter()
                    .map(|row| rows::queue_json(row, &view))
                    .collect();
                errand.out.json(&all)?;
            } else if view.queues.is_empty() {
                errand
                    .out
                    .line("no queue yet; `famdesk queues create NAME --group G` makes one")?;
            } else {
                errand.out.grid(&rows::queues(&view))?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn create_queue(errand: &mut Errand, family: &FamilyRow, new: NewQueueArgs) -> Result<Exit> {
    let family_id = family.family_id;
    let group_id = errand.group(family_id, &new.group).await?;
    let queue_id = QueueId(errand.station.source().fresh());
    let body = CommandBody::QueueCreate {
        queue_id,
        group_id,
        queue_name: new.name,
        queue_description: new.description,
        default_severity: new.severity,
    };
    errand.commit(family_id, vec![body]).await?;
    let view = errand.view(family_id).await?;
    let made = view
        .queues
        .iter()
        .find(|row| row.queue.queue_id == queue_id);
    match made {
        Some(row) if errand.out.is_json() => errand.out.json(&rows::queue_json(row, &view))?,
        Some(row) => errand.out.line(format!(
            "{} / {}: `famdesk new --queue '{}' --title T` files its first ticket",
            rows::group_name(&view, group_id),
            row.queue.queue_name,
            row.queue.queue_name
        ))?,
        None => {}
    }
    Ok(Exit::Done)
}

pub async fn members(errand: &mut Errand) -> Result<Exit> {
    let family = errand.family().await?;
    let view = errand.view(family.family_id).await?;
    if errand.out.is_json() {
        let all: Vec<rows::PersonJson<'_>> =
            view.people.iter().map(rows::PersonJson::from).collect();
        errand.out.json(&all)?;
    } else {
        errand.out.grid(&rows::people(&view))?;
    }
    Ok(Exit::Done)
}

/// Names the first record that does not fit, if one doesn't.
pub async fn verify_audit(errand: &mut Errand) -> Result<Exit> {
    let families = match errand.family_if_clear().await? {
        Some(family) => vec![family],
        None => errand.families().await?,
    };
    let mut exit = Exit::Done;
    let mut checks = Vec::new();
    for family in families {
        let check = errand.station.verify_audit(family.family_id).await?;
        if check.broken_at.is_some() {
            exit = Exit::Refused;
        }
        checks.push((family, check));
    }
    if errand.out.is_json() {
        let all: Vec<serde_json::Value> = checks
            .iter()
            .map(|(family, check)| {
                serde_json::json!({
                    "family_id": family.family_id,
                    "family_name": family.family_name,
                    "records": check.records,
                    "broken_at": check.broken_at,
                    "why": check.why,
                })
            })
            .collect();
        errand.out.json(&all)?;
        return Ok(exit);
    }
    for (family, check) in &checks {
        let records = u64::try_from(check.records).unwrap_or(0);
        let records = plural::count(records, "record", "records");
        let name = &family.family_name;
        match (check.broken_at, &check.why) {
            (None, _) => errand
                .out
                .line(format!("{name}: {records}, each fits the one before"))?,
            (Some(at), why) => errand.out.line(format!(
                "{name}: {records} fit; record {at} does not: {}; restore a backup, or ask who \
                 had access to the store",
                why.as_deref().unwrap_or("it was changed")
            ))?,
        }
    }
    Ok(exit)
}
