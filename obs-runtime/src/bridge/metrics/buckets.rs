//! Which buckets a histogram has: the facade names none, so they go by the histogram's name.

use super::names;

/// The bounds of a histogram that nobody says anything about: three per decade for durations of a name in `_seconds`, and
/// else one per decade, since the facade does not tell what is measured.
pub const DEFAULT_BOUNDS: &[f64] = &[
    1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
];

/// Which histograms are meant, by their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// The one of exactly this name.
    Full(String),
    /// Those whose names begin so.
    Prefix(String),
    /// Those whose names end so.
    Suffix(String),
}

/// Bounds by name; an exact name goes before a beginning, that before an end, and the first said before the others.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets {
    by_name: Vec<(Matcher, &'static [f64])>,
    default: Option<&'static [f64]>,
}

impl Matcher {
    fn matches(&self, name: &str) -> bool {
        match self {
            Matcher::Full(full) => name == names::metric(full),
            Matcher::Prefix(prefix) => name.starts_with(&names::metric(prefix)),
            // The end of a name may begin with a digit.
            Matcher::Suffix(suffix) => name.ends_with(&names::metric(&format!("_{suffix}"))[1..]),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Matcher::Full(_) => 0,
            Matcher::Prefix(_) => 1,
            Matcher::Suffix(_) => 2,
        }
    }
}

impl Buckets {
    /// Gives bounds to the histograms that are meant.
    ///
    /// # Panics
    ///
    /// Panics where the bounds are empty, more than 1,000, not finite or not strictly increasing.
    pub(super) fn set(&mut self, matcher: Matcher, bounds: &[f64]) {
        self.by_name.push((matcher, checked(bounds)));
        self.by_name.sort_by_key(|(matcher, _)| matcher.rank());
    }

    /// Gives bounds to all others.
    ///
    /// # Panics
    ///
    /// As [`set`](Buckets::set).
    pub(super) fn set_default(&mut self, bounds: &[f64]) {
        self.default = Some(checked(bounds));
    }

    /// Returns the bounds of a histogram.
    pub(super) fn of(&self, name: &str) -> &'static [f64] {
        let by_name = self.by_name.iter();
        let mut by_name = by_name.filter(|(matcher, _)| matcher.matches(name));
        let said = by_name.next().map(|(_, bounds)| *bounds).or(self.default);
        said.unwrap_or(match name.ends_with("_seconds") {
            true => obs::DEFAULT_BOUNDS_SECONDS,
            false => DEFAULT_BOUNDS,
        })
    }
}

fn checked(bounds: &[f64]) -> &'static [f64] {
    obs::bounds::check(bounds);
    bounds.to_vec().leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_match_decides_and_then_the_default() {
        let mut buckets = Buckets::default();
        assert_eq!(buckets.of("x_seconds"), obs::DEFAULT_BOUNDS_SECONDS);
        assert_eq!(buckets.of("x"), DEFAULT_BOUNDS);
        buckets.set_default(&[7.0]);
        buckets.set(Matcher::Suffix("bytes".to_owned()), &[1.0]);
        buckets.set(Matcher::Prefix("http.".to_owned()), &[2.0]);
        buckets.set(Matcher::Full("http_in_bytes".to_owned()), &[3.0]);
        buckets.set(Matcher::Suffix("2d".to_owned()), &[4.0]);
        for (name, bound) in [
            ("http_in_bytes", 3.0),
            ("http_out_bytes", 2.0),
            ("disk_bytes", 1.0),
            ("plot_2d", 4.0),
            ("x_seconds", 7.0),
        ] {
            assert_eq!(buckets.of(name), [bound], "{name}");
        }
    }

    #[test]
    #[should_panic(expected = "increase strictly")]
    fn bounds_are_checked_where_they_are_said() {
        Buckets::default().set_default(&[2.0, 1.0]);
    }
}
