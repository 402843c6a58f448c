//! Where a list goes on: opaque text, good for the one list it came from.

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderValue, Uri, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::audit::sha256_hex;
use crate::server::reply::{self, Failure};
use crate::wire::problem::{Problem, ProblemKind};

/// The newest version of the text form.
const VERSION: &str = "l1.";

/// How many entities stand on one page unless told otherwise, and at the most.
pub(super) const USUAL_LIMIT: usize = 50;
pub(super) const LIMIT: usize = 200;

/// What may be asked of any list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
    /// Which tickets.
    #[serde(default)]
    pub q: Option<String>,
}

/// One page of a list.
#[derive(Serialize)]
pub(super) struct Page {
    pub items: Vec<Value>,
    /// The cursor of the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A cursor from within.
#[derive(Serialize, Deserialize)]
struct Inside {
    /// The list, as a hash.
    of: String,
    after: String,
    #[serde(default)]
    place: u64,
}

impl Paging {
    /// What a request asks of a list; only a list of tickets is asked by a query.
    pub fn of(uri: &Uri, is_searched: bool) -> Result<Paging, Failure> {
        let malformed =
            |detail: String| Failure::from(Problem::new(ProblemKind::Malformed, detail));
        let asked = axum::extract::Query::<Paging>::try_from_uri(uri);
        let axum::extract::Query(paging) = asked.map_err(|error| malformed(error.body_text()))?;
        if !is_searched && paging.q.is_some() {
            return Err(malformed(
                "only lists of tickets are searched by `q`".to_owned(),
            ));
        }
        match paging.limit {
            Some(limit) if !(1..=LIMIT).contains(&limit) => {
                Err(malformed(format!("limit: take 1 to {LIMIT}")))
            }
            _ => Ok(paging),
        }
    }

    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL_LIMIT)
    }

    /// Where the page before this one of the named list ended, and at which place of the list.
    pub fn after(&self, list: &str) -> Result<Option<(String, u64)>, Failure> {
        let Some(text) = &self.cursor else {
            return Ok(None);
        };
        let inside = read(text).filter(|inside| inside.of == name_of(list));
        match inside {
            Some(inside) => Ok(Some((inside.after, inside.place))),
            None => {
                let detail = "cursor: it is of no such list; begin again without one";
                Err(Problem::new(ProblemKind::Malformed, detail).into())
            }
        }
    }
}

fn read(text: &str) -> Option<Inside> {
    let coded = text.strip_prefix(VERSION)?;
    let bytes = URL_SAFE_NO_PAD.decode(coded).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The cursor behind an entity of the named list.
pub(super) fn cursor(list: &str, after: impl ToString, place: u64) -> Result<String, Failure> {
    let inside = Inside {
        of: name_of(list),
        after: after.to_string(),
        place,
    };
    let bytes = serde_json::to_vec(&inside).map_err(reply::unwritable)?;
    Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn name_of(list: &str) -> String {
    let mut hash = sha256_hex(list.as_bytes());
    hash.truncate(16);
    hash
}

/// A page as a reply, with a link to the one behind it.
pub(super) fn reply_with(page: &impl Serialize, uri: &Uri, next: Option<&str>) -> Response {
    let mut response = reply::json(page);
    let link = next.and_then(|cursor| HeaderValue::from_str(&link(uri, cursor)).ok());
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn link(uri: &Uri, cursor: &str) -> String {
    let asked = uri.query().unwrap_or_default().split('&');
    let kept = asked.filter(|it| !it.is_empty() && !it.starts_with("cursor="));
    let cursor = format!("cursor={cursor}");
    let asked: Vec<&str> = kept.chain([cursor.as_str()]).collect();
    format!("<{}?{}>; rel=\"next\"", uri.path(), asked.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_on_in_its_own_list_alone() {
        let text = cursor("tickets of F, is:open", "t1", 50).unwrap_or_default();
        let paging = Paging {
            cursor: Some(text.clone()),
            ..Paging::default()
        };
        let found = paging.after("tickets of F, is:open");
        assert!(matches!(found, Ok(Some((after, 50))) if after == "t1"));
        assert!(paging.after("tickets of G, is:open").is_err());
        assert!(paging.after("tickets of F").is_err());
        let uri: Uri = "/v1/x?q=a%20b&cursor=old&limit=2"
            .parse()
            .unwrap_or_default();
        let expected = format!("</v1/x?q=a%20b&limit=2&cursor={text}>; rel=\"next\"");
        assert_eq!(link(&uri, &text), expected);
    }
}
