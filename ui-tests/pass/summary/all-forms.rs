//! Of durations or of numbers, with labels, a schema, a range, a window.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{ExponentialHistogram, Number, Summary, histogram, summary};
use std::time::Duration;

static WAIT: Summary = summary!("wait_seconds", "Time in the queue.", quantiles = [0.5, 0.9, 0.99]);
static CALL: Summary<bool> = summary!(
    "call_seconds",
    "Time of a call.",
    labels(ok: bool, way = "in"),
    quantiles = [0, 1],
    window = "5m",
    exponential(schema = 5),
    range = [0.001, 60],
);
static SIZE: Summary<(), Number> =
    summary!("payload_bytes", "Sizes.", quantiles = [0.5], range = [64, 1e6], scope = process);
static TOOK: ExponentialHistogram = histogram!("took_seconds", "Time.", exponential);
static LOAD: ExponentialHistogram<bool, Number> = histogram!(
    "load_bytes",
    "Sizes.",
    labels(heavy: bool),
    exponential(schema = 0),
    range = [1, 1024],
    zero
);

fn main() {
    WAIT.observe(Duration::ZERO);
    drop(WAIT.start_timer());
    WAIT.start_timer_one_in(7).discard();
    CALL.with(true).observe_seconds(0.5);
    let _ = CALL.with(false).start_timer().stop();
    SIZE.observe(100.0);
    TOOK.observe(Duration::from_secs(1));
    let timer = TOOK.start_timer();
    drop(timer);
    LOAD.with(true).observe(3.0);
    summary!("inline_seconds", "Time.", quantiles = [0.5]).observe_seconds(1.0);
}
