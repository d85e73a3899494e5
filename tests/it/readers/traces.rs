//! What reads and writes OTLP/JSON besides obs: OpenTelemetry's own messages, twice.

use std::process::Command;

use obs_runtime::formats::otlp;
use obs_runtime::model::trace::{
    Attribute, Edge, Event, Kept, Kind, Link, Missing, Policy, Span, SpanId, Status, Trace,
    TraceId, Value,
};
use serde_json::{Value as Json, json};

use crate::parsers::run;
use crate::tool;

const START_NS: u64 = 1_790_000_000_123_456_789;
const SERVICE: &str = "payments \"ß\"";

fn attribute(key: &str, value: Value) -> Attribute {
    Attribute {
        key: key.into(),
        value,
    }
}

/// One of every kind of value.
fn attributes() -> Vec<Attribute> {
    let inner = vec![
        Value::Int(-1),
        Value::Empty,
        Value::Text("κόσμε 🦀".to_owned()),
    ];
    let values = [
        (
            "text",
            Value::Text("line\nfeed \"quoted\" \\ \u{0} 🦀".to_owned()),
        ),
        ("empty.text", Value::Text(String::new())),
        ("yes", Value::Bool(true)),
        ("no", Value::Bool(false)),
        ("int", Value::Int(i64::MIN)),
        ("zero", Value::Int(0)),
        ("float", Value::Float(0.1)),
        ("least", Value::Float(5e-324)),
        ("infinite", Value::Float(f64::NEG_INFINITY)),
        ("bytes", Value::Bytes((0..=255).collect())),
        ("list", Value::List(inner.clone())),
        (
            "map",
            Value::Map(vec![
                ("a".to_owned(), Value::List(inner)),
                ("b".to_owned(), Value::Map(Vec::new())),
            ]),
        ),
        ("nothing", Value::Empty),
        ("obs.edge", Value::Text("said by a user".to_owned())),
    ];
    values.map(|(key, value)| attribute(key, value)).into()
}

fn span(id: u64, parent: Option<u64>, operation: &str) -> Span {
    Span {
        id: SpanId::new(id).expect("it is not 0"),
        parent: parent.and_then(SpanId::new),
        remote_parent: false,
        operation: operation.into(),
        component: None,
        kind: Kind::Internal,
        edge: Edge::Call,
        status: Status::Unset,
        status_message: String::new(),
        start_ns: START_NS + id,
        end_ns: START_NS + 1_000_000 + id,
        open: false,
        busy_ns: None,
        polls: 0,
        start_thread: None,
        end_thread: None,
        attributes: Vec::new(),
        attributes_cut: 0,
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn trace(id: u128, spans: Vec<Span>) -> Trace {
    Trace {
        id: TraceId::new(id).expect("it is not 0"),
        spans,
        kept: Kept {
            policy: Policy::Slow,
            weight: 12.5,
        },
        missing: Missing {
            ring_full: true,
            spans_over_limit: u64::MAX,
            orphans: 1,
            open: 2,
            duplicates: 3,
        },
        tracestate: "vendor=a b,other=ß".to_owned(),
    }
}

/// A trace with everything in it, and one with next to nothing.
fn traces() -> [Trace; 2] {
    let root = Span {
        remote_parent: true,
        kind: Kind::Server,
        status: Status::Panicked,
        status_message: "it \"unwound\"".to_owned(),
        attributes: attributes(),
        attributes_cut: u32::MAX,
        busy_ns: Some(u64::MAX),
        polls: u32::MAX,
        start_thread: Some(1),
        end_thread: Some(2),
        ..span(1, Some(u64::MAX), "POST /pay 🦀")
    };
    let queued = Span {
        component: Some("wallet".into()),
        kind: Kind::Consumer,
        edge: Edge::Queue,
        status: Status::Cancelled,
        ..span(2, Some(1), "mailbox")
    };
    let open = Span {
        component: Some("ledger".into()),
        kind: Kind::Client,
        edge: Edge::Detached,
        status: Status::Ok,
        open: true,
        events: vec![Event {
            time_ns: u64::MAX,
            name: "retry".into(),
            attributes: attributes(),
            attributes_cut: 1,
        }],
        links: vec![Link {
            trace: TraceId::new(u128::MAX).expect("it is not 0"),
            span: SpanId::new(u64::MAX).expect("it is not 0"),
            attributes: attributes(),
            tracestate: "vendor=1".to_owned(),
        }],
        ..span(3, Some(1), "db.query")
    };
    [
        trace(1 << 100, vec![root, queued, open]),
        trace(7, vec![span(1, None, "")]),
    ]
}

fn file(traces: &[Trace]) -> String {
    let mut lines = Vec::new();
    for trace in traces {
        otlp::write(&mut lines, SERVICE, trace).expect("memory can be written to");
    }
    String::from_utf8(lines).expect("it is text")
}

/// What a program prints that is given a file.
fn printed(program: &str, file: &str) -> Option<String> {
    let path = tool("TEST_PYTHONPATH")?;
    let mut python = Command::new("python3");
    python.args(["-c", program]).env("PYTHONPATH", &path);
    let output = run(&mut python, file);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).expect("it prints text"))
}

fn opened(file: &str) -> Vec<Trace> {
    let opened = otlp::read(file.as_bytes()).unwrap_or_else(|error| panic!("{error}: {file}"));
    assert_eq!(opened.faults, []);
    for trace in &opened.traces {
        assert_eq!(&*trace.service, SERVICE);
    }
    opened
        .traces
        .into_iter()
        .map(|opened| opened.trace)
        .collect()
}

/// Reads each line into the protocol buffers, in which ids are bytes: nothing that they do not know may be in it.
const MESSAGES: &str = r"
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.trace.v1 import trace_pb2
def ids(value):
    if isinstance(value, list):
        return [ids(member) for member in value]
    if isinstance(value, dict):
        is_id = lambda key: key in ('traceId', 'spanId', 'parentSpanId')
        return {key: base64.b64encode(bytes.fromhex(v)).decode() if is_id(key) else ids(v) for key, v in value.items()}
    return value
lines = sys.stdin.buffer.read().decode().splitlines()
messages = [json_format.ParseDict(ids(json.loads(line)), trace_pb2.TracesData()) for line in lines]
";

/// Prints what a message says of every span.
const FACTS: &str = r"
def value(any):
    kind = any.WhichOneof('value')
    if kind is None: return None
    v = getattr(any, kind)
    if kind == 'array_value': v = [value(member) for member in v.values]
    elif kind == 'kvlist_value': v = attributes(v.values)
    elif kind == 'bytes_value': v = v.hex()
    elif kind == 'double_value': v = repr(v)
    return {kind: v}
def attributes(of):
    return [[a.key, value(a.value)] for a in of]
print(json.dumps([{
    'scope': scope.scope.name, 'service': value(resource.resource.attributes[0].value),
    'trace': s.trace_id.hex(), 'span': s.span_id.hex(), 'parent': s.parent_span_id.hex(), 'state': s.trace_state,
    'flags': s.flags, 'name': s.name, 'kind': s.Kind.Name(s.kind) if hasattr(s, 'Kind') else s.kind,
    'start': s.start_time_unix_nano, 'end': s.end_time_unix_nano,
    'status': s.status.code, 'message': s.status.message, 'dropped': s.dropped_attributes_count,
    'attributes': attributes(s.attributes),
    'events': [[e.time_unix_nano, e.name, attributes(e.attributes), e.dropped_attributes_count] for e in s.events],
    'links': [[l.trace_id.hex(), l.span_id.hex(), l.trace_state, attributes(l.attributes)] for l in s.links],
} for m in messages for resource in m.resource_spans for scope in resource.scope_spans for s in scope.spans]))
";

/// What [`attributes`] is to others.
fn known() -> Json {
    let inner = json!([{"int_value": -1}, null, {"string_value": "κόσμε 🦀"}]);
    let bytes: String = (0..=255).map(|byte| format!("{byte:02x}")).collect();
    json!([
        ["text", {"string_value": "line\nfeed \"quoted\" \\ \u{0} 🦀"}],
        ["empty.text", {"string_value": ""}],
        ["yes", {"bool_value": true}],
        ["no", {"bool_value": false}],
        ["int", {"int_value": i64::MIN}],
        ["zero", {"int_value": 0}],
        ["float", {"double_value": "0.1"}],
        ["least", {"double_value": "5e-324"}],
        ["infinite", {"double_value": "-inf"}],
        ["bytes", {"bytes_value": bytes}],
        ["list", {"array_value": inner}],
        ["map", {"kvlist_value": [["a", {"array_value": inner}], ["b", {"kvlist_value": []}]]}],
        ["nothing", null],
        ["obs.said.obs.edge", {"string_value": "said by a user"}],
    ])
}

#[test]
fn the_protocol_buffers_read_every_field() {
    let Some(printed) = printed(&format!("{MESSAGES}{FACTS}"), &file(&traces())) else {
        return;
    };
    let spans: Vec<Json> = serde_json::from_str(&printed).expect("it prints JSON");
    let names: Vec<_> = spans.iter().map(|span| &span["name"]).collect();
    assert_eq!(names, ["POST /pay 🦀", "mailbox", "db.query", ""]);
    let [root, queued, open, bare] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(root["service"], json!({"string_value": SERVICE}));
    assert_eq!(root["trace"], "00000010000000000000000000000000");
    assert_eq!(
        (&root["span"], &root["parent"]),
        (&json!("0000000000000001"), &json!("ffffffffffffffff"))
    );
    assert_eq!(root["state"], "vendor=a b,other=ß");
    assert_eq!(root["flags"], 0x301);
    assert_eq!(
        (&root["start"], &root["end"]),
        (&json!(START_NS + 1), &json!(START_NS + 1_000_001))
    );
    assert_eq!(
        (&root["kind"], &root["status"], &root["message"]),
        (&json!(2), &json!(2), &json!("it \"unwound\""))
    );
    assert_eq!(root["dropped"], u32::MAX);
    let said = root["attributes"].as_array().expect("a list");
    let ours = known().as_array().map_or(0, Vec::len);
    assert_eq!(json!(said[..ours]), known());
    for fact in [
        json!(["obs.panicked", {"bool_value": true}]),
        json!(["obs.busy_ns", {"string_value": u64::MAX.to_string()}]),
        json!(["obs.polls", {"int_value": u32::MAX}]),
        json!(["obs.kept.policy", {"string_value": "slow"}]),
        json!(["obs.kept.weight", {"double_value": "12.5"}]),
    ] {
        assert!(said[ours..].contains(&fact), "{fact}");
    }
    assert_eq!(
        (&queued["scope"], &queued["kind"], &queued["status"]),
        (&json!("wallet"), &json!(5), &json!(0))
    );
    assert_eq!(
        queued["attributes"],
        json!([["obs.edge", {"string_value": "queue"}], ["obs.cancelled", {"bool_value": true}]])
    );
    assert_eq!(open["status"], 1);
    assert_eq!(open["events"], json!([[u64::MAX, "retry", known(), 1]]));
    assert_eq!(
        open["links"],
        json!([["f".repeat(32), "f".repeat(16), "vendor=1", known()]])
    );
    assert_eq!(
        (&bare["parent"], &bare["flags"]),
        (&json!(""), &json!(0x101))
    );
}

#[test]
fn what_the_protocol_buffers_write_is_opened() {
    // Indented, ids in base64, enumerations by name, and in the order of the protocol.
    let program = format!("{MESSAGES}\nfor m in messages: print(json_format.MessageToJson(m))");
    let traces = traces();
    let Some(printed) = printed(&program, &file(&traces)) else {
        return;
    };
    assert!(printed.contains("SPAN_KIND_SERVER"), "{printed}");
    assert_eq!(opened(&printed), traces);
}

/// OpenTelemetry's own messages for OTLP/JSON, which know of hexadecimal ids.
const CODEC: &str = r"
import sys
from opentelemetry.proto_json.trace.v1.trace import TracesData
for line in sys.stdin.buffer.read().decode().splitlines():
    print(TracesData.from_json(line).to_json())
";

#[test]
fn opentelemetrys_messages_of_json_give_back_what_they_read() {
    let traces = traces();
    let Some(printed) = printed(CODEC, &file(&traces)) else {
        return;
    };
    let opened = opened(&printed);
    assert_eq!(opened, traces);
    assert_eq!(file(&opened), file(&traces));
}
