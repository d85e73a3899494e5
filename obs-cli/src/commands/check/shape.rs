//! Histograms and summaries: whether all parts are there, together, and their numbers can be true.

use std::collections::HashMap;

use super::finding::{Finding, fault};
use super::line::{Sample, number};
use super::types::Type;
use crate::args::FormatName;

type Labels = Vec<(String, String)>;

/// The parts of a family's histograms and summaries, one by one in the order they came.
#[derive(Debug, Default)]
pub(super) struct Points {
    points: Vec<Point>,
    /// Where each is, by its labels: there may be many, and a line must not look at all of them.
    places: HashMap<Labels, usize>,
}

/// One histogram or summary.
#[derive(Debug)]
struct Point {
    /// Where it begins.
    line: usize,
    /// Bound, count and line of each bucket.
    buckets: Vec<(f64, f64, usize)>,
    count: Option<(f64, usize)>,
    has_sum: bool,
}

impl Points {
    /// Takes a sample of a family of this type; those of plain kinds are no one's part.
    pub(super) fn take(
        &mut self,
        sample: &Sample,
        kind: Type,
        rest: &str,
        line: usize,
        format: FormatName,
        findings: &mut Vec<Finding>,
    ) {
        if !matches!(kind, Type::Histogram | Type::GaugeHistogram | Type::Summary) {
            return;
        }
        let own = if kind == Type::Summary {
            "quantile"
        } else {
            "le"
        };
        let mut labels = sample.labels.clone();
        labels.retain(|(name, _)| name != own);
        labels.sort();
        let bound = sample.labels.iter().find(|(name, _)| name == own);
        let bound = bound.map(|(_, text)| text.as_str());
        let point = self.point(labels, line, findings);
        match rest {
            "_bucket" => point.bucket(bound, sample.value, line, format, findings),
            "" if kind == Type::Summary => check_quantile(bound, line, findings),
            "_count" | "_gcount" => point.count = Some((sample.value, line)),
            "_sum" | "_gsum" => point.has_sum = true,
            _ => {}
        }
    }

    /// The one with these labels. It must be the one that came last, or a new one.
    fn point(&mut self, labels: Labels, line: usize, findings: &mut Vec<Finding>) -> &mut Point {
        let at = match self.places.get(&labels) {
            Some(&at) => {
                if at + 1 != self.points.len() {
                    findings.push(
                        fault(
                            "interleaved",
                            "a part of a histogram or summary stands apart from the others",
                            "write all samples of one label set together",
                        )
                        .at(line),
                    );
                }
                at
            }
            None => {
                self.places.insert(labels, self.points.len());
                self.points.push(Point {
                    line,
                    buckets: Vec::new(),
                    count: None,
                    has_sum: false,
                });
                self.points.len() - 1
            }
        };
        &mut self.points[at]
    }

    /// What can be said once all samples have been read.
    pub(super) fn end(&self, family: &str, kind: Type, findings: &mut Vec<Finding>) {
        for point in &self.points {
            point.end(family, kind, findings);
        }
        let bounds = |point: &Point| -> Vec<u64> {
            let buckets = point.buckets.iter();
            buckets.map(|(bound, ..)| bound.to_bits()).collect()
        };
        let mut with_buckets = self.points.iter().filter(|point| !point.buckets.is_empty());
        if let Some(first) = with_buckets.next()
            && let Some(other) = with_buckets.find(|point| bounds(point) != bounds(first))
        {
            findings.push(
                fault(
                    "bucket-bounds",
                    format!("the histograms of `{family}` have different buckets"),
                    "give all of a family the same bounds, or they cannot be added up",
                )
                .at(other.line),
            );
        }
    }
}

impl Point {
    fn bucket(
        &mut self,
        bound: Option<&str>,
        count: f64,
        line: usize,
        format: FormatName,
        findings: &mut Vec<Finding>,
    ) {
        let Some(text) = bound else {
            findings.push(fault("bucket", "a bucket has no `le`", "add its upper bound").at(line));
            return;
        };
        let Ok(bound) = number(text) else {
            let what = format!("the bound `{text}` is no number");
            findings.push(fault("bucket", what, "write a number or +Inf").at(line));
            return;
        };
        if format == FormatName::OpenMetrics && !is_canonical(text) {
            findings.push(
                fault(
                    "bucket",
                    format!("the bound `{text}` is not written as a float"),
                    "write whole numbers with .0: the same bound must always be the same text",
                )
                .at(line),
            );
        }
        if let Some((before, below, _)) = self.buckets.last() {
            if *before >= bound {
                findings.push(
                    fault(
                        "bucket-order",
                        format!("the bound {text} comes behind {before}"),
                        "write buckets in the order of their bounds",
                    )
                    .at(line),
                );
            } else if *below > count {
                findings.push(
                    fault(
                        "bucket-cumulative",
                        format!(
                            "up to {text} there are {count}, fewer than the {below} up to {before}"
                        ),
                        "count in each bucket what is in those below it",
                    )
                    .at(line),
                );
            }
        }
        self.buckets.push((bound, count, line));
    }

    fn end(&self, family: &str, kind: Type, findings: &mut Vec<Finding>) {
        let mut find = |rule, line, what: String, advice| {
            findings.push(fault(rule, what, advice).at(line));
        };
        if kind != Type::Summary {
            let infinite = self
                .buckets
                .iter()
                .find(|(bound, ..)| *bound == f64::INFINITY);
            match (infinite, self.count) {
                (None, _) => find(
                    "bucket-infinite",
                    self.line,
                    format!("a histogram of `{family}` has no bucket +Inf"),
                    "add le=\"+Inf\", which counts everything",
                ),
                (Some((_, all, line)), Some((count, _))) if *all != count => find(
                    "bucket-infinite",
                    *line,
                    format!("the bucket +Inf of `{family}` has {all}, its count {count}"),
                    "make both the number of all observations",
                ),
                _ => {}
            }
        }
        for (is_there, part) in [(self.count.is_some(), "count"), (self.has_sum, "sum")] {
            if !is_there && kind != Type::GaugeHistogram {
                find(
                    "incomplete",
                    self.line,
                    format!("a series of `{family}` has no {part}"),
                    "export sum and count of each",
                );
            }
        }
    }
}

fn check_quantile(text: Option<&str>, line: usize, findings: &mut Vec<Finding>) {
    let value = text.and_then(|text| number(text).ok());
    if value.is_none_or(|value| !(0.0..=1.0).contains(&value)) {
        findings.push(
            fault(
                "quantile",
                format!("`{}` is no quantile", text.unwrap_or_default()),
                "write the label `quantile` with a number from 0 to 1",
            )
            .at(line),
        );
    }
}

fn is_canonical(bound: &str) -> bool {
    bound == "+Inf" || bound.contains(['.', 'e', 'E'])
}
