//! What can go wrong when a data directory is opened, and what to do about it.

use std::path::PathBuf;
use std::{fmt, io};

/// Why a data directory could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has it open.
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// There is no store in it.
    Nothing {
        /// The directory.
        directory: PathBuf,
    },
    /// The system refused.
    Open {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is in it cannot be read, and was left as it is.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A newer version of obs has written it.
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its layout.
        version: u64,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::InUse { directory } => write!(
                f,
                "the data directory {} is in use by a running process: ask that process, or give this one a directory of its own",
                directory.display()
            ),
            StoreError::Nothing { directory } => write!(
                f,
                "there is no {} in {}: name the data directory of a process that has kept something",
                super::FILE,
                directory.display()
            ),
            StoreError::Open { path, .. } => write!(f, "cannot open {}", path.display()),
            StoreError::Damaged { path, reason } => write!(
                f,
                "{} is damaged: {reason}; a process that starts with this directory sets it aside and begins anew",
                path.display()
            ),
            StoreError::Newer { path, version } => write!(
                f,
                "{} was written by a newer version of obs (layout {version}): open it with that version",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::Open { source, .. } => Some(source),
            _ => None,
        }
    }
}
