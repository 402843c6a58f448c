//! A server's socket that a real `ssh -L` forwards: whoever comes through it is the user that signed
//! in over ssh, as if they sat at that machine.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::server::Server;
use super::{Place, text};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(30);

/// Set by whoever knows that no sshd can be had here, and says so.
const WITHOUT: &str = "FAMDESK_WITHOUT_SSHD";

const SSHD: &str = "/usr/sbin/sshd";

/// A daemon for one user, and a forwarded socket; both end with this.
struct Forwarded {
    folder: TempDir,
    children: Vec<Child>,
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Forwarded {
    /// Signs in over ssh and forwards the socket.
    fn from(socket: &Path, user: &str) -> Forwarded {
        let folder = TempDir::new().expect("a folder");
        // The user at the other end reads the keys that they may sign in by.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("set");
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "own"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(at(name))
                .status();
            assert!(made.expect("ssh-keygen").success());
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\n\
             StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\n",
            at("host").display(),
            at("own.pub").display(),
        );
        fs::write(at("settings"), settings).expect("written");
        let daemon = Command::new(SSHD)
            .args(["-D", "-e", "-f"])
            .arg(at("settings"))
            .stderr(fs::File::create(at("log")).expect("a file"))
            .spawn();
        let mut forwarded = Forwarded {
            children: vec![daemon.expect("sshd starts")],
            folder,
        };
        forwarded.until("sshd", |_| {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let here = forwarded.socket();
        let client = Command::new("ssh")
            .args(["-N", "-F", "none", "-o", "StrictHostKeyChecking=no"])
            .args([
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "IdentitiesOnly=yes",
            ])
            .args(["-o", "ExitOnForwardFailure=yes", "-o", "BatchMode=yes"])
            .args(["-p", &port.to_string(), "-i"])
            .arg(forwarded.folder.path().join("own"))
            .arg("-L")
            .arg(format!("{}:{}", here.display(), socket.display()))
            .arg(format!("{user}@127.0.0.1"))
            .stdin(Stdio::null())
            .stderr(fs::File::create(forwarded.folder.path().join("client")).expect("a file"))
            .spawn();
        forwarded.children.push(client.expect("ssh starts"));
        forwarded.until("ssh", |it| UnixStream::connect(it.socket()).is_ok());
        forwarded
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("here.sock")
    }

    /// Waits until something has come about.
    fn until(&self, what: &str, came: impl Fn(&Forwarded) -> bool) {
        let begun = Instant::now();
        while !came(self) {
            let said = ["log", "client"]
                .map(|name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default());
            assert!(
                begun.elapsed() < PATIENCE,
                "{what} did not come up: {said:?}"
            );
            sleep(Duration::from_millis(20));
        }
    }
}

/// Whether it can be tested; where not, that is said.
fn is_here() -> bool {
    let found = Path::new(SSHD).exists();
    if !found && std::env::var_os(WITHOUT).is_some() {
        eprintln!("NOT TESTED: there is no sshd here; a socket forwarded by ssh was not looked at");
        return false;
    }
    assert!(
        found,
        "no sshd is here: install openssh-server (./test does where it can), or set {WITHOUT}=1 to \
         leave this test out"
    );
    true
}

/// Who signs in over ssh: somebody else than the server where that is possible, so that neither its
/// user nor root's daemon can be mistaken for them.
fn who() -> (String, u32) {
    let own = rustix::process::geteuid();
    if own.is_root() {
        // The daemon asks for it, and systems make it when theirs starts.
        fs::create_dir_all("/run/sshd").expect("made");
        return ("nobody".to_owned(), 65_534);
    }
    let name = Command::new("id").arg("-un").output().expect("id");
    (text(&name.stdout).trim().to_owned(), own.as_raw())
}

#[test]
fn a_socket_that_ssh_forwards_shows_the_user_that_signed_in_over_ssh() {
    if !is_here() {
        return;
    }
    let place = Place::furnished();
    let folder = TempDir::new().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("set");
    let socket = folder.path().join("famdesk.sock");
    let server = Server::start(&place, &["--socket", &socket.to_string_lossy()]);
    // As a group that both are in would do it.
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o666)).expect("set");
    let (user, uid) = who();
    let forwarded = Forwarded::from(&socket, &user);
    let ask = || {
        let mut command = place.command(&["families"]);
        command
            .env("FAMDESK_STATE_DIR", place.path("far/state"))
            .env("FAMDESK_DATA_DIR", place.path("far/data"))
            .env("FAMDESK_SOCKET", forwarded.socket());
        let output = command.output().expect("starts");
        let told = text(&output.stdout) + &text(&output.stderr);
        (output.status.success(), told)
    };
    let (known, told) = ask();
    assert!(!known && told.contains("famdesk users uid YOU"), "{told}");
    place.ok(&["users", "uid", "me", &uid.to_string()]);
    let (known, told) = ask();
    assert!(known && told.contains("Rivera"), "{told}");
    place.ok(&["users", "uid", "me", "none"]);
    let (known, told) = ask();
    assert!(
        !known || told.contains("`famdesk login` signs in"),
        "{told}"
    );
    drop(forwarded);
    server.stop();
}
