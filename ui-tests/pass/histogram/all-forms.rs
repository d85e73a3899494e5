//! Bounds are default for durations, a list, or a constant.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{DEFAULT_BOUNDS_SECONDS, Histogram, Number, histogram};
use std::time::Duration;

const BOUNDS: &[f64] = &[64.0, 1024.0];
const MOST: f64 = 1e6;

static WAIT: Histogram = histogram!("wait_seconds", "Time in the queue.");
static CALL: Histogram<bool> =
    histogram!("call_seconds", "Time of a call.", bounds = [0.1, 1, 2.5e1], labels(ok: bool));
static SIZE: Histogram<(), Number> = histogram!("payload_bytes", "Sizes.", bounds = BOUNDS);
static LAG: Histogram<(), Number> = histogram!("lag_entries", "Lag.", bounds = [-1, 0, 64, MOST]);

fn main() {
    WAIT.observe(Duration::ZERO);
    CALL.with(true).observe_seconds(0.5);
    SIZE.observe(100.0);
    LAG.observe(-0.5);
    drop(WAIT.start_timer());
    histogram!("more_seconds", "More time.", bounds = DEFAULT_BOUNDS_SECONDS).observe_seconds(1.0);
}
