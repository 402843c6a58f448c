//! What could stand where one is typing on the command line of a shell: commands and options as clap
//! knows them, and names and numbers out of the local copy. Nothing is written and nobody is asked,
//! so that a Tab never waits.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::args::{Globals, Line, Tab, TabShell};
use super::house::Setting;
use crate::query::{Names, Order, Query, Term};
use crate::replica::Replica;
use crate::replica::view::{Anchor, Answer, ListQuery, Question, TicketRow};
use crate::text::SafeText;

/// How many tickets are offered, those that something happened to last.
const TICKETS: usize = 200;

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Ticket,
    Person,
    Queue,
    Group,
    Tag,
    Family,
}

/// What there is to name.
#[derive(Debug, Default)]
struct Known {
    names: Names,
    families: Vec<String>,
    /// Numbers and titles.
    tickets: Vec<(String, String)>,
}

/// Prints what could stand at the last of the words, one candidate a line, with a tab and what it
/// means behind it. Whatever goes wrong, there is nothing to offer.
pub fn offer(tab: &Tab) -> io::Result<()> {
    let mut words = tab.words.clone();
    let kept = match tab.shell {
        TabShell::Bash => join_at_signs(&mut words),
        TabShell::Zsh | TabShell::Fish => 0,
    };
    let known = Arc::new(known(&words).unwrap_or_default());
    let mut line = Line::command();
    line.build();
    let mut line = with_values(line, &known);
    let at = words.len().saturating_sub(1);
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let folder = std::env::current_dir().ok();
    let found = complete(&mut line, words, at, folder.as_deref()).unwrap_or_default();
    let mut out = io::stdout().lock();
    for candidate in found.iter().filter(|it| !it.is_hide_set()) {
        let value = SafeText::of(candidate.get_value().display()).into_string();
        let help = candidate.get_help().map(ToString::to_string);
        let help = SafeText::new(help.unwrap_or_default());
        let value = value.get(kept..).unwrap_or(&value);
        writeln!(out, "{value}\t{}", help.as_str())?;
    }
    out.flush()
}

/// bash parts words at `=` and `:`; puts the last one together again, without the quote that it may
/// begin with. Gives how much of it bash keeps by itself.
fn join_at_signs(words: &mut Vec<String>) -> usize {
    let is_sign = |word: Option<&String>| word.is_some_and(|it| it == "=" || it == ":");
    let mut parts: Vec<String> = words.pop().into_iter().collect();
    while words.len() > 1 && (is_sign(words.last()) || is_sign(parts.last())) {
        parts.extend(words.pop());
    }
    parts.reverse();
    let last = if is_sign(parts.last()) { 0 } else { 1 };
    let before = parts.len().saturating_sub(last);
    let kept = parts[..before].iter().map(String::len).sum();
    let whole = parts.concat();
    words.push(whole.trim_start_matches(['"', '\'']).replace('\\', ""));
    kept
}

/// The line's arguments with the values that they take.
fn with_values(command: Command, known: &Arc<Known>) -> Command {
    let command = command.mut_args(|arg| {
        let takes = taken_by(&arg);
        if takes.is_empty() {
            return arg;
        }
        let none = names_of(&arg).any(|name| name.contains("none"));
        let known = Arc::clone(known);
        let values = move |typed: &OsStr| known.values(&takes, none, typed);
        arg.add(ArgValueCompleter::new(values))
    });
    let names: Vec<String> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |it| with_values(it, known))
    })
}

fn names_of(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_value_names()
        .unwrap_or_default()
        .iter()
        .map(clap::builder::Str::as_str)
}

/// What an argument takes, told by what its help calls the value.
fn taken_by(arg: &Arg) -> Vec<Takes> {
    let long = arg.get_long().unwrap_or_default();
    let words: Vec<&str> = names_of(arg).flat_map(|name| name.split('|')).collect();
    let id = arg.get_id().as_str();
    let is_tag = words.contains(&"T") && matches!(long, "tag" | "add" | "remove");
    let says = |all: &[&str]| all.iter().any(|it| words.contains(it) || id == *it);
    let ways = [
        (says(&["NUMBER", "number"]), Takes::Ticket),
        (says(&["WHO", "USER", "who"]), Takes::Person),
        (says(&["QUEUE", "Q", "queue"]), Takes::Queue),
        (says(&["GROUP", "group"]), Takes::Group),
        (is_tag, Takes::Tag),
        (long == "family", Takes::Family),
    ];
    let meant = ways.into_iter().filter(|(is_meant, _)| *is_meant);
    meant.map(|(_, takes)| takes).collect()
}

impl Known {
    fn values(&self, takes: &[Takes], none: bool, typed: &OsStr) -> Vec<CompletionCandidate> {
        let mut all: Vec<(String, String)> =
            takes.iter().flat_map(|takes| self.all(*takes)).collect();
        if none {
            all.push(("none".to_owned(), String::new()));
        }
        let typed = typed.to_string_lossy().to_lowercase();
        let all = all.into_iter();
        all.filter(|(value, _)| value.to_lowercase().starts_with(&typed))
            .map(|(value, help)| CompletionCandidate::new(value).help(Some(help.into())))
            .collect()
    }

    /// Everything of a kind, each with what it means.
    fn all(&self, takes: Takes) -> Vec<(String, String)> {
        let plain = |name: &String| (name.clone(), String::new());
        match takes {
            Takes::Ticket => self.tickets.clone(),
            Takes::Person => {
                let me = ("me".to_owned(), "you".to_owned());
                let people = self.names.people.iter().map(|(_, name)| plain(name));
                [me].into_iter().chain(people).collect()
            }
            Takes::Queue => {
                let queues = self.names.queues.iter();
                let named = queues.map(|it| match self.names.queue_term(it.queue_id) {
                    Term::Queue(name) => (name, self.names.queue_in_full(it)),
                    _ => plain(&it.queue_name),
                });
                named.collect()
            }
            Takes::Group => self
                .names
                .groups
                .iter()
                .map(|(_, name)| plain(name))
                .collect(),
            Takes::Tag => self.names.tags.iter().map(plain).collect(),
            Takes::Family => self.families.iter().map(plain).collect(),
        }
    }
}

/// What the local copy in use holds.
fn known(words: &[String]) -> Option<Known> {
    let data = value_of("--data", words).map(PathBuf::from);
    let setting = Setting::find(&Globals {
        data,
        ..Globals::default()
    });
    let replica = Replica::open_reader(&newest_copy(&setting.ok()?.config.places.state)?).ok()?;
    let ask = |question| replica.answer(&question).ok();
    let Answer::Families(families) = ask(Question::Families)? else {
        return None;
    };
    let wanted = value_of("--family", words).map(str::to_lowercase);
    let meant = |name: &str| wanted.as_deref().is_none_or(|it| name.to_lowercase() == it);
    let family = match families
        .iter()
        .filter(|it| meant(&it.family_name))
        .collect::<Vec<_>>()[..]
    {
        [one] => Some(one.family_id),
        _ => None,
    };
    let names = match family {
        Some(family_id) => match ask(Question::Family(family_id))? {
            Answer::Family(view) => view.map(|view| view.names()),
            _ => None,
        },
        None => match ask(Question::Names)? {
            Answer::Names(names) => Some(*names),
            _ => None,
        },
    };
    let latest = Question::List {
        query: ListQuery {
            family,
            filter: Default::default(),
            order: Query::default().sorted(Order::LATEST).order(),
        },
        anchor: Anchor::Top,
        before: 0,
        after: TICKETS,
    };
    let rows = match ask(latest)? {
        Answer::List(window) => window.rows,
        _ => Vec::new(),
    };
    let numbered = |row: TicketRow| Some((row.number?.to_string(), row.title));
    Some(Known {
        names: names.unwrap_or_default(),
        families: families.into_iter().map(|it| it.family_name).collect(),
        tickets: rows.into_iter().filter_map(numbered).collect(),
    })
}

/// The value that an option of the line has; the last word is still being typed.
fn value_of<'a>(option: &str, words: &'a [String]) -> Option<&'a str> {
    let (_, words) = words.split_last()?;
    let mut given = words.iter().enumerate().rev();
    given.find_map(|(at, word)| {
        let joined = word.strip_prefix(option)?;
        match joined.strip_prefix('=') {
            Some(value) => Some(value),
            None if joined.is_empty() => words.get(at + 1).map(String::as_str),
            None => None,
        }
    })
}

/// Of the local copies on this machine, the one that was written last.
fn newest_copy(state: &Path) -> Option<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let copies = inside(state.to_owned()).flat_map(|store| inside(store.path()));
    let written = |folder: &Path| -> Option<SystemTime> {
        let files = ["replica.db", "replica.db-wal"];
        let times = files.iter().filter_map(|file| {
            let about = fs::metadata(folder.join(file)).ok()?;
            about.modified().ok()
        });
        times.max()
    };
    copies
        .filter_map(|copy| Some((written(&copy.path())?, copy.path())))
        .max()
        .map(|(_, folder)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_bash_parts_is_put_together_again() {
        for (words, whole, kept) in [
            (&["famdesk", "show", "RIV"][..], "RIV", 0),
            (&["famdesk", "list", "--queue", "=", "I"], "--queue=I", 8),
            (&["famdesk", "list", "--queue", "="], "--queue=", 8),
            (&["famdesk", "new", "--queue", "\"Book cl"], "Book cl", 0),
            (&["famdesk", "new", "--queue", r"Book\ cl"], "Book cl", 0),
        ] {
            let mut words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
            let keeps = join_at_signs(&mut words);
            assert_eq!(words.last().map(String::as_str), Some(whole));
            assert_eq!(keeps, kept, "{whole}");
        }
    }

    #[test]
    fn an_options_value_is_found_in_either_form() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let of = |text| value_of("--family", &words(text)).map(str::to_owned);
        assert_eq!(of("famdesk --family Band list x").as_deref(), Some("Band"));
        assert_eq!(of("famdesk --family=Band list x").as_deref(), Some("Band"));
        assert_eq!(of("famdesk list --familyx x"), None);
    }
}
