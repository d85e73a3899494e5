//! What one sees while the host runs, and what ends it.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::Result;
use obs_runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{self, MissedTickBehavior};

use crate::args::Args;
use crate::dashboard;
use crate::host::Host;
use crate::tally::{Figure, Figures};

const LINE_EVERY: Duration = Duration::from_secs(2);

/// Shows the host until its time is over or someone ends it.
///
/// # Errors
///
/// Signals cannot be received, or the terminal fails.
pub(crate) async fn show(args: &Args, host: &Host, obs: &Runtime, started: Instant) -> Result<()> {
    let end = end(args.run_for);
    if !args.headless && obs_cli::dashboard::has_terminal() {
        return dashboard::show(obs, end).await;
    }
    if let Some(address) = obs.address() {
        eprintln!(
            "working through {}; metrics at http://{address}/metrics",
            args.input.display()
        );
    }
    tokio::select! {
        ended = end => ended,
        () = log(host, started) => Ok(()),
    }
}

/// Returns at the deadline, on Ctrl-C or on SIGTERM.
async fn end(run_for: Option<Duration>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let deadline = async {
        match run_for {
            Some(run_for) => time::sleep(run_for).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = deadline => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Writes a line to standard error every few seconds.
async fn log(host: &Host, started: Instant) {
    let mut ticks = time::interval_at(time::Instant::now() + LINE_EVERY, LINE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let files = host.progress().files.load(Relaxed);
        eprintln!("{}", line(started.elapsed(), files, &host.tally().total()));
    }
}

/// Says how it goes, leaving out what has not happened.
fn line(elapsed: Duration, files: u64, total: &Figures) -> String {
    let handled = total[Figure::Handled as usize];
    let mut line = format!(
        "{:>4.0} s  {files} files, {handled} messages handled",
        elapsed.as_secs_f64()
    );
    for (figure, word) in [
        (Figure::Trap, "trapped"),
        (Figure::Timeout, "interrupted"),
        (Figure::Panic, "panicked"),
        (Figure::Error, "failed"),
        (Figure::Lost, "waiting or lost"),
        (Figure::Restarts, "restarts"),
    ] {
        if total[figure as usize] > 0 {
            line += &format!(", {} {word}", total[figure as usize]);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leaves_out_what_has_not_happened() {
        let mut total = [0; Figure::NAMES.len()];
        total[Figure::Handled as usize] = 7;
        total[Figure::Panic as usize] = 2;
        assert_eq!(
            line(Duration::from_secs(4), 3, &total),
            "   4 s  3 files, 7 messages handled, 2 panicked"
        );
    }
}
