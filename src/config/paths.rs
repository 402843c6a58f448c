//! Where things live: the settings file, the store's folder, this machine's own folder.

use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::env::Env;
use super::explain::Origin;
use super::settings::Settings;

/// Names the settings file.
pub(super) const CONFIG: &str = "FAMDESK_CONFIG";
/// Names the store's folder.
pub(super) const DATA: &str = "FAMDESK_DATA_DIR";
/// Names this machine's own folder.
pub(super) const STATE: &str = "FAMDESK_STATE_DIR";

/// The folders this machine keeps for a program's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardDirs {
    pub home: PathBuf,
    pub config: PathBuf,
    pub data: PathBuf,
    /// Not every platform has one.
    pub state: Option<PathBuf>,
}

/// The folders in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The store.
    pub data: PathBuf,
    /// What belongs to this machine alone: replica, drafts, log.
    pub state: PathBuf,
    pub data_from: Origin,
    pub state_from: Origin,
}

/// Writes a new file that nobody else can read; on the disk when this returns.
///
/// # Errors
/// Where it is there already or can't be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A folder that cannot be found, made or written.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    #[error("no home folder to keep {what} in; set HOME, or name a place in {variable}")]
    Homeless {
        what: &'static str,
        variable: &'static str,
    },
    #[error(
        "cannot make the folder {}: {source}; make it yourself or name another place in {DATA} or {STATE}",
        .folder.display()
    )]
    Make { folder: PathBuf, source: io::Error },
    #[error(
        "{} is not a folder; move it away or name another place in {DATA} or {STATE}",
        .folder.display()
    )]
    NotAFolder { folder: PathBuf },
    #[error(
        "cannot write in the folder {}: {source}; make it writable or name another place in {DATA} or {STATE}",
        .folder.display()
    )]
    ReadOnly { folder: PathBuf, source: io::Error },
}

impl StandardDirs {
    /// This machine's, or none where the user has no home.
    pub fn of_machine() -> Option<Self> {
        let project = ProjectDirs::from("", "", "famdesk")?;
        let home = directories::BaseDirs::new()?.home_dir().to_owned();
        Some(Self {
            home,
            config: project.config_dir().to_owned(),
            data: project.data_dir().to_owned(),
            state: project.state_dir().map(Path::to_owned),
        })
    }
}

/// The settings file, whether or not it exists.
pub(super) fn config_file(env: &Env, dirs: Option<&StandardDirs>) -> Result<PathBuf, PathError> {
    env.path(CONFIG)
        .or_else(|| dirs.map(|dirs| dirs.config.join("config.toml")))
        .ok_or(PathError::Homeless {
            what: "the settings",
            variable: CONFIG,
        })
}

impl Places {
    /// The environment decides before the settings file, the settings file before the machine's
    /// custom. Nothing is made or touched. The settings come with the file they were read from.
    ///
    /// # Errors
    /// [`PathError::Homeless`] where nothing names the store's folder.
    pub fn find(
        env: &Env,
        dirs: Option<&StandardDirs>,
        (file, settings): (&Path, &Settings),
    ) -> Result<Self, PathError> {
        let (data, data_from) = data_folder(env, dirs, (file, settings))?;
        let (state, state_from) = match env.path(STATE) {
            Some(folder) => (folder, Origin::Environment(STATE)),
            None => {
                let custom = dirs.and_then(|dirs| dirs.state.clone());
                (custom.unwrap_or_else(|| data.clone()), Origin::Default)
            }
        };
        Ok(Self {
            data,
            state,
            data_from,
            state_from,
        })
    }
}

fn data_folder(
    env: &Env,
    dirs: Option<&StandardDirs>,
    (file, settings): (&Path, &Settings),
) -> Result<(PathBuf, Origin), PathError> {
    if let Some(folder) = env.path(DATA) {
        return Ok((folder, Origin::Environment(DATA)));
    }
    if !settings.store.folder.is_empty() {
        return Ok((
            written_folder(dirs, file, &settings.store.folder),
            Origin::File,
        ));
    }
    let folder = dirs.map(|dirs| dirs.data.clone());
    let folder = folder.ok_or(PathError::Homeless {
        what: "the store",
        variable: DATA,
    })?;
    Ok((folder, Origin::Default))
}

/// A folder as the settings file writes it: `~/` is the home, anything else that is not absolute
/// starts at the file's own folder, so that it means the same wherever the program is started.
fn written_folder(dirs: Option<&StandardDirs>, file: &Path, written: &str) -> PathBuf {
    if let Some(dirs) = dirs {
        if written == "~" {
            return dirs.home.clone();
        }
        if let Some(rest) = written.strip_prefix("~/") {
            return dirs.home.join(rest);
        }
    }
    file.parent().unwrap_or(Path::new("")).join(written)
}

/// Makes the folder, and those above it that are missing, for its owner alone (0700 on Unix). A
/// folder that is there already keeps the permissions its owner gave it, but must be writable.
///
/// # Errors
/// Names the folder and what to do: it cannot be made, it is a file, it cannot be written.
pub fn create_private_dir(folder: &Path) -> Result<(), PathError> {
    if folder.exists() && !folder.is_dir() {
        let folder = folder.to_owned();
        return Err(PathError::NotAFolder { folder });
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| PathError::Make {
        folder: folder.to_owned(),
        source,
    })?;
    try_writing(folder).map_err(|source| PathError::ReadOnly {
        folder: folder.to_owned(),
        source,
    })
}

/// Only writing shows whether a folder can be written: permission bits know nothing of read-only
/// disks, access lists and administrators.
fn try_writing(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".famdesk-probe-{}", std::process::id()));
    match std::fs::File::create_new(&probe) {
        Ok(_) => {}
        // Left by a start that was cut off: the folder was writable then, removal says if it is.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    match std::fs::remove_file(&probe) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dirs() -> StandardDirs {
        StandardDirs {
            home: "/home/kim".into(),
            config: "/home/kim/.config/famdesk".into(),
            data: "/home/kim/.local/share/famdesk".into(),
            state: Some("/home/kim/.local/state/famdesk".into()),
        }
    }

    fn none() -> Env {
        Env::default()
    }

    fn stored_in(folder: &str) -> Settings {
        let mut settings = Settings::default();
        settings.store.folder = folder.into();
        settings
    }

    fn find(env: &Env, dirs: &StandardDirs, settings: &Settings) -> Places {
        let file = Path::new("/home/kim/.config/famdesk/config.toml");
        Places::find(env, Some(dirs), (file, settings)).expect("places")
    }

    #[test]
    fn by_custom_everything_is_in_the_machines_folders() {
        let file = config_file(&none(), Some(&dirs())).expect("file");
        assert_eq!(file, Path::new("/home/kim/.config/famdesk/config.toml"));
        let places = find(&none(), &dirs(), &Settings::default());
        assert_eq!(places.data, Path::new("/home/kim/.local/share/famdesk"));
        assert_eq!(places.state, Path::new("/home/kim/.local/state/famdesk"));
        assert_eq!(places.data_from, Origin::Default);
    }

    #[test]
    fn the_environment_decides_before_the_file() {
        let env = Env::from_iter([(CONFIG, "/c.toml"), (DATA, "/data"), (STATE, "/state")]);
        assert_eq!(config_file(&env, None).expect("file"), Path::new("/c.toml"));
        let places = find(&env, &dirs(), &stored_in("/elsewhere"));
        assert_eq!(places.data, Path::new("/data"));
        assert_eq!(places.data_from, Origin::Environment(DATA));
        assert_eq!(places.state, Path::new("/state"));
        assert_eq!(places.state_from, Origin::Environment(STATE));
    }

    #[test]
    fn the_files_folder_may_be_absolute_at_home_or_beside_the_file() {
        let data = |folder| find(&none(), &dirs(), &stored_in(folder)).data;
        assert_eq!(data("/elsewhere"), Path::new("/elsewhere"));
        assert_eq!(data("~/desk"), Path::new("/home/kim/desk"));
        assert_eq!(data("~"), Path::new("/home/kim"));
        assert_eq!(data("desk"), Path::new("/home/kim/.config/famdesk/desk"));
    }

    #[test]
    fn without_a_state_folder_the_data_folder_serves() {
        let dirs = StandardDirs {
            state: None,
            ..dirs()
        };
        let env = Env::from_iter([(DATA, "/data")]);
        assert_eq!(
            find(&env, &dirs, &Settings::default()).state,
            Path::new("/data")
        );
    }

    #[test]
    fn without_a_home_the_error_names_the_variable() {
        let error = config_file(&none(), None).expect_err("no home");
        assert_eq!(
            error.to_string(),
            "no home folder to keep the settings in; set HOME, or name a place in FAMDESK_CONFIG"
        );
        let settings = Settings::default();
        let error = Places::find(&none(), None, (Path::new("c.toml"), &settings));
        assert_eq!(
            error.expect_err("no home").to_string(),
            "no home folder to keep the store in; set HOME, or name a place in FAMDESK_DATA_DIR"
        );
    }

    #[test]
    fn a_private_folder_is_made_with_its_parents_and_left_empty() {
        let root = tempfile::tempdir().expect("folder");
        let folder = root.path().join("a/b");
        create_private_dir(&folder).expect("made");
        create_private_dir(&folder).expect("already there");
        assert_eq!(folder.read_dir().expect("readable").count(), 0);
        #[cfg(unix)]
        for made in [&folder, &root.path().join("a")] {
            use std::os::unix::fs::PermissionsExt;
            let mode = made.metadata().expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let root = tempfile::tempdir().expect("folder");
        let file = root.path().join("taken");
        std::fs::write(&file, "").expect("write");
        assert_eq!(
            create_private_dir(&file).expect_err("a file").to_string(),
            format!(
                "{} is not a folder; move it away or name another place in FAMDESK_DATA_DIR or \
                 FAMDESK_STATE_DIR",
                file.display()
            )
        );
        let below = file.join("below");
        let error = create_private_dir(&below).expect_err("below a file");
        assert!(matches!(error, PathError::Make { folder, .. } if folder == below));
    }

    /// Even the administrator cannot write in `/proc`, so the test holds for everyone.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let error = create_private_dir(Path::new("/proc")).expect_err("read-only");
        assert!(matches!(error, PathError::ReadOnly { .. }));
        let text = error.to_string();
        assert!(
            text.starts_with("cannot write in the folder /proc: "),
            "{text}"
        );
        assert!(
            text.ends_with(
                "; make it writable or name another place in FAMDESK_DATA_DIR or FAMDESK_STATE_DIR"
            ),
            "{text}"
        );
    }
}
