//! Who may use which route. Every route says so where it stands in the table of routes, and what it
//! says is checked before the route sees the request. Whether somebody may see a family or change
//! something in it, the desk decides.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, header};
use tokio::sync::watch;

use super::caller::Caller;
use super::reply::Failure;
use crate::desk::login::{Login, LoginError, Pass};
use crate::desk::{Desk, DeskError};
use crate::model::entity::EntityType;
use crate::model::id::{FamilyId, UserId};
use crate::model::login::KeyScope;
use crate::model::refusal::Refusal;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::ON_BEHALF_OF;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever comes.
    Anyone,
    /// Whoever is signed in, also by an API key of any scope.
    Read,
    /// Whoever is signed in, also by an API key that may write.
    Write,
    /// Whoever is signed in, but no API key: it is about their login.
    Person,
    /// Whoever runs the server, but no API key.
    Owner,
}

/// By which way a request comes in.
#[derive(Debug, Clone)]
pub enum Door {
    /// Beside the store, where whoever calls is its owner.
    Store,
    /// From outside, where whoever calls says who they are.
    Network,
}

/// The connection that a request came by.
#[derive(Debug, Clone)]
pub struct Connection {
    pub peer: Peer,
    /// Becomes true when the server is about to stop.
    pub stopping: watch::Receiver<bool>,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Address(IpAddr),
    /// A program on this machine, of this user.
    Uid(u32),
}

/// What a route's check needs to know.
#[derive(Clone)]
pub struct Gate {
    pub desk: Arc<Desk>,
    pub access: Access,
}

/// Lets a request through to its route, with whoever calls, or answers it here.
pub async fn check(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    if gate.access == Access::Anyone {
        return Ok(next.run(request).await);
    }
    let (mut head, body) = request.into_parts();
    let caller = caller_of(&gate.desk, &head).await?;
    gate.admits(&caller, head.uri.path()).await?;
    head.extensions.insert(caller);
    Ok(next.run(Request::from_parts(head, body)).await)
}

impl Gate {
    async fn admits(&self, caller: &Caller, path: &str) -> Result<(), Failure> {
        if let Pass::Key {
            family_id, scope, ..
        } = caller.login().by
        {
            let enough = match self.access {
                Access::Anyone | Access::Read => true,
                Access::Write => scope == KeyScope::Write,
                Access::Person | Access::Owner => false,
            };
            // Other families do not exist for a key, whatever it may do.
            match family_in(path) {
                Some(Ok(named)) if named != family_id => return Err(no_family()),
                _ => {}
            }
            if !enough {
                return Err(DeskError::from(LoginError::KeyTooNarrow).into());
            }
        }
        let is_about_a_login = matches!(self.access, Access::Person | Access::Owner);
        if is_about_a_login && caller.is_for_another() {
            let who = LoginError::NotFor("people themselves, and nobody on their behalf,");
            return Err(DeskError::from(who).into());
        }
        if self.access == Access::Owner && !self.desk.is_owner(caller.login().user_id).await? {
            return Err(DeskError::from(LoginError::NotFor("whoever runs the server")).into());
        }
        Ok(())
    }
}

async fn caller_of(desk: &Desk, request: &Parts) -> Result<Caller, Failure> {
    let headers = &request.headers;
    match request.extensions.get::<Door>() {
        Some(Door::Store) => {
            let owner = Login {
                user_id: desk.owner().await?,
                by: Pass::Uid(rustix::process::geteuid().as_raw()),
            };
            Ok(Caller::new(owner, on_behalf_of(headers)?))
        }
        Some(Door::Network) | None => {
            let login = match token(headers) {
                Some(token) => desk.recognise(token).await?,
                None => by_uid(desk, request).await?,
            };
            if headers.contains_key(ON_BEHALF_OF) {
                let detail = "nobody acts on behalf of another here; sign in as them";
                return Err(Problem::new(ProblemKind::Forbidden, detail).into());
            }
            Ok(Caller::new(login, None))
        }
    }
}

/// Whoever has a login on this machine is known by it, unless it is some other program that speaks
/// for them.
async fn by_uid(desk: &Desk, request: &Parts) -> Result<Login, DeskError> {
    let connection = request.extensions.get::<Connection>();
    let known = match connection.map(|it| it.peer) {
        Some(Peer::Uid(uid)) if !is_forwarded(&request.headers) => desk.recognise_uid(uid).await?,
        Some(Peer::Uid(_) | Peer::Address(_)) | None => None,
    };
    known.ok_or_else(|| LoginError::NotSignedIn.into())
}

/// Whether a proxy passes a request on for somebody.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    let marks = ["forwarded", "x-forwarded-for", "x-real-ip"];
    marks.iter().any(|name| headers.contains_key(*name))
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn on_behalf_of(headers: &HeaderMap) -> Result<Option<UserId>, Failure> {
    let Some(value) = headers.get(ON_BEHALF_OF) else {
        return Ok(None);
    };
    let named = value.to_str().ok().and_then(|text| text.parse().ok());
    // Time acts by itself; nobody acts as it.
    let named = named.filter(|user_id| *user_id != UserId::SYSTEM);
    named.map(Some).ok_or_else(|| {
        let detail = format!("the header {ON_BEHALF_OF} holds no person's id");
        Problem::new(ProblemKind::Malformed, detail).into()
    })
}

/// The family that a path is about.
pub(super) fn family_in(path: &str) -> Option<Result<FamilyId, crate::model::id::NotAnId>> {
    let rest = path.strip_prefix("/v1/families/")?;
    Some(rest.split('/').next().unwrap_or_default().parse())
}

fn no_family() -> Failure {
    let what = EntityType::Family;
    Problem::from(Refusal::NotFound { what }).into()
}

impl Peer {
    /// What guesses from there are counted under: an address, or its network where one household
    /// has many.
    pub fn place(self) -> String {
        match self {
            Peer::Uid(uid) => format!("uid {uid}"),
            Peer::Address(IpAddr::V4(address)) => address.to_string(),
            Peer::Address(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => {
                    let [a, b, c, d, ..] = address.segments();
                    format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
                }
            },
        }
    }

    /// Whether it is this machine.
    pub fn is_local(self) -> bool {
        match self {
            Peer::Uid(_) => true,
            Peer::Address(address) => address.to_canonical().is_loopback(),
        }
    }
}
