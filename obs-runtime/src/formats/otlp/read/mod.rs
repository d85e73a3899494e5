//! From files to traces: values are cut out of the bytes one by one, so that what is broken costs no more than itself.

/// The objects that hold traces, and those that do not.
mod document;
/// What could not be read, and where.
mod fault;
/// What a file is that holds no traces.
mod foreign;
/// Where values begin and end.
mod frames;
/// What Jaeger's page downloads.
mod jaeger;
/// From messages to spans.
mod spans;
/// Spans put together by trace.
mod traces;

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

pub use fault::{Error, Fault, MAX_FAULTS};
pub use frames::MAX_VALUE_BYTES;

use crate::model::trace::Trace;
use fault::Faults;
use frames::{Frames, Piece};
use spans::Reader;

/// What a file holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// Its traces, in the order in which they begin in the file; at least one.
    pub traces: Vec<OpenedTrace>,
    /// What could not be read, in the order of the file; of more than [`MAX_FAULTS`] the first.
    pub faults: Vec<Fault>,
    /// How many faults there are besides.
    pub more_faults: u64,
}

/// A trace of a file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OpenedTrace {
    /// The program that its first span is of, OpenTelemetry's `service.name`; empty where the file does not say.
    pub service: Arc<str>,
    /// The trace. Unless obs has written it, its policy is [`Imported`](crate::model::trace::Policy::Imported), what is missing
    /// is counted anew, and spans without a component have that of their program's name.
    pub trace: Trace,
}

/// Reads OTLP/JSON: one object a line, one object, or an array of them, indented or not.
///
/// Also read is what Jaeger answers at `/api/v3`, which is OTLP, and what its page downloads, which is not and counts in microseconds.
///
/// Spans of one trace may lie anywhere in the file. What cannot be read is a fault, and does not keep back what can: a file that was
/// cut off gives everything before the cut that is whole. The file is read as a stream, but its traces are all held.
///
/// # Errors
///
/// Where `from` cannot be read, and where no trace was found; then the error says why, and what to do.
pub fn read(from: impl Read) -> Result<Opened, Error> {
    read_within(BufReader::with_capacity(1 << 16, from), MAX_VALUE_BYTES)
}

/// Reads where no value may take more bytes.
pub(super) fn read_within(from: impl BufRead, most_bytes: usize) -> Result<Opened, Error> {
    let mut frames = Frames::new(from, most_bytes);
    let mut reader = Reader::default();
    let mut faults = Faults::default();
    while let Some(piece) = frames.next_piece().map_err(Error::Read)? {
        match piece {
            Piece::Value(value, at) => document::read(&value, at, None, &mut reader, &mut faults),
            Piece::Broken(value, at, why) => {
                document::read(&value, at, Some(why), &mut reader, &mut faults);
            }
            Piece::Foreign(text, at) => faults.add(foreign::fault(&text, at)),
        }
    }
    let traces = reader.finish();
    let (faults, more_faults) = faults.finish();
    if traces.is_empty() {
        return Err(Error::NoTraces {
            faults,
            more_faults,
        });
    }
    Ok(Opened {
        traces,
        faults,
        more_faults,
    })
}
