//! Traces made by hand and by chance.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::model::trace::{
    Attribute, Edge, Event, Kept, Kind, Link, Missing, Policy, Span, SpanId, Status, Trace,
    TraceId, Value,
};

/// A trace's id.
pub(crate) fn trace_id(number: u128) -> TraceId {
    TraceId::new(number).expect("it is not 0")
}

/// A span's id.
pub(crate) fn span_id(number: u64) -> SpanId {
    SpanId::new(number).expect("it is not 0")
}

/// A span that says nothing but when it was.
pub(crate) fn span(id: u64, parent: Option<u64>, start_ns: u64, end_ns: u64) -> Span {
    Span {
        id: span_id(id),
        parent: parent.map(span_id),
        remote_parent: false,
        operation: format!("operation {id}").into(),
        component: Some("ledger".into()),
        kind: Kind::Internal,
        edge: Edge::Call,
        status: Status::Unset,
        status_message: String::new(),
        start_ns,
        end_ns,
        open: false,
        busy_ns: None,
        polls: 0,
        start_thread: Some(1),
        end_thread: Some(1),
        attributes: Vec::new(),
        attributes_cut: 0,
        events: Vec::new(),
        links: Vec::new(),
    }
}

/// A trace of these spans, kept among others.
pub(crate) fn trace(spans: Vec<Span>) -> Trace {
    Trace {
        id: trace_id(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736),
        spans,
        kept: Kept {
            policy: Policy::Baseline,
            weight: 100.0,
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}

/// A fact.
pub(crate) fn attribute(key: &str, value: Value) -> Attribute {
    Attribute {
        key: key.into(),
        value,
    }
}

/// A payment: a request of another process that waits in a mailbox, fails in a database, and leaves something running.
pub(crate) fn payment() -> Trace {
    const T: u64 = 1_790_000_000_000_000_000;
    let text = |text: &str| Value::Text(text.to_owned());
    let request = Span {
        parent: Some(span_id(0x00f0_67aa_0ba9_02b7)),
        remote_parent: true,
        operation: "POST /pay".into(),
        component: None,
        kind: Kind::Server,
        status: Status::Error,
        status_message: "deadline \"100 ms\" exceeded".to_owned(),
        busy_ns: Some(3_100_000),
        polls: 3,
        end_thread: Some(2),
        attributes: vec![
            attribute("http.route", text("/pay")),
            attribute("retry", Value::Bool(true)),
            attribute("share", Value::Float(0.1)),
        ],
        attributes_cut: 1,
        ..span(0xa1, None, T, T + 182_400_123)
    };
    let mailbox = Span {
        operation: "mailbox".into(),
        component: Some("wallet".into()),
        edge: Edge::Queue,
        ..span(0xa2, Some(0xa1), T + 1_000, T + 39_601_000)
    };
    let query = Span {
        operation: "db.query".into(),
        kind: Kind::Client,
        status: Status::Panicked,
        attributes: vec![
            attribute("db.rows", Value::Int(-1)),
            attribute("db.key", Value::Bytes(vec![0, 255])),
            attribute("db.tables", Value::List(vec![text("a"), Value::Empty])),
            attribute(
                "db.plan",
                Value::Map(vec![("cost".to_owned(), Value::Float(f64::INFINITY))]),
            ),
        ],
        events: vec![Event {
            time_ns: T + 100_200_000,
            name: "retry".into(),
            attributes: vec![attribute("attempt", Value::Int(2))],
            attributes_cut: 3,
        }],
        ..span(0xa3, Some(0xa1), T + 70_900_000, T + 181_900_000)
    };
    let audit = Span {
        operation: "audit.write".into(),
        edge: Edge::Detached,
        open: true,
        status: Status::Unset,
        end_thread: None,
        links: vec![Link {
            trace: trace_id(7),
            span: span_id(8),
            attributes: vec![attribute("why", text("batch"))],
            tracestate: "vendor=1".to_owned(),
        }],
        ..span(0xa4, Some(0xa3), T + 90_000_000, T + 190_000_000)
    };
    Trace {
        kept: Kept {
            policy: Policy::Error,
            weight: 1.0,
        },
        missing: Missing {
            ring_full: true,
            open: 1,
            ..Missing::default()
        },
        tracestate: "vendor=abc,other=1".to_owned(),
        ..trace(vec![request, mailbox, query, audit])
    }
}

/// Texts that need care.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        Just(String::new()),
        "[a-z.]{1,8}",
        any::<String>(),
        Just("line\nfeed \"quoted\" \\ \u{0} \u{2028} 🦀;".to_owned()),
    ]
    .boxed()
}

/// Keys, those of ours among them.
fn key() -> BoxedStrategy<String> {
    prop_oneof![
        4 => text(),
        1 => prop::sample::select(vec![
            "obs.edge", "obs.open", "obs.said.obs.edge", "obs.component", "obs.kept.policy", "obs.busy_ns", "obs.other",
        ]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)].prop_map(Value::Int),
        prop_oneof![
            prop::num::f64::ANY,
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(-0.0),
            Just(f64::MIN_POSITIVE),
        ]
        // Of all that is no number a file knows one.
        .prop_map(|number| Value::Float(if number.is_nan() { f64::NAN } else { number })),
        vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        Just(Value::Empty),
    ];
    let nested = leaf.prop_recursive(5, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            vec((text(), inner), 0..4).prop_map(Value::Map),
        ]
    });
    nested.boxed()
}

fn attributes() -> BoxedStrategy<Vec<Attribute>> {
    let one = (key(), value()).prop_map(|(key, value)| attribute(&key, value));
    vec(one, 0..4).boxed()
}

fn event() -> BoxedStrategy<Event> {
    (any::<u64>(), text(), attributes(), any::<u32>())
        .prop_map(|(time_ns, name, attributes, attributes_cut)| Event {
            time_ns,
            name: name.into(),
            attributes,
            attributes_cut,
        })
        .boxed()
}

fn link() -> BoxedStrategy<Link> {
    (1..=u128::MAX, 1..=u64::MAX, attributes(), text())
        .prop_map(|(trace, span, attributes, tracestate)| Link {
            trace: trace_id(trace),
            span: span_id(span),
            attributes,
            tracestate,
        })
        .boxed()
}

fn times() -> BoxedStrategy<(u64, u64)> {
    prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(a, b)| (a.min(b), a.max(b))),
        any::<u64>().prop_map(|at| (at, at)),
        (0..100_u64, 0..100_u64).prop_map(|(start, length)| (start, start + length)),
        Just((0, u64::MAX)),
    ]
    .boxed()
}

/// A span of any kind; its id is given later.
fn any_span() -> BoxedStrategy<Span> {
    use prop::sample::select;
    let kinds = vec![
        Kind::Internal,
        Kind::Server,
        Kind::Client,
        Kind::Producer,
        Kind::Consumer,
    ];
    let edges = vec![Edge::Call, Edge::Detached, Edge::Queue];
    let statuses = vec![
        Status::Unset,
        Status::Ok,
        Status::Error,
        Status::Panicked,
        Status::Cancelled,
    ];
    let how = (select(kinds), select(edges), select(statuses), text());
    let when = (
        times(),
        any::<bool>(),
        option::of(any::<u64>()),
        any::<u32>(),
    );
    let place = (
        option::of(text()),
        option::of(any::<u32>()),
        option::of(any::<u32>()),
    );
    let parent = (option::of(1..12_u64), any::<bool>());
    let said = (
        text(),
        attributes(),
        any::<u32>(),
        vec(event(), 0..3),
        vec(link(), 0..3),
    );
    (how, when, place, parent, said)
        .prop_map(|(how, when, place, parent, said)| Span {
            parent: parent.0.map(span_id),
            remote_parent: parent.1,
            operation: said.0.into(),
            component: place.0.map(Into::into),
            kind: how.0,
            edge: how.1,
            status: how.2,
            status_message: how.3,
            open: when.1,
            busy_ns: when.2,
            polls: when.3,
            start_thread: place.1,
            end_thread: place.2,
            attributes: said.1,
            attributes_cut: said.2,
            events: said.3,
            links: said.4,
            ..span(1, None, when.0.0, when.0.1)
        })
        .boxed()
}

/// A trace of up to 8 spans, with anything in it that a trace may have.
pub(crate) fn any_trace() -> BoxedStrategy<Trace> {
    let missing = (
        any::<bool>(),
        any::<u64>(),
        any::<u64>(),
        any::<u64>(),
        any::<u64>(),
    );
    let kept = (prop::sample::select(Policy::ALL.to_vec()), 1.0..1e300_f64);
    (1..=u128::MAX, vec(any_span(), 1..8), kept, missing, text())
        .prop_map(|(id, mut spans, kept, missing, tracestate)| {
            for (span, id) in spans.iter_mut().zip(1..) {
                span.id = span_id(id);
            }
            spans.sort_by_key(|span| (span.start_ns, span.id));
            Trace {
                id: trace_id(id),
                spans,
                kept: Kept {
                    policy: kept.0,
                    weight: kept.1,
                },
                missing: Missing {
                    ring_full: missing.0,
                    spans_over_limit: missing.1,
                    orphans: missing.2,
                    open: missing.3,
                    duplicates: missing.4,
                },
                tracestate,
            }
        })
        .boxed()
}
