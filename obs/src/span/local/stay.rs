//! How a thread is in a context: what it was in before is in a frame, as of a span, so that it may be left in any order.

use super::super::context::Context;
use super::{Frame, Local, hot, is_same};

/// A thread's stay in a context, to be given back to it.
pub(crate) enum Stay {
    /// It is kept in a frame, which others see nothing in.
    Framed(&'static Frame),
    /// The thread was in nothing, and enters nothing.
    Nowhere,
    /// There was no frame: too many threads record, or the thread ends. Apart, so that others are given back in a register.
    Unframed(Box<Unframed>),
}

/// What a stay without a frame remembers by itself.
pub(crate) struct Unframed {
    before: Context,
    top: Option<&'static Frame>,
    /// How many of its kind there are with it.
    depth: u32,
}

impl Local {
    /// Enters a context without a span of its own.
    #[inline(always)]
    pub(crate) fn enter(&self, context: &Context) -> Stay {
        let frame = self.free.get().or_else(|| self.frames_for(context));
        let stay = match frame {
            Some(frame) => {
                self.free.set(frame.below());
                frame.keep_place(|word| self.context_word(word), self.top.get());
                self.top.set(Some(frame));
                Stay::Framed(frame)
            }
            None => self.stay_unframed(context),
        };
        self.set_context(context);
        stay
    }

    /// Leaves the context. What was entered since, and the thread is in still, it stays in.
    #[inline(always)]
    pub(crate) fn leave(&self, stay: &Stay) {
        match stay {
            Stay::Framed(frame) => self.leave_span(frame),
            Stay::Nowhere => {}
            Stay::Unframed(unframed) => self.leave_unframed(unframed),
        }
    }

    /// Leaves the context, and all that was entered since and has not been left, with the poll that it was entered in.
    #[inline(always)]
    pub(crate) fn leave_with_all(&self, stay: &Stay) {
        match stay {
            Stay::Framed(frame) => self.leave_poll(frame),
            Stay::Nowhere => self.leave_all(),
            Stay::Unframed(unframed) => self.leave_all_unframed(unframed),
        }
    }

    /// Frames for a thread that has none left. One that is in nothing and enters nothing needs none: most of them never record.
    #[cold]
    #[inline(never)]
    fn frames_for(&self, context: &Context) -> Option<&'static Frame> {
        if self.is_nowhere(context) {
            return None;
        }
        self.more_frames()
    }

    /// Whether the thread has recorded nothing, is in nothing and enters nothing.
    fn is_nowhere(&self, context: &Context) -> bool {
        let is_nothing = *context == Context::NONE && self.here() == Context::NONE;
        is_nothing && self.track.get().is_none() && self.top.get().is_none()
    }

    #[cold]
    #[inline(never)]
    fn leave_all(&self) {
        self.take_out_down_to(None);
        self.set_context(&Context::NONE);
    }

    #[cold]
    #[inline(never)]
    fn stay_unframed(&self, context: &Context) -> Stay {
        if self.is_nowhere(context) {
            return Stay::Nowhere;
        }
        let depth = self.unframed.get() + 1;
        self.unframed.set(depth);
        let unframed = Unframed {
            before: self.here(),
            top: self.top.get(),
            depth,
        };
        Stay::Unframed(hot::quietly(|| Box::new(unframed)))
    }

    /// Nothing tells such stays from one another that end in another order than they began: the last one that ends leaves the
    /// thread where none of them was.
    #[cold]
    #[inline(never)]
    fn leave_unframed(&self, stay: &Unframed) {
        let left = self.unframed.get().saturating_sub(1);
        self.unframed.set(left);
        let nothing_since = match self.top.get() {
            Some(top) => is_same(top, stay.top),
            None => stay.top.is_none(),
        };
        if nothing_since && stay.depth == left + 1 {
            self.set_context(&stay.before);
        } else if left == 0 {
            self.set_outermost_to_none();
        }
    }

    #[cold]
    #[inline(never)]
    fn leave_all_unframed(&self, stay: &Unframed) {
        self.take_out_down_to(stay.top);
        self.unframed.set(stay.depth - 1);
        self.set_context(&stay.before);
    }

    /// Outside all that is kept in frames, the thread is in nothing.
    fn set_outermost_to_none(&self) {
        let Some(mut outermost) = self.top.get() else {
            return self.set_context(&Context::NONE);
        };
        while let Some(below) = outermost.below() {
            outermost = below;
        }
        outermost.set_before(|_| 0);
    }
}
