//! Files, opened, are what a runtime would hand out, and come out as other files.

use obs_runtime::api::traces::{Class, Status};
use obs_runtime::formats::otlp::{self, OpenedTrace};

use super::*;
use crate::dashboard::TraceFormat;

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
    let mut read = otlp::read(FILE.as_bytes()).unwrap();
    assert_eq!(read.traces.len(), 1);
    read.traces.remove(0)
}

fn written(format: TraceFormat) -> String {
    let mut file = Vec::new();
    write(&[&opened()], format, &mut file).unwrap();
    String::from_utf8(file).unwrap()
}

#[test]
fn spans_are_a_tree_with_their_critical_path() {
    let trace = whole(&opened().trace, 5);
    let tree: Vec<_> = trace
        .spans
        .iter()
        .map(|span| (span.operation.as_str(), span.depth, span.above, span.below))
        .collect();
    assert_eq!(
        tree,
        [
            ("GET /", 0, None, 3),
            ("query", 1, Some(0), 1),
            ("row", 2, Some(1), 0),
            ("lost", 1, Some(0), 0),
        ]
    );
    assert!(trace.spans[3].orphan && !trace.spans[1].orphan);
    assert_eq!((trace.start_unix_ns, trace.duration_ns), (1000, 1000));
    assert_eq!(trace.spans[1].events[0].time_ns, 250);
    let path = &trace.critical_path;
    assert_eq!(
        (path.root, path.duration_ns, path.missing.len()),
        (Some(0), 1000, 1)
    );
    assert_eq!(path.waiting, Waiting::Clamp);
    assert_eq!(path.by_class.sum_ns(), 1000);
    let mut at = 0;
    for segment in &path.segments {
        assert_eq!(
            segment.from_ns, at,
            "segments are disjoint and leave nothing out"
        );
        at = segment.to_ns;
        let named = segment.span.is_some() != segment.missing.is_some();
        assert!(named && (segment.missing.is_some() == (segment.class == Class::Gap)));
    }
    assert_eq!(at, 1000);
}

#[test]
fn summary_is_of_the_root() {
    let summary = summary(&whole(&opened().trace, 5));
    assert_eq!(summary.operation, "GET /");
    assert_eq!((summary.duration_ns, summary.spans), (1000, 4));
    assert_eq!((summary.status, summary.failed), (Status::Unset, true));
    assert_eq!(summary.components, ["shop"]);
    assert!(summary.incomplete);
}

#[test]
fn otlp_comes_out_as_it_would_go_in() {
    let line = written(TraceFormat::Otlp);
    let again = otlp::read(line.as_bytes()).unwrap();
    assert_eq!(again.traces, [opened()]);
}

#[test]
fn folded_stacks_add_up_to_the_root() {
    let folded = written(TraceFormat::Folded);
    let sum: u64 = folded
        .lines()
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(sum, 1000, "{folded}");
    assert!(folded.contains("GET /;query;row "), "{folded}");
    assert!(folded.contains("GET /;lost "), "{folded}");
}

#[test]
fn chrome_has_the_critical_path_as_well() {
    let chrome: serde_json::Value = serde_json::from_str(&written(TraceFormat::Chrome)).unwrap();
    let events = chrome["traceEvents"].as_array().unwrap();
    let named = |name: &str| events.iter().filter(|event| event["name"] == name).count();
    assert!(named("row") >= 2, "the span, and its part of the path");
}
