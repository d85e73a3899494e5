//! What a merge takes as threads, components and series grow, one at a time: nothing worse than linear, but for what the
//! machine itself takes to walk over more bytes than its caches hold.

use std::hint::black_box;
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
/// Of linear growth, what a merge may take beyond the walk.
const MOST_BEYOND: f64 = 1.0;

/// What one process found.
#[derive(Serialize, Deserialize)]
struct Row {
    grows: String,
    size: usize,
    merge_ns_median: u64,
    merge_ns_min: u64,
    slab_bytes: u64,
    /// The least time of a walk over as many bytes.
    walk_ns_min: u64,
}

impl Row {
    /// Nanoseconds of a merge for each of what grows.
    fn each(&self) -> f64 {
        self.merge_ns_min as f64 / self.size as f64
    }

    /// The same without those of the walk.
    fn each_beyond_walk(&self) -> f64 {
        self.merge_ns_min.saturating_sub(self.walk_ns_min) as f64 / self.size as f64
    }

    fn each_of_walk(&self) -> f64 {
        self.walk_ns_min as f64 / self.size as f64
    }
}

/// Measures every size, and prints how each compares to linear growth.
pub(crate) fn table(quick: bool) -> Result<Value> {
    println!(
        "{:<12}{:>9}{:>12}{:>12}{:>10}{:>11}{:>11}{:>10}{:>12}{:>11}{:>11}{:>11}",
        "grows",
        "size",
        "merge ms",
        "least ms",
        "ns/one",
        "of linear",
        "this step",
        "slabs MB",
        "walk ms",
        "of linear",
        "this step",
        "beyond it"
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
        "A whole merge of the runtime, snapshot included, of which the least of {MERGES} is compared. A walk reads as many bytes \
         in as many pieces as there are slabs, and adds them up in new memory, as a merge must: where it grows by more than what \
         is walked over, that is the machine's. Beyond it: what the rest of the merge is of linear growth; at most {MOST_BEYOND}."
    );
    Ok(serde_json::to_value(all)?)
}

fn print(rows: &[Row]) {
    let of_first = |row: &Row, each: fn(&Row) -> f64| each(row) / each(&rows[0]);
    for (at, row) in rows.iter().enumerate() {
        let before = &rows[at.saturating_sub(1)];
        let step = row.each() / before.each();
        let step_of_walk = row.each_of_walk() / before.each_of_walk();
        let of_linear = of_first(row, Row::each);
        let beyond = of_first(row, Row::each_beyond_walk);
        println!(
            "{:<12}{:>9}{:>12.3}{:>12.3}{:>10.1}{of_linear:>11.2}{step:>11.2}{:>10.2}{:>12.3}{:>11.2}{step_of_walk:>11.2}{beyond:>11.2}  {}",
            row.grows,
            row.size,
            row.merge_ns_median as f64 / 1e6,
            row.merge_ns_min as f64 / 1e6,
            row.each(),
            row.slab_bytes as f64 / 1e6,
            row.walk_ns_min as f64 / 1e6,
            of_first(row, Row::each_of_walk),
            verdict(beyond <= MOST_BEYOND)
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
    let own = |name: &str| {
        let series = snapshot.series_of(name);
        series.map(|series| series.value().as_f64()).sum::<f64>() as u64
    };
    let (slabs, slab_bytes) = (own("obs_slabs"), own("obs_slab_bytes"));
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
        slab_bytes,
        walk_ns_min: walks(slabs as usize, slab_bytes as usize, threads),
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

/// The least time it takes to add up as many bytes as slabs have, in as many pieces, `threads` of them into one, the sums of
/// the time before being dropped once the new ones are there.
fn walks(slabs: usize, bytes: usize, threads: usize) -> u64 {
    let words = bytes / slabs.max(1) / size_of::<u64>();
    let pieces: Vec<Vec<u64>> = (0..slabs).map(|piece| vec![piece as u64; words]).collect();
    let add_up = |pieces: &[Vec<u64>]| {
        let mut sums = vec![0_u64; words];
        for piece in pieces {
            let words = sums.iter_mut().zip(black_box(piece));
            words.for_each(|(sum, word)| *sum += word);
        }
        sums
    };
    let mut before = Vec::new();
    let mut one = || {
        let start = Instant::now();
        let sums: Vec<Vec<u64>> = pieces.chunks(threads).map(add_up).collect();
        before = black_box(sums);
        start.elapsed().as_nanos() as u64
    };
    let times = (0..MERGES).map(|_| one());
    times.min().unwrap_or(0)
}
