//! Traces of files as files of another format.

use std::io::{self, Write};

use obs_runtime::api::traces::{Segment, Trace};
use obs_runtime::formats::chrome::{self, Drawing};
use obs_runtime::formats::folded;
use obs_runtime::formats::otlp::{self, OpenedTrace};

use super::whole;
use crate::dashboard::TraceFormat;

/// What spans that never came are called.
const MISSING: &str = "(missing span)";

/// As many frames of a stack are told apart: a stack of ten thousand is read by nobody.
const MOST_FRAMES: usize = 256;

/// What stands for the frames below those.
const DEEPER: &str = "(deeper)";

/// Writes traces in a format.
///
/// # Errors
///
/// Where `into` cannot be written to.
pub(crate) fn write(
    traces: &[&OpenedTrace],
    format: TraceFormat,
    mut into: &mut dyn Write,
) -> io::Result<()> {
    match format {
        TraceFormat::Otlp => traces
            .iter()
            .try_for_each(|opened| otlp::write(&mut into, &opened.service, &opened.trace)),
        TraceFormat::Chrome => drawn(traces, into),
        TraceFormat::Folded => {
            let wholes: Vec<Trace> = traces
                .iter()
                .map(|opened| whole(&opened.trace, 0))
                .collect();
            wholes
                .iter()
                .try_for_each(|trace| folded::write(&mut into, stacks(trace)))
        }
    }
}

fn drawn(traces: &[&OpenedTrace], into: &mut dyn Write) -> io::Result<()> {
    let wholes: Vec<Trace> = traces
        .iter()
        .map(|opened| whole(&opened.trace, 0))
        .collect();
    let paths: Vec<Vec<chrome::Segment<'_>>> = wholes.iter().map(segments).collect();
    let drawings: Vec<Drawing<'_>> = traces
        .iter()
        .zip(&paths)
        .map(|(opened, critical)| Drawing {
            trace: &opened.trace,
            critical,
        })
        .collect();
    chrome::write(into, &drawings)
}

fn segments(trace: &Trace) -> Vec<chrome::Segment<'_>> {
    let path = trace.critical_path.segments.iter();
    path.map(|segment| chrome::Segment {
        operation: operation(trace, segment),
        from_ns: trace.start_unix_ns.saturating_add(segment.from_ns),
        to_ns: trace.start_unix_ns.saturating_add(segment.to_ns),
        class: segment.class.name(),
    })
    .collect()
}

fn operation<'a>(trace: &'a Trace, segment: &Segment) -> &'a str {
    let span = segment.span.and_then(|span| trace.spans.get(span as usize));
    span.map_or(MISSING, |span| &span.operation)
}

/// The pieces of the critical path, each with what is above it.
fn stacks(trace: &Trace) -> impl Iterator<Item = (Vec<&str>, u64)> {
    let segments = trace.critical_path.segments.iter();
    segments.map(|segment| {
        let ns = segment.to_ns.saturating_sub(segment.from_ns);
        (stack(trace, segment), ns)
    })
}

fn stack<'a>(trace: &'a Trace, segment: &Segment) -> Vec<&'a str> {
    let root = trace.critical_path.root;
    let mut frames = vec![operation(trace, segment)];
    let mut above = match segment.span {
        Some(span) if Some(span) == root => None,
        Some(span) => trace.spans.get(span as usize).and_then(|span| span.above),
        None => root,
    };
    while let Some(span) = above.and_then(|above| trace.spans.get(above as usize)) {
        frames.push(&span.operation);
        above = span.above.filter(|_| above != root);
    }
    frames.reverse();
    if frames.len() > MOST_FRAMES {
        frames.truncate(MOST_FRAMES);
        frames.push(DEEPER);
    }
    frames
}
