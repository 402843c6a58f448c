//! The token of this device, in a file that nobody else can read.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::config::write_private;
use crate::wire::login::Secret;

/// Where the token is kept.
#[derive(Debug, Clone)]
pub struct TokenFile(PathBuf);

/// Why the token can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("{} can be read by others on this machine; `chmod 600` it", .0.display())]
    OpenToOthers(PathBuf),
    #[error("{} can't be used ({why}); check its folder and the disk", path.display())]
    Io { path: PathBuf, why: io::Error },
}

impl TokenFile {
    /// The token for a server in its folder.
    pub fn in_folder(folder: &Path) -> TokenFile {
        TokenFile(folder.join("token"))
    }

    /// Another secret, in a file of its own.
    pub fn at(file: &Path) -> TokenFile {
        TokenFile(file.to_owned())
    }

    /// The token; none where nobody is signed in.
    ///
    /// # Errors
    /// Where it can't be read, or can be by others.
    pub fn read(&self) -> Result<Option<Secret>, TokenError> {
        let about = match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            about => about.map_err(|why| self.io(why))?,
        };
        if about.permissions().mode() & 0o077 != 0 {
            return Err(TokenError::OpenToOthers(self.0.clone()));
        }
        let text = fs::read_to_string(&self.0).map_err(|why| self.io(why))?;
        Ok(Some(Secret(text.trim().to_owned())))
    }

    /// Keeps another token, in place of the one that is there.
    pub fn write(&self, token: &Secret) -> Result<(), TokenError> {
        let beside = self.0.with_extension("new");
        let write = || {
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write_private(&beside, token.0.as_bytes())?;
            fs::rename(&beside, &self.0)
        };
        write().map_err(|why| self.io(why))
    }

    pub fn forget(&self) -> Result<(), TokenError> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(error)),
            _ => Ok(()),
        }
    }

    fn io(&self, why: io::Error) -> TokenError {
        TokenError::Io {
            path: self.0.clone(),
            why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = TokenFile::in_folder(folder.path());
        assert_eq!(file.read().expect("read"), None);
        for token in ["first", "second"] {
            let token = Secret(token.to_owned());
            file.write(&token).expect("written");
            assert_eq!(file.read().expect("read"), Some(token));
        }
        fs::set_permissions(&file.0, fs::Permissions::from_mode(0o640)).expect("set");
        assert!(matches!(file.read(), Err(TokenError::OpenToOthers(_))));
        file.forget().expect("gone");
        assert_eq!(file.read().expect("read"), None);
    }
}
