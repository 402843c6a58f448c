//! What happens where two people change the same thing (PROTOCOL.md section 2).

use serde_json::json;

use super::*;
use crate::model::command::Base;
use crate::model::refusal::Conflict;
use crate::model::severity::Severity;
use crate::model::status::Stage;

fn set_from(base: &Ticket, mine: TicketField) -> CommandBody {
    CommandBody::TicketSet {
        ticket_id: base.ticket_id,
        base: Some(Base {
            version: base.common.version,
            value: mine.current(base),
        }),
        set: mine,
    }
}

#[test]
fn theirs_stands_and_the_refusal_holds_all_three() {
    let mut house = House::new();
    let seen = house.at(TAP).clone();
    let sev = |severity| TicketField::Severity(severity);
    house.ok(ADULT, set_from(&seen, sev(Severity::Sev2)));
    assert_eq!(
        house.no(GROUP_ADMIN, set_from(&seen, sev(Severity::Sev5))),
        Refusal::Conflict(Box::new(Conflict {
            field: "severity".to_owned(),
            base: json!("SEV_3"),
            mine: json!("SEV_5"),
            theirs: json!("SEV_2"),
            by: None,
        }))
    );
}

#[test]
fn every_field_that_can_conflict_does_and_the_same_value_never() {
    let mut house = House::new();
    let [one, two] = [house.ticket(ADULT, CHORES), house.ticket(ADULT, CHORES)];
    for [theirs, mine] in [
        ["Tap", "Drip"].map(|it| TicketField::Title(it.to_owned())),
        [Severity::Sev1, Severity::Sev5].map(TicketField::Severity),
        [Stage::Active, Stage::Waiting].map(TicketField::Stage),
        ["rain", "sun"].map(|it| TicketField::WaitingNote(Some(it.to_owned()))),
        [ADULT, CHILD].map(|it| TicketField::AssignedTo(Some(it))),
        [HOME, COUSINS].map(|it| TicketField::AssignedGroup(Some(it))),
        [1, 2].map(|it| TicketField::DueDate(Some(Timestamp(it)))),
        [one, two].map(|it| TicketField::ParentTicket(Some(it))),
        [one, two].map(|it| TicketField::MergedInto(Some(it))),
    ] {
        let mut house = house.clone();
        let seen = house.at(TAP).clone();
        house.ok(ADULT, set_from(&seen, theirs.clone()));
        let refusal = house.no(GROUP_ADMIN, set_from(&seen, mine.clone()));
        let conflict = matches!(&refusal, Refusal::Conflict(it) if it.field == mine.name());
        assert!(conflict, "{refusal}");
        assert_eq!(house.ok(GROUP_ADMIN, set_from(&seen, theirs)), []);
    }
}

#[test]
fn what_comes_last_wins_for_place_snooze_and_category() {
    let mut house = House::new();
    for [theirs, mine] in [
        [SPARE, TRIPS].map(TicketField::QueueId),
        [60, 120].map(|it| TicketField::SnoozedUntil(Some(START.plus(it)))),
        ["water", "pipes"].map(|it| TicketField::Category(Some(it.to_owned()))),
    ] {
        let seen = house.at(TAP).clone();
        house.ok(ADMIN, set_from(&seen, theirs));
        house.ok(ADMIN, set_from(&seen, mine.clone()));
        assert_eq!(mine.current(house.at(TAP)), mine);
    }
}

#[test]
fn a_change_to_another_field_is_no_conflict() {
    let mut house = House::new();
    let seen = house.at(TAP).clone();
    house.ok(ADULT, set(TAP, TicketField::Severity(Severity::Sev1)));
    house.ok(
        ADULT,
        set_from(&seen, TicketField::Title("Drip".to_owned())),
    );
    assert_eq!(house.at(TAP).severity, Severity::Sev1);
}

#[test]
fn a_value_that_went_and_came_back_is_no_conflict() {
    let mut house = House::new();
    let seen = house.at(TAP).clone();
    for severity in [Severity::Sev1, seen.severity] {
        house.ok(ADULT, set(TAP, TicketField::Severity(severity)));
    }
    house.ok(
        ADULT,
        set_from(&seen, TicketField::Severity(Severity::Sev5)),
    );
}

#[test]
fn a_description_edited_meanwhile_is_a_conflict_unless_it_says_the_same() {
    let mut house = House::new();
    let describe = |text: &str, base: &str| CommandBody::TicketDescribe {
        ticket_id: TAP,
        description: LongText::from(text),
        base_sha256: Some(LongText::from(base).sha256()),
    };
    house.ok(ADULT, describe("theirs", ""));
    let refusal = house.no(GROUP_ADMIN, describe("mine", ""));
    assert!(matches!(refusal, Refusal::Conflict(it) if it.theirs == json!("theirs")));
    // Edited once more over one's own text, which was refused: it is theirs that stands there.
    let again = house.no(GROUP_ADMIN, describe("mine, better", "mine"));
    assert!(matches!(again, Refusal::Conflict(it) if it.theirs == json!("theirs")));
    assert_eq!(house.ok(GROUP_ADMIN, describe("theirs", "")), []);
    house.ok(GROUP_ADMIN, describe("mine", "theirs"));
}

#[test]
fn tags_of_two_people_both_stay() {
    let mut house = House::new();
    for tag in ["water", "urgent"] {
        let tag = tag.to_owned();
        house.ok(
            ADULT,
            CommandBody::TicketTag {
                ticket_id: TAP,
                tag,
            },
        );
    }
    assert_eq!(house.at(TAP).tags.len(), 2);
}

#[test]
fn a_title_that_differs_only_in_spaces_around_it_is_the_same() {
    let mut house = House::new();
    let seen = house.at(TAP).clone();
    for text in ["Drip", " Drip "] {
        house.ok(ADULT, set_from(&seen, TicketField::Title(text.to_owned())));
    }
}
