//! Runs obs, the floor and the peers interleaved in one run and prints them as ratios.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use obs_benches::case::{Case, Place};
use obs_benches::results::Results;
use obs_benches::targets::{Target, Verdict};
use obs_benches::{alone, apart, libraries, report, rounds, targets, workload};

const USAGE: &str = "usage: compare [--json FILE] [--quick] [--only CASE] [--rounds N] [--check]

  --json FILE   also write the figures as a JSON array
  --quick       few rounds: a look, not a measurement
  --only CASE   this case alone (counter, histogram, component_switch_100, ...)
  --rounds N    that many rounds
  --check       fail when a target ratio is missed";

const ROUNDS: usize = 61;
const QUICK_ROUNDS: usize = 7;

struct Options {
    json: Option<PathBuf>,
    rounds: usize,
    only: Option<Case>,
    check: bool,
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, case, rounds] if flag == apart::FLAG => {
            apart::measure(case_from(case)?, rounds_from(rounds)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        [flag, library, work_steps] if flag == alone::FLAG => {
            alone::serve(library, work_steps.parse()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let Some(options) = Options::parse(arguments.into_iter())? else {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    };
    let results = measure(&options)?;
    report::print(&results);
    if let Some(path) = &options.json {
        report::write_json(&results, path)?;
    }
    let mut targets = targets::evaluate(&results);
    // What `--only` left out cannot be held against the run; without it, nothing may be missing.
    targets.retain(|target| options.only.is_none() || target.verdict() != Verdict::NotMeasured);
    report::print_targets(&targets);
    let is_met = |target: &&Target| target.verdict() == Verdict::Met;
    let failed = targets.len() - targets.iter().filter(is_met).count();
    if options.check && failed > 0 {
        eprintln!("{failed} of {} targets are not met", targets.len());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(options: &Options) -> Result<Results> {
    workload::calibrate_work();
    let is_asked = |case| options.only.is_none_or(|only| only == case);
    let asked = |place| {
        let cases = Case::ALL.into_iter();
        cases.filter(move |case| case.place() == place && is_asked(*case))
    };
    let libraries = libraries::all();
    let mut entries = libraries.entries;
    entries.retain(|entry| {
        let case = entry.case;
        asked(Place::Together).any(|asked| asked == case || asked.taken_off() == Some(case))
    });
    let mut results = rounds::run(entries, options.rounds, libraries.upkeep)?;
    for case in asked(Place::Apart) {
        results.extend(apart::run(case, options.rounds)?);
    }
    results.extend(alone::run(asked(Place::Alone).collect(), options.rounds)?);
    Ok(results)
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>> {
        let mut options = Options {
            json: None,
            rounds: ROUNDS,
            only: None,
            check: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let missing = || format!("{argument} needs a value\n\n{USAGE}");
                arguments.next().with_context(missing)
            };
            match argument.as_str() {
                "--json" => options.json = Some(value()?.into()),
                "--rounds" => options.rounds = rounds_from(&value()?)?,
                "--only" => options.only = Some(case_from(&value()?)?),
                "--quick" => options.rounds = QUICK_ROUNDS,
                "--check" => options.check = true,
                // Cargo passes it to a benchmark that it runs.
                "--bench" => {}
                "--help" | "-h" => return Ok(None),
                _ => bail!("unknown argument `{argument}`\n\n{USAGE}"),
            }
        }
        Ok(Some(options))
    }
}

fn rounds_from(text: &str) -> Result<usize> {
    match text.parse() {
        Ok(rounds) if rounds > 0 => Ok(rounds),
        _ => bail!("--rounds takes a whole number above zero, not `{text}`"),
    }
}

fn case_from(text: &str) -> Result<Case> {
    let reported = || {
        Case::ALL
            .iter()
            .filter(|case| case.is_reported())
            .map(|case| case.name())
    };
    let unknown = || {
        let names: Vec<_> = reported().collect();
        format!("no case `{text}`; there are {}", names.join(", "))
    };
    Case::named(text)
        .filter(|case| case.is_reported())
        .with_context(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Options>> {
        Options::parse(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn unknown_argument_is_an_error_with_usage() {
        let error = parse(&["--fast"])
            .map(|_| ())
            .expect_err("--fast is no argument");
        assert!(error.to_string().contains("usage: compare"), "{error}");
    }

    #[test]
    fn unknown_case_is_an_error_with_the_cases() {
        let error = parse(&["--only", "counters"])
            .map(|_| ())
            .expect_err("no such case");
        assert!(error.to_string().contains("counter_component"), "{error}");
    }

    #[test]
    fn no_rounds_are_an_error() {
        assert!(parse(&["--rounds", "0"]).is_err());
        assert!(parse(&["--rounds"]).is_err());
    }

    #[test]
    fn every_option_is_read() -> Result<()> {
        let given = [
            "--json",
            "out.json",
            "--rounds",
            "3",
            "--only",
            "histogram",
            "--check",
        ];
        let options = parse(&given)?.context("this is no cry for help")?;
        assert_eq!(options.json, Some("out.json".into()));
        assert_eq!(
            (options.rounds, options.only, options.check),
            (3, Some(Case::Histogram), true)
        );
        Ok(())
    }
}
