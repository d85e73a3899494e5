//! What takes longer than a minute, or needs nightly.

use std::process::ExitCode;

use anyhow::Result;

use crate::place;
use crate::run::{cargo, cargo_of, watch, with_flags, works};
use crate::steps::{Outcome, Step, take};

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The sanitizer pads globals, which would put holes between the metrics that the linker lays side by side.
const ADDRESS_SANITIZER: &str = "-Zsanitizer=address -Cllvm-args=-asan-globals=0";

pub(crate) const STEPS: [Step; 2] = [
    Step {
        name: "address",
        work: address,
    },
    Step {
        name: "long",
        work: long,
    },
];

/// Takes these steps, or all.
///
/// # Errors
///
/// Where there is no step of that name.
pub(crate) fn run(only: &[&str]) -> Result<ExitCode> {
    take(&STEPS, only)
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
    ];
    Ok(watch(&mut cargo(&command))?.into())
}
