//! Writes a snapshot as text, piece by piece: label text is copied, numbers are filled in.

use std::ops::Range;

use obs::catalogue::Kind;

use crate::model::family::Family;
use crate::model::label_text::{push_escaped, push_label_bytes};
use crate::model::number::{push_float, push_integer, push_nanoseconds_as_seconds};
use crate::model::{Histogram, Series, Snapshot, Summary, Value};

use super::Format;
use super::format::unit_in_name;
use super::selection::Walk;

/// Where the writing of one exposition stands.
#[derive(Debug)]
pub(crate) struct Encoder {
    format: Format,
    walk: Walk,
    /// The family whose header was written last.
    opened: Option<usize>,
}

impl Encoder {
    /// Starts at the first family of a walk.
    pub(crate) fn new(format: Format, walk: Walk) -> Encoder {
        Encoder {
            format,
            walk,
            opened: None,
        }
    }

    /// Appends series until `out` is at least `limit` long, and returns whether the exposition is complete.
    ///
    /// It stops between two series, so a chunk exceeds the limit by one of them at most.
    pub(crate) fn fill(&mut self, snapshot: &Snapshot, out: &mut Vec<u8>, limit: usize) -> bool {
        while out.len() < limit {
            let Some(series) = self.walk.next(snapshot) else {
                self.close(out);
                return true;
            };
            let family = self.walk.family();
            if self.opened != Some(family) {
                self.opened = Some(family);
                push_header(out, self.format, series.family());
            }
            push_series(out, self.format, &series);
        }
        false
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
    let kind = match family.kind() {
        Kind::Counter if format == Format::OpenMetrics && !is_named_total(family) => "unknown",
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Info if format == Format::OpenMetrics => "info",
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

fn push_comment(out: &mut Vec<u8>, keyword: &str, name: &str, text: &str) {
    for piece in ["# ", keyword, " ", name, " ", text, "\n"] {
        out.extend_from_slice(piece.as_bytes());
    }
}

fn push_series(out: &mut Vec<u8>, format: Format, series: &Series<'_>) {
    match series.value() {
        Value::Counter(count) => {
            push_name(out, series, "");
            push_integer(out, count);
        }
        Value::Nanoseconds(nanoseconds) => {
            push_name(out, series, "");
            push_nanoseconds_as_seconds(out, nanoseconds);
        }
        Value::Gauge(value) => {
            push_name(out, series, "");
            push_float(out, value);
        }
        Value::Histogram(value) => {
            let has_count = format == Format::Text || is_counter_like(&value);
            let sum = has_count.then_some(value.sum);
            return push_histogram(out, series, value.buckets.iter().copied(), sum);
        }
        Value::Exponential(value) => {
            return push_histogram(out, series, value.classic_buckets(), Some(value.sum));
        }
        Value::Summary(summary) => return push_summary(out, series, &summary),
    }
    out.push(b'\n');
}

/// OpenMetrics wants `_total` on every sample of a counter. One that a bridge named otherwise is of unknown type there: its
/// name is the same in every format.
fn is_named_total(family: &Family) -> bool {
    family.name().ends_with("_total")
}

/// Writes buckets, and sum and count where there is a sum to write.
fn push_histogram(
    out: &mut Vec<u8>,
    series: &Series<'_>,
    buckets: impl Iterator<Item = u64>,
    sum: Option<f64>,
) {
    let bounds = &series.family().bounds;
    let prefix = push_prefix(out, series, "_bucket");
    let mut cumulative = 0;
    for (index, count) in buckets.enumerate() {
        if index > 0 {
            out.extend_from_within(prefix.clone());
        }
        cumulative += count;
        out.extend_from_slice(bounds.texts.get(index).as_bytes());
        out.extend_from_slice(b"} ");
        push_integer(out, cumulative);
        out.push(b'\n');
    }
    if let Some(sum) = sum {
        push_sum_and_count(out, series, sum, cumulative);
    }
}

fn push_summary(out: &mut Vec<u8>, series: &Series<'_>, summary: &Summary<'_>) {
    let bounds = &series.family().bounds;
    let prefix = push_prefix(out, series, "");
    for (index, (_, value)) in summary.quantiles.iter().enumerate() {
        if index > 0 {
            out.extend_from_within(prefix.clone());
        }
        out.extend_from_slice(bounds.texts.get(index).as_bytes());
        out.extend_from_slice(b"} ");
        push_float(out, *value);
        out.push(b'\n');
    }
    push_sum_and_count(out, series, summary.sum, summary.count);
}

/// Begins the first of some lines that begin alike, before the label that tells them apart; returns where it lies, as the
/// model of the others.
fn push_prefix(out: &mut Vec<u8>, series: &Series<'_>, suffix: &str) -> Range<usize> {
    let start = out.len();
    let separator = open_labels(out, series, suffix);
    out.push(separator);
    start..out.len()
}

fn push_sum_and_count(out: &mut Vec<u8>, series: &Series<'_>, sum: f64, count: u64) {
    push_name(out, series, "_sum");
    push_float(out, sum);
    out.push(b'\n');
    push_name(out, series, "_count");
    push_integer(out, count);
    out.push(b'\n');
}

/// With observations below zero a sum is no counter: OpenMetrics forbids it, and the count with it, which the last
/// bucket says anyway.
fn is_counter_like(value: &Histogram<'_>) -> bool {
    value.sum >= 0.0 && value.bounds.first().is_none_or(|bound| *bound >= 0.0)
}

/// Writes everything of a line that comes before its number.
fn push_name(out: &mut Vec<u8>, series: &Series<'_>, suffix: &str) {
    if open_labels(out, series, suffix) == b',' {
        out.push(b'}');
    }
    out.push(b' ');
}

/// Writes name and labels, and returns what must stand before a further label.
fn open_labels(out: &mut Vec<u8>, series: &Series<'_>, suffix: &str) -> u8 {
    out.extend_from_slice(series.family().name().as_bytes());
    out.extend_from_slice(suffix.as_bytes());
    let mut separator = b'{';
    for labels in [series.component_text, series.label_text()] {
        if !labels.is_empty() {
            out.push(separator);
            out.extend_from_slice(labels.as_bytes());
            separator = b',';
        }
    }
    for (key, value) in series.dynamic_labels() {
        push_label_bytes(out, separator, key, value);
        separator = b',';
    }
    separator
}

#[cfg(test)]
mod tests;
