//! One series as a `Metric` message.

use crate::model::{Exponential, Histogram, Series, Summary, Value};

use super::native::Native;
use super::wire::{Fields as _, varint_len};

/// The field of `MetricFamily` that series stand in.
const METRIC: u8 = 4;

/// Room to put a message together before its length can be written; kept from series to series.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    metric: Vec<u8>,
    part: Vec<u8>,
    piece: Vec<u8>,
    text: String,
    native: Native,
}

impl Scratch {
    /// Returns how many bytes [`push`](Scratch::push) appends.
    pub(super) fn measure(&mut self, series: &Series<'_>) -> usize {
        self.fill(series);
        1 + varint_len(self.metric.len()) + self.metric.len()
    }

    /// Appends a series to the message of its family.
    pub(super) fn push(&mut self, series: &Series<'_>, out: &mut Vec<u8>) {
        self.fill(series);
        out.push_bytes(METRIC, &self.metric);
    }

    fn fill(&mut self, series: &Series<'_>) {
        self.metric.clear();
        self.labels(series.component_text);
        self.labels(series.label_text());
        for (key, value) in series.dynamic_labels() {
            push_label(&mut self.metric, &mut self.part, key, value);
        }
        self.part.clear();
        let field = match series.value() {
            Value::Gauge(value) => {
                self.part.push_double(1, value);
                2
            }
            value @ (Value::Counter(_) | Value::Nanoseconds(_)) => {
                self.part.push_double(1, value.as_f64());
                3
            }
            Value::Histogram(histogram) => {
                self.histogram(&histogram);
                7
            }
            Value::Exponential(histogram) => {
                self.exponential(&histogram);
                7
            }
            Value::Summary(summary) => {
                self.summary(&summary);
                4
            }
        };
        self.metric.push_bytes(field, &self.part);
    }

    /// Appends labels that are kept as the text formats write them: `key="escaped",key="escaped"`.
    fn labels(&mut self, mut text: &str) {
        while let Some((key, rest)) = text.split_once("=\"") {
            let end = end_of_value(rest);
            let value = unescaped(&rest[..end], &mut self.text);
            push_label(&mut self.metric, &mut self.part, key, value);
            // Behind the value stand its quote and, before a further label, a comma.
            text = rest.get(end + 2..).unwrap_or_default();
        }
    }

    fn histogram(&mut self, value: &Histogram<'_>) {
        self.sum_and_count(value.sum, value.count());
        self.buckets(value.bounds, value.buckets.iter().copied());
    }

    /// A native histogram, and a classic one for those who do not store these.
    fn exponential(&mut self, value: &Exponential<'_>) {
        self.sum_and_count(value.sum, value.count());
        self.buckets(value.classic_bounds(), value.classic_buckets());
        self.native.push(value, &mut self.part);
    }

    fn summary(&mut self, value: &Summary<'_>) {
        self.sum_and_count(value.sum, value.count);
        for (quantile, value) in value.quantiles {
            self.piece.clear();
            self.piece.push_double(1, *quantile);
            self.piece.push_double(2, *value);
            self.part.push_bytes(3, &self.piece);
        }
    }

    fn sum_and_count(&mut self, sum: f64, count: u64) {
        self.part.push_integer(1, count);
        self.part.push_double(2, sum);
    }

    /// The last bucket has no bound and is left out: it is the count.
    fn buckets(&mut self, bounds: &[f64], buckets: impl Iterator<Item = u64>) {
        let mut cumulative = 0;
        for (bound, count) in bounds.iter().zip(buckets) {
            cumulative += count;
            self.piece.clear();
            self.piece.push_integer(1, cumulative);
            self.piece.push_double(2, *bound);
            self.part.push_bytes(3, &self.piece);
        }
    }
}

fn push_label(metric: &mut Vec<u8>, part: &mut Vec<u8>, key: &str, value: &str) {
    part.clear();
    part.push_text(1, key);
    part.push_text(2, value);
    metric.push_bytes(1, part);
}

/// Where the quote stands that ends an escaped value.
fn end_of_value(escaped: &str) -> usize {
    let mut bytes = escaped.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return at,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    escaped.len()
}

fn unescaped<'a>(escaped: &'a str, room: &'a mut String) -> &'a str {
    if !escaped.contains('\\') {
        return escaped;
    }
    room.clear();
    let mut rest = escaped.chars();
    while let Some(character) = rest.next() {
        room.push(match character {
            '\\' => match rest.next() {
                Some('n') => '\n',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    room
}
