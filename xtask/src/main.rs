//! The project's own commands: `cargo xtask help` lists them.

#![forbid(unsafe_code)]

/// Everything CI runs.
mod test;

/// What takes longer than a minute, or needs nightly.
mod soak;

/// Made-up headers, files and questions.
mod fuzz;

/// Benchmarks, with the profile they are meant for.
mod bench;

/// What instrumented functions cost the compiler.
mod compile;

/// The instructions of hot functions.
mod assembly;

/// How much of the code the tests run.
mod coverage;

/// Programs of others that the tests talk to.
mod tools;

/// One thing after another, timed and counted.
mod steps;

/// Child processes.
mod run;

/// Where things lie.
mod place;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<ExitCode> {
    match arguments {
        ["test", only @ ..] => test::run(only),
        ["soak", arguments @ ..] => soak::run(arguments),
        ["bench", "compare", rest @ ..] => bench::run("compare", rest),
        ["bench", "memory", rest @ ..] => bench::run("memory", rest),
        ["bench", "paths", rest @ ..] => bench::run("paths", rest),
        ["bench", "load", rest @ ..] => bench::run("load", rest),
        ["bench", "compile", rest @ ..] => compile::run(rest),
        ["bench", other, ..] => {
            bail!(
                "no benchmark `{other}`; there are `compare`, `memory`, `paths`, `load` and `compile`"
            )
        }
        ["bench"] => bail!("which benchmark? `compare`, `memory`, `paths`, `load` or `compile`"),
        ["help" | "--help" | "-h"] => {
            println!("{}", usage());
            Ok(ExitCode::SUCCESS)
        }
        [] => bail!("no command\n\n{}", usage()),
        [other, ..] => bail!("no command `{other}`\n\n{}", usage()),
    }
}

fn usage() -> String {
    format!(
        "usage: cargo xtask COMMAND

  test [STEP..]           everything CI runs, or these steps alone:
                          {}
  soak [STEP..]           what takes longer than a minute, or needs nightly; --seconds N bounds `fuzz`, `scrapes`, `spans`:
                          {}
  bench compare [ARG..]   obs, its floor and its peers, in one run (--help lists the arguments)
  bench memory [ARG..]    memory of slabs, of the catalogue, of a series beside the peers; merges as all of it grows
  bench paths [ARG..]     time per span of the critical path of traces of 10 to 100,000 spans, and of adding up many
  bench load [ARG..]      spans of two producers at 100,000 to 2,500,000 a second: drops, memory, processors (--seconds N for each)
  bench compile [N]       the compiler's time for N functions (1,000), plain, instrumented, and by a peer
  help                    this",
        steps::names(&test::STEPS),
        steps::names(&soak::STEPS),
    )
}
