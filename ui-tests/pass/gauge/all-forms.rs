//! A gauge is set or counts up and down.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Gauge, Integer, gauge};

static QUEUE: Gauge = gauge!("queue_length", "Jobs that wait.");
static HITS: Gauge<bool> = gauge!("cache_ratio", "Share of hits.", labels(warm: bool));
static HANDLES: Gauge<bool, Integer> =
    gauge!("open_handles", "Open handles.", integer, labels(shared: bool));

fn main() {
    HANDLES.with(true).set(7_usize);
    HANDLES.with(false).inc();

    QUEUE.inc();
    QUEUE.dec_by(1);
    let _waiting = QUEUE.in_flight();
    HITS.with(true).set(0.5);
    gauge!("heap_bytes", "Bytes on the heap.", scope = process).set(1_024_u64);
}
