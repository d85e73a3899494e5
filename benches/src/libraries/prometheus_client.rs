//! `prometheus-client`: handles held, label sets looked up in a family.

use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, NativeHistogramConfig};

use super::by_component;
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::labels::{Owned, Request, TEXTS, request};
use crate::workload::{BOUNDS, SCHEMA, SECONDS, Work, value};

const NAME: &str = "prometheus-client";

pub(super) fn entries() -> Vec<Entry> {
    let jobs: Counter = Counter::default();
    let requests = Family::<Request, Counter>::default();
    let text_requests = Family::<Owned, Counter>::default();
    let owned = TEXTS.each_ref().map(|texts| Owned {
        route: texts.route.clone(),
        method: texts.method.clone(),
    });
    let held = text_requests.get_or_create(&owned[7]).clone();
    let length: Gauge = Gauge::default();
    let latency = Histogram::new(BOUNDS);
    let native = Histogram::new_native(NativeHistogramConfig::with_schema(SCHEMA as i8));
    let work_total: Counter = Counter::default();
    let work_seconds = Histogram::new(BOUNDS);

    let mut entries = vec![
        Entry::peer(Case::Counter, NAME, move |iterations| {
            repeat(iterations, |_| {
                jobs.inc();
            });
        }),
        Entry::peer(Case::CounterEnumLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                requests.get_or_create(&request(iteration)).inc();
            });
        }),
        Entry::peer(Case::CounterTextLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                let labels = &owned[iteration as usize % owned.len()];
                text_requests.get_or_create(labels).inc();
            });
        }),
        Entry::peer(Case::CounterTextLabelsHandle, NAME, move |iterations| {
            repeat(iterations, |_| {
                held.inc();
            });
        }),
        Entry::peer(Case::GaugeSet, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                length.set(iteration as i64);
            });
        }),
        Entry::peer(Case::Histogram, NAME, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                latency.observe(value(values, iteration))
            });
        }),
        Entry::peer(Case::HistogramExponential, NAME, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                native.observe(value(values, iteration))
            });
        }),
        Entry::peer(Case::WorkCounterHistogram, NAME, move |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let start = Instant::now();
                work.run();
                work_total.inc();
                work_seconds.observe(start.elapsed().as_secs_f64());
            });
        }),
    ];
    entries.extend(by_component_label());
    entries
}

/// One `Counter` per component out of a `Family`.
fn by_component_label() -> Vec<Entry> {
    let jobs = Family::<Vec<(String, String)>, Counter>::default();
    by_component(
        NAME,
        |index| jobs.get_or_create_owned(&vec![("component".to_owned(), index.to_string())]),
        |counter| {
            counter.inc();
        },
    )
}
