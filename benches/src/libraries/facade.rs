//! The macros of `metrics`, as most programs write them, recorded by obs and by the facade's own exporter for Prometheus.
//!
//! obs's recorder is a local one here, since a process has one global recorder: the facade looks for that first, so nothing is saved.

use metrics::{counter, histogram, with_local_recorder};
use obs_runtime::bridge::metrics::Recorder;

use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};
use crate::workload::{BOUNDS, SECONDS, value};

pub(super) fn entries() -> Vec<Entry> {
    let bridge = |case, run: fn(u64)| {
        let recorder = Recorder::new().default_bounds(&BOUNDS);
        Entry::new(case, "obs", Standing::Obs, move |iterations| {
            with_local_recorder(&recorder, || run(iterations));
        })
    };
    vec![
        bridge(Case::MetricsFacade, counters),
        bridge(Case::MetricsFacadeHistogram, histograms),
        // The global recorder is the exporter.
        Entry::peer(Case::MetricsFacade, "metrics", counters),
        Entry::peer(Case::MetricsFacadeHistogram, "metrics", histograms),
    ]
}

fn counters(iterations: u64) {
    repeat(iterations, |_| {
        counter!("facade_requests_total", "method" => "get", "outcome" => "ok").increment(1);
    });
}

fn histograms(iterations: u64) {
    let values = &*SECONDS;
    repeat(iterations, |iteration| {
        histogram!("facade_latency_seconds").record(value(values, iteration));
    });
}
