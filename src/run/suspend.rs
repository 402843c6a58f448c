//! `^z`: the program stops until the shell brings it back.

use std::io;

/// Stops this process as `^z` stops any other; returns once it goes on.
#[cfg(unix)]
pub fn stop_here() -> io::Result<()> {
    use rustix::process::{Signal, getpid, kill_process};
    kill_process(getpid(), Signal::TSTP).map_err(Into::into)
}

#[cfg(not(unix))]
pub fn stop_here() -> io::Result<()> {
    Err(io::Error::other("this system can't suspend a program"))
}
