//! Programs of others that the tests talk to: fetched into `target/tools`, never installed, so that no service starts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place;
use crate::run::{Tally, cargo, run, works};
use crate::steps::Outcome;

const PROMETHEUS_CLIENT: &str = "prometheus_client";

/// Fetches what is missing, and says what cannot be had here.
///
/// # Errors
///
/// Where a fetch fails that should work on this machine.
pub(crate) fn bring() -> Result<Outcome> {
    std::fs::create_dir_all(place::tools())
        .with_context(|| format!("{} could not be made", place::tools().display()))?;
    let parts = [prometheus()?, prometheus_client()?];
    let brought = parts.iter().filter(|missing| missing.is_none()).count();
    let missing: Vec<_> = parts.into_iter().flatten().collect();
    if missing.is_empty() {
        return Ok(Outcome::Ran(
            Tally {
                passed: brought as u64,
                failed: 0,
            },
            None,
        ));
    }
    Ok(Outcome::Skipped(missing.join("; ")))
}

/// Tells a child, and the tests in it, where these programs are. What is not there is not named, and its tests say so.
pub(crate) fn name(command: &mut Command) {
    let known = [
        ("TEST_PROMETHEUS", debian("prometheus")),
        ("TEST_PROMTOOL", debian("promtool")),
        ("TEST_PYTHONPATH", python()),
        ("TEST_HOST", place::host()),
    ];
    for (variable, path) in known {
        if path.exists() {
            command.env(variable, path);
        } else {
            println!("{variable} is not set: there is no {}", path.display());
        }
    }
}

/// Debian's prometheus and promtool. Returns why they cannot be had.
fn prometheus() -> Result<Option<String>> {
    if debian("prometheus").exists() && debian("promtool").exists() {
        return Ok(None);
    }
    if !works("apt-get", &["--version"]) || !works("dpkg", &["--version"]) {
        return Ok(Some(
            "no prometheus and promtool, since there is no apt-get".into(),
        ));
    }
    let packages = place::tools().join("packages");
    let _ = std::fs::remove_dir_all(&packages);
    std::fs::create_dir_all(&packages)?;
    let mut fetch = Command::new("apt-get");
    fetch
        .args(["download", "-qq", "prometheus"])
        .current_dir(&packages);
    // A machine that has never asked for the lists of packages knows no prometheus.
    if run(&mut fetch).is_err() {
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        run(&mut fetch)?;
    }
    let package = only_file(&packages)?;
    run(Command::new("dpkg").arg("-x").args([&package, &unpacked()]))?;
    Ok(None)
}

/// The official Python client, which reads OpenMetrics. Returns why it cannot be had.
fn prometheus_client() -> Result<Option<String>> {
    if python().join(PROMETHEUS_CLIENT).exists() {
        return Ok(None);
    }
    if !works("python3", &["-m", "pip", "--version"]) {
        return Ok(Some(format!(
            "no {PROMETHEUS_CLIENT}, since there is no python3 with pip"
        )));
    }
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
    ]);
    run(pip.arg(python()).arg(PROMETHEUS_CLIENT))?;
    Ok(None)
}

/// cargo-tarpaulin, built once per target directory.
///
/// # Errors
///
/// Where it cannot be built.
pub(crate) fn tarpaulin() -> Result<PathBuf> {
    let program = place::tools().join("bin/cargo-tarpaulin");
    if program.exists() {
        return Ok(program);
    }
    if works("cargo-tarpaulin", &["--version"]) {
        return Ok("cargo-tarpaulin".into());
    }
    let mut install = cargo(&["install", "cargo-tarpaulin", "--locked", "--quiet"]);
    // It waits for tests most of its time: unoptimised and without its web client it is there in a third of the time.
    install
        .args(["--debug", "--no-default-features", "--root"])
        .arg(place::tools());
    run(install.env("CARGO_TARGET_DIR", place::target_of("tarpaulin-build")))?;
    Ok(program)
}

fn debian(program: &str) -> PathBuf {
    unpacked().join("usr/bin").join(program)
}

fn unpacked() -> PathBuf {
    place::tools().join("prometheus")
}

fn python() -> PathBuf {
    place::tools().join("python")
}

fn only_file(folder: &Path) -> Result<PathBuf> {
    match std::fs::read_dir(folder)?.next() {
        Some(entry) => Ok(entry?.path()),
        None => bail!("nothing was fetched into {}", folder.display()),
    }
}
