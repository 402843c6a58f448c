//! Questions and answers of Mozilla Support as CSV: `questions.csv`, and `answers.csv` joined to it
//! by `question_id`, in whatever order they are given.
//!
//! | there | here |
//! |---|---|
//! | product | queue |
//! | `is_spam` | status `spam`: stays away |
//! | `is_solved`, `is_locked`, neither | status `solved`, `locked`, `open` |
//! | tags, topic | tags |
//! | locale | tag `import:locale=it` |
//! | `solution` | told on the answer, whose time is that of the resolution |
//! | `is_archived` | nothing: it tells the age, not the state |

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use super::foreign::{
    ForeignComment, ForeignPerson, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept, Place,
};
use super::json::bad_time;
use super::moment::moment;
use super::sheet::{Cells, Heads, Sheet};
use super::tables::{State, Tables};
use super::{Format, html};

/// The importer of questions and answers.
#[derive(Debug, Clone, Default)]
pub struct Sumo {
    /// The accepted answers, and who accepted each.
    solutions: HashMap<String, Option<String>>,
}

impl Format for Sumo {
    fn name(&self) -> &str {
        "Mozilla Support"
    }

    fn system(&self) -> &str {
        "sumo"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        let Some(mut sheet) = Sheet::open(input, None)? else {
            return Ok(());
        };
        let Some(kind) = Kind::of(sheet.heads()) else {
            let why =
                "neither questions (id, title, content) nor answers (id, question_id, content)";
            into.skip_ticket(&Place::new(file, 1), "", why);
            return Ok(());
        };
        while let Some(row) = sheet.next_row()? {
            let place = Place::new(file, row.line);
            match (kind, row.cells) {
                (Kind::Questions, Ok(cells)) => self.question(&cells, &place, into),
                (Kind::Answers, Ok(cells)) => answer(&cells, &place, into),
                (Kind::Questions, Err(why)) => into.skip_ticket(&place, "", why),
                (Kind::Answers, Err(why)) => into.skip_comment(&place, "", why),
            }
        }
        Ok(())
    }

    /// Only now are both the accepted answers and their questions known.
    fn finish(&mut self, into: &mut Gathered) {
        let mut accepted = HashMap::new();
        for comment in into.loose_comments() {
            let Some(by) = self.solutions.get(&comment.source_id) else {
                continue;
            };
            accepted.insert(comment.source_id.clone(), comment.created);
            let by = by
                .as_ref()
                .map_or("yes".to_owned(), |by| format!("by {by}"));
            comment
                .kept
                .extend(Kept::some("Accepted as the solution", [by]));
        }
        for ticket in &mut into.tickets {
            let solution = ticket.kept.iter().find(|it| it.label == SOLUTION);
            let solution = solution.and_then(|it| it.items.first());
            if let Some(at) = solution.and_then(|it| accepted.get(it)) {
                ticket.resolved = *at;
                ticket.kept.retain(|it| it.label != SOLUTION);
            }
        }
    }

    /// Nobody says there how much a question matters.
    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let status = [
            ("open", State::New),
            ("solved", State::Resolved),
            ("locked", State::Closed),
            ("spam", State::Skip),
        ];
        Tables::new([], status)
    }
}

/// Under this a solution stays named whose answer is not in the input.
const SOLUTION: &str = "Accepted answer (not in the input)";

#[derive(Clone, Copy)]
enum Kind {
    Questions,
    Answers,
}

impl Kind {
    fn of(heads: &Heads) -> Option<Kind> {
        let has = |names: &[&str]| names.iter().all(|name| heads.has(name));
        if has(&["id", "question_id", "content"]) {
            Some(Kind::Answers)
        } else if has(&["id", "title", "content"]) {
            Some(Kind::Questions)
        } else {
            None
        }
    }
}

impl Sumo {
    fn question(&mut self, cells: &Cells<'_>, place: &Place, into: &mut Gathered) {
        let id = cell(cells, "id").unwrap_or_default();
        match question(cells, &id, place) {
            Ok(ticket) => {
                if let Some(solution) = cell(cells, "solution") {
                    self.solutions.insert(solution, cell(cells, "solved_by"));
                }
                note_old_encoding(cells, into);
                into.take(ticket);
            }
            Err(why) => into.skip_ticket(place, &id, why),
        }
    }
}

fn question(cells: &Cells<'_>, id: &str, place: &Place) -> Result<ForeignTicket, String> {
    if id.is_empty() {
        return Err("no `id`".to_owned());
    }
    let created = time(cells, "created")?.ok_or("no `created`")?;
    let is = |name: &str| cell(cells, name).is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let word = if is("is_spam") {
        "spam"
    } else if is("is_solved") {
        "solved"
    } else if is("is_locked") {
        "locked"
    } else {
        "open"
    };
    let product = cell(cells, "product").unwrap_or_else(|| "questions".to_owned());
    let tags = cell(cells, "tags").unwrap_or_default();
    let tags = tags
        .split(';')
        .map(str::to_owned)
        .chain(cell(cells, "topic"));
    let locale = cell(cells, "locale");
    let values = [("status", Some(word.to_owned())), ("locale", locale)];
    let metadata = cell(cells, "metadata");
    let metadata = metadata.map(|it| it.trim_matches(';').to_owned());
    let kept = [
        Kept::some(SOLUTION, cell(cells, "solution")),
        Kept::some("Metadata", metadata),
    ];
    Ok(ForeignTicket {
        place: place.clone(),
        source_id: id.to_owned(),
        id_time: Some(created),
        queue: ForeignQueue::named(product),
        title: cell(cells, "title").unwrap_or_default(),
        body: html::to_text(&cells.get("content").unwrap_or_default()),
        state: ForeignState::word(word),
        requester: cell(cells, "creator").map(ForeignPerson::named),
        created: Some(created),
        updated: time(cells, "updated")?,
        tags: tags.collect(),
        values: values
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        kept: kept.into_iter().flatten().collect(),
        ..ForeignTicket::default()
    })
}

fn answer(cells: &Cells<'_>, place: &Place, into: &mut Gathered) {
    let id = cell(cells, "id").unwrap_or_default();
    let question = cell(cells, "question_id").unwrap_or_default();
    let key = format!("{question} comment {id}");
    match comment(cells, &id, place) {
        Ok(comment) => {
            note_old_encoding(cells, into);
            into.take_comment(question, comment);
        }
        Err(why) => into.skip_comment(place, &key, why),
    }
}

fn comment(cells: &Cells<'_>, id: &str, place: &Place) -> Result<ForeignComment, String> {
    if id.is_empty() {
        return Err("no `id`".to_owned());
    }
    let created = time(cells, "created")?.ok_or("no `created`")?;
    let is_spam = cell(cells, "is_spam").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    Ok(ForeignComment {
        place: place.clone(),
        source_id: id.to_owned(),
        author: cell(cells, "creator").map(ForeignPerson::named),
        body: html::to_text(&cells.get("content").unwrap_or_default()),
        created: Some(created),
        edited: time(cells, "updated")?.filter(|updated| *updated > created),
        unwanted: is_spam.then_some("it is marked as spam"),
        ..ForeignComment::default()
    })
}

fn cell(cells: &Cells<'_>, name: &str) -> Option<String> {
    cells.get(name).map(|it| it.trim().to_owned())
}

fn time(cells: &Cells<'_>, name: &str) -> Result<Option<jiff::Timestamp>, String> {
    cell(cells, name)
        .map(|text| moment(&text).ok_or_else(|| bad_time(name, &text)))
        .transpose()
}

fn note_old_encoding(cells: &Cells<'_>, into: &mut Gathered) {
    let old = usize::from(cells.is_of_old_encoding());
    into.report.note("not UTF-8: read as Windows-1252", old);
}
