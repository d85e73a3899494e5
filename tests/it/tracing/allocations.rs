//! What a span costs of the heap: what the registry takes, and one box of the layer's.

use allocation_counter::measure;
use tracing::{Dispatch, info, info_span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use super::{bare, stored};

const SPANS: u64 = 1_000;

fn spans() {
    let _root = info_span!("root").entered();
    for n in 0..SPANS {
        let span = info_span!("span", n, text = "text", debugged = ?n, otel.name = "named");
        let _entered = span.enter();
        info!(n, "event");
        span.record("n", 7);
    }
}

/// Allocations of the same once warm.
fn allocations(subscriber: &Dispatch) -> u64 {
    let mut count = 0;
    stored(subscriber, || {
        spans();
        count = measure(spans).count_total;
    });
    count
}

struct Nothing;

impl Layer<Registry> for Nothing {}

#[test]
fn a_span_allocates_the_box_that_the_registry_keeps_for_a_layer_and_no_more() {
    let nothing: Dispatch = tracing_subscriber::registry().with(Nothing).into();
    let (with, without) = (allocations(&bare()), allocations(&nothing));
    assert_eq!(with - without, SPANS + 1);
}
