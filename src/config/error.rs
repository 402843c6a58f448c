//! What can be wrong with the settings file, said so that it can be put right.

use std::fmt;
use std::path::PathBuf;

use super::paths::PathError;

/// Everything wrong with one settings file; displayed as one line for each problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    pub file: PathBuf,
    /// Never empty; in the order of the file.
    pub problems: Vec<Problem>,
}

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// The setting as a person finds it in the file: `[screen] theme`, `start_view`, `[log]`;
    /// empty where the text is not TOML.
    pub key: String,
    pub what: String,
}

/// Why the settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Path(#[from] PathError),
}

impl Problem {
    pub fn new(line: Option<usize>, key: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            line,
            key: key.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.problems.iter().enumerate() {
            if nth > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", self.file.display())?;
            if let Some(line) = problem.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": ")?;
            if !problem.key.is_empty() {
                write!(f, "{}: ", problem.key)?;
            }
            write!(f, "{}", problem.what)?;
        }
        Ok(())
    }
}
