//! Real programs that read the exposition; skipped, and said so, where they are not installed.
//!
//! `cargo xtask test` brings them and names them in the environment: `TEST_PROMETHEUS` and `TEST_PROMTOOL` (programs),
//! `TEST_PYTHONPATH` (where `prometheus_client` lies), `TEST_HOST` (the example host).

/// Prometheus itself, scraping.
mod prometheus;

/// What checks and parses an exposition.
mod parsers;

/// What reads and writes OTLP/JSON besides obs.
mod traces;

/// The example host, scraped by Prometheus.
mod host;

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use obs::{
    Component, Counter, Dynamic, ExponentialHistogram, Gauge, Histogram, Info, LabelValue,
    ObservedGauge, StateSet, Summary, counter, gauge, histogram, summary,
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
static SPREAD: ExponentialHistogram = histogram!(
    "reader_spread_seconds",
    "Times, in exponential buckets.",
    exponential
);
static CALL: Summary = summary!(
    "reader_call_seconds",
    "Times, as quantiles.",
    quantiles = [0.5, 0.9]
);

static BUILD: Info<1> = gauge!("reader_build_info", "What it is.", info(version));
static STATE: StateSet<Hostile> = gauge!("reader_state", "Its state.", states = Hostile);

static PATHS: Dynamic<Counter, 1> =
    counter!("reader_paths_total", "Requests by path.", dynamic(path));

/// A version that needs care.
const VERSION: &str = "1.0 \"β\"\n\\";

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
        BUILD.set([VERSION]);
        PATHS.with([VERSION]).inc_by(7);
        STATE.set(Hostile::LineFeed);
        SPENT.inc_by_duration(Duration::from_millis(1_500));
        TOOK.observe(Duration::from_micros(30));
        TOOK.observe(Duration::from_secs(3));
        DEPTH.watch(|| 7).detach();
        // 1 ms to 1 s: quantiles are known.
        for milliseconds in 1..=1_000 {
            let took = Duration::from_millis(milliseconds);
            SPREAD.observe(took);
            CALL.observe(took);
        }
    });
    let builder = Runtime::builder()
        .listen(([127, 0, 0, 1], 0))
        .label("region", "eu \"west\"");
    builder.start().expect("it starts")
}
