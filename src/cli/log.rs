//! The log file: what went on behind the scenes, never on the screen, and never what was typed.

use std::io::{self, Write};
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

use crate::config::LogLevel;
use crate::text::SafeLines;

/// Begins to log into the folder's `famdesk.log`. A log that can't be written stops nobody.
pub fn begin(folder: &Path, level: LogLevel) {
    let level = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let file = RollingFileAppender::builder()
        .rotation(Rotation::NEVER)
        .filename_prefix("famdesk.log")
        .build(folder);
    if let Ok(file) = file {
        let file = std::sync::Mutex::new(SafeLog(file));
        // Already begun where one program opens two stores; the first file serves.
        let _ = tracing_subscriber::fmt()
            .with_writer(file)
            .with_ansi(false)
            .with_max_level(level)
            .try_init();
    }
}

/// A log is read on a terminal: what a record repeats of what somebody typed is made safe.
struct SafeLog<W>(W);

impl<W: Write> Write for SafeLog<W> {
    /// One record at a time, as they come.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        self.0.write_all(SafeLines::new(text).as_str().as_bytes())?;
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
