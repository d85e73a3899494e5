//! Exemplars: which trace an observation of a histogram was made in.

use std::cell::Cell;

use super::context::Context;
use super::group;
use super::local::local;
use crate::clock::Stopwatch;
use crate::record::hot;
use crate::record::life::Space;
use crate::record::registry::PROCESS;

/// A cell of a component whose last exemplar of this thread is younger gets no other: somebody looks at them now and then.
const LEAST_AGE_NS: u64 = 100_000_000;

/// How many cells a thread remembers; of those that share a place, the last one is.
const REMEMBERED: usize = 32;

/// The value is a number; else it is nanoseconds.
pub(crate) const NUMBER: u64 = 1 << 63;

thread_local! {
    /// A cell and whose it is, and when it last got an exemplar.
    static LAST: [Cell<((u32, u64), u64)>; REMEMBERED] =
        const { [const { Cell::new(((u32::MAX, 0), 0)) }; REMEMBERED] };
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
    if !is_due((cell, component), watch, now) {
        return;
    }
    let context = local(|local| local.context());
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
fn is_due(of: (u32, u64), watch: &Stopwatch, now: u64) -> bool {
    LAST.with(|last| {
        // A component's index is lowest in its number; few cells of one are in use at a time.
        let place = &last[(of.0 as usize).wrapping_add(of.1 as usize * 5) % REMEMBERED];
        let (last_of, then) = place.get();
        let is_due = last_of != of || watch.ns_of(now.saturating_sub(then)) >= LEAST_AGE_NS;
        if is_due {
            place.set((of, now));
        }
        is_due
    })
}
