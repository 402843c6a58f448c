//! `famdesk undo` and `famdesk redo`: what this person did last, here or on the screen.

use super::errand::Errand;
use super::failure::{Exit, Result};
use super::print::complain;
use super::write;
use crate::replica::Turn;
use crate::replica::view::Left;

/// Undoes or does again, says what that was, and names what was left as it is.
pub async fn turn(errand: &mut Errand, turn: Turn) -> Result<Exit> {
    let turned = write::turn(&errand.station, turn).await?;
    let left: Vec<String> = turned.left.iter().map(Left::to_string).collect();
    for why in &left {
        complain(&format!("left as it is: {why}"));
    }
    if errand.out.is_json() {
        let done = match turn {
            Turn::Back => "undone",
            Turn::Again => "redone",
        };
        errand
            .out
            .json(&serde_json::json!({ done: turned.words, "left": left }))?;
    } else {
        let line = match turn {
            Turn::Back => format!("undone: {}", turned.words),
            Turn::Again => format!("done again: {}", turned.words),
        };
        errand.out.line(line)?;
    }
    Ok(if left.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    })
}
