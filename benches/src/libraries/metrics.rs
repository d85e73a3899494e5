//! `metrics` with `metrics-exporter-prometheus`: its macros as most programs write them, and handles held.

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

use super::by_component;
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::labels::{TEXTS, Texts, request, texts};
use crate::workload::{BOUNDS, SECONDS, Work, value};

const MACROS: &str = "metrics";
const HELD: &str = "metrics-held";

/// The installed recorder.
pub(super) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Installs the recorder that the macros of the whole process go to.
    pub(super) fn install() -> Metrics {
        // What is given no buckets is a summary.
        let with_buckets = |builder: PrometheusBuilder, suffix: &str| {
            let histograms = Matcher::Suffix(suffix.to_owned());
            let builder = builder.set_buckets_for_metric(histograms, &BOUNDS);
            builder.expect("the bounds are not empty")
        };
        let histograms = ["latency_seconds", "work_seconds"];
        let builder = histograms
            .into_iter()
            .fold(PrometheusBuilder::new(), with_buckets);
        let handle = builder
            .install_recorder()
            .expect("no other recorder is installed");
        Metrics(handle)
    }

    /// Drains what histograms have queued.
    pub(super) fn upkeep(&self) {
        self.0.run_upkeep();
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = macros();
        entries.extend(held());
        entries
    }
}

fn macros() -> Vec<Entry> {
    vec![
        Entry::peer(Case::Counter, MACROS, |iterations| {
            repeat(iterations, |_| counter!("jobs_total").increment(1));
        }),
        Entry::peer(Case::CounterComponent, MACROS, |iterations| {
            repeat(iterations, |_| {
                counter!("component_jobs_total", "component" => "relay").increment(1)
            });
        }),
        Entry::peer(Case::CounterEnumLabels, MACROS, |iterations| {
            repeat(iterations, |iteration| {
                let labels = request(iteration);
                counter!("requests_total", "method" => labels.method.text(), "outcome" => labels.outcome.text()).increment(1);
            });
        }),
        Entry::peer(Case::CounterTextLabels, MACROS, |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let Texts { route, method } = texts(all, iteration);
                counter!("text_requests_total", "route" => route.as_str(), "method" => method.as_str()).increment(1);
            });
        }),
        Entry::peer(Case::GaugeSet, MACROS, |iterations| {
            repeat(iterations, |iteration| {
                gauge!("queue_length").set(iteration as f64)
            });
        }),
        Entry::peer(Case::Histogram, MACROS, |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                histogram!("latency_seconds").record(value(values, iteration))
            });
        }),
        Entry::peer(Case::SummaryObserve, MACROS, |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                histogram!("wait_seconds").record(value(values, iteration))
            });
        }),
        Entry::peer(Case::WorkCounterHistogram, MACROS, |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let start = Instant::now();
                work.run();
                counter!("work_total").increment(1);
                histogram!("work_seconds").record(start.elapsed());
            });
        }),
    ]
}

fn held() -> Vec<Entry> {
    let jobs = counter!("held_jobs_total");
    let text_requests = counter!("held_text_requests_total", "route" => "/", "method" => "GET");
    let length = gauge!("held_queue_length");
    let latency = histogram!("held_latency_seconds");
    let wait = histogram!("held_wait_seconds");
    let (work_total, work_seconds) = (counter!("held_work_total"), histogram!("held_work_seconds"));
    let mut entries = vec![
        Entry::peer(Case::Counter, HELD, move |iterations| {
            repeat(iterations, |_| jobs.increment(1));
        }),
        Entry::peer(Case::CounterTextLabelsHandle, HELD, move |iterations| {
            repeat(iterations, |_| text_requests.increment(1));
        }),
        Entry::peer(Case::GaugeSet, HELD, move |iterations| {
            repeat(iterations, |iteration| length.set(iteration as f64));
        }),
        Entry::peer(Case::Histogram, HELD, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                latency.record(value(values, iteration))
            });
        }),
        Entry::peer(Case::SummaryObserve, HELD, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                wait.record(value(values, iteration))
            });
        }),
        Entry::peer(Case::WorkCounterHistogram, HELD, move |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let start = Instant::now();
                work.run();
                work_total.increment(1);
                work_seconds.record(start.elapsed());
            });
        }),
    ];
    entries.extend(by_component(
        HELD,
        |index| counter!("held_component_jobs_total", "component" => index.to_string()),
        |counter| counter.increment(1),
    ));
    entries
}
