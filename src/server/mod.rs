//! The routes over the desk. The bundled backend is these routes as a service in the same process,
//! and for other programs of the same person behind a socket; the network server is the same
//! behind listeners and a login.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::{Extension, Router};

use crate::desk::Desk;

mod access;
mod accounts;
mod asked;
mod blobs;
mod caller;
mod events;
mod feed;
mod health;
pub mod limits;
pub mod listen;
mod login;
mod observe;
pub mod openapi;
mod pace;
mod places;
mod presence;
pub mod proxies;
mod push;
mod reply;
mod rest;
mod routes;
mod session;
pub mod socket;
mod stall;
pub mod tls;
mod told;
mod transfer;
mod version;
mod webhooks;

pub use access::{Access, Connection, Peer};
pub use observe::Metrics;
pub use rest::SearchPatience;
pub use routes::{Route, Verb};

use access::Door;
use openapi::{Content, Told};
use routes::{Bounds, Cost, Routes};
use told::*;

/// The routes of the bundled backend, where whoever calls is the store's owner.
pub fn bundled(desk: Arc<Desk>) -> Router {
    let routes = everywhere(Routes::new(desk, Bounds::Store));
    beside_the_store(routes)
        .router()
        .layer(map_request(version::check))
        .layer(Extension(Door::Store))
        .layer(from_fn(asked::name))
}

/// The routes of a server, where whoever calls says who they are.
pub fn network(desk: Arc<Desk>, metrics: Arc<Metrics>) -> Router {
    all(Arc::clone(&desk))
        .router()
        .layer(map_request(version::check))
        .merge(health::routes(desk, Arc::clone(&metrics)))
        .layer(Extension(Door::Network))
        .layer(from_fn(asked::name))
        .layer(from_fn_with_state(metrics, observe::watch))
}

/// What a server's routes are and who may use each.
pub fn network_table(desk: Arc<Desk>) -> Vec<Route> {
    all(desk).table().to_vec()
}

/// Everything that a server does.
fn all(desk: Arc<Desk>) -> Routes {
    let routes = everywhere(Routes::new(desk, Bounds::Network));
    rest::routes(logging_in(routes))
        .with(Verb::Get, "/openapi.json", Access::Anyone, openapi::serve)
        .told(Told::new("This description").answers(Content::Protocol))
}

fn everywhere(routes: Routes) -> Routes {
    use Access::{Anyone, Owner, Person, Read, Write};
    use Verb::{Delete, Get, Head, Patch, Post, Put};
    routes
        .costing((Get, "/v1/meta"), Anyone, Cost::Sync, session::meta)
        .told(Told::new("What the server is").answers(Content::Protocol))
        .costing((Get, "/v1/session"), Read, Cost::Sync, session::session)
        .told(Told::new("Who you are, and your families").answers(Content::Protocol))
        .costing((Get, "/v1/events"), Read, Cost::Stream, events::events)
        .told(
            Told::new("A stream that says whenever something has happened, and nothing of what")
                .answers(Content::Events),
        )
        .costing((Get, "/v1/events/next"), Read, Cost::Wait, events::next)
        .told(
            Told::new(
                "The same where a stream does not reach: answers once something has happened",
            )
            .asked(WAITING)
            .answers(Content::Protocol),
        )
        .costing(
            (Post, "/v1/families/{family}/commands"),
            Write,
            Cost::Commands,
            push::push,
        )
        .told(
            Told::new("Give commands in the order of a device, as famdesk does")
                .takes(PUSH)
                .asked(WITNESS)
                .answers(Content::Protocol),
        )
        .costing(
            (Post, "/v1/families/{family}/commands/known"),
            Read,
            Cost::Sync,
            push::known,
        )
        .told(
            Told::new("Which of these commands have been decided here, by their ids")
                .takes_list("CommandId")
                .answers(Content::Protocol),
        )
        .costing(
            (Get, "/v1/families/{family}/log"),
            Read,
            Cost::Sync,
            feed::log,
        )
        .told(
            Told::new("What happened after a cursor, as famdesk follows it")
                .asked(FOLLOWING)
                .answers(Content::Protocol),
        )
        .costing(
            (Get, "/v1/families/{family}/history"),
            Read,
            Cost::Sync,
            feed::history,
        )
        .told(
            Told::new("What happened before a replica began to follow")
                .asked(PAST)
                .answers(Content::Protocol),
        )
        .costing(
            (Get, "/v1/families/{family}/snapshot"),
            Read,
            Cost::Snapshot,
            feed::snapshot,
        )
        .told(
            Told::new("The family as it is now, page by page")
                .asked(SNAPSHOT)
                .answers(Content::Protocol),
        )
        .costing(
            (Post, "/v1/families/{family}/rows"),
            Read,
            Cost::Sync,
            feed::rows,
        )
        .told(
            Told::new("Entities as they are now, by their keys")
                .takes_list("EntityKey")
                .answers(Content::Protocol),
        )
        .with(
            Get,
            "/v1/families/{family}/audit/verify",
            Read,
            feed::verify,
        )
        .told(Told::new("Whether the chain of the audit is whole").answers(Content::Protocol))
        .with(Get, "/v1/families/{family}/export", Read, transfer::head)
        .told(
            Told::new("The beginning of a family on its way to another store")
                .answers(Content::Protocol),
        )
        .with(Put, "/v1/families/{family}/export", Owner, transfer::begin)
        .told(
            Told::new("Begin to take a family in")
                .takes(EXPORT_HEAD)
                .answers(Content::Protocol),
        )
        .costing(
            (Get, "/v1/families/{family}/export/log"),
            Read,
            Cost::Sync,
            transfer::log,
        )
        .told(
            Told::new("The log of a family on its way to another store")
                .asked(AFTER)
                .answers(Content::Protocol),
        )
        .costing(
            (Post, "/v1/families/{family}/export/log"),
            Owner,
            Cost::Commands,
            transfer::take_in,
        )
        .told(
            Told::new("Take in the log of a family")
                .takes(EXPORT_LOG)
                .answers(Content::Protocol),
        )
        .costing(
            (Head, "/v1/families/{family}/blobs/{sha256}"),
            Read,
            Cost::Sync,
            blobs::has,
        )
        .told(Told::new("Whether a long text or a file is there").status(200))
        .costing(
            (Get, "/v1/families/{family}/blobs/{sha256}"),
            Read,
            Cost::Blob,
            blobs::get,
        )
        .told(Told::new("A long text or a file, by the hash of its bytes").answers(Content::Bytes))
        .costing(
            (Put, "/v1/families/{family}/blobs/{sha256}"),
            Write,
            Cost::Blob,
            blobs::put,
        )
        .told(Told::new("Keep a long text or a file").takes_bytes())
        .with(Get, "/v1/families/{family}/webhooks", Read, webhooks::list)
        .told(
            Told::new("The family's webhooks, and how each is doing")
                .answers(Content::Listing("WebhookRow")),
        )
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/secret",
            Write,
            webhooks::rotate,
        )
        .told(
            Told::new("Give a webhook a new secret, which is told this once")
                .answers(Content::Named("WebhookSecret")),
        )
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/test",
            Write,
            webhooks::test,
        )
        .told(
            Told::new("Send a webhook an event that says nothing")
                .answers(Content::Named("Delivery")),
        )
        .with(
            Get,
            "/v1/families/{family}/webhooks/{webhook}/deliveries",
            Read,
            webhooks::deliveries,
        )
        .told(
            Told::new("What waits for a webhook, and what was sent to it lately")
                .answers(Content::Listing("Delivery")),
        )
        .with(
            Post,
            "/v1/families/{family}/webhooks/{webhook}/deliveries/{number}/resend",
            Write,
            webhooks::resend,
        )
        .told(Told::new("Try a delivery anew").answers(Content::Named("Delivery")))
        .with(Get, "/v1/families/{family}/presence", Read, presence::list)
        .told(
            Told::new("Who else is at which ticket just now").answers(Content::Listing("Present")),
        )
        .with(
            Put,
            "/v1/families/{family}/presence/{screen}",
            Write,
            presence::appear,
        )
        .told(Told::new("Say which ticket a screen of yours is at").takes(WHEREABOUTS))
        .with(
            Delete,
            "/v1/families/{family}/presence/{screen}",
            Write,
            presence::disappear,
        )
        .told(Told::new("Say that a screen of yours is at no ticket"))
        .with(Get, "/v1/sessions", Person, login::sessions)
        .told(Told::new("The devices you are signed in on").answers(Content::Protocol))
        .with(Get, "/v1/session/log", Person, login::log)
        .told(
            Told::new("What was done to your login")
                .asked(LIMITED)
                .answers(Content::Protocol),
        )
        .with(
            Delete,
            "/v1/sessions/{session}",
            Person,
            login::revoke_session,
        )
        .told(Told::new("Sign a device out"))
        .with(Get, "/v1/keys", Person, login::keys)
        .told(Told::new("Your API keys").answers(Content::Protocol))
        .with(Post, "/v1/keys", Person, login::create_key)
        .told(
            Told::new("Make an API key for one of your families")
                .takes(NEW_KEY)
                .answers(Content::Protocol),
        )
        .with(Delete, "/v1/keys/{key}", Person, login::revoke_key)
        .told(Told::new("Revoke an API key"))
        .with(Get, "/v1/accounts", Owner, accounts::accounts)
        .told(
            Told::new("Everybody who has a login here, also those who wait to be let in")
                .answers(Content::Protocol),
        )
        .with(Patch, "/v1/accounts/{user}", Owner, accounts::change)
        .told(
            Told::new("Let an account in, or shut it")
                .takes(ACCOUNT)
                .answers(Content::Protocol),
        )
        .with(
            Post,
            "/v1/accounts/{user}/code",
            Person,
            accounts::make_code,
        )
        .told(
            Told::new("Make the one-time code by which somebody claims their account")
                .answers(Content::Protocol),
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
        .told(
            Told::new("Make somebody known, to ask them into a family")
                .takes(INTRODUCTION)
                .answers(Content::Protocol),
        )
        .with(Post, "/v1/session", Anyone, login::log_in)
        .told(
            Told::new("Sign a device in")
                .takes(LOG_IN)
                .answers(Content::Protocol),
        )
        .with(Delete, "/v1/session", Person, login::log_out)
        .told(Told::new("Sign this device out"))
        .with(Post, "/v1/session/code", Anyone, login::redeem)
        .told(
            Told::new("Choose a password by a one-time code")
                .takes(REDEEM)
                .answers(Content::Protocol),
        )
        .with(Post, "/v1/codes", Anyone, login::code_for)
        .told(
            Told::new("Whose a one-time code is")
                .takes(CODE)
                .answers(Content::Protocol),
        )
        .with(Post, "/v1/accounts", Anyone, login::sign_up)
        .told(Told::new("Ask for a login").takes(SIGN_UP).status(202))
        .with(Put, "/v1/password", Person, login::change_password)
        .told(Told::new("Change your password").takes(PASSWORD))
}
