//! The wiring: settings, the way to the bundled backend, and the local store of whoever works
//! with it. Opening does only what every subcommand needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Globals;
use super::demo::ThrowAway;
use super::engine::Engine;
use super::failure::{Failure, Result};
use super::log;
use super::print::complain;
use crate::config::live::LiveSource;
use crate::config::{Config, Env, StandardDirs, create_private_dir};
use crate::desk::Desk;
use crate::model::id::UserId;
use crate::model::source::Source;
use crate::remote::Remote;
use crate::remote::client::Client;
use crate::replica::view::{Answer, Question};
use crate::replica::{BlobSource, Found, Replica, ReplicaError};
use crate::sync::station::{Parts, Station};
use crate::table::SqliteTable;
use crate::table::blobs::BlobStore;
use crate::wire::problem::ProblemKind;
use crate::wire::session::Introduction;

/// What names the store's folder.
const DATA: &str = "FAMDESK_DATA_DIR";

/// Settings, as this start of the program has them.
pub struct Setting {
    pub env: Env,
    pub config: Config,
    /// Removes the folders of a demo at the end.
    throw_away: Option<ThrowAway>,
}

/// The store, and the way to its backend in whichever program that is.
pub struct House {
    pub setting: Setting,
    pub engine: Arc<Engine>,
    /// The way to the backend for the store's owner.
    pub client: Client,
    source: Arc<dyn Source>,
    server_id: String,
    /// The store's owner, where the store itself was asked.
    owner: Option<UserId>,
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
        Ok(Setting {
            env,
            config,
            throw_away,
        })
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
    pub async fn open(setting: Setting) -> Result<House> {
        let data = &setting.config.places.data;
        create_private_dir(data)?;
        let source: Arc<dyn Source> = Arc::new(LiveSource);
        let engine = Engine::reach(data, &source).await?;
        let client = Client::new(Arc::clone(&engine) as Arc<dyn Remote>, None);
        let server_id = client.meta().await?.server_id;
        Ok(House {
            setting,
            engine,
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
        let data = &setting.config.places.data;
        let Some((server_id, owner)) = whose(data, &source).await else {
            return House::open(setting).await;
        };
        create_private_dir(data)?;
        let engine = Engine::later(data, &source);
        let client = Client::new(Arc::clone(&engine) as Arc<dyn Remote>, None);
        Ok(House {
            setting,
            engine,
            client,
            source,
            server_id,
            owner: Some(owner),
        })
    }

    /// The clock and the mint of ids.
    pub fn source(&self) -> &dyn Source {
        self.source.as_ref()
    }

    /// The store's owner; none before the first introduction.
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
        let user_id = match name.parse() {
            Ok(user_id) => user_id,
            Err(_) => self.member_named(owner, name).await?,
        };
        if user_id == owner {
            return self.owners_station(owner);
        }
        let client = Client::new(Arc::clone(&self.engine) as Arc<dyn Remote>, Some(user_id));
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

    /// Where someone's local store is.
    pub fn folder_of(&self, me: UserId) -> PathBuf {
        let state = &self.setting.config.places.state;
        state.join(&self.server_id).join(me.to_string())
    }

    fn station(&self, me: UserId, client: Client) -> Result<Station> {
        let folder = self.folder_of(me);
        create_private_dir(&folder)?;
        log::begin(&folder, self.setting.config.settings.log.level);
        let texts = folder.join("texts");
        let of = folder.clone();
        let (reader, writer): (_, Opening) = match Replica::open_if_ready(&folder) {
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
            source: Arc::clone(&self.source),
            me,
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

/// The way to long texts; the folder is looked at only when one is read.
fn whole_texts(folder: &Path) -> BlobSource {
    let folder = folder.to_owned();
    Box::new(move |sha256| {
        let bytes = BlobStore::open(&folder).ok()?.get(sha256).ok()?;
        String::from_utf8(bytes).ok()
    })
}
