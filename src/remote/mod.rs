//! A way to reach a backend: in this process, over a socket or over a network, behind one trait.
//! [`client::Client`] speaks the protocol through whichever it is given.

use ::http::{Request, Response};
use bytes::Bytes;
use futures::future::BoxFuture;

use crate::wire::login::Secret;

pub mod address;
pub mod blobs;
pub mod client;
pub mod found;
pub mod http;
pub mod in_process;
mod login;
pub mod socket;
pub mod tls;
pub mod token;
mod webhooks;

/// Carries one request to a backend and its reply back.
pub trait Remote: Send + Sync {
    /// # Errors
    /// [`Unreachable`] where no reply came; nothing is known of what the backend did.
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>>;

    /// Whether it may be out of reach for long, so that one works on without it.
    fn is_far(&self) -> bool {
        false
    }

    /// Keeps another token of this device, by which it is known from now on.
    ///
    /// # Errors
    /// Where it can't be kept, or nobody signs in there.
    fn keep_token(&self, _token: &Secret) -> Result<(), Unreachable> {
        Err(Unreachable("nobody signs in at their own store".to_owned()))
    }

    /// From here on, whatever changes counts for [`poked`](Remote::poked).
    fn listen(&self);

    /// Waits until the backend says that something has changed since
    /// [`listen`](Remote::listen), also where that was before this call.
    fn poked(&self) -> BoxFuture<'_, ()>;
}

/// No reply came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the backend did not answer ({0}); it will be tried again")]
pub struct Unreachable(pub String);
