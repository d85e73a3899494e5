//! Percentiles of a histogram, interpolated as Prometheus does it.

/// A percentile: at `value`, or somewhere beyond it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantile {
    /// In the histogram's unit.
    pub(crate) value: f64,
    /// The percentile lies in the last, open bucket: `value` is that bucket's lower end.
    pub(crate) beyond: bool,
}

/// The observation below which the share `q` (0 to 1) of all lies, evenly spread within each bucket.
///
/// `buckets` holds counts per bucket, not cumulative, one more than `bounds`. None without observations.
pub(crate) fn quantile(q: f64, bounds: &[f64], buckets: &[u64]) -> Option<Quantile> {
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
}
