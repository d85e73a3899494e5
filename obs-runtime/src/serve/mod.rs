//! The HTTP server and everything that leaves the process.
//!
//! In: fresh snapshots through [`Snapshots`](crate::model::Snapshots); what a [`Source`](traces::Source) answers about traces.
//! Out: the exposition over HTTP or in a file; snapshots and traces as wire types, traces as files.
//! Loss: connections that ask too much are turned away or cut, scrapes may be aborted by their client or come too late;
//! all are counted, by reason. Connections that the system drops before they are accepted are the system's to count.

/// obs's own HTTP API.
pub(crate) mod api;
/// What is counted of connections.
mod connections;
/// Snapshot to bytes.
pub(crate) mod exposition;
/// The exposition as a file.
pub(crate) mod file;
/// The page at `/`.
mod landing;
/// The answer to a scrape.
mod metrics;
/// What a request's headers ask for.
mod negotiation;
/// Whether the runtime itself is well.
mod probe;
/// The paths and their answers.
pub(crate) mod router;
/// What is counted of scrapes.
mod scrape;
/// Connections, limits, shutdown.
pub(crate) mod server;
/// What is asked about traces.
pub(crate) mod traces;
/// The body of an answer to HEAD.
mod untold;
/// Snapshots as wire types.
mod wire;
