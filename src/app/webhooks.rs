//! Webhooks on the screen: made and changed in a form, turned off, given a secret and deleted from
//! a list. How each is doing the server knows, and `famdesk webhooks` tells.

use std::collections::BTreeSet;

use super::App;
use super::composer::{
    ChoiceValue, Composer, FieldName, FormError, FormField, Made, choice_field, option, text_field,
};
use super::effect::Effect;
use super::help::plain_row;
use super::message::Message;
use super::picker::{Pick, PickerFor};
use super::state::{NoticeKind, Overlay};
use super::text_field::TextField;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::event::{EventPattern, NotAPattern};
use crate::model::id::{GroupId, WebhookId};
use crate::model::webhook::{NewWebhook, Off, Webhook, WebhookField};
use crate::replica::view::DraftKind;
use crate::wire::webhook::WebhookSecret;

/// What is done with the webhook that is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookDeed {
    Edit,
    /// On or off.
    Turn,
    Rotate,
    Delete,
}

impl WebhookDeed {
    fn title(self) -> &'static str {
        match self {
            WebhookDeed::Edit => "Edit a webhook",
            WebhookDeed::Turn => "Turn a webhook on or off",
            WebhookDeed::Rotate => "Give a webhook a new secret",
            WebhookDeed::Delete => "Delete a webhook",
        }
    }
}

impl App {
    pub(super) fn new_webhook(&mut self) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let fields = self.webhook_fields(None);
        let mut form = Composer::new(DraftKind::NewWebhook, family_id, "New webhook", fields);
        form.audience = ":webhook.rotate then shows the secret that signs what is sent".to_owned();
        self.open_house_form(form);
    }

    pub(super) fn edit_webhook(&mut self, webhook_id: WebhookId) {
        let Some(webhook) = self.webhook(webhook_id).cloned() else {
            return;
        };
        let title = format!("Edit the webhook {}", webhook.webhook_name);
        let fields = self.webhook_fields(Some(&webhook));
        let kind = DraftKind::EditWebhook;
        let mut form = Composer::new(kind, webhook.family_id, &title, fields);
        form.about = Some(webhook_id.0);
        form.audience = standing(&webhook).to_owned();
        self.open_house_form(form);
    }

    fn webhook_fields(&self, webhook: Option<&Webhook>) -> Vec<FormField> {
        let of = |get: fn(&Webhook) -> String| webhook.map_or_else(String::new, get);
        let line = |name, value: &str| text_field(name, TextField::line(value));
        let groups = self.state.session.family.iter().flat_map(|it| &it.groups);
        let every = option("every group", ChoiceValue::AnyGroup);
        let groups = groups.map(|it| option(&it.group_name, ChoiceValue::Group(it.group_id)));
        let groups: Vec<_> = [every].into_iter().chain(groups).collect();
        let group_id = webhook.and_then(|it| it.group_id);
        let group = group_id.map_or(ChoiceValue::AnyGroup, ChoiceValue::Group);
        let group = groups.iter().position(|it| it.value == group);
        let notes = vec![
            option("no internal notes", ChoiceValue::Notes(false)),
            option("internal notes too", ChoiceValue::Notes(true)),
        ];
        let internal = webhook.is_some_and(|it| it.internal);
        let events = match webhook {
            Some(webhook) => patterns(webhook),
            None => EventPattern::ALL.to_string(),
        };
        vec![
            line(FieldName::Name, &of(|it| it.webhook_name.clone())),
            line(FieldName::Url, &of(|it| it.url.clone())),
            line(FieldName::Events, &events),
            choice_field(FieldName::Group, groups, group.unwrap_or(0)),
            choice_field(FieldName::Notes, notes, usize::from(internal)),
        ]
    }

    fn webhook(&self, webhook_id: WebhookId) -> Option<&Webhook> {
        let family = self.state.session.family.as_deref()?;
        let mut webhooks = family.webhooks.iter();
        webhooks.find(|it| it.webhook_id == webhook_id)
    }

    pub(super) fn has_webhooks(&self) -> Result<(), String> {
        self.is_admin()?;
        let family = self.state.session.family.as_deref();
        match family {
            Some(family) if !family.webhooks.is_empty() => Ok(()),
            _ => Err("there is no webhook yet; webhook.new makes one".to_owned()),
        }
    }

    pub(super) fn pick_webhook_to_edit(&mut self) {
        self.pick_webhook(WebhookDeed::Edit);
    }

    pub(super) fn pick_webhook_to_turn(&mut self) {
        self.pick_webhook(WebhookDeed::Turn);
    }

    pub(super) fn pick_webhook_to_rotate(&mut self) {
        self.pick_webhook(WebhookDeed::Rotate);
    }

    pub(super) fn pick_webhook_to_delete(&mut self) {
        self.pick_webhook(WebhookDeed::Delete);
    }

    fn pick_webhook(&mut self, deed: WebhookDeed) {
        let webhooks = self.state.session.family.iter().flat_map(|it| &it.webhooks);
        let rows = webhooks.map(|it| {
            let mut row = plain_row(&it.webhook_name, Pick::Webhook(it.webhook_id));
            row.detail = format!("{}, {}", it.url, standing(it));
            row
        });
        let rows = rows.collect();
        self.open_picker(PickerFor::Webhook(deed), deed.title().to_owned(), rows);
    }

    pub(super) fn with_webhook(&mut self, deed: WebhookDeed, webhook_id: WebhookId) {
        let Some(webhook) = self.webhook(webhook_id) else {
            return;
        };
        let name = webhook.webhook_name.clone();
        let family_id = webhook.family_id;
        match deed {
            WebhookDeed::Edit => self.edit_webhook(webhook_id),
            WebhookDeed::Turn => {
                let (words, off) = match webhook.off {
                    Some(_) => (format!("turned {name} on"), None),
                    None => (format!("turned {name} off"), Some(Off::ByHand)),
                };
                let set = WebhookField::Off(off);
                self.give_family(words, vec![CommandBody::WebhookSet { webhook_id, set }]);
            }
            WebhookDeed::Rotate => self.effects.push(Effect::RotateWebhook {
                family_id,
                webhook_id,
            }),
            WebhookDeed::Delete => {
                let words = format!("deleted {name}; {} brings it back", self.state.keys.deleted);
                let key = EntityKey::Webhook(webhook_id);
                self.give_family(words, vec![CommandBody::EntityDelete(key)]);
            }
        }
    }

    /// Shows the secret, this once.
    pub(super) fn secret_came(&mut self, made: Result<WebhookSecret, String>) {
        let made = match made {
            Ok(made) => made,
            Err(why) => return self.say(NoticeKind::Error, why),
        };
        let former = match made.former_until {
            Some(_) => "\n\nThe one before signs too for a day from now.",
            None => "",
        };
        let text = format!(
            "What is sent is signed with this secret. It is shown this once; take it to whoever \
             receives.\n\n{}{former}",
            made.secret.0
        );
        let message = Message::new("The webhook's secret", text);
        self.state.overlays.push(Overlay::Message(message));
    }
}

fn patterns(webhook: &Webhook) -> String {
    let all: Vec<String> = webhook.events.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn standing(webhook: &Webhook) -> &'static str {
    match webhook.off {
        None if webhook.secret.is_none() => "on, has no secret yet",
        None => "on",
        Some(Off::ByHand) => "off",
        Some(Off::Gone) => "off: it answered that it is gone",
        Some(Off::Failing) => "off: it had failed for days",
    }
}

impl Composer {
    pub(super) fn make_webhook(&self, webhook_id: WebhookId) -> Made {
        let webhook_name = self.required(FieldName::Name, "give it a name")?;
        let words = format!("made the webhook {webhook_name}");
        let new = NewWebhook {
            webhook_id,
            webhook_name,
            url: self.required(FieldName::Url, "say where to")?,
            events: self.events()?,
            group_id: self.group_or_any(),
            internal: self.wants_notes(),
        };
        Ok((words, vec![CommandBody::WebhookCreate(Box::new(new))]))
    }

    pub(super) fn set_webhook(&self) -> Made {
        let webhook_id = WebhookId(self.about.unwrap_or_default());
        let mut changes = Vec::new();
        if self.is_changed(FieldName::Name) {
            let name = self.required(FieldName::Name, "give it a name")?;
            changes.push(WebhookField::WebhookName(name));
        }
        if self.is_changed(FieldName::Url) {
            let url = self.required(FieldName::Url, "say where to")?;
            changes.push(WebhookField::Url(url));
        }
        if self.is_changed(FieldName::Events) {
            changes.push(WebhookField::Events(self.events()?));
        }
        if self.is_changed(FieldName::Group) {
            changes.push(WebhookField::GroupId(self.group_or_any()));
        }
        if self.is_changed(FieldName::Notes) {
            changes.push(WebhookField::Internal(self.wants_notes()));
        }
        let commands = changes
            .into_iter()
            .map(|set| CommandBody::WebhookSet { webhook_id, set });
        self.made("changed the webhook", commands)
    }

    fn events(&self) -> Result<BTreeSet<EventPattern>, FormError> {
        let text = self.text(FieldName::Events);
        let words = text.split([' ', ',']).filter(|it| !it.is_empty());
        let read = |word: &str| {
            word.parse()
                .map_err(|error: NotAPattern| FormError::at(FieldName::Events, error.to_string()))
        };
        words.map(read).collect()
    }

    fn group_or_any(&self) -> Option<GroupId> {
        let mut chosen = self.fields.iter().filter_map(FormField::chosen);
        chosen.find_map(|it| match it {
            ChoiceValue::Group(group_id) => Some(group_id),
            _ => None,
        })
    }

    fn wants_notes(&self) -> bool {
        let mut chosen = self.fields.iter().filter_map(FormField::chosen);
        chosen.any(|it| it == ChoiceValue::Notes(true))
    }
}
