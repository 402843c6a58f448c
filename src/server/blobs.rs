//! Texts and files too long for the table, by the hash of their content; whole or in pieces.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};

use super::caller::Caller;
use super::reply::{Body, Failure};
use crate::desk::{Desk, DeskError};
use crate::model::id::{FamilyId, UserId};
use crate::model::long_text::TEXT_LIMIT;
use crate::table::blobs::Arrived;
use crate::wire::blob::{ByteRange, ContentRange, NotARange, UPLOAD_OFFSET};
use crate::wire::problem::{Problem, ProblemKind};

/// A family's blob, named by its hash.
type Name = Path<(String, String)>;

/// Whether the blob is here for whoever asks; else how much of it they have sent.
pub async fn has(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
) -> Result<Response, Failure> {
    let whose = whose(&family, &caller)?;
    if desk.has_blob(whose, &sha256).await? {
        return Ok(StatusCode::OK.into_response());
    }
    let begun = desk.begun_blob(whose, &sha256).await?;
    Ok((StatusCode::NOT_FOUND, offset(begun)).into_response())
}

/// The bytes for whoever sees something that speaks of them, as a file to be kept and not opened.
pub async fn get(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let readable = desk
        .readable_blob(whose(&family, &caller)?, &sha256)
        .await?;
    let name = readable.file_name.as_deref().unwrap_or(&sha256);
    as_file(&desk, (&sha256, name), &headers).await
}

/// A blob as a file of that name, whole or as much of it as is asked for.
pub(super) async fn as_file(
    desk: &Desk,
    (sha256, name): (&str, &str),
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let as_file = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let Some(range) = asked_range(headers)? else {
        let (blobs, name) = (Arc::clone(desk.blobs()), sha256.to_owned());
        let read = tokio::task::spawn_blocking(move || blobs.get(&name));
        let bytes = read.await.map_err(|_| DeskError::Stopping)?;
        let bytes = bytes.map_err(DeskError::from)?;
        return Ok((as_file, bytes).into_response());
    };
    let most = range.end.map_or(TEXT_LIMIT as u64, |end| end - range.start);
    let most = usize::try_from(most).unwrap_or(TEXT_LIMIT).min(TEXT_LIMIT);
    let part = desk.blobs().part(sha256, range.start, most);
    let (bytes, total) = part.map_err(DeskError::from)?;
    if bytes.is_empty() {
        let there = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, there).into_response());
    }
    let sent = ContentRange {
        start: range.start,
        end: range.start + bytes.len() as u64,
        total,
    };
    let sent = [(header::CONTENT_RANGE, sent.to_string())];
    Ok((StatusCode::PARTIAL_CONTENT, as_file, sent, bytes).into_response())
}

/// Takes in the bytes, or a piece of them. A piece that does not begin where the one before ended
/// changes nothing; the reply says where to go on.
pub async fn put(
    State(desk): State<Arc<Desk>>,
    Path((family, sha256)): Name,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Failure> {
    let whose = whose(&family, &caller)?;
    let length = body.len() as u64;
    let range = match headers.get(header::CONTENT_RANGE) {
        Some(value) => value
            .to_str()
            .unwrap_or_default()
            .parse()
            .map_err(no_range)?,
        None => ContentRange {
            start: 0,
            end: length,
            total: length,
        },
    };
    if range.end - range.start != length {
        let detail = format!("the request holds {length} bytes, and says {range}");
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    }
    if range.total > TEXT_LIMIT as u64 {
        let detail = format!("a file has at most {} MiB", TEXT_LIMIT / 1024 / 1024);
        return Err(Problem::new(ProblemKind::TooLarge, detail).into());
    }
    let place = (sha256.as_str(), range.start, range.total);
    match desk.take_blob(whose, place, body.clone()).await? {
        Arrived::Whole => Ok(StatusCode::NO_CONTENT.into_response()),
        // Whoever sends it whole has nothing to go on with.
        Arrived::Part(_) if range.end == range.total && range.start == 0 => {
            desk.forget_begun_blob(whose, &sha256).await?;
            let again = desk.take_blob(whose, place, body).await?;
            Ok(arrived(again))
        }
        part => Ok(arrived(part)),
    }
}

fn arrived(arrived: Arrived) -> Response {
    match arrived {
        Arrived::Whole => StatusCode::NO_CONTENT.into_response(),
        Arrived::Part(have) => (StatusCode::ACCEPTED, offset(have)).into_response(),
    }
}

fn whose(family: &str, caller: &Caller) -> Result<(FamilyId, UserId), Failure> {
    Ok((family.parse()?, caller.user_id()))
}

fn offset(have: u64) -> [(HeaderName, String); 1] {
    [(HeaderName::from_static(UPLOAD_OFFSET), have.to_string())]
}

fn asked_range(headers: &HeaderMap) -> Result<Option<ByteRange>, Failure> {
    let Some(value) = headers.get(header::RANGE) else {
        return Ok(None);
    };
    let range = value.to_str().unwrap_or_default().parse();
    range.map(Some).map_err(no_range)
}

fn no_range(error: NotARange) -> Failure {
    Problem::new(ProblemKind::Malformed, error.to_string()).into()
}

/// To be kept under this name (RFC 6266).
fn disposition(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        // What RFC 8187 calls attr-char.
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => encoded.push(char::from(byte)),
            b'!' | b'#' | b'$' | b'&' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_nothing_in_a_header_but_itself() {
        assert_eq!(
            disposition("März \"1\".pdf\r\nSet-Cookie: a=b"),
            "attachment; filename*=UTF-8''M%C3%A4rz%20%221%22.pdf%0D%0ASet-Cookie%3A%20a%3Db"
        );
    }
}
