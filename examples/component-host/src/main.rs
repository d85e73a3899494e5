//! A real host of WebAssembly components, watched by obs.

#![forbid(unsafe_code)]

/// The command line.
mod args;

/// The host, put together.
mod host;

/// What the components are given to do.
mod schedule;

/// The files of a tree.
mod feed;

/// The kameo adapter: one supervised actor per component.
mod actor;

/// A message on its way.
mod letter;

/// The wasmtime adapter: guests and their limits.
mod engine;

/// The guests' source.
mod guest;

/// What guests may ask of the host.
mod imports;

/// The files adapter.
mod files;

/// The redb adapter.
mod storage;

/// How things end.
mod outcome;

/// Every metric of the host.
mod metrics;

/// The host's own books.
mod tally;

/// The same figures, as obs saw them.
mod seen;

/// What one sees while the host runs.
mod front;

/// The dashboard, opened on the host itself.
mod dashboard;

/// What the run came to.
mod report;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use obs_runtime::{Runtime, api};

use crate::args::Args;
use crate::host::Host;
use crate::report::Report;

/// Threads that run actors and guests. Guests yield and move between them.
const WORKER_THREADS: usize = 2;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the host from start to report. Returns whether obs and the host agree.
fn run(args: &Args) -> Result<bool> {
    let configured = Runtime::configured()?;
    let configured = match args.listen {
        Some(address) => configured.listen(address),
        None => configured,
    };
    let obs = configured
        .start()
        .context("metrics cannot be served; choose another loopback address with --listen")?;
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()
        .context("the executor's threads could not be started")?;
    let started = Instant::now();
    let mut host = executor.block_on(Host::start(args))?;
    executor.block_on(front::show(args, &host, &obs, started))?;
    executor.block_on(host.stop())?;
    std::thread::sleep(args.linger.unwrap_or_default());
    let report = Report::new(
        &host,
        &api::Snapshot::from(&*obs.shutdown()),
        started.elapsed(),
    );
    report.print(args.report)?;
    Ok(report.equal())
}
