//! A family that does not exist, for the tests of drawing. Some of its words are awkward on
//! purpose: wide, joined, from right to left, with escape sequences.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::layout::{Size, Widths, lay_out};
use crate::app::presence::Other;
use crate::app::state::{
    Connection, Hint, Pane, QueueLine, QueueLineKind, Selected, State, StatusLine, ThreadPane,
};
use crate::config::{self, Capabilities, ColourDepth};
use crate::model::attachment::FileFacts;
use crate::model::audience::Audience;
use crate::model::audit::{Action, AuditRecord};
use crate::model::command::{Command, CommandBody, NewComment};
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::entity::{Common, EntityKey, EntityType};
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{
    AttachmentId, CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId, WebhookId,
};
use crate::model::membership::{MembershipStatus, Role as FamilyRole};
use crate::model::merge::Merged;
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::presence::Doing;
use crate::model::queue::Queue;
use crate::model::refusal::{Conflict, Refusal};
use crate::model::severity::Severity;
use crate::model::source::{DAY, Timestamp};
use crate::model::status::{Stage, Status};
use crate::model::ticket::{Description, NewTicket, Ticket, TicketField};
use crate::model::user::User;
use crate::replica::view::{
    Band, Board, BoardDay, CommentRow, FamilyRow, FamilyView, Fate, FileRow, History, HistoryOf,
    Holder, Names, Outbox, OutboxEntry, OutboxSummary, Party, Person, QueueRow, Thread, TicketRow,
    Window,
};

use super::draw::paint;
use super::theme::Theme;

/// 2026-03-01 14:00 UTC.
pub const NOW: i64 = 1_772_373_600;
const HOUR: i64 = 3_600;

pub const RIVERA: FamilyId = FamilyId(Uuid::from_u128(1));
pub const HOME: GroupId = GroupId(Uuid::from_u128(0x11));
pub const COUSINS: GroupId = GroupId(Uuid::from_u128(0x12));
pub const IT: QueueId = QueueId(Uuid::from_u128(0x21));
pub const KITCHEN: QueueId = QueueId(Uuid::from_u128(0x22));
pub const HALL: WebhookId = WebhookId(Uuid::from_u128(0x99));
pub const EVENTS: QueueId = QueueId(Uuid::from_u128(0x23));
pub const ANA: UserId = UserId(Uuid::from_u128(0x31));
pub const BEN: UserId = UserId(Uuid::from_u128(0x32));
pub const MIA: UserId = UserId(Uuid::from_u128(0x33));
pub const EVE: UserId = UserId(Uuid::from_u128(0x34));
pub const ZOE: UserId = UserId(Uuid::from_u128(0x35));
pub const KIM: UserId = UserId(Uuid::from_u128(0x36));

/// The desk at a size, with tickets, the list having the keys.
pub fn desk(width: u16, height: u16) -> State {
    let rows = rows();
    let selected = Selected {
        ticket_id: rows[0].ticket_id,
        place: 0,
    };
    let mut state = bare(width, height);
    state.layout = lay_out(state.size, Widths::default(), (Pane::List, false), 3);
    state.desk.list.loading = false;
    state.session.my_name = "ana".to_owned();
    state.session.families = families();
    state.session.family = Some(Box::new(family()));
    state.desk.families.open = Some(RIVERA);
    state.desk.queues.lines = queue_lines();
    state.desk.queues.cursor = 4;
    state.desk.list.place_name = "Rivera family".to_owned();
    state.desk.list.window = Window {
        total: rows.len() as u64,
        rows,
        first: 0,
        more_than_total: false,
    };
    state.desk.list.selected = Some(selected);
    state.desk.thread = ThreadPane {
        ticket_id: Some(selected.ticket_id),
        thread: Some(Box::new(thread())),
        ..ThreadPane::default()
    };
    state.board.board = Some(Box::new(board()));
    state.board.as_of = state.now;
    state.status = StatusLine {
        transfer: None,
        unsaved: None,
        disk: None,
        trouble: None,
        connection: Connection::Live,
        outbox: OutboxSummary {
            waiting: 2,
            ..OutboxSummary::default()
        },
        notice: None,
    };
    state.hints = [
        ("c", "comment"),
        ("i", "note"),
        ("a", "assign"),
        ("x", "resolve"),
    ]
    .map(|(keys, help)| hint(keys, help))
    .to_vec();
    state
}

/// A screen that knows nothing yet.
pub fn bare(width: u16, height: u16) -> State {
    let who = (ANA, jiff::tz::TimeZone::UTC);
    let size = Size { width, height };
    let mut state = State::new(who, Timestamp(NOW), size, &crate::app::KeyMap::defaults());
    state.desk.list.family = Some(RIVERA);
    state.desk.list.query_words = "is:open sort:sev".to_owned();
    state
}

/// Puts the keys into a pane.
pub fn focus(mut state: State, pane: Pane, thread_open: bool) -> State {
    state.desk.focus = pane;
    state.desk.thread_open = thread_open;
    let families = state.session.families.len();
    state.layout = lay_out(state.size, Widths::default(), (pane, thread_open), families);
    state
}

/// Others are at some of the tickets, one of them at one that waits to be sent.
pub fn with_others(mut state: State) -> State {
    let at = |n: usize, user_id, doing| Other {
        family_id: RIVERA,
        ticket_id: rows()[n].ticket_id,
        user_id,
        doing,
        until: Timestamp(NOW + 60),
    };
    state.others = vec![
        at(0, BEN, Doing::Replying),
        at(0, MIA, Doing::Viewing),
        at(0, EVE, Doing::Viewing),
        at(1, MIA, Doing::Viewing),
        at(7, ZOE, Doing::Editing),
    ];
    state
}

pub fn drawn(state: &State, theme: &Theme) -> Buffer {
    painted(state, theme).0
}

/// What is drawn, and where the terminal's cursor is.
pub fn painted(state: &State, theme: &Theme) -> (Buffer, Option<Position>) {
    let area = Rect::new(0, 0, state.size.width, state.size.height);
    let mut buffer = Buffer::empty(area);
    let cursor = paint(state, theme, &mut buffer).cursor;
    (buffer, cursor)
}

pub fn theme(choice: config::Theme, colour: ColourDepth) -> Theme {
    let can = Capabilities {
        colour,
        unicode: true,
    };
    Theme::new(choice, can, false)
}

pub fn plain_theme() -> Theme {
    theme(config::Theme::Auto, ColourDepth::Sixteen)
}

pub fn hint(keys: &str, help: &str) -> Hint {
    Hint {
        keys: keys.to_owned(),
        help: help.to_owned(),
    }
}

fn common() -> Common {
    Common::new(ANA, Timestamp(NOW - 90 * DAY))
}

pub fn number(text: &str) -> TicketNumber {
    text.parse().expect("a number")
}

pub fn families() -> Vec<FamilyRow> {
    let row = |id: u128, name: &str, status, open| FamilyRow {
        family_id: FamilyId(Uuid::from_u128(id)),
        family_name: name.to_owned(),
        status,
        invited: status == MembershipStatus::Awaiting,
        open,
        unread: open / 6,
    };
    vec![
        row(1, "Rivera family", MembershipStatus::Member, 17),
        row(2, "Book club 読書会", MembershipStatus::Member, 3),
        row(3, "Lake house", MembershipStatus::Awaiting, 0),
    ]
}

pub fn family() -> FamilyView {
    let group = |group_id, name: &str| Group {
        family_id: RIVERA,
        group_id,
        group_name: name.to_owned(),
        group_description: String::new(),
        common: common(),
    };
    let queue = |queue_id, group_id, name: &str, open| QueueRow {
        queue: Queue {
            family_id: RIVERA,
            queue_id,
            group_id,
            queue_name: name.to_owned(),
            queue_description: String::new(),
            default_severity: None,
            default_assignee: None,
            common: common(),
        },
        open,
        unread: open / 3,
    };
    let person = |user_id, name: &str, groups: &[GroupId]| Person {
        user_id,
        display_name: name.to_owned(),
        status: MembershipStatus::Member,
        role: FamilyRole::Adult,
        is_admin: user_id == ANA,
        invited_by: None,
        request_date: Timestamp(NOW - 90 * DAY),
        groups: groups.to_vec(),
    };
    let outside = |user_id, name: &str, status, invited_by| Person {
        status,
        invited_by,
        request_date: Timestamp(NOW - 3 * DAY),
        ..person(user_id, name, &[])
    };
    let place = |group_id, user_id, status, is_admin| GroupMembership {
        family_id: RIVERA,
        group_id,
        user_id,
        status,
        is_admin,
        request_date: Timestamp(NOW - 3 * DAY),
        common: common(),
    };
    FamilyView {
        family: Family {
            family_id: RIVERA,
            family_name: "Rivera family".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "UTC".to_owned(),
            business_hours: String::new(),
            severity_words: Default::default(),
            common: common(),
        },
        webhooks: vec![crate::model::webhook::Webhook {
            family_id: RIVERA,
            webhook_id: HALL,
            webhook_name: "Hall".to_owned(),
            url: "https://hall.example/hook".to_owned(),
            events: ["ticket.*".parse().expect("a pattern")].into(),
            group_id: None,
            internal: false,
            off: None,
            secret: None,
            former_secret: None,
            rotated: None,
            common: common(),
        }],
        me: person(ANA, "ana", &[HOME]),
        groups: vec![group(HOME, "Home"), group(COUSINS, "Cousins")],
        queues: vec![
            queue(IT, HOME, "IT", 7),
            queue(KITCHEN, HOME, "Kitchen", 2),
            queue(EVENTS, COUSINS, "Events", 2),
        ],
        people: vec![
            person(ANA, "ana", &[HOME]),
            person(BEN, "ben", &[HOME, COUSINS]),
            Person {
                role: FamilyRole::Child,
                ..person(MIA, "Mia 美亜", &[COUSINS])
            },
            outside(EVE, "Eve", MembershipStatus::Awaiting, None),
            Person {
                role: FamilyRole::Guest,
                ..outside(ZOE, "Zoe", MembershipStatus::Awaiting, Some(ANA))
            },
            outside(KIM, "Kim", MembershipStatus::Declined, Some(ANA)),
        ],
        places: vec![
            place(HOME, ANA, MembershipStatus::Member, true),
            place(HOME, BEN, MembershipStatus::Member, false),
            place(COUSINS, BEN, MembershipStatus::Member, true),
            place(COUSINS, MIA, MembershipStatus::Member, false),
            place(HOME, MIA, MembershipStatus::Awaiting, false),
        ],
        my_work: 5,
        unassigned: 6,
        tags: vec!["wait".to_owned(), "wifi".to_owned()],
        open_by_severity: [1, 1, 1, 3, 1_204, 0],
    }
}

fn queue_lines() -> Vec<QueueLine> {
    let line = |kind, label: &str, open| QueueLine {
        kind,
        label: label.to_owned(),
        open,
        unread: open / 4,
    };
    let group = |group_id, folded| QueueLineKind::Group { group_id, folded };
    vec![
        line(QueueLineKind::Everything, "Everything", 17),
        line(QueueLineKind::MyWork, "My work", 5),
        line(QueueLineKind::Unassigned, "Unassigned", 6),
        line(group(HOME, false), "Home", 9),
        line(QueueLineKind::Queue(IT), "IT", 7),
        line(QueueLineKind::Queue(KITCHEN), "Kitchen", 2),
        line(group(COUSINS, true), "Cousins", 2),
    ]
}

fn row(count: u32, severity: Severity, title: &str, (assignee, age): (&str, i64)) -> TicketRow {
    let assigned_to = match assignee {
        "" => None,
        "ana" => Some(ANA),
        "ben" => Some(BEN),
        _ => Some(MIA),
    };
    TicketRow {
        ticket_id: TicketId(Uuid::from_u128(0x1000 + u128::from(count))),
        family_id: RIVERA,
        queue_id: IT,
        number: Some(number(&format!("RIV-2026-{count}"))),
        title: title.to_owned(),
        severity,
        status: Status::Open,
        stage: Stage::Active,
        assigned_to,
        assignee: assignee.to_owned(),
        assigned_group: None,
        assignee_group: String::new(),
        creation_date: Timestamp(NOW - age),
        last_activity: Timestamp(NOW - age / 2),
        due_date: None,
        snoozed_until: None,
        comments: 0,
        unread: matches!(count, 42 | 40 | 25),
        latest_seq: 7,
        unsent: false,
    }
}

/// Tickets whose titles try what a screen can stand.
pub fn rows() -> Vec<TicketRow> {
    use Severity::{Sev1, Sev2, Sev2_5, Sev3, Sev4, Sev5};
    let long = "The dishwasher, the washing machine and the dryer all trip the breaker when two \
                of them run at the same time and the oven is on";
    let mut rows = vec![
        row(42, Sev1, "Wi-Fi is down everywhere", ("ana", 3 * HOUR)),
        row(40, Sev2, "Boiler shows F28", ("", DAY)),
        row(31, Sev2_5, "Shared calendar is stale", ("ben", 2 * DAY)),
        row(
            30,
            Sev3,
            "台所の水道が漏れている kitchen tap",
            ("Mia 美亜", 3 * DAY),
        ),
        row(
            29,
            Sev3,
            "Photo frame 👨\u{200d}👩\u{200d}👧 won't sync 🖼\u{fe0f}",
            ("ben", 5 * DAY),
        ),
        row(28, Sev4, "Printer jams on A5", ("ana", 5 * DAY)),
        row(27, Sev4, "الثلاجة لا تبرد", ("Mia 美亜", 9 * DAY)),
        row(
            25,
            Sev4,
            "Cafe\u{301} machine wants de\u{301}calcifier",
            ("ben", 20 * DAY),
        ),
        row(
            24,
            Sev5,
            "\u{1b}[31mRed\u{1b}[0m alert \u{202e}txt.exe",
            ("", 30 * DAY),
        ),
        row(12, Sev5, long, ("Grandmother Rosalinda", 300 * DAY)),
        row(9, Sev5, "Two\nlines\tand a tab", ("", 800 * DAY)),
    ];
    rows[0].due_date = Some(Timestamp(NOW + 52 * 60));
    rows[0].comments = 14;
    rows[1].stage = Stage::New;
    (rows[1].assigned_group, rows[1].assignee_group) = (Some(HOME), "Home".to_owned());
    rows[1].due_date = Some(Timestamp(NOW - 2 * HOUR));
    rows[2].stage = Stage::Waiting;
    rows[2].comments = 1_204;
    rows[3].queue_id = KITCHEN;
    rows[5].snoozed_until = Some(Timestamp(NOW + 3 * DAY));
    rows[7].unsent = true;
    rows[10].number = None;
    rows[10].unsent = true;
    rows
}

/// Ana's own record.
pub fn login() -> User {
    User {
        user_id: ANA,
        email: Some("ana@example.org".to_owned()),
        display_name: "ana".to_owned(),
        is_active: true,
        is_approved: true,
        time_zone: "Europe/Madrid".to_owned(),
        common: common(),
    }
}

pub fn ticket() -> Ticket {
    Ticket {
        family_id: RIVERA,
        ticket_id: rows()[0].ticket_id,
        queue_id: IT,
        number: Some(number("RIV-2026-0042")),
        title: "Wi-Fi is down everywhere".to_owned(),
        severity: Severity::Sev1,
        status: Status::Open,
        stage: Stage::Waiting,
        waiting_note: Some("the provider's technician".to_owned()),
        requested_by: BEN,
        assigned_to: Some(ANA),
        assigned_group: None,
        category: None,
        due_date: Some(Timestamp(NOW + 52 * 60)),
        resolved_date: None,
        closed_date: None,
        reopen_until: None,
        snoozed_until: None,
        tags: ["wifi", "router"].map(str::to_owned).into(),
        source: Channel::Screen,
        external_ref: None,
        parent_ticket: None,
        merged_into: None,
        triaged: false,
        common: common(),
    }
}

fn comment(count: u128, author: &str, body: &str, (depth, age): (usize, i64)) -> CommentRow {
    CommentRow {
        comment_id: CommentId(Uuid::from_u128(0x2000 + count)),
        author_id: BEN,
        author: author.to_owned(),
        author_kind: AuthorKind::User,
        body: body.to_owned(),
        comment_date: Timestamp(NOW - age),
        edited: false,
        depth,
        internal: None,
        origin: None,
        files: Vec::new(),
        unsent: false,
    }
}

/// A file with this name.
pub fn file(name: &str) -> FileFacts {
    FileFacts {
        file_name: name.to_owned(),
        sha256: "ab".repeat(32),
        bytes: 2_411_724,
        content_type: "image/png".to_owned(),
    }
}

/// The file as it hangs on the ticket.
pub fn file_row(name: &str) -> FileRow {
    FileRow {
        ticket_id: ticket().ticket_id,
        attachment_id: AttachmentId(Uuid::from_u128(0x3000)),
        file: file(name),
        added_by: "ana".to_owned(),
        added_by_id: ANA,
        added: Timestamp(NOW - HOUR),
        unsent: false,
    }
}

pub fn thread() -> Thread {
    let mut comments = vec![
        comment(
            0,
            "ben",
            "Nothing loads, the router's light is red.",
            (0, 3 * HOUR),
        ),
        comment(1, "ana", "Rebooted it. Still red?", (1, 2 * HOUR)),
        comment(
            2,
            "ben",
            "Yes. It says:\n\n> no carrier\n> 接続できません、しばらくしてからもう一度お試しください\n\n\
             - cable in\n- cable out, and in again, and then the other cable, the one from the attic",
            (2, 2 * HOUR),
        ),
        comment(
            3,
            "ana",
            "The provider says cable fault, ticket 8812.",
            (0, HOUR),
        ),
        comment(4, "Mia 美亜", "\u{1b}]0;owned\u{7}Is it back? 👍🏽", (0, 60)),
        comment(5, "ben", "Twelve deep.", (12, 30)),
    ];
    comments[2].edited = true;
    comments[3].internal = Some("Home".to_owned());
    comments[4].origin = Some("RIV-2026-0039".to_owned());
    comments[5].unsent = true;
    Thread {
        files_elsewhere: Vec::new(),
        ticket: ticket(),
        description: Some(
            "Since this morning nothing works: laptops, phones, the printer.\n\nWhat I tried:\n\
             1. the switch in the hall\n2. another cable"
                .to_owned(),
        ),
        queue_name: "IT".to_owned(),
        group_id: Some(HOME),
        group_name: "Home".to_owned(),
        requester: "ben".to_owned(),
        assignee: "ana".to_owned(),
        assignee_group: String::new(),
        participants: [(BEN, "ben"), (ANA, "ana"), (MIA, "Mia 美亜")]
            .map(|(user_id, name)| Party {
                user_id,
                name: name.to_owned(),
                roles: vec![ParticipantRole::Follower],
            })
            .to_vec(),
        total: comments.len() as u64,
        files: Vec::new(),
        comments,
        first: 0,
        unread: true,
        latest_seq: 7,
        unsent: false,
        merged: Vec::new(),
        merged_into: None,
        part_of: None,
        parts: Vec::new(),
    }
}

pub fn board() -> Board {
    let rows = rows();
    let open = [1, 1, 1, 2, 1_204, 3];
    let bands = Severity::ALL
        .into_iter()
        .zip(open)
        .map(|(severity, open)| {
            let tickets: Vec<TicketRow> = rows
                .iter()
                .filter(|row| row.severity == severity)
                .cloned()
                .collect();
            Band {
                severity,
                open,
                oldest: tickets.iter().map(|row| row.creation_date).min(),
                tickets,
            }
        })
        .collect();
    let days = (0..14)
        .map(|day| BoardDay {
            begins: Timestamp(NOW - (14 - day) * DAY),
            created: [3, 0, 1, 9, 4, 2, 0, 5, 6, 1, 1, 2, 12, 4][day as usize],
            resolved: [0, 1, 1, 2, 8, 3, 0, 4, 4, 2, 0, 1, 3, 6][day as usize],
        })
        .collect();
    let holder = |user_id, name: &str, open| Holder {
        user_id,
        name: name.to_owned(),
        open,
    };
    Board {
        bands,
        heat: [
            [0, 1, 0, 0, 0],
            [0, 0, 1, 0, 0],
            [0, 0, 1, 0, 0],
            [0, 0, 2, 0, 0],
            [2, 14, 88, 400, 700],
            [0, 0, 0, 1, 2],
        ],
        days,
        holders: vec![
            holder(None, "", 1_190),
            holder(Some(BEN), "ben", 12),
            holder(Some(MIA), "Mia 美亜", 6),
            holder(Some(ANA), "ana", 4),
        ],
    }
}

/// An outbox with something refused, something that waits, and something that is doubted.
pub fn outbox() -> Outbox {
    let of = |n: u128, ago: i64, body: CommandBody, fate: Fate| {
        let command = Command {
            command_id: CommandId(Uuid::from_u128(0x900 + n)),
            issued_at: Timestamp(NOW - ago),
            seen: None,
            body,
        };
        OutboxEntry {
            command_id: command.command_id,
            family_id: RIVERA,
            command_type: command.body.command_type().to_owned(),
            json: String::new(),
            text: command.body.written().map(str::to_owned),
            command: Some(command),
            fate,
        }
    };
    let ticket_id = rows()[0].ticket_id;
    let comment = CommandBody::CommentAdd(NewComment {
        ticket_id,
        comment_id: CommentId(Uuid::from_u128(0x999)),
        comment_body: "Rebooted it twice. Still red?\n\nThe provider says \u{1b}[31mcable fault, \
             ticket 8812, and that somebody will come on Tuesday between nine and noon."
            .into(),
        reply_to: None,
        internal: false,
        channel: Channel::Screen,
    });
    let set = |set| CommandBody::TicketSet {
        ticket_id,
        set,
        base: None,
    };
    let gone = Refusal::NotFound {
        what: EntityType::Ticket,
    };
    let closed = Refusal::WrongStatus {
        status: Status::Closed,
        deed: "changed".to_owned(),
    };
    Outbox {
        entries: vec![
            of(0, 7_200, comment, Fate::Refused(gone)),
            of(
                1,
                300,
                set(TicketField::Severity(Severity::Sev2)),
                Fate::Doubtful(closed),
            ),
            of(2, 200, set(TicketField::QueueId(KITCHEN)), Fate::Waiting),
            of(
                3,
                100,
                CommandBody::TicketResolve { ticket_id },
                Fate::Decided,
            ),
        ],
        summary: OutboxSummary {
            waiting: 3,
            refused: 1,
            ..OutboxSummary::default()
        },
        names: names(),
    }
}

/// One of each that waits for a decision.
pub fn conflicts() -> Outbox {
    let ticket_id = rows()[0].ticket_id;
    let at = |n: u128, body: CommandBody, fate: Fate| {
        let command = Command {
            command_id: CommandId(Uuid::from_u128(0xA00 + n)),
            issued_at: Timestamp(NOW - 2 * HOUR),
            seen: None,
            body,
        };
        OutboxEntry {
            command_id: command.command_id,
            family_id: RIVERA,
            command_type: command.body.command_type().to_owned(),
            json: String::new(),
            text: command.body.written().map(str::to_owned),
            command: Some(command),
            fate,
        }
    };
    let set = |set| CommandBody::TicketSet {
        ticket_id,
        set,
        base: None,
    };
    let against = |field: &str, all: [serde_json::Value; 3]| Conflict {
        by: Some(BEN),
        at: Some(Timestamp(NOW - HOUR)),
        ..Conflict::of(field, all)
    };
    let base = "Nothing loads on any phone.\nThe light is red.\n\nSince noon.";
    let theirs = base.replace("red", "green") + "\nBen was here.";
    let mine = base.replace("red", "off");
    let texts = [base, &mine, &theirs].map(serde_json::Value::from);
    let describe = CommandBody::TicketDescribe {
        ticket_id,
        description: mine.as_str().into(),
        base: None,
    };
    let none = serde_json::Value::Null;
    let [ana, ben] = [ANA, BEN].map(|it| serde_json::Value::from(it.to_string()));
    let [it, kitchen, events] =
        [IT, KITCHEN, EVENTS].map(|it| serde_json::Value::from(it.to_string()));
    let moved = Merged {
        conflict: against("queue_id", [it, kitchen.clone(), events]),
        now: kitchen,
    };
    let new = NewTicket {
        ticket_id: TicketId(Uuid::from_u128(0xA99)),
        queue_id: IT,
        title: "The roof leaks".to_owned(),
        description: Some("Above the stairs, since the storm.".into()),
        severity: None,
        requested_by: None,
        assigned_to: None,
        category: None,
        due_date: None,
        tags: Default::default(),
        parent_ticket: None,
        source: Channel::Screen,
    };
    let on_it = CommandBody::CommentAdd(NewComment {
        ticket_id: new.ticket_id,
        comment_id: CommentId(Uuid::from_u128(0xA98)),
        comment_body: "There is a bucket below it now.".into(),
        reply_to: None,
        internal: false,
        channel: Channel::Screen,
    });
    let gone = |what| Refusal::NotFound { what };
    let create = at(
        3,
        CommandBody::TicketCreate(Box::new(new)),
        Fate::Refused(gone(EntityType::Queue)),
    );
    let blocked = Fate::Blocked {
        by: create.command_id,
        refusal: gone(EntityType::Ticket),
    };
    let deleted = Refusal::Deleted {
        key: EntityKey::Ticket(ticket_id),
        by: Some(MIA),
    };
    Outbox {
        entries: vec![
            at(
                0,
                set(TicketField::AssignedTo(Some(ANA))),
                Fate::Refused(Refusal::Conflict(Box::new(against(
                    "assigned_to",
                    [none, ana, ben],
                )))),
            ),
            at(
                1,
                describe,
                Fate::Refused(Refusal::Conflict(Box::new(against("description", texts)))),
            ),
            at(
                2,
                set(TicketField::QueueId(KITCHEN)),
                Fate::Merged(Box::new(moved)),
            ),
            create,
            at(4, on_it, blocked),
            at(
                5,
                set(TicketField::Title("Wi-Fi is down upstairs".to_owned())),
                Fate::Refused(deleted),
            ),
        ],
        summary: OutboxSummary {
            waiting: 0,
            refused: 2,
            conflicts: 3,
            merged: 1,
            newer: 0,
            parked: 0,
        },
        names: names(),
    }
}

/// What the ids of this family are called.
pub fn names() -> Names {
    let family = family();
    let number = |row: &TicketRow| {
        let number = row.number.as_ref();
        number.map_or_else(|| format!("\"{}\"", row.title), ToString::to_string)
    };
    Names {
        webhooks: Default::default(),
        people: family
            .people
            .iter()
            .map(|it| (it.user_id, it.display_name.clone()))
            .collect(),
        groups: family
            .groups
            .iter()
            .map(|it| (it.group_id, it.group_name.clone()))
            .collect(),
        queues: family
            .queues
            .iter()
            .map(|it| (it.queue.queue_id, it.queue.queue_name.clone()))
            .collect(),
        tickets: rows()
            .iter()
            .map(|row| (row.ticket_id, number(row)))
            .collect(),
        titles: rows()
            .into_iter()
            .map(|row| (row.ticket_id, row.title))
            .collect(),
    }
}

/// What happened in the family, and of it to the first ticket.
pub fn history(of: HistoryOf) -> History {
    let ticket_id = rows()[0].ticket_id;
    let other = rows()[1].ticket_id;
    let comment_id = CommentId(Uuid::from_u128(0x2000));
    let on = EntityKey::Ticket(ticket_id);
    let mut seq = 480;
    let mut said =
        |ago: i64, (by, entity): (UserId, EntityKey), (before, after): (Value, Value)| {
            seq -= 1;
            let some = |value: Value| (!value.is_null()).then_some(value);
            let action = if before.is_null() {
                Action::Create
            } else {
                Action::Update
            };
            AuditRecord {
                seq,
                family_id: Some(RIVERA),
                entity,
                version: 2,
                action,
                command_type: "ticket.set".to_owned(),
                command_id: CommandId(Uuid::from_u128(0x900)),
                device_id: None,
                actor_user_id: by,
                on_behalf_of: None,
                time: Timestamp(NOW - ago),
                before: some(before),
                after: some(after),
                audience: Audience::Everyone,
                hash: String::new(),
            }
        };
    let record = |record: crate::model::record::Record, changes: Value| {
        let mut json = record.to_json().expect("json");
        for (field, value) in changes.as_object().expect("an object") {
            json[field] = value.clone();
        }
        json
    };
    let ticket = |changes| record(ticket().into(), changes);
    let comment = |body: &str| {
        let it = Comment {
            family_id: RIVERA,
            ticket_id,
            comment_id,
            comment_user: MIA,
            author_kind: AuthorKind::User,
            comment_body: body.into(),
            comment_date: Timestamp(NOW),
            reply_to: None,
            internal: None,
            channel: Channel::Screen,
            external_ref: None,
            origin_ticket: None,
            common: common(),
        };
        record(it.into(), json!({}))
    };
    let description = |text: &str| {
        let it = Description {
            family_id: RIVERA,
            ticket_id,
            description: text.into(),
            common: common(),
        };
        record(it.into(), json!({}))
    };
    let described = "Since this morning nothing works: laptops, phones, the printer.\n\nWhat I \
         tried:\n1. the switch in the hall\n2. another cable\n\nCall me at noon.";
    let records = vec![
        said(
            240,
            (ANA, on),
            (
                ticket(json!({"severity": "SEV_3", "tags": ["wait"]})),
                ticket(json!({})),
            ),
        ),
        said(
            3_000,
            (MIA, EntityKey::Comment(ticket_id, comment_id)),
            (
                comment("Is it back? 台所でも使えません。"),
                comment("Is it back yet? 台所でもまだ使えません。\n\u{1b}]0;owned\u{7}Thanks"),
            ),
        ),
        said(
            7_200,
            (BEN, EntityKey::Description(ticket_id)),
            (
                description(described),
                description(
                    &described
                        .replace("laptops, phones", "laptops, telephones, the tablet")
                        .replace("\n\nCall me at noon.", "\n3. the router, twice"),
                ),
            ),
        ),
        said(
            93_600,
            (BEN, EntityKey::Ticket(other)),
            (
                ticket(json!({"status": "RESOLVED", "stage": "ACTIVE"})),
                ticket(json!({"shape": "unheard of", "severity": "SEV_0"})),
            ),
        ),
        said(
            100_000,
            (EVE, EntityKey::Queue(IT)),
            (
                record(
                    family().queues[0].queue.clone().into(),
                    json!({"queue_name": "Computers"}),
                ),
                record(family().queues[0].queue.clone().into(), json!({})),
            ),
        ),
        said(
            40 * DAY,
            (MIA, EntityKey::Comment(ticket_id, comment_id)),
            (Value::Null, comment("Is it back? 台所でも使えません。")),
        ),
        said(
            400 * DAY,
            (BEN, on),
            (Value::Null, ticket(json!({"severity": "SEV_3"}))),
        ),
    ];
    let is_of = |it: &AuditRecord| match of {
        HistoryOf::Ticket(_, ticket_id) => it.entity.ticket() == Some(ticket_id),
        _ => true,
    };
    let is_family = matches!(of, HistoryOf::Family(_));
    History {
        records: records.into_iter().filter(is_of).collect(),
        names: names(),
        newer: 0,
        older: 0,
        incomplete: is_family,
    }
}
