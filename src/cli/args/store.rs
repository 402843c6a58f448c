//! Options of what is done to the store as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BackupArgs {
    #[command(subcommand)]
    pub deed: Option<BackupDeed>,
    #[command(flatten)]
    pub make: MakeBackup,
}

#[derive(Debug, Args)]
pub struct MakeBackup {
    /// Where backups are kept (otherwise `backups` beside the store)
    pub folder: Option<PathBuf>,
    /// Keep so many of the newest and remove older ones (otherwise all are kept)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum BackupDeed {
    /// The backups in a folder
    #[command(after_help = "Example: famdesk backup list /mnt/usb/famdesk")]
    List { folder: Option<PathBuf> },
    /// Put a backup in the place of the store, which is kept beside it
    #[command(
        after_help = "Nobody may have famdesk open. What anyone wrote after the backup was made is\n\
                      sent again from their local copy, as far as it is their own.\n\
                      Example: famdesk backup restore backups/famdesk-20260301T120000Z.db"
    )]
    Restore { file: PathBuf },
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A folder that is not there yet
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct TakeInArgs {
    /// The folder that `famdesk export` made
    pub folder: PathBuf,
    /// Which member you are, where this store has no owner yet (otherwise whoever exported it)
    #[arg(long, value_name = "NAME")]
    pub me: Option<String>,
}
