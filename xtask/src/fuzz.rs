//! Fuzz targets: input that is made up, steered by the code that it reaches.

use std::fs;

use anyhow::{Context, Result};

use crate::place;
use crate::run::{Tally, cargo_of, watch, works};
use crate::steps::Outcome;

/// The targets, and how many bytes what is made up for each may have.
const TARGETS: [(&str, usize); 3] = [("traceparent", 640), ("otlp", 16_384), ("query", 4_096)];

/// No single input takes longer.
const SECONDS_FOR_ONE: u64 = 10;

/// What unsafe code there is, the step `address` looks after; and a sanitizer pads globals, which obs lays side by side.
const BUILD: [&str; 4] = ["--sanitizer", "none", "--debug-assertions", "--fuzz-dir"];

/// Gives each target as many seconds. What was found of use is kept for the next time; what fails lies in `fuzz/artifacts`.
pub(crate) fn run(seconds: u64) -> Result<Outcome> {
    if !works("rustup", &["run", "nightly", "cargo", "--version"]) {
        return Ok(Outcome::Skipped(
            "no nightly; `rustup toolchain install nightly` brings it".into(),
        ));
    }
    if !works("rustup", &["run", "nightly", "cargo", "fuzz", "--version"]) {
        return Ok(Outcome::Skipped(
            "no cargo-fuzz; `cargo install --locked cargo-fuzz` brings it".into(),
        ));
    }
    let mut tally = Tally::default();
    let mut fault = None;
    for (target, most_bytes) in TARGETS {
        match one(target, most_bytes, seconds)? {
            None => tally.passed += 1,
            Some(found) => {
                tally.failed += 1;
                fault = fault.or(Some(found));
            }
        }
    }
    Ok(Outcome::Ran(tally, fault))
}

/// Runs a target; returns what is wrong.
fn one(target: &str, most_bytes: usize, seconds: u64) -> Result<Option<String>> {
    let built = place::target_of("fuzz");
    let corpus = built.join("corpus").join(target);
    fs::create_dir_all(&corpus)
        .with_context(|| format!("{} could not be made", corpus.display()))?;
    let fuzz = place::root().join("fuzz");
    let mut command = cargo_of("nightly", &["fuzz", "run"]);
    command.args(BUILD).arg(&fuzz);
    command.arg("--target-dir").arg(&built).arg(target);
    command.arg(corpus).arg(fuzz.join("seeds").join(target));
    command.arg("--").args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={most_bytes}"),
        format!("-timeout={SECONDS_FOR_ONE}"),
        "-verbosity=0".into(),
        "-print_final_stats=1".into(),
    ]);
    Ok(watch(&mut command)?.fault)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_target_is_run_and_has_seeds() {
        let fuzz = place::root().join("fuzz");
        let files = fs::read_dir(fuzz.join("targets")).expect("it is there");
        let names = files.map(|file| {
            let path = file.expect("it can be listed").path();
            let name = path.file_stem().expect("it has a name");
            name.to_string_lossy().into_owned()
        });
        let known = TARGETS.map(|(target, _)| target.to_owned());
        assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(known));
        for (target, _) in TARGETS {
            let mut seeds = fs::read_dir(fuzz.join("seeds").join(target)).expect("it is there");
            assert!(seeds.next().is_some(), "{target} has no seeds");
        }
    }
}
