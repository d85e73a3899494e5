//! Traces as files that other programs read.

use std::io::{self, Write};

use super::tree::Tree;
use crate::api::traces::TraceFormat;
use crate::evaluate::bottlenecks::Operation;
use crate::evaluate::critical_path::{Analysis, Options, Segment, analyse};
use crate::formats::{chrome, folded, otlp};
use crate::model::trace::Trace;

/// As many frames of a stack are told apart: a stack of ten thousand is read by nobody.
const MOST_FRAMES: usize = 256;
/// What stands for the frames below those.
const DEEPER: &str = "(deeper)";

/// A trace that goes into a file.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'t> {
    /// The trace.
    pub trace: &'t Trace,
    /// The name of the program that it is of, OpenTelemetry's `service.name`; OTLP/JSON alone says it.
    pub service: &'t str,
    /// The span whose critical path is drawn, by its place among the spans; that of the trace's root where there is none.
    pub root: Option<u32>,
}

/// Writes traces as one file.
///
/// # Errors
///
/// Where `into` cannot be written to.
pub fn write(mut into: impl Write, format: TraceFormat, traces: &[Exported<'_>]) -> io::Result<()> {
    match format {
        TraceFormat::Otlp => traces
            .iter()
            .try_for_each(|of| otlp::write(&mut into, of.service, of.trace)),
        TraceFormat::Chrome => draw(into, traces),
        TraceFormat::Folded => traces.iter().try_for_each(|of| fold(&mut into, of)),
    }
}

fn draw(into: impl Write, traces: &[Exported<'_>]) -> io::Result<()> {
    let paths: Vec<_> = traces.iter().map(segments).collect();
    let drawings: Vec<_> = traces
        .iter()
        .zip(&paths)
        .map(|(of, critical)| chrome::Drawing {
            trace: of.trace,
            critical,
        })
        .collect();
    chrome::write(into, &drawings)
}

fn segments<'t>(of: &Exported<'t>) -> Vec<chrome::Segment<'t>> {
    let trace = of.trace;
    let path = analyse(trace, of.root, &Options::of(trace));
    let segment = |of: &Segment| chrome::Segment {
        operation: operation(trace, of.node),
        from_ns: of.from_ns,
        to_ns: of.to_ns,
        class: of.class.name(),
    };
    path.segments.iter().map(segment).collect()
}

/// The stacks of the path: each piece of it with what is above.
fn fold(into: impl Write, of: &Exported<'_>) -> io::Result<()> {
    let (trace, options) = (of.trace, Options::of(of.trace));
    let whole = analyse(trace, None, &options);
    let tree = Tree::of(trace, &whole);
    let path = match of.root {
        Some(_) => &analyse(trace, of.root, &options),
        None => &whole,
    };
    let stacks = path.segments.iter().map(|segment| {
        let frames = frames(trace, &tree, path, segment.node);
        (frames, segment.duration_ns())
    });
    folded::write(into, stacks)
}

/// The operations from the root of the path down to a span.
fn frames<'t>(trace: &'t Trace, tree: &Tree, path: &Analysis, node: u32) -> Vec<&'t str> {
    let top = path.root.and_then(|root| tree.row(root));
    let Some(row) = tree.row(node) else {
        let root = path.root.map(|root| operation(trace, root));
        return root.into_iter().chain([operation(trace, node)]).collect();
    };
    let above = |row: &u32| match top == Some(*row) {
        true => None,
        false => tree.rows[*row as usize].above,
    };
    let upwards = std::iter::successors(Some(row), above);
    let mut frames: Vec<&str> = upwards
        .map(|row| operation(trace, tree.rows[row as usize].span))
        .collect();
    frames.reverse();
    if frames.len() > MOST_FRAMES {
        frames.truncate(MOST_FRAMES);
        frames.push(DEEPER);
    }
    frames
}

/// What a span did, by its place in the trace; those that are missing come after the others.
fn operation(trace: &Trace, node: u32) -> &str {
    let span = trace.spans.get(node as usize);
    let missing = Operation::MISSING.special_name().unwrap_or_default();
    span.map_or(missing, |span| &span.operation)
}
