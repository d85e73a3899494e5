//! `traces`: lists, one trace, files for other programs and of them, and where the time goes.

/// Traces that match a query, once or as they come.
mod list;

/// Spans that are under way.
mod open_spans;

/// One trace as a tree.
mod show;

/// One trace as a file.
mod export;

/// A file of traces.
mod open;

/// Where the time of all goes.
mod bottlenecks;

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use super::Outcome;
use crate::args::TracesCommand;
use crate::client::Client;

/// Does what is asked for.
///
/// # Errors
///
/// The process cannot be asked, a file not be read, or the answer not be written.
pub(crate) fn traces(what: &TracesCommand, url: &str, out: &mut dyn Write) -> Result<Outcome> {
    let client = || Client::new(url);
    match what {
        TracesCommand::List(args) if args.open => open_spans::list(args, &client()?, out),
        TracesCommand::List(args) if args.follow => list::follow(args, &client()?, out),
        TracesCommand::List(args) => list::list(args, &client()?, out),
        TracesCommand::Show(args) => show::show(args, &client()?, out),
        TracesCommand::Export(args) => export::export(args, &client()?, out),
        TracesCommand::Open(args) => open::open(args, out),
        TracesCommand::Bottlenecks(args) => bottlenecks::bottlenecks(args, &client()?, out),
    }
}

/// What time it is.
fn now_unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}
