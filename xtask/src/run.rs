//! Child processes: their output is shown as it comes, and the tests in it are counted.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::place;

/// How many tests passed, and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// A check that is no test of Cargo's.
    pub(crate) const ONE: Tally = Tally {
        passed: 1,
        failed: 0,
    };
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What a child has written, and how it ended.
pub(crate) struct Ran {
    pub(crate) tally: Tally,
    pub(crate) stdout: String,
    /// `None` where it ended well.
    pub(crate) fault: Option<String>,
}

/// The Cargo that runs this.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments);
    quiet(&mut command);
    command
}

/// The Cargo of another toolchain.
pub(crate) fn cargo_of(toolchain: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo"]).args(arguments);
    quiet(&mut command);
    // What the calling Cargo hands down names its own toolchain.
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    command
}

fn quiet(command: &mut Command) {
    command.current_dir(place::root());
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
}

/// Builds with compiler flags of its own, in a target directory of its own.
pub(crate) fn with_flags<'a>(
    command: &'a mut Command,
    flags: &str,
    target: &Path,
) -> &'a mut Command {
    command
        .env("RUSTFLAGS", flags)
        .env("RUSTDOCFLAGS", flags)
        .env("CARGO_TARGET_DIR", target)
}

/// Whether a program starts and ends well.
pub(crate) fn works(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a child and fails where it fails.
///
/// # Errors
///
/// Where it cannot be started, or ends with anything but 0.
pub(crate) fn run(command: &mut Command) -> Result<Ran> {
    let ran = watch(command)?;
    match ran.fault {
        Some(fault) => bail!(fault),
        None => Ok(ran),
    }
}

/// Runs a child to its end, whatever that is.
///
/// # Errors
///
/// Where it cannot be started.
pub(crate) fn watch(command: &mut Command) -> Result<Ran> {
    let shown = show(command);
    println!("$ {shown}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{shown}` could not be started"))?;
    let stdout = child.stdout.take().context("no standard output")?;
    let stderr = child.stderr.take().context("no standard error")?;
    let errors = thread::spawn(move || tee(stderr, io::stderr()));
    let (stdout, mut tally) = tee(stdout, io::stdout());
    tally += errors.join().expect("copying output does not panic").1;
    let status = child.wait()?;
    let fault = (!status.success()).then(|| format!("`{shown}` ended with {status}"));
    Ok(Ran {
        tally,
        stdout,
        fault,
    })
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let program = Path::new(&*words[0]).file_name();
    let program = program.map_or(words[0].clone(), OsStr::to_string_lossy);
    std::iter::once(program)
        .chain(words[1..].iter().cloned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Copies line by line, so that the lines of both outputs stay whole.
fn tee(from: impl Read, mut to: impl Write) -> (String, Tally) {
    let mut from = BufReader::new(from);
    let (mut all, mut tally, mut line) = (String::new(), Tally::default(), Vec::new());
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // A closed terminal does not end the tests.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        let text = without_colour(&String::from_utf8_lossy(&line));
        tally += counted(&text);
        all += &text;
        line.clear();
    }
    (all, tally)
}

/// The tests that a line of nextest or of the standard harness sums up.
fn counted(line: &str) -> Tally {
    let Some(summary) = summary(line) else {
        return Tally::default();
    };
    let of = |state: &str| -> u64 {
        let words = summary.split([',', ';', '.', '(', ')']);
        words
            .filter_map(|part| part.trim().strip_suffix(state)?.trim().parse::<u64>().ok())
            .sum()
    };
    Tally {
        passed: of("passed"),
        failed: of("failed") + of("timed out") + of("exec failed"),
    }
}

fn summary(line: &str) -> Option<&str> {
    // Nextest shows what a failed test's own harness said of it, indented.
    if let Some(rest) = line.strip_prefix("test result:") {
        return Some(rest);
    }
    let rest = line.trim_start().strip_prefix("Summary [")?;
    rest.split_once("run:").map(|(_, counts)| counts)
}

fn without_colour(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part
            .split_once(|c: char| c.is_ascii_alphabetic())
            .map_or("", |(_, text)| text);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_harnesses_are_counted() {
        let tally = |passed, failed| Tally { passed, failed };
        for (line, expected) in [
            (
                "     Summary [   1.234s] 92 tests run: 90 passed (1 slow), 1 failed, 1 timed out, 2 skipped",
                tally(90, 2),
            ),
            (
                "     Summary [   0.004s] 1 test run: 1 passed, 0 skipped",
                tally(1, 0),
            ),
            (
                "     Summary [   0.004s] 0 tests run: 0 passed, 3 skipped",
                tally(0, 0),
            ),
            (
                "     Summary [   2.0s] 9/12 tests run: 8 passed, 1 exec failed, 0 skipped",
                tally(8, 1),
            ),
            (
                "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                tally(5, 0),
            ),
            (
                "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured",
                tally(5, 2),
            ),
            (
                "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured",
                tally(0, 0),
            ),
            ("        PASS [   0.005s] obs 3 passed", tally(0, 0)),
        ] {
            assert_eq!(counted(line), expected, "{line}");
        }
    }

    #[test]
    fn colours_do_not_hide_a_summary() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] 7 tests run: \u{1b}[1m7\u{1b}[0m \u{1b}[32mpassed\u{1b}[0m";
        assert_eq!(
            counted(&without_colour(line)),
            Tally {
                passed: 7,
                failed: 0
            }
        );
    }

    #[test]
    fn a_child_that_fails_is_a_fault() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "echo test result: FAILED. 1 passed\\; 2 failed\\;; exit 3",
        ]);
        let ran = watch(&mut command).expect("a shell starts");
        assert_eq!(
            ran.tally,
            Tally {
                passed: 1,
                failed: 2
            }
        );
        assert!(ran.fault.expect("3 is a fault").contains("3"));
        assert!(run(&mut command).is_err());
    }
}
