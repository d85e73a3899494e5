//! The short way: a span inside another one begins, and ends, where nothing is out of the ordinary.
//!
//! What is known of it goes word by word from where it is to the frame, and from there to the ring: nothing has to be kept meanwhile,
//! and nothing is called. Where anything else is to be done, nothing is, and the long way is taken.

use super::super::context::STATE;
use super::super::group;
use super::super::running::{self, CLOCK, FIRST, MARKS, Running};
use super::super::site::Site;
use super::{Frame, Local, is_same};
use crate::clock::Stopwatch;

impl Local {
    /// Begins a span of what the thread is in, and enters it: at that reading of a clock, or now.
    #[inline(always)]
    pub(crate) fn begin_here(
        &self,
        site: &'static Site,
        number: u32,
        at: Option<Stopwatch>,
    ) -> Option<&'static Frame> {
        match self.begin_child(site, number, at) {
            None => self.begin_slowly(site, number, at),
            begun => begun,
        }
    }

    #[inline(never)]
    fn begin_slowly(
        &self,
        site: &'static Site,
        number: u32,
        at: Option<Stopwatch>,
    ) -> Option<&'static Frame> {
        // Without a ring its start may be lost, and nothing in a ring says so.
        let has_ring = self.track.get().is_some();
        let running = Running::here(site, number, at, self);
        let frame = self.enter_new(&running)?;
        if running.is_local_root() && has_ring {
            self.confine(frame);
        }
        Some(frame)
    }

    /// Ends the span that a frame keeps with this first word, at that reading or now, and leaves it.
    #[inline(always)]
    pub(crate) fn end(&self, frame: &'static Frame, first: u64, end: Option<u64>) {
        if !self.end_top(frame, first, end) {
            self.end_slowly(frame, first, end);
        }
    }

    #[inline(never)]
    fn end_slowly(&self, frame: &'static Frame, first: u64, end: Option<u64>) {
        let mut facts = frame.facts();
        facts[FIRST] = self.first_at_end(frame, first);
        let running = Running::from_facts(facts);
        let end = end.unwrap_or_else(|| running.watch.read_again());
        running.end_at(end, self);
        self.leave_span(frame);
    }

    /// Begins a span of what the thread is in, and enters it: at that reading of the counter, or now.
    #[inline(always)]
    fn begin_child(
        &self,
        site: &'static Site,
        number: u32,
        at: Option<Stopwatch>,
    ) -> Option<&'static Frame> {
        if !self.is_in_recorded() || std::thread::panicking() {
            return None;
        }
        let watch = match at {
            Some(watch) if watch.is_monotonic() => return None,
            Some(watch) => watch,
            None => Stopwatch::start_counter()?,
        };
        let id = self.id.get();
        let frame = self.free.get().filter(|_| id != self.last_id.get())?;
        self.id.set(id + 1);
        self.free.set(frame.below());
        let (start, clock) = watch.parts();
        let marks = running::marks(self.flags());
        frame.show(|fact| match fact {
            0 => id + 1,
            1 => self.context_word(0),
            2 => self.context_word(1),
            3 => self.context_word(2),
            4 => start,
            FIRST => running::first_of(site, number),
            MARKS => marks,
            _ => clock,
        });
        frame.keep_place(|word| self.context_word(word), self.top.get());
        self.top.set(Some(frame));
        self.set_place(id + 1, marks);
        Some(frame)
    }

    /// Ends the span that a frame keeps, and leaves it: at that reading of its clock, or now. False where that takes more than this:
    /// then nothing has been done.
    #[inline(always)]
    fn end_top(&self, frame: &'static Frame, first: u64, end: Option<u64>) -> bool {
        let watch = Stopwatch::from_parts(0, frame.fact(CLOCK));
        let Some(end) = end.or_else(|| watch.read_counter_again()) else {
            return false;
        };
        let marks = frame.fact(MARKS);
        let is_plain = first != 0 && marks as u32 & STATE == 0;
        if !is_plain || !is_same(frame, self.top.get()) {
            return false;
        }
        let recorded = self.track.get().is_some_and(|track| {
            track.ring.try_record_slot(group::END, |word| match word {
                0 => first | group::END,
                1 => frame.fact(1),
                2 => frame.fact(2),
                3 => frame.fact(0),
                4 => frame.fact(3),
                5 => frame.fact(4),
                6 => end,
                _ => marks >> 32,
            })
        });
        if recorded {
            self.pop(frame);
        }
        recorded
    }
}
