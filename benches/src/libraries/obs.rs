//! obs: statics, as its documentation writes them.

use std::hint::black_box;

use obs::catalogue;
use obs::clock::{self, Stopwatch};
use obs::{
    Component, Counter, Dynamic, ExponentialHistogram, Gauge, Histogram, Integer, Summary, counter,
    gauge, histogram, summary,
};

use super::COMPONENTS;
use crate::case::{Case, SWITCHES};
use crate::entry::{Entry, Standing, repeat};
use crate::labels::{Method, Outcome, TEXTS, request, texts};
use crate::workload::{BOUNDS, DURATIONS, Random, Work, value};

const TWELVE: &[f64] = &BOUNDS;

static OFF: Counter = counter!("off_total", "Switched off.");
// Its name comes first, and so do its cells: behind those of a larger metric they would make every slab as long.
static JOBS: Counter = counter!("acts_total", "Jobs finished.");
static REQUESTS: Counter<(Method, Outcome)> = counter!(
    "requests_total",
    "Requests.",
    labels(method: Method, outcome: Outcome)
);
static TEXT_REQUESTS: Dynamic<Counter, 2> =
    counter!("text_requests_total", "Requests.", dynamic(route, method));
static FLOODED: Dynamic<Counter, 2> = counter!(
    "flooded_requests_total",
    "Requests.",
    dynamic(route, method),
    max_series = 32
);
static QUEUE_LENGTH: Gauge<(), Integer> = gauge!("queue_length", "Jobs waiting.", integer);
static LATENCY: Histogram = histogram!("latency_seconds", "Latency.", bounds = TWELVE);
// The names of these come last, and so do their many cells.
static WRITE: ExponentialHistogram = histogram!("write_seconds", "Time of a write.", exponential);
static WRITER_WAIT: Summary = summary!(
    "writer_wait_seconds",
    "Time of waiting.",
    quantiles = [0.5, 0.9, 0.99]
);
static WORK: Counter = counter!("work_total", "Pieces of work.");
static WORK_SECONDS: Histogram = histogram!("work_seconds", "Time of work.", bounds = TWELVE);

pub(super) fn entries() -> Vec<Entry> {
    clock::calibrate();
    catalogue::switch_off("off_total");
    for other in 0..32 {
        FLOODED.with([&format!("/other/{other}"), "GET"]).inc();
    }
    let mut entries = vec![
        obs(Case::Counter, increments),
        obs(Case::CounterOff, |iterations| {
            repeat(iterations, |_| OFF.inc());
        }),
        obs(Case::CounterEnumLabels, |iterations| {
            repeat(iterations, |iteration| {
                let labels = request(iteration);
                REQUESTS.with((labels.method, labels.outcome)).inc();
            });
        }),
        obs(Case::CounterTextLabels, |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let texts = texts(all, iteration);
                TEXT_REQUESTS.with([&texts.route, &texts.method]).inc();
            });
        }),
        obs(Case::CounterTextLabelsOverflow, |iterations| {
            let all = &*TEXTS;
            repeat(iterations, |iteration| {
                let texts = texts(all, iteration);
                FLOODED.with([&texts.route, &texts.method]).inc();
            });
        }),
        obs(Case::CounterTextLabelsHandle, |iterations| {
            let texts = &TEXTS[7];
            let handle = TEXT_REQUESTS.with([&texts.route, &texts.method]);
            repeat(iterations, |_| handle.inc());
        }),
        obs(Case::GaugeSet, |iterations| {
            repeat(iterations, |iteration| QUEUE_LENGTH.set(iteration as i64));
        }),
        obs(Case::Histogram, |iterations| {
            let values = &*DURATIONS;
            repeat(iterations, |iteration| {
                LATENCY.observe(value(values, iteration));
            });
        }),
        obs(Case::HistogramExponential, |iterations| {
            let values = &*DURATIONS;
            repeat(iterations, |iteration| {
                WRITE.observe(value(values, iteration));
            });
        }),
        obs(Case::SummaryObserve, |iterations| {
            let values = &*DURATIONS;
            repeat(iterations, |iteration| {
                WRITER_WAIT.observe(value(values, iteration));
            });
        }),
        obs(Case::WorkCounterHistogram, |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let _timer = WORK_SECONDS.start_timer();
                work.run();
                WORK.inc();
            });
        }),
        obs(Case::ClockPair, |iterations| {
            repeat(iterations, |_| {
                black_box(Stopwatch::start().elapsed_ns());
            });
        }),
    ];
    entries.extend(components());
    entries
}

fn components() -> Vec<Entry> {
    let components: &'static [Component] = (0..COMPONENTS)
        .map(|index| Component::register(&format!("component/{index}")))
        .collect::<Vec<_>>()
        .leak();
    let one = components[7];
    let mut entries = vec![
        obs(Case::CounterComponent, move |iterations| {
            let _inside = one.enter();
            increments(iterations);
        }),
        obs(Case::ComponentEnterLeave, move |iterations| {
            // Warm: the thread has recorded for the component before.
            one.scope(|| JOBS.inc());
            repeat(iterations, |_| {
                let _inside = one.enter();
                black_box(());
            });
        }),
    ];
    entries.extend(SWITCHES.map(|case| {
        obs(case, move |iterations| {
            let components = &components[..case.components()];
            let mut random = Random::new();
            repeat(iterations, |_| {
                let _inside = components[random.below(components.len())].enter();
                JOBS.inc();
            });
        })
    }));
    entries
}

/// The very same instructions inside a component and outside.
#[inline(never)]
fn increments(iterations: u64) {
    repeat(iterations, |_| JOBS.inc());
}

fn obs(case: Case, run: impl Fn(u64) + Send + Sync + 'static) -> Entry {
    Entry::new(case, "obs", Standing::Obs, run)
}
