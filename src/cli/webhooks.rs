//! `famdesk webhooks`: addresses outside that are told of what happens in the family.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::args::{NewWebhookArgs, SetWebhookArgs, WebhooksDeed, YesNo};
use super::deleted;
use super::errand::Errand;
use super::failure::{Exit, Failure, Result};
use super::print::{Cell, Grid, Tint};
use super::server::{meant, moment};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::event::EventPattern;
use crate::model::id::{FamilyId, WebhookId};
use crate::model::source::Timestamp;
use crate::model::webhook::{NewWebhook, Off, Webhook, WebhookField};
use crate::wire::webhook::{Delivery, DeliveryState, WebhookRow};

/// How long a test is waited for, and how often it is looked at: a message has fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(200);

pub async fn webhooks(errand: &mut Errand, deed: Option<WebhooksDeed>) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    match deed {
        None | Some(WebhooksDeed::List) => list(errand, family_id).await,
        Some(WebhooksDeed::Add(new)) => add(errand, family_id, new).await,
        Some(WebhooksDeed::Show { name }) => show(errand, family_id, &name).await,
        Some(WebhooksDeed::Set(args)) => set(errand, family_id, args).await,
        Some(WebhooksDeed::Test { name }) => test(errand, family_id, &name).await,
        Some(WebhooksDeed::Rotate { name }) => {
            let webhook_id = find(errand, family_id, &name).await?.webhook_id;
            tell_secret(errand, family_id, webhook_id).await
        }
        Some(WebhooksDeed::Enable { name }) => turn(errand, (family_id, &name), None).await,
        Some(WebhooksDeed::Disable { name }) => {
            turn(errand, (family_id, &name), Some(Off::ByHand)).await
        }
        Some(WebhooksDeed::Remove { name }) => remove(errand, family_id, &name).await,
        Some(WebhooksDeed::Deliveries { name, limit }) => {
            deliveries(errand, (family_id, &name), limit).await
        }
        Some(WebhooksDeed::Resend { name, number }) => {
            let webhook = find(errand, family_id, &name).await?;
            let client = errand.station.client();
            let sent = client.resend(family_id, webhook.webhook_id, number).await?;
            if errand.out.is_json() {
                errand.out.json(&sent)?;
            } else {
                let event = &sent.event;
                errand
                    .out
                    .line(format!("{number}  {event}  is sent again"))?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn list(errand: &mut Errand, family_id: FamilyId) -> Result<Exit> {
    let rows = errand.station.client().webhooks(family_id).await?;
    if errand.out.is_json() {
        errand.out.json(&rows)?;
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        let how = "no webhook yet; `famdesk webhooks add NAME https://...` makes one";
        errand.out.line(how)?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let mut grid = Grid::new(&["webhook", "to", "events", "state", "id"], 1);
    for row in &rows {
        let it = &row.webhook;
        grid.row(vec![
            Cell::new(&it.webhook_name),
            Cell::new(&it.url),
            Cell::new(events(it)),
            Cell::new(state(row, now)),
            Cell::new(it.webhook_id.to_string()).tint(Tint::Dim),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

fn events(webhook: &Webhook) -> String {
    let all: Vec<String> = webhook.events.iter().map(ToString::to_string).collect();
    all.join(", ")
}

/// How it is doing, in words.
fn state(row: &WebhookRow, now: Timestamp) -> String {
    let words = match (row.webhook.off, row.failing_since) {
        (Some(Off::ByHand), _) => "off".to_owned(),
        (Some(Off::Gone), _) => "off: it is gone".to_owned(),
        (Some(Off::Failing), _) => "off: it failed for days".to_owned(),
        (None, _) if !row.has_secret => "on, has no secret".to_owned(),
        (None, Some(since)) => {
            let (failures, since) = (row.failures, moment(since, now));
            format!("fails since {since} ({failures})")
        }
        (None, None) => "on".to_owned(),
    };
    match row.waiting {
        0 => words,
        waiting => format!("{words}, {waiting} waiting"),
    }
}

async fn add(errand: &mut Errand, family_id: FamilyId, new: NewWebhookArgs) -> Result<Exit> {
    let webhook_id = WebhookId(errand.station.source().fresh());
    let group_id = match &new.group {
        Some(group) => Some(errand.group(family_id, group).await?),
        None => None,
    };
    let mut events: BTreeSet<EventPattern> = new.events.into_iter().collect();
    if events.is_empty() {
        events.insert(EventPattern::ALL);
    }
    let body = CommandBody::WebhookCreate(Box::new(NewWebhook {
        webhook_id,
        webhook_name: new.name,
        url: new.url,
        events,
        group_id,
        internal: new.internal,
    }));
    errand.act_on_family(family_id, vec![body]).await?;
    tell_secret(errand, family_id, webhook_id).await
}

/// Makes a secret and shows it, this once.
async fn tell_secret(
    errand: &mut Errand,
    family_id: FamilyId,
    webhook_id: WebhookId,
) -> Result<Exit> {
    let client = errand.station.client();
    let made = client.rotate_webhook(family_id, webhook_id).await?;
    if errand.out.is_json() {
        let mut told = serde_json::to_value(&made)?;
        told["webhook_id"] = json!(webhook_id);
        errand.out.json(&told)?;
        return Ok(Exit::Done);
    }
    errand
        .out
        .line("what is sent is signed with this secret; it is shown this once:")?;
    errand.out.line(format!("  {}", made.secret.0))?;
    if let Some(until) = made.former_until {
        let until = moment(until, errand.now());
        errand
            .out
            .line(format!("the one before signs too until {until}"))?;
    }
    Ok(Exit::Done)
}

/// The webhook of that name or id, as the replica has it.
async fn find(errand: &Errand, family_id: FamilyId, name: &str) -> Result<Webhook> {
    let view = errand.view(family_id).await?;
    if !view.me.is_admin {
        let why = "only the family's admins see its webhooks; ask one of them";
        return Err(Failure::refused(why));
    }
    let words = |it: &Webhook| (it.webhook_id.to_string(), it.webhook_name.clone());
    meant(&view.webhooks, name, words, "famdesk webhooks").cloned()
}

async fn show(errand: &mut Errand, family_id: FamilyId, name: &str) -> Result<Exit> {
    let webhook_id = find(errand, family_id, name).await?.webhook_id;
    let mut rows = errand.station.client().webhooks(family_id).await?;
    rows.retain(|row| row.webhook.webhook_id == webhook_id);
    let Some(row) = rows.first() else {
        let why = "the server does not know it yet; `famdesk outbox` tells what waits";
        return Err(Failure::refused(why));
    };
    if errand.out.is_json() {
        errand.out.json(row)?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let view = errand.view(family_id).await?;
    let it = &row.webhook;
    let mut groups = view.groups.iter();
    let sees = match it.group_id {
        None => "what members of every group see".to_owned(),
        Some(id) => {
            let group = groups.find(|group| group.group_id == id);
            let name = group.map_or("a group that is gone", |it| it.group_name.as_str());
            format!("what members of {name} see")
        }
    };
    let notes = if it.internal {
        "and internal notes"
    } else {
        "but no internal notes"
    };
    let delivered = row.last_delivered.map(|at| moment(at, now));
    let mut grid = Grid::new(&["", ""], 1);
    for (word, text) in [
        ("webhook", it.webhook_name.clone()),
        ("to", it.url.clone()),
        ("events", events(it)),
        ("is told", format!("{sees}, {notes}")),
        ("state", state(row, now)),
        (
            "delivered",
            delivered.unwrap_or_else(|| "nothing yet".to_owned()),
        ),
        ("id", it.webhook_id.to_string()),
    ] {
        grid.row(vec![Cell::new(word).tint(Tint::Dim), Cell::new(text)]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}

async fn set(errand: &mut Errand, family_id: FamilyId, args: SetWebhookArgs) -> Result<Exit> {
    let webhook_id = find(errand, family_id, &args.webhook).await?.webhook_id;
    let mut changes = Vec::new();
    changes.extend(args.name.map(WebhookField::WebhookName));
    changes.extend(args.url.map(WebhookField::Url));
    if !args.events.is_empty() {
        changes.push(WebhookField::Events(args.events.into_iter().collect()));
    }
    match args.group.as_deref() {
        Some("all") => changes.push(WebhookField::GroupId(None)),
        Some(group) => {
            let group_id = errand.group(family_id, group).await?;
            changes.push(WebhookField::GroupId(Some(group_id)));
        }
        None => {}
    }
    let internal = args.internal.map(|it| it == YesNo::Yes);
    changes.extend(internal.map(WebhookField::Internal));
    let bodies = changes
        .into_iter()
        .map(|set| CommandBody::WebhookSet { webhook_id, set });
    errand.act_on_family(family_id, bodies.collect()).await?;
    show(errand, family_id, &webhook_id.to_string()).await
}

async fn turn(
    errand: &mut Errand,
    (family_id, name): (FamilyId, &str),
    off: Option<Off>,
) -> Result<Exit> {
    let webhook_id = find(errand, family_id, name).await?.webhook_id;
    let set = WebhookField::Off(off);
    let body = CommandBody::WebhookSet { webhook_id, set };
    errand.act_on_family(family_id, vec![body]).await?;
    show(errand, family_id, &webhook_id.to_string()).await
}

async fn remove(errand: &mut Errand, family_id: FamilyId, name: &str) -> Result<Exit> {
    let webhook = find(errand, family_id, name).await?;
    let key = EntityKey::Webhook(webhook.webhook_id);
    errand
        .act_on_family(family_id, vec![CommandBody::EntityDelete(key)])
        .await?;
    let name = &webhook.webhook_name;
    deleted::say_deleted(errand, key, (name, &format!("restore '{name}'")))
}

async fn test(errand: &mut Errand, family_id: FamilyId, name: &str) -> Result<Exit> {
    let webhook_id = find(errand, family_id, name).await?.webhook_id;
    let client = errand.station.client();
    let sent = client.test_webhook(family_id, webhook_id).await?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let all = client.deliveries(family_id, webhook_id).await?;
        let found = all.into_iter().find(|it| it.number == sent.number);
        if let Some(it) = found.filter(|it| it.state != DeliveryState::Waiting) {
            return tell_test(errand, &it);
        }
        sleep(LOOK).await;
    }
    Err(Failure::refused(
        "it was not sent within 20 seconds; the server's log may tell why",
    ))
}

fn tell_test(errand: &mut Errand, test: &Delivery) -> Result<Exit> {
    let outcome = test.attempts.last().map(|it| it.outcome());
    let outcome = outcome.unwrap_or_default();
    let is_taken = test.state == DeliveryState::Delivered;
    if errand.out.is_json() {
        errand.out.json(test)?;
    } else if is_taken {
        let millis = test.attempts.last().map_or(0, |it| it.millis);
        errand
            .out
            .line(format!("delivered: {outcome} in {millis} ms"))?;
    }
    if is_taken || errand.out.is_json() {
        return Ok(if is_taken { Exit::Done } else { Exit::Refused });
    }
    let reply = test.attempts.last().map_or("", |it| it.reply.trim());
    Err(Failure::refused(match reply {
        "" => format!("it did not take it: {outcome}"),
        reply => format!("it did not take it: {outcome}, saying {reply}"),
    }))
}

async fn deliveries(
    errand: &mut Errand,
    (family_id, name): (FamilyId, &str),
    limit: usize,
) -> Result<Exit> {
    let webhook_id = find(errand, family_id, name).await?.webhook_id;
    let client = errand.station.client();
    let mut all = client.deliveries(family_id, webhook_id).await?;
    all.truncate(limit);
    if errand.out.is_json() {
        errand.out.json(&all)?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        errand.out.line("nothing was sent to it yet")?;
        return Ok(Exit::Done);
    }
    let now = errand.now();
    let mut grid = Grid::new(&["nr", "event", "state", "tries", "last", "more"], 5);
    for it in &all {
        let last = it.attempts.last();
        let next = it.next.map(|at| format!("again {}", moment(at, now)));
        let outcome = last.map(|it| it.outcome());
        let more: Vec<String> = outcome.into_iter().chain(next).collect();
        grid.row(vec![
            Cell::new(it.number),
            Cell::new(it.event.trim_start_matches("fam-help-desk.")),
            Cell::new(it.state.as_str().to_lowercase()),
            Cell::new(it.attempts.len()),
            Cell::new(last.map_or_else(String::new, |it| moment(it.at, now))),
            Cell::new(more.join(", ")),
        ]);
    }
    errand.out.grid(&grid)?;
    Ok(Exit::Done)
}
