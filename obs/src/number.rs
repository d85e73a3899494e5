//! What gauges and histograms hold: numbers, or whole numbers.

/// Numbers in the metric's own unit: bytes, ratios, lengths.
#[derive(Debug, Clone, Copy)]
pub enum Number {}

/// Whole numbers, exact over all of `i64` but its least: a series that is set to that is as if it had never been set.
/// Setting one converts nothing.
#[derive(Debug, Clone, Copy)]
pub enum Integer {}

/// What a gauge shows: [`Number`] or [`Integer`].
pub trait Level: sealed::Sealed + Copy + 'static {
    /// What it is set to.
    type Value;

    /// The bits of the cell after a `set`.
    #[doc(hidden)]
    fn bits(value: Self::Value) -> u64;
}

impl Level for Number {
    type Value = f64;

    #[inline(always)]
    fn bits(value: f64) -> u64 {
        value.to_bits() ^ UNSET_NUMBER
    }
}

impl Level for Integer {
    type Value = i64;

    #[inline(always)]
    fn bits(value: i64) -> u64 {
        (value ^ UNSET_INTEGER) as u64
    }
}

/// Turns the bits of a number into those of the cell that `set` writes, and back: a zeroed cell means that nobody has set
/// the gauge. The mask is a NaN that no arithmetic makes.
const UNSET_NUMBER: u64 = 0x7ff8_6f62_7300_0001;

/// The same for a whole number: the one that a gauge of whole numbers cannot be set to.
const UNSET_INTEGER: i64 = i64::MIN;

/// What a gauge was set to, by the bits of its cell; `None` before it was set.
pub(crate) fn set_value(integer: bool, bits: u64) -> Option<f64> {
    if bits == 0 {
        None
    } else if integer {
        Some((bits as i64 ^ UNSET_INTEGER) as f64)
    } else {
        Some(f64::from_bits(bits ^ UNSET_NUMBER))
    }
}

/// The bits of a set gauge's cell after it went up by `n`, or down by it. Whole numbers wrap around past the one that
/// means "never set", so that ups and downs cancel whatever they were.
#[cfg_attr(
    any(obs_off, feature = "off"),
    expect(dead_code, reason = "what is compiled out records nothing")
)]
pub(crate) fn changed(integer: bool, bits: u64, up: bool, n: u64) -> u64 {
    if integer {
        const NUMBERS: i128 = u64::MAX as i128;
        const LEAST: i128 = UNSET_INTEGER as i128 + 1;
        let value = i128::from(bits as i64 ^ UNSET_INTEGER);
        let n = i128::from(n);
        let changed = if up { value + n } else { value - n };
        let wrapped = (changed - LEAST).rem_euclid(NUMBERS) + LEAST;
        Integer::bits(wrapped as i64)
    } else {
        let value = f64::from_bits(bits ^ UNSET_NUMBER);
        let n = n as f64;
        Number::bits(if up { value + n } else { value - n })
    }
}

/// The bits of a gauge's cell after a number was added to what it is set to: to 0 where it has never been set.
pub(crate) fn added(bits: u64, value: f64) -> u64 {
    let before = set_value(false, bits).unwrap_or(0.0);
    Number::bits(before + value)
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Number {}
    impl Sealed for super::Integer {}
}

/// What a gauge can be set to: a number, or for a gauge of whole numbers an integer.
///
/// The exposition shows floats, as everywhere in Prometheus: integers beyond 2^53 lose their last digits there.
#[diagnostic::on_unimplemented(
    message = "a gauge of `{N}` cannot be set to `{Self}`",
    label = "not `{N}`",
    note = "gauges are set to integers of up to 64 bits, `bool`, `f32` and `f64`; those made with `integer` to no floats"
)]
pub trait GaugeValue<N: Level = Number> {
    /// The value as the gauge keeps it.
    fn into_value(self) -> N::Value;
}

macro_rules! gauge_values {
    ($($type:ty)+) => {$(
        impl GaugeValue for $type {
            #[inline(always)]
            fn into_value(self) -> f64 {
                self as f64
            }
        }
    )+};
}

gauge_values! { f64 f32 i64 u64 i32 u32 i16 u16 i8 u8 isize usize }

impl GaugeValue for bool {
    #[inline(always)]
    fn into_value(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// What an observed counter can be told: an unsigned integer, or for a counter of seconds a `Duration`.
#[diagnostic::on_unimplemented(
    message = "a counter cannot be told `{Self}`",
    label = "no count",
    note = "counters are told unsigned integers of up to 64 bits; those of seconds, a `Duration`"
)]
pub trait CounterValue {
    /// The count as the counter keeps it: in nanoseconds if it is `timed`.
    #[doc(hidden)]
    fn count(self, timed: bool) -> u64;
}

const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

macro_rules! counter_values {
    ($($type:ty)+) => {$(
        impl CounterValue for $type {
            /// To a counter of seconds, whole seconds.
            fn count(self, timed: bool) -> u64 {
                let unit = if timed { NANOSECONDS_PER_SECOND } else { 1 };
                (self as u64).saturating_mul(unit)
            }
        }
    )+};
}

counter_values! { u64 u32 u16 u8 usize }

impl CounterValue for std::time::Duration {
    /// To a counter of another unit than seconds, whole seconds.
    fn count(self, timed: bool) -> u64 {
        match timed {
            true => u64::try_from(self.as_nanos()).unwrap_or(u64::MAX),
            false => self.as_secs(),
        }
    }
}

macro_rules! gauge_integers {
    ($($type:ty)+) => {$(
        impl GaugeValue<Integer> for $type {
            /// Beyond the range of `i64`, the end of the range.
            #[inline(always)]
            fn into_value(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
    )+};
}

gauge_integers! { i64 u64 i32 u32 i16 u16 i8 u8 isize usize bool }
