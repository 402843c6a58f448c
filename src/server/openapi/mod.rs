//! The description of all routes (OpenAPI 3.1), made of the routes' own table. What a route takes
//! and answers is said where the route stands; what entities look like comes from the model.

use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use serde_json::{Map, Value, json};

mod schema;

use super::access::Access;
use super::rest::{self, IDEMPOTENCY_KEY};
use super::routes::{Route, Verb};
use crate::model::entity::EntityType;

/// What is said of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What it is for, in a line.
    says: &'static str,
    takes: Body,
    answers: Content,
    /// The status of an answer where all went well.
    status: u16,
    /// Whether its list goes on by cursors.
    is_paged: bool,
    is_searched: bool,
    /// Whether a request needs an `Idempotency-Key`.
    is_keyed: bool,
    /// Whether a request needs an `If-Match`.
    is_guarded: bool,
    /// Whether that is so only where there is something yet.
    may_be_new: bool,
    query: &'static [Field],
}

/// What a request brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Nothing,
    Fields(&'static [Field]),
    /// A list of something that has a name here.
    List(&'static str),
    /// A patch of an entity of the kind.
    Patch(EntityType),
    /// Bytes of whatever kind.
    Bytes,
}

/// What an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Nothing,
    /// An entity, with its version as `ETag`.
    Entity(EntityType),
    /// A list of entities.
    Entities(EntityType),
    /// A list of something that has a name here.
    Listing(&'static str),
    /// Something that has a name here.
    Named(&'static str),
    /// JSON between famdesk and famdesk, as `wire` has it.
    Protocol,
    Bytes,
    /// Server-sent events.
    Events,
}

/// One attribute of a body, or one name of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// Its type, in words of the code.
    pub kind: &'static str,
    pub required: bool,
}

impl Field {
    pub const fn must(name: &'static str, kind: &'static str) -> Field {
        Field {
            name,
            kind,
            required: true,
        }
    }

    pub const fn may(name: &'static str, kind: &'static str) -> Field {
        Field {
            name,
            kind,
            required: false,
        }
    }
}

impl Told {
    pub const fn new(says: &'static str) -> Told {
        Told {
            says,
            takes: Body::Nothing,
            answers: Content::Nothing,
            status: 204,
            is_paged: false,
            is_searched: false,
            is_keyed: false,
            is_guarded: false,
            may_be_new: false,
            query: &[],
        }
    }

    pub const fn answers(self, answers: Content) -> Told {
        Told {
            answers,
            status: 200,
            ..self
        }
    }

    pub const fn makes(self, answers: Content) -> Told {
        Told {
            answers,
            status: 201,
            ..self
        }
    }

    pub const fn status(self, status: u16) -> Told {
        Told { status, ..self }
    }

    /// Answers a list that goes on by cursors.
    pub const fn pages(self, answers: Content) -> Told {
        Told {
            is_paged: true,
            ..self.answers(answers)
        }
    }

    pub const fn searches(self) -> Told {
        Told {
            is_searched: true,
            ..self
        }
    }

    pub const fn keyed(self) -> Told {
        Told {
            is_keyed: true,
            ..self
        }
    }

    pub const fn guarded(self) -> Told {
        Told {
            is_guarded: true,
            ..self
        }
    }

    /// Needs an `If-Match` where what it is about is there.
    pub const fn guarded_if_there(self) -> Told {
        Told {
            may_be_new: true,
            ..self.guarded()
        }
    }

    pub const fn takes_list(self, of: &'static str) -> Told {
        Told {
            takes: Body::List(of),
            ..self
        }
    }

    pub const fn takes(self, fields: &'static [Field]) -> Told {
        Told {
            takes: Body::Fields(fields),
            ..self
        }
    }

    pub const fn takes_bytes(self) -> Told {
        Told {
            takes: Body::Bytes,
            ..self
        }
    }

    pub const fn asked(self, query: &'static [Field]) -> Told {
        Told { query, ..self }
    }

    pub const fn patches(self, kind: EntityType) -> Told {
        Told {
            takes: Body::Patch(kind),
            is_guarded: true,
            ..self.answers(Content::Entity(kind))
        }
    }
}

/// The document, made when it is first asked for.
pub(super) struct Document {
    table: Vec<Route>,
    text: OnceLock<Bytes>,
}

impl Document {
    pub fn of(table: &[Route]) -> Arc<Document> {
        Arc::new(Document {
            table: table.to_vec(),
            text: OnceLock::new(),
        })
    }
}

pub(super) async fn serve(Extension(document): Extension<Arc<Document>>) -> Response {
    let text = document.text.get_or_init(|| {
        let text = serde_json::to_vec(&self::document(&document.table));
        text.unwrap_or_default().into()
    });
    ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
}

/// The description of a table of routes.
pub fn document(table: &[Route]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in table {
        let of_path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(of_path) = of_path.as_object_mut() {
            let verb = route.verb.as_str().to_lowercase();
            of_path.insert(verb, operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fam Help Desk",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The tickets of families. docs/API.md tells how it is used.",
        },
        "paths": paths,
        "components": {
            "schemas": schema::schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (`famdesk keys create`) or the token of a device.",
                },
            },
        },
        "security": [{ "token": [] }],
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": name_of(route),
        "tags": [group_of(route.path)],
        "x-access": access_words(route.access),
    });
    let Some(told) = &route.told else {
        return operation;
    };
    operation["summary"] = json!(told.says);
    operation["parameters"] = json!(parameters(route, told));
    operation["responses"] = match route.verb {
        // Nothing but a head is ever told.
        Verb::Head => json!({ told.status.to_string(): { "description": "it is there" },
            "default": { "description": "it is not, or it did not go well" } }),
        _ => responses(told),
    };
    if let Some(body) = request_body(told) {
        operation["requestBody"] = body;
    }
    if route.access == Access::Anyone {
        operation["security"] = json!([]);
    }
    operation
}

/// A name that no other route has.
fn name_of(route: &Route) -> String {
    let verb = route.verb.as_str().to_lowercase();
    let parts = route
        .path
        .split('/')
        .filter(|it| !it.is_empty() && *it != "v1");
    let parts = parts.map(|part| part.trim_matches(['{', '}']).replace(['.', '-'], "_"));
    std::iter::once(verb)
        .chain(parts)
        .collect::<Vec<_>>()
        .join("_")
}

/// What a route is about: the last part of its path that is a word of its own under a family.
fn group_of(path: &str) -> &str {
    let inside = path.strip_prefix("/v1/families/{family}/");
    match inside.and_then(|rest| rest.split('/').next()) {
        Some(word) => word,
        None if path.starts_with("/v1/families") => "families",
        None => path
            .trim_start_matches("/v1/")
            .split('/')
            .next()
            .unwrap_or_default(),
    }
}

fn access_words(access: Access) -> &'static str {
    match access {
        Access::Anyone => "anyone",
        Access::Read => "whoever is signed in, also by an API key of any scope",
        Access::Write => "whoever is signed in, also by an API key that may write",
        Access::Person => "whoever is signed in, but no API key",
        Access::Owner => "whoever runs the server, but no API key",
    }
}

fn parameters(route: &Route, told: &Told) -> Vec<Value> {
    let mut all = Vec::new();
    for part in route.path.split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            all.push(json!({
                "name": name, "in": "path", "required": true, "schema": schema::of_param(name),
            }));
        }
    }
    for field in told.query {
        all.push(json!({
            "name": field.name, "in": "query", "required": field.required,
            "schema": schema::of(field.kind),
        }));
    }
    if told.is_searched {
        all.push(json!({
            "name": "q", "in": "query", "schema": { "type": "string" },
            "description": "a query, as docs/QUERY.md has it, such as `is:open boiler sort:-updated`",
        }));
    }
    if told.is_paged {
        let (limit, most) = rest::PAGES;
        all.push(json!({
            "name": "limit", "in": "query",
            "schema": { "type": "integer", "minimum": 1, "maximum": most, "default": limit },
        }));
        all.push(json!({
            "name": "cursor", "in": "query", "schema": { "type": "string" },
            "description": "`next` of the page before",
        }));
    }
    if told.is_keyed {
        all.push(json!({
            "name": IDEMPOTENCY_KEY, "in": "header", "required": true,
            "schema": { "type": "string", "pattern": "^[!-~]([\\t -~]{0,253}[!-~])?$" },
            "description": "names the request: sent again with the same key, it is done once",
        }));
    }
    if told.is_guarded {
        all.push(json!({
            "name": "if-match", "in": "header", "required": !told.may_be_new,
            "schema": { "type": "string", "pattern": "^([*]|\"r[0-9]+\")$" },
            "description": "the `ETag` of what you have seen, or `*`",
        }));
    }
    all
}

fn request_body(told: &Told) -> Option<Value> {
    let content = match told.takes {
        Body::Nothing => return None,
        Body::Bytes => json!({ "application/octet-stream": {} }),
        Body::List(of) => {
            let list = schema::of(&format!("Vec<{of}>"));
            json!({ "application/json": { "schema": list } })
        }
        Body::Fields(fields) => {
            json!({ "application/json": { "schema": schema::object(fields) } })
        }
        Body::Patch(kind) => {
            let attributes = schema::settable(kind);
            json!({
                "application/merge-patch+json": { "schema": attributes },
                "application/json-patch+json": { "schema": { "$ref": "#/components/schemas/JsonPatch" } },
            })
        }
    };
    let required = match told.takes {
        Body::Fields(fields) => fields.iter().any(|it| it.required),
        _ => true,
    };
    Some(json!({ "required": required, "content": content }))
}

fn responses(told: &Told) -> Value {
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let list = |items: Value| schema::list(items, told.is_paged, told.is_searched);
    let schema = match told.answers {
        Content::Nothing => None,
        Content::Entity(kind) => Some(named(&schema::name(kind))),
        Content::Entities(kind) => Some(list(named(&schema::name(kind)))),
        Content::Listing(name) => Some(list(named(name))),
        Content::Named(name) => Some(named(name)),
        Content::Protocol => Some(json!({})),
        Content::Bytes => {
            return with_problem(told.status, json!({ "application/octet-stream": {} }));
        }
        Content::Events => return with_problem(told.status, json!({ "text/event-stream": {} })),
    };
    match schema {
        Some(schema) => with_problem(
            told.status,
            json!({ "application/json": { "schema": schema } }),
        ),
        None => with_problem(told.status, Value::Null),
    }
}

fn with_problem(status: u16, content: Value) -> Value {
    let mut well = json!({ "description": "it went well" });
    if !content.is_null() {
        well["content"] = content;
    }
    json!({
        status.to_string(): well,
        "default": {
            "description": "it did not",
            "content": {
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            },
        },
    })
}
