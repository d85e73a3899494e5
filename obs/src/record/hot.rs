//! The fast paths: what an increment, a `set`, an observation and an `enter` compile to.

use super::cell::Cell;
use super::lane::{Lane, Scope};
use super::lease::Place;
use super::life::Space;
use super::slab::{Position, SlabRef};
use super::world::World;
use crate::callsite::Callsite;
use crate::number;

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

/// This thread's lane itself, for what is too large to be inlined into a closure.
///
/// # Safety
///
/// The reference must not leave the function that asks for it.
#[inline(always)]
#[expect(unsafe_code, reason = "the compiler keeps large closures out of line")]
pub(super) unsafe fn own_lane<'a>() -> &'a Lane {
    let lane = LANE.with(std::ptr::from_ref);
    // SAFETY: a thread-local without a destructor lives as long as its thread, on which the caller is.
    unsafe { &*lane }
}

/// Runs what may allocate while it holds a lock of the record path: what a recording allocator records meanwhile is
/// dropped and counted instead of waiting for that lock.
pub(crate) fn quietly<R>(f: impl FnOnce() -> R) -> R {
    lane(|lane| {
        let _busy = lane.busy();
        f()
    })
}

/// The first cell of a metric, for what takes the cold path: `None` where nothing is to be recorded, because the metric is
/// off, which takes no lock, or because this thread is on its slow path already.
#[inline]
pub(super) fn first_cell(lane: &Lane, site: &'static Callsite) -> Option<u32> {
    if site.is_off() {
        return None;
    }
    let first = lane.alone(&WORLD, || site.register())?;
    // One that nobody knew was registered just now, and may be off by its name.
    (!site.is_off()).then_some(first)
}

/// The cell that `set` writes, likewise.
#[inline]
pub(super) fn set_cell(lane: &Lane, site: &'static Callsite) -> Option<u32> {
    if site.is_off() {
        return None;
    }
    lane.alone(&WORLD, || site.register_set())?
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
        let position = site.position(offset);
        let may = position < lane.end_of(space);
        if may {
            owned(lane, lane.slab(space), position).add_owned(n);
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
    // In a function of its own, which needs no stack: this is what a counter costs that is off.
    if !site.is_off() {
        add_slowly(site, space, offset, n);
    }
}

#[inline(never)]
#[expect(
    improper_ctypes_definitions,
    reason = "as in `add_cold`, which ends with a jump to it"
)]
extern "C" fn add_slowly(site: &'static Callsite, space: Space, offset: u32, n: u64) {
    lane(|lane| {
        first_cell(lane, site)?;
        add_anyway(site, space, offset, n);
        Some(())
    });
}

/// Adds to one cell of a metric, also while it is off: so that what was added before is taken away again.
pub(crate) fn add_anyway(site: &'static Callsite, space: Space, offset: u32, n: u64) {
    lane(|lane| {
        let cell = lane.alone(&WORLD, || site.register())? + offset;
        lane.place(&WORLD, space, cell, |place| match place {
            Place::Owned(slab) => owned(lane, slab, Position::of(cell)).add_owned(n),
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(cell) {
                    cell.add_shared(n);
                }
            }
        })
    });
}

/// What an observation adds to the sum: an integer or a float.
pub(crate) trait Summand: Copy {
    fn add_owned(self, sum: &Cell);
    fn add_shared(self, sum: &Cell);
}

impl Summand for u64 {
    #[inline(always)]
    fn add_owned(self, sum: &Cell) {
        sum.add_owned(self);
    }

    fn add_shared(self, sum: &Cell) {
        sum.add_shared(self);
    }
}

impl Summand for f64 {
    #[inline(always)]
    fn add_owned(self, sum: &Cell) {
        sum.add_float_owned(self);
    }

    fn add_shared(self, sum: &Cell) {
        sum.add_float_shared(self);
    }
}

/// Adds an observation to a histogram: one compare, two adds. The sum's cell is the last one that it writes.
#[inline(always)]
pub(crate) fn observe<S: Summand>(
    site: &'static Callsite,
    space: Space,
    [bucket, sum]: [u32; 2],
    weight: u64,
    value: S,
) {
    lane(|lane| {
        let first = site.position(0);
        let last = first.plus(sum);
        if last < lane.end_of(space) {
            let slab = lane.slab(space);
            owned(lane, slab, first.plus(bucket)).add_owned(weight);
            value.add_owned(owned(lane, slab, last));
        } else {
            observe_cold(site, space, bucket, sum, weight, value);
        }
    });
}

#[cold]
#[inline(never)]
#[expect(
    improper_ctypes_definitions,
    reason = "`extern \"C\"` says that it does not unwind: callers need no way to clean up after it"
)]
extern "C" fn observe_cold<S: Summand>(
    site: &'static Callsite,
    space: Space,
    bucket: u32,
    sum: u32,
    weight: u64,
    value: S,
) {
    lane(|lane| {
        let first = first_cell(lane, site)?;
        let (bucket, sum) = (first + bucket, first + sum);
        lane.place(&WORLD, space, sum, |place| match place {
            Place::Owned(slab) => {
                owned(lane, slab, Position::of(bucket)).add_owned(weight);
                value.add_owned(owned(lane, slab, Position::of(sum)));
            }
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(bucket) {
                    cell.add_shared(weight);
                }
                if let Some(cell) = shared.cell(sum) {
                    value.add_shared(cell);
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
        let position = site.position(offset);
        if position < lane.end_of(space) {
            return Some(replace_owned(owned(lane, lane.slab(space), position), f));
        }
        let cell = first_cell(lane, site)? + offset;
        lane.place(&WORLD, space, cell, |place| match place {
            Place::Owned(slab) => Some(replace_owned(owned(lane, slab, Position::of(cell)), f)),
            Place::Shared(_) => None,
        })?
    })
}

#[inline(always)]
pub(super) fn replace_owned<R>(cell: &Cell, f: impl Fn(u64) -> (u64, R)) -> R {
    let (new, result) = f(cell.load());
    cell.store(new);
    result
}

/// Stores into one cell of the component's shared slab.
#[inline(always)]
pub(crate) fn store(site: &'static Callsite, space: Space, offset: u32, bits: u64) {
    lane(|lane| {
        let cell = site.set_cell(offset);
        let slab = lane.slab(space);
        if cell < slab.shared_len() {
            // SAFETY: just compared with the capacity of the shared slab, which is stored with its address.
            #[expect(unsafe_code, reason = "the hot path of `set`")]
            let cell = unsafe { slab.shared().cell(cell as usize) };
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
    lane(|lane| {
        let cell = set_cell(lane, site)? + offset;
        lane.with_shared(&WORLD, space, cell, |shared| {
            if let Some(cell) = shared.cell(cell) {
                cell.store(bits);
            }
        })
    });
}

/// Adds to one cell of a gauge, or, in a series that is set, changes what it is set to. Under the life's lock: what is
/// recorded for a series after it was set never lands beside it.
#[cold]
#[inline(never)]
pub(crate) fn change_gauge(
    site: &'static Callsite,
    space: Space,
    [counted, set]: [u32; 2],
    n: u64,
    change: impl Fn(u64) -> u64,
) {
    lane(|lane| {
        let first = first_cell(lane, site)?;
        if !site.is_set() {
            add_cold(site, space, counted, n);
            return Some(());
        }
        let (counted, set) = (first + counted, first + set);
        lane.with_shared(&WORLD, space, set, |shared| {
            match (shared.cell(set), shared.cell(counted)) {
                (Some(set), _) if set.load() != 0 => set.update(change),
                (_, Some(counted)) => counted.add_shared(n),
                (_, None) => {}
            }
        })
    });
}

/// Adds a float to what a gauge of any number is set to: 0 where it has never been set.
#[inline(always)]
pub(crate) fn add_to_set(site: &'static Callsite, space: Space, offset: u32, value: f64) {
    lane(|lane| {
        let cell = site.set_cell(offset);
        let slab = lane.slab(space);
        if cell < slab.shared_len() {
            // SAFETY: just compared with the capacity of the shared slab, which is stored with its address.
            #[expect(unsafe_code, reason = "the hot path of `add`")]
            let cell = unsafe { slab.shared().cell(cell as usize) };
            cell.update(|bits| number::added(bits, value));
        } else {
            add_to_set_cold(site, space, offset, value);
        }
    });
}

#[cold]
#[inline(never)]
fn add_to_set_cold(site: &'static Callsite, space: Space, offset: u32, value: f64) {
    lane(|lane| {
        let cell = set_cell(lane, site)? + offset;
        lane.with_shared(&WORLD, space, cell, |shared| {
            if let Some(cell) = shared.cell(cell) {
                cell.update(|bits| number::added(bits, value));
            }
        })
    });
}

/// Adds to one cell what it lacks, over all slabs of the life that the thread is in. Under the life's lock, so that no two
/// threads add the same; what others add to their own slabs meanwhile comes on top.
#[cold]
#[inline(never)]
pub(crate) fn raise(site: &'static Callsite, space: Space, offset: u32, least: u64) {
    lane(|lane| {
        let cell = first_cell(lane, site)? + offset;
        lane.with_shared(&WORLD, space, cell, |shared| {
            let lacking = least.saturating_sub(shared.total(cell));
            if let Some(cell) = shared.cell(cell) {
                cell.add_shared(lacking);
            }
        })
    });
}

/// A cell that the caller has compared with the end of a slab that this lane holds.
#[inline(always)]
pub(super) fn owned(lane: &Lane, slab: SlabRef, position: Position) -> &'static Cell {
    slab.assert_owner(lane.id());
    // SAFETY: every caller has compared the position, or that of a later cell of the same metric, with the end that the
    // lane holds the slab with, which is its own, or got the slab for that cell from `place` or `place_in_annex`, or remembers
    // one that it got so.
    #[expect(unsafe_code, reason = "the hot path of every increment")]
    unsafe {
        slab.cell_to_add(position)
    }
}

/// Enters a component.
#[inline(always)]
pub(crate) fn enter(component: u64) -> Scope {
    lane(|lane| {
        // Taken apart, so that it stays in registers: as one value it is copied through memory in pieces of another
        // size than it was written in, which costs nanoseconds.
        let (slab, end, previous_component, token) = match lane.find(component) {
            Some(window) => lane.push(window, component).parts(),
            None => enter_cold(lane, component).parts(),
        };
        Scope::of(slab, end, previous_component, token)
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
    let (slab, end, previous_component, token) = scope.parts();
    lane(|lane| {
        let scope = Scope::of(slab, end, previous_component, token);
        if !lane.leave(scope) {
            leave_cold(lane, slab, end, previous_component, token);
        }
    });
}

#[cold]
#[inline(never)]
fn leave_cold(lane: &Lane, slab: SlabRef, end: Position, previous_component: u64, token: u64) {
    let scope = Scope::of(slab, end, previous_component, token);
    lane.leave_cold(&WORLD, scope);
}
