//! What functions tell: paths and closures, with names that the expansion uses too, or given at run time.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{ObservedCounter, ObservedGauge, counter, gauge};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

static SITE: AtomicU64 = AtomicU64::new(5);
static LINKED: AtomicU64 = AtomicU64::new(6);

fn load() -> f64 {
    0.5
}

static HEAP: ObservedGauge = gauge!("heap_bytes", "Bytes on the heap.", observed = || SITE.load(Relaxed));
static LOAD: ObservedGauge = gauge!("load_ratio", "Load.", observed = load, labels(cpu = "all"));
static READS: ObservedCounter = counter!(
    "reads_total",
    "Reads.",
    observed = || LINKED.load(Relaxed),
    scope = process
);
static BUSY: ObservedCounter =
    counter!("busy_seconds_total", "Time.", observed = || Duration::from_millis(7));
static DEPTH: ObservedGauge<bool> =
    gauge!("queue_length", "Jobs that wait.", labels(urgent: bool), observed);
static SENT: ObservedCounter = counter!("sent_total", "Sent.", observed, zero);

fn main() {
    let _ = (HEAP, LOAD, READS, BUSY);
    let queue = vec![1, 2, 3];
    let watch = DEPTH.with(true).watch(move || queue.len());
    drop(watch);
    let mut calls = 0u64;
    SENT.watch(move || {
        calls += 1;
        calls
    })
    .detach();
    gauge!("inline_length", "In place.", observed = || 1);
}
