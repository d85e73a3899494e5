//! What a thread keeps of spans: which one it is in, where it records, the ids that it gives out.

/// Whether a trace leaves its thread.
mod confined;
/// What threads without a track have lost.
mod lost;

/// The usual span.
mod short;
/// How it is in a context.
mod stay;

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::thread::Thread;

use super::context::{self, Context};
use super::group::{END, Group};
use super::running::Running;
use crate::record::frame::{Frame, State};
use crate::record::hot;
use crate::record::ring::{Fate, KINDS, Words};
use crate::record::track::{Track, Tracks};

use lost::Lost;
pub(crate) use stay::Stay;

/// How many slots the ring of a thread has, unless the collector says otherwise: 256 KiB.
pub(crate) const DEFAULT_SLOTS: usize = 4_096;

/// How many threads may record at a time: more of them are counted, and what they record is dropped.
pub(crate) const MOST_TRACKS: usize = 512;

/// How many ids a thread takes at a time.
const IDS_AT_A_TIME: u64 = 1 << 20;

/// All tracks of the process.
pub(crate) static TRACKS: Tracks = Tracks::new();

/// How many slots the ring of the next new track has. Written by the collector.
pub(crate) static SLOTS: AtomicUsize = AtomicUsize::new(DEFAULT_SLOTS);

/// Whom to wake when a ring is half full, and whether that has been done since the last look.
pub(crate) static COLLECTOR: Mutex<Option<Thread>> = Mutex::new(None);
pub(crate) static WOKEN: AtomicBool = AtomicBool::new(true);

/// The next block of ids. Written by every thread that needs one.
static NEXT_IDS: AtomicU64 = AtomicU64::new(0);

/// The number of the next thread that records.
static NEXT_THREAD: AtomicU32 = AtomicU32::new(1);

/// Groups of threads that have no track, by kind: there were too many threads, or the thread was ending.
pub(crate) static WITHOUT_TRACK: [AtomicU64; KINDS] = [const { AtomicU64::new(0) }; KINDS];

/// The traces that these were of.
pub(crate) static LOST: Lost = Lost::nothing();

/// What a thread keeps. Every field is its own; const to build, nothing to drop.
pub(crate) struct Local {
    /// The span that it is in: the fields of its context, each read as it was written. Atomic for that alone: of two cells a compiler
    /// makes one load, which has to wait until both stores, and all before them, have left the processor.
    trace: [AtomicU64; 2],
    span: AtomicU64,
    marks: AtomicU64,
    /// The frame of the innermost span, or context, that it is in.
    top: Cell<Option<&'static Frame>>,
    /// Where it may keep more.
    free: Cell<Option<&'static Frame>>,
    /// Where it records; `None` before it first does, and after its end.
    track: Cell<Option<&'static Track>>,
    /// The number by which its ring is still to be told whose it is: there was no room for that. 0 where it has been told.
    untold: Cell<u32>,
    /// The last id that it gave out, and the last one that it may.
    id: Cell<u64>,
    last_id: Cell<u64>,
    /// Where its random numbers are; 0 before the first.
    random: Cell<u64>,
    /// How many contexts it is in that no frame was left for.
    unframed: Cell<u32>,
    /// The frame of a root of which nothing has been handed out yet. It may have ended, and the frame be of another span.
    confined: Cell<Option<&'static Frame>>,
}

thread_local! {
    static LOCAL: Local = const { Local {
        trace: [const { AtomicU64::new(0) }; 2],
        span: AtomicU64::new(0),
        marks: AtomicU64::new(0),
        top: Cell::new(None),
        free: Cell::new(None),
        track: Cell::new(None),
        untold: Cell::new(0),
        id: Cell::new(0),
        last_id: Cell::new(0),
        random: Cell::new(0),
        unframed: Cell::new(0),
        confined: Cell::new(None),
    } };
    static THREAD_END: ThreadEnd = const { ThreadEnd };
}

/// Gives the track back when the thread's destructors run.
struct ThreadEnd;

impl Drop for ThreadEnd {
    fn drop(&mut self) {
        local(|local| {
            if let Some(track) = local.track.take() {
                // Its frames are another thread's from here on.
                local.confined.set(None);
                hot::quietly(|| TRACKS.end(track, local.free.take()));
            }
        });
    }
}

/// Runs `f` on what this thread keeps.
#[inline(always)]
pub(crate) fn local<R>(f: impl FnOnce(&Local) -> R) -> R {
    LOCAL.with(f)
}

impl Local {
    /// The span that the thread is in, for whoever may take it elsewhere.
    #[inline(always)]
    pub(crate) fn context(&self) -> Context {
        self.hand_out();
        self.here()
    }

    /// The span that the thread is in, for what stays on it.
    #[inline(always)]
    pub(crate) fn here(&self) -> Context {
        Context {
            trace: [self.trace[0].load(Relaxed), self.trace[1].load(Relaxed)],
            span: self.span.load(Relaxed),
            marks: self.marks(),
        }
    }

    /// What of it a span asks for that may not be recorded.
    #[inline(always)]
    pub(crate) fn flags(&self) -> u32 {
        self.marks() as u32
    }

    #[inline(always)]
    fn marks(&self) -> u64 {
        self.marks.load(Relaxed)
    }

    /// Whether it is in that span itself, so that this cannot end meanwhile.
    #[inline(always)]
    pub(crate) fn is_inside(&self, span: u64) -> bool {
        self.top.get().is_some_and(|top| top.fact(0) == span)
    }

    /// The context as words: the trace, the span, its marks.
    #[inline(always)]
    fn context_word(&self, at: usize) -> u64 {
        match at {
            0 | 1 => self.trace[at].load(Relaxed),
            2 => self.span.load(Relaxed),
            _ => self.marks(),
        }
    }

    /// Whether it is in a span of this process that is recorded.
    #[inline(always)]
    pub(crate) fn is_in_recorded(&self) -> bool {
        self.flags() & (context::RECORDED | context::REMOTE) == context::RECORDED
    }

    #[inline(always)]
    fn set_context(&self, context: &Context) {
        self.trace[0].store(context.trace[0], Relaxed);
        self.trace[1].store(context.trace[1], Relaxed);
        self.set_place(context.span, context.marks);
    }

    /// Sets where in the trace it is.
    #[inline(always)]
    fn set_place(&self, span: u64, marks: u64) {
        self.span.store(span, Relaxed);
        self.marks.store(marks, Relaxed);
    }

    /// Leaves the span that a frame keeps, and those inside it that have not ended, with the poll that they were entered in.
    #[inline(always)]
    pub(crate) fn leave_poll(&self, frame: &'static Frame) {
        self.take_out_down_to(Some(frame));
        self.pop(frame);
    }

    /// Takes the thread out of what it has not left by itself, down to that frame.
    #[inline(always)]
    fn take_out_down_to(&self, frame: Option<&'static Frame>) {
        while let Some(top) = self.top.get()
            && !is_same(top, frame)
        {
            self.top.set(top.below());
            self.take_out(top);
        }
    }

    /// Takes the thread out of a span that it has not left by itself.
    #[cold]
    fn take_out(&self, frame: &'static Frame) {
        match frame.state() {
            // Nobody will give it back.
            State::Ended | State::Lent => self.set_free(frame),
            // Its guard has gone elsewhere, and ends it when it likes.
            State::Entered | State::Left => {
                self.hand_out();
                frame.set_state(State::Left);
            }
        }
    }

    /// Enters a span; `None` where the thread can keep no more.
    #[inline(always)]
    pub(crate) fn enter_span(&self, running: &Running) -> Option<&'static Frame> {
        let frame = self.free.get().or_else(|| self.more_frames())?;
        self.free.set(frame.below());
        let facts = running.facts();
        frame.show(|fact| facts[fact]);
        frame.keep_place(|word| self.context_word(word), self.top.get());
        self.top.set(Some(frame));
        self.set_context(&running.context);
        Some(frame)
    }

    /// Enters a span whose number is all that is known when it is left.
    pub(crate) fn enter_by_number(&self, running: &Running) {
        if let Some(frame) = self.enter_span(running) {
            frame.set_state(State::Lent);
        }
    }

    /// Leaves the span of that number, if the thread is in it.
    pub(crate) fn leave_by_number(&self, span: u64) {
        let mut top = self.top.get();
        while let Some(frame) = top {
            if frame.fact(0) == span {
                self.leave_span(frame);
                return;
            }
            top = frame.below();
        }
    }

    /// The same for a span that only its frame knows; where the thread can keep no more, it is lost, and counted.
    #[inline(always)]
    pub(crate) fn enter_new(&self, running: &Running) -> Option<&'static Frame> {
        let frame = self.enter_span(running);
        if frame.is_none() && running.is_recorded() {
            let [high, low] = running.context.trace;
            lose_end(high, low);
        }
        frame
    }

    /// Leaves the span that a frame keeps.
    #[inline(always)]
    pub(crate) fn leave_span(&self, frame: &'static Frame) {
        if is_same(frame, self.top.get()) {
            self.pop(frame);
        } else {
            self.leave_out_of_order(frame);
        }
    }

    #[inline(always)]
    fn pop(&self, frame: &'static Frame) {
        let [trace_high, trace_low, span, marks] = frame.before();
        self.set_context(&Context {
            trace: [trace_high, trace_low],
            span,
            marks,
        });
        let below = frame.below();
        self.top.set(below);
        self.set_free(frame);
        if let Some(below) = below
            && below.state() == State::Ended
        {
            self.pop_ended(below);
        }
    }

    #[inline(always)]
    fn set_free(&self, frame: &'static Frame) {
        frame.hide();
        frame.set_below(self.free.get());
        self.free.set(Some(frame));
    }

    /// Leaves the spans that have ended before the spans inside them.
    #[cold]
    #[inline(never)]
    fn pop_ended(&self, frame: &'static Frame) {
        self.pop(frame);
    }

    #[cold]
    #[inline(never)]
    fn leave_out_of_order(&self, frame: &'static Frame) {
        if frame.state() == State::Left {
            self.set_free(frame);
        } else {
            frame.hide();
            frame.set_state(State::Ended);
        }
    }

    #[cold]
    #[inline(never)]
    fn more_frames(&self) -> Option<&'static Frame> {
        let track = self.track.get().or_else(|| self.begin())?;
        let left = self.free.get();
        Some(left.unwrap_or_else(|| hot::quietly(|| track.more_frames())))
    }

    /// The next id of a span: no other of the process has it.
    #[inline(always)]
    pub(crate) fn next_id(&self) -> u64 {
        let id = self.id.get();
        if id == self.last_id.get() {
            self.take_ids();
        }
        let id = self.id.get() + 1;
        self.id.set(id);
        id
    }

    #[cold]
    #[inline(never)]
    fn take_ids(&self) {
        let block = NEXT_IDS.fetch_add(1, Relaxed);
        self.id.set(block * IDS_AT_A_TIME);
        self.last_id.set((block + 1) * IDS_AT_A_TIME);
    }

    /// A new trace id: random, and not 0.
    #[inline(always)]
    pub(crate) fn new_trace(&self) -> [u64; 2] {
        [self.next_random(), self.next_random() | 1 << 63]
    }

    /// The next random number: wyrand, seeded by the system for each thread.
    #[inline(always)]
    fn next_random(&self) -> u64 {
        let mut state = self.random.get();
        if state == 0 {
            state = seed();
        }
        state = state.wrapping_add(0xa076_1d64_78bd_642f);
        self.random.set(state);
        let product = u128::from(state) * u128::from(state ^ 0xe703_7ed1_a0b4_28db);
        (product >> 64) as u64 ^ product as u64
    }

    /// Records a group of one slot, which stays in registers where there is plenty of room.
    #[inline(always)]
    pub(crate) fn record_slot(&self, words: Words, matters: bool, time: u64) {
        let recorded = self
            .track
            .get()
            .is_some_and(|track| track.ring.try_record(&[words]));
        if !recorded {
            let [a, b, c, d, e, f, g, h] = words;
            self.record_slot_slowly((a, b), (c, d), (e, f), (g, h), matters, time);
        }
    }

    /// By pairs, which are passed in registers: a slot as a whole would have to be in memory before it is known that it is recorded
    /// slowly.
    #[cold]
    #[inline(never)]
    fn record_slot_slowly(
        &self,
        (a, b): (u64, u64),
        (c, d): (u64, u64),
        (e, f): (u64, u64),
        (g, h): (u64, u64),
        matters: bool,
        time: u64,
    ) {
        self.record_slowly(&[[a, b, c, d, e, f, g, h]], matters, time);
    }

    /// Records a group: at once where there is plenty of room. `time` is when it happened, 0 if nobody knows.
    #[inline(always)]
    pub(crate) fn record(&self, group: &[Words], matters: bool, time: u64) {
        let recorded = self
            .track
            .get()
            .is_some_and(|track| track.ring.try_record(group));
        if !recorded {
            self.record_slowly(group, matters, time);
        }
    }

    #[cold]
    #[inline(never)]
    fn record_slowly(&self, group: &[Words], matters: bool, time: u64) {
        let Some(track) = self.track.get().or_else(|| self.begin()) else {
            WITHOUT_TRACK[group[0][0] as usize % KINDS].fetch_add(1, Relaxed);
            LOST.note([group[0][1], group[0][2]]);
            return;
        };
        // A ring where something was dropped is always written to from here, until there is room again.
        if self.untold.get() != 0 {
            self.tell_thread(track);
        }
        if track.ring.record(group, matters, time) != Fate::Recorded {
            wake();
        }
    }

    /// Says in a ring whose it is from here on, as soon as there is room for that: what stands there before is of another thread.
    #[cold]
    #[inline(never)]
    fn tell_thread(&self, track: &Track) {
        let number = self.untold.get();
        let thread = std::thread::current();
        let mut group = Group::of_thread(number, thread.name().unwrap_or_default());
        if track.ring.record(group.slots(), true, 0) != Fate::Dropped {
            self.untold.set(0);
        }
    }

    /// Finds the thread a track, and says in it whose it is from here on.
    #[cold]
    #[inline(never)]
    fn begin(&self) -> Option<&'static Track> {
        let (ended, track) = hot::quietly(|| {
            let ended = THREAD_END.try_with(|_| ()).is_err();
            let track = (!ended).then(|| TRACKS.begin(SLOTS.load(Relaxed), MOST_TRACKS));
            (ended, track.flatten())
        });
        if ended {
            return None;
        }
        let track = track?;
        self.track.set(Some(track));
        self.free.set(track.left_frames());
        self.untold.set(NEXT_THREAD.fetch_add(1, Relaxed));
        self.tell_thread(track);
        Some(track)
    }
}

/// The end of a span will not be recorded.
#[cold]
#[inline(never)]
fn lose_end(high: u64, low: u64) {
    WITHOUT_TRACK[END as usize].fetch_add(1, Relaxed);
    LOST.note([high, low]);
}

#[inline(always)]
fn is_same(frame: &'static Frame, other: Option<&'static Frame>) -> bool {
    other.is_some_and(|other| std::ptr::eq(other, frame))
}

/// A seed that no other thread has, and nobody outside can guess.
#[cold]
#[inline(never)]
fn seed() -> u64 {
    static SYSTEM: OnceLock<RandomState> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Relaxed);
    SYSTEM.get_or_init(RandomState::new).hash_one(number) | 1
}

/// Wakes the collector, once until it has looked.
#[cold]
fn wake() {
    if !WOKEN.swap(true, Relaxed)
        && let Ok(collector) = COLLECTOR.try_lock()
        && let Some(thread) = &*collector
    {
        thread.unpark();
    }
}

/// How ids of spans look outside: unique, and not to be guessed from one another.
pub(crate) fn outside(span: u64) -> u64 {
    static SALT: OnceLock<u64> = OnceLock::new();
    // With the highest bit, which no number of a span has: so nothing becomes 0.
    let salt = *SALT.get_or_init(|| seed() | 1 << 63);
    mix(span ^ salt)
}

/// A bijection of 64-bit numbers (the finalizer of splitmix64).
fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}
