//! The wiring: settings, the way to the bundled backend, and the local store of whoever works
//! with it. Opening does only what every subcommand needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;

use super::args::Globals;
use super::connection::Connection;
use super::demo::ThrowAway;
use super::engine::Engine;
use super::failure::{Failure, Result};
use super::log;
use super::print::complain;
use super::server::connect;
use super::unchanged::Note;
use crate::config::drive::NetworkDrive;
use crate::config::live::LiveSource;
use crate::config::{Config, Env, StandardDirs, create_private_dir};
use crate::desk::Desk;
use crate::model::id::UserId;
use crate::model::source::{Source, Timestamp};
use crate::remote::Remote;
use crate::remote::client::Client;
use crate::remote::http::Http;
use crate::replica::view::{Answer, Question};
use crate::replica::{BlobSource, Found, Replica, ReplicaError};
use crate::run::Keeper;
use crate::sync::station::{Parts, Station};
use crate::table::blobs::BlobStore;
use crate::table::{Reads, SqliteTable};
use crate::wire::problem::ProblemKind;
use crate::wire::session::Introduction;

/// What names a server's socket on this machine.
const SOCKET: &str = "FAMDESK_SOCKET";

/// What names the store's folder.
const DATA: &str = "FAMDESK_DATA_DIR";

/// Settings, as this start of the program has them.
pub struct Setting {
    pub env: Env,
    pub config: Config,
    /// The server that this machine works on; the store is here without one.
    pub connection: Option<Connection>,
    /// A server's socket on this machine, which is worked on where nothing else is said.
    socket: Option<PathBuf>,
    /// Removes the folders of a demo at the end.
    throw_away: Option<ThrowAway>,
}

/// The store, and the way to its backend in whichever program that is.
pub struct House {
    pub setting: Setting,
    pub backend: Backend,
    /// The way to the backend for the store's owner.
    pub client: Client,
    source: Arc<dyn Source>,
    pub server_id: String,
    /// The store's owner, where the store itself was asked, or whoever is signed in at the server.
    owner: Option<UserId>,
}

/// Where the backend is.
pub enum Backend {
    /// Beside the store on this machine.
    Here(Arc<Engine>),
    /// On a server, where this person is signed in.
    Server(Arc<Http>),
}

impl Setting {
    /// Reads the environment and the settings file; nothing is made but a demo's folder.
    pub fn find(globals: &Globals) -> Result<Setting> {
        let mut env = Env::of_process();
        if let Some(folder) = &globals.data {
            env = with(vec![(DATA, folder.clone())]);
        }
        let throw_away = globals.demo.then(ThrowAway::new).transpose()?;
        if let Some(place) = &throw_away {
            env = with(vec![
                (DATA, place.data()),
                ("FAMDESK_STATE_DIR", place.state()),
            ]);
        }
        let config = Config::load(&env, StandardDirs::of_machine().as_ref())?;
        // Who names a store means that one.
        let elsewhere = globals.data.is_none() && !globals.demo;
        let connection = match elsewhere {
            true => Connection::noted(&config.places.state)?,
            false => None,
        };
        Ok(Setting {
            socket: env.path(SOCKET).filter(|_| elsewhere),
            env,
            config,
            connection,
            throw_away,
        })
    }

    /// Whether the store is a server's.
    pub fn is_elsewhere(&self) -> bool {
        self.connection.is_some() || self.socket.is_some()
    }

    /// Whether the store is a demo that goes at the end.
    pub fn is_demo(&self) -> bool {
        self.throw_away.is_some()
    }
}

/// The process's environment with some folders named otherwise.
fn with(named: Vec<(&'static str, PathBuf)>) -> Env {
    std::env::vars_os()
        .filter(|(name, _)| named.iter().all(|(other, _)| name != other))
        .chain(
            named
                .iter()
                .map(|(name, folder)| (name.into(), folder.clone().into_os_string())),
        )
        .collect()
}

impl House {
    /// Opens the store, making it where there is none.
    pub async fn open(setting: Setting, reads: Reads) -> Result<House> {
        let source: Arc<dyn Source> = Arc::new(LiveSource);
        let connection = match (&setting.connection, &setting.socket) {
            (Some(connection), _) => Some(connection.clone()),
            (None, Some(socket)) => Some(connect::by_socket(&setting, socket).await?),
            (None, None) => None,
        };
        if let Some(connection) = connection {
            return House::far_away(setting, connection, source);
        }
        let data = &setting.config.places.data;
        create_private_dir(data)?;
        let engine = Engine::reach(data, &source, &setting.config.settings.webhooks, reads).await?;
        let client = Client::new(Arc::clone(&engine) as Arc<dyn Remote>, None);
        let server_id = client.meta().await?.server_id;
        Ok(House {
            setting,
            backend: Backend::Here(engine),
            client,
            source,
            server_id,
            owner: None,
        })
    }

    /// Opens a store that has been in use without waiting for its engine, which is reached when it
    /// is first needed; any other store like [`open`](House::open).
    pub async fn open_at_hand(setting: Setting) -> Result<House> {
        let source: Arc<dyn Source> = Arc::new(LiveSource);
        if setting.is_elsewhere() {
            return House::open(setting, Reads::Apart).await;
        }
        let data = &setting.config.places.data;
        let Some((server_id, owner)) = whose(data, &source).await else {
            return House::open(setting, Reads::Apart).await;
        };
        House::known(setting, source, (server_id, owner), Reads::Apart)
    }

    /// Opens a store that nothing has happened to, without waiting for its engine.
    pub fn open_unchanged(setting: Setting, note: Note) -> Result<House> {
        let whose = (note.server_id, note.owner);
        House::known(setting, Arc::new(LiveSource), whose, Reads::InPlace)
    }

    fn known(
        setting: Setting,
        source: Arc<dyn Source>,
        (server_id, owner): (String, UserId),
        reads: Reads,
    ) -> Result<House> {
        let data = &setting.config.places.data;
        let engine = Engine::later(data, &source, &setting.config.settings.webhooks, reads);
        let client = Client::new(Arc::clone(&engine) as Arc<dyn Remote>, None);
        Ok(House {
            setting,
            backend: Backend::Here(engine),
            client,
            source,
            server_id,
            owner: Some(owner),
        })
    }

    /// The local store of somebody at a server. Nothing is asked of it yet: it may be out of reach.
    fn far_away(
        setting: Setting,
        connection: Connection,
        source: Arc<dyn Source>,
    ) -> Result<House> {
        let me = connection.user_id.ok_or_else(|| {
            Failure::refused(format!(
                "this machine works on {}, where you have not signed in; `famdesk login` signs in",
                connection.address
            ))
        })?;
        let token = connection.token(&setting.config.places.state);
        let remote = Arc::new(Http::to(connection.server(), Some(token))?);
        Ok(House {
            setting,
            client: Client::new(Arc::clone(&remote) as Arc<dyn Remote>, None),
            backend: Backend::Server(remote),
            source,
            server_id: connection.server_id,
            owner: Some(me),
        })
    }

    /// The clock and the mint of ids.
    pub fn source(&self) -> &dyn Source {
        self.source.as_ref()
    }

    /// The store's owner, or whoever is signed in at the server; none before the first introduction.
    pub async fn owner(&self) -> Result<Option<UserId>> {
        if self.owner.is_some() {
            return Ok(self.owner);
        }
        match self.client.session().await {
            Ok(session) => Ok(Some(session.user.user_id)),
            Err(error) if error.kind() == Some(ProblemKind::Unauthenticated) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes who the store's owner is, the first time.
    pub async fn introduce(&self, display_name: &str, time_zone: &str) -> Result<UserId> {
        let who = Introduction {
            user_id: UserId(self.source.fresh()),
            display_name: display_name.to_owned(),
            email: None,
            time_zone: time_zone.to_owned(),
        };
        Ok(self.client.introduce(&who).await?.user.user_id)
    }

    /// The owner at their local store.
    pub fn owners_station(&self, owner: UserId) -> Result<Station> {
        self.station(owner, self.client.clone())
    }

    /// Whoever `--as` names at their local store; the owner where nobody is named.
    pub async fn station_for(&self, globals: &Globals) -> Result<Station> {
        let Some(owner) = self.owner().await? else {
            return Err(Failure::refused(
                "nobody has been introduced to this store; \
                 `famdesk families create NAME` founds your first family",
            ));
        };
        let Some(name) = &globals.as_user else {
            return self.owners_station(owner);
        };
        if let Backend::Server(_) = &self.backend {
            return Err(Failure::refused(
                "--as is for a computer that a family shares; on a server everyone signs in as \
                 themselves",
            ));
        }
        let user_id = match name.parse() {
            Ok(user_id) => user_id,
            Err(_) => self.member_named(owner, name).await?,
        };
        if user_id == owner {
            return self.owners_station(owner);
        }
        let client = Client::new(self.backend.remote(), Some(user_id));
        self.station(user_id, client)
    }

    /// Someone of the owner's families by their name.
    async fn member_named(&self, owner: UserId, name: &str) -> Result<UserId> {
        let station = self.owners_station(owner)?;
        station.catch_up().await?;
        let Answer::Families(families) = station.ask(Question::Families).await? else {
            return Err(Failure::store("the local store gave another answer"));
        };
        let wanted = name.to_owned();
        let found = station
            .read(move |it| {
                let mut ids = Vec::new();
                let mut names = Vec::new();
                for family in &families {
                    match it.find_person(family.family_id, &wanted)? {
                        Found::One(user_id) if !ids.contains(&user_id) => ids.push(user_id),
                        Found::Several(more) => names.extend(more),
                        Found::One(_) | Found::None => {}
                    }
                }
                Ok((ids, names))
            })
            .await?;
        match found {
            (ids, names) if names.is_empty() && ids.len() == 1 => Ok(ids[0]),
            (ids, names) if ids.is_empty() && names.is_empty() => Err(Failure::refused(format!(
                "nobody in your families is called `{name}`; `famdesk members` lists them"
            ))),
            (_, names) => Err(Failure::refused(format!(
                "several members go by `{name}` ({}); give the id that \
                 `famdesk members --json` shows",
                names.join(", ")
            ))),
        }
    }

    /// The long texts of someone's local store.
    pub fn texts_of(&self, me: UserId) -> Result<BlobStore> {
        Ok(BlobStore::open(self.folder_of(me).join("texts"))?)
    }

    /// The files of someone's local store that wait to be sent.
    pub fn files_of(&self, me: UserId) -> Result<BlobStore> {
        Ok(BlobStore::open(self.folder_of(me).join("files"))?)
    }

    /// Where someone's local store is.
    pub fn folder_of(&self, me: UserId) -> PathBuf {
        let state = &self.setting.config.places.state;
        state.join(&self.server_id).join(me.to_string())
    }

    fn station(&self, me: UserId, client: Client) -> Result<Station> {
        let folder = self.folder_of(me);
        let ready = Replica::open_if_ready(&folder);
        if ready.is_none() {
            create_private_dir(&folder)?;
        }
        log::begin(&folder, self.setting.config.settings.log.level);
        let texts = folder.join("texts");
        let of = folder.clone();
        let (reader, writer): (_, Opening) = match ready {
            Some(reader) => (reader, Box::new(move || Replica::open(&of))),
            None => {
                let writer = Replica::open(&folder)?;
                tell_of_salvage(&writer);
                (Replica::open_reader(&folder)?, Box::new(|| Ok(writer)))
            }
        };
        let with_texts = whole_texts(&texts);
        let parts = Parts {
            client,
            writer: Box::new(|| Ok(writer()?.with_blobs(with_texts))),
            reader: reader.with_blobs(whole_texts(&texts)),
            texts: BlobStore::open(texts)?,
            files: BlobStore::open(folder.join("files"))?,
            source: Arc::clone(&self.source),
            me,
            drive: NetworkDrive::below(&folder),
            folder,
        };
        Ok(Station::new(parts))
    }
}

/// Opens a replica to write.
type Opening = Box<dyn FnOnce() -> std::result::Result<Replica, ReplicaError> + Send>;

/// The name of the store in the folder and its owner, as far as they can be read without its engine.
async fn whose(data: &Path, source: &Arc<dyn Source>) -> Option<(String, UserId)> {
    let table = SqliteTable::open_to_read(data.join("store.db")).ok()?;
    let blobs = BlobStore::open(data.join("blobs")).ok()?;
    let desk = Desk::new(Arc::new(table), blobs, Arc::clone(source));
    let owner = desk.owner().await.ok()?;
    Some((desk.server_id().await.ok()?, owner))
}

fn tell_of_salvage(replica: &Replica) {
    if let Some(salvaged) = replica.salvaged() {
        complain(&format!(
            "the local store was damaged; {} things of yours were saved and the rest is \
             fetched again (the damaged file is {}, what was saved is in {})",
            salvaged.kept,
            salvaged.aside.display(),
            salvaged.saved.display()
        ));
    }
}

impl Backend {
    fn remote(&self) -> Arc<dyn Remote> {
        match self {
            Backend::Here(engine) => Arc::clone(engine) as Arc<dyn Remote>,
            Backend::Server(remote) => Arc::clone(remote) as Arc<dyn Remote>,
        }
    }

    /// This program's part in keeping the store.
    pub fn keeper(&self) -> Arc<dyn Keeper> {
        match self {
            Backend::Here(engine) => Arc::clone(engine) as Arc<dyn Keeper>,
            Backend::Server(_) => Arc::new(KeptElsewhere),
        }
    }

    /// Fires what fell due since the store was last open; a server has done so by itself. Says
    /// until when time will do nothing, as far as this program knows.
    pub async fn fire_timers(&self, now: Timestamp) -> Result<Timestamp> {
        match self {
            Backend::Here(engine) => engine.fire_timers(now).await,
            Backend::Server(_) => Ok(now),
        }
    }
}

/// The part of a program in a store that a server keeps.
struct KeptElsewhere;

impl Keeper for KeptElsewhere {
    fn let_time_act(&self) {}

    fn step_aside(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The way to long texts; the folder is looked at only when one is read.
fn whole_texts(folder: &Path) -> BlobSource {
    let folder = folder.to_owned();
    Box::new(move |sha256| {
        let bytes = BlobStore::open(&folder).ok()?.get(sha256).ok()?;
        String::from_utf8(bytes).ok()
    })
}
