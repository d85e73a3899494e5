//! The handles that the facade gives to the program: each a series of obs behind the facade's trait.

use metrics::{CounterFn, GaugeFn, HistogramFn};
use obs::{Counter, CounterSeries, GaugeSeries, HistogramSeries, LabelValue, Number, counter};

static REFUSED: Counter<Reason> = counter!(
    "obs_bridge_refused_records_total",
    "Records of another library that were refused: their metric's name is taken by another kind, or they came out of the bridge itself.",
    labels(reason: Reason),
    scope = process
);

#[derive(Debug, Clone, Copy, LabelValue)]
enum Reason {
    Kind,
    Reentrant,
}

/// Counts a record that came out of the bridge itself: a recording allocator's, say.
pub(super) fn refuse_reentrant() {
    REFUSED.with(Reason::Reentrant).inc();
}

/// A series of a counter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) CounterSeries);

/// A series of a gauge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level(pub(super) GaugeSeries);

/// A series of a histogram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Distribution(pub(super) HistogramSeries<Number>);

/// A metric that cannot be: its name is another kind's. What is recorded is counted as refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused;

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.inc_by(value);
    }

    fn absolute(&self, value: u64) {
        self.0.raise_to(value);
    }
}

impl GaugeFn for Level {
    fn increment(&self, value: f64) {
        self.0.add(value);
    }

    fn decrement(&self, value: f64) {
        self.0.add(-value);
    }

    fn set(&self, value: f64) {
        self.0.set(value);
    }
}

impl HistogramFn for Distribution {
    fn record(&self, value: f64) {
        self.0.observe(value);
    }

    fn record_many(&self, value: f64, count: usize) {
        self.0.observe_many(value, count as u64);
    }
}

impl CounterFn for Refused {
    fn increment(&self, _: u64) {
        REFUSED.with(Reason::Kind).inc();
    }

    fn absolute(&self, _: u64) {
        REFUSED.with(Reason::Kind).inc();
    }
}

impl GaugeFn for Refused {
    fn increment(&self, _: f64) {
        REFUSED.with(Reason::Kind).inc();
    }

    fn decrement(&self, _: f64) {
        REFUSED.with(Reason::Kind).inc();
    }

    fn set(&self, _: f64) {
        REFUSED.with(Reason::Kind).inc();
    }
}

impl HistogramFn for Refused {
    fn record(&self, _: f64) {
        REFUSED.with(Reason::Kind).inc();
    }

    fn record_many(&self, _: f64, count: usize) {
        REFUSED.with(Reason::Kind).inc_by(count as u64);
    }
}
