//! What a span costs on the way to the critical path of its trace, and what a piece of it costs to be added up: as much in a trace of 100,000
//! as in one of 10, but for what the machine itself takes to read more memory than its caches hold.

/// Traces of any size.
mod shapes;

use std::env;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use obs_benches::report;
use obs_runtime::evaluate::bottlenecks::Bottlenecks;
use obs_runtime::evaluate::critical_path::{Node, Options, Walker};
use obs_runtime::model::trace::TraceId;
use peak_alloc::PeakAlloc;
use serde::Serialize;

const USAGE: &str = "usage: paths [--json FILE] [--quick]

  --json FILE  also write the rows as a JSON array
  --quick      without the largest size, and less often";

/// What is allocated.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Spans of a trace.
const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// Spans that are walked for one measurement, in one trace after another: so few that most measurements are not interrupted.
const SPANS: usize = 10_000;
/// How often that is done, of which the least counts.
const TIMES: usize = 200;
const TIMES_QUICK: usize = 20;

/// What one trace took.
#[derive(Serialize)]
struct Row {
    shape: &'static str,
    spans: usize,
    segments: usize,
    /// For each span.
    walk_ns: f64,
    /// For each segment.
    add_ns: f64,
    /// The least that reading and writing this much memory takes, in the order of the spans' ids, for each span.
    memory_ns: f64,
    /// By which the heap grew meanwhile.
    bytes: u64,
}

fn main() -> ExitCode {
    report::end(run())
}

fn run() -> Result<()> {
    let (mut json, mut quick) = (None, false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => {
                let path = arguments.next().context("--json needs a file")?;
                json = Some(PathBuf::from(path));
            }
            "--quick" => quick = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => bail!("unknown argument `{argument}`\n\n{USAGE}"),
        }
    }
    let rows = table(quick);
    if let Some(path) = json {
        report::write(&rows, &path)?;
    }
    Ok(())
}

fn table(quick: bool) -> Vec<Row> {
    println!(
        "{:<10}{:>8}{:>10}{:>14}{:>10}{:>16}{:>11}{:>15}{:>12}",
        "shape",
        "spans",
        "segments",
        "walk ns/span",
        "of first",
        "add ns/segment",
        "of first",
        "memory ns/span",
        "allocated"
    );
    let sizes = if quick { &SIZES[..4] } else { &SIZES };
    let mut all: Vec<Row> = Vec::new();
    for (shape, make) in shapes::SHAPES {
        let first = all.len();
        for spans in sizes {
            let row = measure(
                shape,
                &make(*spans),
                if quick { TIMES_QUICK } else { TIMES },
            );
            let of =
                |figure: fn(&Row) -> f64| figure(&row) / figure(all.get(first).unwrap_or(&row));
            println!(
                "{shape:<10}{spans:>8}{:>10}{:>14.1}{:>10.2}{:>16.1}{:>11.2}{:>15.1}{:>12}",
                row.segments,
                row.walk_ns,
                of(|row| row.walk_ns),
                row.add_ns,
                of(|row| row.add_ns),
                row.memory_ns,
                row.bytes
            );
            all.push(row);
        }
    }
    println!(
        "Each trace is walked again and again, and its path added up; the least of {} measurements, as times of one span or segment. Chain, wide, comb and random \
         come as they ended, shuffled in no order. Memory: a store and a load for each span, at random within as much memory as \
         the walk keeps for them: what of the growth is the machine's.",
        if quick { TIMES_QUICK } else { TIMES }
    );
    all
}

fn measure(shape: &'static str, nodes: &[Node], times: usize) -> Row {
    let spans = nodes.len();
    let repeats = (SPANS / spans).max(1);
    let options = Options::default();
    let trace = TraceId::new(1).expect("it is not 0");
    let (mut walker, mut bottlenecks) = (Walker::new(), Bottlenecks::default());
    // What is known allocates nothing.
    bottlenecks.add(&walker.walk(nodes, &options), trace, None);
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let walk_ns = least(times, repeats, || {
        black_box(walker.walk(black_box(nodes), &options).segments());
    });
    let path = walker.walk(nodes, &options);
    let segments = path.segments().len();
    let add_ns = least(times, repeats, || {
        bottlenecks.add(black_box(&path), trace, None);
    });
    let bytes = HEAP.peak_usage() - before;
    Row {
        shape,
        spans,
        segments,
        walk_ns: walk_ns / spans as f64,
        add_ns: add_ns / segments as f64,
        memory_ns: memory(nodes, times, repeats),
        bytes: bytes as u64,
    }
}

/// The least nanoseconds that one of many takes.
fn least(times: usize, repeats: usize, mut work: impl FnMut()) -> f64 {
    let one = |_| {
        let start = Instant::now();
        (0..repeats).for_each(|_| work());
        start.elapsed().as_nanos() as u64
    };
    let least = (0..times).map(one).min().unwrap_or(0);
    least as f64 / repeats as f64
}

/// What a store and a load at random take for each span.
fn memory(nodes: &[Node], times: usize, repeats: usize) -> f64 {
    // As much as the walk keeps of a span.
    let mut cells = vec![[0_u64; 8]; nodes.len().next_power_of_two()];
    let mask = cells.len() - 1;
    let least = least(times, repeats, || {
        for node in nodes {
            cells[node.id as usize & mask][0] = node.end_ns;
        }
        let sum = nodes
            .iter()
            .fold(0, |sum, node| sum ^ cells[node.parent as usize & mask][1]);
        black_box(sum);
    });
    least / nodes.len() as f64
}
