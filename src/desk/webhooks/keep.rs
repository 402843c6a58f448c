//! What the family's admins do with webhooks beside the commands: look at them, give them secrets,
//! test them, and send again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::gather::KEPT;
use super::{Desk, DeskError, Endpoint, Kept, TEST, TRIES, begins, item_of};
use crate::desk::login::random;
use crate::desk::writes::put;
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommandId, FamilyId, SecretId, UserId, WebhookId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::webhook::{ROTATION, Webhook};
use crate::table::item::{Condition, Query, Write};
use crate::table::keys;
use crate::table::query_all;
use crate::wire::login::Secret;
use crate::wire::sync::Outcome;
use crate::wire::webhook::{Delivery, DeliveryState, WebhookRow, WebhookSecret};

/// How a secret begins, and how many random bytes it stands for (Standard Webhooks).
const SECRET: &str = "whsec_";
const BYTES: usize = 32;

impl Desk {
    /// The family's webhooks and how each is doing, by name.
    pub async fn webhooks(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<Vec<WebhookRow>, DeskError> {
        self.keeper(family_id, user_id).await?;
        let mut rows = Vec::new();
        for webhook in self.webhooks_of(family_id).await? {
            rows.push(self.row(webhook).await?);
        }
        rows.sort_by_key(|it| it.webhook.webhook_name.to_lowercase());
        Ok(rows)
    }

    /// A webhook and how it is doing.
    pub async fn row(&self, webhook: Webhook) -> Result<WebhookRow, DeskError> {
        let endpoint = (webhook.family_id, webhook.webhook_id);
        let state = self.state(endpoint).await?;
        let has_secret = match webhook.secret {
            Some(secret_id) => self.secret(endpoint, secret_id).await?.is_some(),
            None => false,
        };
        Ok(WebhookRow {
            has_secret,
            waiting: self.waiting(endpoint).await?.len(),
            failures: state.failures,
            failing_since: state.failing_since,
            last_delivered: state.last_delivered,
            webhook,
        })
    }

    /// Gives a webhook a new secret. The secret itself is in no log: it is kept first, and counts
    /// once the command that names it is taken.
    pub async fn rotate_webhook(
        &self,
        family_id: FamilyId,
        actor: &Actor,
        webhook_id: WebhookId,
    ) -> Result<WebhookSecret, DeskError> {
        let webhook = self.kept_by(family_id, actor.user_id, webhook_id).await?;
        let endpoint = (family_id, webhook_id);
        let secret_id = SecretId(self.source().fresh());
        let secret = fresh_secret()?;
        let key = keys::webhook_secret_key(endpoint, secret_id);
        let kept = Kept {
            secret: secret.clone(),
        };
        let mut writes = vec![put(key, 1, &kept, Condition::Absent)?];
        writes.extend(webhook.former_secret.map(|gone| Write::Delete {
            key: keys::webhook_secret_key(endpoint, gone),
            condition: Condition::Any,
        }));
        // One that came with its family from elsewhere begins now.
        let start = keys::webhook_start_key(family_id, webhook_id);
        if webhook.is_on() && self.table.get(start).await?.is_none() {
            let head = self.head(family_id).await?;
            writes.push(begins(family_id, webhook_id, head.map_or(0, |it| it.n))?);
        }
        self.table.transact(writes).await?;
        let command = Command {
            command_id: CommandId(self.source().fresh()),
            issued_at: self.source().now(),
            seen: None,
            body: CommandBody::WebhookRotate {
                webhook_id,
                secret_id,
            },
        };
        let verdict = self.execute(family_id, actor, &command, None).await?;
        if let Outcome::Rejected { problem, .. } = verdict.outcome {
            let refusal = problem.refusal;
            let not_found = Refusal::NotFound {
                what: EntityType::Webhook,
            };
            return Err(refusal.unwrap_or(not_found).into());
        }
        let until = self.source().now().plus(ROTATION);
        Ok(WebhookSecret {
            secret,
            former_until: webhook.secret.map(|_| until),
        })
    }

    /// Sends an event that says nothing, soon; gives its number, by which it is found among the
    /// deliveries.
    pub async fn test_webhook(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        webhook_id: WebhookId,
    ) -> Result<Delivery, DeskError> {
        self.kept_by(family_id, user_id, webhook_id).await?;
        let now = self.source().now();
        for _ in 0..TRIES {
            let mut state = self.state((family_id, webhook_id)).await?;
            state.count += 1;
            let test = Delivery {
                number: state.count,
                message_id: format!("evt_test_{}", self.source().fresh().simple()),
                event: TEST.to_owned(),
                seq: 0,
                about: None,
                made: now,
                state: DeliveryState::Waiting,
                next: Some(now),
                tries: 0,
                attempts: Vec::new(),
            };
            let write = Write::create(item_of((family_id, webhook_id), &test)?);
            if self
                .write_state((family_id, webhook_id), state, vec![write])
                .await?
            {
                self.told();
                return Ok(test);
            }
        }
        Err(DeskError::Busy)
    }

    /// What waits for an endpoint, and what was sent to it lately, the newest first.
    pub async fn deliveries(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        webhook_id: WebhookId,
    ) -> Result<Vec<Delivery>, DeskError> {
        self.kept_by(family_id, user_id, webhook_id).await?;
        let mut all = self.waiting((family_id, webhook_id)).await?;
        let query = Query::base(keys::webhook_pk(family_id, webhook_id)).prefix(keys::DONE);
        for item in query_all(self.table.as_ref(), query).await? {
            all.push(keys::read(&item)?);
        }
        all.sort_by_key(|it: &Delivery| std::cmp::Reverse(it.number));
        all.truncate(usize::try_from(KEPT).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Tries a delivery anew, from the beginning, with the `webhook-id` that it had.
    pub async fn resend(
        &self,
        (family_id, webhook_id): Endpoint,
        user_id: UserId,
        number: i64,
    ) -> Result<Delivery, DeskError> {
        let all = self.deliveries(family_id, user_id, webhook_id).await?;
        let found = all.into_iter().find(|it| it.number == number);
        let mut delivery = found.ok_or_else(|| {
            let why = "there is no such delivery, or no longer";
            DeskError::from(Refusal::invalid("number", why))
        })?;
        delivery.state = DeliveryState::Waiting;
        delivery.next = Some(self.source().now());
        delivery.tries = 0;
        let endpoint = (family_id, webhook_id);
        let writes = vec![
            Write::Put {
                item: item_of(endpoint, &delivery)?,
                condition: Condition::Any,
            },
            Write::Delete {
                key: keys::delivery_key(endpoint, number, false),
                condition: Condition::Any,
            },
        ];
        self.table.transact(writes).await?;
        self.told();
        Ok(delivery)
    }

    /// Sees to it that somebody may look after the family's webhooks.
    async fn keeper(&self, family_id: FamilyId, user_id: UserId) -> Result<(), DeskError> {
        let scope = self.enter(family_id, user_id).await?;
        if scope.viewer.is_admin {
            return Ok(());
        }
        Err(Refusal::not_allowed("the family's admins", "see its webhooks").into())
    }

    async fn kept_by(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        webhook_id: WebhookId,
    ) -> Result<Webhook, DeskError> {
        self.keeper(family_id, user_id).await?;
        let key = EntityKey::Webhook(webhook_id);
        match self.record(family_id, &key).await? {
            Some(Record::Webhook(webhook)) if !webhook.common.deleted => Ok(webhook),
            _ => {
                let what = EntityType::Webhook;
                Err(Refusal::NotFound { what }.into())
            }
        }
    }
}

fn fresh_secret() -> Result<Secret, DeskError> {
    let bytes = random::<BYTES>()?;
    Ok(Secret(format!("{SECRET}{}", STANDARD.encode(bytes))))
}
