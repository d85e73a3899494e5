//! Child processes: started, waited for, and killed when they take too long.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use obs::host::operations::{ChildProcess, OperationGuard, ProcessOperation};
use tokio::process::Command;
use tokio::time;

/// Runs a program to its end, or kills it after `patience`; killing takes more rights than a component has by itself.
pub(crate) async fn run(mut command: Command, patience: Duration) -> io::Result<ExitStatus> {
    let spawning = OperationGuard::start(ProcessOperation::Spawn);
    let spawned = command.kill_on_drop(true).spawn();
    spawning.end(&spawned);
    let (mut child, running) = (spawned?, ChildProcess::spawned());
    let waiting = OperationGuard::start(ProcessOperation::Wait);
    let status = match time::timeout(patience, child.wait()).await {
        Ok(status) => {
            waiting.end(&status);
            status?
        }
        Err(_) => {
            waiting.timed_out();
            let killing = OperationGuard::start(ProcessOperation::Kill).elevated();
            let killed = child.kill().await;
            killing.end(&killed);
            killed.and(child.wait().await)?
        }
    };
    running.exited(status.code());
    Ok(status)
}
