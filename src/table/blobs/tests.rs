//! What a folder of blobs keeps, takes in and lets go.

mod power;

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn mode(path: &Path) -> u32 {
    let about = fs::metadata(path).expect("it is there");
    about.permissions().mode() & 0o777
}

#[test]
fn a_blob_is_kept_once_under_its_hash_for_its_owner_alone() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("a").join("blobs");
    let store = BlobStore::open(&folder).expect("opens");
    let hash = store.put(b"boiler").expect("kept");
    assert_eq!(store.put(b"boiler").expect("kept"), hash);
    assert_eq!(hash, sha256_hex(b"boiler"));
    assert_eq!(store.get(&hash).expect("found"), b"boiler");
    assert!(store.contains(&hash).expect("looked"));
    assert!(!store.contains(&sha256_hex(b"other")).expect("looked"));
    assert!(matches!(
        store.get(&sha256_hex(b"other")),
        Err(BlobError::Missing(_))
    ));
    assert_eq!(fs::read_dir(&folder).expect("lists").count(), 1);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join(&hash)), 0o600);
}

#[test]
fn damage_is_seen_and_mended_by_putting_again() {
    let root = tempfile::tempdir().expect("a folder");
    let store = BlobStore::open(root.path().join("blobs")).expect("opens");
    let hash = store.put(b"boiler").expect("kept");
    fs::write(store.folder().join(&hash), b"broken").expect("writes");
    assert!(matches!(store.get(&hash), Err(BlobError::Damaged { .. })));
    assert_eq!(store.put(b"boiler").expect("kept"), hash);
    assert_eq!(store.get(&hash).expect("found"), b"boiler");
}

fn piece<'a>(sha256: &'a str, of: &'a str, start: u64, bytes: &'a [u8]) -> Piece<'a> {
    Piece {
        sha256,
        of,
        start,
        total: 6,
        bytes,
    }
}

#[test]
fn a_blob_comes_in_pieces_and_goes_on_where_it_was_cut_off() {
    let root = tempfile::tempdir().expect("a folder");
    let store = BlobStore::open(root.path().join("blobs")).expect("opens");
    let hash = sha256_hex(b"boiler");
    let come = |of, start, bytes| store.take_piece(piece(&hash, of, start, bytes));
    assert_eq!(come("ana", 0, b"boi").expect("taken"), Arrived::Part(3));
    // Another person has begun nothing, and another program goes on here.
    assert_eq!(store.begun(&hash, "ben").expect("looked"), 0);
    let store = BlobStore::open(store.folder()).expect("opens");
    let come = |of, start, bytes| store.take_piece(piece(&hash, of, start, bytes));
    assert_eq!(come("ana", 0, b"boi").expect("told"), Arrived::Part(3));
    assert!(!store.contains(&hash).expect("looked"));
    assert_eq!(come("ana", 3, b"ler").expect("taken"), Arrived::Whole);
    assert_eq!(store.get(&hash).expect("found"), b"boiler");
    assert_eq!(store.part(&hash, 3, 2).expect("found"), (b"le".to_vec(), 6));
    assert_eq!(fs::read_dir(store.folder()).expect("lists").count(), 1);
    assert_eq!(mode(&store.folder().join(&hash)), 0o600);
}

#[test]
fn what_is_not_what_its_name_says_is_let_go() {
    let root = tempfile::tempdir().expect("a folder");
    let store = BlobStore::open(root.path().join("blobs")).expect("opens");
    let hash = sha256_hex(b"boiler");
    let lie = store.take_piece(piece(&hash, "ana", 0, b"butler"));
    assert!(matches!(lie, Err(BlobError::WrongHash { .. })));
    assert_eq!(store.begun(&hash, "ana").expect("looked"), 0);
    assert!(!store.contains(&hash).expect("looked"));
    let out = store.take_piece(piece(&hash, "../ana", 0, b"boiler"));
    assert!(matches!(out, Err(BlobError::NotAHash(_))));
}

#[test]
fn only_what_nobody_has_wanted_lately_is_removed() {
    let root = tempfile::tempdir().expect("a folder");
    let store = BlobStore::open(root.path().join("blobs")).expect("opens");
    let hash = store.put(b"boiler").expect("kept");
    let other = sha256_hex(b"router");
    store
        .take_piece(piece(&other, "ana", 0, b"rou"))
        .expect("begun");
    let age = |name: &str| {
        let file = File::open(store.folder().join(name)).expect("opens");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("set");
    };
    let moment = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    store.remove_unfinished(moment).expect("looked");
    assert!(!store.remove_if_older(&hash, moment).expect("looked"));
    age(&format!(".{other}.ana.part"));
    store.remove_unfinished(moment).expect("removed");
    assert_eq!(store.begun(&other, "ana").expect("looked"), 0);
    age(&hash);
    assert!(store.want(&hash).expect("wanted"));
    assert!(!store.remove_if_older(&hash, moment).expect("looked"));
    age(&hash);
    assert!(store.remove_if_older(&hash, moment).expect("removed"));
    assert!(!store.want(&hash).expect("looked"));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let root = tempfile::tempdir().expect("a folder");
    let store = BlobStore::open(root.path().join("blobs")).expect("opens");
    let upper = sha256_hex(b"boiler").to_uppercase();
    for name in [
        "",
        "..",
        "../../etc/passwd",
        upper.as_str(),
        &"a".repeat(63),
    ] {
        assert!(matches!(store.get(name), Err(BlobError::NotAHash(_))));
        assert!(store.contains(name).is_err());
    }
}
