//! Something that has begun and not ended: since when, and how it ends if nobody says so.

use super::metered;
use crate::Moment;

/// What a handle knows of the thing it stands for.
#[derive(Debug)]
pub(super) struct Flight {
    begun: Moment,
    /// Whether the thread was unwinding already: then this belongs to a destructor, which no panic of its own has ended.
    unwinding: bool,
    over: bool,
}

/// How something ended of which nobody said how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// The thread unwinds through it.
    Panicked,
    /// It was let go: an early return, a dropped future.
    Dropped,
}

impl Flight {
    /// Something that begins now.
    #[inline]
    pub(super) fn start() -> Flight {
        Flight::since(Moment::now())
    }

    /// Something that began when the clock was read.
    #[inline]
    pub(super) fn since(begun: Moment) -> Flight {
        Flight {
            begun,
            unwinding: metered::unwinding(),
            over: false,
        }
    }

    #[inline]
    pub(super) fn begun(&self) -> Moment {
        self.begun
    }

    /// Says that it is over; how it ended is recorded by whoever says so.
    #[inline]
    pub(super) fn land(&mut self) {
        self.over = true;
    }

    /// How it ended if nobody has said so; `None` if somebody has.
    #[inline]
    pub(super) fn unsaid(&self) -> Option<Unsaid> {
        if self.over {
            None
        } else if metered::unwinding() && !self.unwinding {
            Some(Unsaid::Panicked)
        } else {
            Some(Unsaid::Dropped)
        }
    }
}
