//! What may be said about a server: keeping one, reaching one, and who one is there.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::login::KeyScope;
use crate::remote::address::Address;
use crate::server::limits::USUAL_PACE;
use crate::wire::pin::Pin;

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// A Unix socket to listen at, for this user's group
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// An address to listen at; encrypted, but on this machine's own
    #[arg(long, value_name = "IP:PORT")]
    pub listen: Vec<SocketAddr>,
    /// A certificate in PEM (otherwise the server makes its own)
    #[arg(long, value_name = "FILE", requires = "key")]
    pub cert: Option<PathBuf>,
    /// The certificate's key in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
    /// Print a one-time code with which the server's first admin signs in
    #[arg(long)]
    pub init: bool,
    /// An address of your own proxy, whose word on who is behind it counts
    #[arg(long, value_name = "IP")]
    pub proxy: Vec<IpAddr>,
    /// Requests a second that one sign-in or API key may make (0: no limit, nor on changes)
    #[arg(long, value_name = "N", default_value_t = USUAL_PACE)]
    pub pace: u32,
    /// What the first admin is called, where nobody has worked in this store yet
    #[arg(long, value_name = "NAME", requires = "init")]
    pub me: Option<String>,
}

#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// https://home.example:7447, or the path of the server's socket
    pub address: Address,
    /// The pin of its certificate, where nobody can be asked
    #[arg(long, value_name = "PIN")]
    pub pin: Option<Pin>,
}

#[derive(Debug, Subcommand)]
pub enum SessionsDeed {
    /// The same as `famdesk sessions`
    #[command(after_help = "Example: famdesk sessions list --json")]
    List,
    /// What was done to your login: by whom, from where, also what was refused
    #[command(after_help = "Example: famdesk sessions log")]
    Log {
        /// At most so many records
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Sign a device out, such as one that was lost
    #[command(after_help = "Example: famdesk sessions revoke laptop")]
    Revoke {
        #[arg(value_name = "NAME|ID")]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ApiKeysDeed {
    /// The same as `famdesk api-keys`
    #[command(after_help = "Example: famdesk api-keys list")]
    List,
    /// Make a key for one family; it is shown once
    #[command(after_help = "Example: famdesk api-keys create 'Home Assistant' --scope write")]
    Create(NewKeyArgs),
    /// Let a key work no more
    #[command(after_help = "Example: famdesk api-keys revoke 'Home Assistant'")]
    Revoke {
        #[arg(value_name = "NAME|ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct NewKeyArgs {
    /// What uses it
    pub name: String,
    /// read, or write to give commands too (otherwise read)
    #[arg(long, value_name = "SCOPE")]
    pub scope: Option<KeyScope>,
    /// How long it works (otherwise 90)
    #[arg(long, value_name = "DAYS")]
    pub days: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum UsersDeed {
    /// The same as `famdesk users`
    #[command(after_help = "Example: famdesk users list")]
    List,
    /// A one-time code: to begin with, or for a forgotten password
    #[command(after_help = "Example: famdesk users code Ben")]
    Code { who: String },
    /// Let somebody in who asked for a login
    #[command(after_help = "Example: famdesk users approve ben@example.org")]
    Approve { who: String },
    /// Sign somebody out everywhere and let them in no more
    #[command(after_help = "Example: famdesk users disable Ben")]
    Disable { who: String },
    /// Let somebody in again
    #[command(after_help = "Example: famdesk users enable Ben")]
    Enable { who: String },
    /// Whose a login on the server's machine is, by its number; they need no password there
    #[command(after_help = "Example: famdesk users uid Ben 1001")]
    Uid {
        who: String,
        #[arg(value_name = "UID|none")]
        uid: String,
    },
}
