//! A small family in a table, put there directly: five people, two groups, two queues, a handful
//! of tickets, and beside them what must not be found: deleted things and another family.

use uuid::Uuid;

use crate::model::audience::Audience;
use crate::model::audit::{Action, AuditRecord};
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::entity::{Common, EntityKey};
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::long_text::LongText;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::queue::Queue;
use crate::model::read_marker::ReadMarker;
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::model::ticket::{Description, Ticket, TimerKind};
use crate::model::user::User;
use crate::table::Table;
use crate::table::head::Head;
use crate::table::item::{Item, Write};
use crate::table::keys::{self, Scope, Timer};
use crate::table::metered::Metered;
use crate::table::sqlite::SqliteTable;

pub const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub const F: FamilyId = FamilyId(id(1));
pub const OTHER: FamilyId = FamilyId(id(2));
pub const ANA: UserId = UserId(id(101));
pub const BEN: UserId = UserId(id(102));
/// A guest.
pub const CLEO: UserId = UserId(id(103));
/// Invited.
pub const DAN: UserId = UserId(id(104));
/// Has left.
pub const EVE: UserId = UserId(id(105));
pub const HOME: GroupId = GroupId(id(201));
pub const COUSINS: GroupId = GroupId(id(202));
const GONE_GROUP: GroupId = GroupId(id(203));
pub const PLUMBING: QueueId = QueueId(id(301));
pub const GARDEN: QueueId = QueueId(id(302));
const GONE_QUEUE: QueueId = QueueId(id(303));
/// SEV_1, open, Ben's.
pub const BOILER: TicketId = TicketId(id(401));
/// SEV_2, open.
pub const TAP: TicketId = TicketId(id(402));
/// SEV_3, open, a child of the boiler.
pub const VALVE: TicketId = TicketId(id(403));
/// SEV_2.5, open, Ben's, in the garden.
pub const HEDGE: TicketId = TicketId(id(404));
/// Resolved, Ben's, in the garden.
pub const LAMP: TicketId = TicketId(id(405));
/// Deleted.
pub const ROOF: TicketId = TicketId(id(406));
/// Closed, a child of the boiler.
pub const MINOR: TicketId = TicketId(id(407));
/// The other family's.
pub const POND: TicketId = TicketId(id(408));

/// Collects the items.
#[derive(Default)]
pub struct House {
    items: Vec<Item>,
    head: Option<Head>,
}

impl House {
    /// The family in a table whose meter stands at nothing.
    pub async fn table() -> Metered<SqliteTable> {
        let mut house = House {
            head: Some(Head::new(id(9))),
            ..House::default()
        };
        house.people();
        house.groups_and_queues();
        house.tickets();
        house.thread();
        house.log();
        house.own();
        house.next_door();
        let table = Metered::new(SqliteTable::in_memory().expect("opens"));
        let writes = house.items.into_iter().map(Write::create).collect();
        table.transact(writes).await.expect("the house is built");
        table
    }

    fn add(&mut self, record: impl Into<Record>) {
        self.add_to(F, record);
    }

    fn add_to(&mut self, family: FamilyId, record: impl Into<Record>) {
        let item = keys::item_of(family, &record.into()).expect("an item");
        self.items.push(item);
    }

    fn add_item<E: std::fmt::Debug>(&mut self, item: Result<Item, E>) {
        self.items.push(item.expect("an item"));
    }

    fn people(&mut self) {
        self.add(Family {
            family_id: F,
            family_name: "Rivera".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "Europe/Madrid".to_owned(),
            business_hours: String::new(),
            severity_words: Default::default(),
            common: common(1),
        });
        for (user_id, role) in [
            (ANA, Role::Adult),
            (BEN, Role::Adult),
            (CLEO, Role::Guest),
            (DAN, Role::Adult),
            (EVE, Role::Adult),
        ] {
            let mut membership = member(F, user_id, role);
            if user_id == DAN {
                membership.status = MembershipStatus::Awaiting;
                membership.invited_by = Some(ANA);
            }
            membership.common.deleted = user_id == EVE;
            self.add(membership);
        }
        self.add(User {
            user_id: ANA,
            email: Some("ana@example.org".to_owned()),
            display_name: "Ana".to_owned(),
            is_active: true,
            is_approved: true,
            time_zone: "Europe/Madrid".to_owned(),
            common: common(1),
        });
        self.add_item(keys::email_item("ana@example.org", ANA));
    }

    fn groups_and_queues(&mut self) {
        for group_id in [HOME, COUSINS, GONE_GROUP] {
            let mut group = Group {
                family_id: F,
                group_id,
                group_name: "group".to_owned(),
                group_description: String::new(),
                common: common(1),
            };
            group.common.deleted = group_id == GONE_GROUP;
            self.add(group);
        }
        for (group_id, user_id) in [(HOME, ANA), (HOME, BEN), (COUSINS, BEN), (GONE_GROUP, BEN)] {
            self.add(GroupMembership {
                family_id: F,
                group_id,
                user_id,
                status: MembershipStatus::Member,
                is_admin: false,
                request_date: Timestamp(1),
                common: common(1),
            });
        }
        for (queue_id, group_id) in [(PLUMBING, HOME), (GARDEN, COUSINS), (GONE_QUEUE, HOME)] {
            let mut queue = Queue {
                family_id: F,
                queue_id,
                group_id,
                queue_name: "queue".to_owned(),
                queue_description: String::new(),
                default_severity: None,
                default_assignee: None,
                common: common(1),
            };
            queue.common.deleted = queue_id == GONE_QUEUE;
            self.add(queue);
        }
    }

    fn tickets(&mut self) {
        let boiler = Ticket {
            severity: Severity::Sev1,
            assigned_to: Some(BEN),
            number: "RIV-2026-0001".parse().ok(),
            ..ticket(BOILER, PLUMBING)
        };
        let tap = Ticket {
            severity: Severity::Sev2,
            external_ref: Some("jira:HOME #7".to_owned()),
            ..ticket(TAP, PLUMBING)
        };
        let valve = Ticket {
            parent_ticket: Some(BOILER),
            ..ticket(VALVE, PLUMBING)
        };
        let hedge = Ticket {
            severity: Severity::Sev2_5,
            assigned_to: Some(BEN),
            ..ticket(HEDGE, GARDEN)
        };
        let lamp = Ticket {
            status: Status::Resolved,
            assigned_to: Some(BEN),
            ..ticket(LAMP, GARDEN)
        };
        let mut roof = ticket(ROOF, PLUMBING);
        roof.assigned_to = Some(BEN);
        roof.common.deleted = true;
        let minor = Ticket {
            status: Status::Closed,
            parent_ticket: Some(BOILER),
            ..ticket(MINOR, PLUMBING)
        };
        for ticket in [boiler, tap, valve, hedge, lamp, roof, minor] {
            if let Some(head) = &mut self.head {
                head.apply(None, Some(&ticket));
            }
            self.add(ticket);
        }
        let number = "RIV-2026-0001".parse().expect("a number");
        self.add_item(keys::number_item(F, &number, BOILER));
        self.add_item(keys::ext_item(F, ("jira", "HOME #7"), TAP));
        for (at, kind, ticket_id) in [
            (1_000, TimerKind::Wake, TAP),
            (2_000, TimerKind::Close, LAMP),
            (2_001, TimerKind::Wake, HEDGE),
        ] {
            let at = Timestamp(at);
            let timer = Timer {
                at,
                kind,
                ticket_id,
            };
            self.add_item(keys::timer_item(F, &timer));
        }
    }

    /// What hangs on the boiler.
    fn thread(&mut self) {
        self.add(Description {
            family_id: F,
            ticket_id: BOILER,
            description: LongText::from("It knocks."),
            common: common(1),
        });
        for n in [501, 502, 503] {
            let mut comment = comment(CommentId(id(n)));
            comment.common.deleted = n == 502;
            self.add(comment);
        }
        for (ticket_id, role, user_id) in [
            (BOILER, ParticipantRole::Requester, CLEO),
            (BOILER, ParticipantRole::Cc, CLEO),
            (BOILER, ParticipantRole::Assignee, BEN),
            (BOILER, ParticipantRole::Follower, DAN),
            (ROOF, ParticipantRole::Requester, CLEO),
        ] {
            let mut part = Participant {
                family_id: F,
                ticket_id,
                user_id,
                role,
                common: common(1),
            };
            part.common.deleted = user_id == DAN;
            self.add(part);
        }
        self.add_item(keys::child_item(F, BOILER, VALVE));
        self.add_item(keys::child_item(F, BOILER, MINOR));
    }

    /// Twenty records, every fifth about the boiler.
    fn log(&mut self) {
        for seq in 1..=20 {
            self.add_item(keys::log_item(Scope::Family(F), &record(seq)));
        }
        if let Some(mut head) = self.head.take() {
            head.n = 20;
            self.add_item(keys::head_item(Scope::Family(F), &head));
        }
    }

    /// What Ben has read: two tickets, in his own log.
    fn own(&mut self) {
        let own = Scope::Person(F, BEN);
        for (seq, ticket_id) in [(1, BOILER), (2, TAP)] {
            let marker = ReadMarker {
                family_id: F,
                user_id: BEN,
                ticket_id,
                seq: 20,
                unread: false,
                common: common(20),
            };
            let record = AuditRecord {
                entity: marker.key(),
                ..record(seq)
            };
            self.add_item(keys::log_item(own, &record));
            self.add(marker);
        }
        let head = Head {
            n: 2,
            ..Head::new(id(10))
        };
        self.add_item(keys::head_item(own, &head));
    }

    /// Another family, in which Ben is too.
    fn next_door(&mut self) {
        self.add_to(OTHER, member(OTHER, BEN, Role::Adult));
        let pond = Ticket {
            family_id: OTHER,
            assigned_to: Some(BEN),
            ..ticket(POND, PLUMBING)
        };
        self.add_to(OTHER, pond);
    }
}

/// Two records to each ten seconds.
pub fn record(seq: i64) -> AuditRecord {
    let boiler = EntityKey::Ticket(BOILER);
    let comment = EntityKey::Comment(BOILER, CommentId(id(501)));
    AuditRecord {
        seq,
        family_id: Some(F),
        entity: if seq % 5 == 0 { boiler } else { comment },
        version: seq,
        action: Action::Update,
        command_type: "ticket.set".to_owned(),
        command_id: CommandId(id(600)),
        device_id: None,
        actor_user_id: ANA,
        on_behalf_of: None,
        time: Timestamp((seq + 1) / 2 * 10),
        before: None,
        after: None,
        audience: Audience::Family,
        hash: String::new(),
    }
}

fn common(at: i64) -> Common {
    Common::new(ANA, Timestamp(at))
}

fn member(family_id: FamilyId, user_id: UserId, role: Role) -> Membership {
    Membership {
        family_id,
        user_id,
        display_name: "someone".to_owned(),
        status: MembershipStatus::Member,
        role,
        is_admin: user_id == ANA,
        request_date: Timestamp(1),
        invited_by: None,
        has_left: false,
        common: common(1),
    }
}

/// Open, SEV_3, nobody's; made in the order of the ids.
fn ticket(ticket_id: TicketId, queue_id: QueueId) -> Ticket {
    Ticket {
        family_id: F,
        ticket_id,
        queue_id,
        number: None,
        title: "ticket".to_owned(),
        severity: Severity::Sev3,
        status: Status::Open,
        stage: Stage::New,
        waiting_note: None,
        requested_by: ANA,
        assigned_to: None,
        assigned_group: None,
        category: None,
        due_date: None,
        resolved_date: None,
        closed_date: None,
        reopen_until: None,
        snoozed_until: None,
        tags: Default::default(),
        source: Channel::Screen,
        external_ref: None,
        parent_ticket: None,
        merged_into: None,
        triaged: false,
        common: common(i64::try_from(ticket_id.0.as_u128()).unwrap_or(0)),
    }
}

fn comment(comment_id: CommentId) -> Comment {
    Comment {
        family_id: F,
        comment_id,
        ticket_id: BOILER,
        comment_user: ANA,
        author_kind: AuthorKind::User,
        comment_body: LongText::from("Rang the plumber."),
        comment_date: Timestamp(1),
        reply_to: None,
        internal: None,
        channel: Channel::Screen,
        external_ref: None,
        origin_ticket: None,
        common: common(1),
    }
}
