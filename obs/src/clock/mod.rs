//! Reading the time cheaply: the processor's time stamp counter where it can be trusted, else the monotonic clock.

/// From readings to the time of day.
mod anchor;

/// The counter itself, and whether this machine's can be trusted.
mod tsc;

pub use anchor::Anchor;

use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Nanoseconds per tick as a fixed-point number with 32 fractional bits; 0 while the monotonic clock is used.
/// Written by `calibrate`, read by every start. Relaxed: a start carries the scale that it saw.
static SCALE: AtomicU64 = AtomicU64::new(0);

const FRACTION_BITS: u32 = 32;

/// How long `calibrate` compares the two clocks. More means a truer scale, less a faster start: 20 ms leave an error
/// of a few millionths.
const CALIBRATION_TIME: Duration = Duration::from_millis(20);

/// A running measurement.
///
/// It goes on with the clock that it began with, also when another becomes usable meanwhile.
#[derive(Debug, Clone, Copy)]
#[must_use = "a measurement that nobody ends measures nothing"]
pub struct Stopwatch {
    start: u64,
    /// Never 0, so that an optional measurement takes no more room.
    scale: Scale,
}

/// Nanoseconds per tick as in `SCALE`, or [`MONOTONIC`].
type Scale = NonZeroU64;

/// No scale: the measurement began with the monotonic clock.
const MONOTONIC: Scale = NonZeroU64::MAX;

impl Stopwatch {
    /// Reads the clock.
    #[inline(always)]
    pub fn start() -> Stopwatch {
        match Scale::new(SCALE.load(Relaxed)) {
            Some(scale) => Stopwatch {
                start: tsc::read(),
                scale,
            },
            None => Stopwatch {
                start: monotonic(),
                scale: MONOTONIC,
            },
        }
    }

    /// Nanoseconds since the start.
    #[inline(always)]
    pub fn elapsed_ns(&self) -> u64 {
        self.ns_of(self.read_again().saturating_sub(self.start))
    }

    /// Nanoseconds between two readings of the clock that it started with, by how far they are apart.
    #[inline(always)]
    pub(crate) fn ns_of(&self, readings: u64) -> u64 {
        if self.scale == MONOTONIC {
            readings
        } else {
            scaled(readings, self.scale.get())
        }
    }

    /// Nanoseconds from this start to another one; nothing if that was earlier.
    #[inline(always)]
    pub fn ns_until(&self, later: &Stopwatch) -> u64 {
        if self.scale != later.scale {
            return self.elapsed_ns().saturating_sub(later.elapsed_ns());
        }
        self.ns_of(later.start.saturating_sub(self.start))
    }

    /// A measurement that started at that nanosecond of the monotonic clock; for clocks that tests move by hand.
    #[doc(hidden)]
    pub fn monotonic_at(nanosecond: u64) -> Stopwatch {
        Stopwatch {
            start: nanosecond,
            scale: MONOTONIC,
        }
    }

    /// In two numbers, to be kept where no `Stopwatch` can.
    #[inline(always)]
    pub(crate) fn parts(&self) -> (u64, u64) {
        (self.start, self.scale.get())
    }

    /// The measurement that was kept so.
    #[inline(always)]
    pub(crate) fn from_parts(start: u64, scale: u64) -> Stopwatch {
        Stopwatch {
            start,
            scale: Scale::new(scale).unwrap_or(MONOTONIC),
        }
    }

    /// The reading that it started with: of a clock that goes on at the same rate, [`is_monotonic`](Self::is_monotonic) or not.
    #[inline(always)]
    pub(crate) fn reading(&self) -> u64 {
        self.start
    }

    /// Reads the clock that it started with once more.
    #[inline(always)]
    pub(crate) fn read_again(&self) -> u64 {
        if self.scale == MONOTONIC {
            monotonic()
        } else {
            tsc::read()
        }
    }

    /// Starts now where the counter is read.
    #[inline(always)]
    pub(crate) fn start_counter() -> Option<Stopwatch> {
        let scale = Scale::new(SCALE.load(Relaxed))?;
        Some(Stopwatch {
            start: tsc::read(),
            scale,
        })
    }

    /// Reads the counter once more, if that is the clock that it started with.
    #[inline(always)]
    pub(crate) fn read_counter_again(&self) -> Option<u64> {
        (!self.is_monotonic()).then(tsc::read)
    }

    /// Whether it reads the monotonic clock rather than the counter.
    #[inline(always)]
    pub(crate) fn is_monotonic(&self) -> bool {
        self.scale == MONOTONIC
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed_ns())
    }
}

#[inline(always)]
fn scaled(ticks: u64, scale: u64) -> u64 {
    ((u128::from(ticks) * u128::from(scale)) >> FRACTION_BITS) as u64
}

/// Nanoseconds of the monotonic clock since the first call in this process.
#[cold]
fn monotonic() -> u64 {
    static ANCHOR: OnceLock<Instant> = OnceLock::new();
    let anchor = ANCHOR.get_or_init(Instant::now);
    u64::try_from(anchor.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Switches later measurements to the time stamp counter, if this machine's is invariant and the kernel itself keeps
/// time by it. Takes 20 ms; the runtime calls it from a thread of its own.
///
/// Returns whether the counter is used.
pub fn calibrate() -> bool {
    if uses_tsc() {
        return true;
    }
    if !tsc::is_trusted() {
        return false;
    }
    let (began, began_ticks) = pair();
    std::thread::sleep(CALIBRATION_TIME);
    let (ended, ended_ticks) = pair();
    let nanoseconds = (ended - began).as_nanos();
    let Some(ticks) = ended_ticks
        .checked_sub(began_ticks)
        .filter(|&ticks| ticks > 0)
    else {
        return false;
    };
    let scale = (nanoseconds << FRACTION_BITS) / u128::from(ticks);
    SCALE.store(u64::try_from(scale).unwrap_or(0), Relaxed);
    scale > 0
}

/// Whether measurements that start now read the time stamp counter.
pub fn uses_tsc() -> bool {
    SCALE.load(Relaxed) != 0
}

/// Both clocks at the same moment, as nearly as a few attempts get.
fn pair() -> (Instant, u64) {
    let attempt = || {
        let before = tsc::read();
        let now = Instant::now();
        let after = tsc::read();
        (after.wrapping_sub(before), now, before.midpoint(after))
    };
    let closest = (0..16)
        .map(|_| attempt())
        .min_by_key(|(width, _, _)| *width);
    let (_, now, ticks) = closest.unwrap_or_else(attempt);
    (now, ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_keeps_the_clock_it_began_with() {
        // As one that started before any calibration, which another test of this process may have done.
        let before = Stopwatch {
            start: monotonic(),
            scale: MONOTONIC,
        };
        let trusted = calibrate();
        std::thread::sleep(Duration::from_millis(5));
        let elapsed = before.elapsed();
        assert!(elapsed >= Duration::from_millis(5) && elapsed < Duration::from_secs(60));
        assert_eq!(Stopwatch::start().scale != MONOTONIC, trusted);
    }

    #[test]
    fn an_optional_measurement_takes_no_more_room() {
        assert_eq!(size_of::<Option<Stopwatch>>(), size_of::<Stopwatch>());
    }

    #[test]
    fn both_clocks_agree() {
        calibrate();
        let (watch, instant) = (Stopwatch::start(), Instant::now());
        std::thread::sleep(Duration::from_millis(50));
        let (by_watch, by_instant) = (watch.elapsed(), instant.elapsed());
        let difference = by_watch.abs_diff(by_instant);
        assert!(
            difference < by_instant / 20,
            "{by_watch:?} against {by_instant:?}"
        );
    }

    fn ns_per_tick(nanoseconds: u64) -> Scale {
        Scale::new(nanoseconds << FRACTION_BITS).expect("it is not 0")
    }

    #[test]
    fn the_time_between_two_starts_needs_no_third_reading() {
        let (early, late) = (100, 350);
        let at = |start, scale| Stopwatch { start, scale };
        let [one, two] = [1, 2].map(ns_per_tick);
        for scale in [MONOTONIC, one] {
            assert_eq!(at(early, scale).ns_until(&at(late, scale)), 250);
            assert_eq!(at(late, scale).ns_until(&at(early, scale)), 0);
        }
        assert_eq!(at(early, two).ns_until(&at(late, two)), 500);
    }

    #[test]
    fn starts_by_different_clocks_are_compared_by_their_ages() {
        let before = Stopwatch::start();
        std::thread::sleep(Duration::from_millis(2));
        let after = Stopwatch {
            start: tsc::read(),
            scale: ns_per_tick(1),
        };
        let between = before.ns_until(&after);
        assert!(between > 0 && between <= before.elapsed_ns(), "{between}");
    }

    #[test]
    fn ticks_scale_without_overflow() {
        let third = (1u64 << FRACTION_BITS) / 3;
        assert_eq!(scaled(3_000_000_000, third), 999_999_999);
        assert_eq!(scaled(u64::MAX, 1 << FRACTION_BITS), u64::MAX);
    }

    #[test]
    fn a_clock_that_steps_back_reads_as_nothing() {
        let ahead = Stopwatch {
            start: u64::MAX,
            scale: Scale::new(1 << FRACTION_BITS).unwrap(),
        };
        assert_eq!(ahead.elapsed_ns(), 0);
        let ahead = Stopwatch {
            start: u64::MAX,
            scale: MONOTONIC,
        };
        assert_eq!(ahead.elapsed_ns(), 0);
    }
}
