//! What collecting traces counts about itself, as metrics.

use std::time::Duration;

use obs::collector::spans::SpanStats;
use obs::{Counter, Gauge, Histogram, LabelValue, Summary, counter, gauge, histogram, summary};

use super::{Counts, names};
use crate::collect::told::Told;

/// What became of a span.
#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    /// It is part of a trace that is kept.
    Recorded,
    /// Its trace was worked out, and not kept.
    SampledOut,
    /// It was dropped: no room, or beyond a limit.
    Lost,
}

/// Why a record was dropped.
#[derive(Clone, Copy, LabelValue)]
enum Reason {
    RingFull,
    NoRing,
    TraceSpanLimit,
    Stray,
}

static SPANS: Counter<Outcome> = counter!(
    "obs_trace_spans_total",
    "Spans that have ended: kept, of traces that were worked out and not kept, or lost.",
    labels(outcome: Outcome),
    scope = process
);

static DROPPED: Counter<Reason> = counter!(
    "obs_trace_dropped_total",
    "Records of spans that were dropped: their thread's ring was full, it had none, their trace had too many, or nobody knows what they \
     belong to.",
    labels(reason: Reason),
    scope = process
);

static TRACES: Counter = counter!(
    "obs_traces_total",
    "Traces that were complete, or given up.",
    scope = process
);

static GIVEN_UP: Counter = counter!(
    "obs_traces_given_up_total",
    "Traces whose root did not come or end.",
    scope = process
);

static LATE: Counter = counter!(
    "obs_trace_late_spans_total",
    "Spans that came when their trace was complete and had not been kept; they are sampled out as well.",
    scope = process
);

static LONG_POLLS: Counter = counter!(
    "obs_trace_long_polls_total",
    "Spans of which a poll took 10 ms or more: it blocked its executor.",
    scope = process
);

static LIVE: Gauge = gauge!(
    "obs_traces_live",
    "Traces that are not complete.",
    scope = process
);

static RINGS: Gauge = gauge!(
    "obs_trace_rings",
    "Rings of threads that spans are recorded into; they are used again, never freed.",
    scope = process
);

static SLOTS: Gauge = gauge!(
    "obs_trace_ring_slots",
    "Slots of 64 bytes that all rings have.",
    scope = process
);

static IN_USE: Gauge = gauge!(
    "obs_trace_ring_slots_in_use",
    "Slots that wait for the collector.",
    scope = process
);

static DRAIN: Histogram = histogram!(
    "obs_trace_drain_duration_seconds",
    "How long it took to take in what rings held, and to work out the traces that were complete.",
    scope = process,
    bounds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]
);

static OVERHEAD: Summary = summary!(
    "obs_trace_span_overhead_seconds",
    "What starting and ending a span took, measured now and then by the thread that collects.",
    scope = process,
    range = [1e-9, 1e-3],
    quantiles = [0.5, 0.9, 0.99]
);

/// What was told of counts that begin anew with each collection.
static OF_COLLECTION: [Told; 8] = [const { Told::nothing() }; 8];
/// What was told of counts of the process.
static OF_PROCESS: [Told; 3] = [const { Told::nothing() }; 3];

/// A collection begins, with nothing counted.
pub(crate) fn begin() {
    for told in &OF_COLLECTION {
        told.news(0);
    }
}

/// The counts of the record path and of the collection, as they are now.
pub(crate) fn record(stats: &SpanStats, counts: &Counts, live: usize) {
    record_process(stats);
    let [
        kept,
        discarded,
        over_limit,
        late,
        stray,
        traces,
        given_up,
        long_polls,
    ] = &OF_COLLECTION;
    SPANS
        .with(Outcome::Recorded)
        .inc_by(kept.news(counts.spans_kept));
    SPANS
        .with(Outcome::SampledOut)
        .inc_by(discarded.news(counts.spans_discarded));
    let late = late.news(counts.spans_late);
    LATE.inc_by(late);
    SPANS.with(Outcome::SampledOut).inc_by(late);
    let over_limit = over_limit.news(counts.spans_over_limit);
    SPANS.with(Outcome::Lost).inc_by(over_limit);
    DROPPED.with(Reason::TraceSpanLimit).inc_by(over_limit);
    DROPPED
        .with(Reason::Stray)
        .inc_by(stray.news(counts.strays));
    TRACES.inc_by(traces.news(counts.traces));
    GIVEN_UP.inc_by(given_up.news(counts.traces_given_up + counts.traces_over_limit));
    LONG_POLLS.inc_by(long_polls.news(counts.long_polls));
    LIVE.set(live as u64);
}

fn record_process(stats: &SpanStats) {
    let [lost, ring_full, no_ring] = &OF_PROCESS;
    let ended = stats.ring_full[0] + stats.no_ring[0];
    SPANS.with(Outcome::Lost).inc_by(lost.news(ended));
    let full = stats.ring_full.iter().sum();
    DROPPED.with(Reason::RingFull).inc_by(ring_full.news(full));
    let without = stats.no_ring.iter().sum();
    DROPPED.with(Reason::NoRing).inc_by(no_ring.news(without));
    RINGS.set(stats.rings);
    SLOTS.set(stats.slots);
    IN_USE.set(stats.slots_in_use);
}

/// A round took so long.
pub(crate) fn record_round(took: Duration) {
    DRAIN.observe(took);
}

/// A span took so long to start and to end.
pub(crate) fn record_overhead(took: Duration) {
    OVERHEAD.observe(took);
}

/// The name of the span by which that is measured; its traces are discarded before anything is worked out.
pub(crate) const MEASURED: &str = "obs.measure";

/// Whether a site is that of the measurement.
pub(crate) fn is_measured(site: u32, names: &names::Names) -> bool {
    let named = names.site(site);
    named.is_some_and(|named| &*named.name == MEASURED)
}
