//! What threads × components × cells take in memory, and how long a merge of them takes.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Barrier;
use std::time::Instant;
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use obs::collector::{Collector, Merge, Reading};
use obs::{Component, Counter, Histogram, LabelValue, counter, histogram};
use serde::{Deserialize, Serialize};

const USAGE: &str = "usage: memory [--json FILE] [--quick]

  --json FILE   also write the rows as a JSON array
  --quick       without the largest sizes";

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

static JOBS: Counter = counter!("jobs_total", "Jobs finished.");
static CALLS: Counter<(Call, bool)> = counter!(
    "calls_total",
    "Host calls, by function and whether they failed.",
    labels(function: Call, failed: bool)
);
static CALL_SECONDS: Histogram<Call> = histogram!(
    "call_seconds",
    "Time of a host call.",
    labels(function: Call)
);

/// What a host lets its components call.
#[derive(Clone, Copy, LabelValue)]
enum Call {
    Read,
    Write,
    Send,
    Receive,
}

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

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, components, threads] = arguments.as_slice()
        && flag == "--one"
    {
        let row = measure(components.parse()?, threads.parse()?)?;
        println!("{}", serde_json::to_string(&row)?);
        return Ok(());
    }
    let (mut json, mut quick) = (None::<PathBuf>, false);
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--json" => {
                json = Some(
                    rest.next()
                        .with_context(|| format!("--json needs a file\n\n{USAGE}"))?
                        .into(),
                )
            }
            "--quick" => quick = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => bail!("unknown argument `{argument}`\n\n{USAGE}"),
        }
    }
    let sizes = SIZES
        .into_iter()
        .filter(|(components, threads)| !quick || components * threads <= QUICK_SLABS);
    let rows = sizes.map(measure_apart).collect::<Result<Vec<_>>>()?;
    print(&rows);
    if let Some(path) = json {
        write_json(&rows, &path)?;
    }
    Ok(())
}

/// Measures in a process of its own: slabs are never freed, so a second size would find those of the first.
fn measure_apart((components, threads): (usize, usize)) -> Result<Row> {
    let program = env::current_exe().context("this program's own path is not known")?;
    let output = Command::new(program)
        .args(["--one", &components.to_string(), &threads.to_string()])
        .output()
        .context("this program could not be started once more")?;
    ensure!(
        output.status.success(),
        "{components} components on {threads} threads: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout)
        .context("the measuring process printed something else than a row")
}

fn measure(components: usize, threads: usize) -> Result<Row> {
    let mut collector = Collector::acquire().context("another collector runs in this process")?;
    let handles: Vec<Component> = (0..components)
        .map(|index| Component::register(&format!("component/{index}")))
        .collect();
    let before = resident_bytes()?;
    let (recorded, read) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                handles.iter().for_each(|component| component.scope(record));
                recorded.wait();
                // The threads stay alive while their slabs are read, as those of a host would.
                read.wait();
            });
        }
        recorded.wait();
        let row = merge(&mut collector, components, threads, before);
        read.wait();
        row
    })
}

fn record() {
    JOBS.inc();
    for call in [Call::Read, Call::Write, Call::Send, Call::Receive] {
        CALLS.with((call, false)).inc();
        CALL_SECONDS.with(call).observe_seconds(0.003);
    }
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

fn write_json(rows: &[Row], path: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(rows).context("the rows do not serialise")?;
    fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}
