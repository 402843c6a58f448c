//! Own commands: seen at once, without flicker, refused in the open.

use super::*;
use crate::model::command::Base;
use crate::model::refusal::Refusal;

#[test]
fn an_own_ticket_is_seen_at_once_and_stays_through_push_and_pull() {
    let mut house = House::new();
    let new = house.new_ticket("Boiler leaks");
    let ticket_id = new.ticket_id;
    house
        .local(CommandBody::TicketCreate(Box::new(new)))
        .expect("taken");
    let said = house.comment(ticket_id, "since Monday");
    house.local(CommandBody::CommentAdd(said)).expect("taken");

    let seen = |house: &House| {
        let rows = house.list(&house.all()).rows;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].comments, 1);
        let thread = house.thread(ticket_id).expect("a thread");
        assert_eq!(thread.comments[0].body, "since Monday");
        assert_eq!(thread.comments[0].unsent, rows[0].unsent);
        rows[0].unsent
    };
    assert!(seen(&house));
    house.advance(5);
    house.push();
    assert!(seen(&house), "it waits for the log");
    assert_eq!(house.replica.outbox_summary().expect("read").waiting, 0);
    let applied = house.pull();
    assert_eq!(applied.settled, 2);
    assert!(!seen(&house));
    assert!(
        house
            .replica
            .pending(house.family_id)
            .expect("pending")
            .is_empty()
    );
    assert_eq!(
        house.list(&house.all()).rows[0]
            .number
            .as_ref()
            .map(ToString::to_string),
        Some("RIV-2026-0001".to_owned())
    );
    house.assert_same_as_backend();
    counters::assert_counters(&house);
}

#[test]
fn anothers_changes_come_in_below_own_pending_ones() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let severity = |severity| CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Severity(severity),
        base: None,
    };
    house.local(severity(Severity::Sev1)).expect("taken");
    house.remote(severity(Severity::Sev5));
    house.remote(CommandBody::TicketTag {
        ticket_id,
        tag: "heating".to_owned(),
    });
    house.pull();
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(thread.ticket.severity, Severity::Sev1);
    assert!(thread.ticket.tags.contains("heating"));
    counters::assert_counters(&house);
    house.push();
    house.pull();
    assert_eq!(
        house.thread(ticket_id).expect("a thread").ticket.severity,
        Severity::Sev1
    );
    house.assert_same_as_backend();
}

#[test]
fn a_refusal_here_takes_nothing_of_the_whole() {
    let mut house = House::new();
    let good = house.command(CommandBody::TicketCreate(Box::new(
        house.new_ticket("Fine"),
    )));
    let bad = house.command(CommandBody::TicketCreate(Box::new(house.new_ticket(" "))));
    let bad_id = bad.command_id;
    let before = house.replica.fingerprint(house.family_id).expect("hash");
    let now = house.backend.now;
    let me = Actor::user(house.me);
    let refused = house
        .replica
        .submit(house.family_id, by(&me, now), &[good, bad]);
    let Err(SubmitError::Refused {
        command_id,
        refusal,
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(command_id, bad_id);
    assert!(matches!(*refusal, Refusal::Invalid { field, .. } if field == "title"));
    assert_eq!(
        house.replica.fingerprint(house.family_id).expect("hash"),
        before
    );
    assert!(
        house
            .replica
            .pending(house.family_id)
            .expect("pending")
            .is_empty()
    );
    assert_eq!(house.replica.last_cseq(house.family_id).expect("read"), 0);
}

#[test]
fn what_the_backend_refuses_goes_to_the_tray_and_leaves_the_view() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let confirmed = house.thread(ticket_id);
    house
        .local(CommandBody::TicketSet {
            ticket_id,
            set: TicketField::Title("Late".to_owned()),
            base: None,
        })
        .expect("taken");
    let kept = house.replica.pending(house.family_id).expect("pending")[0]
        .command
        .clone();
    house.remote(CommandBody::TicketClose { ticket_id });
    house.push();
    assert_eq!(
        house.thread(ticket_id).expect("a thread").ticket.title,
        "Late"
    );
    let applied = house.pull();
    assert_eq!(applied.rejected, [kept.command_id]);
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(
        Some(&thread.ticket.title),
        confirmed.as_ref().map(|it| &it.ticket.title)
    );
    assert_eq!(thread.ticket.status, Status::Closed);
    let tray = house.replica.tray().expect("tray");
    assert_eq!(tray.len(), 1);
    assert_eq!(tray[0].command.as_ref(), Some(&kept));
    assert!(matches!(
        tray[0].refusal(),
        Some(Refusal::WrongStatus { .. })
    ));
    assert_eq!(
        house.replica.outbox_summary().expect("read"),
        OutboxSummary {
            refused: 1,
            ..OutboxSummary::default()
        }
    );
    house.assert_same_as_backend();
    assert!(
        house
            .replica
            .discard(kept.command_id, None, START)
            .expect("discarded")
    );
    assert!(house.replica.tray().expect("tray").is_empty());
}

#[test]
fn a_refusal_with_nothing_new_in_the_log_still_reaches_the_tray() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    house
        .local(CommandBody::TicketResolve { ticket_id })
        .expect("taken");
    let waiting = house.replica.pending(house.family_id).expect("pending")[0].clone();
    let reply = crate::wire::sync::PushReply {
        results: vec![Told {
            cseq: waiting.cseq,
            command_id: waiting.command.command_id,
            outcome: Outcome::Rejected {
                head: house.backend.log.len() as i64,
                problem: Refusal::TouchedSince.into(),
            },
        }],
        problem: None,
        head: house.backend.head(),
    };
    house
        .replica
        .note_verdicts(house.family_id, &reply)
        .expect("noted");
    assert_eq!(house.pull().rejected, [waiting.command.command_id]);
    house.assert_same_as_backend();
}

#[test]
fn what_the_rules_refuse_after_a_pull_is_doubtful_and_stays_in_the_outbox() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    house
        .local(CommandBody::TicketTag {
            ticket_id,
            tag: "heating".to_owned(),
        })
        .expect("taken");
    house.remote(CommandBody::EntityDelete(EntityKey::Ticket(ticket_id)));
    house.pull();
    let pending = house.replica.pending(house.family_id).expect("pending");
    assert_eq!(pending.len(), 1);
    assert!(matches!(pending[0].doubt, Some(Refusal::Deleted { .. })));
    house.assert_same_as_backend();
    house.remote(CommandBody::EntityRestore(EntityKey::Ticket(ticket_id)));
    house.pull();
    assert_eq!(
        house.replica.pending(house.family_id).expect("pending")[0].doubt,
        None
    );
    assert!(
        house
            .thread(ticket_id)
            .expect("a thread")
            .ticket
            .tags
            .contains("heating")
    );
}

#[test]
fn a_command_given_twice_is_taken_once() {
    let mut house = House::new();
    let command = house.command(CommandBody::TicketCreate(Box::new(
        house.new_ticket("Once"),
    )));
    let actor = Actor::user(house.me);
    let now = house.backend.now;
    for expected in [Some(1), None] {
        let given = std::slice::from_ref(&command);
        let taken = house
            .replica
            .submit(house.family_id, by(&actor, now), given);
        assert_eq!(taken.expect("taken")[0].cseq, expected);
    }
    house.push();
    house.pull();
    let again = house
        .replica
        .submit(house.family_id, by(&actor, now), &[command])
        .expect("taken");
    assert_eq!(again[0].cseq, None);
}

#[test]
fn healing_sends_what_was_settled_again_in_order_from_one() {
    let mut house = House::new();
    let new = house.new_ticket("First");
    let ticket_id = new.ticket_id;
    house
        .local(CommandBody::TicketCreate(Box::new(new)))
        .expect("taken");
    house.push();
    house.pull();
    house
        .local(CommandBody::TicketTag {
            ticket_id,
            tag: "second".to_owned(),
        })
        .expect("taken");
    let device = DeviceId(house.source.fresh());
    assert_eq!(house.replica.heal(device).expect("healed"), 2);
    assert_eq!(house.replica.device_id().expect("read"), device);
    let batch = house
        .replica
        .next_batch(house.family_id, 10)
        .expect("batch");
    let order: Vec<(i64, &str)> = batch
        .iter()
        .map(|it| (it.cseq, it.command.body.command_type()))
        .collect();
    assert_eq!(order, [(1, "ticket.create"), (2, "ticket.tag")]);
    assert_eq!(house.replica.last_cseq(house.family_id).expect("read"), 2);
    house.push();
    house.pull();
    house.assert_same_as_backend();
}

#[test]
fn whatever_happens_in_whatever_order_the_view_is_the_fold_and_ends_as_the_backend() {
    for seed in 0..6 {
        let mut house = House::new();
        let mut dice = Dice(100 + seed);
        for _ in 0..120 {
            let step = dice.roll(3_000) as i64;
            house.advance(step);
            match dice.roll(6) {
                0 => house.push(),
                1 => drop(house.pull()),
                2 => house.live(&mut dice, 2),
                _ => {
                    let body = house.random_body(&mut dice);
                    // What is not here yet is refused here; that is no failure.
                    if let Err(SubmitError::Store(error)) = house.local(body) {
                        panic!("{error}");
                    }
                }
            }
        }
        counters::assert_counters(&house);
        house.push();
        house.pull();
        assert!(
            house
                .replica
                .pending(house.family_id)
                .expect("pending")
                .is_empty()
        );
        house.assert_same_as_backend();
        counters::assert_counters(&house);
    }
}

#[test]
fn a_refused_command_can_be_given_again_on_top_of_what_overtook_it() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let title = |title: &str, value: &str| CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Title(title.to_owned()),
        base: Some(Base {
            version: 1,
            value: TicketField::Title(value.to_owned()),
        }),
    };
    house.local(title("Mine", "Boiler")).expect("taken");
    house.remote(title("Theirs", "Boiler"));
    house.push();
    house.pull();
    let refused = house.replica.tray().expect("tray").remove(0);
    assert!(matches!(refused.refusal(), Some(Refusal::Conflict(_))));

    assert!(house.decide(refused.command_id, Resolution::Mine));
    assert!(house.replica.tray().expect("tray").is_empty());
    house.push();
    house.pull();
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(thread.ticket.title, "Mine");
    house.assert_same_as_backend();
}

#[test]
fn keeping_theirs_puts_mine_away_and_it_can_be_brought_back() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let title = |title: &str| CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Title(title.to_owned()),
        base: Some(Base {
            version: 1,
            value: TicketField::Title("Boiler".to_owned()),
        }),
    };
    house.local(title("Mine")).expect("taken");
    house.remote(title("Theirs"));
    house.push();
    house.pull();
    let refused = house.replica.tray().expect("tray").remove(0).command_id;
    assert_eq!(house.replica.outbox_summary().expect("read").conflicts, 1);
    assert!(house.decide(refused, Resolution::Theirs));
    assert!(house.replica.tray().expect("tray").is_empty());
    assert!(!house.replica.has_pending(house.family_id).expect("read"));
    assert_eq!(house.replica.bring_back().expect("read"), Some(refused));
    assert_eq!(house.replica.tray().expect("tray").len(), 1);
    assert_eq!(house.replica.bring_back().expect("read"), None);
}

#[test]
fn what_was_merged_is_told_and_theirs_can_be_had_back() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let mia = house.people[2];
    let group_id = house.group_id;
    house.remote(CommandBody::GroupMembershipAdd {
        group_id,
        user_id: mia,
        is_admin: false,
    });
    house.pull();
    let describe = |text: &str| CommandBody::TicketDescribe {
        ticket_id,
        description: text.into(),
        base: Some(Base {
            version: 1,
            value: LongText::from("one\n\ntwo"),
        }),
    };
    let to = |n: usize| TicketField::QueueId(house.queues[n]);
    let from = to(0).current(&house.thread(ticket_id).expect("a thread").ticket);
    let moved = |set: TicketField| CommandBody::TicketSet {
        ticket_id,
        set,
        base: Some(Base {
            version: 1,
            value: from.clone(),
        }),
    };
    let (theirs, mine) = (to(1), to(2));
    house.remote(CommandBody::TicketDescribe {
        ticket_id,
        description: "one\n\ntwo".into(),
        base: None,
    });
    house.pull();
    house.local(describe("ONE\n\ntwo")).expect("taken");
    house.local(moved(mine.clone())).expect("taken");
    house.remote_as(mia, describe("one\n\nTWO"));
    house.remote_as(mia, moved(theirs.clone()));
    house.push();
    house.pull();
    let tray = house.replica.tray().expect("tray");
    let [text, place] = tray.as_slice() else {
        panic!("{tray:?}");
    };
    for entry in [text, place] {
        assert_eq!(entry.conflict().and_then(|it| it.by), Some(mia));
    }
    let description = |house: &House| house.thread(ticket_id).expect("a thread").description;
    assert_eq!(description(&house).as_deref(), Some("ONE\n\nTWO"));
    assert!(house.decide(text.command_id, Resolution::Theirs));
    assert!(house.decide(place.command_id, Resolution::Theirs));
    house.push();
    house.pull();
    assert_eq!(description(&house).as_deref(), Some("one\n\nTWO"));
    let ticket = house.thread(ticket_id).expect("a thread").ticket;
    assert_eq!(theirs.current(&ticket), theirs);
    assert!(house.replica.tray().expect("tray").is_empty());
    house.assert_same_as_backend();
}

#[test]
fn what_leans_on_a_refused_ticket_waits_below_it_and_goes_out_again_with_it() {
    let mut house = House::new();
    let gone = house.queues[2];
    let mut new = house.new_ticket("Roof leaks");
    let ticket_id = new.ticket_id;
    new.queue_id = gone;
    house
        .local(CommandBody::TicketCreate(Box::new(new)))
        .expect("taken");
    let said = house.comment(ticket_id, "since the storm");
    house.local(CommandBody::CommentAdd(said)).expect("taken");
    house.remote(CommandBody::EntityDelete(EntityKey::Queue(gone)));
    house.push();
    house.pull();
    let tray = house.replica.tray().expect("tray");
    let [ticket, comment] = tray.as_slice() else {
        panic!("{tray:?}");
    };
    assert!(matches!(
        ticket.fate,
        Fate::Refused(Refusal::NotFound { .. })
    ));
    assert!(matches!(comment.fate, Fate::Blocked { by, .. } if by == ticket.command_id));
    let elsewhere = Resolution::InQueue(house.queues[0]);
    assert!(house.decide(ticket.command_id, elsewhere));
    assert!(house.replica.tray().expect("tray").is_empty());
    house.push();
    house.pull();
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(thread.ticket.queue_id, house.queues[0]);
    assert_eq!(thread.comments[0].body, "since the storm");
    house.assert_same_as_backend();
}

#[test]
fn what_the_backend_fails_at_is_set_aside_and_the_others_pass() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let said = house.comment(ticket_id, "poison");
    let poison = house
        .local(CommandBody::CommentAdd(said))
        .expect("taken")
        .remove(0);
    let said = house.comment(ticket_id, "harmless");
    house.local(CommandBody::CommentAdd(said)).expect("taken");
    let void = CommandId(house.source.fresh());
    let why = "the server failed";
    assert!(
        house
            .replica
            .park(poison.command_id, void, why)
            .expect("parked")
    );
    assert!(
        !house
            .replica
            .park(poison.command_id, void, why)
            .expect("once")
    );
    let batch = house.replica.next_batch(house.family_id, 9).expect("read");
    let numbers: Vec<i64> = batch.iter().map(|it| it.cseq).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(batch[0].command.body, CommandBody::Void {});
    house.push();
    house.pull();
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(thread.comments.len(), 1);
    let tray = house.replica.tray().expect("tray");
    assert_eq!(tray[0].fate, Fate::Parked(why.to_owned()));
    assert_eq!(tray[0].text.as_deref(), Some("poison"));
    assert_eq!(house.replica.outbox_summary().expect("read").parked, 1);
    assert!(house.decide(poison.command_id, Resolution::Mine));
    house.push();
    house.pull();
    assert_eq!(house.thread(ticket_id).expect("a thread").comments.len(), 2);
    house.assert_same_as_backend();
}

#[test]
fn what_was_written_in_a_discarded_command_is_kept_as_a_draft() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    house.pull();
    let said = house.comment(ticket_id, "since Monday");
    house.local(CommandBody::CommentAdd(said)).expect("taken");
    house.remote(CommandBody::EntityDelete(EntityKey::Ticket(ticket_id)));
    house.push();
    house.pull();
    let outbox = house.replica.outbox(10).expect("outbox");
    let entry = &outbox.entries[0];
    assert_eq!(entry.text.as_deref(), Some("since Monday"));
    let key = DraftKey {
        family_id: house.family_id,
        about: Some(ticket_id.0),
        kind: DraftKind::Comment,
    };
    let draft = Draft {
        key,
        content: "since Monday".to_owned(),
        saved_at: house.source.now(),
    };
    let mut discard = |keep| house.replica.discard(entry.command_id, keep, START);
    assert!(discard(Some(&draft)).expect("discarded"));
    assert!(!discard(None).expect("gone"));
    assert_eq!(house.replica.draft(key).expect("read"), Some(draft));
}
