//! What can go wrong when a runtime starts or writes, and what to do about it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::{fmt, io};

use obs::catalogue::Definition;

use crate::store::StoreError;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// In a file.
    Line {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// In a variable of the environment, by its name.
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { file, line } => write!(f, "{}:{line}", file.display()),
            Place::Variable(name) => f.write_str(name),
        }
    }
}

/// Something that is wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where it was written.
    pub place: Place,
    /// What was found, and what is accepted.
    pub reason: String,
}

impl Fault {
    pub(crate) fn new(place: Place, reason: String) -> Fault {
        Fault { place, reason }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Why a runtime could not start or write.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another runtime of this process is running; it goes on as before.
    AlreadyStarted,
    /// Two metrics of this binary cannot stand in one exposition.
    Conflict {
        /// One of them.
        first: &'static Definition,
        /// The other one.
        second: &'static Definition,
        /// What keeps them apart.
        reason: String,
    },
    /// A rename that names no metric of this binary, or gives a name no metric may have.
    Rename {
        /// The module of the metric that should have been renamed.
        module: String,
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The data directory cannot be used.
    Store {
        /// Why.
        source: StoreError,
    },
    /// Metrics to be switched off or on of which there are none.
    NoSuchMetric {
        /// What was asked for: a name, or the beginning of one and `*`.
        names: String,
        /// The name of this binary's metrics that is most like it.
        nearest: &'static str,
    },
    /// A constant label that no series may carry.
    Label {
        /// The label's key.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// Two tokio executors of one name cannot both be shown.
    Executor {
        /// The name.
        name: String,
    },
    /// The configuration says what is unknown or wrong.
    Config {
        /// All of it, the file first; never empty.
        faults: Vec<Fault>,
    },
    /// The configuration file cannot be read.
    ConfigFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The address can be reached from other machines, and nobody said that this is wanted.
    RemoteAddress {
        /// The address.
        address: SocketAddr,
    },
    /// Another program, or another server of this one, listens on the address.
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A thread of the runtime could not be started.
    Thread {
        /// The thread's name.
        name: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The exposition could not be written to a file.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::AlreadyStarted => f.write_str(
                "an obs runtime is running in this process already: start one and share it, or shut it down first",
            ),
            Error::Conflict { first, second, reason } => write!(
                f,
                "metrics `{}` ({}:{}) and `{}` ({}:{}) cannot both be exported: {reason}; rename one of them, or call \
                 rename(\"{}\", \"{}\", \"another_name\") on the builder",
                first.name,
                first.file,
                first.line,
                second.name,
                second.file,
                second.line,
                second.module,
                second.name,
            ),
            Error::Rename { module, name, reason } => {
                write!(f, "cannot rename `{name}` of module `{module}`: {reason}")
            }
            Error::NoSuchMetric { names, nearest } => write!(
                f,
                "cannot switch `{names}`: no such metric is linked into this binary; the nearest is `{nearest}`"
            ),
            Error::Store { source } => source.fmt(f),
            Error::Label { key, reason } => write!(f, "constant label `{key}`: {reason}"),
            Error::Executor { name } => write!(
                f,
                "another tokio executor is called `{name}` already: give each a name of its own"
            ),
            Error::Config { faults } => {
                for (index, fault) in faults.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}{fault}")?;
                }
                Ok(())
            }
            Error::ConfigFile { path, .. } => write!(
                f,
                "cannot read the configuration file {}: OBS_CONFIG names it, or it is obs.toml in the working directory",
                path.display()
            ),
            Error::RemoteAddress { address } => write!(
                f,
                "{address} can be reached from other machines and the endpoint knows no passwords: listen on \
                 127.0.0.1, or call allow_remote(true) on the builder, or configure allow_remote = true"
            ),
            Error::AddressInUse { address } => write!(
                f,
                "port {} of {} is in use: choose another with listen(..), or port 0 for any that is free",
                address.port(),
                address.ip(),
            ),
            Error::Listen { address, .. } => write!(f, "cannot listen on {address}"),
            Error::Thread { name, .. } => write!(f, "cannot start the thread {name}"),
            Error::Write { path, .. } => {
                write!(f, "cannot write the exposition to {}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Listen { source, .. }
            | Error::ConfigFile { source, .. }
            | Error::Thread { source, .. }
            | Error::Write { source, .. } => Some(source),
            Error::Store { source } => source.source(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn io_error() -> io::Error {
        io::ErrorKind::PermissionDenied.into()
    }

    #[test]
    fn every_error_says_what_it_is_about_and_what_to_do() {
        let definition = |name, line| -> &'static Definition {
            Box::leak(Box::new(Definition {
                name,
                help: "Help.",
                file: "src/a.rs",
                line,
                module: "shop::a",
                ..Definition::BLANK
            }))
        };
        let address = SocketAddr::from(([0, 0, 0, 0], 9464));
        let key = || "le".to_owned();
        let cases: [(Error, &[&str]); 12] = [
            (Error::AlreadyStarted, &["already", "shut it down"]),
            (
                Error::Conflict {
                    first: definition("jobs_total", 1),
                    second: definition("jobs", 2),
                    reason: "why".to_owned(),
                },
                &[
                    "`jobs_total` (src/a.rs:1)",
                    "`jobs` (src/a.rs:2)",
                    "why",
                    "rename(\"shop::a\", \"jobs\"",
                ],
            ),
            (
                Error::Rename {
                    module: key(),
                    name: key(),
                    reason: "why".to_owned(),
                },
                &["`le`", "why"],
            ),
            (
                Error::NoSuchMetric {
                    names: key(),
                    nearest: "lag",
                },
                &["`le`", "nearest is `lag`"],
            ),
            (
                Error::Label {
                    key: key(),
                    reason: "why".to_owned(),
                },
                &["`le`", "why"],
            ),
            (
                Error::Executor { name: key() },
                &["`le`", "a name of its own"],
            ),
            (
                Error::Config {
                    faults: vec![
                        Fault::new(
                            Place::Line {
                                file: "obs.toml".into(),
                                line: 3,
                            },
                            "why".to_owned(),
                        ),
                        Fault::new(Place::Variable("OBS_TICK".to_owned()), "too".to_owned()),
                    ],
                },
                &["obs.toml:3: why; OBS_TICK: too"],
            ),
            (
                Error::ConfigFile {
                    path: "obs.toml".into(),
                    source: io_error(),
                },
                &["obs.toml", "OBS_CONFIG"],
            ),
            (
                Error::RemoteAddress { address },
                &["0.0.0.0:9464", "allow_remote(true)", "allow_remote = true"],
            ),
            (Error::AddressInUse { address }, &["9464", "listen(..)"]),
            (
                Error::Listen {
                    address,
                    source: io_error(),
                },
                &["0.0.0.0:9464"],
            ),
            (
                Error::Thread {
                    name: "obs-serve",
                    source: io_error(),
                },
                &["obs-serve"],
            ),
        ];
        for (error, parts) in cases {
            let message = error.to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
            assert!(!message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn what_the_system_said_is_the_source() {
        let write = Error::Write {
            path: "job.prom".into(),
            source: io_error(),
        };
        assert!(write.to_string().contains("job.prom"));
        assert_eq!(write.source().unwrap().to_string(), io_error().to_string());
        assert!(Error::AlreadyStarted.source().is_none());
    }
}
