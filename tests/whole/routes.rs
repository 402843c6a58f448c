//! What the routes answer to requests that no client of ours would make.

use bytes::Bytes;
use famdesk::remote::Remote;
use famdesk::wire::problem::{Problem, ProblemKind};
use famdesk::wire::session::ON_BEHALF_OF;
use http::{Method, Request, StatusCode};

use super::*;

struct Door<'a> {
    house: &'a House,
    remote: Box<dyn Remote>,
}

impl Door<'_> {
    fn of(house: &House) -> Door<'_> {
        let routes = server::bundled(Arc::clone(&house.desk));
        let remote = Box::new(InProcess::new(routes, house.desk.stirs()));
        Door { house, remote }
    }

    async fn ask(
        &self,
        (method, path): (Method, &str),
        body: &[u8],
        as_user: Option<&str>,
    ) -> (StatusCode, Bytes) {
        let path = path.replace("{f}", &self.house.family.to_string());
        let mut request = Request::builder().method(method).uri(path);
        if let Some(user) = as_user {
            request = request.header(ON_BEHALF_OF, user);
        }
        let request = request
            .body(Bytes::copy_from_slice(body))
            .expect("a request");
        let reply = self.remote.call(request).await.expect("a reply");
        (reply.status(), reply.into_body())
    }

    async fn problem(
        &self,
        asked: (Method, &str),
        body: &[u8],
        as_user: Option<&str>,
    ) -> ProblemKind {
        let (status, reply) = self.ask(asked, body, as_user).await;
        let problem: Problem = serde_json::from_slice(&reply).expect("a problem document");
        assert_eq!(problem.status, status.as_u16());
        problem.kind
    }
}

#[tokio::test]
async fn what_can_not_be_read_is_told_as_a_problem() {
    let house = House::new().await;
    let door = Door::of(&house);
    let device = house.source.fresh();
    let log = |rest: &str| format!("/v1/families/{{f}}/log?device={device}{rest}");
    let hash = format!("/v1/families/{{f}}/blobs/{}", "a".repeat(64));
    for (method, path, body, kind) in [
        (
            Method::POST,
            "/v1/families/{f}/commands".to_owned(),
            "{",
            ProblemKind::Malformed,
        ),
        (
            Method::POST,
            "/v1/families/none/commands".to_owned(),
            "{}",
            ProblemKind::Malformed,
        ),
        (
            Method::POST,
            "/v1/families/{f}/rows".to_owned(),
            "[1]",
            ProblemKind::Malformed,
        ),
        (
            Method::GET,
            "/v1/families/{f}/log".to_owned(),
            "",
            ProblemKind::Malformed,
        ),
        (Method::GET, log("&limit=many"), "", ProblemKind::Malformed),
        (Method::GET, log("&after=c1.x"), "", ProblemKind::Malformed),
        (
            Method::GET,
            "/v1/families/{f}/snapshot?page=x".to_owned(),
            "",
            ProblemKind::Refused,
        ),
        (
            Method::GET,
            "/v1/families/{f}/blobs/x".to_owned(),
            "",
            ProblemKind::Malformed,
        ),
        (Method::GET, hash.clone(), "", ProblemKind::NotFound),
        (Method::PUT, hash, "other bytes", ProblemKind::Malformed),
        (
            Method::GET,
            "/v1/nowhere".to_owned(),
            "",
            ProblemKind::NotFound,
        ),
        (
            Method::DELETE,
            "/v1/meta".to_owned(),
            "",
            ProblemKind::MethodNotAllowed,
        ),
    ] {
        let found = door.problem((method, &path), body.as_bytes(), None).await;
        assert_eq!(found, kind, "{path}");
    }
    let (status, _) = door.ask((Method::GET, &log("&limit=0")), b"", None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_gets_in_on_behalf_of_a_stranger_or_of_time() {
    let house = House::new().await;
    let door = Door::of(&house);
    let device = house.source.fresh();
    let stranger = house.source.fresh().to_string();
    let log = format!("/v1/families/{{f}}/log?device={device}");
    let blob = format!("/v1/families/{{f}}/blobs/{}", "a".repeat(64));
    let system = UserId::SYSTEM.to_string();
    let asked = [
        (Method::GET, log.as_str()),
        (Method::GET, "/v1/families/{f}/snapshot"),
        (Method::GET, "/v1/families/{f}/audit/verify"),
        (Method::GET, blob.as_str()),
        (Method::PUT, blob.as_str()),
    ];
    for (method, path) in asked {
        let ask = (method.clone(), path);
        let found = door.problem(ask, b"", Some(&stranger)).await;
        assert_eq!(found, ProblemKind::NotFound, "{path}");
        for nobody in [system.as_str(), "nobody"] {
            let ask = (method.clone(), path);
            let found = door.problem(ask, b"", Some(nobody)).await;
            assert_eq!(found, ProblemKind::Malformed, "{path}");
        }
    }
}

#[tokio::test]
async fn an_import_as_large_as_it_may_be_fits_into_a_request() {
    let house = House::new().await;
    let door = Door::of(&house);
    let body = vec![b' '; 60 * 1024 * 1024];
    let (status, reply) = door
        .ask((Method::POST, "/v1/families/{f}/rows"), &body, None)
        .await;
    let problem: Problem = serde_json::from_slice(&reply).expect("a problem document");
    // It was read to its end, where something is missing.
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.detail.contains("EOF"), "{}", problem.detail);
}
