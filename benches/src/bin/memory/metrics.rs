//! What the tables record: a little of each kind, as a host does for each of its components.

use std::sync::Barrier;
use std::thread;

use obs::{Component, Counter, Dynamic, Histogram, LabelValue, counter, histogram};

static JOBS: Counter = counter!("jobs_total", "Jobs finished.");
static CALLS: Counter<(Call, bool)> = counter!(
    "calls_total",
    "Host calls, by function and whether they failed.",
    labels(function: Call, failed: bool)
);
static CALL_SECONDS: Histogram<Call> = histogram!(
    "call_seconds",
    "Time of a host call.",
    labels(function: Call)
);

/// What is counted by three texts, in one component.
pub(crate) static REQUESTS: Dynamic<Counter, 3> = counter!(
    "requests_total",
    "Requests.",
    dynamic(route, method, status),
    max_series = 1_000_000
);

/// What a host lets its components call.
#[derive(Clone, Copy, LabelValue)]
enum Call {
    Read,
    Write,
    Send,
    Receive,
}

/// Registers so many components.
pub(crate) fn components(count: usize) -> Vec<Component> {
    let name = |index| Component::register(&format!("component/{index}"));
    (0..count).map(name).collect()
}

/// Records for the component that the thread is in.
pub(crate) fn record() {
    JOBS.inc();
    for call in [Call::Read, Call::Write, Call::Send, Call::Receive] {
        CALLS.with((call, false)).inc();
        CALL_SECONDS.with(call).observe_seconds(0.003);
    }
}

/// Has so many threads run `record` in each component, and calls `read` while they live and idle, as those of a host would.
pub(crate) fn recorded<R>(
    threads: usize,
    components: &[Component],
    record: impl Fn() + Sync,
    read: impl FnOnce() -> R,
) -> R {
    let (recorded, end) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                components
                    .iter()
                    .for_each(|component| component.scope(&record));
                recorded.wait();
                end.wait();
            });
        }
        recorded.wait();
        let found = read();
        end.wait();
        found
    })
}

/// Calls `record` with as many different combinations of three texts; their memory is the caller's no longer afterwards.
pub(crate) fn each_text(count: usize, mut record: impl FnMut([&str; 3])) {
    const METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];
    const STATUS: [&str; 5] = ["200", "204", "301", "404", "500"];
    for n in 0..count {
        let (method, status) = (METHODS[n % 4], STATUS[n / 4 % 5]);
        let route = format!("/api/v1/orders/{}", n / 20);
        record([&route, method, status]);
    }
}
