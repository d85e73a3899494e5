//! The program as its users have it: started, asked, piped, looked at in a terminal.

/// Commands that print, against a runtime in this process.
mod commands;

/// Traces of a runtime in this process, and files of them.
mod traces;

/// The dashboard in a real terminal.
mod dashboard;

/// The example host, watched by the program; its dashboard and rules, loaded by Prometheus.
mod host;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::MutexGuard;
use std::time::Duration;

use obs::{Component, Counter, Gauge, Histogram, LabelValue, counter, gauge, histogram, summary};
use obs_runtime::Runtime;

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    Failed,
}

static JOBS: Counter<Outcome> =
    counter!("cli_jobs_total", "Jobs, by how they ended.", labels(outcome: Outcome));
static LEVEL: Gauge = gauge!("cli_level_ratio", "A level.");
static TOOK: Histogram = histogram!("cli_took_seconds", "Time that jobs took.");

#[derive(Clone, Copy, LabelValue)]
enum State {
    Ready,
    Failed,
}

/// The program.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_obs-cli"))
}

/// Runs it to its end.
fn run(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A runtime with something of each kind recorded, for one test at a time.
struct Served {
    runtime: Runtime,
    _turn: MutexGuard<'static, ()>,
}

impl Served {
    fn start() -> Served {
        let turn = obs_tests::turn();
        Served {
            runtime: start(([127, 0, 0, 1], 0).into()),
            _turn: turn,
        }
    }

    fn address(&self) -> SocketAddr {
        self.runtime.address().expect("it serves")
    }

    fn url(&self) -> String {
        format!("http://{}", self.address())
    }
}

fn start(address: SocketAddr) -> Runtime {
    for name in ["cli/a", "cli/b"] {
        Component::register(name).scope(|| {
            JOBS.with(Outcome::Ok).inc_by(3);
            JOBS.with(Outcome::Failed).inc();
            LEVEL.set(0.25);
            TOOK.observe(Duration::from_millis(3));
            histogram!("kind_size_bytes", "Sizes.", exponential, range = [1, 1024]).observe(30.0);
            summary!("kind_wait_seconds", "Waiting.", quantiles = [0.5, 0.99])
                .observe(Duration::from_millis(2));
            let state = gauge!("kind_state", "How it is.", states = State);
            state.set(State::Failed);
            state.set(State::Ready);
            gauge!("kind_info", "What it is.", info(version)).set(["1"]);
            counter!("kind_asked_total", "Questions.", dynamic(path))
                .with(["/"])
                .inc();
        });
    }
    let builder = Runtime::builder().listen(address);
    builder.start().expect("it starts")
}
