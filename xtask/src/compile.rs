//! What instrumented functions cost the compiler, beside plain ones and those of a peer.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::place;
use crate::run::{cargo, run as run_child};

/// How many functions, unless somebody says otherwise.
const FUNCTIONS: usize = 1_000;

/// How often each crate is compiled; the shortest time counts. They take turns, so that what else the machine does is
/// shared among them.
const ROUNDS: usize = 3;

/// Crates of the same functions: a name, and what stands above each function.
const CRATES: [(&str, &str); 4] = [
    ("plain", ""),
    ("obs", "#[obs::instrumented]"),
    ("obs-in-flight", "#[obs::instrumented(in_flight)]"),
    ("tracing", "#[tracing::instrument(skip_all)]"),
];

/// What is done to a crate: types alone, and machine code too.
const WORKS: [&str; 2] = ["check", "build"];

/// The shortest time of each crate at one work.
type Times = [Duration; CRATES.len()];

/// Compiles the crates, and prints what each took.
///
/// # Errors
///
/// Where a crate does not compile, or the argument is no number of functions.
pub(crate) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let functions = match arguments.first() {
        None => FUNCTIONS,
        Some(number) => number
            .parse()
            .with_context(|| format!("`{number}` is no number of functions"))?,
    };
    ensure!(functions > 0, "no function is no measurement");
    let workspace = workspace(functions)?;
    let mut times: [Times; WORKS.len()] = [[Duration::MAX; CRATES.len()]; WORKS.len()];
    for round in 0..=ROUNDS {
        for (times, work) in times.iter_mut().zip(WORKS) {
            for (time, (name, _)) in times.iter_mut().zip(CRATES) {
                let took = compile(&workspace, work, name)?;
                // The first round builds what the crates depend on.
                if round > 0 {
                    *time = took.min(*time);
                }
            }
        }
    }
    print!("{}", table(functions, &times));
    Ok(ExitCode::SUCCESS)
}

/// Writes the crates into a workspace of their own.
fn workspace(functions: usize) -> Result<PathBuf> {
    let workspace = place::target_of("compile");
    let names = CRATES.map(|(name, _)| name);
    write(
        &workspace.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n"),
    )?;
    let obs = place::root().join("obs");
    for (name, attribute) in CRATES {
        let manifest = format!(
            "[package]\nname = \"with-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\nname = \"functions\"\n\n\
             [dependencies]\nobs = {{ path = {obs:?} }}\ntracing = \"0.1\"\n"
        );
        write(&workspace.join(name).join("Cargo.toml"), &manifest)?;
        write(
            &workspace.join(name).join("src/lib.rs"),
            &source(functions, attribute),
        )?;
    }
    Ok(workspace)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("{} could not be written", path.display()))
}

/// Functions as programs have them: plain and fallible, a third of them async.
fn source(functions: usize, attribute: &str) -> String {
    let mut source = "//! Functions, many of them.\n\n".to_owned();
    for number in 0..functions {
        let (qualifier, returns, result) = match number % 3 {
            0 => ("", "u64", "sum".to_owned()),
            1 => (
                "",
                "Result<u64, String>",
                "if sum > 7 { Err(text.to_owned()) } else { Ok(sum) }".to_owned(),
            ),
            _ => (
                "async ",
                "Result<u64, String>",
                "std::future::ready(()).await; text.parse().map_err(|_| format!(\"no {sum}\"))"
                    .to_owned(),
            ),
        };
        // Writing into a string cannot fail.
        let _ = writeln!(
            source,
            "{attribute}\npub {qualifier}fn function_{number}(text: &str, count: u64) -> {returns} {{\n    \
             let sum = text.bytes().map(u64::from).sum::<u64>() + count * {number};\n    {result}\n}}\n"
        );
    }
    source
}

/// The time to compile one crate, whose dependencies are there.
fn compile(workspace: &Path, work: &str, name: &str) -> Result<Duration> {
    let source = workspace.join(name).join("src/lib.rs");
    let text = fs::read_to_string(&source)
        .with_context(|| format!("{} could not be read", source.display()))?;
    // Written anew, it is compiled anew.
    write(&source, &text)?;
    let mut command: Command = cargo(&[work, "--quiet", "-p", &format!("with-{name}")]);
    command
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env("CARGO_INCREMENTAL", "0");
    let start = Instant::now();
    run_child(&mut command)?;
    Ok(start.elapsed())
}

/// The times, and how they compare with those of the plain crate.
fn table(functions: usize, times: &[Times]) -> String {
    let mut table = format!(
        "\n{functions} functions, the shortest of {ROUNDS}\n\n{:<14}",
        ""
    );
    for work in WORKS {
        let _ = write!(table, "{work:>20}");
    }
    for (at, (name, _)) in CRATES.iter().enumerate() {
        let _ = write!(table, "\n{name:<14}");
        for times in times {
            let (took, plain) = (times[at].as_secs_f64(), times[0].as_secs_f64());
            let _ = write!(table, "{took:>11.2} s {:>5.1}×", took / plain);
        }
    }
    table + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_the_same_but_for_what_stands_above() {
        let (plain, instrumented) = (source(6, ""), source(6, "#[obs::instrumented]"));
        assert_eq!(instrumented.replace("#[obs::instrumented]", ""), plain);
        assert_eq!(plain.matches("pub fn function_").count(), 4);
        assert_eq!(plain.matches("pub async fn function_").count(), 2);
    }

    #[test]
    fn times_are_told_as_ratios() {
        let times = [[100, 250, 300, 1_000].map(Duration::from_millis); 2];
        let table = table(7, &times);
        let line = table.lines().find(|line| line.starts_with("tracing"));
        let words: Vec<_> = line.expect("it is there").split_whitespace().collect();
        assert_eq!(
            words,
            ["tracing", "1.00", "s", "10.0×", "1.00", "s", "10.0×"]
        );
    }
}
