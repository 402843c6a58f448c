use super::harness::{ANA, COUSINS, FAMILY, HOME, Harness, IT, NOW, ticket_id};
use crate::app::composer::FieldName;
use crate::app::effect::{Action, Effect};
use crate::app::state::{Overlay, View};
use crate::model::command::{Base, Command, CommandBody, NewComment};
use crate::model::comment::Channel;
use crate::model::entity::EntityType;
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::id::{CommandId, CommentId, TicketId};
use crate::model::membership::Role;
use crate::model::refusal::{Conflict, Refusal};
use crate::model::severity::Severity;
use crate::model::source::{FixedSource, Source};
use crate::model::status::Status;
use crate::model::ticket::TicketField;
use crate::replica::view::{DraftKind, Fate, Outbox, OutboxEntry, OutboxSummary, Resolution};

fn refused(body: CommandBody) -> OutboxEntry {
    let source = FixedSource::new(NOW, 99);
    let command = Command {
        command_id: CommandId(source.fresh()),
        issued_at: NOW.plus(-3_600),
        seen: None,
        body,
    };
    OutboxEntry {
        command_id: command.command_id,
        family_id: FAMILY,
        command_type: command.body.command_type().to_owned(),
        json: serde_json::to_string(&command).expect("json"),
        text: command.body.written().map(str::to_owned),
        fate: Fate::Refused(Refusal::WrongStatus {
            status: Status::Closed,
            deed: "changed".to_owned(),
        }),
        command: Some(command),
    }
}

fn comment(ticket_id: TicketId, text: &str) -> CommandBody {
    CommandBody::CommentAdd(NewComment {
        ticket_id,
        comment_id: CommentId(ANA.0),
        comment_body: text.into(),
        reply_to: None,
        internal: false,
        channel: Channel::Screen,
    })
}

fn with(entries: Vec<OutboxEntry>) -> Harness {
    let mut screen = Harness::new(120, 40, 3);
    screen.world.outbox = Outbox {
        summary: OutboxSummary {
            refused: entries.len() as u64,
            ..OutboxSummary::default()
        },
        entries,
        ..Outbox::default()
    };
    screen.press("go");
    assert_eq!(screen.state().view, View::Outbox);
    screen
}

fn body(screen: &Harness) -> String {
    match screen.state().top_overlay() {
        Some(Overlay::Composer(form)) => form.text(FieldName::Body),
        other => panic!("a form: {other:?}"),
    }
}

#[test]
fn a_refused_comment_opens_as_its_draft_again() {
    let mut screen = with(vec![refused(comment(ticket_id(1), "Still red?"))]);
    screen.press("Enter");
    assert_eq!(body(&screen), "Still red?");
    assert!(screen.world.outbox.entries.is_empty());
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::CommentAdd(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(new.ticket_id, ticket_id(1));
}

#[test]
fn throwing_a_comment_away_keeps_its_text_below_what_was_being_written() {
    let mut screen = with(vec![refused(comment(ticket_id(0), "Still red?"))]);
    screen.press("gh");
    screen.press("c");
    screen.write("By the way");
    screen.press("Esc");
    screen.press("go");
    screen.press("d");
    assert!(screen.world.outbox.entries.is_empty());
    assert!(screen.notice().ends_with("its text is kept as a draft"));
    screen.press("gh");
    screen.press("c");
    assert_eq!(body(&screen), "By the way\n\nStill red?");
}

#[test]
fn what_carries_no_text_is_given_again_or_thrown_away() {
    let resolve = CommandBody::TicketResolve {
        ticket_id: ticket_id(0),
    };
    let mut screen = with(vec![refused(resolve)]);
    screen.press("e");
    assert!(screen.notice().contains("no text"), "{}", screen.notice());
    screen.press("r");
    let again = |it: &&Effect| matches!(it, Effect::Resolve { .. });
    assert_eq!(screen.done.iter().filter(again).count(), 1);
    screen.press("d");
    assert!(screen.world.outbox.entries.is_empty());
    assert!(screen.world.drafts.is_empty());
}

#[test]
fn what_was_refused_of_the_house_opens_in_its_form_again() {
    let group = |set| CommandBody::GroupSet {
        group_id: HOME,
        set,
    };
    let asked = [
        group(GroupField::GroupDescription("The house.".to_owned())),
        CommandBody::FamilySet(FamilyField::BusinessHours("Mon-Fri 17:00-21:00".to_owned())),
        CommandBody::QueueCreate {
            queue_id: IT,
            group_id: HOME,
            queue_name: "Garden".to_owned(),
            queue_description: String::new(),
            default_severity: Some(Severity::Sev4),
        },
        CommandBody::MembershipInvite {
            user_id: ANA,
            display_name: "Mia".to_owned(),
            role: Role::Child,
        },
        CommandBody::MembershipRequest {
            display_name: "Ana".to_owned(),
        },
    ];
    let expected = [
        (DraftKind::EditGroup, "description", "The house."),
        (DraftKind::EditFamily, "hours", "Mon-Fri 17:00-21:00"),
        (DraftKind::NewQueue, "severity", "SEV_4  "),
        (DraftKind::Invite, "role", "CHILD  "),
        (DraftKind::JoinFamily, "your name", "Ana"),
    ];
    for (body, (kind, field, value)) in asked.into_iter().zip(expected) {
        let mut screen = with(vec![refused(body)]);
        screen.press("e");
        let Some(Overlay::Composer(form)) = screen.state().top_overlay() else {
            panic!("{kind:?}: {}", screen.notice());
        };
        assert_eq!(form.kind, kind);
        assert!(form.restored.is_some(), "{kind:?}");
        let values = form.values();
        let stands = values.get(field).map_or("", String::as_str);
        assert!(stands.starts_with(value), "{kind:?}: {stands}");
        assert!(screen.world.outbox.entries.is_empty());
    }
    let mut screen = with(vec![refused(CommandBody::GroupSet {
        group_id: COUSINS,
        set: GroupField::GroupName("Elders".to_owned()),
    })]);
    screen.press("e");
    assert!(screen.notice().contains("that group is gone"));
    assert_eq!(screen.world.outbox.entries.len(), 1);
}

#[test]
fn what_is_too_long_for_a_clipboard_is_not_cut() {
    let long = "All of it.\n".repeat(8_000);
    let mut screen = with(vec![
        refused(comment(ticket_id(0), &long)),
        refused(comment(ticket_id(0), "One\ntwo.")),
    ]);
    screen.press("yy");
    assert_eq!(
        screen.notice(),
        "nothing was copied: that is 86 KiB, and a terminal's clipboard takes 64"
    );
    screen.press("j");
    screen.press("yy");
    let copied: Vec<&Effect> = screen
        .done
        .iter()
        .filter(|it| matches!(it, Effect::Yank(_)))
        .collect();
    assert_eq!(copied, [&Effect::Yank("One\ntwo.".to_owned())]);
}

fn titled(theirs: &str) -> OutboxEntry {
    let set = CommandBody::TicketSet {
        ticket_id: ticket_id(0),
        set: TicketField::Title("Mine".to_owned()),
        base: None,
    };
    let all = ["Old", "Mine", theirs].map(serde_json::Value::from);
    OutboxEntry {
        fate: Fate::Refused(Refusal::Conflict(Box::new(Conflict::of("title", all)))),
        ..refused(set)
    }
}

fn decided(screen: &Harness) -> Vec<(Resolution, bool)> {
    let of = |it: &Effect| match it {
        Effect::Resolve {
            resolution, deed, ..
        } => Some((*resolution, deed.is_some())),
        _ => None,
    };
    screen.done.iter().filter_map(of).collect()
}

#[test]
fn a_conflict_is_decided_by_one_key_and_can_be_brought_back() {
    let mut screen = with(vec![titled("Theirs")]);
    screen.press("gC");
    assert_eq!(screen.state().view, View::Conflicts);
    screen.press("b");
    assert!(screen.notice().contains("only one"), "{}", screen.notice());
    screen.press("t");
    screen.act(Action::Resolved(Ok(true)));
    assert!(
        screen.notice().ends_with("B brings it back"),
        "{}",
        screen.notice()
    );
    screen.press("m");
    screen.act(Action::Resolved(Ok(true)));
    // What is given can be undone, what is put away brought back.
    let both = [(Resolution::Theirs, false), (Resolution::Mine, true)];
    assert_eq!(decided(&screen), both);
    screen.press("B");
    assert!(screen.done.contains(&Effect::BringBack));
}

#[test]
fn editing_both_begins_with_mine_and_stands_on_theirs() {
    let mut screen = with(vec![titled("Theirs")]);
    screen.press("gC");
    screen.press("e");
    screen.press("^s");
    let given = screen.given();
    assert!(
        matches!(given.as_slice(), [CommandBody::TicketSet {
            set: TicketField::Title(mine),
            base: Some(Base { value: TicketField::Title(theirs), .. }),
            ..
        }] if mine == "Mine" && theirs == "Theirs"),
        "{given:?}"
    );
}

#[test]
fn a_ticket_that_could_not_be_filed_goes_into_another_queue_with_what_leans_on_it() {
    let mut new = Harness::new(120, 40, 3);
    new.press("n");
    new.write("Roof");
    new.press("^s");
    let create = new.given().pop().expect("a ticket");
    let mut ticket = refused(create);
    ticket.fate = Fate::Refused(Refusal::NotFound {
        what: EntityType::Queue,
    });
    let mut screen = with(vec![ticket]);
    screen.press("gC");
    screen.press("m");
    screen.press("Enter");
    assert!(
        matches!(
            decided(&screen).as_slice(),
            [(Resolution::InQueue(_), true)]
        ),
        "{:?}",
        screen.done
    );
}
