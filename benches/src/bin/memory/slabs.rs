//! What threads × components × cells take in memory, and how long a merge of them takes.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use obs::collector::{Collector, Merge, Reading};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{apart, metrics, numbers};

/// Components and threads of each row.
const SIZES: [(usize, usize); 6] = [
    (100, 2),
    (1_000, 2),
    (1_000, 16),
    (10_000, 2),
    (10_000, 8),
    (10_000, 16),
];
/// The most slabs that `--quick` measures.
const QUICK_SLABS: usize = 20_000;
const MERGES: usize = 9;

/// What one process found.
#[derive(Serialize, Deserialize)]
struct Row {
    components: usize,
    threads: usize,
    /// Of one slab.
    cells: usize,
    slabs: u64,
    /// Of all slabs, headers included.
    slab_bytes: u64,
    /// By which the process grew, everything included.
    resident_bytes: u64,
    merge_ns_median: u64,
    merge_ns_min: u64,
}

/// Measures every size, and prints what was found.
pub(crate) fn table(quick: bool) -> Result<Value> {
    let sizes = SIZES
        .into_iter()
        .filter(|(components, threads)| !quick || components * threads <= QUICK_SLABS);
    let measure = |(components, threads): (usize, usize)| {
        apart::measure(&["slabs", &components.to_string(), &threads.to_string()])
    };
    let rows = sizes.map(measure).collect::<Result<Vec<Row>>>()?;
    print(&rows);
    Ok(serde_json::to_value(rows)?)
}

/// Measures one size.
pub(crate) fn measure(row: &[&str]) -> Result<()> {
    let [components, threads] = numbers(row)?;
    let mut collector = Collector::acquire().context("another collector runs in this process")?;
    let handles = metrics::components(components);
    let before = resident_bytes()?;
    let row = metrics::recorded(threads, &handles, metrics::record, || {
        merge(&mut collector, components, threads, before)
    });
    apart::answer(&row?)
}

fn merge(collector: &mut Collector, components: usize, threads: usize, before: u64) -> Result<Row> {
    let resident_bytes = resident_bytes()?.saturating_sub(before);
    let mut times = Vec::with_capacity(MERGES);
    let mut merged = Merge::default();
    for _ in 0..MERGES {
        let start = Instant::now();
        merged = collector.merge();
        times.push(start.elapsed().as_nanos() as u64);
    }
    times.sort_unstable();
    let jobs = total(&merged);
    ensure!(
        jobs == (components * threads) as u64,
        "{jobs} jobs were merged, which is not what was recorded"
    );
    Ok(Row {
        components,
        threads,
        cells: merged
            .lives
            .iter()
            .map(|life| life.cells.len())
            .max()
            .unwrap_or(0),
        slabs: merged.stats.slabs,
        slab_bytes: merged.stats.slab_bytes,
        resident_bytes,
        merge_ns_median: times[MERGES / 2],
        merge_ns_min: times[0],
    })
}

fn total(merge: &Merge) -> u64 {
    let Some(jobs) = merge
        .metrics
        .iter()
        .find(|metric| metric.definition.name == "jobs_total")
    else {
        return 0;
    };
    let of_life = |cells| match jobs.read(cells, 0) {
        Reading::Counter(count) => count,
        _ => 0,
    };
    merge.lives.iter().map(|life| of_life(&life.cells)).sum()
}

/// Memory of this process that is in use; 0 where the system does not say.
fn resident_bytes() -> Result<u64> {
    const PAGE_BYTES: u64 = 4096;
    let path = Path::new("/proc/self/statm");
    if !path.exists() {
        return Ok(0);
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let pages: u64 = text
        .split(' ')
        .nth(1)
        .context("statm has no second field")?
        .parse()?;
    Ok(pages * PAGE_BYTES)
}

fn print(rows: &[Row]) {
    println!(
        "{:>10}{:>8}{:>7}{:>9}{:>12}{:>12}{:>12}{:>12}{:>14}{:>13}",
        "components",
        "threads",
        "cells",
        "slabs",
        "slabs MB",
        "process MB",
        "bytes/cell",
        "merge ms",
        "least ms",
        "ns/cell"
    );
    for row in rows {
        let cells = (row.components * row.threads * row.cells) as f64;
        println!(
            "{:>10}{:>8}{:>7}{:>9}{:>12.2}{:>12.2}{:>12.2}{:>12.3}{:>14.3}{:>13.3}",
            row.components,
            row.threads,
            row.cells,
            row.slabs,
            row.slab_bytes as f64 / 1e6,
            row.resident_bytes as f64 / 1e6,
            row.slab_bytes as f64 / cells,
            row.merge_ns_median as f64 / 1e6,
            row.merge_ns_min as f64 / 1e6,
            row.merge_ns_median as f64 / cells,
        );
    }
    println!(
        "Linear is a constant number of bytes and of nanoseconds per cell: threads x components x cells of them."
    );
}
