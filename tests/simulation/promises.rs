//! What is promised (PROTOCOL.md): G1 nothing that was taken is lost, G2 exactly once, G3 one's own
//! words stay in sight, G4 everybody comes to the same, G5 nothing is overwritten in silence, G6
//! what waits is sent by itself, G7 nobody holds what they may not see, G8 every refusal is kept
//! with its text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::fs;
use std::path::Path;

use famdesk::model::attachment::{Attachment, FileFacts};
use famdesk::model::audit::{Action, AuditRecord};
use famdesk::model::command::CommandBody;
use famdesk::model::entity::{EntityKey, EntityType};
use famdesk::model::id::{CommandId, CommentId, FamilyId, GroupId, TicketId, UserId};
use famdesk::model::long_text::LongText;
use famdesk::model::membership::{MembershipStatus, Role};
use famdesk::model::merge::{Merge, merge};
use famdesk::model::record::Record;
use famdesk::model::ticket::TicketField;
use famdesk::replica::Replica;
use famdesk::table::Scope;
use famdesk::table::{Table, keys, patterns};
use famdesk::wire::sync::{Outcome, Verdict};
use rusqlite::Connection;
use serde_json::Value;

use crate::client::Client;
use crate::given::Mark;
use crate::history::Step;
use crate::world::World;

/// A promise that was not kept.
#[derive(Debug, Clone)]
pub struct Broken(pub String);

impl Broken {
    fn new(promise: &str, what: impl Display) -> Broken {
        Broken(format!("{promise}: {what}"))
    }

    pub fn of(error: impl Display) -> Broken {
        Broken::new("an error", error)
    }

    pub fn at(self, place: usize, step: &Step) -> Broken {
        Broken(format!("after step {place} ({step:?}): {}", self.0))
    }
}

/// How often everybody syncs at the end until nothing moves any more.
const ROUNDS: usize = 12;

/// G3: a comment that one wrote and that was not refused, deleted or hidden is in the thread.
pub async fn own_words_stay(world: &World, client: usize) -> Result<(), Broken> {
    let written = world.given.comments_of(client).to_vec();
    let at = &world.clients[client];
    let refused = at.read(|it| it.tray()).await.map_err(Broken::of)?;
    let refused: BTreeSet<CommandId> = refused.iter().map(|it| it.command_id).collect();
    let mut threads = HashMap::new();
    for (ticket_id, comment_id, command_id) in written {
        if refused.contains(&command_id) {
            continue;
        }
        let thread = match threads.remove(&ticket_id) {
            Some(thread) => thread,
            None => at.thread(ticket_id).await,
        };
        if let Some(thread) = &thread {
            let there = thread.comments.iter().any(|it| it.comment_id == comment_id);
            if !there && !is_known(world, client, EntityKey::Comment(ticket_id, comment_id)).await?
            {
                let family_id = world.family.id;
                let pending = at.read(move |it| it.pending(family_id)).await;
                let mut fate = pending.map_err(Broken::of)?.into_iter();
                let fate = fate.find(|it| it.command.command_id == command_id);
                if fate.as_ref().is_some_and(|it| it.doubt.is_some()) {
                    // In the midst of catching up a ticket may be here before what gives the right to
                    // speak in it is. What waits shows it as doubtful, with its text.
                    continue;
                }
                let what = format!("client {client} lost sight of {comment_id}: {fate:?}");
                return Err(Broken::new("G3", what));
            }
        }
        threads.insert(ticket_id, thread);
    }
    Ok(())
}

/// Whether something is in the replica, deleted or not.
async fn is_known(world: &World, client: usize, key: EntityKey) -> Result<bool, Broken> {
    let family_id = world.family.id;
    let look = move |it: &mut Replica| it.here(family_id, &[key]);
    let found = world.clients[client].read(look).await;
    Ok(!found.map_err(Broken::of)?.is_empty())
}

/// G4, in the midst of catching up: nothing here is older than what the log here tells of it.
pub fn nothing_lags(world: &World, client: usize) -> Result<(), Broken> {
    let store = Connection::open(world.clients[client].seat.folder.join("replica.db"));
    let store = store.expect("a store");
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = store.prepare(sql).expect("a table");
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        rows.expect("rows").flatten().collect()
    };
    let mut told: BTreeMap<EntityKey, i64> = BTreeMap::new();
    for json in texts("SELECT json FROM event") {
        let event: AuditRecord = serde_json::from_str(&json).map_err(Broken::of)?;
        let newest = told.entry(event.entity).or_default();
        *newest = event.version.max(*newest);
    }
    for kind in EntityType::ALL {
        for json in texts(&format!("SELECT json FROM {}", table_of(*kind))) {
            let record = Record::from_bytes(*kind, json.as_bytes()).map_err(Broken::of)?;
            let version = record.common().version;
            if told.remove(&record.key()).is_some_and(|it| it > version) {
                let what = format!("client {client} is told of more than this: {json}");
                return Err(Broken::new("G4", what));
            }
        }
    }
    match told.first_key_value() {
        Some((key, version)) => {
            let what = format!("client {client} is told of version {version} of {key:?} alone");
            Err(Broken::new("G4", what))
        }
        None => Ok(()),
    }
}

/// Everything that must hold once the network is well and everybody has synced.
pub async fn at_the_end(world: &mut World) -> Result<(), Broken> {
    everything_drains(world).await?;
    for client in 0..world.clients.len() {
        own_words_stay(world, client).await?;
    }
    let log = log(world).await?;
    exactly_once(&log)?;
    nothing_is_lost(world, &log).await?;
    nothing_is_overwritten(world, &log)?;
    let me = world.family.people[0];
    let verified = world.desk().verify(world.family.id, me).await;
    if let Some(broken) = verified.map_err(Broken::of)?.broken {
        return Err(Broken::new("the chain", format!("{broken:?}")));
    }
    everybody_comes_to_the_same(world).await?;
    nobody_holds_what_they_may_not_see(world).await
}

/// G6: what waits is sent by itself, and everything comes to rest.
async fn everything_drains(world: &mut World) -> Result<(), Broken> {
    let mut last = String::new();
    for _ in 0..ROUNDS {
        let mut moved = false;
        for (place, client) in world.clients.iter_mut().enumerate() {
            match client.sync(None).await {
                Some(Ok(passed)) => moved |= passed.changed() || passed.pushed > 0,
                Some(Err(error)) => {
                    moved = true;
                    last = format!("client {place}: {error}");
                }
                None => moved = true,
            }
        }
        if !moved {
            return nothing_waits(world).await;
        }
    }
    Err(Broken::new("G6", format!("no rest is found; {last}")))
}

async fn nothing_waits(world: &World) -> Result<(), Broken> {
    for (place, client) in world.clients.iter().enumerate() {
        let family_id = world.family.id;
        let waiting = client.read(move |it| it.pending(family_id)).await;
        let waiting = waiting.map_err(Broken::of)?;
        if let Some(first) = waiting.first() {
            let what = format!("client {place} still waits for {first:?}");
            return Err(Broken::new("G6", what));
        }
    }
    Ok(())
}

async fn log(world: &World) -> Result<Vec<AuditRecord>, Broken> {
    let table = world.server.table();
    let scope = Scope::Family(world.family.id);
    let page = patterns::log_after(table.as_ref(), scope, 0, 100_000).await;
    Ok(page.map_err(Broken::of)?.records)
}

/// G2: no command is in the log at two places, and nothing is made twice.
fn exactly_once(log: &[AuditRecord]) -> Result<(), Broken> {
    let mut last_of: HashMap<CommandId, i64> = HashMap::new();
    let mut made = BTreeSet::new();
    for record in log {
        let before = last_of.insert(record.command_id, record.seq);
        if before.is_some_and(|before| before + 1 != record.seq) {
            return Err(Broken::new("G2", format!("twice: {}", record.command_id)));
        }
        let key = format!("{:?}", record.entity);
        if record.action == Action::Create && !made.insert(key.clone()) {
            return Err(Broken::new("G2", format!("made twice: {key}")));
        }
    }
    Ok(())
}

/// G1 and G8: every command that was taken has happened, or waits refused where it was given.
async fn nothing_is_lost(world: &World, log: &[AuditRecord]) -> Result<(), Broken> {
    let happened: BTreeSet<CommandId> = log.iter().map(|it| it.command_id).collect();
    let mut refused: BTreeMap<UserId, BTreeSet<CommandId>> = BTreeMap::new();
    for client in &world.clients {
        let tray = client.read(|it| it.tray()).await.map_err(Broken::of)?;
        let ids = tray.into_iter().map(|it| it.command_id);
        refused.entry(client.seat.me).or_default().extend(ids);
    }
    for (command_id, (person, body)) in &world.given.commands {
        let is_refused = refused
            .get(person)
            .is_some_and(|ids| ids.contains(command_id));
        let changed_nothing = world.given.changed_nothing.contains(command_id);
        if happened.contains(command_id) || is_refused || changed_nothing {
            continue;
        }
        // One that changed nothing there left only its receipt.
        if applied_at(world, *command_id).await?.is_none() {
            let what = format!("{command_id} of {person} is nowhere: {body:?}");
            return Err(Broken::new("G1", what));
        }
    }
    Ok(())
}

/// How long the log was when the server decided a command, if it did and did not refuse it.
async fn applied_at(world: &World, command_id: CommandId) -> Result<Option<usize>, Broken> {
    let key = keys::op_key(Scope::Family(world.family.id), command_id);
    let item = world.server.table().get(key).await.map_err(Broken::of)?;
    let Some(item) = item else { return Ok(None) };
    let verdict: Verdict = keys::read(&item).map_err(Broken::of)?;
    Ok(match verdict.outcome {
        Outcome::Applied { seq, .. } => usize::try_from(seq).ok(),
        Outcome::Rejected { .. } => None,
    })
}

/// A server's log, and what was decided there and left nothing in it.
pub struct WithoutTrace {
    /// The hash of each record.
    pub log: Vec<String>,
    /// Each with how long the log was.
    pub commands: Vec<(CommandId, usize)>,
}

pub async fn without_trace(world: &World) -> Result<WithoutTrace, Broken> {
    let log = log(world).await?;
    let happened: BTreeSet<CommandId> = log.iter().map(|it| it.command_id).collect();
    let mut commands = Vec::new();
    for command_id in world.given.commands.keys() {
        if happened.contains(command_id) {
            continue;
        }
        if let Some(seq) = applied_at(world, *command_id).await? {
            commands.push((*command_id, seq));
        }
    }
    let log = log.into_iter().map(|it| it.hash).collect();
    Ok(WithoutTrace { log, commands })
}

/// G5: a field that must not be overwritten unseen was what the person saw when they changed it.
fn nothing_is_overwritten(world: &World, log: &[AuditRecord]) -> Result<(), Broken> {
    for record in log {
        let Some((_, body)) = world.given.commands.get(&record.command_id) else {
            continue;
        };
        let seen = match body {
            CommandBody::TicketSet {
                ticket_id,
                base: Some(base),
                set,
            } if record.entity.ticket() == Some(*ticket_id)
                && must_be_seen(set)
                && record.entity == EntityKey::Ticket(*ticket_id) =>
            {
                let field = serde_json::to_value(&base.value).map_err(Broken::of)?;
                (set.name(), field.get("value").cloned())
            }
            CommandBody::TicketDescribe { .. } | CommandBody::CommentEdit { .. } => {
                texts_stand(record, body)?;
                continue;
            }
            _ => continue,
        };
        let (name, value) = seen;
        let seen = value.as_ref().filter(|it| !it.is_null());
        let of = |snapshot: &Option<Value>| -> Option<Value> {
            let field = snapshot.as_ref()?.get(name)?.clone();
            Some(field).filter(|it| !it.is_null())
        };
        let (before, after) = (of(&record.before), of(&record.after));
        // What was so already has overwritten nothing.
        if before != after && before.as_ref() != seen {
            let what = format!("{name} was {before:?}, and {value:?} was seen: {record:?}");
            return Err(Broken::new("G5", what));
        }
    }
    Ok(())
}

/// A text stands in the place of the one that the person saw, or both are merged.
fn texts_stand(record: &AuditRecord, body: &CommandBody) -> Result<(), Broken> {
    if record.before.is_none() {
        // A server that went back may have lost what the person saw; then nothing stood there.
        return Ok(());
    }
    let (field, mine, base) = match body {
        CommandBody::TicketDescribe {
            description, base, ..
        } => ("description", description, base),
        CommandBody::CommentEdit {
            comment_body, base, ..
        } => ("comment_body", comment_body, base),
        _ => return Ok(()),
    };
    let of = |json: &Option<Value>| {
        let json = json.as_ref().filter(|it| it.get("deleted").is_none());
        json.and_then(|it| serde_json::from_value(it.get(field)?.clone()).ok())
            .unwrap_or_else(|| LongText::from(""))
    };
    let (before, after) = (of(&record.before), of(&record.after));
    let Some(base) = base.as_ref().map(|it| &it.value) else {
        return Ok(());
    };
    if before == *base || before == *mine || are_merged([base, mine, &before], &after) {
        return Ok(());
    }
    let what = format!("{before:?} became {after:?}, and {base:?} was seen: {record:?}");
    Err(Broken::new("G5", what))
}

fn are_merged(texts: [&LongText; 3], after: &LongText) -> bool {
    let [
        LongText::Inline(base),
        LongText::Inline(mine),
        LongText::Inline(theirs),
    ] = texts
    else {
        return false;
    };
    let merged = merge(base, mine, theirs);
    matches!((merged, after), (Merge::Clean(both), LongText::Inline(after)) if both == *after)
}

fn must_be_seen(set: &TicketField) -> bool {
    matches!(
        set,
        TicketField::Title(_)
            | TicketField::Severity(_)
            | TicketField::Stage(_)
            | TicketField::AssignedTo(_)
            | TicketField::DueDate(_)
    )
}

/// G4: every replica is what the person's new machine would have.
async fn everybody_comes_to_the_same(world: &mut World) -> Result<(), Broken> {
    for person in 0..world.family.people.len() {
        let (mut fresh, _folder) = world.fresh_client(person);
        let passed = fresh.sync(None).await;
        if let Some(Err(error)) = passed {
            return Err(Broken::new("a new machine", error));
        }
        if person == 0 {
            every_file_is_there(world.family.id, &fresh).await?;
        }
        let wanted = records(&fresh.seat.folder);
        for (place, client) in world.clients.iter().enumerate() {
            if client.seat.me != fresh.seat.me {
                continue;
            }
            let here = records(&client.seat.folder);
            if here != wanted {
                let what = format!("client {place} of {person}: {}", difference(&here, &wanted));
                return Err(Broken::new("G4", what));
            }
        }
    }
    Ok(())
}

/// G1: the bytes of whatever is attached can be had. Whoever looks is an admin and sees it all.
async fn every_file_is_there(family_id: FamilyId, client: &Client) -> Result<(), Broken> {
    let store = Connection::open(client.seat.folder.join("replica.db")).expect("a store");
    let mut statement = store
        .prepare("SELECT json FROM attachment WHERE deleted = 0")
        .expect("a table");
    let rows = statement.query_map([], |row| row.get::<_, String>(0));
    let rows: Vec<String> = rows.expect("rows").flatten().collect();
    for json in rows {
        let it: Attachment = serde_json::from_str(&json).map_err(Broken::of)?;
        let file = FileFacts {
            file_name: it.file_name,
            sha256: it.sha256,
            bytes: it.bytes,
            content_type: it.content_type,
        };
        let fetched = client.station().fetch_file(family_id, &file).await;
        fetched.map_err(|error| Broken::new("G1", format!("{json}: {error}")))?;
    }
    Ok(())
}

/// The first records that one replica has and the other has not.
fn difference(old: &BTreeSet<String>, new: &BTreeSet<String>) -> String {
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| {
        let rest: Vec<&String> = here.difference(there).take(2).collect();
        format!("{rest:#?}")
    };
    let (missing, extra) = (only(new, old), only(old, new));
    format!("only a new machine has {missing}; only this one has {extra}")
}

/// Every record of a replica, each with its table.
fn records(folder: &Path) -> BTreeSet<String> {
    let store = Connection::open(folder.join("replica.db")).expect("a store");
    let mut found = BTreeSet::new();
    for kind in EntityType::ALL {
        let table = table_of(*kind);
        let mut statement = store
            .prepare(&format!("SELECT json FROM {table}"))
            .expect("a table");
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        let rows = rows.expect("rows").flatten();
        found.extend(rows.map(|json| format!("{table} {json}")));
    }
    found
}

/// The table of a replica that holds entities of a kind.
fn table_of(kind: EntityType) -> String {
    match kind {
        EntityType::Group => "family_group".to_owned(),
        other => other.as_str().to_lowercase(),
    }
}

/// G7: no file of anybody's holds words of others that they may not see.
async fn nobody_holds_what_they_may_not_see(world: &mut World) -> Result<(), Broken> {
    let truth = Truth::of(world).await?;
    for place in 0..world.clients.len() {
        let client = &mut world.clients[place];
        let untidy = client.read(|it| it.is_untidy()).await.map_err(Broken::of)?;
        client.kill();
        let seat = client.seat.clone();
        let (mut found, mut words) = (BTreeSet::new(), BTreeSet::new());
        // What a server lost is written down to be handed to whoever runs the family, and it is not
        // taken back from there.
        let kept = files(&seat.folder).into_iter();
        for (file, bytes) in kept.filter(|(file, _)| !file.contains("/recovered-")) {
            for number in world.given.marks_in(&bytes) {
                let mark = &world.given.marks[number];
                if mark.author != seat.me && !truth.sees(seat.me, mark) {
                    words.insert(format!("zq{number}qz"));
                    found.insert(format!("{mark:?} in {file}"));
                }
            }
        }
        if !found.is_empty() {
            let tables = tables_with(&seat.folder, &words);
            let what = format!("client {place} holds (untidy: {untidy}) {found:#?} of {tables:?}");
            return Err(Broken::new("G7", what));
        }
    }
    Ok(())
}

/// Who may see which ticket, worked out from the table by the plain words of MODEL.md.
struct Truth {
    group_of: BTreeMap<TicketId, GroupId>,
    /// For which group an internal comment was written.
    notes: BTreeMap<CommentId, GroupId>,
    takes_part: BTreeSet<(TicketId, UserId)>,
    in_group: BTreeSet<(GroupId, UserId)>,
    admins: BTreeSet<UserId>,
    children: BTreeSet<UserId>,
    live: BTreeSet<UserId>,
}

impl Truth {
    async fn of(world: &World) -> Result<Truth, Broken> {
        let (table, family) = (world.server.table(), world.family.id);
        let table: &dyn Table = table.as_ref();
        let mut truth = Truth {
            group_of: BTreeMap::new(),
            notes: BTreeMap::new(),
            takes_part: BTreeSet::new(),
            in_group: BTreeSet::new(),
            admins: BTreeSet::new(),
            children: BTreeSet::new(),
            live: BTreeSet::new(),
        };
        let mut guests = BTreeSet::new();
        for person in &world.family.people {
            let found = patterns::membership(table, family, *person).await;
            let found = found.map_err(Broken::of)?;
            let Some(found) = found.filter(|it| it.is_live()) else {
                continue;
            };
            truth.live.insert(*person);
            if found.is_admin {
                truth.admins.insert(*person);
            }
            match found.role {
                Role::Guest => drop(guests.insert(*person)),
                Role::Child => drop(truth.children.insert(*person)),
                Role::Adult => {}
            }
        }
        let groups = patterns::groups(table, family).await.map_err(Broken::of)?;
        for member in groups.members {
            let counts = !member.common.deleted && !guests.contains(&member.user_id);
            if counts && member.status == MembershipStatus::Member {
                truth.in_group.insert((member.group_id, member.user_id));
            }
        }
        let queues = patterns::queues(table, family).await.map_err(Broken::of)?;
        let tickets: BTreeSet<TicketId> = world.given.marks.iter().map(|it| it.ticket_id).collect();
        for ticket_id in tickets {
            // One that is deleted is there all the same: it can be restored.
            let found = table.get(keys::ticket_key(family, ticket_id)).await;
            let Some(item) = found.map_err(Broken::of)? else {
                continue;
            };
            let record = keys::record_of(&item, EntityType::Ticket);
            let Record::Ticket(ticket) = record.map_err(Broken::of)? else {
                continue;
            };
            let queue = queues.iter().find(|it| it.queue_id == ticket.queue_id);
            let group = queue.map(|it| (ticket_id, it.group_id));
            truth.group_of.extend(group);
            let there = patterns::participants(table, family, ticket_id).await;
            for it in there.map_err(Broken::of)? {
                truth.takes_part.insert((ticket_id, it.user_id));
            }
        }
        for mark in &world.given.marks {
            let Some(comment_id) = mark.note else {
                continue;
            };
            let key = keys::comment_key(family, mark.ticket_id, comment_id);
            let Some(item) = table.get(key).await.map_err(Broken::of)? else {
                continue;
            };
            let record = keys::record_of(&item, EntityType::Comment);
            if let Record::Comment(comment) = record.map_err(Broken::of)? {
                let group = comment.internal.map(|group| (comment_id, group));
                truth.notes.extend(group);
            }
        }
        Ok(truth)
    }

    fn sees(&self, person: UserId, mark: &Mark) -> bool {
        let is_in = |group| self.in_group.contains(&(group, person));
        let works = self.group_of.get(&mark.ticket_id);
        let part = self.takes_part.contains(&(mark.ticket_id, person));
        let note = mark.note.and_then(|it| self.notes.get(&it));
        let may = (part || works.is_some_and(|group| is_in(*group)))
            && note.is_none_or(|group| is_in(*group) && !self.children.contains(&person));
        self.live.contains(&person) && (may || self.admins.contains(&person))
    }
}

/// All files below a folder, with their bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten();
    for path in entries.flatten().map(|it| it.path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}

/// The tables of a replica in which any of the words stands, with what it stands in.
fn tables_with(folder: &Path, words: &BTreeSet<String>) -> BTreeSet<(String, String)> {
    let store = Connection::open(folder.join("replica.db")).expect("a store");
    let mut names = store
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .expect("a schema");
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .expect("names")
        .flatten()
        .collect();
    let mut found = BTreeSet::new();
    for name in names {
        let Ok(mut rows) = store.prepare(&format!("SELECT * FROM {name}")) else {
            continue;
        };
        let columns = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Ok(Some(row)) = rows.next() {
            for column in 0..columns {
                let value = row.get_ref(column).expect("a value");
                let text = String::from_utf8_lossy(value.as_bytes().unwrap_or_default());
                if words.iter().any(|word| text.contains(word)) {
                    found.insert((name.clone(), text.chars().take(600).collect()));
                }
            }
        }
    }
    found
}
