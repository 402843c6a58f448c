//! A family with its server and its people's machines, as every history begins.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use famdesk::desk::Desk;
use famdesk::model::command::{CommandBody, NewFamily};
use famdesk::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use famdesk::model::membership::Role;
use famdesk::model::source::{FixedSource, Source, Timestamp};
use famdesk::replica::Replica;
use famdesk::wire::session::Introduction;
use tempfile::TempDir;

use crate::client::{Client, Seat, copy_files};
use crate::given::Given;
use crate::server::Server;

/// Sat, 21 Nov 2026, 09:00 UTC.
const NOW: Timestamp = Timestamp(1_795_251_600);

/// Who is in the family when a history begins; the first one owns the store.
const PEOPLE: [(&str, Role); 5] = [
    ("Ana", Role::Adult),
    ("Ben", Role::Adult),
    ("Mia", Role::Adult),
    ("Zoe", Role::Child),
    ("Gus", Role::Guest),
];

/// The family's things, by their ids.
#[derive(Debug, Clone)]
pub struct Family {
    pub id: FamilyId,
    pub people: Vec<UserId>,
    pub groups: Vec<GroupId>,
    pub queues: Vec<QueueId>,
}

/// A history's server, its clients and what was given.
pub struct World {
    pub family: Family,
    pub server: Arc<Server>,
    pub clients: Vec<Client>,
    pub given: Given,
    clock: Arc<FixedSource>,
    /// No two sources of a world, and of what it began with, may give the same ids.
    first_seed: u16,
    sources: Vec<Arc<FixedSource>>,
    folder: TempDir,
    /// What a program has that was never used; none while the family is founded.
    unused: Option<PathBuf>,
}

/// The folders that every history begins with.
pub struct Beginning {
    family: Family,
    folder: TempDir,
    unused: TempDir,
}

/// A new folder where writing costs nothing, if the machine has such a place.
pub fn folder() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    let made = match in_memory.is_dir() {
        true => tempfile::tempdir_in(in_memory),
        false => tempfile::tempdir(),
    };
    made.expect("a folder")
}

impl Beginning {
    /// Founds the family and brings everybody in.
    pub async fn make() -> Beginning {
        let folder = folder();
        let ids = FixedSource::new(NOW, 1);
        let family = Family {
            id: FamilyId(ids.fresh()),
            people: PEOPLE.iter().map(|_| UserId(ids.fresh())).collect(),
            groups: (0..2).map(|_| GroupId(ids.fresh())).collect(),
            queues: (0..4).map(|_| QueueId(ids.fresh())).collect(),
        };
        let mut world = World::open(family, folder, 2);
        world.found().await;
        for client in &mut world.clients {
            client.kill();
        }
        world.server.stop();
        let unused = self::folder();
        Replica::open(unused.path()).expect("a replica");
        Beginning {
            family: world.family,
            folder: world.folder,
            unused,
        }
    }

    /// A world of its own to begin a history in.
    pub fn world(&self) -> World {
        let folder = folder();
        copy_files(self.folder.path(), folder.path());
        let mut world = World::open(self.family.clone(), folder, 100);
        world.unused = Some(self.unused.path().to_owned());
        world
    }
}

impl World {
    fn open(family: Family, folder: TempDir, first_seed: u16) -> World {
        let path = folder.path().to_owned();
        let clock = Arc::new(FixedSource::new(NOW, first_seed));
        fs::create_dir_all(path.join("server")).expect("a folder");
        let server = Arc::new(Server::start(&path.join("server"), Arc::clone(&clock)));
        let mut world = World {
            family,
            server,
            clients: Vec::new(),
            given: Given::default(),
            first_seed,
            sources: vec![Arc::clone(&clock)],
            clock,
            folder,
            unused: None,
        };
        for place in 0..PEOPLE.len() {
            world.seat(place, path.join(format!("client-{place}")));
        }
        world
    }

    /// Opens the program for a person in a folder.
    fn seat(&mut self, person: usize, folder: PathBuf) {
        let seed = self.first_seed + u16::try_from(self.sources.len()).expect("few");
        let source = Arc::new(FixedSource::new(self.clock.now(), seed));
        self.sources.push(Arc::clone(&source));
        let seat = Seat {
            me: self.family.people[person],
            is_owner: person == 0,
            folder,
        };
        self.clients.push(Client::open(seat, &self.server, source));
    }

    /// The first machine of a person.
    fn of(&mut self, person: usize) -> &mut Client {
        &mut self.clients[person]
    }

    async fn found(&mut self) {
        let family = self.family.clone();
        let station = self.of(0).station();
        station.introduce("Ana", "UTC").await.expect("introduced");
        let mut commands = vec![CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "UTC".to_owned(),
            display_name: "Ana".to_owned(),
        })];
        for (place, group_id) in family.groups.iter().enumerate() {
            commands.push(CommandBody::GroupCreate {
                group_id: *group_id,
                group_name: format!("group {place}"),
                group_description: String::new(),
            });
        }
        for (place, queue_id) in family.queues.iter().enumerate() {
            commands.push(CommandBody::QueueCreate {
                queue_id: *queue_id,
                group_id: family.groups[place / 2],
                queue_name: format!("queue {place}"),
                queue_description: String::new(),
                default_severity: None,
            });
        }
        for (user_id, (name, role)) in family.people.iter().zip(PEOPLE).skip(1) {
            commands.push(CommandBody::MembershipInvite {
                user_id: *user_id,
                display_name: name.to_owned(),
                role,
            });
        }
        for (user_id, (name, _)) in family.people.iter().zip(PEOPLE).skip(1) {
            let who = Introduction {
                user_id: *user_id,
                display_name: name.to_owned(),
                email: None,
                time_zone: "UTC".to_owned(),
            };
            let made = self.of(0).station().client().acquaint(&who).await;
            made.expect("made known");
        }
        self.all_of(0, commands).await;
        for person in 1..PEOPLE.len() {
            self.of(person).sync(None).await;
            self.all_of(person, vec![CommandBody::MembershipAccept {}])
                .await;
        }
        self.of(0).sync(None).await;
        let places = [(0, 1), (1, 2), (0, 3)];
        let places = places.map(|(group, person)| CommandBody::GroupMembershipAdd {
            group_id: family.groups[group],
            user_id: family.people[person],
            is_admin: false,
        });
        self.all_of(0, places.to_vec()).await;
        for person in 0..PEOPLE.len() {
            let passed = self.of(person).sync(None).await;
            passed.expect("alive").expect("synced");
        }
    }

    /// Gives commands that no rule may refuse, and sends them.
    async fn all_of(&mut self, person: usize, commands: Vec<CommandBody>) {
        let family_id = self.family.id;
        let client = self.of(person);
        let given = client.give(family_id, commands).await;
        assert!(given.is_some(), "refused at the beginning");
        let passed = client.sync(None).await;
        passed.expect("alive").expect("synced");
    }

    pub fn desk(&self) -> Arc<Desk> {
        self.server.desk()
    }

    /// Lets time pass for everybody.
    pub fn advance(&self, seconds: i64) {
        for source in &self.sources {
            source.advance(seconds);
        }
    }

    /// Another machine gets a copy of a client's state folder, and both go on.
    pub fn clone_client(&mut self, original: usize) {
        let copy = self
            .folder
            .path()
            .join(format!("client-{}", self.clients.len()));
        self.clients[original].copy_to(&copy);
        let me = self.clients[original].seat.me;
        let person = self.family.people.iter().position(|it| *it == me);
        self.seat(person.expect("one of them"), copy);
        let copied = self.clients.len() - 1;
        self.given.copied(original, copied);
    }

    /// A machine of that person that has seen nothing yet, which no history touches.
    pub fn fresh_client(&mut self, person: usize) -> (Client, TempDir) {
        let empty = folder();
        if let Some(unused) = &self.unused {
            copy_files(unused, empty.path());
        }
        self.seat(person, empty.path().to_owned());
        let client = self.clients.pop().expect("just seated");
        (client, empty)
    }

    /// A ticket whose id is the client's next.
    pub fn new_ticket_id(client: &Client) -> TicketId {
        TicketId(client.source().fresh())
    }
}
