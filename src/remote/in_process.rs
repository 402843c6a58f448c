//! The bundled backend: the server's routes as a service in this process, without a socket.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::sync::watch;
use tower::{Service, ServiceExt};

use super::{Remote, Unreachable};

/// A backend in this process.
pub struct InProcess<S> {
    service: S,
    /// Counts up whenever something has happened.
    changes: Mutex<watch::Receiver<u64>>,
}

impl<S> InProcess<S> {
    /// The given routes, and the counter of what happens behind them.
    pub fn new(service: S, changes: watch::Receiver<u64>) -> InProcess<S> {
        InProcess {
            service,
            changes: Mutex::new(changes),
        }
    }
}

impl<S> InProcess<S> {
    fn changes(&self) -> MutexGuard<'_, watch::Receiver<u64>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S, B> Remote for InProcess<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Display,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send,
    B::Error: Display,
{
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        let service = self.service.clone();
        Box::pin(async move {
            let response = service
                .oneshot(request.map(Full::new))
                .await
                .map_err(|error| Unreachable(error.to_string()))?;
            let (head, body) = response.into_parts();
            let body = body
                .collect()
                .await
                .map_err(|error| Unreachable(error.to_string()))?
                .to_bytes();
            Ok(Response::from_parts(head, body))
        })
    }

    fn listen(&self) {
        self.changes().mark_unchanged();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        let mut changes = self.changes().clone();
        Box::pin(async move {
            if changes.changed().await.is_err() {
                // The backend is gone and will not say anything any more.
                std::future::pending::<()>().await;
            }
        })
    }
}
