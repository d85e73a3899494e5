//! How much of the code the tests run, by cargo-tarpaulin: line coverage of each crate, and a limit that it must keep.

use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::run::watch;
use crate::steps::Outcome;
use crate::{place, tools};

/// What is held to the limit.
const COVERED: [&str; 3] = ["obs", "obs-macros", "obs-runtime"];

/// Whose tests are run for it.
const TESTED: [&str; 4] = ["obs", "obs-macros", "obs-runtime", "obs-tests"];

/// What is not in this build; step `off` runs it.
const COMPILED_OUT: &str = "obs/src/off/*";

/// The least line coverage of each crate, in per cent.
const LEAST: f64 = 90.0;

/// Runs the tests again, instrumented.
///
/// # Errors
///
/// Where a crate is below the limit, or a test fails.
pub(crate) fn check() -> Result<Outcome> {
    let mut command = Command::new(tools::tarpaulin()?);
    command.current_dir(place::root());
    command.args([
        "tarpaulin",
        "--engine",
        "llvm",
        "--skip-clean",
        "--no-fail-fast",
        "--out",
        "Stdout",
        "--timeout",
        "900",
    ]);
    command.args(["--exclude-files", COMPILED_OUT]);
    command
        .arg("--target-dir")
        .arg(place::target_of("coverage"));
    command.args(TESTED.iter().flat_map(|package| ["--packages", package]));
    for package in COVERED {
        command.args(["--include-files", &format!("{package}/src/*")]);
    }
    let ran = watch(&mut command)?;
    let held = hold(&lines(&ran.stdout));
    // First, since what a program ran in which a test failed is not counted.
    if let Some(fault) = ran.fault {
        bail!("a test failed, and what its program ran is not counted: {fault}");
    }
    held?;
    Ok(Outcome::HELD)
}

/// Lines of one file, and how many of them the tests run.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lines {
    file: String,
    run: u32,
    all: u32,
}

/// What tarpaulin says of each file: `|| obs/src/label.rs: 20/21 +0.00%`.
fn lines(report: &str) -> Vec<Lines> {
    let file = |line: &str| {
        let (file, counts) = line.trim().strip_prefix("||")?.trim().split_once(": ")?;
        let (run, all) = counts.split_whitespace().next()?.split_once('/')?;
        let (run, all) = (run.parse().ok()?, all.parse().ok()?);
        Some(Lines {
            file: file.to_owned(),
            run,
            all,
        })
    };
    report.lines().filter_map(file).collect()
}

/// Prints the coverage of each crate and of all, and fails where a crate is below the limit.
fn hold(lines: &[Lines]) -> Result<()> {
    println!("\nline coverage");
    let mut below = Vec::new();
    for package in COVERED {
        let of_it = lines.iter().filter(|lines| lines.is_of(package));
        if show(package, of_it) < LEAST {
            below.push(package);
        }
    }
    show("all", lines.iter());
    ensure!(
        below.is_empty(),
        "less than {LEAST} % of the lines of {}",
        below.join(", ")
    );
    Ok(())
}

/// Prints one line and returns its per cent; 0 where there are no lines, since then nothing was measured.
fn show<'a>(name: &str, lines: impl Iterator<Item = &'a Lines>) -> f64 {
    let (mut run, mut all) = (0, 0);
    for lines in lines {
        run += lines.run;
        all += lines.all;
    }
    let percent = 100.0 * f64::from(run) / f64::from(all.max(1));
    println!("{name:<12} {percent:>6.1} %  {run:>5} of {all:>5}");
    percent
}

impl Lines {
    fn is_of(&self, package: &str) -> bool {
        let inside = self.file.strip_prefix(package);
        inside.is_some_and(|rest| rest.starts_with("/src/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\
|| Uncovered Lines:
|| obs/src/label.rs: 3-4, 9
|| Tested/Total Lines:
|| obs/src/label.rs: 19/20 +0.00%
|| obs-macros/src/names.rs: 90/100
|| obs-runtime/src/serve/file.rs: 10/11
||
92.0% coverage, 119/131 lines covered";

    #[test]
    fn the_report_is_read_by_file() {
        let lines = lines(REPORT);
        let counts: Vec<_> = lines.iter().map(|lines| (lines.run, lines.all)).collect();
        assert_eq!(counts, [(19, 20), (90, 100), (10, 11)]);
        assert!(lines[0].is_of("obs") && !lines[1].is_of("obs"));
    }

    #[test]
    fn enough_is_enough() {
        hold(&lines(REPORT)).expect("90 % and more");
    }

    #[test]
    fn one_crate_below_the_limit_is_named_though_the_sum_is_above_it() {
        let report = REPORT.replace("10/11", "9/11");
        let error = hold(&lines(&report)).expect_err("82 %").to_string();
        assert!(error.ends_with("the lines of obs-runtime"), "{error}");
    }

    #[test]
    fn a_crate_without_any_lines_is_below_the_limit() {
        assert!(hold(&[]).is_err());
    }
}
