//! What an import says: the usual tables, what it would make of each row, and what it came to; as
//! text and as JSON.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::New;
use crate::cli::args::{Elsewhere, FromArgs};
use crate::cli::failure::Result;
use crate::cli::print::{Cell, Grid, Out, Tint};
use crate::cli::when::{date, zone_of};
use crate::intake::plan::Plan;
use crate::intake::preview::Row;
use crate::intake::report::{Report, Tally, What};
use crate::intake::tables::{State, Tables};
use crate::model::id::{QueueId, UserId};
use crate::model::record::Record;
use crate::model::source::Timestamp;
use crate::replica::view::FamilyView;
use crate::text::plural;

/// How many skipped rows of a kind are named where not all are asked for.
const NAMED: usize = 3;

/// The columns of the preview; the last one gives way.
const HEADS: [&str; 8] = [
    "source",
    "severity",
    "status",
    "queue",
    "requester",
    "created",
    "said",
    "title",
];

/// Names of what the tickets refer to, of here and of the plan.
struct Names {
    queues: HashMap<QueueId, String>,
    people: HashMap<UserId, String>,
    zone: TimeZone,
}

/// What would become of each row, and of all together.
pub(super) fn dry_run(
    out: &mut Out,
    view: &FamilyView,
    plan: &Plan,
    (new, args): (&New, &FromArgs),
) -> Result<()> {
    let names = Names::of(view, plan);
    let shown = match args.rows {
        0 => plan.rows.len(),
        rows => rows,
    };
    let rows = || plan.rows.iter().take(shown);
    if out.is_json() {
        let mut all = report_json(&plan.report, new);
        all["queues_by_name"] = json!(names.by_queue(plan));
        all["rows"] = rows().map(|row| names.row_json(row)).collect();
        return out.json(&all);
    }
    report(out, &plan.report, args)?;
    counts(out, "Severities", &plan.report.severities, |it| it.as_str())?;
    counts(out, "Statuses", &plan.report.states, State::as_str)?;
    out.line("Queues")?;
    for (queue, count) in names.by_queue(plan) {
        out.line(format!("{:>9}  {queue}", plural::grouped(count)))?;
    }
    let (first, all) = (rows().count(), plan.rows.len() as u64);
    let heading = match first as u64 == all {
        true => plural::count(all, "ticket", "tickets"),
        false => format!(
            "The first {first} of {}",
            plural::count(all, "ticket", "tickets")
        ),
    };
    out.blank()?;
    out.line(heading)?;
    out.grid(&names.grid(rows()))?;
    out.blank()?;
    out.line(format!("{}; a dry run: nothing was brought", would_be(new)))
}

/// What an import came to.
pub(super) fn outcome(out: &mut Out, of: &Report, (new, args): (&New, &FromArgs)) -> Result<()> {
    if out.is_json() {
        return out.json(&report_json(of, new));
    }
    report(out, of, args)?;
    out.line(match (of.tickets.brought, new.tickets, new.comments) {
        (0, ..) => "no ticket came in".to_owned(),
        (_, 0, 0) => "no ticket is new here: all of them were here already".to_owned(),
        (_, 0, comments) => {
            let (comments, are) = counted(comments, "comment", "comments");
            format!("{comments} {are} new here; the tickets were here already")
        }
        (_, tickets, _) => {
            let (tickets, are) = counted(tickets, "ticket", "tickets");
            format!("{tickets} {are} new here")
        }
    })
}

/// The usual tables of a format, as a file that may be changed and given back.
pub(super) fn map(out: &mut Out, from: &Elsewhere, (name, tables): (&str, &Tables)) -> Result<()> {
    out.line(format!(
        "# What the words of {name} stand for here. Save it, change what you like,"
    ))?;
    out.line("# throw away the rest, and give it with --map FILE.toml.")?;
    out.blank()?;
    for line in tables.to_toml().lines() {
        out.line(line)?;
    }
    for line in MORE_TABLES.lines() {
        out.line(line)?;
    }
    if matches!(from, Elsewhere::Csv(_)) {
        for line in CSV_TABLES.lines() {
            out.line(line)?;
        }
    }
    Ok(())
}

const MORE_TABLES: &str = "
# A severity is SEV_1, SEV_2, SEV_2.5, SEV_3, SEV_4 or SEV_5; none stands for nothing said.
# A status is new, active, waiting, resolved, closed, or skip: then it stays away.

# Queues there, by name or id, and queues here; \"*\" stands for every other.
[queue]
# \"Support\" = \"Home/IT\"

# People there, by name or id, and members here; the others come along as who they were.
[people]
# \"ana@example.org\" = \"Ana\"
";

const CSV_TABLES: &str = "
# How the file is written.
[csv]
# name = \"osTicket\"                 # where it comes from; ids are told apart by it
# delimiter = \";\"                   # otherwise the first line tells
# time_zone = \"Europe/Madrid\"       # of times without an offset; otherwise the family's
# time_format = \"%d/%m/%Y %H:%M\"    # tried before the usual ones
# html = true                       # descriptions are HTML

# Which column is what; those not named are found by their usual heads, and what no field takes
# stays as text in the description. Without an id a row is known by all that it says.
[columns]
# id = \"Ticket Number\"
# title = \"Subject\"
# description = \"Body\"
# status = \"Current Status\"
# severity = \"Priority\"
# queue = \"Department\"
# requester = \"From Email\"
# assignee = \"Agent Assigned\"
# created = \"Date Created\"
# updated = \"Last Updated\"
# resolved = \"Closed Date\"
# due = \"Due Date\"
# parent = \"Parent\"
# tags = [\"Help Topic\", \"Source\"]
";

fn report(out: &mut Out, report: &Report, args: &FromArgs) -> Result<()> {
    let named = if args.all_skipped { usize::MAX } else { NAMED };
    for line in report.to_text(named).lines() {
        out.line(line)?;
    }
    Ok(())
}

/// A count for each word, the severity or status it came to, and the word.
fn counts<K: Copy>(
    out: &mut Out,
    heading: &str,
    counts: &BTreeMap<(K, String), usize>,
    name: impl Fn(K) -> &'static str,
) -> Result<()> {
    out.line(heading)?;
    for ((kind, word), count) in counts {
        let count = plural::grouped(*count as u64);
        let word = match word.as_str() {
            "" => "nothing is said".to_owned(),
            word => format!("`{word}`"),
        };
        out.line(format!("{count:>9}  {:9} {word}", name(*kind)))?;
    }
    Ok(())
}

fn would_be(new: &New) -> String {
    let (tickets, _) = counted(new.tickets, "ticket", "tickets");
    let (comments, _) = counted(new.comments, "comment", "comments");
    format!("{tickets} and {comments} would be new here")
}

fn counted(n: usize, one: &str, many: &str) -> (String, &'static str) {
    let are = if n == 1 { "is" } else { "are" };
    (plural::count(n as u64, one, many), are)
}

impl Names {
    fn of(view: &FamilyView, plan: &Plan) -> Names {
        let queues = view.queues.iter().map(|it| &it.queue);
        let people = view.people.iter();
        let mut names = Names {
            queues: queues
                .map(|it| (it.queue_id, it.queue_name.clone()))
                .collect(),
            people: people
                .map(|it| (it.user_id, it.display_name.clone()))
                .collect(),
            zone: zone_of(&view.family),
        };
        for entry in &plan.entries {
            match &entry.record {
                Record::Queue(it) => {
                    names.queues.insert(it.queue_id, it.queue_name.clone());
                }
                Record::Membership(it) => {
                    names.people.insert(it.user_id, it.display_name.clone());
                }
                _ => {}
            }
        }
        names
    }

    fn queue(&self, row: &Row) -> &str {
        self.queues.get(&row.queue_id).map_or("", String::as_str)
    }

    fn person(&self, user_id: UserId) -> &str {
        self.people.get(&user_id).map_or("", String::as_str)
    }

    fn by_queue(&self, plan: &Plan) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for row in &plan.rows {
            *counts.entry(self.queue(row).to_owned()).or_default() += 1;
        }
        counts
    }

    fn created(&self, at: Timestamp) -> String {
        date(at, &self.zone)
    }

    fn grid<'a>(&self, rows: impl Iterator<Item = &'a Row>) -> Grid {
        let mut grid = Grid::new(&HEADS, HEADS.len() - 1);
        for row in rows {
            grid.row(vec![
                Cell::new(&row.source_id).tint(Tint::Dim),
                Cell::new(row.severity),
                Cell::new(row.state.as_str()),
                Cell::new(self.queue(row)),
                Cell::new(self.person(row.requester)),
                Cell::new(self.created(row.created)),
                Cell::new(row.comments),
                Cell::new(&row.title).tint(Tint::Bold),
            ]);
        }
        grid
    }

    fn row_json(&self, row: &Row) -> Value {
        json!({
            "file": row.place.file,
            "line": row.place.line,
            "source_id": row.source_id,
            "severity": row.severity,
            "status": row.state.as_str(),
            "queue": self.queue(row),
            "requester": self.person(row.requester),
            "assignee": row.assignee.map(|it| self.person(it)),
            "creation_date": row.created,
            "title": row.title,
            "comments": row.comments,
        })
    }
}

fn report_json(report: &Report, new: &New) -> Value {
    let tally = |tally: Tally, what| {
        json!({
            "read": tally.read,
            "brought": tally.brought,
            "skipped": report.skipped_of(what),
        })
    };
    let skipped: Vec<Value> = report
        .skipped
        .iter()
        .map(|it| {
            json!({
                "what": it.what.to_string(),
                "file": it.place.file,
                "line": it.place.line,
                "key": it.key,
                "why": it.why,
            })
        })
        .collect();
    let severities = report.severities.iter().map(|((severity, word), tickets)| {
        json!({"severity": severity, "word": word, "tickets": tickets})
    });
    let statuses = report.states.iter().map(|((state, word), tickets)| {
        json!({"status": state.as_str(), "word": word, "tickets": tickets})
    });
    json!({
        "source": report.source,
        "files": report.files,
        "tickets": tally(report.tickets, What::Ticket),
        "comments": tally(report.comments, What::Comment),
        "people": report.people,
        "queues": report.queues,
        "tags": report.tags.len(),
        "long_texts": report.long_texts,
        "attachments": report.attachments,
        "entities": report.entities,
        "new_tickets": new.tickets,
        "new_comments": new.comments,
        "new_entities": new.entities,
        "severities": severities.collect::<Vec<_>>(),
        "statuses": statuses.collect::<Vec<_>>(),
        "skipped": skipped,
        "notes": report.notes,
    })
}
