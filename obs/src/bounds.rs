//! Bucket bounds: checked, and turned into integers that compare like the observations, at compile time.

/// Default bounds of a histogram of seconds: from 5 µs to 10 s, three per decade, fit for calls within a process and
/// for calls over a network.
pub const DEFAULT_BOUNDS_SECONDS: &[f64] = &[
    0.000_005, 0.000_025, 0.0001, 0.000_25, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
];

/// More bounds would make a slab of one metric.
const MOST_BOUNDS: usize = 1_000;
const NANOSECONDS_PER_SECOND: f64 = 1e9;
/// The sign bit, which orders floats the wrong way round when they are read as integers.
const SIGN: u64 = 1 << 63;

/// Refuses bounds that are not finite and increasing: evaluated at compile time, it stops the build.
///
/// # Panics
///
/// Panics where the bounds are empty, too many, not finite or not strictly increasing.
pub const fn check(bounds: &[f64]) {
    assert!(!bounds.is_empty(), "a histogram needs at least one bound");
    assert!(
        bounds.len() <= MOST_BOUNDS,
        "a histogram has at most 1,000 bounds"
    );
    let mut at = 0;
    while at < bounds.len() {
        assert!(
            bounds[at].is_finite(),
            "bounds must be finite: `+Inf` is always there"
        );
        if at > 0 {
            assert!(bounds[at] > bounds[at - 1], "bounds must increase strictly");
        }
        at += 1;
    }
}

/// Bounds of seconds as whole nanoseconds.
///
/// # Panics
///
/// Panics where a bound is negative, or two are the same to the nanosecond.
pub const fn nanoseconds<const N: usize>(bounds: &[f64]) -> [u64; N] {
    let mut keys = [0; N];
    let mut at = 0;
    while at < N {
        assert!(
            bounds[at] >= 0.0,
            "no duration is negative: bounds of seconds begin at 0"
        );
        keys[at] = (bounds[at] * NANOSECONDS_PER_SECOND + 0.5) as u64;
        assert!(
            // Bounds that do not increase are `check`'s to refuse, once.
            at == 0 || keys[at] > keys[at - 1] || bounds[at] <= bounds[at - 1],
            "bounds of seconds must differ by a nanosecond at least"
        );
        at += 1;
    }
    keys
}

/// Bounds of numbers as integers in the same order.
pub const fn ordered<const N: usize>(bounds: &[f64]) -> [u64; N] {
    let mut keys = [0; N];
    let mut at = 0;
    while at < N {
        keys[at] = order(bounds[at]);
        at += 1;
    }
    keys
}

/// An integer that compares with others as the numbers compare; both zeros are one.
#[inline(always)]
pub(crate) const fn order(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(keys: &[u64], value: u64) -> usize {
        keys.iter().filter(|&&key| value > key).count()
    }

    #[test]
    fn bounds_are_inclusive_to_the_nanosecond() {
        const KEYS: [u64; 12] = nanoseconds(DEFAULT_BOUNDS_SECONDS);
        assert_eq!(KEYS[4], 1_000_000);
        assert_eq!(bucket(&KEYS, 1_000_000), 4);
        assert_eq!(bucket(&KEYS, 1_000_001), 5);
        assert_eq!(bucket(&KEYS, 0), 0);
        assert_eq!(bucket(&KEYS, u64::MAX), 12);
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let numbers = [
            f64::NEG_INFINITY,
            -1e300,
            -2.0,
            -1e-300,
            0.0,
            1e-300,
            2.0,
            1e300,
            f64::INFINITY,
        ];
        assert!(
            numbers
                .windows(2)
                .all(|pair| order(pair[0]) < order(pair[1]))
        );
        assert_eq!(order(-0.0), order(0.0));
    }

    #[test]
    #[should_panic(expected = "begin at 0")]
    fn a_negative_duration_is_refused() {
        let _: [u64; 2] = nanoseconds(&[-1.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "differ by a nanosecond")]
    fn durations_closer_than_a_nanosecond_are_refused() {
        let _: [u64; 2] = nanoseconds(&[1e-10, 2e-10]);
    }

    #[test]
    #[should_panic(expected = "increase strictly")]
    fn equal_bounds_are_refused() {
        check(&[1.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "finite")]
    fn an_infinite_bound_is_refused() {
        check(&[1.0, f64::INFINITY]);
    }

    #[test]
    #[should_panic(expected = "at least one")]
    fn no_bounds_are_refused() {
        check(&[]);
    }
}
