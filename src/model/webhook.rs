//! Webhooks: endpoints outside that are told of events.

use std::collections::BTreeSet;

use http::Uri;
use http::uri::Scheme;
use serde::{Deserialize, Serialize};

use super::entity::{EntityKey, entity};
use super::event::{EventName, EventPattern, Reach};
use super::id::{FamilyId, GroupId, SecretId, WebhookId};
use super::source::{DAY, Timestamp};
use super::word::{attributes, words};

/// The longest address, in bytes.
pub const URL_LIMIT: usize = 2000;

/// How many webhooks a family has at the most.
pub const WEBHOOKS: usize = 20;

/// The most patterns of events that one endpoint names.
pub const PATTERNS: usize = 32;

/// How long the secret before the last still signs, in seconds.
pub const ROTATION: i64 = DAY;

words! {
    /// Why nothing is sent to an endpoint.
    pub enum Off: "reason why a webhook is off" {
        /// An admin turned it off.
        ByHand = "BY_HAND",
        /// It answered that it is gone for good.
        Gone = "GONE",
        /// It failed too often for too long.
        Failing = "FAILING",
    }
}

entity! {
    /// An endpoint that is told of what happens in a family.
    pub struct Webhook {
        pub family_id: FamilyId,
        pub webhook_id: WebhookId,
        pub webhook_name: String,
        /// Where to: https, or http to what the server's own settings name.
        pub url: String,
        /// Which events it is told.
        pub events: BTreeSet<EventPattern>,
        /// The group with whose eyes it sees; absent: all groups.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub group_id: Option<GroupId>,
        /// It is told of internal notes too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub internal: bool,
        /// Why nothing is sent now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub off: Option<Off>,
        /// Names its secret, which stands elsewhere and in no log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub secret: Option<SecretId>,
        /// Names the secret before that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub former_secret: Option<SecretId>,
        /// When it got the secret that it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rotated: Option<Timestamp>,
    }
}

/// One attribute of a webhook and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum WebhookField {
    WebhookName(String),
    Url(String),
    Events(BTreeSet<EventPattern>),
    GroupId(Option<GroupId>),
    Internal(bool),
    Off(Option<Off>),
}

attributes! {
    WebhookField {
        WebhookName = "webhook_name",
        Url = "url",
        Events = "events",
        GroupId = "group_id",
        Internal = "internal",
        Off = "off",
    }
}

/// What is said when a webhook is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWebhook {
    pub webhook_id: WebhookId,
    pub webhook_name: String,
    pub url: String,
    pub events: BTreeSet<EventPattern>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    #[serde(default)]
    pub internal: bool,
}

/// An endpoint's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub is_encrypted: bool,
    /// A name or an address; one of version 6 without its brackets. Lower case.
    pub host: String,
    pub port: u16,
    /// The path with its query.
    pub path: String,
}

impl Webhook {
    pub fn key(&self) -> EntityKey {
        EntityKey::Webhook(self.webhook_id)
    }

    /// Whether events are gathered for it.
    pub fn is_on(&self) -> bool {
        self.off.is_none() && !self.common.deleted
    }

    pub fn reach(&self) -> Reach {
        Reach {
            group_id: self.group_id,
            internal: self.internal,
        }
    }

    pub fn wants(&self, name: EventName) -> bool {
        self.events.iter().any(|it| it.matches(name))
    }

    /// The secrets that sign now, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = SecretId> {
        let is_rotating = self.rotated.is_some_and(|at| now.since(at) < ROTATION);
        let former = self.former_secret.filter(|_| is_rotating);
        self.secret.into_iter().chain(former)
    }
}

impl Target {
    /// Takes an address apart.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(url: &str) -> Result<Target, &'static str> {
        if url.len() > URL_LIMIT {
            return Err("it is longer than 2000 bytes");
        }
        if url.contains('#') {
            return Err("an address for a webhook has no part after #");
        }
        let uri: Uri = url.parse().map_err(|_| "that is no address")?;
        let is_encrypted = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err("write https://host/path"),
        };
        let authority = uri.authority().ok_or("write https://host/path")?;
        if authority.as_str().contains('@') {
            return Err("no name and password can stand in it; the signature is the proof");
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if host.is_empty() {
            return Err("it names no host");
        }
        let usual = if is_encrypted { 443 } else { 80 };
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        Ok(Target {
            is_encrypted,
            host: host.to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(usual),
            path: path.to_owned(),
        })
    }

    /// `host:port`, as it may be told in a log: what follows may be a secret.
    pub fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_or_said_to_be_wrong() {
        let target = Target::parse("https://Hall.Example:8443/hook?x=1").expect("an address");
        assert_eq!(target.place(), "hall.example:8443");
        assert_eq!(target.path, "/hook?x=1");
        assert_eq!(
            Target::parse("http://[::1]").map(|it| it.place()),
            Ok("[::1]:80".to_owned())
        );
        assert_eq!(
            Target::parse("https://a").map(|it| it.path),
            Ok("/".to_owned())
        );
        for wrong in [
            "",
            "a",
            "ftp://a/",
            "https:///x",
            "https://u:p@a/",
            "https://a/#x",
            "/a",
        ] {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
    }
}
