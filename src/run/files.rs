//! Files of this machine: read to be attached, written where somebody wants them, opened by the
//! desktop.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use rustix::fs::{AtFlags, Mode, OFlags};

use crate::model::attachment::{FILE_LIMIT, file_name};
use crate::model::content_type;
use crate::text::size;

/// How many numbers are tried where a name is taken.
const TRIES: u32 = 1000;

/// How many names are told that a path may go on with.
const CHOICES: usize = 12;

/// Where opened files are kept, in the folder of somebody's local store.
const OPENED: &str = "opened";

/// Why a file of this machine can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} can't be read ({why}); nothing was attached", path.display())]
    Read { path: PathBuf, why: io::Error },
    #[error("{} is a folder; name the files in it, or pack it into an archive", .0.display())]
    Folder(PathBuf),
    #[error("{} is {} large; {} is the most", path.display(), size(*bytes), size(FILE_LIMIT))]
    TooLarge { path: PathBuf, bytes: u64 },
    #[error("nothing can be saved in {} ({why}); name another folder", folder.display())]
    Save { folder: PathBuf, why: io::Error },
    #[error("famdesk does not know what kind of file {0} is, so it opens nothing; save it instead")]
    Unknown(String),
    #[error("there is no desktop here to open a file with; save it instead")]
    NoDesktop,
    #[error("{program} can't open it ({why}); save it instead")]
    Opener {
        program: &'static str,
        why: io::Error,
    },
}

/// A file's bytes, if it is one and not larger than an attachment may be. A device or a pipe that
/// would never end is no file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let failed = |why| FileError::Read {
        path: path.to_owned(),
        why,
    };
    let about = fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        return Err(FileError::Folder(path.to_owned()));
    }
    if !about.is_file() {
        return Err(failed(io::Error::other("it is no file")));
    }
    let too_large = |bytes| FileError::TooLarge {
        path: path.to_owned(),
        bytes,
    };
    if about.len() > FILE_LIMIT {
        return Err(too_large(about.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    // It may grow meanwhile.
    file.take(FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    match bytes.len() as u64 {
        bytes if bytes > FILE_LIMIT => Err(too_large(bytes)),
        _ => Ok(bytes),
    }
}

/// The path that somebody means who types one: `~/` is their home.
pub fn meant(typed: &str) -> PathBuf {
    let home = || Some(directories::BaseDirs::new()?.home_dir().to_owned());
    let below = match typed {
        "~" => Some(""),
        _ => typed.strip_prefix("~/"),
    };
    match below.and_then(|below| Some(home()?.join(below))) {
        Some(path) => path,
        None => PathBuf::from(typed),
    }
}

/// What was typed of a path, as far on as there is no choice, and the first few names that it may
/// be. Of names that begin with a dot only who types one is told.
pub fn complete(typed: &str) -> (String, Vec<String>) {
    let (folder, begun) = typed
        .rsplit_once('/')
        .map_or(("", typed), |(folder, begun)| {
            (&typed[..=folder.len()], begun)
        });
    let place = if folder.is_empty() { "./" } else { folder };
    let mut names: Vec<String> = fs::read_dir(meant(place))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_meant =
                name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.'));
            let is_folder = || fs::metadata(entry.path()).is_ok_and(|about| about.is_dir());
            is_meant.then(|| {
                if is_folder() {
                    format!("{name}/")
                } else {
                    name
                }
            })
        })
        .collect();
    names.sort_unstable();
    let common = names
        .iter()
        .skip(1)
        .fold(names.first().cloned(), |common, name| {
            let common = common?;
            let same = common.chars().zip(name.chars()).take_while(|(a, b)| a == b);
            Some(same.map(|(c, _)| c).collect())
        });
    let path = match common {
        Some(common) if common.len() >= begun.len() => format!("{folder}{common}"),
        _ => typed.to_owned(),
    };
    if names.len() < 2 {
        names.clear();
    }
    names.truncate(CHOICES);
    (path, names)
}

/// Writes a new file into a folder that is there, under a name made fit for it; gives its path. What
/// is there already is never written over, nor followed elsewhere: the new one gets a number.
pub fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, FileError> {
    let failed = |why: io::Error| FileError::Save {
        folder: folder.to_owned(),
        why,
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let at =
        rustix::fs::open(folder, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
    let name = file_name(name);
    for turn in 1..=TRIES {
        let name = numbered(&name, turn);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let flags = flags | OFlags::CLOEXEC;
        match rustix::fs::openat(&at, &name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => {
                if let Err(why) = write_whole(file, bytes) {
                    // The reason counts, not whether the rest could be tidied away.
                    let _ = rustix::fs::unlinkat(&at, &name, AtFlags::empty());
                    return Err(failed(why));
                }
                return Ok(folder.join(name));
            }
            Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(failed(error.into())),
        }
    }
    Err(failed(io::ErrorKind::AlreadyExists.into()))
}

fn write_whole(file: OwnedFd, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::from(file);
    file.write_all(bytes)?;
    file.sync_all()
}

/// `photo.png`, `photo (2).png`, `photo (3).png`; never longer than a name may be.
fn numbered(name: &str, turn: u32) -> String {
    if turn == 1 {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let tail = format!(" ({turn}){ending}");
    let room = crate::model::attachment::FILE_NAME_LIMIT.saturating_sub(tail.len());
    let stem = &stem[..stem.floor_char_boundary(room)];
    format!("{stem}{tail}")
}

/// What opens files on this desktop, where there is one.
pub fn opener(variable: impl Fn(&str) -> Option<OsString>) -> Option<&'static str> {
    let is_set = |name| variable(name).is_some_and(|it: OsString| !it.is_empty());
    if cfg!(target_os = "macos") {
        return (!is_set("SSH_CONNECTION")).then_some("open");
    }
    // Over SSH a display may be lent; without one nothing would show.
    (is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")).then_some("xdg-open")
}

/// Opens a copy of the file with what the desktop opens its kind with. The copy is named by what its
/// bytes are, so that no name makes a program of it, and is for its owner alone.
pub fn open(
    opener: &'static str,
    place: &Path,
    (name, content_type, bytes): (&str, &str, &[u8]),
) -> Result<PathBuf, FileError> {
    let known = content_type::known(content_type);
    let known = known.ok_or_else(|| FileError::Unknown(name.to_owned()))?;
    let folder = place.join(OPENED);
    let failed = |why| FileError::Save {
        folder: folder.clone(),
        why,
    };
    crate::config::create_private_dir(&folder)
        .map_err(|error| failed(io::Error::other(error.to_string())))?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let path = save(&folder, &format!("{stem}.{}", known.ending), bytes)?;
    let spawned = Command::new(opener)
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match spawned {
        Ok(mut child) => {
            // Somebody has to fetch its end.
            std::thread::spawn(move || child.wait());
            Ok(path)
        }
        Err(why) => {
            let program = opener;
            let _ = fs::remove_file(&path);
            Err(FileError::Opener { program, why })
        }
    }
}

/// Removes the copies that were opened before a moment: what still shows one has read it by then.
pub fn forget_opened(place: &Path, before: SystemTime) {
    let entries = fs::read_dir(place.join(OPENED));
    for entry in entries.into_iter().flatten().flatten() {
        let made = entry.metadata().and_then(|about| about.modified());
        if made.is_ok_and(|made| made < before) {
            // Where it can't be done now, the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_saved_stays_below_its_folder_and_overwrites_nothing() {
        let root = tempfile::tempdir().expect("a folder");
        let (folder, outside) = (root.path().join("in"), root.path().join("out"));
        fs::create_dir(&folder).expect("a folder");
        fs::write(&outside, b"precious").expect("written");
        symlink(&outside, folder.join("a.png")).expect("a link");
        let saved = |name: &str| {
            let path = save(&folder, name, b"new").expect("saved");
            let about = fs::symlink_metadata(&path).expect("there");
            assert_eq!(about.permissions().mode() & 0o777, 0o600);
            assert_eq!(path.parent(), Some(folder.as_path()));
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        };
        assert_eq!(saved("a.png"), "a (2).png");
        assert_eq!(saved("../a.png"), "a (3).png");
        assert_eq!(saved("/etc/passwd"), "passwd");
        assert_eq!(saved(".."), "file");
        assert_eq!(saved("nul"), "_nul");
        assert_eq!(saved("a\n\u{1b}[31m\u{202e}b"), "a__[31m_b");
        let long = "x".repeat(400);
        assert_eq!(saved(&long).len(), 200);
        assert_eq!(saved(&long).len(), 200);
        assert_eq!(fs::read(&outside).expect("read"), b"precious");
        assert!(save(&root.path().join("none"), "a", b"").is_err());
        assert!(save(&outside, "a", b"").is_err());
    }

    #[test]
    fn only_files_of_a_size_are_read() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(matches!(read(root.path()), Err(FileError::Folder(_))));
        assert!(matches!(
            read(Path::new("/dev/zero")),
            Err(FileError::Read { .. })
        ));
        let large = root.path().join("large");
        File::create(&large)
            .and_then(|file| file.set_len(FILE_LIMIT + 1))
            .expect("made");
        let error = read(&large).expect_err("too large");
        assert!(error.to_string().ends_with("25 MiB is the most"), "{error}");
    }

    #[test]
    fn a_path_is_completed_as_far_as_there_is_no_choice() {
        let root = tempfile::tempdir().expect("a folder");
        for name in ["boiler.jpg", "boiler.pdf", ".boring", "größe.png"] {
            fs::write(root.path().join(name), b"x").expect("written");
        }
        fs::create_dir(root.path().join("photos")).expect("a folder");
        let root = root.path().display();
        let to = |typed: &str| {
            let (path, names) = complete(&format!("{root}/{typed}"));
            (path.replacen(&format!("{root}/"), "", 1), names)
        };
        let both = vec!["boiler.jpg".to_owned(), "boiler.pdf".to_owned()];
        assert_eq!(to("bo"), ("boiler.".to_owned(), both));
        assert_eq!(to("boiler.p"), ("boiler.pdf".to_owned(), Vec::new()));
        assert_eq!(to("ph"), ("photos/".to_owned(), Vec::new()));
        assert_eq!(to("gr"), ("größe.png".to_owned(), Vec::new()));
        assert_eq!(to(".b"), (".boring".to_owned(), Vec::new()));
        assert_eq!(to("none"), ("none".to_owned(), Vec::new()));
        assert_eq!(to("").1.len(), 4);
        assert_eq!(
            complete("/nowhere/x"),
            ("/nowhere/x".to_owned(), Vec::new())
        );
    }

    #[test]
    fn nothing_is_opened_but_what_is_known_and_only_on_a_desktop() {
        let set = |name: &'static str| move |it: &str| (it == name).then(|| OsString::from(":0"));
        if cfg!(target_os = "linux") {
            assert_eq!(opener(set("SSH_CONNECTION")), None);
            assert_eq!(opener(set("WAYLAND_DISPLAY")), Some("xdg-open"));
        }
        let root = tempfile::tempdir().expect("a folder");
        let unknown = ("run.png", content_type::UNKNOWN, &b"\x7fELF"[..]);
        assert!(matches!(
            open("true", root.path(), unknown),
            Err(FileError::Unknown(_))
        ));
        let text = ("setup.desktop", content_type::TEXT, &b"[Desktop Entry]"[..]);
        let path = open("true", root.path(), text).expect("opened");
        assert!(path.ends_with("setup.txt"), "{path:?}");
        forget_opened(root.path(), SystemTime::UNIX_EPOCH);
        assert!(path.exists());
        forget_opened(root.path(), SystemTime::now() + Duration::from_secs(60));
        assert!(!path.exists());
    }
}
