//! Who somebody is that is to be invited: someone known already, or a new person who will act at
//! the owner's login on this machine.

use std::collections::BTreeSet;

use super::station::{AskError, Station};
use crate::model::id::{FamilyId, UserId};
use crate::model::membership::{Membership, MembershipStatus};
use crate::model::refusal::Refusal;
use crate::model::user::address;
use crate::remote::client::CallError;
use crate::replica::view::{Answer, Question};
use crate::wire::session::Introduction;

/// Someone to be invited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invitee {
    pub display_name: String,
    /// Tells who is meant where it is known.
    pub email: Option<String>,
    /// Somebody new, also where someone of that name is known.
    pub anew: bool,
}

/// Why nobody can be invited by that name.
#[derive(Debug, thiserror::Error)]
pub enum AcquaintError {
    #[error("{0} is in the family already; a second person of that name takes another name")]
    Member(String),
    #[error("{0} has been asked in, or asks to join, already")]
    Awaiting(String),
    #[error("you know several people called {0}; give the e-mail address, or another name")]
    Several(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Station {
    /// Who is meant; a new person is made known to the backend.
    ///
    /// # Errors
    /// Where they are in the family already, where it can't be told who is meant, or where the
    /// backend does not take a new person.
    pub async fn acquaint(
        &self,
        family_id: FamilyId,
        who: &Invitee,
    ) -> Result<UserId, AcquaintError> {
        let email = who.email.as_deref().map(address).transpose()?;
        if !who.anew {
            let name = who.display_name.clone();
            let known = self.read(move |it| it.people_called(&name)).await?;
            if let Some(user_id) = meant(&known, (family_id, &who.display_name), email.is_some())? {
                return Ok(user_id);
            }
        }
        let introduction = Introduction {
            user_id: UserId(self.source().fresh()),
            display_name: who.display_name.clone(),
            email,
            time_zone: self.zone_of(family_id).await?,
        };
        Ok(self.client().acquaint(&introduction).await?.user_id)
    }

    async fn zone_of(&self, family_id: FamilyId) -> Result<String, AskError> {
        let answer = self.ask(Question::Family(family_id)).await?;
        Ok(match answer {
            Answer::Family(Some(view)) => view.family.time_zone,
            _ => "UTC".to_owned(),
        })
    }
}

/// The one of those known who is meant; none where somebody new is. An e-mail address tells more
/// than a name, but for those who are in the family already.
fn meant(
    known: &[Membership],
    (family_id, name): (FamilyId, &str),
    has_email: bool,
) -> Result<Option<UserId>, AcquaintError> {
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        known.iter().partition(|it| it.family_id == family_id);
    for it in &here {
        match it.status {
            _ if it.common.deleted => {}
            MembershipStatus::Member => return Err(AcquaintError::Member(name.to_owned())),
            MembershipStatus::Awaiting => return Err(AcquaintError::Awaiting(name.to_owned())),
            MembershipStatus::Declined => {}
        }
    }
    if has_email {
        return Ok(None);
    }
    for known in [here, elsewhere] {
        let ids: BTreeSet<UserId> = known.iter().map(|it| it.user_id).collect();
        if ids.len() > 1 {
            return Err(AcquaintError::Several(name.to_owned()));
        }
        if let Some(user_id) = ids.first() {
            return Ok(Some(*user_id));
        }
    }
    Ok(None)
}
