//! The table of routes: each with its verb, its path, who may use it and how much it takes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};

use super::access::{self, Access, Gate};
use super::openapi::{Document, Told};
use super::{limits, reply};
use crate::desk::Desk;
use crate::model::import::BATCH_LIMIT;
use crate::model::long_text::{INLINE_LIMIT, TEXT_LIMIT};

/// The verbs that are spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a request costs the server: how much it takes in, for how long, and which limits it counts
/// against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Whatever a script or a person asks for.
    Request,
    /// What a program of ours asks for in passing, as often as something happens.
    Sync,
    /// Commands, an import's too.
    Commands,
    /// A page of a family as it is.
    Snapshot,
    /// A long text or a file.
    Blob,
    /// An answer once something has happened.
    Wait,
    /// A stream without an end.
    Stream,
}

/// One route, as the table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub access: Access,
    /// What is said of it to whoever wants to use it; a test sees to it that something is.
    pub told: Option<Told>,
}

/// Routes over one desk.
pub struct Routes {
    desk: Arc<Desk>,
    bounds: Bounds,
    router: Router<Arc<Desk>>,
    table: Vec<Route>,
}

/// How strictly the size of requests is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// By whatever a program of ours may send; it is this person's own.
    Store,
    /// By what a stranger may send.
    Network,
}

/// The most bytes that one byte of a text takes in JSON.
const ESCAPED: usize = 6;

/// The most bytes in one request beside the store: an import of as many entities as there may be,
/// each with as long a text as there may be. A blob is less.
const STORE_LIMIT: usize = BATCH_LIMIT * INLINE_LIMIT * ESCAPED + TEXT_LIMIT;

impl Routes {
    pub fn new(desk: Arc<Desk>, bounds: Bounds) -> Routes {
        Routes {
            desk,
            bounds,
            router: Router::new(),
            table: Vec::new(),
        }
    }

    /// A route like most.
    pub fn with<H, T>(self, verb: Verb, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, Arc<Desk>>,
        T: 'static,
    {
        self.costing((verb, path), access, Cost::Request, handler)
    }

    pub fn costing<H, T>(
        mut self,
        (verb, path): (Verb, &'static str),
        access: Access,
        cost: Cost,
        handler: H,
    ) -> Routes
    where
        H: Handler<T, Arc<Desk>>,
        T: 'static,
    {
        let gate = Gate {
            desk: Arc::clone(&self.desk),
            access,
        };
        let route = on(verb.filter(), handler)
            .layer(DefaultBodyLimit::max(self.bounds.bytes(cost)))
            .layer(from_fn_with_state(
                (Arc::clone(&self.desk), cost),
                limits::admit,
            ))
            .layer(from_fn_with_state(gate, access::check));
        let route = match self.bounds {
            Bounds::Store => route,
            Bounds::Network => route.layer(from_fn_with_state(cost.patience(), limits::in_time)),
        };
        self.router = self.router.route(path, route);
        self.table.push(Route {
            verb,
            path,
            access,
            told: None,
        });
        self
    }

    /// Says what the route is for that was named last.
    pub fn told(mut self, told: Told) -> Routes {
        if let Some(route) = self.table.last_mut() {
            route.told = Some(told);
        }
        self
    }

    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The table itself.
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The routes as a service; what is no route is told so.
    pub fn router(self) -> Router {
        self.router
            .layer(Extension(Document::of(&self.table)))
            .fallback(reply::no_such_route)
            .method_not_allowed_fallback(reply::no_such_method)
            .with_state(self.desk)
    }
}

impl Bounds {
    fn bytes(self, cost: Cost) -> usize {
        match (self, cost) {
            (Bounds::Store, _) => STORE_LIMIT,
            (Bounds::Network, Cost::Commands) => 16 * 1024 * 1024,
            (Bounds::Network, Cost::Blob) => TEXT_LIMIT,
            (Bounds::Network, _) => 1024 * 1024,
        }
    }
}

impl Cost {
    /// How long a request may take, from its head to the head of the reply.
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Cost::Commands | Cost::Blob => 300,
            Cost::Request | Cost::Sync | Cost::Snapshot | Cost::Wait | Cost::Stream => 30,
        })
    }
}

impl Verb {
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Head => "HEAD",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }

    fn filter(self) -> MethodFilter {
        match self {
            Verb::Get => MethodFilter::GET,
            Verb::Head => MethodFilter::HEAD,
            Verb::Post => MethodFilter::POST,
            Verb::Put => MethodFilter::PUT,
            Verb::Patch => MethodFilter::PATCH,
            Verb::Delete => MethodFilter::DELETE,
        }
    }
}
