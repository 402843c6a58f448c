//! The server of a history: the real desk over a file, which may go back to an earlier copy.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use famdesk::desk::Desk;
use famdesk::model::source::{FixedSource, Source};
use famdesk::remote::in_process::InProcess;
use famdesk::server::bundled;
use famdesk::table::blobs::BlobStore;
use famdesk::table::sqlite::back_up;
use famdesk::table::{SqliteTable, Table};

/// The desk of now, its store and the copies of it.
pub struct Server {
    folder: PathBuf,
    source: Arc<FixedSource>,
    now: Mutex<Option<Running>>,
    copies: Mutex<usize>,
}

#[derive(Clone)]
struct Running {
    desk: Arc<Desk>,
    table: Arc<dyn Table>,
    /// Made once: there are many.
    routes: Router,
}

impl Server {
    /// Starts on the store in the folder.
    pub fn start(folder: &Path, source: Arc<FixedSource>) -> Server {
        let server = Server {
            folder: folder.to_owned(),
            source,
            now: Mutex::default(),
            copies: Mutex::default(),
        };
        server.run();
        server
    }

    pub fn desk(&self) -> Arc<Desk> {
        self.running().desk
    }

    pub fn table(&self) -> Arc<dyn Table> {
        self.running().table
    }

    pub fn routes(&self) -> InProcess<Router> {
        let running = self.running();
        InProcess::new(running.routes, running.desk.stirs())
    }

    fn running(&self) -> Running {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.clone().expect("the server runs")
    }

    fn run(&self) {
        let table: Arc<dyn Table> = Arc::new(SqliteTable::open(self.store()).expect("a table"));
        let blobs = BlobStore::open(self.folder.join("blobs")).expect("blobs");
        let clock = Arc::clone(&self.source) as Arc<dyn Source>;
        let desk = Arc::new(Desk::new(Arc::clone(&table), blobs, clock));
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = Some(Running {
            routes: bundled(Arc::clone(&desk)),
            desk,
            table,
        });
    }

    pub fn stop(&self) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub fn again(&self) {
        self.stop();
        self.run();
    }

    /// Keeps a copy of the store as it is.
    pub fn copy(&self) {
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        *copies += 1;
        let copy = self.folder.join(format!("copy-{}", *copies));
        back_up(&self.store(), &copy).expect("copied");
    }

    /// Goes back to the newest copy, as an operator does who copies it into place, or as
    /// `famdesk backup restore` does, which begins new histories. Whether there was a copy.
    pub async fn go_back(&self, properly: bool) -> bool {
        let newest = *self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        if newest == 0 {
            return false;
        }
        self.stop();
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(self.folder.join(format!("table.db{end}")));
        }
        let copy = self.folder.join(format!("copy-{newest}"));
        fs::copy(copy, self.store()).expect("put back");
        self.run();
        if properly {
            self.desk().begin_new_histories().await.expect("begun");
        }
        true
    }

    fn store(&self) -> PathBuf {
        self.folder.join("table.db")
    }
}
