//! Everything CI runs: twenty minutes on two cores, from nothing.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::run::{cargo, cargo_of, watch, with_flags, works};
use crate::steps::{Outcome, Step, take};
use crate::{assembly, coverage, place, tools};

/// What is expected of the compiler's messages was written with this one.
const TOOLCHAIN_OF_MESSAGES: &str = "1.95.0";

/// What is not a default member, because it builds wasmtime or every peer.
const HEAVY: [&str; 2] = ["component-host", "obs-benches"];

/// The fuzz targets.
const FUZZ: &str = "fuzz/Cargo.toml";

/// How long the host runs over this repository.
const HOST_RUNS_FOR: &str = "5s";

/// Pages of instrumented functions, and the metrics that they must list.
const DOCUMENTED: [(&str, &[&str]); 3] = [
    (
        "fn.fetch.html",
        &[
            "strict_fetch_calls_total{method, protocol, outcome}",
            "strict_fetch_duration_seconds{method, protocol}",
            "strict_fetch_errors_total{method, protocol, error}",
            "strict_fetch_in_flight{method, protocol}",
        ],
    ),
    (
        "fn.wait.html",
        &[
            "{PREFIX}_calls_total{function, outcome}",
            "{PREFIX}_busy_seconds{function}",
            "{PREFIX}_polls_total{function}",
        ],
    ),
    (
        "struct.Store.html",
        &[
            "function_calls_total{function, outcome}",
            "function_duration_seconds{function}",
        ],
    ),
];

pub(crate) const STEPS: [Step; 13] = [
    step("tools", tools::bring),
    step("format", format),
    step("lints", lints),
    step("host", host),
    step("tests", tests),
    step("doctests", doctests),
    step("ui", ui),
    step("loom", loom),
    step("off", off),
    step("docs", docs),
    step("assembly", assembly::check),
    step("lints-all", lints_of_the_heavy),
    step("coverage", coverage::check),
];

const fn step(name: &'static str, work: fn() -> Result<Outcome>) -> Step {
    Step { name, work }
}

/// Takes these steps, or all.
///
/// # Errors
///
/// Where there is no step of that name.
pub(crate) fn run(only: &[&str]) -> Result<ExitCode> {
    take(&STEPS, only)
}

fn format() -> Result<Outcome> {
    crate::run::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    // A workspace of its own, which only the soak builds.
    crate::run::run(&mut cargo(&["fmt", "--check", "--manifest-path", FUZZ]))?;
    Ok(Outcome::HELD)
}

fn lints() -> Result<Outcome> {
    crate::run::run(&mut cargo(&[
        "clippy",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Outcome::HELD)
}

fn lints_of_the_heavy() -> Result<Outcome> {
    let mut command = cargo(&["clippy", "--all-targets"]);
    for package in HEAVY {
        command.args(["-p", package]);
    }
    crate::run::run(command.args(["--", "-D", "warnings"]))?;
    Ok(Outcome::HELD)
}

/// Builds the host as users do, and lets it keep books over this repository: it fails where obs's differ from its own.
fn host() -> Result<Outcome> {
    crate::run::run(&mut cargo(&["build", "--release", "-p", "component-host"]))?;
    let stored = place::target_of("host-data");
    if stored.exists() {
        std::fs::remove_dir_all(&stored)
            .with_context(|| format!("{} could not be emptied", stored.display()))?;
    }
    let mut command = Command::new(place::host());
    command.current_dir(place::root());
    command.args([
        "--headless",
        "--for",
        HOST_RUNS_FOR,
        "--listen",
        "127.0.0.1:0",
    ]);
    crate::run::run(command.arg("--data-dir").arg(stored))?;
    Ok(Outcome::HELD)
}

/// Unit tests and journeys of all default members.
fn tests() -> Result<Outcome> {
    let mut command = tester(&[]);
    tools::name(&mut command);
    let ran = watch(
        command
            .args(["--workspace", "--exclude", "obs-ui-tests"])
            .args(HEAVY.iter().flat_map(|package| ["--exclude", package])),
    )?;
    Ok(Outcome::from(ran).and(watch(&mut tester(&["--release", "-p", "component-host"]))?))
}

/// Nextest where it is installed: it runs each test in a process of its own, and several at once.
fn tester(arguments: &[&str]) -> Command {
    let mut command = if works("cargo-nextest", &["nextest", "--version"]) {
        cargo(&["nextest", "run", "--no-fail-fast", "--no-tests=pass"])
    } else {
        cargo(&["test", "--no-fail-fast", "--all-targets"])
    };
    command.args(arguments);
    command
}

fn doctests() -> Result<Outcome> {
    Ok(watch(&mut cargo(&["test", "--doc", "--no-fail-fast"]))?.into())
}

/// What the macros refuse, with the messages of one compiler.
fn ui() -> Result<Outcome> {
    let arguments = ["test", "-p", "obs-ui-tests", "--no-fail-fast"];
    if version("cargo").is_some_and(|version| version.contains(TOOLCHAIN_OF_MESSAGES)) {
        return Ok(watch(&mut cargo(&arguments))?.into());
    }
    if works(
        "rustup",
        &["run", TOOLCHAIN_OF_MESSAGES, "cargo", "--version"],
    ) {
        let mut command = cargo_of(TOOLCHAIN_OF_MESSAGES, &arguments);
        command.env("CARGO_TARGET_DIR", place::target_of("ui"));
        return Ok(watch(&mut command)?.into());
    }
    Ok(Outcome::Skipped(format!(
        "the messages are those of Rust {TOOLCHAIN_OF_MESSAGES}; `rustup toolchain install {TOOLCHAIN_OF_MESSAGES}` brings it"
    )))
}

fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()
}

/// The models of the record path, every interleaving.
fn loom() -> Result<Outcome> {
    let mut command = cargo(&["test", "-p", "obs", "--lib", "--release"]);
    Ok(watch(with_flags(
        &mut command,
        "--cfg loom",
        &place::target_of("loom"),
    ))?
    .into())
}

/// The whole surface, compiled out.
fn off() -> Result<Outcome> {
    let target = place::target_of("off");
    let off =
        |arguments: &[&str]| watch(with_flags(&mut cargo(arguments), "--cfg obs_off", &target));
    let tests = off(&["test", "-p", "obs-tests", "--test", "off"])?;
    Ok(Outcome::from(tests).and(off(&["check", "-p", "obs-runtime"])?))
}

/// The documentation builds, and that of instrumented functions says what they record.
fn docs() -> Result<Outcome> {
    let mut command = cargo(&["doc", "--no-deps"]);
    crate::run::run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    let pages = place::target().join("doc/obs_tests/strict");
    for (page, metrics) in DOCUMENTED {
        let page = pages.join(page);
        let text = std::fs::read_to_string(&page)
            .with_context(|| format!("{} could not be read", page.display()))?;
        for metric in metrics {
            let listed = text.contains(&format!("<code>{metric}</code>"));
            ensure!(listed, "{} does not list `{metric}`", page.display());
        }
    }
    Ok(Outcome::HELD)
}
