use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::model::audit::CHAIN_START;
use crate::model::audit::verify_link;
use crate::model::source::{DAY, FixedSource, HOUR, Source, Timestamp};
use crate::table::blobs::BlobStore;
use crate::table::keys::Scope;
use crate::table::{SqliteTable, patterns};
use crate::wire::login::{
    AccountChange, LogIn, LoggedIn, NewAccount, NewPassword, Redeem, Secret, UidChange,
};
use crate::wire::session::Introduction;

const PASSWORD: &str = "heron gravel pudding lantern";
const OTHER: &str = "walrus teapot meridian clover";
const HOME: &str = "192.0.2.7";

struct Server {
    desk: Arc<Desk>,
    source: Arc<FixedSource>,
    ana: UserId,
    _blobs: TempDir,
}

impl Server {
    /// A server that Ana runs.
    async fn new() -> Server {
        let source = Arc::new(FixedSource::new(Timestamp(1_795_251_600), 3));
        let blobs = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(blobs.path()).expect("blobs");
        let table = Arc::new(SqliteTable::in_memory().expect("a table"));
        let clock = Arc::clone(&source) as Arc<dyn Source>;
        let desk = Arc::new(Desk::new(table, store, clock));
        let ana = UserId(source.fresh());
        let who = Introduction {
            user_id: ana,
            display_name: "Ana".to_owned(),
            email: None,
            time_zone: "UTC".to_owned(),
        };
        desk.introduce(&who).await.expect("introduced");
        Server {
            desk,
            source,
            ana,
            _blobs: blobs,
        }
    }

    async fn with_ana() -> (Server, LoggedIn) {
        let server = Server::new().await;
        let made = server.desk.make_code(server.ana, server.ana).await;
        let claimed = server.redeem(made.expect("a code").code).await;
        (server, claimed.expect("claimed"))
    }

    async fn redeem(&self, code: Secret) -> Result<LoggedIn, DeskError> {
        self.source.advance(60);
        let redeem = Redeem {
            code,
            email: Some("ana@example.org".to_owned()),
            password: Secret(PASSWORD.to_owned()),
            device_name: "laptop".to_owned(),
        };
        self.desk.redeem(&redeem, HOME).await
    }

    async fn log_in(&self, email: &str, password: &str) -> Result<LoggedIn, DeskError> {
        let who = LogIn {
            email: email.to_owned(),
            password: Secret(password.to_owned()),
            device_name: "tablet".to_owned(),
        };
        self.desk.log_in(&who, HOME).await
    }

    async fn is_in(&self, logged_in: &LoggedIn) -> bool {
        self.desk.recognise(&logged_in.token.0).await.is_ok()
    }

    /// What stands in Ana's log; its chain holds.
    async fn deeds(&self) -> Vec<String> {
        let scope = Scope::User(self.ana);
        let page = patterns::log_after(self.desk.table.as_ref(), scope, 0, 100).await;
        let records = page.expect("a log").records;
        let mut at = (0, CHAIN_START.to_owned());
        for record in &records {
            verify_link(record, (at.0, &at.1)).expect("it fits");
            at = (record.seq, record.hash.clone());
            let text = serde_json::to_string(record).expect("JSON");
            assert!(
                !text.contains(PASSWORD) && !text.contains("famdesk_"),
                "{text}"
            );
        }
        records.into_iter().map(|it| it.command_type).collect()
    }
}

fn login_error<T: std::fmt::Debug>(result: Result<T, DeskError>) -> LoginError {
    match result {
        Err(DeskError::Login(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_lets_its_holder_in_once_and_for_a_while() {
    let server = Server::new().await;
    let made = server
        .desk
        .make_code(server.ana, server.ana)
        .await
        .expect("a code");
    let earlier = made.code;
    let made = server
        .desk
        .make_code(server.ana, server.ana)
        .await
        .expect("another");
    let replaced = server.redeem(earlier).await;
    assert_eq!(login_error(replaced), LoginError::WrongCode);
    let claimed = server.redeem(made.code.clone()).await.expect("claimed");
    assert!(server.is_in(&claimed).await);
    let twice = server.redeem(made.code).await;
    assert_eq!(login_error(twice), LoginError::WrongCode);
    let late = server
        .desk
        .make_code(server.ana, server.ana)
        .await
        .expect("a reset");
    server.source.advance(HOUR);
    assert_eq!(
        login_error(server.redeem(late.code).await),
        LoginError::WrongCode
    );
    let deeds = server.deeds().await;
    assert_eq!(
        deeds,
        [
            "user.create",
            "code.create",
            "code.create",
            "code.redeem",
            "user.claim",
            "session.create",
            "code.create"
        ]
    );
}

#[tokio::test]
async fn a_wrong_name_is_told_like_a_wrong_password_and_guesses_are_slowed() {
    let (server, _) = Server::with_ana().await;
    for email in ["ana@example.org", "nobody@example.org"] {
        server.source.advance(60);
        let wrong = server.log_in(email, OTHER).await;
        assert_eq!(login_error(wrong), LoginError::Wrong);
    }
    for _ in 0..3 {
        server.source.advance(5);
        let _ = server.log_in("ana@example.org", OTHER).await;
    }
    let slowed = login_error(server.log_in(" Ana@Example.org", PASSWORD).await);
    assert_eq!(slowed, LoginError::TooMany { retry_after: 1 });
    server.source.advance(1);
    let right = server
        .log_in(" Ana@Example.org", PASSWORD)
        .await
        .expect("in");
    assert!(server.is_in(&right).await);
    let tries = right.refused.expect("who comes in is told");
    assert_eq!((tries.count, tries.from.as_str()), (4, HOME));
    let after = server.desk.refused_tries(server.ana).await;
    assert_eq!(after.expect("readable"), None);
    let refused = server.deeds().await;
    assert_eq!(
        refused.iter().filter(|it| *it == "session.refused").count(),
        4
    );
}

#[tokio::test]
async fn a_device_is_logged_out_by_hand_by_disuse_and_by_a_new_password() {
    let (server, laptop) = Server::with_ana().await;
    let tablet = server
        .log_in("ana@example.org", PASSWORD)
        .await
        .expect("in");
    let login = server.desk.recognise(&tablet.token.0).await.expect("known");
    let rows = server.desk.sessions_of(&login).await.expect("a list");
    let names: Vec<_> = rows
        .iter()
        .map(|it| (it.device_name.as_str(), it.is_this))
        .collect();
    assert_eq!(names, [("tablet", true), ("laptop", false)]);
    server
        .desk
        .revoke_session(server.ana, laptop.session_id, server.ana)
        .await
        .expect("revoked");
    assert!(!server.is_in(&laptop).await);
    // Used now and then it stays.
    for _ in 0..3 {
        server.source.advance(29 * DAY);
        assert!(server.is_in(&tablet).await);
    }
    let other = server
        .log_in("ana@example.org", PASSWORD)
        .await
        .expect("in");
    let change = NewPassword {
        old: Secret(PASSWORD.to_owned()),
        new: Secret(OTHER.to_owned()),
    };
    let changed = server.desk.change_password(&login, &change, HOME).await;
    changed.expect("changed");
    assert!(server.is_in(&tablet).await && !server.is_in(&other).await);
    server.source.advance(30 * DAY);
    assert!(!server.is_in(&tablet).await);
    server
        .log_in("ana@example.org", OTHER)
        .await
        .expect("in again");
}

#[tokio::test]
async fn a_new_account_waits_for_approval_and_a_disabled_one_is_out_at_once() {
    let (server, _) = Server::with_ana().await;
    let ben = NewAccount {
        email: "ben@example.org".to_owned(),
        display_name: "Ben".to_owned(),
        password: Secret(OTHER.to_owned()),
        time_zone: "UTC".to_owned(),
    };
    server.desk.sign_up(&ben, HOME).await.expect("noted");
    // What is there already is not told, and stays.
    let again = NewAccount {
        password: Secret(PASSWORD.to_owned()),
        ..ben.clone()
    };
    server
        .desk
        .sign_up(&again, HOME)
        .await
        .expect("told the same");
    let waits = server.log_in("ben@example.org", OTHER).await;
    assert_eq!(login_error(waits), LoginError::NotApproved);
    let rows = server.desk.accounts().await.expect("a list");
    let names: Vec<_> = rows
        .iter()
        .map(|it| (it.user.display_name.as_str(), it.is_owner))
        .collect();
    assert_eq!(names, [("Ana", true), ("Ben", false)]);
    let ben = rows[1].user.user_id;
    let set = |is_approved, is_active| AccountChange {
        is_approved,
        is_active,
        uid: Some(UidChange::Is(1001)),
    };
    let change = set(Some(true), None);
    server
        .desk
        .change_account(ben, &change, server.ana)
        .await
        .expect("approved");
    let tablet = server.log_in("ben@example.org", OTHER).await.expect("in");
    let known = server.desk.recognise_uid(1001).await.expect("readable");
    assert_eq!(known.map(|it| it.user_id), Some(ben));
    let change = set(None, Some(false));
    server
        .desk
        .change_account(ben, &change, server.ana)
        .await
        .expect("disabled");
    assert!(!server.is_in(&tablet).await);
    assert_eq!(
        server.desk.recognise_uid(1001).await.expect("readable"),
        None
    );
    server.source.advance(60);
    let out = server.log_in("ben@example.org", OTHER).await;
    assert_eq!(login_error(out), LoginError::Disabled);
    let own = set(None, Some(false));
    assert!(
        server
            .desk
            .change_account(server.ana, &own, server.ana)
            .await
            .is_err()
    );
}
