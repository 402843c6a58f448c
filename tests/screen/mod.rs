//! The screen as a person has it: the real binary on a terminal of its own, driven by keys.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use terminal::Terminal;

mod disk;
mod drafts;
mod editor;
mod given_back;
mod hostile;
mod input;
mod life;
mod presence;
mod sizes;
mod terminal;
mod together;

/// The size of a usual terminal: columns, rows.
const USUAL: (u16, u16) = (120, 40);

const ENTER: &str = "\r";
const ESC: &str = "\x1b";
/// `^s`, which sends a form.
const SEND: &str = "\x13";

/// A machine on which famdesk was never started.
struct Machine {
    folder: Arc<TempDir>,
    /// The folder of the local stores.
    state: &'static str,
    more_env: Vec<(&'static str, &'static str)>,
}

impl Machine {
    fn new() -> Machine {
        Machine {
            folder: Arc::new(tempfile::tempdir().expect("folder")),
            state: "state",
            more_env: Vec::new(),
        }
    }

    /// Ana's family Rivera, with the group Home and its queue IT.
    fn furnished() -> Machine {
        let machine = Machine::new();
        machine.ok(&["families", "create", "Rivera", "--me", "Ana"]);
        machine.ok(&["groups", "create", "Home"]);
        machine.ok(&["queues", "create", "IT", "--group", "Home"]);
        machine
    }

    fn with_env(mut self, name: &'static str, value: &'static str) -> Machine {
        self.more_env.push((name, value));
        self
    }

    /// The same machine as someone has it who shares the store and nothing else.
    fn shared(&self) -> Machine {
        self.of_another("state-of-another")
    }

    /// The same, with a folder of this name for their local stores.
    fn of_another(&self, state: &'static str) -> Machine {
        Machine {
            folder: Arc::clone(&self.folder),
            state,
            more_env: self.more_env.clone(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self, text: &str) {
        std::fs::write(self.path("config.toml"), text).expect("settings");
    }

    fn env(&self) -> Vec<(&'static str, PathBuf)> {
        let folder = self.folder.path();
        let own = [
            ("FAMDESK_DATA_DIR", folder.join("data")),
            ("FAMDESK_STATE_DIR", folder.join(self.state)),
            ("FAMDESK_CONFIG", folder.join("config.toml")),
            ("HOME", folder.to_owned()),
            ("TMPDIR", folder.to_owned()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default().into()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("USER", "ana".into()),
        ];
        let more = self
            .more_env
            .iter()
            .map(|(name, value)| (*name, value.into()));
        own.into_iter().chain(more).collect()
    }

    /// Starts the screen.
    fn start(&self, args: &[&str]) -> Terminal {
        self.start_sized(USUAL, args)
    }

    fn start_sized(&self, size: (u16, u16), args: &[&str]) -> Terminal {
        let mut argv = vec![env!("CARGO_BIN_EXE_famdesk")];
        argv.extend(args);
        self.start_program(size, &argv)
    }

    /// Starts any program on a terminal of its own.
    fn start_program(&self, size: (u16, u16), argv: &[&str]) -> Terminal {
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.env_clear();
        command.cwd(self.folder.path());
        for (name, value) in self.env() {
            command.env(name, value);
        }
        Terminal::start(size, command)
    }

    /// A subcommand, on pipes.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_famdesk"));
        command
            .args(args)
            .env_clear()
            .envs(self.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("famdesk starts")
    }

    /// What a subcommand says, with success.
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {err}{out}");
        out
    }

    /// Files a ticket in the queue IT.
    fn files(&self, title: &str) {
        self.ok(&["new", "--queue", "IT", "--title", title]);
    }

    /// Files tickets numbered in their titles, in one import rather than by many processes.
    fn files_many(&self, count: usize) {
        let lines: String = (1..=count)
            .map(|n| {
                format!(
                    "{{\"key\":\"MANY-{n}\",\"fields\":{{\"summary\":\"Thing {n:03}\",\
                     \"created\":\"2026-01-01T00:00:00.000+0000\",\
                     \"reporter\":{{\"displayName\":\"Ben\"}},\
                     \"status\":{{\"name\":\"Open\"}},\
                     \"project\":{{\"key\":\"MANY\",\"name\":\"Many\"}}}}}}\n"
                )
            })
            .collect();
        let file = self.path("many.jsonl");
        std::fs::write(&file, lines).expect("import file");
        self.ok(&["import", "jira", &file.to_string_lossy()]);
    }
}

/// All files of that name below a folder.
fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_named(&path, name));
        } else if entry.file_name() == name {
            found.push(path);
        }
    }
    found
}
