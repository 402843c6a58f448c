//! Where the backend that several programs share is reached: a Unix socket beside the store.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The socket's name in the store's folder.
const NAME: &str = "engine.sock";

/// The longest address that every system takes, in bytes.
const LONGEST: usize = 100;

/// The socket's address, valid as long as this value lives.
#[derive(Debug)]
pub struct SocketPath {
    address: PathBuf,
    /// Keeps the short address of a deep folder alive.
    _folder: Option<File>,
}

impl SocketPath {
    /// The socket beside the store in the folder. A socket's address is short, so a deep folder is
    /// named by way of an open handle on it.
    ///
    /// # Errors
    /// Where the folder can't be opened.
    pub fn beside(folder: &Path) -> io::Result<SocketPath> {
        let address = folder.join(NAME);
        if address.as_os_str().len() <= LONGEST || cfg!(not(target_os = "linux")) {
            return Ok(SocketPath {
                address,
                _folder: None,
            });
        }
        let handle = File::open(folder)?;
        Ok(SocketPath {
            address: through(&handle),
            _folder: Some(handle),
        })
    }

    pub fn address(&self) -> &Path {
        &self.address
    }
}

#[cfg(unix)]
fn through(folder: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    Path::new("/proc/self/fd")
        .join(folder.as_raw_fd().to_string())
        .join(NAME)
}

#[cfg(not(unix))]
fn through(_folder: &File) -> PathBuf {
    PathBuf::from(NAME)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn a_socket_is_reached_in_however_deep_a_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("deep/".repeat(60));
        std::fs::create_dir_all(&deep).expect("made");
        for place in [folder.path(), &deep] {
            let there = SocketPath::beside(place).expect("an address");
            let listener = UnixListener::bind(there.address()).expect("bound");
            drop(there);
            let here = SocketPath::beside(place).expect("an address");
            UnixStream::connect(here.address()).expect("connected");
            assert!(place.join(NAME).exists());
            drop(listener);
        }
    }
}
