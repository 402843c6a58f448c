//! Who calls. On the bundled backend it is the store's owner, for themselves or, on a shared
//! computer, on behalf of someone else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::reply::Failure;
use crate::desk::Desk;
use crate::model::command::Actor;
use crate::model::id::{DeviceId, UserId};
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::ON_BEHALF_OF;

/// Whoever calls, known to the store.
pub struct Caller {
    login: UserId,
    on_behalf_of: Option<UserId>,
}

impl Caller {
    /// Whose rights count.
    pub fn user_id(&self) -> UserId {
        self.on_behalf_of.unwrap_or(self.login)
    }

    /// The caller as the one who gives a command from the given device.
    pub fn actor(&self, device_id: DeviceId) -> Actor {
        Actor {
            user_id: self.user_id(),
            login: self.on_behalf_of.map(|_| self.login),
            device_id: Some(device_id),
        }
    }
}

impl FromRequestParts<Arc<Desk>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Caller, Failure> {
        let login = desk.owner().await?;
        let on_behalf_of = match parts.headers.get(ON_BEHALF_OF) {
            None => None,
            Some(value) => {
                let named = value.to_str().ok().and_then(|text| text.parse().ok());
                // Time acts by itself; nobody acts as it.
                let named = named.filter(|user_id| *user_id != UserId::SYSTEM);
                Some(named.ok_or_else(|| {
                    let detail = format!("the header {ON_BEHALF_OF} holds no person's id");
                    Problem::new(ProblemKind::Malformed, detail)
                })?)
            }
        };
        Ok(Caller {
            login,
            on_behalf_of: on_behalf_of.filter(|user_id| *user_id != login),
        })
    }
}
