//! Entities as they stand in replies: every attribute of their kind is there, also where it has no
//! value, so that a script finds what it looks for and a patch has something to stand on.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::model::record::Record;
use crate::server::reply::{self, Failure};

/// What is bookkeeping between backend and replicas.
const INNER: &str = "written";

/// An entity as JSON.
pub(super) fn resource(record: &Record) -> Result<Value, Failure> {
    let json = record.to_json().map_err(reply::unwritable)?;
    let Value::Object(mut attributes) = json else {
        return Ok(json);
    };
    attributes.remove(INNER);
    fill(&mut attributes, Record::fields(record.key().entity_type()));
    Ok(Value::Object(attributes))
}

/// Adds what is left out where it is empty.
fn fill(attributes: &mut Map<String, Value>, fields: &[(&str, &str)]) {
    for (name, kind) in fields {
        if !attributes.contains_key(*name) {
            attributes.insert((*name).to_owned(), empty(kind));
        }
    }
}

fn empty(kind: &str) -> Value {
    match kind.split('<').next().unwrap_or_default() {
        "bool" => json!(false),
        "BTreeSet" | "Vec" => json!([]),
        "BTreeMap" => json!({}),
        _ => Value::Null,
    }
}

/// An entity as a reply, with its version as its tag.
pub(super) fn reply_with(status: StatusCode, record: &Record) -> Result<Response, Failure> {
    let mut response = reply::json(&resource(record)?);
    *response.status_mut() = status;
    if let Ok(tag) = HeaderValue::from_str(&tag_of(record)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// The tag of an entity as it is.
pub(super) fn tag_of(record: &Record) -> String {
    format!("\"r{}\"", record.common().version)
}
