//! How the rows of a list are found: what of its query an index or a counter knows, what finds
//! rows by what they hold, and what is left to ask of each row.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::condition::{self, blob, condition};
use super::nouns::ticket::first_id;
use super::rows::Piece;
use super::sql::{severity_number, status_number};
use super::view::{ListQuery, Place};
use super::{Result, tally};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::query::{DateField, Filter, Found, Order, SortBy, Test};

/// Into how many blocks a list is cut at the most; beyond, rows are asked one by one.
const MOST_BLOCKS: usize = 8;

/// A query, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The list's rows are in these blocks, each row in one; none where no row can be meant.
    pub(super) blocks: Vec<Block>,
    pub(super) statuses: Vec<Status>,
    pub(super) severities: Vec<Severity>,
    /// From when and until before when tickets were created.
    pub(super) created: (Option<Timestamp>, Option<Timestamp>),
    /// Only what does not sleep beyond the moment.
    pub(super) awake: Option<Timestamp>,
    /// What finds the rows by what they hold, where something does.
    pub(super) sought: Option<Sought>,
    /// What must be asked of each row besides, with `t` for the ticket.
    pub(super) rest: Vec<Piece>,
    pub(super) order: Order,
}

/// Where an index has rows close together, and a counter knows how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) fam: Option<i64>,
    pub(super) place: Place,
}

/// What rows are found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sought {
    /// A full-text query, and the number that was typed, where it is one.
    Words(String, Option<String>),
    /// Something without letters or digits, in titles.
    Signs(String),
    /// The one test that few tickets pass.
    Few(Test),
}

impl Plan {
    pub(super) fn of(conn: &Connection, query: &ListQuery) -> Result<Plan> {
        let mut parts = Vec::new();
        flatten(&query.filter, &mut parts);
        let statuses = take_set(&mut parts, Status::ALL, &|test| match test {
            Test::Status(status) => Some(vec![*status]),
            _ => None,
        });
        let severities = take_set(&mut parts, &Severity::ALL, &|test| match test {
            Test::Severity(all) => Some(all.clone()),
            _ => None,
        });
        let mut plan = Plan {
            blocks: blocks(conn, query, &mut parts)?,
            statuses,
            severities,
            created: (None, None),
            awake: None,
            sought: None,
            rest: Vec::new(),
            order: query.order,
        };
        parts.retain(|part| !plan.takes(part));
        plan.sought = take_words(&mut parts).or_else(|| take_few(&mut parts));
        plan.rest = parts.iter().map(condition).collect();
        Ok(plan)
    }

    /// Takes what creation and waking say; says whether the part said one of them.
    fn takes(&mut self, part: &Filter) -> bool {
        match part {
            Filter::Test(Test::Within(DateField::Created, from, until)) => {
                let (first, end) = self.created;
                self.created = (first.max(*from), [end, *until].into_iter().flatten().min());
                true
            }
            Filter::Not(part) => match &**part {
                Filter::Test(Test::SnoozedAt(now)) if self.awake.is_none() => {
                    self.awake = Some(*now);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether counters know how many rows there are.
    pub(super) fn is_counted(&self) -> bool {
        self.rest.is_empty() && self.sought.is_none() && self.created == (None, None)
    }

    /// Everything that the query asks but what is sought, for rows found in another way.
    pub(super) fn conditions(&self) -> Piece {
        let mut piece = Piece {
            sql: "t.listed = 1".to_owned(),
            values: Vec::new(),
        };
        let places: Vec<Piece> = self.blocks.iter().map(Block::condition).collect();
        let any = condition::joined(places, " OR ");
        piece.and(&any.sql, any.values);
        if self.statuses.len() < Status::ALL.len() {
            let numbers = self.statuses.iter().map(|it| status_number(*it));
            let among = condition::among("t.status", numbers.map(Value::from));
            piece.and(&among.sql, among.values);
        }
        self.narrow_severity(&mut piece);
        self.narrow(&mut piece);
        piece
    }

    /// What is left to say of severity where a run does not say it.
    pub(super) fn narrow_severity(&self, piece: &mut Piece) {
        if self.severities.len() < Severity::ALL.len() {
            let numbers = self.severities.iter().map(|it| severity_number(*it));
            let among = condition::among("t.severity", numbers.map(Value::from));
            piece.and(&among.sql, among.values);
        }
    }

    /// What no index of the list knows.
    pub(super) fn narrow(&self, piece: &mut Piece) {
        if let Some(from) = self.created.0 {
            piece.and("t.id >= ?", [Value::from(first_id(from))]);
        }
        if let Some(until) = self.created.1 {
            piece.and("t.id < ?", [Value::from(first_id(until))]);
        }
        if let Some(now) = self.awake {
            let sql = "(t.snoozed IS NULL OR t.snoozed <= ?)";
            piece.and(sql, [Value::from(now.0)]);
        }
        for asked in &self.rest {
            piece.and(&asked.sql, asked.values.clone());
        }
    }

    /// The same, with what is sought asked of each row.
    pub(super) fn row_by_row(&self) -> Plan {
        let mut plan = self.clone();
        plan.rest
            .extend(plan.sought.take().map(|sought| match sought {
                Sought::Few(test) => condition(&Filter::Test(test)),
                Sought::Signs(text) => condition::titled(&text),
                Sought::Words(words, None) => condition::worded(words),
                Sought::Words(words, Some(number)) => condition::worded_or_numbered(words, &number),
            }));
        plan
    }
}

impl Block {
    /// The index's first name.
    pub(super) fn index(&self) -> &'static str {
        match self.place {
            Place::Everywhere => "everywhere",
            Place::Family(_) => "family",
            Place::Queue(..) => "queue",
            Place::AssignedTo(..) | Place::Unassigned(_) => "holder",
        }
    }

    pub(super) fn condition(&self) -> Piece {
        let mut piece = match self.fam {
            Some(fam) => Piece {
                sql: "t.fam = ?".to_owned(),
                values: vec![Value::from(fam)],
            },
            None => Piece {
                sql: "1".to_owned(),
                values: Vec::new(),
            },
        };
        match self.place {
            Place::Everywhere | Place::Family(_) => {}
            Place::Queue(_, queue) => piece.and("t.queue_id = ?", [blob(queue.0)]),
            Place::AssignedTo(_, user) => piece.and("t.assigned_to = ?", [blob(user.0)]),
            Place::Unassigned(_) => piece.and("t.assigned_to IS NULL", []),
        }
        piece
    }
}

/// The parts that stand side by side at the top, however deep they were put.
fn flatten(filter: &Filter, parts: &mut Vec<Filter>) {
    match filter {
        Filter::All(all) => all.iter().for_each(|part| flatten(part, parts)),
        other => parts.push(other.clone()),
    }
}

/// Takes out the parts that speak of one attribute alone; the values that they leave.
fn take_set<T: Copy + PartialEq>(
    parts: &mut Vec<Filter>,
    all: &[T],
    of: &dyn Fn(&Test) -> Option<Vec<T>>,
) -> Vec<T> {
    let mut left = all.to_vec();
    parts.retain(|part| match values(part, all, of) {
        Some(meant) => {
            left.retain(|value| meant.contains(value));
            false
        }
        None => true,
    });
    left
}

/// The values that a filter leaves of an attribute, where it speaks of nothing else.
fn values<T: Copy + PartialEq>(
    filter: &Filter,
    all: &[T],
    of: &dyn Fn(&Test) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    let each = |parts: &[Filter]| -> Option<Vec<Vec<T>>> {
        let meant = parts.iter().map(|part| values(part, all, of));
        meant
            .collect::<Option<_>>()
            .filter(|it: &Vec<Vec<T>>| !it.is_empty())
    };
    let keep = |is_meant: &dyn Fn(&T) -> bool| all.iter().copied().filter(is_meant).collect();
    Some(match filter {
        Filter::Test(test) => of(test)?,
        Filter::Not(part) => {
            let meant = values(part, all, of)?;
            keep(&|it| !meant.contains(it))
        }
        Filter::Any(parts) => {
            let meant = each(parts)?;
            keep(&|it| meant.iter().any(|meant| meant.contains(it)))
        }
        Filter::All(parts) => {
            let meant = each(parts)?;
            keep(&|it| meant.iter().all(|meant| meant.contains(it)))
        }
    })
}

/// Cuts the list into blocks by who holds the tickets, else by queue.
fn blocks(conn: &Connection, query: &ListQuery, parts: &mut Vec<Filter>) -> Result<Vec<Block>> {
    let families = match query.family {
        Some(family_id) => match tally::family_number(conn, family_id)? {
            Some(fam) => vec![(fam, family_id)],
            None => return Ok(Vec::new()),
        },
        None => tally::families(conn)?,
    };
    let found = parts.iter().position(|part| is_held(part, families.len()));
    let found = found.or_else(|| {
        parts
            .iter()
            .position(|part| is_queued(part, families.len()))
    });
    let Some(found) = found else {
        return Ok(match query.family {
            None => vec![Block {
                fam: None,
                place: Place::Everywhere,
            }],
            Some(_) => families
                .into_iter()
                .map(|(fam, family_id)| Block {
                    fam: Some(fam),
                    place: Place::Family(family_id),
                })
                .collect(),
        });
    };
    let mut blocks = Vec::new();
    let part = parts.remove(found);
    for (fam, family_id) in families {
        let mut push = |place| {
            blocks.push(Block {
                fam: Some(fam),
                place,
            })
        };
        match &part {
            Filter::Test(Test::Unassigned) => push(Place::Unassigned(family_id)),
            Filter::Test(Test::Assignee(users)) => {
                let mut users = users.clone();
                users.sort_unstable();
                users.dedup();
                users
                    .into_iter()
                    .for_each(|user| push(Place::AssignedTo(family_id, user)));
            }
            Filter::Test(Test::Queue(queues)) => {
                let mut queues = queues.clone();
                queues.sort_unstable();
                queues.dedup();
                queues
                    .into_iter()
                    .for_each(|queue| push(Place::Queue(family_id, queue)));
            }
            _ => {}
        }
    }
    Ok(blocks)
}

fn is_held(part: &Filter, families: usize) -> bool {
    match part {
        Filter::Test(Test::Unassigned) => families <= MOST_BLOCKS,
        Filter::Test(Test::Assignee(users)) => users.len() * families <= MOST_BLOCKS,
        _ => false,
    }
}

fn is_queued(part: &Filter, families: usize) -> bool {
    matches!(part, Filter::Test(Test::Queue(queues)) if queues.len() * families <= MOST_BLOCKS)
}

/// Takes out the words that every row must hold, and with them those that none may.
fn take_words(parts: &mut Vec<Filter>) -> Option<Sought> {
    let texts: Vec<Found> = parts
        .iter()
        .filter_map(|part| match part {
            Filter::Test(Test::Text(found)) => Some(found.clone()),
            _ => None,
        })
        .collect();
    let has_words = texts
        .iter()
        .any(|found| condition::holds_words(&found.text));
    if let (false, Some(first)) = (has_words, texts.first()) {
        let taken = Filter::Test(Test::Text(first.clone()));
        parts.retain(|part| *part != taken);
        return Some(Sought::Signs(first.text.clone()));
    }
    // Beside words, signs find nothing.
    parts.retain(|part| match part {
        Filter::Test(Test::Text(found)) => condition::holds_words(&found.text),
        _ => true,
    });
    let number = match texts.as_slice() {
        [alone] => condition::number_in(alone),
        _ => None,
    };
    let wanted = |part: &Filter| match (part, &number) {
        (Filter::Test(Test::Text(found)), Some(_)) => Some(condition::match_of(found)),
        _ => condition::only_words(part),
    };
    // What is found by its number is not found by its words, and may hold unwanted ones.
    let unwanted = |part: &Filter| match (part, &number) {
        (Filter::Not(part), None) => condition::only_words(part),
        _ => None,
    };
    let all: Vec<String> = parts.iter().filter_map(wanted).collect();
    if all.is_empty() {
        return None;
    }
    let none: Vec<String> = parts.iter().filter_map(unwanted).collect();
    parts.retain(|part| wanted(part).is_none() && unwanted(part).is_none());
    let mut words = all.join(" AND ");
    if !none.is_empty() {
        words = format!("({words}) NOT ({})", none.join(" OR "));
    }
    Some(Sought::Words(words, number))
}

/// Takes out the test that probably the fewest tickets pass.
fn take_few(parts: &mut Vec<Filter>) -> Option<Sought> {
    let (place, _) = parts
        .iter()
        .enumerate()
        .filter_map(|(place, part)| match part {
            Filter::Test(test) => Some((place, few(test)?)),
            _ => None,
        })
        .min_by_key(|(_, few)| *few)?;
    match parts.remove(place) {
        Filter::Test(test) => Some(Sought::Few(test)),
        _ => None,
    }
}

/// How few tickets pass a test that there is an index for, the fewest first.
fn few(test: &Test) -> Option<u8> {
    match test {
        Test::Number(_) => Some(0),
        Test::Tag(_) => Some(1),
        Test::FollowedBy(_) | Test::Unread | Test::AssignedGroup(_) | Test::HasAttachment => {
            Some(2)
        }
        Test::Within(DateField::Due, ..) => Some(3),
        Test::Within(DateField::Resolved, from, until) if from.is_some() || until.is_some() => {
            Some(4)
        }
        Test::Requester(_) => Some(5),
        _ => None,
    }
}

/// What rows are put in order by, besides their ids, with `t` for the ticket.
pub(super) fn key(order: Order) -> &'static str {
    match (order.by, order.reversed) {
        (SortBy::Severity, _) => "t.severity",
        (SortBy::Created | SortBy::Relevance, _) => "t.id",
        (SortBy::Updated, _) => "t.activity",
        (SortBy::Due, false) => "ifnull(t.due, 9223372036854775807)",
        (SortBy::Due, true) => "ifnull(t.due, -9223372036854775807)",
        (SortBy::Number, false) => concat!(
            "ifnull(CAST(substr(t.number, instr(t.number, '-') + 1, 4) AS INTEGER) * 10000000000",
            " + t.number_count, 9223372036854775807)"
        ),
        (SortBy::Number, true) => concat!(
            "ifnull(CAST(substr(t.number, instr(t.number, '-') + 1, 4) AS INTEGER) * 10000000000",
            " + t.number_count, -9223372036854775807)"
        ),
    }
}

/// Whether rows stand from the greatest key down.
pub(super) fn descends(order: Order) -> bool {
    match order.by {
        // The best are told by other means; what is left of the order is the newest first.
        SortBy::Relevance => !order.reversed,
        _ => order.reversed,
    }
}
