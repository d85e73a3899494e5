//! Traces as answers: trees, critical paths, files, and the list.

use std::sync::Arc;

use super::*;
use crate::api::traces::{self as api, ByClass, Class, Standing, TraceFormat};
use crate::formats::otlp::{self, OpenedTrace};
use crate::model::trace::fixture::{any_trace, span, trace};
use crate::model::trace::{Edge, Policy, Trace};
use crate::query::traces::Summary;

fn sample() -> Trace {
    let mut detached = span(4, Some(1), "audit", (30, 200));
    detached.edge = Edge::Detached;
    trace(
        0xabc,
        vec![
            span(1, None, "pay", (10, 110)),
            span(2, Some(1), "get", (20, 60)),
            span(3, Some(1), "put", (20, 50)),
            detached,
            span(5, Some(4), "write", (40, 50)),
            span(6, Some(99), "orphan", (70, 80)),
            span(7, None, "other", (71, 72)),
        ],
    )
}

fn written(of: &Trace, format: TraceFormat) -> String {
    let exported = Exported {
        trace: of,
        service: "shop",
        root: None,
    };
    let mut file = Vec::new();
    write(&mut file, format, &[exported]).expect("vectors take all");
    String::from_utf8(file).expect("it is text")
}

#[test]
fn a_trace_travels_as_a_tree_with_its_path() {
    let mut of = Whole::from(sample());
    of.threads = vec![(3, Arc::from("main"))];
    let wire = whole(&of, None, 9);
    let row = |span: &api::Span| (span.operation.clone(), span.depth, span.standing);
    let rows: Vec<_> = wire.spans.iter().map(row).collect();
    let expected = [
        ("pay", 0, Standing::Critical),
        ("get", 1, Standing::Critical),
        ("put", 1, Standing::Parallel),
        ("audit", 1, Standing::Detached),
        ("write", 2, Standing::Detached),
        ("orphan", 1, Standing::Critical),
        ("other", 0, Standing::OtherRoot),
    ];
    assert_eq!(
        rows,
        expected.map(|(name, depth, standing)| (name.to_owned(), depth, standing))
    );
    let path = &wire.critical_path;
    assert_eq!(
        (wire.start_unix_ns, path.duration_ns),
        (10_000_000, 100_000_000)
    );
    let gap = path
        .segments
        .iter()
        .find(|segment| segment.class == Class::Gap);
    assert_eq!((path.root, path.other_roots.clone()), (Some(0), vec![6]));
    assert_eq!(path.missing, ["0000000000000063"]);
    assert!(gap.is_none_or(|gap| gap.missing == Some(0) && gap.span.is_none()));
    assert_eq!(path.by_class.sum_ns(), path.duration_ns);
}

#[test]
fn another_span_has_a_path_of_its_own() {
    let wire = whole(&Whole::from(sample()), Some(3), 9);
    assert_eq!(wire.spans[3].operation, "audit");
    assert_eq!(wire.spans[3].standing, Standing::Critical);
    assert_eq!(wire.spans[0].standing, Standing::OtherRoot);
    assert_eq!(wire.critical_path.root, Some(3));
    let nothing = whole(&Whole::from(sample()), Some(99), 9);
    assert_eq!(nothing.critical_path.segments, []);
    assert_eq!(nothing.spans.len(), wire.spans.len());
}

#[test]
fn what_is_under_way_is_not_kept() {
    let mut of = Whole::from(sample());
    assert!(whole(&of, None, 9).kept.is_some());
    of.is_live = true;
    assert_eq!(whole(&of, None, 9).kept, None);
}

#[test]
fn the_path_of_any_trace_adds_up_on_the_wire() {
    for of in (1..300).map(any_trace) {
        let wire = whole(&Whole::from(of), None, 9);
        let path = &wire.critical_path;
        let mut by_class = ByClass::default();
        let mut sum = 0;
        for segment in &path.segments {
            let ns = segment.to_ns - segment.from_ns;
            sum += ns;
            match segment.class {
                Class::Run => by_class.run_ns += ns,
                Class::Wait => by_class.wait_ns += ns,
                Class::Queue => by_class.queue_ns += ns,
                Class::Overlap => by_class.overlap_ns += ns,
                Class::Gap => by_class.gap_ns += ns,
                Class::Open => by_class.open_ns += ns,
                Class::Unknown => panic!("every class has a word"),
            }
            match (segment.span, segment.missing) {
                (Some(span), None) => assert!((span as usize) < wire.spans.len()),
                (None, Some(missing)) => assert!((missing as usize) < path.missing.len()),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((sum, by_class), (path.duration_ns, path.by_class));
        let json = serde_json::to_string(&wire).expect("it can be written");
        let read: api::Trace = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(read.spans.len(), wire.spans.len());
    }
}

#[test]
fn a_list_names_the_root_of_the_tree() {
    for mut of in (1..300).map(any_trace) {
        of.kept.policy = Policy::Imported;
        let summary = summary(Summary::of(&of).expect("it has a span"));
        let wire = whole(&Whole::from(of), None, 9);
        let root = wire.critical_path.root.expect("it has one");
        let root = &wire.spans[root as usize];
        assert_eq!(summary.operation, root.operation);
        assert_eq!(summary.start_unix_ns, wire.start_unix_ns + root.start_ns);
        assert_eq!(summary.duration_ns, root.duration_ns());
    }
}

/// A service calls another one, whose clock is behind.
#[test]
fn a_list_does_not_take_the_called_for_the_caller() {
    let mut called = span(2, Some(1), "called", (5, 50));
    called.remote_parent = true;
    let of = trace(1, vec![called, span(1, None, "caller", (10, 60))]);
    let summary = Summary::of(&of).expect("it has a span");
    assert_eq!(&*summary.operation, "caller");
    let wire = whole(&Whole::from(of), None, 9);
    assert_eq!(wire.spans[0].operation, "caller");
}

/// Of two spans with one id the one with an end counts, also as the parent of others.
#[test]
fn children_hang_on_the_span_that_has_ended() {
    let mut open = span(2, Some(1), "open", (10, 20));
    open.open = true;
    let of = trace(
        1,
        vec![
            span(1, None, "root", (0, 100)),
            open,
            span(2, Some(1), "ended", (11, 60)),
            span(3, Some(2), "below", (12, 30)),
        ],
    );
    let folded = written(&of, TraceFormat::Folded);
    assert!(folded.contains("root;ended;below "), "{folded}");
    let wire = whole(&Whole::from(of), None, 9);
    let below = wire.spans.iter().find(|span| span.operation == "below");
    let above = below.and_then(|below| below.above).expect("it hangs");
    assert_eq!(wire.spans[above as usize].operation, "ended");
}

/// Of a trace whose root was lost only orphans are left.
#[test]
fn where_all_are_orphans_each_is_a_root() {
    let of = trace(
        1,
        vec![
            span(2, Some(9), "first", (0, 40)),
            span(3, Some(9), "second", (50, 90)),
        ],
    );
    let wire = whole(&Whole::from(of), None, 9);
    let second = &wire.spans[1];
    assert_eq!((second.above, second.orphan), (None, false));
    assert_eq!(second.standing, Standing::OtherRoot);
    assert_eq!(wire.critical_path.other_roots, [1]);
}

#[test]
fn a_trace_is_a_file_in_each_format() {
    let of = sample();
    for format in TraceFormat::ALL {
        let begins = match format {
            TraceFormat::Otlp => "{\"resourceSpans\"",
            TraceFormat::Chrome => "{\"traceEvents\":[",
            TraceFormat::Folded => "pay ",
        };
        let text = written(&of, format);
        assert!(text.starts_with(begins), "{text}");
    }
}

#[test]
fn stacks_of_a_path_lead_from_its_root_down() {
    let text = written(&sample(), TraceFormat::Folded);
    let mut sum = 0;
    for line in text.lines() {
        let (stack, ns) = line.rsplit_once(' ').expect("a stack has a weight");
        assert!(stack.starts_with("pay"), "{stack}");
        sum += ns.parse::<u64>().expect("it is a number");
    }
    assert_eq!(sum, 100_000_000);
    assert!(text.contains("pay;get 40000000"), "{text}");
}

#[test]
fn a_stack_of_ten_thousand_frames_is_cut() {
    let spans = (1..=10_000).map(|id| span(id, (id > 1).then(|| id - 1), "deep", (id, 20_000)));
    let text = written(&trace(1, spans.collect()), TraceFormat::Folded);
    let longest = text.lines().map(|line| line.matches(';').count()).max();
    assert_eq!(longest, Some(256));
    assert!(text.contains(";(deeper) "));
}

/// A request of another program: a child, a grandchild that outlives it, one that hangs on nothing.
const FILE: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
"scopeSpans":[{"spans":[
{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000000000000001","name":"GET /","kind":2,
 "startTimeUnixNano":"1000","endTimeUnixNano":"2000","attributes":[{"key":"user","value":{"stringValue":"ann"}}]},
{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000000000000003","parentSpanId":"0000000000000002","name":"row",
 "startTimeUnixNano":"1300","endTimeUnixNano":"1800"},
{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"query",
 "startTimeUnixNano":"1200","endTimeUnixNano":"1700","status":{"code":2,"message":"late"},
 "events":[{"timeUnixNano":"1250","name":"retry"}]},
{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000000000000009","parentSpanId":"0000000000000007","name":"lost",
 "startTimeUnixNano":"1900","endTimeUnixNano":"1950"}]}]}]}"#;

fn opened() -> OpenedTrace {
    let mut read = otlp::read(FILE.as_bytes()).expect("it can be read");
    assert_eq!(read.traces.len(), 1);
    read.traces.remove(0)
}

#[test]
fn a_trace_of_a_file_is_answered_as_one_of_a_process() {
    let wire = whole(&opened().trace.into(), None, 5);
    let row = |span: &api::Span| (span.operation.clone(), span.depth, span.above, span.below);
    let rows: Vec<_> = wire.spans.iter().map(row).collect();
    let expected = [
        ("GET /", 0, None, 3),
        ("query", 1, Some(0), 1),
        ("row", 2, Some(1), 0),
        ("lost", 1, Some(0), 0),
    ];
    assert_eq!(
        rows,
        expected.map(|(name, depth, above, below)| (name.to_owned(), depth, above, below))
    );
    assert!(wire.spans[3].orphan && !wire.spans[1].orphan);
    assert_eq!((wire.start_unix_ns, wire.duration_ns), (1000, 1000));
    assert_eq!(wire.spans[1].events[0].time_ns, 250);
    assert_eq!(wire.critical_path.waiting, api::Waiting::Clamp);
    assert_eq!(wire.critical_path.missing, ["0000000000000007"]);
    assert_eq!(wire.critical_path.by_class.sum_ns(), 1000);
    let summary = summary(Summary::of(&opened().trace).expect("it has spans"));
    assert_eq!(summary.operation, "GET /");
    assert_eq!((summary.duration_ns, summary.spans), (1000, 4));
    assert_eq!((summary.status, summary.failed), (api::Status::Unset, true));
    assert_eq!(summary.components, ["shop"]);
    assert!(summary.incomplete);
}

#[test]
fn a_file_comes_out_as_it_went_in_and_in_other_formats() {
    let of = opened();
    let line = written(&of.trace, TraceFormat::Otlp);
    let again = otlp::read(line.as_bytes()).expect("it can be read");
    assert_eq!(again.traces, std::slice::from_ref(&of));
    let folded = written(&of.trace, TraceFormat::Folded);
    assert!(folded.contains("GET /;query;row "), "{folded}");
    assert!(folded.contains("GET /;lost "), "{folded}");
    let chrome = written(&of.trace, TraceFormat::Chrome);
    let chrome: serde_json::Value = serde_json::from_str(&chrome).expect("it is JSON");
    let events = chrome["traceEvents"].as_array().expect("it has events");
    let rows = events.iter().filter(|event| event["name"] == "row").count();
    assert!(rows >= 2, "the span, and its part of the path");
}

#[test]
fn several_traces_are_one_file() {
    let (one, other) = (sample(), opened().trace);
    let exported = [&one, &other].map(|trace| Exported {
        trace,
        service: "shop",
        root: None,
    });
    for format in TraceFormat::ALL {
        let mut file = Vec::new();
        write(&mut file, format, &exported).expect("vectors take all");
        let text = String::from_utf8(file).expect("it is text");
        assert!(text.contains("pay") && text.contains("GET /"), "{text}");
        if format == TraceFormat::Chrome {
            let _: serde_json::Value = serde_json::from_str(&text).expect("it is one document");
        }
    }
}
