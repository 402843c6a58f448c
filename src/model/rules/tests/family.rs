//! Founding a family and its settings.

use super::*;
use crate::model::family::FamilyField;
use crate::model::membership::MembershipStatus;

#[test]
fn the_founder_is_the_first_admin() {
    let mut house = House::empty();
    let changes = house.ok(STRANGER, CommandBody::FamilyCreate(new_family()));
    assert_eq!(changes.len(), 2);
    let founder = house.member(STRANGER);
    assert!(founder.is_admin);
    assert_eq!(
        (founder.status, founder.role),
        (MembershipStatus::Member, Role::Adult)
    );
}

#[test]
fn a_family_is_founded_once() {
    let mut house = House::new();
    let refusal = house.no(STRANGER, CommandBody::FamilyCreate(new_family()));
    assert!(matches!(refusal, Refusal::AlreadyThere { .. }));
}

#[test]
fn names_and_zones_are_checked() {
    let mut house = House::new();
    let long = "x".repeat(101);
    for (set, field) in [
        (FamilyField::FamilyName(" ".to_owned()), "family_name"),
        (FamilyField::FamilyName(long), "family_name"),
        (FamilyField::TimeZone("not a zone".to_owned()), "time_zone"),
        (FamilyField::TimeZone(String::new()), "time_zone"),
    ] {
        let refusal = house.no(ADMIN, CommandBody::FamilySet(set));
        assert!(is_invalid(&refusal, field), "{refusal}");
    }
    house.ok(
        ADMIN,
        CommandBody::FamilySet(FamilyField::TimeZone("Etc/GMT+2".to_owned())),
    );
}
