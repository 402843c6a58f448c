//! Who may use which route of a server: every route, asked by everyone that there may be.

use std::collections::BTreeMap;

use axum::body::Body;
use famdesk::server::{Route, network_table};
use famdesk::wire::problem::{Problem, ProblemKind};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::*;

mod town;

pub(super) use town::{Town, Who};

/// Every route, and who it is for.
const EXPECTED: &str = include_str!("routes.txt");

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

/// What is to be answered, as far as it is about who asks.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    LetIn,
    NotSignedIn,
    NotAllowed,
    NoFamily,
}

/// The rows by verb and path.
fn rows() -> BTreeMap<(&'static str, &'static str), For> {
    let lines = EXPECTED.lines().filter(|it| !it.starts_with('#'));
    let rows = lines.map(|line| {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [verb, path, of] = parts[..] else {
            panic!("`{line}` is no row");
        };
        let all = [
            Anyone,
            SignedIn,
            People,
            Owner,
            Inviters,
            Members,
            WritingMembers,
            Admins,
            WritingAdmins,
            Joiners,
        ];
        let of = all.into_iter().find(|it| format!("{it:?}") == of);
        ((verb, path), of.expect("whom a row is for"))
    });
    rows.collect()
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
    let rows = rows();
    for route in &table {
        let named = (route.verb.as_str(), route.path);
        assert!(rows.contains_key(&named), "{named:?} has no row here");
    }
    assert_eq!(table.len(), rows.len(), "a row here has no route");
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
        let of = rows[&(route.verb.as_str(), route.path)];
        for who in &everyone {
            let response = town.ask(route, *who, town.house.family).await;
            let (answer, here) = told(route, response).await;
            // That there is no such blob is told like that there is no such family.
            let blob = route.verb.as_str() == "HEAD" && answer == Answer::NoFamily;
            let wanted = expected((route.path, of), *who);
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
