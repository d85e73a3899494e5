//! Chrome traces against the documented rules of the format, by a reader that knows nothing of how they are written.

use std::collections::HashMap;
use std::time::Instant;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::super::fixture::{any_trace, attribute, payment, span, trace, trace_id};
use super::*;
use crate::model::trace::{Edge, Event, Span, Value};

fn drawn(drawings: &[Drawing<'_>]) -> String {
    let mut file = Vec::new();
    write(&mut file, drawings).expect("memory can be written to");
    String::from_utf8(file).expect("it is text")
}

/// A time in nanoseconds, from the text of a number in microseconds: a float would not have all of them.
fn ns(json: &str) -> u128 {
    let (whole, decimals) = json.split_once('.').expect("a time has decimals");
    assert_eq!(decimals.len(), 3, "{json}");
    whole.parse::<u128>().expect("it is a number") * 1_000
        + decimals.parse::<u128>().expect("it is a number")
}

/// The text of a number of an event, as it stands in the line.
fn literal<'a>(line: &'a str, key: &str) -> &'a str {
    let key = format!("\"{key}\":");
    let at = line
        .rfind(&key)
        .unwrap_or_else(|| panic!("no {key} in {line}"))
        + key.len();
    let end = line[at..].find([',', '}']).expect("the object ends");
    &line[at..at + end]
}

/// An event that was found right.
struct Read {
    phase: char,
    name: String,
    place: (u64, u64),
    start: u128,
    end: u128,
    args: Json,
}

fn text(event: &Json, key: &str) -> String {
    let text = event[key].as_str();
    text.unwrap_or_else(|| panic!("{key} must be a text: {event}"))
        .to_owned()
}

/// Checks one event: required members, and their types.
fn event(line: &str) -> Read {
    let event: Json = serde_json::from_str(line).expect("an event is JSON");
    let phase = text(&event, "ph");
    let number = |key: &str| {
        event[key]
            .as_u64()
            .unwrap_or_else(|| panic!("no {key}: {line}"))
    };
    assert!(event["ts"].as_f64().is_some_and(|ts| ts >= 0.0), "{line}");
    assert!(number("pid") > 0 && number("tid") > 0, "{line}");
    let start = ns(literal(line, "ts"));
    let mut end = start;
    match &*phase {
        "X" => {
            // `dur` comes before the arguments, in which an attribute may be called so.
            let head = &line[..line.find(",\"args\":").expect("it has arguments")];
            end += ns(literal(&format!("{head}}}"), "dur"));
            assert!(
                event["cat"].is_string() && event["args"].is_object(),
                "{line}"
            );
        }
        "M" => {
            let known = [
                "process_name",
                "thread_name",
                "process_sort_index",
                "thread_sort_index",
            ];
            assert!(known.contains(&&*text(&event, "name")), "{line}");
            let args = &event["args"];
            assert!(
                args["name"].is_string() || args["sort_index"].is_u64(),
                "{line}"
            );
        }
        "i" => assert_eq!(event["s"], "t", "{line}"),
        "s" => assert!(event["id"].is_u64() && event["cat"].is_string(), "{line}"),
        "f" => assert_eq!(event["bp"], "e", "{line}"),
        _ => panic!("no such phase: {line}"),
    }
    Read {
        phase: phase.chars().next().expect("it is a character"),
        name: text(&event, "name"),
        place: (number("pid"), number("tid")),
        start,
        end,
        args: if phase == "s" || phase == "f" {
            event["id"].clone()
        } else {
            event["args"].clone()
        },
    }
}

/// The events of a file, each checked.
fn read(file: &str) -> Vec<Read> {
    let lines = file.lines().filter(|line| line.starts_with("{\"ph\""));
    lines
        .map(|line| event(line.trim_end_matches(',')))
        .collect()
}

/// Checks a whole file: on a thread spans nest, arrows have two ends that lie in spans, and every thread has a name.
fn check(file: &str) -> Vec<Read> {
    let whole: Json = serde_json::from_str(file).expect("the file is JSON");
    assert!(whole["traceEvents"].is_array());
    assert_eq!(whole["displayTimeUnit"], "ns");
    assert!(whole["otherData"]["start_unix_ns"].is_string());
    let events = read(file);
    assert_eq!(
        Some(events.len()),
        whole["traceEvents"].as_array().map(Vec::len)
    );
    nest(&events);
    arrows(&events);
    let is_named = |place| {
        let mut names = events.iter().filter(|event| event.name == "thread_name");
        names.any(|event| event.place == place)
    };
    let mut places: Vec<_> = events
        .iter()
        .filter(|event| event.phase == 'X')
        .map(|event| event.place)
        .collect();
    places.sort_unstable();
    places.dedup();
    assert!(places.into_iter().all(is_named));
    events
}

fn nest(events: &[Read]) {
    let mut open: HashMap<_, (u128, Vec<u128>)> = HashMap::new();
    for event in events.iter().filter(|event| event.phase == 'X') {
        let (last, ends) = open.entry(event.place).or_default();
        assert!(
            *last <= event.start,
            "{} begins before what stands before it",
            event.name
        );
        *last = event.start;
        while ends.last().is_some_and(|end| *end <= event.start) {
            ends.pop();
        }
        let around = ends.last();
        assert!(
            around.is_none_or(|end| event.end <= *end),
            "{} sticks out",
            event.name
        );
        ends.push(event.end);
    }
}

fn arrows(events: &[Read]) {
    let mut starts = HashMap::new();
    let mut ends = 0;
    for event in events {
        let is_inside = |span: &&Read| {
            span.phase == 'X'
                && span.place == event.place
                && (span.start..=span.end).contains(&event.start)
        };
        match event.phase {
            's' => {
                assert!(starts.insert(event.args.to_string(), event.start).is_none());
            }
            'f' => {
                ends += 1;
                let start = starts
                    .get(&event.args.to_string())
                    .expect("an arrow begins first");
                assert!(*start <= event.start, "an arrow goes forward");
            }
            _ => continue,
        }
        // In a large file each would look at all.
        assert!(events.len() > 5_000 || events.iter().any(|span| is_inside(&span)));
    }
    assert_eq!(starts.len(), ends);
}

/// How many spans, arrows and lanes a file has.
fn counts(events: &[Read]) -> (usize, usize, u64) {
    let of = |phase| events.iter().filter(|event| event.phase == phase).count();
    let lanes = events
        .iter()
        .filter(|event| event.phase == 'X')
        .map(|event| event.place.1);
    (
        of('X'),
        of('s'),
        lanes.max().unwrap_or_default().saturating_sub(1),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_trace_is_drawn_by_the_rules(traces in prop::collection::vec(any_trace(), 0..3)) {
        let drawings: Vec<_> = traces.iter().map(Drawing::from).collect();
        let events = check(&drawn(&drawings));
        let spans: usize = traces.iter().map(|trace| trace.spans.len()).sum();
        prop_assert_eq!(counts(&events).0, spans);
    }

    #[test]
    fn any_tree_nests(times in prop::collection::vec((0..40_u64, 0..20_u64, 0..30_u64), 1..40)) {
        let spans = times.iter().zip(1_u64..).map(|(&(start, length, parent), id)| {
            // Some name themselves, each other, or nobody as their parent.
            span(id, Some(parent).filter(|parent| *parent > 0), start, start + length)
        });
        let trace = trace(spans.collect());
        check(&drawn(&[Drawing::from(&trace)]));
    }
}

#[test]
fn a_trace_looks_like_this() {
    let payment = payment();
    let [root, mailbox, query, _] = &payment.spans[..] else {
        panic!("it has four spans");
    };
    let segment = |operation, from_ns, to_ns, class| Segment {
        operation,
        from_ns,
        to_ns,
        class,
    };
    let critical = [
        segment("POST /pay", root.start_ns, mailbox.start_ns, "run"),
        segment("mailbox", mailbox.start_ns, mailbox.end_ns, "queue"),
        segment("POST /pay", mailbox.end_ns, query.start_ns, "wait"),
        segment("db.query", query.start_ns, query.end_ns, "run"),
    ];
    let file = drawn(&[Drawing {
        trace: &payment,
        critical: &critical,
    }]);
    let events = check(&file);
    let on_path = events
        .iter()
        .filter(|event| event.phase == 'X' && event.place.1 == 1);
    assert_eq!(on_path.count(), 4);
    insta::assert_snapshot!(file);
}

#[test]
fn children_lie_on_the_lane_of_their_parent_where_they_fit() {
    let spans = vec![
        span(1, None, 0, 100),
        span(2, Some(1), 10, 30),
        span(3, Some(2), 10, 30),
        span(4, Some(1), 40, 60),
        // It overlaps 4, and its child outlives it: 1 is around that, but not the innermost.
        span(5, Some(1), 50, 90),
        span(6, Some(5), 70, 95),
        span(7, None, 100, 110),
    ];
    let events = check(&drawn(&[Drawing::from(&trace(spans))]));
    let mut lanes: Vec<_> = events
        .iter()
        .filter(|event| event.phase == 'X')
        .map(|event| (event.name.replace("operation ", ""), event.place.1 - 1))
        .collect();
    lanes.sort();
    let lanes: Vec<_> = lanes.into_iter().map(|(_, lane)| lane).collect();
    assert_eq!(lanes, [1, 1, 1, 1, 2, 1, 1]);
    // 1 to 5, and 5 to 6.
    assert_eq!(counts(&events).1, 2);
}

#[test]
fn what_waits_in_a_queue_has_an_arrow_on_one_lane_too() {
    let queued = Span {
        edge: Edge::Queue,
        ..span(2, Some(1), 10, 30)
    };
    let events = check(&drawn(&[Drawing::from(&trace(vec![
        span(1, None, 0, 100),
        queued,
    ]))]));
    assert_eq!(counts(&events), (2, 1, 1));
}

#[test]
fn times_are_exact_to_the_nanosecond() {
    const T: u64 = 1_790_000_000_123_456_789;
    let spans = vec![
        span(1, None, T, T + 9_007_199_254_740_993),
        span(2, Some(1), T + 1, T + 2),
    ];
    let file = drawn(&[Drawing::from(&trace(spans))]);
    assert!(file.contains("\"dur\":9007199254740.993,"), "{file}");
    assert!(file.contains("\"ts\":0.001,"), "{file}");
    assert!(
        file.contains("\"start_unix_ns\":\"1790000000123456789\""),
        "{file}"
    );
}

#[test]
fn each_trace_is_a_process_on_one_scale() {
    let (first, mut second) = (
        trace(vec![span(1, None, 50, 60)]),
        trace(vec![span(1, None, 20, 90)]),
    );
    second.id = trace_id(9);
    let events = check(&drawn(&[Drawing::from(&first), Drawing::from(&second)]));
    let spans: Vec<_> = events.iter().filter(|event| event.phase == 'X').collect();
    assert_eq!(
        spans.iter().map(|event| event.place.0).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(
        spans.iter().map(|event| event.start).collect::<Vec<_>>(),
        [30, 0]
    );
    let names = events.iter().filter(|event| event.name == "process_name");
    let names: Vec<_> = names.map(|event| text(&event.args, "name")).collect();
    assert_eq!(names[1], format!("operation 1 {}", trace_id(9)));
}

#[test]
fn arguments_say_what_is_known() {
    let said = Span {
        attributes: vec![
            attribute("a", Value::Int(1)),
            attribute("a", Value::Int(i64::MAX)),
            attribute("a (2)", Value::Float(f64::NAN)),
            attribute("a", Value::Bytes(vec![1, 255])),
            attribute(
                "list",
                Value::List(vec![
                    Value::Empty,
                    Value::Map(vec![("k".to_owned(), Value::Bool(true))]),
                ]),
            ),
        ],
        events: vec![Event {
            time_ns: 3,
            name: "retry".into(),
            attributes: vec![attribute("n", Value::Int(2))],
            attributes_cut: 0,
        }],
        busy_ns: Some(u64::MAX),
        ..span(1, None, 0, 9)
    };
    let events = check(&drawn(&[Drawing::from(&trace(vec![said]))]));
    let of = |phase| {
        events
            .iter()
            .find(|event| event.phase == phase)
            .expect("it is there")
    };
    let said = &of('X').args;
    let attributes: Vec<_> = said["attributes"]
        .as_object()
        .expect("an object")
        .values()
        .collect();
    assert_eq!(attributes.len(), 5);
    assert_eq!(said["attributes"]["a"], 1);
    assert_eq!(said["attributes"]["a (2)"], "9223372036854775807");
    assert_eq!(said["attributes"]["a (2) (2)"], "NaN");
    assert_eq!(said["attributes"]["a (3)"], "01ff");
    assert_eq!(
        said["attributes"]["list"].to_string(),
        "[null,{\"k\":true}]"
    );
    assert_eq!(said["busy_ns"], "18446744073709551615");
    assert_eq!(of('i').args["attributes"]["n"], 2);
    assert_eq!(of('i').start, 3);
}

/// Checks ten thousand spans of a shape, and lays ten times as many: how these are written does not hang on what the others are. Time
/// that grows with their square would be longer than a test may take.
fn many(of: impl Fn(u64, u64) -> Span) -> (usize, usize, u64) {
    let spans = |count| (1..=count).map(|id| of(id, count)).collect::<Vec<_>>();
    let started = Instant::now();
    assert_eq!(lanes::Lanes::of(&spans(SPANS)).order.len() as u64, SPANS);
    println!("laid in {:?}", started.elapsed());
    let events = read(&drawn(&[Drawing::from(&trace(spans(SPANS / 10)))]));
    nest(&events);
    arrows(&events);
    counts(&events)
}

const SPANS: u64 = 100_000;
const CHECKED: usize = SPANS as usize / 10;

fn before(id: u64) -> Option<u64> {
    Some(id - 1).filter(|id| *id > 0)
}

#[test]
fn a_hundred_thousand_spans_are_laid_in_bounded_time() {
    let deep = many(|id, spans| span(id, before(id), id, 3 * spans - id));
    assert_eq!(deep, (CHECKED, 0, 1));
    let wide = many(|id, spans| {
        let is_root = id == 1;
        let parent = Some(1).filter(|_| !is_root);
        span(id, parent, id, id + 1 + spans * u64::from(is_root))
    });
    assert_eq!(wide, (CHECKED, 0, 1));
    let overlapping = many(|id, spans| span(id, None, id, spans + id));
    assert_eq!(overlapping, (CHECKED, 0, CHECKED as u64));
    let outliving = many(|id, spans| span(id, before(id), id, spans + id));
    assert_eq!(outliving, (CHECKED, CHECKED - 1, CHECKED as u64));
}

#[test]
fn a_hundred_thousand_spans_are_drawn_in_bounded_time() {
    let spans = (1..=SPANS).map(|id| span(id, before(id), id, 3 * SPANS - id));
    let trace = trace(spans.collect());
    let started = Instant::now();
    let file = drawn(&[Drawing::from(&trace)]);
    println!("{} bytes in {:?}", file.len(), started.elapsed());
    assert_eq!(file.matches("{\"ph\":\"X\"").count() as u64, SPANS);
}
