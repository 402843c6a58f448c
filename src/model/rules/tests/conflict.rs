//! What happens where two people change the same thing (PROTOCOL.md section 2).

use serde_json::json;

use super::*;
use crate::model::command::Base;
use crate::model::command::MembershipField;
use crate::model::entity::EntityType;
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
            at: None,
            comment: None,
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

fn describe(text: &str, base: &str) -> CommandBody {
    CommandBody::TicketDescribe {
        ticket_id: TAP,
        description: LongText::from(text),
        base: Some(Base {
            version: 1,
            value: LongText::from(base),
        }),
    }
}

fn text_of(house: &House, key: EntityKey) -> String {
    match house.get(key) {
        Record::Description(it) => it.description.preview().to_owned(),
        Record::Comment(it) => it.comment_body.preview().to_owned(),
        other => panic!("{other:?}"),
    }
}

const DESCRIPTION: EntityKey = EntityKey::Description(TAP);

#[test]
fn descriptions_are_merged_where_they_touch_different_lines() {
    let mut house = House::new();
    house.ok(ADULT, describe("It drips.\nDay and night.", ""));
    let base = "It drips.\nDay and night.";
    house.ok(
        ADULT,
        describe("It drips.\nDay and night.\nUnder the sink.", base),
    );
    house.ok(
        GROUP_ADMIN,
        describe("It drips fast.\nDay and night.", base),
    );
    assert_eq!(
        text_of(&house, DESCRIPTION),
        "It drips fast.\nDay and night.\nUnder the sink."
    );
    // The same once more changes nothing, and what was written meanwhile is seen as it is.
    let now = text_of(&house, DESCRIPTION);
    assert_eq!(house.ok(CHILD, describe(&now, base)), []);
}

#[test]
fn descriptions_that_touch_one_line_conflict_and_both_texts_are_kept() {
    let mut house = House::new();
    house.ok(ADULT, describe("theirs", ""));
    let refusal = house.no(GROUP_ADMIN, describe("mine", ""));
    let all = [json!(""), json!("mine"), json!("theirs")];
    assert_eq!(
        refusal,
        Refusal::Conflict(Box::new(Conflict::of("description", all)))
    );
    assert_eq!(text_of(&house, DESCRIPTION), "theirs");
    // A base that insists is not merged.
    let mut exact = describe("theirs, and more", "something else");
    if let CommandBody::TicketDescribe {
        base: Some(base), ..
    } = &mut exact
    {
        base.version = 0;
    }
    assert!(matches!(house.no(GROUP_ADMIN, exact), Refusal::Conflict(_)));
}

/// A text that stands on one of the same person that was refused does not carry theirs away.
#[test]
fn describing_twice_while_the_first_is_refused_overwrites_nobody() {
    let mut house = House::new();
    house.ok(ADULT, describe("one\n\ntwo", ""));
    house.ok(ADULT, describe("ONE\n\ntwo", "one\n\ntwo"));
    house.no(GROUP_ADMIN, describe("eins\n\ntwo", "one\n\ntwo"));
    house.ok(GROUP_ADMIN, describe("eins\n\nzwei", "eins\n\ntwo"));
    assert_eq!(text_of(&house, DESCRIPTION), "ONE\n\nzwei");
}

#[test]
fn a_comment_edited_in_two_places_conflicts() {
    let mut house = House::new();
    let comment_id = house.comment(ADULT, TAP, false);
    let was = text_of(&house, EntityKey::Comment(TAP, comment_id));
    let edit = |text: &str| CommandBody::CommentEdit {
        ticket_id: TAP,
        comment_id,
        comment_body: LongText::from(text),
        base: Some(Base::exactly(LongText::from(was.as_str()))),
    };
    house.ok(ADULT, edit("at the phone"));
    let refusal = house.no(ADULT, edit("at the desk"));
    let all = [json!(was), json!("at the desk"), json!("at the phone")];
    assert_eq!(
        refusal,
        Refusal::Conflict(Box::new(Conflict::of("comment_body", all)))
    );
    assert_eq!(house.ok(ADULT, edit("at the phone")), []);
}

type Decision = Result<Vec<Change>, Refusal>;

fn status_conflict(decision: &Decision) -> Option<[String; 3]> {
    match decision {
        Err(Refusal::Conflict(it)) if it.field == "status" => {
            let word = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
            Some([word(&it.base), word(&it.mine), word(&it.theirs)])
        }
        _ => None,
    }
}

/// What others did before I looked and since, what I decide, and the conflict that it comes to, as
/// base, mine and theirs.
type Case<'a> = (
    &'a [CommandBody],
    &'a [CommandBody],
    CommandBody,
    Option<[&'a str; 3]>,
);

#[test]
fn a_decision_does_not_beat_a_newer_one() {
    let (x, o, c) = (resolve, reopen, close);
    let ticket = TAP;
    let cases: [Case<'_>; 10] = [
        (&[], &[x(ticket)], x(ticket), None),
        (&[], &[x(ticket)], c(ticket), None),
        (
            &[],
            &[c(ticket)],
            x(ticket),
            Some(["OPEN", "RESOLVED", "CLOSED"]),
        ),
        (
            &[],
            &[x(ticket), o(ticket)],
            x(ticket),
            Some(["OPEN", "RESOLVED", "OPEN"]),
        ),
        (
            &[],
            &[x(ticket), o(ticket)],
            c(ticket),
            Some(["OPEN", "CLOSED", "OPEN"]),
        ),
        (&[x(ticket)], &[o(ticket)], o(ticket), None),
        (
            &[x(ticket)],
            &[o(ticket)],
            c(ticket),
            Some(["RESOLVED", "CLOSED", "OPEN"]),
        ),
        (
            &[x(ticket)],
            &[c(ticket)],
            o(ticket),
            Some(["RESOLVED", "OPEN", "CLOSED"]),
        ),
        (
            &[x(ticket)],
            &[o(ticket), x(ticket)],
            o(ticket),
            Some(["RESOLVED", "OPEN", "RESOLVED"]),
        ),
        (&[x(ticket)], &[], o(ticket), None),
    ];
    for (before, since, mine, expected) in cases {
        let mut house = House::new();
        for body in before {
            house.ok(ADULT, body.clone());
        }
        let seen = house.log_end;
        for body in since {
            house.ok(ADULT, body.clone());
        }
        let decision = house.give_seen(GROUP_ADMIN, Some(seen), mine.clone());
        let expected = expected.map(|it| it.map(str::to_owned));
        assert_eq!(
            status_conflict(&decision),
            expected,
            "{since:?} {mine:?} {decision:?}"
        );
        // One's own steps never stand in one's way.
        let mut alone = House::new();
        for body in before.iter().chain(since) {
            alone.ok(GROUP_ADMIN, body.clone());
        }
        let decision = alone.give_seen(GROUP_ADMIN, Some(seen), mine);
        assert_eq!(status_conflict(&decision), None, "{decision:?}");
    }
}

#[test]
fn a_ticket_is_not_resolved_over_what_its_requester_has_just_said() {
    let mut house = House::new();
    let asked_by = house.at(TAP).requested_by;
    let seen = house.log_end;
    let comment_id = house.comment(asked_by, TAP, false);
    for mine in [resolve(TAP), close(TAP)] {
        let decision = house.give_seen(GROUP_ADMIN, Some(seen), mine);
        assert!(
            matches!(&decision, Err(Refusal::Conflict(it))
                if it.comment == Some(comment_id)),
            "{decision:?}"
        );
    }
    // Whoever has seen it may, and so may whoever said it.
    let now = house.log_end;
    assert!(
        house
            .give_seen(GROUP_ADMIN, Some(now), resolve(TAP))
            .is_ok()
    );
    let mine = house.ticket(ADULT, CHORES);
    let seen = house.log_end;
    house.comment(ADULT, mine, false);
    assert!(house.give_seen(ADULT, Some(seen), resolve(mine)).is_ok());
}

#[test]
fn a_change_of_what_was_deleted_says_who_deleted_it_to_those_who_could_see_it() {
    let mut house = House::new();
    let seen = house.at(TAP).clone();
    let key = EntityKey::Ticket(TAP);
    house.ok(ADULT, delete(key));
    let title = set_from(&seen, TicketField::Title("Drip".to_owned()));
    let refusal = house.no(GROUP_ADMIN, title.clone());
    let by = Some(ADULT);
    assert_eq!(refusal, Refusal::Deleted { key, by });
    let comment = CommandBody::CommentAdd(said(TAP, CommentId(house.fresh())));
    assert_eq!(house.no(GROUP_ADMIN, comment), Refusal::Deleted { key, by });
    assert!(is_not_found(&house.no(STRANGER, title)));
}

#[test]
fn settings_and_roles_are_never_merged() {
    let mut house = House::new();
    let seen = house.log_end;
    let role = |role| CommandBody::MembershipSet {
        user_id: ADULT,
        set: MembershipField::Role(role),
    };
    house.ok(ADMIN, role(Role::Child));
    house.ok(
        ADMIN,
        CommandBody::MembershipSet {
            user_id: GROUP_ADMIN,
            set: MembershipField::IsAdmin(true),
        },
    );
    let decision = house.give_seen(GROUP_ADMIN, Some(seen), role(Role::Guest));
    let (what, by) = (EntityType::Membership, ADMIN);
    let stale = Refusal::Stale { what, by };
    assert_eq!(decision, Err(stale));
    // The same is no conflict, and whoever has seen it may.
    assert_eq!(
        house.give_seen(GROUP_ADMIN, Some(seen), role(Role::Child)),
        Ok(Vec::new())
    );
    let now = house.log_end;
    assert!(
        house
            .give_seen(GROUP_ADMIN, Some(now), role(Role::Guest))
            .is_ok()
    );
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
