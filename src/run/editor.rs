//! A text's round trip through the person's own editor.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why an edit came to nothing. The text is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("the editor `{0}` is not a command; set [editor] command in the settings")]
    NotACommand(String),
    #[error("`{command}` could not be started ({why}); set [editor] command in the settings")]
    NotStarted { command: String, why: io::Error },
    #[error("`{command}` ended with an error; the text was left as it was, and yours is in {}", file.display())]
    Failed { command: String, file: PathBuf },
    #[error("what `{command}` left in {} is not UTF-8 text; the text was left as it was", file.display())]
    NotText { command: String, file: PathBuf },
    #[error("`{command}` left no file at {}; the text was left as it was", file.display())]
    Gone { command: String, file: PathBuf },
    #[error("{} can't be used ({why}); make room there or set another state folder", file.display())]
    File { file: PathBuf, why: io::Error },
}

/// Runs the editor on a private file that holds the text, and returns what it left there. The
/// command line is split at spaces and run without a shell; what comes back is data.
pub fn edit(command: &str, folder: &Path, text: &str) -> Result<String, EditError> {
    let mut words = command.split_whitespace();
    let Some(program) = words.next() else {
        return Err(EditError::NotACommand(command.to_owned()));
    };
    let file = free_name(folder);
    let at_file = |why| EditError::File {
        file: file.clone(),
        why,
    };
    private_file(&file)
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .map_err(at_file)?;
    let status = Command::new(program)
        .args(words)
        .arg(&file)
        .status()
        .map_err(|why| {
            let _ = fs::remove_file(&file);
            EditError::NotStarted {
                command: command.to_owned(),
                why,
            }
        })?;
    if !status.success() {
        return Err(EditError::Failed {
            command: command.to_owned(),
            file,
        });
    }
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let command = command.to_owned();
            return Err(EditError::Gone { command, file });
        }
        Err(why) => return Err(at_file(why)),
    };
    let Ok(edited) = String::from_utf8(bytes) else {
        let command = command.to_owned();
        return Err(EditError::NotText { command, file });
    };
    // A leftover is harmless: only this person can read it.
    let _ = fs::remove_file(&file);
    Ok(edited.trim_end_matches('\n').to_owned())
}

/// What an earlier edit has left behind stays.
fn free_name(folder: &Path) -> PathBuf {
    let process = std::process::id();
    let mut name = folder.join(format!("edit-{process}.md"));
    let mut n = 1;
    while name.exists() {
        n += 1;
        name = folder.join(format!("edit-{process}-{n}.md"));
    }
    name
}

pub(super) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_editor_leaves_comes_back_and_the_file_goes() {
        let folder = tempfile::tempdir().expect("folder");
        let script = folder.path().join("editor.sh");
        fs::write(&script, "echo ' and more' >> \"$1\"\n").expect("script");
        let command = format!("sh {}", script.display());
        let edited = edit(&command, folder.path(), "some text").expect("edited");
        assert_eq!(edited, "some text and more");
        let left = fs::read_dir(folder.path()).expect("folder").count();
        assert_eq!(left, 1, "only the script is left");
    }

    #[test]
    fn an_editor_that_fails_leaves_the_text_in_a_file_that_the_message_names() {
        let folder = tempfile::tempdir().expect("folder");
        let error = edit("false", folder.path(), "precious").expect_err("fails");
        let EditError::Failed { file, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(fs::read_to_string(file).expect("kept"), "precious");
        let kept = file.clone();
        edit("true", folder.path(), "another").expect("edited");
        let still = fs::read_to_string(kept).expect("kept");
        assert_eq!(still, "precious", "a later edit takes another file");
        assert!(edit("", folder.path(), "").is_err());
        assert!(edit("no-such-editor-anywhere", folder.path(), "").is_err());
        for (script, why) in [
            ("rm \"$1\"", "left no file"),
            ("printf 'caf\\351' > \"$1\"", "is not UTF-8"),
        ] {
            let path = folder.path().join("editor.sh");
            fs::write(&path, script).expect("script");
            let error = edit(&format!("sh {}", path.display()), folder.path(), "precious");
            let error = error.expect_err(script).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
