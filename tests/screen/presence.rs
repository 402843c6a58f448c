//! Two people before their own screens, on one server: each sees what the other is about.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{ENTER, ESC, Machine, SEND};

const PASSWORD: &str = "heron gravel pudding lantern";

/// A server that runs over a store.
struct Server {
    child: Child,
    told: Value,
}

impl Server {
    fn start(machine: &Machine) -> Server {
        let mut command =
            machine.command(&["serve", "--json", "--listen", "127.0.0.1:0", "--init"]);
        let mut child = command.stderr(Stdio::null()).spawn().expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("told");
        let told = serde_json::from_str(&line).expect("JSON");
        Server { child, told }
    }

    fn stop(mut self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("told");
        assert!(self.child.wait().expect("ended").success());
    }
}

/// A machine of their own, on which somebody signs in by a code.
fn signed_in(machine: &Machine, state: &'static str, server: &Server, typed: &str) -> Machine {
    let theirs = machine.of_another(state);
    let address = server.told["addresses"][0].as_str().expect("an address");
    theirs.ok(&["connect", address]);
    let mut command = theirs.command(&["login"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    write!(stdin, "{typed}\n{PASSWORD}\n").expect("typed");
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{err}");
    theirs
}

#[test]
fn one_sees_the_other_look_and_reply_and_leave() {
    let machine = Machine::furnished();
    machine.ok(&["members", "invite", "Ben"]);
    machine.files("Boiler shows F28");
    let server = Server::start(&machine);
    let code = server.told["code"].as_str().expect("a code");
    let ana = signed_in(
        &machine,
        "ana",
        &server,
        &format!("{code}\nana@example.org"),
    );
    let made: Value =
        serde_json::from_str(&ana.ok(&["users", "code", "Ben", "--json"])).expect("JSON");
    let code = made["code"].as_str().expect("a code");
    let ben = signed_in(
        &machine,
        "ben",
        &server,
        &format!("{code}\nben@example.org"),
    );
    ben.ok(&["members", "accept"]);
    ana.ok(&["groups", "add", "Home", "Ben"]);

    let mut anas = ana.start(&[]);
    anas.shows("● live").shows("Boiler shows F28");
    let mut bens = ben.start_sized((80, 24), &[]);
    bens.shows("● live").shows("Boiler shows F28");
    anas.hides("Ben is");
    // Whoever has only the list is at no ticket.
    bens.keys(ENTER).shows("4 Thread");
    anas.shows("◉").keys(ENTER).shows("Ben is viewing");
    bens.shows("Ana is viewing");
    bens.keys("c").shows("Comment on").types("On my way");
    anas.shows("Ben is replying").shows("¶");
    // What both write meets: the one is told of the other before sending.
    anas.keys("c").shows("Comment on").shows("Ben is replying");
    bens.shows("Ana is replying");
    bens.keys(SEND).hides("Comment on");
    anas.shows("since you began: Ben wrote a comment");
    anas.keys(ESC).hides("Comment on").shows("Ben is viewing");
    bens.shows("Ana is viewing").quits();
    anas.hides("Ben is").hides("◉");
    anas.quits();
    server.stop();
}
