//! A moment to measure from, later and elsewhere.

use std::time::Duration;

use crate::clock::Stopwatch;

/// A reading of the clock that travels: in a message, say, so that whoever receives it knows how long it took.
///
/// ```
/// let sent = obs::Moment::now();
/// let received = obs::Moment::now();
/// assert!(sent.until(received) <= sent.elapsed());
/// assert!(received.until(sent).is_zero());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Moment(Stopwatch);

impl Moment {
    /// Reads the clock.
    #[inline(always)]
    pub fn now() -> Moment {
        Moment(Stopwatch::start())
    }

    /// The time from this moment to a later one; nothing if that one is earlier.
    #[inline(always)]
    pub fn until(self, later: Moment) -> Duration {
        Duration::from_nanos(self.0.ns_until(&later.0))
    }

    /// Reads the clock that this moment was read from once more.
    #[inline(always)]
    pub(crate) fn read_again(self) -> Moment {
        let (_, scale) = self.0.parts();
        Moment(Stopwatch::from_parts(self.0.read_again(), scale))
    }

    /// The moment that a measurement started at.
    #[inline(always)]
    pub(crate) fn of(watch: Stopwatch) -> Moment {
        Moment(watch)
    }

    /// A measurement that started at this moment.
    #[inline(always)]
    pub(crate) fn watch(self) -> Stopwatch {
        self.0
    }

    /// The time since this moment.
    #[inline(always)]
    pub fn elapsed(self) -> Duration {
        Duration::from_nanos(self.0.elapsed_ns())
    }
}
