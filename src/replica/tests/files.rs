//! The file: its mode, its format, damage, and what survives.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Seek, SeekFrom, Write};

use super::*;
use crate::config::drive::NetworkDrive;
use crate::replica::WAL;

fn draft(family_id: FamilyId, content: &str) -> Draft {
    Draft {
        key: DraftKey {
            family_id,
            about: None,
            kind: DraftKind::NewTicket,
        },
        content: content.to_owned(),
        saved_at: START,
    }
}

#[test]
fn drafts_and_pending_commands_survive() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut house = House::over(Replica::open(folder.path()).expect("a store"));
    let kept = draft(house.family_id, "half a sentence");
    let half = draft(house.family_id, "half");
    let known = house.replica.save_draft(&half, &OnDisk::default());
    let known = house.replica.save_draft(&kept, &known.expect("saved"));
    let known = known.expect("saved");
    house
        .local(CommandBody::TicketCreate(Box::new(
            house.new_ticket("Mine"),
        )))
        .expect("taken");
    let device = house.replica.device_id().expect("read");
    house.replica = Replica::open(folder.path()).expect("opened again");
    assert_eq!(house.replica.device_id().expect("read"), device);
    assert_eq!(house.replica.drafts().expect("read"), vec![kept.clone()]);
    assert_eq!(house.titles(&house.all()), ["Mine"]);
    assert_eq!(
        house
            .replica
            .next_batch(house.family_id, 9)
            .expect("batch")
            .len(),
        1
    );
    assert!(house.replica.drop_draft(kept.key, &known).expect("dropped"));
    assert_eq!(house.replica.draft(kept.key).expect("read"), None);
    assert!(house.replica.check().expect("checked").is_empty());
}

#[test]
fn two_programs_that_write_on_one_thing_keep_both_texts() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut one = Replica::open(folder.path()).expect("a store");
    let mut other = Replica::open(folder.path()).expect("a store");
    let text = |content| draft(FamilyId(uuid::Uuid::nil()), content);
    let key = text("").key;
    let first = one.save_draft(&text("one"), &OnDisk::default());
    let first = first.expect("saved");
    // The other goes on with it, as one would after a restart.
    let found = other.draft_on_disk(key).expect("read");
    let theirs = other.save_draft(&text("one and other"), &found);
    let theirs = theirs.expect("saved");
    assert_eq!(theirs.copy, first.copy);
    // The first is still there, and neither takes the other's text away from here on.
    let mine = one.save_draft(&text("one alone"), &first).expect("saved");
    assert!(!one.drop_draft(key, &first).expect("looked"));
    let theirs = other.save_draft(&text("other"), &theirs).expect("saved");
    let contents = |it: &Replica| -> BTreeSet<String> {
        let all = it.drafts().expect("read").into_iter();
        all.map(|draft| draft.content).collect()
    };
    let both = ["one alone", "other"].map(str::to_owned);
    assert_eq!(contents(&one), BTreeSet::from(both));
    assert!(other.drop_draft(key, &theirs).expect("dropped"));
    assert_eq!(one.draft(key).expect("read"), Some(text("one alone")));
    assert!(one.drop_draft(key, &mine).expect("dropped"));
    assert_eq!(one.draft(key).expect("read"), None);
}

#[test]
fn a_store_on_a_network_drive_has_no_write_ahead_log_and_is_read_while_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join(WAL);
    let mut house = House::over(Replica::open_on(None, folder.path()).expect("a store"));
    let kept = draft(house.family_id, "half a sentence");
    let known = house.replica.save_draft(&kept, &OnDisk::default());
    known.expect("saved");
    assert!(log.exists());
    // While it is open it stays as it is; the next who opens it alone changes that.
    Replica::open_on(Some(NetworkDrive::SMB), folder.path()).expect("opened beside");
    drop(house);
    let replica = Replica::open_on(Some(NetworkDrive::SMB), folder.path()).expect("moved");
    assert!(!log.exists());
    let mut house = House::over(replica);
    let reader = Replica::open_reader(folder.path()).expect("a reader");
    assert_eq!(reader.drafts().expect("read"), vec![kept]);
    let another = draft(FamilyId(uuid::Uuid::nil()), "another");
    let known = house.replica.save_draft(&another, &OnDisk::default());
    known.expect("saved");
    assert_eq!(reader.drafts().expect("read").len(), 2);
    assert!(!log.exists());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("state");
    let _house = House::over(Replica::open(&inside).expect("a store"));
    assert_eq!(
        fs::metadata(&inside).expect("folder").permissions().mode() & 0o777,
        0o700
    );
    let mut files = 0;
    for entry in fs::read_dir(&inside).expect("folder") {
        let mode = entry
            .expect("entry")
            .metadata()
            .expect("file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        files += 1;
    }
    assert!(files >= 2, "the file and its log");
}

#[test]
fn a_reader_sees_what_was_committed_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut house = House::over(Replica::open(folder.path()).expect("a store"));
    house.filed("Boiler");
    house.pull();
    let mut reader = Replica::open_reader(folder.path()).expect("a reader");
    assert_eq!(
        reader.fingerprint(house.family_id).expect("hash"),
        house.replica.fingerprint(house.family_id).expect("hash")
    );
    let no = draft(house.family_id, "no");
    assert!(reader.save_draft(&no, &OnDisk::default()).is_err());
    assert!(Replica::open_reader(&folder.path().join("nowhere")).is_err());
}

#[test]
fn a_newer_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Replica::open(folder.path()).expect("a store"));
    let path = folder.path().join("replica.db");
    Connection::open(&path)
        .expect("opened")
        .pragma_update(None, "user_version", 99)
        .expect("set");
    let error = Replica::open(folder.path()).err().expect("refused");
    assert!(matches!(error, ReplicaError::Newer { found: 99, .. }));
    assert!(error.to_string().contains("update famdesk"));
    assert!(path.exists());
}

#[test]
fn anothers_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = Connection::open(folder.path().join("replica.db")).expect("opened");
    other
        .execute_batch("CREATE TABLE theirs (x)")
        .expect("made");
    assert!(matches!(
        Replica::open(folder.path()),
        Err(ReplicaError::NotOurs(_))
    ));
}

#[test]
fn a_file_that_is_no_database_is_set_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("replica.db"),
        "not a database, not at all".repeat(100),
    )
    .expect("written");
    let replica = Replica::open(folder.path()).expect("a fresh store");
    let salvaged = replica.salvaged().expect("a report");
    assert!(salvaged.aside.exists() && salvaged.saved.exists());
    assert_eq!(salvaged.kept, 0);
}

#[test]
fn what_can_be_read_of_a_damaged_file_is_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut house = House::over(Replica::open(folder.path()).expect("a store"));
    let kept = draft(house.family_id, "half a sentence");
    let saved = house.replica.save_draft(&kept, &OnDisk::default());
    saved.expect("saved");
    house
        .local(CommandBody::TicketCreate(Box::new(
            house.new_ticket("Mine"),
        )))
        .expect("taken");
    house.replica.tidy().expect("the log is in the file");
    let root: i64 = house
        .replica
        .conn
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'tray'",
            [],
            |row| row.get(0),
        )
        .expect("a page");
    house.replica = Replica::in_memory().expect("a store");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(folder.path().join("replica.db"))
        .expect("opened");
    file.seek(SeekFrom::Start((root as u64 - 1) * 4096))
        .expect("there");
    file.write_all(&[0xAB; 4096]).expect("damaged");
    drop(file);

    let replica = Replica::open(folder.path()).expect("a fresh store");
    let salvaged = replica.salvaged().expect("a report").clone();
    assert_eq!(salvaged.kept, 2);
    assert!(
        fs::read_to_string(&salvaged.saved)
            .expect("read")
            .contains("half a sentence")
    );
    assert_eq!(replica.drafts().expect("read"), [kept]);
    assert_eq!(
        replica.next_batch(house.family_id, 9).expect("batch").len(),
        1
    );
    house.replica = replica;
    let mut replica = std::mem::replace(&mut house.replica, Replica::in_memory().expect("a store"));
    house.bootstrap(&mut replica);
    house.replica = replica;
    assert_eq!(
        house.titles(&house.all()),
        ["Mine"],
        "the pending command is applied again"
    );
}
