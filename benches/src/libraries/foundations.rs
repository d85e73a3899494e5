//! `foundations-metrics`: its thread-local counter where it has one, its time histogram in nanoseconds.

use std::num::NonZeroUsize;

use foundations_metrics::{
    Gauge, LowCardinalityFamily, LowCardinalityLabel, ThreadLocalCounter, TimeHistogram,
};

use super::by_component;
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::labels::{Request, request};
use crate::workload::{BOUNDS, NANOSECONDS, Work, value};

const NAME: &str = "foundations-metrics";

impl LowCardinalityLabel for Request {
    const CARDINALITY: NonZeroUsize = NonZeroUsize::new(8).expect("eight combinations");

    fn index(&self) -> usize {
        self.method as usize * 2 + self.outcome as usize
    }
}

pub(super) fn entries() -> Vec<Entry> {
    let jobs: ThreadLocalCounter = ThreadLocalCounter::default();
    let requests = LowCardinalityFamily::<Request, ThreadLocalCounter>::default();
    let length: Gauge = Gauge::default();
    let latency = TimeHistogram::new(BOUNDS);
    let work_total: ThreadLocalCounter = ThreadLocalCounter::default();
    let work_seconds = TimeHistogram::new(BOUNDS);

    let mut entries = vec![
        Entry::peer(Case::Counter, NAME, move |iterations| {
            repeat(iterations, |_| jobs.inc())
        }),
        Entry::peer(Case::CounterEnumLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                requests.get_or_create(&request(iteration)).inc()
            });
        }),
        Entry::peer(Case::GaugeSet, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                length.set(iteration);
            });
        }),
        Entry::peer(Case::Histogram, NAME, move |iterations| {
            let values = &*NANOSECONDS;
            repeat(iterations, |iteration| {
                latency.observe(value(values, iteration))
            });
        }),
        Entry::peer(Case::WorkCounterHistogram, NAME, move |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let timer = work_seconds.start_timer();
                work.run();
                work_total.inc();
                drop(timer);
            });
        }),
    ];
    entries.extend(by_component_label());
    entries
}

/// One `ThreadLocalCounter` per component, as its families hand them out.
fn by_component_label() -> Vec<Entry> {
    by_component(
        NAME,
        |_| ThreadLocalCounter::<u64>::default(),
        |counter| counter.inc(),
    )
}
