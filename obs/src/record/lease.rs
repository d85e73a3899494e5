//! The cold half of a lane: leasing, growing, giving back, and where a record goes when there is nothing to lease.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lane::{
    DEFERRED, DEPTH, ENDED, Header, Held, Lane, NO_EPOCH, OUTSIDE, Scope, UNLEASED, Window,
};
use super::life::{Life, Space, State};
#[cfg(not(loom))]
use super::lookup::Remembered;
use super::registry::PROCESS;
use super::shared::Shared;
use super::slab::SlabRef;
use super::world::World;

/// What a thread has leased.
pub(crate) struct Lease {
    header: Arc<Header>,
    /// By component index; the empty slab where nothing is leased. The lane points into it.
    table: Vec<Held>,
    /// By component. More than one slab after growth: the smaller ones stay leased, since a scope may return to them.
    held: BTreeMap<u64, Holding>,
    /// Scopes that ended before the scopes inside them.
    deferred: Vec<Scope>,
    /// Series that the thread has looked up. The lane points to it.
    #[cfg(not(loom))]
    remembered: Box<Remembered>,
}

struct Holding {
    life: Arc<Life>,
    slabs: Vec<SlabRef>,
}

/// Where a record goes that missed the fast path.
pub(crate) enum Place<'a> {
    /// Into a slab that this lane holds, which has the cells asked for.
    Owned(SlabRef),
    /// Into the shared slab of the life, under its lock.
    Shared(Shared<'a>),
}

impl Lane {
    /// Runs what may allocate or lock, unless this thread is inside such a thing already: then a record came out of
    /// the slow path itself (a recording allocator) and is dropped and counted rather than waiting for itself.
    pub(crate) fn alone<R>(&self, world: &World, f: impl FnOnce() -> R) -> Option<R> {
        match self.lease.try_borrow_mut() {
            Ok(_busy) => Some(f()),
            Err(_) => {
                world.count_reentrant_drop();
                None
            }
        }
    }

    /// Keeps records out of the slow path while the result lives.
    pub(crate) fn busy(&self) -> impl Sized {
        self.lease.try_borrow_mut()
    }

    /// Whether this thread is on its slow path.
    pub(crate) fn is_busy(&self) -> bool {
        self.lease.try_borrow_mut().is_err()
    }

    /// Finds the place for a record that needs the cells up to `last`, leasing what it takes.
    ///
    /// Returns `None` where `alone` does.
    pub(crate) fn place<R>(
        &self,
        world: &World,
        space: Space,
        last: u32,
        record: impl FnOnce(Place<'_>) -> R,
    ) -> Option<R> {
        let Ok(mut lease) = self.lease.try_borrow_mut() else {
            world.count_reentrant_drop();
            return None;
        };
        if self.has_ended() {
            let life = world.life(space.component(self));
            return Some(world.late(&life, |shared| record(Place::Shared(shared))));
        }
        let lease = lease.get_or_insert_with(|| self.begin(world));
        lease.give_back_when_outside(self, world);
        let component = space.component(self);
        if let Some(slab) = lease.held_slab(component, last) {
            self.point_at(space, slab);
            return Some(record(Place::Owned(slab)));
        }
        let life = world.life(component);
        Some(match lease.lease(self, world, &life, last) {
            Some(slab) => {
                self.point_at(space, slab);
                record(Place::Owned(slab))
            }
            None => world.late(&life, |shared| record(Place::Shared(shared))),
        })
    }

    /// The same for a record in an annex; there is no place where the annex has been folded.
    pub(crate) fn place_in_annex<R>(
        &self,
        world: &World,
        annex: u64,
        last: u32,
        record: impl FnOnce(Option<Place<'_>>) -> R,
    ) -> Option<R> {
        let Ok(mut lease) = self.lease.try_borrow_mut() else {
            world.count_reentrant_drop();
            return None;
        };
        let mut slab = None;
        if !self.has_ended() {
            let lease = lease.get_or_insert_with(|| self.begin(world));
            lease.give_back_when_outside(self, world);
            slab = lease.held_slab(annex, last);
            if let (None, Some(life)) = (slab, world.existing(annex)) {
                slab = lease.lease(self, world, &life, last);
            }
        }
        if let Some(slab) = slab {
            return Some(record(Some(Place::Owned(slab))));
        }
        let Some(life) = world.existing(annex) else {
            return Some(record(None));
        };
        let shared = Shared::of(world, &life);
        Some(match shared.slabs.state {
            State::Gone => {
                drop(shared);
                record(None)
            }
            _ => record(Some(Place::Shared(shared))),
        })
    }

    /// Runs `record` on the shared slab, which has the cell `last` afterwards, and remembers it for the fast path.
    pub(crate) fn with_shared(
        &self,
        world: &World,
        space: Space,
        last: u32,
        record: impl FnOnce(&mut Shared<'_>),
    ) -> Option<()> {
        // Only a held slab has a header that can remember the shared one.
        let held = self.place(world, space, last, |place| match place {
            Place::Owned(slab) => Some(slab),
            Place::Shared(_) => None,
        })?;
        let _busy = self.busy();
        let life = world.life(space.component(self));
        world.late(&life, |mut shared| {
            shared.cell(last)?;
            record(&mut shared);
            if let Some(slab) = held {
                shared.remember_in(slab);
            }
            Some(())
        })
    }

    /// Enters a component that this thread has not recorded for, or that is retired: nothing is leased before the
    /// first record, so that entering costs no memory.
    pub(crate) fn enter_cold(&self, world: &World, component: u64) -> Scope {
        if self.has_ended() {
            return self.unleased(component);
        }
        let Ok(mut lease) = self.lease.try_borrow_mut() else {
            return self.unleased(self.afterlife.get());
        };
        let lease = lease.get_or_insert_with(|| self.begin(world));
        lease.give_back_when_outside(self, world);
        self.push(Window::nothing(world.empty()), component)
    }

    /// Ends a scope that is not the innermost one of this lane, as far as that can be done.
    pub(crate) fn leave_cold(&self, world: &World, scope: Scope) {
        if scope.token == UNLEASED {
            self.afterlife.set(scope.previous_component);
            return;
        }
        let token = self.token.get();
        let inner_of_this_lane = token & !DEFERRED & !DEPTH == scope.token & !DEFERRED & !DEPTH;
        let innermost = token & !DEFERRED == scope.token & !DEFERRED;
        let Ok(mut lease) = self.lease.try_borrow_mut() else {
            return world.count_misplaced_leave();
        };
        let Some(lease) = lease.as_mut() else {
            return world.count_misplaced_leave();
        };
        if innermost {
            self.pop(scope, token);
            self.leave_deferred(lease);
        } else {
            world.count_misplaced_leave();
            if inner_of_this_lane && token & DEPTH > scope.token & DEPTH {
                lease.deferred.push(scope);
                self.token.set(token | DEFERRED);
            }
        }
    }

    /// Ends the scopes that were ended too early, now that nothing inside them is left.
    fn leave_deferred(&self, lease: &mut Lease) {
        let ended = |lease: &Lease| {
            let depth = self.depth();
            lease
                .deferred
                .iter()
                .position(|scope| scope.token & DEPTH == depth)
        };
        while let Some(at) = ended(lease) {
            let scope = lease.deferred.swap_remove(at);
            self.pop(scope, self.token.get());
        }
        if lease.deferred.is_empty() {
            self.token.set(self.token.get() & !DEFERRED);
        }
    }

    fn begin(&self, world: &World) -> Lease {
        let header = Header::new();
        self.set_id(world.begin_lane(&header));
        self.epoch.set(world.next_epoch());
        self.header.set(Arc::as_ptr(&header));
        super::hot::watch_thread_end();
        Lease {
            header,
            table: Vec::new(),
            held: BTreeMap::new(),
            deferred: Vec::new(),
            #[cfg(not(loom))]
            remembered: Box::default(),
        }
    }

    /// Changes what the thread remembers of series. What looks one up meanwhile (a recording allocator) finds nothing.
    #[cfg(not(loom))]
    pub(super) fn remember(&self, remember: impl FnOnce(&mut Remembered)) {
        let Ok(mut lease) = self.lease.try_borrow_mut() else {
            return;
        };
        if let Some(lease) = lease.as_mut() {
            self.remembered.set(std::ptr::null());
            remember(&mut lease.remembered);
            self.remembered.set(&raw const *lease.remembered);
        }
    }

    /// Ends the lane with its thread: every slab goes back to its component, with its values.
    pub(crate) fn end(&self, world: &World) {
        // Borrowed to the end: giving back and freeing call the allocator, which may record.
        let Ok(mut busy) = self.lease.try_borrow_mut() else {
            return;
        };
        let Some(lease) = busy.take() else {
            return;
        };
        self.token.set(ENDED);
        self.epoch.set(NO_EPOCH);
        #[cfg(not(loom))]
        self.remembered.set(std::ptr::null());
        self.point_at(Space::Component, world.empty());
        self.point_at(Space::Process, world.empty());
        self.table.set(&[]);
        self.header.set(std::ptr::null());
        self.afterlife.set(OUTSIDE);
        for held in lease.held.values() {
            held.give_back();
        }
        world.end_lane(&lease.header);
    }
}

impl Space {
    fn component(self, lane: &Lane) -> u64 {
        match self {
            Space::Component => lane.component(),
            Space::Process => PROCESS,
        }
    }
}

impl Lease {
    /// A slab that this lane holds already and that has the cell `last`.
    fn held_slab(&self, component: u64, last: u32) -> Option<SlabRef> {
        let slab = *self.held.get(&component)?.slabs.last()?;
        (last < slab.capacity()).then_some(slab)
    }

    /// Leases a slab of a live life; `None` where the life has ended.
    fn lease(
        &mut self,
        lane: &Lane,
        world: &World,
        life: &Arc<Life>,
        last: u32,
    ) -> Option<SlabRef> {
        let mut slabs = life.lock();
        if slabs.state != State::Live {
            return None;
        }
        let held = self.held.entry(life.component).or_insert_with(|| Holding {
            life: life.clone(),
            slabs: Vec::new(),
        });
        let slab = slabs.take_pooled(last).unwrap_or_else(|| {
            let in_use = world.cells_of(life).max(last + 1);
            world.fresh_slab(cells_to_lease(last, held.slabs.last(), in_use))
        });
        slab.set_owner(lane.id());
        if let Some(part) = slabs.shared.first() {
            slab.set_shared(part.slab);
        }
        slabs.leased.push((slab, self.header.clone()));
        held.slabs.push(slab);
        drop(slabs);
        if life.component != PROCESS {
            let held = Held::leased(slab, life.component);
            self.set_entry(lane, world, life.component, held);
        }
        Some(slab)
    }

    fn set_entry(&mut self, lane: &Lane, world: &World, component: u64, held: Held) {
        let index = component as u32 as usize;
        if index >= self.table.len() {
            let len = (index + 1).next_power_of_two();
            lane.table.set(&[]);
            self.table.resize(len, Held::nothing(world.empty()));
        }
        self.table[index] = held;
        lane.table.set(self.table.as_slice());
    }

    /// Gives back the slabs of retired components, if no scope could return to them.
    fn give_back_when_outside(&mut self, lane: &Lane, world: &World) {
        if lane.depth() != 0 || lane.component() != OUTSIDE {
            return;
        }
        for component in self.header.take_asked_back() {
            let Some(held) = self.held.remove(&component) else {
                continue;
            };
            let nothing = Held::nothing(world.empty());
            self.set_entry(lane, world, component, nothing);
            lane.epoch.set(world.next_epoch());
            held.give_back();
        }
    }
}

/// How many cells to lease where the cell `last` is asked for: just so many at first, if that is little of what is in use,
/// since most components record few metrics; then all at once. So what growth leaves behind is a quarter at the most.
fn cells_to_lease(last: u32, before: Option<&SlabRef>, in_use: u32) -> u32 {
    match before {
        None if last < in_use / 4 => last + 1,
        None => in_use,
        Some(outgrown) => in_use.max(outgrown.capacity().saturating_mul(2)),
    }
}

impl Holding {
    fn give_back(&self) {
        for slab in &self.slabs {
            self.life.give_back(*slab);
        }
    }
}
