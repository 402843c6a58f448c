//! `--demo`: a throw-away place with the invented Rivera family in it.

use std::path::PathBuf;

use super::failure::{Failure, Result};
use super::house::House;
use super::write;
use crate::config::create_private_dir;
use crate::intake::demo;
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, UserId};

/// A folder that goes when this value does.
pub struct ThrowAway {
    folder: PathBuf,
}

impl ThrowAway {
    /// A fresh folder for this person alone.
    pub fn new() -> Result<ThrowAway> {
        let name = format!("famdesk-demo-{}", uuid::Uuid::new_v4());
        let folder = std::env::temp_dir().join(name);
        create_private_dir(&folder)?;
        Ok(ThrowAway { folder })
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn state(&self) -> PathBuf {
        self.folder.join("state")
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        // What can't be removed is in the system's folder for what may go.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Moves the Riveras in: whoever looks around is Ana.
pub async fn move_in(house: &House) -> Result<UserId> {
    let source = house.source();
    let family_id = FamilyId(source.fresh());
    let told = demo::rivera(family_id, UserId(source.fresh()), source.now());
    let who = crate::wire::session::Introduction {
        user_id: told.user.user_id,
        display_name: told.user.display_name.clone(),
        email: told.user.email.clone(),
        time_zone: told.user.time_zone.clone(),
    };
    let owner = house.client.introduce(&who).await?.user.user_id;
    let station = house.owners_station(owner)?;
    let batches = told.batches.into_iter().map(CommandBody::ImportBatch);
    for body in told.commands.into_iter().chain(batches) {
        write::commit(&station, family_id, vec![body])
            .await
            .map_err(|failure: Failure| failure.about("the demo could not be set up"))?;
    }
    Ok(owner)
}
