//! Counts that somebody else keeps, turned into increments of a counter.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How much of a count has been passed on. Counters outlive a runtime, so this does too: it lives in a static.
///
/// Written and read by the one merging thread of the process alone, so nothing hangs on order.
#[derive(Debug)]
pub(crate) struct Told(AtomicU64);

impl Told {
    /// Nothing has been passed on yet.
    pub(crate) const fn nothing() -> Told {
        Told(AtomicU64::new(0))
    }

    /// Returns what came on top since the last call; nothing where the count went down.
    pub(crate) fn news(&self, count: u64) -> u64 {
        count.saturating_sub(self.0.swap(count, Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_increase_is_passed_on_once() {
        let told = Told::nothing();
        assert_eq!(told.news(5), 5);
        assert_eq!(told.news(5), 0);
        assert_eq!(told.news(8), 3);
        assert_eq!(told.news(2), 0);
        assert_eq!(told.news(4), 2);
    }
}
