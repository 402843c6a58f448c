//! The log file: what went on behind the scenes, never on the screen, and never what was typed.

use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

use crate::config::LogLevel;

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
        // Already begun where one program opens two stores; the first file serves.
        let _ = tracing_subscriber::fmt()
            .with_writer(file)
            .with_ansi(false)
            .with_max_level(level)
            .try_init();
    }
}
