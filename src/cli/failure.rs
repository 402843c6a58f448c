//! How a subcommand can come to nothing, in words and as an exit code.

use std::fmt::Display;
use std::io;

use crate::config::{LoadError, PathError};
use crate::desk::DeskError;
use crate::model::refusal::Refusal;
use crate::remote::client::CallError;
use crate::remote::http::NoEncryption;
use crate::remote::token::TokenError;
use crate::replica::{ReplicaError, SubmitError, TurnError};
use crate::sync::SyncError;
use crate::sync::acquaint::AcquaintError;
use crate::sync::station::{AskError, GiveError, TurnFailed};
use crate::table::blobs::BlobError;
use crate::table::error::TableError;
use crate::wire::problem::ProblemKind;

/// The program's exit codes, as `famdesk --help` tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Refused = 1,
    Usage = 2,
    Settings = 3,
    Store = 4,
}

/// Why a subcommand came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// For stderr, one line or several; empty where nobody is left to read it.
    pub message: String,
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A rule said no, or there is no such thing.
    pub fn refused(message: impl Display) -> Failure {
        Failure::new(Exit::Refused, message)
    }

    /// The command line makes no sense here.
    pub fn usage(message: impl Display) -> Failure {
        Failure::new(Exit::Usage, message)
    }

    /// The store or a file can't be used.
    pub fn store(message: impl Display) -> Failure {
        Failure::new(Exit::Store, message)
    }

    /// The same, said of a certain thing.
    pub fn about(self, what: impl Display) -> Failure {
        Failure {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }

    pub fn new(exit: Exit, message: impl Display) -> Failure {
        Failure {
            exit,
            message: message.to_string(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::refused(refusal)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Failure {
        match error {
            LoadError::Config(error) => Failure::new(Exit::Settings, error),
            LoadError::Path(error) => error.into(),
        }
    }
}

impl From<PathError> for Failure {
    fn from(error: PathError) -> Failure {
        match error {
            PathError::Homeless { .. } => Failure::new(Exit::Settings, error),
            PathError::Make { .. } | PathError::NotAFolder { .. } | PathError::ReadOnly { .. } => {
                Failure::store(error)
            }
        }
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Failure {
        Failure::store(error)
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Failure {
        Failure::store(error)
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Failure {
        match error {
            DeskError::Refused(_)
            | DeskError::Login(_)
            | DeskError::NoOwner
            | DeskError::OwnerThere => Failure::refused(error),
            DeskError::Table(_)
            | DeskError::Blob(_)
            | DeskError::Unreadable { .. }
            | DeskError::HistoryDiverged
            | DeskError::ScopeChanged
            | DeskError::Stopping
            | DeskError::CseqGap { .. }
            | DeskError::DeviceFork { .. }
            | DeskError::NeedsBlob { .. }
            | DeskError::OtherRequest
            | DeskError::ChangedMeanwhile
            | DeskError::Busy => Failure::store(error),
        }
    }
}

impl From<ReplicaError> for Failure {
    fn from(error: ReplicaError) -> Failure {
        Failure::store(error)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        match error.kind() {
            Some(
                ProblemKind::Refused
                | ProblemKind::NotFound
                | ProblemKind::Unauthenticated
                | ProblemKind::Forbidden
                | ProblemKind::TooMany,
            ) => Failure::refused(error),
            Some(
                ProblemKind::Malformed
                | ProblemKind::DeviceFork
                | ProblemKind::CseqGap
                | ProblemKind::HistoryDiverged
                | ProblemKind::ScopeChanged
                | ProblemKind::NeedsBlob
                | ProblemKind::OtherProtocol
                | ProblemKind::CannotStore
                | ProblemKind::Damaged
                | ProblemKind::MethodNotAllowed
                | ProblemKind::PreconditionRequired
                | ProblemKind::PreconditionFailed
                | ProblemKind::KeyMissing
                | ProblemKind::KeyReused
                | ProblemKind::TestFailed
                | ProblemKind::UnsupportedKind
                | ProblemKind::TooLarge
                | ProblemKind::Busy
                | ProblemKind::Failed,
            )
            | None => Failure::store(error),
        }
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Failure {
        match error {
            SyncError::Call(error) => error.into(),
            other => Failure::store(other),
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        Failure::store(error)
    }
}

impl From<AcquaintError> for Failure {
    fn from(error: AcquaintError) -> Failure {
        match error {
            AcquaintError::Ask(error) => error.into(),
            AcquaintError::Call(error) => error.into(),
            AcquaintError::Member(_)
            | AcquaintError::Awaiting(_)
            | AcquaintError::Several(_)
            | AcquaintError::Refused(_) => Failure::refused(error),
        }
    }
}

impl From<GiveError> for Failure {
    fn from(error: GiveError) -> Failure {
        match error {
            GiveError::Submit(SubmitError::Refused { refusal, .. }) => (*refusal).into(),
            other => Failure::store(other),
        }
    }
}

impl From<TurnFailed> for Failure {
    fn from(error: TurnFailed) -> Failure {
        match error {
            TurnFailed::Turn(
                TurnError::NothingDone | TurnError::NothingUndone | TurnError::Refused { .. },
            ) => Failure::refused(error),
            TurnFailed::Turn(TurnError::Store(_)) | TurnFailed::Stopped(_) => Failure::store(error),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::store(format!("the answer can't be written as JSON: {error}"))
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Failure {
        Failure::store(error)
    }
}

impl From<NoEncryption> for Failure {
    fn from(error: NoEncryption) -> Failure {
        Failure::store(error)
    }
}

/// What is written to or read from outside.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            // Whoever read has seen enough.
            io::ErrorKind::BrokenPipe => Failure::new(Exit::Done, ""),
            _ => Failure::store(format!("can't read the input or write the output: {error}")),
        }
    }
}
