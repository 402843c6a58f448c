//! What `famdesk serve` gives over its socket: requests, durable commands, a first sync, how soon one
//! person sees what another did, bytes on the wire and memory. Prints figures.
//!
//! Works on a copy of the store that `bench/screen TICKETS` has made; `TICKETS` is 100000 unless told
//! otherwise. `IDLE` is for how many seconds silence is listened to (60).

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use famdesk::config::live::LiveSource;
use famdesk::config::work::Work;
use famdesk::model::command::CommandBody;
use famdesk::model::id::{FamilyId, QueueId, TicketId, UserId};
use famdesk::model::severity::Severity;
use famdesk::model::source::Source;
use famdesk::model::ticket::TicketField;
use famdesk::remote::Remote;
use famdesk::remote::address::Address;
use famdesk::remote::client::Client;
use famdesk::remote::http::{Http, Server as Place};
use famdesk::remote::token::TokenFile;
use famdesk::replica::Replica;
use famdesk::replica::view::{Answer, Question};
use famdesk::sync::station::{Parts, Station};
use famdesk::table::blobs::BlobStore;
use famdesk::wire::login::{Redeem, Secret};
use http::{Method, Request};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

const REQUESTS: usize = 500;
const WRITES: usize = 1_000;
const CLIENTS: usize = 50;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Outcome<()> {
    // `cargo bench` says so; `cargo test --benches` has nothing to measure.
    if !std::env::args().any(|it| it == "--bench") {
        return Ok(());
    }
    let tickets = setting("TICKETS", 100_000);
    let idle = Duration::from_secs(setting("IDLE", 60));
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/bench/{tickets}"));
    if !made.join("data").is_dir() {
        return Err(
            format!("no store of {tickets} tickets; `bench/screen {tickets}` makes it").into(),
        );
    }
    let folder = tempfile::tempdir_in(&made)?;
    copy(&made.join("data"), &folder.path().join("data"))?;
    let server = Server::start(&folder)?;
    println!("{tickets} tickets, over a Unix socket; MB are of the server, resident without files");
    println!("{:<34}{:>8.1} MB", "at rest", server.anonymous_mb()?);

    server.sign_in().await?;
    let house = House::look(&server).await?;
    read(&house, &server).await?;
    write(&house, &server).await?;
    let ana = Desk::of((&house, &server), &folder, "ana").await?;
    first_sync(&ana, &server).await?;
    seen_elsewhere(&house, &ana).await?;
    on_the_wire(&ana, &server, idle).await
}

/// A number out of the environment.
fn setting(name: &str, default: u64) -> u64 {
    let told = std::env::var(name).ok();
    told.and_then(|it| it.parse().ok()).unwrap_or(default)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()? {
            it if it.is_dir() => copy(&entry.path(), &target)?,
            it if it.is_file() => drop(fs::copy(entry.path(), target)?),
            _ => {} // a socket or lock of who made it
        }
    }
    Ok(())
}

/// The server, a program of its own.
struct Server {
    child: Child,
    socket: PathBuf,
    /// With which the first admin signs in.
    code: Secret,
    /// The file with what they got for it.
    token: PathBuf,
}

impl Server {
    fn start(folder: &TempDir) -> Outcome<Server> {
        let socket = folder.path().join("famdesk.sock");
        let log = fs::File::create(folder.path().join("serve.log"))?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_famdesk"))
            .args(["serve", "--json", "--init", "--pace", "0", "--socket"])
            .arg(&socket)
            .arg("--data")
            .arg(folder.path().join("data"))
            .env("FAMDESK_STATE_DIR", folder.path().join("state"))
            .env("FAMDESK_CONFIG", folder.path().join("config.toml"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no pipe")?;
        let mut told = String::new();
        BufReader::new(stdout).read_line(&mut told)?;
        let told: Value = serde_json::from_str(&told)?;
        Ok(Server {
            code: Secret(text(&told["code"])?),
            token: folder.path().join("token"),
            child,
            socket,
        })
    }

    /// Signs its first admin in.
    async fn sign_in(&self) -> Outcome<()> {
        let client = Client::new(Arc::new(self.line_to(&self.socket)?), None);
        let redeem = Redeem {
            code: self.code.clone(),
            email: Some("bench@example.org".to_owned()),
            password: Secret("heron gravel pudding lantern".to_owned()),
            device_name: "bench".to_owned(),
        };
        let logged_in = client.redeem(&redeem).await?;
        Ok(TokenFile::at(&self.token).write(&logged_in.token)?)
    }

    fn line(&self) -> Outcome<Http> {
        self.line_to(&self.socket)
    }

    fn line_to(&self, socket: &Path) -> Outcome<Http> {
        let place = Place {
            address: Address::Unix(socket.to_owned()),
            pin: None,
            server_id: None,
        };
        Ok(Http::to(place, Some(TokenFile::at(&self.token)))?)
    }

    fn anonymous_mb(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
        let kib = line.and_then(|it| it.split_whitespace().next());
        Ok(kib.ok_or("no RssAnon")?.parse::<f64>()? / 1024.0)
    }

    /// Clock ticks of the processor, a hundred to the second.
    fn ticks(&self) -> Outcome<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let rest = stat.rsplit(')').next().ok_or("no stat")?;
        let times = rest.split_whitespace().skip(11).take(2);
        Ok(times.map(|it| it.parse().unwrap_or(0)).sum::<u64>())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is asked about, and the way there.
struct House {
    remote: Arc<Http>,
    me: UserId,
    family: FamilyId,
    queue: QueueId,
    tickets: Vec<String>,
}

impl House {
    async fn look(server: &Server) -> Outcome<House> {
        let remote = Arc::new(server.line()?);
        let me = get(&remote, "/v1/me").await?;
        let families = get(&remote, "/v1/families").await?;
        let family = text(&families["items"][0]["family_id"])?;
        let at = format!("/v1/families/{family}");
        let queues = get(&remote, &format!("{at}/queues")).await?;
        let began = Instant::now();
        let open = loop {
            // What makes all of it ready takes longer than anyone should wait for an answer.
            match get(&remote, &format!("{at}/tickets?q=is:open&limit=200")).await {
                Err(error) if error.to_string().contains(" 503 ") => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => break other?,
            }
        };
        tell_first(began.elapsed());
        let tickets = open["items"].as_array().ok_or("no tickets")?;
        let tickets = tickets.iter().map(|it| text(&it["ticket_id"]));
        Ok(House {
            me: text(&me["user_id"])?.parse()?,
            family: family.parse()?,
            queue: text(&queues["items"][0]["queue_id"])?.parse()?,
            tickets: tickets.collect::<Outcome<_>>()?,
            remote,
        })
    }

    fn at(&self, rest: &str) -> String {
        format!("/v1/families/{}{rest}", self.family)
    }

    async fn file(&self, remote: &Http, number: usize) -> Outcome<()> {
        let ticket = json!({
            "queue_id": self.queue,
            "title": format!("Printer {number} is out of toner"),
        });
        let body = Bytes::from(serde_json::to_vec(&ticket)?);
        ask(remote, Method::POST, &self.at("/tickets"), body).await?;
        Ok(())
    }
}

fn text(value: &Value) -> Outcome<String> {
    let text = value.as_str().ok_or_else(|| format!("no text: {value}"))?;
    Ok(text.to_owned())
}

async fn get(remote: &Http, path: &str) -> Outcome<Value> {
    ask(remote, Method::GET, path, Bytes::new()).await
}

async fn ask(remote: &Http, method: Method, path: &str, body: Bytes) -> Outcome<Value> {
    let request = Request::builder().method(method).uri(path);
    let request = request
        .header("content-type", "application/json")
        .header("idempotency-key", LiveSource.fresh().to_string());
    let reply = remote.call(request.body(body)?).await?;
    if !reply.status().is_success() {
        let why = String::from_utf8_lossy(reply.body());
        return Err(format!("{path}: {} {why}", reply.status()).into());
    }
    Ok(serde_json::from_slice(reply.body())?)
}

async fn read(house: &House, server: &Server) -> Outcome<()> {
    let queue = house.queue;
    for (what, path) in [
        (
            "list of 50 open tickets",
            "/tickets?q=is:open&limit=50".to_owned(),
        ),
        (
            "50 tickets of a queue",
            format!("/queues/{queue}/tickets?limit=50"),
        ),
        (
            "search, newest first",
            "/tickets?q=printer%20sort:-created&limit=50".to_owned(),
        ),
        (
            "search, best first",
            "/tickets?q=vpn%20slow&limit=50".to_owned(),
        ),
    ] {
        let path = house.at(&path);
        let mut times = Vec::with_capacity(REQUESTS);
        for _ in 0..REQUESTS {
            let began = Instant::now();
            get(&house.remote, &path).await?;
            times.push(began.elapsed());
        }
        tell(what, times);
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for ticket in house.tickets.iter().cycle().take(REQUESTS) {
        let path = house.at(&format!("/tickets/{ticket}/thread"));
        let began = Instant::now();
        get(&house.remote, &path).await?;
        times.push(began.elapsed());
    }
    tell("thread", times);
    println!("{:<34}{:>8.1} MB", "after reading", server.anonymous_mb()?);
    Ok(())
}

async fn write(house: &House, server: &Server) -> Outcome<()> {
    let mut times = Vec::with_capacity(REQUESTS);
    for number in 0..REQUESTS {
        let began = Instant::now();
        house.file(&house.remote, number).await?;
        times.push(began.elapsed());
    }
    tell("create, durable", times);
    for clients in [1, CLIENTS] {
        let began = Instant::now();
        let each = (0..clients).map(|_| async move {
            let own = server.line()?;
            for number in 0..WRITES / clients {
                house.file(&own, number).await?;
            }
            Outcome::Ok(())
        });
        futures::future::try_join_all(each).await?;
        let rate = WRITES as f64 / began.elapsed().as_secs_f64();
        println!(
            "{:<34}{rate:>8.0} /s",
            format!("durable creates, {clients} at once")
        );
    }
    println!(
        "{:<34}{:>8.1} MB",
        "after 50 at once",
        server.anonymous_mb()?
    );
    Ok(())
}

/// Somebody's own machine, behind a line whose bytes are counted.
struct Desk {
    station: Station,
    state: PathBuf,
    family: FamilyId,
    carried: Arc<AtomicU64>,
}

impl Desk {
    async fn of((house, server): (&House, &Server), folder: &TempDir, name: &str) -> Outcome<Desk> {
        let state = folder.path().join(name);
        fs::create_dir(&state)?;
        let socket = folder.path().join(format!("{name}.sock"));
        let carried = relay(&socket, &server.socket)?;
        let writer = Replica::open(&state)?;
        let station = Station::new(Parts {
            client: Client::new(Arc::new(server.line_to(&socket)?), None),
            writer: Box::new(|| Ok(writer)),
            reader: Replica::open_reader(&state)?,
            texts: BlobStore::open(state.join("texts"))?,
            files: BlobStore::open(state.join("files"))?,
            source: Arc::new(LiveSource),
            me: house.me,
            folder: state.clone(),
            drive: None,
            work: Work::Apart,
        });
        Ok(Desk {
            station,
            state,
            family: house.family,
            carried,
        })
    }

    fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    fn rows(&self) -> Outcome<i64> {
        let only_read = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let conn = Connection::open_with_flags(self.state.join("replica.db"), only_read)?;
        let tables = [
            "ticket",
            "description",
            "comment",
            "participant",
            "queue",
            "membership",
        ];
        let counts = tables.map(|it| format!("(SELECT count(*) FROM {it})"));
        let sql = format!("SELECT {}", counts.join(" + "));
        Ok(conn.query_row(&sql, [], |row| row.get(0))?)
    }
}

/// Carries bytes between two sockets, and counts them.
fn relay(from: &Path, to: &Path) -> Outcome<Arc<AtomicU64>> {
    let listener = UnixListener::bind(from)?;
    let to = to.to_owned();
    let carried = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&carried);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let Ok(far) = UnixStream::connect(&to).await else {
                return;
            };
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::spawn(carry(near_in, far_out, Arc::clone(&count)));
            tokio::spawn(carry(far_in, near_out, Arc::clone(&count)));
        }
    });
    Ok(carried)
}

async fn carry(
    mut from: tokio::net::unix::OwnedReadHalf,
    mut to: tokio::net::unix::OwnedWriteHalf,
    count: Arc<AtomicU64>,
) -> std::io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        count.fetch_add(length as u64, Ordering::Relaxed);
        to.write_all(&piece[..length]).await?;
    }
}

async fn first_sync(desk: &Desk, server: &Server) -> Outcome<()> {
    let began = Instant::now();
    desk.station.sync().await?;
    let (took, rows) = (began.elapsed(), desk.rows()?);
    let rate = rows as f64 / took.as_secs_f64();
    let carried = desk.carried() as f64 / 1e6;
    println!(
        "{:<34}{rate:>8.0} /s   {rows} rows in {:.1} s, {carried:.0} MB on the wire",
        "first sync, rows",
        took.as_secs_f64()
    );
    println!(
        "{:<34}{:>8.1} MB",
        "after a first sync",
        server.anonymous_mb()?
    );
    Ok(())
}

/// From the reply that one's command is durable until it is in another's store.
async fn seen_elsewhere(house: &House, desk: &Desk) -> Outcome<()> {
    desk.station.client().listen();
    desk.station.sync().await?;
    let mut times = Vec::with_capacity(200);
    for number in 0..200 {
        let before = newest(desk).await?;
        house.file(&house.remote, number).await?;
        let began = Instant::now();
        while newest(desk).await? == before {
            desk.station.poked().await;
            desk.station.sync().await?;
        }
        times.push(began.elapsed());
    }
    tell("one's commit, in another's store", times);
    Ok(())
}

async fn newest(desk: &Desk) -> Outcome<i64> {
    let family = desk.family;
    let place = desk.station.read(move |it| it.place(family)).await?;
    Ok(place.map_or(0, |(cursor, _)| cursor.seq))
}

async fn on_the_wire(desk: &Desk, server: &Server, idle: Duration) -> Outcome<()> {
    // What others did is heard of to its end.
    while tokio::time::timeout(Duration::from_secs(5), desk.station.poked())
        .await
        .is_ok()
    {
        desk.station.sync().await?;
    }
    let (before, worked) = (desk.carried(), server.ticks()?);
    let heard = async {
        loop {
            desk.station.poked().await;
            if let Err(error) = desk.station.sync().await {
                return error;
            }
        }
    };
    if let Ok(error) = tokio::time::timeout(idle, heard).await {
        return Err(error.into());
    }
    let hours = idle.as_secs_f64() / 3_600.0;
    let bytes = (desk.carried() - before) as f64 / hours;
    let busy = (server.ticks()? - worked) as f64 * 10.0 / idle.as_secs_f64();
    println!(
        "{:<34}{bytes:>8.0} bytes   the server's CPU {busy:.2} ms/s",
        "an idle hour"
    );

    let question = Question::Triage {
        family_id: desk.family,
        passed: Vec::new(),
    };
    let Answer::Triage(triage) = desk.station.ask(question).await? else {
        return Err("no triage".into());
    };
    let ticket_id: TicketId = triage.next.ok_or("nothing to triage")?;
    let before = desk.carried();
    let set = CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Severity(Severity::Sev2),
        base: None,
    };
    desk.station.give(desk.family, vec![set]).await?;
    while desk.station.has_unsent().await? {
        desk.station.sync().await?;
    }
    let poke = tokio::time::timeout(Duration::from_secs(2), desk.station.poked()).await;
    if poke.is_ok() {
        desk.station.sync().await?;
    }
    let bytes = desk.carried() - before;
    println!("{:<34}{bytes:>8} bytes", "one triage action");
    Ok(())
}

fn tell_first(time: Duration) {
    let seconds = time.as_secs_f64();
    println!("{:<34}{seconds:>8.1} s", "the first search, made ready");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The middle and the slowest but one in a hundred.
fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| ms(times[(times.len() * share / 100).min(times.len() - 1)]);
    println!("{what:<34}{:>8.2} ms   p99 {:.2}", at(50), at(99));
}
