//! The clipboard, reached by way of the terminal, also from inside tmux and screen.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::{Command, Output, Stdio};

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

use crate::config::Multiplexer;

/// What screen takes of a string in one piece, in bytes.
const SCREEN_PIECE: usize = 700;

/// What the terminal has to be sent so that its clipboard holds the text (OSC 52).
pub fn sequence(text: &str, inside: Option<Multiplexer>) -> String {
    let mut plain = String::new();
    // Writing to a string does not fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain);
    match inside {
        None | Some(Multiplexer::Tmux) => plain,
        Some(Multiplexer::Screen) => through_screen(&plain),
    }
}

/// screen hands on what stands in a device control string, piece by piece; the end of the sequence
/// must not be the end of the string.
fn through_screen(plain: &str) -> String {
    let inner = plain.strip_suffix("\x1b\\").unwrap_or(plain);
    let mut out = String::new();
    for piece in format!("{inner}\x07").as_bytes().chunks(SCREEN_PIECE) {
        // Base64 and what stands around it are ASCII.
        let piece = String::from_utf8_lossy(piece);
        let _ = write!(out, "\x1bP{piece}\x1b\\");
    }
    out
}

/// Hands a text to tmux, which keeps it as its newest buffer and passes it on to the terminal
/// around it. Whether a program in a pane may do that by itself depends on the person's settings;
/// this doesn't. Older versions have the buffer alone.
///
/// # Errors
/// Why not, in tmux's own words.
pub fn hand_to_tmux(text: &str) -> Result<(), String> {
    load_buffer(&["load-buffer", "-w", "-"], text)
        .or_else(|_| load_buffer(&["load-buffer", "-"], text))
}

fn load_buffer(args: &[&str], text: &str) -> Result<(), String> {
    let load = || -> io::Result<Output> {
        let mut tmux = Command::new("tmux")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = tmux.stdin.take() {
            // One that refuses says why, below.
            let _ = stdin.write_all(text.as_bytes());
        }
        tmux.wait_with_output()
    };
    match load() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_is_told_to_hand_the_sequence_on() {
        assert_eq!(sequence("ab", None), "\x1b]52;c;YWI=\x1b\\");
        let screen = Some(Multiplexer::Screen);
        assert_eq!(sequence("ab", screen), "\x1bP\x1b]52;c;YWI=\x07\x1b\\");
        let long = sequence(&"x".repeat(1_500), screen);
        let pieces: Vec<&str> = long.split("\x1b\\").collect();
        assert_eq!(pieces.len(), 4, "three pieces and nothing behind them");
        assert!(pieces.iter().all(|it| it.len() <= SCREEN_PIECE + 2));
        let whole: String = pieces
            .iter()
            .map(|it| it.trim_start_matches("\x1bP"))
            .collect();
        let plain = sequence(&"x".repeat(1_500), None);
        assert_eq!(
            whole.trim_end_matches('\x07'),
            plain.trim_end_matches("\x1b\\")
        );
    }
}
