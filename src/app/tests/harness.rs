//! A screen over a small world in memory that answers its questions at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::app::effect::{Action, Alarm, Effect, Effects, Slot};
use crate::app::key::{Key, read_sequence};
use crate::app::keymap::KeyMap;
use crate::app::layout::{Size, Widths};
use crate::app::state::{ListPane, Overlay, State};
use crate::app::{App, Recall, Setup};
use crate::config::StartView;
use crate::model::attachment::FileFacts;
use crate::model::audit::AuditRecord;
use crate::model::command::CommandBody;
use crate::model::comment::{AuthorKind, Channel};
use crate::model::entity::{Common, EntityKey};
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{
    AttachmentId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId, WebhookId,
};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::queue::Queue;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::model::source::{DAY, FixedSource, Timestamp};
use crate::model::status::{Stage, Status};
use crate::model::ticket::{Ticket, TicketField};
use crate::model::user::User;
use crate::query::tests::brute::{Facts, passes};
use crate::replica::Turn;
use crate::replica::view::{
    Anchor, Answer, Band, Board, BoardDay, CommentRow, Deeds, DeletedRow, Draft, DraftKey,
    FamilyRow, FamilyView, History, HistoryFrom, HistoryOf, Holder, Left, ListQuery, Names, Outbox,
    OutboxSummary, Party, Person, Question, QueueRow, Thread, TicketRow, Turned, Window,
};
use crate::replica::view::{FileRow, Triage};

pub const NOW: Timestamp = Timestamp(1_795_258_800);
pub const FAMILY: FamilyId = FamilyId(Uuid::from_u128(1));
pub const LAKE: FamilyId = FamilyId(Uuid::from_u128(8));
pub const HOME: GroupId = GroupId(Uuid::from_u128(2));
pub const COUSINS: GroupId = GroupId(Uuid::from_u128(7));
pub const IT: QueueId = QueueId(Uuid::from_u128(3));
pub const KITCHEN: QueueId = QueueId(Uuid::from_u128(4));
pub const HALL: WebhookId = WebhookId(Uuid::from_u128(0x99));
pub const ANA: UserId = UserId(Uuid::from_u128(5));
pub const BEN: UserId = UserId(Uuid::from_u128(6));

/// What the replica would hold.
pub struct World {
    pub tickets: Vec<Ticket>,
    pub drafts: BTreeMap<String, Draft>,
    pub internal_comment: bool,
    pub comments: u64,
    /// The comments are Ana's own.
    pub own_comments: bool,
    /// The files on the second comment, by name.
    pub files: Vec<String>,
    /// Those of comments that are not loaded.
    pub files_elsewhere: Vec<String>,
    /// No file of this machine can be read.
    pub unreadable: bool,
    pub family: FamilyView,
    /// How Ana stands with another family.
    pub lake: Option<MembershipStatus>,
    /// Her own record.
    pub login: Option<User>,
    pub outbox: Outbox,
    /// What the next commands are refused with.
    pub refuse: Option<Refusal>,
    /// What was done, with the tickets as they were before it.
    pub done: Vec<(String, Vec<Ticket>)>,
    /// What was undone, with the tickets as they were before that.
    pub undone: Vec<(String, Vec<Ticket>)>,
    /// The tickets that are unread, and the number of the last that happened to any.
    pub unread: BTreeSet<TicketId>,
    pub latest_seq: i64,
    /// What the next undo leaves as it is.
    pub left: Vec<Left>,
    /// What happened, the newest first.
    pub history: Vec<AuditRecord>,
}

/// A screen, what it asked to be done, and the world that answers.
pub struct Harness {
    pub app: App,
    pub world: World,
    /// Everything but questions, as it was asked for.
    pub done: Vec<Effect>,
    /// How many questions were asked of each slot.
    pub asked: BTreeMap<Slot, usize>,
    /// What rings when, counted from the beginning, and how much time has passed.
    pub alarms: BTreeMap<Alarm, Duration>,
    passed: Duration,
    /// Questions are kept here instead of answered.
    pub held_back: Option<Vec<Effect>>,
}

pub fn ticket_id(n: u128) -> TicketId {
    TicketId(Uuid::from_u128(1000 + n))
}

/// A file of this name.
pub fn file(name: &str) -> FileFacts {
    FileFacts {
        file_name: name.to_owned(),
        sha256: "ab".repeat(32),
        bytes: 2048,
        content_type: "image/png".to_owned(),
    }
}

/// The file as it hangs on the first ticket's second comment.
pub fn attached(name: &str) -> FileRow {
    FileRow {
        ticket_id: ticket_id(0),
        attachment_id: AttachmentId(Uuid::from_u128(name.len() as u128)),
        file: file(name),
        added_by: "Ben".to_owned(),
        added_by_id: BEN,
        added: NOW,
        unsent: false,
    }
}

pub fn comment_id(n: u128) -> CommentId {
    CommentId(Uuid::from_u128(9000 + n))
}

impl Harness {
    /// A screen of that size over so many tickets, everything answered.
    pub fn new(width: u16, height: u16, tickets: u128) -> Harness {
        let mut harness = Harness::silent(width, height, tickets);
        let effects = harness.app.start();
        harness.carry_out(effects);
        harness
    }

    /// The same before its first question.
    pub fn silent(width: u16, height: u16, tickets: u128) -> Harness {
        Harness::silent_of((width, height), tickets, true)
    }

    /// The same, where others may know where it is or not.
    pub fn silent_of((width, height): (u16, u16), tickets: u128, presence: bool) -> Harness {
        let app = App::new(Setup {
            me: ANA,
            now: NOW,
            size: Size { width, height },
            time_zone: TimeZone::UTC,
            widths: Widths::default(),
            start_view: StartView::Desk,
            keys: KeyMap::defaults(),
            source: Box::new(FixedSource::new(NOW, 7)),
            demo: false,
            recall: Recall::default(),
            presence,
        });
        Harness {
            app,
            world: World {
                tickets: (0..tickets).map(ticket).collect(),
                drafts: BTreeMap::new(),
                internal_comment: false,
                comments: 2,
                own_comments: false,
                files: Vec::new(),
                files_elsewhere: Vec::new(),
                unreadable: false,
                family: family(),
                lake: None,
                login: None,
                outbox: Outbox::default(),
                refuse: None,
                done: Vec::new(),
                undone: Vec::new(),
                unread: BTreeSet::new(),
                latest_seq: 7,
                left: Vec::new(),
                history: Vec::new(),
            },
            done: Vec::new(),
            asked: BTreeMap::new(),
            alarms: BTreeMap::new(),
            passed: Duration::ZERO,
            held_back: None,
        }
    }

    pub fn state(&self) -> &State {
        self.app.state()
    }

    pub fn list(&self) -> &ListPane {
        &self.state().desk.list
    }

    pub fn notice(&self) -> &str {
        self.state()
            .status
            .notice
            .as_ref()
            .map_or("", |it| &it.text)
    }

    pub fn place(&self) -> u64 {
        self.list().selected.map_or(u64::MAX, |it| it.place)
    }

    /// Types a sequence of keys, written as in the key table.
    pub fn press(&mut self, keys: &str) {
        for key in read_sequence(keys).expect("keys") {
            self.act(Action::Key(key));
        }
    }

    /// Types text, letter by letter.
    pub fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.act(Action::Key(Key::char(c)));
        }
    }

    pub fn act(&mut self, action: Action) {
        let effects = self.app.update(action);
        self.carry_out(effects);
    }

    /// Lets time pass; alarms ring when it is theirs.
    pub fn pass(&mut self, time: Duration) {
        let until = self.passed + time;
        loop {
            let next = self.alarms.iter().min_by_key(|(_, at)| **at);
            let Some((alarm, at)) = next.map(|it| (*it.0, *it.1)).filter(|it| it.1 <= until) else {
                break;
            };
            self.passed = at;
            self.alarms.remove(&alarm);
            self.act(Action::Woke(alarm));
        }
        self.passed = until;
    }

    /// The commands given since the last look.
    pub fn given(&mut self) -> Vec<CommandBody> {
        let done = std::mem::take(&mut self.done);
        let given = done.into_iter().filter_map(|effect| match effect {
            Effect::Give { commands, .. } => Some(commands),
            _ => None,
        });
        given.flatten().collect()
    }

    pub fn has_form(&self) -> bool {
        matches!(self.state().top_overlay(), Some(Overlay::Composer(_)))
    }

    pub fn carry_out(&mut self, effects: Effects) {
        for effect in effects.0 {
            match effect {
                Effect::Ask { slot, .. } => {
                    *self.asked.entry(slot).or_default() += 1;
                    match &mut self.held_back {
                        Some(held) => held.push(effect),
                        None => self.answer(effect),
                    }
                }
                Effect::Give { number, .. } => {
                    self.done.push(effect.clone());
                    let result = match self.world.refuse.take() {
                        Some(refusal) => Err(refusal.into()),
                        None => {
                            self.world.take(&effect);
                            Ok(())
                        }
                    };
                    self.act(Action::Given { number, result });
                    self.act(Action::Changed);
                }
                Effect::Turn(turn) => {
                    self.done.push(effect);
                    let result = self.world.turn(turn);
                    self.act(Action::Turned(turn, result));
                    self.act(Action::Changed);
                }
                Effect::Wake { alarm, after } => {
                    self.alarms.insert(alarm, self.passed + after);
                }
                Effect::SaveDraft(draft) => {
                    self.world.drafts.insert(key(draft.key), draft.clone());
                    self.done.push(Effect::SaveDraft(draft));
                }
                Effect::DropDraft(of) => {
                    self.world.drafts.remove(&key(of));
                    self.done.push(effect);
                }
                Effect::Discard { refused, keep } => {
                    if let Some(draft) = &keep {
                        self.world.drafts.insert(key(draft.key), draft.clone());
                    }
                    let entries = &mut self.world.outbox.entries;
                    let before = entries.len();
                    entries.retain(|entry| entry.command_id != refused);
                    let there = entries.len() < before;
                    self.act(Action::Discarded(Ok(there)));
                    self.act(Action::Changed);
                }
                Effect::KeepFile { path, keep_for } => {
                    let kept = match self.world.unreadable {
                        true => Err(format!("{path} can't be read")),
                        false => Ok(file(path.rsplit('/').next().unwrap_or_default())),
                    };
                    self.act(Action::FileKept(keep_for, kept));
                }
                other => self.done.push(other),
            }
        }
    }

    pub fn answer(&mut self, effect: Effect) {
        if let Effect::Ask {
            slot,
            number,
            question,
        } = effect
        {
            let answer = Ok(self.world.answer(question));
            self.act(Action::Answered {
                slot,
                number,
                answer,
            });
        }
    }
}

fn key(key: DraftKey) -> String {
    format!("{key:?}")
}

impl World {
    fn take(&mut self, effect: &Effect) {
        let Effect::Give { deed, commands, .. } = effect else {
            return;
        };
        if let Some(deed) = deed {
            self.done.push((deed.words.clone(), self.tickets.clone()));
            self.undone.clear();
        }
        for command in commands {
            match command {
                CommandBody::TicketResolve { ticket_id } => {
                    self.change(*ticket_id, |it| it.status = Status::Resolved);
                }
                CommandBody::TicketReopen { ticket_id } => {
                    self.change(*ticket_id, |it| it.status = Status::Open);
                }
                CommandBody::TicketClose { ticket_id } => {
                    self.change(*ticket_id, |it| it.status = Status::Closed);
                }
                CommandBody::TicketSet { ticket_id, set, .. } => {
                    self.change(*ticket_id, |it| {
                        it.triaged |= set.is_triage();
                        match set {
                            TicketField::Severity(severity) => it.severity = *severity,
                            TicketField::AssignedTo(to) => it.assigned_to = *to,
                            TicketField::Title(title) => it.title.clone_from(title),
                            TicketField::DueDate(due) => it.due_date = *due,
                            TicketField::MergedInto(into) => it.merged_into = *into,
                            TicketField::Triaged(triaged) => it.triaged = *triaged,
                            _ => {}
                        }
                    });
                }
                CommandBody::TicketRead { tickets, .. } => {
                    self.unread.retain(|it| !tickets.contains(it));
                }
                CommandBody::TicketUnread { tickets } => self.unread.extend(tickets),
                _ => {}
            }
        }
    }

    fn turn(&mut self, turn: Turn) -> Result<Turned, String> {
        let (from, to) = match turn {
            Turn::Back => (&mut self.done, &mut self.undone),
            Turn::Again => (&mut self.undone, &mut self.done),
        };
        let (words, tickets) = from.pop().ok_or("there is nothing to turn")?;
        let was = std::mem::replace(&mut self.tickets, tickets);
        let changed = self.tickets.iter().filter(|it| !was.contains(it));
        let changed = changed.map(|it| it.ticket_id).collect();
        to.push((words.clone(), was));
        Ok(Turned {
            words,
            commands: Vec::new(),
            tickets: changed,
            left: std::mem::take(&mut self.left),
        })
    }

    fn change(&mut self, ticket_id: TicketId, change: impl FnOnce(&mut Ticket)) {
        let mut tickets = self.tickets.iter_mut();
        if let Some(ticket) = tickets.find(|it| it.ticket_id == ticket_id) {
            change(ticket);
            ticket.common.version += 1;
        }
    }

    fn found(&self, query: &ListQuery) -> Vec<TicketRow> {
        let matches = |it: &&Ticket| {
            let facts = Facts {
                ticket: (*it).clone(),
                texts: vec![it.title.clone()],
                comments: 0,
                attachments: 0,
                last_activity: it.common.last_update,
                followers: Vec::new(),
                unread: false,
            };
            passes(&query.filter, &facts)
        };
        let found = self.tickets.iter().filter(matches);
        found.map(|it| self.row(it)).collect()
    }

    fn families(&self) -> Vec<FamilyRow> {
        let mine = FamilyRow {
            family_id: FAMILY,
            family_name: "Rivera family".to_owned(),
            status: MembershipStatus::Member,
            invited: false,
            open: self.tickets.len() as u64,
            unread: 0,
        };
        let lake = self.lake.map(|status| FamilyRow {
            family_id: LAKE,
            family_name: "Lake house".to_owned(),
            status,
            invited: status == MembershipStatus::Awaiting,
            open: 0,
            unread: 0,
        });
        [mine].into_iter().chain(lake).collect()
    }

    fn answer(&self, question: Question) -> Answer {
        match question {
            Question::Families => Answer::Families(self.families()),
            Question::Family(_) => Answer::Family(Some(Box::new(self.family.clone()))),
            Question::Login(_) => Answer::Login(self.login.clone().map(Box::new)),
            Question::Names => Answer::Names(Box::new(family().names())),
            Question::List {
                query,
                anchor,
                before,
                after,
            } => Answer::List(window(self.found(&query), anchor, (before, after))),
            Question::Thread { ticket_id, .. } => {
                let mut tickets = self.tickets.iter();
                let ticket = tickets.find(|it| it.ticket_id == ticket_id);
                Answer::Thread(ticket.map(|it| Box::new(self.thread(it))))
            }
            Question::Board { .. } => Answer::Board(Box::new(self.board())),
            Question::Draft(of) => Answer::Draft(self.drafts.get(&key(of)).cloned()),
            Question::Outbox => Answer::Outbox(OutboxSummary::default()),
            Question::Deleted { .. } => Answer::Deleted(vec![DeletedRow {
                key: EntityKey::Queue(KITCHEN),
                label: "Cellar".to_owned(),
                detail: "Home".to_owned(),
                deleted: NOW,
                by: "Ben".to_owned(),
            }]),
            Question::Triage { passed, .. } => {
                let all = self.tickets.iter().filter(|it| it.is_untriaged());
                let mut left = all.filter(|it| !passed.contains(&it.ticket_id)).peekable();
                Answer::Triage(Triage {
                    next: left.peek().map(|it| it.ticket_id),
                    left: left.count() as u64,
                })
            }
            Question::Texts { .. } => Answer::Texts(Vec::new()),
            Question::Deeds => Answer::Deeds(Deeds {
                undo: self.done.last().map(|(words, _)| words.clone()),
                redo: self.undone.last().map(|(words, _)| words.clone()),
            }),
            Question::History { of, from, limit } => {
                Answer::History(Box::new(self.part_of_history(of, (from, limit))))
            }
            Question::OutboxEntries { .. } => Answer::OutboxEntries(Box::new(self.outbox.clone())),
        }
    }

    fn part_of_history(&self, of: HistoryOf, (from, limit): (HistoryFrom, usize)) -> History {
        let is_of = |record: &&AuditRecord| match of {
            HistoryOf::Ticket(_, ticket_id) => record.entity.ticket() == Some(ticket_id),
            HistoryOf::Queue(_, queue_id) => self
                .tickets
                .iter()
                .any(|it| Some(it.ticket_id) == record.entity.ticket() && it.queue_id == queue_id),
            HistoryOf::Family(_) | HistoryOf::Entity(..) => true,
        };
        let all: Vec<&AuditRecord> = self.history.iter().filter(is_of).collect();
        let first = match from {
            HistoryFrom::Newest => 0,
            HistoryFrom::Oldest => all.len().saturating_sub(limit),
            HistoryFrom::Around(seq) => {
                let place = all.iter().position(|it| it.seq <= seq);
                place.unwrap_or(all.len()).saturating_sub(limit / 2)
            }
            HistoryFrom::Before(_) | HistoryFrom::After(_) => unreachable!("not asked here"),
        };
        let records: Vec<AuditRecord> = all
            .iter()
            .skip(first)
            .take(limit)
            .copied()
            .cloned()
            .collect();
        History {
            newer: first as u64,
            older: (all.len() - first - records.len()) as u64,
            records,
            names: Names::default(),
            incomplete: false,
        }
    }

    fn thread(&self, ticket: &Ticket) -> Thread {
        let comment = |n: u64| CommentRow {
            comment_id: comment_id(u128::from(n)),
            author_id: if self.own_comments { ANA } else { BEN },
            author: "Ben".to_owned(),
            author_kind: AuthorKind::User,
            body: "line\n".repeat(10),
            comment_date: NOW,
            edited: false,
            depth: 0,
            internal: (self.internal_comment && n == 1).then(|| "Home".to_owned()),
            origin: None,
            files: match n {
                1 => self.files.iter().map(|name| attached(name)).collect(),
                _ => Vec::new(),
            },
            unsent: false,
        };
        Thread {
            ticket: ticket.clone(),
            description: Some("It is broken.".to_owned()),
            queue_name: "IT".to_owned(),
            group_id: Some(HOME),
            group_name: "Home".to_owned(),
            requester: "Ben".to_owned(),
            assignee: String::new(),
            assignee_group: String::new(),
            participants: vec![Party {
                user_id: BEN,
                name: "Ben".to_owned(),
                roles: vec![ParticipantRole::Requester, ParticipantRole::Cc],
            }],
            files: Vec::new(),
            files_elsewhere: self.files_elsewhere.iter().map(|it| attached(it)).collect(),
            comments: (0..self.comments).map(comment).collect(),
            first: 0,
            total: self.comments,
            unread: self.unread.contains(&ticket.ticket_id),
            latest_seq: self.latest_seq,
            unsent: false,
            merged: Vec::new(),
            merged_into: None,
            part_of: None,
            parts: Vec::new(),
        }
    }

    fn row(&self, ticket: &Ticket) -> TicketRow {
        TicketRow {
            unread: self.unread.contains(&ticket.ticket_id),
            latest_seq: self.latest_seq,
            ..row(ticket)
        }
    }

    fn board(&self) -> Board {
        let band = |severity| {
            let of = |it: &&Ticket| it.severity == severity && it.status == Status::Open;
            let tickets: Vec<_> = self
                .tickets
                .iter()
                .filter(of)
                .map(|it| self.row(it))
                .collect();
            Band {
                severity,
                open: tickets.len() as u64,
                oldest: None,
                tickets: tickets.into_iter().take(5).collect(),
            }
        };
        Board {
            bands: Severity::ALL.into_iter().map(band).collect(),
            heat: [[1; 5]; 6],
            days: [-1, 0]
                .map(|day| BoardDay {
                    begins: Timestamp(NOW.0.div_euclid(DAY) * DAY).plus(day * DAY),
                    created: 1,
                    resolved: 0,
                })
                .to_vec(),
            holders: vec![Holder {
                user_id: None,
                name: "nobody".to_owned(),
                open: 3,
            }],
        }
    }
}

fn ticket(n: u128) -> Ticket {
    Ticket {
        family_id: FAMILY,
        ticket_id: ticket_id(n),
        queue_id: if n.is_multiple_of(2) { IT } else { KITCHEN },
        number: format!("RIV-2026-{:04}", n + 1)
            .parse::<TicketNumber>()
            .ok(),
        title: format!("Ticket {n}"),
        severity: Severity::Sev3,
        status: Status::Open,
        stage: Stage::New,
        waiting_note: None,
        requested_by: BEN,
        assigned_to: None,
        assigned_group: None,
        category: None,
        due_date: None,
        resolved_date: None,
        closed_date: None,
        reopen_until: None,
        snoozed_until: None,
        tags: ["wifi".to_owned()].into(),
        source: Channel::Screen,
        external_ref: None,
        parent_ticket: None,
        merged_into: None,
        triaged: false,
        common: Common::new(BEN, NOW),
    }
}

/// Ana's own record.
pub fn ana() -> User {
    User {
        user_id: ANA,
        email: Some("ana@example.org".to_owned()),
        display_name: "Ana".to_owned(),
        is_active: true,
        is_approved: true,
        time_zone: "Europe/Madrid".to_owned(),
        common: Common::new(ANA, NOW),
    }
}

fn row(ticket: &Ticket) -> TicketRow {
    TicketRow {
        ticket_id: ticket.ticket_id,
        family_id: ticket.family_id,
        queue_id: ticket.queue_id,
        number: ticket.number.clone(),
        title: ticket.title.clone(),
        severity: ticket.severity,
        status: ticket.status,
        stage: ticket.stage,
        assigned_to: ticket.assigned_to,
        assignee: String::new(),
        assigned_group: ticket.assigned_group,
        assignee_group: String::new(),
        creation_date: ticket.common.creation_date,
        last_activity: ticket.common.last_update,
        due_date: ticket.due_date,
        snoozed_until: ticket.snoozed_until,
        comments: 0,
        unread: false,
        latest_seq: 7,
        unsent: false,
    }
}

fn window(rows: Vec<TicketRow>, anchor: Anchor, reach: (usize, usize)) -> Window {
    let at = match anchor {
        Anchor::Top => 0,
        Anchor::Bottom => rows.len().saturating_sub(1),
        Anchor::Ticket(id, _) => rows.iter().position(|it| it.ticket_id == id).unwrap_or(0),
    };
    let first = at.saturating_sub(reach.0);
    let end = (at + reach.1 + 1).min(rows.len());
    Window {
        total: rows.len() as u64,
        first: first as u64,
        rows: rows[first..end].to_vec(),
        more_than_total: false,
    }
}

fn person(user_id: UserId, name: &str) -> Person {
    Person {
        user_id,
        display_name: name.to_owned(),
        status: MembershipStatus::Member,
        role: Role::Adult,
        is_admin: user_id == ANA,
        invited_by: None,
        request_date: NOW,
        groups: vec![HOME],
    }
}

fn family() -> FamilyView {
    let common = Common::new(ANA, NOW);
    let queue = |queue_id, name: &str| QueueRow {
        queue: Queue {
            family_id: FAMILY,
            queue_id,
            group_id: HOME,
            queue_name: name.to_owned(),
            queue_description: String::new(),
            default_severity: None,
            default_assignee: None,
            common: common.clone(),
        },
        open: 1,
        unread: 0,
    };
    FamilyView {
        family: Family {
            family_id: FAMILY,
            family_name: "Rivera family".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "UTC".to_owned(),
            business_hours: String::new(),
            severity_words: BTreeMap::new(),
            common: common.clone(),
        },
        webhooks: vec![crate::model::webhook::Webhook {
            family_id: FAMILY,
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
            common: common.clone(),
        }],
        me: person(ANA, "Ana"),
        groups: vec![Group {
            family_id: FAMILY,
            group_id: HOME,
            group_name: "Home".to_owned(),
            group_description: String::new(),
            common: common.clone(),
        }],
        queues: vec![queue(IT, "IT"), queue(KITCHEN, "Kitchen")],
        people: vec![person(ANA, "Ana"), person(BEN, "Ben")],
        places: [ANA, BEN]
            .map(|user_id| GroupMembership {
                family_id: FAMILY,
                group_id: HOME,
                user_id,
                status: MembershipStatus::Member,
                is_admin: user_id == ANA,
                request_date: NOW,
                common: common.clone(),
            })
            .to_vec(),
        my_work: 0,
        unassigned: 2,
        tags: vec!["wifi".to_owned()],
        open_by_severity: [0, 0, 0, 2, 0, 0],
    }
}
