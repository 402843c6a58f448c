//! What was done can be undone: after a restart and a sync, by ordinary commands, and not over
//! what someone else has done since.

use super::*;
use famdesk::model::audit::AuditRecord;
use famdesk::model::command::MembershipField;
use famdesk::model::entity::EntityKey;
use famdesk::model::family::FamilyField;
use famdesk::model::group::GroupField;
use famdesk::model::id::GroupId;
use famdesk::model::queue::QueueField;
use famdesk::model::status::{Stage, Status};
use famdesk::model::ticket::Ticket;
use famdesk::replica::view::{Deed, Deeds, HistoryFrom, HistoryOf, Turned};
use famdesk::replica::{Turn, TurnError};
use famdesk::sync::station::TurnFailed;

async fn act(at: &Station, house: &House, words: &str, commands: Vec<CommandBody>) {
    let deed = Deed {
        deed_id: house.source.fresh(),
        words: words.to_owned(),
    };
    at.act(house.family, deed, commands).await.expect("taken");
}

async fn turned(at: &Station, turn: Turn) -> Turned {
    at.turn(turn).await.expect("turned")
}

async fn refused(at: &Station, turn: Turn) -> String {
    at.turn(turn).await.expect_err("refused").to_string()
}

async fn deeds(at: &Station) -> Deeds {
    match at.ask(Question::Deeds).await.expect("an answer") {
        Answer::Deeds(deeds) => deeds,
        other => panic!("{other:?}"),
    }
}

async fn ticket(house: &House, ticket_id: TicketId) -> Ticket {
    house.thread(ticket_id).await.ticket
}

async fn log_of(house: &House, ticket_id: TicketId) -> Vec<AuditRecord> {
    let question = Question::History {
        of: HistoryOf::Ticket(house.family, ticket_id),
        from: HistoryFrom::Newest,
        limit: 100,
    };
    match house.station.ask(question).await.expect("an answer") {
        Answer::History(past) => past.records,
        other => panic!("{other:?}"),
    }
}

fn set(ticket_id: TicketId, set: TicketField) -> CommandBody {
    CommandBody::TicketSet {
        ticket_id,
        set,
        base: None,
    }
}

/// Ben, who works in the group Home too.
async fn ben(house: &House, home: GroupId) -> Station {
    let (user_id, station) = joined(house, "Ben", Role::Adult).await;
    house
        .give(vec![CommandBody::GroupMembershipAdd {
            group_id: home,
            user_id,
            is_admin: false,
        }])
        .await;
    house.sync().await;
    station.sync().await.expect("synced");
    station
}

/// What is left of a ticket when the bookkeeping is taken away.
fn bare(mut ticket: Ticket) -> Ticket {
    ticket.common.version = 0;
    ticket.common.last_update = NOW;
    ticket.common.written = None;
    ticket.resolved_date = None;
    ticket.reopen_until = None;
    ticket.closed_date = None;
    ticket
}

#[tokio::test]
async fn every_deed_on_a_ticket_is_undone_and_done_again_also_after_a_sync() {
    let house = House::new().await;
    let me = house.station.me();
    let ticket_id = house.ticket("Wi-Fi is down", Severity::Sev3).await;
    let other = house.ticket("No network", Severity::Sev3).await;
    house.sync().await;
    let later = NOW.plus(10 * HOUR);
    let deeds: Vec<Vec<CommandBody>> = vec![
        vec![set(ticket_id, TicketField::AssignedTo(Some(me)))],
        vec![set(ticket_id, TicketField::Severity(Severity::Sev1))],
        vec![set(ticket_id, TicketField::Title("Down".to_owned()))],
        vec![set(
            ticket_id,
            TicketField::WaitingNote(Some("the provider".to_owned())),
        )],
        vec![set(ticket_id, TicketField::Stage(Stage::Active))],
        vec![set(ticket_id, TicketField::QueueId(house.kitchen))],
        vec![set(ticket_id, TicketField::DueDate(Some(later)))],
        vec![set(ticket_id, TicketField::SnoozedUntil(Some(later)))],
        vec![CommandBody::TicketTag {
            ticket_id,
            tag: "wifi".to_owned(),
        }],
        vec![CommandBody::TicketDescribe {
            ticket_id,
            description: LongText::from("All of it."),
            base: None,
        }],
        vec![house.comment(ticket_id, "Rebooted it", false)],
        vec![CommandBody::TicketResolve { ticket_id }],
        vec![CommandBody::TicketClose { ticket_id }],
        vec![set(other, TicketField::MergedInto(Some(ticket_id)))],
    ];
    let mut stages = Vec::new();
    let seen = async |house: &House| {
        let thread = house.thread(ticket_id).await;
        let merged = ticket(house, other).await.merged_into;
        (
            bare(thread.ticket.clone()),
            thread.description.unwrap_or_default(),
            thread.total,
            merged,
        )
    };
    for (place, commands) in deeds.iter().enumerate() {
        stages.push(seen(&house).await);
        act(
            &house.station,
            &house,
            &format!("deed {place}"),
            commands.clone(),
        )
        .await;
        if place % 2 == 0 {
            house.sync().await;
        }
    }
    stages.push(seen(&house).await);
    house.sync().await;
    for (place, before) in stages[..deeds.len()].iter().enumerate().rev() {
        let undone = turned(&house.station, Turn::Back).await;
        assert_eq!(undone.words, format!("deed {place}"));
        assert_eq!(undone.left, []);
        assert_eq!(&seen(&house).await, before, "deed {place} undone");
        if place % 3 == 0 {
            house.sync().await;
            assert_eq!(&seen(&house).await, before, "deed {place} synced");
        }
    }
    assert_eq!(
        refused(&house.station, Turn::Back).await,
        "there is nothing to undo"
    );
    for (place, after) in stages[1..].iter().enumerate() {
        turned(&house.station, Turn::Again).await;
        assert_eq!(&seen(&house).await, after, "deed {place} done again");
    }
    house.sync().await;
    assert_eq!(&seen(&house).await, stages.last().expect("a stage"));
    let check = house.station.verify_audit(house.family).await;
    assert_eq!(check.expect("checked").broken_at, None);
}

#[tokio::test]
async fn an_undo_survives_a_restart_and_a_rebuild_and_is_audited() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    let words = "resolved RIV-2026-0001";
    let resolve = vec![CommandBody::TicketResolve { ticket_id }];
    act(&house.station, &house, words, resolve).await;
    house.sync().await;
    let (me, family) = (house.station.me(), house.family);
    let House {
        station: first,
        desk,
        source,
        folder,
        ..
    } = house;
    drop(first);
    let again = station(&desk, &source, &folder, me, None);
    again.rebuild(family).await.expect("rebuilt");
    assert_eq!(deeds(&again).await.undo.as_deref(), Some(words));
    assert_eq!(turned(&again, Turn::Back).await.words, words);
    again.sync().await.expect("synced");
    let question = Question::History {
        of: HistoryOf::Ticket(family, ticket_id),
        from: HistoryFrom::Newest,
        limit: 1,
    };
    let Answer::History(past) = again.ask(question).await.expect("an answer") else {
        panic!("a history");
    };
    assert_eq!(past.records[0].command_type, "ticket.reopen");
    assert_eq!(deeds(&again).await.redo.as_deref(), Some(words));
}

#[tokio::test]
async fn what_someone_else_has_changed_since_is_not_undone_and_they_are_named() {
    let house = House::new().await;
    let at_ben = ben(&house, house.home).await;
    let [one, two, three] = [
        house.ticket("one", Severity::Sev3).await,
        house.ticket("two", Severity::Sev3).await,
        house.ticket("three", Severity::Sev3).await,
    ];
    house.sync().await;
    let moved = vec![set(one, TicketField::QueueId(house.kitchen))];
    act(&house.station, &house, "moved one", moved).await;
    let graver = [one, two, three].map(|it| set(it, TicketField::Severity(Severity::Sev1)));
    act(&house.station, &house, "made 3 SEV_1", graver.into()).await;
    house.sync().await;
    at_ben.sync().await.expect("synced");
    let theirs = vec![
        set(two, TicketField::Severity(Severity::Sev5)),
        set(two, TicketField::Title("two of Ben".to_owned())),
        set(one, TicketField::QueueId(house.it)),
        // Something else on the same ticket is in nobody's way.
        set(three, TicketField::Title("three of Ben".to_owned())),
    ];
    at_ben.give(house.family, theirs).await.expect("taken");
    at_ben.sync().await.expect("synced");
    house.sync().await;

    let undone = turned(&house.station, Turn::Back).await;
    let left: Vec<String> = undone.left.iter().map(ToString::to_string).collect();
    assert_eq!(
        left,
        ["Ben has since changed the severity of RIV-2026-0002"]
    );
    let mut severities = Vec::new();
    for it in [one, two, three] {
        severities.push(ticket(&house, it).await.severity);
    }
    let expected = [Severity::Sev3, Severity::Sev5, Severity::Sev3];
    assert_eq!(severities, expected);
    // Also where the last to come would win.
    assert_eq!(
        refused(&house.station, Turn::Back).await,
        "can't undo \"moved one\": Ben has since changed the queue of RIV-2026-0001"
    );
    assert_eq!(ticket(&house, one).await.queue_id, house.it);
    // It is not in the way of what was done before it.
    assert_eq!(deeds(&house.station).await.undo, None);
    turned(&house.station, Turn::Again).await;
    house.sync().await;
    assert_eq!(ticket(&house, one).await.severity, Severity::Sev1);
    assert_eq!(ticket(&house, two).await.severity, Severity::Sev5);
}

#[tokio::test]
async fn a_race_that_only_the_desk_sees_is_decided_there() {
    let house = House::new().await;
    let at_ben = ben(&house, house.home).await;
    let ticket_id = house.ticket("one", Severity::Sev3).await;
    let snoozed = |hours: i64| {
        let until = NOW.plus(hours * HOUR);
        vec![set(ticket_id, TicketField::SnoozedUntil(Some(until)))]
    };
    act(&house.station, &house, "snoozed it", snoozed(2)).await;
    house.sync().await;
    at_ben.sync().await.expect("synced");
    at_ben.give(house.family, snoozed(1)).await.expect("taken");
    at_ben.sync().await.expect("synced");
    // Not pulled yet, so that nothing speaks against it here.
    turned(&house.station, Turn::Back).await;
    house.sync().await;
    let tray = house.station.read(|it| it.tray()).await.expect("readable");
    assert_eq!(tray.len(), 1, "{tray:?}");
    let until = ticket(&house, ticket_id).await.snoozed_until;
    assert_eq!(until, Some(NOW.plus(HOUR)));
    assert_eq!(deeds(&house.station).await.redo, None, "nothing was undone");
}

#[tokio::test]
async fn what_was_refused_can_not_be_undone() {
    let house = House::new().await;
    let at_ben = ben(&house, house.home).await;
    let ticket_id = house.ticket("one", Severity::Sev3).await;
    let other = house.ticket("two", Severity::Sev3).await;
    house.sync().await;
    at_ben.sync().await.expect("synced");
    at_ben
        .give(house.family, vec![CommandBody::TicketClose { ticket_id }])
        .await
        .expect("taken");
    at_ben.sync().await.expect("synced");
    let resolve = [ticket_id, other].map(|ticket_id| CommandBody::TicketResolve { ticket_id });
    act(&house.station, &house, "resolved 2", resolve.into()).await;
    house.sync().await;
    let undone = turned(&house.station, Turn::Back).await;
    assert_eq!((undone.commands.len(), undone.left.len()), (1, 0));
    assert_eq!(ticket(&house, other).await.status, Status::Open);
    assert_eq!(ticket(&house, ticket_id).await.status, Status::Closed);
    // A refusal here leaves nothing behind either.
    let deed = Deed {
        deed_id: house.source.fresh(),
        words: "never".to_owned(),
    };
    let closed = vec![CommandBody::TicketReopen { ticket_id }];
    let given = house.station.act(house.family, deed, closed).await;
    given.expect_err("refused");
    assert_eq!(deeds(&house.station).await.undo, None);
}

#[tokio::test]
async fn a_ticket_that_others_have_worked_on_is_not_unfiled() {
    let house = House::new().await;
    let at_ben = ben(&house, house.home).await;
    let (ticket_id, file) = house.new_ticket("mine", Severity::Sev3);
    act(&house.station, &house, "filed it", vec![file]).await;
    house.sync().await;
    at_ben.sync().await.expect("synced");
    let said = house.comment(ticket_id, "I am at it", false);
    at_ben.give(house.family, vec![said]).await.expect("taken");
    at_ben.sync().await.expect("synced");
    house.sync().await;
    let error = house.station.turn(Turn::Back).await.expect_err("refused");
    assert!(
        matches!(&error, TurnFailed::Turn(TurnError::Refused { .. })),
        "{error:?}"
    );
    assert!(error.to_string().contains("Ben has since"), "{error}");
    assert!(!ticket(&house, ticket_id).await.common.deleted);
    assert_eq!(
        log_of(&house, ticket_id).await[0].command_type,
        "comment.add"
    );
}

#[tokio::test]
async fn doing_something_else_ends_what_could_be_done_again() {
    let house = House::new().await;
    let ticket_id = house.ticket("one", Severity::Sev3).await;
    let severity = |to| vec![set(ticket_id, TicketField::Severity(to))];
    act(&house.station, &house, "a", severity(Severity::Sev1)).await;
    act(&house.station, &house, "b", severity(Severity::Sev2)).await;
    turned(&house.station, Turn::Back).await;
    act(&house.station, &house, "c", severity(Severity::Sev5)).await;
    let known = deeds(&house.station).await;
    assert_eq!((known.undo.as_deref(), known.redo), (Some("c"), None));
    // What changes nothing is nothing to undo.
    act(&house.station, &house, "d", severity(Severity::Sev5)).await;
    assert_eq!(deeds(&house.station).await.undo.as_deref(), Some("c"));
    turned(&house.station, Turn::Back).await;
    turned(&house.station, Turn::Back).await;
    assert_eq!(ticket(&house, ticket_id).await.severity, Severity::Sev3);
}

/// The family as Ana sees it.
async fn family(house: &House) -> famdesk::replica::view::FamilyView {
    let question = Question::Family(house.family);
    match house.station.ask(question).await.expect("an answer") {
        Answer::Family(Some(view)) => *view,
        other => panic!("{other:?}"),
    }
}

/// Who is in the group Home.
async fn at_home(house: &House) -> Vec<(UserId, bool)> {
    let view = family(house).await;
    let places = view.places.iter();
    let here = places.filter(|it| it.group_id == house.home && it.is_live());
    here.map(|it| (it.user_id, it.is_admin)).collect()
}

#[tokio::test]
async fn what_was_done_to_the_house_and_its_people_is_undone_and_done_again() {
    let house = House::new().await;
    let (max, _) = joined(&house, "Max", Role::Adult).await;
    house
        .give(vec![CommandBody::GroupMembershipAdd {
            group_id: house.home,
            user_id: max,
            is_admin: true,
        }])
        .await;
    house.sync().await;
    let (queue_id, group_id) = (QueueId(house.source.fresh()), GroupId(house.source.fresh()));
    let deeds = [
        CommandBody::FamilySet(FamilyField::FamilyName("Riveras".to_owned())),
        CommandBody::QueueSet {
            queue_id: house.kitchen,
            set: QueueField::QueueName("Galley".to_owned()),
        },
        CommandBody::GroupSet {
            group_id: house.home,
            set: GroupField::GroupDescription("All of us".to_owned()),
        },
        CommandBody::GroupCreate {
            group_id,
            group_name: "Cousins".to_owned(),
            group_description: String::new(),
        },
        CommandBody::QueueCreate {
            queue_id,
            group_id,
            queue_name: "Trips".to_owned(),
            queue_description: String::new(),
            default_severity: None,
        },
        CommandBody::EntityDelete(EntityKey::Queue(house.kitchen)),
        CommandBody::GroupMembershipSetAdmin {
            group_id: house.home,
            user_id: max,
            is_admin: false,
        },
        CommandBody::GroupMembershipRemove {
            group_id: house.home,
            user_id: max,
        },
        CommandBody::GroupMembershipAdd {
            group_id: house.home,
            user_id: max,
            is_admin: true,
        },
        // Whoever becomes a guest leaves their groups.
        CommandBody::MembershipSet {
            user_id: max,
            set: MembershipField::Role(Role::Guest),
        },
        CommandBody::MembershipSet {
            user_id: max,
            set: MembershipField::DisplayName("Maximo".to_owned()),
        },
    ];
    let tell = |view: famdesk::replica::view::FamilyView, home: Vec<(UserId, bool)>| {
        let mut queues: Vec<String> = view
            .queues
            .iter()
            .map(|row| row.queue.queue_name.clone())
            .collect();
        queues.sort();
        let mut groups: Vec<(String, String)> = view
            .groups
            .iter()
            .map(|it| (it.group_name.clone(), it.group_description.clone()))
            .collect();
        groups.sort();
        let mut people: Vec<(String, Role)> = view
            .people
            .iter()
            .map(|it| (it.display_name.clone(), it.role))
            .collect();
        people.sort();
        let mut home = home;
        home.sort();
        (
            view.family.family_name.clone(),
            queues,
            groups,
            people,
            home,
        )
    };
    let mut stages = vec![tell(family(&house).await, at_home(&house).await)];
    for (index, deed) in deeds.into_iter().enumerate() {
        act(&house.station, &house, &format!("deed {index}"), vec![deed]).await;
        // Some are undone before they were sent, some after.
        if index % 3 == 0 {
            house.sync().await;
        }
        let stage = tell(family(&house).await, at_home(&house).await);
        assert_ne!(
            stages.last(),
            Some(&stage),
            "deed {index} changes something"
        );
        stages.push(stage);
    }
    for (turn, stages) in [
        (Turn::Back, stages.iter().rev().skip(1).collect::<Vec<_>>()),
        (Turn::Again, stages.iter().skip(1).collect()),
    ] {
        for (index, stage) in stages.into_iter().enumerate() {
            let turned = turned(&house.station, turn).await;
            assert!(turned.left.is_empty(), "{turn:?} {}", turned.words);
            if index % 2 == 0 {
                house.sync().await;
            }
            let now = tell(family(&house).await, at_home(&house).await);
            assert_eq!(now, *stage, "{turn:?} {}", turned.words);
        }
        house.sync().await;
    }
    let check = house.station.verify_audit(house.family).await;
    assert_eq!(check.expect("checked").broken_at, None);
}

#[tokio::test]
async fn what_another_admin_has_changed_in_the_house_since_stays_and_they_are_named() {
    let house = House::new().await;
    let (max, at_max) = joined(&house, "Max", Role::Adult).await;
    let set = MembershipField::IsAdmin(true);
    house
        .give(vec![CommandBody::MembershipSet { user_id: max, set }])
        .await;
    let name = |name: &str| CommandBody::QueueSet {
        queue_id: house.kitchen,
        set: QueueField::QueueName(name.to_owned()),
    };
    act(
        &house.station,
        &house,
        "named it Galley",
        vec![name("Galley")],
    )
    .await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    // Another attribute of the same queue is in nobody's way, its name is.
    let described = CommandBody::QueueSet {
        queue_id: house.kitchen,
        set: QueueField::QueueDescription("Where Max cooks".to_owned()),
    };
    let theirs = vec![described, name("Max's galley")];
    at_max.give(house.family, theirs).await.expect("taken");
    at_max.sync().await.expect("synced");
    house.sync().await;
    assert_eq!(
        refused(&house.station, Turn::Back).await,
        "can't undo \"named it Galley\": Max has since changed the name of Max's galley"
    );
    // Nothing is deleted from under others either.
    let group_id = GroupId(house.source.fresh());
    let made = CommandBody::GroupCreate {
        group_id,
        group_name: "Cousins".to_owned(),
        group_description: String::new(),
    };
    act(&house.station, &house, "made Cousins", vec![made]).await;
    let queue_id = QueueId(house.source.fresh());
    house
        .give(vec![CommandBody::QueueCreate {
            queue_id,
            group_id,
            queue_name: "Trips".to_owned(),
            queue_description: String::new(),
            default_severity: None,
        }])
        .await;
    let why = refused(&house.station, Turn::Back).await;
    assert!(why.contains("Trips"), "{why}");
}

#[tokio::test]
async fn a_member_takes_their_own_deleting_back() {
    let house = House::new().await;
    let at_ben = ben(&house, house.home).await;
    let ticket_id = house.ticket("keep me", Severity::Sev3).await;
    house.sync().await;
    at_ben.sync().await.expect("synced");
    for synced in [false, true] {
        let delete = CommandBody::EntityDelete(EntityKey::Ticket(ticket_id));
        act(&at_ben, &house, "deleted it", vec![delete]).await;
        if synced {
            at_ben.sync().await.expect("synced");
        }
        turned(&at_ben, Turn::Back).await;
        at_ben.sync().await.expect("synced");
        house.sync().await;
        assert!(!ticket(&house, ticket_id).await.common.deleted);
    }
}

#[tokio::test]
async fn a_thread_holds_what_was_said_on_all_that_was_merged_into_it() {
    let house = House::new().await;
    let [first, middle, last] = [
        house.ticket("first", Severity::Sev3).await,
        house.ticket("middle", Severity::Sev3).await,
        house.ticket("last", Severity::Sev3).await,
    ];
    let merged = |from, into| set(from, TicketField::MergedInto(Some(into)));
    house
        .give(vec![
            house.comment(first, "said on the first", false),
            merged(first, middle),
            merged(middle, last),
            house.comment(first, "and after it was merged", false),
        ])
        .await;
    house.sync().await;
    let bodies: Vec<String> = house
        .thread(last)
        .await
        .comments
        .iter()
        .map(|it| it.body.clone())
        .collect();
    assert_eq!(bodies, ["said on the first", "and after it was merged"]);
}
