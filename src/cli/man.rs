//! `famdesk man` and `famdesk completions`: the manual and the shells' completions, made of what
//! the program itself knows of its commands, keys, files and exit codes.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::args::{EXIT_CODES, Line, NUMBERS};
use super::failure::{Failure, Result};
use crate::app::keymap::KeyMap;
use crate::app::registry::{Context, actions};

const NAME: &str = "famdesk";
const KEYS_PAGE: &str = "famdesk-keys";

const FILES: &[(&str, &str)] = &[
    (
        "~/.config/famdesk/config.toml",
        "The settings. `famdesk config` says which are in use and where the file is on this machine.",
    ),
    (
        "~/.local/share/famdesk/",
        "The store: store.db and blobs/. This is what a backup has to hold.",
    ),
    (
        "~/.local/state/famdesk/",
        "What belongs to this machine alone: the local copy of the store, drafts, the log.",
    ),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("FAMDESK_CONFIG", "The settings file."),
    ("FAMDESK_DATA_DIR", "The folder of the store."),
    (
        "FAMDESK_STATE_DIR",
        "The folder of what belongs to this machine alone.",
    ),
    (
        "VISUAL, EDITOR",
        "The editor for longer texts, unless the settings name one; vi otherwise.",
    ),
    ("NO_COLOR", "Set to anything, it forbids colour."),
    ("COLORTERM, TERM", "How many colours there are."),
    (
        "COLORFGBG",
        "Whether the background is light, for the themes that ask.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Whether more than ASCII may be drawn: where the first that is set names UTF-8.",
    ),
    ("TZ", "The time zone in which moments are printed."),
];

/// A page of the manual: the file it goes into, and its text.
struct Page {
    file: String,
    text: Vec<u8>,
}

/// The completions for a shell, on stdout. Those of the common shells ask the program at every Tab;
/// the others know commands and options alone.
pub fn completions(shell: Shell) -> Result<()> {
    let text = match shell {
        Shell::Bash => include_bytes!("completions/famdesk.bash").to_vec(),
        Shell::Zsh => include_bytes!("completions/famdesk.zsh").to_vec(),
        Shell::Fish => include_bytes!("completions/famdesk.fish").to_vec(),
        other => {
            let mut text = Vec::new();
            clap_complete::generate(other, &mut Line::command(), NAME, &mut text);
            text
        }
    };
    io::stdout().write_all(&text)?;
    Ok(())
}

/// Every page into a folder of the manual, or the first one to stdout.
pub fn man(out: Option<&Path>) -> Result<()> {
    let pages = pages()?;
    let Some(folder) = out else {
        if let Some(first) = pages.first() {
            io::stdout().write_all(&first.text)?;
        }
        return Ok(());
    };
    let in_vain = |error: io::Error| {
        Failure::store(format!(
            "{}: {error}; name another folder",
            folder.display()
        ))
    };
    for page in &pages {
        // Where `man` looks for a page of that section.
        let section = page.file.rsplit('.').next().unwrap_or("1");
        let folder = folder.join(format!("man{section}"));
        fs::create_dir_all(&folder).map_err(in_vain)?;
        fs::write(folder.join(&page.file), &page.text).map_err(in_vain)?;
    }
    Ok(())
}

fn pages() -> Result<Vec<Page>> {
    let mut command = Line::command();
    command.build();
    let mut pages = vec![main_page(&command)?, keys_page()?];
    for subcommand in command.get_subcommands() {
        command_pages(subcommand, &mut pages)?;
    }
    Ok(pages)
}

/// The page of a subcommand and those of what stands below it.
fn command_pages(command: &Command, pages: &mut Vec<Page>) -> Result<()> {
    if command.is_hide_set() {
        return Ok(());
    }
    let man = titled(Man::new(command.clone()));
    let mut text = Vec::new();
    man.render(&mut text)?;
    let file = man.get_filename();
    pages.push(Page { file, text });
    command
        .get_subcommands()
        .try_for_each(|below| command_pages(below, pages))
}

fn main_page(command: &Command) -> Result<Page> {
    let man = titled(Man::new(command.clone()));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    let mut more = Roff::new();
    more.control("PP", []);
    more.text([
        roman("Without a command the screen opens; its keys are in "),
        bold(KEYS_PAGE),
        roman("(7), and ? searches them there. "),
        roman(NUMBERS),
    ]);
    more.to_writer(&mut text)?;
    man.render_options_section(&mut text)?;
    man.render_subcommands_section(&mut text)?;
    let mut end = Roff::new();
    terms(&mut end, "EXIT STATUS", EXIT_CODES);
    terms(&mut end, "FILES", FILES);
    terms(&mut end, "ENVIRONMENT", ENVIRONMENT);
    end.control("SH", ["SEE ALSO"]);
    end.text([bold(KEYS_PAGE), roman("(7)")]);
    end.to_writer(&mut text)?;
    let file = man.get_filename();
    Ok(Page { file, text })
}

/// Terms and what they mean, under a heading.
fn terms(roff: &mut Roff, heading: &str, terms: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (term, meaning) in terms {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*meaning)]);
    }
}

/// The keys as they come, context by context.
fn keys_page() -> Result<Page> {
    let map = KeyMap::defaults();
    let mut roff = Roff::new();
    let source = source();
    roff.control("TH", [KEYS_PAGE, "7", "", source.as_str(), MANUAL]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!(
        "{KEYS_PAGE} - the keys of the screen of {NAME}"
    ))]);
    roff.control("SH", ["DESCRIPTION"]);
    roff.text([
        roman("These are the keys as they come. "),
        italic("[keys.<context>]"),
        roman(" in the settings binds others, "),
        bold("famdesk keys"),
        roman(" prints those in use. An action without a key is run by its name, after a colon."),
    ]);
    for context in Context::ALL {
        let here: Vec<_> = actions()
            .filter(|row| row.contexts.contains(&context))
            .collect();
        if here.is_empty() {
            continue;
        }
        let heading = context.word().replace('_', " ").to_uppercase();
        roff.control("SH", [heading.as_str()]);
        for row in here {
            let keys = map.keys_of(row, &[context]);
            let keys = if keys.is_empty() {
                format!(":{}", row.name)
            } else {
                keys.join(", ")
            };
            roff.control("TP", []);
            roff.text([bold(keys)]);
            roff.text([
                roman(format!("{} ", row.help)),
                italic(format!("({})", row.name)),
            ]);
        }
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(NAME), roman("(1)")]);
    let mut text = Vec::new();
    roff.to_writer(&mut text)?;
    let file = format!("{KEYS_PAGE}.7");
    Ok(Page { file, text })
}

const MANUAL: &str = "Fam Help Desk";

fn source() -> String {
    format!("{NAME} {}", env!("CARGO_PKG_VERSION"))
}

fn titled(man: Man) -> Man {
    man.source(source()).manual(MANUAL)
}
