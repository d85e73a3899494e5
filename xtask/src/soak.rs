//! What takes longer than a minute, or needs nightly.

use std::process::ExitCode;
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::run::{cargo, cargo_of, watch, with_flags, works};
use crate::steps::{Outcome, Step, take};
use crate::{fuzz, place};

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The sanitizer pads globals, which would put holes between the metrics that the linker lays side by side.
const ADDRESS_SANITIZER: &str = "-Zsanitizer=address -Cllvm-args=-asan-globals=0";

/// How long a server is attacked, spans are recorded, or input is made up for a target, unless `--seconds` says otherwise.
const DEFAULT_SECONDS: u64 = 600;

/// What `--seconds` says.
static SECONDS: OnceLock<u64> = OnceLock::new();

pub(crate) const STEPS: [Step; 5] = [
    Step {
        name: "address",
        work: address,
    },
    Step {
        name: "fuzz",
        work: fuzz,
    },
    Step {
        name: "long",
        work: long,
    },
    Step {
        name: "scrapes",
        work: scrapes,
    },
    Step {
        name: "spans",
        work: spans,
    },
];

/// Takes these steps, or all; `--seconds N` before or behind them bounds what takes as long as it is told.
///
/// # Errors
///
/// Where there is no step of that name, or no number behind `--seconds`.
pub(crate) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let mut only = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if *argument == "--seconds" {
            let seconds = rest.next().and_then(|seconds| seconds.parse().ok());
            let seconds = seconds.context("--seconds takes a whole number")?;
            // It is said once; a second one changes nothing.
            let _ = SECONDS.set(seconds);
        } else {
            only.push(*argument);
        }
    }
    take(&STEPS, &only)
}

/// Slabs leased, given back, used again and folded, under AddressSanitizer.
fn address() -> Result<Outcome> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Ok(Outcome::Skipped(format!(
            "the sanitizer is run on {TRIPLE}"
        )));
    }
    if !works("rustup", &["run", "nightly", "cargo", "--version"]) {
        return Ok(Outcome::Skipped(
            "no nightly; `rustup toolchain install nightly` brings it".into(),
        ));
    }
    let target = place::target_of("address");
    let sanitized = |arguments: &[&str]| {
        let mut command = cargo_of("nightly", &["test", "--target", TRIPLE, "--no-fail-fast"]);
        command.args(arguments);
        // Slabs are never freed: a merge may read them at any time.
        command.env("ASAN_OPTIONS", "detect_leaks=0");
        watch(with_flags(&mut command, ADDRESS_SANITIZER, &target))
    };
    let units = sanitized(&["-p", "obs", "--lib"])?;
    Ok(Outcome::from(units).and(sanitized(&["-p", "obs-tests", "--test", "record"])?))
}

/// The tests that are too long for every day.
fn long() -> Result<Outcome> {
    let command = [
        "test",
        "--release",
        "--no-fail-fast",
        "--all-targets",
        "--",
        "--ignored",
        // It is a step of its own.
        "--skip",
        "a_server_holds_out",
        "--skip",
        "every_span_is_accounted_for",
    ];
    Ok(watch(&mut cargo(&command))?.into())
}

/// A server under crowds, slow readers, half-sent and half-closed requests and floods of headers: every connection is
/// accounted for, memory is flat, recording is as fast as at rest.
fn scrapes() -> Result<Outcome> {
    for_seconds("soak")
}

/// Threads that record spans, come and go, while rings overflow, nobody collects for a while, and the runtime is shut down in the
/// middle: every span is accounted for.
fn spans() -> Result<Outcome> {
    for_seconds("account")
}

/// What strangers write, made up: nothing of it makes the parsers panic, or disagree with themselves.
fn fuzz() -> Result<Outcome> {
    fuzz::run(seconds())
}

fn seconds() -> u64 {
    SECONDS.get().copied().unwrap_or(DEFAULT_SECONDS)
}

/// The long tests of a binary, for as long as it is said.
fn for_seconds(binary: &str) -> Result<Outcome> {
    let test = ["test", "--release", "-p", "obs-tests", "--test", binary];
    let mut command = cargo(&test);
    command.args(["--", "--ignored", "--nocapture"]);
    Ok(watch(command.env("SOAK_SECONDS", seconds().to_string()))?.into())
}
