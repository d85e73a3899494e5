//! Every metric of the catalogue, in every component, touched by two threads.

use anyhow::{Context, Result, ensure};
use obs::catalogue::{Definition, Kind, Scope, Source};
use obs::collector::{Collector, Merge, Metric};
use obs::private::{
    CALLSITES, Callsite, Counter, ExponentialHistogram, Gauge, Histogram, Info, Integer, LabelSet,
    Number, Seconds, StateSet, Summary,
};
use obs::{Bind, LabelValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{apart, heap_bytes, metrics, numbers, verdict};

const COMPONENTS: usize = 1_000;
const THREADS: usize = 2;
const MOST_BYTES_PER_CELL: f64 = 16.0;

/// What one process found.
#[derive(Serialize, Deserialize)]
struct Row {
    /// Of scope component, recorded by the program.
    metrics: usize,
    /// That each component has in use of them.
    cells: usize,
    slab_bytes: u64,
    /// For further slabs, untouched.
    reserved_bytes: u64,
    /// By which the heap grew: slabs, what leads to them, texts.
    heap_bytes: u64,
}

/// Measures and prints.
pub(crate) fn table(_: bool) -> Result<Value> {
    let row: Row = apart::measure(&["catalogue", &COMPONENTS.to_string(), &THREADS.to_string()])?;
    let cells = (row.cells * COMPONENTS * THREADS) as f64;
    println!(
        "{:>10}{:>8}{:>9}{:>7}{:>12}{:>13}{:>10}{:>12}{:>17}",
        "components",
        "threads",
        "metrics",
        "cells",
        "slabs MB",
        "reserved MB",
        "heap MB",
        "bytes/cell",
        "heap bytes/cell"
    );
    let per_cell = row.slab_bytes as f64 / cells;
    let heap_per_cell = (row.heap_bytes - row.reserved_bytes) as f64 / cells;
    println!(
        "{COMPONENTS:>10}{THREADS:>8}{:>9}{:>7}{:>12.2}{:>13.2}{:>10.2}{per_cell:>12.2}{heap_per_cell:>17.2}",
        row.metrics,
        row.cells,
        row.slab_bytes as f64 / 1e6,
        row.reserved_bytes as f64 / 1e6,
        row.heap_bytes as f64 / 1e6,
    );
    println!(
        "Bytes per cell that a thread uses in a component, on the whole heap but what is reserved: components, labels and what \
         threads remember beside the slabs: at most {MOST_BYTES_PER_CELL}, {}.",
        verdict(heap_per_cell <= MOST_BYTES_PER_CELL)
    );
    Ok(serde_json::to_value([row])?)
}

/// Measures so many components and threads.
pub(crate) fn measure(row: &[&str]) -> Result<()> {
    let [components, threads] = numbers(row)?;
    let mut collector = Collector::acquire().context("another collector runs in this process")?;
    let sites: Vec<&'static Callsite> = CALLSITES
        .iter()
        .copied()
        .filter(|site| is_touched(site.definition()))
        .collect();
    let keys: Vec<&'static [u64]> = sites
        .iter()
        .map(|site| keys_of(site.definition()))
        .collect();
    // Registers everything.
    let known = collector.catalogue();
    let before = heap_bytes();
    let handles = metrics::components(components);
    let touch_all = || {
        sites
            .iter()
            .zip(&keys)
            .for_each(|(site, keys)| touch(site, keys))
    };
    let row = metrics::recorded(threads, &handles, touch_all, || {
        let heap_bytes = heap_bytes() - before;
        found(&collector.merge(), &known.metrics, heap_bytes)
    });
    apart::answer(&row?)
}

fn is_touched(definition: &Definition) -> bool {
    definition.scope == Scope::Component && matches!(definition.source, Source::Recorded)
}

fn found(merge: &Merge, metrics: &[Metric], heap_bytes: u64) -> Result<Row> {
    let touched = metrics
        .iter()
        .filter(|metric| is_touched(metric.definition));
    let touched: Vec<&Metric> = touched.collect();
    let last = merge.lives.last().context("there are components")?;
    let plain = touched
        .iter()
        .filter(|metric| metric.definition.dynamic.is_empty());
    for metric in plain {
        ensure!(
            metric.read(&last.cells, 0) != obs::collector::Reading::Untouched,
            "{} was not touched",
            metric.definition.name
        );
    }
    let cells = touched
        .iter()
        .map(|metric| metric.definition.cells() as usize);
    Ok(Row {
        metrics: touched.len(),
        cells: cells.sum(),
        slab_bytes: merge.stats.slab_bytes,
        reserved_bytes: merge.stats.reserved_bytes,
        heap_bytes,
    })
}

/// Bounds as a histogram searches them.
fn keys_of(definition: &Definition) -> &'static [u64] {
    let keys = definition.bounds.iter().zip(1..);
    keys.map(|(_, key)| key).collect::<Vec<u64>>().leak()
}

/// Which of a metric's series, whatever its enum labels are.
#[derive(Clone, Copy)]
struct Nth(u32);

impl LabelSet for Nth {
    const COUNT: u32 = obs::private::MAX_ENUM_SERIES;

    fn series(self) -> u32 {
        self.0
    }
}

/// The first state of any state set.
#[derive(Clone, Copy)]
struct First;

impl LabelValue for First {
    const VALUES: &'static [&'static str] = &["first"];

    fn index(self) -> usize {
        0
    }
}

/// Records for every series of a metric; with dynamic labels, for one combination.
fn touch(site: &'static Callsite, keys: &'static [u64]) {
    let definition = site.definition();
    let seconds = definition.unit == "seconds";
    let series = (0..definition.series_count() as u32).map(Nth);
    /// Runs verbs on each series of a handle, bound to texts where it has dynamic labels.
    macro_rules! each {
        ($handle:expr, $series:ident => $do:expr) => {{
            let handle = $handle;
            for nth in series {
                match definition.dynamic.len() {
                    0 => {
                        let $series = handle.with(nth);
                        $do
                    }
                    1 => {
                        let $series = handle.bind(&["one"]).with(nth);
                        $do
                    }
                    2 => {
                        let $series = handle.bind(&["one", "two"]).with(nth);
                        $do
                    }
                    _ => {
                        let $series = handle.bind(&["one", "two", "three"]).with(nth);
                        $do
                    }
                }
            }
        }};
    }
    match (definition.kind, definition.exponential) {
        (Kind::Counter, _) => each!(Counter::<Nth>::at(site), series => series.inc()),
        (Kind::Gauge, _) if definition.integer => {
            each!(Gauge::<Nth, Integer>::at(site), series => series.set(1))
        }
        (Kind::Gauge, _) => each!(Gauge::<Nth, Number>::at(site), series => series.set(1)),
        (Kind::StateSet, _) => StateSet::<First>::at(site).set(First),
        (Kind::Info, _) => match definition.dynamic.len() {
            1 => Info::<1>::at(site).set(["one"]),
            2 => Info::<2>::at(site).set(["one", "two"]),
            _ => Info::<3>::at(site).set(["one", "two", "three"]),
        },
        (Kind::Summary, _) if seconds => {
            each!(Summary::<Nth, Seconds>::at(site), series => series
                .observe_seconds(0.003))
        }
        (Kind::Summary, _) => each!(Summary::<Nth, Number>::at(site), series => series
            .observe(3.0)),
        (_, Some(_)) if seconds => {
            let handle = ExponentialHistogram::<Nth, Seconds>::at(site);
            each!(handle, series => series.observe_seconds(0.003))
        }
        (_, Some(_)) => {
            let handle = ExponentialHistogram::<Nth, Number>::at(site);
            each!(handle, series => series.observe(3.0))
        }
        _ if seconds => {
            let handle = Histogram::<Nth, Seconds>::at(site, keys);
            each!(handle, series => series.observe_seconds(0.003))
        }
        _ => each!(Histogram::<Nth, Number>::at(site, keys), series => series
            .observe(3.0)),
    }
}
