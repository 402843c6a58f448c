use super::harness::{ANA, BEN, FAMILY, Harness, NOW, comment_id, ticket_id};
use crate::app::composer::{Composer, Phase};
use crate::app::effect::{Action, Effect, Founding};
use crate::app::key::Key;
use crate::app::state::Overlay;
use crate::model::audience::Audience;
use crate::model::audit::{Action as Deed, AuditRecord};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, UserId};
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::wire::problem::{Problem, ProblemKind};

fn form(screen: &Harness) -> &Composer {
    match screen.state().top_overlay() {
        Some(Overlay::Composer(form)) => form,
        other => panic!("a form: {other:?}"),
    }
}

fn drafts_saved(screen: &Harness) -> usize {
    let saved = |effect: &&Effect| matches!(effect, Effect::SaveDraft(_));
    screen.done.iter().filter(saved).count()
}

#[test]
fn a_comment_is_saved_at_every_key_and_dropped_when_taken() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("c");
    assert_eq!(form(&screen).audience, "visible to Ben");
    screen.write("hi");
    assert_eq!(drafts_saved(&screen), 2);
    assert_eq!(screen.world.drafts.len(), 1);
    screen.press("^s");
    assert!(!screen.has_form());
    assert!(screen.world.drafts.is_empty());
    let given = screen.given();
    let [CommandBody::CommentAdd(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!((new.comment_body.preview(), new.internal), ("hi", false));
    assert_eq!(new.ticket_id, ticket_id(0));
}

#[test]
fn what_is_typed_before_the_form_is_ready_goes_into_it() {
    let mut screen = Harness::new(120, 40, 3);
    screen.held_back = Some(Vec::new());
    screen.press("c");
    screen.write("xQ");
    screen.act(Action::Pasted("pasted".to_owned()));
    assert_eq!(form(&screen).phase, Phase::Opening);
    for effect in screen.held_back.take().expect("held") {
        screen.answer(effect);
    }
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::CommentAdd(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(new.comment_body.preview(), "xQpasted");
}

#[test]
fn what_is_typed_while_the_form_is_being_sent_is_not_lost() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("c");
    screen.write("hi");
    let effects = screen.app.update(Action::Key(Key::ctrl('s')));
    for key in ["j", "x"] {
        screen.press(key);
    }
    assert_eq!(form(&screen).phase, Phase::Sending);
    screen.carry_out(effects);
    assert!(!screen.has_form());
    let resolved = CommandBody::TicketResolve {
        ticket_id: ticket_id(1),
    };
    assert_eq!(screen.given().last(), Some(&resolved));
}

#[test]
fn a_reply_to_the_ticket_itself_quotes_its_description() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("r");
    screen.write("is it");
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::CommentAdd(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(new.reply_to, None);
    assert_eq!(
        new.comment_body.preview(),
        "Ben wrote:\n> It is broken.\n\nis it"
    );
}

#[test]
fn what_is_not_saved_yet_is_said_until_it_is() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("c");
    screen.act(Action::DraftsKept(Err("the disk is full".to_owned())));
    screen.write("hi");
    let unsaved = |screen: &Harness| screen.state().status.unsaved.clone();
    assert_eq!(unsaved(&screen).as_deref(), Some("the disk is full"));
    screen.act(Action::DraftsKept(Ok(())));
    assert_eq!(unsaved(&screen), None);
    assert_eq!(screen.notice(), "the draft is saved now");
}

#[test]
fn leaving_keeps_the_draft_and_the_same_key_brings_it_back() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("c");
    screen.write("half a thought");
    screen.press("Esc");
    assert!(screen.notice().contains("the draft is kept"));
    screen.press("j");
    screen.press("c");
    assert!(form(&screen).restored.is_none());
    screen.press("Esc");
    screen.press("k");
    screen.press("c");
    assert!(form(&screen).restored.is_some());
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::CommentAdd(new)] if new.comment_body.preview() == "half a thought"
    ));
}

#[test]
fn a_refused_comment_stays_open_with_the_reason() {
    let mut screen = Harness::new(120, 40, 3);
    screen.world.refuse = Some(Refusal::not_allowed("members", "comment"));
    screen.press("c");
    screen.write("hi");
    screen.press("^s");
    let form = form(&screen);
    assert_eq!(form.phase, Phase::Writing);
    assert_eq!(
        form.error.as_ref().map(|it| it.why.as_str()),
        Some("only members can comment; ask one of them")
    );
    assert_eq!(screen.world.drafts.len(), 1);
}

#[test]
fn a_reply_and_an_internal_note_never_mix() {
    let mut screen = Harness::new(160, 40, 3);
    screen.press("i");
    assert_eq!(form(&screen).audience, "Home group only");
    screen.write("secret");
    screen.press("Esc");
    screen.press("c");
    assert_eq!(form(&screen).audience, "visible to Ben");
    assert!(
        form(&screen).restored.is_none(),
        "the note is no comment's draft"
    );
    screen.write("public");
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::CommentAdd(new)] if !new.internal && new.comment_body.preview() == "public"
    ));
    screen.press("i");
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::CommentAdd(new)] if new.internal && new.comment_body.preview() == "secret"
    ));
}

#[test]
fn a_reply_quotes_and_never_quotes_an_internal_note() {
    let mut screen = Harness::new(160, 60, 3);
    screen.world.internal_comment = true;
    screen.act(Action::Changed);
    screen.press("4");
    screen.press("j");
    screen.press("r");
    screen.write("yes");
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::CommentAdd(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(new.reply_to, Some(comment_id(0)));
    assert!(new.comment_body.preview().starts_with("Ben wrote:\n> line"));
    assert!(new.comment_body.preview().ends_with("\n\nyes"));
    screen.press("j");
    screen.press("r");
    assert!(!screen.has_form());
    assert!(screen.notice().contains("internal note"));
}

#[test]
fn a_new_ticket_goes_where_the_form_says() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("n");
    screen.write("Wi-Fi is down");
    screen.press("Enter");
    screen.write("All of it.");
    screen.press("Tab");
    screen.write("kitc");
    screen.press("Tab");
    screen.write("SEV_2.5");
    screen.press("Tab Tab");
    screen.write("wifi, router");
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::TicketCreate(new)] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(new.title, "Wi-Fi is down");
    assert_eq!(new.queue_id, super::harness::KITCHEN);
    assert_eq!(new.severity, Some(Severity::Sev2_5));
    assert_eq!(new.tags.len(), 2);
    screen.press("n");
    screen.press("^s");
    assert_eq!(
        form(&screen).error.as_ref().map(|it| it.why.as_str()),
        Some("give it a title")
    );
}

#[test]
fn an_edit_gives_only_what_was_changed_and_says_what_it_was() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("e");
    screen.press("^s");
    assert!(screen.given().is_empty());
    screen.write("!");
    screen.press("^s");
    let given = screen.given();
    assert!(
        matches!(
            given.as_slice(),
            [CommandBody::TicketSet { base: Some(_), .. }]
        ),
        "{given:?}"
    );
}

#[test]
fn the_editor_takes_the_long_text_and_brings_it_back() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("E");
    assert!(
        screen
            .done
            .contains(&Effect::Edit("It is broken.".to_owned()))
    );
    screen.act(Action::Edited(Ok("It is mended.\n".to_owned())));
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::TicketDescribe { description, base: Some(base), .. }]
            if description.preview() == "It is mended." && base.value.preview() == "It is broken."
    ));
}

#[test]
fn the_first_start_asks_and_founds() {
    let mut screen = Harness::silent(80, 24, 0);
    let effects = screen.app.start_first();
    screen.carry_out(effects);
    screen.press("Enter Enter");
    screen.write("Ana");
    screen.press("Enter");
    screen.write("Rivera family");
    screen.press("Enter Enter Enter");
    screen.press("Enter");
    assert_eq!(
        screen.done,
        [Effect::FirstStart(Founding {
            display_name: "Ana".to_owned(),
            family_name: "Rivera family".to_owned(),
            prefix: "RIV".parse().expect("a prefix"),
            time_zone: "UTC".to_owned(),
            group_name: "Home".to_owned(),
            queue_name: "Everything".to_owned(),
        })]
    );
    screen.act(Action::Founded(Err("the disk is full".to_owned())));
    assert!(screen.state().top_overlay().is_some());
    screen.press("Enter");
    screen.act(Action::Founded(Ok(super::harness::FAMILY)));
    assert!(screen.state().top_overlay().is_none());
    assert_eq!(screen.state().session.families.len(), 1);
}

#[test]
fn what_is_typed_takes_the_place_of_a_suggestion() {
    let mut screen = Harness::silent(80, 24, 0);
    let effects = screen.app.start_first();
    screen.carry_out(effects);
    screen.press("Enter");
    screen.write("Ana");
    screen.press("Enter");
    screen.write("Rivera family");
    screen.press("Enter");
    screen.write("FAM");
    screen.press("Enter");
    screen.write("Household");
    screen.press("Enter");
    screen.write("IT");
    screen.press("Enter");
    let [Effect::FirstStart(founding)] = &screen.done[..] else {
        panic!("{:?}", screen.done);
    };
    assert_eq!(founding.prefix.as_str(), "FAM");
    assert_eq!(founding.group_name, "Household");
    assert_eq!(founding.queue_name, "IT");
}

#[test]
fn one_may_look_around_in_the_demo_instead() {
    let mut screen = Harness::silent(80, 24, 0);
    let effects = screen.app.start_first();
    screen.carry_out(effects);
    screen.press("Down");
    screen.press("Enter");
    assert_eq!(screen.done, [Effect::OpenDemo]);
}

#[test]
fn a_reply_on_the_board_never_answers_a_comment_of_another_ticket() {
    let mut screen = Harness::new(160, 40, 3);
    screen.press("4j");
    screen.press("gd");
    screen.press("G");
    screen.press("k");
    screen.press("k");
    let on = screen.app.target().expect("a ticket").ticket_id();
    assert_ne!(screen.state().desk.thread.ticket_id, Some(on));
    screen.press("r");
    assert_eq!(form(&screen).reply_to, None);
}

#[test]
fn a_form_opens_also_when_its_draft_can_not_be_read() {
    let mut screen = Harness::new(120, 40, 3);
    screen.held_back = Some(Vec::new());
    screen.press("n");
    screen.write("Wi");
    let Some(Effect::Ask { slot, number, .. }) =
        screen.held_back.take().and_then(|mut it| it.pop())
    else {
        panic!("a question");
    };
    screen.act(Action::Answered {
        slot,
        number,
        answer: Err("the store can't be read".to_owned()),
    });
    screen.write("-Fi");
    assert_eq!(screen.notice(), "the store can't be read");
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::TicketCreate(new)] if new.title == "Wi-Fi"
    ));
}

/// A change of the first ticket's title, after so many.
fn renamed(seq: i64, by: UserId) -> AuditRecord {
    let ticket_id = ticket_id(0);
    AuditRecord {
        seq,
        family_id: Some(FAMILY),
        entity: EntityKey::Ticket(ticket_id),
        version: seq,
        action: Deed::Update,
        command_type: "ticket.set".to_owned(),
        command_id: CommandId(ticket_id.0),
        device_id: None,
        actor_user_id: by,
        on_behalf_of: None,
        time: NOW,
        before: Some(serde_json::json!({"title": "Old"})),
        after: Some(serde_json::json!({"title": format!("Title {seq}")})),
        audience: Audience::Ticket { ticket_id },
        hash: String::new(),
    }
}

#[test]
fn what_others_did_since_one_began_is_told_and_holds_nothing_up() {
    let mut screen = Harness::new(120, 40, 3);
    screen.world.history = vec![renamed(1, BEN)];
    screen.press("c");
    screen.write("Still red?");
    let told = |screen: &Harness| match screen.state().top_overlay() {
        Some(Overlay::Composer(form)) => form.since.told.clone(),
        other => panic!("a form: {other:?}"),
    };
    assert_eq!(told(&screen), [] as [&str; 0]);
    screen.world.history.insert(0, renamed(2, ANA));
    screen.world.history.insert(0, renamed(3, BEN));
    screen.act(Action::Changed);
    // Neither what was there before nor what one does oneself.
    assert_eq!(told(&screen).len(), 1, "{:?}", told(&screen));
    // It is told, and no more: the text stays, and is sent by the same key.
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::CommentAdd(new)] if new.comment_body.preview() == "Still red?"
    ));
}

#[test]
fn what_can_not_be_saved_stays_and_can_go_elsewhere() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("c");
    screen.write("The plumber came");
    let effects = screen.app.update(Action::Key(Key::ctrl('s')));
    let number = effects.0.iter().find_map(|it| match it {
        Effect::Give { number, .. } => Some(*number),
        _ => None,
    });
    let full = Problem::new(
        ProblemKind::CannotStore,
        "the disk is full; make room there",
    );
    screen.act(Action::Given {
        number: number.expect("given"),
        result: Err(full),
    });
    let Some(Overlay::Message(message)) = screen.state().top_overlay() else {
        panic!("it is said");
    };
    assert_eq!(message.title, "Cannot save");
    for words in ["the disk is full; make room there", "^s", "M-c", "M-w"] {
        assert!(message.text.contains(words), "{}", message.text);
    }
    screen.press("x");
    assert!(screen.has_form());
    screen.press("M-c");
    assert!(
        screen
            .done
            .contains(&Effect::Yank("The plumber came".to_owned()))
    );
    screen.press("M-w");
    screen.press("^u");
    screen.write("/mnt/stick/text.txt");
    screen.press("Enter");
    let elsewhere = Effect::Export {
        path: "/mnt/stick/text.txt".into(),
        text: "The plumber came\n".to_owned(),
    };
    assert!(screen.done.contains(&elsewhere));
    assert!(screen.has_form() && screen.given().is_empty());
    screen.press("^s");
    assert!(matches!(
        screen.given().as_slice(),
        [CommandBody::CommentAdd(new)] if new.comment_body.preview() == "The plumber came"
    ));
}
