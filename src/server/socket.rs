//! The bundled backend for other programs of the same person: the routes behind a Unix socket.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustix::process::geteuid;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

/// How long to wait where the system gives no more connections.
const OUT_OF_BREATH: Duration = Duration::from_millis(100);

/// Listens at the address, in place of whoever listened there before. Only whoever holds the
/// store may do this. What calls from now on waits until it is served.
///
/// # Errors
/// Where no socket can be made there.
pub fn listen(address: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(address) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(address)?;
    fs::set_permissions(address, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves the routes to whoever calls, for as long as it is polled. Dropping it hangs up on all.
pub async fn serve(listener: UnixListener, routes: Router) {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if is_ours(&stream) => {
                    let serving = http1::Builder::new()
                        .auto_date_header(false)
                        .serve_connection(
                            TokioIo::new(stream),
                            TowerToHyperService::new(routes.clone()),
                        );
                    // Whoever hangs up needs no more answers.
                    calls.spawn(async move { drop(serving.await) });
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!("another program could not be let in ({error})");
                    tokio::time::sleep(OUT_OF_BREATH).await;
                }
            },
            Some(_) = calls.join_next() => {}
        }
    }
}

/// Whether a program of this very person calls.
fn is_ours(stream: &UnixStream) -> bool {
    let ours = geteuid().as_raw();
    match stream.peer_cred() {
        Ok(peer) if peer.uid() == ours => true,
        Ok(peer) => {
            tracing::warn!(
                "refused a program of user {} (process {}) at the store's socket; it serves user \
                 {ours} alone",
                peer.uid(),
                peer.pid().unwrap_or_default()
            );
            false
        }
        Err(error) => {
            tracing::warn!("refused a program that did not say whose it is ({error})");
            false
        }
    }
}
