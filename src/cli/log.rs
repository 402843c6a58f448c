//! The log file: what went on behind the scenes, never on the screen, and never what was typed.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::config::LogLevel;

/// Begins to log into the folder's `famdesk.log`, which is for its owner's eyes only. Several
/// programs may write into it, a line at a time. A log that can't be written stops nobody.
pub fn begin(folder: &Path, level: LogLevel) {
    let level = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    if let Ok(file) = open(&folder.join("famdesk.log")) {
        // Already begun where one program opens two stores; the first file serves.
        let _ = tracing_subscriber::fmt()
            .with_writer(Arc::new(file))
            .with_ansi(false)
            .with_max_level(level)
            .try_init();
    }
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
