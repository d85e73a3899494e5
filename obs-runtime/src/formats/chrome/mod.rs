//! The Chrome Trace Event format: traces to look at in Perfetto, chrome://tracing, speedscope and the Firefox profiler.
//!
//! In: traces, each with its critical path where somebody has computed it. Out: one JSON object with `traceEvents`, an event a line.
//! Loss: times count from the earliest span of the file, in microseconds with three decimals, exact to the nanosecond; when that was is in
//! `otherData.start_unix_ns`. Links are numbers of other spans in the arguments, and draw no arrows. It cannot be read back.
//!
//! Each trace is a process. Viewers want the spans of a thread to nest, which spans of async code do not; so a process has *lanes* instead
//! of threads, and a span lies on that of its parent where it fits, else on another. Arrows join what lies on two lanes, and everything
//! that waits in a queue.

/// What is said of a span, as arguments.
mod arguments;
/// Events as JSON.
mod events;
/// Which lane each span lies on.
mod lanes;

use std::io::{self, Write};

use crate::model::trace::Trace;

/// A trace to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// Its critical path, by time; a lane of its own, unless it is empty.
    pub critical: &'a [Segment<'a>],
}

/// A part of a critical path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The operation, or the id of a span, that the time was spent in.
    pub operation: &'a str,
    /// When it begins: nanoseconds since 1970.
    pub from_ns: u64,
    /// When it ends.
    pub to_ns: u64,
    /// What the time was spent with, like `run` or `queue`.
    pub class: &'a str,
}

impl<'a> From<&'a Trace> for Drawing<'a> {
    /// A trace without its critical path.
    fn from(trace: &'a Trace) -> Drawing<'a> {
        Drawing {
            trace,
            critical: &[],
        }
    }
}

/// Writes traces as one file.
///
/// ```
/// use obs_runtime::formats::chrome;
///
/// let mut file = Vec::new();
/// chrome::write(&mut file, &[])?;
/// assert!(file.starts_with(b"{\"traceEvents\":["));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Where `into` cannot be written to.
pub fn write(into: impl Write, drawings: &[Drawing<'_>]) -> io::Result<()> {
    let spans = drawings.iter().flat_map(|drawing| &drawing.trace.spans);
    let start_ns = spans.map(|span| span.start_ns).min().unwrap_or_default();
    let mut file = events::File::begin(into, start_ns)?;
    for (drawing, process) in drawings.iter().zip(1..) {
        file.process(process, drawing)?;
    }
    file.end()
}

#[cfg(test)]
mod tests;
