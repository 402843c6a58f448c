//! What people change of themselves.

use super::*;
use crate::model::command::Base;
use crate::model::entity::Common;
use crate::model::user::{User, UserField};

fn set(set: UserField) -> CommandBody {
    CommandBody::UserSet { set, base: None }
}

fn named(name: &str) -> UserField {
    UserField::DisplayName(name.to_owned())
}

fn mail(text: &str) -> UserField {
    UserField::Email(Some(text.to_owned()))
}

/// The house with a login for an adult in it.
fn with_login() -> House {
    let mut house = House::new();
    let user = User {
        user_id: ADULT,
        email: None,
        display_name: "Ana".to_owned(),
        is_active: true,
        is_approved: true,
        time_zone: "UTC".to_owned(),
        common: Common::new(ADULT, START),
    };
    house.records.insert(user.key(), user.into());
    house
}

fn user(house: &House) -> &User {
    match house.records.get(&EntityKey::User(ADULT)) {
        Some(Record::User(user)) => user,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_name_is_ones_name_in_the_family_too() {
    let mut house = with_login();
    let changes = house.ok(ADULT, set(named("  Ana Rivera ")));
    assert_eq!(changes.len(), 2);
    assert_eq!(user(&house).display_name, "Ana Rivera");
    assert_eq!(user(&house).common.version, 2);
    assert_eq!(house.member(ADULT).display_name, "Ana Rivera");
    // The same again, as it is given in one's other families.
    assert_eq!(house.ok(ADULT, set(named("Ana Rivera"))), []);
}

#[test]
fn whoever_has_no_login_has_a_name_and_nothing_else() {
    let mut house = House::new();
    let changes = house.ok(CHILD, set(named("Teo")));
    assert_eq!(changes.len(), 1);
    assert_eq!(house.member(CHILD).display_name, "Teo");
    let refusal = house.no(CHILD, set(mail("teo@example.org")));
    assert!(matches!(refusal, Refusal::NotAllowed { .. }), "{refusal}");
}

#[test]
fn what_is_no_name_address_or_zone_is_refused() {
    let mut house = with_login();
    let long = format!("{}@example.org", "x".repeat(250));
    for (wrong, field) in [
        (named(" "), "display_name"),
        (mail("ana"), "email"),
        (mail("@example.org"), "email"),
        (mail("ana@"), "email"),
        (mail("ana b@example.org"), "email"),
        (mail("ana\u{7}@example.org"), "email"),
        (mail(&long), "email"),
        (UserField::TimeZone("near Madrid".to_owned()), "time_zone"),
    ] {
        let refusal = house.no(ADULT, set(wrong));
        assert!(is_invalid(&refusal, field), "{refusal}");
    }
    house.ok(ADULT, set(mail(" ana@example.org ")));
    assert_eq!(user(&house).email.as_deref(), Some("ana@example.org"));
    house.ok(ADULT, set(UserField::Email(None)));
    assert_eq!(user(&house).email, None);
}

#[test]
fn another_device_that_was_first_is_not_overwritten() {
    let mut house = with_login();
    let from = |house: &House, set: UserField| CommandBody::UserSet {
        base: Some(Base {
            version: user(house).common.version,
            value: set.current(user(house)),
        }),
        set,
    };
    let late = from(&house, mail("late@example.org"));
    let same = from(&house, mail("first@example.org"));
    let zone = from(&house, UserField::TimeZone("Europe/Madrid".to_owned()));
    house.ok(ADULT, set(mail("first@example.org")));
    assert!(matches!(house.no(ADULT, late), Refusal::Conflict(_)));
    assert_eq!(house.ok(ADULT, same), []);
    assert_eq!(house.ok(ADULT, zone).len(), 1);
}
