//! What a series holds, of each kind; what a newer runtime adds is read as unknown.

use serde::{Deserialize, Serialize};

use super::number;

/// What a series holds.
///
/// A number that JSON cannot write travels as one of the words `NaN`, `+Inf`, `-Inf`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Wire")]
#[non_exhaustive]
pub enum Value {
    /// The count so far: exact up to 2^53.
    Counter(#[serde(with = "number")] f64),
    /// The value now; of a state set 0 or 1, of an info metric 1.
    Gauge(#[serde(with = "number")] f64),
    /// Observations by size, in buckets with bounds of their own.
    Histogram(Histogram),
    /// Observations by size, in buckets that grow by a constant factor.
    Exponential(Exponential),
    /// Quantiles over the window that the metric has.
    Summary(Summary),
    /// Something that this version knows nothing of.
    Unknown,
}

/// Observations in buckets of given bounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// The finite upper bounds, ascending; an observation equal to a bound belongs to that bound's bucket.
    pub bounds: Vec<f64>,
    /// How many observations fell into each bucket alone: *not* cumulative. One more than `bounds`: the last is `+Inf`.
    pub buckets: Vec<u64>,
    /// The sum of all observations, in the family's unit.
    #[serde(with = "number")]
    pub sum: f64,
    /// How many observations there were: always the sum of `buckets`.
    pub count: u64,
}

/// Observations in exponential buckets, as Prometheus's native histograms have them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exponential {
    /// The resolution: from one bucket to the next bounds grow by the factor 2^(2^-schema).
    pub schema: i8,
    /// Observations up to this size count as zero.
    #[serde(with = "number")]
    pub zero_threshold: f64,
    /// How many there were of those.
    pub zero_count: u64,
    /// The index of the first bucket: the bucket of index `i` reaches up to 2^(i * 2^-schema), that bound included.
    pub first_index: i32,
    /// How many observations fell into each bucket alone.
    pub buckets: Vec<u64>,
    /// How many were larger than the last bucket reaches.
    pub overflow: u64,
    /// The sum of all observations, in the family's unit.
    #[serde(with = "number")]
    pub sum: f64,
    /// How many observations there were.
    pub count: u64,
}

/// Quantiles that the process has worked out itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Each quantile with its value, which is `NaN` while nothing was observed.
    pub quantiles: Vec<Quantile>,
    /// The sum of all observations, in the family's unit.
    #[serde(with = "number")]
    pub sum: f64,
    /// How many observations there were.
    pub count: u64,
}

/// One quantile of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// Which one, from 0 to 1: 0.99 is the 99th percentile.
    pub quantile: f64,
    /// The observation that it lies at, in the family's unit.
    #[serde(with = "number")]
    pub value: f64,
}

/// The form on the wire: an object with one key. Keys that nobody here knows are passed over.
#[derive(Deserialize)]
struct Wire {
    counter: Option<Number>,
    gauge: Option<Number>,
    histogram: Option<Histogram>,
    exponential: Option<Exponential>,
    summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Number(#[serde(with = "number")] f64);

impl From<Wire> for Value {
    fn from(wire: Wire) -> Value {
        let counter = wire.counter.map(|number| Value::Counter(number.0));
        let gauge = wire.gauge.map(|number| Value::Gauge(number.0));
        counter
            .or(gauge)
            .or(wire.histogram.map(Value::Histogram))
            .or(wire.exponential.map(Value::Exponential))
            .or(wire.summary.map(Value::Summary))
            .unwrap_or(Value::Unknown)
    }
}
