//! `prometheus`: handles held, label values looked up; and its locals, which must be flushed before anyone sees them.

use std::hint::black_box;

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts};

use super::by_component;
use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};
use crate::labels::{TEXTS, Texts, request, texts};
use crate::workload::{BOUNDS, SECONDS, Work, value};

const NAME: &str = "prometheus";
const LOCAL: &str = "prometheus-local";

pub(super) fn entries() -> Vec<Entry> {
    let jobs = counter("jobs_total");
    let requests = IntCounterVec::new(
        Opts::new("requests_total", "Requests."),
        &["method", "outcome"],
    )
    .expect("valid labels");
    let text_requests = IntCounterVec::new(
        Opts::new("text_requests_total", "Requests."),
        &["route", "method"],
    )
    .expect("valid labels");
    let held = text_requests.with_label_values(&[&TEXTS[7].route, &TEXTS[7].method]);
    let length = IntGauge::new("queue_length", "Queue length.").expect("a valid name");
    let latency = histogram("latency_seconds");
    let (work_total, work_seconds) = (counter("work_total"), histogram("work_seconds"));

    let mut entries = vec![
        Entry::peer(Case::Counter, NAME, move |iterations| {
            repeat(iterations, |_| jobs.inc())
        }),
        Entry::peer(Case::CounterEnumLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                let labels = request(iteration);
                requests
                    .with_label_values(&[labels.method.text(), labels.outcome.text()])
                    .inc();
            });
        }),
        Entry::peer(Case::CounterTextLabels, NAME, move |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let Texts { route, method } = texts(all, iteration);
                text_requests.with_label_values(&[route, method]).inc();
            });
        }),
        Entry::peer(Case::CounterTextLabelsHandle, NAME, move |iterations| {
            repeat(iterations, |_| held.inc());
        }),
        Entry::peer(Case::GaugeSet, NAME, move |iterations| {
            repeat(iterations, |iteration| length.set(iteration as i64));
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
                timer.observe_duration();
            });
        }),
    ];
    entries.extend(by_component_label());
    entries.extend(locals());
    entries
}

/// One `IntCounter` per component out of an `IntCounterVec`.
fn by_component_label() -> Vec<Entry> {
    let jobs = IntCounterVec::new(Opts::new("component_jobs_total", "Jobs."), &["component"])
        .expect("valid labels");
    by_component(
        NAME,
        |index| jobs.with_label_values(&[index.to_string()]),
        |counter| counter.inc(),
    )
}

fn locals() -> Vec<Entry> {
    let jobs = counter("local_jobs_total");
    let latency = histogram("local_latency_seconds");
    vec![
        Entry::new(Case::Counter, LOCAL, Standing::Beside, move |iterations| {
            // Behind the black box, so that its increments are not summed up in a register.
            let local = jobs.local();
            let local = black_box(&local);
            repeat(iterations, |_| local.inc());
            local.flush();
        }),
        Entry::new(
            Case::Histogram,
            LOCAL,
            Standing::Beside,
            move |iterations| {
                let local = latency.local();
                let local = black_box(&local);
                let values = &*SECONDS;
                repeat(iterations, |iteration| {
                    local.observe(value(values, iteration))
                });
                local.flush();
            },
        ),
    ]
}

fn counter(name: &str) -> IntCounter {
    IntCounter::new(name, "Events.").expect("a valid name")
}

fn histogram(name: &str) -> Histogram {
    Histogram::with_opts(HistogramOpts::new(name, "Latency.").buckets(BOUNDS.to_vec()))
        .expect("valid bounds")
}
