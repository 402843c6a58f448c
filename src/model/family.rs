//! A family: the isolation boundary. Nobody outside can tell that it exists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entity::{EntityKey, entity};
use super::id::FamilyId;
use super::number::Prefix;
use super::severity::Severity;
use super::word::attributes;

entity! {
    /// A family and its settings.
    pub struct Family {
        pub family_id: FamilyId,
        pub family_name: String,
        #[serde(default)]
        pub family_description: String,
        pub ticket_prefix: Prefix,
        /// An IANA zone name; decides the year in ticket numbers and when business hours are.
        pub time_zone: String,
        /// When the family can be asked about what can wait, such as `Mon-Fri 17:00-21:00`.
        #[serde(default)]
        pub business_hours: String,
        /// The family's own words beside each severity.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub severity_words: BTreeMap<Severity, String>,
    }
}

/// One setting of a family and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum FamilyField {
    FamilyName(String),
    FamilyDescription(String),
    TicketPrefix(Prefix),
    TimeZone(String),
    BusinessHours(String),
    SeverityWords(BTreeMap<Severity, String>),
}

attributes! {
    FamilyField {
        FamilyName = "family_name",
        FamilyDescription = "family_description",
        TicketPrefix = "ticket_prefix",
        TimeZone = "time_zone",
        BusinessHours = "business_hours",
        SeverityWords = "severity_words",
    }
}

impl Family {
    pub fn key(&self) -> EntityKey {
        EntityKey::Family(self.family_id)
    }

    /// What a severity means in this family.
    pub fn words_for(&self, severity: Severity) -> &str {
        self.severity_words
            .get(&severity)
            .map_or(severity.meaning(), String::as_str)
    }
}
