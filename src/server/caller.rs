//! Who calls, as the route's check has found out.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::access::Connection;
use super::reply::Failure;
use crate::desk::DeskError;
use crate::desk::login::{Login, LoginError, Pass};
use crate::model::command::Actor;
use crate::model::id::{DeviceId, FamilyId, UserId};
use crate::wire::session::Session;

/// Whoever calls, known to the store.
#[derive(Debug, Clone)]
pub struct Caller {
    login: Login,
    on_behalf_of: Option<UserId>,
}

impl Caller {
    pub fn new(login: Login, on_behalf_of: Option<UserId>) -> Caller {
        let on_behalf_of = on_behalf_of.filter(|user_id| *user_id != login.user_id);
        Caller {
            login,
            on_behalf_of,
        }
    }

    /// Whose rights count.
    pub fn user_id(&self) -> UserId {
        self.on_behalf_of.unwrap_or(self.login.user_id)
    }

    pub fn login(&self) -> &Login {
        &self.login
    }

    /// What the caller is known by, as text: a request's key counts for one of these.
    pub fn credential(&self) -> String {
        let by = match self.login.by {
            Pass::Session(session_id) => format!("session {session_id}"),
            Pass::Key { key_id, .. } => format!("key {key_id}"),
            Pass::Uid(uid) => format!("uid {uid}"),
        };
        format!("{by} for {}", self.user_id())
    }

    pub fn is_for_another(&self) -> bool {
        self.on_behalf_of.is_some()
    }

    /// The caller as the one who gives a command, from a device where one counts its commands.
    pub fn actor(&self, device_id: Option<DeviceId>) -> Actor {
        Actor {
            user_id: self.user_id(),
            login: self.on_behalf_of.map(|_| self.login.user_id),
            device_id,
        }
    }

    /// A session as far as it may be told here: an API key knows one family.
    pub fn bounded(&self, mut session: Session) -> Session {
        if let Some(family_id) = self.only_family() {
            session.families.retain(|it| it.family_id == family_id);
            // That is about a login.
            session.refused = None;
        }
        session
    }

    /// The only family there is for the caller, if there is such a bound.
    fn only_family(&self) -> Option<FamilyId> {
        match self.login.by {
            Pass::Key { family_id, .. } => Some(family_id),
            Pass::Session(_) | Pass::Uid(_) => None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Failure> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.ok_or_else(|| DeskError::from(LoginError::NotSignedIn).into())
    }
}

/// Where a request comes from, for counting guesses.
pub struct From(pub String);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<From, Infallible> {
        let connection = parts.extensions.get::<Connection>();
        let place = connection.map(|it| it.peer.place());
        Ok(From(place.unwrap_or_else(|| "this machine".to_owned())))
    }
}
