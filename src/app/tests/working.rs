use super::harness::{ANA, BEN, HOME, Harness, KITCHEN, ticket_id};
use crate::app::effect::{Action, Effect};
use crate::app::state::{Overlay, Pane};
use crate::config::Theme;
use crate::model::command::CommandBody;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::participant::ParticipantRole;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::ticket::TicketField;
use crate::replica::Turn;
use crate::replica::view::{Left, LeftWhy};
use crate::text::markdown::Manner;

/// What one command sets.
fn set(commands: &[CommandBody]) -> &TicketField {
    match commands {
        [CommandBody::TicketSet { set, .. }] => set,
        other => panic!("one set: {other:?}"),
    }
}

#[test]
fn a_theme_is_named_on_the_command_line_or_picked() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press(":");
    screen.write("theme colour-blind");
    screen.press("Enter");
    let themes = |screen: &Harness| {
        let themes = screen.done.iter().filter_map(|effect| match effect {
            Effect::Theme(theme) => Some(*theme),
            _ => None,
        });
        themes.collect::<Vec<_>>()
    };
    assert_eq!(themes(&screen), [Theme::ColourBlind]);
    screen.press(":");
    screen.write("theme dar");
    screen.press("Enter");
    assert_eq!(themes(&screen).last(), Some(&Theme::Dark));
    // Nothing can only be meant by that: the choice stays open.
    screen.press(":");
    screen.write("theme a");
    screen.press("Enter");
    assert!(matches!(
        screen.state().top_overlay(),
        Some(Overlay::Picker(_))
    ));
    assert_eq!(themes(&screen).len(), 2);
}

#[test]
fn a_thread_is_shown_as_typed_and_drawn_again() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("Enter");
    screen.press("zt");
    assert_eq!(screen.state().desk.thread.texts.manner(), Manner::AsTyped);
    screen.press("zt");
    assert_eq!(screen.state().desk.thread.texts.manner(), Manner::Drawn);
}

#[test]
fn keys_on_a_ticket_give_its_commands() {
    for (keys, field) in [
        ("aa", TicketField::AssignedTo(Some(ANA))),
        ("S.", TicketField::Severity(Severity::Sev2_5)),
        ("+", TicketField::Severity(Severity::Sev2_5)),
        ("-", TicketField::Severity(Severity::Sev4)),
    ] {
        for pane in ["3", "4"] {
            let mut screen = Harness::new(160, 40, 3);
            screen.press(pane);
            screen.press(keys);
            assert_eq!(set(&screen.given()), &field, "{keys} in pane {pane}");
        }
    }
}

#[test]
fn what_is_overwritten_is_said_where_it_is_known() {
    let mut screen = Harness::new(160, 40, 3);
    screen.press("S1");
    let given = screen.given();
    let [
        CommandBody::TicketSet {
            base: Some(base), ..
        },
    ] = given.as_slice()
    else {
        panic!("a base: {given:?}");
    };
    assert_eq!(base.version, 1);
    assert_eq!(base.value, TicketField::Severity(Severity::Sev3));
}

#[test]
fn people_and_queues_are_picked_by_typing() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("ap");
    screen.write("be");
    screen.press("Enter");
    assert_eq!(set(&screen.given()), &TicketField::AssignedTo(Some(BEN)));
    screen.press("m");
    screen.write("kit");
    screen.press("Enter");
    assert_eq!(set(&screen.given()), &TicketField::QueueId(KITCHEN));
}

#[test]
fn undo_and_redo_turn_what_was_done_last_and_say_what_that_was() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("u");
    assert_eq!(screen.notice(), "there is nothing to undo");
    screen.press("S1");
    screen.press("u");
    assert_eq!(screen.notice(), "undone: made RIV-2026-0001 SEV_1");
    screen.press("U");
    assert_eq!(screen.notice(), "done again: made RIV-2026-0001 SEV_1");
    screen.press("U");
    assert_eq!(screen.notice(), "there is nothing to do again");
    let turns = [Effect::Turn(Turn::Back), Effect::Turn(Turn::Again)];
    assert_eq!(&screen.done[1..], turns);
}

#[test]
fn the_same_is_done_again_to_what_is_meant_now() {
    let mut screen = Harness::new(120, 40, 5);
    screen.press(".");
    assert_eq!(screen.notice(), "nothing has been done to a ticket yet");
    screen.press("t");
    screen.write("heating");
    screen.press("Enter");
    screen.given();
    screen.press("jj");
    screen.press("Space Space .");
    let tag = |n| CommandBody::TicketTag {
        ticket_id: ticket_id(n),
        tag: "heating".to_owned(),
    };
    assert_eq!(screen.given(), [tag(2), tag(3)]);
    assert_eq!(screen.notice(), "tagged 2 tickets #heating; u undoes it");
    screen.press("kyc");
    assert_eq!(
        screen.notice(),
        "copied famdesk tag RIV-2026-0003 RIV-2026-0004 --add heating"
    );
}

#[test]
fn whatever_was_done_to_a_ticket_is_done_again() {
    let cc = |n| CommandBody::ParticipantAdd {
        ticket_id: ticket_id(n),
        user_id: BEN,
        role: ParticipantRole::Cc,
    };
    let mut screen = Harness::new(120, 40, 5);
    screen.press("ac");
    screen.write("ben");
    screen.press("Enter");
    assert_eq!(screen.given(), [cc(0)]);
    screen.press("j");
    screen.press(".");
    assert_eq!(screen.given(), [cc(1)]);
    for (keys, typed, field) in [
        (
            "C",
            "warranty",
            TicketField::Category(Some("warranty".to_owned())),
        ),
        ("ag", "home", TicketField::AssignedGroup(Some(HOME))),
        (
            "P",
            "\"Ticket 4\"",
            TicketField::ParentTicket(Some(ticket_id(4))),
        ),
    ] {
        screen.press(keys);
        screen.write(typed);
        screen.press("Enter");
        assert_eq!(set(&screen.given()), &field);
        screen.press("k");
        screen.press(".");
        assert_eq!(set(&screen.given()), &field, "{keys}");
        screen.press("j");
    }
    screen.press("st");
    assert_eq!(set(&screen.given()), &TicketField::Triaged(true));
    screen.press("yc");
    assert_eq!(screen.notice(), "copied famdesk triage RIV-2026-0002");
}

#[test]
fn a_ticket_is_merged_into_one_that_is_found_by_typing() {
    let mut screen = Harness::new(120, 40, 4);
    screen.press("M");
    screen.write("\"Ticket 2\"");
    screen.press("Enter");
    let into = TicketField::MergedInto(Some(ticket_id(2)));
    assert_eq!(set(&screen.given()), &into);
    assert_eq!(
        screen.notice(),
        "merged RIV-2026-0001 into RIV-2026-0003; u undoes it"
    );
    screen.press("M");
    screen.write("no such ticket");
    screen.press("Enter");
    assert!(screen.given().is_empty());
    screen.press("Esc");
    screen.act(Action::Changed);
    screen.press(":");
    screen.write("unmerge");
    screen.press("Enter");
    assert!(
        screen.notice().contains("is merged into"),
        "{}",
        screen.notice()
    );
}

#[test]
fn the_palette_offers_what_can_be_done_and_does_it() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("^p");
    let Some(Overlay::Picker(picker)) = screen.state().top_overlay() else {
        panic!("a picker");
    };
    assert!(picker.rows.iter().all(|row| row.blocked.is_none()));
    assert!(picker.rows.iter().any(|row| row.keys == "x sx"));
    screen.write("resolve");
    screen.press("Enter");
    assert_eq!(screen.given().len(), 1);
}

#[test]
fn the_strip_is_a_pane_whose_numbers_filter() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("5");
    assert_eq!(screen.state().desk.focus, Pane::Strip);
    screen.press("llhlll");
    screen.press("Enter");
    assert_eq!(screen.list().query.severity(), Some(Severity::Sev4));
    assert_eq!(screen.state().desk.focus, Pane::List);
    screen.press("5");
    screen.press("Enter");
    assert_eq!(screen.list().query.severity(), None);
    screen.press("5");
    screen.press("j");
    assert_eq!(screen.state().desk.focus, Pane::List);
}

#[test]
fn what_could_not_be_undone_is_named() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("Space Space x");
    screen.world.left = vec![Left {
        label: "RIV-2026-0002".to_owned(),
        why: LeftWhy::ChangedSince {
            by: "Ben".to_owned(),
            field: "status".to_owned(),
        },
    }];
    screen.press("u");
    assert_eq!(
        screen.notice(),
        "undone: resolved 2 tickets; left as it is: Ben has since changed the status of RIV-2026-0002"
    );
}

#[test]
fn marks_are_worked_together_and_counted() {
    let mut screen = Harness::new(120, 40, 10);
    screen.press("Space Space Space");
    screen.press("x");
    let given = screen.given();
    assert_eq!(given.len(), 3);
    assert_eq!(screen.notice(), "resolved 3 tickets; u undoes it");
    assert!(screen.list().marks.is_empty());
    assert_eq!(screen.list().window.total, 7);
    screen.press("u");
    assert_eq!(screen.list().window.total, 10);
    screen.press("gg");
    screen.press("vjjv");
    assert_eq!(screen.list().marks.len(), 3);
    screen.press("Esc");
    assert!(screen.list().marks.is_empty());
}

#[test]
fn a_due_date_is_read_as_people_write_it() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("D");
    screen.write("someday");
    screen.press("Enter");
    assert!(screen.given().is_empty());
    screen.press("^u");
    screen.write("2026-12-01");
    screen.press("Enter");
    let due = Timestamp(1_796_169_599);
    assert_eq!(set(&screen.given()), &TicketField::DueDate(Some(due)));
    assert_eq!(
        screen.notice(),
        "made RIV-2026-0001 due Tue 2026-12-01; u undoes it"
    );
    screen.press("D");
    screen.press("Enter");
    assert_eq!(set(&screen.given()), &TicketField::DueDate(None));
}

#[test]
fn deleting_takes_the_number_typed_out() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press(":");
    screen.write("delete RIV-2026-0002");
    screen.press("Enter");
    assert!(screen.given().is_empty());
    screen.press("Esc");
    screen.press(":");
    screen.write("delete RIV-2026-0001");
    screen.press("Enter");
    assert_eq!(
        screen.given(),
        [CommandBody::EntityDelete(EntityKey::Ticket(ticket_id(0)))]
    );
}

#[test]
fn a_refusal_is_said_in_words() {
    let mut screen = Harness::new(120, 40, 3);
    screen.world.refuse = Some(Refusal::NotFound {
        what: EntityType::Ticket,
    });
    screen.press("x");
    assert!(screen.notice().starts_with("there is no such ticket"));
    screen.press("u");
    assert_eq!(screen.notice(), "there is nothing to undo");
    screen.press("gm");
    assert!(screen.state().top_overlay().is_some());
}

#[test]
fn copies_go_to_the_clipboard() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("yyytyc");
    let copied = |text: &str| Effect::Yank(text.to_owned());
    assert_eq!(
        screen.done,
        [
            copied("RIV-2026-0001"),
            copied("Ticket 0"),
            copied("famdesk show RIV-2026-0001")
        ]
    );
}

#[test]
fn reading_a_thread_goes_on_when_its_ticket_leaves_the_list() {
    let mut screen = Harness::new(160, 40, 3);
    screen.press("Enter");
    screen.press("x");
    assert_eq!(screen.state().desk.thread.ticket_id, Some(ticket_id(0)));
    screen.given();
    screen.press("X");
    assert_eq!(
        screen.given(),
        [CommandBody::TicketReopen {
            ticket_id: ticket_id(0)
        }]
    );
}
