//! The tables on the terminal and the array in the JSON file.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::case::Case;
use crate::entry::Standing;
use crate::results::{Results, Row};
use crate::targets::Target;

#[derive(Serialize)]
struct JsonRow {
    case: &'static str,
    library: &'static str,
    threads: usize,
    ns_median: f64,
    ns_min: f64,
}

/// Prints every figure, then obs beside the floor and the best peer.
pub fn print(results: &Results) {
    println!(
        "Nanoseconds per operation, median over the rounds (least). work_counter_histogram, instrumented: over the work alone; \
         counter_off, span_off, span_unsampled: over the loop alone. span_root_10, span_async: per trace; span_root_10_cpu: \
         processor time per span, over the pace alone."
    );
    for (case, threads) in asked(results) {
        println!(
            "\n{}, {threads} thread{}",
            case.name(),
            if threads == 1 { "" } else { "s" }
        );
        for row in results.rows_of(case, threads) {
            print_row(results, row);
        }
    }
    print_ratios(results);
}

fn print_row(results: &Results, row: &Row) {
    let times = results
        .obs(row.case, row.threads)
        .map_or(String::new(), |obs| {
            format!("{:>9.2} x obs", row.ns_median / obs)
        });
    let beside = if row.standing == Standing::Beside {
        "  (beside)"
    } else {
        ""
    };
    println!(
        "  {:<22}{:>9.2}  ({:>8.2}){times}{beside}",
        row.library, row.ns_median, row.ns_min
    );
}

fn print_ratios(results: &Results) {
    println!(
        "\n{:<26}{:>8}{:>10}{:>10}{:>12}  best peer / obs",
        "case", "threads", "floor", "obs", "obs/floor"
    );
    for (case, threads) in asked(results) {
        let obs = results.obs(case, threads);
        let floor = results.floor(case, threads);
        let best = results.best_peer(case, threads);
        let beside = best.map_or(String::new(), |best| match obs {
            Some(obs) => format!(
                "{:.2}  ({} {:.2})",
                best.ns_median / obs,
                best.library,
                best.ns_median
            ),
            None => format!("-  ({} {:.2})", best.library, best.ns_median),
        });
        println!(
            "{:<26}{threads:>8}{:>10}{:>10}{:>12}  {beside}",
            case.name(),
            figure(floor),
            figure(obs),
            figure(obs.zip(floor).map(|(obs, floor)| obs / floor)),
        );
    }
}

/// Prints each target with its figure.
pub fn print_targets(targets: &[Target]) {
    println!("\nTargets");
    for target in targets {
        let limit = target.limit.to_string();
        println!(
            "  {:<66}{:>9}  {limit:<15}  {}",
            target.claim,
            figure(target.figure),
            target.verdict()
        );
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.2}"))
}

fn asked(results: &Results) -> Vec<(Case, usize)> {
    let mut asked: Vec<_> = results
        .rows()
        .iter()
        .map(|row| (row.case, row.threads))
        .collect();
    asked.dedup();
    asked
}

/// Writes the figures as an array, one object per case, library and number of threads.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write_json(results: &Results, path: &Path) -> Result<()> {
    let rows: Vec<JsonRow> = results
        .rows()
        .iter()
        .map(|row| JsonRow {
            case: row.case.name(),
            library: row.library,
            threads: row.threads,
            ns_median: rounded(row.ns_median),
            ns_min: rounded(row.ns_min),
        })
        .collect();
    write(&rows, path)
}

/// How a program ends that makes tables: with 2, and what went wrong said, where it could not.
pub fn end(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Writes what a table says, as JSON.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write<T: Serialize + ?Sized>(rows: &T, path: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(rows).context("the figures do not serialise")?;
    fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

fn rounded(ns: f64) -> f64 {
    (ns * 1_000.0).round() / 1_000.0
}
