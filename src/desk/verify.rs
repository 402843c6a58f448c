//! `audit verify`: walks a family's log and checks every link of its chain.

use super::{Desk, DeskError};
use crate::model::audit::{BrokenChain, CHAIN_START, verify_link};
use crate::model::id::{FamilyId, UserId};
use crate::table::keys::Scope;
use crate::table::patterns;

/// How many records are read at once.
const PAGE: usize = 500;

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records fit, from the first on.
    pub records: i64,
    /// The first that does not, if there is one.
    pub broken: Option<BrokenChain>,
}

impl Desk {
    /// Checks a family's log, and the person's own in it, from the first record to the head. Nobody
    /// else's own is told of.
    pub async fn verify(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<Verified, DeskError> {
        self.enter(family_id, user_id).await?;
        let mut verified = self.verify_log(Scope::Family(family_id)).await?;
        if verified.broken.is_none() {
            let own = self.verify_log(Scope::Person(family_id, user_id)).await?;
            verified.broken = own.broken.map(|broken| BrokenChain {
                why: "this is in your own log of the family, and it was changed or is missing",
                ..broken
            });
        }
        Ok(verified)
    }

    /// Checks a log from its first record to its head.
    pub(super) async fn verify_log(&self, scope: Scope) -> Result<Verified, DeskError> {
        // Read first: what is written meanwhile is not missed from the log's end.
        let head = patterns::head(self.table.as_ref(), scope).await?;
        let mut at = (0, CHAIN_START.to_owned());
        loop {
            let page = patterns::log_after(self.table.as_ref(), scope, at.0, PAGE).await?;
            for record in page.records {
                if let Err(broken) = verify_link(&record, (at.0, &at.1)) {
                    return Ok(Verified {
                        records: at.0,
                        broken: Some(broken),
                    });
                }
                at = (record.seq, record.hash);
            }
            if !page.more {
                break;
            }
        }
        let missing = head.is_some_and(|head| head.n > at.0);
        Ok(Verified {
            records: at.0,
            broken: missing.then_some(BrokenChain {
                seq: at.0 + 1,
                why: "it is missing, and later ones were written",
            }),
        })
    }
}
