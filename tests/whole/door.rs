//! Who may use which route of a server: every route, asked by everyone that there may be.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use famdesk::model::command::MembershipField;
use famdesk::model::id::{KeyId, ScreenId, SessionId, WebhookId};
use famdesk::model::login::KeyScope;
use famdesk::server::{Metrics, Route, network, network_table};
use famdesk::wire::login::{AccountChange, LoggedIn, NewKey, Redeem, Secret};
use famdesk::wire::problem::{Problem, ProblemKind};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::*;

/// Who is to be let in. Everyone else is told that they are not signed in, that they may not, or,
/// where it is about a family, that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Anyone,
    SignedIn,
    /// No key at all: it is about a login.
    People,
    /// Whoever runs the server.
    Owner,
    /// Whoever runs a family, and by no key that may only read.
    Inviters,
    /// Whoever is in the family.
    Members,
    /// The same, but no key that may only read.
    WritingMembers,
    /// Whoever runs the family.
    Admins,
    /// The same, but no key that may only read.
    WritingAdmins,
    /// Whoever might be in the family one day, and by no key that may only read.
    Joiners,
}

use For::{
    Admins, Anyone, Inviters, Joiners, Members, Owner, People, SignedIn, WritingAdmins,
    WritingMembers,
};

/// Every route, and who it is for.
const EXPECTED: &[(&str, &str, For)] = &[
    ("GET", "/v1/meta", Anyone),
    ("POST", "/v1/session", Anyone),
    ("POST", "/v1/session/code", Anyone),
    ("POST", "/v1/codes", Anyone),
    ("POST", "/v1/accounts", Anyone),
    ("GET", "/v1/session", SignedIn),
    ("DELETE", "/v1/session", People),
    ("GET", "/v1/events", SignedIn),
    ("GET", "/v1/events/next", SignedIn),
    ("POST", "/v1/users", Inviters),
    ("PUT", "/v1/password", People),
    ("GET", "/v1/sessions", People),
    ("GET", "/v1/session/log", People),
    ("DELETE", "/v1/sessions/{session}", People),
    ("GET", "/v1/keys", People),
    ("POST", "/v1/keys", People),
    ("DELETE", "/v1/keys/{key}", People),
    ("GET", "/v1/accounts", Owner),
    ("PATCH", "/v1/accounts/{user}", Owner),
    ("POST", "/v1/accounts/{user}/code", People),
    ("POST", "/v1/families/{family}/commands", WritingMembers),
    ("POST", "/v1/families/{family}/commands/known", SignedIn),
    ("GET", "/v1/families/{family}/log", Members),
    ("GET", "/v1/families/{family}/history", Members),
    ("GET", "/v1/families/{family}/snapshot", Members),
    ("POST", "/v1/families/{family}/rows", Members),
    ("GET", "/v1/families/{family}/audit/verify", Members),
    ("GET", "/v1/families/{family}/export", Admins),
    ("PUT", "/v1/families/{family}/export", Owner),
    ("GET", "/v1/families/{family}/export/log", Admins),
    ("POST", "/v1/families/{family}/export/log", Owner),
    ("GET", "/v1/families/{family}/presence", Members),
    (
        "PUT",
        "/v1/families/{family}/presence/{screen}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/presence/{screen}",
        WritingMembers,
    ),
    ("GET", "/v1/families/{family}/webhooks", Admins),
    ("POST", "/v1/families/{family}/webhooks", WritingMembers),
    ("GET", "/v1/families/{family}/webhooks/{webhook}", Members),
    (
        "PATCH",
        "/v1/families/{family}/webhooks/{webhook}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/webhooks/{webhook}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/webhooks/{webhook}/restore",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/webhooks/{webhook}/audit",
        Members,
    ),
    (
        "POST",
        "/v1/families/{family}/webhooks/{webhook}/secret",
        WritingAdmins,
    ),
    (
        "POST",
        "/v1/families/{family}/webhooks/{webhook}/test",
        WritingAdmins,
    ),
    (
        "GET",
        "/v1/families/{family}/webhooks/{webhook}/deliveries",
        Admins,
    ),
    (
        "POST",
        "/v1/families/{family}/webhooks/{webhook}/deliveries/{number}/resend",
        WritingAdmins,
    ),
    ("HEAD", "/v1/families/{family}/blobs/{sha256}", Members),
    ("GET", "/v1/families/{family}/blobs/{sha256}", Members),
    (
        "PUT",
        "/v1/families/{family}/blobs/{sha256}",
        WritingMembers,
    ),
    ("GET", "/v1/families", SignedIn),
    ("GET", "/v1/families/{family}", Members),
    ("PATCH", "/v1/families/{family}", WritingMembers),
    ("GET", "/v1/families/{family}/counts", Members),
    ("GET", "/v1/families/{family}/deleted", Members),
    ("GET", "/v1/families/{family}/audit", Members),
    ("POST", "/v1/families/{family}/undo", WritingMembers),
    ("POST", "/v1/families/{family}/join", Joiners),
    ("POST", "/v1/families/{family}/join/accept", Joiners),
    ("GET", "/v1/families/{family}/members", Members),
    ("POST", "/v1/families/{family}/members", WritingMembers),
    ("GET", "/v1/families/{family}/members/{user}", Members),
    (
        "PATCH",
        "/v1/families/{family}/members/{user}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/members/{user}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/members/{user}/approve",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/members/{user}/decline",
        Joiners,
    ),
    ("GET", "/v1/families/{family}/members/{user}/audit", Members),
    ("GET", "/v1/families/{family}/groups", Members),
    ("POST", "/v1/families/{family}/groups", WritingMembers),
    ("GET", "/v1/families/{family}/groups/{group}", Members),
    (
        "PATCH",
        "/v1/families/{family}/groups/{group}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/groups/{group}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/groups/{group}/restore",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/groups/{group}/join",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/groups/{group}/members",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/groups/{group}/members/{user}",
        Members,
    ),
    (
        "PUT",
        "/v1/families/{family}/groups/{group}/members/{user}",
        WritingAdmins,
    ),
    (
        "PATCH",
        "/v1/families/{family}/groups/{group}/members/{user}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/groups/{group}/members/{user}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/groups/{group}/members/{user}/decline",
        WritingMembers,
    ),
    ("GET", "/v1/families/{family}/groups/{group}/audit", Members),
    ("GET", "/v1/families/{family}/queues", Members),
    ("POST", "/v1/families/{family}/queues", WritingMembers),
    ("GET", "/v1/families/{family}/queues/{queue}", Members),
    (
        "PATCH",
        "/v1/families/{family}/queues/{queue}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/queues/{queue}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/queues/{queue}/restore",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/queues/{queue}/tickets",
        Members,
    ),
    ("GET", "/v1/families/{family}/queues/{queue}/audit", Members),
    ("GET", "/v1/families/{family}/tickets", Members),
    ("POST", "/v1/families/{family}/tickets", WritingMembers),
    ("GET", "/v1/families/{family}/tickets/{ticket}", Members),
    (
        "PATCH",
        "/v1/families/{family}/tickets/{ticket}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/restore",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/resolve",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/reopen",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/close",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/wake",
        WritingMembers,
    ),
    (
        "PUT",
        "/v1/families/{family}/tickets/{ticket}/read",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}/read",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/thread",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/links",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/audit",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/description",
        Members,
    ),
    (
        "PUT",
        "/v1/families/{family}/tickets/{ticket}/description",
        WritingMembers,
    ),
    (
        "PUT",
        "/v1/families/{family}/tickets/{ticket}/tags/{tag}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}/tags/{tag}",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/participants",
        Members,
    ),
    (
        "PUT",
        "/v1/families/{family}/tickets/{ticket}/participants/{role}/{user}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}/participants/{role}/{user}",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/comments",
        Members,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/comments",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        Members,
    ),
    (
        "PATCH",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        WritingMembers,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/restore",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/replies",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/versions",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/attachments",
        Members,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/attachments",
        WritingMembers,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}",
        Members,
    ),
    (
        "GET",
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}/file",
        Members,
    ),
    (
        "DELETE",
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}",
        WritingMembers,
    ),
    (
        "POST",
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}/restore",
        WritingMembers,
    ),
    ("POST", "/v1/families", People),
    ("GET", "/v1/me", SignedIn),
    ("PATCH", "/v1/me", People),
    ("GET", "/openapi.json", Anyone),
];

/// Somebody who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Nobody,
    Revoked,
    Disabled,
    Awaiting,
    Guest,
    Child,
    Member,
    /// In no group, and in copy of some tickets.
    Participant,
    GroupMember,
    GroupAdmin,
    FamilyAdmin,
    /// Runs the server, and the family.
    ServerOwner,
    /// Runs another family.
    Stranger,
    ReadKey,
    WriteKey,
    /// Of a member, for another family of theirs.
    KeyElsewhere,
}

impl Who {
    fn is_signed_in(self) -> bool {
        !matches!(self, Who::Nobody | Who::Revoked | Who::Disabled)
    }

    fn is_key(self) -> bool {
        matches!(self, Who::ReadKey | Who::WriteKey | Who::KeyElsewhere)
    }

    fn is_member(self) -> bool {
        use Who::{
            Child, FamilyAdmin, GroupAdmin, GroupMember, Guest, Member, Participant, ReadKey,
            ServerOwner, WriteKey,
        };
        matches!(
            self,
            Guest
                | Child
                | Member
                | Participant
                | GroupMember
                | GroupAdmin
                | FamilyAdmin
                | ServerOwner
                | ReadKey
                | WriteKey
        )
    }

    fn runs_a_family(self) -> bool {
        // The keys are an admin's.
        let runs = [Who::FamilyAdmin, Who::ServerOwner, Who::Stranger];
        runs.contains(&self) || self.is_key()
    }

    fn runs_this_family(self) -> bool {
        self.runs_a_family() && self.is_member()
    }
}

/// What is to be answered, as far as it is about who asks.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    LetIn,
    NotSignedIn,
    NotAllowed,
    NoFamily,
}

fn expected((path, of): (&str, For), who: Who) -> Answer {
    let reads_alone = who == Who::ReadKey;
    let elsewhere = who == Who::KeyElsewhere && path.contains("{family}");
    let is_of_family = matches!(of, Members | WritingMembers | Admins | WritingAdmins);
    match of {
        Anyone => Answer::LetIn,
        _ if !who.is_signed_in() => Answer::NotSignedIn,
        _ if elsewhere => Answer::NoFamily,
        WritingMembers | WritingAdmins | Joiners if reads_alone => Answer::NotAllowed,
        _ if is_of_family && !who.is_member() => Answer::NoFamily,
        Admins | WritingAdmins if !who.runs_this_family() => Answer::NotAllowed,
        SignedIn | Members | WritingMembers | Joiners | Admins | WritingAdmins => Answer::LetIn,
        Inviters if reads_alone => Answer::NotAllowed,
        Inviters if who.runs_a_family() => Answer::LetIn,
        People if !who.is_key() => Answer::LetIn,
        Owner if who == Who::ServerOwner => Answer::LetIn,
        People | Owner | Inviters => Answer::NotAllowed,
    }
}

/// A server and everyone who may come to it.
pub(super) struct Town {
    pub house: House,
    pub routes: Router,
    pub tokens: BTreeMap<Who, String>,
    /// Those who are in the family.
    pub people: BTreeMap<Who, UserId>,
    /// The other family.
    pub elsewhere: FamilyId,
}

impl Town {
    pub async fn new() -> Town {
        let house = House::new().await;
        let metrics = Arc::new(Metrics::default());
        let routes = network(Arc::clone(&house.desk), metrics);
        let mut town = Town {
            elsewhere: FamilyId(house.source.fresh()),
            house,
            routes,
            tokens: BTreeMap::new(),
            people: BTreeMap::new(),
        };
        town.settle().await;
        town
    }

    async fn settle(&mut self) {
        let owner = self.house.station.me();
        let signed_in = self.claim(owner, "ana").await;
        self.tokens.insert(Who::ServerOwner, signed_in.token.0);
        let mut admin = owner;
        for (who, name, role) in [
            (Who::Guest, "Gus", Role::Guest),
            (Who::Child, "Mia", Role::Child),
            (Who::Member, "Ben", Role::Adult),
            (Who::Participant, "Pia", Role::Adult),
            (Who::GroupMember, "Gil", Role::Adult),
            (Who::GroupAdmin, "Gea", Role::Adult),
            (Who::FamilyAdmin, "Eva", Role::Adult),
            (Who::Disabled, "Max", Role::Adult),
        ] {
            let (user_id, _) = joined(&self.house, name, role).await;
            let signed_in = self.claim(user_id, name).await;
            self.tokens.insert(who, signed_in.token.0);
            self.people.insert(who, user_id);
            if [Who::Child, Who::GroupMember, Who::GroupAdmin].contains(&who) {
                let add = CommandBody::GroupMembershipAdd {
                    group_id: self.house.home,
                    user_id,
                    is_admin: who == Who::GroupAdmin,
                };
                self.house.give(vec![add]).await;
                self.house.sync().await;
            }
            if who == Who::FamilyAdmin {
                admin = user_id;
                let set = MembershipField::IsAdmin(true);
                self.house
                    .give(vec![CommandBody::MembershipSet { user_id, set }])
                    .await;
                self.house.sync().await;
            }
            if who == Who::Disabled {
                let change = AccountChange {
                    is_active: Some(false),
                    ..AccountChange::default()
                };
                let done = self.house.desk.change_account(user_id, &change, owner);
                done.await.expect("disabled");
            }
        }
        self.invite_only().await;
        self.found_elsewhere().await;
        let elsewhere = self.elsewhere;
        let again = self.claim_again(admin).await;
        let desk = &self.house.desk;
        desk.revoke_session(admin, again.session_id, admin)
            .await
            .expect("revoked");
        self.tokens.insert(Who::Revoked, again.token.0);
        let family = self.house.family;
        for (who, family_id, scope) in [
            (Who::ReadKey, family, KeyScope::Read),
            (Who::WriteKey, family, KeyScope::Write),
            (Who::KeyElsewhere, elsewhere, KeyScope::Write),
        ] {
            let new = NewKey {
                key_name: "script".to_owned(),
                family_id,
                scope,
                days: None,
            };
            // The owner is in both families.
            let made = desk.create_key(owner, &new).await.expect("a key");
            self.tokens.insert(who, made.token.0);
        }
    }

    /// Someone who is asked in and has not answered.
    async fn invite_only(&mut self) {
        let user_id = UserId(self.house.source.fresh());
        let invite = CommandBody::MembershipInvite {
            user_id,
            display_name: "Awa".to_owned(),
            role: Role::Adult,
        };
        self.house.give(vec![invite]).await;
        self.house.sync().await;
        let signed_in = self.claim(user_id, "awa").await;
        self.tokens.insert(Who::Awaiting, signed_in.token.0);
    }

    /// Another family, which Zoe runs and the owner is in too.
    async fn found_elsewhere(&mut self) {
        let house = &self.house;
        let elsewhere = self.elsewhere;
        let owner = house.station.me();
        house
            .station
            .give(
                elsewhere,
                vec![CommandBody::FamilyCreate(NewFamily {
                    family_name: "Moreno family".to_owned(),
                    family_description: String::new(),
                    ticket_prefix: "MOR".parse().expect("a prefix"),
                    time_zone: "Europe/Madrid".to_owned(),
                    display_name: "Ana".to_owned(),
                })],
            )
            .await
            .expect("taken");
        house.sync().await;
        let zoe = UserId(house.source.fresh());
        let invite = CommandBody::MembershipInvite {
            user_id: zoe,
            display_name: "Zoe".to_owned(),
            role: Role::Adult,
        };
        house
            .station
            .give(elsewhere, vec![invite])
            .await
            .expect("taken");
        house.sync().await;
        let hers = station(&house.desk, &house.source, &house.folder, zoe, Some(zoe));
        hers.sync().await.expect("synced");
        hers.give(elsewhere, vec![CommandBody::MembershipAccept {}])
            .await
            .expect("taken");
        hers.sync().await.expect("synced");
        house.sync().await;
        let set = MembershipField::IsAdmin(true);
        let raise = CommandBody::MembershipSet { user_id: zoe, set };
        house
            .station
            .give(elsewhere, vec![raise])
            .await
            .expect("taken");
        house.sync().await;
        assert_ne!(owner, zoe);
        let signed_in = self.claim(zoe, "zoe").await;
        self.tokens.insert(Who::Stranger, signed_in.token.0);
    }

    async fn claim(&self, user_id: UserId, name: &str) -> LoggedIn {
        self.house.source.advance(60);
        let desk = &self.house.desk;
        let owner = self.house.station.me();
        let made = desk.make_code(user_id, owner).await.expect("a code");
        let redeem = Redeem {
            code: made.code,
            email: Some(format!("{}@example.org", name.to_lowercase())),
            password: Secret("heron gravel pudding lantern".to_owned()),
            device_name: "laptop".to_owned(),
        };
        desk.redeem(&redeem, "here").await.expect("claimed")
    }

    /// A second device of someone who has claimed their account.
    async fn claim_again(&self, user_id: UserId) -> LoggedIn {
        self.house.source.advance(60);
        let desk = &self.house.desk;
        let session = desk.session(user_id).await.expect("known");
        let who = famdesk::wire::login::LogIn {
            email: session.user.email.expect("an address"),
            password: Secret("heron gravel pudding lantern".to_owned()),
            device_name: "tablet".to_owned(),
        };
        desk.log_in(&who, "here").await.expect("logged in")
    }

    async fn ask(&self, route: Route, who: Who, family: FamilyId) -> Response<Body> {
        let source = &self.house.source;
        source.advance(60);
        let device = source.fresh();
        let path = route
            .path
            .replace("{family}", &family.to_string())
            .replace("{session}", &SessionId(source.fresh()).to_string())
            .replace("{key}", &KeyId(source.fresh()).to_string())
            .replace("{user}", &UserId(source.fresh()).to_string())
            .replace("{screen}", &ScreenId(source.fresh()).to_string())
            .replace("{webhook}", &WebhookId(source.fresh()).to_string())
            .replace("{number}", "1")
            .replace("{sha256}", &"a".repeat(64))
            .replace("{role}", "FOLLOWER")
            .replace("{tag}", "wifi");
        let ids = [
            "{group}",
            "{queue}",
            "{ticket}",
            "{comment}",
            "{attachment}",
        ];
        let path = ids.iter().fold(path, |path, name| {
            path.replace(name, &source.fresh().to_string())
        });
        let query = match route.path {
            "/v1/families/{family}/log" => format!("?device={device}"),
            "/v1/families/{family}/history" => "?epoch=none&page=1".to_owned(),
            _ => String::new(),
        };
        let body = match (route.verb.as_str(), route.path) {
            ("POST", "/v1/families/{family}/commands") => {
                json!({ "device": device, "commands": [] }).to_string()
            }
            ("POST", "/v1/families/{family}/rows" | "/v1/families/{family}/commands/known") => {
                "[]".to_owned()
            }
            ("POST", "/v1/users") => json!({
                "user_id": source.fresh(), "display_name": "Leo", "time_zone": "UTC",
            })
            .to_string(),
            ("PUT", "/v1/families/{family}/presence/{screen}") => {
                json!({ "ticket_id": source.fresh(), "doing": "viewing" }).to_string()
            }
            _ => String::new(),
        };
        let mut request = Request::builder()
            .method(route.verb.as_str())
            .uri(format!("{path}{query}"));
        if let Some(token) = self.tokens.get(&who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let routes = self.routes.clone();
        routes.oneshot(request).await.expect("answered")
    }
}

/// What was answered, and the whole of it but for the request's own name.
async fn told(route: Route, response: Response<Body>) -> (Answer, String) {
    let status = response.status();
    if route.path == "/v1/events" && status.is_success() {
        return (Answer::LetIn, String::new());
    }
    let body = response
        .into_body()
        .collect()
        .await
        .expect("read")
        .to_bytes();
    let problem: Option<Problem> = serde_json::from_slice(&body).ok();
    let what = famdesk::model::entity::EntityType::Family;
    let no_family = famdesk::model::refusal::Refusal::NotFound { what };
    let answer = match status {
        // Logging in fails so, for whoever may try.
        StatusCode::UNAUTHORIZED
            if route.path != "/v1/session" || route.verb.as_str() != "POST" =>
        {
            Answer::NotSignedIn
        }
        StatusCode::FORBIDDEN => Answer::NotAllowed,
        // Without a body nobody can tell more.
        StatusCode::NOT_FOUND if route.verb.as_str() == "HEAD" => Answer::NoFamily,
        _ => match problem.as_ref().and_then(|it| it.refusal.as_ref()) {
            Some(refusal) if *refusal == no_family => Answer::NoFamily,
            Some(famdesk::model::refusal::Refusal::NotAllowed { .. }) => Answer::NotAllowed,
            _ => Answer::LetIn,
        },
    };
    let text = match problem {
        Some(problem) => {
            assert!(problem.instance.is_some(), "{route:?} names its request");
            let bare = Problem {
                instance: None,
                ..problem
            };
            serde_json::to_string(&bare).expect("JSON")
        }
        None => String::from_utf8_lossy(&body).into_owned(),
    };
    (answer, format!("{status} {text}"))
}

#[tokio::test]
async fn every_route_lets_in_whom_it_is_for_and_nobody_else() {
    let town = Town::new().await;
    let table = network_table(Arc::clone(&town.house.desk));
    let rows: Vec<(&str, &str)> = EXPECTED.iter().map(|(v, p, _)| (*v, *p)).collect();
    for route in &table {
        let named = (route.verb.as_str(), route.path);
        assert!(rows.contains(&named), "{named:?} has no row here");
    }
    assert_eq!(table.len(), EXPECTED.len(), "a row here has no route");
    let everyone: Vec<Who> = [Who::Nobody]
        .into_iter()
        .chain(town.tokens.keys().copied())
        .collect();
    assert_eq!(everyone.len(), 16);
    let nowhere = FamilyId(town.house.source.fresh());
    let mut wrong = Vec::new();
    for route in table {
        // It ends the session that asks.
        if (route.verb.as_str(), route.path) == ("DELETE", "/v1/session") {
            continue;
        }
        let row = EXPECTED
            .iter()
            .find(|(verb, path, _)| (*verb, *path) == (route.verb.as_str(), route.path));
        let (_, _, of) = row.expect("a row");
        for who in &everyone {
            let response = town.ask(route, *who, town.house.family).await;
            let (answer, here) = told(route, response).await;
            // That there is no such blob is told like that there is no such family.
            let blob = route.verb.as_str() == "HEAD" && answer == Answer::NoFamily;
            let wanted = expected((route.path, *of), *who);
            if answer != wanted && !(blob && wanted == Answer::LetIn) {
                wrong.push(format!("{who:?} at {route:?}: {here}, not {wanted:?}"));
            }
            if wanted == Answer::NoFamily {
                let response = town.ask(route, *who, nowhere).await;
                let (_, there) = told(route, response).await;
                if here != there {
                    wrong.push(format!(
                        "{who:?} at {route:?}: {here} tells it from {there}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_acts_on_behalf_of_another_from_outside() {
    let town = Town::new().await;
    let ben = UserId(town.house.source.fresh()).to_string();
    let token = &town.tokens[&Who::ServerOwner];
    let request = Request::get("/v1/session")
        .header("authorization", format!("Bearer {token}"))
        .header("famdesk-on-behalf-of", ben)
        .body(Body::empty())
        .expect("a request");
    let response = town
        .routes
        .clone()
        .oneshot(request)
        .await
        .expect("answered");
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let body = response
        .into_body()
        .collect()
        .await
        .expect("read")
        .to_bytes();
    let problem: Problem = serde_json::from_slice(&body).expect("a problem");
    assert_eq!(problem.kind, ProblemKind::Forbidden);
}
