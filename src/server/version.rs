//! Whether client and server speak the same protocol. What the server is, anyone may ask.

use axum::extract::Request;

use super::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};
use crate::wire::session::{PROTOCOL_HEADER, ProtocolRange};

/// Lets a request pass that names no version, or one that is spoken here.
pub async fn check(request: Request) -> Result<Request, Failure> {
    let Some(named) = request.headers().get(PROTOCOL_HEADER) else {
        return Ok(request);
    };
    let version = named.to_str().ok().and_then(|text| text.parse().ok());
    let ours = ProtocolRange::OURS;
    if request.uri().path() == "/v1/meta" || version.is_some_and(|it| ours.contains(it)) {
        return Ok(request);
    }
    let detail = format!(
        "famdesk {} speaks the protocol {} to {} and was asked in {named:?}; \
         bring both programs to one version",
        env!("CARGO_PKG_VERSION"),
        ours.min,
        ours.max
    );
    Err(Problem::new(ProblemKind::OtherProtocol, detail).into())
}
