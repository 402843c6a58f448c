//! What is left in the terminal when it was read in a piece. The reader underneath is told only
//! when something new comes, so that the rest of a long burst would lie there until the next key
//! (crossterm issue 1057).

use std::io;

/// Whether the terminal holds unread keys; if so, the reader is told of them again.
#[cfg(unix)]
pub fn has_a_rest() -> io::Result<bool> {
    use rustix::io::ioctl_fionread;
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    let keys = io::stdin();
    if ioctl_fionread(&keys)? == 0 {
        return Ok(false);
    }
    // Setting the modes that are set changes nothing, and wakes whoever waits for the terminal.
    let modes = tcgetattr(&keys)?;
    tcsetattr(&keys, OptionalActions::Now, &modes)?;
    Ok(true)
}

#[cfg(not(unix))]
pub fn has_a_rest() -> io::Result<bool> {
    Ok(false)
}
