//! Whether the server is well, for whoever watches over it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use super::access::{Connection, is_forwarded};
use super::observe::Metrics;
use super::reply;
use crate::desk::Desk;

/// What the answers are made of.
#[derive(Clone)]
struct Health {
    desk: Arc<Desk>,
    metrics: Arc<Metrics>,
}

/// Routes outside of the protocol, which tell nothing of any family.
pub fn routes(desk: Arc<Desk>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "well\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
        .with_state(Health { desk, metrics })
}

/// Whether requests are answered: the store can be read and is whole, and the server is not about
/// to stop.
async fn ready(State(health): State<Health>, request: Request) -> Response {
    let connection = request.extensions().get::<Connection>();
    if connection.is_some_and(|it| *it.stopping.borrow()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if health.desk.damage().is_some() {
        let told = "the store is damaged; restore a backup\n";
        return (StatusCode::SERVICE_UNAVAILABLE, told).into_response();
    }
    match health.desk.server_id().await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!("the store does not answer: {error}");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store does not answer\n",
            )
                .into_response()
        }
    }
}

/// For programs on this machine alone, and not through a proxy.
async fn numbers(State(health): State<Health>, request: Request) -> Response {
    let connection = request.extensions().get::<Connection>();
    let is_local = connection.is_none_or(|it| it.peer.is_local());
    if !is_local || is_forwarded(request.headers()) {
        return reply::no_such_route().await.into_response();
    }
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    let text = health.metrics.text() + &Metrics::text_of_sent(health.desk.sent());
    (kind, text).into_response()
}
