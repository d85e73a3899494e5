//! What a merge takes as threads, components and series grow, one at a time: nothing worse than linear.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use obs_runtime::Runtime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::metrics::{self, REQUESTS};
use crate::{apart, numbers, verdict};

/// What grows, and to which sizes.
const AXES: [(&str, &[usize]); 3] = [
    ("threads", &[1, 4, 16, 64]),
    ("components", &[10, 100, 1_000, 10_000]),
    ("series", &[1_000, 10_000, 100_000, 1_000_000]),
];
/// Components while threads grow.
const COMPONENTS: usize = 100;
const MERGES: usize = 15;

/// What one process found.
#[derive(Serialize, Deserialize)]
struct Row {
    grows: String,
    size: usize,
    merge_ns_median: u64,
    merge_ns_min: u64,
}

/// Measures every size, and prints how each compares to linear growth.
pub(crate) fn table(quick: bool) -> Result<Value> {
    println!(
        "{:<12}{:>9}{:>12}{:>12}{:>10}{:>11}{:>11}",
        "grows", "size", "merge ms", "least ms", "ns/one", "of linear", "this step"
    );
    let mut all = Vec::new();
    for (grows, sizes) in AXES {
        let sizes = if quick { &sizes[..3] } else { sizes };
        let measure = |size: &usize| apart::measure(&["growth", grows, &size.to_string()]);
        let rows = sizes.iter().map(measure).collect::<Result<Vec<Row>>>()?;
        print(&rows);
        all.extend(rows);
    }
    println!(
        "A whole merge of the runtime, snapshot included, of which the least of {MERGES} is compared."
    );
    Ok(serde_json::to_value(all)?)
}

fn print(rows: &[Row]) {
    let each = |row: &Row| row.merge_ns_min as f64 / row.size as f64;
    for (at, row) in rows.iter().enumerate() {
        let of_linear = each(row) / each(&rows[0]);
        let step = each(row) / each(&rows[at.saturating_sub(1)]);
        println!(
            "{:<12}{:>9}{:>12.3}{:>12.3}{:>10.1}{of_linear:>11.2}{step:>11.2}  {}",
            row.grows,
            row.size,
            row.merge_ns_median as f64 / 1e6,
            row.merge_ns_min as f64 / 1e6,
            each(row),
            verdict(of_linear <= 1.0)
        );
    }
}

/// Measures one size.
pub(crate) fn measure(row: &[&str]) -> Result<()> {
    let [grows, size @ ..] = row else {
        bail!("what grows makes such a row, and how far");
    };
    let [size] = numbers(size)?;
    // No merges but those that are measured.
    let runtime = Runtime::builder()
        .no_server()
        .tick(Duration::from_secs(3_600));
    let runtime = runtime.start()?;
    let (threads, components) = match *grows {
        "threads" => (size, COMPONENTS),
        "components" => (1, size),
        "series" => (1, 1),
        _ => bail!("`{grows}` does not grow"),
    };
    let series = move || metrics::each_text(size, |texts| REQUESTS.with(texts).inc());
    let record: &(dyn Fn() + Sync) = match *grows {
        "series" => &series,
        _ => &metrics::record,
    };
    let handles = metrics::components(components);
    let mut times = metrics::recorded(threads, &handles, record, || merges(&runtime));
    times.sort_unstable();
    let name = if *grows == "series" {
        "requests_total"
    } else {
        "jobs_total"
    };
    let snapshot = runtime.shutdown();
    let found: f64 = snapshot
        .series_of(name)
        .map(|series| series.value().as_f64())
        .sum();
    let expected = if *grows == "series" {
        size
    } else {
        threads * components
    };
    ensure!(
        found == expected as f64,
        "{found} instead of {expected} were merged"
    );
    apart::answer(&Row {
        grows: (*grows).to_owned(),
        size,
        merge_ns_median: times[MERGES / 2],
        merge_ns_min: times[0],
    })
}

fn merges(runtime: &Runtime) -> Vec<u64> {
    let one = || {
        let start = Instant::now();
        drop(runtime.snapshot());
        start.elapsed().as_nanos() as u64
    };
    (0..MERGES).map(|_| one()).collect()
}
