//! Files on tickets: kept, sent, seen by those who may, and by nobody else.

use std::fs::File;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use famdesk::model::attachment::{FILES_PER_FAMILY, FileFacts, NewAttachment};
use famdesk::model::command::Command;
use famdesk::model::entity::EntityKey;
use famdesk::model::id::{AttachmentId, CommandId, DeviceId};
use famdesk::model::participant::ParticipantRole;
use famdesk::remote::blobs::There;
use famdesk::remote::client::CallError;
use famdesk::remote::{Remote, Unreachable};
use famdesk::replica::view::FileRow;
use famdesk::sync::files::FetchError;
use famdesk::table::item::{Condition, Query, Write};
use famdesk::table::{keys, query_all};
use famdesk::wire::problem::ProblemKind;
use famdesk::wire::sync::{Push, Pushed};
use futures::future::BoxFuture;
use http::{Request, Response, header};

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

fn attach(
    house: &House,
    on: (TicketId, Option<CommentId>),
    file: FileFacts,
) -> (EntityKey, CommandBody) {
    let attachment_id = AttachmentId(house.source.fresh());
    let new = NewAttachment {
        ticket_id: on.0,
        attachment_id,
        comment_id: on.1,
        file,
    };
    let key = EntityKey::Attachment(on.0, attachment_id);
    (key, CommandBody::AttachmentAdd(new))
}

/// Attaches to the ticket and sends it.
async fn attached(house: &House, ticket_id: TicketId, bytes: &[u8]) -> (EntityKey, FileFacts) {
    let kept = house.station.keep_file("photo.png", bytes.to_vec()).await;
    let file = kept.expect("kept");
    let (key, body) = attach(house, (ticket_id, None), file.clone());
    house.give(vec![body]).await;
    house.sync().await;
    (key, file)
}

async fn files(station: &Station, ticket_id: TicketId) -> Vec<FileRow> {
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 10,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::Thread(Some(thread)) => {
            let on_comments = thread.comments.into_iter().flat_map(|it| it.files);
            thread.files.into_iter().chain(on_comments).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// Whether the person gets the bytes, or is told as of what is nowhere.
async fn reads(station: &Station, house: &House, sha256: &str) -> bool {
    let name = (house.family, sha256);
    let there = station.client().blob_there(name).await.expect("answered");
    match station.client().get_blob(name).await {
        Ok(_) => {
            assert_eq!(there, There::Whole);
            true
        }
        Err(CallError::Problem(problem)) => {
            let nowhere = (house.family, "b".repeat(64));
            let nowhere = station.client().get_blob((nowhere.0, &nowhere.1)).await;
            let Err(CallError::Problem(other)) = nowhere else {
                panic!("{nowhere:?}");
            };
            assert_eq!(there, There::Part(0));
            let detail = problem.detail.replace(sha256, &"b".repeat(64));
            assert_eq!((problem.kind, detail), (other.kind, other.detail));
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_file_is_shown_before_it_is_sent_and_read_by_others_after() {
    let house = House::new().await;
    let (_, ben) = joined(&house, "Ben", Role::Adult).await;
    let (mine, filed) = house.new_ticket("Boiler", Severity::Sev3);
    house.give(vec![filed]).await;
    let kept = house.station.keep_file("../Mi caldera.png", PNG.to_vec());
    let file = kept.await.expect("kept");
    assert_eq!(file.file_name, "Mi caldera.png");
    assert_eq!(file.content_type, "image/png");
    let (_, body) = attach(&house, (mine, None), file.clone());
    house.give(vec![body]).await;
    let before = files(&house.station, mine).await;
    assert!(before[0].unsent && before[0].added_by == "Ana");
    let fetched = house.station.fetch_file(house.family, &file).await;
    assert_eq!(fetched.expect("here already"), PNG);

    house.sync().await;
    assert!(!files(&house.station, mine).await[0].unsent);
    let found = house.list(house.typed("has:attachment")).await;
    assert_eq!(found.rows.len(), 1);
    assert!(
        house
            .list(house.typed("-has:attachment"))
            .await
            .rows
            .is_empty()
    );

    let part = CommandBody::ParticipantAdd {
        ticket_id: mine,
        user_id: ben.me(),
        role: ParticipantRole::Cc,
    };
    house.give(vec![part]).await;
    house.sync().await;
    ben.sync().await.expect("synced");
    let seen = files(&ben, mine).await;
    assert_eq!(seen[0].file, file);
    let fetched = ben.fetch_file(house.family, &seen[0].file).await;
    assert_eq!(fetched.expect("fetched"), PNG);
}

#[tokio::test]
async fn a_hash_alone_gives_nobody_anything() {
    let house = House::new().await;
    let (_, ben) = joined(&house, "Ben", Role::Adult).await;
    let ticket_id = house.ticket("Secret present", Severity::Sev5).await;
    house.sync().await;
    let (key, file) = attached(&house, ticket_id, PNG).await;
    assert!(reads(&house.station, &house, &file.sha256).await);
    assert!(!reads(&ben, &house, &file.sha256).await);

    // Nor by attaching what he only knows the name of to a ticket of his own.
    let (own, filed) = house.new_ticket("Mine", Severity::Sev5);
    let (_, theft) = attach(&house, (own, None), file.clone());
    let push = |cseq, body| Pushed {
        cseq,
        command: Command {
            command_id: CommandId(house.source.fresh()),
            issued_at: house.source.now(),
            seen: None,
            body,
        },
    };
    let device = DeviceId(house.source.fresh());
    let commands = vec![push(1, filed), push(2, theft)];
    let push = Push { device, commands };
    let pushed = ben.client().push(house.family, &push, None);
    let reply = pushed.await.expect("answered");
    assert_eq!(reply.results.len(), 1);
    let problem = reply.problem.expect("a problem");
    assert_eq!(
        (problem.kind, problem.status),
        (ProblemKind::NeedsBlob, 412)
    );
    assert!(!reads(&ben, &house, &file.sha256).await);

    // Whoever sees the ticket has it, and no longer once it is removed; admins restore it.
    let part = CommandBody::ParticipantAdd {
        ticket_id,
        user_id: ben.me(),
        role: ParticipantRole::Cc,
    };
    house.give(vec![part]).await;
    house.sync().await;
    assert!(reads(&ben, &house, &file.sha256).await);
    house.give(vec![CommandBody::EntityDelete(key)]).await;
    house.sync().await;
    assert!(!reads(&ben, &house, &file.sha256).await);
    house.give(vec![CommandBody::EntityRestore(key)]).await;
    house.sync().await;
    assert!(reads(&ben, &house, &file.sha256).await);
}

#[tokio::test]
async fn a_file_on_an_internal_note_stays_internal() {
    let house = House::new().await;
    let (_, ben) = joined(&house, "Ben", Role::Adult).await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    let part = CommandBody::ParticipantAdd {
        ticket_id,
        user_id: ben.me(),
        role: ParticipantRole::Cc,
    };
    let note = house.comment(ticket_id, "for us", true);
    let CommandBody::CommentAdd(new) = &note else {
        panic!("{note:?}");
    };
    let kept = house.station.keep_file("bill.pdf", b"%PDF-1.7 x".to_vec());
    let file = kept.await.expect("kept");
    let on = (ticket_id, Some(new.comment_id));
    let (_, body) = attach(&house, on, file.clone());
    house.give(vec![part, note, body]).await;
    house.sync().await;
    ben.sync().await.expect("synced");
    assert_eq!(files(&house.station, ticket_id).await.len(), 1);
    assert_eq!(files(&ben, ticket_id).await, []);
    assert!(!reads(&ben, &house, &file.sha256).await);
}

/// A way to the backend that notes which pieces go over it, and breaks behind some.
struct Line {
    inner: InProcess<axum::Router>,
    sent: Mutex<Vec<String>>,
    /// How many pieces still go through.
    left: Mutex<usize>,
}

impl Remote for Line {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        if let Some(range) = request.headers().get(header::CONTENT_RANGE) {
            let mut left = self.left.lock().expect("held by nobody");
            let Some(less) = left.checked_sub(1) else {
                return Box::pin(async { Err(Unreachable("cut off".to_owned())) });
            };
            *left = less;
            let range = range.to_str().expect("text").to_owned();
            self.sent.lock().expect("held by nobody").push(range);
        }
        self.inner.call(request)
    }

    fn listen(&self) {
        self.inner.listen();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.inner.poked()
    }
}

#[tokio::test]
async fn an_upload_that_was_cut_off_goes_on_where_it_was() {
    let house = House::new().await;
    let ticket_id = house.ticket("Film", Severity::Sev5).await;
    house.sync().await;
    let line = Arc::new(Line {
        inner: InProcess::new(server::bundled(Arc::clone(&house.desk)), house.desk.stirs()),
        sent: Mutex::default(),
        left: Mutex::new(1),
    });
    let elsewhere = tempfile::tempdir().expect("a folder");
    let me = house.station.me();
    let remote = Arc::clone(&line) as Arc<dyn Remote>;
    let ana = station_at(&house.source, &elsewhere, me, Client::new(remote, None));
    ana.sync().await.expect("synced");
    let film: Vec<u8> = (0..600_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let file = ana.keep_file("film.bin", film.clone()).await.expect("kept");
    let (_, body) = attach(&house, (ticket_id, None), file.clone());
    ana.give(house.family, vec![body]).await.expect("taken");
    ana.sync().await.expect_err("cut off");
    drop(ana);

    // Another program takes over what this one left.
    *line.left.lock().expect("held by nobody") = 9;
    let remote = Arc::clone(&line) as Arc<dyn Remote>;
    let ana = station_at(&house.source, &elsewhere, me, Client::new(remote, None));
    ana.sync().await.expect("synced");
    assert_eq!(
        *line.sent.lock().expect("held by nobody"),
        [
            "bytes 0-262143/600000",
            "bytes 262144-524287/600000",
            "bytes 524288-599999/600000"
        ]
    );
    house.sync().await;
    let shown = files(&house.station, ticket_id).await;
    assert_eq!(shown[0].file.content_type, "application/octet-stream");
    let fetched = house.station.fetch_file(house.family, &shown[0].file).await;
    assert_eq!(fetched.expect("fetched"), film);

    // It is kept here no longer than it is wanted.
    let kept = elsewhere.path().join(me.to_string()).join("files");
    let kept = kept.join(&file.sha256);
    assert!(kept.exists());
    let of_old = File::open(&kept).expect("opens");
    of_old.set_modified(SystemTime::UNIX_EPOCH).expect("set");
    ana.sync().await.expect("synced");
    assert!(!kept.exists());
}

#[tokio::test]
async fn a_program_killed_between_the_bytes_and_the_command_loses_neither() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    house.sync().await;
    let file = house.station.keep_file("photo.png", PNG.to_vec()).await;
    let file = file.expect("kept");
    let (_, body) = attach(&house, (ticket_id, None), file.clone());
    house.give(vec![body]).await;
    let name = (house.family, file.sha256.as_str());
    let bytes = Bytes::from_static(PNG);
    let sent = house.station.client().send_blob(name, &bytes, |_| {});
    sent.await.expect("sent");

    let again = station(
        &house.desk,
        &house.source,
        &house.folder,
        house.station.me(),
        None,
    );
    again.sync().await.expect("synced");
    let shown = files(&again, ticket_id).await;
    assert!(!shown[0].unsent);
    assert_eq!(shown[0].file, file);
}

#[tokio::test]
async fn what_nothing_speaks_of_is_removed_after_a_week_and_all_else_stays() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    house.sync().await;
    let (key, file) = attached(&house, ticket_id, PNG).await;
    // Removed, but it can be restored.
    house.give(vec![CommandBody::EntityDelete(key)]).await;
    house.sync().await;
    let stray = Bytes::from_static(b"never named");
    let stray_name = famdesk::model::audit::sha256_hex(&stray);
    let name = (house.family, stray_name.as_str());
    let sent = house.station.client().send_blob(name, &stray, |_| {});
    sent.await.expect("sent");

    let week = Duration::from_secs(7 * 24 * 60 * 60);
    let young = SystemTime::now() - week;
    assert_eq!(house.desk.sweep_blobs(young).await.expect("swept"), 0);
    let later = SystemTime::now() + week;
    assert_eq!(house.desk.sweep_blobs(later).await.expect("swept"), 1);
    assert!(house.desk.blobs().contains(&file.sha256).expect("looked"));
    let there = house.station.client().blob_there(name).await;
    assert_eq!(there, Ok(There::Part(0)));
}

#[tokio::test]
async fn a_store_of_before_learns_what_speaks_of_its_texts() {
    let house = House::new().await;
    let ticket_id = house.ticket("long", Severity::Sev4).await;
    let long = "all work and no play ".repeat(25_000);
    house
        .give(vec![house.comment(ticket_id, &long, false)])
        .await;
    house.sync().await;
    let sha256 = famdesk::model::audit::sha256_hex(long.as_bytes());
    let notes = Query::base(keys::blob_pk(house.family, &sha256));
    let notes = query_all(house.table.as_ref(), notes).await.expect("read");
    assert_eq!(notes.len(), 2);
    let gone = notes.into_iter().map(|it| it.key);
    let gone = gone
        .chain([keys::store_blobs_key()])
        .map(|key| Write::Delete {
            key,
            condition: Condition::Any,
        });
    house.table.transact(gone.collect()).await.expect("gone");

    let blobs = BlobStore::open(house.folder.path().join("blobs")).expect("blobs");
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    let desk = Desk::new(Arc::clone(&house.table), blobs, clock);
    let later = SystemTime::now() + Duration::from_secs(60);
    assert_eq!(desk.sweep_blobs(later).await.expect("swept"), 0);
    let (desk, me) = (Arc::new(desk), house.station.me());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let other = station(&desk, &house.source, &elsewhere, me, None);
    other.sync().await.expect("synced");
    assert!(reads(&other, &house, &sha256).await);
}

#[tokio::test]
async fn what_is_damaged_in_the_store_is_told_and_never_passed_on() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    house.sync().await;
    let (_, file) = attached(&house, ticket_id, PNG).await;
    let place = house.folder.path().join("blobs").join(&file.sha256);
    std::fs::write(place, b"something else").expect("written");
    let checked = house.desk.check_up().await.expect("checked");
    assert!(checked[0].faults[0].to_string().contains("damaged"));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let me = house.station.me();
    let other = station(&house.desk, &house.source, &elsewhere, me, None);
    other.sync().await.expect("synced");
    let fetched = other.fetch_file(house.family, &file).await;
    assert!(
        matches!(fetched, Err(FetchError::Damaged(_))),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn files_of_comments_that_are_not_shown_are_told_beside_them() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    let mut attached = Vec::new();
    for n in 0..3 {
        let body = house.comment(ticket_id, &format!("number {n}"), false);
        let CommandBody::CommentAdd(new) = &body else {
            panic!("{body:?}");
        };
        let kept = house
            .station
            .keep_file(&format!("{n}.png"), PNG.to_vec())
            .await;
        let on = (ticket_id, Some(new.comment_id));
        let file = attach(&house, on, kept.expect("kept")).1;
        attached.push(new.comment_id);
        house.give(vec![body, file]).await;
    }
    // What goes with its comment is told nowhere.
    let gone = EntityKey::Comment(ticket_id, attached[2]);
    house.give(vec![CommandBody::EntityDelete(gone)]).await;
    house.sync().await;
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 1,
    };
    let thread = match house.station.ask(question).await.expect("an answer") {
        Answer::Thread(Some(thread)) => thread,
        other => panic!("{other:?}"),
    };
    let names = |files: &[FileRow]| -> Vec<String> {
        files.iter().map(|it| it.file.file_name.clone()).collect()
    };
    assert_eq!(names(&thread.comments[0].files), ["0.png"]);
    assert_eq!(names(&thread.files_elsewhere), ["1.png"]);
}

#[tokio::test]
async fn a_file_that_the_family_has_no_room_for_is_refused_before_it_is_sent() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler", Severity::Sev3).await;
    attached(&house, ticket_id, PNG).await;
    let (ben, theirs) = joined(&house, "Ben", Role::Adult).await;
    // Ben sees nothing of it; the server says how much there is.
    let session = theirs.session().await.expect("answered");
    assert_eq!(session.families[0].attached, PNG.len() as u64);
    let mut full = session.clone();
    full.families[0].attached = FILES_PER_FAMILY;
    let (own, filed) = house.new_ticket("Ben's own", Severity::Sev3);
    theirs.give(house.family, vec![filed]).await.expect("taken");
    theirs.sync().await.expect("synced");
    let state = house.folder.path().join(ben.to_string());
    let mut here = Replica::open(&state).expect("opened");
    here.note_session(&full).expect("noted");
    let kept = theirs.keep_file("photo.png", PNG.to_vec()).await;
    let body = attach(&house, (own, None), kept.expect("kept")).1;
    let refused = theirs
        .give(house.family, vec![body])
        .await
        .expect_err("full");
    assert!(refused.to_string().contains("5 GiB"), "{refused}");
    assert!(!theirs.has_unsent().await.expect("readable"));
}
