//! Texts and files, whole or in pieces.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};

use super::client::{CallError, Client, success, unreadable};
use crate::model::id::FamilyId;
use crate::wire::blob::{ByteRange, ContentRange, PIECE, UPLOAD_OFFSET};

/// How much of a blob a backend has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum There {
    Whole,
    /// So many bytes from its beginning, sent by this person.
    Part(u64),
}

/// A family's blob, by the SHA-256 of its bytes.
pub type BlobName<'a> = (FamilyId, &'a str);

impl Client {
    /// How much of a blob the backend has, as far as this person may know.
    pub async fn blob_there(&self, name: BlobName<'_>) -> Result<There, CallError> {
        let path = path_of(name);
        let (status, headers, _) = self
            .exchange(Method::HEAD, &path, (&[], Bytes::new()))
            .await?;
        match status {
            StatusCode::NOT_FOUND => Ok(There::Part(offset(&headers))),
            status => success(&path, status, &[]).map(|()| There::Whole),
        }
    }

    /// Sends all of a blob that the backend does not have yet, piece by piece, from where it was
    /// cut off; `told` hears how many bytes are there.
    pub async fn send_blob(
        &self,
        name: BlobName<'_>,
        bytes: &Bytes,
        mut told: impl FnMut(u64),
    ) -> Result<(), CallError> {
        let total = bytes.len() as u64;
        let mut there = self.blob_there(name).await?;
        while let There::Part(from) = there {
            told(from);
            // What is all there and not whole is begun anew.
            let start = usize::try_from(from).unwrap_or(usize::MAX);
            let start = if start < bytes.len() { start } else { 0 };
            let end = start.saturating_add(PIECE).min(bytes.len());
            let range = ContentRange {
                start: start as u64,
                end: end as u64,
                total,
            };
            let path = path_of(name);
            let piece = bytes.slice(start..end);
            let range = range.to_string();
            let head: &[_] = match total {
                0 => &[],
                _ => &[(header::CONTENT_RANGE, range.as_str())],
            };
            let (status, headers, body) = self.exchange(Method::PUT, &path, (head, piece)).await?;
            success(&path, status, &body)?;
            there = match status {
                StatusCode::ACCEPTED => There::Part(offset(&headers)),
                _ => There::Whole,
            };
        }
        told(total);
        Ok(())
    }

    /// All of a blob, not checked against its name.
    pub async fn get_blob(&self, name: BlobName<'_>) -> Result<Bytes, CallError> {
        let path = path_of(name);
        let nothing = (&[][..], Bytes::new());
        let (status, _, body) = self.exchange(Method::GET, &path, nothing).await?;
        success(&path, status, &body)?;
        Ok(body)
    }

    /// The same piece by piece; `told` hears how many bytes of how many are here.
    pub async fn fetch_blob(
        &self,
        name: BlobName<'_>,
        mut told: impl FnMut(u64, u64),
    ) -> Result<Vec<u8>, CallError> {
        let path = path_of(name);
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len() as u64;
            let range = ByteRange {
                start,
                end: Some(start + PIECE as u64),
            };
            let range = range.to_string();
            let head = [(header::RANGE, range.as_str())];
            let (status, headers, body) = self
                .exchange(Method::GET, &path, (&head, Bytes::new()))
                .await?;
            success(&path, status, &body)?;
            let sent = headers.get(header::CONTENT_RANGE);
            let sent = sent.and_then(|it| it.to_str().ok()?.parse::<ContentRange>().ok());
            let Some(sent) = sent.filter(|it| it.start == start) else {
                return Err(unreadable(&path, &"it is not the piece that was asked for"));
            };
            bytes.extend_from_slice(&body);
            told(sent.end, sent.total);
            if body.is_empty() || sent.end >= sent.total {
                return Ok(bytes);
            }
        }
    }
}

fn path_of((family, sha256): BlobName<'_>) -> String {
    format!("/v1/families/{family}/blobs/{sha256}")
}

fn offset(headers: &HeaderMap) -> u64 {
    let value = headers.get(UPLOAD_OFFSET);
    value
        .and_then(|it| it.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}
