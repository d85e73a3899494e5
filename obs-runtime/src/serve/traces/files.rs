//! Traces and profiles as files that other programs read.

use std::io;

use axum::http::StatusCode;

use super::desk::Answer;
use super::parameters::Parameters;
use super::refused::Refused;
use super::tree::Tree;
use super::words;
use crate::evaluate::bottlenecks::Operation;
use crate::evaluate::critical_path::{Analysis, Options, Segment, analyse};
use crate::evaluate::traces::Profile;
use crate::formats::{chrome, folded, otlp};
use crate::model::trace::Trace;
use crate::serve::landing::process_name;

/// As many frames of a stack are told apart: a stack of ten thousand is read by nobody.
const MOST_FRAMES: usize = 256;
/// What stands for the frames below those.
const DEEPER: &str = "(deeper)";

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Otlp,
    Chrome,
    Folded,
}

impl Format {
    /// The one that is asked for, if one is.
    pub(super) fn of(parameters: &Parameters) -> Result<Option<Format>, Refused> {
        match parameters.get("format") {
            None => Ok(None),
            Some("otlp") => Ok(Some(Format::Otlp)),
            Some("chrome") => Ok(Some(Format::Chrome)),
            Some("folded") => Ok(Some(Format::Folded)),
            Some(other) => Err(Refused::parameter(format!(
                "there is no format `{other}`: write otlp, chrome or folded, or leave it out for JSON"
            ))),
        }
    }
}

/// Whether a profile is asked for as folded stacks.
pub(super) fn is_folded(parameters: &Parameters) -> Result<bool, Refused> {
    match parameters.get("format") {
        None => Ok(false),
        Some("folded") => Ok(true),
        Some(other) => Err(Refused::parameter(format!(
            "there is no format `{other}`: write folded, or leave it out for JSON"
        ))),
    }
}

/// A trace, with the path of a span of it.
pub(super) fn of_trace(
    trace: &Trace,
    root: Option<u32>,
    format: Format,
) -> Result<Answer, Refused> {
    let mut body = Vec::new();
    let (written, media, ending) = match format {
        Format::Otlp => (
            otlp::write(&mut body, &process_name(), trace),
            "application/x-ndjson",
            "otlp.jsonl",
        ),
        Format::Chrome => (
            draw(&mut body, trace, root),
            "application/json",
            "chrome.json",
        ),
        Format::Folded => (
            fold(&mut body, trace, root),
            "text/plain; charset=utf-8",
            "folded",
        ),
    };
    written.map_err(unwritten)?;
    Ok(Answer {
        media,
        file: Some(format!("trace-{}.{ending}", trace.id)),
        body,
    })
}

/// The call paths of all traces, or those that begin in operations of a name.
pub(super) fn of_profile(profile: &Profile, root: Option<&str>) -> Result<Answer, Refused> {
    let name = |of: Operation| profile.name(of).0;
    let paths = profile.bottlenecks.paths();
    let paths = paths.filter(|path| root.is_none_or(|root| name(path.root()) == root));
    let stacks = paths.map(|path| {
        let frames: Vec<&str> = path.operations().into_iter().map(name).collect();
        (frames, words::whole(path.figures().own_ns_of_all()))
    });
    let mut body = Vec::new();
    folded::write(&mut body, stacks).map_err(unwritten)?;
    Ok(Answer {
        media: "text/plain; charset=utf-8",
        file: Some("bottlenecks.folded".to_owned()),
        body,
    })
}

fn unwritten(error: io::Error) -> Refused {
    let why = format!("the file cannot be written: {error}");
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, why)
}

fn draw(body: &mut Vec<u8>, trace: &Trace, root: Option<u32>) -> io::Result<()> {
    let path = analyse(trace, root, &Options::of(trace));
    let segment = |of: &Segment| chrome::Segment {
        operation: operation(trace, of.node),
        from_ns: of.from_ns,
        to_ns: of.to_ns,
        class: of.class.name(),
    };
    let critical: Vec<_> = path.segments.iter().map(segment).collect();
    let drawing = chrome::Drawing {
        trace,
        critical: &critical,
    };
    chrome::write(body, &[drawing])
}

/// The stacks of the path: each piece of it with what is above.
fn fold(body: &mut Vec<u8>, trace: &Trace, root: Option<u32>) -> io::Result<()> {
    let options = Options::of(trace);
    let whole = analyse(trace, None, &options);
    let tree = Tree::of(trace, &whole);
    let path = match root {
        Some(_) => &analyse(trace, root, &options),
        None => &whole,
    };
    let stacks = path.segments.iter().map(|segment| {
        let frames = frames(trace, &tree, path, segment.node);
        (frames, segment.duration_ns())
    });
    folded::write(body, stacks)
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
