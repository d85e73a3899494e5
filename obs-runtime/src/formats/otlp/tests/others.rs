//! Files of other programs.

use super::*;
use crate::formats::fixture::{span_id, trace_id};
use crate::model::trace::{Edge, Kept, Kind, Missing, Status};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const SPAN: &str = "eee19b7ec3c1b174";

/// As the collector's file exporter writes it: the example of the specification, with what others add.
const COLLECTOR: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}},
{"key":"host.name","value":{"stringValue":"a"}}],"droppedAttributesCount":0},"scopeSpans":[{"scope":{"name":"my.library","version":"1.0.0",
"attributes":[{"key":"my.scope.attribute","value":{"stringValue":"some scope attribute"}}]},"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",
"spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173","name":"I'm a server span","startTimeUnixNano":"1544712660000000000",
"endTimeUnixNano":"1544712661000000000","kind":2,"flags":257,"status":{},"attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}},
{"key":"nothing"},{"key":"less","value":null}]}]}],"schemaUrl":"https://opentelemetry.io/schemas/1.4.0"}]}"#;

#[test]
fn a_file_of_the_collector_is_opened() {
    let opened = open(COLLECTOR);
    assert_eq!(opened.faults, []);
    let [opened] = &opened.traces[..] else {
        panic!("{opened:?}");
    };
    assert_eq!(&*opened.service, "my.service");
    let trace = &opened.trace;
    assert_eq!(trace.id.to_string(), TRACE);
    assert_eq!(
        trace.kept,
        Kept {
            policy: Policy::Imported,
            weight: 1.0
        }
    );
    assert_eq!(
        trace.missing,
        Missing {
            orphans: 1,
            ..Missing::default()
        }
    );
    let span = &trace.spans[0];
    assert_eq!(span.id.to_string(), SPAN);
    assert_eq!(span.component.as_deref(), Some("my.service"));
    assert_eq!(&*span.operation, "I'm a server span");
    assert_eq!(
        (span.kind, span.status, span.edge),
        (Kind::Server, Status::Unset, Edge::Call)
    );
    assert_eq!(span.duration_ns(), 1_000_000_000);
    assert_eq!(span.attributes.len(), 3);
    assert_eq!(span.attributes[1], attribute("nothing", Value::Empty));
}

#[test]
fn what_was_imported_is_exported_and_opened_as_it_is() {
    let first = whole(COLLECTOR);
    let written = line(&first[0]);
    assert_eq!(whole(&written), first);
    assert_eq!(line(&whole(&written)[0]), written);
}

#[test]
fn a_file_may_be_of_any_form() {
    let (one, two) = (
        COLLECTOR.replace('\n', ""),
        COLLECTOR.replace("3FC60C", "3FC60D"),
    );
    let indented = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
        serde_json::to_string_pretty(&value).expect("it is written")
    };
    let inner = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
        value["resourceSpans"][0].to_string()
    };
    let expected = [whole(&one), whole(&two)].concat();
    assert_eq!(expected.len(), 2);
    for file in [
        format!("{one}\n{two}\n"),
        format!("{one}{two}"),
        format!("\u{feff}{one}\r\n\r\n{two}\r\n"),
        format!("[{one},\n{two}]"),
        indented(&format!("[{one},{two}]")),
        format!("{}\n{}", indented(&one), indented(&two)),
        format!("{{\"resourceSpans\":[{},{}]}}", inner(&one), inner(&two)),
        format!("{{\"result\":{one}}}\n{{\"result\":{two}}}"),
        format!("\u{1e}{one}\n\u{1e}{two}\n"),
        format!("{{}}{{\"resourceSpans\":null}}{one}{two}"),
    ] {
        assert_eq!(whole(&file), expected, "{file}");
    }
}

#[test]
fn spans_of_a_trace_may_lie_anywhere() {
    let of = |span: &str, parent: &str| {
        format!(
            r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"s{span}"}}}}]}},"scopeSpans":
            [{{"spans":[{{"traceId":"{TRACE}","spanId":"000000000000000{span}","parentSpanId":"{parent}","startTimeUnixNano":{span},
            "endTimeUnixNano":"9","traceState":"a={span}"}}]}}]}}]}}"#
        )
    };
    let file = [
        of("2", "0000000000000001"),
        of("1", ""),
        of("2", "0000000000000001"),
    ]
    .concat();
    let traces = whole(file);
    assert_eq!(traces.len(), 1);
    let spans = &traces[0].spans;
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[1].parent, Some(spans[0].id));
    assert_eq!(spans[1].component.as_deref(), Some("s2"));
    assert_eq!(
        traces[0].missing,
        Missing {
            duplicates: 1,
            ..Missing::default()
        }
    );
    // What the caller sent is known by the span that enters.
    assert_eq!(traces[0].tracestate, "a=1");
}

/// A file with a span of this id, with these fields besides.
fn of_span(trace: &str, span: &str, fields: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{trace}","spanId":"{span}"{fields}}}]}}]}}]}}"#
    )
}

#[test]
fn fields_are_read_as_programs_write_them() {
    let read = |fields: &str| whole(of_span(TRACE, SPAN, fields))[0].spans[0].clone();
    for start in ["5", "\"5\"", "5.0", "\"5\",\"end_time_unix_nano\":0"] {
        let span = read(&format!(r#","startTimeUnixNano":{start}"#));
        assert_eq!(
            (span.start_ns, span.end_ns, span.open),
            (5, 5, true),
            "{start}"
        );
    }
    for kind in ["3", "\"3\"", "\"SPAN_KIND_CLIENT\""] {
        assert_eq!(
            read(&format!(r#","kind":{kind}"#)).kind,
            Kind::Client,
            "{kind}"
        );
    }
    for code in ["2", "\"STATUS_CODE_ERROR\""] {
        let status = format!(r#","status":{{"code":{code},"message":null}}"#);
        assert_eq!(read(&status).status, Status::Error);
    }
    assert_eq!(read(r#","parentSpanId":"0000000000000000""#).parent, None);
    assert_eq!(
        read(r#","parentSpanId":null,"flags":null,"links":null"#).parent,
        None
    );
    assert!(read(r#","parentSpanId":"0000000000000001","flags":769"#).remote_parent);
    let value = |value: &str| {
        let said = format!(r#","attributes":[{{"key":"a","value":{value}}}]"#);
        read(&said).attributes[0].value.clone()
    };
    assert_eq!(value(r#"{"intValue":7}"#), Value::Int(7));
    assert_eq!(value(r#"{"intValue":"-7"}"#), Value::Int(-7));
    assert_eq!(value(r#"{"doubleValue":7}"#), Value::Float(7.0));
    assert_eq!(
        value(r#"{"doubleValue":"-Infinity"}"#),
        Value::Float(f64::NEG_INFINITY)
    );
    assert_eq!(
        value(r#"{"bytesValue":"_-8"}"#),
        Value::Bytes(vec![0xff, 0xef])
    );
    assert_eq!(value(r#"{"arrayValue":{}}"#), Value::List(Vec::new()));
    assert_eq!(value(r#"{"newValue":{"a":[1]}}"#), Value::Empty);
}

/// As Jaeger's page downloads it.
const JAEGER: &str = r#"{"data": [{"traceID": "8efff798038103d269b633813fc60c", "spans": [
{"traceID": "8efff798038103d269b633813fc60c", "spanID": "a1", "flags": 1, "operationName": "POST /pay", "references": [],
 "startTime": 1544712660000001, "duration": 7, "tags": [{"key": "span.kind", "type": "string", "value": "server"},
 {"key": "error", "type": "bool", "value": true}, {"key": "otel.status_description", "type": "string", "value": "why"},
 {"key": "rows", "type": "int64", "value": 5}, {"key": "id", "type": "int64", "value": "9223372036854775807"},
 {"key": "share", "type": "float64", "value": 0.5}, {"key": "ok", "type": "bool", "value": false},
 {"key": "raw", "type": "binary", "value": "AP8="}, {"key": "bad", "type": "int64", "value": "x"}],
 "logs": [{"timestamp": 1544712660000003, "fields": [{"key": "event", "type": "string", "value": "retry"},
 {"key": "attempt", "type": "int64", "value": 2}]}], "processID": "p1", "warnings": null},
{"traceID": "8efff798038103d269b633813fc60c", "spanID": "a2", "operationName": "audit",
 "references": [{"refType": "FOLLOWS_FROM", "traceID": "8efff798038103d269b633813fc60c", "spanID": "a1"},
 {"refType": "FOLLOWS_FROM", "traceID": "7", "spanID": "8"}],
 "startTime": 1544712660000002, "duration": 1, "tags": null, "logs": null, "processID": "p2"}],
"processes": {"p1": {"serviceName": "shop", "tags": []}, "p2": {"serviceName": "audit"}}, "warnings": null}],
"total": 0, "limit": 0, "offset": 0, "errors": null}"#;

#[test]
fn what_jaegers_page_downloads_is_opened() {
    let opened = open(JAEGER);
    assert_eq!(opened.faults, []);
    assert_eq!(&*opened.traces[0].service, "shop");
    let trace = &opened.traces[0].trace;
    assert_eq!(trace.id.to_string(), "008efff798038103d269b633813fc60c");
    assert_eq!(trace.missing, Missing::default());
    let [request, audit] = &trace.spans[..] else {
        panic!("{trace:?}");
    };
    assert_eq!(&*request.operation, "POST /pay");
    assert_eq!(
        (request.kind, request.status),
        (Kind::Server, Status::Error)
    );
    assert_eq!(request.status_message, "why");
    assert_eq!(request.start_ns, 1_544_712_660_000_001_000);
    assert_eq!(request.duration_ns(), 7_000);
    assert_eq!(request.component.as_deref(), Some("shop"));
    assert_eq!(
        request.attributes,
        [
            attribute("rows", Value::Int(5)),
            attribute("id", Value::Int(i64::MAX)),
            attribute("share", Value::Float(0.5)),
            attribute("ok", Value::Bool(false)),
            attribute("raw", Value::Bytes(vec![0, 255])),
            attribute("bad", Value::Text("x".to_owned())),
        ]
    );
    let event = &request.events[0];
    assert_eq!(
        (&*event.name, event.time_ns),
        ("retry", 1_544_712_660_000_003_000)
    );
    assert_eq!(event.attributes, [attribute("attempt", Value::Int(2))]);
    assert_eq!(
        (audit.parent, audit.edge),
        (Some(request.id), Edge::Detached)
    );
    assert_eq!(audit.component.as_deref(), Some("audit"));
    assert_eq!(
        (audit.links[0].trace, audit.links[0].span),
        (trace_id(7), span_id(8))
    );
    assert_eq!(whole(line(trace)), std::slice::from_ref(trace));
}

#[test]
fn ids_in_base64_are_read_as_well() {
    let trace = &whole(of_span("W47/95gDgQPSabYzgT/GDA==", "7uGbfsPBsXQ=", ""))[0];
    assert_eq!(trace.id.to_string(), TRACE);
    assert_eq!(trace.spans[0].id.to_string(), SPAN);
}

#[test]
fn a_span_that_cannot_be_read_takes_no_other_with_it() {
    let good = format!(
        r#"}},{{"traceId":"{TRACE}","spanId":"{SPAN}","name":"good","links":[{{"traceId":"7"}}]"#
    );
    for (trace, span, names) in [
        (&"0".repeat(32)[..], SPAN, "its traceId is `0000"),
        ("", SPAN, "expected 32 hexadecimal digits"),
        (
            TRACE,
            "eee",
            "its spanId is `eee`: expected 16 hexadecimal digits",
        ),
    ] {
        let opened = open(of_span(trace, span, &format!(r#","name":"bad"{good}"#)));
        assert_eq!(opened.traces.len(), 1);
        assert_eq!(&*opened.traces[0].trace.spans[0].operation, "good");
        assert_eq!(opened.faults.len(), 2, "{:?}", opened.faults);
        assert!(
            opened.faults[0].reason.contains(names),
            "{}",
            opened.faults[0]
        );
        assert!(
            opened.faults[0].reason.contains("`bad`"),
            "{}",
            opened.faults[0]
        );
        assert!(opened.faults[1].reason.contains("a link of span `good`"));
    }
}

#[test]
fn names_of_ours_in_other_files_stay_what_they_are() {
    let file = of_span(
        TRACE,
        SPAN,
        r#","attributes":[{"key":"obs.edge","value":{"stringValue":"razor"}},{"key":"obs.polls","value":{"intValue":"-1"}},
        {"key":"obs.component","value":{"stringValue":"named"}}]"#,
    );
    let traces = whole(file);
    let span = &traces[0].spans[0];
    assert_eq!(span.edge, Edge::Call);
    assert_eq!(span.component.as_deref(), Some("named"));
    assert_eq!(
        span.attributes,
        [
            attribute("obs.edge", Value::Text("razor".to_owned())),
            attribute("obs.polls", Value::Int(-1))
        ]
    );
    assert_eq!(whole(line(&traces[0])), traces);
}

#[test]
fn a_parent_elsewhere_is_no_orphan_when_it_is_remote() {
    let entry = Span {
        remote_parent: true,
        ..span(1, Some(77), 0, 9)
    };
    let written = line(&Trace {
        id: trace_id(3),
        ..trace(vec![entry, span(2, Some(1), 1, 2), span(3, Some(78), 1, 2)])
    });
    // As another program would have written it: without what obs says of the trace.
    let text = String::from_utf8(written).expect("it is text");
    let theirs = text.replace("obs.kept.", "their.kept.");
    let read = &whole(theirs)[0];
    assert_eq!(read.kept.policy, Policy::Imported);
    assert_eq!(read.missing.orphans, 1);
    assert_eq!(read.spans[0].parent, Some(span_id(77)));
}
