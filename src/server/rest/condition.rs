//! What a request insists on: which version it has seen, and that it is done once.

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::resource::{resource, tag_of};
use super::{Asker, House, Request};
use crate::model::audit::sha256_hex;
use crate::model::entity::EntityKey;
use crate::model::id::CommandId;
use crate::model::record::Record;
use crate::server::caller::Caller;
use crate::server::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};

/// The header that names a request, so that it is done once however often it is sent.
pub(in crate::server) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest key, in bytes.
const KEY_LIMIT: usize = 255;

/// The entity as it is, which must be as the request has seen it.
///
/// # Errors
/// [`ProblemKind::PreconditionRequired`] where the request does not say what it has seen, and
/// [`ProblemKind::PreconditionFailed`], with the entity, where it is not so.
pub(super) async fn as_seen(
    house: &House,
    asker: &Asker<'_>,
    key: EntityKey,
    headers: &HeaderMap,
) -> Result<Record, Failure> {
    let user_id = asker.caller.user_id();
    let current = house.desk.show(asker.family_id, user_id, key).await?;
    must_match(headers, &current)?;
    Ok(current)
}

/// Checks `If-Match` against an entity.
pub(super) fn must_match(headers: &HeaderMap, current: &Record) -> Result<(), Failure> {
    let mut named = headers.get_all(header::IF_MATCH).iter().peekable();
    if named.peek().is_none() {
        let detail = "say in If-Match which version you have seen: the ETag that a GET tells";
        return Err(Problem::new(ProblemKind::PreconditionRequired, detail).into());
    }
    let tag = tag_of(current);
    let is_it = |it: &str| it == "*" || it == tag;
    let found = named.filter_map(|it| it.to_str().ok());
    if found
        .flat_map(|it| it.split(','))
        .any(|it| is_it(it.trim()))
    {
        return Ok(());
    }
    Err(changed_meanwhile(current))
}

pub(super) fn changed_meanwhile(current: &Record) -> Failure {
    let detail = "someone else has changed it meanwhile; nothing was changed, and `current` has \
                  it as it is";
    let problem = Problem {
        current: resource(current).ok(),
        ..Problem::new(ProblemKind::PreconditionFailed, detail)
    };
    problem.into()
}

/// The id of the command that a request stands for, and the request as a hash.
pub(super) struct Once {
    pub command_id: CommandId,
    pub request: String,
}

impl Once {
    /// # Errors
    /// [`ProblemKind::KeyMissing`] where the request has no key, or none that can be one.
    pub fn of(caller: &Caller, request: &Request, method: &str) -> Result<Once, Failure> {
        let value = request.headers.get(IDEMPOTENCY_KEY);
        let key = value.and_then(|it| it.to_str().ok()).map(str::trim);
        let fits = |it: &&str| !it.is_empty() && it.len() <= KEY_LIMIT;
        let Some(key) = key.filter(fits) else {
            let detail = format!(
                "give the request an Idempotency-Key of 1 to {KEY_LIMIT} printable characters, \
                 such as a fresh UUID: sent again with the same key, it is done once"
            );
            return Err(Problem::new(ProblemKind::KeyMissing, detail).into());
        };
        let path = request.uri.path();
        let name = format!("{}\n{method} {path}\n{key}", caller.credential());
        Ok(Once {
            command_id: CommandId(named(&name)),
            request: sha256_hex(&request.body),
        })
    }
}

/// The id that always belongs to a text.
pub(super) fn named(text: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(text)[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}
