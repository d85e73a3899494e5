//! The runtime: its life, its server, its exposition.

/// What the exposition says, read back by a strict reader.
mod exposition;

/// Labels with any text.
mod dynamic;

/// obs's own API.
mod api;

/// Questions about traces.
mod traces;

/// A span that never ends.
mod stuck;

/// Scrapes that come in crowds, half way, or while the host hangs.
mod scrapes;

/// Start, stop, and what can go wrong with them.
mod life;

/// What a file and variables say about a runtime.
mod configured;

/// What tokio counts about executors.
mod executors;

/// The exposition elsewhere: in servers of one's own, and in a file.
mod elsewhere;

/// Functions of the process.
mod observed;

/// Which traces observations were made in.
mod exemplars;

/// Metrics that are off.
mod switches;

use std::net::SocketAddr;

use obs_runtime::{Builder, Runtime};
use obs_tests::turn;

fn builder() -> Builder {
    Runtime::builder().listen(([127, 0, 0, 1], 0))
}

fn address(runtime: &Runtime) -> SocketAddr {
    runtime.address().expect("it serves")
}
