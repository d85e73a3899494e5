//! What is written is what is read, and what a newer runtime adds is passed over.

use super::{
    Accounting, Attribute, AttributeValue, Bottlenecks, Class, CriticalPath, Event, Hotspot, Kept,
    Link, OpenSpan, OpenSpans, Operation, Policy, Refusal, Root, Segment, Span, SpanKind, Standing,
    Status, Trace, TraceList, TraceSummary,
};
use serde::{Serialize, de::DeserializeOwned};

fn there_and_back<T: Serialize + DeserializeOwned>(whole: &T) -> T {
    let json = serde_json::to_string(whole).expect("it can be written");
    serde_json::from_str(&json).expect("what was written can be read")
}

fn attribute(key: &str, value: AttributeValue) -> Attribute {
    Attribute {
        key: key.to_owned(),
        value,
    }
}

fn trace() -> Trace {
    let values = [
        AttributeValue::Text("größe".to_owned()),
        AttributeValue::Bool(true),
        AttributeValue::Int(i64::MIN),
        AttributeValue::Float(f64::NEG_INFINITY),
        AttributeValue::List(vec![AttributeValue::Empty(true)]),
        AttributeValue::Map(vec![("a".to_owned(), AttributeValue::Float(0.5))]),
        AttributeValue::Bytes("0aff".to_owned()),
    ];
    let attributes: Vec<_> = values.map(|value| attribute("key", value)).into();
    let span = Span {
        id: "0000000000000001".to_owned(),
        kind: SpanKind::Server,
        status: Status::Cancelled,
        standing: Standing::OtherRoot,
        events: vec![Event {
            time_ns: -5,
            name: "retry".to_owned(),
            attributes: attributes.clone(),
            attributes_cut: 1,
        }],
        links: vec![Link::default()],
        attributes,
        ..Span::default()
    };
    Trace {
        start_unix_ns: 1_764_000_000_123_456_789,
        spans: vec![span],
        kept: Some(Kept {
            policy: Policy::Slow,
            weight: 1.5,
        }),
        critical_path: CriticalPath {
            segments: vec![Segment {
                from_ns: 0,
                to_ns: 7,
                span: Some(0),
                missing: None,
                class: Class::Queue,
            }],
            ..CriticalPath::default()
        },
        ..Trace::default()
    }
}

#[test]
fn every_answer_survives_json() {
    assert_eq!(there_and_back(&trace()), trace());
    let operation = Operation {
        operation: "storage.put".to_owned(),
        component: Some("wallet".to_owned()),
    };
    let bottlenecks = Bottlenecks {
        roots: vec![Root {
            operation: operation.clone(),
            ..Root::default()
        }],
        operations: vec![Hotspot {
            operation,
            ..Hotspot::default()
        }],
        ..Bottlenecks::default()
    };
    assert_eq!(there_and_back(&bottlenecks), bottlenecks);
    let list = TraceList {
        traces: vec![TraceSummary {
            policy: Policy::Rare,
            own_ns: Some(3),
            ..TraceSummary::default()
        }],
        ..TraceList::default()
    };
    assert_eq!(there_and_back(&list), list);
    let open = OpenSpans {
        spans: vec![OpenSpan::default()],
        ..OpenSpans::default()
    };
    assert_eq!(there_and_back(&open), open);
    let accounting = Accounting::default();
    assert_eq!(there_and_back(&accounting), accounting);
    let refusal = Refusal::default();
    assert_eq!(there_and_back(&refusal), refusal);
}

#[test]
fn words_are_written_as_they_are_called() {
    for class in Class::ALL {
        let json = serde_json::to_value(class).expect("it can be written");
        assert_eq!(json, class.name());
    }
    let json = serde_json::to_value(Standing::OtherRoot).expect("it can be written");
    assert_eq!(json, Standing::OtherRoot.name());
}

#[test]
fn what_a_newer_runtime_adds_is_unknown_and_the_rest_is_read() {
    let mut json = serde_json::to_value(trace()).expect("it can be written");
    json["weather"] = "fine".into();
    let span = &mut json["spans"][0];
    span["kind"] = "oracle".into();
    span["standing"] = "sideways".into();
    span["attributes"][0]["value"] = serde_json::json!({ "hologram": { "deep": [1] } });
    let read: Trace = serde_json::from_value(json).expect("it is read");
    assert_eq!(read.spans[0].kind, SpanKind::Unknown);
    assert_eq!(read.spans[0].standing, Standing::Unknown);
    let values: Vec<_> = read.spans[0].attributes.iter().take(2).collect();
    assert_eq!(values[0].value, AttributeValue::Unknown);
    assert_eq!(values[1].value, AttributeValue::Bool(true));
}
