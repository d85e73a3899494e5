//! Traces that a runtime has kept, read back.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use obs_runtime::Runtime;
use obs_runtime::evaluate::traces::Rates;
use obs_runtime::model::trace::Trace;
use obs_runtime::query::traces::{Received, Search};
use obs_runtime::store::Database;
use obs_runtime::store::traces::{Retention, Traces};

/// Every trace is kept.
pub const ALL: Rates = Rates {
    errors_per_second: u32::MAX,
    slow: None,
    rare_per_minute: 0,
    baseline: 1.0,
};

/// What the store of traces shows of what `f` does while a runtime of that setup, which keeps every trace, runs.
///
/// # Panics
///
/// Panics where another runtime runs, or the traces cannot be read.
pub fn collected(
    setup: impl FnOnce(obs_runtime::Builder) -> obs_runtime::Builder,
    f: impl FnOnce(),
) -> Vec<Trace> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let _turn = crate::turn();
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let directory = std::env::temp_dir().join(format!("obs-traces-{process}-{number}"));
    let builder = Runtime::builder().no_server().keep_traces(ALL);
    let builder = builder.ring_slots(1 << 16).data_dir(&directory);
    let runtime = setup(builder).start().expect("no other runtime runs");
    f();
    runtime.shutdown();
    let traces = read(&directory);
    let _ = std::fs::remove_dir_all(&directory);
    traces
}

fn read(directory: &Path) -> Vec<Trace> {
    let database = Database::view(directory).expect("it was stored");
    let now = now_ns();
    let store = Traces::new(Retention::default(), Some(Arc::new(database)), now);
    let search = Search {
        limit: 100_000,
        ..Search::default()
    };
    let found = search.run(&store, Received::default(), now).traces;
    let mut traces: Vec<Trace> = found
        .iter()
        .map(|found| {
            let trace = store.get(found.id).expect("it can be read");
            Trace::clone(&trace.expect("it was found"))
        })
        .collect();
    traces.sort_by_key(|trace| trace.spans[0].start_ns);
    traces
}

fn now_ns() -> u64 {
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    unix.expect("it is later than 1970").as_nanos() as u64
}
