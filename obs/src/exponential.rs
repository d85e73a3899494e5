//! Exponential buckets: a fixed range of octaves, cut as Prometheus's native histograms are.

/// The finest cut: 32 buckets per octave, which hold a value to about one part in a hundred.
const MOST_SCHEMA: u8 = 5;

/// More buckets would make a slab of one metric.
const MOST_BUCKETS: u32 = 1_000;

/// Cells of a series beside its buckets: below the range, above it, the sum, and the pace of timers.
const OTHER_CELLS: u32 = 4;

/// What [`summary!`](crate::summary) looks back on, unless it says otherwise. More means steadier quantiles, less means
/// quicker ones.
pub const DEFAULT_WINDOW: std::time::Duration = std::time::Duration::from_secs(60);

/// Where an octave is cut at the finest schema: 2^(n/32), to the nearest float.
const CUTS: [f64; 32] = [
    1.0,
    1.0218971486541166,
    1.0442737824274138,
    1.0671404006768237,
    1.0905077326652577,
    1.1143867425958924,
    1.1387886347566916,
    1.1637248587775775,
    1.189207115002721,
    1.215247359980469,
    1.241857812073484,
    1.2690509571917332,
    1.2968395546510096,
    1.3252366431597413,
    1.3542555469368927,
    1.383909881963832,
    std::f64::consts::SQRT_2,
    1.4451808069770467,
    1.4768261459394993,
    1.5091644275934228,
    1.5422108254079407,
    1.5759808451078865,
    1.6104903319492543,
    1.645755478153965,
    1.681792830507429,
    1.718619298122478,
    1.7562521603732995,
    1.7947090750031072,
    1.8340080864093424,
    1.8741676341103,
    1.9152065613971474,
    1.9571441241754002,
];

/// Bits of a float's mantissa.
const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;
const EXPONENT_BIAS: i32 = f64::MAX_EXP - 1;

/// An octave in 64 equal parts: each is narrower than any bucket, so at most one cut lies in it.
const PARTS: usize = 64;
const PART_SHIFT: u32 = MANTISSA_BITS - PARTS.trailing_zeros();

/// For each part, how many cuts lie below all of it, and the mantissa of the next one.
static GUESSES: [(u64, i32); PARTS] = guesses();

/// The buckets of an exponential histogram: 2^`schema` per octave, upper bounds inclusive, in the metric's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exponential {
    schema: u8,
    /// The lowest bound is 2 to this.
    low: i32,
    octaves: u32,
}

impl Exponential {
    /// Buckets from 2^`low` to 2^`high`.
    ///
    /// # Panics
    ///
    /// Panics, at compile time for a metric, where the schema is above 5, where the range is empty or not one of normal
    /// floats, and where it makes more than 1,000 buckets.
    pub const fn new(schema: u8, low: i32, high: i32) -> Exponential {
        assert!(schema <= MOST_SCHEMA, "a schema is at most 5");
        assert!(
            low >= f64::MIN_EXP - 1 && high < f64::MAX_EXP && low < high,
            "a range goes from a lower power of two to a higher one"
        );
        let exponential = Exponential {
            schema,
            low,
            octaves: (high - low) as u32,
        };
        assert!(
            exponential.buckets() <= MOST_BUCKETS,
            "a histogram has at most 1,000 buckets"
        );
        exponential
    }

    /// The schema of Prometheus's native histograms: an octave has 2 to this many buckets.
    pub const fn schema(&self) -> u8 {
        self.schema
    }

    /// How many buckets there are between the ends of the range.
    pub const fn buckets(&self) -> u32 {
        self.octaves << self.schema
    }

    /// The index of the first bucket, as native histograms number them: bucket `i` ends at 2^(i/2^schema).
    pub const fn first_index(&self) -> i32 {
        (self.low << self.schema) + 1
    }

    /// The lowest bound: what does not exceed it is counted as zero.
    pub fn lowest(&self) -> f64 {
        power_of_two(self.low)
    }

    /// The highest bound.
    pub fn highest(&self) -> f64 {
        power_of_two(self.low + self.octaves as i32)
    }

    /// The upper bound of a bucket, counted from 0; the same number for the same bound at any schema.
    pub fn upper_bound(&self, bucket: usize) -> f64 {
        self.bound(bucket + 1)
    }

    /// The lower bound of a bucket, which belongs to the one before.
    pub fn lower_bound(&self, bucket: usize) -> f64 {
        self.bound(bucket)
    }

    /// The bounds that are powers of two, the ends of the range included: each ends the buckets of a whole octave.
    pub fn octave_bounds(&self) -> impl ExactSizeIterator<Item = f64> + use<> {
        let low = self.low;
        (0..self.octaves + 1).map(move |octave| power_of_two(low + octave as i32))
    }

    /// The value to take for what was counted in a bucket: the harmonic mean of its bounds, from which no value in the
    /// bucket lies further away than [`relative_error`](Exponential::relative_error).
    pub fn representative(&self, bucket: usize) -> f64 {
        let (lower, upper) = (self.lower_bound(bucket), self.upper_bound(bucket));
        2.0 * upper * (lower / (lower + upper))
    }

    /// How far a value within the range may lie from what its bucket is taken for, relative to the value.
    pub fn relative_error(&self) -> f64 {
        let growth = (-f64::from(self.schema)).exp2().exp2();
        (growth - 1.0) / (growth + 1.0)
    }

    /// The `nth` bound from the lowest on.
    fn bound(&self, nth: usize) -> f64 {
        let per_octave = 1 << self.schema;
        let within = nth % per_octave;
        CUTS[within << (MOST_SCHEMA - self.schema)]
            * power_of_two(self.low + (nth / per_octave) as i32)
    }

    /// How many cells a series takes.
    pub(crate) const fn cells(&self) -> u32 {
        self.buckets() + OTHER_CELLS
    }

    /// Offset of the cell that counts what lies above the range.
    pub(crate) const fn overflow_cell(&self) -> u32 {
        self.buckets() + 1
    }

    /// Offset of the cell of the sum.
    pub(crate) const fn sum_cell(&self) -> u32 {
        self.buckets() + 2
    }

    /// Offset of the cell that paces timers.
    #[cfg_attr(
        any(obs_off, feature = "off"),
        expect(dead_code, reason = "what is compiled out has no timers")
    )]
    pub(crate) const fn pace_cell(&self) -> u32 {
        self.buckets() + 3
    }

    /// Offset of the cell that counts a value: 0 for what counts as zero, then the buckets, then what is above them.
    /// Without a logarithm and without a branch: the exponent comes from the float's bits, the place in the octave from a
    /// table, and one compare corrects it. The value must not be negative.
    #[inline(always)]
    #[cfg_attr(
        any(obs_off, feature = "off"),
        allow(dead_code, reason = "what is compiled out observes nothing")
    )]
    pub(crate) fn cell(&self, value: f64) -> u32 {
        let bits = value.to_bits();
        let (exponent, mantissa) = ((bits >> MANTISSA_BITS) as i32, bits & MANTISSA);
        let (next_cut, below) = GUESSES[(mantissa >> PART_SHIFT) as usize];
        let cuts_below = below + i32::from(mantissa > next_cut);
        let finest = ((exponent - EXPONENT_BIAS) << MOST_SCHEMA) + cuts_below;
        // Rounded up: a bucket of a coarser schema ends where the last of those within it does.
        let coarser = MOST_SCHEMA - self.schema;
        let index = (finest + (1 << coarser) - 1) >> coarser;
        let cell = index - (self.low << self.schema);
        cell.clamp(0, self.overflow_cell() as i32) as u32
    }
}

const fn guesses() -> [(u64, i32); PARTS] {
    let mut guesses = [(u64::MAX, 0); PARTS];
    let mut part = 0;
    while part < PARTS {
        let start = (part as u64) << PART_SHIFT;
        let mut cut = 0;
        // A cut at the very start of the part is its own to compare with.
        while cut < CUTS.len() && CUTS[cut].to_bits() & MANTISSA < start {
            cut += 1;
        }
        let next = if cut < CUTS.len() {
            CUTS[cut].to_bits() & MANTISSA
        } else {
            u64::MAX
        };
        guesses[part] = (next, cut as i32);
        part += 1;
    }
    guesses
}

/// Two to a power that gives a normal float.
const fn power_of_two(power: i32) -> f64 {
    f64::from_bits(((power + EXPONENT_BIAS) as u64) << MANTISSA_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(value: f64) -> f64 {
        f64::from_bits(value.to_bits() - 1)
    }

    fn above(value: f64) -> f64 {
        f64::from_bits(value.to_bits() + 1)
    }

    /// 2^(1/32) by repeated square roots, each correctly rounded, is within a few units in the last place of the truth.
    #[test]
    fn cuts_are_powers_of_the_thirty_second_root_of_two() {
        for (n, cut) in CUTS.iter().enumerate() {
            let mut power = *cut;
            for _ in 0..5 {
                power *= power;
            }
            let exact = power_of_two(n as i32);
            assert!(
                (power / exact - 1.0).abs() < 40.0 * f64::EPSILON,
                "{n}: {power}"
            );
            let nearest = (n as f64 / 32.0).exp2();
            assert!((cut - nearest).abs() <= f64::EPSILON, "{n}: {nearest}");
        }
        assert_eq!(CUTS[16], 2f64.sqrt());
    }

    #[test]
    fn a_bound_belongs_to_the_bucket_that_it_ends() {
        for schema in 0..=MOST_SCHEMA {
            for (low, high) in [(-20, 7), (0, 1), (-3, 0), (40, 60), (-1022, -1000)] {
                let scale = Exponential::new(schema, low, high);
                let last = scale.buckets() as usize;
                for bucket in 0..last {
                    let (lower, upper) = (scale.lower_bound(bucket), scale.upper_bound(bucket));
                    let cell = bucket as u32 + 1;
                    assert_eq!(scale.cell(lower), cell - 1, "{scale:?} {bucket}");
                    assert_eq!(scale.cell(above(lower)), cell, "{scale:?} {bucket}");
                    assert_eq!(scale.cell(below(upper)), cell, "{scale:?} {bucket}");
                    assert_eq!(scale.cell(upper), cell, "{scale:?} {bucket}");
                    assert_eq!(scale.cell(above(upper)), cell + 1, "{scale:?} {bucket}");
                }
                assert_eq!(scale.lower_bound(0), scale.lowest());
                assert_eq!(scale.upper_bound(last - 1), scale.highest());
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_range_has_cells_of_its_own() {
        let scale = Exponential::new(3, -20, 7);
        for zero in [0.0, f64::MIN_POSITIVE / 4.0, 1e-300, scale.lowest()] {
            assert_eq!(scale.cell(zero), 0, "{zero}");
        }
        for over in [above(128.0), 1e300, f64::MAX, f64::INFINITY] {
            assert_eq!(scale.cell(over), scale.overflow_cell(), "{over}");
        }
    }

    #[test]
    fn indexes_are_those_of_native_histograms() {
        let scale = Exponential::new(3, -20, 7);
        assert_eq!(scale.first_index(), -159);
        assert_eq!(scale.buckets(), 216);
        // 1 ends bucket 0 at any schema.
        let bucket_of_one = scale.cell(1.0) as i32 - 1 + scale.first_index();
        assert_eq!(bucket_of_one, 0);
        assert_eq!(scale.octave_bounds().len(), 28);
        assert_eq!(scale.octave_bounds().last(), Some(128.0));
    }

    #[test]
    fn no_value_lies_further_from_its_representative_than_the_error() {
        for schema in 0..=MOST_SCHEMA {
            let scale = Exponential::new(schema, -4, 4);
            let error = scale.relative_error();
            let mut worst: f64 = 0.0;
            for bucket in 0..scale.buckets() as usize {
                let taken = scale.representative(bucket);
                for value in [above(scale.lower_bound(bucket)), scale.upper_bound(bucket)] {
                    worst = worst.max((taken - value).abs() / value);
                }
            }
            assert!(worst <= error * (1.0 + 1e-12), "{schema}: {worst}");
            assert!(worst >= error * (1.0 - 1e-12), "{schema}: {worst}");
        }
        let error = Exponential::new(4, -20, 7).relative_error();
        assert!((0.0216..0.0217).contains(&error), "{error}");
    }

    #[test]
    #[should_panic(expected = "at most 1,000 buckets")]
    fn too_many_buckets_are_refused() {
        let _ = Exponential::new(5, -20, 20);
    }

    #[test]
    #[should_panic(expected = "lower power of two")]
    fn an_empty_range_is_refused() {
        let _ = Exponential::new(3, 4, 4);
    }
}
