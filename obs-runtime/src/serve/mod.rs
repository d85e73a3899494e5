//! The HTTP server and everything that leaves the process.
//!
//! In: fresh snapshots through [`Snapshots`](crate::model::Snapshots).
//! Out: the exposition over HTTP or in a file, snapshots as wire types.
//! Loss: connections over the limit are turned away, scrapes may be aborted by their client; both are counted.

/// Snapshot to text.
pub(crate) mod exposition;
/// The exposition as a file.
pub(crate) mod file;
/// The paths and their answers.
pub(crate) mod router;
/// What the endpoint counts about itself.
mod scrape;
/// Connections, limits, shutdown.
pub(crate) mod server;
/// A reader who accepts nothing for too long.
mod stall;
/// Snapshots as wire types.
mod wire;
