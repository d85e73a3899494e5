//! Cases that a process of its own measures, peers and obs alike: it starts with nothing recorded.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::entry::Standing;
use crate::results::Row;
use crate::{libraries, rounds};

/// Says that a program is to measure a case, named next, in so many rounds.
pub const FLAG: &str = "--apart";

/// One of so many rounds is enough where a lap takes as long as a thousand of others.
const ROUNDS_PER_ROUND: usize = 6;

#[derive(Serialize, Deserialize)]
struct Line {
    library: String,
    standing: Standing,
    threads: usize,
    ns_median: f64,
    ns_min: f64,
}

/// Starts this program once more for a case, and returns what it found.
///
/// # Errors
///
/// When it cannot be started, or fails.
pub fn run(case: Case, rounds: usize) -> Result<Vec<Row>> {
    let program = std::env::current_exe().context("this program's own path is not known")?;
    let rounds = rounds.div_ceil(ROUNDS_PER_ROUND).to_string();
    let output = Command::new(program)
        .args([FLAG, case.name(), &rounds])
        .output()
        .context("this program could not be started once more")?;
    ensure!(
        output.status.success(),
        "case `{}`: {}",
        case.name(),
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<Line> = serde_json::from_slice(&output.stdout)
        .context("the measuring process printed something else than rows")?;
    let rows = lines.into_iter().map(|line| Row {
        case,
        library: line.library.leak(),
        standing: line.standing,
        threads: line.threads,
        ns_median: line.ns_median,
        ns_min: line.ns_min,
    });
    Ok(rows.collect())
}

/// Measures a case in this process and prints what it finds.
///
/// # Errors
///
/// When a library panics.
pub fn measure(case: Case, rounds: usize) -> Result<()> {
    let results = rounds::run(libraries::rendering(case), rounds, || ())?;
    let lines: Vec<Line> = results
        .rows()
        .iter()
        .map(|row| Line {
            library: row.library.to_owned(),
            standing: row.standing,
            threads: row.threads,
            ns_median: row.ns_median,
            ns_min: row.ns_min,
        })
        .collect();
    println!("{}", serde_json::to_string(&lines)?);
    Ok(())
}
