//! Traces written in one line: `P0-100 B10-40<P` is a span `P` and its child `B`, in thousands of a nanosecond unit.

use crate::evaluate::critical_path::{Class, Node, Options, Path, Policy, Segment, Walker};
use crate::model::trace::Edge;

/// Nanoseconds of a unit: so many that nothing ends within the tolerance by chance.
pub(super) const UNIT: u64 = 1_000_000;

/// Spans in one line. Of each `NAME FROM-TO`, then `<PARENT`, and after that words of one letter behind a `:`, `d` detached, `q` queue,
/// `o` open, `r` remote parent, or `b` and the units that it was busy.
pub(super) fn nodes(text: &str) -> Vec<Node> {
    text.split_whitespace().map(node).collect()
}

fn node(text: &str) -> Node {
    let (span, marks) = text.split_once(':').unwrap_or((text, ""));
    let (span, parent) = span.split_once('<').unwrap_or((span, ""));
    let digits = span.find(|c: char| c.is_ascii_digit()).expect("a start");
    let (name, times) = span.split_at(digits);
    let (from, to) = times.split_once('-').expect("a start and an end");
    let units = |text: &str| text.parse::<u64>().expect("units") * UNIT;
    let busy = marks.find('b').map(|at| units(&marks[at + 1..]));
    Node {
        id: id(name),
        parent: id(parent),
        start_ns: units(from),
        end_ns: units(to),
        busy_ns: busy.unwrap_or(0),
        operation: id(name) as u32,
        component: 0,
        edge: match marks {
            _ if marks.contains('d') => Edge::Detached,
            _ if marks.contains('q') => Edge::Queue,
            _ => Edge::Call,
        },
        remote_parent: marks.contains('r'),
        open: marks.contains('o'),
        polled: busy.is_some(),
    }
}

/// The bytes of the name; none is 0.
fn id(name: &str) -> u64 {
    name.bytes().fold(0, |id, byte| id << 8 | u64::from(byte))
}

fn name(id: u64) -> String {
    let bytes = id.to_be_bytes();
    let letters = bytes.iter().filter(|byte| **byte != 0);
    letters.map(|byte| char::from(*byte)).collect()
}

/// A path in one line, in units: `P0-10 B10-40`, with the class behind `:` unless it is `run`, a missing span as `?PARENT`.
pub(super) fn line(path: &Path<'_>) -> String {
    let segment = |segment: &Segment| {
        let name = match path.missing(segment.node) {
            Some(missing) => format!("?{}", name(missing)),
            None => name(path.nodes()[segment.node as usize].id),
        };
        let class = match segment.class {
            Class::Run => String::new(),
            class => format!(":{}", class.name()),
        };
        let units = |ns: u64| ns as f64 / UNIT as f64;
        format!(
            "{name}{}-{}{class}",
            units(segment.from_ns),
            units(segment.to_ns)
        )
    };
    path.segments()
        .iter()
        .map(segment)
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn options(policy: Policy) -> Options {
    Options {
        policy,
        ..Options::default()
    }
}

/// The path of a trace, both in one line.
pub(super) fn path(policy: Policy, trace: &str) -> String {
    let nodes = nodes(trace);
    line(&Walker::new().walk(&nodes, &options(policy)))
}
