//! SQLite's own way to the disk, with everything that it does there written down.
//!
//! The one place that is not safe Rust: SQLite asks for a table of C functions.
#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi::{self, SQLITE_OK, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

/// What is done to a file.
#[derive(Debug, Clone)]
pub enum Op {
    Open,
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate(usize),
    /// Everything before is on the disk.
    Sync,
    /// The folder may be brought to the disk with it.
    Delete {
        synced: bool,
    },
}

/// Everything that was done, in its order.
pub type Log = Vec<(PathBuf, Op)>;

#[derive(Default)]
struct Recorder {
    /// Only what is below is written down.
    root: Option<PathBuf>,
    /// The files that are open, by their places in memory, and their own functions.
    open: HashMap<usize, (PathBuf, usize)>,
    /// Functions that write down, by those that they stand before.
    watched: HashMap<usize, usize>,
    log: Log,
    real: usize,
}

static RECORDER: Mutex<Option<Recorder>> = Mutex::new(None);
static INSTALLED: Once = Once::new();

/// From here on, all that SQLite does to files below the folder is written down.
pub fn record(root: &Path) {
    with(|it| {
        it.root = Some(root.to_owned());
        it.log.clear();
    });
    INSTALLED.call_once(|| {
        // SAFETY: the system's functions are there as long as the program, and so is the copy,
        // which is never freed.
        unsafe {
            let real = ffi::sqlite3_vfs_find(std::ptr::null());
            with(|it| it.real = real as usize);
            let mut own = std::ptr::read(real);
            own.zName = c"recorded".as_ptr();
            own.xOpen = Some(open);
            own.xDelete = Some(delete);
            let own = Box::into_raw(Box::new(own));
            assert_eq!(ffi::sqlite3_vfs_register(own, 1), SQLITE_OK);
        }
    });
}

/// How much is written down.
pub fn position() -> usize {
    with(|it| it.log.len())
}

/// Ends it; what was written down.
pub fn stop() -> Log {
    with(|it| {
        it.root = None;
        std::mem::take(&mut it.log)
    })
}

fn lock() -> MutexGuard<'static, Option<Recorder>> {
    RECORDER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with<T>(work: impl FnOnce(&mut Recorder) -> T) -> T {
    work(lock().get_or_insert_with(Recorder::default))
}

/// Writes down what was done to an open file, if it was.
fn done(file: *mut sqlite3_file, code: c_int, op: impl FnOnce() -> Op) -> c_int {
    if code == SQLITE_OK {
        with(|it| {
            if let Some((path, _)) = it.open.get(&(file as usize)) {
                it.log.push((path.clone(), op()));
            }
        });
    }
    code
}

/// The system's own functions for an open file.
fn own(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    let methods = with(|it| it.open[&(file as usize)].1);
    // SAFETY: such tables are static in SQLite.
    unsafe { &*(methods as *const sqlite3_io_methods) }
}

fn real() -> *mut sqlite3_vfs {
    with(|it| it.real) as *mut sqlite3_vfs
}

unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite's names end with a zero.
    let name = unsafe { CStr::from_ptr(name) };
    let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
    let is_watched = with(|it| it.root.as_ref().is_some_and(|root| path.starts_with(root)));
    is_watched.then_some(path)
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: handed on as SQLite gave it; the file's functions are replaced by a copy in which
    // some do one thing more.
    unsafe {
        let Some(open) = (*real()).xOpen else {
            return ffi::SQLITE_ERROR;
        };
        let code = open(real(), name, file, flags, out);
        let methods = (*file).pMethods;
        if let (SQLITE_OK, Some(path)) = (code, path_of(name)) {
            let ours = with(|it| {
                it.open
                    .insert(file as usize, (path.clone(), methods as usize));
                it.log.push((path, Op::Open));
                *it.watched.entry(methods as usize).or_insert_with(|| {
                    let mut ours = std::ptr::read(methods);
                    ours.xClose = Some(close);
                    ours.xWrite = Some(write);
                    ours.xTruncate = Some(truncate);
                    ours.xSync = Some(sync);
                    Box::into_raw(Box::new(ours)) as usize
                })
            });
            (*file).pMethods = ours as *const sqlite3_io_methods;
        }
        code
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, synced: c_int) -> c_int {
    // SAFETY: handed on as SQLite gave it.
    unsafe {
        let Some(delete) = (*real()).xDelete else {
            return ffi::SQLITE_ERROR;
        };
        let code = delete(real(), name, synced);
        if let (SQLITE_OK, Some(path)) = (code, path_of(name)) {
            let synced = synced != 0;
            with(|it| it.log.push((path, Op::Delete { synced })));
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let methods = own(file);
    with(|it| it.open.remove(&(file as usize)));
    // SAFETY: handed on as SQLite gave it.
    unsafe { methods.xClose.map_or(ffi::SQLITE_ERROR, |it| it(file)) }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: handed on as SQLite gave it; so many bytes stand there.
    unsafe {
        let write = own(file).xWrite;
        let code = write.map_or(ffi::SQLITE_ERROR, |it| it(file, bytes, count, at));
        done(file, code, || Op::Write {
            at: usize::try_from(at).unwrap_or_default(),
            bytes: std::slice::from_raw_parts(
                bytes.cast::<u8>(),
                usize::try_from(count).unwrap_or_default(),
            )
            .to_vec(),
        })
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: handed on as SQLite gave it.
    let code = unsafe {
        let truncate = own(file).xTruncate;
        truncate.map_or(ffi::SQLITE_ERROR, |it| it(file, size))
    };
    let size = usize::try_from(size).unwrap_or_default();
    done(file, code, || Op::Truncate(size))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: handed on as SQLite gave it.
    let code = unsafe {
        let sync = own(file).xSync;
        sync.map_or(ffi::SQLITE_ERROR, |it| it(file, flags))
    };
    done(file, code, || Op::Sync)
}
