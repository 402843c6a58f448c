//! The resources of a family, for scripts. What there is stands in one table (`table`); a row says
//! which route it is, and what it shows or which command it gives. Nothing is decided here: what
//! may be seen and done, the desk decides, as for every other way in.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use http::{HeaderMap, Uri};

mod condition;
mod cursor;
mod deeds;
mod give;
mod lists;
mod me;
mod patch;
mod resource;
mod settable;
mod show;
mod table;
mod tickets;
mod undo;
mod views;

pub(super) use condition::IDEMPOTENCY_KEY;
pub(super) use settable::names as settable_names;

use super::caller::Caller;
use super::reply::{Body, Failure};
use super::routes::Routes;
use crate::desk::Desk;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::FamilyId;
use crate::model::number::TicketNumber;
use crate::wire::problem::{Problem, ProblemKind};
use table::{Does, Row};
use views::Views;

pub use views::SearchPatience;

/// How many entities stand on a page unless told otherwise, and at the most.
pub(super) const PAGES: (usize, usize) = (cursor::USUAL_LIMIT, cursor::LIMIT);

/// The routes of all resources.
pub(super) fn routes(mut routes: Routes) -> Routes {
    let views = Arc::new(Views::new(routes.desk()));
    for row in table::rows() {
        let views = Arc::clone(&views);
        let handler = move |State(desk): State<Arc<Desk>>,
                            params: RawPathParams,
                            uri: Uri,
                            caller: Caller,
                            patience: Option<Extension<SearchPatience>>,
                            headers: HeaderMap,
                            Body(body): Body| {
            let views = Arc::clone(&views);
            async move {
                let patience = patience.map(|Extension(it)| it);
                let request = Request {
                    patience: patience.unwrap_or_default(),
                    params: Params::of(&params),
                    uri,
                    headers,
                    body,
                };
                let house = House { desk, views };
                answer(row, &house, &caller, request).await
            }
        };
        routes = routes
            .costing((row.verb, row.path), row.access, row.cost(), handler)
            .told(row.told());
    }
    routes
}

/// What answers are made of.
struct House {
    desk: Arc<Desk>,
    views: Arc<Views>,
}

/// A request, as far as a row looks at it.
struct Request {
    patience: SearchPatience,
    params: Params,
    uri: Uri,
    headers: HeaderMap,
    body: bytes::Bytes,
}

/// Who asks, of which family.
struct Asker<'a> {
    family_id: FamilyId,
    caller: &'a Caller,
    patience: SearchPatience,
}

async fn answer(
    row: &'static Row,
    house: &House,
    caller: &Caller,
    mut request: Request,
) -> Result<Response, Failure> {
    match row.does {
        Does::Families => return me::families(house, caller, &request).await,
        Does::Found(give) => return me::found(house, caller, (give, row), &request).await,
        Does::Me => return me::show(house, caller).await,
        Does::PatchMe => return me::patch(house, caller, &request).await,
        _ => {}
    }
    let asker = Asker {
        family_id: request.params.get("family").parse()?,
        caller,
        patience: request.patience,
    };
    if !row.is_for_outsiders() {
        // Before anything else, so that nobody outside learns what could be done in there.
        let let_in = house.desk.let_in(asker.family_id, caller.user_id());
        let_in.await?;
    }
    request.params.find_ticket(house, &asker).await?;
    match row.does {
        Does::Show(kind) => show::one(house, &asker, kind, &request).await,
        Does::List(of) => lists::list(house, &asker, of, &request).await,
        Does::Tickets => tickets::list(house, &asker, &request).await,
        Does::Audit(of) => lists::audit(house, &asker, of, &request).await,
        Does::Versions => lists::versions(house, &asker, &request).await,
        Does::File => show::file(house, &asker, &request).await,
        Does::Thread => show::thread(house, &asker, &request).await,
        Does::Links => show::links(house, &asker, &request).await,
        Does::Counts => show::counts(house, &asker).await,
        Does::Deleted => lists::deleted(house, &asker, &request).await,
        Does::Patch(kind) => patch::patch(house, &asker, kind, &request).await,
        Does::Give(give) => give::give(house, &asker, (give, row), &request).await,
        Does::Undo => undo::undo(house, &asker, row, &request).await,
        Does::Families | Does::Found(_) | Does::Me | Does::PatchMe => {
            Err(Problem::new(ProblemKind::NotFound, "there is no such route").into())
        }
    }
}

/// The parts of a path that its route leaves open, by name.
struct Params(Vec<(String, String)>);

impl Params {
    fn of(raw: &RawPathParams) -> Params {
        let named = raw.iter();
        Params(
            named
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// The part of that name; empty where the route has none.
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(it, _)| it == name);
        found.map_or("", |(_, value)| value)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A ticket may also be named by its number; from here on it goes by its id.
    async fn find_ticket(&mut self, house: &House, asker: &Asker<'_>) -> Result<(), Failure> {
        for (name, value) in &mut self.0 {
            if name == "ticket"
                && let Ok(number) = value.parse::<TicketNumber>()
            {
                let found = house.desk.ticket_numbered(asker.family_id, &number);
                *value = found.await?.to_string();
            }
        }
        Ok(())
    }

    /// The entity of a kind that the path names.
    fn key(&self, family_id: FamilyId, kind: EntityType) -> Result<EntityKey, Failure> {
        let parts: &[&str] = match kind {
            EntityType::User | EntityType::Membership => &["user"],
            EntityType::Family => return Ok(EntityKey::Family(family_id)),
            EntityType::Group => &["group"],
            EntityType::GroupMembership => &["group", "user"],
            EntityType::Queue => &["queue"],
            EntityType::Ticket | EntityType::Description => &["ticket"],
            EntityType::Participant => &["ticket", "role", "user"],
            EntityType::Comment => &["ticket", "comment"],
            EntityType::Attachment => &["ticket", "attachment"],
            EntityType::ReadMarker => &["ticket", "user"],
            EntityType::Webhook => &["webhook"],
        };
        let id = parts.iter().map(|part| self.get(part));
        let id = id.collect::<Vec<_>>().join("/");
        EntityKey::parse(kind, &id).map_err(|error| {
            let problem = Problem::new(ProblemKind::Malformed, error.to_string());
            problem.into()
        })
    }
}
