//! Families and who is in them, and the check of a family's audit.

use std::path::Path;

pub mod groups;
pub mod members;
pub mod queues;

use super::args::{EditFamilyArgs, FamiliesDeed, NewFamilyArgs};
use super::errand::{Errand, prefix};
use super::failure::{Exit, Failure, Result};
use super::house::House;
use super::print::rows;
use super::when;
use crate::config::{Env, known_zone};
use crate::model::business_hours::{BusinessHours, NotHours};
use crate::model::command::{CommandBody, NewFamily};
use crate::model::family::{Family, FamilyField};
use crate::model::id::FamilyId;
use crate::model::number::Prefix;
use crate::text::safe::SafeText;
use crate::text::{plural, width};

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
    let zone = time_zone.map_or_else(when::name_of_machines_zone, str::to_owned);
    house.introduce(&name, &zone).await?;
    Ok(())
}

/// What the machine calls whoever runs this; the name can be changed later.
pub fn name_of_account(env: &Env) -> String {
    let home = env.path("HOME");
    let folder = home.as_deref().and_then(Path::file_name);
    env.text("USER")
        .or_else(|| env.text("LOGNAME"))
        .or_else(|| folder.map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "Me".to_owned())
}

pub async fn families(errand: &mut Errand, deed: Option<FamiliesDeed>) -> Result<Exit> {
    match deed {
        None => list(errand).await,
        Some(FamiliesDeed::Create(new)) => create(errand, &new).await,
        Some(FamiliesDeed::Show) => {
            let family_id = errand.family().await?.family_id;
            show(errand, family_id).await
        }
        Some(FamiliesDeed::Edit(args)) => edit(errand, args).await,
        Some(FamiliesDeed::Join { family_id, me }) => join(errand, &family_id, me).await,
    }
}

async fn list(errand: &mut Errand) -> Result<Exit> {
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

async fn create(errand: &mut Errand, new: &NewFamilyArgs) -> Result<Exit> {
    let ticket_prefix = match &new.prefix {
        Some(text) => prefix(text)?,
        None => Prefix::suggest(&new.name),
    };
    let time_zone = match &new.time_zone {
        Some(zone) => zone.clone(),
        None => when::name_of_machines_zone(),
    };
    known_zone(&time_zone).map_err(Failure::usage)?;
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

async fn show(errand: &mut Errand, family_id: FamilyId) -> Result<Exit> {
    let family = errand.view(family_id).await?.family;
    if errand.out.is_json() {
        errand.out.json(&family)?;
    } else {
        errand.out.grid(&rows::settings(&family))?;
    }
    Ok(Exit::Done)
}

async fn edit(errand: &mut Errand, args: EditFamilyArgs) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    let family = errand.view(family_id).await?.family;
    let bodies = changes(&family, args)?;
    let bodies = bodies.into_iter().map(CommandBody::FamilySet).collect();
    errand.act_on_family(family_id, bodies).await?;
    show(errand, family_id).await
}

fn changes(family: &Family, args: EditFamilyArgs) -> Result<Vec<FamilyField>> {
    let mut changes = Vec::new();
    changes.extend(args.name.map(FamilyField::FamilyName));
    changes.extend(args.description.map(FamilyField::FamilyDescription));
    if let Some(text) = &args.prefix {
        changes.push(FamilyField::TicketPrefix(prefix(text)?));
    }
    if let Some(zone) = args.time_zone {
        known_zone(&zone).map_err(Failure::usage)?;
        changes.push(FamilyField::TimeZone(zone));
    }
    if let Some(text) = args.hours {
        changes.push(FamilyField::BusinessHours(hours(&text)?));
    }
    if !args.words.is_empty() {
        let mut words = family.severity_words.clone();
        words.extend(args.words);
        changes.push(FamilyField::SeverityWords(words));
    }
    Ok(changes)
}

/// Hours as they were typed; what is wrong is marked below them.
fn hours(text: &str) -> Result<String> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(String::new());
    }
    let read = text.parse::<BusinessHours>();
    read.map(|hours| hours.to_string())
        .map_err(|NotHours { at, why }| {
            let before: String = text.chars().take(at).collect();
            let caret = " ".repeat(width(SafeText::new(&before).as_str()));
            Failure::usage(format!("--hours: {why}\n  {text}\n  {caret}^"))
        })
}

async fn join(errand: &mut Errand, family_id: &str, me: Option<String>) -> Result<Exit> {
    let family_id: FamilyId = family_id.parse().map_err(|_| {
        Failure::usage(format!(
            "`{family_id}` is no family's id; its members see it in `famdesk families show`"
        ))
    })?;
    let display_name = match me {
        Some(name) => name,
        None => errand.station.session().await?.user.display_name,
    };
    let body = CommandBody::MembershipRequest { display_name };
    errand.commit(family_id, vec![body]).await?;
    if errand.out.is_json() {
        errand
            .out
            .json(&serde_json::json!({ "family_id": family_id, "status": "AWAITING" }))?;
    } else {
        errand
            .out
            .line("asked to join; one of the family's admins decides")?;
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
