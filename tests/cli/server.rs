//! One server, and people with machines of their own: the real binaries, over an encrypted line.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::{Place, text};

pub(super) const PASSWORD: &str = "heron gravel pudding lantern";

/// A server that runs.
pub(super) struct Server {
    child: Child,
    pub(super) told: Value,
    log: NamedTempFile,
}

impl Server {
    pub(super) fn start(place: &Place, more: &[&str]) -> Server {
        Server::start_by(place, &[], more)
    }

    /// The same by a program that becomes it, with its own name and arguments behind its own.
    pub(super) fn start_by(place: &Place, by: &[&str], more: &[&str]) -> Server {
        let own = [&["serve", "--json"], more].concat();
        let mut command = place.command(&own);
        if let [program, args @ ..] = by {
            let famdesk = [env!("CARGO_BIN_EXE_famdesk")];
            let envs = place.command(&[]);
            command = Command::new(program);
            command.args(args).args(famdesk).args(own);
            for (name, value) in envs.get_envs() {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
        }
        // A pipe that nobody reads would hold it up.
        let log = NamedTempFile::new().expect("a file");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.reopen().expect("opened"))
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("told");
        let told = serde_json::from_str(&line);
        let told = told.unwrap_or_else(|error| {
            let said = std::fs::read_to_string(log.path()).expect("a log");
            panic!("{error}: {line}{said}")
        });
        Server { child, told, log }
    }

    pub(super) fn address(&self) -> String {
        let address = self.told["addresses"][0].as_str().expect("an address");
        address.replace("0.0.0.0", "127.0.0.1")
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn pin(&self) -> &str {
        self.told["pin"].as_str().expect("a pin")
    }

    /// Ends it as a power cut does.
    pub(super) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Ends it as its machine does; its log.
    pub(super) fn stop(self) -> String {
        kill_process(self.pid(), Signal::TERM).expect("told");
        let mut child = self.child;
        let ended = child.wait().expect("ended");
        let log = std::fs::read_to_string(self.log.path()).expect("a log");
        assert!(ended.success(), "{log}");
        log
    }
}

/// Somebody's own machine.
pub(super) struct Machine<'a> {
    pub(super) place: &'a Place,
    pub(super) name: &'a str,
}

impl Machine<'_> {
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.place.command(args);
        command
            .env(
                "FAMDESK_STATE_DIR",
                self.place.path(self.name).join("state"),
            )
            .env("FAMDESK_DATA_DIR", self.place.path(self.name).join("data"));
        command
    }

    fn run(&self, args: &[&str], typed: &str) -> Output {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(typed.as_bytes()).expect("typed");
        drop(stdin);
        child.wait_with_output().expect("ends")
    }

    /// What it says, with success, and nothing besides.
    pub(super) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args, "");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(
            output.status.success(),
            "{} {args:?}: {err}{out}",
            self.name
        );
        assert_eq!(err, "", "{} {args:?}", self.name);
        out
    }

    /// What it says and what it complains of, with success all the same.
    pub(super) fn cut_off(&self, args: &[&str]) -> (String, String) {
        let output = self.run(args, "");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(
            output.status.success(),
            "{} {args:?}: {err}{out}",
            self.name
        );
        (out, err)
    }

    fn fails(&self, args: &[&str], typed: &str) -> String {
        let output = self.run(args, typed);
        assert!(!output.status.success(), "{} {args:?}", self.name);
        text(&output.stderr)
    }

    pub(super) fn json(&self, args: &[&str]) -> Value {
        let all = [args, &["--json"]].concat();
        serde_json::from_str(&self.ok(&all)).expect("JSON")
    }

    fn connects(&self, server: &Server) {
        self.ok(&["connect", &server.address(), "--pin", server.pin()]);
    }

    /// Signs in with what is typed; whatever is secret comes from stdin.
    pub(super) fn signs_in(&self, lines: &[&str]) {
        let typed = lines.join("\n") + "\n";
        let output = self.run(&["login"], &typed);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{}: {err}{out}", self.name);
        assert!(
            !out.contains(PASSWORD) && !err.contains(PASSWORD),
            "{err}{out}"
        );
    }
}

#[test]
fn a_family_works_on_one_server_and_goes_on_without_it() {
    let place = Place::furnished();
    place.ok(&["members", "invite", "Ben"]);
    let server = Server::start(&place, &["--listen", "0.0.0.0:0", "--init"]);
    let [ana, ben] = ["ana", "ben"].map(|name| Machine {
        place: &place,
        name,
    });

    let other_pin = server.pin().replace(&server.pin()[7..11], "AAAA");
    let said = ana.fails(&["connect", &server.address(), "--pin", &other_pin], "");
    assert!(said.contains("somebody may stand in between"), "{said}");
    ana.connects(&server);
    let code = server.told["code"].as_str().expect("a code");
    ana.signs_in(&[code, "ana@example.org", PASSWORD]);
    let token = place
        .path("ana/state")
        .join(server.told["server_id"].as_str().expect("an id"));
    let about = std::fs::metadata(token.join("token")).expect("a token");
    assert_eq!(about.permissions().mode() & 0o777, 0o600);

    let made = ana.json(&["users", "code", "Ben"]);
    ben.connects(&server);
    ben.signs_in(&[
        made["code"].as_str().expect("a code"),
        "ben@example.org",
        PASSWORD,
    ]);
    let said = ben.ok(&["members", "accept"]);
    assert!(said.contains("you are in Rivera now"), "{said}");
    ana.ok(&["groups", "add", "Home", "Ben"]);
    ana.ok(&["new", "--queue", "IT", "--title", "Boiler shows F28"]);
    assert!(ben.ok(&["list"]).contains("Boiler shows F28"));
    ben.ok(&["comment", "1", "The plumber comes at four"]);
    assert!(ana.ok(&["show", "1"]).contains("The plumber comes at four"));

    // Without the server everyone goes on with what they have.
    let address = server.address();
    let port = address.rsplit(':').next().expect("a port").to_owned();
    server.kill();
    let (_, said) = ben.cut_off(&["comment", "1", "Said in the cellar"]);
    assert!(said.contains("your change is saved here"), "{said}");
    let (made, _) = ben.cut_off(&["new", "--queue", "IT", "--title", "Light in the cellar"]);
    assert!(made.contains("Light in the cellar"), "{made}");
    let (listed, said) = ana.cut_off(&["list"]);
    assert!(listed.contains("Boiler shows F28"), "{listed}");
    assert!(said.contains("when the server was reached last"), "{said}");
    // What waits can be taken along as text that anyone reads, a long one whole.
    let long = format!("begins {}ends", "and goes on ".repeat(8_000));
    ben.cut_off(&["comment", "1", &long]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("outbox.txt");
    let to = file.display().to_string();
    let (said, _) = ben.cut_off(&["outbox", "export", "--text", "--to", &to]);
    assert!(said.contains("wrote 3 commands"), "{said}");
    let page = std::fs::read_to_string(&file).expect("a file");
    assert!(page.starts_with("3: waits to be sent"), "{page}");
    assert!(page.contains("\n          Said in the cellar\n"), "{page}");
    assert!(page.contains("begins and goes on") && page.contains("ends\n"));

    // One that does not answer is not waited for.
    let mute = TcpListener::bind(format!("0.0.0.0:{port}")).expect("free");
    let (listed, said) = ana.cut_off(&["list"]);
    assert!(listed.contains("Boiler shows F28"), "{listed}");
    assert!(said.contains("has not told all that is new"), "{said}");
    drop(mute);

    // Another server at the same place is another server.
    let elsewhere = Place::furnished();
    let listen = format!("0.0.0.0:{port}");
    let other = Server::start(&elsewhere, &["--listen", &listen, "--init"]);
    let (_, said) = ben.cut_off(&["list"]);
    assert!(said.contains("another certificate than before"), "{said}");
    other.stop();

    let server = Server::start(&place, &["--listen", &listen]);
    let waits = ben.ok(&["outbox"]);
    assert_eq!(waits, "nothing waits and nothing was refused\n");
    let shown = ana.ok(&["show", "1"]);
    assert!(shown.contains("Said in the cellar"), "{shown}");
    let listed = ana.ok(&["list"]);
    assert!(
        listed.contains("-0002") && listed.contains("Light in the cellar"),
        "{listed}"
    );
    // Beside the store it is the same.
    assert!(place.ok(&["list"]).contains("Light in the cellar"));
    assert!(
        ana.ok(&["audit", "verify"])
            .contains("each fits the one before")
    );
    let log = server.stop();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(line["timestamp"].is_string(), "{line}");
    }
    assert!(log.contains("/v1/families/{family}/commands"), "{log}");
    for secret in ["cellar", "Boiler", PASSWORD, "famdesk_"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn a_device_is_signed_out_from_another_and_keeps_what_it_has() {
    let place = Place::furnished();
    let server = Server::start(&place, &["--listen", "127.0.0.1:0", "--init"]);
    let [laptop, tablet] = ["laptop", "tablet"].map(|name| Machine {
        place: &place,
        name,
    });
    for machine in [&laptop, &tablet] {
        machine.ok(&["connect", &server.address()]);
    }
    let code = server.told["code"].as_str().expect("a code");
    laptop.signs_in(&[code, "ana@example.org", PASSWORD]);
    laptop.ok(&["new", "--queue", "IT", "--title", "Boiler shows F28"]);
    let said = tablet.fails(&["list"], "");
    assert!(said.contains("`famdesk login` signs in"), "{said}");
    let said = tablet.fails(&["login"], "ana@example.org\nnot the password\n");
    assert!(
        said.contains("the e-mail address or the password is wrong"),
        "{said}"
    );
    tablet.signs_in(&["ana@example.org", PASSWORD]);
    let sessions = tablet.json(&["sessions"]);
    let other = sessions.as_array().expect("a list").iter();
    let other: Vec<&Value> = other.filter(|it| it["is_this"] == false).collect();
    assert_eq!(other.len(), 1, "{sessions}");
    let id = other[0]["session_id"].as_str().expect("an id");
    tablet.ok(&["sessions", "revoke", id]);
    let told = tablet.ok(&["sessions", "log"]);
    for what in ["code used", "wrong password", "signed in", "signed out"] {
        assert!(told.contains(what), "{told}");
    }
    let (listed, said) = laptop.cut_off(&["list"]);
    assert!(listed.contains("Boiler shows F28"), "{listed}");
    assert!(said.contains("`famdesk login` signs in"), "{said}");
    let (_, said) = laptop.cut_off(&["comment", "1", "Kept for later"]);
    assert!(said.contains("your change is saved here"), "{said}");
    laptop.signs_in(&["ana@example.org", PASSWORD]);
    laptop.ok(&["list"]);
    assert!(tablet.ok(&["show", "1"]).contains("Kept for later"));
    tablet.ok(&["logout"]);
    let (_, said) = tablet.cut_off(&["list"]);
    assert!(said.contains("`famdesk login` signs in"), "{said}");
    laptop.ok(&["disconnect"]);
    server.stop();
}

#[test]
fn whoever_has_a_login_on_the_servers_machine_is_known_at_its_socket() {
    let place = Place::furnished();
    let socket = place.path("famdesk.sock");
    let path = socket.to_string_lossy().into_owned();
    let server = Server::start(&place, &["--socket", &path]);
    let about = std::fs::metadata(&socket).expect("a socket");
    assert_eq!(about.permissions().mode() & 0o777, 0o660);
    let ana = Machine {
        place: &place,
        name: "ana",
    };
    let at_socket = |args: &[&str]| {
        let output = ana.command(args).env("FAMDESK_SOCKET", &path).output();
        let output = output.expect("starts");
        (
            output.status.success(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (known, _, said) = at_socket(&["families"]);
    assert!(!known && said.contains("famdesk users uid YOU"), "{said}");
    let uid = rustix::process::geteuid().as_raw().to_string();
    // Beside the store, whoever owns it may say so.
    place.ok(&["users", "uid", "me", &uid]);
    let (known, listed, said) = at_socket(&["families"]);
    assert!(known && listed.contains("Rivera"), "{said}{listed}");
    place.ok(&["users", "uid", "me", "none"]);
    let (_, _, said) = at_socket(&["families"]);
    assert!(said.contains("`famdesk login` signs in"), "{said}");
    server.stop();
    assert!(!socket.exists());
}
