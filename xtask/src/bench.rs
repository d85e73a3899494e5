//! Benchmarks, with the profile they are meant for.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::run::cargo;

/// Every loop begins a cache line: what is compared are libraries, not where the linker happened to put their loops.
const ALIGNED: &str = r#"build.rustflags=["-Cllvm-args=-align-loops=64"]"#;

/// Builds and runs one program of `benches`, which reads the arguments itself.
///
/// # Errors
///
/// Where Cargo cannot be started.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<ExitCode> {
    // The table of the whole catalogue wants one that is worth a table.
    let features: &[&str] = match program {
        "memory" => &["--features", "host"],
        _ => &[],
    };
    let mut command = cargo(&[
        "run",
        "--config",
        ALIGNED,
        "--profile",
        "bench",
        "-p",
        "obs-benches",
        "--bin",
        program,
    ]);
    let status = command
        .args(features)
        .arg("--")
        .args(arguments)
        .status()
        .context("cargo could not be started")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
