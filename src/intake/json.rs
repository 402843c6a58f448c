//! Reading what may stand in a JSON export: absent, null, empty, a number for a text.

use jiff::Timestamp as Moment;
use serde_json::Value;

use super::moment::moment;

/// A text or number as text; none where it is absent, empty or something else.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A time that may be absent, but not malformed.
pub(super) fn time(of: &Value, name: &str) -> Result<Option<Moment>, String> {
    text(of.get(name))
        .map(|text| moment(&text).ok_or_else(|| bad_time(name, &text)))
        .transpose()
}

pub(super) fn bad_time(name: &str, text: &str) -> String {
    format!("`{name}` is not a time: `{text}`")
}

pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// The name of something, or the thing itself where it stands as a bare text.
pub(super) fn name_of(value: &Value) -> Option<String> {
    text(value.get("name")).or_else(|| text(Some(value)))
}

pub(super) fn names(values: &Value) -> impl Iterator<Item = String> {
    list(values).filter_map(name_of)
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
