//! A lane: what one thread needs to record without asking anyone. Its cold half lies in `lease`.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::lease::Lease;
use super::life::Space;
#[cfg(not(loom))]
use super::lookup::Remembered;
use super::slab::{Position, SlabRef};
use super::sync::{AtomicU64, Mutex, Ordering::Relaxed, lock};

/// The component that a thread is in when it is in none: index 0, life 1.
pub(crate) const OUTSIDE: u64 = component_id(0, 1);

/// How many low bits of a token count the depth of scopes: so many that a thread which did nothing but enter and forget
/// would need a year to overflow them.
const DEPTH_BITS: u32 = 55;
/// Set in a lane's token while an outer scope has ended before an inner one. No scope that was entered before that
/// carries it, so their ends miss the fast path and find the deferred one.
pub(super) const DEFERRED: u64 = 1 << DEPTH_BITS;
pub(super) const DEPTH: u64 = DEFERRED - 1;
/// The bits above tell lanes apart, a few at least, should unsafe code send a guard elsewhere.
const MARK_SHIFT: u32 = DEPTH_BITS + 1;
/// The mark of a lane whose thread is ending; 0 is that of a lane before its first lease.
const ENDED_MARK: u64 = u64::MAX >> MARK_SHIFT;
/// The token of a lane whose thread is ending.
pub(super) const ENDED: u64 = ENDED_MARK << MARK_SHIFT;
/// The token of a scope that was entered without a lease; no lane ever has it.
pub(super) const UNLEASED: u64 = u64::MAX;

/// The epoch of a lane that holds nothing.
pub(crate) const NO_EPOCH: u64 = 0;

/// Index and life number in one word, as headers and `Component` carry them.
pub(crate) const fn component_id(index: u32, life: u32) -> u64 {
    (life as u64) << 32 | index as u64
}

/// A thread's hot state: const to build, nothing to drop. Every field is written by its thread alone. In the order of
/// heat, so that what an increment and a switch touch lies on one cache line.
#[repr(C, align(64))]
pub(crate) struct Lane {
    /// What the thread may write of the component that it is in; nothing before the first record there.
    current: Cell<Window>,
    /// What it may write of process metrics.
    process: Cell<Window>,
    /// The lane's mark and the depth of scopes; 0 before anything was leased.
    pub(super) token: Cell<u64>,
    /// The thread's slabs by component index; memory of the lease.
    pub(super) table: Cell<*const [Held]>,
    /// What others may see of this thread; memory of the lease. Null before the first lease and after the end.
    pub(super) header: Cell<*const Header>,
    /// The number that a held slab carries as its owner; 0 before anything was leased.
    id: Cell<u64>,
    /// Changes whenever the lane gives a slab back, and no two lanes ever have the same: who remembers it with a slab of
    /// this lane knows whether the lane holds the slab still. [`NO_EPOCH`] before anything was leased and after the end.
    pub(super) epoch: Cell<u64>,
    /// Series that the thread has looked up; memory of the lease. Null before the first one, while it changes, and after the
    /// end.
    #[cfg(not(loom))]
    pub(super) remembered: Cell<*const Remembered>,
    /// The component that a thread is in after its lane has ended (destructors of other thread-locals).
    pub(super) afterlife: Cell<u64>,
    /// What the slow path owns: leases, table, header. Taken by `end`.
    pub(super) lease: ManuallyDrop<RefCell<Option<Lease>>>,
}

/// A slab that the lane holds and where its cells end; or the empty slab.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    slab: SlabRef,
    end: Position,
}

/// An entry of the table: a window, and the life that it counts for. End and life stand beside the pointer, so that
/// neither entering nor counting touches the slab's header, which lies on another cache line than most cells. As small
/// as can be: with many components, every entry is a cache line to fetch.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    slab: SlabRef,
    /// Of a slab of 4 GiB and more, the part below.
    end: u32,
    /// 0 for the empty slab.
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
    previous: Window,
    pub(super) previous_component: u64,
    pub(super) token: u64,
}

impl Scope {
    #[inline(always)]
    pub(crate) fn parts(&self) -> (SlabRef, Position, u64, u64) {
        let Window { slab, end } = self.previous;
        (slab, end, self.previous_component, self.token)
    }

    #[inline(always)]
    pub(crate) fn of(slab: SlabRef, end: Position, previous_component: u64, token: u64) -> Scope {
        Scope {
            previous: Window { slab, end },
            previous_component,
            token,
        }
    }
}

impl Window {
    /// Nothing: no position lies before its end, so every record takes the cold path.
    pub(super) const fn nothing(empty: SlabRef) -> Window {
        Window {
            slab: empty,
            end: Position(0),
        }
    }

    /// The slab, if it has the cell.
    #[inline(always)]
    pub(super) fn slab_with(self, cell: u32) -> Option<SlabRef> {
        (Position::of(cell) < self.end).then_some(self.slab)
    }

    /// All cells of a slab that the lane holds.
    fn all_of(slab: SlabRef) -> Window {
        Window {
            slab,
            end: slab.end(),
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
            current: Cell::new(Window::nothing(empty)),
            process: Cell::new(Window::nothing(empty)),
            token: Cell::new(0),
            table: Cell::new(&[]),
            header: Cell::new(std::ptr::null()),
            id: Cell::new(0),
            epoch: Cell::new(NO_EPOCH),
            #[cfg(not(loom))]
            remembered: Cell::new(std::ptr::null()),
            afterlife: Cell::new(OUTSIDE),
            lease: ManuallyDrop::new(RefCell::new(None)),
        }
    }

    /// What the thread may write of the component, if it has recorded for it before: a table look-up and a compare.
    #[inline(always)]
    pub(crate) fn find(&self, component: u64) -> Option<Window> {
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
        (held.life == life_of(component)).then_some(Window {
            slab: held.slab,
            end: Position(held.end as usize),
        })
    }

    /// Switches to a window with four stores, remembering where the thread was. The lane must hold a lease.
    #[inline(always)]
    pub(crate) fn push(&self, window: Window, component: u64) -> Scope {
        let token = self.token.get() + 1;
        let header = self.own_header();
        let scope = Scope {
            previous: self.current.get(),
            previous_component: header.component(),
            token,
        };
        self.token.set(token);
        self.current.set(window);
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
        self.window(space).get().slab
    }

    /// Where that slab's cells end; nowhere before anything was leased.
    #[inline(always)]
    pub(crate) fn end_of(&self, space: Space) -> Position {
        self.window(space).get().end
    }

    /// Records into this slab from here on.
    pub(super) fn point_at(&self, space: Space, slab: SlabRef) {
        self.window(space).set(Window::all_of(slab));
    }

    #[inline(always)]
    fn window(&self, space: Space) -> &Cell<Window> {
        match space {
            Space::Component => &self.current,
            Space::Process => &self.process,
        }
    }

    /// The number that a held slab carries as its owner.
    #[inline(always)]
    pub(crate) fn id(&self) -> u64 {
        self.id.get()
    }

    /// What the lane holds, in a number: see the field.
    #[inline(always)]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.get()
    }

    /// The series that the thread has looked up.
    #[cfg(not(loom))]
    #[inline(always)]
    pub(super) fn remembered(&self) -> Option<&Remembered> {
        // SAFETY:
        // - it is null or points to memory of this thread's lease, which sets it to null before it changes or drops what is
        //   there;
        // - the reference does not outlive a look-up, and nothing that a look-up calls changes it.
        #[expect(unsafe_code, reason = "the memory belongs to the lease")]
        unsafe {
            self.remembered.get().as_ref()
        }
    }

    /// Takes the number, with a mark that follows from it.
    pub(super) fn set_id(&self, id: u64) {
        self.id.set(id);
        self.token.set((1 + id % (ENDED_MARK - 1)) << MARK_SHIFT);
    }

    /// A scope that changes nothing but where the thread is after the end of its lane.
    pub(super) fn unleased(&self, component: u64) -> Scope {
        Scope {
            previous: self.current.get(),
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
            end: 0,
            life: 0,
        }
    }

    /// A slab that the lane has leased for a component.
    pub(super) fn leased(slab: SlabRef, component: u64) -> Held {
        Held {
            slab,
            end: u32::try_from(slab.end().0).unwrap_or(u32::MAX),
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
