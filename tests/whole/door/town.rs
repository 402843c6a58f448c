//! A server and everyone who may come to it.

use axum::Router;
use famdesk::model::command::MembershipField;
use famdesk::model::id::{KeyId, ScreenId, SessionId, WebhookId};
use famdesk::model::login::KeyScope;
use famdesk::server::{Metrics, Route, network};
use famdesk::wire::login::{AccountChange, NewKey};

use super::*;

/// Somebody who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::whole) enum Who {
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
    pub fn is_signed_in(self) -> bool {
        !matches!(self, Who::Nobody | Who::Revoked | Who::Disabled)
    }

    pub fn is_key(self) -> bool {
        matches!(self, Who::ReadKey | Who::WriteKey | Who::KeyElsewhere)
    }

    pub fn is_member(self) -> bool {
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

    pub fn runs_a_family(self) -> bool {
        // The keys are an admin's.
        let runs = [Who::FamilyAdmin, Who::ServerOwner, Who::Stranger];
        runs.contains(&self) || self.is_key()
    }

    pub fn runs_this_family(self) -> bool {
        self.runs_a_family() && self.is_member()
    }
}

/// A server and everyone who may come to it.
pub(in crate::whole) struct Town {
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
        let signed_in = claimed(&self.house, owner, "ana").await;
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
            let signed_in = claimed(&self.house, user_id, name).await;
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
        let signed_in = claimed(&self.house, user_id, "awa").await;
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
        let signed_in = claimed(&self.house, zoe, "zoe").await;
        self.tokens.insert(Who::Stranger, signed_in.token.0);
    }

    /// A second device of someone who has claimed their account.
    async fn claim_again(&self, user_id: UserId) -> LoggedIn {
        self.house.source.advance(60);
        let desk = &self.house.desk;
        let session = desk.session(user_id).await.expect("known");
        let who = famdesk::wire::login::LogIn {
            email: session.user.email.expect("an address"),
            password: Secret(PASSWORD.to_owned()),
            device_name: "tablet".to_owned(),
        };
        desk.log_in(&who, "here").await.expect("logged in")
    }

    pub async fn ask(&self, route: Route, who: Who, family: FamilyId) -> Response<Body> {
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
