//! Traces made by hand.

use std::sync::Arc;

use super::{
    Attribute, Edge, Event, Kept, Kind, Link, Missing, Policy, Span, SpanId, Status, Trace,
    TraceId, Value,
};

/// A span of some milliseconds.
pub(crate) fn span(id: u64, parent: Option<u64>, operation: &str, ms: (u64, u64)) -> Span {
    Span {
        id: SpanId::new(id).expect("it is not 0"),
        parent: parent.and_then(SpanId::new),
        remote_parent: false,
        operation: Arc::from(operation),
        component: None,
        kind: Kind::Internal,
        edge: Edge::Call,
        status: Status::Unset,
        status_message: String::new(),
        start_ns: ms.0 * 1_000_000,
        end_ns: ms.1 * 1_000_000,
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

/// A trace that was kept as one of a share.
pub(crate) fn trace(id: u128, spans: Vec<Span>) -> Trace {
    Trace {
        id: TraceId::new(id).expect("it is not 0"),
        spans,
        kept: Kept {
            policy: Policy::Baseline,
            weight: 1.0,
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}

/// Numbers that look random, the same for the same seed.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below another.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A trace with something of everything.
pub(crate) fn any_trace(seed: u64) -> Trace {
    let mut dice = Dice(seed);
    let id = u128::from(dice.below(u64::MAX)) << 64 | u128::from(dice.below(u64::MAX) + 1);
    let count = 1 + dice.below(12);
    let start = 1_700_000_000_000 + dice.below(1_000_000);
    let ids: Vec<u64> = (0..count).map(|_| dice.below(u64::MAX) + 1).collect();
    let mut spans = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let parent = match dice.below(10) {
            _ if at == 0 => None,
            0 => Some(dice.below(u64::MAX) + 1),
            _ => Some(ids[dice.below(at as u64) as usize]),
        };
        let from = start + dice.below(50);
        let operation = [
            "GET /",
            "storage.get",
            "storage.put",
            "audit.write",
            "größe",
        ];
        let mut span = span(
            *id,
            parent,
            operation[dice.below(5) as usize],
            (from, from + dice.below(40)),
        );
        dress(&mut span, &mut dice);
        spans.push(span);
    }
    spans.sort_by_key(|span| (span.start_ns, span.id));
    let mut trace = trace(id, spans);
    trace.kept.policy = Policy::ALL[dice.below(6) as usize];
    trace.kept.weight = 1.0 + dice.below(99) as f64;
    trace.missing.open = trace.spans.iter().filter(|span| span.open).count() as u64;
    trace
}

fn dress(span: &mut Span, dice: &mut Dice) {
    let kinds = [
        Kind::Internal,
        Kind::Server,
        Kind::Client,
        Kind::Producer,
        Kind::Consumer,
    ];
    span.kind = kinds[dice.below(5) as usize];
    span.edge = [Edge::Call, Edge::Call, Edge::Detached, Edge::Queue][dice.below(4) as usize];
    let statuses = [
        Status::Unset,
        Status::Ok,
        Status::Error,
        Status::Panicked,
        Status::Cancelled,
    ];
    span.status = statuses[dice.below(5) as usize];
    span.component = match dice.below(4) {
        0 => None,
        number => Some(Arc::from(["", "auth", "store", "wallet"][number as usize])),
    };
    span.open = dice.below(20) == 0;
    span.remote_parent = span.parent.is_some() && dice.below(10) == 0;
    span.polls = dice.below(3) as u32;
    span.busy_ns = (span.polls > 0).then(|| dice.below(1_000_000));
    span.start_thread = Some(1 + dice.below(8) as u32);
    if span.status == Status::Error {
        span.status_message = "it timed out".to_owned();
    }
    let values = [
        Value::Text(format!("user-{}", dice.below(1000))),
        Value::Int(dice.below(100) as i64 - 50),
        Value::Float(dice.below(100) as f64 / 8.0),
        Value::Bool(dice.below(2) == 0),
        Value::List(vec![Value::Empty, Value::Bytes(vec![1, 2])]),
        Value::Map(vec![("a".to_owned(), Value::Int(1))]),
    ];
    for value in values.into_iter().take(dice.below(7) as usize) {
        let key = Arc::from(["user", "rows", "cached", "ratio"][dice.below(4) as usize]);
        span.attributes.push(Attribute { key, value });
    }
    if dice.below(4) == 0 {
        span.events.push(Event {
            time_ns: span.start_ns + dice.below(1000),
            name: Arc::from("retry"),
            attributes: span.attributes.iter().take(1).cloned().collect(),
            attributes_cut: 1,
        });
    }
    if dice.below(6) == 0 {
        span.links.push(Link {
            trace: TraceId::new(5).expect("it is not 0"),
            span: SpanId::new(6).expect("it is not 0"),
            attributes: Vec::new(),
            tracestate: "a=b".to_owned(),
        });
    }
}
