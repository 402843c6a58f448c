//! A person with a login. One login, many families.

use serde::{Deserialize, Serialize};

use super::command::{Base, CommandBody};
use super::entity::{EntityKey, entity};
use super::id::{FamilyId, UserId};
use super::refusal::Refusal;
use super::word::attributes;

entity! {
    /// A person; belongs to no family, its changes go to its own log.
    pub struct User {
        pub user_id: UserId,
        /// Unique among users; absent for people who only appear in imported tickets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        pub display_name: String,
        /// May log in at all.
        pub is_active: bool,
        /// An admin of the server has let them in.
        pub is_approved: bool,
        pub time_zone: String,
    }
}

/// One attribute that people set of themselves, and its new value. Whether they may log in at all
/// is no such thing: that is for whoever runs the server, and on the bundled backend it never
/// changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum UserField {
    DisplayName(String),
    /// Unique among users, whatever its case.
    Email(Option<String>),
    /// An IANA zone name.
    TimeZone(String),
}

attributes! {
    UserField {
        DisplayName = "display_name",
        Email = "email",
        TimeZone = "time_zone",
    }
}

impl UserField {
    /// The same attribute as the user has it now.
    pub fn current(&self, user: &User) -> UserField {
        match self {
            UserField::DisplayName(_) => UserField::DisplayName(user.display_name.clone()),
            UserField::Email(_) => UserField::Email(user.email.clone()),
            UserField::TimeZone(_) => UserField::TimeZone(user.time_zone.clone()),
        }
    }
}

/// The commands with which someone in these families changes their own record, over what they saw
/// of it. It is the same in whichever family it is changed, so the first is given all of it but a
/// name; a name is given in each, so that they are called alike everywhere.
pub fn own_changes(
    families: &[FamilyId],
    changes: Vec<UserField>,
    seen: Option<&User>,
) -> Vec<(FamilyId, CommandBody)> {
    let mut given = Vec::new();
    for set in changes {
        let everywhere = matches!(set, UserField::DisplayName(_));
        let meant = families
            .iter()
            .take(if everywhere { usize::MAX } else { 1 });
        given.extend(meant.map(|family_id| {
            let base = seen.map(|user| Base {
                version: user.common.version,
                value: set.current(user),
            });
            let set = set.clone();
            (*family_id, CommandBody::UserSet { set, base })
        }));
    }
    given
}

impl User {
    pub fn key(&self) -> EntityKey {
        EntityKey::User(self.user_id)
    }
}

/// The longest address that mail can carry.
const LONGEST_ADDRESS: usize = 254;

/// Checks the shape of an e-mail address; whether anybody reads it, only a letter tells.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `email`.
pub fn address(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let parts = text.split_once('@');
    let good = text.len() <= LONGEST_ADDRESS
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && parts.is_some_and(|(who, at)| {
            !who.is_empty() && !at.contains('@') && at.trim_matches('.').contains('.')
        });
    if good {
        Ok(text.to_owned())
    } else {
        let why = format!("`{text}` is not an e-mail address; write one such as ben@example.org");
        Err(Refusal::invalid("email", why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_somebody_at_some_place() {
        assert_eq!(
            address(" Ben@example.org ").as_deref(),
            Ok("Ben@example.org")
        );
        for text in [
            "",
            "ben",
            "ben@",
            "@example.org",
            "ben@home",
            "a b@c.d",
            "a@b@c.d",
            "a@b.\n",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
