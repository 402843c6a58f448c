//! Whatever goes wrong under it and beside it, the desk keeps its promises: every command once,
//! no gap in the log or in the numbers, an unbroken chain, and nothing acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::future::BoxFuture;

use super::{CommandFrom, Desk, DeskError, House, Outcome, Verdict, give_up_after};
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::id::{CommandId, DeviceId, TicketId};
use crate::model::record::Record;
use crate::model::source::Source;
use crate::model::ticket::TicketField;
use crate::model::user::UserField;
use crate::table::error::TableError;
use crate::table::item::{Item, Key, Page, Query, Write};
use crate::table::keys::Scope;
use crate::table::{SqliteTable, Table, head::Counts, patterns};

/// Numbers that look random and are the same on every run.
struct Dice(AtomicU64);

impl Dice {
    fn roll(&self, sides: u64) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15;
        let mut x = self.0.fetch_add(step, Ordering::SeqCst);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % sides
    }
}

/// A table whose transactions now and then fail, or say so although they did not.
struct Faulty {
    inner: SqliteTable,
    dice: Dice,
    on: AtomicBool,
}

impl Table for Faulty {
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>> {
        self.inner.get(key)
    }

    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>> {
        self.inner.get_many(keys)
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>> {
        self.inner.query(query)
    }

    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>> {
        let path = self.inner.path().to_owned();
        let detail = "so says the test".to_owned();
        let unknown = TableError::OutcomeUnknown {
            path: path.clone(),
            detail,
        };
        let fails = |error| -> BoxFuture<'static, Result<(), TableError>> {
            Box::pin(std::future::ready(Err(error)))
        };
        let fate = if self.on.load(Ordering::SeqCst) {
            self.dice.roll(20)
        } else {
            u64::MAX
        };
        match fate {
            0 => fails(TableError::Cancelled(vec![None; writes.len()])),
            1 => fails(TableError::DiskFull { path }),
            2 => fails(unknown),
            3 => {
                let committed = self.inner.transact(writes);
                Box::pin(async move { committed.await.and(Err(unknown)) })
            }
            _ => self.inner.transact(writes),
        }
    }
}

/// One device: gives its commands in order, each until it is answered.
struct Hand {
    house: Arc<House>,
    desks: [Arc<Desk>; 2],
    dice: Dice,
    shared: Vec<TicketId>,
}

impl Hand {
    async fn work(self, commands: i64) -> Vec<(Command, Verdict)> {
        let device = DeviceId(self.house.source.fresh());
        let mut answered = Vec::new();
        for cseq in 1..=commands {
            let command = self.house.command(self.something());
            let from = CommandFrom { device, cseq };
            let verdict = self.give(&command, from).await;
            answered.push((command, verdict));
        }
        answered
    }

    fn something(&self) -> CommandBody {
        let house = &self.house;
        let pick = usize::try_from(self.dice.roll(self.shared.len() as u64)).expect("small");
        let ticket_id = self.shared[pick];
        match self.dice.roll(11) {
            0 | 1 => house.new_ticket("another").1,
            2 | 3 => house.comment(ticket_id, "and another thing"),
            4 => CommandBody::TicketSet {
                ticket_id,
                set: TicketField::Title(format!("title {}", self.dice.roll(1000))),
                base: None,
            },
            5 => CommandBody::TicketResolve { ticket_id },
            6 => CommandBody::TicketReopen { ticket_id },
            7 => CommandBody::TicketRead {
                tickets: self.shared.clone(),
                seq: 1 + i64::try_from(self.dice.roll(200)).expect("small"),
            },
            8 => CommandBody::TicketUnread {
                tickets: vec![ticket_id],
            },
            9 => {
                let name = format!("Ana {}", self.dice.roll(1000));
                let set = UserField::DisplayName(name);
                CommandBody::UserSet { set, base: None }
            }
            _ => CommandBody::TicketClose {
                ticket_id: TicketId(house.source.fresh()),
            },
        }
    }

    async fn give(&self, command: &Command, from: CommandFrom) -> Verdict {
        for _ in 0..1000 {
            let desk = &self.desks[usize::from(self.dice.roll(2) == 0)];
            let actor = Actor::user(self.house.ana);
            let work = desk.execute(self.house.family, &actor, command, Some(from));
            if self.dice.roll(4) == 0 {
                let polls = usize::try_from(self.dice.roll(12)).expect("small");
                give_up_after(polls, work).await;
                continue;
            }
            match work.await {
                Ok(verdict) => return verdict,
                Err(DeskError::Table(_) | DeskError::Busy) => {}
                Err(error) => panic!("{error} (command {})", from.cseq),
            }
        }
        panic!("command {} was never answered", from.cseq);
    }
}

async fn run(seed: u64) {
    let table = Arc::new(Faulty {
        inner: SqliteTable::in_memory().expect("a table"),
        dice: Dice(AtomicU64::new(seed)),
        on: AtomicBool::new(false),
    });
    let house = Arc::new(House::over(Arc::clone(&table) as Arc<dyn Table>).await);
    let mut shared = Vec::new();
    for index in 0..4 {
        shared.push(house.ticket(&format!("shared {index}")).await);
    }
    let desks = [Arc::clone(&house.desk), house.other_desk()];
    table.on.store(true, Ordering::SeqCst);
    let hands = (0..8).map(|number| Hand {
        house: Arc::clone(&house),
        desks: desks.clone(),
        dice: Dice(AtomicU64::new(seed.wrapping_mul(31).wrapping_add(number))),
        shared: shared.clone(),
    });
    let tasks: Vec<_> = hands.map(|hand| tokio::spawn(hand.work(15))).collect();
    let mut answered = Vec::new();
    for task in tasks {
        answered.extend(task.await.expect("no panic"));
    }
    table.on.store(false, Ordering::SeqCst);
    for desk in &desks {
        check(&house, desk, &answered).await;
    }
}

async fn check(house: &House, desk: &Desk, answered: &[(Command, Verdict)]) {
    let verified = desk.verify(house.family, house.ana).await;
    assert_eq!(verified.expect("readable").broken, None);

    let scope = Scope::Family(house.family);
    let mut events: BTreeMap<CommandId, usize> = BTreeMap::new();
    let mut tickets = BTreeMap::new();
    let own = Scope::Person(house.family, house.ana);
    let mut records = Vec::new();
    for log in [scope, own, Scope::User(house.ana)] {
        assert_eq!(desk.verify_log(log).await.expect("readable").broken, None);
        let page = patterns::log_after(desk.table.as_ref(), log, 0, 10_000).await;
        records.extend(page.expect("readable").records);
    }
    for record in records {
        *events.entry(record.command_id).or_default() += 1;
        let kind = record.entity.entity_type();
        let after = record.after.expect("a snapshot");
        if let Ok(Record::Ticket(ticket)) = Record::from_json(kind, after) {
            tickets.insert(ticket.ticket_id, ticket);
        }
    }
    let ana = Actor::user(house.ana);
    for (command, verdict) in answered {
        let expected = match &verdict.outcome {
            Outcome::Applied { changes, .. } => *changes,
            Outcome::Rejected { .. } => 0,
        };
        let happened = events.get(&command.command_id).copied().unwrap_or(0);
        assert_eq!(happened, expected, "{verdict:?}");
        let again = desk
            .execute(house.family, &ana, command, None)
            .await
            .expect("an answer");
        assert_eq!(again.outcome, verdict.outcome);
    }

    let numbers: BTreeSet<u32> = tickets
        .values()
        .filter_map(|it| it.number.as_ref())
        .map(|number| number.count)
        .collect();
    assert_eq!(numbers, (1..).take(tickets.len()).collect());
    let mut counts = Counts::default();
    tickets.values().for_each(|it| counts.apply(None, Some(it)));
    let head = patterns::head(desk.table.as_ref(), scope)
        .await
        .expect("readable");
    assert_eq!(head.expect("a head").counts, counts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_once_whatever_fails_and_whoever_leaves() {
    for seed in 1..=12 {
        run(seed).await;
    }
}
