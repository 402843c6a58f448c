//! What a server publishes, as a real broker and its own tools see it: Mosquitto, over TLS.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::Place;
use super::server::Server;

/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Set by whoever knows that no Mosquitto can be had here, and says so.
const WITHOUT: &str = "FAMDESK_WITHOUT_MOSQUITTO";

/// A broker of its own on a free port, where `famdesk` signs in with a password.
struct Broker {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Broker {
    fn open(place: &Place) -> Broker {
        let folder = place.path("broker");
        fs::create_dir(&folder).expect("made");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
        let made = made.expect("a certificate");
        fs::write(folder.join("cert.pem"), made.cert.pem()).expect("written");
        fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("written");
        let passwords = folder.join("passwords");
        let done = Command::new("mosquitto_passwd")
            .args(["-b", "-c"])
            .arg(&passwords)
            .args(["famdesk", "hush hush"])
            .status();
        assert!(done.expect("mosquitto_passwd").success());
        for file in ["cert.pem", "key.pem", "passwords"] {
            // A broker that is started by root reads its files as somebody else.
            let mode = fs::Permissions::from_mode(0o644);
            fs::set_permissions(folder.join(file), mode).expect("set");
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let settings = format!(
            "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\n\
             certfile {}\nkeyfile {}\nuser root\n",
            passwords.display(),
            folder.join("cert.pem").display(),
            folder.join("key.pem").display()
        );
        fs::write(folder.join("mosquitto.conf"), settings).expect("written");
        let mut broker = Broker {
            child: Broker::start(&folder),
            folder,
            port,
        };
        broker.answers();
        broker
    }

    fn start(folder: &std::path::Path) -> Child {
        Command::new(mosquitto())
            .arg("-c")
            .arg(folder.join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto starts")
    }

    fn answers(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().expect("asked");
            assert_eq!(ended, None, "mosquitto ended");
            assert!(begun.elapsed() < PATIENCE, "mosquitto does not answer");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn ends(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    fn begins_anew(&mut self) {
        self.child = Broker::start(&self.folder);
        self.answers();
    }

    /// What comes in under these topics from now on, what is kept there first.
    fn listen(&self, topics: &str) -> Listener {
        let mut child = Command::new("mosquitto_sub")
            .args([
                "-h",
                "localhost",
                "-p",
                &self.port.to_string(),
                "-v",
                "-q",
                "1",
            ])
            .args(["-u", "famdesk", "-P", "hush hush", "-t", topics, "--cafile"])
            .arg(self.folder.join("cert.pem"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("mosquitto_sub starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Listener {
            child,
            told,
            heard: Vec::new(),
        }
    }

    fn settings(&self, place: &Place) -> String {
        let secret = place.path("mqtt-password");
        fs::write(&secret, "hush hush\n").expect("written");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("set");
        format!(
            "[mqtt]\nhost = \"localhost\"\nport = {}\nca_file = {:?}\nusername = \"famdesk\"\n\
             password_file = {secret:?}\n",
            self.port,
            self.folder.join("cert.pem")
        )
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who listens at the broker.
struct Listener {
    child: Child,
    told: Receiver<String>,
    heard: Vec<String>,
}

impl Listener {
    /// Waits for a line that has all of these in it.
    fn hears(&mut self, words: &[&str]) -> String {
        let has_all = |line: &str| words.iter().all(|word| line.contains(word));
        let begun = Instant::now();
        while let Some(left) = PATIENCE.checked_sub(begun.elapsed()) {
            let Ok(line) = self.told.recv_timeout(left) else {
                break;
            };
            self.heard.push(line.clone());
            if has_all(&line) {
                return line;
            }
        }
        panic!("{words:?} was not heard, but {:#?}", self.heard);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mosquitto() -> PathBuf {
    // Where Debian puts it, which is on root's path alone.
    let usual = PathBuf::from("/usr/sbin/mosquitto");
    if usual.exists() {
        usual
    } else {
        PathBuf::from("mosquitto")
    }
}

/// Whether there is a Mosquitto to try it with. Where there is none, that is a failure, unless
/// whoever runs the tests has said that they know.
fn is_here() -> bool {
    let found = Command::new(mosquitto()).arg("-h").output().is_ok()
        && Command::new("mosquitto_sub").arg("--help").output().is_ok();
    if !found && std::env::var_os(WITHOUT).is_some() {
        eprintln!("NOT TESTED: there is no Mosquitto here; what is published was not looked at");
        return false;
    }
    assert!(
        found,
        "no Mosquitto is here: install mosquitto and mosquitto-clients (./test does where it can), \
         or set {WITHOUT}=1 to leave this test out"
    );
    true
}

#[test]
fn a_broker_is_told_what_is_open_and_what_happens_and_when_nobody_is_there() {
    if !is_here() {
        return;
    }
    let place = Place::furnished();
    let mut broker = Broker::open(&place);
    fs::write(place.path("config.toml"), broker.settings(&place)).expect("written");
    let mut hall = broker.listen("#");
    let listen = ["--listen", "127.0.0.1:0", "--init"];
    let server = Server::start(&place, &listen);
    hall.hears(&["famdesk/status online"]);
    hall.hears(&["/name Rivera"]);
    hall.hears(&["/open/SEV_1 0"]);
    hall.hears(&["/open/SEV_2.5 0"]);
    let found = hall.hears(&["homeassistant/binary_sensor/", "/urgent/config"]);
    assert!(
        found.contains("/open/SEV_1") && found.contains("famdesk/status"),
        "{found}"
    );

    place.ok(&[
        "new",
        "--queue",
        "IT",
        "--severity",
        "1",
        "--title",
        "No internet",
    ]);
    let mut heard = vec![hall.hears(&["/open/SEV_1 1"])];
    hall.hears(&["/open/all 1"]);
    let event = hall.hears(&["/event/ticket/created"]);
    assert!(event.contains("\"title\":\"No internet\""), "{event}");
    assert!(event.contains("fam-help-desk.ticket.created"), "{event}");
    place.ok(&["note", "1", "the neighbours need not know"]);
    place.ok(&["comment", "1", "the plumber comes"]);
    place.ok(&["resolve", "1"]);
    hall.hears(&["/open/SEV_1 0"]);
    heard.push(hall.hears(&["/event/ticket/resolved"]));
    for line in &hall.heard {
        assert!(
            !line.contains("neighbours") && !line.contains("plumber"),
            "{line}"
        );
    }

    // Whoever comes later is told how things stand; and at once when the server is no more.
    place.ok(&["reopen", "1"]);
    broker.listen("famdesk/+/open/#").hears(&["/open/SEV_1 1"]);
    server.kill();
    hall.hears(&["famdesk/status offline"]);

    // A broker that was away hears it all again.
    let server = Server::start(&place, &listen);
    hall.hears(&["famdesk/status online"]);
    broker.ends();
    place.ok(&[
        "new",
        "--queue",
        "IT",
        "--severity",
        "1",
        "--title",
        "Still none",
    ]);
    broker.begins_anew();
    let mut hall = broker.listen("famdesk/#");
    hall.hears(&["/open/SEV_1 2"]);
    hall.hears(&["/event/ticket/created", "Still none"]);
    let log = server.stop();
    hall.hears(&["famdesk/status offline"]);
    assert!(
        !log.contains("hush hush") && !log.contains("Still none"),
        "{log}"
    );

    let secret = place.path("mqtt-password");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("set");
    let told = place.fails(3, &["serve", "--listen", "127.0.0.1:0", "--init"]);
    assert!(told.contains("can be read by others"), "{told}");
}
