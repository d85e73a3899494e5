//! Labels whose values are any text, on every kind of metric.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{
    Bound, Counter, CounterSeries, Dynamic, ExponentialHistogram, Gauge, Histogram, Info, Integer,
    Number, Summary, counter, gauge, histogram, summary,
};

static REQUESTS: Dynamic<Counter, 2> =
    counter!("requests_total", "Requests.", dynamic(path, method), max_series = 10);
static CALLS: Dynamic<Counter<bool>, 1> =
    counter!("calls_total", "Calls.", labels(ok: bool, way = "in"), dynamic(r#type), scope = process);
static QUEUE: Dynamic<Gauge<(), Integer>, 1> =
    gauge!("queue_length", "Queues.", dynamic(queue), integer);
static TOOK: Dynamic<Histogram, 1> = histogram!("took_seconds", "Time.", dynamic(step));
static SIZE: Dynamic<Histogram<bool, Number>, 1> =
    histogram!("size_bytes", "Sizes.", labels(ok: bool), dynamic(step), bounds = [1, 2]);
static WAIT: Dynamic<Summary, 1> =
    summary!("wait_seconds", "Time.", dynamic(step), quantiles = [0.5]);
static LOAD: Dynamic<ExponentialHistogram, 1> =
    histogram!("load_seconds", "Time.", dynamic(step), exponential);
static BUILD: Info<1> = gauge!("build_info", "Build.", info(version), scope = process);

/// Handles can be kept, and sent to other threads.
#[derive(Clone, Copy)]
struct Handles {
    requests: Counter<(), Bound>,
    failed: CounterSeries<Bound>,
}

fn main() {
    let handles = Handles {
        requests: REQUESTS.with(["/", "GET"]),
        failed: CALLS.with(["read"]).with(false),
    };
    std::thread::spawn(move || {
        handles.requests.inc();
        handles.failed.inc_by(2);
    });
    QUEUE.with(["a"]).set(7);
    drop(QUEUE.with(["a"]).in_flight());
    drop(TOOK.with(["a"]).start_timer());
    SIZE.with([&String::from("a")]).with(true).observe(1.0);
    drop(WAIT.with(["a"]).start_timer_one_in(2));
    LOAD.with(["a"]).observe_seconds(0.5);
    BUILD.set(["1.0"]);
    counter!("inline_total", "Inline.", dynamic(key)).with(["x"]).inc();
}
