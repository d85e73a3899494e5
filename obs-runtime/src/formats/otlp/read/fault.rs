//! What could not be read, and where.

use std::{fmt, io};

/// How many faults of a file are told; the others are counted.
pub const MAX_FAULTS: usize = 100;

/// A place in a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Its line, counted from 1.
    pub line: u64,
    /// Its column in bytes, counted from 1.
    pub column: u64,
    /// What was found, and what is expected.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault {
            line,
            column,
            reason,
        } = self;
        write!(f, "line {line}, column {column}: {reason}")
    }
}

/// Why nothing could be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    Read(io::Error),
    /// No trace could be read from it.
    NoTraces {
        /// Why; none where it holds no spans, or nothing.
        faults: Vec<Fault>,
        /// How many faults there are besides.
        more_faults: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WANTED: &str = "give a file of OTLP/JSON: an object with `resourceSpans`, several of them one a line, \
                              or an array of them";
        match self {
            Error::Read(_) => f.write_str("the traces cannot be read"),
            Error::NoTraces {
                faults,
                more_faults,
            } => {
                let Some(fault) = faults.first() else {
                    return write!(f, "there are no spans in it: {WANTED}");
                };
                match faults.len() as u64 - 1 + more_faults {
                    0 => write!(f, "{fault}; {WANTED}"),
                    more => write!(f, "{fault} (and {more} more faults); {WANTED}"),
                }
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Read(error) => Some(error),
            Error::NoTraces { .. } => None,
        }
    }
}

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    pub(super) fn fault(self, reason: impl Into<String>) -> Fault {
        Fault {
            line: self.line,
            column: self.column,
            reason: reason.into(),
        }
    }

    /// A place within a value that begins here.
    pub(super) fn within(self, line: usize, column: usize) -> Place {
        let (line, column) = (line as u64, column as u64);
        Place {
            line: self.line + line.saturating_sub(1),
            column: match line {
                0 | 1 => self.column + column.saturating_sub(1),
                _ => column.max(1),
            },
        }
    }
}

/// The faults of a file, of which the first are kept.
#[derive(Default)]
pub(super) struct Faults {
    kept: Vec<Fault>,
    more: u64,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        if self.kept.len() < MAX_FAULTS {
            self.kept.push(fault);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn finish(self) -> (Vec<Fault>, u64) {
        (self.kept, self.more)
    }
}
