//! How spans are recorded, which traces are kept, and where.

use std::time::Duration;

use crate::collect::traces::Limits;
use crate::evaluate::traces::{DEFAULT_STUCK_AFTER, Rates};
use crate::store::traces::Retention;

/// How many slots the ring of a thread has. More means that longer bursts are whole, at 64 bytes a slot; less means less memory.
pub const DEFAULT_RING_SLOTS: usize = 4_096;

/// How spans are recorded, and what is kept of them.
#[derive(Debug, Clone)]
pub(crate) struct Tracing {
    pub(crate) on: bool,
    pub(crate) ring_slots: usize,
    /// Which share of the traces that begin in spans of a name is recorded.
    pub(crate) shares: Vec<(String, f64)>,
    /// Spans and events that are switched off.
    pub(crate) without: Vec<String>,
    pub(crate) rates: Rates,
    pub(crate) limits: Limits,
    pub(crate) retention: Retention,
    /// From which age on a span can be stuck.
    pub(crate) stuck_after: Duration,
}

impl Default for Tracing {
    fn default() -> Tracing {
        Tracing {
            on: true,
            ring_slots: DEFAULT_RING_SLOTS,
            shares: Vec::new(),
            without: Vec::new(),
            rates: Rates::default(),
            limits: Limits::default(),
            retention: Retention::default(),
            stuck_after: DEFAULT_STUCK_AFTER,
        }
    }
}
