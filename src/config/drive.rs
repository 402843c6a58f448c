//! Whether a folder is on a drive that another machine lends. SQLite's write-ahead log needs memory
//! that all programs share, which such a drive does not give: there it must do without.

use std::path::Path;

/// A kind of drive that another machine lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkDrive(&'static str);

impl NetworkDrive {
    pub const NFS: NetworkDrive = NetworkDrive("NFS");
    pub const SMB: NetworkDrive = NetworkDrive("SMB");

    /// The kind that a folder is on; none on a disk of this machine, and where that can't be known.
    #[cfg(target_os = "linux")]
    pub fn below(folder: &Path) -> Option<NetworkDrive> {
        let about = rustix::fs::statfs(folder).ok()?;
        NetworkDrive::of(about.f_type as u32)
    }

    #[cfg(not(target_os = "linux"))]
    pub fn below(_folder: &Path) -> Option<NetworkDrive> {
        None
    }

    /// The kind by the number that Linux knows it by (`linux/magic.h`).
    #[cfg(target_os = "linux")]
    fn of(magic: u32) -> Option<NetworkDrive> {
        match magic {
            0x6969 => Some(NetworkDrive::NFS),
            0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some(NetworkDrive::SMB),
            0x0102_1997 => Some(NetworkDrive("9P")),
            0x5346_414f | 0x6b41_4653 => Some(NetworkDrive("AFS")),
            0x00c3_6400 => Some(NetworkDrive("Ceph")),
            _ => None,
        }
    }

    /// What it is called, such as `NFS`.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// How SQLite keeps what a commit has not brought to safety yet, on such a drive or on none.
pub fn journal_mode(drive: Option<NetworkDrive>) -> &'static str {
    match drive {
        Some(_) => "TRUNCATE",
        None => "WAL",
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn drives_of_other_machines_are_told_from_disks() {
        let names = [0x6969, 0xff53_4d42, 0xfe53_4d42, 0xef53, 0x0102_1994]
            .map(|magic| NetworkDrive::of(magic).map(NetworkDrive::name));
        // The last two are ext4 and memory.
        let [nfs, smb] = [Some("NFS"), Some("SMB")];
        assert_eq!(names, [nfs, smb, smb, None, None]);
        assert_eq!(NetworkDrive::below(Path::new("/proc")), None);
        assert_eq!(NetworkDrive::below(Path::new("/nowhere at all")), None);
    }
}
