//! The handles that the facade gives to the program: each a series of obs behind the facade's trait. A record goes to the
//! component that the thread is in when it is made, also through a handle that the program keeps.

use std::sync::Arc;

use metrics::{CounterFn, GaugeFn, HistogramFn};
use obs::defined::Valued;
use obs::{
    Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries, LabelValue, Number,
    counter,
};

static REFUSED: Counter<Reason> = counter!(
    "obs_bridge_refused_records_total",
    "Records of another library that were refused. kind: the metric's name is another kind's. name: its series would be called as \
     those of another metric, or have other labels than the macro of that name. labels: it has more than 16. reentrant: \
     the record came out of the bridge itself.",
    labels(reason: Reason),
    scope = process
);

/// Why records are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(super) enum Reason {
    Kind,
    Name,
    Labels,
    Reentrant,
}

impl Reason {
    /// Counts a record.
    pub(super) fn count(self) {
        REFUSED.with(self).inc();
    }
}

/// One series, of whatever kind.
#[derive(Debug)]
pub(super) enum Series {
    Count(CounterSeries),
    Counts(Counts),
    Level(GaugeSeries),
    Levels(Levels),
    Distribution(HistogramSeries<Number>),
    Distributions(Distributions),
}

/// A counter without labels.
#[derive(Debug)]
struct Count(CounterSeries);

/// A counter with labels.
#[derive(Debug)]
pub(super) struct Counts(pub(super) Valued<Counter>);

/// A gauge without labels.
#[derive(Debug)]
struct Level(GaugeSeries);

/// A gauge with labels.
#[derive(Debug)]
pub(super) struct Levels(pub(super) Valued<Gauge>);

/// A histogram without labels.
#[derive(Debug)]
struct Distribution(HistogramSeries<Number>);

/// A histogram with labels.
#[derive(Debug)]
pub(super) struct Distributions(pub(super) Valued<Histogram<(), Number>>);

/// A metric that cannot be. What is recorded is counted as refused.
#[derive(Debug)]
struct Refused(Reason);

/// The facade's counter for a series, or for the reason that there is none.
pub(super) fn counter(series: Result<Series, Reason>) -> metrics::Counter {
    match series {
        Ok(Series::Count(series)) => metrics::Counter::from_arc(Arc::new(Count(series))),
        Ok(Series::Counts(series)) => metrics::Counter::from_arc(Arc::new(series)),
        Ok(_) => metrics::Counter::from_arc(Arc::new(Refused(Reason::Kind))),
        Err(reason) => metrics::Counter::from_arc(Arc::new(Refused(reason))),
    }
}

/// The facade's gauge, likewise.
pub(super) fn gauge(series: Result<Series, Reason>) -> metrics::Gauge {
    match series {
        Ok(Series::Level(series)) => metrics::Gauge::from_arc(Arc::new(Level(series))),
        Ok(Series::Levels(series)) => metrics::Gauge::from_arc(Arc::new(series)),
        Ok(_) => metrics::Gauge::from_arc(Arc::new(Refused(Reason::Kind))),
        Err(reason) => metrics::Gauge::from_arc(Arc::new(Refused(reason))),
    }
}

/// The facade's histogram, likewise.
pub(super) fn histogram(series: Result<Series, Reason>) -> metrics::Histogram {
    match series {
        Ok(Series::Distribution(series)) => {
            metrics::Histogram::from_arc(Arc::new(Distribution(series)))
        }
        Ok(Series::Distributions(series)) => metrics::Histogram::from_arc(Arc::new(series)),
        Ok(_) => metrics::Histogram::from_arc(Arc::new(Refused(Reason::Kind))),
        Err(reason) => metrics::Histogram::from_arc(Arc::new(Refused(reason))),
    }
}

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.inc_by(value);
    }

    fn absolute(&self, value: u64) {
        self.0.raise_to(value);
    }
}

impl CounterFn for Counts {
    fn increment(&self, value: u64) {
        self.0.here().inc_by(value);
    }

    fn absolute(&self, value: u64) {
        self.0.here().raise_to(value);
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

impl GaugeFn for Levels {
    fn increment(&self, value: f64) {
        self.0.here().add(value);
    }

    fn decrement(&self, value: f64) {
        self.0.here().add(-value);
    }

    fn set(&self, value: f64) {
        self.0.here().set(value);
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

impl HistogramFn for Distributions {
    fn record(&self, value: f64) {
        self.0.here().observe(value);
    }

    fn record_many(&self, value: f64, count: usize) {
        self.0.here().observe_many(value, count as u64);
    }
}

impl CounterFn for Refused {
    fn increment(&self, _: u64) {
        self.0.count();
    }

    fn absolute(&self, _: u64) {
        self.0.count();
    }
}

impl GaugeFn for Refused {
    fn increment(&self, _: f64) {
        self.0.count();
    }

    fn decrement(&self, _: f64) {
        self.0.count();
    }

    fn set(&self, _: f64) {
        self.0.count();
    }
}

impl HistogramFn for Refused {
    fn record(&self, _: f64) {
        self.0.count();
    }

    fn record_many(&self, _: f64, count: usize) {
        REFUSED.with(self.0).inc_by(count as u64);
    }
}
