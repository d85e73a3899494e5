//! Two producers that record spans at a rate, with rings of 64 k slots: how many come through, and what they take of memory and of the
//! processors. Fails where spans are dropped at a rate that must come through, or where one is neither received nor counted as dropped.

use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use obs::span;
use obs_benches::report;
use obs_runtime::evaluate::traces::Accounting;
use obs_runtime::{Runtime, TraceReader};
use peak_alloc::PeakAlloc;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

const USAGE: &str = "usage: load [--json FILE] [--seconds N]

  --json FILE   also write the rows as a JSON array
  --seconds N   how long each rate is held (10)";

/// What is allocated, rings included.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const PRODUCERS: u32 = 2;
/// What a ring holds.
const SLOTS: usize = 1 << 16;
/// Spans a second of all producers together, and whether all must come through.
const RATES: [(u32, bool); 4] = [
    (100_000, true),
    (500_000, true),
    (1_000_000, false),
    (2_500_000, false),
];
/// Spans of a trace: a root and what is in it.
const TRACE: u32 = 10;
/// Producers wake up so often, and then record what is due, as servers get requests: some at a time.
const TURN: Duration = Duration::from_millis(1);
/// How often is looked how full the rings are.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long the collector may take for what lies in the rings when the producers have stopped.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of one rate.
#[derive(Serialize)]
struct Row {
    /// Spans a second.
    asked: u32,
    recorded: f64,
    emitted: u64,
    received: u64,
    dropped: u64,
    /// The most of the heap that was in use meanwhile.
    peak_bytes: usize,
    /// What was in use of it at the end.
    left_bytes: usize,
    /// How full the fullest ring has been, in thousandths.
    fullest_permille: u64,
    /// Of one processor, producers included.
    processor_percent: f64,
}

fn main() -> ExitCode {
    report::end(run())
}

fn run() -> Result<()> {
    let (mut json, mut seconds) = (None, 10);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next();
        match argument.as_str() {
            "--json" => json = Some(value().context("--json needs a file")?),
            "--seconds" => {
                let number = value().and_then(|number| number.parse().ok());
                seconds = number.context("--seconds takes a whole number")?;
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => bail!("unknown argument `{argument}`\n\n{USAGE}"),
        }
    }
    let rows = table(Duration::from_secs(seconds))?;
    if let Some(path) = json {
        report::write(&rows, path.as_ref())?;
    }
    for (row, (rate, must)) in rows.iter().zip(RATES) {
        ensure!(
            !must || row.dropped == 0,
            "{} spans were dropped at {rate} a second",
            row.dropped
        );
    }
    Ok(())
}

fn table(lasts: Duration) -> Result<Vec<Row>> {
    println!(
        "{:>12}{:>13}{:>12}{:>12}{:>12}{:>9}{:>13}{:>11}{:>11}{:>13}",
        "asked /s",
        "recorded /s",
        "emitted",
        "received",
        "dropped",
        "dropped",
        "fullest ring",
        "heap peak",
        "at the end",
        "processor"
    );
    let mut rows = Vec::new();
    for (rate, _) in RATES {
        let row = measure(rate, lasts)?;
        const MIB: f64 = 1_048_576.0;
        println!(
            "{:>12}{:>13.0}{:>12}{:>12}{:>12}{:>8.2}%{:>12.1}%{:>8.1}MiB{:>8.1}MiB{:>12.1}%",
            row.asked,
            row.recorded,
            row.emitted,
            row.received,
            row.dropped,
            100.0 * row.dropped as f64 / row.emitted.max(1) as f64,
            row.fullest_permille as f64 / 10.0,
            row.peak_bytes as f64 / MIB,
            row.left_bytes as f64 / MIB,
            row.processor_percent
        );
        rows.push(row);
    }
    println!(
        "{PRODUCERS} producers, each with a ring of {SLOTS} slots, record traces of {TRACE} spans every millisecond for {} s; emitted = \
         received + dropped in every row. Processor: producers, collector and all else, of one processor.",
        lasts.as_secs()
    );
    Ok(rows)
}

fn measure(rate: u32, lasts: Duration) -> Result<Row> {
    HEAP.reset_peak_usage();
    let builder = Runtime::builder().no_server().ring_slots(SLOTS);
    let runtime = builder.start().context("no runtime could be started")?;
    let traces = runtime.traces().context("it collects no traces")?;
    let before = account(&traces)?;
    let busy = processor_time();
    let began = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let producers: Vec<_> = (0..PRODUCERS)
        .map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || produce(rate / PRODUCERS, &stop))
        })
        .collect();
    let mut fullest_permille = 0;
    while began.elapsed() < lasts {
        thread::sleep(LOOK_EVERY);
        fullest_permille = account(&traces)?
            .rings
            .fullest_permille
            .max(fullest_permille);
    }
    stop.store(true, Ordering::Relaxed);
    for producer in producers {
        ensure!(producer.join().is_ok(), "a producer panicked");
    }
    let took = began.elapsed().as_secs_f64();
    let busy = processor_time() - busy;
    let after = settled(&traces)?;
    let peak_bytes = HEAP.peak_usage();
    runtime.shutdown();
    let dropped = |account: &Accounting| account.spans.ring_full + account.spans.no_ring;
    let emitted = after.spans.emitted - before.spans.emitted;
    Ok(Row {
        asked: rate,
        recorded: emitted as f64 / took,
        emitted,
        received: after.spans.received - before.spans.received,
        dropped: dropped(&after) - dropped(&before),
        peak_bytes,
        left_bytes: HEAP.current_usage(),
        fullest_permille,
        processor_percent: 100.0 * busy / took,
    })
}

/// Records so many spans a second, some at a time.
fn produce(rate: u32, stop: &AtomicBool) {
    let began = Instant::now();
    let mut recorded = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        let due = (began.elapsed().as_secs_f64() * f64::from(rate)) as u64;
        while recorded < due {
            let _root = span!("load.root", root);
            for _ in 1..TRACE {
                let _child = span!("load.child");
            }
            recorded += u64::from(TRACE);
        }
        thread::sleep(TURN);
    }
}

fn account(traces: &TraceReader) -> Result<Accounting> {
    Ok(traces.accounting()?)
}

/// The account when the collector has taken what lay in the rings.
fn settled(traces: &TraceReader) -> Result<Accounting> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let account = account(traces)?;
        let spans = &account.spans;
        let left = spans.emitted - spans.received - spans.ring_full - spans.no_ring;
        if left == 0 {
            ensure!(account.received().holds(), "{:?}", account.received());
            return Ok(account);
        }
        ensure!(
            Instant::now() < deadline,
            "{left} spans are neither received nor counted as dropped"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// What all threads have used of the processors, in seconds.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
