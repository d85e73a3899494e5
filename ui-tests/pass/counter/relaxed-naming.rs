//! `allow(naming)`: what style forbids, and an exposition can write.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Counter, Gauge, Histogram, Number, counter, gauge, histogram};

static REQUESTS: Counter = counter!("httpRequests", "Requests.", allow(naming), labels(statusClass = "2xx"));
static QUEUE: Gauge = gauge!("queue_total", "Length.", allow(naming));
static LATENCY: Histogram<(), Number> =
    histogram!("_latency_ms__by_route", "Time.", bounds = [1, 10], allow(naming));

fn main() {
    REQUESTS.inc();
    QUEUE.set(7_u64);
    LATENCY.observe(7.0);
}
