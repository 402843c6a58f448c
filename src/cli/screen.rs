//! The way to the screen: all that it needs is open when it begins.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::failure::Failure;
use super::house::House;
use crate::sync::station::Station;

/// What the screen is given.
pub struct Opened {
    pub house: House,
    /// Absent on a store to which nobody has been introduced: the screen asks who it is,
    /// introduces them ([`House::introduce`]) and opens their store ([`House::owners_station`]).
    pub station: Option<Station>,
    pub runtime: Runtime,
}

/// Opens the screen, until the person quits.
pub fn open_screen(opened: Opened) -> anyhow::Result<ExitCode> {
    drop(opened);
    anyhow::bail!("the screen is not built into this program; `famdesk list` shows the tickets")
}

/// The screen has nowhere to be without a terminal.
pub fn needs_a_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "the screen needs a terminal to read keys from and to draw on; \
         on a pipe use a command such as `famdesk list` (`famdesk --help` tells them all)",
    ))
}
