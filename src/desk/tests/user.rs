//! A user's own record: its log, and the one address that nobody else has.

use super::{House, Outcome};
use crate::model::audience::Audience;
use crate::model::audit::{CHAIN_START, verify_link};
use crate::model::command::{Actor, CommandBody};
use crate::model::entity::Common;
use crate::model::id::UserId;
use crate::model::import::ImportBatch;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::read_marker::ReadMarker;
use crate::model::source::Source;
use crate::model::user::{User, UserField};
use crate::table::item::Write;
use crate::table::keys::{self, Scope};
use crate::table::patterns;

fn set(set: UserField) -> CommandBody {
    CommandBody::UserSet { set, base: None }
}

fn mail(text: &str) -> CommandBody {
    set(UserField::Email(Some(text.to_owned())))
}

async fn user(house: &House, user_id: UserId) -> User {
    let found = patterns::user(house.desk.table.as_ref(), user_id).await;
    found.expect("readable").expect("a user")
}

async fn holder(house: &House, email: &str) -> Option<UserId> {
    let found = patterns::user_by_email(house.desk.table.as_ref(), email).await;
    found.expect("readable").map(|it| it.user_id)
}

/// Someone who came with an import, and has that address.
async fn import_ben(house: &House, email: &str) -> UserId {
    let ben = UserId(house.source.fresh());
    let common = Common::new(house.ana, house.source.now());
    let user = User {
        user_id: ben,
        email: Some(email.to_owned()),
        display_name: "Ben".to_owned(),
        is_active: false,
        is_approved: false,
        time_zone: "UTC".to_owned(),
        common: common.clone(),
    };
    let membership = Membership {
        family_id: house.family,
        user_id: ben,
        display_name: "Ben".to_owned(),
        status: MembershipStatus::Member,
        role: Role::Adult,
        is_admin: false,
        request_date: house.source.now(),
        invited_by: None,
        has_left: false,
        common,
    };
    let entities = vec![user.into(), membership.into()];
    house
        .ok(CommandBody::ImportBatch(ImportBatch {
            system: "jira".to_owned(),
            entities,
        }))
        .await;
    ben
}

#[tokio::test]
async fn a_change_of_oneself_goes_to_ones_own_log_and_the_name_to_the_family_too() {
    let house = House::new().await;
    let name = UserField::DisplayName("Ana Rivera".to_owned());
    house.ok(set(name)).await;
    house.ok(mail("ana@example.org")).await;
    house
        .ok(set(UserField::TimeZone("Europe/Lisbon".to_owned())))
        .await;
    let ana = user(&house, house.ana).await;
    assert_eq!(
        (ana.common.version, ana.display_name.as_str()),
        (4, "Ana Rivera")
    );
    let table = house.desk.table.as_ref();
    let membership = patterns::membership(table, house.family, house.ana).await;
    let membership = membership.expect("readable").expect("a member");
    assert_eq!(membership.display_name, "Ana Rivera");

    let log = patterns::log_after(table, Scope::User(house.ana), 0, 100).await;
    let log = log.expect("readable").records;
    assert_eq!(log.len(), 4);
    let mut at = (0, CHAIN_START.to_owned());
    for record in log {
        assert_eq!(verify_link(&record, (at.0, &at.1)), Ok(()));
        assert_eq!(record.family_id, None);
        assert_eq!(record.audience, Audience::User { user_id: house.ana });
        at = (record.seq, record.hash);
    }
    let head = patterns::head(table, Scope::User(house.ana)).await;
    assert_eq!(head.expect("readable").expect("a head").n, 4);
    let of_family = house.desk.verify(house.family, house.ana).await;
    assert_eq!(of_family.expect("readable").broken, None);
}

#[tokio::test]
async fn an_address_is_one_persons_and_free_again_once_they_leave_it() {
    let house = House::new().await;
    let ben = import_ben(&house, "ben@example.org").await;
    assert_eq!(holder(&house, "BEN@example.org").await, Some(ben));

    let taken = house.command(mail("Ben@Example.org"));
    let verdict = house.give(&taken, None).await.expect("an answer");
    let Outcome::Rejected { problem, .. } = &verdict.outcome else {
        panic!("{verdict:?}");
    };
    assert!(problem.detail.contains("someone else has that address"));
    assert_eq!(user(&house, house.ana).await.email, None);

    house.ok(mail("ana@example.org")).await;
    // The same address in another case is a change of one's own.
    house.ok(mail("Ana@example.org")).await;
    house.ok(mail("rivera@example.org")).await;
    assert_eq!(holder(&house, "ana@example.org").await, None);
    assert_eq!(holder(&house, "rivera@example.org").await, Some(house.ana));
    house.ok(set(UserField::Email(None))).await;
    assert_eq!(holder(&house, "rivera@example.org").await, None);
}

#[tokio::test]
async fn of_two_devices_at_once_both_are_heard_and_one_address_is_left() {
    let house = House::new().await;
    let desks = [std::sync::Arc::clone(&house.desk), house.other_desk()];
    let commands = [mail("one@example.org"), mail("two@example.org")].map(|it| house.command(it));
    let actor = Actor::user(house.ana);
    let (one, two) = tokio::join!(
        desks[0].execute(house.family, &actor, &commands[0], None),
        desks[1].execute(house.family, &actor, &commands[1], None),
    );
    for verdict in [one, two] {
        let outcome = verdict.expect("an answer").outcome;
        assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    }
    let mail = user(&house, house.ana).await.email.expect("an address");
    assert_eq!(user(&house, house.ana).await.common.version, 3);
    for address in ["one@example.org", "two@example.org"] {
        let expected = (address == mail).then_some(house.ana);
        assert_eq!(holder(&house, address).await, expected);
    }
}

#[tokio::test]
async fn a_checkup_looks_at_what_is_a_persons_alone() {
    let house = House::new().await;
    let tickets = vec![house.ticket("read").await];
    house.ok(CommandBody::TicketRead { tickets, seq: 1 }).await;
    let checkups = house.desk.check_up().await.expect("readable");
    assert!(checkups[0].is_well(), "{:?}", checkups[0].faults);

    let stray = ReadMarker {
        family_id: house.family,
        user_id: house.ana,
        ticket_id: house.ticket("not read").await,
        seq: 1,
        unread: false,
        common: Common::new(house.ana, house.source.now()),
    };
    let key = stray.key();
    let item = keys::item_of(house.family, &stray.into()).expect("an item");
    let written = house.desk.table.transact(vec![Write::create(item)]);
    written.await.expect("written");
    let checkups = house.desk.check_up().await.expect("readable");
    let faults: Vec<String> = checkups[0].faults.iter().map(ToString::to_string).collect();
    let told = format!(
        "{} {} is not in the log",
        key.entity_type(),
        key.entity_id()
    );
    assert_eq!(faults, [told]);
}

#[tokio::test]
async fn a_checkup_looks_at_the_logs_of_users_and_their_logins() {
    let house = House::new().await;
    house.ok(mail("ana@example.org")).await;
    house
        .desk
        .make_code(house.ana, house.ana)
        .await
        .expect("a code");
    let checkups = house.desk.check_up().await.expect("readable");
    assert!(checkups[0].is_well(), "{:?}", checkups[0].faults);

    let mut ana = user(&house, house.ana).await;
    ana.display_name = "Eve".to_owned();
    let version = ana.common.version;
    let item = keys::item_of(house.family, &ana.into()).expect("an item");
    let written = house
        .desk
        .table
        .transact(vec![Write::update(item, version)]);
    written.await.expect("written");
    let checkups = house.desk.check_up().await.expect("readable");
    let faults: Vec<String> = checkups[0].faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [format!("user {} is not what the log says", house.ana)]
    );
}
