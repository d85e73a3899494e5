//! Whether a trace leaves its thread: one that does not is complete when its root ends, since all of it is in one ring.
//!
//! A root that begins the usual way is *confined* until something of its trace is handed out that another thread could record with: a
//! context, a span that is polled and not ready, a span that is held. Its frame says so, and the record of its end says what the frame says
//! then.

use super::super::group::CONFINED;
use super::super::running::{FIRST, FLAGS_SHIFT};
use super::{Frame, Local, is_same};

/// The flag, in the first word of a record.
const FLAG: u64 = (CONFINED as u64) << FLAGS_SHIFT;

impl Local {
    /// A root has begun, and its context is known to this thread alone.
    pub(super) fn confine(&self, frame: &'static Frame) {
        // One of them at a time is known: of an earlier one that has not ended, something may be handed out from here on.
        self.hand_out();
        frame.set_fact(FIRST, frame.fact(FIRST) | FLAG);
        self.confined.set(Some(frame));
    }

    /// Something of what the thread is in may be taken elsewhere.
    #[inline(always)]
    pub(crate) fn hand_out(&self) {
        if let Some(frame) = self.confined.get() {
            self.confined.set(None);
            // Where the root has ended, this says nothing of another span.
            frame.set_fact(FIRST, frame.fact(FIRST) & !FLAG);
        }
    }

    /// The first word for the end of the span that a frame keeps: where spans inside it end later, not all of its trace is recorded.
    pub(crate) fn first_at_end(&self, frame: &'static Frame, first: u64) -> u64 {
        if is_same(frame, self.top.get()) {
            first
        } else {
            first & !FLAG
        }
    }
}
