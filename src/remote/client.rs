//! The protocol as calls: one method per endpoint.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use uuid::Uuid;

use super::{Remote, Unreachable};
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, DeviceId, FamilyId, ScreenId, UserId};
use crate::model::presence::Whereabouts;
use crate::model::record::Record;
use crate::model::user::User;
use crate::wire::cursor::Cursor;
use crate::wire::login::Secret;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::readable::Readable;
use crate::wire::session::{
    AuditCheck, Introduction, Meta, ON_BEHALF_OF, PROTOCOL, PROTOCOL_HEADER, QUESTION, Session,
};
use crate::wire::sync::{PastOf, PastPage, Pull, Push, PushReply, SnapshotPage};
use crate::wire::transfer::{ExportHead, ExportPage, TakeIn, TakenIn};

/// A backend as someone speaks with it.
#[derive(Clone)]
pub struct Client {
    remote: Arc<dyn Remote>,
    /// On whose behalf, where that is not who is logged in.
    on_behalf_of: Option<UserId>,
}

/// What somebody has seen of a family, as far as a backend has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// How far the family's log has been taken in,
    pub after: Option<Cursor>,
    /// and one's own log of it.
    pub own: Option<Cursor>,
    /// The newest position of the family that was ever told of.
    pub witness: Option<Cursor>,
}

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The backend said no.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// No reply came.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// A reply came, and it is to another question than was asked.
    #[error(
        "the answer to {path} is to another question, as where something on the way keeps answers; \
         have a proxy keep nothing"
    )]
    Stale { path: String },
    /// A reply came and can't be read.
    #[error("the backend's answer to {path} can't be read ({why}); update famdesk")]
    Unreadable { path: String, why: String },
}

impl CallError {
    /// The kind of problem, if the backend named one.
    pub fn kind(&self) -> Option<ProblemKind> {
        match self {
            CallError::Problem(problem) => Some(problem.kind),
            CallError::Unreachable(_) | CallError::Stale { .. } | CallError::Unreadable { .. } => {
                None
            }
        }
    }

    /// Whether nobody answered.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, CallError::Unreachable(_))
    }
}

impl Client {
    pub fn new(remote: Arc<dyn Remote>, on_behalf_of: Option<UserId>) -> Client {
        Client {
            remote,
            on_behalf_of,
        }
    }

    /// Whether the backend may be out of reach for long, so that one works on without it.
    pub fn is_far(&self) -> bool {
        self.remote.is_far()
    }

    /// Keeps another token of this device.
    pub(crate) fn keep_token(&self, token: &Secret) -> Result<(), Unreachable> {
        self.remote.keep_token(token)
    }

    /// From here on, whatever changes counts for [`poked`](Client::poked).
    pub fn listen(&self) {
        self.remote.listen();
    }

    /// Waits until the backend says that something has changed since it was listened to.
    pub async fn poked(&self) {
        self.remote.poked().await;
    }

    pub async fn meta(&self) -> Result<Meta, CallError> {
        self.get("/v1/meta").await
    }

    pub async fn session(&self) -> Result<Session, CallError> {
        self.get("/v1/session").await
    }

    /// Says who the store's owner is.
    pub async fn introduce(&self, who: &Introduction) -> Result<Session, CallError> {
        self.send(Method::PUT, "/v1/session", who).await
    }

    /// Makes somebody known who will act at the owner's login; who they are, if they are known.
    pub async fn acquaint(&self, who: &Introduction) -> Result<User, CallError> {
        self.send(Method::POST, "/v1/users", who).await
    }

    /// Says at which ticket of the family a screen is.
    pub async fn appear(
        &self,
        family: FamilyId,
        screen: ScreenId,
        at: &Whereabouts,
    ) -> Result<(), CallError> {
        let path = format!("/v1/families/{family}/presence/{screen}");
        self.do_to(Method::PUT, &path, at).await
    }

    /// Says that the screen is at no ticket of the family any more.
    pub async fn disappear(&self, family: FamilyId, screen: ScreenId) -> Result<(), CallError> {
        let path = format!("/v1/families/{family}/presence/{screen}");
        self.do_to(Method::DELETE, &path, &()).await
    }

    pub async fn push(
        &self,
        family: FamilyId,
        push: &Push,
        witness: Option<&Cursor>,
    ) -> Result<PushReply, CallError> {
        let mut path = format!("/v1/families/{family}/commands?");
        path.extend(parameter("witness", witness));
        self.send(Method::POST, &path, push).await
    }

    /// Those of the commands that have been decided there; one need not be in the family to ask.
    pub async fn known_commands(
        &self,
        family: FamilyId,
        ids: &[CommandId],
    ) -> Result<Vec<CommandId>, CallError> {
        let path = format!("/v1/families/{family}/commands/known");
        self.send(Method::POST, &path, &ids).await
    }

    /// What happened after the places, in the family's log and in one's own of it; from the
    /// beginning where there is none.
    pub async fn pull(
        &self,
        family: FamilyId,
        device: DeviceId,
        from: &Places,
        limit: usize,
    ) -> Result<Pull, CallError> {
        let mut path = format!("/v1/families/{family}/log?device={device}&limit={limit}");
        path.extend(parameter("after", from.after.as_ref()));
        path.extend(parameter("own", from.own.as_ref()));
        path.extend(parameter("witness", from.witness.as_ref()));
        let pull: Pull = self.get(&path).await?;
        if pull.from != from.after.as_ref().map_or(0, |it| it.seq) {
            let path = format!("/v1/families/{family}/log");
            return Err(CallError::Stale { path });
        }
        Ok(pull)
    }

    /// A part of what happened before the log was followed.
    pub async fn past(
        &self,
        family: FamilyId,
        of: &PastOf,
        limit: usize,
    ) -> Result<PastPage, CallError> {
        let epoch = &of.epoch;
        let ticket = of
            .ticket_id
            .map_or(String::new(), |it| format!("&ticket={it}"));
        // A path ends at `#`.
        let page = of.page.as_ref().map_or(String::new(), |page| {
            format!("&page={}", page.replace('#', "%23"))
        });
        let path =
            format!("/v1/families/{family}/history?epoch={epoch}&limit={limit}{ticket}{page}");
        self.get(&path).await
    }

    /// A page of the family as it is now; the first where none is named.
    pub async fn snapshot(
        &self,
        family: FamilyId,
        page: Option<&str>,
        witness: Option<&Cursor>,
    ) -> Result<SnapshotPage, CallError> {
        let mut path = format!("/v1/families/{family}/snapshot?");
        path.extend(parameter("page", page));
        path.extend(parameter("witness", witness));
        self.get(&path).await
    }

    /// The entities as they are now; those that one may not see, or that are not there, are left
    /// out.
    pub async fn rows(
        &self,
        family: FamilyId,
        keys: &[EntityKey],
    ) -> Result<Readable<Record>, CallError> {
        let path = format!("/v1/families/{family}/rows");
        self.send(Method::POST, &path, &keys).await
    }

    /// Checks the chain of the family's audit, where it is kept.
    pub async fn verify_audit(&self, family: FamilyId) -> Result<AuditCheck, CallError> {
        self.get(&format!("/v1/families/{family}/audit/verify"))
            .await
    }

    /// What stands at the head of the family's export.
    pub async fn export_head(&self, family: FamilyId) -> Result<ExportHead, CallError> {
        self.get(&format!("/v1/families/{family}/export")).await
    }

    /// The records after a number, as they are kept.
    pub async fn export_log(&self, family: FamilyId, after: i64) -> Result<ExportPage, CallError> {
        self.get(&format!("/v1/families/{family}/export/log?after={after}"))
            .await
    }

    /// Makes ready to take the family in.
    pub async fn begin_taking_in(&self, export: &ExportHead) -> Result<TakenIn, CallError> {
        let path = format!("/v1/families/{}/export", export.family_id);
        self.send(Method::PUT, &path, export).await
    }

    /// Takes in the next records of the family.
    pub async fn take_in(&self, family: FamilyId, page: &TakeIn) -> Result<TakenIn, CallError> {
        let path = format!("/v1/families/{family}/export/log");
        self.send(Method::POST, &path, page).await
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        let (status, body) = self.call(Method::GET, path, Bytes::new()).await?;
        read(path, status, &body)
    }

    /// Does something of which no more is told than that it was done.
    pub(super) async fn do_to(
        &self,
        method: Method,
        path: &str,
        what: &impl Serialize,
    ) -> Result<(), CallError> {
        let body = serde_json::to_vec(what).map_err(|error| unreadable(path, &error))?;
        let (status, body) = self.call(method, path, body.into()).await?;
        success(path, status, &body)
    }

    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        what: &impl Serialize,
    ) -> Result<T, CallError> {
        let body = serde_json::to_vec(what).map_err(|error| unreadable(path, &error))?;
        let (status, body) = self.call(method, path, body.into()).await?;
        read(path, status, &body)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), CallError> {
        let json = [(header::CONTENT_TYPE, "application/json")];
        let (status, _, body) = self.exchange(method, path, (&json, body)).await?;
        Ok((status, body))
    }

    pub(super) async fn exchange(
        &self,
        method: Method,
        path: &str,
        (headers, body): (&[(HeaderName, &str)], Bytes),
    ) -> Result<(StatusCode, HeaderMap, Bytes), CallError> {
        let question = Uuid::new_v4().simple().to_string();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CACHE_CONTROL, "no-store")
            .header(QUESTION, &question)
            .header(PROTOCOL_HEADER, PROTOCOL);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        if let Some(user_id) = self.on_behalf_of {
            request = request.header(ON_BEHALF_OF, user_id.to_string());
        }
        let request = request
            .body(body)
            .map_err(|error| unreadable(path, &error))?;
        let (head, body) = self.remote.call(request).await?.into_parts();
        // An older backend does not say.
        let answered = head.headers.get(QUESTION);
        if answered.is_some_and(|it| it.as_bytes() != question.as_bytes()) {
            let path = path.to_owned();
            return Err(CallError::Stale { path });
        }
        Ok((head.status, head.headers, body))
    }
}

/// One parameter of a query, if there is one. What stands in it needs no escapes.
fn parameter(name: &str, value: Option<impl std::fmt::Display>) -> Option<String> {
    value.map(|value| format!("&{name}={value}"))
}

fn read<T: DeserializeOwned>(path: &str, status: StatusCode, body: &[u8]) -> Result<T, CallError> {
    success(path, status, body)?;
    serde_json::from_slice(body).map_err(|error| unreadable(path, &error))
}

pub(super) fn success(path: &str, status: StatusCode, body: &[u8]) -> Result<(), CallError> {
    if status.is_success() {
        return Ok(());
    }
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => Err(CallError::Problem(Box::new(problem))),
        Err(_) => Err(CallError::Unreadable {
            path: path.to_owned(),
            why: format!("status {status} without a problem document"),
        }),
    }
}

pub(super) fn unreadable(path: &str, why: &impl std::fmt::Display) -> CallError {
    CallError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    }
}
