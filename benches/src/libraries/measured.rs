//! `measured`: dense label sets of enums, the library's own advice for speed.

use std::sync::Arc;

use lasso::Rodeo;
use measured::label::StaticLabelSet;
use measured::metric::histogram::Thresholds;
use measured::{Counter, CounterVec, Gauge, Histogram};

use super::by_component;
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::labels::{
    Interned, InternedSet, Known, KnownSet, METHODS, ROUTES, RequestSet, TEXTS, Texts, request,
    texts,
};
use crate::workload::{BOUNDS, SECONDS, Work, value};

const NAME: &str = "measured";
const INTERNED: &str = "measured-interned";

pub(super) fn entries() -> Vec<Entry> {
    let jobs = Counter::new();
    let requests = CounterVec::with_label_set(RequestSet {
        method: StaticLabelSet::new(),
        outcome: StaticLabelSet::new(),
    });
    let length = Gauge::new();
    let latency = Histogram::with_metadata(Thresholds::with_buckets(BOUNDS));
    let work_total = Counter::new();
    let work_seconds = Histogram::with_metadata(Thresholds::with_buckets(BOUNDS));

    let mut entries = vec![
        Entry::peer(Case::Counter, NAME, move |iterations| {
            repeat(iterations, |_| jobs.inc())
        }),
        Entry::peer(Case::CounterEnumLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| requests.inc(request(iteration)));
        }),
        Entry::peer(Case::GaugeSet, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                length.get_metric().set(iteration as i64)
            });
        }),
        Entry::peer(Case::Histogram, NAME, move |iterations| {
            let values = &*SECONDS;
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
    entries.extend(text_labels());
    entries.extend(by_component_label());
    entries
}

/// With texts that are known before, and with texts that are interned as they come.
fn text_labels() -> Vec<Entry> {
    let known = |texts: &[&'static str]| Rodeo::from_iter(texts.iter().copied()).into_reader();
    let dense = CounterVec::with_label_set(KnownSet {
        route: known(&ROUTES),
        method: known(&METHODS),
    });
    let interned = CounterVec::with_label_set(InternedSet::default());
    let held = Counter::new();
    vec![
        Entry::peer(Case::CounterTextLabels, NAME, move |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let Texts { route, method } = texts(all, iteration);
                dense.inc(Known { route, method });
            });
        }),
        Entry::peer(Case::CounterTextLabels, INTERNED, move |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let Texts { route, method } = texts(all, iteration);
                interned.inc(Interned { route, method });
            });
        }),
        Entry::peer(Case::CounterTextLabelsHandle, NAME, move |iterations| {
            repeat(iterations, |_| held.inc());
        }),
    ]
}

/// One `Counter` per component: its series by a dynamic label are hashed at every increment, so a metric of its own is cheaper.
fn by_component_label() -> Vec<Entry> {
    by_component(NAME, |_| Arc::new(Counter::new()), |counter| counter.inc())
}
