//! Spans, and functions with metrics and a span: each library as it is set up in a process that has no other.
//!
//! A span records a name, a start and an end, no attributes. Who collects drops what it gets: what is asked is recording and, where
//! processor time is, collecting.

mod autometrics;
mod bridged;
mod fastrace;
mod floor;
mod hotpath;
mod obs;
mod opentelemetry;
mod tracing;

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::entry::Entry;

/// A library in a process of its own.
pub struct Resident {
    /// Its answers.
    pub entries: Vec<Entry>,
    /// Waits until it has nothing left to do with what was recorded. Returns how much of that it has dropped since the last time, as far
    /// as it tells.
    pub settle: Box<dyn Fn() -> u64>,
}

/// The libraries, floor first.
pub const LIBRARIES: [&str; 9] = [
    "floor",
    obs::NAME,
    bridged::NAME,
    fastrace::NAME,
    tracing::LAYER,
    tracing::OFF,
    opentelemetry::NAME,
    hotpath::NAME,
    autometrics::NAME,
];

/// Sets up one of them, for a process of its own.
pub fn resident(library: &str) -> Option<Resident> {
    Some(match library {
        "floor" => floor::resident(),
        obs::NAME => obs::resident(),
        bridged::NAME => bridged::resident(),
        fastrace::NAME => fastrace::resident(),
        tracing::LAYER => tracing::with_a_layer(),
        tracing::OFF => tracing::without_subscriber(),
        opentelemetry::NAME => opentelemetry::resident(),
        hotpath::NAME => hotpath::resident(),
        autometrics::NAME => autometrics::resident(),
        _ => return None,
    })
}

/// How many spans a root has before the next root takes its place: its own cost hardly shows, and no library's limit is reached
/// (fastrace drops what a thread records under one root beyond 10,240).
const SPANS_PER_ROOT: u64 = 1_000;

/// Splits the iterations into parts that have a root of their own.
fn under_roots(iterations: u64, mut part: impl FnMut(u64)) {
    let mut left = iterations;
    while left > 0 {
        let spans = left.min(SPANS_PER_ROOT);
        part(spans);
        left -= spans;
    }
}

/// The children of a root, one after another.
#[inline(always)]
fn ten(mut child: impl FnMut()) {
    for _ in 0..10 {
        child();
        black_box(());
    }
}

/// Polls a future that is ready at once, without a runtime.
#[inline(always)]
fn poll_once(future: impl Future<Output = ()>) {
    let mut context = Context::from_waker(Waker::noop());
    let poll = pin!(future).poll(&mut context);
    assert!(poll.is_ready(), "it awaits nothing");
}

/// Time between two bursts, each of as many roots: with ten children each, 220,000 spans a second.
const TICK: Duration = Duration::from_millis(10);
const ROOTS_PER_TICK: u64 = 200;

/// Records roots in bursts, at a pace that a collector can follow.
fn paced(root: impl Fn() + Send + Sync + 'static) -> impl Fn(u64) + Send + Sync + 'static {
    move |roots| {
        let start = Instant::now();
        let mut due = Duration::ZERO;
        let mut left = roots;
        while left > 0 {
            let burst = left.min(ROOTS_PER_TICK);
            (0..burst).for_each(|_| root());
            left -= burst;
            due += TICK;
            thread::sleep(due.saturating_sub(start.elapsed()));
        }
    }
}
