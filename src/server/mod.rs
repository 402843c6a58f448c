//! The routes over the desk. The bundled backend is these routes as a service in the same process,
//! and for other programs of the same person behind a socket; the network server is the same
//! behind listeners and a login.

use std::sync::Arc;

use axum::middleware::{from_fn_with_state, map_request};
use axum::{Extension, Router};

use crate::desk::Desk;

mod access;
mod accounts;
mod blobs;
mod caller;
mod events;
mod feed;
mod health;
mod limits;
pub mod listen;
mod login;
mod observe;
mod push;
mod reply;
mod routes;
mod session;
pub mod socket;
pub mod tls;
mod transfer;
mod version;
mod webhooks;

pub use access::{Access, Connection, Peer};
pub use observe::Metrics;
pub use routes::{Route, Verb};

use access::Door;
use routes::{Bounds, Routes, Size};

/// The routes of the bundled backend, where whoever calls is the store's owner.
pub fn bundled(desk: Arc<Desk>) -> Router {
    let routes = everywhere(Routes::new(desk, Bounds::Store));
    beside_the_store(routes)
        .router()
        .layer(map_request(version::check))
        .layer(Extension(Door::Store))
}

/// The routes of a server, where whoever calls says who they are.
pub fn network(desk: Arc<Desk>, metrics: Arc<Metrics>) -> Router {
    let routes = everywhere(Routes::new(Arc::clone(&desk), Bounds::Network));
    logging_in(routes)
        .router()
        .layer(map_request(version::check))
        .merge(health::routes(desk, Arc::clone(&metrics)))
        .layer(Extension(Door::Network))
        .layer(from_fn_with_state(metrics, observe::watch))
}

/// What a server's routes are and who may use each.
pub fn network_table(desk: Arc<Desk>) -> Vec<Route> {
    let routes = logging_in(everywhere(Routes::new(desk, Bounds::Network)));
    routes.table().to_vec()
}

fn everywhere(routes: Routes) -> Routes {
    use Access::{Anyone, Owner, Person, Read, Write};
    use Verb::{Delete, Get, Head, Patch, Post, Put};
    routes
        .with(Get, "/v1/meta", Anyone, session::meta)
        .with(Get, "/v1/session", Read, session::session)
        .with(Get, "/v1/events", Read, events::events)
        .with(Get, "/v1/events/next", Read, events::next)
        .sized(
            (Post, "/v1/families/{family}/commands"),
            Write,
            Size::Commands,
            push::push,
        )
        .with(Get, "/v1/families/{family}/log", Read, feed::log)
        .with(Get, "/v1/families/{family}/history", Read, feed::history)
        .with(Get, "/v1/families/{family}/snapshot", Read, feed::snapshot)
        .with(Post, "/v1/families/{family}/rows", Read, feed::rows)
        .with(
            Get,
            "/v1/families/{family}/audit/verify",
            Read,
            feed::verify,
        )
        .with(Get, "/v1/families/{family}/export", Read, transfer::head)
        .with(Put, "/v1/families/{family}/export", Owner, transfer::begin)
        .with(Get, "/v1/families/{family}/export/log", Read, transfer::log)
        .sized(
            (Post, "/v1/families/{family}/export/log"),
            Owner,
            Size::Commands,
            transfer::take_in,
        )
        .with(
            Head,
            "/v1/families/{family}/blobs/{sha256}",
            Read,
            blobs::has,
        )
        .sized(
            (Get, "/v1/families/{family}/blobs/{sha256}"),
            Read,
            Size::Blob,
            blobs::get,
        )
        .sized(
            (Put, "/v1/families/{family}/blobs/{sha256}"),
            Write,
            Size::Blob,
            blobs::put,
        )
        .with(Get, "/v1/families/{family}/webhooks", Read, webhooks::list)
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/secret",
            Write,
            webhooks::rotate,
        )
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/test",
            Write,
            webhooks::test,
        )
        .with(
            Get,
            "/v1/families/{family}/webhooks/{webhook}/deliveries",
            Read,
            webhooks::deliveries,
        )
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/deliveries/{number}/resend",
            Write,
            webhooks::resend,
        )
        .with(Get, "/v1/sessions", Person, login::sessions)
        .with(Get, "/v1/session/log", Person, login::log)
        .with(
            Delete,
            "/v1/sessions/{session}",
            Person,
            login::revoke_session,
        )
        .with(Get, "/v1/keys", Person, login::keys)
        .with(Post, "/v1/keys", Person, login::create_key)
        .with(Delete, "/v1/keys/{key}", Person, login::revoke_key)
        .with(Get, "/v1/accounts", Owner, accounts::accounts)
        .with(Patch, "/v1/accounts/{user}", Owner, accounts::change)
        .with(
            Post,
            "/v1/accounts/{user}/code",
            Person,
            accounts::make_code,
        )
}

/// Nobody has to be known yet to introduce themselves to their own store.
fn beside_the_store(routes: Routes) -> Routes {
    routes
        .with(Verb::Put, "/v1/session", Access::Anyone, session::introduce)
        .with(Verb::Post, "/v1/users", Access::Write, session::acquaint)
}

/// What only a server has: whoever is beside the store is logged in.
fn logging_in(routes: Routes) -> Routes {
    use Access::{Anyone, Person, Write};
    use Verb::{Delete, Post, Put};
    routes
        .with(Post, "/v1/users", Write, session::acquaint_from_outside)
        .with(Post, "/v1/session", Anyone, login::log_in)
        .with(Delete, "/v1/session", Person, login::log_out)
        .with(Post, "/v1/session/code", Anyone, login::redeem)
        .with(Post, "/v1/codes", Anyone, login::code_for)
        .with(Post, "/v1/accounts", Anyone, login::sign_up)
        .with(Put, "/v1/password", Person, login::change_password)
}
