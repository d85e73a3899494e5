//! Measuring in a process of its own: slabs are never freed, so a second size would find those of the first.

use std::env;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Says that this program is to measure one row of a table, named next, and print it.
pub(crate) const FLAG: &str = "--one";

/// Starts this program once more, and returns what it found.
pub(crate) fn measure<R: DeserializeOwned>(row: &[&str]) -> Result<R> {
    let program = env::current_exe().context("this program's own path is not known")?;
    let output = Command::new(program)
        .arg(FLAG)
        .args(row)
        .output()
        .context("this program could not be started once more")?;
    ensure!(
        output.status.success(),
        "{}: {}",
        row.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout)
        .context("the measuring process printed something else than a row")
}

/// Prints what this process found.
pub(crate) fn answer(row: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(row)?);
    Ok(())
}
