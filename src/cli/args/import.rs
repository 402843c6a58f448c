//! What may be said to `famdesk import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::TakeInArgs;
use crate::model::severity::Severity;

#[derive(Debug, Subcommand)]
pub enum ImportFrom {
    /// A whole family, as `famdesk export` wrote it, with its history and its numbers
    #[command(
        after_help = "It goes on as the same history; a second import brings nothing twice.\n\
                      Example: famdesk import famdesk rivera-2026"
    )]
    Famdesk(TakeInArgs),
    #[command(flatten)]
    Elsewhere(Elsewhere),
}

/// Another system.
#[derive(Debug, Subcommand)]
pub enum Elsewhere {
    /// CSV of any kind; a mapping file says which column is what
    #[command(after_help = "--show-map prints what a mapping file may say.\n\
                      Example: famdesk import csv tickets.csv --map columns.toml --dry-run")]
    Csv(FromArgs),
    /// GitHub issues and comments as JSON, of `gh issue list --json` or the REST interface
    #[command(
        name = "github",
        after_help = "Example: famdesk import github issues.json --severity urgent=SEV_2",
        after_long_help = "Write the file by: gh issue list --state all --limit 100000 --json \
                      number,url,title,body,state,stateReason,author,assignees,labels,milestone,\
                      comments,createdAt,updatedAt,closedAt > issues.json\n\
                      Example: famdesk import github issues.json --severity urgent=SEV_2"
    )]
    GitHub(FromArgs),
    /// Tasks out of iCalendar files (VTODO)
    #[command(after_help = "Example: famdesk import ical tasks.ics --dry-run")]
    Ical(FromArgs),
    /// Issues of Jira as JSON: a page of a search, an array, or JSON Lines
    #[command(
        after_help = "A second import of the same issues brings nothing twice.\n\
                            Example: famdesk import jira issues.jsonl --severity Urgent=SEV_1"
    )]
    Jira(FromArgs),
    /// Mail: mbox files, single messages, or folders of them such as a Maildir
    #[command(
        after_help = "Threads go by Message-ID, so give the sent mail along with the received.\n\
                      Example: famdesk import mail inbox.mbox sent.mbox --dry-run"
    )]
    Mail(FromArgs),
    /// Questions and answers of Mozilla Support as CSV
    // Few families have any; the list of the others fits a screen without it.
    #[command(
        hide = true,
        after_help = "Example: famdesk import sumo questions.csv answers.csv --dry-run"
    )]
    Sumo(FromArgs),
    /// Tasks of Taskwarrior, as `task export` writes them
    #[command(after_help = "Example: famdesk import taskwarrior tasks.json")]
    Taskwarrior(FromArgs),
    /// Tickets of Zendesk as JSON, with audits, comments, users and groups
    #[command(
        after_help = "Give the files of one export together; names and comments find their tickets.\n\
                      Example: famdesk import zendesk tickets.json audits.json users.json"
    )]
    Zendesk(FromArgs),
}

#[derive(Debug, Args)]
pub struct FromArgs {
    /// What to read, `-` for what is piped in
    #[arg(required_unless_present = "show_map", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Put new queues into this group (otherwise into a new one)
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// Tables of your own: severity, status, queue, people
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// What one of the source's words for severity stands for here
    #[arg(long, value_name = "WORD=SEV", value_parser = word_and_severity)]
    pub severity: Vec<(String, Severity)>,
    /// Print the usual tables, to be changed and given with --map
    #[arg(long)]
    pub show_map: bool,
    /// Show what would become of each row; bring nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How many tickets a dry run shows; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20, hide_short_help = true)]
    pub rows: usize,
    /// Name every skipped row, not the first few of each kind
    #[arg(long, hide_short_help = true)]
    pub all_skipped: bool,
}

impl Elsewhere {
    pub fn args(&self) -> &FromArgs {
        match self {
            Elsewhere::Csv(args)
            | Elsewhere::GitHub(args)
            | Elsewhere::Ical(args)
            | Elsewhere::Jira(args)
            | Elsewhere::Mail(args)
            | Elsewhere::Sumo(args)
            | Elsewhere::Taskwarrior(args)
            | Elsewhere::Zendesk(args) => args,
        }
    }
}

fn word_and_severity(text: &str) -> Result<(String, Severity), String> {
    let (word, severity) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("`{text}` is not WORD=SEV; write one such as Urgent=SEV_1"))?;
    let severity = severity.parse().map_err(|error| format!("{error}"))?;
    Ok((word.to_owned(), severity))
}
