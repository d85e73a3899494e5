//! Distributions: what histograms and summaries held.

use obs::catalogue::Exponential as Scale;

/// What a histogram held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Histogram<'a> {
    /// Upper bounds, inclusive, without the last one, which is infinite.
    pub bounds: &'a [f64],
    /// Observations per bucket, one more than there are bounds. Not cumulative.
    pub buckets: &'a [u64],
    /// The sum of all observed values.
    pub sum: f64,
}

/// What an exponential histogram held: the buckets of Prometheus's native histograms, over a fixed range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential<'a> {
    /// Each power of two is cut into 2 to this many buckets: bucket `i` holds what is above 2^((i-1)/2^schema) and not above
    /// 2^(i/2^schema).
    pub schema: i8,
    /// What does not exceed this counts as zero: the lower end of the range.
    pub zero_threshold: f64,
    /// Observations that count as zero.
    pub zero: u64,
    /// The index of the first of `buckets`.
    pub first_index: i32,
    /// Observations per bucket, empty ones included. Not cumulative.
    pub buckets: &'a [u64],
    /// Observations above the range.
    pub overflow: u64,
    /// The sum of all observed values.
    pub sum: f64,
    /// The powers of two in the range, its ends included.
    pub(crate) bounds: &'a [f64],
}

/// Quantiles and their values.
pub(crate) type Quantiles = Box<[(f64, f64)]>;

/// What a summary held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary<'a> {
    /// Quantiles and their values over the summary's window; NaN where nothing was observed in it.
    pub quantiles: &'a [(f64, f64)],
    /// The sum of all values that were ever observed.
    pub sum: f64,
    /// How many values were ever observed.
    pub count: u64,
}

impl Histogram<'_> {
    /// Returns how many values were observed.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

impl<'a> Exponential<'a> {
    /// Puts together what the catalogue read, and its scale; `bounds` are the powers of two in the range.
    pub(crate) fn new(
        scale: &Scale,
        bounds: &'a [f64],
        (zero, buckets, overflow): (u64, &'a [u64], u64),
        sum: f64,
    ) -> Exponential<'a> {
        Exponential {
            // A schema is at most 5.
            schema: scale.schema() as i8,
            zero_threshold: scale.lowest(),
            zero,
            first_index: scale.first_index(),
            buckets,
            overflow,
            sum,
            bounds,
        }
    }

    /// Returns how many values were observed.
    pub fn count(&self) -> u64 {
        self.zero + self.buckets.iter().sum::<u64>() + self.overflow
    }

    /// Returns the bounds of the same distribution as a classic histogram: each power of two in the range, its ends
    /// included.
    pub fn classic_bounds(&self) -> &'a [f64] {
        self.bounds
    }

    /// Returns the observations between those bounds, one number more than there are bounds. Not cumulative.
    pub fn classic_buckets(&self) -> impl Iterator<Item = u64> + use<'a> {
        let octaves = self.buckets.chunks(1 << self.schema);
        let octaves = octaves.map(|octave| octave.iter().sum());
        std::iter::once(self.zero)
            .chain(octaves)
            .chain(std::iter::once(self.overflow))
    }
}
