//! Programs of others that the tests talk to: fetched into `target/tools`, never installed, so that no service starts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::place;
use crate::run::{Tally, cargo, run, works};
use crate::steps::Outcome;

/// Packages of Python, and what of each lies where they are: the parsers of OpenMetrics and of OTLP, of which one does not say what it
/// needs.
const PYTHON: [(&str, &str); 4] = [
    ("prometheus_client", "prometheus_client"),
    ("opentelemetry-proto", "opentelemetry/proto"),
    ("opentelemetry-proto-json", "opentelemetry/proto_json"),
    ("typing_extensions", "typing_extensions.py"),
];

/// Fetches what is missing, and says what cannot be had here.
///
/// # Errors
///
/// Where a fetch fails that should work on this machine.
pub(crate) fn bring() -> Result<Outcome> {
    std::fs::create_dir_all(place::tools())
        .with_context(|| format!("{} could not be made", place::tools().display()))?;
    let parts = [prometheus()?, python_packages()?, tmux()?];
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
    // Without it the tests use the system's.
    if tmux_starter().exists() {
        command.env("TEST_TMUX", tmux_starter());
    }
}

/// Debian's prometheus and promtool. Returns why they cannot be had.
fn prometheus() -> Result<Option<String>> {
    if debian("prometheus").exists() && debian("promtool").exists() {
        return Ok(None);
    }
    if !has_packages() {
        return Ok(Some(
            "no prometheus and promtool, since there is no apt-get".into(),
        ));
    }
    // A machine that has never asked for the lists of packages knows no prometheus.
    let names = ["prometheus".to_owned()];
    if unpack(&names, &unpacked()).is_err() {
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        unpack(&names, &unpacked())?;
    }
    Ok(None)
}

/// tmux, where the system has none. Returns why it cannot be had.
fn tmux() -> Result<Option<String>> {
    if tmux_starter().exists() || works("tmux", &["-V"]) {
        return Ok(None);
    }
    if !has_packages() {
        return Ok(Some("no tmux, since there is no apt-get".into()));
    }
    if lacking("tmux").is_ok_and(|packages| packages.is_empty()) {
        run(Command::new("apt-get").args(["update", "-qq"]))?;
    }
    let folder = place::tools().join("tmux");
    unpack(&lacking("tmux")?, &folder)?;
    // Its libraries lie beside it, where no loader looks.
    let starter = "#!/bin/sh\n\
        here=$(dirname \"$0\")\n\
        LD_LIBRARY_PATH=$(echo \"$here\"/usr/lib/*-linux-*) exec \"$here/usr/bin/tmux\" \"$@\"\n";
    std::fs::write(tmux_starter(), starter)?;
    run(Command::new("chmod").arg("+x").arg(tmux_starter()))?;
    Ok(None)
}

/// The packages that would have to be installed for this one, itself among them.
fn lacking(package: &str) -> Result<Vec<String>> {
    let list = Command::new("apt-get")
        .args(["install", "--print-uris", "-qq", "-y", package])
        .output()
        .context("apt-get could not be started")?;
    // A line is an address, the name of a file, its size and its sum.
    let lines = String::from_utf8_lossy(&list.stdout);
    let files = lines.lines().filter_map(|line| line.split(' ').nth(1));
    let names = files.filter_map(|file| file.split_once('_'));
    Ok(names.map(|(name, _)| name.to_owned()).collect())
}

/// Whether packages of Debian can be fetched and unpacked.
fn has_packages() -> bool {
    works("apt-get", &["--version"]) && works("dpkg", &["--version"])
}

/// Fetches packages of Debian and unpacks them into a folder.
fn unpack(names: &[String], into: &Path) -> Result<()> {
    let packages = place::tools().join("packages");
    let _ = std::fs::remove_dir_all(&packages);
    std::fs::create_dir_all(&packages)?;
    let mut fetch = Command::new("apt-get");
    fetch.args(["download", "-qq"]).args(names);
    run(fetch.current_dir(&packages))?;
    let mut found = false;
    for package in std::fs::read_dir(&packages)? {
        run(Command::new("dpkg")
            .arg("-x")
            .args([&package?.path(), into]))?;
        found = true;
    }
    ensure!(found, "apt-get fetched nothing of {}", names.join(", "));
    Ok(())
}

/// The parsers that Python has. Returns why they cannot be had.
fn python_packages() -> Result<Option<String>> {
    if PYTHON.iter().all(|(_, part)| python().join(part).exists()) {
        return Ok(None);
    }
    let names = PYTHON.map(|(name, _)| name);
    if !works("python3", &["-m", "pip", "--version"]) {
        return Ok(Some(format!(
            "no {}, since there is no python3 with pip",
            names.join(", ")
        )));
    }
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        // Packages share a folder, which is not touched without it once it is there.
        "--upgrade",
        "--target",
    ]);
    run(pip.arg(python()).args(names))?;
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

fn tmux_starter() -> PathBuf {
    place::tools().join("tmux/start")
}

fn python() -> PathBuf {
    place::tools().join("python")
}
