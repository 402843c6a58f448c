//! One installation of the program: a person's replica in a folder, and what they gave.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use famdesk::config::work::Work;
use famdesk::model::command::CommandBody;
use famdesk::model::id::{CommandId, FamilyId, TicketId, UserId};
use famdesk::model::source::{FixedSource, Source};
use famdesk::remote::client::Client as Protocol;
use famdesk::replica::Replica;
use famdesk::replica::view::{Anchor, Answer, Deed, ListQuery, Place, Question, Thread, TicketRow};
use famdesk::simulation::until;
use famdesk::sync::station::{Parts, Station};
use famdesk::sync::{Passed, SyncError};
use famdesk::table::blobs::BlobStore;
use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::network::Network;
use crate::server::Server;

/// Who sits there, and where.
#[derive(Clone)]
pub struct Seat {
    pub me: UserId,
    /// The store's owner comes in as themselves, everybody else on their behalf.
    pub is_owner: bool,
    pub folder: PathBuf,
}

pub struct Client {
    pub seat: Seat,
    pub network: Arc<Network>,
    source: Arc<FixedSource>,
    station: Option<Arc<Station>>,
}

impl Client {
    pub fn open(seat: Seat, server: &Arc<Server>, source: Arc<FixedSource>) -> Client {
        let mut client = Client {
            seat,
            network: Arc::new(Network::new(Arc::clone(server))),
            source,
            station: None,
        };
        client.start();
        client
    }

    /// Starts the program, after whatever ended it.
    pub fn start(&mut self) {
        let seat = &self.seat;
        fs::create_dir_all(&seat.folder).expect("a folder");
        let on_behalf_of = (!seat.is_owner).then_some(seat.me);
        let network = Arc::clone(&self.network);
        let writer = replica(&seat.folder, Replica::open);
        let parts = Parts {
            client: Protocol::new(network, on_behalf_of),
            writer: Box::new(|| Ok(writer)),
            reader: replica(&seat.folder, Replica::open_reader),
            texts: BlobStore::open(seat.folder.join("texts")).expect("texts"),
            files: BlobStore::open(seat.folder.join("files")).expect("files"),
            source: Arc::clone(&self.source) as Arc<dyn Source>,
            me: seat.me,
            folder: seat.folder.clone(),
            drive: None,
            work: Work::Apart,
        };
        self.station = Some(Arc::new(Station::new(parts)));
    }

    /// Ends the program, at once.
    pub fn kill(&mut self) {
        self.station = None;
    }

    pub fn station(&self) -> &Arc<Station> {
        self.station.as_ref().expect("the program runs")
    }

    pub fn source(&self) -> &FixedSource {
        &self.source
    }

    /// A pass, killed at the given edge if there is one; then the program is started again.
    pub async fn sync(&mut self, killed_at: Option<usize>) -> Option<Result<Passed, SyncError>> {
        let passed = match killed_at {
            None => Some(self.station().sync().await),
            Some(edge) => until(edge, self.station().sync()).await,
        };
        if passed.is_none() {
            self.kill();
            self.start();
        }
        passed
    }

    /// Gives commands; none where a rule refuses one here.
    pub async fn give(
        &self,
        family_id: FamilyId,
        commands: Vec<CommandBody>,
    ) -> Option<Vec<CommandId>> {
        let deed = Deed {
            deed_id: self.source.fresh(),
            words: "did something".to_owned(),
        };
        self.station().act(family_id, deed, commands).await.ok()
    }

    pub async fn tickets(&self, family_id: FamilyId) -> Vec<TicketRow> {
        let question = Question::List {
            query: ListQuery::all(Place::Family(family_id)),
            anchor: Anchor::Top,
            before: 0,
            after: 1000,
        };
        match self.ask(question).await {
            Answer::List(window) => window.rows,
            other => panic!("{other:?}"),
        }
    }

    pub async fn thread(&self, ticket_id: TicketId) -> Option<Box<Thread>> {
        let question = Question::Thread {
            ticket_id,
            first: 0,
            limit: 1000,
        };
        match self.ask(question).await {
            Answer::Thread(thread) => thread,
            other => panic!("{other:?}"),
        }
    }

    async fn ask(&self, question: Question) -> Answer {
        self.station().ask(question).await.expect("an answer")
    }

    /// Reads the replica by a function of its own.
    pub async fn read<R: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Replica) -> R + Send + 'static,
    ) -> R {
        let done = self.station().read(move |it| Ok(read(it))).await;
        done.expect("readable")
    }

    /// Copies the whole state folder, as it is now, to where another machine has it.
    pub fn copy_to(&self, folder: &Path) {
        copy_folder(&self.seat.folder, folder);
    }
}

/// Copies a folder that programs work in, with its files' ages; of stores what is committed, of one
/// moment.
fn copy_folder(from: &Path, to: &Path) {
    copy_each(from, to, &|path, target| {
        let name = path.to_string_lossy();
        if name.ends_with(".db") {
            let store = Connection::open(path).expect("a store");
            let mut copy = Connection::open(target).expect("a copy");
            // Page by page: `VACUUM INTO` would leave words in the gaps of its pages.
            let backup = Backup::new(&store, &mut copy).expect("begun");
            backup.step(-1).expect("copied");
        } else if !(name.contains(".db-") || name.ends_with(".lock")) {
            fs::copy(path, target).expect("copied");
            let age = path.metadata().and_then(|it| it.modified());
            let copy = File::options().write(true).open(target).expect("a copy");
            copy.set_modified(age.expect("an age")).expect("set");
        }
    });
}

/// Copies a folder that nothing works in.
pub fn copy_files(from: &Path, to: &Path) {
    copy_each(from, to, &|path, target| {
        fs::copy(path, target).expect("copied");
    });
}

fn copy_each(from: &Path, to: &Path, copy: &dyn Fn(&Path, &Path)) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy_each(&path, &target, copy),
            false => copy(&path, &target),
        }
    }
}

fn replica<E: std::fmt::Debug>(
    folder: &Path,
    open: impl Fn(&Path) -> Result<Replica, E>,
) -> Replica {
    let texts = BlobStore::open(folder.join("texts")).expect("texts");
    let whole = move |sha256: &str| String::from_utf8(texts.get(sha256).ok()?).ok();
    open(folder).expect("a replica").with_blobs(Box::new(whole))
}
