//! The dashboard of obs-cli, opened on the host itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use anyhow::{Result, anyhow};
use obs_cli::dashboard::{self, Options, Source};
use obs_runtime::api::Snapshot;
use obs_runtime::model::Snapshots;
use tokio::task::spawn_blocking;

/// Shows the dashboard until the operator closes it or `end` says that it is over.
///
/// # Errors
///
/// The terminal fails, or `end` does.
pub(crate) async fn show(
    snapshots: Arc<Snapshots>,
    end: impl Future<Output = Result<()>>,
) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let options = Options {
        title: "component-host".to_owned(),
        stop: stop.clone(),
        ..Options::default()
    };
    let mut dashboard = spawn_blocking(move || dashboard::run(Own(snapshots), options));
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

/// The process's own numbers.
struct Own(Arc<Snapshots>);

impl Source for Own {
    fn snapshot(&mut self) -> Result<Snapshot> {
        let fresh = self.0.fresh_blocking();
        let fresh = fresh.map_err(|_| anyhow!("obs has stopped: these are its last numbers"))?;
        Ok(Snapshot::from(&*fresh))
    }
}
