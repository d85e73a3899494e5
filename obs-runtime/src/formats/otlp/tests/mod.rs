//! Traces written and read back, by others as well, and what becomes of files that are broken.

/// Files that are cut off, damaged or too large.
mod broken;
/// Files of other programs.
mod others;
/// Files that hold no traces.
mod strangers;

use std::time::Instant;

use proptest::prelude::*;

use super::super::fixture::{any_trace, attribute, payment, span, trace};
use super::{Error, MAX_DEPTH, Opened, read, write};
use crate::model::trace::{Policy, Span, Trace, Value};

const SERVICE: &str = "payments";

fn line(trace: &Trace) -> Vec<u8> {
    let mut line = Vec::new();
    write(&mut line, SERVICE, trace).expect("memory can be written to");
    line
}

fn open(file: impl AsRef<[u8]>) -> Opened {
    let file = file.as_ref();
    match read(file) {
        Ok(opened) => opened,
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(file)),
    }
}

/// What a file gives that is read without a fault.
fn whole(file: impl AsRef<[u8]>) -> Vec<Trace> {
    let opened = open(file);
    assert_eq!(opened.faults, []);
    opened
        .traces
        .into_iter()
        .map(|opened| opened.trace)
        .collect()
}

fn error(file: impl AsRef<[u8]>) -> String {
    let error = read(file.as_ref()).expect_err("it holds no traces");
    error.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_trace_is_read_as_it_was_written_and_written_as_it_was_read(
        traces in prop::collection::vec(any_trace(), 1..3),
        service in any::<String>(),
    ) {
        prop_assume!(traces.len() < 2 || traces[0].id != traces[1].id);
        let mut file = Vec::new();
        for trace in &traces {
            write(&mut file, &service, trace).expect("memory can be written to");
        }
        prop_assert_eq!(file.iter().filter(|byte| **byte == b'\n').count(), traces.len());
        let opened = open(&file);
        prop_assert_eq!(&opened.faults, &[]);
        // No number is equal to NaN, but its text is.
        let read: Vec<_> = opened.traces.iter().map(|opened| &opened.trace).collect();
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", traces.iter().collect::<Vec<_>>()));
        let mut again = Vec::new();
        for opened in &opened.traces {
            prop_assert_eq!(&*opened.service, &service);
            write(&mut again, &opened.service, &opened.trace).expect("memory can be written to");
        }
        prop_assert!(file == again);
    }
}

#[test]
fn a_trace_looks_like_this() {
    let line = String::from_utf8(line(&payment())).expect("it is text");
    // As it is, but for line breaks between spans and their parts.
    insta::assert_snapshot!(line.replace(",{\"", ",\n{\""));
}

#[test]
fn floats_and_integers_come_back_bit_for_bit() {
    let floats = [
        0.1,
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        -0.0,
        9_007_199_254_740_993.0,
    ];
    let mut values: Vec<_> = floats.map(Value::Float).to_vec();
    values.extend([i64::MIN, i64::MAX, 0].map(Value::Int));
    let said = values.iter().map(|value| attribute("it", value.clone()));
    let original = trace(vec![Span {
        attributes: said.collect(),
        busy_ns: Some(u64::MAX),
        ..span(1, None, 0, u64::MAX)
    }]);
    let read = whole(line(&original));
    assert_eq!(format!("{read:?}"), format!("{:?}", [original]));
}

#[test]
fn spans_out_of_order_are_written_in_order() {
    let spans = vec![
        span(2, Some(1), 5, 6),
        span(3, Some(1), 5, 9),
        span(1, None, 0, 9),
    ];
    let mut sorted = spans.clone();
    sorted.rotate_right(1);
    assert_eq!(line(&trace(spans)), line(&trace(sorted)));
}

#[test]
fn a_trace_without_spans_has_no_line() {
    assert_eq!(line(&trace(Vec::new())), b"");
}

#[test]
fn an_attribute_of_a_million_bytes_is_kept() {
    let text = "ß\n".repeat(350_000);
    let original = trace(vec![Span {
        attributes: vec![attribute("it", Value::Text(text))],
        ..span(1, None, 0, 1)
    }]);
    assert_eq!(whole(line(&original)), [original]);
}

/// A list in a list in a list, and a map in a map, this often.
fn nested(times: usize) -> Value {
    (0..times).fold(Value::Int(1), |inner, depth| {
        if depth % 2 == 0 {
            Value::List(vec![inner])
        } else {
            Value::Map(vec![("it".to_owned(), inner)])
        }
    })
}

#[test]
fn values_are_kept_to_a_depth_and_counted_below_it() {
    let said = |depth| {
        let both = vec![
            attribute("deep", nested(depth)),
            attribute("flat", Value::Int(2)),
        ];
        trace(vec![Span {
            attributes: both,
            ..span(1, None, 0, 1)
        }])
    };
    assert_eq!(whole(line(&said(MAX_DEPTH))), [said(MAX_DEPTH)]);
    let cut = &whole(line(&said(MAX_DEPTH + 1)))[0].spans[0];
    assert_eq!(cut.attributes_cut, 1);
    assert_eq!(cut.attributes[1], attribute("flat", Value::Int(2)));
    assert!(!format!("{cut:?}").contains("Int(1)"));
}

#[test]
fn a_hundred_thousand_spans_are_written_and_read_in_bounded_time() {
    const SPANS: u64 = 100_000;
    // A chain as deep as it is long: nothing may follow it by recursion.
    let spans = (1..=SPANS).map(|id| span(id, Some(id - 1).filter(|id| *id > 0), id, 2 * SPANS));
    let original = trace(spans.collect());
    let started = Instant::now();
    let line = line(&original);
    let written = started.elapsed();
    let read = whole(&line);
    let took = started.elapsed();
    println!(
        "{} bytes, written in {written:?}, read in {:?}",
        line.len(),
        took - written
    );
    assert_eq!(read, [original]);
}

#[test]
fn a_trace_is_ours_wherever_its_lines_lie() {
    let (a, b) = (payment(), trace(vec![span(1, None, 0, 1)]));
    let mut second = b.clone();
    second.id = super::super::fixture::trace_id(9);
    second.kept.policy = Policy::Slow;
    let file = [line(&a), line(&second)].concat();
    assert_eq!(whole(file), [a, second]);
}
