//! Settings: file, paths and environment; read, checked, defaulted and explained.
//!
//! `Config::load` is the way in. Everything that looks at the environment takes an [`Env`]
//! value, so nothing here depends on the process it runs in.

mod broken;
pub mod drive;
mod env;
mod error;
mod explain;
mod known;
pub mod live;
pub mod lock;
mod paths;
mod read;
mod settings;
mod terminal;
pub mod work;
mod zone;

use std::path::PathBuf;

pub use env::Env;
pub use error::{ConfigError, LoadError, Problem};
pub use explain::{Explained, Explanation, Origin};
pub use paths::{PathError, Places, StandardDirs, create_private_dir, write_private};
pub use read::{Lines, Reading, read, read_file};
pub use settings::{
    Ascii, Colour, Editor, KeyBinding, Log, LogLevel, Mqtt, Screen, Settings, StartView, Store,
    Theme, Webhooks,
};
pub use terminal::{Capabilities, ColourDepth, Multiplexer};
pub use zone::{known_zone, name_of_machine, zone, zone_of_machine};

/// Everything a start of the program needs to know about how it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the settings were looked for; the file need not exist.
    pub file: PathBuf,
    pub settings: Settings,
    /// The line of each setting that the file gives.
    pub lines: Lines,
    pub places: Places,
}

impl Config {
    /// Reads the settings file (a missing one means defaults) and finds the folders.
    ///
    /// # Errors
    /// Every problem of the file at once, or a folder that nothing names.
    pub fn load(env: &Env, dirs: Option<&StandardDirs>) -> Result<Self, LoadError> {
        let file = paths::config_file(env, dirs)?;
        let Reading { settings, lines } = read_file(&file)?;
        let places = Places::find(env, dirs, (&file, &settings))?;
        Ok(Self {
            file,
            settings,
            lines,
            places,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_without_a_file_has_the_defaults() {
        let folder = tempfile::tempdir().expect("folder");
        let dirs = StandardDirs {
            home: folder.path().into(),
            config: folder.path().join("c"),
            data: folder.path().join("d"),
            state: Some(folder.path().join("s")),
        };
        let config = Config::load(&Env::default(), Some(&dirs)).expect("config");
        assert_eq!(config.settings, Settings::default());
        assert_eq!(config.file, folder.path().join("c/config.toml"));
        assert_eq!(config.places.data, folder.path().join("d"));
        assert_eq!(config.places.state, folder.path().join("s"));
    }

    #[test]
    fn a_wrong_file_stops_the_start() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("config.toml");
        std::fs::write(&file, "[log]\nlevel = 3\n").expect("write");
        let env = Env::from_iter([("FAMDESK_CONFIG", &file)]);
        let error = Config::load(&env, None).expect_err("wrong level");
        assert_eq!(
            error.to_string(),
            format!(
                "{}:2: [log] level: expected a log level in quotes, found 3 \
                 (off, error, warn, info, debug, trace)",
                file.display()
            )
        );
    }
}
