//! A household at the screen: families, groups, queues and people, by keys alone.

use std::collections::BTreeSet;

use super::harness::*;
use crate::app::composer::FieldName;
use crate::app::effect::{Action, Effect};
use crate::app::state::{Connection, Overlay};
use crate::config::drive::NetworkDrive;
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::refusal::Refusal;
use crate::model::user::UserField;
use crate::model::webhook::Off;
use crate::replica::view::Person;
use crate::sync::acquaint::Invitee;
use crate::sync::{News, Recovered};
use crate::wire::login::Secret;
use crate::wire::session::RefusedTries;

const EVE: UserId = UserId(uuid::Uuid::from_u128(61));
const ZOE: UserId = UserId(uuid::Uuid::from_u128(62));

/// Ana's screen: Eve asks to join, Zoe is a member outside of every group, Ben asks for the
/// cousins' group, and the lake house asks Ana in.
fn household() -> Harness {
    let mut screen = Harness::silent(120, 40, 2);
    let world = &mut screen.world;
    world.lake = Some(MembershipStatus::Awaiting);
    let like = |user_id, name: &str, person: &Person| Person {
        user_id,
        display_name: name.to_owned(),
        groups: Vec::new(),
        ..person.clone()
    };
    let ben = world.family.people[1].clone();
    let mut eve = like(EVE, "Eve", &ben);
    eve.status = MembershipStatus::Awaiting;
    world.family.people.push(eve);
    world.family.people.push(like(ZOE, "Zoe", &ben));
    let mut cousins = world.family.groups[0].clone();
    cousins.group_id = COUSINS;
    cousins.group_name = "Cousins".to_owned();
    world.family.groups.push(cousins);
    let mut asks = world.family.places[1].clone();
    asks.group_id = COUSINS;
    asks.status = MembershipStatus::Awaiting;
    world.family.places.push(asks);
    let effects = screen.app.start();
    screen.carry_out(effects);
    screen
}

/// The keys that lead there, the text that is typed then, the keys that finish it, and what that
/// gives.
const GIVES: &[(&[&str], &str, &[&str], &str)] = &[
    (&["1", "Nf"], "Band", &["^s"], "family.create"),
    (&["1", "e"], " of ours", &["^s"], "family.set"),
    (&["gp", "pa"], "", &[], "membership.accept"),
    (&["gp", "pd"], "", &[], "membership.decline"),
    (&["gp", "j", "pp"], "", &[], "membership.approve"),
    (&["gp", "j", "pd"], "", &[], "membership.decline"),
    (
        &["gp", "j", "j", "j", "pr"],
        "child",
        &["Enter"],
        "membership.set",
    ),
    (&["gp", "j", "j", "j", "pm"], "", &[], "membership.set"),
    (
        &["gp", "j", "j", "j", "e"],
        " B",
        &["Enter"],
        "membership.set",
    ),
    (&["gp", "j", "j", "e"], " R", &["^s"], "user.set"),
    (
        &["gp", "j", "j", "j", "px"],
        "Ben",
        &["Enter"],
        "membership.remove",
    ),
    (&["Ng"], "Elders", &["^s"], "group.create"),
    (&["gp", "l", "e"], "s", &["^s"], "group.set"),
    (
        &["gp", "l", "pg"],
        "zoe",
        &["Enter"],
        "group_membership.add",
    ),
    (
        &["gp", "j", "j", "j", "pg"],
        "cous",
        &["Enter"],
        "group_membership.add",
    ),
    (
        &["gp", "l", "j", "j", "j", "pq"],
        "",
        &[],
        "group_membership.request",
    ),
    (
        &["gp", "l", "j", "j", "pm"],
        "",
        &[],
        "group_membership.set_admin",
    ),
    (
        &["gp", "l", "j", "j", "px"],
        "Ben",
        &["Enter"],
        "group_membership.remove",
    ),
    (&["gp", "l", "G", "pd"], "", &[], "group_membership.decline"),
    (&["gp", "l", "G", "pp"], "", &[], "group_membership.add"),
    (&["Nq"], "Garden", &["^s"], "queue.create"),
    (&["2", "G", "k", "e"], "s", &["^s"], "queue.set"),
    (
        &["2", "G", ":"],
        "queue.delete cousins",
        &["Enter"],
        "entity.delete",
    ),
    (&["n"], "A new one", &["^s"], "ticket.create"),
    (&["e"], " again", &["^s"], "ticket.set"),
    (&["C"], "warranty", &["Enter"], "ticket.set"),
    (
        &["Enter", ":"],
        "ticket.unclose",
        &["Enter"],
        "ticket.unclose",
    ),
    (&["x"], "", &[], "ticket.resolve"),
    (&["sc"], "", &[], "ticket.close"),
    (&["t"], "router", &["Enter"], "ticket.tag"),
    (&["Enter", "T"], "", &["Enter"], "ticket.untag"),
    (&["ac"], "ben", &["Enter"], "participant.add"),
    (&["Enter", "ax"], "", &["Enter"], "participant.remove"),
    (&["c"], "It works.", &["^s"], "comment.add"),
    (&["A"], "~/boiler.png", &["Enter"], "attachment.add"),
    (
        &["Enter", "j", ":"],
        "attachment.remove",
        &["Enter"],
        "entity.delete",
    ),
    (&["Enter", "j", "e"], " Indeed.", &["^s"], "comment.edit"),
    (
        &["Enter", "j", ":"],
        "comment.delete RIV-2026-0001",
        &["Enter"],
        "entity.delete",
    ),
    (
        &[":"],
        "webhook.new",
        &["Enter", "Hall", "Tab", "https://hall.example/", "^s"],
        "webhook.create",
    ),
    (&[":"], "webhook.turn", &["Enter", "Enter"], "webhook.set"),
    (&["gx"], "", &["Enter"], "entity.restore"),
];

#[test]
fn every_command_is_given_by_keys() {
    let mut given = BTreeSet::new();
    for (keys, text, after, expected) in GIVES {
        let mut screen = household();
        screen.world.own_comments = true;
        screen.world.files = vec!["light.png".to_owned()];
        screen.act(Action::Changed);
        for keys in *keys {
            screen.press(keys);
        }
        screen.write(text);
        for keys in *after {
            screen.press(keys);
        }
        let types: Vec<&str> = screen.given().iter().map(|it| it.command_type()).collect();
        let told = screen.notice().to_owned();
        assert!(types.contains(expected), "{keys:?}: {types:?}, {told}");
        given.extend(types.into_iter().map(str::to_owned));
    }
    // What is tested elsewhere, or asks a person for more than this world knows.
    let elsewhere = [
        "membership.invite",
        "membership.request",
        "webhook.rotate",
        "ticket.describe",
        "ticket.reopen",
        "ticket.wake",
        "ticket.expire",
        "void",
        "ticket.read",
        "ticket.unread",
        "import.batch",
    ];
    let lacking: Vec<&&str> = CommandBody::TYPES
        .iter()
        .filter(|it| !given.contains(**it) && !elsewhere.contains(it))
        .collect();
    assert_eq!(lacking, [] as [&&str; 0]);
}

#[test]
fn an_invitation_is_sent_and_what_is_wrong_with_it_stands_at_its_field() {
    let mut screen = household();
    screen.press("Np");
    screen.write("Mia");
    screen.press("Tab");
    screen.write("mia");
    screen.press("Tab");
    screen.press("Down");
    screen.press("^s");
    let asked: Vec<(Invitee, Role)> = screen
        .done
        .iter()
        .filter_map(|effect| match effect {
            Effect::Invite { who, role, .. } => Some((who.clone(), *role)),
            _ => None,
        })
        .collect();
    let mia = Invitee {
        display_name: "Mia".to_owned(),
        email: Some("mia".to_owned()),
        anew: false,
    };
    assert_eq!(asked, [(mia, Role::Child)]);
    let Some(Effect::Invite { number, .. }) = screen.done.last().cloned() else {
        panic!("not asked in");
    };
    let result = Err(Refusal::invalid("email", "that is no address").into());
    screen.act(crate::app::Action::Given { number, result });
    let Some(Overlay::Composer(form)) = screen.state().top_overlay() else {
        panic!("the form is gone");
    };
    assert_eq!(form.focus, 1);
    assert_eq!(
        form.error.as_ref().map(|it| it.why.as_str()),
        Some("that is no address")
    );
}

#[test]
fn hours_that_make_no_sense_are_marked_where_they_do_not() {
    let mut screen = household();
    screen.press("1");
    screen.press("e");
    for _ in 0..4 {
        screen.press("Tab");
    }
    screen.write("Mon-Fry 17:00-21:00");
    screen.press("^s");
    assert_eq!(screen.given(), []);
    let Some(Overlay::Composer(form)) = screen.state().top_overlay() else {
        panic!("the form is gone");
    };
    let error = form.error.as_ref().expect("an error");
    assert_eq!((form.focus, error.caret), (4, Some(4)));
    // What was typed is a draft, also after it was left.
    screen.press("Esc");
    screen.press("e");
    let Some(Overlay::Composer(form)) = screen.state().top_overlay() else {
        panic!("no form");
    };
    assert!(form.restored.is_some());
}

#[test]
fn deletion_takes_the_name_and_nothing_else() {
    let mut screen = household();
    screen.press("2");
    screen.press("G");
    screen.press(":");
    screen.write("queue.delete cousin");
    screen.press("Enter");
    assert_eq!(screen.given(), []);
    let Some(Overlay::Prompt(prompt)) = screen.state().top_overlay() else {
        panic!("no question");
    };
    let error = prompt.error.as_deref().unwrap_or_default();
    assert!(error.contains("`Cousins`"), "{error}");
}

#[test]
fn ones_own_record_is_a_form_that_gives_what_was_changed() {
    let mut screen = household();
    screen.world.login = Some(ana());
    screen.press(":");
    screen.write("me");
    screen.press("Enter");
    let Some(Overlay::Composer(form)) = screen.state().top_overlay() else {
        panic!("no form");
    };
    assert_eq!(form.text(FieldName::TimeZone), "Europe/Madrid");
    for _ in 0..2 {
        screen.press("Tab");
    }
    screen.press("^u");
    screen.write("Europe/Lisbon");
    screen.press("^s");
    let given = screen.given();
    let [CommandBody::UserSet { set, base }] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(*set, UserField::TimeZone("Europe/Lisbon".to_owned()));
    let was = UserField::TimeZone("Europe/Madrid".to_owned());
    assert_eq!(base.as_ref().map(|it| &it.value), Some(&was));
    assert!(screen.state().top_overlay().is_none());
}

#[test]
fn a_new_name_is_given_in_each_family_once_the_first_has_taken_it() {
    let mut screen = household();
    screen.world.login = Some(ana());
    screen.world.lake = Some(MembershipStatus::Member);
    let effects = screen.app.start();
    screen.carry_out(effects);
    screen.press(":");
    screen.write("me");
    screen.press("Enter");
    screen.write(" Rivera");
    screen.press("^s");
    let families: Vec<FamilyId> = screen
        .done
        .iter()
        .filter_map(|effect| match effect {
            Effect::Give { family_id, .. } => Some(*family_id),
            _ => None,
        })
        .collect();
    assert_eq!(families, [FAMILY, LAKE]);
}

#[test]
fn what_goes_wrong_behind_ones_back_is_told_whatever_is_looked_at() {
    let mut screen = household();
    let tries = RefusedTries {
        count: 3,
        since: screen.state().now,
        from: "192.0.2.7".to_owned(),
    };
    screen.act(Action::News(News::RefusedTries(tries)));
    let told = screen.notice();
    assert!(
        told.starts_with("3 failed attempts to sign in as you since ")
            && told.contains("192.0.2.7"),
        "{told}"
    );
    screen.act(Action::News(News::WebhookOff {
        name: "Hall".to_owned(),
        why: Off::Failing,
    }));
    assert_eq!(
        screen.notice(),
        "the webhook Hall is off: it had failed for days; :webhook.turn turns it on again"
    );
    screen.act(Action::News(News::WentBack {
        again: 23,
        recovered: Some(Recovered {
            count: 2,
            file: "/state/recovered-2026-11-21.json".into(),
        }),
    }));
    assert!(
        screen
            .notice()
            .contains("2 changes of others that it lost: /state/recovered-2026-11-21.json"),
        "{}",
        screen.notice()
    );
    assert!(
        screen.notice().contains("23 changes of yours sent again")
            && screen.notice().contains("gC"),
        "{}",
        screen.notice()
    );
    screen.act(Action::News(News::OtherTime {
        ahead: -400 * 86_400,
    }));
    assert!(
        screen.notice().contains("ahead of the server's"),
        "{}",
        screen.notice()
    );
    screen.act(Action::News(News::OnNetworkDrive(NetworkDrive::NFS)));
    assert!(
        screen.notice().contains("on a network drive (NFS)"),
        "{}",
        screen.notice()
    );
}

#[test]
fn whoever_is_signed_out_signs_in_on_the_screen_and_is_told_what_is_wrong() {
    let mut screen = household();
    screen.press("gs");
    assert_eq!(screen.notice(), "nobody needs to sign in here now");
    screen.act(Action::Connection(Connection::SignedOut));
    screen.press("gs");
    screen.write("ana@example.org");
    screen.press("Enter");
    screen.write(" heron gravel ");
    screen.done.clear();
    screen.press("Enter");
    let sent = Effect::SignIn {
        who: "ana@example.org".to_owned(),
        password: Secret(" heron gravel ".to_owned()),
    };
    assert_eq!(screen.done, [sent]);
    let why = "your account waits for approval by whoever runs the server";
    screen.act(Action::SignedIn(Err(why.to_owned())));
    let Some(Overlay::Prompt(prompt)) = screen.state().overlays.last() else {
        panic!("the password is asked for again");
    };
    assert_eq!(prompt.title, "Password of ana@example.org");
    assert_eq!(prompt.error.as_deref(), Some(why));
    assert!(prompt.input.is_secret() && prompt.input.is_blank());
    screen.press("Esc");
    screen.act(Action::SignedIn(Ok(())));
    assert_eq!(screen.notice(), "signed in; what waits is sent now");
    // A code stands for a password that is chosen now.
    screen.act(Action::Connection(Connection::SignedOut));
    screen.press("gs");
    screen.press("^u");
    screen.write("famdesk_c_abc");
    screen.press("Enter");
    let Some(Overlay::Prompt(prompt)) = screen.state().overlays.last() else {
        panic!("a password is asked for");
    };
    assert_eq!(prompt.title, "New password");
}
