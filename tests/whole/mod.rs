//! The whole house in one process: commands through station, outbox, sync, routes, desk and table,
//! and back through the log into the replica.

use std::sync::Arc;

use famdesk::config::work::Work;
use famdesk::desk::Desk;
use famdesk::model::command::{CommandBody, NewComment, NewFamily};
use famdesk::model::comment::Channel;
use famdesk::model::id::{CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use famdesk::model::long_text::LongText;
use famdesk::model::membership::Role;
use famdesk::model::severity::Severity;
use famdesk::model::source::{FixedSource, HOUR, Source, Timestamp};
use famdesk::model::ticket::{NewTicket, TicketField};
use famdesk::query::{Context, Names, Order, parse};
use famdesk::remote::client::Client;
use famdesk::remote::in_process::InProcess;
use famdesk::replica::Replica;
use famdesk::replica::view::{Anchor, Answer, Board, ListQuery, Place, Question, Thread, Window};
use famdesk::server;
use famdesk::sync::station::{Parts, Station};
use famdesk::table::blobs::BlobStore;
use famdesk::table::{SqliteTable, Table, patterns};
use famdesk::wire::login::{LoggedIn, Redeem, Secret};
use tempfile::TempDir;

mod begun;
mod board;
mod canaries;
mod door;
mod faults;
mod files;
mod life;
mod limits;
mod long_text;
mod matrix;
mod newer;
mod news;
mod past;
mod power;
mod presence;
mod queries;
mod read;
mod rebuild;
mod refused;
mod rest;
mod restored;
mod routes;
mod taken_back;
mod trouble;
mod undo;

/// Sat, 21 Nov 2026, 09:00 UTC.
const NOW: Timestamp = Timestamp(1_795_251_600);

/// A store with Ana's family, the group Home and its queues IT and Kitchen.
struct House {
    station: Station,
    desk: Arc<Desk>,
    table: Arc<dyn Table>,
    source: Arc<FixedSource>,
    family: FamilyId,
    home: GroupId,
    it: QueueId,
    kitchen: QueueId,
    folder: TempDir,
}

impl House {
    async fn new() -> House {
        House::over(SqliteTable::in_memory().expect("a table")).await
    }

    async fn over(table: impl Table + 'static) -> House {
        House::within(tempfile::tempdir().expect("a folder"), table).await
    }

    async fn within(folder: TempDir, table: impl Table + 'static) -> House {
        let source = Arc::new(FixedSource::new(NOW, 7));
        let table: Arc<dyn Table> = Arc::new(table);
        let blobs = BlobStore::open(folder.path().join("blobs")).expect("blobs");
        let clock = Arc::clone(&source) as Arc<dyn Source>;
        let desk = Arc::new(Desk::new(Arc::clone(&table), blobs, clock));
        let me = UserId(source.fresh());
        let station = station(&desk, &source, &folder, me, None);
        let house = House {
            station,
            desk,
            table,
            family: FamilyId(source.fresh()),
            home: GroupId(source.fresh()),
            it: QueueId(source.fresh()),
            kitchen: QueueId(source.fresh()),
            source,
            folder,
        };
        house.found().await;
        house
    }

    async fn found(&self) {
        self.station
            .introduce("Ana", "Europe/Madrid")
            .await
            .expect("introduced");
        let mut commands = vec![
            CommandBody::FamilyCreate(NewFamily {
                family_name: "Rivera family".to_owned(),
                family_description: String::new(),
                ticket_prefix: "RIV".parse().expect("a prefix"),
                time_zone: "Europe/Madrid".to_owned(),
                display_name: "Ana".to_owned(),
            }),
            CommandBody::GroupCreate {
                group_id: self.home,
                group_name: "Home".to_owned(),
                group_description: String::new(),
            },
        ];
        for (queue_id, name) in [(self.it, "IT"), (self.kitchen, "Kitchen")] {
            commands.push(CommandBody::QueueCreate {
                queue_id,
                group_id: self.home,
                queue_name: name.to_owned(),
                queue_description: String::new(),
                default_severity: None,
            });
        }
        self.give(commands).await;
        self.sync().await;
    }

    async fn give(&self, commands: Vec<CommandBody>) {
        self.station
            .give(self.family, commands)
            .await
            .expect("taken");
    }

    async fn sync(&self) {
        self.station.sync().await.expect("synced");
    }

    fn new_ticket(&self, title: &str, severity: Severity) -> (TicketId, CommandBody) {
        let ticket_id = TicketId(self.source.fresh());
        let new = NewTicket {
            ticket_id,
            queue_id: self.it,
            title: title.to_owned(),
            description: None,
            severity: Some(severity),
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: Default::default(),
            parent_ticket: None,
            source: Channel::Screen,
        };
        (ticket_id, CommandBody::TicketCreate(Box::new(new)))
    }

    async fn ticket(&self, title: &str, severity: Severity) -> TicketId {
        let (ticket_id, command) = self.new_ticket(title, severity);
        self.give(vec![command]).await;
        ticket_id
    }

    fn comment(&self, ticket_id: TicketId, body: &str, internal: bool) -> CommandBody {
        CommandBody::CommentAdd(NewComment {
            ticket_id,
            comment_id: CommentId(self.source.fresh()),
            comment_body: LongText::from(body),
            reply_to: None,
            internal,
            channel: Channel::Screen,
        })
    }

    /// What is typed, as it asks for tickets of the family.
    fn typed(&self, text: &str) -> ListQuery {
        let context = Context {
            me: self.station.me(),
            names: &Names::default(),
            now: self.source.now(),
            zone: &jiff::tz::TimeZone::UTC,
        };
        let query = parse(text).query;
        ListQuery {
            family: Some(self.family),
            filter: query.filter(&context),
            order: query.order(),
        }
    }

    async fn list(&self, query: ListQuery) -> Window {
        list(&self.station, query).await
    }

    async fn thread(&self, ticket_id: TicketId) -> Box<Thread> {
        let question = Question::Thread {
            ticket_id,
            first: 0,
            limit: 100,
        };
        match self.station.ask(question).await.expect("an answer") {
            Answer::Thread(Some(thread)) => thread,
            other => panic!("{other:?}"),
        }
    }

    async fn board(&self) -> Box<Board> {
        let question = Question::Board {
            place: Place::Family(self.family),
            now: self.source.now(),
            per_band: 1000,
            days: 14,
        };
        match self.station.ask(question).await.expect("an answer") {
            Answer::Board(board) => board,
            other => panic!("{other:?}"),
        }
    }

    async fn fingerprint(&self) -> String {
        let family = self.family;
        self.station
            .read(move |replica| replica.fingerprint(family))
            .await
            .expect("readable")
    }
}

async fn list(station: &Station, query: ListQuery) -> Window {
    let question = Question::List {
        query,
        anchor: Anchor::Top,
        before: 0,
        after: 1000,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::List(window) => window,
        other => panic!("{other:?}"),
    }
}

/// Someone who has joined Ana's family, at a station of their own.
async fn joined(house: &House, name: &str, role: Role) -> (UserId, Station) {
    let user_id = UserId(house.source.fresh());
    let display_name = name.to_owned();
    house
        .give(vec![CommandBody::MembershipInvite {
            user_id,
            display_name,
            role,
        }])
        .await;
    house.sync().await;
    let theirs = station(
        &house.desk,
        &house.source,
        &house.folder,
        user_id,
        Some(user_id),
    );
    theirs.sync().await.expect("synced");
    theirs
        .give(house.family, vec![CommandBody::MembershipAccept {}])
        .await
        .expect("taken");
    theirs.sync().await.expect("synced");
    house.sync().await;
    (user_id, theirs)
}

/// The password of everyone who signs in.
const PASSWORD: &str = "heron gravel pudding lantern";

/// Somebody's first signing in, with a code, a minute after whatever was before.
async fn claimed(house: &House, user_id: UserId, name: &str) -> LoggedIn {
    house.source.advance(60);
    let made = house.desk.make_code(user_id, house.station.me()).await;
    let redeem = Redeem {
        code: made.expect("a code").code,
        email: Some(format!("{}@example.org", name.to_lowercase())),
        password: Secret(PASSWORD.to_owned()),
        device_name: "laptop".to_owned(),
    };
    house.desk.redeem(&redeem, "here").await.expect("claimed")
}

/// A station of one person over the desk, in a folder of its own.
fn station(
    desk: &Arc<Desk>,
    source: &Arc<FixedSource>,
    folder: &TempDir,
    me: UserId,
    on_behalf_of: Option<UserId>,
) -> Station {
    let remote = InProcess::new(server::bundled(Arc::clone(desk)), desk.stirs());
    let client = Client::new(Arc::new(remote), on_behalf_of);
    station_at(source, folder, me, client)
}

fn station_at(source: &Arc<FixedSource>, folder: &TempDir, me: UserId, client: Client) -> Station {
    let state = folder.path().join(me.to_string());
    std::fs::create_dir_all(&state).expect("a folder");
    let writer = replica(&state, Replica::open);
    Station::new(Parts {
        client,
        writer: Box::new(|| Ok(writer)),
        reader: replica(&state, Replica::open_reader),
        texts: BlobStore::open(state.join("texts")).expect("texts"),
        files: BlobStore::open(state.join("files")).expect("files"),
        source: Arc::clone(source) as Arc<dyn Source>,
        me,
        folder: state,
        drive: None,
        work: Work::Apart,
    })
}

fn replica<E: std::fmt::Debug>(
    state: &std::path::Path,
    open: impl Fn(&std::path::Path) -> Result<Replica, E>,
) -> Replica {
    let texts = BlobStore::open(state.join("texts")).expect("texts");
    let whole = move |sha256: &str| {
        let bytes = texts.get(sha256).ok()?;
        String::from_utf8(bytes).ok()
    };
    open(state).expect("a replica").with_blobs(Box::new(whole))
}
