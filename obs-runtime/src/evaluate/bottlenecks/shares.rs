//! Shares of a trace, counted in buckets whose bounds grow by a quarter of the next power of two.

/// Buckets for each halving of a share.
const PER_HALVING: usize = 4;
/// How often a share is halved before it counts as nothing.
const HALVINGS: usize = 12;
/// The first bucket is of shares below all others, the last of the whole.
const BUCKETS: usize = PER_HALVING * HALVINGS + 2;
/// The bits of a number from 1 to 2 below those that say the bucket.
const BITS_BELOW: u32 = f64::MANTISSA_DIGITS - 1 - PER_HALVING.ilog2();
/// What of the bits of 1 says the bucket.
const WHOLE: usize = (1.0_f64.to_bits() >> BITS_BELOW) as usize;

/// How often which share of a trace was reached: shares from 1/4096 to 1 with an error of at most an eighth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    counts: [u64; BUCKETS],
}

impl Default for Shares {
    fn default() -> Shares {
        Shares {
            counts: [0; BUCKETS],
        }
    }
}

impl Shares {
    #[inline]
    pub(super) fn add(&mut self, share: f64) {
        self.counts[bucket(share)] += 1;
    }

    pub(super) fn merge(&mut self, others: &Shares) {
        for (count, other) in self.counts.iter_mut().zip(&others.counts) {
            *count += other;
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share that this part of all shares does not exceed; 0 where there is none.
    pub fn quantile(&self, part: f64) -> f64 {
        let rank = (part.clamp(0.0, 1.0) * self.count() as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return middle(bucket);
            }
        }
        0.0
    }
}

#[inline]
fn bucket(share: f64) -> usize {
    let bits = (share.to_bits() >> BITS_BELOW) as usize;
    (bits + BUCKETS - 1).saturating_sub(WHOLE).min(BUCKETS - 1)
}

/// The middle of a bucket; of the first it is nothing, of the last the whole.
fn middle(bucket: usize) -> f64 {
    let lower =
        |bucket: usize| f64::from_bits(((bucket + WHOLE + 1 - BUCKETS) as u64) << BITS_BELOW);
    match bucket {
        0 => 0.0,
        bucket if bucket == BUCKETS - 1 => 1.0,
        bucket => f64::midpoint(lower(bucket), lower(bucket + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_found_again() {
        for share in [1.0, 0.999, 0.75, 0.5, 0.3, 0.125, 0.01, 0.000_3] {
            let mut shares = Shares::default();
            shares.add(share);
            let found = shares.quantile(0.5);
            assert!((found - share).abs() <= share / 8.0, "{share}: {found}");
        }
    }

    #[test]
    fn what_is_next_to_nothing_is_nothing() {
        for share in [0.0, 1e-9, f64::MIN_POSITIVE] {
            let mut shares = Shares::default();
            shares.add(share);
            assert_eq!(shares.quantile(0.5), 0.0);
            assert_eq!(shares.count(), 1);
        }
    }

    #[test]
    fn quantiles_are_by_rank() {
        let mut shares = Shares::default();
        assert_eq!(shares.quantile(0.5), 0.0);
        (0..90).for_each(|_| shares.add(0.25));
        let mut others = Shares::default();
        (0..10).for_each(|_| others.add(1.0));
        shares.merge(&others);
        assert!(shares.quantile(0.9) < 0.3);
        assert_eq!(shares.quantile(0.91), 1.0);
        assert!(shares.quantile(0.0) < 0.3);
    }
}
