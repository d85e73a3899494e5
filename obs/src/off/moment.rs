//! Moments that are never read.

use std::time::Duration;

use crate::clock::Stopwatch;

/// A moment of no clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment(());

impl Moment {
    /// Reads no clock.
    #[inline(always)]
    pub fn now() -> Moment {
        Moment(())
    }

    /// No time.
    #[inline(always)]
    pub fn until(self, later: Moment) -> Duration {
        let _ = later;
        Duration::ZERO
    }

    /// No time.
    #[inline(always)]
    pub fn elapsed(self) -> Duration {
        Duration::ZERO
    }

    /// Of no clock.
    pub(crate) fn of(_: Stopwatch) -> Moment {
        Moment(())
    }

    /// A measurement that nobody ends.
    pub(crate) fn watch(self) -> Stopwatch {
        Stopwatch::start()
    }

    /// Reads no clock.
    #[inline(always)]
    pub(crate) fn read_again(self) -> Moment {
        self
    }
}
