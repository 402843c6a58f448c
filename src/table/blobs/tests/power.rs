//! Power cuts: a blob that was acknowledged is there in whatever the disk may hold afterwards, and
//! what else is there is never taken for what it is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::disk::{DONE, Op};
use super::*;

/// A disk as it is told what to do, with what it has not brought to safety yet.
#[derive(Debug, Default, Clone)]
struct Disk {
    /// The bytes of each file that are safe, and as they are to be. A file is known by the name that
    /// it was first written under.
    files: BTreeMap<PathBuf, (Vec<u8>, Vec<u8>)>,
    /// Which file stands under which name: what is safe, and what came to be since, in order.
    names: BTreeMap<PathBuf, PathBuf>,
    since: Vec<(PathBuf, Name)>,
    folders: Vec<PathBuf>,
}

/// What comes to be of a name.
#[derive(Debug, Clone)]
enum Name {
    Folder,
    File(PathBuf),
    Gone,
}

impl Disk {
    fn follow(&mut self, op: &Op) {
        match op {
            Op::Make(folder) => self.since.push((folder.clone(), Name::Folder)),
            Op::Write(path, start, bytes) => {
                let file = self.file_at(path).unwrap_or_else(|| {
                    self.since.push((path.clone(), Name::File(path.clone())));
                    path.clone()
                });
                let (_, to_be) = self.files.entry(file).or_default();
                to_be.truncate(usize::try_from(*start).expect("small"));
                to_be.extend_from_slice(bytes);
            }
            Op::SyncFile(path) => {
                let file = self.file_at(path).expect("it was written");
                let (safe, to_be) = self.files.get_mut(&file).expect("it was written");
                safe.clone_from(to_be);
            }
            Op::Rename(from, to) => {
                let file = self.file_at(from).expect("it was written");
                self.since.push((from.clone(), Name::Gone));
                self.since.push((to.clone(), Name::File(file)));
            }
            Op::SyncFolder(folder) => {
                let is_here = |it: &(PathBuf, Name)| it.0.parent() == Some(folder.as_path());
                let (safe, since) = self.since.drain(..).partition(is_here);
                self.since = since;
                self.settle(safe);
            }
        }
    }

    fn file_at(&self, path: &Path) -> Option<PathBuf> {
        let lately = self.since.iter().rev().find(|(name, _)| name == path);
        match lately {
            Some((_, Name::File(file))) => Some(file.clone()),
            Some(_) => None,
            None => self.names.get(path).cloned(),
        }
    }

    fn settle(&mut self, names: Vec<(PathBuf, Name)>) {
        for (path, name) in names {
            match name {
                Name::Folder => self.folders.push(path),
                Name::File(file) => drop(self.names.insert(path, file)),
                Name::Gone => drop(self.names.remove(&path)),
            }
        }
    }

    /// What the disk holds where it brought some more of it to safety before the power failed: the
    /// bits of `lucky` say which names, and the files were written as `torn` says.
    fn put(mut self, (root, to): (&Path, &Path), (lucky, torn): (u8, u8)) {
        let names = std::mem::take(&mut self.since).into_iter().enumerate();
        let names = names.filter(|(at, _)| lucky >> (at % 3) & 1 == 1);
        self.settle(names.map(|(_, name)| name).collect());
        let placed = |path: &Path| to.join(path.strip_prefix(root).expect("below the root"));
        // What is in a folder that was lost is lost with it.
        let has_place = |path: &Path| path.parent().is_some_and(Path::exists);
        self.folders.sort();
        for folder in self.folders.iter().map(|it| placed(it)) {
            if has_place(&folder) {
                fs::create_dir(folder).expect("made");
            }
        }
        for (path, file) in &self.names {
            let (safe, to_be) = &self.files[file];
            let bytes = match torn {
                0 => safe.clone(),
                1 => to_be.clone(),
                // Of its full length, and not all of it written.
                2 => [&to_be[..to_be.len() / 2], &vec![0; to_be.len().div_ceil(2)]].concat(),
                _ => to_be[..to_be.len() / 2].to_vec(),
            };
            let bytes = if safe == to_be { safe.clone() } else { bytes };
            let path = placed(path);
            if has_place(&path) {
                fs::write(path, bytes).expect("written");
            }
        }
    }
}

/// Keeps some blobs, whole and in pieces; gives how much had been done when each was acknowledged.
fn evening(folder: &Path, blobs: &[Vec<u8>]) -> Vec<usize> {
    let done = || DONE.with_borrow(Vec::len);
    let store = BlobStore::open(folder).expect("opens");
    let keep = |(n, bytes): (usize, &Vec<u8>)| {
        if n % 2 == 0 {
            store.put(bytes).expect("kept");
            return done();
        }
        let (sha256, total) = (sha256_hex(bytes), bytes.len() as u64);
        for (start, part) in (0..).step_by(400).zip(bytes.chunks(400)) {
            let piece = Piece {
                sha256: &sha256,
                of: "ana",
                start,
                total,
                bytes: part,
            };
            store.take_piece(piece).expect("taken");
        }
        done()
    };
    blobs.iter().enumerate().map(keep).collect()
}

#[test]
fn no_power_cut_takes_a_blob_that_was_acknowledged() {
    let root = tempfile::tempdir().expect("a folder");
    let blobs: Vec<Vec<u8>> = (0..4_u8)
        .map(|n| vec![n + 1; 1_000 + usize::from(n)])
        .collect();
    DONE.take();
    let folder = root.path().join("data").join("blobs");
    let acknowledged = evening(&folder, &blobs);
    let ops = DONE.take();
    assert!(ops.len() > 20, "{}", ops.len());
    let kept: Vec<(&[u8], usize)> = (blobs.iter().map(Vec::as_slice))
        .zip(acknowledged)
        .collect();
    let cuts = |honest| power_cuts(root.path(), (&ops, honest), &kept);
    assert_eq!(cuts(|_| true), None);
    // On a disk that only says that it has brought things to safety, the same must find harm.
    assert!(cuts(|op| !matches!(op, Op::SyncFile(_))).is_some());
    assert!(cuts(|op| !matches!(op, Op::SyncFolder(_))).is_some());
}

/// The first blob that is lost to a power cut behind one of these steps, of which the disk does those
/// that it is honest about.
fn power_cuts(
    root: &Path,
    (ops, honest): (&[Op], fn(&Op) -> bool),
    kept: &[(&[u8], usize)],
) -> Option<String> {
    let mut torn = 0;
    for moment in 0..=ops.len() {
        let mut disk = Disk::default();
        let done = ops[..moment].iter().filter(|op| honest(op));
        done.for_each(|op| disk.follow(op));
        for luck in (0..8).flat_map(|lucky| (0..4).map(move |torn| (lucky, torn))) {
            let image = tempfile::tempdir().expect("a folder");
            disk.clone().put((root, image.path()), luck);
            let store = BlobStore::open(image.path().join("data").join("blobs")).expect("opens");
            for (bytes, at) in kept {
                let hash = sha256_hex(bytes);
                match store.get(&hash) {
                    Ok(found) => assert_eq!(found, *bytes),
                    Err(error) if *at <= moment => {
                        return Some(format!("lost behind {moment} ({luck:?}): {error}"));
                    }
                    Err(_) if store.begun(&hash, "ana").expect("looked") > 0 => {
                        // It is sent again, over whatever is left of it.
                        torn += 1;
                        again(&store, bytes);
                        assert_eq!(store.get(&hash).expect("whole"), *bytes);
                    }
                    Err(_) => {}
                }
            }
        }
    }
    assert!(torn > 0, "nothing was ever cut off amid a blob");
    None
}

/// Sends a blob as a client does: from where the store says, and from the beginning where that was
/// not what its name says.
fn again(store: &BlobStore, bytes: &[u8]) {
    let sha256 = sha256_hex(bytes);
    let mut from = store.begun(&sha256, "ana").expect("looked");
    for _ in 0..4 {
        let start = usize::try_from(from).expect("small");
        let start = if start < bytes.len() { start } else { 0 };
        let piece = Piece {
            sha256: &sha256,
            of: "ana",
            start: start as u64,
            total: bytes.len() as u64,
            bytes: &bytes[start..],
        };
        match store.take_piece(piece) {
            Ok(Arrived::Whole) => return,
            Ok(Arrived::Part(have)) => from = have,
            Err(BlobError::WrongHash { .. }) => from = 0,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never came whole");
}
