//! Webhooks as calls.

use http::Method;

use super::client::{CallError, Client};
use crate::model::id::{FamilyId, WebhookId};
use crate::wire::webhook::{Delivery, Items, WebhookRow, WebhookSecret};

impl Client {
    /// The family's webhooks and how each is doing.
    pub async fn webhooks(&self, family_id: FamilyId) -> Result<Vec<WebhookRow>, CallError> {
        let path = format!("/v1/families/{family_id}/webhooks");
        let found: Items<WebhookRow> = self.get(&path).await?;
        Ok(found.items)
    }

    /// Gives a webhook a new secret, which is told this once.
    pub async fn rotate_webhook(
        &self,
        family_id: FamilyId,
        webhook_id: WebhookId,
    ) -> Result<WebhookSecret, CallError> {
        let path = format!("{}/secret", path_of(family_id, webhook_id));
        self.send(Method::POST, &path, &()).await
    }

    /// Has an event sent that says nothing.
    pub async fn test_webhook(
        &self,
        family_id: FamilyId,
        webhook_id: WebhookId,
    ) -> Result<Delivery, CallError> {
        let path = format!("{}/test", path_of(family_id, webhook_id));
        self.send(Method::POST, &path, &()).await
    }

    /// What waits for a webhook, and what was sent to it lately, the newest first.
    pub async fn deliveries(
        &self,
        family_id: FamilyId,
        webhook_id: WebhookId,
    ) -> Result<Vec<Delivery>, CallError> {
        let path = format!("{}/deliveries", path_of(family_id, webhook_id));
        let found: Items<Delivery> = self.get(&path).await?;
        Ok(found.items)
    }

    /// Has a delivery tried anew.
    pub async fn resend(
        &self,
        family_id: FamilyId,
        webhook_id: WebhookId,
        number: i64,
    ) -> Result<Delivery, CallError> {
        let webhook = path_of(family_id, webhook_id);
        let path = format!("{webhook}/deliveries/{number}/resend");
        self.send(Method::POST, &path, &()).await
    }
}

fn path_of(family_id: FamilyId, webhook_id: WebhookId) -> String {
    format!("/v1/families/{family_id}/webhooks/{webhook_id}")
}
