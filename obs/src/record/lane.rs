//! A lane: what one thread needs to record without asking anyone. Its cold half lies in `lease`.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::lease::Lease;
use super::life::Space;
use super::slab::SlabRef;
use super::sync::{AtomicU64, Mutex, Ordering::Relaxed, lock};

/// The component that a thread is in when it is in none: index 0, life 1.
pub(crate) const OUTSIDE: u64 = component_id(0, 1);

/// How many low bits of a token count the depth of scopes.
const DEPTH_BITS: u32 = 31;
/// Set in a lane's token while an outer scope has ended before an inner one. No scope that was entered before that
/// carries it, so their ends miss the fast path and find the deferred one.
pub(super) const DEFERRED: u64 = 1 << DEPTH_BITS;
pub(super) const DEPTH: u64 = DEFERRED - 1;
const LANE_SHIFT: u32 = DEPTH_BITS + 1;
/// The token of a lane whose thread is ending.
pub(super) const ENDED: u64 = u64::MAX << LANE_SHIFT;
/// The token of a scope that was entered without a lease; no lane ever has it.
pub(super) const UNLEASED: u64 = u64::MAX;

/// Index and life number in one word, as headers and `Component` carry them.
pub(crate) const fn component_id(index: u32, life: u32) -> u64 {
    (life as u64) << 32 | index as u64
}

/// A thread's hot state: const to build, nothing to drop. Every field is written by its thread alone. In the order of
/// heat, so that what an increment and a switch touch lies on one cache line.
#[repr(C, align(64))]
pub(crate) struct Lane {
    /// The slab of the component that the thread is in; the empty slab before the first record there.
    current: Cell<SlabRef>,
    /// How many of its cells the thread may write.
    current_len: Cell<u32>,
    process_len: Cell<u32>,
    /// The slab of process metrics, likewise.
    process: Cell<SlabRef>,
    /// The lane's number and the depth of scopes; 0 before anything was leased.
    pub(super) token: Cell<u64>,
    /// The thread's slabs by component index; memory of the lease.
    pub(super) table: Cell<*const [Held]>,
    /// What others may see of this thread; memory of the lease. Null before the first lease and after the end.
    pub(super) header: Cell<*const Header>,
    /// The component that a thread is in after its lane has ended (destructors of other thread-locals).
    pub(super) afterlife: Cell<u64>,
    /// What the slow path owns: leases, table, header. Taken by `end`.
    pub(super) lease: ManuallyDrop<RefCell<Option<Lease>>>,
}

/// An entry of the table: a slab that the lane holds, or the empty slab. Length and life stand beside the pointer, so
/// that neither entering nor counting touches the slab's header, which lies on another cache line than most cells.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    slab: SlabRef,
    /// How many cells the lane may write.
    len: u32,
    /// Which life of its component the slab counts for; 0 for the empty slab.
    life: u32,
}

/// What of a thread is visible from outside.
pub(crate) struct Header {
    /// The component the thread is in. Written by the thread, relaxed: it publishes nothing. Read by anyone.
    component: AtomicU64,
    /// Retired components whose slabs the thread should give back. Written by whoever retires, emptied by the thread.
    asked_back: Mutex<Vec<u64>>,
}

/// What a scope needs to put back when it ends.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    previous: SlabRef,
    previous_len: u32,
    pub(super) previous_component: u64,
    pub(super) token: u64,
}

impl Scope {
    #[inline(always)]
    pub(crate) fn parts(&self) -> (SlabRef, u32, u64, u64) {
        (
            self.previous,
            self.previous_len,
            self.previous_component,
            self.token,
        )
    }

    #[inline(always)]
    pub(crate) fn of(
        previous: SlabRef,
        previous_len: u32,
        previous_component: u64,
        token: u64,
    ) -> Scope {
        Scope {
            previous,
            previous_len,
            previous_component,
            token,
        }
    }
}

impl Lane {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Lane {
        Lane::over(SlabRef::empty())
    }

    /// A lane over the given empty slab.
    pub(crate) const fn over(empty: SlabRef) -> Lane {
        Lane {
            current: Cell::new(empty),
            current_len: Cell::new(0),
            process: Cell::new(empty),
            process_len: Cell::new(0),
            token: Cell::new(0),
            table: Cell::new(&[]),
            header: Cell::new(std::ptr::null()),
            afterlife: Cell::new(OUTSIDE),
            lease: ManuallyDrop::new(RefCell::new(None)),
        }
    }

    /// The slab that the thread holds for the component, with its length, if it has recorded for it before: a table
    /// look-up and a compare.
    #[inline(always)]
    pub(crate) fn find(&self, component: u64) -> Option<(SlabRef, u32)> {
        let table = self.table.get();
        let index = component as u32 as usize;
        if index >= table.len() {
            return None;
        }
        // SAFETY:
        // - the table is memory of this thread's lease, which replaces the pointer whenever it moves the memory and
        //   empties it before it drops it;
        // - the index was compared with the length.
        #[expect(unsafe_code, reason = "the table's memory belongs to the lease")]
        let held = unsafe { &*table.cast::<Held>().add(index) };
        (held.life == life_of(component)).then_some((held.slab, held.len))
    }

    /// Switches to a slab with four stores, remembering where the thread was. The lane must hold a lease.
    #[inline(always)]
    pub(crate) fn push(&self, slab: SlabRef, len: u32, component: u64) -> Scope {
        let token = self.token.get() + 1;
        let header = self.own_header();
        let scope = Scope {
            previous: self.current.get(),
            previous_len: self.current_len.get(),
            previous_component: header.component(),
            token,
        };
        self.token.set(token);
        self.current.set(slab);
        self.current_len.set(len);
        header.show(component);
        scope
    }

    /// Ends a scope if it is the innermost of this very lane.
    #[inline(always)]
    pub(crate) fn leave(&self, scope: Scope) -> bool {
        let innermost = self.token.get() == scope.token;
        if innermost {
            self.pop(scope, scope.token);
        }
        innermost
    }

    #[inline(always)]
    pub(super) fn pop(&self, scope: Scope, token: u64) {
        self.token.set(token - 1);
        self.current.set(scope.previous);
        self.current_len.set(scope.previous_len);
        self.own_header().show(scope.previous_component);
    }

    #[inline(always)]
    fn own_header(&self) -> &Header {
        // SAFETY: a lane that holds a lease has a header, which lives as long as the lease; scopes are pushed and
        // popped only on such a lane, since the table is empty and no token matches otherwise.
        #[expect(unsafe_code, reason = "the header's memory belongs to the lease")]
        unsafe {
            &*self.header.get()
        }
    }

    /// The slab that the thread records into for the space.
    #[inline(always)]
    pub(crate) fn slab(&self, space: Space) -> SlabRef {
        match space {
            Space::Component => self.current.get(),
            Space::Process => self.process.get(),
        }
    }

    /// How many of that slab's cells the thread may write.
    #[inline(always)]
    pub(crate) fn len(&self, space: Space) -> u32 {
        match space {
            Space::Component => self.current_len.get(),
            Space::Process => self.process_len.get(),
        }
    }

    /// Records into this slab from here on.
    pub(super) fn point_at(&self, space: Space, slab: SlabRef) {
        let (current, len) = match space {
            Space::Component => (&self.current, &self.current_len),
            Space::Process => (&self.process, &self.process_len),
        };
        current.set(slab);
        len.set(slab.capacity());
    }

    /// The number that a held slab carries as its owner.
    #[inline(always)]
    pub(crate) fn id(&self) -> u64 {
        self.token.get() >> LANE_SHIFT
    }

    pub(super) fn token_of(id: u64) -> u64 {
        id << LANE_SHIFT
    }

    /// A scope that changes nothing but where the thread is after the end of its lane.
    pub(super) fn unleased(&self, component: u64) -> Scope {
        Scope {
            previous: self.current.get(),
            previous_len: self.current_len.get(),
            previous_component: self.afterlife.replace(component),
            token: UNLEASED,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.token.get() == ENDED
    }

    pub(super) fn depth(&self) -> u64 {
        self.token.get() & DEPTH
    }

    /// The component that the thread is in.
    pub(crate) fn component(&self) -> u64 {
        if self.header.get().is_null() {
            return self.afterlife.get();
        }
        self.own_header().component()
    }
}

impl Held {
    /// The empty slab of no life.
    pub(super) const fn nothing(empty: SlabRef) -> Held {
        Held {
            slab: empty,
            len: 0,
            life: 0,
        }
    }

    /// A slab that the lane has leased for a component.
    pub(super) fn leased(slab: SlabRef, component: u64) -> Held {
        Held {
            slab,
            len: slab.capacity(),
            life: life_of(component),
        }
    }
}

/// The life number in a component's word; 0 is no life's.
const fn life_of(component: u64) -> u32 {
    (component >> 32) as u32
}

impl Header {
    pub(super) fn new() -> Arc<Header> {
        Arc::new(Header {
            component: AtomicU64::new(OUTSIDE),
            asked_back: Mutex::new(Vec::new()),
        })
    }

    #[inline(always)]
    pub(crate) fn component(&self) -> u64 {
        self.component.load(Relaxed)
    }

    #[inline(always)]
    fn show(&self, component: u64) {
        self.component.store(component, Relaxed);
    }

    pub(super) fn ask_back(&self, component: u64) {
        lock(&self.asked_back).push(component);
    }

    pub(super) fn take_asked_back(&self) -> Vec<u64> {
        std::mem::take(&mut *lock(&self.asked_back))
    }
}
