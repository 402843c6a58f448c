//! The routes over the desk. The bundled backend is these routes as a service in the same
//! process, and for other programs of the same person behind a socket; the network server will be
//! the same behind a listener and a login.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_request;
use axum::routing::{get, head, post};

use crate::desk::Desk;
use crate::model::import::BATCH_LIMIT;
use crate::model::long_text::{INLINE_LIMIT, TEXT_LIMIT};

mod blobs;
mod caller;
mod events;
mod feed;
mod push;
mod reply;
mod session;
pub mod socket;
mod transfer;
mod version;

/// The most bytes that one byte of a text takes in JSON.
const ESCAPED: usize = 6;

/// The most bytes in one request: an import of as many entities as there may be, each with as long
/// a text as there may be. A blob is less.
const BODY_LIMIT: usize = BATCH_LIMIT * INLINE_LIMIT * ESCAPED + TEXT_LIMIT;

/// The routes of the bundled backend, where whoever calls is the store's owner.
pub fn bundled(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/v1/meta", get(session::meta))
        .route("/v1/session", get(session::session).put(session::introduce))
        .route("/v1/users", post(session::acquaint))
        .route("/v1/events", get(events::events))
        .route("/v1/families/{family}/commands", post(push::push))
        .route("/v1/families/{family}/log", get(feed::log))
        .route("/v1/families/{family}/history", get(feed::history))
        .route("/v1/families/{family}/snapshot", get(feed::snapshot))
        .route("/v1/families/{family}/rows", post(feed::rows))
        .route("/v1/families/{family}/audit/verify", get(feed::verify))
        .route(
            "/v1/families/{family}/export",
            get(transfer::head).put(transfer::begin),
        )
        .route(
            "/v1/families/{family}/export/log",
            get(transfer::log).post(transfer::take_in),
        )
        .route(
            "/v1/families/{family}/blobs/{sha256}",
            head(blobs::has).get(blobs::get).put(blobs::put),
        )
        .fallback(reply::no_such_route)
        .method_not_allowed_fallback(reply::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_request(version::check))
        .with_state(desk)
}
