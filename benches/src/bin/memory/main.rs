//! What obs takes in memory, beside its peers, and what a merge takes as all of it grows.

/// One row, in a process of its own.
mod apart;

/// What a host's components record here.
mod metrics;

/// Threads × components × cells.
mod slabs;

/// Every metric of the catalogue in every component.
mod catalogue;

/// A labelled series, beside the peers.
mod series;

/// The time of a merge as threads, components and series grow.
mod growth;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use obs_benches::report;
use peak_alloc::PeakAlloc;
use serde_json::Value;

const USAGE: &str = "usage: memory [--json FILE] [--quick] [--only TABLE]

  --json FILE    also write the rows as a JSON object, an array per table
  --quick        without the largest sizes
  --only TABLE   slabs, catalogue, series or growth";

/// What is allocated now.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// A table: how it is called, how it is made and printed, how one of its rows is measured.
struct Table {
    name: &'static str,
    make: fn(quick: bool) -> Result<Value>,
    measure: fn(row: &[&str]) -> Result<()>,
}

const TABLES: [Table; 4] = [
    Table {
        name: "slabs",
        make: slabs::table,
        measure: slabs::measure,
    },
    Table {
        name: "catalogue",
        make: catalogue::table,
        measure: catalogue::measure,
    },
    Table {
        name: "series",
        make: series::table,
        measure: series::measure,
    },
    Table {
        name: "growth",
        make: growth::table,
        measure: growth::measure,
    },
];

#[derive(Default)]
struct Options {
    json: Option<PathBuf>,
    quick: bool,
    only: Option<String>,
}

fn main() -> ExitCode {
    report::end(run())
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let [apart::FLAG, table, row @ ..] = texts.as_slice() {
        return (named(table)?.measure)(row);
    }
    let Some(options) = Options::parse(arguments.into_iter())? else {
        println!("{USAGE}");
        return Ok(());
    };
    if let Some(only) = &options.only {
        named(only)?;
    }
    let mut tables = serde_json::Map::new();
    let asked = |table: &&Table| options.only.as_ref().is_none_or(|only| only == table.name);
    for table in TABLES.iter().filter(asked) {
        tables.insert(table.name.to_owned(), (table.make)(options.quick)?);
        println!();
    }
    if let Some(path) = &options.json {
        report::write(&tables, path)?;
    }
    Ok(())
}

fn named(name: &str) -> Result<&'static Table> {
    let table = TABLES.iter().find(|table| table.name == name);
    table.with_context(|| format!("there is no table `{name}`\n\n{USAGE}"))
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>> {
        let mut options = Options::default();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.with_context(|| format!("{argument} needs a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--json" => options.json = Some(value()?.into()),
                "--only" => options.only = Some(value()?),
                "--quick" => options.quick = true,
                "--help" | "-h" => return Ok(None),
                _ => bail!("unknown argument `{argument}`\n\n{USAGE}"),
            }
        }
        Ok(Some(options))
    }
}

/// Bytes that are allocated now, by whomever.
fn heap_bytes() -> u64 {
    HEAP.current_usage() as u64
}

/// The numbers of a row.
fn numbers<const N: usize>(row: &[&str]) -> Result<[usize; N]> {
    ensure!(row.len() == N, "{row:?}: {N} numbers make such a row");
    let mut numbers = [0; N];
    for (number, text) in numbers.iter_mut().zip(row) {
        *number = text
            .parse()
            .with_context(|| format!("`{text}` is no number"))?;
    }
    Ok(numbers)
}

/// Whether a figure is as it must be.
fn verdict(holds: bool) -> &'static str {
    if holds { "met" } else { "MISSED" }
}
