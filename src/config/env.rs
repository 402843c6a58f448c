//! The environment as a value: taken once from the process, or written out by a test.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Environment variables by name. A variable set to nothing counts as not set, which is what
/// `NO_COLOR`, the locale variables and the XDG folders all ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Env {
    variables: BTreeMap<OsString, OsString>,
}

impl Env {
    /// The variables of this process.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The variable as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// The variable as a path, byte for byte.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from)
    }

    /// Whether the variable is set to anything.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }
}

impl<N: Into<OsString>, V: AsRef<OsStr>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let variables = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.as_ref().to_owned()))
            .collect();
        Self { variables }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_set_to_nothing_is_not_set() {
        let env = Env::from_iter([("NO_COLOR", ""), ("TERM", "dumb")]);
        assert!(!env.has("NO_COLOR"));
        assert!(!env.has("LANG"));
        assert_eq!(env.text("TERM").as_deref(), Some("dumb"));
    }
}
