//! Writes a snapshot as text, piece by piece: label text is copied, numbers are filled in.

/// What many lines have in common.
mod line;

use obs::catalogue::Kind;

use crate::model::exemplars::{Exemplar, OfSeries};
use crate::model::family::{Bounds, Family};
use crate::model::label_text::push_escaped;
use crate::model::number::{push_float, push_integer, push_nanoseconds_as_seconds};
use crate::model::{Histogram, Snapshot, Summary, Value};

use super::Format;
use super::format::unit_in_name;
use super::selection::Walk;
use line::Line;

/// Where the writing of one exposition stands.
#[derive(Debug)]
pub(crate) struct Encoder {
    format: Format,
    walk: Walk,
    /// The family whose header was written last.
    opened: Option<usize>,
    line: Line,
}

impl Encoder {
    /// Starts at the first family of a walk.
    pub(crate) fn new(format: Format, walk: Walk) -> Encoder {
        Encoder {
            format,
            walk,
            opened: None,
            line: Line::default(),
        }
    }

    /// Appends series until `out` is at least `limit` long, and returns whether the exposition is complete.
    ///
    /// It stops between two series, so a chunk exceeds the limit by one of them at most.
    pub(crate) fn fill(&mut self, snapshot: &Snapshot, out: &mut Vec<u8>, limit: usize) -> bool {
        while out.len() < limit {
            let Some(row) = self.walk.row(snapshot) else {
                self.close(out);
                return true;
            };
            self.line.set(&row);
            while out.len() < limit
                && let Some((index, value)) = self.walk.step(&row)
            {
                let family = self.walk.family();
                if self.opened != Some(family) {
                    self.opened = Some(family);
                    push_header(out, self.format, row.family());
                }
                let exemplars = match self.format {
                    Format::OpenMetrics => row.exemplars(index),
                    Format::Text => OfSeries::default(),
                };
                let labels = row.label_text(index);
                self.push_series(out, &row.family().bounds, labels, value, exemplars);
            }
        }
        false
    }

    /// Appends a series of the row that the line is of.
    fn push_series(
        &self,
        out: &mut Vec<u8>,
        bounds: &Bounds,
        labels: &str,
        value: Value<'_>,
        exemplars: OfSeries<'_>,
    ) {
        match value {
            Value::Counter(count) => {
                self.line.push(out, labels);
                push_integer(out, count);
            }
            Value::Nanoseconds(nanoseconds) => {
                self.line.push(out, labels);
                push_nanoseconds_as_seconds(out, nanoseconds);
            }
            Value::Gauge(value) => {
                self.line.push(out, labels);
                push_float(out, value);
            }
            Value::Histogram(value) => {
                let has_count = self.format == Format::Text || is_counter_like(&value);
                let sum = has_count.then_some(value.sum);
                let buckets = value.buckets.iter().copied();
                return self.push_histogram(out, bounds, labels, buckets, sum, exemplars);
            }
            Value::Exponential(value) => {
                let buckets = value.classic_buckets();
                return self.push_histogram(
                    out,
                    bounds,
                    labels,
                    buckets,
                    Some(value.sum),
                    OfSeries::default(),
                );
            }
            Value::Summary(summary) => return self.push_summary(out, bounds, labels, &summary),
        }
        out.push(b'\n');
    }

    /// Writes buckets, and sum and count where there is a sum to write.
    fn push_histogram(
        &self,
        out: &mut Vec<u8>,
        bounds: &Bounds,
        labels: &str,
        buckets: impl Iterator<Item = u64>,
        sum: Option<f64>,
        exemplars: OfSeries<'_>,
    ) {
        let open = self.line.push_open(out, "_bucket", labels);
        let mut cumulative = 0;
        for (index, count) in buckets.enumerate() {
            if index > 0 {
                out.extend_from_within(open.clone());
            }
            cumulative += count;
            out.extend_from_slice(bounds.texts.get(index).as_bytes());
            out.extend_from_slice(b"} ");
            push_integer(out, cumulative);
            if let Some(exemplar) = exemplars.of(index) {
                push_exemplar(out, exemplar);
            }
            out.push(b'\n');
        }
        if let Some(sum) = sum {
            self.push_sum_and_count(out, labels, sum, cumulative);
        }
    }

    fn push_summary(&self, out: &mut Vec<u8>, bounds: &Bounds, labels: &str, value: &Summary<'_>) {
        let open = self.line.push_open(out, "", labels);
        for (index, (_, quantile)) in value.quantiles.iter().enumerate() {
            if index > 0 {
                out.extend_from_within(open.clone());
            }
            out.extend_from_slice(bounds.texts.get(index).as_bytes());
            out.extend_from_slice(b"} ");
            push_float(out, *quantile);
            out.push(b'\n');
        }
        self.push_sum_and_count(out, labels, value.sum, value.count);
    }

    fn push_sum_and_count(&self, out: &mut Vec<u8>, labels: &str, sum: f64, count: u64) {
        self.line.push_suffixed(out, "_sum", labels);
        push_float(out, sum);
        out.push(b'\n');
        self.line.push_suffixed(out, "_count", labels);
        push_integer(out, count);
        out.push(b'\n');
    }

    fn close(&self, out: &mut Vec<u8>) {
        if self.format == Format::OpenMetrics {
            out.extend_from_slice(b"# EOF\n");
        }
    }
}

fn push_header(out: &mut Vec<u8>, format: Format, family: &Family) {
    let name = match format {
        Format::Text => family.name(),
        Format::OpenMetrics => family.open_metrics_name(),
    };
    let mut help = String::new();
    push_escaped(&mut help, family.help(), format == Format::OpenMetrics);
    let has_stem = family.open_metrics_name() != family.name();
    let kind = match family.kind() {
        // OpenMetrics wants `_total` on every sample of a counter, and not in the family's name. What a bridge named otherwise
        // is of unknown type there: its name is the same in every format.
        Kind::Counter if format == Format::OpenMetrics && !has_stem => "unknown",
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Info if format == Format::OpenMetrics && has_stem => "info",
        Kind::StateSet if format == Format::OpenMetrics => "stateset",
        _ => "gauge",
    };
    push_comment(out, "HELP", name, &help);
    push_comment(out, "TYPE", name, kind);
    if format == Format::OpenMetrics
        && let Some(unit) = unit_in_name(family)
    {
        push_comment(out, "UNIT", name, unit);
    }
}

/// Writes behind a bucket which trace an observation in it was made in.
fn push_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    let Exemplar {
        trace,
        span,
        value,
        time_ns,
    } = exemplar;
    let labels = format!(" # {{trace_id=\"{trace}\",span_id=\"{span}\"}} ");
    out.extend_from_slice(labels.as_bytes());
    push_float(out, *value);
    let (seconds, milliseconds) = (time_ns / 1_000_000_000, time_ns / 1_000_000 % 1_000);
    out.extend_from_slice(format!(" {seconds}.{milliseconds:03}").as_bytes());
}

fn push_comment(out: &mut Vec<u8>, keyword: &str, name: &str, text: &str) {
    for piece in ["# ", keyword, " ", name, " ", text, "\n"] {
        out.extend_from_slice(piece.as_bytes());
    }
}

/// With observations below zero a sum is no counter: OpenMetrics forbids it, and the count with it, which the last
/// bucket says anyway.
fn is_counter_like(value: &Histogram<'_>) -> bool {
    value.sum >= 0.0 && value.bounds.first().is_none_or(|bound| *bound >= 0.0)
}

#[cfg(test)]
mod tests;
