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
    /// Issues of Jira as JSON: a page of a search, an array, or JSON Lines
    #[command(
        after_help = "A second import of the same issues brings nothing twice.\n\
                            Example: famdesk import jira issues.jsonl --severity Urgent=SEV_1"
    )]
    Jira(JiraArgs),
}

#[derive(Debug, Args)]
pub struct JiraArgs {
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Put the queues into this group (otherwise into a new one)
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// What one of Jira's words for priority stands for here
    #[arg(long, value_name = "WORD=SEV", value_parser = word_and_severity)]
    pub severity: Vec<(String, Severity)>,
    /// Read and report; bring nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn word_and_severity(text: &str) -> Result<(String, Severity), String> {
    let (word, severity) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("`{text}` is not WORD=SEV; write one such as Urgent=SEV_1"))?;
    let severity = severity.parse().map_err(|error| format!("{error}"))?;
    Ok((word.to_owned(), severity))
}
