//! One series of a snapshot: whose it is, its labels and its value.

use std::time::Duration;

use obs::catalogue::Kind;
use obs::collector::DynamicSeries;

use super::distribution::{Exponential, Histogram, Summary};
use super::family::{Family, Member};

/// One series, borrowed from its snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    pub(crate) family: &'a Family,
    pub(crate) member: &'a Member,
    /// Which of the member's series it is, by its enum labels.
    pub(crate) index: usize,
    pub(crate) dynamic: Combination<'a>,
    pub(crate) component: Option<&'a str>,
    pub(crate) component_text: &'a str,
    pub(crate) value: Value<'a>,
}

/// The dynamic labels of a series.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Combination<'a> {
    /// Those of one combination that was looked up.
    Of(&'a DynamicSeries, usize),
    /// Those of what there was no room for; none where the metric has no dynamic labels.
    Rest,
}

/// What a series held.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A count of events, bytes or the like.
    Counter(u64),
    /// A counter of time, in nanoseconds; exported in seconds.
    Nanoseconds(u64),
    /// A value that goes up and down.
    Gauge(f64),
    /// A distribution.
    Histogram(Histogram<'a>),
    /// A distribution in exponential buckets.
    Exponential(Exponential<'a>),
    /// Quantiles of a distribution.
    Summary(Summary<'a>),
}

impl<'a> Series<'a> {
    /// Returns the family the series belongs to.
    pub fn family(&self) -> &'a Family {
        self.family
    }

    /// Returns the component it was recorded in; `None` outside any, and for metrics of the process.
    pub fn component(&self) -> Option<&'a str> {
        self.component
    }

    /// Returns the labels its metric defines, without `component` and without the runtime's constant labels.
    pub fn labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let fixed = self.member.labels(self.index, self.family.name());
        fixed.chain(self.dynamic_labels())
    }

    /// Returns those of them whose values are any text; they are not part of the label text.
    pub(crate) fn dynamic_labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.member.dynamic_labels(self.dynamic)
    }

    /// Whether all of these are among its labels.
    pub fn has_labels(&self, wanted: &[(&str, &str)]) -> bool {
        wanted
            .iter()
            .all(|label| self.labels().any(|own| own == *label))
    }

    /// Returns its value.
    pub fn value(&self) -> Value<'a> {
        self.value
    }

    /// Returns all labels but `component` and the dynamic ones, escaped.
    pub(crate) fn label_text(&self) -> &'a str {
        self.member.texts.get(self.index)
    }
}

impl<'a> Value<'a> {
    /// Returns what an untouched series of the family shows.
    pub(crate) fn zero(family: &'a Family) -> Value<'a> {
        let bounds = &family.bounds;
        match (family.kind(), family.exponential()) {
            (Kind::Counter, _) => Value::Counter(0),
            (Kind::Summary, _) => Value::Summary(Summary {
                quantiles: &bounds.unknown,
                sum: 0.0,
                count: 0,
            }),
            (Kind::Histogram, Some(scale)) => {
                let empty = (0, &bounds.empty[..], 0);
                Value::Exponential(Exponential::new(scale, &bounds.values, empty, 0.0))
            }
            (Kind::Histogram, None) => Value::Histogram(Histogram {
                bounds: &bounds.values,
                buckets: &bounds.empty,
                sum: 0.0,
            }),
            _ => Value::Gauge(0.0),
        }
    }

    /// Returns the value as one number: a counter of time in seconds, a histogram or a summary by its count.
    pub fn as_f64(&self) -> f64 {
        match *self {
            Value::Counter(count) => count as f64,
            Value::Nanoseconds(nanoseconds) => Duration::from_nanos(nanoseconds).as_secs_f64(),
            Value::Gauge(value) => value,
            Value::Histogram(histogram) => histogram.count() as f64,
            Value::Exponential(histogram) => histogram.count() as f64,
            Value::Summary(summary) => summary.count as f64,
        }
    }
}
