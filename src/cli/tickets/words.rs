//! What a person writes at length: behind the command, through stdin, or in their editor. What
//! can't be had again is kept in a file where it was refused.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::cli::errand::Errand;
use crate::cli::failure::{Failure, Result};
use crate::config::Origin;
use crate::run::editor;

/// A text, and whether it stands nowhere else.
pub(super) struct Written {
    pub text: String,
    only_here: bool,
}

/// A text that was given: itself, or stdin where it is `-`.
pub(super) fn given(text: String) -> Result<Written> {
    if text == "-" {
        return from_stdin();
    }
    Ok(Written {
        text,
        only_here: false,
    })
}

/// A text that was given; else stdin where somebody pipes one in; else what the editor leaves.
pub(super) fn given_or_asked(text: Option<String>, errand: &Errand) -> Result<Written> {
    let written = match text {
        Some(text) => return given(text),
        None if io::stdin().is_terminal() => in_editor(errand, "")?,
        None => from_stdin()?,
    };
    if written.text.trim().is_empty() {
        return Err(Failure::refused("nothing was written, so nothing was said"));
    }
    Ok(written)
}

/// What the person's editor leaves of a text.
pub(super) fn in_editor(errand: &Errand, before: &str) -> Result<Written> {
    let setting = &errand.house.setting;
    let (command, origin) = setting.config.settings.editor.in_use(&setting.env);
    if origin == Origin::Default && !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "say what to change (`famdesk edit --help`), or set EDITOR to write it there",
        ));
    }
    let folder = errand.house.folder_of(errand.station.me());
    let text = editor::edit(&command, &folder, before).map_err(Failure::refused)?;
    Ok(Written {
        text,
        only_here: true,
    })
}

fn from_stdin() -> Result<Written> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    // What is not UTF-8 is better shown with marks than not at all.
    let text = String::from_utf8_lossy(&bytes);
    Ok(Written {
        text: text.trim_end_matches(['\n', '\r']).to_owned(),
        only_here: true,
    })
}

impl Written {
    /// The failure, with where the text is kept.
    pub fn kept(&self, errand: &Errand, failure: Failure) -> Failure {
        if !self.only_here || self.text.trim().is_empty() {
            return failure;
        }
        let name = format!("kept-{}.md", errand.station.source().fresh());
        let path = errand.house.folder_of(errand.station.me()).join(name);
        let message = match keep(&path, &self.text) {
            Ok(()) => format!(
                "{}\nwhat you wrote is kept in {}",
                failure.message,
                path.display()
            ),
            Err(error) => format!(
                "{}\nwhat you wrote could not be kept in {} ({error})",
                failure.message,
                path.display()
            ),
        };
        Failure { message, ..failure }
    }
}

/// Only this person may look into the folder.
fn keep(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, format!("{text}\n"))
}
