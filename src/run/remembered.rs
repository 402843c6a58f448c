//! What was typed into lines, kept across restarts: a private file of JSON lines, the newest last.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::{LineKind, RECALLED};
use crate::config::write_private;

#[derive(Serialize, Deserialize)]
struct Line {
    kind: LineKind,
    text: String,
}

/// The file, which need not be there.
#[derive(Debug, Clone)]
pub struct Remembered {
    file: PathBuf,
}

impl Remembered {
    /// The one in a person's own folder.
    pub fn in_folder(folder: &Path) -> Remembered {
        Remembered {
            file: folder.join("typed.jsonl"),
        }
    }

    /// Everything that is kept. What can't be read is as if it had never been typed.
    pub fn load(&self) -> Vec<(LineKind, String)> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.map(|line: Line| (line.kind, line.text)).collect()
    }

    /// Adds a text to what stands there now, which other programs may have added to.
    pub fn add(&self, kind: LineKind, text: &str) -> io::Result<()> {
        let mut all = self.load();
        let new = (kind, text.to_owned());
        all.retain(|it| *it != new);
        all.push(new);
        let of_kind = all.iter().filter(|it| it.0 == kind).count();
        if of_kind > RECALLED
            && let Some(oldest) = all.iter().position(|it| it.0 == kind)
        {
            all.remove(oldest);
        }
        let mut document = String::new();
        for (kind, text) in all {
            document.push_str(&serde_json::to_string(&Line { kind, text })?);
            document.push('\n');
        }
        let fresh = self.file.with_extension(Uuid::new_v4().to_string());
        write_private(&fresh, document.as_bytes())
            .and_then(|()| fs::rename(&fresh, &self.file))
            .inspect_err(|_| {
                let _ = fs::remove_file(&fresh);
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_there_again_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = Remembered::in_folder(folder.path());
        assert!(kept.load().is_empty());
        for n in 0..RECALLED + 3 {
            kept.add(LineKind::Query, &format!("sev:{n}"))
                .expect("writable");
        }
        kept.add(LineKind::Search, "two\nlines").expect("writable");
        kept.add(LineKind::Query, "sev:9").expect("writable");
        let all = kept.load();
        assert_eq!(all.len(), RECALLED + 1);
        assert_eq!(all[0].1, "sev:3");
        assert_eq!(all.last(), Some(&(LineKind::Query, "sev:9".to_owned())));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&kept.file)
                .expect("there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_costs_only_the_lines_that_are_damaged() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = Remembered::in_folder(folder.path());
        let text = "{\"kind\":\"filter\",\"text\":\"wifi\"}\nrubbish\n{\"kind\":\"unknown\",\"text\":\"x\"}\n";
        fs::write(&kept.file, text).expect("writable");
        assert_eq!(kept.load(), [(LineKind::Filter, "wifi".to_owned())]);
    }
}
