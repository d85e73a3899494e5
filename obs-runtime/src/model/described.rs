//! What is said of a bridged metric while the program runs: its help and unit, often after its first use, often never.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Help and unit of a metric.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) help: &'static str,
    /// Metadata: no name is changed for it.
    pub(crate) unit: &'static str,
}

/// By the name of the definition.
static DESCRIBED: Mutex<BTreeMap<String, Described>> = Mutex::new(BTreeMap::new());

/// How often something was said. Written under the lock; read by the merging thread, which takes the lock before it looks
/// at what was said. Relaxed: a merge that misses the last one is followed by one that does not.
static TIMES: AtomicU64 = AtomicU64::new(0);

/// Says something of a metric; what was said before is replaced. The text lives as long as the program.
#[cfg_attr(
    not(feature = "metrics"),
    expect(dead_code, reason = "bridges alone describe")
)]
pub(crate) fn describe(name: &str, help: &str, unit: &'static str) {
    let mut described = lock();
    let known = described.entry(name.to_owned()).or_default();
    if known.help == help && known.unit == unit {
        return;
    }
    if known.help != help {
        known.help = help.to_owned().leak();
    }
    known.unit = unit;
    TIMES.fetch_add(1, Relaxed);
}

/// Returns what was said of a metric.
pub(crate) fn of(name: &str) -> Option<Described> {
    lock().get(name).copied()
}

/// Returns a number that changes when something new is said.
pub(crate) fn times() -> u64 {
    TIMES.load(Relaxed)
}

fn lock() -> MutexGuard<'static, BTreeMap<String, Described>> {
    DESCRIBED.lock().unwrap_or_else(PoisonError::into_inner)
}
