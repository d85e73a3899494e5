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

/// Where the host's libraries meet obs.
mod adapters;

/// The actors: one supervised worker per component.
mod actor;

/// What a component is told.
mod mail;

/// What many messages are a part of.
mod request;

/// Who hears of what.
mod broker;

/// Guests and their limits.
mod engine;

/// Installation, updates, and the way back.
mod install;

/// The guests' source.
mod guest;

/// What guests may ask of the host.
mod imports;

/// What guests keep.
mod storage;

/// The other end of connections.
mod loopback;

/// How things end.
mod outcome;

/// What the standard metrics do not tell.
mod metrics;

/// The host's own books.
mod tally;

/// The same figures, as obs saw them.
mod seen;

/// What became of traces.
mod traced;

/// Which of the standard metrics moved.
mod coverage;

/// What one sees while the host runs.
mod front;

/// The dashboard, opened on the host itself.
mod dashboard;

/// What the run came to.
mod report;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
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

/// Says what to do about an error of the start.
fn explain(error: obs_runtime::Error, args: &Args) -> anyhow::Error {
    let advice = match &error {
        obs_runtime::Error::Store { .. } => format!(
            "traces cannot be kept in {}; stop the other host that uses it, make it writable, or choose another with --data-dir",
            args.data_dir.display()
        ),
        _ => "metrics cannot be served; choose another loopback address with --listen".to_owned(),
    };
    anyhow::Error::new(error).context(advice)
}

/// Runs the host from start to report. Returns whether obs and the host agree.
fn run(args: &Args) -> Result<bool> {
    let configured = Runtime::configured()?;
    let configured = match args.listen {
        Some(address) => configured.listen(address),
        None => configured,
    };
    let obs = configured
        .data_dir(&args.data_dir)
        .start()
        .map_err(|error| explain(error, args))?;
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()
        .context("the executor's threads could not be started")?;
    let started = Instant::now();
    let mut host = executor.block_on(Host::start(args, &obs))?;
    executor.block_on(front::show(args, &host, &obs, started))?;
    executor.block_on(host.stop())?;
    std::thread::sleep(args.linger.unwrap_or_default());
    let last = obs.shutdown();
    host.coverage().look(&last);
    let report = Report::new(&host, &api::Snapshot::from(&*last), started.elapsed());
    report.print(args.report)?;
    Ok(report.equal())
}
