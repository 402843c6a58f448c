//! A disk as a power cut may leave it: of what was not brought there yet, any part, torn anywhere
//! between two sectors and in any order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::vfs::Op;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: usize = 512;

/// Chance that is the same each time.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `ends`.
    pub fn roll(&mut self, ends: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default() % ends.max(1)
    }
}

/// What a disk does when it is told to bring everything to safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honesty {
    Honest,
    /// It says that it has, and has not.
    Lies,
}

/// Files as they are on the disk, and what is on its way there.
#[derive(Default)]
pub struct Disk {
    files: BTreeMap<PathBuf, File>,
}

#[derive(Default)]
struct File {
    /// None where there is no such file.
    safe: Option<Vec<u8>>,
    on_its_way: Vec<Op>,
    /// It was not brought to the disk since it was opened; when it is, its folder is too.
    is_new: bool,
}

impl Disk {
    /// Does what was done.
    pub fn follow(&mut self, path: &Path, op: &Op, honesty: Honesty) {
        let is_journal = ["-wal", "-journal"]
            .iter()
            .any(|it| path.to_string_lossy().ends_with(it));
        let file = self.files.entry(path.to_owned()).or_default();
        match op {
            Op::Open => file.is_new = is_journal,
            Op::Sync if honesty == Honesty::Lies => {}
            Op::Sync => {
                file.arrive();
                if std::mem::take(&mut file.is_new) {
                    self.folder_arrives(path);
                }
            }
            Op::Delete { synced: true } => {
                file.on_its_way.push(op.clone());
                self.folder_arrives(path);
            }
            Op::Write { .. } | Op::Truncate(_) | Op::Delete { synced: false } => {
                file.on_its_way.push(op.clone());
            }
        }
    }

    /// What was deleted in the folder stays so.
    fn folder_arrives(&mut self, within: &Path) {
        let beside = self
            .files
            .iter_mut()
            .filter(|(path, _)| path.parent() == within.parent());
        for (_, file) in beside {
            let gone = file
                .on_its_way
                .iter()
                .rposition(|it| matches!(it, Op::Delete { .. }));
            if let Some(gone) = gone {
                file.safe = None;
                file.on_its_way.drain(..=gone);
            }
        }
    }

    /// What may be found after a power cut now.
    pub fn image(&self, dice: &mut Dice) -> BTreeMap<&Path, Vec<u8>> {
        let found = self.files.iter().filter_map(|(path, file)| {
            let mut bytes = file.safe.clone();
            for op in file.survivors(dice) {
                carry_out(&mut bytes, &op);
            }
            Some((path.as_path(), bytes?))
        });
        found.collect()
    }
}

impl File {
    fn arrive(&mut self) {
        for op in self.on_its_way.drain(..) {
            carry_out(&mut self.safe, &op);
        }
        self.safe.get_or_insert_default();
    }

    /// What of that which is on its way has arrived, in the order in which it has.
    fn survivors(&self, dice: &mut Dice) -> Vec<Op> {
        let (mut kept, how) = (Vec::new(), dice.roll(4));
        for op in &self.on_its_way {
            match (how, op) {
                (0, _) => {}
                (1, _) => kept.push(op.clone()),
                (_, Op::Write { at, bytes }) => match dice.roll(3) {
                    0 => {}
                    1 => kept.push(op.clone()),
                    _ => kept.extend(torn(*at, bytes, dice)),
                },
                _ if dice.roll(2) == 0 => kept.push(op.clone()),
                _ => {}
            }
        }
        if how == 3 {
            for place in (1..kept.len()).rev() {
                kept.swap(place, dice.roll(place + 1));
            }
        }
        kept
    }
}

/// Some of the sectors of a write.
fn torn(at: usize, bytes: &[u8], dice: &mut Dice) -> Vec<Op> {
    let (mut place, mut kept) = (at, Vec::new());
    let end = at + bytes.len();
    while place < end {
        let next = ((place / SECTOR + 1) * SECTOR).min(end);
        if dice.roll(2) == 0 {
            let bytes = bytes[place - at..next - at].to_vec();
            kept.push(Op::Write { at: place, bytes });
        }
        place = next;
    }
    kept
}

fn carry_out(file: &mut Option<Vec<u8>>, op: &Op) {
    match op {
        Op::Write { at, bytes } => {
            let file = file.get_or_insert_default();
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, 0);
            }
            file[*at..end].copy_from_slice(bytes);
        }
        Op::Truncate(size) => {
            if let Some(file) = file {
                file.truncate(*size);
            }
        }
        Op::Delete { .. } => *file = None,
        Op::Open | Op::Sync => {}
    }
}
