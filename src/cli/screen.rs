//! The way to the screen: what it needs is opened.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Builder;

use super::args::Globals;
use super::failure::{Failure, Result};
use super::house::{House, Setting};
use super::settle_in;
use crate::app::KeyMap;
use crate::config::{Capabilities, ConfigError, Multiplexer, zone_of_machine};
use crate::model::id::UserId;
use crate::run::{Ended, Screen, show};
use crate::ui::has_light_background;

/// Opens the screen, until the person quits.
pub fn open_screen(setting: Setting, globals: &Globals) -> Result<ExitCode> {
    needs_a_terminal()?;
    // Everything that waits, waits on threads of its own; one suffices here.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(show_in(setting, globals))?;
    match ended {
        Ended::Quit => Ok(ExitCode::SUCCESS),
        Ended::Demo => {
            let demo = Globals {
                demo: true,
                as_user: None,
                ..globals.clone()
            };
            runtime.block_on(show_in(Setting::find(&demo)?, &demo))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn show_in(setting: Setting, globals: &Globals) -> Result<Ended> {
    let keys = keys_of(&setting)?;
    let house = House::open_at_hand(setting).await?;
    settle_in(&house).await?;
    let first_start = house.owner().await?.is_none();
    let station = if first_start {
        // The person gets their id now and introduces themselves under it on the screen.
        house.owners_station(UserId(house.source().fresh()))?
    } else {
        house.station_for(globals).await?
    };
    let config = &house.setting.config;
    let (editor, _) = config.settings.editor.in_use(&house.setting.env);
    let folder = house.folder_of(station.me());
    let shown = show(Screen {
        station: Arc::new(station),
        first_start,
        demo: house.setting.is_demo(),
        settings: config.settings.clone(),
        capabilities: Capabilities::of(&house.setting.env, &config.settings.screen),
        light: has_light_background(&house.setting.env),
        inside: Multiplexer::of(&house.setting.env),
        keys,
        editor,
        scratch: config.places.state.clone(),
        folder,
        time_zone: zone_of_machine(),
        keeper: house.backend.keeper(),
    })
    .await;
    Ok(shown?)
}

/// The keys of the settings, checked against the actions there are.
pub fn keys_of(setting: &Setting) -> Result<KeyMap> {
    let config = &setting.config;
    KeyMap::compile(&config.settings.keys).map_err(|problems| {
        let error = ConfigError {
            file: config.file.clone(),
            problems,
        };
        Failure::from(crate::config::LoadError::from(error))
    })
}

/// The screen has nowhere to be without a terminal.
fn needs_a_terminal() -> Result<()> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "the screen needs a terminal to read keys from and to draw on; \
         on a pipe use a command such as `famdesk list` (`famdesk --help` tells them all)",
    ))
}
