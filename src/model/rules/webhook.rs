//! Webhooks: kept by the family's admins alone; turned off by time where one is no more.

use std::collections::BTreeSet;

use super::{Ask, Decision, maybe, name};
use crate::model::change::Change;
use crate::model::entity::EntityKey;
use crate::model::event::EventPattern;
use crate::model::id::{GroupId, SecretId, UserId, WebhookId};
use crate::model::known::{Need, Stop};
use crate::model::refusal::Refusal;
use crate::model::webhook::{NewWebhook, Off, PATTERNS, Target, WEBHOOKS, Webhook, WebhookField};

pub(super) fn create(ask: &Ask<'_>, new: &NewWebhook) -> Decision {
    ask.admin("make webhooks")?;
    is_group(ask, new.group_id)?;
    let webhook = Webhook {
        family_id: ask.family_id(),
        webhook_id: new.webhook_id,
        webhook_name: name("webhook_name", &new.webhook_name)?,
        url: address(&new.url)?,
        events: patterns(&new.events)?,
        group_id: new.group_id,
        internal: new.internal,
        off: None,
        secret: None,
        former_secret: None,
        rotated: None,
        common: ask.common(),
    };
    ask.is_new(webhook.key())?;
    has_room(ask)?;
    Ok(vec![Change::create(webhook)])
}

pub(super) fn set(ask: &Ask<'_>, webhook_id: WebhookId, set: &WebhookField) -> Decision {
    if ask.user() == UserId::SYSTEM {
        return turn_off(ask, webhook_id, set);
    }
    ask.admin("change webhooks")?;
    let webhook = ask.known.webhook(webhook_id)?;
    let checked = match set {
        WebhookField::WebhookName(text) => WebhookField::WebhookName(name("webhook_name", text)?),
        WebhookField::Url(url) => WebhookField::Url(address(url)?),
        WebhookField::Events(events) => WebhookField::Events(patterns(events)?),
        WebhookField::GroupId(group_id) => {
            is_group(ask, *group_id)?;
            set.clone()
        }
        WebhookField::Off(Some(Off::Gone | Off::Failing)) => {
            return Err(Refusal::invalid("off", "only the server says that").into());
        }
        // What the server turned off for a reason keeps it.
        WebhookField::Off(Some(Off::ByHand)) if webhook.off.is_some() => return Ok(Vec::new()),
        WebhookField::Internal(_) | WebhookField::Off(_) => set.clone(),
    };
    maybe(Change::update(webhook, ask.now, |webhook| match checked {
        WebhookField::WebhookName(text) => webhook.webhook_name = text,
        WebhookField::Url(url) => webhook.url = url,
        WebhookField::Events(events) => webhook.events = events,
        WebhookField::GroupId(group_id) => webhook.group_id = group_id,
        WebhookField::Internal(internal) => webhook.internal = internal,
        WebhookField::Off(off) => webhook.off = off,
    }))
}

/// The only thing that the server does to an endpoint by itself.
fn turn_off(ask: &Ask<'_>, webhook_id: WebhookId, set: &WebhookField) -> Decision {
    let WebhookField::Off(Some(why @ (Off::Gone | Off::Failing))) = set else {
        return Err(Refusal::not_allowed("the family's admins", "change webhooks").into());
    };
    let webhook = ask.known.webhook(webhook_id)?;
    if webhook.off.is_some() {
        return Ok(Vec::new());
    }
    let why = *why;
    maybe(Change::update(webhook, ask.now, |it| it.off = Some(why)))
}

/// The secret that it had signs for a while beside the new one.
pub(super) fn rotate(ask: &Ask<'_>, webhook_id: WebhookId, secret_id: SecretId) -> Decision {
    ask.admin("change a webhook's secret")?;
    let webhook = ask.known.webhook(webhook_id)?;
    let now = ask.now;
    maybe(Change::update(webhook, now, |webhook| {
        webhook.former_secret = webhook.secret.replace(secret_id);
        webhook.rotated = Some(now);
    }))
}

fn is_group(ask: &Ask<'_>, group_id: Option<GroupId>) -> Result<(), Stop> {
    match group_id {
        Some(group_id) => ask.known.group(group_id).map(drop),
        None => Ok(()),
    }
}

fn address(url: &str) -> Result<String, Stop> {
    let url = url.trim();
    match Target::parse(url) {
        Ok(_) => Ok(url.to_owned()),
        Err(why) => Err(Refusal::invalid("url", why).into()),
    }
}

fn patterns(events: &BTreeSet<EventPattern>) -> Result<BTreeSet<EventPattern>, Stop> {
    let why = match events.len() {
        0 => "name at least one, or * for all",
        count if count > PATTERNS => "these are too many; ticket.* names all of a kind",
        _ => return Ok(events.clone()),
    };
    Err(Refusal::invalid("events", why).into())
}

/// Checks that the family may have one more.
pub(super) fn has_room(ask: &Ask<'_>) -> Result<(), Stop> {
    if ask.known.list(Need::Webhooks)?.len() < WEBHOOKS {
        return Ok(());
    }
    let why = format!("the family has {WEBHOOKS}, and that is the most; delete one first");
    Err(Refusal::invalid("webhook", why).into())
}

/// Whether somebody may delete the webhook, or restore it.
pub(super) fn kept(ask: &Ask<'_>, webhook_id: WebhookId) -> Result<(), Stop> {
    ask.admin("delete webhooks")?;
    ask.known.entity(EntityKey::Webhook(webhook_id)).map(drop)
}
