//! Observations by size, of whatever kind the buckets are, and their quantiles, interpolated as Prometheus does it.

use obs_runtime::api::{Exponential, Histogram, Value};

/// A quantile: at `value`, or somewhere beyond it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantile {
    /// In the histogram's unit.
    pub(crate) value: f64,
    /// The quantile lies in the last, open bucket: `value` is that bucket's lower end.
    pub(crate) beyond: bool,
}

/// Counts per bucket, not cumulative, one more than there are upper bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Distribution {
    pub(crate) bounds: Vec<f64>,
    pub(crate) buckets: Vec<u64>,
}

impl Distribution {
    /// What a value tells of the sizes of observations; none of a value that is no histogram.
    pub(crate) fn of(value: &Value) -> Option<Distribution> {
        match value {
            Value::Histogram(histogram) => Some(Distribution::explicit(histogram)),
            Value::Exponential(histogram) => Some(Distribution::exponential(histogram)),
            _ => None,
        }
    }

    fn explicit(histogram: &Histogram) -> Distribution {
        Distribution {
            bounds: histogram.bounds.clone(),
            buckets: histogram.buckets.clone(),
        }
    }

    /// Bounds worked out from the schema. Between zero and the first bucket lies one that is empty.
    fn exponential(histogram: &Exponential) -> Distribution {
        let bound = |index: i32| (f64::from(index) * (-f64::from(histogram.schema)).exp2()).exp2();
        let (mut bounds, mut buckets) =
            (vec![histogram.zero_threshold], vec![histogram.zero_count]);
        let lowest = bound(histogram.first_index.saturating_sub(1));
        if lowest > histogram.zero_threshold {
            bounds.push(lowest);
            buckets.push(0);
        }
        for (index, &count) in (histogram.first_index..).zip(&histogram.buckets) {
            bounds.push(bound(index));
            buckets.push(count);
        }
        buckets.push(histogram.overflow);
        Distribution { bounds, buckets }
    }

    /// How many observations there are.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The observation below which the share `q` (0 to 1) of all lies; none without observations.
    pub(crate) fn quantile(&self, q: f64) -> Option<Quantile> {
        quantile(q, &self.bounds, &self.buckets)
    }

    /// What was observed since `before`; everything, if it has begun again since.
    pub(crate) fn since(&self, before: &Distribution) -> Distribution {
        let continued = before.bounds == self.bounds
            && before.buckets.len() == self.buckets.len()
            && before
                .buckets
                .iter()
                .zip(&self.buckets)
                .all(|(then, now)| then <= now);
        if !continued {
            return self.clone();
        }
        let buckets = self.buckets.iter().zip(&before.buckets);
        Distribution {
            bounds: self.bounds.clone(),
            buckets: buckets.map(|(now, then)| now - then).collect(),
        }
    }

    /// Adds another of the same bounds. Others cannot be added: what is there stays.
    pub(crate) fn add(&mut self, other: &Distribution) {
        if self.buckets.is_empty() {
            self.clone_from(other);
        } else if self.bounds == other.bounds {
            for (sum, more) in self.buckets.iter_mut().zip(&other.buckets) {
                *sum += more;
            }
        }
    }
}

/// The observation below which the share `q` (0 to 1) of all lies, evenly spread within each bucket.
///
/// `buckets` holds counts per bucket, not cumulative, one more than `bounds`. None without observations.
fn quantile(q: f64, bounds: &[f64], buckets: &[u64]) -> Option<Quantile> {
    let total: u64 = buckets.iter().sum();
    if total == 0 {
        return None;
    }
    let rank = q * total as f64;
    let mut below = 0.0;
    for (i, (&upper, &count)) in bounds.iter().zip(buckets).enumerate() {
        let count = count as f64;
        if count > 0.0 && below + count >= rank {
            // The first bucket begins at 0, unless it holds negative numbers: then its bound is all that is known.
            let lower = if i > 0 { bounds[i - 1] } else { upper.min(0.0) };
            let share = (rank - below) / count;
            // Both ends weighed, not a step from the lower one: a whole share is the bound itself.
            let value = lower * (1.0 - share) + upper * share;
            return Some(Quantile {
                value,
                beyond: false,
            });
        }
        below += count;
    }
    bounds.last().map(|&value| Quantile {
        value,
        beyond: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: f64) -> Option<Quantile> {
        Some(Quantile {
            value,
            beyond: false,
        })
    }

    #[test]
    fn percentile_is_interpolated_within_its_bucket() {
        // 10 observations up to 1, 30 up to 2, 60 up to 4. The 50th is the 10th of 60 in (2, 4].
        let (bounds, buckets) = ([1.0, 2.0, 4.0], [10, 30, 60, 0]);
        assert_eq!(quantile(0.05, &bounds, &buckets), at(0.5));
        assert_eq!(quantile(0.10, &bounds, &buckets), at(1.0));
        assert_eq!(quantile(0.25, &bounds, &buckets), at(1.5));
        assert_eq!(
            quantile(0.50, &bounds, &buckets),
            at(2.0 + 2.0 * 10.0 / 60.0)
        );
        assert_eq!(quantile(1.0, &bounds, &buckets), at(4.0));
    }

    #[test]
    fn percentile_beyond_the_last_bound_says_so() {
        assert_eq!(
            quantile(0.99, &[1.0, 2.0], &[90, 0, 10]),
            Some(Quantile {
                value: 2.0,
                beyond: true
            })
        );
    }

    #[test]
    fn nothing_observed_has_no_percentile() {
        assert_eq!(quantile(0.5, &[1.0], &[0, 0]), None);
        assert_eq!(quantile(0.5, &[], &[]), None);
        assert_eq!(quantile(0.5, &[], &[3]), None);
    }

    #[test]
    fn empty_buckets_are_stepped_over() {
        assert_eq!(quantile(0.0, &[1.0, 2.0, 3.0], &[0, 0, 4, 0]), at(2.0));
        assert_eq!(quantile(0.5, &[-1.0, 1.0], &[2, 0, 0]), at(-1.0));
    }

    fn distribution(bounds: &[f64], buckets: &[u64]) -> Distribution {
        Distribution {
            bounds: bounds.to_vec(),
            buckets: buckets.to_vec(),
        }
    }

    #[test]
    fn exponential_buckets_have_the_bounds_of_their_schema() {
        let value = Value::Exponential(Exponential {
            schema: 1,
            zero_threshold: 0.001,
            zero_count: 1,
            first_index: 0,
            buckets: vec![2, 3, 4],
            overflow: 5,
            sum: 0.0,
            count: 15,
        });
        let read = Distribution::of(&value).expect("it is a histogram");
        let root = std::f64::consts::SQRT_2;
        let expected = [0.001, 1.0 / root, 1.0, root, 2.0];
        assert_eq!(read.buckets, [1, 0, 2, 3, 4, 5]);
        assert_eq!(read.bounds.len(), expected.len());
        for (bound, expected) in read.bounds.iter().zip(expected) {
            assert!((bound - expected).abs() < 1e-12, "{bound} {expected}");
        }
        assert_eq!(read.count(), 15);
        assert_eq!(Distribution::of(&Value::Gauge(1.0)), None);
    }

    #[test]
    fn distributions_grow_bucket_by_bucket_and_begin_again() {
        let now = distribution(&[1.0], &[14, 2]);
        let bounds: &[f64] = &[1.0];
        for (bounds, before, since) in [
            (bounds, &[10, 1], [4, 1]),
            (bounds, &[10, 3], [14, 2]),
            (&[2.0], &[10, 1], [14, 2]),
        ] {
            assert_eq!(now.since(&distribution(bounds, before)).buckets, since);
        }
    }

    #[test]
    fn only_distributions_of_the_same_bounds_add_up() {
        let mut sum = Distribution::default();
        sum.add(&distribution(&[1.0], &[1, 2]));
        sum.add(&distribution(&[1.0], &[10, 20]));
        sum.add(&distribution(&[2.0], &[100, 200]));
        assert_eq!(sum, distribution(&[1.0], &[11, 22]));
    }
}
