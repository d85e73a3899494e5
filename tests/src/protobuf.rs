//! A reader of the protobuf exposition, with messages declared from `io/prometheus/client/metrics.proto` and decoded by prost.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;

use crate::exposition::{Families, Family, Labels};

/// `io.prometheus.client.MetricFamily`.
#[derive(Clone, PartialEq, Message)]
pub struct MetricFamily {
    /// Name of the family, with `_total` where it is a counter.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Help, as it is.
    #[prost(string, tag = "2")]
    pub help: String,
    /// `MetricType`.
    #[prost(enumeration = "MetricType", tag = "3")]
    pub kind: i32,
    /// The series.
    #[prost(message, repeated, tag = "4")]
    pub metrics: Vec<Metric>,
    /// Unit.
    #[prost(string, tag = "5")]
    pub unit: String,
}

/// `io.prometheus.client.MetricType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
pub enum MetricType {
    /// Counter.
    Counter = 0,
    /// Gauge.
    Gauge = 1,
    /// Summary.
    Summary = 2,
    /// Untyped.
    Untyped = 3,
    /// Histogram, classic or native or both.
    Histogram = 4,
}

/// `io.prometheus.client.Metric`.
#[derive(Clone, PartialEq, Message)]
pub struct Metric {
    /// Labels.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<LabelPair>,
    /// Value of a gauge.
    #[prost(message, optional, tag = "2")]
    pub gauge: Option<Number>,
    /// Value of a counter.
    #[prost(message, optional, tag = "3")]
    pub counter: Option<Number>,
    /// Value of a summary.
    #[prost(message, optional, tag = "4")]
    pub summary: Option<Summary>,
    /// Value of a histogram.
    #[prost(message, optional, tag = "7")]
    pub histogram: Option<Histogram>,
}

/// `io.prometheus.client.LabelPair`.
#[derive(Clone, PartialEq, Message)]
pub struct LabelPair {
    /// Key.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Value, as it is.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// `io.prometheus.client.Counter` and `Gauge`, which are alike.
#[derive(Clone, PartialEq, Message)]
pub struct Number {
    /// The value.
    #[prost(double, tag = "1")]
    pub value: f64,
}

/// `io.prometheus.client.Summary`.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// Observations.
    #[prost(uint64, tag = "1")]
    pub sample_count: u64,
    /// Their sum.
    #[prost(double, tag = "2")]
    pub sample_sum: f64,
    /// Quantiles.
    #[prost(message, repeated, tag = "3")]
    pub quantiles: Vec<Quantile>,
}

/// `io.prometheus.client.Quantile`.
#[derive(Clone, PartialEq, Message)]
pub struct Quantile {
    /// Which one, 0 to 1.
    #[prost(double, tag = "1")]
    pub quantile: f64,
    /// Its value.
    #[prost(double, tag = "2")]
    pub value: f64,
}

/// `io.prometheus.client.Histogram`.
#[derive(Clone, PartialEq, Message)]
pub struct Histogram {
    /// Observations.
    #[prost(uint64, tag = "1")]
    pub sample_count: u64,
    /// Their sum.
    #[prost(double, tag = "2")]
    pub sample_sum: f64,
    /// Classic buckets.
    #[prost(message, repeated, tag = "3")]
    pub buckets: Vec<Bucket>,
    /// Schema of the native buckets.
    #[prost(sint32, tag = "5")]
    pub schema: i32,
    /// Width of the zero bucket.
    #[prost(double, tag = "6")]
    pub zero_threshold: f64,
    /// Observations in the zero bucket.
    #[prost(uint64, tag = "7")]
    pub zero_count: u64,
    /// Where runs of native buckets of positive values lie.
    #[prost(message, repeated, tag = "12")]
    pub positive_spans: Vec<BucketSpan>,
    /// Each bucket's count, as the difference to the one before.
    #[prost(sint64, repeated, tag = "13")]
    pub positive_deltas: Vec<i64>,
}

/// `io.prometheus.client.Bucket`.
#[derive(Clone, PartialEq, Message)]
pub struct Bucket {
    /// Observations up to the bound.
    #[prost(uint64, tag = "1")]
    pub cumulative_count: u64,
    /// The bound, inclusive.
    #[prost(double, tag = "2")]
    pub upper_bound: f64,
}

/// `io.prometheus.client.BucketSpan`.
#[derive(Clone, PartialEq, Message)]
pub struct BucketSpan {
    /// How many buckets lie between the last span, or bucket 0, and this one.
    #[prost(sint32, tag = "1")]
    pub offset: i32,
    /// How many buckets it has.
    #[prost(uint32, tag = "2")]
    pub length: u32,
}

impl Histogram {
    /// The native buckets that are not empty, by their index.
    ///
    /// # Errors
    ///
    /// Says what contradicts the rules.
    pub fn native_buckets(&self) -> Result<BTreeMap<i32, u64>, String> {
        let (mut buckets, mut sum) = (BTreeMap::new(), self.zero_count);
        let (mut index, mut count) = (0, 0);
        let mut deltas = self.positive_deltas.iter();
        for (at, span) in self.positive_spans.iter().enumerate() {
            if at > 0 && span.offset < 0 || span.length == 0 {
                return Err("a span that overlaps the last, or an empty one".to_owned());
            }
            index += span.offset;
            for _ in 0..span.length {
                count += deltas.next().ok_or("more buckets than counts")?;
                let known = u64::try_from(count).map_err(|_| "a count below zero")?;
                sum += known;
                if known > 0 {
                    buckets.insert(index, known);
                }
                index += 1;
            }
        }
        if deltas.next().is_some() {
            return Err("more counts than buckets".to_owned());
        }
        if sum != self.sample_count {
            return Err("native buckets that do not add up to the count".to_owned());
        }
        Ok(buckets)
    }
}

/// Decodes messages, each behind its length.
///
/// # Errors
///
/// Says which message cannot be decoded.
pub fn decode(mut bytes: &[u8]) -> Result<Vec<MetricFamily>, String> {
    let mut families = Vec::new();
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes);
        families.push(family.map_err(|error| format!("message {}: {error}", families.len()))?);
    }
    Ok(families)
}

/// Reads an exposition into what [`exposition::text`](crate::exposition::text) makes of one; `le` is written as Rust's
/// `{:?}` writes the bound.
///
/// # Errors
///
/// Says what contradicts the rules.
pub fn families(bytes: &[u8]) -> Result<Families, String> {
    let mut families = Families::new();
    for family in decode(bytes)? {
        let name = family.name.clone();
        let read = read_family(&family).map_err(|what| format!("{name}: {what}"))?;
        if families.insert(name.clone(), read).is_some() {
            return Err(format!("{name}: the family is there twice"));
        }
    }
    Ok(families)
}

fn read_family(family: &MetricFamily) -> Result<Family, String> {
    if family.metrics.is_empty() {
        return Err("it has no series".to_owned());
    }
    let mut read = Family {
        help: family.help.clone(),
        kind: format!("{:?}", family.kind()).to_lowercase(),
        unit: (!family.unit.is_empty()).then(|| family.unit.clone()),
        ..Family::default()
    };
    for metric in &family.metrics {
        let labels = labels(metric)?;
        for (suffix, extra, value) in samples(family.kind(), metric)? {
            let mut labels = labels.clone();
            labels.extend(extra);
            labels.sort();
            let name = format!("{}{suffix}", family.name);
            if read.samples.insert((name, labels), value).is_some() {
                return Err("a series twice".to_owned());
            }
        }
    }
    Ok(read)
}

fn labels(metric: &Metric) -> Result<Labels, String> {
    let mut names = BTreeSet::new();
    if !metric.labels.iter().all(|pair| names.insert(&pair.name)) {
        return Err("a double label".to_owned());
    }
    let pairs = metric.labels.iter();
    Ok(pairs
        .map(|pair| (pair.name.clone(), pair.value.clone()))
        .collect())
}

type Sample = (&'static str, Option<(String, String)>, f64);

fn samples(kind: MetricType, metric: &Metric) -> Result<Vec<Sample>, String> {
    let missing = || format!("a {kind:?} without its value");
    Ok(match kind {
        MetricType::Counter => {
            vec![("", None, metric.counter.as_ref().ok_or_else(missing)?.value)]
        }
        MetricType::Gauge => vec![("", None, metric.gauge.as_ref().ok_or_else(missing)?.value)],
        MetricType::Histogram => classic(metric.histogram.as_ref().ok_or_else(missing)?)?,
        MetricType::Summary => summary(metric.summary.as_ref().ok_or_else(missing)?),
        MetricType::Untyped => return Err("nothing of ours is untyped".to_owned()),
    })
}

fn classic(histogram: &Histogram) -> Result<Vec<Sample>, String> {
    let count = histogram.sample_count as f64;
    let mut samples = vec![
        ("_sum", None, histogram.sample_sum),
        ("_count", None, count),
    ];
    let mut last = (f64::NEG_INFINITY, 0);
    for bucket in &histogram.buckets {
        if bucket.upper_bound <= last.0 || bucket.cumulative_count < last.1 {
            return Err("buckets out of order".to_owned());
        }
        last = (bucket.upper_bound, bucket.cumulative_count);
        samples.push((
            "_bucket",
            Some(("le".to_owned(), format!("{:?}", last.0))),
            last.1 as f64,
        ));
    }
    if last.1 > histogram.sample_count || last.0 == f64::INFINITY {
        return Err("the last bucket contradicts the count, or repeats it".to_owned());
    }
    samples.push(("_bucket", Some(("le".to_owned(), "inf".to_owned())), count));
    if histogram.zero_threshold > 0.0 {
        histogram.native_buckets()?;
    }
    Ok(samples)
}

fn summary(summary: &Summary) -> Vec<Sample> {
    let quantiles = summary.quantiles.iter().map(|quantile| {
        let label = ("quantile".to_owned(), format!("{:?}", quantile.quantile));
        ("", Some(label), quantile.value)
    });
    let sums = [
        ("_sum", None, summary.sample_sum),
        ("_count", None, summary.sample_count as f64),
    ];
    quantiles.chain(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(labels: &[(&str, &str)]) -> Metric {
        let labels = labels.iter().map(|(name, value)| LabelPair {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        });
        Metric {
            labels: labels.collect(),
            gauge: Some(Number { value: 1.0 }),
            ..Metric::default()
        }
    }

    fn family(kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
        MetricFamily {
            name: "a".to_owned(),
            kind: kind.into(),
            metrics,
            ..MetricFamily::default()
        }
    }

    fn refused(messages: &[MetricFamily]) -> String {
        let messages = messages.iter();
        let bytes: Vec<u8> = messages
            .flat_map(Message::encode_length_delimited_to_vec)
            .collect();
        families(&bytes).expect_err("it must not be read")
    }

    fn histogram(count: u64, buckets: &[(f64, u64)]) -> Metric {
        let buckets = buckets
            .iter()
            .map(|&(upper_bound, cumulative_count)| Bucket {
                cumulative_count,
                upper_bound,
            });
        Metric {
            histogram: Some(Histogram {
                sample_count: count,
                buckets: buckets.collect(),
                ..Histogram::default()
            }),
            ..Metric::default()
        }
    }

    #[test]
    fn native_buckets_are_found_by_their_spans() {
        let span = |offset, length| BucketSpan { offset, length };
        let native = |spans: &[BucketSpan], deltas: &[i64], count| Histogram {
            sample_count: count,
            zero_count: 2,
            positive_spans: spans.to_vec(),
            positive_deltas: deltas.to_vec(),
            ..Histogram::default()
        };
        let two = [span(-3, 3), span(4, 1)];
        let right = native(&two, &[5, -5, 1, 8], 17).native_buckets();
        assert_eq!(right, Ok(BTreeMap::from([(-3, 5), (-1, 1), (4, 9)])));
        for (wrong, says) in [
            (native(&two, &[5, -5, 1, 8], 16), "add up"),
            (native(&two, &[5, -6, 2, 8], 17), "below zero"),
            (native(&two, &[5, -5, 1], 8), "more buckets"),
            (native(&two, &[5, -5, 1, 8, 1], 17), "more counts"),
            (native(&[span(0, 1), span(-1, 1)], &[1, 0], 4), "overlaps"),
            (native(&[span(0, 0)], &[], 2), "an empty one"),
        ] {
            let said = wrong.native_buckets().expect_err(says);
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn faults_are_found() {
        let one = || family(MetricType::Gauge, vec![gauge(&[("x", "1")])]);
        assert!(refused(&[one(), one()]).contains("the family is there twice"));
        let double = [("x", "1"), ("x", "2")];
        for (metrics, says) in [
            (vec![], "no series"),
            (vec![gauge(&[]), gauge(&[])], "a series twice"),
            (vec![gauge(&double)], "double label"),
            (vec![Metric::default()], "without its value"),
        ] {
            let said = refused(&[family(MetricType::Gauge, metrics)]);
            assert!(said.contains(says), "{said}");
        }
        for (metric, says) in [
            (histogram(3, &[(1.0, 2), (0.5, 3)]), "out of order"),
            (histogram(3, &[(0.5, 3), (1.0, 2)]), "out of order"),
            (histogram(3, &[(0.5, 4)]), "contradicts the count"),
            (histogram(3, &[(f64::INFINITY, 3)]), "repeats it"),
        ] {
            let said = refused(&[family(MetricType::Histogram, vec![metric])]);
            assert!(said.contains(says), "{said}");
        }
        assert!(families(&[5, 1]).is_err(), "a length without its message");
    }
}
