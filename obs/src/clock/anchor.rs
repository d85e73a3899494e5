//! From readings of the clocks to the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{MONOTONIC, SCALE, Stopwatch, monotonic, scaled, tsc};
use std::sync::atomic::Ordering::Relaxed;

/// All clocks at one moment: with it, readings become times of day, and a trace that is converted with one anchor has exact
/// durations, whatever is done to the time of day meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    ticks: u64,
    monotonic_ns: u64,
    unix_ns: u64,
    /// Nanoseconds per tick as in `SCALE`; 0 while the counter is not used.
    scale: u64,
}

impl Anchor {
    /// Reads all clocks.
    pub fn now() -> Anchor {
        let before = tsc::read();
        let monotonic_ns = monotonic();
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        let after = tsc::read();
        Anchor {
            ticks: before.midpoint(after),
            monotonic_ns,
            unix_ns: unix.map_or(0, |unix| u64::try_from(unix.as_nanos()).unwrap_or(u64::MAX)),
            scale: SCALE.load(Relaxed),
        }
    }

    /// An anchor made by hand: that reading of the monotonic clock is that time of day.
    pub fn at(monotonic_ns: u64, unix_ns: u64) -> Anchor {
        Anchor {
            ticks: 0,
            monotonic_ns,
            unix_ns,
            scale: 0,
        }
    }

    /// When it was taken: nanoseconds since 1970.
    pub fn unix_ns(&self) -> u64 {
        self.unix_ns
    }

    /// The time of day of a reading, in nanoseconds since 1970.
    #[inline(always)]
    pub fn unix_ns_of(&self, reading: u64, is_monotonic: bool) -> u64 {
        let then = if is_monotonic {
            self.monotonic_ns
        } else {
            self.ticks
        };
        if reading <= then {
            self.unix_ns
                .saturating_sub(self.ns(then - reading, is_monotonic))
        } else {
            self.unix_ns
                .saturating_add(self.ns(reading - then, is_monotonic))
        }
    }

    /// So many units of a clock in nanoseconds.
    #[inline]
    pub fn ns(&self, units: u64, is_monotonic: bool) -> u64 {
        if is_monotonic {
            units
        } else {
            scaled(units, self.scale)
        }
    }

    /// So many units of a clock in nanoseconds, by its rate now.
    #[inline]
    pub fn since(units: u64, is_monotonic: bool) -> u64 {
        if is_monotonic {
            units
        } else {
            scaled(units, SCALE.load(Relaxed))
        }
    }

    /// The reading that a measurement starts with, and whether it is of the monotonic clock.
    pub fn reading_now() -> (u64, bool) {
        let now = Stopwatch::start();
        (now.start, now.scale == MONOTONIC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_reading_becomes_the_time_of_day_that_it_was_read_at() {
        super::super::calibrate();
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let (reading, is_monotonic) = Anchor::reading_now();
        std::thread::sleep(Duration::from_millis(5));
        let anchor = Anchor::now();
        let converted = anchor.unix_ns_of(reading, is_monotonic);
        let off = converted.abs_diff(unix.as_nanos() as u64);
        assert!(off < 5_000_000, "{off}");
        assert!(anchor.unix_ns() - converted >= 5_000_000);
    }

    #[test]
    fn readings_before_and_after_the_anchor_are_converted_alike() {
        let anchor = Anchor::at(1_000, 5_000);
        assert_eq!(anchor.unix_ns_of(900, true), 4_900);
        assert_eq!(anchor.unix_ns_of(1_100, true), 5_100);
        assert_eq!(Anchor::at(u64::MAX, 5).unix_ns_of(0, true), 0);
    }
}
