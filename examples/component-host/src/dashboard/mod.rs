//! The dashboard of obs-cli, opened on the host itself.

/// What it knows of itself.
mod own;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use anyhow::Result;
use obs_cli::dashboard::{self, Options};
use obs_runtime::Runtime;
use tokio::task::spawn_blocking;

use own::Own;

/// What the host is called, on the screen and in files.
const NAME: &str = "component-host";

/// Shows the dashboard until the operator closes it or `end` says that it is over.
///
/// # Errors
///
/// The terminal fails, or `end` does.
pub(crate) async fn show(obs: &Runtime, end: impl Future<Output = Result<()>>) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let options = Options {
        title: NAME.to_owned(),
        stop: stop.clone(),
        ..Options::default()
    };
    let own = Own::of(obs);
    let mut dashboard = spawn_blocking(move || dashboard::run(own, options));
    tokio::select! {
        closed = &mut dashboard => closed?,
        ended = end => {
            // The flag alone is passed on, so nothing hangs on order.
            stop.store(true, Relaxed);
            // The terminal is given back before anything is said about the end.
            let closed = dashboard.await?;
            ended.and(closed)
        }
    }
}
