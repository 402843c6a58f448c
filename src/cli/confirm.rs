//! Deletion, the one thing that asks: what is to go has to be written out once more.

use std::io::{self, IsTerminal};

use super::failure::{Failure, Result};
use super::print;

/// Passes only where the name was written once more, behind the command or when asked.
pub fn confirmed(given: Option<String>, name: &str, title: &str) -> Result<()> {
    let typed = match given {
        Some(typed) => typed,
        None => ask(name, title)?,
    };
    if same(&typed, name) {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{name} was not deleted: `{typed}` is not what it is called; \
         write --confirm {} to delete it",
        quoted(name)
    )))
}

/// As a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

fn same(typed: &str, name: &str) -> bool {
    typed.trim().to_lowercase() == name.trim().to_lowercase()
}

fn ask(name: &str, title: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "nobody can be asked here; write --confirm {} to delete it",
            quoted(name)
        )));
    }
    Ok(print::ask(&format!("{title}\ntype {name} to delete it:"))?)
}
