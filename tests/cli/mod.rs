//! The command line as people and scripts use it: the real binary, in a place of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

mod api;
mod bad_input;
mod broker;
mod everyday;
mod faults;
mod files;
mod hostile;
mod household;
mod import;
mod manual;
mod server;
mod ssh;
mod store;
mod together;

/// A machine on which famdesk was never started.
struct Place {
    folder: TempDir,
    /// The store's folder below it.
    data: String,
}

impl Place {
    fn new() -> Place {
        Place::with_data_in("data")
    }

    fn with_data_in(data: &str) -> Place {
        Place {
            folder: tempfile::tempdir().expect("folder"),
            data: data.to_owned(),
        }
    }

    /// Ana's family Rivera, with the group Home and its queues IT and Kitchen.
    fn furnished() -> Place {
        let place = Place::new();
        place.furnish();
        place
    }

    fn furnish(&self) {
        self.ok(&["families", "create", "Rivera", "--me", "Ana"]);
        self.ok(&["groups", "create", "Home"]);
        self.ok(&["queues", "create", "IT", "--group", "Home"]);
        self.ok(&["queues", "create", "Kitchen", "--group", "Home"]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.data().join("store.db")
    }

    fn data(&self) -> PathBuf {
        self.path(&self.data)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_famdesk"));
        command
            .args(args)
            .env("FAMDESK_DATA_DIR", self.data())
            .env("FAMDESK_STATE_DIR", self.path("state"))
            .env("FAMDESK_CONFIG", self.path("config.toml"))
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("NO_COLOR", "1")
            .env("TZ", "UTC")
            .env("USER", "ana")
            .env_remove("VISUAL")
            .env_remove("EDITOR")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("famdesk starts")
    }

    /// What it says, with success.
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{args:?}: {err}{out}");
        assert_eq!(err, "", "{args:?}");
        out
    }

    /// What it complains of, with the given exit code.
    fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {err}");
        err
    }

    /// The one JSON document that it prints.
    fn json(&self, args: &[&str]) -> Value {
        let all: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let out = self.ok(&all);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// Files a ticket in the queue IT; its number.
    fn files(&self, title: &str) -> String {
        let made = self.json(&["new", "--queue", "IT", "--title", title]);
        made["number"].as_str().expect("a number").to_owned()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("readable folder")
        .map(|entry| {
            entry
                .expect("entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}
