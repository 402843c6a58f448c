//! Each access pattern on a small family: what it finds, and how many items it reads for it.

mod house;

use house::{House, id, record};

use super::*;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::read_marker::ReadMarker;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::table::metered::Cost;

use house::{
    ANA, BEN, BOILER, CLEO, COUSINS, DAN, EVE, F, GARDEN, HEDGE, HOME, LAMP, MINOR, OTHER,
    PLUMBING, POND, ROOF, TAP, VALVE,
};

const FAMILY: Scope = Scope::Family(F);

fn cost(calls: usize, items: usize) -> Cost {
    Cost { calls, items }
}

fn people(memberships: &[crate::model::membership::Membership]) -> Vec<UserId> {
    memberships.iter().map(|it| it.user_id).collect()
}

fn ids(tickets: &[crate::model::ticket::Ticket]) -> Vec<TicketId> {
    tickets.iter().map(|it| it.ticket_id).collect()
}

fn seqs(records: &[crate::model::audit::AuditRecord]) -> Vec<i64> {
    records.iter().map(|it| it.seq).collect()
}

#[tokio::test]
async fn a_family_and_its_counters_are_one_read_each() {
    let table = House::table().await;
    let found = family(&table, F).await.expect("answers").expect("there");
    assert_eq!(found.family_name, "Rivera");
    assert_eq!(table.take(), cost(1, 1));

    let head = head(&table, FAMILY).await.expect("answers").expect("there");
    assert_eq!(table.take(), cost(1, 1));
    let open = head.open_by_severity();
    assert_eq!(open[&Severity::Sev1], 1);
    assert_eq!(open[&Severity::Sev2_5], 1);
    assert_eq!(open.values().sum::<u32>(), 4);
    assert_eq!(head.counts.of_queue(PLUMBING), 4);

    let nobody = FamilyId(id(999));
    assert_eq!(family(&table, nobody).await, Ok(None));
}

#[tokio::test]
async fn a_users_families_and_invitations_come_from_their_own_partition() {
    let table = House::table().await;
    let of_ben = families_of(&table, BEN).await.expect("answers");
    let families: Vec<FamilyId> = of_ben.iter().map(|it| it.family_id).collect();
    assert_eq!(families, [F, OTHER]);
    assert_eq!(table.take(), cost(1, 2));
    assert_eq!(invitations_of(&table, BEN).await, Ok(Vec::new()));
    table.take();
    let of_dan = invitations_of(&table, DAN).await.expect("answers");
    assert_eq!(people(&of_dan), [DAN]);
    assert_eq!(table.take(), cost(1, 1));
    assert_eq!(families_of(&table, DAN).await, Ok(Vec::new()));
    // Who has left stands in no index.
    table.take();
    assert_eq!(families_of(&table, EVE).await, Ok(Vec::new()));
    assert_eq!(table.take(), cost(1, 0));
}

#[tokio::test]
async fn the_people_of_a_family_are_read_alone() {
    let table = House::table().await;
    let live = members(&table, F).await.expect("answers");
    assert_eq!(people(&live), [ANA, BEN, CLEO]);
    assert_eq!(table.take(), cost(1, 5));
    let asked = pending(&table, F).await.expect("answers");
    assert_eq!(people(&asked), [DAN]);
    assert_eq!(table.take(), cost(1, 5));
    let run_it = admins(&table, F).await.expect("answers");
    assert_eq!(people(&run_it), [ANA]);
}

#[tokio::test]
async fn a_membership_check_is_one_read_of_the_base_table() {
    let table = House::table().await;
    let dan = membership(&table, F, DAN).await.expect("answers");
    assert!(dan.is_some_and(|it| !it.is_live()));
    assert_eq!(table.take(), cost(1, 1));
    let eve = membership(&table, F, EVE).await.expect("answers");
    assert!(eve.is_some_and(|it| it.common.deleted));
    table.take();
    assert_eq!(membership(&table, OTHER, ANA).await, Ok(None));
    assert_eq!(table.take(), cost(1, 0));
}

#[tokio::test]
async fn groups_and_their_members_are_one_read() {
    let table = House::table().await;
    let all = groups(&table, F).await.expect("answers");
    let found: Vec<GroupId> = all.groups.iter().map(|it| it.group_id).collect();
    assert_eq!(found, [HOME, COUSINS]);
    let pairs = all.members.iter().map(|it| (it.group_id, it.user_id));
    assert_eq!(
        pairs.collect::<Vec<_>>(),
        [(HOME, ANA), (HOME, BEN), (COUSINS, BEN)]
    );
    // Two deleted ones are read and left out: a group, and the membership in it.
    assert_eq!(table.take(), cost(1, 7));

    let home = group_members(&table, F, HOME).await.expect("answers");
    let home: Vec<UserId> = home.iter().map(|it| it.user_id).collect();
    assert_eq!(home, [ANA, BEN]);
    assert_eq!(table.take(), cost(1, 2));

    let of_ben = groups_of(&table, F, BEN).await.expect("answers");
    let of_ben: Vec<GroupId> = of_ben.iter().map(|it| it.group_id).collect();
    assert_eq!(of_ben, [HOME, COUSINS]);
}

#[tokio::test]
async fn queues_are_read_without_their_tickets() {
    let table = House::table().await;
    let all = queues(&table, F).await.expect("answers");
    let found: Vec<QueueId> = all.iter().map(|it| it.queue_id).collect();
    assert_eq!(found, [PLUMBING, GARDEN]);
    assert_eq!(table.take(), cost(1, 3));
    let of_cousins = queues_of_group(&table, F, COUSINS).await.expect("answers");
    assert_eq!(of_cousins.len(), 1);
}

#[tokio::test]
async fn who_may_use_a_queue_is_its_owners_group() {
    let table = House::table().await;
    let plumbing = queue_use(&table, F, PLUMBING).await.expect("answers");
    let plumbing = plumbing.expect("there");
    assert_eq!(plumbing.group.map(|it| it.group_id), Some(HOME));
    let who: Vec<UserId> = plumbing.members.iter().map(|it| it.user_id).collect();
    assert_eq!(who, [ANA, BEN]);
    assert_eq!(table.take(), cost(2, 4));
    assert_eq!(queue_use(&table, F, QueueId(id(999))).await, Ok(None));
}

#[tokio::test]
async fn a_queue_lists_its_tickets_by_creation_in_pages() {
    let table = House::table().await;
    let all = tickets_of_queue(&table, F, PLUMBING, Window::default());
    let all = all.await.expect("answers");
    assert_eq!(ids(&all.items), [BOILER, TAP, VALVE, MINOR]);
    assert_eq!(all.next, None);
    assert_eq!(table.take(), cost(1, 4));

    let newest = tickets_of_queue(&table, F, PLUMBING, Window::last(3));
    let newest = newest.await.expect("answers");
    assert_eq!(ids(&newest.items), [MINOR, VALVE, TAP]);
    assert_eq!(table.take(), cost(1, 3));
    let rest = tickets_of_queue(&table, F, PLUMBING, Window::last(3).from(newest.next));
    let rest = rest.await.expect("answers");
    assert_eq!(ids(&rest.items), [BOILER]);
    assert_eq!(table.take(), cost(1, 1));
}

#[tokio::test]
async fn open_tickets_come_gravest_first_with_two_and_a_half_between() {
    let table = House::table().await;
    let all = open_tickets(&table, F, Window::default()).await;
    let all = all.expect("answers").items;
    assert_eq!(ids(&all), [BOILER, TAP, HEDGE, VALVE]);
    let severities: Vec<Severity> = all.iter().map(|it| it.severity).collect();
    assert_eq!(
        severities,
        [
            Severity::Sev1,
            Severity::Sev2,
            Severity::Sev2_5,
            Severity::Sev3
        ]
    );
    assert_eq!(table.take(), cost(1, 4));
    let first = open_tickets(&table, F, Window::first(2)).await;
    assert_eq!(ids(&first.expect("answers").items), [BOILER, TAP]);
    assert_eq!(table.take(), cost(1, 2));
}

#[tokio::test]
async fn a_persons_open_tickets_are_theirs_alone() {
    let table = House::table().await;
    let of_ben = open_tickets_of(&table, F, BEN, Window::default()).await;
    assert_eq!(ids(&of_ben.expect("answers").items), [BOILER, HEDGE]);
    // The resolved one that was his, and the one of another family, are not even read.
    assert_eq!(table.take(), cost(1, 2));
}

#[tokio::test]
async fn taking_part_is_found_without_reading_the_family() {
    let table = House::table().await;
    let parts = participations(&table, F, CLEO).await.expect("answers");
    assert_eq!(parts.len(), 3);
    assert_eq!(table.take(), cost(1, 3));
    let with = tickets_with(&table, F, CLEO).await.expect("answers");
    // One ticket in two roles, one that was deleted.
    assert_eq!(ids(&with), [BOILER]);
    assert_eq!(table.take(), cost(2, 5));
    assert_eq!(tickets_with(&table, F, DAN).await, Ok(Vec::new()));
    assert_eq!(table.take(), cost(1, 0));
}

#[tokio::test]
async fn a_thread_is_one_get_and_one_query() {
    let table = House::table().await;
    let whole = thread(&table, F, BOILER).await.expect("answers");
    let whole = whole.expect("there");
    assert_eq!(whole.ticket.ticket_id, BOILER);
    let text = whole.description.map(|it| it.description);
    assert_eq!(text.as_ref().map(|it| it.preview()), Some("It knocks."));
    let said: Vec<CommentId> = whole.comments.iter().map(|it| it.comment_id).collect();
    assert_eq!(said, [CommentId(id(501)), CommentId(id(503))]);
    assert_eq!(whole.participants.len(), 3);
    assert_eq!(whole.children, [VALVE, MINOR]);
    // The ticket; its body, three comments (one deleted), four participants (one removed), two
    // children.
    assert_eq!(table.take(), cost(2, 11));

    assert_eq!(thread(&table, F, ROOF).await, Ok(None));
    assert_eq!(table.take(), cost(1, 1));
}

#[tokio::test]
async fn comments_and_participants_can_be_had_alone() {
    let table = House::table().await;
    let said = comments(&table, F, BOILER, Window::default()).await;
    assert_eq!(said.expect("answers").items.len(), 2);
    assert_eq!(table.take(), cost(1, 3));
    let newest = comments(&table, F, BOILER, Window::last(1)).await;
    let newest = newest.expect("answers").items;
    assert_eq!(newest[0].comment_id, CommentId(id(503)));
    assert_eq!(table.take(), cost(1, 1));
    let who = participants(&table, F, BOILER).await.expect("answers");
    let who: Vec<_> = who.iter().map(|it| (it.role, it.user_id)).collect();
    assert_eq!(
        who,
        [
            (ParticipantRole::Assignee, BEN),
            (ParticipantRole::Cc, CLEO),
            (ParticipantRole::Requester, CLEO),
        ]
    );
    assert_eq!(table.take(), cost(1, 4));
}

#[tokio::test]
async fn a_number_or_a_foreign_id_leads_to_the_ticket() {
    let table = House::table().await;
    let number: TicketNumber = "RIV-2026-0001".parse().expect("a number");
    let found = ticket_by_number(&table, F, &number).await.expect("answers");
    assert_eq!(found.map(|it| it.ticket_id), Some(BOILER));
    assert_eq!(table.take(), cost(2, 2));
    for other in ["XYZ-2026-0001", "RIV-2025-0001", "RIV-2026-0999"] {
        let number = other.parse().expect("a number");
        assert_eq!(ticket_by_number(&table, F, &number).await, Ok(None));
    }
    table.take();
    let found = ticket_by_external_id(&table, F, ("jira", "HOME #7")).await;
    let found = found.expect("answers");
    assert_eq!(found.map(|it| it.ticket_id), Some(TAP));
    assert_eq!(table.take(), cost(2, 2));
    assert_eq!(
        ticket_by_external_id(&table, F, ("jira", "HOME")).await,
        Ok(None)
    );
    assert_eq!(ticket(&table, OTHER, BOILER).await, Ok(None));
    assert!(
        ticket(&table, OTHER, POND)
            .await
            .expect("answers")
            .is_some()
    );
}

#[tokio::test]
async fn open_children_are_found_from_the_parent() {
    let table = House::table().await;
    let open = open_children(&table, F, BOILER).await.expect("answers");
    assert_eq!(ids(&open), [VALVE]);
    assert_eq!(table.take(), cost(2, 4));
    assert_eq!(open_children(&table, F, TAP).await, Ok(Vec::new()));
    assert_eq!(table.take(), cost(1, 0));
}

#[tokio::test]
async fn what_is_due_is_due_by_the_moment() {
    let table = House::table().await;
    let due = due_timers(&table, F, Timestamp(2_000))
        .await
        .expect("answers");
    let tickets: Vec<TicketId> = due.iter().map(|it| it.ticket_id).collect();
    assert_eq!(tickets, [TAP, LAMP]);
    assert_eq!(table.take(), cost(1, 2));
}

#[tokio::test]
async fn a_user_is_found_by_address_whatever_its_case() {
    let table = House::table().await;
    let ana = user_by_email(&table, "Ana@Example.org").await;
    assert_eq!(ana.expect("answers").map(|it| it.user_id), Some(ANA));
    assert_eq!(table.take(), cost(2, 2));
    assert_eq!(user_by_email(&table, "no@example.org").await, Ok(None));
}

#[tokio::test]
async fn the_log_goes_on_after_a_cursor_and_stops_at_the_first_gap() {
    let table = House::table().await;
    let page = log_after(&table, FAMILY, 0, 4).await.expect("answers");
    assert_eq!((seqs(&page.records), page.more), (vec![1, 2, 3, 4], true));
    assert_eq!(table.take(), cost(1, 4));
    let page = log_after(&table, FAMILY, 4, 100).await.expect("answers");
    let rest: Vec<i64> = (5..=20).collect();
    assert_eq!((seqs(&page.records), page.more), (rest, false));
    assert_eq!(table.take(), cost(1, 16));

    // Number 22 is there, 21 is not.
    let late = keys::log_item(FAMILY, &record(22)).expect("an item");
    let write = crate::table::Write::create(late);
    assert_eq!(table.transact(vec![write]).await, Ok(()));
    let page = log_after(&table, FAMILY, 19, 2).await.expect("answers");
    assert_eq!((seqs(&page.records), page.more), (vec![20], false));
    let page = log_after(&table, FAMILY, 20, 100).await.expect("answers");
    assert_eq!((seqs(&page.records), page.more), (vec![], false));
    let user = log_after(&table, Scope::User(ANA), 0, 9).await;
    assert!(user.expect("answers").records.is_empty());
}

#[tokio::test]
async fn the_newest_records_come_first_when_asked() {
    let table = House::table().await;
    let page = log_newest_first(&table, FAMILY, Window::last(3)).await;
    let page = page.expect("answers");
    assert_eq!(seqs(&page.items), [20, 19, 18]);
    assert_eq!(table.take(), cost(1, 3));
    let on = log_newest_first(&table, FAMILY, Window::first(2).from(page.next)).await;
    assert_eq!(seqs(&on.expect("answers").items), [17, 16]);
}

#[tokio::test]
async fn a_span_of_time_is_found_by_halving() {
    let table = House::table().await;
    // Two records to each ten seconds: 1 and 2 at 10, 3 and 4 at 20, and so on.
    let between = |from, to, limit| {
        let span = TimeSpan {
            from: Timestamp(from),
            to: Timestamp(to),
        };
        audit_between(&table, FAMILY, span, limit)
    };
    let page = between(30, 50, 100).await.expect("answers");
    let expected = vec![5, 6, 7, 8, 9, 10];
    assert_eq!((seqs(&page.records), page.more), (expected, false));
    let read = table.take();
    assert!(read.calls <= 7, "{read:?}");
    let page = between(30, 50, 2).await.expect("answers");
    assert_eq!((seqs(&page.records), page.more), (vec![5, 6], true));
    for (from, to, expected) in [
        (0, 9, vec![]),
        (0, 10, vec![1, 2]),
        (95, 99, vec![]),
        (100, 999, vec![19, 20]),
        (101, 999, vec![]),
    ] {
        let page = between(from, to, 100).await.expect("answers");
        assert_eq!(seqs(&page.records), expected, "{from}..{to}");
    }
}

#[tokio::test]
async fn an_entitys_history_is_read_alone() {
    let table = House::table().await;
    let boiler = EntityKey::Ticket(BOILER);
    let all = audit_of_entity(&table, FAMILY, &boiler, Window::default()).await;
    assert_eq!(seqs(&all.expect("answers").items), [5, 10, 15, 20]);
    assert_eq!(table.take(), cost(1, 4));
    let last = audit_of_entity(&table, FAMILY, &boiler, Window::last(1)).await;
    assert_eq!(seqs(&last.expect("answers").items), [20]);
    assert_eq!(table.take(), cost(1, 1));
}

#[tokio::test]
async fn what_is_a_persons_alone_is_read_without_anything_of_the_family() {
    let table = House::table().await;
    let of_ben = Scope::Person(F, BEN);
    let end = head(&table, of_ben).await.expect("answers").expect("there");
    assert_eq!(end.n, 2);
    assert_eq!(table.take(), cost(1, 1));

    let page = log_after(&table, of_ben, 1, 10).await.expect("answers");
    assert_eq!(seqs(&page.records), [2]);
    assert_eq!(table.take(), cost(1, 1));

    let marker: Option<ReadMarker> = one(&table, keys::read_marker_key(F, BEN, TAP))
        .await
        .expect("answers");
    assert_eq!(marker.map(|it| it.seq), Some(20));
    assert_eq!(table.take(), cost(1, 1));

    // Head and markers, as a snapshot reads them.
    let all = table
        .query(Query::base(of_ben.pk()))
        .await
        .expect("answers");
    let kinds = all
        .items
        .iter()
        .filter_map(|it| keys::entity_type_of(&it.key));
    assert_eq!(kinds.collect::<Vec<_>>(), [EntityType::ReadMarker; 2]);
    assert_eq!(table.take(), cost(1, 3));

    let of_ana = Scope::Person(F, ANA);
    assert_eq!(head(&table, of_ana).await, Ok(None));
}
