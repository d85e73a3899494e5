//! Files that hold no traces: the error says what they are and what to do.

use super::*;

#[test]
fn a_file_that_holds_no_traces_is_named() {
    let cases: [(&[u8], &str); 18] = [
        (b"", "there are no spans in it: give a file of OTLP/JSON"),
        (b" \n\n", "there are no spans in it"),
        (b"[]", "there are no spans in it"),
        (b"{\"resourceSpans\":[]}", "there are no spans in it"),
        (
            b"<!DOCTYPE html>\n<html>{\n{\n",
            "line 1, column 1: this is HTML",
        ),
        (
            b"\x1f\x8b\x08\x00{\"a\n",
            "decompress it first, with gunzip",
        ),
        (b"\xff\xfe{\x00\"\x00", "save it as UTF-8"),
        (
            b"\x0a\x9a\x01\x0a\x12\x00\xff",
            "OTLP as protocol buffers is not read",
        ),
        (
            b"# HELP up Whether it is up.\nup{a=\"b\"} 1\n",
            "in the format of Prometheus",
        ),
        (b"42\n", "this is a number of JSON, not an object: `42`"),
        (b"[1e3, 2]", "this is a number of JSON"),
        (b"\"text\"", "this is a text of JSON"),
        (b"time=1 level=info\nmore\n", "found `time=1 level=info`"),
        (b"{\"data\":[{\"spans\":[]}]}", "there are no spans in it"),
        (
            b"{\"data\":{\"resultType\":\"vector\"}}",
            "invalid type: map, expected an array of traces",
        ),
        (b"{\"traceEvents\":[]}", "open it with Perfetto"),
        (
            b"{\"resourceMetrics\":[{}]}",
            "these are metrics, no traces",
        ),
        (b"{\"a\":1}", "expected an object with `resourceSpans`"),
    ];
    for (file, says) in cases {
        let error = error(file);
        assert!(error.contains(says), "{error}");
        assert!(error.contains("give a file of OTLP/JSON"), "{error}");
        assert!(!error.ends_with('.'), "{error}");
    }
}

#[test]
fn the_place_of_a_fault_is_counted_in_the_file() {
    let error = error("\n\n  {\"resourceSpans\":[\n  {\"scopeSpans\":true}]}");
    assert!(
        error.starts_with("line 4, column 20: invalid type: boolean `true`, expected"),
        "{error}"
    );
}

#[test]
fn lines_of_a_kind_are_one_fault() {
    let text = "a line\n".repeat(1_000);
    assert!(!error(&text).contains("more faults"));
    let error = error(format!("{{\n{text}"));
    assert!(error.contains("(and 1 more faults)"), "{error}");
}
