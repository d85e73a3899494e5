//! A count that threads add to at any rate without waiting for each other: each that does so often has a part of its own.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The sum of its parts, which never goes down.
#[derive(Debug)]
pub(crate) struct Tally {
    /// What was counted without a part, and by parts that have gone. Written by any thread, read under the lock by merges.
    rest: AtomicU64,
    parts: Mutex<Vec<Arc<Own>>>,
}

/// One thread's part. What it has counted stays when it goes.
#[derive(Debug)]
pub(crate) struct Part {
    tally: &'static Tally,
    count: Arc<Own>,
}

/// Written by its thread alone, read by merges; relaxed, since it is a number and nothing hangs on order. On cache lines of its
/// own.
#[derive(Debug)]
#[repr(align(128))]
struct Own(AtomicU64);

impl Tally {
    pub(crate) const fn new() -> Tally {
        Tally {
            rest: AtomicU64::new(0),
            parts: Mutex::new(Vec::new()),
        }
    }

    /// Counts one, for a thread that has no part.
    pub(crate) fn inc(&self) {
        self.rest.fetch_add(1, Relaxed);
    }

    /// A part for this thread.
    pub(crate) fn part(&'static self) -> Part {
        let count = Arc::new(Own(AtomicU64::new(0)));
        self.lock().push(count.clone());
        Part { tally: self, count }
    }

    /// What all have counted.
    pub(crate) fn total(&self) -> u64 {
        let parts = self.lock();
        let own: u64 = parts.iter().map(|part| part.0.load(Relaxed)).sum();
        // Under the lock, so that a part which goes is either among them or in the rest.
        own + self.rest.load(Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Own>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part {
    /// Counts one. On the thread that the part is for.
    pub(crate) fn inc(&self) {
        let count = &self.count.0;
        count.store(count.load(Relaxed) + 1, Relaxed);
    }

    /// Whether it is a part of this one.
    pub(crate) fn is_of(&self, tally: &'static Tally) -> bool {
        std::ptr::eq(self.tally, tally)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut parts = self.tally.lock();
        parts.retain(|part| !Arc::ptr_eq(part, &self.count));
        self.tally
            .rest
            .fetch_add(self.count.0.load(Relaxed), Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn parts_and_the_rest_are_one_count_through_the_end_of_threads() {
        static TALLY: Tally = Tally::new();
        let counting: Vec<_> = (0..8)
            .map(|n| {
                thread::spawn(move || {
                    let part = (n % 2 == 0).then(|| TALLY.part());
                    for _ in 0..10_000 {
                        part.as_ref().map_or_else(|| TALLY.inc(), Part::inc);
                    }
                })
            })
            .collect();
        let mut last = 0;
        while counting.iter().any(|thread| !thread.is_finished()) {
            let total = TALLY.total();
            assert!(total >= last, "{total} after {last}");
            last = total;
        }
        counting
            .into_iter()
            .for_each(|thread| thread.join().expect("it counts"));
        assert_eq!(TALLY.total(), 80_000);
        assert!(TALLY.lock().is_empty());
    }
}
