//! Mailboxes: what goes in, what comes out, what waits, and what is never handled.

use super::flight::Timed;
use super::{LATENCIES, Received};
use crate::span::Site;
use crate::{
    Carrier, Component, Counter, Gauge, Histogram, Integer, Kind, LabelValue, Moment, counter,
    gauge, histogram,
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

/// Senders that wait for room.
static BLOCKED: Site = Site::of_handle("mailbox.blocked", Kind::Internal, &[]);

/// Begins to wait for room in a full mailbox, which is a span `mailbox.blocked`; the wait ends when this is dropped.
#[inline]
pub fn blocked() -> Timed {
    BACKPRESSURE.with(Strategy::Block).inc();
    Timed::start(&BLOCKED, SEND_BLOCKED.with(()))
}

/// What a message carries through the mailbox: when it was sent, by which span, and that it is to be counted. Whoever lets it
/// go unopened (a runtime that restarts an actor) is counted, for the component that the message was meant for and at the
/// moment it happens; the span that sent it fails.
#[derive(Debug)]
#[must_use = "the message counts as dropped as soon as its stamp is"]
pub struct Stamp {
    to: Component,
    carrier: Carrier,
    unopened: bool,
}

impl Stamp {
    /// The stamp of a message to a component, sent now, whose sender does not wait for an answer.
    #[inline]
    pub fn new(to: Component) -> Stamp {
        Stamp::of(to, Carrier::tell())
    }

    /// The stamp of a message that carries this: [`Carrier::ask`] where the sender waits for an answer.
    #[inline]
    pub fn of(to: Component, carrier: Carrier) -> Stamp {
        Stamp {
            to,
            carrier,
            unopened: true,
        }
    }

    /// When the message was sent.
    #[inline]
    pub fn sent(&self) -> Moment {
        self.carrier.sent()
    }

    /// Takes the message out of the mailbox: the time in it is observed, and is a span `queue`.
    #[inline]
    pub fn open(mut self) -> Received {
        self.unopened = false;
        self.to.scope(|| {
            DEQUEUED.inc();
            let received = Received::from(self.carrier);
            WAIT.observe(received.sent().until(received.at()));
            received
        })
    }

    /// Takes back a message that the mailbox did not take in, or that was too old when its turn came.
    #[inline]
    pub fn refuse(mut self, reason: DropReason) {
        self.drop_for(reason);
    }

    fn drop_for(&mut self, reason: DropReason) {
        self.unopened = false;
        self.to.scope(|| {
            DROPPED.with(reason).inc();
            let reason = DropReason::VALUES[reason.index()];
            let context = self.carrier.context();
            context.error(format_args!("a message was never handled: {reason}"));
        });
    }
}

impl Drop for Stamp {
    fn drop(&mut self) {
        if self.unopened {
            self.drop_for(DropReason::Restart);
        }
    }
}
