//! What is known of a message that was taken out of a queue.

use crate::span::Origin;
use crate::{Carrier, Moment};

/// A message that was taken out of a queue: when it was sent, when it was taken out, and which span sent it.
///
/// Made of its [`Carrier`], whose time in the queue is recorded then, or of the [`Moment`] of its sending, where nobody knows
/// more of it.
#[derive(Debug, Clone, Copy)]
pub struct Received {
    sent: Moment,
    at: Moment,
    origin: Origin,
}

impl Received {
    /// When it was sent.
    #[inline]
    pub fn sent(&self) -> Moment {
        self.sent
    }

    /// When it was taken out.
    #[inline]
    pub fn at(&self) -> Moment {
        self.at
    }

    /// What handling it is a part of.
    #[inline]
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }
}

impl From<Carrier> for Received {
    #[inline]
    fn from(carrier: Carrier) -> Received {
        Received {
            sent: carrier.sent(),
            at: carrier.receive(),
            origin: carrier.hanging(),
        }
    }
}

impl From<Moment> for Received {
    #[inline]
    fn from(sent: Moment) -> Received {
        Received {
            sent,
            at: sent.read_again(),
            origin: Origin::Here,
        }
    }
}
