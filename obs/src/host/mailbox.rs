//! Mailboxes: what goes in, what comes out, what waits, and what is never handled.

use super::LATENCIES;
use crate::{
    Component, Counter, Gauge, Histogram, Integer, LabelValue, Moment, Timer, counter, gauge,
    histogram,
};

/// Messages that wait. Computed when merged from what went in and out, where the host does not set it.
pub static DEPTH: Gauge<(), Integer> = gauge!(
    "mailbox_depth",
    "Messages that wait. Computed when merged from what went in and out, where the host does not set it.",
    integer,
);

/// The most messages that a merge of the last minute found waiting. Computed when merged.
pub static DEPTH_PEAK: Gauge<(), Integer> = gauge!(
    "mailbox_depth_peak",
    "The most messages that a merge of the last minute found waiting. Computed when merged.",
    integer,
);

/// Messages that can wait before senders do; absent where there is no bound.
pub static CAPACITY: Gauge<(), Integer> = gauge!(
    "mailbox_capacity",
    "Messages that can wait before senders do; absent where there is no bound.",
    integer,
);

/// Messages that wait, as a share of the capacity. Computed when merged.
pub static SATURATION: Gauge = gauge!(
    "mailbox_saturation_ratio",
    "Messages that wait, as a share of the capacity. Computed when merged.",
);

/// Messages that the mailbox took in.
pub static ENQUEUED: Counter = counter!(
    "mailbox_enqueued_total",
    "Messages that the mailbox took in.",
    zero,
);

/// Messages that were taken out of the mailbox to be handled.
pub static DEQUEUED: Counter = counter!(
    "mailbox_dequeued_total",
    "Messages that were taken out of the mailbox to be handled.",
    zero,
);

/// Messages that were never handled, by reason.
pub static DROPPED: Counter<DropReason> = counter!(
    "mailbox_dropped_total",
    "Messages that were never handled, by reason.",
    labels(reason: DropReason),
    zero,
);

/// Time that messages waited in the mailbox.
pub static WAIT: Histogram = histogram!(
    "mailbox_wait_seconds",
    "Time that messages waited in the mailbox.",
    bounds = LATENCIES,
);

/// Sends that met a full mailbox, by what was done.
pub static BACKPRESSURE: Counter<Strategy> = counter!(
    "mailbox_backpressure_total",
    "Sends that met a full mailbox, by what was done.",
    labels(strategy: Strategy),
);

/// Time that senders waited for room in the mailbox.
pub static SEND_BLOCKED: Histogram = histogram!(
    "mailbox_send_blocked_seconds",
    "Time that senders waited for room in the mailbox.",
    bounds = LATENCIES,
);

/// Why a message was never handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum DropReason {
    /// The mailbox was full and did not take it in.
    Full,
    /// The mailbox was closed and did not take it in.
    Closed,
    /// It was too old when its turn came.
    Ttl,
    /// It waited while the actor was started anew, or ended.
    Restart,
}

/// What is done with a send that meets a full mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Strategy {
    /// The sender waits for room.
    Block,
    /// The sender is told.
    Refuse,
    /// The message is dropped.
    Drop,
}

/// Counts a message that the mailbox took in. The depth follows from this, from [`Stamp::open`] and from what was dropped.
#[inline]
pub fn enqueued() {
    ENQUEUED.inc();
}

/// Begins to wait for room in a full mailbox; the wait ends when this is dropped.
#[inline]
pub fn blocked() -> Timer {
    BACKPRESSURE.with(Strategy::Block).inc();
    SEND_BLOCKED.start_timer()
}

/// What a message carries through the mailbox. Whoever lets it go unopened (a runtime that restarts an actor) is counted,
/// for the component that the message was meant for and at the moment it happens.
#[derive(Debug)]
#[must_use = "the message counts as dropped as soon as its stamp is"]
pub struct Stamp {
    to: Component,
    sent: Moment,
    unopened: bool,
}

impl Stamp {
    /// The stamp of a message to a component, sent now.
    #[inline]
    pub fn new(to: Component) -> Stamp {
        Stamp {
            to,
            sent: Moment::now(),
            unopened: true,
        }
    }

    /// When the message was sent.
    #[inline]
    pub fn sent(&self) -> Moment {
        self.sent
    }

    /// Takes the message out of the mailbox, and says when it was sent.
    #[inline]
    pub fn open(mut self) -> Moment {
        self.unopened = false;
        let sent = self.sent;
        self.to.scope(|| {
            DEQUEUED.inc();
            WAIT.observe(sent.elapsed());
        });
        sent
    }

    /// Takes back a message that the mailbox did not take in, or that was too old when its turn came.
    #[inline]
    pub fn refuse(mut self, reason: DropReason) {
        self.unopened = false;
        self.to.scope(|| DROPPED.with(reason).inc());
    }
}

impl Drop for Stamp {
    fn drop(&mut self) {
        if self.unopened {
            self.to.scope(|| DROPPED.with(DropReason::Restart).inc());
        }
    }
}
