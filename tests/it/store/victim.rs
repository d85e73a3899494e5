//! A process that stores traces and says which are safe, until it is killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use obs_runtime::model::trace::{
    Attribute, Edge, Kept, Kind, Missing, Policy, Span, SpanId, Status, Trace, TraceId, Value,
};
use obs_runtime::store::Database;
use obs_runtime::store::traces::{Retention, Traces};

/// Says to a process of this program that it is one to be killed: the directory, where it begins, and whether it lies.
const ROLE: [&str; 3] = ["CRASH_DIRECTORY", "CRASH_BEGIN", "CRASH_LIES"];

pub(crate) const NOW_NS: u64 = 1_700_000_000_000_000_000;

/// Traces that are stored together.
pub(crate) const BATCH: u64 = 20;

/// What stands before the number of batches that are safe.
const SAFE: &str = "safe ";

/// Whether a process says the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Honesty {
    Honest,
    /// One batch in five is said to be safe and never stored.
    Lies,
}

/// What a process has said before it was killed.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    /// Batches from the first on.
    pub(crate) batches: u64,
}

/// The process.
pub(crate) struct Victim {
    child: Child,
    said: BufReader<ChildStdout>,
    begin: u64,
}

impl Victim {
    pub(crate) fn start(directory: &Path, begin: u64, honesty: Honesty) -> Victim {
        let program = std::env::current_exe().expect("a program has a path");
        let mut child = Command::new(program)
            .args(["--ignored", "--exact", "--nocapture", "victim::stores"])
            .env(ROLE[0], directory)
            .env(ROLE[1], begin.to_string())
            .env(ROLE[2], if honesty == Honesty::Lies { "1" } else { "0" })
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let said = BufReader::new(child.stdout.take().expect("it is a pipe"));
        Victim { child, said, begin }
    }

    /// Kills it in the middle of something, a little later with each number.
    pub(crate) fn kill_after(&mut self, number: u32) -> Acknowledged {
        let mut batches = self.begin;
        let mut heard = 0;
        let mut line = String::new();
        while self.said.read_line(&mut line).expect("it speaks text") > 0 {
            if let Some((_, number)) = line.trim_end().split_once(SAFE) {
                batches = number.parse().expect("it is a number");
                heard += 1;
            }
            line.clear();
            if heard > 5 + number {
                break;
            }
        }
        // It does not wait to be heard: a little later it is elsewhere in a transaction.
        std::thread::sleep(Duration::from_micros(u64::from(number) * 311 % 4000));
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        Acknowledged { batches }
    }
}

#[test]
#[ignore = "it is what the processes run that are killed"]
fn stores() {
    let Some(directory) = std::env::var_os(ROLE[0]) else {
        return;
    };
    let begin: u64 = std::env::var(ROLE[1])
        .expect("it is set")
        .parse()
        .expect("a number");
    let lies = std::env::var(ROLE[2]).expect("it is set") == "1";
    let database = Database::open(Path::new(&directory), NOW_NS).expect("it opens");
    let traces = Traces::new(Retention::default(), Some(Arc::new(database)), NOW_NS);
    let mut out = std::io::stdout();
    for batch in begin.. {
        if !(lies && batch % 5 == 4) {
            (0..BATCH).for_each(|number| traces.keep(Arc::new(trace(batch, number))));
            traces.keep(Arc::new(replaced(batch)));
            traces.turn(NOW_NS).expect("it is stored");
        }
        writeln!(out, "{SAFE}{}", batch + 1).expect("somebody listens");
        out.flush().expect("somebody listens");
    }
}

pub(crate) fn trace_id(batch: u64, number: u64) -> TraceId {
    TraceId::new(u128::from(batch) << 64 | u128::from(number + 1)).expect("it is not 0")
}

/// The trace that is stored again with each batch, a span longer each time.
pub(crate) fn replaced_id() -> TraceId {
    TraceId::new(u128::MAX).expect("it is not 0")
}

fn replaced(batch: u64) -> Trace {
    chain(batch + 1)
}

/// A trace of so many spans, each the parent of the next.
pub(crate) fn chain(length: u64) -> Trace {
    let spans = (0..length).map(|number| span(number, number + 1));
    made(replaced_id(), spans.collect(), Policy::Slow)
}

/// A trace like no other, the same each time.
pub(crate) fn trace(batch: u64, number: u64) -> Trace {
    let spans = (0..1 + number % 7).map(|place| span(batch * 1000 + number, place + 1));
    let policy = Policy::ALL[(number % 5) as usize];
    made(trace_id(batch, number), spans.collect(), policy)
}

fn made(id: TraceId, spans: Vec<Span>, policy: Policy) -> Trace {
    Trace {
        id,
        spans,
        kept: Kept {
            policy,
            weight: 1.0,
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}

fn span(seed: u64, id: u64) -> Span {
    let start_ns = NOW_NS + seed * 1000 + id;
    Span {
        id: SpanId::new(id).expect("it is not 0"),
        parent: SpanId::new(id - 1),
        remote_parent: false,
        operation: Arc::from(format!("operation-{}", seed % 17)),
        component: Some(Arc::from("wallet")),
        kind: Kind::Server,
        edge: Edge::Call,
        status: Status::Ok,
        status_message: String::new(),
        start_ns,
        end_ns: start_ns + seed,
        open: false,
        busy_ns: None,
        polls: 0,
        start_thread: Some(1),
        end_thread: Some(1),
        attributes: vec![Attribute {
            key: Arc::from("user"),
            value: Value::Text(format!("user-{seed}-{id}")),
        }],
        attributes_cut: 0,
        events: Vec::new(),
        links: Vec::new(),
    }
}
