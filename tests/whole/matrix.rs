//! Every route about something in a family, asked by everyone about what is theirs to see, what is
//! another group's, what is another family's, and what is not there. The snapshot has the status of
//! each answer; what is not to be told of is told of byte for byte like what is not there. Every
//! text says for whom it is, and is in no answer to anybody else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use famdesk::model::attachment::{FileFacts, NewAttachment};
use famdesk::model::command::{Actor, Command};
use famdesk::model::id::{AttachmentId, CommandId, WebhookId};
use famdesk::model::participant::ParticipantRole;
use famdesk::model::webhook::NewWebhook;
use famdesk::server::{Route, network_table};
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::door::{Town, Who};
use super::*;

/// The columns.
const PEOPLE: [(&str, Who); 11] = [
    ("nobody", Who::Nobody),
    ("revoked", Who::Revoked),
    ("awaiting", Who::Awaiting),
    ("guest", Who::Guest),
    ("child", Who::Child),
    ("member", Who::Member),
    ("taking part", Who::Participant),
    ("in group", Who::GroupMember),
    ("runs group", Who::GroupAdmin),
    ("runs family", Who::FamilyAdmin),
    ("elsewhere", Who::Stranger),
];

/// The places: of a group that some of them are in, of another one, of another family, nowhere.
const PLACES: [&str; 4] = ["own", "other", "foreign", "none"];

/// Words in texts, and whom alone they may reach.
pub(super) const CANARIES: [(&str, &[Who]); 5] = [
    (
        "canary of home",
        &[
            Who::Child,
            Who::Participant,
            Who::GroupMember,
            Who::GroupAdmin,
            Who::FamilyAdmin,
        ],
    ),
    (
        "canary within home",
        &[Who::GroupMember, Who::GroupAdmin, Who::FamilyAdmin],
    ),
    ("canary of cousins", &[Who::FamilyAdmin]),
    ("canary of webhooks", &[Who::FamilyAdmin]),
    ("canary of strangers", &[]),
];

/// Whether the route is about something in a family. Who may come into one, who may take one along,
/// and who has given a command there, the other table tells.
fn is_asked(route: &Route) -> bool {
    let others = ["/join", "/export", "/commands/known"];
    let inside = route.path.strip_prefix("/v1/families/{family}");
    inside.is_some_and(|it| !others.iter().any(|other| it.starts_with(other)))
}

/// Whether it can be about something in one place or another.
fn has_places(route: &Route) -> bool {
    let inside = route.path.trim_start_matches("/v1/families/{family}");
    inside.contains('{') || ["/tickets", "/queues", "/rows", "/presence/{screen}"].contains(&inside)
}

/// What there is in a place, by the names of parts of paths.
pub(super) type Things = BTreeMap<&'static str, String>;

pub(super) struct Matrix {
    pub town: Town,
    sha256: String,
    /// The other group of the family, and its queue.
    pub cousins: (GroupId, QueueId),
    pub foreign: Things,
}

impl Matrix {
    pub async fn new() -> Matrix {
        let town = Town::new().await;
        let house = &town.house;
        let bytes = bytes::Bytes::from_static(b"a photo");
        for user_id in town.people.values() {
            let whose = (house.family, *user_id);
            // Who is not in the family can't send anything there.
            let _ = house.desk.keep_blob(whose, bytes.clone()).await;
        }
        let owner = (house.family, house.station.me());
        let sha256 = house.desk.keep_blob(owner, bytes).await.expect("kept");
        let cousins = (GroupId(house.source.fresh()), QueueId(house.source.fresh()));
        let mut matrix = Matrix {
            town,
            sha256,
            cousins,
            foreign: Things::new(),
        };
        let elsewhere = matrix.town.elsewhere;
        matrix.found_group(matrix.town.house.family, cousins).await;
        let source = &matrix.town.house.source;
        let abroad = (GroupId(source.fresh()), QueueId(source.fresh()));
        matrix.found_group(elsewhere, abroad).await;
        matrix.foreign = matrix
            .furnish(elsewhere, abroad, "{ticket}{user}{webhook}")
            .await;
        matrix
    }

    async fn found_group(&self, family: FamilyId, (group_id, queue_id): (GroupId, QueueId)) {
        let name = "Cousins".to_owned();
        self.execute(
            family,
            None,
            CommandBody::GroupCreate {
                group_id,
                group_name: name.clone(),
                group_description: String::new(),
            },
        )
        .await;
        self.execute(
            family,
            None,
            CommandBody::QueueCreate {
                queue_id,
                group_id,
                queue_name: name,
                queue_description: String::new(),
                default_severity: None,
            },
        )
        .await;
    }

    /// Has a command executed, by whoever runs the server if nobody is named.
    pub async fn execute(&self, family: FamilyId, by: Option<UserId>, body: CommandBody) {
        let house = &self.town.house;
        let command = Command {
            command_id: CommandId(house.source.fresh()),
            issued_at: house.source.now(),
            seen: None,
            body,
        };
        let actor = Actor::user(by.unwrap_or(house.station.me()));
        let executed = house.desk.execute(family, &actor, &command, None).await;
        let verdict = executed.expect("decided");
        let told = format!("{verdict:?}");
        assert!(told.contains("Applied"), "{told}");
    }

    /// Something of each kind that the path names, in a group and its queue.
    pub async fn furnish(
        &self,
        family: FamilyId,
        (group_id, queue_id): (GroupId, QueueId),
        path: &str,
    ) -> Things {
        let house = &self.town.house;
        let fresh = || house.source.fresh();
        let mut things = Things::from([
            ("group", group_id.to_string()),
            ("queue", queue_id.to_string()),
            ("sha256", "b".repeat(64)),
        ]);
        if path.contains("{ticket}")
            || path.ends_with("/rows")
            || path.contains("{screen}")
            || path.contains("{sha256}")
        {
            let canary = match group_id {
                id if id == house.home => "canary of home",
                id if id == self.cousins.0 => "canary of cousins",
                _ => "canary of strangers",
            };
            let (ticket_id, create) = house.new_ticket(canary, Severity::Sev3);
            let CommandBody::TicketCreate(mut new) = create else {
                unreachable!("a ticket is made")
            };
            new.queue_id = queue_id;
            new.description = Some(LongText::from(canary));
            self.execute(family, None, CommandBody::TicketCreate(new))
                .await;
            if group_id == house.home {
                let inner = house.comment(ticket_id, "canary within home", true);
                self.execute(family, None, inner).await;
            }
            let said = house.comment(ticket_id, canary, false);
            let CommandBody::CommentAdd(new) = &said else {
                unreachable!("something is said")
            };
            let comment_id = new.comment_id;
            self.execute(family, None, said).await;
            let attachment_id = AttachmentId(fresh());
            let owner = (family, house.station.me());
            let bytes = bytes::Bytes::from(canary);
            let total = bytes.len() as u64;
            let sha256 = house.desk.keep_blob(owner, bytes).await.expect("kept");
            let file = FileFacts {
                file_name: format!("{canary}.txt"),
                sha256: sha256.clone(),
                bytes: total,
                content_type: "text/plain".to_owned(),
            };
            self.execute(
                family,
                None,
                CommandBody::AttachmentAdd(NewAttachment {
                    ticket_id,
                    attachment_id,
                    comment_id: None,
                    file,
                }),
            )
            .await;
            if group_id == house.home {
                self.execute(
                    family,
                    None,
                    CommandBody::ParticipantAdd {
                        ticket_id,
                        user_id: self.town.people[&Who::Participant],
                        role: ParticipantRole::Cc,
                    },
                )
                .await;
            }
            things.insert("ticket", ticket_id.to_string());
            things.insert("comment", comment_id.to_string());
            things.insert("attachment", attachment_id.to_string());
            things.insert("sha256", sha256);
        }
        if path.contains("{user}") {
            let user_id = UserId(fresh());
            let display_name = "Leo".to_owned();
            if path.ends_with("/approve") || path.ends_with("{family}/members/{user}/decline") {
                let ask = CommandBody::MembershipRequest { display_name };
                self.execute(family, Some(user_id), ask).await;
            } else {
                let role = Role::Adult;
                let invite = CommandBody::MembershipInvite {
                    user_id,
                    display_name,
                    role,
                };
                self.execute(family, None, invite).await;
                let accept = CommandBody::MembershipAccept {};
                self.execute(family, Some(user_id), accept).await;
                if path.ends_with("/decline") {
                    let ask = CommandBody::GroupMembershipRequest { group_id };
                    self.execute(family, Some(user_id), ask).await;
                } else {
                    let add = CommandBody::GroupMembershipAdd {
                        group_id,
                        user_id,
                        is_admin: false,
                    };
                    self.execute(family, None, add).await;
                }
            }
            things.insert("user", user_id.to_string());
        }
        if path.contains("{webhook}") {
            // A family has room for so many.
            let admin = house.station.me();
            let there = house.desk.webhooks(family, admin).await.expect("a list");
            for row in there {
                let key = row.webhook.key();
                self.execute(family, None, CommandBody::EntityDelete(key))
                    .await;
            }
            let webhook_id = WebhookId(fresh());
            let new = NewWebhook {
                webhook_id,
                webhook_name: "canary of webhooks".to_owned(),
                url: "https://hall.example/hook".to_owned(),
                events: ["*".parse().expect("a pattern")].into(),
                group_id: Some(group_id),
                internal: false,
            };
            self.execute(family, None, CommandBody::WebhookCreate(Box::new(new)))
                .await;
            things.insert("webhook", webhook_id.to_string());
        }
        things
    }

    /// What the route is asked about in a place; made anew where it was changed.
    async fn things(&self, route: &Route, place: &str) -> Things {
        let house = &self.town.house;
        match place {
            "own" => {
                self.furnish(house.family, (house.home, house.it), route.path)
                    .await
            }
            "other" => self.furnish(house.family, self.cousins, route.path).await,
            "foreign" => self.foreign.clone(),
            _ => {
                let names = [
                    "group",
                    "queue",
                    "ticket",
                    "comment",
                    "attachment",
                    "user",
                    "webhook",
                ];
                let mut things: Things = names
                    .into_iter()
                    .map(|name| (name, house.source.fresh().to_string()))
                    .collect();
                things.insert("sha256", "a".repeat(64));
                things
            }
        }
    }

    /// The status of the answer, and all that it tells.
    async fn ask(&self, route: &Route, who: Who, things: &Things) -> (u16, String) {
        let source = &self.town.house.source;
        // Nobody is to be slowed down here.
        source.advance(1);
        let family = self.town.house.family.to_string();
        let screen = source.fresh().to_string();
        let fixed = [
            ("family", family.as_str()),
            ("role", "CC"),
            ("tag", "wifi"),
            ("number", "1"),
            ("screen", screen.as_str()),
        ];
        let named = things.iter().map(|(name, id)| (*name, id.as_str()));
        let path = named
            .chain(fixed)
            .fold(route.path.to_owned(), |path, (name, id)| {
                path.replace(&format!("{{{name}}}"), id)
            });
        let query = match route.path.rsplit('/').next() {
            Some("log") => format!("?device={}&limit=1000", source.fresh()),
            Some("audit" | "tickets" | "comments" | "attachments") => "?limit=200".to_owned(),
            Some("history") => "?epoch=none&page=1".to_owned(),
            _ => String::new(),
        };
        let mut request = Request::builder()
            .method(route.verb.as_str())
            .uri(format!("{path}{query}"))
            .header("if-match", "*")
            .header("idempotency-key", source.fresh().to_string());
        if let Some(token) = self.town.tokens.get(&who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(self.body(route, things)).expect("a request");
        let routes = self.town.routes.clone();
        let response = routes.oneshot(request).await.expect("answered");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("read").to_bytes();
        let whole = String::from_utf8_lossy(&body);
        for (canary, seen_by) in CANARIES {
            let told = whole.contains(canary) && !seen_by.contains(&who);
            assert!(!told, "{who:?} is told the {canary} by {route:?}: {whole}");
        }
        let mut told: Value = serde_json::from_slice(&body).unwrap_or_default();
        if let Some(problem) = told
            .as_object_mut()
            .filter(|it| it.contains_key("instance"))
        {
            problem.remove("instance");
        }
        // Whoever asks knows what they asked for.
        let told = told.to_string().replace(&things["sha256"], "SHA256");
        (head.status.as_u16(), told)
    }

    fn body(&self, route: &Route, things: &Things) -> Body {
        let id = |name: &str| things.get(name).cloned().unwrap_or_default();
        let fresh = || self.town.house.source.fresh();
        let inside = route.path.trim_start_matches("/v1/families/{family}");
        let body = match (route.verb.as_str(), inside) {
            ("PUT", "/blobs/{sha256}") => return Body::from("other bytes"),
            ("POST", "/commands") => json!({ "device": fresh(), "commands": [] }),
            ("POST", "/undo") => json!({ "commands": [fresh()] }),
            ("POST", "/rows") => json!([{ "entity_type": "ticket", "entity_id": id("ticket") }]),
            ("PATCH", "") => json!({ "family_description": "Three households" }),
            ("POST", "/members") => {
                json!({ "user_id": fresh(), "display_name": "Leo", "role": "ADULT" })
            }
            ("PATCH", "/members/{user}") => json!({ "role": "CHILD" }),
            ("POST", "/groups") => json!({ "group_name": "Neighbours" }),
            ("PATCH", "/groups/{group}") => json!({ "group_description": "Ours" }),
            ("PATCH", "/groups/{group}/members/{user}") => json!({ "is_admin": true }),
            ("POST", "/queues") => json!({ "queue_name": "Garden", "group_id": id("group") }),
            ("PATCH", "/queues/{queue}") => json!({ "queue_description": "Ours" }),
            ("POST", "/webhooks") => json!({
                "webhook_name": "Hall", "url": "https://hall.example/hook", "events": ["*"],
            }),
            ("PATCH", "/webhooks/{webhook}") => json!({ "webhook_name": "Hall light" }),
            ("POST", "/tickets") => json!({ "title": "Lamp", "queue_id": id("queue") }),
            ("PATCH", "/tickets/{ticket}") => json!({ "title": "Lamp" }),
            ("PUT", "/tickets/{ticket}/description") => json!({ "description": "It leaks." }),
            ("POST", "/tickets/{ticket}/comments")
            | ("PATCH", "/tickets/{ticket}/comments/{comment}") => json!({ "comment_body": "Yes" }),
            ("POST", "/tickets/{ticket}/attachments") => {
                json!({ "file_name": "photo.txt", "sha256": self.sha256 })
            }
            ("PUT", "/presence/{screen}") => {
                json!({ "ticket_id": id("ticket"), "doing": "viewing" })
            }
            ("GET" | "HEAD", _) => return Body::empty(),
            _ => json!({}),
        };
        Body::from(body.to_string())
    }
}

#[tokio::test]
async fn everyone_is_told_of_what_is_theirs_to_see_and_of_nothing_else() {
    let matrix = Matrix::new().await;
    let mut table = String::new();
    for (number, (name, _)) in PEOPLE.iter().enumerate() {
        let _ = writeln!(table, "{}{name}", "    ".repeat(number + 2));
    }
    let (mut asked, mut wrong) = (0, Vec::new());
    for route in network_table(Arc::clone(&matrix.town.house.desk))
        .iter()
        .filter(|it| is_asked(it))
    {
        let _ = writeln!(table, "{} {}", route.verb.as_str(), route.path);
        let mut answers: BTreeMap<(&str, Who), (u16, String)> = BTreeMap::new();
        let places = if has_places(route) {
            &PLACES[..]
        } else {
            &PLACES[..1]
        };
        for place in places {
            let mut things = matrix.things(route, place).await;
            let _ = write!(table, "{place:>8}");
            for (_, who) in PEOPLE {
                let answer = matrix.ask(route, who, &things).await;
                let _ = write!(table, " {}", answer.0);
                if answer.0 < 300 && !["GET", "HEAD"].contains(&route.verb.as_str()) {
                    things = matrix.things(route, place).await;
                }
                answers.insert((place, who), answer);
                asked += 1;
            }
            table.push('\n');
        }
        // What is not told of answers like what is not there.
        for ((place, who), answer) in &answers {
            let none = answers.get(&("none", *who)).unwrap_or(answer);
            let of_others = *place == "other" && route.path.contains("{ticket}");
            let is_hidden =
                *place == "foreign" || answer.0 == 404 || (of_others && *who != Who::FamilyAdmin);
            if is_hidden && answer != none {
                wrong.push(format!(
                    "{} {} {place} {who:?}: {answer:?}, not {none:?}",
                    route.verb.as_str(),
                    route.path
                ));
            }
            let outside = [Who::Nobody, Who::Revoked, Who::Awaiting, Who::Stranger];
            if outside.contains(who) && ![401, 404].contains(&answer.0) {
                wrong.push(format!(
                    "{} {} lets {who:?} in: {answer:?}",
                    route.verb.as_str(),
                    route.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 3_000, "{asked}");
    insta::assert_snapshot!("matrix", table);
}
