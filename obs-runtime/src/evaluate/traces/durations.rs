//! Durations by size: counts in buckets, eight for each power of two.

/// How many buckets a power of two has: a quantile is at most 12.5 % above the true one.
const PARTS: u64 = 8;
/// Durations up to this many nanoseconds are in the first bucket.
const LEAST_POWER: u32 = 6;
/// Longer ones than 2^41 ns, half an hour, are in the last one.
const MOST_POWER: u32 = 41;
const BUCKETS: usize = ((MOST_POWER - LEAST_POWER) as usize) * PARTS as usize + 1;

/// Durations, counted by size.
#[derive(Debug, Clone)]
pub struct Durations {
    counts: Box<[u32; BUCKETS]>,
    count: u64,
    sum_ns: u128,
    longest_ns: u64,
}

impl Default for Durations {
    fn default() -> Durations {
        Durations {
            counts: Box::new([0; BUCKETS]),
            count: 0,
            sum_ns: 0,
            longest_ns: 0,
        }
    }
}

impl Durations {
    /// Counts one.
    #[inline]
    pub fn add(&mut self, ns: u64) {
        self.add_size(ns);
        self.add_sum(1, ns, ns);
    }

    /// Counts one by its size alone.
    #[inline]
    pub(super) fn add_size(&mut self, ns: u64) {
        let count = &mut self.counts[bucket(ns)];
        *count = count.saturating_add(1);
    }

    /// Counts so many by everything else.
    #[inline]
    pub(super) fn add_sum(&mut self, count: u64, sum_ns: u64, longest_ns: u64) {
        self.count += count;
        self.sum_ns += u128::from(sum_ns);
        self.longest_ns = self.longest_ns.max(longest_ns);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All of them together.
    pub fn sum_ns(&self) -> u128 {
        self.sum_ns
    }

    /// The longest.
    pub fn longest_ns(&self) -> u64 {
        self.longest_ns
    }

    /// The upper bound of the bucket in which that share of all, from the shortest on, ends; `None` where there are none.
    pub fn quantile_ns(&self, share: f64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let rank = ((self.count as f64 * share).ceil() as u64).clamp(1, self.count);
        let mut seen = 0;
        let reached = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank
        });
        reached.map(|bucket| upper(bucket).min(self.longest_ns))
    }

    /// Adds others.
    pub fn merge(&mut self, others: &Durations) {
        for (count, other) in self.counts.iter_mut().zip(others.counts.iter()) {
            *count = count.saturating_add(*other);
        }
        self.count += others.count;
        self.sum_ns += others.sum_ns;
        self.longest_ns = self.longest_ns.max(others.longest_ns);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        (self.count, self.sum_ns, self.longest_ns) = (0, 0, 0);
    }
}

/// The bucket of a duration: those above a bound and up to the next.
#[inline]
fn bucket(ns: u64) -> usize {
    let Some(over) = ns.checked_sub(1).filter(|over| *over >> LEAST_POWER != 0) else {
        return 0;
    };
    let power = over.ilog2();
    if power >= MOST_POWER {
        return BUCKETS - 1;
    }
    let part = (over >> (power - 3)) & (PARTS - 1);
    ((power - LEAST_POWER) as usize) * PARTS as usize + part as usize + 1
}

/// The longest duration of a bucket.
fn upper(bucket: usize) -> u64 {
    let Some(above) = bucket.checked_sub(1) else {
        return 1 << LEAST_POWER;
    };
    if bucket == BUCKETS - 1 {
        return u64::MAX;
    }
    let (power, part) = (above as u64 / PARTS, above as u64 % PARTS);
    (PARTS + part + 1) << (u64::from(LEAST_POWER) + power - 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_bucket_whose_bounds_are_around_it() {
        for ns in (0..100_000).chain([1 << 30, (1 << 40) + 7, 1 << 41]) {
            let bucket = bucket(ns);
            assert!(ns <= upper(bucket), "{ns}");
            assert!(bucket == 0 || ns > upper(bucket - 1), "{ns}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_quantile_is_at_most_an_eighth_too_large() {
        let mut durations = Durations::default();
        (1..=10_000).for_each(|us| durations.add(us * 1_000));
        for (share, exact) in [(0.5, 5_000_000.0), (0.99, 9_900_000.0), (0.0, 1_000.0)] {
            let found = durations.quantile_ns(share).unwrap() as f64;
            assert!(found >= exact && found <= exact * 1.126, "{share}: {found}");
        }
        assert_eq!(durations.quantile_ns(1.0), Some(10_000_000));
        assert_eq!(Durations::default().quantile_ns(0.5), None);
    }
}
