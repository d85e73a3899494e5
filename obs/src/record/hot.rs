//! The fast paths: what an increment, a `set`, an observation and an `enter` compile to.

use super::cell::Cell;
use super::lane::{Lane, Scope};
use super::lease::Place;
use super::life::Space;
use super::slab::SlabRef;
use super::world::World;
use crate::callsite::Callsite;

/// What all threads of this process record into.
pub(crate) static WORLD: World = World::new();

thread_local! {
    static LANE: Lane = const { Lane::new() };
    static THREAD_END: ThreadEnd = const { ThreadEnd };
}

/// Ends the thread's lane when the thread's destructors run. Where they never run, the slabs stay leased and counted.
struct ThreadEnd;

impl Drop for ThreadEnd {
    fn drop(&mut self) {
        LANE.with(|lane| lane.end(&WORLD));
    }
}

/// Arms the end of the lane. In a thread that is past its destructors the lease is never given back.
pub(super) fn watch_thread_end() {
    let _ = THREAD_END.try_with(|_| ());
}

/// Runs `f` on this thread's lane.
#[inline(always)]
pub(crate) fn lane<R>(f: impl FnOnce(&Lane) -> R) -> R {
    LANE.with(f)
}

/// Runs what may allocate while it holds a lock of the record path: what a recording allocator records meanwhile is
/// dropped and counted instead of waiting for that lock.
pub(crate) fn quietly<R>(f: impl FnOnce() -> R) -> R {
    lane(|lane| {
        let _busy = lane.busy();
        f()
    })
}

/// Adds to one cell of a metric.
#[inline(always)]
pub(crate) fn add(site: &'static Callsite, space: Space, offset: u32, n: u64) {
    if !try_add(site, space, offset, n) {
        add_cold(site, space, offset, n);
    }
}

/// Adds to one cell of a metric if this thread holds the cell.
#[inline(always)]
pub(crate) fn try_add(site: &'static Callsite, space: Space, offset: u32, n: u64) -> bool {
    lane(|lane| {
        let cell = site.cell(offset);
        let may = cell < lane.len(space);
        if may {
            owned(lane, lane.slab(space), cell).add_owned(n);
        }
        may
    })
}

#[cold]
#[inline(never)]
#[expect(
    improper_ctypes_definitions,
    reason = "`extern \"C\"` says that it does not unwind: callers need no way to clean up after it"
)]
pub(crate) extern "C" fn add_cold(site: &'static Callsite, space: Space, offset: u32, n: u64) {
    lane(|lane| {
        let cell = lane.alone(&WORLD, || site.register())? + offset;
        lane.place(&WORLD, space, cell, |place| match place {
            Place::Owned(slab) => owned(lane, slab, cell).add_owned(n),
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(cell) {
                    cell.add_shared(n);
                }
            }
        })
    });
}

/// An observation: which bucket, how often, and what it adds to the sum.
#[derive(Clone, Copy)]
pub(crate) struct Observation {
    /// Offset of the bucket's cell.
    pub(crate) bucket: u32,
    /// Offset of the sum's cell, the last one that an observation writes.
    pub(crate) sum: u32,
    pub(crate) weight: u64,
    pub(crate) value: Summand,
}

/// What an observation adds to the sum.
#[derive(Clone, Copy)]
pub(crate) enum Summand {
    Integer(u64),
    Float(f64),
}

/// Adds an observation to a histogram: one compare, two adds.
#[inline(always)]
pub(crate) fn observe(site: &'static Callsite, space: Space, observation: Observation) {
    lane(|lane| {
        let sum = site.cell(observation.sum);
        if sum < lane.len(space) {
            let (bucket, slab) = (site.cell(observation.bucket), lane.slab(space));
            owned(lane, slab, bucket).add_owned(observation.weight);
            add_owned(owned(lane, slab, sum), observation.value);
        } else {
            observe_cold(site, space, observation);
        }
    });
}

#[inline(always)]
fn add_owned(sum: &Cell, value: Summand) {
    match value {
        Summand::Integer(n) => sum.add_owned(n),
        Summand::Float(value) => sum.add_float_owned(value),
    }
}

#[cold]
#[inline(never)]
#[expect(
    improper_ctypes_definitions,
    reason = "`extern \"C\"` says that it does not unwind: callers need no way to clean up after it"
)]
extern "C" fn observe_cold(site: &'static Callsite, space: Space, observation: Observation) {
    lane(|lane| {
        let first = lane.alone(&WORLD, || site.register())?;
        let (bucket, sum) = (first + observation.bucket, first + observation.sum);
        lane.place(&WORLD, space, sum, |place| match place {
            Place::Owned(slab) => {
                owned(lane, slab, bucket).add_owned(observation.weight);
                add_owned(owned(lane, slab, sum), observation.value);
            }
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(bucket) {
                    cell.add_shared(observation.weight);
                }
                match (shared.cell(sum), observation.value) {
                    (Some(cell), Summand::Integer(n)) => cell.add_shared(n),
                    (Some(cell), Summand::Float(value)) => cell.add_float_shared(value),
                    (None, _) => {}
                }
            }
        })
    });
}

/// Replaces one cell by a function of it, which also gives a result; `None` where the thread cannot hold a slab.
#[inline(always)]
pub(crate) fn replace<R>(
    site: &'static Callsite,
    space: Space,
    offset: u32,
    f: impl Fn(u64) -> (u64, R),
) -> Option<R> {
    lane(|lane| {
        let cell = site.cell(offset);
        if cell < lane.len(space) {
            return Some(replace_owned(owned(lane, lane.slab(space), cell), f));
        }
        let cell = lane.alone(&WORLD, || site.register())? + offset;
        lane.place(&WORLD, space, cell, |place| match place {
            Place::Owned(slab) => Some(replace_owned(owned(lane, slab, cell), f)),
            Place::Shared(_) => None,
        })?
    })
}

#[inline(always)]
fn replace_owned<R>(cell: &Cell, f: impl Fn(u64) -> (u64, R)) -> R {
    let (new, result) = f(cell.load());
    cell.store(new);
    result
}

/// Stores into one cell of the component's shared slab.
#[inline(always)]
pub(crate) fn store(site: &'static Callsite, space: Space, offset: u32, bits: u64) {
    lane(|lane| {
        let cell = site.shared_cell(offset);
        let slab = lane.slab(space);
        if cell < slab.shared_len() {
            // SAFETY: just compared with the capacity of the shared slab, which is stored with its address.
            #[expect(unsafe_code, reason = "the hot path of `set`")]
            let cell = unsafe { slab.shared().cell(cell) };
            cell.store(bits);
        } else {
            store_cold(site, space, offset, bits);
        }
    });
}

#[cold]
#[inline(never)]
#[expect(
    improper_ctypes_definitions,
    reason = "`extern \"C\"` says that it does not unwind: callers need no way to clean up after it"
)]
extern "C" fn store_cold(site: &'static Callsite, space: Space, offset: u32, bits: u64) {
    change_shared(site, space, offset, |cell| cell.store(bits));
}

/// Changes one cell of the component's shared slab, which may have several writers.
#[cold]
#[inline(never)]
pub(crate) fn change_shared(
    site: &'static Callsite,
    space: Space,
    offset: u32,
    change: impl FnOnce(&Cell),
) {
    lane(|lane| {
        let cell = lane.alone(&WORLD, || site.register_set())? + offset;
        lane.shared_cell(&WORLD, space, cell, change)
    });
}

/// A cell that the caller has compared with the length of a slab that this lane holds.
#[inline(always)]
fn owned(lane: &Lane, slab: SlabRef, cell: u32) -> &'static Cell {
    slab.assert_owner(lane.id());
    // SAFETY: every caller has compared the cell, or a later one of the same metric, with the length that the lane
    // holds the slab with, which is its capacity, or got the slab for that cell from `place`.
    #[expect(unsafe_code, reason = "the hot path of every increment")]
    unsafe {
        slab.cell_to_add(cell)
    }
}

/// Enters a component.
#[inline(always)]
pub(crate) fn enter(component: u64) -> Scope {
    lane(|lane| {
        // Taken apart, so that it stays in registers: as one value it is copied through memory in pieces of another
        // size than it was written in, which costs nanoseconds.
        let (previous, previous_len, previous_component, token) = match lane.find(component) {
            Some((slab, len)) => lane.push(slab, len, component).parts(),
            None => enter_cold(lane, component).parts(),
        };
        Scope::of(previous, previous_len, previous_component, token)
    })
}

#[cold]
#[inline(never)]
fn enter_cold(lane: &Lane, component: u64) -> Scope {
    lane.enter_cold(&WORLD, component)
}

/// Leaves the scope that `enter` gave.
#[inline(always)]
pub(crate) fn leave(scope: &Scope) {
    // Taken apart as in `enter`: in memory, each part is read as it was written; and the cold path takes registers, or
    // the scope would be written to memory for it before anyone knows whether it is needed.
    let (previous, previous_len, previous_component, token) = scope.parts();
    lane(|lane| {
        let scope = Scope::of(previous, previous_len, previous_component, token);
        if !lane.leave(scope) {
            leave_cold(lane, previous, previous_len, previous_component, token);
        }
    });
}

#[cold]
#[inline(never)]
fn leave_cold(
    lane: &Lane,
    previous: SlabRef,
    previous_len: u32,
    previous_component: u64,
    token: u64,
) {
    let scope = Scope::of(previous, previous_len, previous_component, token);
    lane.leave_cold(&WORLD, scope);
}
