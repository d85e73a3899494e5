//! Files that are cut off, damaged or too large.

use std::io::{self, BufReader, Read};

use proptest::prelude::*;

use super::super::read::read_within;
use super::*;
use crate::formats::fixture::trace_id;

fn other() -> Trace {
    Trace {
        id: trace_id(9),
        ..trace(vec![span(1, None, 5, 9), span(2, Some(1), 6, 7)])
    }
}

#[test]
fn a_file_cut_off_anywhere_gives_what_is_whole() {
    let (first, second) = (line(&payment()), line(&other()));
    let file = [first.clone(), second].concat();
    for length in 0..file.len() {
        let cut = &file[..length];
        let Ok(opened) = read(cut) else {
            // Its closing bracket is the last but the line break.
            assert!(length < first.len() - 3, "{length}");
            continue;
        };
        let last = length >= file.len() - 3;
        assert_eq!(opened.traces.len(), if last { 2 } else { 1 }, "{length}");
        assert_eq!(opened.traces[0].trace, payment());
        let is_between =
            (first.len() - 1..=first.len()).contains(&length) || length == file.len() - 1;
        assert_eq!(
            opened.faults.is_empty(),
            is_between,
            "{length}: {:?}",
            opened.faults
        );
    }
}

#[test]
fn the_end_of_a_cut_off_file_is_named() {
    let (first, second) = (line(&payment()), line(&other()));
    let file = [&first[..], &second[..100]].concat();
    let faults = open(file).faults;
    assert_eq!(faults.len(), 1);
    assert_eq!(
        faults[0].to_string(),
        "line 2, column 100: the file ends before the object does, which began at line 2, column 1: it was cut off, \
         and what of it is whole is kept"
    );
}

#[test]
fn a_broken_line_takes_no_other_with_it() {
    let (first, second) = (line(&payment()), line(&other()));
    let middle = line(&trace(vec![span(1, None, 0, 1)]));
    for (broken, names) in [
        (&middle[..middle.len() / 2], "cut off"),
        (&middle[..20], "cut off"),
        (
            b"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"a",
            "inside a text",
        ),
        (
            b"{\"resourceSpans\":[{\"scopeSpans\":5}]}",
            "invalid type: integer `5`, expected",
        ),
        (b"{\"resourceSpans\":[{}}]", "expected"),
        (b"a line of a log", "and found `a line of a log`"),
        (b"{ not JSON }", "key must be a string"),
        (b"{\"level\":\"info\"}", "with `resourceSpans`"),
    ] {
        let file = [&first[..], broken, b"\n", &second].concat();
        let opened = open(file);
        let traces: Vec<_> = opened.traces.iter().map(|opened| &opened.trace).collect();
        let why = String::from_utf8_lossy(broken);
        assert_eq!(traces, [&payment(), &other()], "{why}");
        assert_eq!(opened.faults.len(), 1, "{why}: {:?}", opened.faults);
        assert_eq!(opened.faults[0].line, 2, "{why}: {:?}", opened.faults);
        assert!(
            opened.faults[0].reason.contains(names),
            "{why}: {}",
            opened.faults[0]
        );
    }
}

#[test]
fn an_object_that_is_too_long_is_passed_over() {
    let (first, second) = (line(&payment()), line(&other()));
    let file = [&first[..], &second].concat();
    // The limit is looked at whenever the bytes at hand are used up.
    let from = BufReader::with_capacity(16, &file[..]);
    let opened = read_within(from, second.len()).expect("the second is short enough");
    assert_eq!(opened.traces.len(), 1);
    assert_eq!(opened.traces[0].trace, other());
    assert!(
        opened.faults[0].reason.contains("longer than"),
        "{}",
        opened.faults[0]
    );
    assert!(opened.faults[0].reason.contains("line 1, column 1"));
}

#[test]
fn the_bytes_may_come_one_by_one() {
    let file = [&line(&payment())[..], b"cut {\n", &line(&other())].concat();
    let at_once = open(&file);
    let slowly = read_within(BufReader::with_capacity(1, &file[..]), usize::MAX);
    let slowly = slowly.expect("it is the same file");
    assert_eq!(slowly.traces, at_once.traces);
    assert_eq!(slowly.faults, at_once.faults);
}

#[test]
fn a_value_of_any_depth_is_passed_without_recursion() {
    const DEPTH: usize = 100_000;
    let deep = [
        r#"{"arrayValue":{"values":["#.repeat(DEPTH),
        "]}}".repeat(DEPTH),
    ]
    .concat();
    let file = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{:032}","spanId":"{:016}",
        "unknown":{deep},"attributes":[{{"key":"a","value":{deep}}}]}}]}}]}}]}}"#,
        1, 1
    );
    let spans = &whole(file)[0].spans;
    assert_eq!(spans[0].attributes_cut, 1);
    let open = "{\"result\":".repeat(DEPTH);
    assert!(error(&open).contains("cut off"));
    let closed = open + "5" + &"}".repeat(DEPTH);
    assert!(error(closed).contains("recursion limit"));
}

#[test]
fn faults_are_counted_when_there_are_too_many() {
    let file = [&b"{}}\n"[..]].concat().repeat(150);
    let all = [file, line(&payment())].concat();
    let opened = open(all);
    assert_eq!(opened.faults.len(), 100);
    assert_eq!(opened.more_faults, 50);
}

#[test]
fn what_the_system_says_is_an_error() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let error = read(Failing).expect_err("it cannot be read");
    assert!(matches!(error, Error::Read(_)));
    assert!(std::error::Error::source(&error).is_some());
}

proptest! {
    #[test]
    fn damaged_files_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..2),
    ) {
        let mut file = [line(&payment()), line(&other())].concat();
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        for cut in cuts {
            file.remove(cut.index(file.len()));
        }
        if let Err(error) = read(&file[..]) {
            prop_assert!(error.to_string().contains("line "), "{}", error);
        }
    }

    #[test]
    fn bytes_of_any_kind_never_panic(file in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&file[..]);
    }
}
