//! What is instrumented inside what is instrumented: values that log where they are written. A program of its own: its
//! subscriber is that of the process, since one for a scope hears nothing while it is busy, nor does any other meanwhile.

/// What was written to a log.
mod written;

use std::fmt;

use obs_runtime::model::trace::{Span, Value};
use obs_tests::traces::collected;
use tracing::{field, info, info_span};

use obs_runtime::bridge::tracing::{ObsLayer, WithIds};
use tracing_subscriber::fmt::format;
use tracing_subscriber::layer::SubscriberExt;

use written::{Lines, ids};

struct Instrumented;

impl fmt::Debug for Instrumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = info_span!("inside", later = field::Empty).entered();
        info!("meanwhile");
        span.record("later", 1);
        f.write_str("written")
    }
}

/// The same without an event: `fmt` itself waits for the span that it writes a later field of when it writes a line inside.
struct Quiet;

impl fmt::Debug for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        drop(info_span!("quiet").entered());
        f.write_str("written")
    }
}

#[test]
fn a_value_may_be_instrumented_itself() {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer()
        .event_format(WithIds::new(format()))
        .with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry()
        .with(ObsLayer::new())
        .with(layer);
    tracing::subscriber::set_global_default(subscriber).expect("it is the only one");
    let traces = collected(
        |builder| builder,
        || {
            let span = info_span!("outer", a = ?Instrumented, b = field::Empty).entered();
            span.record("b", field::debug(Quiet));
            tracing::error!(c = ?Instrumented, "told");
        },
    );
    let named = |name: &str| -> Vec<&Span> {
        let spans = traces.iter().flat_map(|trace| &trace.spans);
        spans.filter(|span| &*span.operation == name).collect()
    };
    let outer = named("outer")[0];
    for key in ["a", "b"] {
        let mut attributes = outer.attributes.iter();
        let attribute = attributes.find(|attribute| &*attribute.key == key);
        let value = attribute.map(|attribute| &attribute.value);
        assert_eq!(value, Some(&Value::Text("written".to_owned())), "{key}");
    }
    assert_eq!(outer.status_message, "told");
    // Each layer writes what it is told of.
    assert_eq!(named("quiet").len(), 2);
    let inside = named("inside");
    assert_eq!(inside.len(), 4);
    assert!(inside.iter().all(|span| span.events.len() == 1));
    let lines = lines.all();
    let told = lines.last().expect("there are lines");
    let mut traces = traces.iter();
    let trace = traces.find(|trace| trace.spans.contains(outer));
    let ids = ids(trace.expect("it is of one"), outer);
    assert!(told.ends_with(&format!("told c=written{ids}")), "{told}");
}
