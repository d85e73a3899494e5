//! Exemplars: which trace an observation of a histogram was made in.

use std::cell::Cell;

use super::context::Context;
use super::group;
use super::local::local;
use crate::clock::Stopwatch;
use crate::record::hot;
use crate::record::life::Space;
use crate::record::registry::PROCESS;

/// A cell of a component whose place got an exemplar of this thread later than this ago gets none: somebody looks at them now and then, and
/// no thread records more than one for each place in that time.
const LEAST_AGE_NS: u64 = 100_000_000;

/// How many places for cells a thread has; those that share one take turns.
const PLACES: usize = 64;

/// The value is a number; else it is nanoseconds.
pub(crate) const NUMBER: u64 = 1 << 63;

thread_local! {
    /// When a cell of that place last got an exemplar; 0 before.
    static LAST: [Cell<u64>; PLACES] = const { [const { Cell::new(0) }; PLACES] };
}

/// What was observed.
#[derive(Debug, Clone, Copy)]
pub enum Observed {
    /// A duration.
    Nanoseconds(u64),
    /// A number.
    Number(f64),
}

/// Offers the trace that the thread is in as an exemplar of what was observed into that cell, at a reading of the watch.
#[inline(never)]
pub(crate) fn offer(space: Space, cell: u32, observed: Observed, watch: &Stopwatch, now: u64) {
    if local(|local| local.flags()) & super::context::RECORDED == 0 {
        return;
    }
    let component = match space {
        Space::Component => hot::lane(|lane| lane.component()),
        Space::Process => PROCESS,
    };
    if !is_due(cell, component, watch, now) {
        return;
    }
    let context = local(|local| local.here());
    let (marks, value) = match observed {
        Observed::Nanoseconds(nanoseconds) => (0, nanoseconds),
        Observed::Number(number) => (NUMBER, number.to_bits()),
    };
    let flags = if watch.is_monotonic() {
        group::MONOTONIC
    } else {
        0
    };
    let Context { trace, span, .. } = context;
    let words = [
        group::first(group::EXEMPLAR, flags, 0),
        trace[0],
        trace[1],
        span,
        u64::from(cell) | marks,
        value,
        now,
        component,
    ];
    local(|local| local.record(&[words], false, now));
}

#[inline]
fn is_due(cell: u32, component: u64, watch: &Stopwatch, now: u64) -> bool {
    LAST.with(|last| {
        // A component's index is lowest in its number.
        let place = &last[(cell as usize).wrapping_add(component as u32 as usize * 5) % PLACES];
        let then = place.get();
        let is_due = then == 0 || watch.ns_of(now.saturating_sub(then)) >= LEAST_AGE_NS;
        if is_due {
            place.set(now);
        }
        is_due
    })
}
