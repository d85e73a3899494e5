//! Events as JSON, an event a line.

use std::fmt::{self, Display};
use std::io::{self, Write};

use serde::Serialize;

use super::arguments::{OfEvent, OfSpan};
use super::lanes::Lanes;
use super::{Drawing, Segment};
use crate::model::trace::{Edge, Span, Trace};

/// The thread that stands for the critical path. Perfetto takes 0 for the idle task.
const CRITICAL: usize = 1;

/// The thread that stands for the first lane.
const FIRST_LANE: usize = 2;

/// What events are about that belong to no component.
const CATEGORY: &str = "obs";

/// A file, event by event.
pub(super) struct File<W> {
    into: W,
    /// What times count from.
    start_ns: u64,
    is_empty: bool,
    /// How many arrows there are so far.
    arrows: u64,
}

/// An event, member by member.
struct Line(Vec<u8>);

/// Nanoseconds, as microseconds with three decimals.
struct Micros(u64);

impl Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

impl Line {
    fn new(phase: char) -> Line {
        Line(format!("{{\"ph\":\"{phase}\"").into_bytes())
    }

    /// A member that JSON has a number for, written as it is.
    fn number(mut self, key: &str, value: impl Display) -> Line {
        self.0.extend(format!(",\"{key}\":{value}").into_bytes());
        self
    }

    fn value(mut self, key: &str, value: &impl Serialize) -> io::Result<Line> {
        self.0.extend(format!(",\"{key}\":").into_bytes());
        serde_json::to_writer(&mut self.0, value)?;
        Ok(self)
    }
}

/// Where an event is drawn.
#[derive(Clone, Copy)]
struct Place {
    process: usize,
    thread: usize,
}

impl<W: Write> File<W> {
    pub(super) fn begin(mut into: W, start_ns: u64) -> io::Result<File<W>> {
        into.write_all(b"{\"traceEvents\":[")?;
        Ok(File {
            into,
            start_ns,
            is_empty: true,
            arrows: 0,
        })
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        let start = self.start_ns;
        writeln!(
            self.into,
            "\n],\"displayTimeUnit\":\"ns\",\"otherData\":{{\"start_unix_ns\":\"{start}\"}}}}"
        )
    }

    /// A trace.
    pub(super) fn process(&mut self, process: usize, drawing: &Drawing<'_>) -> io::Result<()> {
        let trace = drawing.trace;
        let lanes = Lanes::of(&trace.spans);
        let place = Place {
            process,
            thread: CRITICAL,
        };
        self.names(place, drawing, &lanes)?;
        for segment in drawing.critical {
            self.segment(place, segment)?;
        }
        for &at in &lanes.order {
            let span = &trace.spans[at];
            let place = Place {
                process,
                thread: FIRST_LANE + lanes.lanes[at],
            };
            self.span(place, span)?;
            if let Some(parent) = lanes.parents[at] {
                let from = Place {
                    process,
                    thread: FIRST_LANE + lanes.lanes[parent],
                };
                self.arrow(from, &trace.spans[parent], place, span)?;
            }
        }
        Ok(())
    }

    /// What the process and its threads are called, and their order.
    fn names(&mut self, place: Place, drawing: &Drawing<'_>, lanes: &Lanes) -> io::Result<()> {
        self.name("process_name", place, &title(drawing.trace))?;
        self.order("process_sort_index", place, place.process)?;
        if !drawing.critical.is_empty() {
            self.name("thread_name", place, "critical path")?;
            self.order("thread_sort_index", place, CRITICAL)?;
        }
        for lane in 0..lanes.count {
            let thread = FIRST_LANE + lane;
            let place = Place { thread, ..place };
            self.name("thread_name", place, &format!("lane {}", lane + 1))?;
            self.order("thread_sort_index", place, thread)?;
        }
        Ok(())
    }

    fn name(&mut self, what: &str, place: Place, name: &str) -> io::Result<()> {
        #[derive(Serialize)]
        struct Name<'a> {
            name: &'a str,
        }
        let line = Line::new('M').value("name", &what)?;
        self.event(line.value("args", &Name { name })?, 0, place)
    }

    fn order(&mut self, what: &str, place: Place, sort_index: usize) -> io::Result<()> {
        #[derive(Serialize)]
        struct Order {
            sort_index: usize,
        }
        let line = Line::new('M').value("name", &what)?;
        self.event(line.value("args", &Order { sort_index })?, 0, place)
    }

    fn segment(&mut self, place: Place, segment: &Segment<'_>) -> io::Result<()> {
        #[derive(Serialize)]
        struct Class<'a> {
            class: &'a str,
        }
        let line = Line::new('X')
            .value("name", &segment.operation)?
            .value("cat", &segment.class)?
            .number("dur", Micros(segment.to_ns.saturating_sub(segment.from_ns)))
            .value(
                "args",
                &Class {
                    class: segment.class,
                },
            )?;
        self.event(line, self.since(segment.from_ns), place)
    }

    fn span(&mut self, place: Place, span: &Span) -> io::Result<()> {
        let line = Line::new('X')
            .value("name", &&*span.operation)?
            .value("cat", &category(span))?
            .number("dur", Micros(span.duration_ns()))
            .value("args", &OfSpan(span))?;
        self.event(line, self.since(span.start_ns), place)?;
        for event in &span.events {
            let line = Line::new('i')
                .value("name", &&*event.name)?
                .value("cat", &category(span))?
                .value("s", &"t")?
                .value("args", &OfEvent(event))?;
            self.event(line, self.since(event.time_ns), place)?;
        }
        Ok(())
    }

    /// An arrow from a parent to its child where they lie on two lanes, and to what waits in a queue.
    fn arrow(&mut self, from: Place, parent: &Span, to: Place, child: &Span) -> io::Result<()> {
        let is_queue = child.edge == Edge::Queue;
        // An arrow starts inside of a span, which its last nanosecond is and its end is not.
        let last = parent.end_ns.saturating_sub(1).max(parent.start_ns);
        let start_ns = child.start_ns.clamp(parent.start_ns, last);
        // A child that has ended before its parent begins has no arrow that goes forward.
        if from.thread == to.thread && !is_queue || start_ns > child.end_ns {
            return Ok(());
        }
        self.arrows += 1;
        let name = if is_queue { "queue" } else { child.edge.name() };
        let line = |phase, id| -> io::Result<Line> {
            let line = Line::new(phase).value("name", &name)?;
            Ok(line.value("cat", &"edge")?.number("id", id))
        };
        let start = line('s', self.arrows)?;
        let end = line('f', self.arrows)?.value("bp", &"e")?;
        self.event(start, self.since(start_ns), from)?;
        self.event(end, self.since(child.start_ns.max(start_ns)), to)
    }

    fn event(&mut self, line: Line, at_ns: u64, place: Place) -> io::Result<()> {
        let before: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.is_empty = false;
        let line = line
            .number("ts", Micros(at_ns))
            .number("pid", place.process)
            .number("tid", place.thread);
        self.into.write_all(before)?;
        self.into.write_all(&line.0)?;
        self.into.write_all(b"}")
    }

    /// When something was, from the start of the file; what somebody dates before it is drawn there.
    fn since(&self, time_ns: u64) -> u64 {
        time_ns.saturating_sub(self.start_ns)
    }
}

fn category(span: &Span) -> &str {
    span.component.as_deref().unwrap_or(CATEGORY)
}

/// What a trace is called: by the span that enters it first, and its id.
fn title(trace: &Trace) -> String {
    let spans = &trace.spans;
    let entry = spans.iter().find(|span| span.is_entry());
    let operation = entry.or(spans.first()).map(|span| &*span.operation);
    format!("{} {}", operation.unwrap_or_default(), trace.id)
}
