//! The log file: what went on behind the scenes, never on the screen, and never what was typed.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;

use crate::config::LogLevel;
use crate::text::SafeLines;

/// Begins to log to stderr, a JSON document a line, for whoever keeps the logs of a server.
pub fn begin_serving(level: LogLevel) {
    let Some(level) = filter(level) else { return };
    // Begun once in a program's life.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(|| SafeLog(io::stderr()))
        .with_max_level(level)
        .try_init();
}

/// Begins to log into the folder's `famdesk.log`, which is for its owner's eyes only. Several
/// programs may write into it, a line at a time. A log that can't be written stops nobody.
pub fn begin(folder: &Path, level: LogLevel) {
    let Some(level) = filter(level) else { return };
    if let Ok(file) = open(&folder.join("famdesk.log")) {
        // Already begun where one program opens two stores; the first file serves.
        let _ = tracing_subscriber::fmt()
            .with_writer(Mutex::new(SafeLog(file)))
            .with_ansi(false)
            .with_max_level(level)
            .try_init();
    }
}

fn filter(level: LogLevel) -> Option<LevelFilter> {
    Some(match level {
        LogLevel::Off => return None,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    })
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).open(path)?;
    // One that an older version made may be open to others.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// A log is read on a terminal: what a record repeats of what somebody typed is made safe.
struct SafeLog<W>(W);

impl<W: Write> Write for SafeLog<W> {
    /// One record at a time, as they come. One that can't be written is let go: nobody is to be
    /// stopped by a full disk below the log, and to complain of it there is no other place.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let _ = self.0.write_all(SafeLines::new(text).as_str().as_bytes());
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_can_not_drive_the_terminal_that_it_is_read_on() {
        let mut log = SafeLog(Vec::new());
        let record = "WARN no queue \u{1b}]52;c;ZXZpbA==\u{7} \u{202e}txt\n";
        write!(log, "{record}").expect("written");
        let text = String::from_utf8(log.0).expect("UTF-8");
        assert_eq!(text, "WARN no queue ␛]52;c;ZXZpbA==␇ \u{fffd}txt\n");
    }
}
