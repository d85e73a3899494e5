//! Every span is accounted for: while rings overflow, threads come and go, nobody collects for a while, and the runtime is shut down
//! in the middle. For seconds with every other test, and as long as `cargo xtask soak spans --seconds N` says.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Waker};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use obs::collector::Spans;
use obs::collector::spans::What;
use obs::{event, span};
use obs_runtime::Runtime;

/// So short that bursts do not fit.
const SLOTS: usize = 256;

/// Threads that record all the time, each with others that live for a moment.
const PRODUCERS: u64 = 3;

/// What the producers know: each span that was recorded when it began.
#[derive(Default)]
struct Known {
    ended: AtomicU64,
    stop: AtomicBool,
}

impl Known {
    /// Runs a span to its end.
    fn count(&self, span: obs::Span, inside: impl FnOnce(&obs::Span)) {
        let recorded = span.is_recorded();
        inside(&span);
        drop(span);
        self.ended.fetch_add(u64::from(recorded), Relaxed);
    }
}

/// Small steps of a random walk.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % most
    }
}

fn poll_once(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

/// A trace with children, attributes, failures, a message to another thread, and a future that is dropped half way.
fn trace(known: &Arc<Known>, random: &mut Random) {
    known.count(
        span!("account.root", root, number = random.below(100)),
        |root| {
            for _ in 0..random.below(30) {
                known.count(span!("account.child"), |child| {
                    if random.below(10) == 0 {
                        child.error("it failed");
                    }
                    event!("account.event", text = "something");
                    known.count(span!("account.grandchild"), |_| ());
                });
            }
            if random.below(4) == 0 {
                let span = span!("account.future");
                let recorded = span.is_recorded();
                poll_once(span.around(std::future::pending::<()>()));
                known.ended.fetch_add(u64::from(recorded), Relaxed);
            }
            if random.below(20) == 0 {
                let (context, known) = (root.context(), known.clone());
                let other = thread::spawn(move || {
                    known.count(span!("account.handle", parent = context), |_| ());
                });
                other.join().expect("it ends");
            }
        },
    );
}

fn producer(known: Arc<Known>, seed: u64) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut random = Random(seed);
        while !known.stop.load(Relaxed) {
            if random.below(3) == 0 {
                let (known, seed) = (known.clone(), random.below(u64::MAX >> 1));
                let short = thread::spawn(move || trace(&known, &mut Random(seed)));
                short.join().expect("it ends");
            } else {
                // In a burst, of which a ring holds a part.
                for _ in 0..random.below(40) {
                    trace(&known, &mut random);
                }
            }
            thread::sleep(Duration::from_micros(random.below(3_000)));
        }
    })
}

/// What was received.
#[derive(Default)]
struct Received {
    /// By all runtimes so far, as the last one counted.
    by_runtimes: u64,
    /// By nobody but this test.
    by_hand: u64,
    /// Spans by which runtimes measured what a span costs.
    measured: u64,
}

/// A runtime that is shut down while spans are recorded.
fn with_a_runtime(lasts: Duration, received: &mut Received) {
    let runtime = Runtime::builder()
        .no_server()
        .ring_slots(SLOTS)
        .start()
        .expect("nobody else collects");
    let traces = runtime.traces().expect("it collects");
    let end = Instant::now() + lasts;
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
        let account = traces.accounting().expect("it is running");
        assert!(account.received().holds(), "{account:?}");
    }
    let snapshot = runtime.shutdown();
    let total = |name, labels: &[(&str, &str)]| snapshot.total(name, labels).unwrap_or(0);
    let [recorded, sampled_out] = ["recorded", "sampled_out"]
        .map(|outcome| total("obs_trace_spans_total", &[("outcome", outcome)]));
    let limit = [("reason", "trace_span_limit")];
    let over_limit = total("obs_trace_dropped_total", &limit);
    received.by_runtimes = recorded + sampled_out + over_limit;
    for series in snapshot.series_of("obs_trace_span_overhead_seconds") {
        if let obs_runtime::Value::Summary(summary) = series.value() {
            received.measured = summary.count;
        }
    }
}

/// Nobody takes in anything for a while, and then everything at once.
fn stalled(lasts: Duration, received: &mut Received) {
    let mut spans = Spans::acquire(SLOTS).expect("nobody else collects");
    thread::sleep(lasts);
    spans.drain(|record| received.by_hand += u64::from(record.what() == What::End));
}

fn run(lasts: Duration) {
    let known = Arc::new(Known::default());
    let mut received = Received::default();
    let producers: Vec<_> = (1..=PRODUCERS)
        .map(|seed| producer(known.clone(), seed))
        .collect();
    let end = Instant::now() + lasts;
    let mut random = Random(7);
    while Instant::now() < end {
        let part = Duration::from_millis(100 + random.below(400));
        with_a_runtime(part, &mut received);
        stalled(part / 4, &mut received);
        // Nobody at all.
        thread::sleep(part / 10);
    }
    known.stop.store(true, Relaxed);
    for producer in producers {
        producer.join().expect("it ends");
    }
    let mut spans = Spans::acquire(SLOTS).expect("nobody else collects");
    spans.drain(|record| received.by_hand += u64::from(record.what() == What::End));

    let stats = spans.stats();
    let dropped = stats.ring_full[0] + stats.no_ring[0];
    let ended = known.ended.load(Relaxed);
    let taken = received.by_runtimes + received.by_hand;
    println!(
        "{ended} spans ended, and {} of the runtime's own: {taken} received, {dropped} dropped; {} rings",
        received.measured, stats.rings
    );
    assert_eq!(
        stats.emitted[0],
        ended + received.measured,
        "what producers know"
    );
    assert_eq!(stats.emitted[0], taken + dropped, "what became of it");
    assert!(dropped > 0, "rings were to overflow");
    assert!(taken > 1_000);
    let most = PRODUCERS * 4 + 8;
    assert!(
        stats.rings <= most,
        "threads that come and go take over rings"
    );
}

#[test]
fn every_span_is_accounted_for() {
    run(Duration::from_secs(3));
}

#[test]
#[ignore = "it takes ten minutes; `cargo xtask soak spans --seconds N` takes N seconds"]
fn every_span_is_accounted_for_over_a_long_time() {
    let seconds = std::env::var("SOAK_SECONDS").ok();
    let seconds = seconds.map(|text| text.parse().expect("SOAK_SECONDS is a whole number"));
    run(Duration::from_secs(seconds.unwrap_or(600)));
}
