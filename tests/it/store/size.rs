//! What a great many traces take on disk, and how long questions about them do.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use obs_runtime::model::trace::{
    Attribute, Edge, Event, Kept, Kind, Missing, Policy, Span, SpanId, Status, Trace, TraceId,
    Value,
};
use obs_runtime::query::traces::{Order, Received, Search};
use obs_runtime::store::traces::{Retention, Traces};
use obs_runtime::store::{Database, FILE};

use crate::Directory;

const START_NS: u64 = 1_700_000_000_000_000_000;

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }
}

const OPERATIONS: [(&str, &str); 12] = [
    ("POST /pay", "front"),
    ("auth.check", "auth"),
    ("cache.get", "auth"),
    ("wallet.reserve", "wallet"),
    ("mailbox", "wallet"),
    ("ledger.post", "ledger"),
    ("db.query", "ledger"),
    ("db.commit", "ledger"),
    ("audit.write", "audit"),
    ("notify.push", "notify"),
    ("storage.get", "store"),
    ("storage.put", "store"),
];

/// A request through a host's components: ten spans, three attributes each on average, a user out of 100,000.
fn request(dice: &mut Dice, number: u64) -> Trace {
    let start_ns = START_NS + number * 10_000_000;
    let failed = dice.below(50) == 0;
    let mut spans: Vec<Span> = Vec::new();
    let count = 6 + dice.below(9);
    for place in 0..count {
        let (operation, component) = OPERATIONS[if place == 0 {
            0
        } else {
            1 + dice.below(11) as usize
        }];
        let parent = (place > 0).then(|| spans[dice.below(place) as usize].id);
        let from_ns = start_ns + place * 200_000 + dice.below(150_000);
        let attribute = |key: &str, value| Attribute {
            key: Arc::from(key),
            value,
        };
        let mut attributes = vec![
            attribute("rows", Value::Int(dice.below(40) as i64)),
            attribute(
                "table",
                Value::Text(["ledger", "users", "carts"][dice.below(3) as usize].to_owned()),
            ),
        ];
        if place == 0 {
            attributes.push(attribute(
                "user",
                Value::Text(format!("user-{}", dice.below(100_000))),
            ));
        }
        let error = failed && place + 1 == count;
        spans.push(Span {
            id: SpanId::new(dice.roll() | 1).expect("it is not 0"),
            parent,
            remote_parent: false,
            operation: Arc::from(operation),
            component: Some(Arc::from(component)),
            kind: if place == 0 {
                Kind::Server
            } else {
                Kind::Internal
            },
            edge: Edge::Call,
            status: if error { Status::Error } else { Status::Unset },
            status_message: if error {
                "deadline exceeded after 100ms".to_owned()
            } else {
                String::new()
            },
            start_ns: from_ns,
            end_ns: from_ns + 50_000 + dice.below(2_000_000),
            open: false,
            busy_ns: Some(dice.below(50_000)),
            polls: 1 + dice.below(3) as u32,
            start_thread: Some(1 + dice.below(8) as u32),
            end_thread: Some(1 + dice.below(8) as u32),
            attributes,
            attributes_cut: 0,
            events: match dice.below(20) {
                0 => vec![Event {
                    time_ns: from_ns + 10_000,
                    name: Arc::from("retry"),
                    attributes: Vec::new(),
                    attributes_cut: 0,
                }],
                _ => Vec::new(),
            },
            links: Vec::new(),
        });
    }
    spans.sort_by_key(|span| (span.start_ns, span.id));
    let policy = match (failed, dice.below(10)) {
        (true, _) => Policy::Error,
        (false, 0) => Policy::Slow,
        (false, _) => Policy::Baseline,
    };
    Trace {
        id: TraceId::new(u128::from(dice.roll()) << 64 | u128::from(dice.roll() | 1))
            .expect("it is not 0"),
        spans,
        kept: Kept {
            policy,
            weight: if policy == Policy::Baseline {
                100.0
            } else {
                1.0
            },
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// What the system has given to a file, and how long it says it is.
fn file_bytes(directory: &Path) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::metadata(directory.join(FILE)).expect("there is a file");
    (file.blocks() * 512, file.len())
}

fn ask(traces: &Traces, query: &str, order: Order, now_ns: u64) {
    let search = Search {
        query: query.parse().expect("it is a query"),
        order: order.clone(),
        read_bytes: u64::MAX,
        ..Search::default()
    };
    let mut times: Vec<f64> = Vec::new();
    let mut found = search.run(traces, Received::default(), now_ns);
    for _ in 0..5 {
        let start = Instant::now();
        found = search.run(traces, Received::default(), now_ns);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let matched = found.coverage.matched;
    println!(
        "  {:>9.1} ms  {matched:>8} match  {query} ({order})",
        times[2]
    );
}

#[test]
#[ignore = "it takes minutes: STORE_TRACES=1000000 cargo test --release -p obs-tests --test store -- --ignored --nocapture size"]
fn size_and_questions_of_many_traces() {
    let count: u64 =
        std::env::var("STORE_TRACES").map_or(100_000, |text| text.parse().expect("a number"));
    let directory = Directory::new("size");
    let retention = Retention {
        memory_bytes: 0,
        disk_bytes: u64::MAX,
        ..Retention::default()
    };
    let open = || {
        let database = Database::open(directory.path(), START_NS).expect("it opens");
        Traces::new(retention, Some(Arc::new(database)), START_NS)
    };
    let traces = open();
    let mut dice = Dice(1);
    let (mut spans, mut busy, mut slowest) = (0, 0.0, 0.0_f64);
    let mut some = None;
    for number in 0..count {
        let trace = request(&mut dice, number);
        spans += trace.spans.len();
        if number == count / 2 {
            some = Some(trace.id);
        }
        traces.keep(Arc::new(trace));
        if number % 100 == 99 {
            let start = Instant::now();
            traces
                .turn(START_NS + number * 10_000_000)
                .expect("it is stored");
            let took = start.elapsed().as_secs_f64();
            (busy, slowest) = (busy + took, slowest.max(took));
        }
    }
    let held = traces.held();
    let (taken, length) = file_bytes(directory.path());
    let each = |bytes: u64| bytes as f64 / count as f64;
    println!(
        "{count} traces, {:.1} spans each",
        spans as f64 / count as f64
    );
    println!(
        "  {:.0} bytes per trace by account, {:.0} taken from the system, {:.0} long",
        each(held.disk_bytes),
        each(taken),
        each(length)
    );
    println!(
        "  {:.1} MiB by account, {:.1} taken, {:.1} long, {} blocks",
        mib(held.disk_bytes),
        mib(taken),
        mib(length),
        held.blocks
    );
    println!(
        "  {:.1} us per trace to store, 100 at once; the slowest turn {:.1} ms",
        busy * 1e6 / count as f64,
        slowest * 1e3
    );
    drop(traces);
    let start = Instant::now();
    let traces = open();
    println!("  {:.1} ms to open", start.elapsed().as_secs_f64() * 1e3);
    let now_ns = START_NS + count * 10_000_000;
    let start = Instant::now();
    assert!(
        traces
            .get(some.expect("there is one"))
            .expect("it can be read")
            .is_some()
    );
    println!(
        "  {:.1} ms for a trace by its id",
        start.elapsed().as_secs_f64() * 1e3
    );
    for query in [
        "",
        "err",
        "policy:slow dur>1ms",
        "op:storage.* comp:ledger",
        "attr.user=user-4711",
        "since:10m err",
        "trace:4bf9",
        "self>1900us",
    ] {
        ask(&traces, query, Order::Newest, now_ns);
    }
    ask(&traces, "comp:audit", Order::Slowest, now_ns);
    ask(&traces, "\"deadline exceeded\"", Order::Newest, now_ns);
    ask(
        &traces,
        "span{op:db.* attr.rows>38 attr.table=ledger}",
        Order::Newest,
        now_ns,
    );
}
