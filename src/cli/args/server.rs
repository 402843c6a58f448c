//! What may be said about a server: keeping one, reaching one, and who one is there.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

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
    /// What the first admin is called, where nobody has worked in this store yet
    #[arg(long, value_name = "NAME", requires = "init")]
    pub me: Option<String>,
}
