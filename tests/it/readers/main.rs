//! Real programs that read the exposition; skipped, and said so, where they are not installed.
//!
//! `cargo xtask test` brings them and names them in the environment: `TEST_PROMETHEUS` and `TEST_PROMTOOL` (programs),
//! `TEST_PYTHONPATH` (where `prometheus_client` lies), `TEST_HOST` (the example host).

/// Prometheus itself, scraping.
mod prometheus;

/// What checks and parses an exposition.
mod parsers;

/// The example host, scraped by Prometheus.
mod host;

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use obs::{
    Component, Counter, ExponentialHistogram, Gauge, Histogram, LabelValue, ObservedGauge,
    StateSet, Summary, counter, gauge, histogram, summary,
};
use obs_runtime::Runtime;

/// A program or path that the environment names; `None`, and said so, where it does not.
fn tool(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: {variable} is not set (cargo xtask test sets it where it can)");
    }
    path
}

/// A program that ends with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        Running(command.spawn().expect("the program starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[derive(Clone, Copy, LabelValue)]
enum Hostile {
    #[label("quote \" in it")]
    Quote,
    #[label("back\\slash")]
    Backslash,
    #[label("line\nfeed")]
    LineFeed,
    #[label("κόσμε {a=\"b\"} # 🦀")]
    Unicode,
}

const HOSTILE: [Hostile; 4] = [
    Hostile::Quote,
    Hostile::Backslash,
    Hostile::LineFeed,
    Hostile::Unicode,
];

static EVENTS: Counter<Hostile> = counter!(
    "reader_events_total",
    "Help with \"quotes\", a back\\slash, a\nline feed and 🦀.",
    labels(kind: Hostile)
);
static LEVEL: Gauge = gauge!("reader_level_ratio", "A level.");
static SPENT: Counter = counter!("reader_spent_seconds_total", "Time spent.");
static TOOK: Histogram = histogram!("reader_took_seconds", "Times.");

static CALL: ExponentialHistogram = histogram!("reader_call_seconds", "Times.", exponential);
static SHOWN: Summary = summary!("reader_shown_seconds", "Times.", quantiles = [0.5, 1]);
static STATE: StateSet<Hostile> = gauge!("reader_state", "A state.", states = Hostile);
static DEPTH: ObservedGauge = gauge!("reader_depth", "A length.", observed);

/// The name of the component that everything is recorded in.
const COMPONENT: &str = "host\\is \"tile\"\n🦀";

/// A runtime with something of every kind recorded, and names that need care.
fn runtime() -> Runtime {
    // Where tests share a process, each begins with a life of its own.
    Component::register(COMPONENT).retire();
    Component::register(COMPONENT).scope(|| {
        for (count, kind) in HOSTILE.into_iter().enumerate() {
            EVENTS.with(kind).inc_by(count as u64 + 1);
        }
        LEVEL.set(0.25);
        SPENT.inc_by_duration(Duration::from_millis(1_500));
        TOOK.observe(Duration::from_micros(30));
        TOOK.observe(Duration::from_secs(3));
        for call in 1..=100 {
            CALL.observe(Duration::from_millis(call));
            SHOWN.observe(Duration::from_millis(call));
        }
        STATE.set(Hostile::Quote);
        DEPTH.watch(|| 7).detach();
    });
    let builder = Runtime::builder()
        .listen(([127, 0, 0, 1], 0))
        .label("region", "eu \"west\"");
    builder.start().expect("it starts")
}
