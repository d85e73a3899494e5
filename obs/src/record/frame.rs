//! A frame: where a thread keeps a span that it is in, so that others can see it meanwhile, or where it was before a context.

use super::sync::{
    AtomicPtr, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

/// What is kept of a span for others to see; its number, which is not 0, comes first. Models keep less, as of a slot.
pub(crate) const FACTS: usize = if cfg!(loom) { 2 } else { 8 };

/// What of it only its thread needs.
const OWN: usize = 4;

pub(crate) type Facts = [u64; FACTS];

/// Where a thread keeps a span that it is in. Written by the thread whose track it belongs to. Never freed.
#[repr(C, align(128))]
pub(crate) struct Frame {
    shown: Shown,
    /// Where the thread was before.
    before: [AtomicU64; OWN],
    /// The frame of the span around it; of a free one, the next free frame.
    below: AtomicPtr<Frame>,
    /// Whether the thread is still in it: see [`State`].
    state: AtomicU64,
}

/// What others see. Each fact is whole while the number before and after reading it is the same, since numbers are never
/// used twice.
struct Shown([AtomicU64; FACTS]);

/// What a thread has to do with a frame's span, or context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum State {
    /// It is in it.
    Entered,
    /// It is in a span inside it, and this one has ended already.
    Ended,
    /// It has been taken out of it: a poll ended before the span did.
    Left,
    /// It is in it, and nobody keeps the frame: whoever leaves it looks for the span's number.
    Lent,
}

impl Frame {
    pub(super) fn free() -> Frame {
        let zero = |_| AtomicU64::new(0);
        Frame {
            shown: Shown(std::array::from_fn(zero)),
            before: std::array::from_fn(zero),
            below: AtomicPtr::new(std::ptr::null_mut()),
            state: AtomicU64::new(0),
        }
    }

    /// Shows a span to others, by the facts at each place. By the thread alone, as all that follows but [`look`](Frame::look).
    #[inline(always)]
    pub(crate) fn show(&self, fact: impl Fn(usize) -> u64) {
        self.shown.show(fact);
    }

    /// Keeps where the thread was, by its words, above the frame below.
    #[inline(always)]
    pub(crate) fn keep_place(&self, before: impl Fn(usize) -> u64, below: Option<&'static Frame>) {
        self.set_before(before);
        self.set_below(below);
        self.set_state(State::Entered);
    }

    #[inline(always)]
    pub(crate) fn set_before(&self, before: impl Fn(usize) -> u64) {
        for (at, kept) in self.before.iter().enumerate() {
            kept.store(before(at), Relaxed);
        }
    }

    /// What was kept.
    #[inline(always)]
    pub(crate) fn facts(&self) -> Facts {
        std::array::from_fn(|fact| self.shown.0[fact].load(Relaxed))
    }

    /// The fact at that place alone.
    #[inline(always)]
    pub(crate) fn fact(&self, at: usize) -> u64 {
        self.shown.0[at].load(Relaxed)
    }

    /// Replaces one of the facts but the number.
    pub(crate) fn set_fact(&self, at: usize, fact: u64) {
        self.shown.0[at].store(fact, Relaxed);
    }

    /// Where the thread was before.
    #[inline(always)]
    pub(crate) fn before(&self) -> [u64; OWN] {
        std::array::from_fn(|word| self.before[word].load(Relaxed))
    }

    #[inline(always)]
    pub(crate) fn state(&self) -> State {
        match self.state.load(Relaxed) {
            0 => State::Entered,
            1 => State::Ended,
            2 => State::Left,
            _ => State::Lent,
        }
    }

    #[inline(always)]
    pub(crate) fn set_state(&self, state: State) {
        self.state.store(state as u64, Relaxed);
    }

    /// Shows nothing any more.
    #[inline(always)]
    pub(crate) fn hide(&self) {
        self.shown.0[0].store(0, Relaxed);
    }

    /// The frame of the span around it, or the next free one.
    #[inline(always)]
    pub(crate) fn below(&self) -> Option<&'static Frame> {
        frame(&self.below)
    }

    #[inline(always)]
    pub(crate) fn set_below(&self, below: Option<&'static Frame>) {
        set_frame(&self.below, below);
    }

    /// What is kept, for others; `None` if there is nothing, or it changes just now.
    pub(crate) fn look(&self) -> Option<Facts> {
        self.shown.read()
    }
}

/// The frame that a pointer is to.
#[inline(always)]
pub(super) fn frame(pointer: &AtomicPtr<Frame>) -> Option<&'static Frame> {
    // SAFETY: `set_frame` alone stores into it: null, or a frame, which is never freed.
    #[expect(unsafe_code, reason = "references have no atomic")]
    unsafe {
        pointer.load(Relaxed).as_ref()
    }
}

#[inline(always)]
pub(super) fn set_frame(pointer: &AtomicPtr<Frame>, frame: Option<&'static Frame>) {
    let frame = frame.map_or(std::ptr::null(), std::ptr::from_ref);
    pointer.store(frame.cast_mut(), Relaxed);
}

impl Shown {
    #[inline(always)]
    fn show(&self, fact: impl Fn(usize) -> u64) {
        // The number is 0 since `hide`.
        // Release: pairs with the fence in `read`; whoever sees a new fact sees that the old number is gone.
        fence(Release);
        for (at, shown) in self.0.iter().enumerate().skip(1) {
            shown.store(fact(at), Relaxed);
        }
        // Release: pairs with the first load in `read`.
        self.0[0].store(fact(0), Release);
    }

    fn read(&self) -> Option<Facts> {
        let number = self.0[0].load(Acquire);
        let mut facts: Facts = std::array::from_fn(|fact| self.0[fact].load(Relaxed));
        // Acquire: pairs with the fence in `show`.
        fence(Acquire);
        let is_whole = number != 0 && self.0[0].load(Relaxed) == number;
        facts[0] = number;
        is_whole.then_some(facts)
    }
}
