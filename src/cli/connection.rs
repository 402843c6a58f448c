//! The server that this machine works on, where it does: noted in the state folder by
//! `famdesk connect`. Without one, the store is here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::failure::{Failure, Result};
use crate::config::{create_private_dir, write_private};
use crate::model::id::UserId;
use crate::remote::address::Address;
use crate::remote::http::Server;
use crate::remote::token::TokenFile;
use crate::wire::pin::Pin;

/// The note's name in the state folder.
const NAME: &str = "server.json";

/// The server that this machine works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    pub server_id: String,
    /// Who signed in here last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

impl Connection {
    /// The connection that is noted in the state folder.
    pub fn noted(state: &Path) -> Result<Option<Connection>> {
        let path = state.join(NAME);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|why| unusable(&path, &why))?,
        };
        let connection = serde_json::from_slice(&text).map_err(|why| unusable(&path, &why))?;
        Ok(Some(connection))
    }

    /// Notes it in place of the one before.
    pub fn note(&self, state: &Path) -> Result<()> {
        create_private_dir(state)?;
        let path = state.join(NAME);
        let beside = state.join("server.json.new");
        let text = serde_json::to_vec_pretty(self)?;
        let write = || {
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write_private(&beside, &text)?;
            fs::rename(&beside, &path)
        };
        write().map_err(|why| unusable(&path, &why))
    }

    /// Takes the note away; whether there was one.
    pub fn forget(state: &Path) -> Result<bool> {
        let path = state.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            gone => gone.map(|()| true).map_err(|why| unusable(&path, &why)),
        }
    }

    /// How the server is reached, and known again.
    pub fn server(&self) -> Server {
        Server {
            address: self.address.clone(),
            pin: self.pin,
            server_id: Some(self.server_id.clone()),
        }
    }

    /// What belongs to this server in the state folder.
    pub fn folder(&self, state: &Path) -> PathBuf {
        state.join(&self.server_id)
    }

    /// The token of this device.
    pub fn token(&self, state: &Path) -> TokenFile {
        TokenFile::in_folder(&self.folder(state))
    }
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::store(format!(
        "{} can't be used ({why}); check its folder and the disk, or `famdesk connect` anew",
        path.display()
    ))
}
