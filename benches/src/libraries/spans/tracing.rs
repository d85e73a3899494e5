//! `tracing`: with a registry and a layer that does nothing, and without a subscriber.

use tracing::{Instrument, Subscriber, info_span, subscriber};
use tracing_subscriber::layer::{Layer, SubscriberExt};

use super::{Resident, paced, poll_once, ten, under_roots};
use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};
use crate::workload::Work;

/// With a registry and a layer that does nothing.
pub(super) const LAYER: &str = "tracing";
/// Without a subscriber.
pub(super) const OFF: &str = "tracing-off";

struct Nothing;

impl<S: Subscriber> Layer<S> for Nothing {}

pub(super) fn with_a_layer() -> Resident {
    install(tracing_subscriber::registry().with(Nothing));
    let mut entries = recorded(LAYER);
    // What every layer pays for the registry, whatever it does itself.
    entries.push(Entry::new(
        Case::TracingBridge,
        LAYER,
        Standing::Floor,
        under_a_root,
    ));
    // It has no metrics: this is less than what is asked.
    entries.push(Entry::peer(Case::Instrumented, LAYER, instrumented));
    resident(entries)
}

pub(super) fn without_subscriber() -> Resident {
    let off = |iterations| repeat(iterations, |_| span());
    resident(vec![
        Entry::peer(Case::SpanOff, OFF, off),
        // It knows no samples: what least it could cost.
        Entry::new(Case::SpanUnsampled, OFF, Standing::Beside, off),
    ])
}

/// Makes it the subscriber of the process, as programs do: one for a scope costs every span a look at the scope.
pub(super) fn install(subscriber: impl Subscriber + Send + Sync) {
    subscriber::set_global_default(subscriber).expect("no other subscriber is installed");
}

pub(super) fn resident(entries: Vec<Entry>) -> Resident {
    Resident {
        entries,
        settle: Box::new(|| 0),
    }
}

/// What the subscriber of the process records.
pub(super) fn recorded(library: &'static str) -> Vec<Entry> {
    vec![
        Entry::peer(Case::Span, library, under_a_root),
        Entry::peer(Case::SpanChild, library, |iterations| {
            under_roots(iterations, |spans| {
                let _root = info_span!("root").entered();
                let _parent = info_span!("parent").entered();
                repeat(spans, |_| span());
            });
        }),
        Entry::peer(Case::SpanRoot10, library, |iterations| {
            repeat(iterations, |_| root_10());
        }),
        Entry::peer(Case::SpanAsync, library, |iterations| {
            repeat(iterations, |_| {
                let _root = info_span!("root").entered();
                ten(|| poll_once(step().instrument(info_span!("step"))));
            });
        }),
        Entry::peer(Case::SpanRoot10Cpu, library, paced(root_10)),
    ]
}

/// Spans below the root of a trace.
pub(super) fn under_a_root(iterations: u64) {
    under_roots(iterations, |spans| {
        let _root = info_span!("root").entered();
        repeat(spans, |_| span());
    });
}

#[inline(always)]
pub(super) fn span() {
    let _span = info_span!("span").entered();
}

fn root_10() {
    let _root = info_span!("root").entered();
    ten(span);
}

async fn step() {}

fn instrumented(iterations: u64) {
    let mut work = Work::new();
    under_roots(iterations, |spans| {
        let _root = info_span!("root").entered();
        repeat(spans, |_| {
            let _span = info_span!("instrumented").entered();
            work.run();
        });
    });
}
