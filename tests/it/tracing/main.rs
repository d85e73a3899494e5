//! Code that is instrumented with `tracing`, recorded by obs: what the trace store shows of it, and what its log lines say.

/// Spans of both in one tree.
mod trees;

/// Futures, and threads.
mod futures;

/// What fields say.
mod fields;

/// Where events belong, and what fails with them.
mod events;

/// What is instrumented inside what is instrumented.
mod inside;

/// Ids in log lines.
mod lines;

/// Places in the program.
mod callsites;

/// What a span costs of the heap.
mod allocations;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use obs_runtime::Runtime;
use obs_runtime::bridge::tracing::ObsLayer;
use obs_runtime::evaluate::traces::Rates;
use obs_runtime::model::trace::{Span, Trace, Value};
use obs_runtime::query::traces::{Received, Search};
use obs_runtime::store::Database;
use obs_runtime::store::traces::{Retention, Traces};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

/// Every trace is kept.
const ALL: Rates = Rates {
    errors_per_second: u32::MAX,
    slow: None,
    rare_per_minute: 0,
    baseline: 1.0,
};

/// A subscriber with nothing but the layer.
fn bare() -> Dispatch {
    with(ObsLayer::new())
}

fn with(layer: ObsLayer) -> Dispatch {
    tracing_subscriber::registry().with(layer).into()
}

/// What the store of traces shows of what `f` does, on this thread, with that subscriber.
fn stored(subscriber: &Dispatch, f: impl FnOnce()) -> Vec<Trace> {
    stored_with(|builder| builder, subscriber, f)
}

/// The same of a runtime that is set up otherwise.
fn stored_with(
    setup: impl FnOnce(obs_runtime::Builder) -> obs_runtime::Builder,
    subscriber: &Dispatch,
    f: impl FnOnce(),
) -> Vec<Trace> {
    collected(setup, || tracing::dispatcher::with_default(subscriber, f))
}

/// What the store of traces shows of what `f` does.
fn collected(
    setup: impl FnOnce(obs_runtime::Builder) -> obs_runtime::Builder,
    f: impl FnOnce(),
) -> Vec<Trace> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let _turn = obs_tests::turn();
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let directory = std::env::temp_dir().join(format!("obs-tracing-{process}-{number}"));
    let builder = Runtime::builder().no_server().keep_traces(ALL);
    let builder = builder.ring_slots(1 << 16).data_dir(&directory);
    let runtime = setup(builder).start().expect("no other runtime runs");
    f();
    runtime.shutdown();
    let traces = read(&directory);
    let _ = std::fs::remove_dir_all(&directory);
    traces
}

fn read(directory: &std::path::Path) -> Vec<Trace> {
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

/// The one trace that there is.
fn sole(mut traces: Vec<Trace>) -> Trace {
    assert_eq!(traces.len(), 1, "{traces:#?}");
    let trace = traces.remove(0);
    assert!(!trace.missing.is_incomplete(), "{:?}", trace.missing);
    trace
}

/// The one span of that name.
fn span<'t>(trace: &'t Trace, operation: &str) -> &'t Span {
    let mut spans = trace
        .spans
        .iter()
        .filter(|span| &*span.operation == operation);
    let span = spans.next();
    let span = span.unwrap_or_else(|| panic!("no span {operation} in {trace:#?}"));
    assert_eq!(spans.next(), None, "there is one {operation}");
    span
}

/// The name of a span's parent; nothing of a root.
fn parent<'t>(trace: &'t Trace, operation: &str) -> &'t str {
    let parent = span(trace, operation).parent;
    let parent = parent.and_then(|id| trace.spans.iter().find(|span| span.id == id));
    parent.map_or("", |parent| &parent.operation)
}

fn attribute<'s>(span: &'s Span, key: &str) -> Option<&'s Value> {
    value(&span.attributes, key)
}

fn value<'s>(
    attributes: &'s [obs_runtime::model::trace::Attribute],
    key: &str,
) -> Option<&'s Value> {
    let mut found = attributes.iter().filter(|attribute| &*attribute.key == key);
    let first = found.next().map(|attribute| &attribute.value);
    assert!(found.next().is_none(), "{key} is there once");
    first
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
